"""Checks of exercise 6.2."""

import math

import numpy as np

from exercises.checking import Answer, Mistake, expect
from rlhf_textbook import win_rate_interval

OBJECTIVES = (1, 2)

Z = 1.96
TOLERANCE = 1e-4  # 1.96 and 1.959964 are both right


def least(win_rate: float, margin: float) -> int:
    """Count up until the interval is narrow enough."""
    return next(n for n in range(1, 100_000) if Z * math.sqrt(win_rate * (1 - win_rate) / n) <= margin)


def by_definition(wins: float, n: int) -> list[float]:
    """Find both ends by halving, from the condition alone."""
    ends = []
    for outside in (0.0, 1.0):
        inside = wins / n
        for _ in range(60):
            middle = (outside + inside) / 2
            if abs(wins / n - middle) <= Z * math.sqrt(middle * (1 - middle) / n):
                inside = middle
            else:
                outside = middle
        ends.append(inside)
    return ends


def gaps(wins: float, n: int) -> np.ndarray:
    """Use the closed form, gap of the measured rate ± 2 asinh(z / (2 √(n p (1 − p))))."""
    rate = wins / n
    reach = 2 * math.asinh(Z / (2 * math.sqrt(n * rate * (1 - rate))))
    return math.log(rate / (1 - rate)) + np.array([-reach, reach])


def test_comparisons_behind_85_plus_minus_3(answer: Answer) -> None:
    exact = 0.85 * 0.15 * (Z / 0.03) ** 2
    expect(answer.comparisons_needed, 0.85, 0.03).equals(
        least(0.85, 0.03),
        in_words="enough comparisons for 85 ± 3 %, and not one more",
        hint="Solve Z_95 · √(p(1 − p)/n) = margin for n: square both sides first.",
        mistakes=[
            Mistake(math.floor(exact), "So few make the interval a little wider than asked: is it enough?"),
            Mistake(exact, "There is no fraction of a comparison: which whole number is enough?"),
            Mistake(math.ceil(math.sqrt(exact)), "n stands under the root. What else must be squared with it?"),
            Mistake(math.ceil(exact / math.sqrt(0.85 * 0.15)), "p(1 − p) is under the same root as n; square it too."),
            Mistake(math.ceil(exact / Z**2), "Where is Z_95? One standard error covers only about 68 %."),
            Mistake(least(0.5, 0.03), "That is for a rate of 50 %, the worst case. Use the rate that is given."),
            Mistake(math.ceil(4 * exact), "The margin is one side of the interval, not its whole width."),
            Mistake(math.ceil(exact / 4), "The margin already is one side of the interval; do not double it."),
        ],
    )  # fmt: skip


def test_comparisons_behind_other_margins(answer: Answer) -> None:
    for win_rate, margin in [(0.71, 0.04), (0.5, 0.03), (0.734, 0.02), (0.15, 0.03)]:
        expect(answer.comparisons_needed, win_rate, margin).equals(
            least(win_rate, margin),
            in_words=f"the smallest whole number that is enough for {100 * win_rate:g} ± {100 * margin:g} %",
            hint="Always round up: the number before does not suffice.",
        )


