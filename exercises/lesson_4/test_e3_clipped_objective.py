"""Checks of exercise 4.3."""

import numpy as np

from exercises.checking import Answer, Mistake, expect
from rlhf_textbook import clipped_surrogate

OBJECTIVES = (3,)

OLD = np.log([0.30, 0.30])
# Grown, grown, shrunk, shrunk, and two that stayed within the range.
SIX_RATIOS = np.array([1.5, 1.4, 0.5, 0.6, 1.1, 0.9])
SIX_ADVANTAGES = np.array([1.0, -1.0, 1.0, -2.0, 0.5, -0.5])
SIX_OLD = np.log([0.30, 0.20, 0.40, 0.50, 0.10, 0.60])


def objective_by_cases(rho: np.ndarray, advantages: np.ndarray, clip_range: float) -> float:
    """Follow the table of the lesson, token by token, without a minimum."""
    terms = []
    for ratio, advantage in zip(rho, advantages, strict=True):
        if advantage > 0 and ratio > 1 + clip_range:
            terms.append((1 + clip_range) * advantage)
        elif advantage < 0 and ratio < 1 - clip_range:
            terms.append((1 - clip_range) * advantage)
        else:
            terms.append(ratio * advantage)
    return float(np.mean(terms))


def test_ratio(answer: Answer) -> None:
    expect(answer.ratios, np.log([0.33, 0.15]), np.log([0.30, 0.30])).equals(
        [0.33 / 0.30, 0.15 / 0.30],
        in_words="1.1 for a token that went from 0.30 to 0.33, and 0.5 for one that fell to 0.15",
        hint="exp turns a difference of logarithms into a quotient.",
        mistakes=[
            Mistake(np.log([1.1, 0.5]), "That is the logarithm of the ratio. How do you undo a logarithm?"),
            Mistake(
                np.log([0.33, 0.15]) / np.log([0.30, 0.30]),
                "You divided the arguments, but a quotient of logarithms is no ratio of probabilities.",
            ),
            Mistake([0.30 / 0.33, 0.30 / 0.15], "It is upside down: more likely than before must give more than 1."),
            Mistake([0.33 - 0.30, 0.15 - 0.30], "Asked is how many times as likely, not by how much."),
        ],
    )


def test_objective_within_the_range(answer: Answer) -> None:
    log_ratios = np.log([1.1, 0.9])
    off_center = (0.2 * 0.65 - 0.9 * 0.2) / 2
    expect(answer.clipped_objective, OLD + log_ratios, OLD.copy(), np.array([0.65, -0.2]), 0.2).equals(
        (1.1 * 0.65 - 0.9 * 0.2) / 2,
        in_words="the mean of ρA, as long as no ratio has left 0.8 … 1.2",
        hint="Ratio times advantage for each token, then the mean.",
        mistakes=[
            Mistake(off_center, "The clip goes from 1 − ε to 1 + ε: it lies around 1, where nothing has changed yet."),
            Mistake(
                -(1.1 * 0.65 - 0.9 * 0.2) / 2, "That is a loss, to be made small. The objective is to be made large."
            ),
            Mistake((log_ratios[0] * 0.65 - 0.8 * 0.2) / 2, "The ratio has no exp in it: use your function `ratios`."),
            Mistake(
                (np.log(1.1) * 0.65 - np.log(0.9) * 0.2) / 2, "The ratio has no exp in it: use your function `ratios`."
            ),
        ],
    )


def test_objective_for_positive_advantages(answer: Answer) -> None:
    expect(answer.clipped_objective, OLD + np.log([1.4, 0.5]), OLD.copy(), np.array([0.9, 0.9]), 0.2).equals(
        (1.2 + 0.5) / 2 * 0.9,
        in_words="1.2 · 0.9 for the ratio 1.4 (clipped) and 0.5 · 0.9 for the ratio 0.5 (not clipped), averaged",
        hint="Write down ρA and clip(ρ)A for both tokens, and take the smaller one of each pair.",
        mistakes=[
            Mistake((1.4 + 0.8) / 2 * 0.9, "You took the larger of the two candidates; the lesson takes the smaller."),
            Mistake((1.4 + 0.5) / 2 * 0.9, "That is the mean of ρA: nothing is clipped."),
            Mistake(
                (1.2 + 0.8) / 2 * 0.9,
                "Yours is clipped on both sides. Where ρA is the smaller candidate, it is the one that counts.",
            ),
            Mistake((1.2 + 0.45) / 2, "The clip belongs around the ratio, not around ratio times advantage."),
        ],
    )


def test_objective_for_negative_advantages(answer: Answer) -> None:
    expect(answer.clipped_objective, OLD + np.log([1.4, 0.5]), OLD.copy(), np.array([-0.65, -0.65]), 0.2).equals(
        (1.4 + 0.8) / 2 * -0.65,
        in_words="−1.4 · 0.65 for the ratio 1.4 (not clipped) and −0.8 · 0.65 for the ratio 0.5 (clipped), averaged",
        hint="Write down ρA and clip(ρ)A for both tokens. Of two negative numbers, which one is smaller?",
        mistakes=[
            Mistake(
                (1.2 + 0.5) / 2 * -0.65,
                "First multiply by the advantage, then take the smaller: a negative factor swaps smaller and larger.",
            ),
            Mistake((1.4 + 0.5) / 2 * -0.65, "Here too the clip has something to do: which token has shrunk enough?"),
            Mistake((1.2 + 0.8) / 2 * -0.65, "Clipped on both sides: where is the minimum?"),
        ],
    )


