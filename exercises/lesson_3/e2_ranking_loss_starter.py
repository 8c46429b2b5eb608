"""3.2 Loss of one ranking, and its gradient.

Three functions, each building on the one before. Lesson 3, step 3 and "Where the gradient
pushes". Check with: python make.py check 3.2
"""

import numpy as np


def pair_loss(chosen_reward: float, rejected_reward: float) -> float:
    """Return the loss of one comparison, −log σ(r_w − r_l), in nats.

    Apply: for the 2nd and the 4th of the scores [2.1, 1.5, 0.8, 0.2, −0.3] it is 0.241.
    """
    raise NotImplementedError("σ(m) = 1 / (1 + exp(−m)); np.logaddexp(0, −m) is its negative log, and never overflows")


def ranking_loss(rewards: np.ndarray) -> float:
    """Return the mean loss of all pairs of one ranking; `rewards` has shape (K,), best first."""
    raise NotImplementedError("the pairs of exercise 3.1, pair_loss of each, and a mean")


def ranking_gradient(rewards: np.ndarray) -> np.ndarray:
    """Return the derivative of `ranking_loss` by each score, shape (K,)."""
    raise NotImplementedError("each pair pushes its winner by −(1 − σ(m)) and its loser by +(1 − σ(m)), over C(K, 2)")
