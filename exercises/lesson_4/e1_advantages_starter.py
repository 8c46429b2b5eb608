"""4.1 Better than expected, or worse.

A score says little until it is compared with what was to be expected. First for one response,
then for a whole batch: several prompts, each with its own baseline, and several responses to each.

Lesson 4, "A dictionary" and the Apply exercise. Check with: python make.py check 4.1
"""

import numpy as np


def advantage(score: float, baseline: float) -> float:
    """Return the advantage of a response, given its score and the score expected on its prompt."""
    raise NotImplementedError("how much better than expected was it?")


def batch_advantages(scores: np.ndarray, baselines: np.ndarray) -> np.ndarray:
    """Return the advantages of all responses to a batch of prompts, shape (n_prompts, K).

    `scores` has shape (n_prompts, K), one row a prompt with its K responses; `baselines` has shape
    (n_prompts,), one number a prompt.
    """
    raise NotImplementedError("each row has its own baseline; look up np.newaxis, or write a loop first")


def directions(scores: np.ndarray, baselines: np.ndarray) -> np.ndarray:
    """Return +1 where the update makes a response more likely, −1 where less, 0 where neither.

    The arguments are those of `batch_advantages`; the shape is (n_prompts, K).
    """
    raise NotImplementedError("what decides: the sign of the score, or the sign of something else?")
