"""1.3 What a small web makes a model prefer.

Count a bigram model from a few lines of text, score two answers to the same request with it, and
find out how much of the text has to obey before the model prefers to obey.

Lesson 1, "A model of a very small web" and the two sections after it. Words are separated by
spaces. Check with: python make.py check 1.3
"""

import numpy as np


def fit_bigrams(lines: list[str], vocabulary: list[str]) -> np.ndarray:
    """Return the model's log-probabilities, shape (V, V), in nats.

    Entry [a, b] belongs to `vocabulary[b]` coming right after `vocabulary[a]`. Count the pairs of
    neighbors within each line (a line's last word has no successor), add 1 to every count (the
    lesson adds 0.1), and turn each row into probabilities. `vocabulary` lists the V words in any
    order.
    """
    raise NotImplementedError(
        "a table of ones, np.ones((V, V)); then walk through each line with zip(words, words[1:])"
    )


def score(log_probs: np.ndarray, vocabulary: list[str], prompt: str, continuation: str) -> float:
    """Return the log-likelihood of `continuation` after `prompt`, in nats.

    `log_probs` is what `fit_bigrams` returned. The prompt itself is not scored, but its last word
    is what the first word of the continuation follows.
    """
    raise NotImplementedError("look up the ids of [last word of the prompt, *words of the continuation]")


def share_needed(prompt: str, obeying: str, ignoring: str, n_lines: int) -> float:
    """Return the smallest share of obeying lines, from 0 to 1, at which the model prefers to obey.

    A text has `n_lines` lines. k of them are the prompt and the obeying answer, the others the
    prompt and the ignoring one. Fit a model to the text for k = 0, 1, 2, …; the vocabulary is
    all words of the three strings. Return k / n_lines for the first k at which the obeying answer
    has the greater score.
    """
    raise NotImplementedError('lines = [f"{prompt} {obeying}"] * k + …; fit, score both, and stop at the first k')
