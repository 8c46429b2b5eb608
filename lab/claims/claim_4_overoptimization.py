"""Over-optimization: how proxy and gold part along √KL, what more comparisons change, and what a KL penalty does.

Ouyang et al. 2022, section 3.5: the penalty is there "to mitigate over-optimization of the reward model". Gao, Schulman
and Hilton 2022 give the forms, d (α − β d) for best-of-n and d (α − β log d) for reinforcement learning, and find that
a penalty does not raise the gold score at a given KL (section 3.6).

One run trains an SFT model and three reward models, on 100, 300 and 1200 of the same ranked prompts, and follows each
by best-of-n and by PPO. All scores are of prompts that no stage has seen.
"""

from dataclasses import replace
from typing import Any

import numpy as np

from rlhf_textbook._checks import FloatArray, IntArray
from rlhf_textbook.best_of_n import expected_best_of_n
from rlhf_textbook.tiny import TinyConfig
from rlhf_textbook.tiny.labelers import features, quality
from rlhf_textbook.tiny.language import (
    FIRST_SYMBOL,
    N_SYMBOLS,
    N_TOKENS,
    PROMPT_LENGTH,
    SEQUENCE_LENGTH,
    response_tokens,
)
from rlhf_textbook.tiny.model import Params, hidden_states, log_probs
from rlhf_textbook.tiny.pipeline import make_world, random_streams
from rlhf_textbook.tiny.ppo import Rollout, train_ppo
from rlhf_textbook.tiny.pretraining import pretrain
from rlhf_textbook.tiny.reward_model import collect_comparisons, pair_accuracy, reward, train_reward_model
from rlhf_textbook.tiny.sampling import sample
from rlhf_textbook.tiny.sft import fine_tune

CONFIG = TinyConfig()
SIZES = (100, 300, 1200)
RUNS = ((100, 0.0), *((size, beta) for size in (300, 1200) for beta in (0.0, 0.05, 0.2, 1.0)))
"""Reward model (by its number of prompts) and β of each PPO run."""
UPDATES = (0, 2, 5, 10, 15, 20, 30, 45, 70, 100, 150, 200)
"""After how many updates a policy is measured; 0 is the SFT model."""
N_SAMPLES = 2 ** np.arange(9)
"""The n of best-of-n."""

SEEDS = range(10)
SETTINGS: list[dict[str, Any]] = [{}]


def scored_once(reward_model: Params, sequences: IntArray) -> FloatArray:
    """Score each different sequence once: it is faster, and the same response gets the same score to the last bit."""
    number = sequences @ N_TOKENS ** np.arange(SEQUENCE_LENGTH, dtype=np.int64)  # another for each sequence
    _, first, where = np.unique(number, return_index=True, return_inverse=True)
    return reward(reward_model, sequences[first])[0][where.ravel()]


def wording_log_probs(params: Params, sequences: IntArray) -> FloatArray:
    """Log-probability of how a symbol is written, given which it is and what came before; 0 for words; shape (n, 6).

    `p(A) = p(a or A) · p(A | a or A)`: the KL splits into that of what is said and that of how it is worded.
    """
    responses = sequences[:, PROMPT_LENGTH:]
    symbols = responses >= FIRST_SYMBOL
    reworded = np.where(symbols, FIRST_SYMBOL + (responses - FIRST_SYMBOL + N_SYMBOLS) % (2 * N_SYMBOLS), responses)
    hidden = hidden_states(params, sequences[:, :-1], start=PROMPT_LENGTH - 1)
    logits = (hidden @ params["head"] + params["head_bias"]).swapaxes(0, 1)
    written, other = (np.take_along_axis(logits, t[..., None], axis=2)[..., 0] for t in (responses, reworded))
    return np.where(symbols, -np.logaddexp(0, other - written), 0.0)


