"""All verdicts of the lab in one table: one or two statements of each claim, and what its stored runs say to them."""

from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from lab.claims import (
    claim_0_pipeline,
    claim_1_small_aligned,
    claim_2_sft_overfits,
    claim_3_pairs_in_one_batch,
    claim_4_overoptimization,
    claim_5_alignment_tax,
    claim_6_win_rates,
    claim_7_held_out_labelers,
    claim_8_reward_hacking,
)
from lab.statistics import Interval, mean_interval, paired_difference, show, verdict
from lab.sweep import Runs, sweep

Numbers = NDArray[Any]


@dataclass(frozen=True)
class Statement:
    """Something that can hold or not: an effect lies above or below a bound."""

    lab: int
    text: str
    effect: Interval
    side: Literal["<", ">"]
    bound: float = 0.0


def runs_of(claim: ModuleType) -> Runs:
    """Take the runs of a claim from the store, and compute what is missing there."""
    return sweep(claim.measure, seeds=claim.SEEDS, settings=claim.SETTINGS)


def seed_by_seed(claim: ModuleType) -> Callable[..., Numbers]:
    """Give a function that looks up a field of the claim's first setting: at a place in it, one number a seed."""
    runs = runs_of(claim)

    def of(field: str, *place: int) -> Numbers:
        where: Any = (0, slice(None), *place)
        return np.asarray(runs[field][where])

    return of


def rise_since_lowest(curves: Numbers, measured: Numbers | None = None) -> Interval:
    """Change to the end, since the mean over seeds of `curves` was lowest, of `measured` or of the curves themselves.

    Both have a row for each seed.
    """
    lowest = np.mean(curves, axis=0).argmin()
    followed = curves if measured is None else measured
    return paired_difference(followed[:, -1], followed[:, lowest])


def pipeline() -> list[Statement]:
    """State what PPO and PPO-ptx add to SFT."""
    of = seed_by_seed(claim_0_pipeline)
    ppo, ppo_ptx = (paired_difference(of(f"{model}.gold"), of("sft.gold")) for model in ("ppo", "ppo_ptx"))
    return [
        Statement(0, "PPO improves the quality over SFT", ppo, ">"),
        Statement(0, "PPO-ptx does, too", ppo_ptx, ">"),
    ]


def small_and_aligned() -> list[Statement]:
    """State that the small aligned model is preferred to the large base model."""
    small, large = (claim_1_small_aligned.ENTRANTS.index(name) for name in ("small PPO-ptx", "large base"))
    share = mean_interval(seed_by_seed(claim_1_small_aligned)("wins", small, large))
    return [Statement(1, "small PPO-ptx preferred to the large base model, share", share, ">", 0.5)]


def sft_overfits() -> list[Statement]:
    """State what happens after the lowest loss, with 300 demonstrations and the highest learning rate."""
    of = seed_by_seed(claim_2_sft_overfits)
    arm = max(
        (arm for arm in claim_2_sft_overfits.ARMS if arm.n_demonstrations == 300), key=lambda arm: arm.learning_rate
    )
    loss, gold = (of(field, claim_2_sft_overfits.ARMS.index(arm)) for field in ("validation_loss", "gold"))
    return [
        Statement(2, "SFT's validation loss rises after its lowest point", rise_since_lowest(loss), ">"),
        Statement(2, "the quality rises meanwhile", rise_since_lowest(loss, gold), ">"),
    ]


def pairs_in_one_batch() -> list[Statement]:
    """State that two ways with 16 elements an update overfit; curves differ in length, so no field is an array."""
    found = [run.result["validation_loss"] for run in runs_of(claim_3_pairs_in_one_batch).rows[0]]

    def rise(*, shuffled: bool) -> Interval:
        arms = claim_3_pairs_in_one_batch.ARMS
        (at,) = (i for i, arm in enumerate(arms) if (arm.shuffled, arm.batch) == (shuffled, 16))
        return rise_since_lowest(np.array([curves[at] for curves in found]))

    return [
        Statement(3, "validation loss rises: 16 pairs an update, shuffled", rise(shuffled=True), ">"),
        Statement(3, "and with 16 prompts an update", rise(shuffled=False), ">"),
    ]


