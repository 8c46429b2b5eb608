"""Typical wrong answers to project part 5, and what each must be told."""

import numpy as np

from exercises.checking import Wrong
from exercises.project import e5_over_optimization_solution as right

Three = tuple[float, float, float]


def best_there_is(proxy: np.ndarray, true_scores: np.ndarray, n_samples: np.ndarray) -> np.ndarray:
    rows = right.overoptimization_curve(proxy, true_scores, n_samples)
    return np.column_stack([rows[:, :2], right.overoptimization_curve(true_scores, true_scores, n_samples)[:, 2]])


def estimator_turned_round(proxy: np.ndarray, true_scores: np.ndarray, n_samples: np.ndarray) -> np.ndarray:
    rows = right.overoptimization_curve(proxy, true_scores, n_samples)
    other = right.overoptimization_curve(true_scores, proxy, n_samples)
    return np.column_stack([rows[:, 0], other[:, 2], rows[:, 2]])


def columns_swapped(proxy: np.ndarray, true_scores: np.ndarray, n_samples: np.ndarray) -> np.ndarray:
    return right.overoptimization_curve(proxy, true_scores, n_samples)[:, [0, 2, 1]]


def kl_last(proxy: np.ndarray, true_scores: np.ndarray, n_samples: np.ndarray) -> np.ndarray:
    return right.overoptimization_curve(proxy, true_scores, n_samples)[:, [1, 2, 0]]


def logarithm_only(proxy: np.ndarray, true_scores: np.ndarray, n_samples: np.ndarray) -> np.ndarray:
    rows = right.overoptimization_curve(proxy, true_scores, n_samples)
    return np.column_stack([np.log(n_samples), rows[:, 1:]])


def in_bits(proxy: np.ndarray, true_scores: np.ndarray, n_samples: np.ndarray) -> np.ndarray:
    rows = right.overoptimization_curve(proxy, true_scores, n_samples)
    return np.column_stack([np.log2(n_samples) - (n_samples - 1) / n_samples, rows[:, 1:]])


def a_column_for_each_n(proxy: np.ndarray, true_scores: np.ndarray, n_samples: np.ndarray) -> np.ndarray:
    return right.overoptimization_curve(proxy, true_scores, n_samples).T


def n_itself(proxy: np.ndarray, true_scores: np.ndarray, n_samples: np.ndarray) -> np.ndarray:
    rows = right.overoptimization_curve(proxy, true_scores, n_samples)
    return np.column_stack([n_samples, rows[:, 1:]])


def without_kl(proxy: np.ndarray, true_scores: np.ndarray, n_samples: np.ndarray) -> np.ndarray:
    return right.overoptimization_curve(proxy, true_scores, n_samples)[:, 1:]


def multiplied(proxy: np.ndarray, true_scores: np.ndarray, kl_coef: float) -> Three:
    return right.reweight(proxy, true_scores, 1 / kl_coef)


def beta_ignored(proxy: np.ndarray, true_scores: np.ndarray, kl_coef: float) -> Three:  # noqa: ARG001
    return right.reweight(proxy, true_scores, 1.0)


def negative_entropy(proxy: np.ndarray, true_scores: np.ndarray, kl_coef: float) -> Three:
    kl, score, worth = right.reweight(proxy, true_scores, kl_coef)
    return kl - float(np.log(len(proxy))), score, worth


def kl_backwards(proxy: np.ndarray, true_scores: np.ndarray, kl_coef: float) -> Three:
    weights = np.exp(proxy / kl_coef) / np.exp(proxy / kl_coef).sum()
    _, score, worth = right.reweight(proxy, true_scores, kl_coef)
    return float(-np.log(weights * len(proxy)).mean()), score, worth


def penalty_subtracted(proxy: np.ndarray, true_scores: np.ndarray, kl_coef: float) -> Three:
    kl, score, worth = right.reweight(proxy, true_scores, kl_coef)
    return kl, score - kl_coef * kl, worth


def kl_times_beta(proxy: np.ndarray, true_scores: np.ndarray, kl_coef: float) -> Three:
    kl, score, worth = right.reweight(proxy, true_scores, kl_coef)
    return kl_coef * kl, score, worth


def two_policies(proxy: np.ndarray, true_scores: np.ndarray, kl_coef: float) -> Three:
    kl, score, _ = right.reweight(proxy, true_scores, kl_coef)
    return kl, score, right.reweight(true_scores, true_scores, kl_coef)[2]


def plain_means(proxy: np.ndarray, true_scores: np.ndarray, kl_coef: float) -> Three:
    return right.reweight(proxy, true_scores, kl_coef)[0], float(proxy.mean()), float(true_scores.mean())


