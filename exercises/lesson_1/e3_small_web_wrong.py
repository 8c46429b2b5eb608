"""Typical wrong answers to exercise 1.3, and what each must be told."""

import numpy as np

from exercises.checking import Wrong
from exercises.lesson_1 import e3_small_web_solution as right


def counts_of(lines: list[str], vocabulary: list[str]) -> np.ndarray:
    counts = np.zeros((len(vocabulary), len(vocabulary)))
    for line in lines:
        ids = [vocabulary.index(word) for word in line.split()]
        np.add.at(counts, (ids[:-1], ids[1:]), 1)
    return counts


def without_smoothing(lines: list[str], vocabulary: list[str]) -> np.ndarray:
    counts = counts_of(lines, vocabulary)
    return np.log(counts / counts.sum(axis=1, keepdims=True))


def smoothed_like_the_lesson(lines: list[str], vocabulary: list[str]) -> np.ndarray:
    counts = counts_of(lines, vocabulary) + 0.1
    return np.log(counts / counts.sum(axis=1, keepdims=True))


def adds_one_to_the_total(lines: list[str], vocabulary: list[str]) -> np.ndarray:
    counts = counts_of(lines, vocabulary)
    return np.log((counts + 1) / (counts.sum(axis=1, keepdims=True) + 1))


def over_the_columns(lines: list[str], vocabulary: list[str]) -> np.ndarray:
    counts = counts_of(lines, vocabulary) + 1
    return np.log(counts / counts.sum(axis=0, keepdims=True))


def over_the_whole_table(lines: list[str], vocabulary: list[str]) -> np.ndarray:
    counts = counts_of(lines, vocabulary) + 1
    return np.log(counts / counts.sum())


def transposed(lines: list[str], vocabulary: list[str]) -> np.ndarray:
    counts = counts_of(lines, vocabulary).T + 1
    return np.log(counts / counts.sum(axis=1, keepdims=True))


def probabilities_instead(lines: list[str], vocabulary: list[str]) -> np.ndarray:
    return np.exp(right.fit_bigrams(lines, vocabulary))


def runs_on_across_lines(lines: list[str], vocabulary: list[str]) -> np.ndarray:
    return right.fit_bigrams([" ".join(lines)], vocabulary)


def counts_a_repeated_pair_once(lines: list[str], vocabulary: list[str]) -> np.ndarray:
    counts = np.ones((len(vocabulary), len(vocabulary)))
    for line in lines:
        ids = [vocabulary.index(word) for word in line.split()]
        counts[ids[:-1], ids[1:]] += 1
    return np.log(counts / counts.sum(axis=1, keepdims=True))


def sorts_the_vocabulary(lines: list[str], vocabulary: list[str]) -> np.ndarray:
    return right.fit_bigrams(lines, sorted(vocabulary))


def forgets_keepdims(lines: list[str], vocabulary: list[str]) -> np.ndarray:
    counts = counts_of(lines, vocabulary) + 1
    return np.log(counts / counts.sum(axis=1))


def forgets_to_normalize(lines: list[str], vocabulary: list[str]) -> np.ndarray:
    return np.log(counts_of(lines, vocabulary) + 1)


def divides_by_how_often_the_word_occurs(lines: list[str], vocabulary: list[str]) -> np.ndarray:
    words = " ".join(lines).split()
    occurs = np.array([[words.count(word)] for word in vocabulary])
    return np.log((counts_of(lines, vocabulary) + 1) / (occurs + len(vocabulary)))


def misses_the_fork(log_probs: np.ndarray, vocabulary: list[str], prompt: str, continuation: str) -> float:  # noqa: ARG001
    ids = [vocabulary.index(word) for word in continuation.split()]
    return float(log_probs[ids[:-1], ids[1:]].sum())


def scores_the_prompt_too(log_probs: np.ndarray, vocabulary: list[str], prompt: str, continuation: str) -> float:
    ids = [vocabulary.index(word) for word in f"{prompt} {continuation}".split()]
    return float(log_probs[ids[:-1], ids[1:]].sum())


def mean_per_word(log_probs: np.ndarray, vocabulary: list[str], prompt: str, continuation: str) -> float:
    return right.score(log_probs, vocabulary, prompt, continuation) / len(continuation.split())


