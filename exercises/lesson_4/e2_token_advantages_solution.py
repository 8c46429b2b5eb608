"""4.2 An advantage for every token: a solution.

The value after token t is the value before token t + 1: the same table, moved one column to the
left, with zeros at the end. The sum over all later surprises needs no double loop, because
A_t = δ_t + γλ A_{t+1}: walk from the last token to the first, all responses at once.
"""

import numpy as np


def surprises(rewards: np.ndarray, values: np.ndarray, discount: float) -> np.ndarray:
    """Return the surprise δ of every token of every response, shape (n, T)."""
    after = np.zeros_like(values)
    after[:, :-1] = values[:, 1:]
    return rewards + discount * after - values


def token_advantages(rewards: np.ndarray, values: np.ndarray, discount: float, gae_lambda: float) -> np.ndarray:
    """Return the advantage of every token of every response, shape (n, T)."""
    advantages = surprises(rewards, values, discount)
    for t in range(advantages.shape[1] - 2, -1, -1):
        advantages[:, t] += discount * gae_lambda * advantages[:, t + 1]
    return advantages