def kl_at_the_end(proxy: np.ndarray, true_scores: np.ndarray, kl_coef: float) -> Three:
    kl, score, worth = right.reweight(proxy, true_scores, kl_coef)
    return score, worth, kl


def not_normalized(proxy: np.ndarray, true_scores: np.ndarray, kl_coef: float) -> Three:
    weights = np.exp(proxy / kl_coef)
    kl = float(weights @ np.log(weights * len(proxy)))
    return kl, float(weights @ proxy), float(weights @ true_scores)


def avoids_reward(proxy: np.ndarray, true_scores: np.ndarray, kl_coef: float) -> Three:
    kl, score, worth = right.reweight(-proxy, true_scores, kl_coef)
    return kl, -score, worth


def overflows(proxy: np.ndarray, true_scores: np.ndarray, kl_coef: float) -> Three:
    weights = np.exp(proxy / kl_coef)
    weights /= weights.sum()
    kl = float(weights @ np.log(weights * len(proxy)))
    return kl, float(weights @ proxy), float(weights @ true_scores)


def formula_for_a_normal_proxy(proxy: np.ndarray, kl_budget: float) -> float:
    return float(proxy.std() / np.sqrt(2 * kl_budget))


def one_over_beta(proxy: np.ndarray, kl_budget: float) -> float:
    return 1 / right.kl_coef_for(proxy, kl_budget)


def ends_of_the_interval(proxy: np.ndarray, kl_budget: float) -> list[float]:
    beta = right.kl_coef_for(proxy, kl_budget)
    return [beta * 0.999, beta * 1.001]


def search(proxy: np.ndarray, kl_budget: float, low: float, high: float, halvings: int, *, turned: bool) -> float:
    for _ in range(halvings):
        middle = (low + high) / 2
        if (right.reweight(proxy, proxy, middle)[0] > kl_budget) != turned:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def wrong_half(proxy: np.ndarray, kl_budget: float) -> float:
    return search(proxy, kl_budget, 0.01, 100.0, 60, turned=True)


def too_few_halvings(proxy: np.ndarray, kl_budget: float) -> float:
    return search(proxy, kl_budget, 0.01, 100.0, 8, turned=False)


def fixed_interval(proxy: np.ndarray, kl_budget: float) -> float:
    return search(proxy, kl_budget, 0.01, 100.0, 60, turned=False)


WRONG = [
    Wrong({"overoptimization_curve": best_there_is}, told="chooses by true scores"),
    Wrong({"overoptimization_curve": estimator_turned_round}, told="Mind the order"),
    Wrong({"overoptimization_curve": columns_swapped}, told="Proxy first"),
    Wrong({"overoptimization_curve": kl_last}, told="The KL comes first"),
    Wrong({"overoptimization_curve": logarithm_only}, told="log n is too much"),
    Wrong({"overoptimization_curve": in_bits}, told="base 2"),
    Wrong({"overoptimization_curve": a_column_for_each_n}, told="a row for each n"),
    Wrong({"overoptimization_curve": n_itself}, told="the KL, not n"),
    Wrong({"overoptimization_curve": without_kl}, told="Where is the KL"),
    Wrong({"reweight": multiplied}, told="You multiply by β"),
    Wrong({"reweight": beta_ignored}, told="Has kl_coef any effect"),
    Wrong({"reweight": negative_entropy}, told="Compare each weight with 1 / M"),
    Wrong({"reweight": kl_backwards}, told="other way round"),
    Wrong({"reweight": penalty_subtracted}, told="without the penalty"),
    Wrong({"reweight": kl_times_beta}, told="the KL itself"),
    Wrong({"reweight": two_policies}, told="One policy"),
    Wrong({"reweight": plain_means}, told="weight all responses alike"),
    Wrong({"reweight": kl_at_the_end}, told="The order is KL"),
    Wrong({"reweight": not_normalized}, told="divide them by their sum"),
    Wrong({"reweight": avoids_reward}, told="avoids what the proxy likes"),
    Wrong({"reweight": overflows}, told="Subtract the largest proxy first"),
    Wrong({"kl_coef_for": formula_for_a_normal_proxy}, told="right for a normal proxy only"),
    Wrong({"kl_coef_for": one_over_beta}, told="That is 1 / β"),
    Wrong({"kl_coef_for": ends_of_the_interval}, told="not the interval"),
    Wrong({"kl_coef_for": wrong_half}, told="must β grow or shrink"),
    Wrong({"kl_coef_for": too_few_halvings}, told="enough halvings"),
    Wrong({"kl_coef_for": fixed_interval}, told="in this unit"),
]
