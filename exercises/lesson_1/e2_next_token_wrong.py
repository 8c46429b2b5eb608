"""Typical wrong answers to exercise 1.2, and what each must be told."""

import numpy as np

from exercises.checking import Wrong
from exercises.lesson_1 import e2_next_token_solution as right


def softmax_without_log(logits: np.ndarray) -> np.ndarray:
    return np.exp(right.log_softmax(logits))


def divides_by_the_sum(logits: np.ndarray) -> np.ndarray:
    return np.log(logits / logits.sum(axis=-1, keepdims=True))


def without_exp(logits: np.ndarray) -> np.ndarray:
    return logits - np.log(logits.sum(axis=-1, keepdims=True))


def base_two(logits: np.ndarray) -> np.ndarray:
    return right.log_softmax(logits) / np.log(2)


def loss_instead(logits: np.ndarray) -> np.ndarray:
    return -right.log_softmax(logits)


def over_the_positions(logits: np.ndarray) -> np.ndarray:
    return logits - np.log(np.exp(logits).sum(axis=0, keepdims=True))


def over_everything(logits: np.ndarray) -> np.ndarray:
    return logits - np.log(np.exp(logits).sum())


def without_keepdims(logits: np.ndarray) -> np.ndarray:
    return logits - np.log(np.exp(logits).sum(axis=-1))


def max_without_keepdims(logits: np.ndarray) -> np.ndarray:
    shifted = logits - logits.max(axis=-1)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def sum_without_keepdims(logits: np.ndarray) -> np.ndarray:
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1))


def neither_with_keepdims(logits: np.ndarray) -> np.ndarray:
    shifted = logits - logits.max(axis=-1)
    return shifted - np.log(np.exp(shifted).sum(axis=-1))


def overflows(logits: np.ndarray) -> np.ndarray:
    return logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))


def log_of_softmax_overflows(logits: np.ndarray) -> np.ndarray:
    return np.log(np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True))


def log_of_softmax_underflows(logits: np.ndarray) -> np.ndarray:
    exponentials = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.log(exponentials / exponentials.sum(axis=-1, keepdims=True))


def largest_of_all(logits: np.ndarray) -> np.ndarray:
    shifted = logits - logits.max()
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def picks_logits(logits: np.ndarray, tokens: np.ndarray) -> np.ndarray:
    return np.take_along_axis(logits, tokens[..., None], axis=-1)[..., 0]


def picks_probabilities(logits: np.ndarray, tokens: np.ndarray) -> np.ndarray:
    return np.exp(right.next_token_log_probs(logits, tokens))


def picks_the_likeliest(logits: np.ndarray, tokens: np.ndarray) -> np.ndarray:  # noqa: ARG001
    return right.log_softmax(logits).max(axis=-1)


def everything_at_every_position(logits: np.ndarray, tokens: np.ndarray) -> np.ndarray:
    return right.log_softmax(logits)[..., tokens]


def every_text_in_every_text(logits: np.ndarray, tokens: np.ndarray) -> np.ndarray:
    return right.log_softmax(logits)[:, np.arange(tokens.shape[1]), tokens]


def keeps_an_axis(logits: np.ndarray, tokens: np.ndarray) -> np.ndarray:
    return np.take_along_axis(right.log_softmax(logits), tokens[..., None], axis=-1)


def sums_over_the_text(logits: np.ndarray, tokens: np.ndarray) -> np.ndarray:
    return right.next_token_log_probs(logits, tokens).sum(axis=-1)


def shifts_here_already(logits: np.ndarray, tokens: np.ndarray) -> np.ndarray:
    return right.next_token_log_probs(logits[:, :-1], tokens[:, 1:])


def first_text_only(logits: np.ndarray, tokens: np.ndarray) -> np.ndarray:
    return right.log_softmax(logits)[0, np.arange(tokens.shape[1]), tokens]


def without_shift(outputs: np.ndarray, tokens: np.ndarray) -> np.ndarray:
    return right.next_token_log_probs(outputs, tokens)


def drops_both_ends_alike(outputs: np.ndarray, tokens: np.ndarray) -> np.ndarray:
    return right.next_token_log_probs(outputs[:, :-1], tokens[:, :-1])


def drops_both_beginnings(outputs: np.ndarray, tokens: np.ndarray) -> np.ndarray:
    return right.next_token_log_probs(outputs[:, 1:], tokens[:, 1:])


def shifts_backwards(outputs: np.ndarray, tokens: np.ndarray) -> np.ndarray:
    return right.next_token_log_probs(outputs[:, 1:], tokens[:, :-1])


def wraps_around(outputs: np.ndarray, tokens: np.ndarray) -> np.ndarray:
    return right.next_token_log_probs(outputs, np.roll(tokens, -1, axis=1))


WRONG = [
    Wrong({"log_softmax": softmax_without_log}, told="those are the probabilities"),
    Wrong({"log_softmax": divides_by_the_sum}, told="exponential"),
    Wrong({"log_softmax": without_exp}, told="exponential"),
    Wrong({"log_softmax": base_two}, told="base 2"),
    Wrong({"log_softmax": loss_instead}, told="Only the sign is wrong"),
    Wrong({"log_softmax": over_the_positions}, told="down the columns"),
    Wrong({"log_softmax": over_everything}, told="over the whole table"),
    Wrong({"log_softmax": without_keepdims}, told="keepdims=True"),
    Wrong({"log_softmax": max_without_keepdims}, told="keepdims=True"),
    Wrong({"log_softmax": sum_without_keepdims}, told="keepdims=True"),
    Wrong({"log_softmax": neither_with_keepdims}, told="keepdims=True"),
    Wrong({"log_softmax": overflows}, told="exp(1000) does not fit"),
    Wrong({"log_softmax": log_of_softmax_overflows}, told="exp(1000) does not fit"),
    Wrong({"log_softmax": log_of_softmax_underflows}, told="its log is −∞"),
    Wrong({"log_softmax": largest_of_all}, told="each row needs its own"),
    Wrong({"next_token_log_probs": picks_logits}, told="those are the scores"),
    Wrong({"next_token_log_probs": picks_probabilities}, told="those are the probabilities"),
    Wrong({"next_token_log_probs": picks_the_likeliest}, told="likeliest token"),
    Wrong({"next_token_log_probs": everything_at_every_position}, told="every token at every position"),
    Wrong({"next_token_log_probs": every_text_in_every_text}, told="from every text"),
    Wrong({"next_token_log_probs": keeps_an_axis}, told="an axis of length 1"),
    Wrong({"next_token_log_probs": sums_over_the_text}, told="not added up yet"),
    Wrong({"next_token_log_probs": shifts_here_already}, told="Nothing is shifted here"),
    Wrong({"next_token_log_probs": first_text_only}, told="scores of the first text"),
    Wrong({"text_log_probs": without_shift}, told="no row predicts the first token"),
    Wrong({"text_log_probs": drops_both_ends_alike}, told="has just read"),
    Wrong({"text_log_probs": drops_both_beginnings}, told="has just read"),
    Wrong({"text_log_probs": shifts_backwards}, told="backwards"),
    Wrong({"text_log_probs": wraps_around}, told="no row predicts the first token"),
]
