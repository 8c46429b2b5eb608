"""Typical wrong answers to exercise 2.2, and what each must be told."""

import numpy as np

from exercises.checking import Wrong
from exercises.lesson_2 import e2_masked_loss_solution as right


def padding_counts(prompt_lengths: np.ndarray, sequence_lengths: np.ndarray) -> np.ndarray:
    return prompt_lengths[:, None] <= np.arange(sequence_lengths.max())


def prompt_counts(prompt_lengths: np.ndarray, sequence_lengths: np.ndarray) -> np.ndarray:  # noqa: ARG001
    return np.arange(sequence_lengths.max()) < sequence_lengths[:, None]


def marks_the_prompt(prompt_lengths: np.ndarray, sequence_lengths: np.ndarray) -> np.ndarray:
    return np.arange(sequence_lengths.max()) < prompt_lengths[:, None]


def starts_one_late(prompt_lengths: np.ndarray, sequence_lengths: np.ndarray) -> np.ndarray:
    positions = np.arange(sequence_lengths.max())
    return (prompt_lengths[:, None] < positions) & (positions < sequence_lengths[:, None])


def ends_one_late(prompt_lengths: np.ndarray, sequence_lengths: np.ndarray) -> np.ndarray:
    positions = np.arange(sequence_lengths.max())
    return (prompt_lengths[:, None] <= positions) & (positions <= sequence_lengths[:, None])


def takes_lengths_for_the_response_alone(prompt_lengths: np.ndarray, sequence_lengths: np.ndarray) -> np.ndarray:
    return right.response_mask(prompt_lengths, prompt_lengths + sequence_lengths)


def one_prompt_length_for_all(prompt_lengths: np.ndarray, sequence_lengths: np.ndarray) -> np.ndarray:
    return right.response_mask(np.full_like(prompt_lengths, prompt_lengths[0]), sequence_lengths)


def counts_the_prompt(log_probs: np.ndarray, mask: np.ndarray) -> float:  # noqa: ARG001
    return float(-log_probs.mean())


def over_all_positions(log_probs: np.ndarray, mask: np.ndarray) -> float:
    return float(-np.where(mask, log_probs, 0.0).mean())


def sums_up(log_probs: np.ndarray, mask: np.ndarray) -> float:
    return float(-log_probs[mask].sum())


def log_likelihood_instead(log_probs: np.ndarray, mask: np.ndarray) -> float:
    return float(log_probs[mask].mean())


def means_of_means(log_probs: np.ndarray, mask: np.ndarray) -> float:
    return right.mean_of_demonstrations(log_probs, mask)


def prompt_only(log_probs: np.ndarray, mask: np.ndarray) -> float:
    return float(-log_probs[~mask].mean())


def per_demonstration(log_probs: np.ndarray, mask: np.ndarray) -> float:
    return float(-log_probs[mask].sum() / len(log_probs))


def multiplies_by_the_mask(log_probs: np.ndarray, mask: np.ndarray) -> float:
    return float(-(log_probs * mask).sum() / mask.sum())


def mean_over_tokens_again(log_probs: np.ndarray, mask: np.ndarray) -> float:
    return right.sft_loss(log_probs, mask)


def divides_rows_by_their_full_length(log_probs: np.ndarray, mask: np.ndarray) -> float:
    return float(-np.where(mask, log_probs, 0.0).mean(axis=1).mean())


def sums_the_means(log_probs: np.ndarray, mask: np.ndarray) -> float:
    return right.mean_of_demonstrations(log_probs, mask) * len(log_probs)


def averages_down_the_columns(log_probs: np.ndarray, mask: np.ndarray) -> float:
    totals, counts = np.where(mask, log_probs, 0.0).sum(axis=0), mask.sum(axis=0)
    return float(-(totals[counts > 0] / counts[counts > 0]).mean())


def multiplies_each_row_by_the_mask(log_probs: np.ndarray, mask: np.ndarray) -> float:
    return float(-((log_probs * mask).sum(axis=1) / mask.sum(axis=1)).mean())


WRONG = [
    Wrong({"response_mask": padding_counts}, told="padding"),
    Wrong({"response_mask": prompt_counts}, told="prompt is still in it"),
    Wrong({"response_mask": marks_the_prompt}, told="the prompt in place of the response"),
    Wrong({"response_mask": starts_one_late}, told="first response token"),
    Wrong({"response_mask": ends_one_late}, told="one token too far"),
    Wrong({"response_mask": takes_lengths_for_the_response_alone}, told="prompt included"),
    Wrong({"response_mask": one_prompt_length_for_all}, told="prompt length of its own"),
    Wrong({"sft_loss": counts_the_prompt}, told="prompts and the padding count too"),
    Wrong({"sft_loss": over_all_positions}, told="divide by all positions"),
    Wrong({"sft_loss": sums_up}, told="6 times too large"),
    Wrong({"sft_loss": log_likelihood_instead}, told="Only the sign is wrong"),
    Wrong({"sft_loss": means_of_means}, told="mean of the demonstrations' means"),
    Wrong({"sft_loss": prompt_only}, told="turned round"),
    Wrong({"sft_loss": per_demonstration}, told="number of demonstrations"),
    Wrong({"sft_loss": multiplies_by_the_mask}, told="0 · ∞"),
    Wrong({"mean_of_demonstrations": mean_over_tokens_again}, told="same weight as in sft_loss"),
    Wrong({"mean_of_demonstrations": divides_rows_by_their_full_length}, told="its own response tokens"),
    Wrong({"mean_of_demonstrations": sums_the_means}, told="2 times too large"),
    Wrong({"mean_of_demonstrations": averages_down_the_columns}, told="down the columns"),
    Wrong({"mean_of_demonstrations": multiplies_each_row_by_the_mask}, told="0 · ∞"),
]
