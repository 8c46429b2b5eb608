"""Typical wrong answers to project part 3, and what each must be told."""

import numpy as np

from exercises.checking import Wrong
from exercises.project import e3_accuracy_solution as right


def mistakes_instead(weights: np.ndarray, winners: np.ndarray, losers: np.ndarray) -> float:
    return right.accuracy(weights, losers, winners)


def count(weights: np.ndarray, winners: np.ndarray, losers: np.ndarray) -> float:
    return right.accuracy(weights, winners, losers) * len(winners)


def percent(weights: np.ndarray, winners: np.ndarray, losers: np.ndarray) -> float:
    return right.accuracy(weights, winners, losers) * 100


def mean_sign(weights: np.ndarray, winners: np.ndarray, losers: np.ndarray) -> float:
    return float(np.sign((winners - losers) @ weights).mean())


def mean_probability(weights: np.ndarray, winners: np.ndarray, losers: np.ndarray) -> float:
    return float((1 / (1 + np.exp(-((winners - losers) @ weights)))).mean())


def ties_are_wrong(weights: np.ndarray, winners: np.ndarray, losers: np.ndarray) -> float:
    return float(((winners - losers) @ weights > 0).mean())


def ties_are_right(weights: np.ndarray, winners: np.ndarray, losers: np.ndarray) -> float:
    return float(((winners - losers) @ weights >= 0).mean())


def temperature_ignored(scores: np.ndarray, other_scores: np.ndarray, temperature: float) -> float:  # noqa: ARG001
    return right.noise_ceiling(scores, other_scores, 1.0)


def temperature_multiplied(scores: np.ndarray, other_scores: np.ndarray, temperature: float) -> float:
    return right.noise_ceiling(scores, other_scores, 1 / temperature)


def agreement_instead(scores: np.ndarray, other_scores: np.ndarray, temperature: float) -> float:
    p = 1 / (1 + np.exp(-(scores - other_scores) / temperature))
    return float((p**2 + (1 - p) ** 2).mean())


def no_noise(scores: np.ndarray, other_scores: np.ndarray, temperature: float) -> float:  # noqa: ARG001
    return float(np.mean(scores != other_scores))


def sign_kept(scores: np.ndarray, other_scores: np.ndarray, temperature: float) -> float:
    return float((1 / (1 + np.exp(-(scores - other_scores) / temperature))).mean())


def mean_before_the_guess(scores: np.ndarray, other_scores: np.ndarray, temperature: float) -> float:
    p = float((1 / (1 + np.exp(-(scores - other_scores) / temperature))).mean())
    return max(p, 1 - p)


def mean_difference(scores: np.ndarray, other_scores: np.ndarray, temperature: float) -> float:
    return float(1 / (1 + np.exp(-np.abs(scores - other_scores).mean() / temperature)))


def no_mean(scores: np.ndarray, other_scores: np.ndarray, temperature: float) -> np.ndarray:
    each = 1 / (1 + np.exp(-np.abs(scores - other_scores) / temperature))
    return each if len(each) > 1 else each[0]


def overflows(scores: np.ndarray, other_scores: np.ndarray, temperature: float) -> float:
    odds = np.exp(np.abs(scores - other_scores) / temperature)
    return float((odds / (1 + odds)).mean())


def dot_product(weights: np.ndarray, other_weights: np.ndarray) -> float:
    return float(weights @ other_weights)


def one_length(weights: np.ndarray, other_weights: np.ndarray) -> float:
    return float(weights @ other_weights / np.linalg.norm(other_weights))


def squared_lengths(weights: np.ndarray, other_weights: np.ndarray) -> float:
    return float(weights @ other_weights / ((weights @ weights) * (other_weights @ other_weights)))


def lengths_as_sums(weights: np.ndarray, other_weights: np.ndarray) -> float:
    return float(weights @ other_weights / (weights.sum() * other_weights.sum()))


def angle(weights: np.ndarray, other_weights: np.ndarray) -> float:
    return float(np.arccos(right.cosine(weights, other_weights)))


def absolute(weights: np.ndarray, other_weights: np.ndarray) -> float:
    return abs(right.cosine(weights, other_weights))


WRONG = [
    Wrong({"accuracy": mistakes_instead}, told="Those are the mistakes"),
    Wrong({"accuracy": count}, told="return the share"),
    Wrong({"accuracy": percent}, told="between 0 and 1"),
    Wrong({"accuracy": mean_sign}, told="(sign + 1) / 2"),
    Wrong({"accuracy": mean_probability}, told="That is the mean probability"),
    Wrong({"accuracy": ties_are_wrong}, told="Ties are counted as wrong"),
    Wrong({"accuracy": ties_are_right}, told="Ties are counted as right"),
    Wrong({"noise_ceiling": temperature_ignored}, told="Where does the temperature come in"),
    Wrong({"noise_ceiling": temperature_multiplied}, told="don't multiply"),
    Wrong({"noise_ceiling": agreement_instead}, told="how often two labelers agree"),
    Wrong({"noise_ceiling": no_noise}, told="The labeler errs now and then"),
    Wrong({"noise_ceiling": sign_kept}, told="the opposite guess is better"),
    Wrong({"noise_ceiling": mean_before_the_guess}, told="For each pair by itself"),
    Wrong({"noise_ceiling": mean_difference}, told="You average the differences first"),
    Wrong({"noise_ceiling": no_mean}, told="the mean over the pairs"),
    Wrong({"noise_ceiling": overflows}, told="never overflows"),
    Wrong({"cosine": dot_product}, told="Divide by both lengths"),
    Wrong({"cosine": one_length}, told="not by one"),
    Wrong({"cosine": squared_lengths}, told="take the root"),
    Wrong({"cosine": lengths_as_sums}, told="root of the sum of squares"),
    Wrong({"cosine": angle}, told="That is the angle"),
    Wrong({"cosine": absolute}, told="absolute value"),
]
