"""P.6 Labelers who disagree: a solution.

One model for all is steady and nobody's own; a model for each is one's own and unsteady, having seen
eight prompts. Halfway between the two directions lies a model that is better than both. It is one
answer of many: labelers like this one can be pooled, or everyone sorted into groups.
"""

from collections.abc import Callable

import numpy as np

Trainer = Callable[[np.ndarray], np.ndarray]


def accuracy(weights: np.ndarray, comparisons: np.ndarray) -> float:
    """Return the share of comparisons in which the preferred response, the first, scores higher."""
    scores = comparisons @ weights
    return float((scores[..., 0] > scores[..., 1]).mean())


def joined(rankings: np.ndarray) -> np.ndarray:
    """Put the rankings of several labelers into one pile."""
    return rankings.reshape(-1, *rankings.shape[2:])


def held_out_accuracy(rankings: np.ndarray, comparisons: np.ndarray, train: Trainer) -> tuple[float, float]:
    """Return a reward model's accuracy on labelers it has learned from, and on one it has not."""
    inside, outside = [], []
    for held_out in range(len(rankings)):
        weights = train(joined(np.delete(rankings, held_out, axis=0)))
        inside.append(accuracy(weights, np.delete(comparisons, held_out, axis=0)))
        outside.append(accuracy(weights, comparisons[held_out]))
    return float(np.mean(inside)), float(np.mean(outside))


def one_and_each(rankings: np.ndarray, comparisons: np.ndarray, train: Trainer) -> np.ndarray:
    """Return the accuracy for each labeler of one model for all and of a model for each, shape (2, n_labelers)."""
    shared = train(joined(rankings))
    together = [accuracy(shared, own) for own in comparisons]
    alone = [accuracy(train(mine), own) for mine, own in zip(rankings, comparisons, strict=True)]
    return np.array([together, alone])


def serve_everyone(rankings: np.ndarray, train: Trainer) -> np.ndarray:
    """Return weights for each labeler, halfway between everyone's direction and the labeler's own."""
    shared = train(joined(rankings))
    own = np.array([train(mine) for mine in rankings])
    return shared / np.linalg.norm(shared) + own / np.linalg.norm(own, axis=1, keepdims=True)
