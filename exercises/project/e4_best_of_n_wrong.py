"""Typical wrong answers to project part 4, and what each must be told."""

import math

import numpy as np

from exercises.checking import Wrong
from exercises.project import e4_best_of_n_solution as right

Three = tuple[float, float, float]


def oracle(features: np.ndarray, true_scores: np.ndarray, weights: np.ndarray) -> np.ndarray:  # noqa: ARG001
    return true_scores.max(axis=1)


def proxy_of_the_chosen(features: np.ndarray, true_scores: np.ndarray, weights: np.ndarray) -> np.ndarray:  # noqa: ARG001
    return (features @ weights).max(axis=1)


def positions(features: np.ndarray, true_scores: np.ndarray, weights: np.ndarray) -> np.ndarray:  # noqa: ARG001
    return (features @ weights).argmax(axis=1)


def least_liked(features: np.ndarray, true_scores: np.ndarray, weights: np.ndarray) -> np.ndarray:
    return right.best_of_n(features, true_scores, -weights)


def every_column_for_every_row(features: np.ndarray, true_scores: np.ndarray, weights: np.ndarray) -> np.ndarray:
    return true_scores[:, (features @ weights).argmax(axis=1)]


def mean_over_prompts(features: np.ndarray, true_scores: np.ndarray, weights: np.ndarray) -> float:
    return float(right.best_of_n(features, true_scores, weights).mean())


def same_position_for_all(features: np.ndarray, true_scores: np.ndarray, weights: np.ndarray) -> np.ndarray:
    return true_scores[:, (features @ weights)[0].argmax()]


def counted(p: float, m: int) -> Three:
    chosen = np.arange(m) < round(p * m)
    return right.win_rate(chosen.astype(float), np.full(m, 0.5))


def tie_lost(chosen: np.ndarray, baseline: np.ndarray) -> Three:
    return counted(float((chosen > baseline).mean()), len(chosen))


def tie_won(chosen: np.ndarray, baseline: np.ndarray) -> Three:
    return counted(float((chosen >= baseline).mean()), len(chosen))


def baseline_wins(chosen: np.ndarray, baseline: np.ndarray) -> Three:
    return right.win_rate(baseline, chosen)


def plain_interval(chosen: np.ndarray, baseline: np.ndarray) -> Three:
    p = right.win_rate(chosen, baseline)[0]
    half = 1.96 * math.sqrt(p * (1 - p) / len(chosen))
    return p, p - half, p + half


def percent(chosen: np.ndarray, baseline: np.ndarray) -> Three:
    p, low, high = right.win_rate(chosen, baseline)
    return 100 * p, 100 * low, 100 * high


def estimate_in_the_middle(chosen: np.ndarray, baseline: np.ndarray) -> Three:
    p, low, high = right.win_rate(chosen, baseline)
    return low, p, high


def center_and_half(chosen: np.ndarray, baseline: np.ndarray) -> Three:
    p, low, high = right.win_rate(chosen, baseline)
    return p, (low + high) / 2, (high - low) / 2


def around_the_rate(chosen: np.ndarray, baseline: np.ndarray) -> Three:
    p, low, high = right.win_rate(chosen, baseline)
    return p, p - (high - low) / 2, p + (high - low) / 2


def undivided_half(chosen: np.ndarray, baseline: np.ndarray) -> Three:
    p, low, high = right.win_rate(chosen, baseline)
    half = (high - low) / 2 * (1 + 1.96**2 / len(chosen))
    return p, (low + high) / 2 - half, (low + high) / 2 + half


def rate_alone(chosen: np.ndarray, baseline: np.ndarray) -> float:
    return right.win_rate(chosen, baseline)[0]


def chosen_by_people(proxy: np.ndarray, true_scores: np.ndarray, n_samples: int) -> float:  # noqa: ARG001
    return right.expected_best_of_n(true_scores, true_scores, n_samples)


def expected_proxy(proxy: np.ndarray, true_scores: np.ndarray, n_samples: int) -> float:  # noqa: ARG001
    return right.expected_best_of_n(proxy, proxy, n_samples)


