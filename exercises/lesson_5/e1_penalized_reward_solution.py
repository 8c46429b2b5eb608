"""5.1 A score, less what it costs to get there: a solution.

The penalized reward is a straight line in β that starts at the score and falls by the log-ratio.
Two lines meet where the gap at the start equals β times the gap in slope. `kl_coefs[:, None]` makes
β a column, so that one subtraction fills the table of all lines at all β.
"""

import numpy as np


def penalized_reward(score: float, log_ratio: float, kl_coef: float) -> float:
    """Return the score of one response after the KL penalty."""
    return score - kl_coef * log_ratio


def flip_coefficient(scores: np.ndarray, log_ratios: np.ndarray) -> float:
    """Return the β at which two responses have the same penalized reward."""
    return float((scores[1] - scores[0]) / (log_ratios[1] - log_ratios[0]))


def best_responses(scores: np.ndarray, log_ratios: np.ndarray, kl_coefs: np.ndarray) -> np.ndarray:
    """Return, for each β, the position of the response with the highest penalized reward."""
    table = scores - kl_coefs[:, None] * log_ratios
    return table.argmax(axis=1)
