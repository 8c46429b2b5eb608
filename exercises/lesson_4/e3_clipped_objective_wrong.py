"""Typical wrong answers to exercise 4.3, and what each must be told."""

import numpy as np

from exercises.checking import Wrong
from exercises.lesson_4 import e3_clipped_objective_solution as right

Array = np.ndarray


def difference_of_logs(new: Array, old: Array) -> Array:
    return new - old


def quotient_of_logs(new: Array, old: Array) -> Array:
    return new / old


def old_over_new(new: Array, old: Array) -> Array:
    return np.exp(old - new)


def difference_of_probabilities(new: Array, old: Array) -> Array:
    return np.exp(new) - np.exp(old)


def both_candidates(rho: Array, advantages: Array, clip_range: float) -> tuple[Array, Array]:
    return rho * advantages, np.clip(rho, 1 - clip_range, 1 + clip_range) * advantages


def ratio_without_exp(new: Array, old: Array, advantages: Array, clip_range: float) -> float:
    return float(np.minimum(*both_candidates(new - old, advantages, clip_range)).mean())


def clip_around_zero(new: Array, old: Array, advantages: Array, clip_range: float) -> float:
    rho = right.ratios(new, old)
    return float(np.minimum(rho * advantages, np.clip(rho, -clip_range, clip_range) * advantages).mean())


def max_of_the_two(new: Array, old: Array, advantages: Array, clip_range: float) -> float:
    return float(np.maximum(*both_candidates(right.ratios(new, old), advantages, clip_range)).mean())


def never_clipped(new: Array, old: Array, advantages: Array, clip_range: float) -> float:
    return float(both_candidates(right.ratios(new, old), advantages, clip_range)[0].mean())


def clip_without_min(new: Array, old: Array, advantages: Array, clip_range: float) -> float:
    return float(both_candidates(right.ratios(new, old), advantages, clip_range)[1].mean())


def min_of_the_ratios(new: Array, old: Array, advantages: Array, clip_range: float) -> float:
    return float((np.minimum(right.ratios(new, old), 1 + clip_range) * advantages).mean())


def clip_around_the_product(new: Array, old: Array, advantages: Array, clip_range: float) -> float:
    product = right.ratios(new, old) * advantages
    return float(np.minimum(product, np.clip(product, 1 - clip_range, 1 + clip_range)).mean())


def loss_instead(new: Array, old: Array, advantages: Array, clip_range: float) -> float:
    return -right.clipped_objective(new, old, advantages, clip_range)


def sum_instead(new: Array, old: Array, advantages: Array, clip_range: float) -> float:
    return right.clipped_objective(new, old, advantages, clip_range) * len(new)


def always_one_fifth(new: Array, old: Array, advantages: Array, clip_range: float) -> float:  # noqa: ARG001
    return right.clipped_objective(new, old, advantages, 0.2)


def slope_by_the_ratio(new: Array, old: Array, advantages: Array, clip_range: float) -> Array:
    return right.clipped_gradient(new, old, advantages, clip_range) / right.ratios(new, old)


def slope_by_the_probability(new: Array, old: Array, advantages: Array, clip_range: float) -> Array:
    return right.clipped_gradient(new, old, advantages, clip_range) / np.exp(new)


def gradient_without_mean(new: Array, old: Array, advantages: Array, clip_range: float) -> Array:
    return right.clipped_gradient(new, old, advantages, clip_range) * len(new)


def downhill(new: Array, old: Array, advantages: Array, clip_range: float) -> Array:
    return -right.clipped_gradient(new, old, advantages, clip_range)


def zero_where_both_agree(new: Array, old: Array, advantages: Array, clip_range: float) -> Array:
    plain, clipped = both_candidates(right.ratios(new, old), advantages, clip_range)
    return np.where(plain < clipped, plain, 0.0) / len(new)


def never_zero(new: Array, old: Array, advantages: Array, clip_range: float) -> Array:  # noqa: ARG001
    return right.ratios(new, old) * advantages / len(new)