def test_wilson_of_85_in_100(answer: Answer) -> None:
    package = win_rate_interval(85, 100)
    ends = np.array([package.low, package.high])
    root = Z * math.sqrt(0.85 * 0.15 / 100)
    half = (package.high - package.low) / 2
    short = Z / 100
    expect(answer.wilson_interval, 85, 100).equals(
        ends,
        in_words="the two rates whose own Z_95 standard errors just reach 0.85",
        hint="Collect x², x and the rest; then the formula for a quadratic, or np.roots and a sort.",
        mistakes=[
            Mistake(
                [0.85 - root, 0.85 + root],
                "You use the standard error of the measured rate 0.85. At an end x it is √(x(1 − x)/n).",
            ),
            Mistake(ends * (1 + Z**2 / 100), "Almost: after collecting terms, the coefficient of x² is not 1."),
            Mistake(
                [
                    (0.85 + Z**2 / 200 + sign * Z * math.sqrt(0.85 * 0.15 / 100 + Z**2 / 400)) / (1 + Z**2 / 100)
                    for sign in (-1, 1)
                ],
                "Nearly Wilson's formula. Inside the root, beside p(1 − p)/n, n² belongs under z²/4.",
            ),
            Mistake(100 * ends, "That is in percent; return fractions."),
            Mistake(ends[::-1], "Both are right; the lower end comes first."),
            Mistake([0.85 - half, 0.85 + half], "The width is right. But the measured rate is not in its middle."),
            Mistake(
                [
                    (0.85 + short / 2 + sign * math.sqrt(short * (0.85 * 0.15 + short / 4))) / (1 + short)
                    for sign in (-1, 1)
                ],
                "When you square both sides, Z_95 has to be squared too.",
            ),
        ],
        tolerance=TOLERANCE,
    )


def test_wilson_of_more_comparisons(answer: Answer) -> None:
    for wins, n in [(1700, 2000), (6, 20), (17, 20)]:
        expect(answer.wilson_interval, wins, n).equals(
            by_definition(wins, n),
            in_words=f"the ends for {wins} wins in {n}, from the condition in the docstring",
            hint="Does every n in your formula come from the argument, and every rate from wins/n?",
            tolerance=TOLERANCE,
        )


def test_wilson_with_a_tie(answer: Answer) -> None:
    expect(answer.wilson_interval, 8.5, 10).equals(
        by_definition(8.5, 10),
        in_words="an interval around 0.85: eight wins and a tie in ten",
        hint="A tie is half a win, so wins may be 8.5; do not make an int of it.",
        tolerance=TOLERANCE,
    )


def test_wilson_of_ten_in_ten(answer: Answer) -> None:
    expect(answer.wilson_interval, 10, 10).equals(
        [10 / (10 + Z**2), 1.0],
        in_words="from about 72 % to 100 %: ten wins in ten do not prove that it always wins",
        hint="With p = 1 the quadratic has the root 1. What is the other one?",
        mistakes=[Mistake([1.0, 1.0], "A width of zero claims certainty after ten comparisons.")],
        tolerance=TOLERANCE,
    )


def test_gaps_of_the_ends(answer: Answer) -> None:
    rate, thumb = 0.85, Z * math.sqrt(0.85 * 0.15 / 100)
    package = win_rate_interval(85, 100)
    middle, slope = math.log(rate / (1 - rate)), 1 / (rate * (1 - rate))
    expect(answer.gap_interval, 85, 100).equals(
        gaps(85, 100),
        in_words="the natural log of the odds at each of the two ends",
        hint="First the ends in win rates, then log(x / (1 − x)) of each.",
        mistakes=[
            Mistake([package.low, package.high], "Those still are win rates. Which gap belongs to each?"),
            Mistake(
                [math.log(x / (1 - x)) for x in (rate - thumb, rate + thumb)],
                "Those are the gaps of the rule of thumb; take the ends of Wilson's interval.",
            ),
            Mistake(
                [middle - slope * thumb, middle + slope * thumb],
                "You continue the curve of the gap as if it were a straight line. Take the gaps of the ends.",
            ),
            Mistake(gaps(85, 100)[::-1], "Both are right; the lower gap comes first."),
            Mistake(-gaps(85, 100), "Only the sign is wrong: above 50 % both gaps are positive."),
        ],
        tolerance=TOLERANCE,
    )


def test_gaps_lie_at_equal_distances(answer: Answer) -> None:
    for wins, n in [(17, 20), (42.5, 50), (60, 250)]:
        expect(answer.gap_interval, wins, n).equals(
            gaps(wins, n),
            in_words="gaps equally far below and above that of the measured rate, a pretty property of Wilson's ends",
            hint="Compute the gap of wins/n and compare the two distances; then look at wilson_interval.",
            tolerance=TOLERANCE,
        )