def test_objective_with_another_clip_range(answer: Answer) -> None:
    rho = np.array([1.3, 1.05, 0.7, 0.93, 1.15])
    advantages = np.array([0.4, 1.3, -0.9, -0.3, 0.0])
    expect(answer.clipped_objective, np.log(0.3 * rho), np.full(5, np.log(0.3)), advantages, 0.1).equals(
        objective_by_cases(rho, advantages, 0.1),
        in_words="the clip at 0.9 and 1.1, and a mean over five tokens",
        hint="Take ε and the number of tokens from the arguments.",
        mistakes=[Mistake(objective_by_cases(rho, advantages, 0.2), "It still clips at 0.2; `clip_range` is 0.1 now.")],
    )


def test_gradient_within_the_range(answer: Answer) -> None:
    rho, advantages = np.array([1.1, 0.9]), np.array([0.65, -0.65])
    expect(answer.clipped_gradient, OLD + np.log(rho), OLD.copy(), advantages, 0.2).equals(
        rho * advantages / 2,
        in_words="ρA / n where nothing is clipped",
        hint="The derivative of exp(u) is exp(u). And which factor does the mean bring?",
        mistakes=[
            Mistake([0, 0], "Within the range both candidates are the same, and the objective does change with ρ."),
            Mistake(
                -rho * advantages / 2, "It points downhill: with A > 0, more log-probability is a larger objective."
            ),
            Mistake(
                advantages / 2,
                "That is the slope by the ratio (or ρ taken as 1). By log π the ratio ρ = exp(log π − …) stays.",
            ),
            Mistake(
                rho * advantages / 2 / (0.3 * rho),
                "That is the slope by the probability; asked for is the slope by its logarithm.",
            ),
        ],
    )


def test_gradient_beyond_the_range(answer: Answer) -> None:
    products = SIX_RATIOS * SIX_ADVANTAGES
    clipped = np.clip(SIX_RATIOS, 0.8, 1.2) * SIX_ADVANTAGES
    expect(answer.clipped_gradient, SIX_OLD + np.log(SIX_RATIOS), SIX_OLD.copy(), SIX_ADVANTAGES.copy(), 0.2).equals(
        np.array([0, products[1], products[2], 0, products[4], products[5]]) / 6,
        in_words="0 for ρ = 1.5 with A > 0 and for ρ = 0.6 with A < 0; ρA / n for the other four",
        hint="The push ends where a token has already gone beyond the range in the direction its advantage asks for.",
        mistakes=[
            Mistake(products / 6, "That is ρA / n everywhere: nothing is switched off."),
            Mistake(
                np.array([0, 0, 0, 0, products[4], products[5]]) / 6,
                "You stop at both ends of the range; a token that moved in the wrong direction must be pushed back.",
            ),
            Mistake(
                np.array([products[0], 0, 0, products[3], products[4], products[5]]) / 6,
                "You switch off the wrong two tokens: those that moved against their advantage.",
            ),
            Mistake(
                np.array([0, *products[1:]]) / 6,
                "The first token stops, as it should. When does a token with negative advantage stop?",
            ),
            Mistake(
                np.array([*products[:3], 0, *products[4:]]) / 6,
                "The fourth token stops, as it should. When does a token with positive advantage stop?",
            ),
            Mistake(
                np.array([0, 0, *products[2:]]) / 6,
                "Yours stops where the ratio is large, whatever the advantage. Go through the lesson's table of cases.",
            ),
            Mistake(
                np.minimum(products, clipped) / 6,
                "Where the clip acts, the objective does not change with the ratio any more. What is its slope there?",
            ),
        ],
    )


def test_gradient_before_the_first_step(answer: Answer) -> None:
    old, advantages = np.log([0.2, 0.5, 0.7]), np.array([1.2, -0.4, 0.0])
    expect(answer.clipped_gradient, old.copy(), old.copy(), advantages, 0.2).equals(
        advantages / 3,
        in_words="advantage / n while all ratios are 1: the plain policy gradient",
        hint="At ratio 1 the clip has nothing to do, whatever the advantage.",
    )


def test_gradient_with_another_clip_range(answer: Answer) -> None:
    old = np.log([0.3, 0.3, 0.1, 0.2, 0.5, 0.4, 0.2])
    log_probs = old + np.log([1.25, 0.75, 1.35, 0.65, 0.75, 1.25, 1.0])
    advantages = np.array([0.4, -0.3, 0.8, -1.1, 0.2, -0.6, 0.9])
    expect(answer.clipped_gradient, log_probs.copy(), old.copy(), advantages.copy(), 0.3).equals(
        clipped_surrogate(log_probs, old, advantages, clip_range=0.3).gradient,
        in_words="the slope of clipped_objective for each of seven tokens, now with ε = 0.3",
        hint="Take ε and the number of tokens from the arguments, and compare with a finite difference.",
        mistakes=[
            Mistake(
                clipped_surrogate(log_probs, old, advantages, clip_range=0.2).gradient,
                "It still clips at 0.2; `clip_range` is 0.3 now.",
            )
        ],
    )