def zero_on_both_sides(new: Array, old: Array, advantages: Array, clip_range: float) -> Array:
    rho = right.ratios(new, old)
    return np.where(np.abs(rho - 1) > clip_range, 0.0, rho * advantages) / len(rho)


def zero_on_the_wrong_side(new: Array, old: Array, advantages: Array, clip_range: float) -> Array:
    rho = right.ratios(new, old)
    stopped = np.where(advantages < 0, rho > 1 + clip_range, rho < 1 - clip_range)
    return np.where(stopped, 0.0, rho * advantages) / len(rho)


def zero_for_large_ratios_only(new: Array, old: Array, advantages: Array, clip_range: float) -> Array:
    rho = right.ratios(new, old)
    return np.where((advantages > 0) & (rho > 1 + clip_range), 0.0, rho * advantages) / len(rho)


def zero_for_all_large_ratios(new: Array, old: Array, advantages: Array, clip_range: float) -> Array:
    rho = right.ratios(new, old)
    return np.where(rho > 1 + clip_range, 0.0, rho * advantages) / len(rho)


def held_at_the_clip(new: Array, old: Array, advantages: Array, clip_range: float) -> Array:
    return np.minimum(*both_candidates(right.ratios(new, old), advantages, clip_range)) / len(new)


def gradient_always_one_fifth(new: Array, old: Array, advantages: Array, clip_range: float) -> Array:  # noqa: ARG001
    return right.clipped_gradient(new, old, advantages, 0.2)


WRONG = [
    Wrong({"ratios": difference_of_logs}, told="the logarithm of the ratio"),
    Wrong({"ratios": quotient_of_logs}, told="a quotient of logarithms is no ratio of probabilities"),
    Wrong({"ratios": old_over_new}, told="upside down"),
    Wrong({"ratios": difference_of_probabilities}, told="how many times as likely, not by how much"),
    Wrong({"clipped_objective": ratio_without_exp}, told="no exp in it"),
    Wrong({"clipped_objective": clip_around_zero}, told="it lies around 1"),
    Wrong({"clipped_objective": max_of_the_two}, told="the larger of the two"),
    Wrong({"clipped_objective": never_clipped}, told="nothing is clipped"),
    Wrong({"clipped_objective": clip_without_min}, told="clipped on both sides"),
    Wrong({"clipped_objective": min_of_the_ratios}, told="First multiply by the advantage"),
    Wrong({"clipped_objective": clip_around_the_product}, told="The clip belongs around the ratio"),
    Wrong({"clipped_objective": loss_instead}, told="That is a loss"),
    Wrong({"clipped_objective": sum_instead}, told="2 times too large"),
    Wrong({"clipped_objective": always_one_fifth}, told="still clips at 0.2"),
    Wrong({"clipped_gradient": slope_by_the_ratio}, told="slope by the ratio"),
    Wrong({"clipped_gradient": slope_by_the_probability}, told="slope by the probability"),
    Wrong({"clipped_gradient": gradient_without_mean}, told="2 times too large"),
    Wrong({"clipped_gradient": downhill}, told="points downhill"),
    Wrong({"clipped_gradient": zero_where_both_agree}, told="both candidates are the same"),
    Wrong({"clipped_gradient": never_zero}, told="nothing is switched off"),
    Wrong({"clipped_gradient": zero_on_both_sides}, told="moved in the wrong direction must be pushed back"),
    Wrong({"clipped_gradient": zero_on_the_wrong_side}, told="the wrong two tokens"),
    Wrong({"clipped_gradient": zero_for_large_ratios_only}, told="a token with negative advantage stop"),
    Wrong({"clipped_gradient": zero_for_all_large_ratios}, told="whatever the advantage"),
    Wrong({"clipped_gradient": held_at_the_clip}, told="does not change with the ratio"),
    Wrong({"clipped_gradient": gradient_always_one_fifth}, told="still clips at 0.2"),
]
