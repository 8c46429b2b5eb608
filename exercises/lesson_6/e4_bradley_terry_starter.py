"""6.4 Experiment: fit one strength to each model.

Lesson 6, "Do the gaps add up?". Several models have met in pairs, and `wins[i, j]` counts how often
model i was preferred to model j. Bradley–Terry gives every model one strength q and says that i
beats j with probability σ(q_i − q_j). Simulate such a tournament, find the strengths that make a
table of wins most probable, and see where one number per model is not enough.
Check with: python make.py check 6.4
"""

import numpy as np


def simulate_wins(strengths: np.ndarray, n_comparisons: int, rng: np.random.Generator) -> np.ndarray:
    """Return a random table of wins, shape (n, n), when each pair of n models meets `n_comparisons` times.

    In every comparison one of the two wins, so wins[i, j] + wins[j, i] = n_comparisons. The diagonal
    is 0. All randomness comes from `rng`.
    """
    raise NotImplementedError("for each pair i < j one draw of rng.binomial; what is left over are the wins of j")


def fit_strengths(wins: np.ndarray) -> np.ndarray:
    """Return the most probable strengths, shape (n,), in nats, shifted so that their mean is 0.

    `wins` has shape (n, n) and a diagonal of 0. Some pairs may have met more often than others, or
    never. Three decimals are enough; assume that the strengths are finite.
    """
    raise NotImplementedError(
        "at the top, each model's expected wins Σ_j n_ij σ(q_i − q_j) equal its wins: "
        "start at zeros and step many times along the difference, divided by how often each model played"
    )


def residuals(wins: np.ndarray) -> np.ndarray:
    """Return measured minus predicted win rate of i against j, shape (n, n), as fractions.

    The prediction is that of the fitted strengths. 0 on the diagonal and where a pair never met.
    """
    raise NotImplementedError("measured: wins / (wins + wins.T) where they met; predicted: σ of every q_i − q_j")
