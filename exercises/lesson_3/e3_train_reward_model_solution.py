"""3.3 A whole batch at once, and a reward model learned from it: a solution.

The score is linear, so the margin of a pair is the difference of its features, times the weights:
one table of differences gives the margins and, multiplied by the doubt 1 − σ(m), the gradient.
"""

import numpy as np


def batch_loss_and_gradient(weights: np.ndarray, features: np.ndarray) -> tuple[float, np.ndarray]:
    """Return the mean loss over all pairs of all prompts, and its derivative by each weight."""
    winners, losers = np.triu_indices(features.shape[1], k=1)
    differences = features[:, winners] - features[:, losers]  # (n_prompts, n_pairs, n_features)
    margins = differences @ weights
    loss = np.logaddexp(0.0, -margins).mean()
    doubt = np.exp(-np.logaddexp(0.0, margins))  # 1 − σ(m)
    gradient = -(doubt[..., None] * differences).mean(axis=(0, 1))
    return float(loss), gradient


def train_reward_model(features: np.ndarray, n_steps: int, learning_rate: float) -> np.ndarray:
    """Return the weights after `n_steps` steps of gradient descent from zero."""
    weights = np.zeros(features.shape[2])
    for _ in range(n_steps):
        _, gradient = batch_loss_and_gradient(weights, features)
        weights -= learning_rate * gradient
    return weights
