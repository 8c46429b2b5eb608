"""Typical wrong answers to exercise 1.1, and what each must be told."""

import numpy as np

from exercises.checking import Wrong


def product(probabilities: np.ndarray) -> float:
    return float(np.prod(probabilities))


def sum_of_probabilities(probabilities: np.ndarray) -> float:
    return float(np.sum(probabilities))


def log_of_sum(probabilities: np.ndarray) -> float:
    return float(np.log(np.sum(probabilities)))


def log_of_product(probabilities: np.ndarray) -> float:
    return float(np.log(np.prod(probabilities)))


def base_ten(probabilities: np.ndarray) -> float:
    return float(np.log10(probabilities).sum())


def base_two(probabilities: np.ndarray) -> float:
    return float(np.log2(probabilities).sum())


def per_token(probabilities: np.ndarray) -> float:
    return float(np.log(probabilities).mean())


def loss_instead(probabilities: np.ndarray) -> float:
    return float(-np.log(probabilities).sum())


def forgets_exp(probabilities: np.ndarray) -> float:
    return float(-np.log(probabilities).mean())


def forgets_minus(probabilities: np.ndarray) -> float:
    return float(np.exp(np.log(probabilities).mean()))


def forgets_mean(probabilities: np.ndarray) -> float:
    return float(np.exp(-np.log(probabilities).sum()))


def two_to_the_nats(probabilities: np.ndarray) -> float:
    return float(2 ** (-np.log(probabilities).mean()))


def exp_of_bits(probabilities: np.ndarray) -> float:
    return float(np.exp(-np.log2(probabilities).mean()))


def exp_of_base_ten(probabilities: np.ndarray) -> float:
    return float(np.exp(-np.log10(probabilities).mean()))


def averages_before_the_log(probabilities: np.ndarray) -> float:
    return float(1 / np.mean(probabilities))


def averages_the_choices(probabilities: np.ndarray) -> float:
    return float(np.mean(1 / probabilities))


def always_four_tokens(probabilities: np.ndarray) -> float:
    return float(np.exp(-np.log(probabilities).sum() / 4))


def root_of_the_product(probabilities: np.ndarray) -> float:
    return float(np.prod(probabilities) ** (-1 / len(probabilities)))


WRONG = [
    Wrong({"log_likelihood": product}, told="the probability of the whole text"),
    Wrong({"log_likelihood": sum_of_probabilities}, told="probabilities do not add up"),
    Wrong({"log_likelihood": log_of_sum}, told="first the logs, then the sum"),
    Wrong({"log_likelihood": log_of_product}, told="smaller than any float"),
    Wrong({"log_likelihood": base_ten}, told="base 10"),
    Wrong({"log_likelihood": base_two}, told="base 2"),
    Wrong({"log_likelihood": per_token}, told="the mean per token"),
    Wrong({"log_likelihood": loss_instead}, told="the loss of the text"),
    Wrong({"perplexity": forgets_exp}, told="still is in nats"),
    Wrong({"perplexity": forgets_minus}, told="less than 1"),
    Wrong({"perplexity": forgets_mean}, told="for the whole text at once"),
    Wrong({"perplexity": two_to_the_nats}, told="must match"),
    Wrong({"perplexity": exp_of_bits}, told="must match"),
    Wrong({"perplexity": exp_of_base_ten}, told="must match"),
    Wrong({"perplexity": averages_before_the_log}, told="before you took logs"),
    Wrong({"perplexity": averages_the_choices}, told="before you took logs"),
    Wrong({"perplexity": always_four_tokens}, told="the four of the example"),
    Wrong({"perplexity": root_of_the_product}, told="smaller than any float"),
]
