"""6.4 Experiment: fit one strength to each model: a solution.

The gradient of the log-likelihood by q_i is wins minus expected wins of model i. A step along it,
scaled by how often each model played, climbs safely whatever the counts. Adding the same number to
all strengths changes nothing, so the mean is set to 0.
"""

import numpy as np


def win_probabilities(strengths: np.ndarray) -> np.ndarray:
    """Return σ(q_i − q_j) for every pair."""
    return 1 / (1 + np.exp(strengths[None, :] - strengths[:, None]))


def simulate_wins(strengths: np.ndarray, n_comparisons: int, rng: np.random.Generator) -> np.ndarray:
    """Return a random table of wins."""
    first, second = np.triu_indices(len(strengths), k=1)
    won = rng.binomial(n_comparisons, win_probabilities(np.asarray(strengths))[first, second])
    wins = np.zeros((len(strengths), len(strengths)), dtype=int)
    wins[first, second] = won
    wins[second, first] = n_comparisons - won
    return wins


def fit_strengths(wins: np.ndarray) -> np.ndarray:
    """Return the most probable strengths, mean 0."""
    met = wins + wins.T
    strengths = np.zeros(len(wins))
    for _ in range(20_000):
        expected = (met * win_probabilities(strengths)).sum(axis=1)
        step = 2 * (wins.sum(axis=1) - expected) / met.sum(axis=1)
        strengths += step
        if np.abs(step).max() < 1e-10:
            break
    return strengths - strengths.mean()


def residuals(wins: np.ndarray) -> np.ndarray:
    """Return measured minus predicted win rates."""
    met = wins + wins.T
    measured = wins / np.maximum(met, 1)
    return np.where(met > 0, measured - win_probabilities(fit_strengths(wins)), 0.0)
