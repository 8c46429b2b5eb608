"""Typical wrong answers to exercise 6.3, and what each must be told."""

import numpy as np

from exercises.checking import Wrong
from exercises.lesson_6 import e3_size_or_training_solution as right


def exponent_without_minus(size_ratio: np.ndarray, exponent: float = 0.076) -> np.ndarray:
    return size_ratio**exponent


def answers_the_other_question(size_ratio: np.ndarray, exponent: float = 0.076) -> np.ndarray:
    return size_ratio ** (1 / exponent)


def cut_instead_of_factor(size_ratio: np.ndarray, exponent: float = 0.076) -> np.ndarray:
    return 1 - right.loss_ratio(size_ratio, exponent)


def proportional(size_ratio: np.ndarray, exponent: float = 0.076) -> np.ndarray:
    return 1 / (exponent * size_ratio)


def log_of_the_ratio(size_ratio: np.ndarray, exponent: float = 0.076) -> np.ndarray:
    return -exponent * np.log(size_ratio)


def exponent_typed_in(size_ratio: np.ndarray, exponent: float = 0.076) -> np.ndarray:  # noqa: ARG001
    return size_ratio**-0.076


def inverse_without_minus(loss_ratio: np.ndarray, exponent: float = 0.076) -> np.ndarray:
    return loss_ratio ** (1 / exponent)


def exponent_not_inverted(loss_ratio: np.ndarray, exponent: float = 0.076) -> np.ndarray:
    return loss_ratio**-exponent


def one_over_the_loss(loss_ratio: np.ndarray, exponent: float = 0.076) -> np.ndarray:
    return 1 / (exponent * loss_ratio)


def points_of_win_rate(rate_before: np.ndarray, rate_after: np.ndarray) -> np.ndarray:
    return rate_after - rate_before


def before_minus_after(rate_before: np.ndarray, rate_after: np.ndarray) -> np.ndarray:
    return right.gain(rate_after, rate_before)


def ratio_of_odds(rate_before: np.ndarray, rate_after: np.ndarray) -> np.ndarray:
    return np.exp(right.gain(rate_before, rate_after))


def ratio_of_rates(rate_before: np.ndarray, rate_after: np.ndarray) -> np.ndarray:
    return np.log(rate_after / rate_before)


def back_to_a_rate(rate_before: np.ndarray, rate_after: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-right.gain(rate_before, rate_after)))


WRONG = [
    Wrong({"loss_ratio": exponent_without_minus}, told="the sign of the exponent"),
    Wrong({"loss_ratio": answers_the_other_question}, told="another question"),
    Wrong({"loss_ratio": cut_instead_of_factor}, told="how much of the loss goes away"),
    Wrong({"loss_ratio": proportional}, told="stands up in the exponent"),
    Wrong({"loss_ratio": log_of_the_ratio}, told="is the log of the ratio"),
    Wrong({"loss_ratio": exponent_typed_in}, told="argument `exponent`"),
    Wrong({"size_ratio": inverse_without_minus}, told="smaller model"),
    Wrong({"size_ratio": exponent_not_inverted}, told="same power again"),
    Wrong({"size_ratio": one_over_the_loss}, told="stands up in the exponent"),
    Wrong({"gain": points_of_win_rate}, told="points of win rate"),
    Wrong({"gain": before_minus_after}, told="after than before is a gain"),
    Wrong({"gain": ratio_of_odds}, told="ratio of the odds"),
    Wrong({"gain": ratio_of_rates}, told="not of the rates"),
    Wrong({"gain": back_to_a_rate}, told="already had the gain"),
]
