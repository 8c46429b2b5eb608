"""Typical wrong answers to exercise 5.2, and what each must be told."""

import numpy as np

from exercises.checking import Wrong
from exercises.lesson_5 import e2_kl_estimates_solution as right


def one_estimate_only(log_probs: np.ndarray, ref_log_probs: np.ndarray) -> np.ndarray:
    return log_probs - ref_log_probs


def a_row_for_each_token(log_probs: np.ndarray, ref_log_probs: np.ndarray) -> np.ndarray:
    return np.moveaxis(right.kl_estimates(log_probs, ref_log_probs), 0, -1)


def swapped(log_probs: np.ndarray, ref_log_probs: np.ndarray) -> np.ndarray:
    return right.kl_estimates(ref_log_probs, log_probs)


def ratio_instead_of_log_ratio(log_probs: np.ndarray, ref_log_probs: np.ndarray) -> np.ndarray:
    d = np.exp(log_probs - ref_log_probs)
    return np.stack([d, d**2 / 2, np.exp(-d) - 1 + d])


def difference_of_probabilities(log_probs: np.ndarray, ref_log_probs: np.ndarray) -> np.ndarray:
    d = np.exp(log_probs) - np.exp(ref_log_probs)
    return np.stack([d, d**2 / 2, np.exp(-d) - 1 + d])


def quotient_of_logs(log_probs: np.ndarray, ref_log_probs: np.ndarray) -> np.ndarray:
    d = log_probs / ref_log_probs
    return np.stack([d, d**2 / 2, np.exp(-d) - 1 + d])


def k2_without_half(log_probs: np.ndarray, ref_log_probs: np.ndarray) -> np.ndarray:
    d = log_probs - ref_log_probs
    return np.stack([d, d**2, np.exp(-d) - 1 + d])


def k2_halved_first(log_probs: np.ndarray, ref_log_probs: np.ndarray) -> np.ndarray:
    d = log_probs - ref_log_probs
    return np.stack([d, (d / 2) ** 2, np.exp(-d) - 1 + d])


def k3_without_one(log_probs: np.ndarray, ref_log_probs: np.ndarray) -> np.ndarray:
    d = log_probs - ref_log_probs
    return np.stack([d, d**2 / 2, np.exp(-d) + d])


def k3_other_ratio(log_probs: np.ndarray, ref_log_probs: np.ndarray) -> np.ndarray:
    d = log_probs - ref_log_probs
    return np.stack([d, d**2 / 2, np.exp(d) - 1 - d])


def k3_signs_do_not_match(log_probs: np.ndarray, ref_log_probs: np.ndarray) -> np.ndarray:
    d = log_probs - ref_log_probs
    return np.stack([d, d**2 / 2, np.exp(d) - 1 + d])


def k3_subtracts_d(log_probs: np.ndarray, ref_log_probs: np.ndarray) -> np.ndarray:
    d = log_probs - ref_log_probs
    return np.stack([d, d**2 / 2, np.exp(-d) - 1 - d])


def sum_of_tokens(log_probs: np.ndarray, ref_log_probs: np.ndarray, mask: np.ndarray) -> np.ndarray:
    return right.mean_estimates(log_probs, ref_log_probs, mask) * mask.sum()


def mean_over_padding(log_probs: np.ndarray, ref_log_probs: np.ndarray, mask: np.ndarray) -> np.ndarray:  # noqa: ARG001
    return right.kl_estimates(log_probs, ref_log_probs).mean(axis=(1, 2))


def padding_in_the_sum(log_probs: np.ndarray, ref_log_probs: np.ndarray, mask: np.ndarray) -> np.ndarray:
    return right.kl_estimates(log_probs, ref_log_probs).sum(axis=(1, 2)) / mask.sum()


def padding_in_the_count(log_probs: np.ndarray, ref_log_probs: np.ndarray, mask: np.ndarray) -> np.ndarray:
    return (right.kl_estimates(log_probs, ref_log_probs) * mask).mean(axis=(1, 2))


def mask_turned_round(log_probs: np.ndarray, ref_log_probs: np.ndarray, mask: np.ndarray) -> np.ndarray:
    return right.mean_estimates(log_probs, ref_log_probs, ~mask)


def mean_of_means(log_probs: np.ndarray, ref_log_probs: np.ndarray, mask: np.ndarray) -> np.ndarray:
    k = right.kl_estimates(log_probs, ref_log_probs) * mask
    return (k.sum(axis=2) / mask.sum(axis=1)).mean(axis=1)


def formula_of_the_mean(log_probs: np.ndarray, ref_log_probs: np.ndarray, mask: np.ndarray) -> np.ndarray:
    d = (log_probs - ref_log_probs)[mask].mean()
    return np.array([d, d**2 / 2, np.exp(-d) - 1 + d])


def one_mean_for_each_response(log_probs: np.ndarray, ref_log_probs: np.ndarray, mask: np.ndarray) -> np.ndarray:
    return (right.kl_estimates(log_probs, ref_log_probs) * mask).sum(axis=2) / mask.sum(axis=1)


WRONG = [
    Wrong({"kl_estimates": one_estimate_only}, told="np.stack"),
    Wrong({"kl_estimates": a_row_for_each_token}, told="The estimates come first"),
    Wrong({"kl_estimates": swapped}, told="the policy's log-probability minus"),
    Wrong({"kl_estimates": ratio_instead_of_log_ratio}, told="ratio of the probabilities itself"),
    Wrong({"kl_estimates": difference_of_probabilities}, told="difference of the probabilities"),
    Wrong({"kl_estimates": quotient_of_logs}, told="logarithm of a quotient"),
    Wrong({"kl_estimates": k2_without_half}, told="one half"),
    Wrong({"kl_estimates": k2_halved_first}, told="halve after squaring"),
    Wrong({"kl_estimates": k3_without_one}, told="equal models"),
    Wrong({"kl_estimates": k3_other_ratio}, told="π_SFT/π"),
    Wrong({"kl_estimates": k3_signs_do_not_match}, told="in the exponent"),
    Wrong({"kl_estimates": k3_subtracts_d}, told="d is added"),
    Wrong({"mean_estimates": sum_of_tokens}, told="a sum where a mean"),
    Wrong({"mean_estimates": mean_over_padding}, told="mask is not used"),
    Wrong({"mean_estimates": padding_in_the_sum}, told="still in the sum"),
    Wrong({"mean_estimates": padding_in_the_count}, told="divide by"),
    Wrong({"mean_estimates": mask_turned_round}, told="True on the tokens to keep"),
    Wrong({"mean_estimates": mean_of_means}, told="mean of means"),
    Wrong({"mean_estimates": formula_of_the_mean}, told="average last"),
    Wrong({"mean_estimates": one_mean_for_each_response}, told="a mean for each response"),
]
