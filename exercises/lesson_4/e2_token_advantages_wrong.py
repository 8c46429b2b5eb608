"""Typical wrong answers to exercise 4.2, and what each must be told."""

import numpy as np

from exercises.checking import Wrong
from exercises.lesson_4 import e2_token_advantages_solution as right


def values_after(values: np.ndarray) -> np.ndarray:
    return np.concatenate([values[:, 1:], np.zeros((len(values), 1))], axis=1)


def without_the_next_value(rewards: np.ndarray, values: np.ndarray, discount: float) -> np.ndarray:  # noqa: ARG001
    return rewards - values


def before_minus_after(rewards: np.ndarray, values: np.ndarray, discount: float) -> np.ndarray:
    return values - rewards - discount * values_after(values)


def previous_value(rewards: np.ndarray, values: np.ndarray, discount: float) -> np.ndarray:
    before = np.concatenate([np.zeros((len(values), 1)), values[:, :-1]], axis=1)
    return rewards + discount * before - values


def goes_round(rewards: np.ndarray, values: np.ndarray, discount: float) -> np.ndarray:
    return rewards + discount * np.roll(values, -1, axis=1) - values


def into_the_next_response(rewards: np.ndarray, values: np.ndarray, discount: float) -> np.ndarray:
    return rewards + discount * np.roll(values, -1) - values


def last_value_again(rewards: np.ndarray, values: np.ndarray, discount: float) -> np.ndarray:
    return rewards + discount * np.concatenate([values[:, 1:], values[:, -1:]], axis=1) - values


def last_token_left_out(rewards: np.ndarray, values: np.ndarray, discount: float) -> np.ndarray:
    return rewards[:, :-1] + discount * values[:, 1:] - values[:, :-1]


def row_left_out(rewards: np.ndarray, values: np.ndarray, discount: float) -> np.ndarray:
    return rewards + discount * values[1:] - values


def undiscounted(rewards: np.ndarray, values: np.ndarray, discount: float) -> np.ndarray:  # noqa: ARG001
    return right.surprises(rewards, values, 1.0)


def reward_discounted_too(rewards: np.ndarray, values: np.ndarray, discount: float) -> np.ndarray:
    return discount * (rewards + values_after(values)) - values


def value_before_discounted(rewards: np.ndarray, values: np.ndarray, discount: float) -> np.ndarray:
    return rewards + values_after(values) - discount * values


def accumulate(deltas: np.ndarray, factor: float) -> np.ndarray:
    result = deltas.copy()
    for t in range(deltas.shape[1] - 2, -1, -1):
        result[:, t] += factor * result[:, t + 1]
    return result


def opposite_sign(rewards: np.ndarray, values: np.ndarray, discount: float, gae_lambda: float) -> np.ndarray:
    return -right.token_advantages(rewards, values, discount, gae_lambda)


def first_to_last(rewards: np.ndarray, values: np.ndarray, discount: float, gae_lambda: float) -> np.ndarray:
    result = right.surprises(rewards, values, discount)
    for t in range(1, result.shape[1]):
        result[:, t] += discount * gae_lambda * result[:, t - 1]
    return result


def power_of_the_position(rewards: np.ndarray, values: np.ndarray, discount: float, gae_lambda: float) -> np.ndarray:
    deltas = right.surprises(rewards, values, discount)
    weighted = deltas * (discount * gae_lambda) ** np.arange(deltas.shape[1])
    return np.cumsum(weighted[:, ::-1], axis=1)[:, ::-1]


def first_token_left_out(rewards: np.ndarray, values: np.ndarray, discount: float, gae_lambda: float) -> np.ndarray:
    result = right.token_advantages(rewards, values, discount, gae_lambda)
    result[:, 0] = 0
    return result


def next_surprise_only(rewards: np.ndarray, values: np.ndarray, discount: float, gae_lambda: float) -> np.ndarray:
    deltas = right.surprises(rewards, values, discount)
    return deltas + discount * gae_lambda * values_after(deltas)


def surprise_only(rewards: np.ndarray, values: np.ndarray, discount: float, gae_lambda: float) -> np.ndarray:  # noqa: ARG001
    return right.surprises(rewards, values, discount)


def same_for_all_tokens(rewards: np.ndarray, values: np.ndarray, discount: float, gae_lambda: float) -> np.ndarray:
    first = right.token_advantages(rewards, values, discount, gae_lambda)[:, :1]
    return np.where(gae_lambda == 0, right.surprises(rewards, values, discount), first + np.zeros(rewards.shape))


def across_responses(rewards: np.ndarray, values: np.ndarray, discount: float, gae_lambda: float) -> np.ndarray:
    deltas = right.surprises(rewards, values, discount)
    return accumulate(deltas.reshape(1, -1), discount * gae_lambda).reshape(deltas.shape)


def over_the_rows(rewards: np.ndarray, values: np.ndarray, discount: float, gae_lambda: float) -> np.ndarray:
    return accumulate(right.surprises(rewards, values, discount).T, discount * gae_lambda).T


def lambda_without_discount(rewards: np.ndarray, values: np.ndarray, discount: float, gae_lambda: float) -> np.ndarray:
    return accumulate(right.surprises(rewards, values, discount), gae_lambda)


def discount_squared(rewards: np.ndarray, values: np.ndarray, discount: float, gae_lambda: float) -> np.ndarray:
    return accumulate(right.surprises(rewards, values, discount), discount * discount * gae_lambda)


def undiscounted_surprises(rewards: np.ndarray, values: np.ndarray, discount: float, gae_lambda: float) -> np.ndarray:
    return accumulate(right.surprises(rewards, values, 1.0), discount * gae_lambda)


WRONG = [
    Wrong({"surprises": without_the_next_value}, told="You left out the value after the token"),
    Wrong({"surprises": before_minus_after}, told="A pleasant surprise is positive"),
    Wrong({"surprises": previous_value}, told="one column too early"),
    Wrong({"surprises": goes_round}, told="the first value of the same response"),
    Wrong({"surprises": into_the_next_response}, told="a value of another response"),
    Wrong({"surprises": last_value_again}, told="the last value once more"),
    Wrong({"surprises": last_token_left_out}, told="The last token is missing"),
    Wrong({"surprises": row_left_out}, told="leaves out the first row"),
    Wrong({"surprises": undiscounted}, told="`discount` has no effect"),
    Wrong({"surprises": reward_discounted_too}, told="You discounted the reward as well"),
    Wrong({"surprises": value_before_discounted}, told="You discounted the value before the token"),
    Wrong({"token_advantages": opposite_sign}, told="decides the direction of the push"),
    Wrong({"token_advantages": first_to_last}, told="from the first token to the last"),
    Wrong({"token_advantages": power_of_the_position}, told="not t + l"),
    Wrong({"token_advantages": first_token_left_out}, told="where does your loop end"),
    Wrong({"token_advantages": next_surprise_only}, told="one token ahead and stop"),
    Wrong({"token_advantages": surprise_only}, told="only the surprises"),
    Wrong({"token_advantages": same_for_all_tokens}, told="its own baseline"),
    Wrong({"token_advantages": across_responses}, told="Something of the second response got into the first"),
    Wrong({"token_advantages": over_the_rows}, told="down the rows"),
    Wrong({"token_advantages": lambda_without_discount}, told="λ alone"),
    Wrong({"token_advantages": discount_squared}, told="one factor γλ a token"),
    Wrong({"token_advantages": undiscounted_surprises}, told="inside the surprises"),
]
