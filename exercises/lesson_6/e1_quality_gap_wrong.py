"""Typical wrong answers to exercise 6.1, and what each must be told."""

import math

import numpy as np

from exercises.checking import Wrong
from exercises.lesson_6 import e1_quality_gap_solution as right


def base_ten(win_rate: np.ndarray) -> np.ndarray:
    return np.log10(win_rate / (1 - win_rate))


def odds_without_log(win_rate: np.ndarray) -> np.ndarray:
    return win_rate / (1 - win_rate)


def takes_it_for_percent(win_rate: np.ndarray) -> np.ndarray:
    return np.log(win_rate / (100 - win_rate))


def divides_by_hundred(win_rate: np.ndarray) -> np.ndarray:
    return right.quality_gap(win_rate / 100)


def gap_of_the_loser(win_rate: np.ndarray) -> np.ndarray:
    return -right.quality_gap(win_rate)


def log_of_the_rate(win_rate: np.ndarray) -> np.ndarray:
    return np.log(win_rate)


def ratio_after_the_log(win_rate: np.ndarray) -> np.ndarray:
    return np.log(win_rate) / (1 - win_rate)


def sigmoid_again(win_rate: np.ndarray) -> np.ndarray:
    return right.expected_win_rate(win_rate)


def lead_over_one_half(win_rate: np.ndarray) -> np.ndarray:
    return win_rate - 0.5


def numbers_only(win_rate: np.ndarray) -> float:
    return math.log(win_rate / (1 - win_rate))


def in_percent(gap: np.ndarray) -> np.ndarray:
    return 100 * right.expected_win_rate(gap)


def turned_round(gap: np.ndarray) -> np.ndarray:
    return right.expected_win_rate(-np.asarray(gap))


def odds_again(gap: np.ndarray) -> np.ndarray:
    return np.exp(gap)


def overflows(gap: np.ndarray) -> np.ndarray:
    return np.exp(gap) / (1 + np.exp(gap))


def adds_the_gaps(ours: np.ndarray, theirs: np.ndarray) -> np.ndarray:
    return right.expected_win_rate(right.quality_gap(ours) + right.quality_gap(theirs))


def shares(ours: np.ndarray, theirs: np.ndarray) -> np.ndarray:
    return ours / (ours + theirs)


def subtracts_the_rates(ours: np.ndarray, theirs: np.ndarray) -> np.ndarray:
    return 0.5 + (ours - theirs)


def sigmoid_of_the_rates(ours: np.ndarray, theirs: np.ndarray) -> np.ndarray:
    return right.expected_win_rate(ours - theirs)


def one_way_round(ours: np.ndarray, theirs: np.ndarray) -> np.ndarray:
    return ours * (1 - theirs)


def other_side(ours: np.ndarray, theirs: np.ndarray) -> np.ndarray:
    return right.predicted_win_rate(theirs, ours)


def stops_at_the_gap(ours: np.ndarray, theirs: np.ndarray) -> np.ndarray:
    return right.quality_gap(ours) - right.quality_gap(theirs)


WRONG = [
    Wrong({"quality_gap": base_ten}, told="base 10"),
    Wrong({"quality_gap": odds_without_log}, told="Those are the odds"),
    Wrong({"quality_gap": takes_it_for_percent}, told="already is a fraction"),
    Wrong({"quality_gap": divides_by_hundred}, told="already is a fraction"),
    Wrong({"quality_gap": gap_of_the_loser}, told="by a positive gap"),
    Wrong({"quality_gap": log_of_the_rate}, told="what is it compared with"),
    Wrong({"quality_gap": ratio_after_the_log}, told="Parentheses"),
    Wrong({"quality_gap": sigmoid_again}, told="what went in"),
    Wrong({"quality_gap": lead_over_one_half}, told="still a difference of rates"),
    Wrong({"quality_gap": numbers_only}, told="TypeError"),
    Wrong({"expected_win_rate": in_percent}, told="in percent"),
    Wrong({"expected_win_rate": turned_round}, told="of the other model"),
    Wrong({"expected_win_rate": odds_again}, told="Those are the odds"),
    Wrong({"expected_win_rate": overflows}, told="∞/∞"),
    Wrong({"predicted_win_rate": adds_the_gaps}, told="how far is it from B to A"),
    Wrong({"predicted_win_rate": shares}, told="takes rates for strengths"),
    Wrong({"predicted_win_rate": subtracts_the_rates}, told="Rates do not subtract"),
    Wrong({"predicted_win_rate": sigmoid_of_the_rates}, told="straight into the sigmoid"),
    Wrong({"predicted_win_rate": one_way_round}, told="one way round"),
    Wrong({"predicted_win_rate": other_side}, told="B against A"),
    Wrong({"predicted_win_rate": stops_at_the_gap}, told="one step is left"),
]
