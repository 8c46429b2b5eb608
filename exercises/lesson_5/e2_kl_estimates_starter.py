"""5.2 Three estimates of the KL divergence.

From the log-probabilities of sampled tokens, compute k1, k2 and k3, and then average each over
the response tokens of a batch. Lesson 5, "One response gives an estimate".
Check with: python make.py check 5.2
"""

import numpy as np


def kl_estimates(log_probs: np.ndarray, ref_log_probs: np.ndarray) -> np.ndarray:
    """Return the estimates k1, k2, k3 of each sampled token, in nats.

    `log_probs` belongs to the policy, which has sampled the tokens, `ref_log_probs` to the SFT
    model. Both have the same shape, for example (T,) or (B, T); the result has shape (3, T) or
    (3, B, T): first all k1, then all k2, then all k3.
    """
    raise NotImplementedError("first the log-ratio d of every token, then three formulas of d, then np.stack")


def mean_estimates(log_probs: np.ndarray, ref_log_probs: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Return the means of k1, k2 and k3 over all response tokens of a batch, shape (3,).

    All three arguments have shape (B, T). `mask` is True on response tokens; what stands in the
    other places is padding and means nothing. Every response token counts the same.
    """
    raise NotImplementedError("kl_estimates of the whole batch, of which only the places with mask True count")
