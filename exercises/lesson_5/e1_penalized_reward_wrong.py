"""Typical wrong answers to exercise 5.1, and what each must be told."""

import numpy as np

from exercises.checking import Wrong


def bonus_instead(score: float, log_ratio: float, kl_coef: float) -> float:
    return score + kl_coef * log_ratio


def coefficient_forgotten(score: float, log_ratio: float, kl_coef: float) -> float:  # noqa: ARG001
    return score - log_ratio


def coefficient_on_everything(score: float, log_ratio: float, kl_coef: float) -> float:
    return kl_coef * (score - log_ratio)


def divided_by_coefficient(score: float, log_ratio: float, kl_coef: float) -> float:
    return score - log_ratio / kl_coef


def penalty_alone(score: float, log_ratio: float, kl_coef: float) -> float:  # noqa: ARG001
    return kl_coef * log_ratio


def never_a_bonus(score: float, log_ratio: float, kl_coef: float) -> float:
    return score - kl_coef * max(log_ratio, 0.0)


def distance_either_way(score: float, log_ratio: float, kl_coef: float) -> float:
    return score - kl_coef * abs(log_ratio)


def upside_down(scores: np.ndarray, log_ratios: np.ndarray) -> float:
    return float((log_ratios[1] - log_ratios[0]) / (scores[1] - scores[0]))


def each_for_itself(scores: np.ndarray, log_ratios: np.ndarray) -> float:
    return float(scores[1] / log_ratios[1] - scores[0] / log_ratios[0])


def sums_for_differences(scores: np.ndarray, log_ratios: np.ndarray) -> float:
    return float(scores.sum() / log_ratios.sum())


def one_difference_turned_round(scores: np.ndarray, log_ratios: np.ndarray) -> float:
    return float((scores[0] - scores[1]) / (log_ratios[1] - log_ratios[0]))


def never_negative(scores: np.ndarray, log_ratios: np.ndarray) -> float:
    return float(abs(scores[1] - scores[0]) / abs(log_ratios[1] - log_ratios[0]))


def along_the_other_axis(scores: np.ndarray, log_ratios: np.ndarray, kl_coefs: np.ndarray) -> np.ndarray:
    return (scores - kl_coefs[:, None] * log_ratios).argmax(axis=0)


def worst_instead(scores: np.ndarray, log_ratios: np.ndarray, kl_coefs: np.ndarray) -> np.ndarray:
    return (scores - kl_coefs[:, None] * log_ratios).argmin(axis=1)


def reward_instead_of_position(scores: np.ndarray, log_ratios: np.ndarray, kl_coefs: np.ndarray) -> np.ndarray:
    return (scores - kl_coefs[:, None] * log_ratios).max(axis=1)


def one_price_for_all(scores: np.ndarray, log_ratios: np.ndarray, kl_coefs: np.ndarray) -> np.ndarray:
    return np.full(len(kl_coefs), (scores - kl_coefs[0] * log_ratios).argmax())


def counted_from_one(scores: np.ndarray, log_ratios: np.ndarray, kl_coefs: np.ndarray) -> np.ndarray:
    return (scores - kl_coefs[:, None] * log_ratios).argmax(axis=1) + 1


WRONG = [
    Wrong({"penalized_reward": bonus_instead}, told="gets a bonus"),
    Wrong({"penalized_reward": coefficient_forgotten}, told="What became of kl_coef"),
    Wrong({"penalized_reward": coefficient_on_everything}, told="multiplied the score"),
    Wrong({"penalized_reward": divided_by_coefficient}, told="times the nats"),
    Wrong({"penalized_reward": penalty_alone}, told="the penalty alone"),
    Wrong({"penalized_reward": never_a_bonus}, told="cut off at 0"),
    Wrong({"penalized_reward": distance_either_way}, told="absolute value"),
    Wrong({"flip_coefficient": upside_down}, told="upside down"),
    Wrong({"flip_coefficient": each_for_itself}, told="each response by itself"),
    Wrong({"flip_coefficient": sums_for_differences}, told="added where"),
    Wrong({"flip_coefficient": one_difference_turned_round}, told="same order"),
    Wrong({"flip_coefficient": never_negative}, told="absolute values"),
    Wrong({"best_responses": along_the_other_axis}, told="for each response the best β"),
    Wrong({"best_responses": worst_instead}, told="the worst"),
    Wrong({"best_responses": reward_instead_of_position}, told="not how much it gets"),
    Wrong({"best_responses": one_price_for_all}, told="same β in every row"),
    Wrong({"best_responses": counted_from_one}, told="counted from 0"),
]
