"""4.4 A bandit, trained by PPO: a solution.

A push g on log π(y) moves the logit of y by g · (1 − π(y)) and every other logit k by −g · π(k).
In training, what belongs to a batch (responses, scores, advantages, old log-probabilities) is noted
once, before the first epoch; only the logits change from epoch to epoch.
"""

from collections.abc import Callable

import numpy as np


def log_softmax(logits: np.ndarray) -> np.ndarray:
    """Return the logarithms of the probabilities."""
    shifted = logits - logits.max()
    return shifted - np.log(np.exp(shifted).sum())


def logit_gradient(
    logits: np.ndarray, drawn: np.ndarray, old_log_probs: np.ndarray, advantages: np.ndarray, clip_range: float
) -> np.ndarray:
    """Return the derivative of the clipped objective by the policy's K logits, shape (K,)."""
    log_probs = log_softmax(logits)
    rho = np.exp(log_probs[drawn] - old_log_probs)
    far_enough = np.where(advantages > 0, rho > 1 + clip_range, rho < 1 - clip_range)
    pushes = np.where(far_enough, 0.0, rho * advantages) / len(drawn)
    return np.bincount(drawn, weights=pushes, minlength=len(logits)) - pushes.sum() * np.exp(log_probs)


def train_bandit(
    score: Callable[[np.ndarray], np.ndarray],
    n_responses: int,
    rng: np.random.Generator,
    *,
    n_batches: int,
    batch_size: int,
    n_epochs: int,
    learning_rate: float,
    clip_range: float,
) -> np.ndarray:
    """Train a policy over `n_responses` responses; return its probabilities, shape (K,)."""
    logits: np.ndarray = np.zeros(n_responses)
    for _ in range(n_batches):
        log_probs = log_softmax(logits)
        drawn = rng.choice(n_responses, size=batch_size, p=np.exp(log_probs))
        scores = score(drawn)
        advantages = scores - scores.mean()
        for _ in range(n_epochs):
            logits = logits + learning_rate * logit_gradient(logits, drawn, log_probs[drawn], advantages, clip_range)
    return np.exp(log_softmax(logits))
