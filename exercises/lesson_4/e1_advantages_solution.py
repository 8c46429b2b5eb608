"""4.1 Better than expected, or worse: a solution.

The advantage is score minus baseline. For a batch, `baselines[:, np.newaxis]` turns the row of
baselines into a column, so that each is subtracted along its own row of scores. The update follows
the sign of the advantage, not the sign of the score.
"""

import numpy as np


def advantage(score: float, baseline: float) -> float:
    """Return the advantage of a response, given its score and the score expected on its prompt."""
    return score - baseline


def batch_advantages(scores: np.ndarray, baselines: np.ndarray) -> np.ndarray:
    """Return the advantages of all responses to a batch of prompts, shape (n_prompts, K)."""
    return scores - baselines[:, np.newaxis]


def directions(scores: np.ndarray, baselines: np.ndarray) -> np.ndarray:
    """Return +1 where the update makes a response more likely, −1 where less, 0 where neither."""
    return np.sign(batch_advantages(scores, baselines))
