"""4.6 How far best-of-n moves from its policy: a solution.

The response shown is no better than response k exactly if none of the n draws is, which happens with
probability F_k^n, F_k being the policy's probability of response k or a worse one. Its differences are
the probabilities. With q / p ≤ n everywhere the divergence stays small: it grows only like log n.
"""

import numpy as np


def kl_bound(n_samples: int) -> float:
    """Return log n − (n − 1) / n, in nats: no best-of-n is further from its policy than that."""
    return float(np.log(n_samples) - (n_samples - 1) / n_samples)


def best_of_n_probabilities(probabilities: np.ndarray, n_samples: int) -> np.ndarray:
    """Return how likely each response is to be the one shown, shape (K,)."""
    return np.diff(np.cumsum(probabilities) ** n_samples, prepend=0.0)


def best_of_n_kl(probabilities: np.ndarray, n_samples: int) -> float:
    """Return KL(best-of-n ‖ policy) in nats; the arguments are those of `best_of_n_probabilities`."""
    shown = best_of_n_probabilities(probabilities, n_samples)
    ever = shown > 0
    return float(np.sum(shown[ever] * np.log(shown[ever] / probabilities[ever])))
