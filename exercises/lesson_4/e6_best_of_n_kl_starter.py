"""4.6 How far best-of-n moves from its policy.

Best-of-n trains nothing, and yet the responses that it shows follow another distribution than those
that it draws. Work out that distribution, and its KL divergence from the policy.

Lesson 4, the Extend exercise. Check with: python make.py check 4.6
"""

import numpy as np


def kl_bound(n_samples: int) -> float:
    """Return log n − (n − 1) / n, in nats: no best-of-n is further from its policy than that."""
    raise NotImplementedError("the formula as it stands; which logarithm gives nats?")


def best_of_n_probabilities(probabilities: np.ndarray, n_samples: int) -> np.ndarray:
    """Return how likely each response is to be the one shown, exactly, shape (K,).

    `probabilities` are those of the policy, shape (K,), for K responses sorted from the lowest score
    to the highest. `n_samples` are drawn from it, independently, so the same one may come twice; the
    one with the highest score is shown. `n_samples` may be in the thousands.
    """
    raise NotImplementedError("how likely is it that none of the n is better than response k? see np.cumsum")


def best_of_n_kl(probabilities: np.ndarray, n_samples: int) -> float:
    """Return KL(best-of-n ‖ policy) in nats; the arguments are those of `best_of_n_probabilities`.

    A response that is never shown counts 0.
    """
    raise NotImplementedError("Σ q log(q / p), with the right one of the two in front")
