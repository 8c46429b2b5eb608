"""6.3 Weigh size against training: a solution.

In the ratio of two losses the constant of the law cancels, and ρ = k^(−α) remains; the power
−1/α undoes the power −α. Gains are differences of quality gaps, whatever caused them.
"""

import numpy as np


def loss_ratio(size_ratio: np.ndarray, exponent: float = 0.076) -> np.ndarray:
    """Return loss after over loss before."""
    return np.asarray(size_ratio, dtype=float) ** -exponent


def size_ratio(loss_ratio: np.ndarray, exponent: float = 0.076) -> np.ndarray:
    """Return size after over size before."""
    return np.asarray(loss_ratio, dtype=float) ** (-1 / exponent)


def gain(rate_before: np.ndarray, rate_after: np.ndarray) -> np.ndarray:
    """Return the quality gained, in nats."""
    before, after = np.asarray(rate_before, dtype=float), np.asarray(rate_after, dtype=float)
    return np.log(after / (1 - after)) - np.log(before / (1 - before))
