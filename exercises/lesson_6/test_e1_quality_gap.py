"""Checks of exercise 6.1."""

import numpy as np

from exercises.checking import Answer, Mistake, expect

OBJECTIVES = (2,)

ENDS = np.array([[0.82, 0.85, 0.88], [0.67, 0.71, 0.75]])
OURS = np.array([0.66, 0.66, 0.53])
THEIRS = np.array([0.24, 0.41, 0.24])


def by_odds(ours: np.ndarray, theirs: np.ndarray) -> np.ndarray:
    """Predict the rate without a logarithm: A wins and B loses against the baseline, or the reverse."""
    return ours * (1 - theirs) / (ours * (1 - theirs) + theirs * (1 - ours))


def test_gap_of_85_percent(answer: Answer) -> None:
    odds = 0.85 / 0.15
    expect(answer.quality_gap, 0.85).equals(
        np.log(odds),
        in_words="the natural log of the odds 0.85 to 0.15",
        hint="Which two numbers make the odds? Their ratio, and then its log.",
        mistakes=[
            Mistake(odds, "Those are the odds. The sigmoid has an exp in it; what undoes that?"),
            Mistake(-np.log(odds), "Only the sign is wrong: whoever wins more than half is ahead, by a positive gap."),
            Mistake(np.log(0.85 / 99.15), "The rate already is a fraction: 0.85, not 85. There is no 100 in it."),
            Mistake(np.log(0.85), "That is the log of the rate alone; what is it compared with in the odds?"),
            Mistake(np.log(0.85) / 0.15, "Parentheses: the log is taken of the whole ratio, not of its upper half."),
            Mistake(1 / (1 + np.exp(-0.85)), "That is the sigmoid of the rate. The rate is its result; what went in?"),
            Mistake(0.35, "That is still a difference of rates. Start from p = σ(Δq) and solve for Δq."),
        ],
    )


def test_no_gap_at_one_half(answer: Answer) -> None:
    expect(answer.quality_gap, 0.5).equals(
        0.0, in_words="no gap between equals", hint="At one half the odds are 1. What is the log of 1?"
    )


def test_gaps_of_a_table_of_rates(answer: Answer) -> None:
    expect(answer.quality_gap, ENDS).equals(
        np.array([[np.log(p) - np.log(1 - p) for p in row] for row in ENDS]),
        in_words="one gap for each of the 2 × 3 rates, in the same places",
        hint="Does every step work on whole arrays? math.log does not, np.log does.",
    )


def test_win_rate_of_a_gap(answer: Answer) -> None:
    expect(answer.expected_win_rate, 1.5).equals(
        1 / (1 + np.exp(-1.5)),
        in_words="the sigmoid of the gap, a fraction above one half",
        hint="σ(z) = 1 / (1 + exp(−z)).",
        mistakes=[
            Mistake(100 / (1 + np.exp(-1.5)), "That is in percent; return a fraction between 0 and 1."),
            Mistake(1 / (1 + np.exp(1.5)), "That is the win rate of the other model. Look at the sign inside exp."),
            Mistake(np.exp(1.5), "Those are the odds, and they may be above 1. How do odds become a probability?"),
        ],
    )


def test_there_and_back(answer: Answer) -> None:
    gaps = np.log(ENDS) - np.log(1 - ENDS)
    expect(answer.expected_win_rate, gaps).equals(
        ENDS,
        in_words="the rates that these gaps were computed from",
        hint="The sigmoid undoes the log of the odds. Does your function take whole arrays?",
    )


def test_hopeless_and_certain(answer: Answer) -> None:
    expect(answer.expected_win_rate, np.array([-1000.0, 1000.0])).satisfies(
        lambda rates: np.allclose(rates, [0.0, 1.0]),
        in_words="rates of 0 and 1 for gaps of −1000 and 1000, without a NaN",
        hint="exp(1000) overflows to ∞, and ∞/∞ is NaN. In 1 / (1 + exp(−z)) an ∞ does no harm; can you use that form?",
    )


def test_one_match_that_was_not_played(answer: Answer) -> None:
    ours, theirs = 0.66, 0.24
    expect(answer.predicted_win_rate, ours, theirs).equals(
        by_odds(np.array(ours), np.array(theirs)),
        in_words="InstructGPT at 66 % and GPT-3 at 24 % against SFT: about 86 % between them",
        hint="Draw A, the baseline and B on a line of qualities. How far apart are A and B?",
        mistakes=[
            Mistake(
                by_odds(np.array(ours), np.array(1 - theirs)),
                "You add the two gaps. Both are counted from the baseline up: how far is it from B to A?",
            ),
            Mistake(
                ours / (ours + theirs),
                "That is ours / (ours + theirs): it takes rates for strengths. Turn them into gaps.",
            ),
            Mistake(ours * (1 - theirs), "A wins and B loses: that is one way round. Set it against the other."),
            Mistake(
                1 / (1 + np.exp(theirs - ours)), "Rates went straight into the sigmoid. It takes a difference of gaps."
            ),
            Mistake(0.5 + ours - theirs, "Rates do not subtract (0.9 and 0.1 would give 1.3); gaps do."),
            Mistake(by_odds(np.array(theirs), np.array(ours)), "That is B against A. From whose gap do you subtract?"),
            Mistake(
                np.log(ours / (1 - ours)) - np.log(theirs / (1 - theirs)),
                "That is the gap between A and B, and it is right; one step is left.",
            ),
        ],
    )


def test_three_matches_at_once(answer: Answer) -> None:
    expect(answer.predicted_win_rate, OURS, THEIRS).equals(
        by_odds(OURS, THEIRS),
        in_words="a prediction for each of three pairs of rates",
        hint="Build it from your two functions above; they take arrays.",
    )


def test_equals_against_the_baseline_are_equals(answer: Answer) -> None:
    rates = np.array([0.1, 0.5, 0.9])
    expect(answer.predicted_win_rate, rates, rates).equals(
        np.full(3, 0.5), in_words="one half wherever both rates are the same", hint="Which gap is left between them?"
    )
