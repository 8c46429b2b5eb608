"""Checks of exercise 1.1."""

import math

import numpy as np

from exercises.checking import Answer, Mistake, expect

OBJECTIVES = (1,)

CAT = np.array([0.20, 0.05, 0.60, 0.90])  # "the cat sat down", from the lesson
WHOLE = math.prod(CAT.tolist())
PER_TOKEN = math.log(WHOLE) / 4
LONG = np.full(2000, 0.5)
UNDERFLOW = "The product of 2,000 probabilities is smaller than any float and becomes 0. Take the logs first, then add."


def test_log_likelihood_of_four_tokens(answer: Answer) -> None:
    expect(answer.log_likelihood, CAT).equals(
        math.log(WHOLE),
        in_words="the natural logs of the four probabilities, added up: −5.221 nats",
        hint="Print the four logs first. The lesson shows what they should be.",
        mistakes=[
            Mistake(WHOLE, "That is the probability of the whole text, the product. Its logarithm is asked for."),
            Mistake(sum(CAT), "The probabilities do not add up to anything here. What does adding logs correspond to?"),
            Mistake(math.log(sum(CAT)), "The order matters: first the logs, then the sum."),
            Mistake(np.log(CAT), "Those are the four terms, and they are right. Now add them up."),
            Mistake(PER_TOKEN, "That is the mean per token. The log-likelihood is of the whole text."),
            Mistake(-math.log(WHOLE), "That is the loss of the text. The log-likelihood is its negative, at most 0."),
        ],
    )


def test_log_likelihood_of_a_long_text(answer: Answer) -> None:
    expect(answer.log_likelihood, LONG).equals(
        -2000 * math.log(2),
        in_words="2,000 times log 0.5 for a text of 2,000 tokens",
        hint="Every token adds one term, however many there are.",
        mistakes=[Mistake(-math.inf, UNDERFLOW)],
    )


def test_perplexity_of_four_tokens(answer: Answer) -> None:
    mixed = "The logarithm and what undoes it must match: np.log and np.exp, or np.log2 and 2**."
    early = "You averaged before you took logs. The mean is of the log-probabilities."
    expect(answer.perplexity, CAT).equals(
        WHOLE ** (-1 / 4),
        in_words="the exponential of the negative mean log-probability: 3.689",
        hint="Three steps: the mean of the logs, its negative, the exponential of that.",
        mistakes=[
            Mistake(-PER_TOKEN, "This still is in nats, a loss per token. One step is left: undo the logarithm."),
            Mistake(
                PER_TOKEN, "This still is in nats, a log-likelihood per token. A minus and an exponential are left."
            ),
            Mistake(WHOLE**0.25, "A perplexity is never less than 1. Which sign has the exponent?"),
            Mistake(-math.log(WHOLE), "That is the loss of the whole text, in nats. Perplexity starts from the mean."),
            Mistake(1 / WHOLE, "That is for the whole text at once. Perplexity is per token: sum or mean?"),
            Mistake(2**-PER_TOKEN, mixed),
            Mistake(10**-PER_TOKEN, mixed),
            Mistake(math.exp(-PER_TOKEN / math.log(2)), mixed),
            Mistake(math.exp(-PER_TOKEN / math.log(10)), mixed),
            Mistake(1 / CAT.mean(), early),
            Mistake((1 / CAT).mean(), early),
        ],
    )


def test_perplexity_of_a_choice_among_equals(answer: Answer) -> None:
    for choices, length in [(4, 7), (50, 3), (1, 5)]:
        expect(answer.perplexity, np.full(length, 1 / choices)).equals(
            choices,
            in_words=f"{choices}: at every step the model chose among {choices} equally likely tokens",
            hint="Does your mean depend on the length of the text?",
            mistakes=[Mistake(choices ** (length / 4), "You divide by the four of the example, not by this text's T.")],
        )


def test_perplexity_of_a_long_text(answer: Answer) -> None:
    expect(answer.perplexity, LONG).equals(
        2,
        in_words="2, for 2,000 tokens of probability 0.5 as for two of them",
        hint="A longer text of the same kind has the same perplexity.",
        mistakes=[Mistake(math.inf, UNDERFLOW)],
    )
