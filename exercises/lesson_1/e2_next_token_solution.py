"""1.2 From raw scores to the log-probabilities of a text: a solution.

With the largest logit of a row taken out first, every exponent is at most 0 and one of them is 0,
so neither overflow nor log 0 can happen. `np.take_along_axis` picks one number a position. A
transformer's row t answers for token t + 1, so the last row and the first token are left out.
"""

import numpy as np


def log_softmax(logits: np.ndarray) -> np.ndarray:
    """Return log-probabilities of the same shape `(..., V)`, in nats."""
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def next_token_log_probs(logits: np.ndarray, tokens: np.ndarray) -> np.ndarray:
    """Return the log-probability of each token that came, shape (n, T), in nats."""
    return np.take_along_axis(log_softmax(logits), tokens[..., None], axis=-1)[..., 0]


def text_log_probs(outputs: np.ndarray, tokens: np.ndarray) -> np.ndarray:
    """Return the log-probabilities of all tokens but the first of each text, shape (n, T − 1)."""
    return next_token_log_probs(outputs[:, :-1], tokens[:, 1:])
