"""1.3 What a small web makes a model prefer: a solution.

The model is a table of counts, one more than the text has. A continuation is scored by walking
through its pairs of neighbors, the first of which starts at the prompt's last word. The search
for the share tries every k.
"""

from itertools import pairwise

import numpy as np


def fit_bigrams(lines: list[str], vocabulary: list[str]) -> np.ndarray:
    """Return the model's log-probabilities, shape (V, V), in nats."""
    ids = {word: number for number, word in enumerate(vocabulary)}
    counts = np.ones((len(ids), len(ids)))
    for line in lines:
        words = [ids[word] for word in line.split()]
        for before, after in pairwise(words):
            counts[before, after] += 1
    return np.log(counts / counts.sum(axis=1, keepdims=True))


def score(log_probs: np.ndarray, vocabulary: list[str], prompt: str, continuation: str) -> float:
    """Return the log-likelihood of `continuation` after `prompt`, in nats."""
    words = [prompt.split()[-1], *continuation.split()]
    ids = [vocabulary.index(word) for word in words]
    return float(log_probs[ids[:-1], ids[1:]].sum())


def share_needed(prompt: str, obeying: str, ignoring: str, n_lines: int) -> float:
    """Return the smallest share of obeying lines, from 0 to 1, at which the model prefers to obey."""
    vocabulary = sorted(set(f"{prompt} {obeying} {ignoring}".split()))
    for k in range(n_lines + 1):
        lines = [f"{prompt} {obeying}"] * k + [f"{prompt} {ignoring}"] * (n_lines - k)
        model = fit_bigrams(lines, vocabulary)
        if score(model, vocabulary, prompt, obeying) > score(model, vocabulary, prompt, ignoring):
            return k / n_lines
    raise ValueError("no share of obeying lines is enough")
