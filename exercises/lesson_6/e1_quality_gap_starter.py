"""6.1 Turn win rates into quality gaps, and back.

A win rate is a poor ruler near its ends; the quality gap of lesson 6, "From win rates to quality
gaps", is a better one. Translate both ways, then predict a match that was never played from two
that were ("Do the gaps add up?"). Rates are fractions: 85 % is 0.85. Every argument may be a
number or an array of any shape. Check with: python make.py check 6.1
"""

import numpy as np


def quality_gap(win_rate: np.ndarray) -> np.ndarray:
    """Return the gap Δq that each win rate stands for, in nats, with the shape of `win_rate`.

    The rates lie strictly between 0 and 1. A rate of one half is no gap at all.
    """
    raise NotImplementedError("solve p = σ(Δq) for Δq on paper first; np.log works on whole arrays")


def expected_win_rate(gap: np.ndarray) -> np.ndarray:
    """Return the win rate that each gap predicts, a fraction, with the shape of `gap`."""
    raise NotImplementedError("the sigmoid of lesson 3; np.exp works on whole arrays")


def predicted_win_rate(ours: np.ndarray, theirs: np.ndarray) -> np.ndarray:
    """Return how often A should win against B, a fraction.

    `ours` is how often A wins against a common baseline, `theirs` how often B wins against it. The
    two have the same shape, and so has the result.
    """
    raise NotImplementedError("turn both rates into gaps, find the gap between A and B, and turn that back")
