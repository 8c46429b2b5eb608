"""Typical wrong answers to exercise 5.4, and what each must be told."""

from collections.abc import Callable

import numpy as np

from exercises.checking import Wrong
from exercises.lesson_5.e4_objective_solution import objective_terms, sequence_log_ratios

Terms = tuple[float, float, float, float]


def mean_over_tokens(log_probs: np.ndarray, ref_log_probs: np.ndarray, mask: np.ndarray) -> np.ndarray:
    return sequence_log_ratios(log_probs, ref_log_probs, mask) / mask.sum(axis=1)


def sft_minus_policy(log_probs: np.ndarray, ref_log_probs: np.ndarray, mask: np.ndarray) -> np.ndarray:
    return sequence_log_ratios(ref_log_probs, log_probs, mask)


def product_of_ratios(log_probs: np.ndarray, ref_log_probs: np.ndarray, mask: np.ndarray) -> np.ndarray:
    return np.exp(sequence_log_ratios(log_probs, ref_log_probs, mask))


def ratio_of_mean_probabilities(log_probs: np.ndarray, ref_log_probs: np.ndarray, mask: np.ndarray) -> np.ndarray:
    new, old = (np.exp(np.where(mask, logs, -np.inf)).sum(axis=1) for logs in (log_probs, ref_log_probs))
    return np.log(new / old)


def padding_counts(log_probs: np.ndarray, ref_log_probs: np.ndarray, mask: np.ndarray) -> np.ndarray:  # noqa: ARG001
    return (log_probs - ref_log_probs).sum(axis=1)


def along_the_batch(log_probs: np.ndarray, ref_log_probs: np.ndarray, mask: np.ndarray) -> np.ndarray:
    return np.where(mask, log_probs - ref_log_probs, 0.0).sum(axis=0)


def one_number_for_all(log_probs: np.ndarray, ref_log_probs: np.ndarray, mask: np.ndarray) -> np.ndarray:
    return np.where(mask, log_probs - ref_log_probs, 0.0).sum()


def changed(name: str, change: Callable[[float, float, float], Terms]) -> Callable[..., Terms]:
    """Build a slip that only shows in how the three terms are put together."""

    def wrong(
        scores: np.ndarray,
        log_probs: np.ndarray,
        ref_log_probs: np.ndarray,
        mask: np.ndarray,
        pretrain_log_likelihoods: np.ndarray,
        kl_coef: float,
        ptx_coef: float,
    ) -> Terms:
        terms = objective_terms(
            scores, log_probs, ref_log_probs, mask, pretrain_log_likelihoods, kl_coef=kl_coef, ptx_coef=ptx_coef
        )
        return change(*terms[:3])

    wrong.__name__ = name
    return wrong


def sums_instead_of_means(
    scores: np.ndarray,
    log_probs: np.ndarray,
    ref_log_probs: np.ndarray,
    mask: np.ndarray,
    pretrain_log_likelihoods: np.ndarray,
    kl_coef: float,
    ptx_coef: float,
) -> Terms:
    reward = scores.sum()
    penalty = kl_coef * sequence_log_ratios(log_probs, ref_log_probs, mask).sum()
    pretraining = ptx_coef * pretrain_log_likelihoods.sum()
    return reward, penalty, pretraining, reward - penalty + pretraining


def penalty_per_token(
    scores: np.ndarray,
    log_probs: np.ndarray,
    ref_log_probs: np.ndarray,
    mask: np.ndarray,
    pretrain_log_likelihoods: np.ndarray,
    kl_coef: float,
    ptx_coef: float,
) -> Terms:
    reward = scores.mean()
    penalty = kl_coef * (log_probs - ref_log_probs)[mask].mean()
    pretraining = ptx_coef * pretrain_log_likelihoods.mean()
    return reward, penalty, pretraining, reward - penalty + pretraining


def penalty_with_padding(
    scores: np.ndarray,
    log_probs: np.ndarray,
    ref_log_probs: np.ndarray,
    mask: np.ndarray,
    pretrain_log_likelihoods: np.ndarray,
    kl_coef: float,
    ptx_coef: float,
) -> Terms:
    everything = np.ones_like(mask)
    return objective_terms(
        scores, log_probs, ref_log_probs, everything, pretrain_log_likelihoods, kl_coef=kl_coef, ptx_coef=ptx_coef
    )


WRONG = [
    Wrong({"sequence_log_ratios": mean_over_tokens}, told="average over the tokens"),
    Wrong({"sequence_log_ratios": sft_minus_policy}, told="Only the sign is wrong"),
    Wrong({"sequence_log_ratios": product_of_ratios}, told="How many times more likely"),
    Wrong({"sequence_log_ratios": ratio_of_mean_probabilities}, told="add the log-probabilities"),
    Wrong({"sequence_log_ratios": padding_counts}, told="padding"),
    Wrong({"sequence_log_ratios": along_the_batch}, told="along the tokens"),
    Wrong({"sequence_log_ratios": one_number_for_all}, told="One number for each response"),
    Wrong({"objective_terms": changed("penalty_added", lambda r, k, p: (r, k, p, r + k + p))}, told="rewards straying"),
    Wrong({"objective_terms": changed("pretraining_lost", lambda r, k, p: (r, k, p, r - k - p))}, told="forgetting"),
    Wrong({"objective_terms": changed("a_loss", lambda r, k, p: (r, k, p, -(r - k + p)))}, told="loss to minimize"),
    Wrong({"objective_terms": changed("signed_terms", lambda r, k, p: (r, -k, p, r - k + p))}, told="as an amount"),
    Wrong({"objective_terms": changed("positive_loss", lambda r, k, p: (r, k, -p, r - k + p))}, told="is added"),
    Wrong(
        {"objective_terms": changed("no_coefficients", lambda r, k, p: (r, k / 0.02, p / 0.1, r - k + p))},
        told="are part of the terms",
    ),
    Wrong(
        {"objective_terms": changed("no_pretraining", lambda r, k, p: (r, k, p, r - k))},
        told="the third term is missing",
    ),
    Wrong({"objective_terms": sums_instead_of_means}, told="by the mean over"),
    Wrong({"objective_terms": penalty_per_token}, told="per token"),
    Wrong({"objective_terms": penalty_with_padding}, told="Padding"),
]
