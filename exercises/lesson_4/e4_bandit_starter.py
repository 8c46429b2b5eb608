"""4.4 A bandit, trained by PPO.

One prompt, K possible responses, a policy that is a softmax over K logits. Draw a batch, score it,
climb the clipped objective for several epochs, throw the batch away, draw the next.

Lesson 4, "PPO in four steps". Builds on exercise 4.3. Check with: python make.py check 4.4
"""

from collections.abc import Callable

import numpy as np


def logit_gradient(
    logits: np.ndarray, drawn: np.ndarray, old_log_probs: np.ndarray, advantages: np.ndarray, clip_range: float
) -> np.ndarray:
    """Return the derivative of the clipped objective by the policy's K logits, shape (K,).

    `logits` has shape (K,). The other three have shape (n,), one entry a drawn response: its number
    (an integer from 0 to K − 1, the same one may come several times), its log-probability under the
    policy that drew it, and its advantage.
    """
    raise NotImplementedError("the push on each log-probability, from 4.3; then what it does to the logits")


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
    """Train a policy over `n_responses` responses; return its probabilities, shape (K,).

    Start with all responses equally likely. `score(drawn)` takes the numbers of the drawn responses,
    shape (batch_size,), and returns their scores, the same shape; the scores are noisy. The baseline
    is the mean score of the batch. Each epoch is one step on the whole batch, by
    `learning_rate` times `logit_gradient`. All randomness of yours comes from `rng`.
    """
    raise NotImplementedError("a loop over batches, in it a loop over epochs; what is noted down between the two?")
