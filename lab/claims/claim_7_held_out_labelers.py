"""Labelers who made none of the data, labelers who err, and whose taste a policy ends up with.

Ouyang et al. 2022, sections 4.1 and 3.4: labelers who produced no training data prefer the aligned model at about the
same rate; reward models trained on four groups of labelers predict the fifth nearly as well as their own (69.6 ± 0.9
against 72.4 ± 0.4 %); two labelers agree on 72.6 ± 1.5 % of pairs. Section 5.2 asks to whom the models are aligned.

One run has one base and one SFT model. In its first part labelers differ a little or a lot: each time a reward model, a
PPO policy and five folds; where they differ a lot, also a policy from the same people with their taste in wording
reversed. In its second part they rank with more or less noise.
"""

from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np

from rlhf_textbook._checks import FloatArray, IntArray
from rlhf_textbook.numerics import sigmoid
from rlhf_textbook.tiny import TinyConfig
from rlhf_textbook.tiny.labelers import FEATURES, features, quality
from rlhf_textbook.tiny.model import Params
from rlhf_textbook.tiny.pipeline import make_world, random_streams
from rlhf_textbook.tiny.ppo import train_ppo
from rlhf_textbook.tiny.pretraining import pretrain
from rlhf_textbook.tiny.reward_model import Comparisons, collect_comparisons, reward, train_reward_model
from rlhf_textbook.tiny.sampling import sample
from rlhf_textbook.tiny.sft import fine_tune

CONFIG = TinyConfig(n_labelers=10)
SPREADS = (0.3, 1.0)
TEMPERATURES = (0.1, 0.5, 1.5, 4.0)
N_GROUPS = 5

SEEDS = range(10)
SETTINGS: list[dict[str, Any]] = [{}]


def preferences(first: IntArray, second: IntArray, labelers: FloatArray, temperature: float) -> FloatArray:
    """Probability that each labeler prefers the first of each pair, shape (n_labelers, n_pairs)."""
    gaps = np.stack([quality(first, weights) - quality(second, weights) for weights in labelers])
    return sigmoid(gaps / temperature)


def agreement(preferred: FloatArray) -> float:
    """How often two different labelers choose the same of two responses, averaged over them and the pairs."""
    chances = [a * b + (1 - a) * (1 - b) for a, b in combinations(preferred, 2)]
    return float(np.mean(chances))


def accuracy(score_gaps: FloatArray, preferred: FloatArray) -> float:
    """How often labelers choose the response that is scored higher; equal scores count half."""
    right = np.where(score_gaps > 0, preferred, 1 - preferred)
    return float(np.mean(np.where(score_gaps == 0, 0.5, right)))


@dataclass(frozen=True)
class Start:
    """What all parts of a run begin with."""

    seed: int
    config: TinyConfig
    prompts: IntArray
    demonstrations: IntArray
    sft: Params
    asked: IntArray
    """Unseen prompts, four times each."""
    pairs: tuple[IntArray, IntArray]
    """Two answers of the SFT model to each, to be judged."""

    def stream(self, name: str) -> np.random.Generator:
        """Random numbers of a stage, from their first, whoever has used them before."""
        return random_streams(np.random.default_rng(self.seed))[name]

    def rankings(self, labelers: FloatArray, temperature: float) -> Comparisons:
        """Have these people rank the SFT model's answers to the training prompts."""
        noisy = replace(self.config, labeler_temperature=temperature)
        return collect_comparisons(self.sft, self.prompts, labelers, noisy, self.stream("comparisons"))

    def fit(self, ranked: IntArray) -> Params:
        """Train a reward model on rankings."""
        return train_reward_model(self.sft, ranked, self.demonstrations, self.config, self.stream("reward model"))

    def answers(self, reward_model: Params, beta: float) -> IntArray:
        """Train a policy against the reward model, and let it answer."""
        changed = replace(self.config, kl_coef=beta)
        policy = train_ppo(self.sft, reward_model, self.prompts, changed, self.stream("ppo"))
        return sample(policy, self.asked, self.stream("evaluation"))

    def score_gaps(self, reward_model: Params) -> FloatArray:
        """By how much the first answer of each pair is scored higher than the second."""
        first, second = (reward(reward_model, answers)[0] for answers in self.pairs)
        return first - second


def begin(seed: int, config: TinyConfig) -> Start:
    """Train the base and the SFT model."""
    streams = random_streams(np.random.default_rng(seed))
    world = make_world(config, streams["world"])
    base = pretrain(config, world.training_prompts, streams["pretraining"])
    sft = fine_tune(base, world.demonstrations[: config.n_demonstrations], config, streams["sft"])
    asked, rng = np.repeat(world.test_prompts, 4, axis=0), streams["evaluation"]
    pairs = sample(sft, asked, rng), sample(sft, asked, rng)
    return Start(seed, config, world.training_prompts, world.demonstrations, sft, asked, pairs)


