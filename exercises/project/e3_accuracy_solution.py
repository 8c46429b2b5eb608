"""P.3 Measure the reward model: a solution.

Accuracy asks for the sign of the margin alone. Who knows the true scores names the better response
and is right when the labeler is, with probability σ(|difference| / temperature): that is the ceiling.
The cosine compares directions, since the length of the weights changes no order.
"""

import numpy as np


def accuracy(weights: np.ndarray, winners: np.ndarray, losers: np.ndarray) -> float:
    """Return the share of comparisons in which the winner scores higher; ties count half."""
    margins = (winners - losers) @ weights
    return float((np.sign(margins) + 1).mean() / 2)


def noise_ceiling(scores: np.ndarray, other_scores: np.ndarray, temperature: float) -> float:
    """Return the accuracy that one can expect who knows all true scores."""
    return float((1 / (1 + np.exp(-np.abs(scores - other_scores) / temperature))).mean())


def cosine(weights: np.ndarray, other_weights: np.ndarray) -> float:
    """Return the cosine of the angle between two vectors of weights."""
    return float(weights @ other_weights / (np.linalg.norm(weights) * np.linalg.norm(other_weights)))
