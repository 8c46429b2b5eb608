"""2.4 Fine-tune a small model, prompts masked.

The model is a table of logits: row a holds the scores of all tokens for coming right after token
a. Fine-tune it on demonstrations by gradient descent, and see which rows move.

Lesson 2, "The loss" and "Which tokens teach most". Below, V is the size of the vocabulary, n the
number of demonstrations and T their length. In all three functions `logits` has shape (V, V);
`tokens`, shape (n, T), holds integers from 0 to V − 1; `mask`, boolean and of the same shape, is
True on response tokens. Every sequence begins with a prompt, so `mask[:, 0]` is False.
Check with: python make.py check 2.4
"""

import numpy as np


def sft_loss(logits: np.ndarray, tokens: np.ndarray, mask: np.ndarray) -> float:
    """Return the mean loss of all response tokens, in nats per token.

    Token t of a sequence is predicted by row `tokens[i, t − 1]` of the softmax of `logits`.
    """
    raise NotImplementedError("the mask belongs to the token that is predicted: tokens[:, 1:][mask[:, 1:]]")


def sft_gradient(logits: np.ndarray, tokens: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Return the derivative of `sft_loss` by each logit, shape (V, V)."""
    raise NotImplementedError("each response token adds probabilities − one-hot to the row before it; then a mean")


def fine_tune(
    logits: np.ndarray, tokens: np.ndarray, mask: np.ndarray, learning_rate: float, n_steps: int
) -> np.ndarray:
    """Return the logits, shape (V, V), after `n_steps` steps of gradient descent.

    Each step uses the whole batch and the same learning rate. `logits` itself stays as it is.
    """
    raise NotImplementedError("start from a copy; a loss is lowered by going against its gradient")
