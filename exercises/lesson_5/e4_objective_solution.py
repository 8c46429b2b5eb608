"""5.4 The three terms of PPO-ptx: a solution.

The log-ratio of a response is the sum over its tokens, padding left out; `np.where` replaces what
stands at padding, whatever it is. Each expectation in Eq. 2 becomes a mean over what was sampled.
"""

import numpy as np


def sequence_log_ratios(log_probs: np.ndarray, ref_log_probs: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Return log π(y|x) − log π_SFT(y|x) of each response in nats, shape (B,)."""
    return np.where(mask, log_probs - ref_log_probs, 0.0).sum(axis=1)


def objective_terms(
    scores: np.ndarray,
    log_probs: np.ndarray,
    ref_log_probs: np.ndarray,
    mask: np.ndarray,
    pretrain_log_likelihoods: np.ndarray,
    kl_coef: float,
    ptx_coef: float,
) -> tuple[float, float, float, float]:
    """Return reward, KL penalty, pretraining term, and the objective made of the three."""
    reward = float(scores.mean())
    penalty = kl_coef * float(sequence_log_ratios(log_probs, ref_log_probs, mask).mean())
    pretraining = ptx_coef * float(pretrain_log_likelihoods.mean())
    return reward, penalty, pretraining, reward - penalty + pretraining
