"""P.4 Best of n: a solution.

The reward model points at a response, and the true scores say what the pointing was worth. For the
estimator: the response at place i by proxy is on top of those subsets whose other n − 1 members come
from the i − 1 below it. Going down from the highest, whose share is n / M, each share follows from
the one above by a factor, so that no huge factorial is ever formed.
"""

import numpy as np


def best_of_n(features: np.ndarray, true_scores: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return what the chosen response of each prompt is worth to people, shape (n_prompts,)."""
    chosen = (features @ weights).argmax(axis=1)
    return np.take_along_axis(true_scores, chosen[:, None], axis=1)[:, 0]


def win_rate(chosen: np.ndarray, baseline: np.ndarray) -> tuple[float, float, float]:
    """Return the share of prompts on which `chosen` beats `baseline`, and Wilson's 95 % interval."""
    m, z = len(chosen), 1.96
    p = np.mean(chosen > baseline) + np.mean(chosen == baseline) / 2
    center = (p + z**2 / (2 * m)) / (1 + z**2 / m)
    half = z / (1 + z**2 / m) * np.sqrt(p * (1 - p) / m + z**2 / (4 * m**2))
    return float(p), float(center - half), float(center + half)


def expected_best_of_n(proxy: np.ndarray, true_scores: np.ndarray, n_samples: int) -> float:
    """Return the unbiased estimate of what best-of-n is worth, from M responses."""
    best_first = true_scores[np.argsort(-proxy)]
    m = len(proxy)
    places = np.arange(m, 1, -1)
    factors = np.maximum(places - n_samples, 0) / (places - 1)
    shares = np.cumprod(np.append(n_samples / m, factors))
    return float(shares @ best_first)
