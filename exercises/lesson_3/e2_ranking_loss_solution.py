"""3.2 Loss of one ranking, and its gradient: a solution.

`np.logaddexp(0, −m)` is `log(1 + exp(−m))` without the overflow. For the whole ranking, one table
of margins holds every pair; `np.triu_indices` picks those in which the winner stands first.
"""

import numpy as np


def pair_loss(chosen_reward: float, rejected_reward: float) -> float:
    """Return the loss of one comparison, −log σ(r_w − r_l), in nats."""
    return float(np.logaddexp(0.0, -(chosen_reward - rejected_reward)))


def ranking_loss(rewards: np.ndarray) -> float:
    """Return the mean loss of all pairs of one ranking."""
    winners, losers = np.triu_indices(len(rewards), k=1)
    return float(np.logaddexp(0.0, -(rewards[winners] - rewards[losers])).mean())


def ranking_gradient(rewards: np.ndarray) -> np.ndarray:
    """Return the derivative of `ranking_loss` by each score."""
    winners, losers = np.triu_indices(len(rewards), k=1)
    doubt = 1 / (1 + np.exp(rewards[winners] - rewards[losers]))  # 1 − σ(m)
    gradient = np.zeros(len(rewards))
    np.subtract.at(gradient, winners, doubt)
    np.add.at(gradient, losers, doubt)
    return gradient / len(winners)
