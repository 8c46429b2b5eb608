"""P.1 Comparison data from noisy rankings: a solution.

Sorting by score plus Gumbel noise draws from the Plackett–Luce model. In ranked order, place i beats
every place after it, so the pairs are those above the diagonal, the same for all prompts. For the
agreement, sorting a ranking turns "who is at this place" into "which place is this one at".
"""

import numpy as np


def rank_with_noise(scores: np.ndarray, temperature: float, rng: np.random.Generator) -> np.ndarray:
    """Return one labeler's ranking of the responses of each prompt: positions, best first."""
    impressions = scores + temperature * rng.gumbel(size=scores.shape)
    return np.argsort(-impressions, axis=1)


def comparison_pairs(features: np.ndarray, rankings: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the features of the winners and of the losers of all comparisons."""
    ranked = np.take_along_axis(features, rankings[:, :, None], axis=1)
    winners, losers = np.triu_indices(rankings.shape[1], k=1)
    n_features = features.shape[2]
    return ranked[:, winners].reshape(-1, n_features), ranked[:, losers].reshape(-1, n_features)


def agreement(rankings: np.ndarray, other_rankings: np.ndarray) -> float:
    """Return the share of all pairs that two labelers put in the same order."""
    places, other_places = np.argsort(rankings, axis=1), np.argsort(other_rankings, axis=1)
    i, j = np.triu_indices(rankings.shape[1], k=1)
    same = (places[:, i] < places[:, j]) == (other_places[:, i] < other_places[:, j])
    return float(same.mean())
