"""6.1 Turn win rates into quality gaps, and back: a solution.

The gap is the log of the odds, and the sigmoid undoes it. Gaps are measured from the same
baseline, so A is ahead of B by the difference of the two.
"""

import numpy as np


def quality_gap(win_rate: np.ndarray) -> np.ndarray:
    """Return the gap that each win rate stands for, in nats."""
    rate = np.asarray(win_rate, dtype=float)
    return np.log(rate / (1 - rate))


def expected_win_rate(gap: np.ndarray) -> np.ndarray:
    """Return the win rate that each gap predicts."""
    return np.exp(-np.logaddexp(0.0, -np.asarray(gap, dtype=float)))


def predicted_win_rate(ours: np.ndarray, theirs: np.ndarray) -> np.ndarray:
    """Return how often A should win against B, by way of the baseline."""
    return expected_win_rate(quality_gap(ours) - quality_gap(theirs))
