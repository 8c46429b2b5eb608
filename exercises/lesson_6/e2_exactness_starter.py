"""6.2 Put an interval around a win rate.

Lesson 6, "How many comparisons stand behind ± 3". First the rule of thumb: in 95 of 100 cases a
measured rate p is off by at most Z_95 standard errors √(p(1 − p)/n). Then Wilson's interval, which
asks the better question: from which true rates x would the measured one be at most Z_95 of *their*
standard errors √(x(1 − x)/n) away? At last, what its two ends mean as quality gaps.
Check with: python make.py check 6.2
"""

import numpy as np

Z_95 = 1.96
"""Standard errors on either side that make a 95 % interval."""


def comparisons_needed(win_rate: float, margin: float) -> int:
    """Return the smallest number of comparisons for which Z_95 standard errors fit into `margin`.

    `win_rate` and `margin` are fractions: 85 ± 3 % is 0.85 and 0.03.
    """
    raise NotImplementedError("write Z_95 · √(p(1 − p)/n) ≤ margin, solve it for n, and think about rounding")


def wilson_interval(wins: float, n_comparisons: int) -> np.ndarray:
    """Return the lowest and the highest true rate x with |p − x| ≤ Z_95 · √(x(1 − x)/n), shape (2,).

    Here p = wins/n is the measured rate; all rates are fractions, the lower end comes first. A tie counts
    as half a win, so `wins` need not be whole.
    """
    raise NotImplementedError("square both sides: at the two ends x solves a quadratic equation")


def gap_interval(wins: float, n_comparisons: int) -> np.ndarray:
    """Return the quality gaps, in nats, of the two ends of Wilson's interval, the lower first, shape (2,).

    `wins` is above 0 and below `n_comparisons`.
    """
    raise NotImplementedError("wilson_interval, and exercise 6.1 for each end")
