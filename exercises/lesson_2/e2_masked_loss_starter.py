"""2.2 The loss of a batch, prompts left out.

A batch of demonstrations is a table of log-probabilities, one row each, the shorter ones padded
to the length of the longest. Mark the tokens that count, then average their losses in two ways.

Lesson 2, "The loss". Below, n is the number of demonstrations and T the length of the longest
one, prompt included. Check with: python make.py check 2.2
"""

import numpy as np


def response_mask(prompt_lengths: np.ndarray, sequence_lengths: np.ndarray) -> np.ndarray:
    """Return which tokens belong to a response, shape (n, T): True there, False elsewhere.

    Both arguments have shape (n,). Sequence i is `sequence_lengths[i]` tokens long, of which the
    first `prompt_lengths[i]` are its prompt. What comes after its end is padding.
    """
    raise NotImplementedError("compare np.arange(T) with the lengths as columns, lengths[:, None]")


def sft_loss(log_probs: np.ndarray, mask: np.ndarray) -> float:
    """Return the mean loss of all response tokens of the batch, in nats per token.

    `log_probs` has shape (n, T), in nats; padding may hold anything, even −∞. `mask` is boolean
    and of the same shape. Every response token has the same weight.
    """
    raise NotImplementedError("log_probs[mask] are the numbers that count")


def mean_of_demonstrations(log_probs: np.ndarray, mask: np.ndarray) -> float:
    """Return the loss in which every demonstration has the same weight, in nats per token.

    That is: a mean loss per response token for each demonstration, then the mean of these. Every
    row of `mask` has at least one True.
    """
    raise NotImplementedError("a sum and a count for each row; np.where(mask, log_probs, 0) keeps the shape")
