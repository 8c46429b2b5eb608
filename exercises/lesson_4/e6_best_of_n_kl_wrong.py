"""Typical wrong answers to exercise 4.6, and what each must be told."""

import numpy as np

from exercises.checking import Wrong
from exercises.lesson_4 import e6_best_of_n_kl_solution as right


def logarithm_only(n_samples: int) -> float:
    return float(np.log(n_samples))


def in_bits(n_samples: int) -> float:
    return float(np.log2(n_samples) - (n_samples - 1) / n_samples)


def plus(n_samples: int) -> float:
    return float(np.log(n_samples) + (n_samples - 1) / n_samples)


def parentheses_missing(n_samples: int) -> float:
    return float(np.log(n_samples) - n_samples - 1 / n_samples)


def logarithm_of_all(n_samples: int) -> float:
    return float(np.log(n_samples - (n_samples - 1) / n_samples))


def not_differenced(probabilities: np.ndarray, n_samples: int) -> np.ndarray:
    return np.cumsum(probabilities) ** n_samples


def drawn_at_least_once(probabilities: np.ndarray, n_samples: int) -> np.ndarray:
    return 1 - (1 - probabilities) ** n_samples


def all_draws_the_same(probabilities: np.ndarray, n_samples: int) -> np.ndarray:
    return probabilities**n_samples / np.sum(probabilities**n_samples)


def worst_of_n(probabilities: np.ndarray, n_samples: int) -> np.ndarray:
    return right.best_of_n_probabilities(probabilities[::-1], n_samples)[::-1]


def one_draw_too_few(probabilities: np.ndarray, n_samples: int) -> np.ndarray:
    return right.best_of_n_probabilities(probabilities, n_samples - 1)


def first_one_dropped(probabilities: np.ndarray, n_samples: int) -> np.ndarray:
    return np.diff(np.cumsum(probabilities) ** n_samples)


def other_direction(probabilities: np.ndarray, n_samples: int) -> float:
    shown = right.best_of_n_probabilities(probabilities, n_samples)
    return float(np.sum(probabilities * np.log(probabilities / shown)))


def weighted_by_the_policy(probabilities: np.ndarray, n_samples: int) -> float:
    shown = right.best_of_n_probabilities(probabilities, n_samples)
    return float(np.sum(probabilities * np.log(shown / probabilities)))


def unweighted(probabilities: np.ndarray, n_samples: int) -> float:
    shown = right.best_of_n_probabilities(probabilities, n_samples)
    return float(np.sum(np.log(shown / probabilities)))


def mean_over_responses(probabilities: np.ndarray, n_samples: int) -> float:
    return right.best_of_n_kl(probabilities, n_samples) / len(probabilities)


def the_bound(probabilities: np.ndarray, n_samples: int) -> float:  # noqa: ARG001
    return right.kl_bound(n_samples)


def zero_times_infinity(probabilities: np.ndarray, n_samples: int) -> float:
    shown = right.best_of_n_probabilities(probabilities, n_samples)
    return float(np.sum(shown * np.log(shown / probabilities)))


WRONG = [
    Wrong({"kl_bound": logarithm_only}, told="Only the first term"),
    Wrong({"kl_bound": in_bits}, told="Nats need the natural one"),
    Wrong({"kl_bound": plus}, told="is subtracted"),
    Wrong({"kl_bound": parentheses_missing}, told="parentheses"),
    Wrong({"kl_bound": logarithm_of_all}, told="of n alone"),
    Wrong({"best_of_n_probabilities": not_differenced}, told="response k or a worse one"),
    Wrong({"best_of_n_probabilities": drawn_at_least_once}, told="is not always shown"),
    Wrong({"best_of_n_probabilities": all_draws_the_same}, told="all n draws are this response"),
    Wrong({"best_of_n_probabilities": worst_of_n}, told="the worst of the n"),
    Wrong({"best_of_n_probabilities": one_draw_too_few}, told="one draw too few"),
    Wrong({"best_of_n_probabilities": first_one_dropped}, told="The shape is (2,), not (3,)"),
    Wrong({"best_of_n_kl": other_direction}, told="the other direction"),
    Wrong({"best_of_n_kl": weighted_by_the_policy}, told="weighted by the wrong distribution"),
    Wrong({"best_of_n_kl": unweighted}, told="without weights"),
    Wrong({"best_of_n_kl": mean_over_responses}, told="3 times too small"),
    Wrong({"best_of_n_kl": the_bound}, told="That is the bound"),
    Wrong({"best_of_n_kl": zero_times_infinity}, told="never shown"),
]
