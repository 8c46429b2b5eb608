"""2.2 The loss of a batch, prompts left out: a solution.

Comparing a row of positions with a column of lengths gives the whole mask at once. Selecting, with
an index or `np.where`, leaves out what does not count; multiplying by the mask would make a NaN of
−∞ · 0.
"""

import numpy as np


def response_mask(prompt_lengths: np.ndarray, sequence_lengths: np.ndarray) -> np.ndarray:
    """Return which tokens belong to a response, shape (n, T): True there, False elsewhere."""
    positions = np.arange(sequence_lengths.max())
    return (prompt_lengths[:, None] <= positions) & (positions < sequence_lengths[:, None])


def sft_loss(log_probs: np.ndarray, mask: np.ndarray) -> float:
    """Return the mean loss of all response tokens of the batch, in nats per token."""
    return float(-log_probs[mask].mean())


def mean_of_demonstrations(log_probs: np.ndarray, mask: np.ndarray) -> float:
    """Return the loss in which every demonstration has the same weight, in nats per token."""
    totals = np.where(mask, log_probs, 0.0).sum(axis=1)
    return float(-(totals / mask.sum(axis=1)).mean())
