"""2.4 Fine-tune a small model, prompts masked: a solution.

All response tokens become two flat lists, the token before and the token that came. The gradient
of each is the row of probabilities, minus 1 at the token that came. The same row can occur several
times, hence `np.add.at`. The prompt never gets a row of its own, except its last token, which
predicts the first one of the response.
"""

import numpy as np


def response_pairs(tokens: np.ndarray, mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the response tokens of the batch, and the token before each."""
    kept = mask[:, 1:]
    return tokens[:, :-1][kept], tokens[:, 1:][kept]


def log_softmax(logits: np.ndarray) -> np.ndarray:
    """Return the log-probabilities of each row."""
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def sft_loss(logits: np.ndarray, tokens: np.ndarray, mask: np.ndarray) -> float:
    """Return the mean loss of all response tokens, in nats per token."""
    before, after = response_pairs(tokens, mask)
    return float(-log_softmax(logits)[before, after].mean())


def sft_gradient(logits: np.ndarray, tokens: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Return the derivative of `sft_loss` by each logit, shape (V, V)."""
    before, after = response_pairs(tokens, mask)
    gradient = np.zeros(logits.shape)
    np.add.at(gradient, before, np.exp(log_softmax(logits))[before])
    np.subtract.at(gradient, (before, after), 1.0)
    return gradient / len(after)


def fine_tune(
    logits: np.ndarray, tokens: np.ndarray, mask: np.ndarray, learning_rate: float, n_steps: int
) -> np.ndarray:
    """Return the logits, shape (V, V), after `n_steps` steps of gradient descent."""
    for _ in range(n_steps):
        logits = logits - learning_rate * sft_gradient(logits, tokens, mask)
    return logits