def probability_instead(log_probs: np.ndarray, vocabulary: list[str], prompt: str, continuation: str) -> float:
    return float(np.exp(right.score(log_probs, vocabulary, prompt, continuation)))


def multiplies_logs(log_probs: np.ndarray, vocabulary: list[str], prompt: str, continuation: str) -> float:
    ids = [vocabulary.index(word) for word in [prompt.split()[-1], *continuation.split()]]
    return float(log_probs[ids[:-1], ids[1:]].prod())


def from_the_first_word(log_probs: np.ndarray, vocabulary: list[str], prompt: str, continuation: str) -> float:
    return right.score(log_probs, vocabulary, prompt.split()[0], continuation)


def reads_backwards(log_probs: np.ndarray, vocabulary: list[str], prompt: str, continuation: str) -> float:
    return right.score(log_probs.T, vocabulary, prompt, continuation)


def in_percent(prompt: str, obeying: str, ignoring: str, n_lines: int) -> float:
    return 100 * right.share_needed(prompt, obeying, ignoring, n_lines)


def number_of_lines(prompt: str, obeying: str, ignoring: str, n_lines: int) -> float:
    return round(n_lines * right.share_needed(prompt, obeying, ignoring, n_lines))


def share_that_ignores(prompt: str, obeying: str, ignoring: str, n_lines: int) -> float:
    return 1 - right.share_needed(prompt, obeying, ignoring, n_lines)


def one_line_too_few(prompt: str, obeying: str, ignoring: str, n_lines: int) -> float:
    return right.share_needed(prompt, obeying, ignoring, n_lines) - 1 / n_lines


def compares_the_wrong_way(prompt: str, obeying: str, ignoring: str, n_lines: int) -> float:  # noqa: ARG001
    return 0.0


def always_half(prompt: str, obeying: str, ignoring: str, n_lines: int) -> float:  # noqa: ARG001
    return 0.5


def first_majority(prompt: str, obeying: str, ignoring: str, n_lines: int) -> float:  # noqa: ARG001
    return (n_lines // 2 + 1) / n_lines


WRONG = [
    Wrong({"fit_bigrams": without_smoothing}, told="never came"),
    Wrong({"fit_bigrams": smoothed_like_the_lesson}, told="0.1"),
    Wrong({"fit_bigrams": adds_one_to_the_total}, told="grows by V"),
    Wrong({"fit_bigrams": over_the_columns}, told="adds up to 1 down the columns"),
    Wrong({"fit_bigrams": over_the_whole_table}, told="the whole table"),
    Wrong({"fit_bigrams": transposed}, told="the other way round"),
    Wrong({"fit_bigrams": probabilities_instead}, told="those are the probabilities"),
    Wrong({"fit_bigrams": runs_on_across_lines}, told="next line"),
    Wrong({"fit_bigrams": counts_a_repeated_pair_once}, told="np.add.at"),
    Wrong({"fit_bigrams": sorts_the_vocabulary}, told="order of the vocabulary"),
    Wrong({"fit_bigrams": forgets_keepdims}, told="keepdims=True"),
    Wrong({"fit_bigrams": forgets_to_normalize}, told="Divide each row by its sum"),
    Wrong({"fit_bigrams": divides_by_how_often_the_word_occurs}, told="has no successor there"),
    Wrong({"score": misses_the_fork}, told="fork in the road"),
    Wrong({"score": scores_the_prompt_too}, told="within the prompt"),
    Wrong({"score": mean_per_word}, told="2 times too small"),
    Wrong({"score": probability_instead}, told="That is the probability"),
    Wrong({"score": multiplies_logs}, told="logs are added"),
    Wrong({"score": from_the_first_word}, told="last word of the prompt"),
    Wrong({"score": reads_backwards}, told="row is the word before"),
    Wrong({"share_needed": in_percent}, told="in percent"),
    Wrong({"share_needed": number_of_lines}, told="number of lines"),
    Wrong({"share_needed": share_that_ignores}, told="the ignoring lines' share"),
    Wrong({"share_needed": one_line_too_few}, told="does not obey yet"),
    Wrong({"share_needed": compares_the_wrong_way}, told="no line obeys"),
    Wrong({"share_needed": always_half}, told="fit a model for each k"),
    Wrong({"share_needed": first_majority}, told="followed by more than one word"),
]
