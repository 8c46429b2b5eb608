"""2.5 Worse on paper, better for people: a solution.

All labelers of the training set wrote the same response. Each step makes it likelier and the others
less likely, bad ones and the other good one alike. So the share of good responses rises, while a
validation set that also holds the other good response is given less and less probability.
"""

import numpy as np


def cosine_learning_rate(step: int, n_steps: int, peak: float) -> float:
    """Return the learning rate of a step, counted from 0."""
    return float(peak * (0.1 + 0.9 * (1 + np.cos(np.pi * step / n_steps)) / 2))


def learning_curves(
    logits: np.ndarray, training: np.ndarray, validation: np.ndarray, is_good: np.ndarray, peak: float, n_epochs: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return the validation loss and the share of good responses, each of shape (n_epochs + 1,)."""
    written = np.bincount(training, minlength=len(logits)) / len(training)
    losses, shares = [], []
    for epoch in range(n_epochs + 1):
        exponentials = np.exp(logits - logits.max())
        probabilities = exponentials / exponentials.sum()
        losses.append(-np.log(probabilities[validation]).mean())
        shares.append(probabilities[is_good].sum())
        logits = logits - cosine_learning_rate(epoch, n_epochs, peak) * (probabilities - written)
    return np.array(losses), np.array(shares)


def best_epochs(validation_losses: np.ndarray, good_shares: np.ndarray) -> tuple[int, int]:
    """Return after how many epochs each measure is best: first by loss, then by share."""
    return int(np.argmin(validation_losses)), int(np.argmax(good_shares))
