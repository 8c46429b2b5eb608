"""5.3 How far to trust an estimate: a solution.

The KL averages the log-ratio over what the policy does, so the policy's probabilities are the
weights, and the policy is also the one to sample from. An outcome that never happens adds nothing,
although its logarithm is infinite; leaving it out avoids 0 · ∞.
"""

import numpy as np


def exact_kl(probs: np.ndarray, ref_probs: np.ndarray) -> float:
    """Return KL(policy ‖ SFT model) of two distributions over the same outcomes, in nats."""
    happens = probs > 0
    return float(np.sum(probs[happens] * np.log(probs[happens] / ref_probs[happens])))


def bias_and_spread(probs: np.ndarray, ref_probs: np.ndarray, n_samples: int, rng: np.random.Generator) -> np.ndarray:
    """Sample outcomes and return the bias and the spread of k1, k2 and k3, shape (3, 2)."""
    outcomes = rng.choice(len(probs), size=n_samples, p=probs)
    d = np.log(probs[outcomes]) - np.log(ref_probs[outcomes])
    estimates = np.stack([d, d**2 / 2, np.exp(-d) - 1 + d])
    return np.column_stack([estimates.mean(axis=1) - exact_kl(probs, ref_probs), estimates.std(axis=1)])
