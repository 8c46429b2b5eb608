"""4.3 The clipped objective, and where it stops pushing.

Three functions, each building on the one before: the ratio, PPO's objective, and its gradient. All
arrays have shape (n,), one entry a token.

Lesson 4, "The clipped objective". Check with: python make.py check 4.3
"""

import numpy as np


def ratios(log_probs: np.ndarray, old_log_probs: np.ndarray) -> np.ndarray:
    """Return how many times as likely each token is now as when it was drawn, shape (n,).

    `log_probs` are its log-probabilities under the policy being trained, `old_log_probs` under the
    policy that drew it, both in nats.
    """
    raise NotImplementedError("the arguments are logarithms; what is a difference of logarithms?")


def clipped_objective(
    log_probs: np.ndarray, old_log_probs: np.ndarray, advantages: np.ndarray, clip_range: float
) -> float:
    """Return what PPO maximizes on these tokens; `clip_range` is ε."""
    raise NotImplementedError("two candidates for each token, the smaller of the two, and a mean; see np.clip")


def clipped_gradient(
    log_probs: np.ndarray, old_log_probs: np.ndarray, advantages: np.ndarray, clip_range: float
) -> np.ndarray:
    """Return the derivative of `clipped_objective` by each entry of `log_probs`, shape (n,)."""
    raise NotImplementedError("the slope of ρA by log π first; then the two cases in which the clip switches it off")