def over_optimization() -> list[Statement]:
    """State where PPO without a penalty ends, with a poor and with a good reward model."""
    of = seed_by_seed(claim_4_overoptimization)

    def change(n_prompts: int) -> Interval:
        gold = of("ppo_gold", claim_4_overoptimization.RUNS.index((n_prompts, 0.0)))
        return paired_difference(gold[:, -1], gold[:, 0])

    return [
        Statement(4, "PPO without penalty, 300 prompts: quality ends below SFT's", change(300), "<"),
        Statement(4, "and with 1,200 prompts", change(1200), "<"),
    ]


def alignment_tax() -> list[Statement]:
    """State that there is a tax, and that γ pays back more of it than the largest β."""
    of = seed_by_seed(claim_5_alignment_tax)
    usual = claim_5_alignment_tax.GAMMAS.index(0.3)
    lost = paired_difference(of("gamma_benchmark_loss", 0), of("base_benchmark_loss"))
    left = paired_difference(of("gamma_benchmark_loss", usual), of("beta_benchmark_loss", -1))
    return [
        Statement(5, "PPO loses skills, nats", lost, ">"),
        Statement(5, f"γ = 0.3 leaves less of the loss than β = {claim_5_alignment_tax.BETAS[-1]:g}", left, "<"),
    ]


def win_rates() -> list[Statement]:
    """State the order of SFT, PPO and PPO-ptx by labelers."""
    of, place = seed_by_seed(claim_6_win_rates), claim_6_win_rates.MODELS.index
    over_sft = mean_interval(of("labelers", place("ppo"), place("sft")))
    over_ppo = mean_interval(of("labelers", place("ppo_ptx"), place("ppo")))
    return [
        Statement(6, "labelers prefer PPO to SFT, share", over_sft, ">", 0.5),
        Statement(6, "and PPO-ptx to PPO, share", over_ppo, ">", 0.5),
    ]


def labelers() -> list[Statement]:
    """State that held-out labelers differ: in what they prefer, and in how well a reward model predicts them."""
    of = seed_by_seed(claim_7_held_out_labelers)
    usual = claim_7_held_out_labelers.SPREADS.index(0.3)
    wide = claim_7_held_out_labelers.SPREADS.index(1.0)
    liked = paired_difference(of("win_rate_held_out", usual), of("win_rate_training", usual))
    predicted = paired_difference(of("accuracy_fifth", wide), of("accuracy_own", wide))
    return [
        Statement(7, "held-out labelers prefer PPO less often than its trainers", liked, "<"),
        Statement(7, "a reward model predicts them less well, spread 1", predicted, "<"),
    ]


def reward_hacking() -> list[Statement]:
    """State what makes a policy better that has hacked a reward model of few comparisons."""
    of, place = seed_by_seed(claim_8_reward_hacking), claim_8_reward_hacking.POLICIES.index
    penalty, own = (
        paired_difference(of("gold", place(policy)), of("gold", place("few")))
        for policy in ("few, penalty", "few + own")
    )
    return [
        Statement(8, "a hacked policy: with the same reward model, a penalty helps", penalty, ">"),
        Statement(8, "and so does a round of comparing its own answers", own, ">"),
    ]


LABS = (
    pipeline,
    small_and_aligned,
    sft_overfits,
    pairs_in_one_batch,
    over_optimization,
    alignment_tax,
    win_rates,
    labelers,
    reward_hacking,
)


def statements() -> list[Statement]:
    """Give one or two statements from each of labs 0 to 8, in the order of the labs; lab 9 has no sweep."""
    return [statement for lab in LABS for statement in lab()]


def table() -> str:
    """Write all statements with their effects and verdicts as a table in Markdown."""
    lines = ["| lab | statement | effect | seeds | in the small |", "|---|---|--:|--:|---|"]
    for each in statements():
        effect, found = show(each.effect, 3), verdict(each.effect, each.side, each.bound)
        lines.append(f"| {each.lab} | {each.text} | {effect} | {each.effect.n} | {found} |")
    return "\n".join(lines)
