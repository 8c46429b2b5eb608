"""Numeric answers that the page of lesson 1 asks for."""

import numpy as np

from exercises.lesson_1.e1_likelihood_solution import log_likelihood, perplexity
from exercises.page_answers import NumericAnswer

QUARTERS = np.full(12, 0.25)
SHORT = np.exp(np.full(6, -2.0))  # any six probabilities whose logs add up to −12 would do
LONG = np.exp(np.full(10, -1.5))  # any ten whose logs add up to −15

ANSWERS = {
    "twelve-quarters": NumericAnswer(
        value=log_likelihood(QUARTERS),
        decimals=2,
        unit="nats",
        hints=("Each token adds the same term, log 0.25.", "Twelve times log 0.25. It is negative."),
        solution="12 · log 0.25 = 12 · (−1.386).",
    ),
    "perplexity-of-quarters": NumericAnswer(
        value=perplexity(QUARTERS),
        decimals=0,
        hints=(
            "The mean log-probability is log 0.25. What undoes the logarithm?",
            "A probability of 0.25 is a choice among how many equals?",
        ),
        solution="exp(−log 0.25) = 1 / 0.25. The twelve play no part: perplexity is per token.",
    ),
    "how-much-likelier": NumericAnswer(
        value=float(np.exp(log_likelihood(SHORT) - log_likelihood(LONG))),
        decimals=1,
        unit="times",
        hints=(
            "A difference of logarithms is the logarithm of a ratio.",
            "The exponential of −12 − (−15) is the ratio of the two probabilities.",
        ),
        solution="exp(−12 + 15) = exp(3).",
    ),
    "perplexity-of-the-longer": NumericAnswer(
        value=perplexity(LONG),
        decimals=2,
        hints=("Divide the log-likelihood by the number of tokens first.", "exp(15 / 10)."),
        solution=(
            "exp(15 / 10) = exp(1.5). The shorter text has exp(12 / 6) = 7.39: it is the likelier one of the two, "
            "and yet each of its tokens was the greater surprise."
        ),
    ),
}
