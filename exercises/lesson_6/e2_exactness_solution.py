"""6.2 Put an interval around a win rate: a solution.

Squared, the condition of Wilson's interval reads (1 + z²/n) x² − (2p + z²/n) x + p² ≤ 0, so its
ends are the two roots. A pretty fact: seen as quality gaps, they lie at equal distances from the
gap of the measured rate, while in win rates the interval is longer toward one half.
"""

import numpy as np

Z_95 = 1.96


def comparisons_needed(win_rate: float, margin: float) -> int:
    """Return the smallest number of comparisons for a margin."""
    return int(np.ceil(win_rate * (1 - win_rate) * (Z_95 / margin) ** 2))


def wilson_interval(wins: float, n_comparisons: int) -> np.ndarray:
    """Return the ends of Wilson's interval."""
    rate, correction = wins / n_comparisons, Z_95**2 / n_comparisons
    center = rate + correction / 2
    half_width = np.sqrt(correction * (rate * (1 - rate) + correction / 4))
    return np.array([center - half_width, center + half_width]) / (1 + correction)


def gap_interval(wins: float, n_comparisons: int) -> np.ndarray:
    """Return the quality gaps of both ends."""
    ends = wilson_interval(wins, n_comparisons)
    return np.log(ends / (1 - ends))
