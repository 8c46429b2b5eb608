"""5.1 A score, less what it costs to get there.

The response with the highest score may also be the one that has strayed furthest from the SFT
model. Charge it for that, find the price at which two responses trade places, and pick the best
of many at every price. Lesson 5, "The whole objective" and the question under "Apply".
Check with: python make.py check 5.1
"""

import numpy as np


def penalized_reward(score: float, log_ratio: float, kl_coef: float) -> float:
    """Return the score of one response after the KL penalty.

    `score` is the reward model's, `log_ratio` is log π(y|x) − log π_SFT(y|x) of the whole
    response, in nats; `kl_coef` is β, the points of score that one nat costs.
    """
    raise NotImplementedError("what does the whole response cost, at kl_coef points a nat? Take it off the score")


def flip_coefficient(scores: np.ndarray, log_ratios: np.ndarray) -> float:
    """Return the β at which two responses have the same penalized reward.

    Both arrays have shape (2,), and the two log-ratios differ. The answer may be negative: then
    one response is ahead of the other at every β from 0 on.
    """
    raise NotImplementedError("write down both penalized rewards, set them equal, solve for β on paper")


def best_responses(scores: np.ndarray, log_ratios: np.ndarray, kl_coefs: np.ndarray) -> np.ndarray:
    """Return, for each β, the position of the response with the highest penalized reward.

    `scores` and `log_ratios` have shape (K,), one entry a response; `kl_coefs` has shape (B,). The
    result has shape (B,) and holds whole numbers from 0 to K − 1.
    """
    raise NotImplementedError("a table with a row for each β and a column for each response; then the best of each row")
