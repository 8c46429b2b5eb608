"""P.2 Train the reward model: a solution.

Only the differences between winners and losers enter. A pair pulls with 1 − σ(m), the probability
that the model gives to the wrong answer, and bends the loss by σ(m)(1 − σ(m)). Newton's method puts
the parabola with that bend through the point where it stands and goes straight to its bottom.
"""

import numpy as np


def loss_and_gradient(weights: np.ndarray, winners: np.ndarray, losers: np.ndarray) -> tuple[float, np.ndarray]:
    """Return the mean loss of the comparisons, in nats, and its derivative by each weight."""
    differences = winners - losers
    margins = differences @ weights
    doubt = np.exp(-np.logaddexp(0.0, margins))  # 1 − σ(m), without overflow
    return float(np.logaddexp(0.0, -margins).mean()), -doubt @ differences / len(differences)


def train(
    winners: np.ndarray, losers: np.ndarray, initial_weights: np.ndarray, learning_rate: float, n_epochs: int
) -> tuple[np.ndarray, list[float]]:
    """Return the weights after `n_epochs` steps of gradient descent, and the loss of each epoch."""
    weights, losses = initial_weights, []
    for _ in range(n_epochs):
        loss, gradient = loss_and_gradient(weights, winners, losers)
        losses.append(loss)
        weights = weights - learning_rate * gradient
    return weights, losses


def newton_step(weights: np.ndarray, winners: np.ndarray, losers: np.ndarray) -> np.ndarray:
    """Return the weights after one step of Newton's method."""
    differences = winners - losers
    doubt = np.exp(-np.logaddexp(0.0, differences @ weights))
    hessian = (differences * (doubt * (1 - doubt))[:, None]).T @ differences / len(differences)
    _, gradient = loss_and_gradient(weights, winners, losers)
    return weights - np.linalg.solve(hessian, gradient)
