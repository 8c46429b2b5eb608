"""Typical wrong answers to exercise 2.1, and what each must be told."""

import math

from exercises.checking import Wrong


def base_two(probability: float) -> float:
    return -math.log2(probability)


def base_ten(probability: float) -> float:
    return -math.log10(probability)


def without_minus(probability: float) -> float:
    return math.log(probability)


def probability_itself(probability: float) -> float:
    return probability


def probability_of_the_others(probability: float) -> float:
    return 1 - probability


def log_of_the_others(probability: float) -> float:
    return -math.log(1 - probability)


def after_minus_before(before: float, after: float) -> float:
    return math.log(before) - math.log(after)


def difference_of_probabilities(before: float, after: float) -> float:
    return after - before


def log_of_the_difference(before: float, after: float) -> float:
    return -math.log(abs(after - before))


def ratio_of_probabilities(before: float, after: float) -> float:
    return after / before


def ratio_of_losses(before: float, after: float) -> float:
    return math.log(before) / math.log(after)


def gain_without_sign(before: float, after: float) -> float:
    return abs(math.log(after / before))


def positive_slope(probability: float) -> float:
    return 1 - probability


def slope_by_the_probability(probability: float) -> float:
    return -1 / probability


def slope_of_a_wrong_token(probability: float) -> float:
    return probability


def slope_of_the_probability(probability: float) -> float:
    return probability * (1 - probability)


WRONG = [
    Wrong({"token_loss": base_two}, told="base 2"),
    Wrong({"token_loss": base_ten}, told="base 10"),
    Wrong({"token_loss": without_minus}, told="a loss is not negative"),
    Wrong({"token_loss": probability_itself}, told="That is the probability itself"),
    Wrong({"token_loss": probability_of_the_others}, told="all the other tokens"),
    Wrong({"token_loss": log_of_the_others}, told="all the other tokens"),
    Wrong({"gain": after_minus_before}, told="the loss has fallen"),
    Wrong({"gain": difference_of_probabilities}, told="probability has grown"),
    Wrong({"gain": log_of_the_difference}, told="first the two losses"),
    Wrong({"gain": ratio_of_probabilities}, told="times as likely"),
    Wrong({"gain": ratio_of_losses}, told="a difference"),
    Wrong({"gain": gain_without_sign}, told="negative gain"),
    Wrong({"logit_slope": positive_slope}, told="Raising the token's logit lowers"),
    Wrong({"logit_slope": slope_by_the_probability}, told="by the probability"),
    Wrong({"logit_slope": slope_of_a_wrong_token}, told="of a wrong token"),
    Wrong({"logit_slope": slope_of_the_probability}, told="slope of the probability"),
]
