"""Data that the interactive pieces show: computed while the site is built, and written into the page as JSON.

`DATA` says which function makes a piece's data; a piece that computes all it shows has none. They are kept in
`.cache/explore` until this file or the package changes.
"""

from typing import Any

import numpy as np

from rlhf_textbook import (
    expected_best_of_n,
    fit_linear_reward_model,
    generalized_advantages,
    rank_responses,
    sample_responses,
    token_rewards,
)
from rlhf_textbook.tiny import TinyConfig
from rlhf_textbook.tiny.labelers import features
from rlhf_textbook.tiny.language import ASK, FIRST_SYMBOL, PROMPT_LENGTH, WORDS, right_answers
from rlhf_textbook.tiny.model import Adam, copy_model, log_probs, scores
from rlhf_textbook.tiny.pipeline import make_world, random_streams
from rlhf_textbook.tiny.ppo import policy_loss, roll_out, value_loss
from rlhf_textbook.tiny.pretraining import pretrain
from rlhf_textbook.tiny.reward_model import collect_comparisons, reward, train_reward_model
from rlhf_textbook.tiny.sft import fine_tune

# Smaller than the pipeline's: the values are to be real, the model need not be good. About five seconds.
SMALL = TinyConfig(n_hidden=96, pretraining_steps=1000, rm_epochs=8, ppo_updates=20)


def rounded(values: np.ndarray) -> list[float]:
    """Six digits are more than a piece shows."""
    return [round(float(value), 6) for value in values]


def best_of_n() -> dict[str, Any]:
    """Give both scores of the best of 1, 2, 4, …, 1024 under a blind spot: the table of the project's part 5."""
    rng = np.random.default_rng(0)
    trained = []
    for _ in range(100):
        data = sample_responses(200, 4, fabrication_rate=0.01, rng=rng)
        order = rank_responses(data.true_scores, rng=rng)
        ranked = np.take_along_axis(data.features, order[:, :, None], axis=1)
        trained.append(fit_linear_reward_model(ranked).weights)
    pools = sample_responses(100, 20_000, fabrication_rate=0.01, rng=rng)
    proxy = np.einsum("spf,sf->sp", pools.features, trained)
    averaged = {"proxy": proxy, "gold": pools.true_scores, "fabricated": pools.fabricated.astype(float)}
    n = 2 ** np.arange(11)
    return {
        name: rounded(expected_best_of_n(proxy, values, n_samples=n).mean(axis=0)) for name, values in averaged.items()
    }


def ppo_step() -> dict[str, Any]:
    """Record one response through the twentieth update of a small PPO run, in its last minibatch.

    It is the first one there that is right, has four tokens, advantages of both signs, and a token past the clip.
    The loop is `train_ppo`'s, which does not tell what its value function says.
    """
    config, streams = SMALL, random_streams(np.random.default_rng(0))
    world = make_world(config, streams["world"])
    prompts = world.training_prompts
    base = pretrain(config, prompts, streams["pretraining"])
    sft = fine_tune(base, world.demonstrations[: config.n_demonstrations], config, streams["sft"])
    ranked = collect_comparisons(sft, prompts, world.labelers, config, streams["comparisons"])
    judge = train_reward_model(sft, ranked.sequences, world.demonstrations, config, streams["reward model"])

    rng, coefficients = streams["ppo"], (config.kl_coef, config.gae_lambda)
    policy, value = copy_model(sft), copy_model(judge)
    policy_optimizer, value_optimizer = Adam(policy, config.ppo_lr), Adam(value, config.value_lr)
    for _ in range(config.ppo_updates):
        asked = prompts[rng.integers(len(prompts), size=config.ppo_batch)]
        expecting = copy_model(value)
        rollout = roll_out(policy, value, sft, judge, asked, *coefficients, rng)
        for batch in np.array_split(rng.permutation(config.ppo_batch), config.ppo_batch // config.ppo_minibatch):
            at_its_turn = copy_model(policy)
            policy_optimizer.step(policy_loss(policy, rollout, batch, config.clip_range)[1])
            value_optimizer.step(value_loss(value, rollout, batch)[1])

    sequences, mask, sampled = rollout.sequences, rollout.mask, rollout.log_probs
    reference, turn, after = (log_probs(m, sequences, start=PROMPT_LENGTH)[0] for m in (sft, at_its_turn, policy))
    score = reward(judge, sequences)[0]
    rewards = token_rewards(score, sampled, reference, kl_coef=config.kl_coef, mask=mask)
    values = scores(expecting, sequences[:, :-1], start=PROMPT_LENGTH - 1)[0]
    advantages = generalized_advantages(rewards, values, gae_lambda=config.gae_lambda, mask=mask)
    ratios, white = np.exp(turn - sampled), rollout.advantages
    past_clip = mask & np.where(white > 0, ratios > 1 + config.clip_range, ratios < 1 - config.clip_range)
    good = (features(sequences)[:, 1] == 1) & (mask.sum(axis=1) == 4) & past_clip.any(axis=1)
    good &= (np.where(mask, white, 0.0).min(axis=1) < 0) & (white.max(axis=1) > 0)
    row = next(row for row in batch if good[row])
    kept = mask[row]
    words = [WORDS[token] for token in sequences[row] if token != ASK]
    return {
        "prompt": " ".join(words[1 : PROMPT_LENGTH - 1]),
        "right": " ".join([*(WORDS[FIRST_SYMBOL + symbol] for symbol in right_answers(sequences[[row]])[0]), "."]),
        "tokens": words[PROMPT_LENGTH - 1 :][: kept.sum()],
        "score": round(float(score[row]), 6),
        "beta": config.kl_coef,
        "gaeLambda": config.gae_lambda,
        "epsilon": config.clip_range,
        "batch": config.ppo_batch,
        "mean": round(float(advantages[mask].mean()), 6),
        "deviation": round(float(advantages[mask].std()), 6),
    } | {
        name: rounded(array[row][kept])
        for name, array in {
            "logProbs": sampled,
            "refLogProbs": reference,
            "rewards": rewards,
            "values": values,
            "advantages": advantages,
            "whitened": white,
            "turnLogProbs": turn,
            "afterLogProbs": after,
        }.items()
    }


DATA = {"best-of-n": best_of_n, "ppo-step": ppo_step}
