"""Claim 3: pairs shuffled into one data set overfit; all pairs of a prompt in one batch element do not (§3.5).

Ouyang et al. 2022 found that a reward model overfits in a single pass over shuffled comparisons. With all `C(K, 2)`
comparisons of a prompt as one element of a batch it no longer does, and validation accuracy and loss are much better.

Measured on the same rankings, along the training: loss and accuracy on unseen prompts, for prompts kept together and
for pairs shuffled, in batches of several sizes. Two ways that differ in the arrangement alone make equally many updates
from equally many pairs; the others say what the number of updates does.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from rlhf_textbook._checks import IntArray
from rlhf_textbook.reward_model import ranking_loss_and_gradient
from rlhf_textbook.tiny.config import TinyConfig
from rlhf_textbook.tiny.language import SEQUENCE_LENGTH
from rlhf_textbook.tiny.model import Adam, Params, with_scalar_head
from rlhf_textbook.tiny.pipeline import make_world, random_streams
from rlhf_textbook.tiny.pretraining import pretrain
from rlhf_textbook.tiny.reward_model import accuracy_ceiling, collect_comparisons, reward, reward_model_loss
from rlhf_textbook.tiny.sft import fine_tune

N_PROMPTS = 400
N_RANKED = 9
PASSES_AT_ONCE = 144  # a bigger batch is taken in parts, whose gradients add up: it is faster, and the same


@dataclass(frozen=True)
class Arm:
    """One way to feed the comparisons to the optimizer."""

    shuffled: bool
    """Whether an element of a batch is a pair, and not a prompt with all its pairs."""
    batch: int
    """Elements an update."""
    learning_rate: float
    epochs: int
    look_every: int
    """Updates from one look at the model to the next."""


ARMS = (
    Arm(shuffled=False, batch=16, learning_rate=0.003, epochs=16, look_every=25),
    Arm(shuffled=True, batch=576, learning_rate=0.003, epochs=8, look_every=25),
    Arm(shuffled=False, batch=2, learning_rate=0.003, epochs=8, look_every=50),
    Arm(shuffled=True, batch=72, learning_rate=0.003, epochs=4, look_every=25),
    Arm(shuffled=True, batch=16, learning_rate=0.003, epochs=3, look_every=100),
)

SETTINGS: list[dict[str, Any]] = [{}]
SEEDS = range(10)


def shuffled_pairs(ranked: IntArray) -> IntArray:
    """Turn rankings of K responses into rankings of 2, one a pair: shape (n, K, 12) into (n · C(K, 2), 2, 12)."""
    better, worse = np.triu_indices(ranked.shape[1], 1)
    return np.stack([ranked[:, better], ranked[:, worse]], axis=2).reshape(-1, 2, SEQUENCE_LENGTH)


def gradient_in_parts(params: Params, ranked: IntArray) -> Params:
    """Gradient of the loss of equation 1, computed from at most `PASSES_AT_ONCE` responses at a time."""
    parts = np.array_split(ranked, -(-ranked[..., 0].size // PASSES_AT_ONCE))
    total = {name: np.zeros_like(value) for name, value in params.items()}
    for part in parts:
        _, gradient = reward_model_loss(params, part)
        for name in total:
            total[name] += len(part) / len(ranked) * gradient[name]
    return total


def loss_and_accuracy(params: Params, ranked: IntArray) -> tuple[float, float]:
    """Loss of equation 1, in nats, and the share of pairs in the labeler's order, where equal scores count half."""
    n, k, _ = ranked.shape
    parts = np.array_split(ranked.reshape(n * k, SEQUENCE_LENGTH), -(-n * k // PASSES_AT_ONCE))
    scores = np.concatenate([reward(params, part)[0] for part in parts]).reshape(n, k)
    better, worse = np.triu_indices(k, 1)
    margins = scores[:, better] - scores[:, worse]
    equal = abs(margins) < 1e-9  # the same response twice: rounding errors shall not decide
    return ranking_loss_and_gradient(scores)[0], float(np.where(equal, 0.5, margins > 0).mean())


def train(
    sft: Params, ranked: IntArray, validation: IntArray, arm: Arm, rng: np.random.Generator
) -> dict[str, list[float]]:
    """Train a reward model at a constant learning rate, without weight decay; look at it every few updates."""
    elements = shuffled_pairs(ranked) if arm.shuffled else ranked
    params = with_scalar_head(sft, rng)
    optimizer = Adam(params, arm.learning_rate)
    n_batches = -(-len(elements) // arm.batch)
    curve: dict[str, list[float]] = {"epoch": [], "training_loss": [], "validation_loss": [], "accuracy": []}
    for epoch in range(arm.epochs):
        for i, batch in enumerate(np.array_split(rng.permutation(len(elements)), n_batches), start=1):
            optimizer.step(gradient_in_parts(params, elements[batch]))
            if (epoch * n_batches + i) % arm.look_every == 0:
                seen, _ = loss_and_accuracy(params, ranked)
                unseen, accuracy = loss_and_accuracy(params, validation)
                for name, value in zip(curve, (epoch + i / n_batches, seen, unseen, accuracy), strict=True):
                    curve[name].append(value)
    return curve


def measure(
    seed: int, *, config: TinyConfig | None = None, arms: Sequence[Arm] = ARMS, n_prompts: int = N_PROMPTS
) -> dict[str, Any]:
    """One seed: each field a list of curves, one an arm; and the accuracy that noise in the labels leaves possible."""
    config = config or replace(TinyConfig(), n_ranked=N_RANKED)
    streams = random_streams(np.random.default_rng(seed))
    world = make_world(config, streams["world"])
    base = pretrain(config, world.training_prompts, streams["pretraining"])
    sft = fine_tune(base, world.demonstrations[: config.n_demonstrations], config, streams["sft"])
    rng = streams["comparisons"]
    ranked = collect_comparisons(sft, world.training_prompts[:n_prompts], world.labelers, config, rng).sequences
    validation = collect_comparisons(sft, world.test_prompts, world.labelers, config, rng)
    # The same first weights for all.
    curves = [
        train(sft, ranked, validation.sequences, arm, random_streams(np.random.default_rng(seed))["reward model"])
        for arm in arms
    ]
    fields: dict[str, Any] = {name: [curve[name] for curve in curves] for name in curves[0]}
    return fields | {"ceiling": accuracy_ceiling(validation.qualities)}