def worst_of_n(proxy: np.ndarray, true_scores: np.ndarray, n_samples: int) -> float:
    return right.expected_best_of_n(-proxy, true_scores, n_samples)


def drawn_with_replacement(proxy: np.ndarray, true_scores: np.ndarray, n_samples: int) -> float:
    places = np.arange(1, len(proxy) + 1) / len(proxy)
    shares = places**n_samples - (places - 1 / len(proxy)) ** n_samples
    return float(shares @ true_scores[np.argsort(proxy)])


def groups_once(proxy: np.ndarray, true_scores: np.ndarray, n_samples: int) -> float:
    groups = len(proxy) // n_samples
    tops = proxy[: groups * n_samples].reshape(groups, n_samples).argmax(axis=1)
    return float(true_scores[tops + n_samples * np.arange(groups)].mean())


def best_of_all(proxy: np.ndarray, true_scores: np.ndarray, n_samples: int) -> float:  # noqa: ARG001
    return float(true_scores[proxy.argmax()])


def by_factorials(proxy: np.ndarray, true_scores: np.ndarray, n_samples: int) -> float:
    m = len(proxy)
    below = np.array([float(math.comb(i, n_samples - 1)) for i in range(m)])
    return float(below @ true_scores[np.argsort(proxy)] / float(math.comb(m, n_samples)))


def not_divided(proxy: np.ndarray, true_scores: np.ndarray, n_samples: int) -> float:
    return right.expected_best_of_n(proxy, true_scores, n_samples) * math.comb(len(proxy), n_samples)


def one_too_many(proxy: np.ndarray, true_scores: np.ndarray, n_samples: int) -> float:
    return right.expected_best_of_n(proxy, true_scores, n_samples + 1)


WRONG = [
    Wrong({"best_of_n": oracle}, told="Those are the best true scores"),
    Wrong({"best_of_n": proxy_of_the_chosen}, told="What are they worth to people"),
    Wrong({"best_of_n": positions}, told="Those are the positions"),
    Wrong({"best_of_n": least_liked}, told="likes least"),
    Wrong({"best_of_n": every_column_for_every_row}, told="pair rows and columns"),
    Wrong({"best_of_n": mean_over_prompts}, told="one number for each prompt"),
    Wrong({"best_of_n": same_position_for_all}, told="for each prompt anew"),
    Wrong({"win_rate": tie_lost}, told="counts it as a loss"),
    Wrong({"win_rate": tie_won}, told="counts it as a win"),
    Wrong({"win_rate": baseline_wins}, told="how often the baseline wins"),
    Wrong({"win_rate": plain_interval}, told="which can leave [0, 1]"),
    Wrong({"win_rate": percent}, told="Those are percentages"),
    Wrong({"win_rate": estimate_in_the_middle}, told="The order is p, low, high"),
    Wrong({"win_rate": center_and_half}, told="Those are c and h"),
    Wrong({"win_rate": around_the_rate}, told="nearer to ½ than p"),
    Wrong({"win_rate": undivided_half}, told="the division by 1 + z²/m"),
    Wrong({"win_rate": rate_alone}, told="Return three numbers"),
    Wrong({"expected_best_of_n": chosen_by_people}, told="You choose by true scores"),
    Wrong({"expected_best_of_n": expected_proxy}, told="the expected proxy score"),
    Wrong({"expected_best_of_n": worst_of_n}, told="yours takes the lowest"),
    Wrong({"expected_best_of_n": drawn_with_replacement}, told="may draw one response twice"),
    Wrong({"expected_best_of_n": groups_once}, told="Average over all subsets"),
    Wrong({"expected_best_of_n": best_of_all}, told="the best of all M"),
    Wrong({"expected_best_of_n": by_factorials}, told="828 digits"),
    Wrong({"expected_best_of_n": not_divided}, told="C(M, n), is missing"),
    Wrong({"expected_best_of_n": one_too_many}, told="Off by one"),
]
