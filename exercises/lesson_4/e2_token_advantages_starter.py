"""4.2 An advantage for every token.

One score per response, one advantage per token: generalized advantage estimation (GAE). First the
surprise δ of each token, then the sum of the surprises that follow it.

Lesson 4, "An advantage for every token". Check with: python make.py check 4.2
"""

import numpy as np


def surprises(rewards: np.ndarray, values: np.ndarray, discount: float) -> np.ndarray:
    """Return the surprise δ of every token of every response, shape (n, T).

    `rewards` and `values` have shape (n, T): one row a response, one column a token. `values[i, t]`
    is what the value function expects just before token t; after the last token it expects 0.
    `discount` is γ_disc, from 0 to 1.
    """
    raise NotImplementedError("reward, plus the discounted value after the token, minus the value before it")


def token_advantages(rewards: np.ndarray, values: np.ndarray, discount: float, gae_lambda: float) -> np.ndarray:
    """Return the advantage of every token of every response, shape (n, T).

    The arguments are those of `surprises`, and `gae_lambda` is λ, from 0 to 1.
    """
    raise NotImplementedError("what is the advantage of the last token? and how does the one before follow from it?")
