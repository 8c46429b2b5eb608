"""People: what they value in a response, how they differ, and how they rank.

The gold labeler's quality of a response is `2 · (share of right symbols) + [exactly right] − 0.3 · (symbols too many or
too few) − (rude words)`, so 3 for a perfect one. A labeler weighs these a little differently, may prefer one of the two
ways to write a symbol, and ranks with noise (a Plackett–Luce model of the labeler's own quality).
"""

import numpy as np

from rlhf_textbook import _checks as checks
from rlhf_textbook._checks import FloatArray, IntArray
from rlhf_textbook.tiny.language import (
    END,
    FIRST_SYMBOL,
    N_SYMBOLS,
    PROMPT_LENGTH,
    RUDE,
    SEQUENCE_LENGTH,
    response_tokens,
    right_answers,
    token_array,
)

FEATURES = ("share right", "exactly right", "length error", "rude words", "capitals")
GOLD_WEIGHTS = np.array([2.0, 1.0, -0.3, -1.0, 0.0])


def features(sequences: IntArray) -> FloatArray:
    """Measure what a labeler looks at, shape (n, 5), columns as in `FEATURES`; capitals as a share of the symbols."""
    sequences = token_array("sequences", sequences, SEQUENCE_LENGTH)
    responses = sequences[:, PROMPT_LENGTH:]
    body = response_tokens(sequences) & (responses != END)
    symbols = body & (responses >= FIRST_SYMBOL)
    right = symbols[:, :3] & ((responses[:, :3] - FIRST_SYMBOL) % N_SYMBOLS == right_answers(sequences))
    n_words = body.sum(axis=1)
    share = right.mean(axis=1)
    capitals = (symbols & (responses >= FIRST_SYMBOL + N_SYMBOLS)).sum(axis=1) / np.maximum(symbols.sum(axis=1), 1)
    rude = (body & (responses == RUDE)).sum(axis=1)
    return np.column_stack([share, (share == 1) & (n_words == 3), abs(n_words - 3), rude, capitals])


def quality(sequences: IntArray, weights: FloatArray = GOLD_WEIGHTS) -> FloatArray:
    """Quality of each response to a labeler with these weights, the gold labeler unless given; shape (n,)."""
    return features(sequences) @ weights


def hire_labelers(n: int, spread: float, rng: np.random.Generator) -> FloatArray:
    """Weights of `n` labelers, shape (n, 5): each gold weight times `exp(spread · z)`, and a taste in wording."""
    checks.whole_number("n", n, low=1)
    checks.number("spread", spread, low=0)
    z = rng.normal(size=(n, len(FEATURES)))
    weights = GOLD_WEIGHTS * np.exp(spread * z)
    weights[:, -1] = spread * z[:, -1]
    return weights


def rank(qualities: FloatArray, temperature: float, rng: np.random.Generator) -> IntArray:
    """Noisy ranking of each row, best first: Plackett–Luce with worths `exp(quality / temperature)`.

    Adding standard Gumbel noise to `quality / temperature` and sorting draws from that model exactly (Yellott 1977).
    """
    q = checks.float_array("qualities", qualities, min_ndim=1)
    checks.number("temperature", temperature, low=0, low_open=True)
    return np.argsort(-(q / temperature + rng.gumbel(size=q.shape)), axis=-1)
