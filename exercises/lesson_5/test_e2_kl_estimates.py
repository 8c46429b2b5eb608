"""Checks of exercise 5.2."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from exercises.checking import Answer, Mistake, expect
from rlhf_textbook import kl_estimates

OBJECTIVES = (2,)

# Three tokens: one that the policy likes better, one that the SFT model does, one where they agree.
POLICY = np.array([-0.2, -1.5, -0.7])
SFT = np.array([-0.8, -1.0, -0.7])
D = [0.6, -0.5, 0.0]

# The second response has one token; after it stands padding, with numbers that mean nothing.
BATCH_POLICY = np.array([[-0.2, -1.5, -0.7], [-1.1, -5.0, -5.0]])
BATCH_SFT = np.array([[-0.8, -1.0, -0.9], [-0.4, -1.0, -9.0]])
MASK = np.array([[True, True, True], [True, False, False]])
EVERYWHERE = np.ones_like(MASK)


def row(answer: Answer, index: int) -> Callable[..., Any]:
    """One of the three estimates, so that a message speaks of one at a time."""
    estimates = answer.kl_estimates

    def one(log_probs: np.ndarray, ref_log_probs: np.ndarray) -> Any:
        return estimates(log_probs.copy(), ref_log_probs.copy())[index]

    one.__name__ = f"k{index + 1}, entry {index} of kl_estimates"
    return one


def of(d: float) -> list[float]:
    """Return k1, k2, k3 of one log-ratio."""
    return [d, d * d / 2, math.exp(-d) - 1 + d]


def means(batch_mask: np.ndarray, count: float) -> list[float]:
    """Sum the estimates where `batch_mask` is True, one by one, and divide by `count`."""
    total = [0.0, 0.0, 0.0]
    for p, q, kept in zip(BATCH_POLICY.flat, BATCH_SFT.flat, batch_mask.flat, strict=True):
        if kept:
            total = [old + new for old, new in zip(total, of(p - q), strict=True)]
    return [value / count for value in total]


def test_three_estimates_of_each_token(answer: Answer) -> None:
    result = expect(answer.kl_estimates, POLICY[:2], SFT[:2])
    in_words = "shape (3, 2) from two tokens: all k1, then all k2, then all k3"
    result.satisfies(
        lambda k: np.shape(k) != (2, 3),
        in_words=in_words,
        hint="The estimates come first: a row for each of them, a column for each token.",
    )
    result.satisfies(
        lambda k: np.shape(k) != (3,), in_words=in_words, hint="Keep the tokens apart here; means come afterwards."
    )
    result.satisfies(
        lambda k: np.shape(k) == (3, 2), in_words=in_words, hint="np.stack([k1, k2, k3]) makes one array of three."
    )


def test_k1_is_the_log_ratio(answer: Answer) -> None:
    expect(row(answer, 0), POLICY, SFT).equals(
        D,
        in_words="k1, the log-ratio d of each token",
        hint="A log-ratio is the difference of two log-probabilities.",
        mistakes=[
            Mistake([-d for d in D], "Turned round: d is the policy's log-probability minus the SFT model's."),
            Mistake(np.exp(D), "That is the ratio of the probabilities itself; d is its logarithm."),
            Mistake(
                np.exp(POLICY) - np.exp(SFT), "That is a difference of the probabilities. Stay with the logarithms."
            ),
            Mistake(
                [math.nan] * 3, "NaN, the log of a negative number: log_probs and ref_log_probs are logarithms already."
            ),
            Mistake(np.exp(POLICY) * D, "No weights here: tokens already come as often as the policy samples them."),
            Mistake(POLICY / SFT, "You divided two logarithms. The logarithm of a quotient is a difference."),
            Mistake(
                np.abs(D), "You took an absolute value. k1 may be negative, and must be to come out right on average."
            ),
        ],
    )


def test_k2_is_half_the_square(answer: Answer) -> None:
    expect(row(answer, 1), POLICY, SFT).equals(
        [of(d)[1] for d in D],
        in_words="k2, half the square of d",
        hint="k2 depends on d alone, and not on its sign.",
        mistakes=[
            Mistake([d * d for d in D], "The square is there; what is missing is the factor one half."),
            Mistake([d * d / 4 for d in D], "You squared d/2, which divides by 4: halve after squaring."),
            Mistake([d / 2 for d in D], "You halved d; k2 is half of its square."),
        ],
    )


def test_k3_is_never_negative(answer: Answer) -> None:
    expect(row(answer, 2), POLICY, SFT).equals(
        kl_estimates(POLICY, SFT).k3,
        in_words="k3, three parts: exp(−d), −1, and d",
        hint="At d = 0 it is 0, and it grows on both sides of 0. Does yours?",
        mistakes=[
            Mistake(
                [math.exp(-d) + d for d in D], "Yours is 1 for equal models. What must be taken off so that it is 0?"
            ),
            Mistake(
                [math.exp(d) - 1 - d for d in D],
                "Right shape, wrong way round: the ratio in it is π_SFT/π, that is exp(−d).",
            ),
            Mistake(
                [math.exp(d) - 1 + d for d in D],
                "Yours is negative for a negative d. Look at the sign in the exponent.",
            ),
            Mistake(
                [math.exp(-d) - 1 - d for d in D],
                "Yours is negative for a positive d: d is added, so that the slopes cancel at 0.",
            ),
        ],
    )


def test_a_batch_keeps_its_shape(answer: Answer) -> None:
    k = kl_estimates(BATCH_POLICY, BATCH_SFT)
    expect(answer.kl_estimates, BATCH_POLICY.copy(), BATCH_SFT.copy()).equals(
        [k.k1, k.k2, k.k3],
        in_words="shape (3, 2, 3) for a batch of 2 responses with 3 places each",
        hint="Every step should work on arrays of any shape; np.stack puts the new axis in front.",
    )


def slips(mask: np.ndarray) -> list[Mistake]:
    """Whatever can go wrong with a mean, with or without padding."""
    mean = means(mask, int(mask.sum()))[0]
    rows = [mask & [[True], [False]], mask & [[False], [True]]]
    each = np.transpose([means(one, int(one.sum())) for one in rows])
    one_each = "That is a mean for each response; here all tokens of the batch go into one."
    return [
        Mistake(of(mean), "k1 is right. In k2 and k3, average last: the formula for each token first, then the mean."),
        Mistake(each, one_each),
        Mistake(each.T, one_each),
        Mistake(np.mean(means(mask, int(mask.sum()))), "That is one mean of everything: keep k1, k2 and k3 apart."),
    ]


def test_mean_without_padding(answer: Answer) -> None:
    expect(answer.mean_estimates, BATCH_POLICY.copy(), BATCH_SFT.copy(), EVERYWHERE).equals(
        means(EVERYWHERE, 6),
        in_words="three means, each over all 6 tokens (the mask is True everywhere)",
        hint="Compute k1, k2 and k3 of every token, then average each of the three.",
        mistakes=[
            Mistake([math.nan] * 3, "NaN, the mean of nothing? The mask is True on the tokens to keep."),
            *slips(EVERYWHERE),
        ],
    )


def test_mean_leaves_padding_out(answer: Answer) -> None:
    of_means = np.mean([means(MASK & [[True], [False]], 3), means(MASK & [[False], [True]], 1)], axis=0)
    expect(answer.mean_estimates, BATCH_POLICY.copy(), BATCH_SFT.copy(), MASK).equals(
        means(MASK, 4),
        in_words="three means over the 4 response tokens, 3 of the first response and 1 of the second",
        hint="Which places have mask True? Sum over those, and divide by how many there are.",
        mistakes=[
            Mistake(means(EVERYWHERE, 6), "Padding is averaged in as if it were text: the mask is not used."),
            Mistake(means(EVERYWHERE, 4), "You divide by 4, as you should, but the padding is still in the sum."),
            Mistake(means(MASK, 6), "The sum is right; divide by the number of response tokens, not by all 6 places."),
            Mistake(means(~MASK, 2), "You kept the padding and left the text out: mask is True on the tokens to keep."),
            Mistake(of_means, "That is a mean of means: the one token of the second response weighs as much as three."),
            *slips(MASK),
        ],
    )
