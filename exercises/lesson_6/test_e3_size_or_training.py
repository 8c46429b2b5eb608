"""Checks of exercise 6.3."""

import math

import numpy as np

from exercises.checking import Answer, Mistake, expect
from rlhf_textbook import expected_win_rate, quality_gap

OBJECTIVES = (1, 2)

ALPHA = 0.076
STEP = 175 / 1.3
SMALL, LARGE = np.array([0.14, 0.35, 0.53]), np.array([0.24, 0.50, 0.66])  # read from Figure 1


def test_loss_of_a_model_134_6_times_larger(answer: Answer) -> None:
    factor = math.exp(-ALPHA * math.log(STEP))
    expect(answer.loss_ratio, STEP).equals(
        factor,
        in_words="134.6^(−0.076), a cut of about three tenths",
        hint="In L(kN) / L(N) everything but k cancels. Which power of k is left?",
        mistakes=[
            Mistake(1 / factor, "The loss would grow with the model: look at the sign of the exponent."),
            Mistake(STEP ** (1 / ALPHA), "That power answers another question: the size for a loss 134.6 times lower."),
            Mistake(STEP ** (-1 / ALPHA), "The power 1/α answers another question; see the warning on the page."),
            Mistake(1 - factor, "That is how much of the loss goes away; asked is by what it is multiplied."),
            Mistake(1 / (ALPHA * STEP), "0.076 is no factor in front of the size; it stands up in the exponent."),
            Mistake(-ALPHA * math.log(STEP), "That is the log of the ratio, not the ratio. What undoes a log?"),
        ],
    )


def test_same_size_same_loss(answer: Answer) -> None:
    expect(answer.loss_ratio, 1.0).equals(
        1.0, in_words="a factor of 1 for a model of the same size", hint="Any power of 1 is 1."
    )


def test_another_exponent_and_many_sizes(answer: Answer) -> None:
    expect(answer.loss_ratio, np.array([1.0, 4.0, 0.25]), exponent=0.5).equals(
        np.array([1.0, 0.5, 2.0]),
        in_words="one over the square root of each size ratio, for an exponent of one half",
        hint="Do you use the argument `exponent`, or a number typed in? Does it work on whole arrays?",
    )


def test_size_for_half_the_loss(answer: Answer) -> None:
    doublings = 1 / ALPHA
    expect(answer.size_ratio, 0.5).equals(
        2**doublings,
        in_words="a model about nine thousand times larger for half the loss",
        hint="ρ = k^(−α). Raise both sides to a power that leaves k alone on the right.",
        mistakes=[
            Mistake(0.5**doublings, "A smaller model for a lower loss? Look at the sign of the exponent."),
            Mistake(0.5**-ALPHA, "That is the same power again. The power that undoes −α is not −α."),
            Mistake(0.5**ALPHA, "That is the same power again. The power that undoes −α is not α."),
            Mistake(1 / (ALPHA * 0.5), "0.076 is no factor; it stands up in the exponent, and so does what undoes it."),
        ],
    )


def test_size_ratio_undoes_loss_ratio(answer: Answer) -> None:
    sizes = np.array([1.0, 2.0, STEP, 0.5])
    expect(answer.size_ratio, np.exp(-ALPHA * np.log(sizes))).equals(
        sizes,
        in_words="the size ratios that these loss ratios were computed from",
        hint="size_ratio(loss_ratio(k)) must be k, for arrays too.",
    )


def test_size_for_a_loss_134_6_times_lower(answer: Answer) -> None:
    expect(answer.size_ratio, 1 / STEP).equals(
        math.exp(math.log(STEP) / ALPHA),
        in_words="about 10^28: the number that is sometimes given as an answer to another question",
        hint="Is the power −1/α, with nothing rounded on the way?",
    )


def test_gain_by_training(answer: Answer) -> None:
    before, after = 0.14, 0.53
    odds_ratio = after * (1 - before) / (before * (1 - after))
    expect(answer.gain, before, after).equals(
        math.log(odds_ratio),
        in_words="from GPT-3 to InstructGPT at 1.3B: the gap at 53 % less the gap at 14 %",
        hint="Each rate has a quality gap to the baseline. How far is it from one to the other?",
        mistakes=[
            Mistake(-math.log(odds_ratio), "Only the sign is wrong: a better model after than before is a gain."),
            Mistake(after - before, "Those are points of win rate. First the gap of each rate, then the difference."),
            Mistake(odds_ratio, "That is the ratio of the odds. On the ruler of gaps it is a log."),
            Mistake(math.log(after / before), "A gap is the log of the odds p / (1 − p), not of the rates alone."),
            Mistake(
                odds_ratio / (1 + odds_ratio),
                "You already had the gain and turned it into a win rate again; return it in nats.",
            ),
        ],
    )


def test_gain_by_size(answer: Answer) -> None:
    expect(answer.gain, SMALL, LARGE).equals(
        quality_gap(LARGE) - quality_gap(SMALL),
        in_words="what 1.3B to 175B gains for GPT-3, SFT and InstructGPT, one number each",
        hint="Does every step work on whole arrays?",
    )


def test_equal_steps_are_equal_anywhere(answer: Answer) -> None:
    starts = np.array([-3.0, 0.0, 2.0])
    expect(answer.gain, expected_win_rate(starts), expected_win_rate(starts + 0.5)).equals(
        np.full(3, 0.5),
        in_words="a gain of 0.5 at 5 %, at 50 % and at 88 %, though the points of win rate differ",
        hint="Only the two gaps may enter, each the log of its own odds.",
    )
