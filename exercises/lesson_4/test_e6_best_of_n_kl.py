"""Checks of exercise 4.6."""

import math
from itertools import product

import numpy as np

from exercises.checking import Answer, Mistake, expect
from rlhf_textbook import best_of_n_kl

OBJECTIVES = (4,)

POLICY = np.array([0.5, 0.3, 0.2])


def by_enumeration(probabilities: np.ndarray, n_samples: int) -> np.ndarray:
    """Go through all possible batches of n draws; the highest number of each is shown."""
    shown = np.zeros(len(probabilities))
    for draws in product(range(len(probabilities)), repeat=n_samples):
        shown[max(draws)] += math.prod(probabilities[k] for k in draws)
    return shown


def divergence(left: np.ndarray, right: np.ndarray) -> float:
    return sum(float(p * math.log(p / q)) for p, q in zip(left, right, strict=True) if p > 0)


def test_bound_for_16(answer: Answer) -> None:
    expect(answer.kl_bound, 16).equals(
        best_of_n_kl(16),
        in_words="log 16 − 15/16 nats",
        hint="The natural logarithm of n, minus a fraction just below 1.",
        mistakes=[
            Mistake(math.log(16), "Only the first term is there; (n − 1) / n is to be subtracted."),
            Mistake(math.log2(16) - 15 / 16, "That is a logarithm to base 2. Nats need the natural one."),
            Mistake(math.log10(16) - 15 / 16, "That is a logarithm to base 10. Nats need the natural one."),
            Mistake(math.log(16) + 15 / 16, "(n − 1) / n is subtracted, not added."),
            Mistake(math.log(16 - 15 / 16), "The logarithm is of n alone; the fraction is subtracted afterwards."),
            Mistake(math.log(16) - 16 - 1 / 16, "Division comes before subtraction: (n − 1) / n needs parentheses."),
        ],
    )


def test_bound_for_one(answer: Answer) -> None:
    expect(answer.kl_bound, 1).equals(
        0.0, in_words="0 for n = 1, since nothing is chosen", hint="log 1 is 0, and so is (1 − 1) / 1."
    )


def test_two_draws_of_three_responses(answer: Answer) -> None:
    right = by_enumeration(POLICY, 2)
    expect(answer.best_of_n_probabilities, POLICY.copy(), 2).equals(
        right,
        in_words="0.25 for the worst response, which is shown only if both draws are it; then 0.39 and 0.36",
        hint="How likely are both draws among the first k? Part of that is: both among the first k − 1.",
        mistakes=[
            Mistake(
                np.cumsum(right), "That is how likely it is that response k or a worse one is shown. Which part is k?"
            ),
            Mistake(
                1 - (1 - POLICY) ** 2,
                "That is how likely a response is to be drawn at all; what is drawn is not always shown.",
            ),
            Mistake(POLICY**2, "That is the chance that all n draws are this response. Which other draws show it too?"),
            Mistake(
                POLICY**2 / np.sum(POLICY**2),
                "That starts from the chance that all n draws are this response. Which other draws show it too?",
            ),
            Mistake(
                by_enumeration(POLICY[::-1], 2)[::-1], "That is the worst of the n: the highest score comes last here."
            ),
            Mistake(POLICY, "That is the policy itself, as if there were one draw too few. Which power of the sum?"),
        ],
    )


def test_more_draws_and_responses(answer: Answer) -> None:
    for probabilities, n_samples in [(POLICY, 1), (POLICY, 5), (np.array([0.1, 0.2, 0.3, 0.4]), 4), (np.ones(1), 3)]:
        expect(answer.best_of_n_probabilities, probabilities.copy(), n_samples).equals(
            by_enumeration(probabilities, n_samples),
            in_words=f"best of {n_samples} from {len(probabilities)} responses, adding up to 1",
            hint="Take n and the number of responses from the arguments. Does it add up to 1?",
        )


def test_divergence_of_two_draws(answer: Answer) -> None:
    shown = by_enumeration(POLICY, 2)
    expect(answer.best_of_n_kl, POLICY.copy(), 2).equals(
        divergence(shown, POLICY),
        in_words="Σ q log(q / p), with q for what is shown and p for the policy",
        hint="What is shown does the weighting, and stands on top in the logarithm.",
        mistakes=[
            Mistake(divergence(POLICY, shown), "That is the other direction, KL(policy ‖ best-of-n)."),
            Mistake(
                -divergence(POLICY, shown),
                "The logarithms are right, but weighted by the wrong distribution.",
            ),
            Mistake(float(np.log(shown / POLICY).sum()), "You added the logarithms without weights."),
            Mistake(best_of_n_kl(2), "That is the bound. The same response can be drawn twice, so the KL is smaller."),
        ],
    )


def test_divergence_when_a_response_is_never_shown(answer: Answer) -> None:
    expect(answer.best_of_n_kl, np.array([0.001, 0.999]), 1000).equals(
        math.log(1 / 0.999),
        in_words="practically always the better response, so KL = log(1 / 0.999)",
        hint="The worse one has a chance of 0.001 to the power 1000 to be shown: 0, for a computer.",
        mistakes=[
            Mistake(math.nan, "0 · log 0 gave NaN. A response that is never shown counts 0: leave it out of the sum.")
        ],
    )


def test_divergence_stays_below_the_bound(answer: Answer) -> None:
    rng = np.random.default_rng(16)
    for n_responses in (2, 10, 500):
        probabilities = rng.dirichlet(np.ones(n_responses))
        expect(answer.best_of_n_kl, probabilities.copy(), 16).satisfies(
            lambda kl: 0 <= kl <= float(best_of_n_kl(16)),
            in_words=f"between 0 and log 16 − 15/16 nats, for {n_responses} responses",
            hint="No response becomes more than n times as likely. Do your probabilities add up to 1?",
        )
    expect(answer.best_of_n_kl, np.full(1000, 1e-3), 16).equals(
        best_of_n_kl(16),
        in_words="close to log 16 − 15/16 nats when no response is likely to be drawn twice",
        hint="With 1000 equally likely responses the bound is nearly reached.",
        tolerance=1e-2,
    )
