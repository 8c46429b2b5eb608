"""5.3 How far to trust an estimate.

Where all outcomes can be listed, the divergence is a sum, and an estimate can be held against it.
Compute the exact KL, then sample and measure by how much k1, k2 and k3 are off on average, and how
widely they scatter. Lesson 5, "The KL divergence" and "One response gives an estimate".
Check with: python make.py check 5.3
"""

import numpy as np


def exact_kl(probs: np.ndarray, ref_probs: np.ndarray) -> float:
    """Return KL(policy ‖ SFT model) of two distributions over the same outcomes, in nats.

    `probs` belongs to the policy, `ref_probs` to the SFT model: probabilities (no logarithms) of
    all outcomes, shape (V,), each summing to 1. The policy may give some outcomes probability 0.
    """
    raise NotImplementedError("the log-ratio of each outcome, averaged with the weights of one of the two. Which one?")


def bias_and_spread(probs: np.ndarray, ref_probs: np.ndarray, n_samples: int, rng: np.random.Generator) -> np.ndarray:
    """Sample outcomes and return the bias and the spread of k1, k2 and k3, shape (3, 2).

    Row i belongs to the estimate k(i + 1). Its first entry is the bias, the mean of the estimate
    over `n_samples` outcomes minus the exact KL; its second the spread, the standard deviation of
    the estimate over these outcomes. Both in nats. All probabilities are above 0.
    """
    raise NotImplementedError("rng.choice draws numbers of outcomes; d of each from the two arrays; k1, k2, k3 of d")
