"""1.2 From raw scores to the log-probabilities of a text.

A language model puts out a score (a logit) for every token of its vocabulary, at every position
of every text in a batch. Turn the scores into log-probabilities and pick those of the tokens
that really came, without a loop.

Lesson 1, "What the model is trained to do" and "Both continuations, scored". Below, n is the
number of texts, T their length in tokens and V the size of the vocabulary.
Check with: python make.py check 1.2
"""

import numpy as np


def log_softmax(logits: np.ndarray) -> np.ndarray:
    """Return log-probabilities of the same shape `(..., V)`, in nats.

    The last axis is the vocabulary; there may be any number of axes before it, or none. Logits
    can be large, such as 1000 or −1000. The largest one may be taken from all of a row's logits
    first: the probabilities stay as they are.
    """
    raise NotImplementedError("log softmax(z) = z − log Σ exp(z); axis=-1 and keepdims=True for max and sum")


def next_token_log_probs(logits: np.ndarray, tokens: np.ndarray) -> np.ndarray:
    """Return the log-probability of each token that came, shape (n, T), in nats.

    `logits[i, t]`, of shape (V,), is the model's answer to everything *before* token t of text i.
    `logits` has shape (n, T, V); `tokens` has shape (n, T) and holds integers from 0 to V − 1.
    """
    raise NotImplementedError("log_softmax, then np.take_along_axis with tokens[..., None]")


def text_log_probs(outputs: np.ndarray, tokens: np.ndarray) -> np.ndarray:
    """Return the log-probabilities of all tokens but the first of each text, shape (n, T − 1).

    `outputs`, of shape (n, T, V), is what a transformer puts out for `tokens`, of shape (n, T):
    `outputs[i, t]` holds the logits after it has read tokens 0 to t of text i, token t *included*.
    """
    raise NotImplementedError("which row of outputs predicts token 1? then slice both and use next_token_log_probs")
