"""4.5 The two bills: best-of-n against training.

Best-of-n costs something at every answer, PPO once. When has the training paid for itself?

Lesson 4, "Why not just filter?" and the Extend exercise. Check with: python make.py check 4.5
"""

import numpy as np


def inference_cost(n_samples: int, generation_cost: float, scoring_cost: float) -> float:
    """Return what one answer costs when `n_samples` responses are drawn and the best is shown.

    `generation_cost` is for one response, `scoring_cost` for one score. With a single response there
    is nothing to choose, and nothing is scored.
    """
    raise NotImplementedError("what happens to each of the n responses? and what if n is 1?")


def total_costs(
    n_answers: np.ndarray, training_cost: float, n_samples: int, generation_cost: float, scoring_cost: float
) -> np.ndarray:
    """Return both bills after each number of answers, shape (m, 2).

    `n_answers` has shape (m,). First column: best-of-n, second: a policy trained for `training_cost`,
    which draws one response an answer.
    """
    raise NotImplementedError("inference_cost for either plan, times n_answers; np.stack puts columns side by side")


def break_even_answers(training_cost: float, n_samples: int, generation_cost: float, scoring_cost: float) -> float:
    """Return after how many answers both bills are the same, as a real number; `n_samples` is at least 2."""
    raise NotImplementedError("how much does the trained policy save at each answer?")
