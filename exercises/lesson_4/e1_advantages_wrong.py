"""Typical wrong answers to exercise 4.1, and what each must be told."""

import numpy as np

from exercises.checking import Wrong
from exercises.lesson_4 import e1_advantages_solution as right


def expected_minus_score(score: float, baseline: float) -> float:
    return baseline - score


def score_over_baseline(score: float, baseline: float) -> float:
    return score / baseline


def relative(score: float, baseline: float) -> float:
    return (score - baseline) / baseline


def distance(score: float, baseline: float) -> float:
    return abs(score - baseline)


def never_below_zero(score: float, baseline: float) -> float:
    return max(score - baseline, 0.0)


def baselines_across_columns(scores: np.ndarray, baselines: np.ndarray) -> np.ndarray:
    return scores - baselines


def mean_of_the_row(scores: np.ndarray, baselines: np.ndarray) -> np.ndarray:  # noqa: ARG001
    return scores - scores.mean(axis=1, keepdims=True)


def one_baseline_for_all(scores: np.ndarray, baselines: np.ndarray) -> np.ndarray:
    return scores - baselines.mean()


def whitened(scores: np.ndarray, baselines: np.ndarray) -> np.ndarray:
    result = right.batch_advantages(scores, baselines)
    return (result - result.mean()) / result.std()


def two_prompts_only(scores: np.ndarray, baselines: np.ndarray) -> np.ndarray:
    return np.array([scores[0] - baselines[0], scores[1] - baselines[1]])


def sign_of_the_score(scores: np.ndarray, baselines: np.ndarray) -> np.ndarray:  # noqa: ARG001
    return np.sign(scores)


def wrong_way(scores: np.ndarray, baselines: np.ndarray) -> np.ndarray:
    return -right.directions(scores, baselines)


def true_or_false(scores: np.ndarray, baselines: np.ndarray) -> np.ndarray:
    return right.batch_advantages(scores, baselines) > 0


def no_third_case(scores: np.ndarray, baselines: np.ndarray) -> np.ndarray:
    return np.where(right.batch_advantages(scores, baselines) > 0, 1, -1)


def divided_by_itself(scores: np.ndarray, baselines: np.ndarray) -> np.ndarray:
    result = right.batch_advantages(scores, baselines)
    return result / np.abs(result)


WRONG = [
    Wrong({"advantage": expected_minus_score}, told="the wrong way round"),
    Wrong({"advantage": score_over_baseline}, told="a difference, not a quotient"),
    Wrong({"advantage": relative}, told="not divided by anything"),
    Wrong({"advantage": distance}, told="has a sign"),
    Wrong({"advantage": never_below_zero}, told="is allowed to be negative"),
    Wrong({"batch_advantages": baselines_across_columns}, told="down the columns"),
    Wrong({"batch_advantages": mean_of_the_row}, told="mean of each row's scores"),
    Wrong({"batch_advantages": one_baseline_for_all}, told="same baseline for every prompt"),
    Wrong({"batch_advantages": whitened}, told="Leave out the mean and the standard deviation"),
    Wrong({"batch_advantages": two_prompts_only}, told="The shape is (2, 4), not (3, 4)"),
    Wrong({"directions": sign_of_the_score}, told="the sign of the score itself"),
    Wrong({"directions": wrong_way}, told="which way should it go"),
    Wrong({"directions": true_or_false}, told="That is True and False"),
    Wrong({"directions": no_third_case}, told="no push at all"),
    Wrong({"directions": divided_by_itself}, told="0 divided by 0"),
]
