"""4.5 The two bills: best-of-n against training: a solution.

Each of the n responses is generated and scored, except that a single one needs no score. The bills
are two straight lines: one starts at 0 and is steep, the other starts at the training cost and is
flat. They meet where the savings have added up to the training cost.
"""

import numpy as np


def inference_cost(n_samples: int, generation_cost: float, scoring_cost: float) -> float:
    """Return what one answer costs when `n_samples` responses are drawn and the best is shown."""
    if n_samples == 1:
        return generation_cost
    return n_samples * (generation_cost + scoring_cost)


def total_costs(
    n_answers: np.ndarray, training_cost: float, n_samples: int, generation_cost: float, scoring_cost: float
) -> np.ndarray:
    """Return both bills after each number of answers, shape (m, 2)."""
    best_of_n = n_answers * inference_cost(n_samples, generation_cost, scoring_cost)
    trained = training_cost + n_answers * inference_cost(1, generation_cost, scoring_cost)
    return np.stack([best_of_n, trained], axis=1)


def break_even_answers(training_cost: float, n_samples: int, generation_cost: float, scoring_cost: float) -> float:
    """Return after how many answers both bills are the same, as a real number; `n_samples` is at least 2."""
    saved = inference_cost(n_samples, generation_cost, scoring_cost) - inference_cost(1, generation_cost, scoring_cost)
    return training_cost / saved
