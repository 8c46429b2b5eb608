"""Typical wrong answers to exercise 6.2, and what each must be told."""

import numpy as np

from exercises.checking import Wrong
from exercises.lesson_6 import e2_exactness_solution as right

Z = right.Z_95


def rounds_down(win_rate: float, margin: float) -> int:
    return int(win_rate * (1 - win_rate) * (Z / margin) ** 2)


def forgets_to_square(win_rate: float, margin: float) -> int:
    return int(np.ceil(Z * np.sqrt(win_rate * (1 - win_rate)) / margin))


def root_left_over(win_rate: float, margin: float) -> int:
    return int(np.ceil(np.sqrt(win_rate * (1 - win_rate)) * (Z / margin) ** 2))


def one_standard_error(win_rate: float, margin: float) -> int:
    return int(np.ceil(win_rate * (1 - win_rate) / margin**2))


def always_one_half(win_rate: float, margin: float) -> int:  # noqa: ARG001
    return int(np.ceil(0.25 * (Z / margin) ** 2))


def margin_as_whole_width(win_rate: float, margin: float) -> int:
    return int(np.ceil(win_rate * (1 - win_rate) * (2 * Z / margin) ** 2))


def not_a_whole_number(win_rate: float, margin: float) -> float:
    return win_rate * (1 - win_rate) * (Z / margin) ** 2


def rule_of_thumb(wins: float, n_comparisons: int) -> np.ndarray:
    rate = wins / n_comparisons
    return rate + np.array([-Z, Z]) * np.sqrt(rate * (1 - rate) / n_comparisons)


def not_divided(wins: float, n_comparisons: int) -> np.ndarray:
    return right.wilson_interval(wins, n_comparisons) * (1 + Z**2 / n_comparisons)


def in_percent(wins: float, n_comparisons: int) -> np.ndarray:
    return 100 * right.wilson_interval(wins, n_comparisons)


def upper_end_first(wins: float, n_comparisons: int) -> np.ndarray:
    return right.wilson_interval(wins, n_comparisons)[::-1]


def moved_to_the_measured_rate(wins: float, n_comparisons: int) -> np.ndarray:
    ends = right.wilson_interval(wins, n_comparisons)
    return ends - ends.mean() + wins / n_comparisons


def z_not_squared(wins: float, n_comparisons: int) -> np.ndarray:
    rate, correction = wins / n_comparisons, Z / n_comparisons
    root = np.sqrt(correction * (rate * (1 - rate) + correction / 4))
    return (rate + correction / 2 + np.array([-root, root])) / (1 + correction)


def n_under_the_root_not_squared(wins: float, n_comparisons: int) -> np.ndarray:
    rate, n = wins / n_comparisons, n_comparisons
    root = Z * np.sqrt(rate * (1 - rate) / n + Z**2 / (4 * n))
    return (rate + Z**2 / (2 * n) + np.array([-root, root])) / (1 + Z**2 / n)


def cut_off_at_100_percent(wins: float, n_comparisons: int) -> np.ndarray:
    return right.wilson_interval(wins, n_comparisons) if wins < n_comparisons else np.array([1.0, 1.0])


def whole_wins_only(wins: float, n_comparisons: int) -> np.ndarray:
    return right.wilson_interval(int(wins), n_comparisons)


def still_rates(wins: float, n_comparisons: int) -> np.ndarray:
    return right.wilson_interval(wins, n_comparisons)


def gaps_of_the_rule_of_thumb(wins: float, n_comparisons: int) -> np.ndarray:
    ends = rule_of_thumb(wins, n_comparisons)
    return np.log(ends / (1 - ends))


def straight_line(wins: float, n_comparisons: int) -> np.ndarray:
    rate = wins / n_comparisons
    return np.log(rate / (1 - rate)) + np.array([-Z, Z]) / np.sqrt(n_comparisons * rate * (1 - rate))


def gaps_of_the_loser(wins: float, n_comparisons: int) -> np.ndarray:
    return -right.gap_interval(wins, n_comparisons)


WRONG = [
    Wrong({"comparisons_needed": rounds_down}, told="is it enough"),
    Wrong({"comparisons_needed": forgets_to_square}, told="under the root"),
    Wrong({"comparisons_needed": root_left_over}, told="square it too"),
    Wrong({"comparisons_needed": one_standard_error}, told="Where is Z_95"),
    Wrong({"comparisons_needed": always_one_half}, told="the worst case"),
    Wrong({"comparisons_needed": margin_as_whole_width}, told="one side"),
    Wrong({"comparisons_needed": not_a_whole_number}, told="whole number"),
    Wrong({"wilson_interval": rule_of_thumb}, told="standard error of the measured rate"),
    Wrong({"wilson_interval": not_divided}, told="coefficient of x²"),
    Wrong({"wilson_interval": in_percent}, told="in percent"),
    Wrong({"wilson_interval": upper_end_first}, told="lower end comes first"),
    Wrong({"wilson_interval": moved_to_the_measured_rate}, told="not in its middle"),
    Wrong({"wilson_interval": z_not_squared}, told="Z_95 has to be squared"),
    Wrong({"wilson_interval": n_under_the_root_not_squared}, told="n² belongs"),
    Wrong({"wilson_interval": cut_off_at_100_percent}, told="claims certainty"),
    Wrong({"wilson_interval": whole_wins_only}, told="half a win"),
    Wrong({"gap_interval": still_rates}, told="still are win rates"),
    Wrong({"gap_interval": gaps_of_the_rule_of_thumb}, told="rule of thumb"),
    Wrong({"gap_interval": straight_line}, told="as if it were a straight line"),
    Wrong({"gap_interval": gaps_of_the_loser}, told="both gaps are positive"),
]
