"""Typical wrong answers to exercise 5.5, and what each must be told."""

import numpy as np

from exercises.checking import Wrong


def penalty_as_bonus(score: float, log_probs: np.ndarray, ref_log_probs: np.ndarray, kl_coef: float) -> np.ndarray:
    rewards = kl_coef * (log_probs - ref_log_probs)
    rewards[-1] += score
    return rewards


def score_everywhere(score: float, log_probs: np.ndarray, ref_log_probs: np.ndarray, kl_coef: float) -> np.ndarray:
    return score - kl_coef * (log_probs - ref_log_probs)


def score_first(score: float, log_probs: np.ndarray, ref_log_probs: np.ndarray, kl_coef: float) -> np.ndarray:
    rewards = -kl_coef * (log_probs - ref_log_probs)
    rewards[0] += score
    return rewards


def score_shared_out(score: float, log_probs: np.ndarray, ref_log_probs: np.ndarray, kl_coef: float) -> np.ndarray:
    return score / len(log_probs) - kl_coef * (log_probs - ref_log_probs)


def last_token_goes_free(score: float, log_probs: np.ndarray, ref_log_probs: np.ndarray, kl_coef: float) -> np.ndarray:
    rewards = -kl_coef * (log_probs - ref_log_probs)
    rewards[-1] = score
    return rewards


def all_paid_at_the_end(score: float, log_probs: np.ndarray, ref_log_probs: np.ndarray, kl_coef: float) -> np.ndarray:
    rewards = np.zeros(len(log_probs))
    rewards[-1] = score - kl_coef * (log_probs - ref_log_probs).sum()
    return rewards


def score_is_penalized_twice(
    score: float, log_probs: np.ndarray, ref_log_probs: np.ndarray, kl_coef: float
) -> np.ndarray:
    rewards = -kl_coef * (log_probs - ref_log_probs)
    rewards[-1] += score - kl_coef * (log_probs - ref_log_probs).sum()
    return rewards


def no_coefficient(score: float, log_probs: np.ndarray, ref_log_probs: np.ndarray, kl_coef: float) -> np.ndarray:  # noqa: ARG001
    rewards = ref_log_probs - log_probs
    rewards[-1] += score
    return rewards


def pay(log_probs: np.ndarray, ref_log_probs: np.ndarray, mask: np.ndarray, kl_coef: float) -> np.ndarray:
    return np.where(mask, -kl_coef * (log_probs - ref_log_probs), 0.0)


def score_in_the_last_column(
    scores: np.ndarray, log_probs: np.ndarray, ref_log_probs: np.ndarray, mask: np.ndarray, kl_coef: float
) -> np.ndarray:
    rewards = pay(log_probs, ref_log_probs, mask, kl_coef)
    rewards[:, -1] += scores
    return rewards


def padding_pays(
    scores: np.ndarray, log_probs: np.ndarray, ref_log_probs: np.ndarray, mask: np.ndarray, kl_coef: float
) -> np.ndarray:
    rewards = -kl_coef * (log_probs - ref_log_probs)
    rewards[np.arange(len(scores)), (np.arange(mask.shape[1]) * mask).max(axis=1)] += scores
    return rewards


def one_place_too_far(
    scores: np.ndarray, log_probs: np.ndarray, ref_log_probs: np.ndarray, mask: np.ndarray, kl_coef: float
) -> np.ndarray:
    rewards = pay(log_probs, ref_log_probs, mask, kl_coef)
    last = (np.arange(mask.shape[1]) * mask).max(axis=1)
    rewards[np.arange(len(scores)), np.minimum(last + 1, mask.shape[1] - 1)] += scores
    return rewards


def score_at_the_first_response_token(
    scores: np.ndarray, log_probs: np.ndarray, ref_log_probs: np.ndarray, mask: np.ndarray, kl_coef: float
) -> np.ndarray:
    rewards = pay(log_probs, ref_log_probs, mask, kl_coef)
    rewards[np.arange(len(scores)), mask.argmax(axis=1)] += scores
    return rewards


def every_score_in_every_row(
    scores: np.ndarray, log_probs: np.ndarray, ref_log_probs: np.ndarray, mask: np.ndarray, kl_coef: float
) -> np.ndarray:
    rewards = pay(log_probs, ref_log_probs, mask, kl_coef)
    rewards[:, (np.arange(mask.shape[1]) * mask).max(axis=1)] += scores
    return rewards


def counts_from_the_start_of_the_row(
    scores: np.ndarray, log_probs: np.ndarray, ref_log_probs: np.ndarray, mask: np.ndarray, kl_coef: float
) -> np.ndarray:
    rewards = pay(log_probs, ref_log_probs, mask, kl_coef)
    rewards[np.arange(len(scores)), mask.sum(axis=1) - 1] += scores
    return rewards


WRONG = [
    Wrong({"token_rewards": penalty_as_bonus}, told="earns by straying"),
    Wrong({"token_rewards": score_everywhere}, told="seven times over"),
    Wrong({"token_rewards": score_first}, told="when the response is finished"),
    Wrong({"token_rewards": score_shared_out}, told="shared out"),
    Wrong({"token_rewards": last_token_goes_free}, told="The last token pays too"),
    Wrong({"token_rewards": all_paid_at_the_end}, told="at the token that caused it"),
    Wrong({"token_rewards": score_is_penalized_twice}, told="paid twice"),
    Wrong({"token_rewards": no_coefficient}, told="a whole point"),
    Wrong({"batch_token_rewards": score_in_the_last_column}, told="in the last column"),
    Wrong({"batch_token_rewards": padding_pays}, told="padding pays"),
    Wrong({"batch_token_rewards": one_place_too_far}, told="on padding"),
    Wrong({"batch_token_rewards": score_at_the_first_response_token}, told="first response token"),
    Wrong({"batch_token_rewards": every_score_in_every_row}, told="each row only its own"),
    Wrong({"batch_token_rewards": counts_from_the_start_of_the_row}, told="prompt comes first"),
]
