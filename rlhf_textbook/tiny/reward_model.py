"""Lesson 3 in the small: rankings by labelers, and a model that learns to score from them."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from rlhf_textbook import _checks as checks
from rlhf_textbook._checks import FloatArray, IntArray
from rlhf_textbook.reward_model import ranking_loss_and_gradient
from rlhf_textbook.sft import cosine_learning_rate
from rlhf_textbook.tiny.config import TinyConfig
from rlhf_textbook.tiny.labelers import quality, rank
from rlhf_textbook.tiny.language import PROMPT_LENGTH, SEQUENCE_LENGTH, response_tokens
from rlhf_textbook.tiny.model import Adam, Backward, Params, scores, with_scalar_head
from rlhf_textbook.tiny.sampling import sample


@dataclass(frozen=True)
class Comparisons:
    """Ranked responses to each prompt."""

    sequences: IntArray
    """Best first, shape (n_prompts, K, 12)."""
    qualities: FloatArray
    """Quality of each to its labeler, without the noise, shape (n_prompts, K)."""
    labelers: IntArray
    """Who ranked each prompt's responses, shape (n_prompts,)."""


def collect_comparisons(
    policy: Params,
    prompts: IntArray,
    labeler_weights: FloatArray,
    config: TinyConfig,
    rng: np.random.Generator,
) -> Comparisons:
    """Sample `n_ranked` responses to each prompt; one labeler, drawn at random, ranks them."""
    n, k = len(prompts), config.n_ranked
    sequences = sample(policy, np.repeat(prompts, k, axis=0), rng)
    labelers = rng.integers(len(labeler_weights), size=n)
    by_labeler = np.stack([quality(sequences, weights) for weights in labeler_weights]).reshape(-1, n, k)
    qualities = by_labeler[labelers, np.arange(n)]
    order = rank(qualities, config.labeler_temperature, rng)
    ranked = np.take_along_axis(sequences.reshape(n, k, SEQUENCE_LENGTH), order[..., None], axis=1)
    return Comparisons(ranked, np.take_along_axis(qualities, order, axis=1), labelers)


def reward(params: Params, sequences: IntArray) -> tuple[FloatArray, Backward]:
    """Score of each response, read behind its last token, shape (n,); and its backward pass."""
    every, backward = scores(params, sequences, start=PROMPT_LENGTH)
    rows, last = np.arange(len(sequences)), response_tokens(sequences).sum(axis=1) - 1

    def backward_from_last(gradient: FloatArray) -> Params:
        by_score = np.zeros_like(every)
        by_score[rows, last] = gradient
        return backward(by_score)

    return every[rows, last], backward_from_last


def reward_model_loss(params: Params, ranked: IntArray) -> tuple[float, Params]:
    """Loss of equation 1 over all pairs of each prompt, in nats, and its gradients; `ranked` as in `Comparisons`."""
    n, k, _ = ranked.shape
    values, backward = reward(params, ranked.reshape(n * k, -1))
    loss, gradient = ranking_loss_and_gradient(values.reshape(n, k))
    return loss, backward(gradient.ravel())


def train_reward_model(
    sft: Params,
    ranked: IntArray,
    demonstrations: IntArray,
    config: TinyConfig,
    rng: np.random.Generator,
    *,
    after_epoch: Callable[[int, Params], None] | None = None,
) -> Params:
    """Train the SFT model's body with a scalar head on rankings; demonstrations then score 0 on average.

    The loss sees differences only and leaves the level free. The paper fixes it by a bias before RL (§3.5).
    """
    if len(ranked) < 1:
        raise checks.error("ranked", "at least one ranking", f"shape {ranked.shape}")
    params = with_scalar_head(sft, rng)
    optimizer = Adam(params, config.rm_lr, weight_decay=config.rm_weight_decay)
    n_batches = -(-len(ranked) // config.rm_batch)
    scales = iter(cosine_learning_rate(np.arange(n := config.rm_epochs * n_batches), n_steps=n, peak=1.0))
    for epoch in range(config.rm_epochs):
        for batch in np.array_split(rng.permutation(len(ranked)), n_batches):
            _, gradient = reward_model_loss(params, ranked[batch])
            optimizer.step(gradient, scale=next(scales))
        if after_epoch is not None:
            after_epoch(epoch, params)
    params["head_bias"] -= reward(params, demonstrations)[0].mean()
    return params


def pair_accuracy(params: Params, ranked: IntArray) -> float:
    """Share of the pairs that the reward model orders as the labeler did."""
    n, k, _ = ranked.shape
    values = reward(params, ranked.reshape(n * k, -1))[0].reshape(n, k)
    better, worse = np.triu_indices(k, 1)
    return float((values[:, better] > values[:, worse]).mean())


def accuracy_ceiling(qualities: FloatArray) -> float:
    """How often the labeler's true quality orders a pair as the noisy ranking did; a tie counts half."""
    better, worse = np.triu_indices(qualities.shape[1], 1)
    difference = qualities[:, better] - qualities[:, worse]
    return float(((difference > 0) + 0.5 * (difference == 0)).mean())