def best_of_n_divergence(scores: FloatArray) -> FloatArray:
    """KL of best-of-n from the policy that wrote the pool, in nats, for each of `N_SAMPLES`; `scores` is (prompts, M).

    With F for the share of the pool up to a response's score, best-of-n writes it with probability F^n − F_before^n.
    Unlike log n − (n − 1) / n this knows that a response can be drawn twice.
    """
    total = np.zeros(len(N_SAMPLES))
    for row in scores:
        share = np.unique(row, return_counts=True)[1] / row.size
        reached = np.append(0.0, np.cumsum(share))
        chosen = np.diff(reached[:, None] ** N_SAMPLES, axis=0)
        total += (chosen * np.log(np.where(chosen > 0, chosen, 1) / share[:, None])).sum(axis=0)
    return total / len(scores)


def measure(seed: int, *, config: TinyConfig = CONFIG, n_prompts: int = 64, n_pool: int = 1024) -> dict[str, Any]:
    """Follow each reward model by best-of-n and by PPO.

    Fields: `rm_accuracy` in the order of `SIZES`; `bon_kl`, `bon_proxy`, `bon_gold` as (sizes, n) and `oracle_gold`,
    where the gold labeler chooses; `ppo_kl`, `ppo_wording_kl` (the part of it that is wording), `ppo_proxy`, `ppo_gold`
    and `ppo_capitals` as (runs, updates).
    """

    def stream(name: str) -> np.random.Generator:
        return random_streams(np.random.default_rng(seed))[name]  # from its start, whoever has used it before

    world = make_world(config, stream("world"))
    training, test = world.training_prompts, world.test_prompts
    base = pretrain(config, training, stream("pretraining"))
    sft = fine_tune(base, world.demonstrations[: config.n_demonstrations], config, stream("sft"))
    rng = stream("comparisons")
    ranked = collect_comparisons(sft, training, world.labelers, config, rng).sequences
    validation = collect_comparisons(sft, test, world.labelers, config, rng).sequences
    reward_models = {
        size: train_reward_model(sft, ranked[:size], world.demonstrations, config, stream("reward model"))
        for size in SIZES
    }

    pool = sample(sft, np.repeat(test[:n_prompts], n_pool, axis=0), stream("evaluation"))
    gold = quality(pool).reshape(n_prompts, n_pool)
    proxy = {size: scored_once(rm, pool).reshape(gold.shape) for size, rm in reward_models.items()}

    def best_of_n(chosen_by: FloatArray, worth: FloatArray) -> FloatArray:
        return expected_best_of_n(chosen_by, worth, n_samples=N_SAMPLES).mean(axis=0)

    def look(policy: Params, reward_model: Params) -> dict[str, float]:
        sequences = sample(policy, np.repeat(test, 2, axis=0), stream("evaluation"))
        mask = response_tokens(sequences)
        log_p, sft_log_p = (log_probs(params, sequences, start=PROMPT_LENGTH)[0] for params in (policy, sft))
        wording, sft_wording = (wording_log_probs(params, sequences) for params in (policy, sft))
        return {
            "kl": float(((log_p - sft_log_p) * mask).sum(axis=1).mean()),
            "wording_kl": float(((wording - sft_wording) * mask).sum(axis=1).mean()),
            "proxy": float(reward(reward_model, sequences)[0].mean()),
            "gold": float(quality(sequences).mean()),
            "capitals": float(features(sequences)[:, 4].mean()),
        }

    def follow(size: int, beta: float) -> list[dict[str, float]]:
        seen = [look(sft, reward_models[size])]

        def after_update(update: int, policy: Params, _: Rollout) -> None:
            if update + 1 in UPDATES:
                seen.append(look(policy, reward_models[size]))

        changed = replace(config, kl_coef=beta)
        train_ppo(sft, reward_models[size], training, changed, stream("ppo"), after_update=after_update)
        return seen

    ppo = [follow(size, beta) for size, beta in RUNS]
    return {
        "rm_accuracy": [pair_accuracy(reward_models[size], validation) for size in SIZES],
        "bon_kl": [best_of_n_divergence(proxy[size]) for size in SIZES],
        "bon_proxy": [best_of_n(proxy[size], proxy[size]) for size in SIZES],
        "bon_gold": [best_of_n(proxy[size], gold) for size in SIZES],
        "oracle_gold": best_of_n(gold, gold),
    } | {f"ppo_{name}": [[point[name] for point in run] for run in ppo] for name in ppo[0][0]}
