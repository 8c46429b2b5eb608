"""4.3 The clipped objective, and where it stops pushing: a solution.

The derivative of ρ = exp(log π − log π_old) by log π is ρ itself, so the slope of ρA is ρA again,
divided by n for the mean. Where the minimum picks the clipped candidate, and it differs from the
other, the objective does not depend on ρ and the slope is 0. That happens only in the direction in
which the advantage pushes.
"""

import numpy as np


def ratios(log_probs: np.ndarray, old_log_probs: np.ndarray) -> np.ndarray:
    """Return how many times as likely each token is now as when it was drawn, shape (n,)."""
    return np.exp(log_probs - old_log_probs)


def clipped_objective(
    log_probs: np.ndarray, old_log_probs: np.ndarray, advantages: np.ndarray, clip_range: float
) -> float:
    """Return what PPO maximizes on these tokens; `clip_range` is ε."""
    rho = ratios(log_probs, old_log_probs)
    clipped = np.clip(rho, 1 - clip_range, 1 + clip_range)
    return float(np.minimum(rho * advantages, clipped * advantages).mean())


def clipped_gradient(
    log_probs: np.ndarray, old_log_probs: np.ndarray, advantages: np.ndarray, clip_range: float
) -> np.ndarray:
    """Return the derivative of `clipped_objective` by each entry of `log_probs`, shape (n,)."""
    rho = ratios(log_probs, old_log_probs)
    far_enough = np.where(advantages > 0, rho > 1 + clip_range, rho < 1 - clip_range)
    return np.where(far_enough, 0.0, rho * advantages) / len(rho)