def capitals(answers: IntArray) -> float:
    """Share of capitals among the symbols of an answer, averaged."""
    return float(features(answers)[:, FEATURES.index("capitals")].mean())


def with_labelers(start: Start, spread: float) -> dict[str, Any]:
    """Train on what people say who differ by `spread`, and ask them, and as many others, what they think of it."""
    config = replace(start.config, labeler_spread=spread)
    # The same people at every spread, which only stretches how they differ.
    world = make_world(config, start.stream("world"))
    noise, beta = config.labeler_temperature, config.kl_coef
    rankings = start.rankings(world.labelers, noise)
    answers = start.answers(start.fit(rankings.sequences), beta)

    training, held_out = (
        preferences(*start.pairs, people, noise) for people in (world.labelers, world.held_out_labelers)
    )
    group = np.arange(config.n_labelers) * N_GROUPS // config.n_labelers
    folds = []
    for left_out in range(N_GROUPS):
        gaps = start.score_gaps(start.fit(rankings.sequences[group[rankings.labelers] != left_out]))
        folds.append([accuracy(gaps, training[group != left_out]), accuracy(gaps, training[group == left_out])])
    own_accuracy, fifth_accuracy = np.mean(folds, axis=0)

    def win_rates(people: FloatArray) -> FloatArray:
        return preferences(answers, start.pairs[1], people, noise).mean(axis=1)

    return {
        "agreement_training": agreement(training),
        "agreement_held_out": agreement(held_out),
        "win_rate_training": float(win_rates(world.labelers).mean()),
        "win_rate_held_out": float(win_rates(world.held_out_labelers).mean()),
        "win_rate_lowest": float(win_rates(np.vstack([world.labelers, world.held_out_labelers])).min()),
        "accuracy_own": float(own_accuracy),
        "accuracy_fifth": float(fifth_accuracy),
        "taste": float(world.labelers[:, FEATURES.index("capitals")].mean()),
        "capitals": capitals(answers),
    }


def capitals_reversed(start: Start, spread: float) -> float:
    """Share of capitals in the answers of a policy when the same people have the opposite taste in wording."""
    config = replace(start.config, labeler_spread=spread)
    people = make_world(config, start.stream("world")).labelers * np.where(np.array(FEATURES) == "capitals", -1, 1)
    rankings = start.rankings(people, config.labeler_temperature)
    return capitals(start.answers(start.fit(rankings.sequences), config.kl_coef))


def with_noise(start: Start, temperature: float) -> dict[str, Any]:
    """Train on rankings with more or less noise, at the usual KL coefficient and at one that is as dear in quality."""
    config = start.config
    people = make_world(config, start.stream("world")).labelers
    reward_model = start.fit(start.rankings(people, temperature).sequences)
    gaps, preferred = start.score_gaps(reward_model), preferences(*start.pairs, people, temperature)
    gold_gaps = quality(start.pairs[0]) - quality(start.pairs[1])
    unequal = gold_gaps != 0
    # Scores are in units of the noise, so that a nat costs beta · temperature in quality.
    as_dear = config.kl_coef * config.labeler_temperature / temperature
    golds = {beta: float(quality(start.answers(reward_model, beta)).mean()) for beta in {config.kl_coef, as_dear}}
    return {
        "noise_agreement": agreement(preferred),
        "noise_accuracy": accuracy(gaps, preferred),
        "noise_ceiling": float(np.maximum(preferred.mean(axis=0), 1 - preferred.mean(axis=0)).mean()),
        "noise_accuracy_gold": accuracy(gaps[unequal], (gold_gaps[unequal] > 0).astype(float)),
        "noise_spread_of_scores": float(gaps.std()),
        "noise_gold": golds[config.kl_coef],
        "noise_gold_as_dear": golds[as_dear],
    }


def measure(seed: int, *, config: TinyConfig = CONFIG) -> dict[str, Any]:
    """Train with each spread of the labelers and with each temperature, all from one SFT model.

    Lists are in the order of `SPREADS` or, with `noise_` in front, of `TEMPERATURES`. Agreements, accuracies and win
    rates are expected values over the labelers' noise.
    """
    start = begin(seed, config)
    fields: dict[str, Any] = {
        "sft_gold": float(quality(start.pairs[0]).mean()),
        "sft_capitals": capitals(start.pairs[0]),
    }
    fields["capitals_reversed"] = capitals_reversed(start, SPREADS[-1])
    for rows in (
        [with_labelers(start, spread) for spread in SPREADS],
        [with_noise(start, temperature) for temperature in TEMPERATURES],
    ):
        fields |= {name: [row[name] for row in rows] for name in rows[0]}
    return fields
