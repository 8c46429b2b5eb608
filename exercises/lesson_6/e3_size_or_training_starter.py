"""6.3 Weigh size against training.

Lesson 6, the worked example. A scaling law, loss ∝ size^(−exponent), says what a larger model
would gain in *loss*; solve it in both directions. It says nothing about labelers. To compare
size with training, measure both in quality gaps against the same baseline. Every argument except
`exponent` may be a number or an array. Check with: python make.py check 6.3
"""

import numpy as np


def loss_ratio(size_ratio: np.ndarray, exponent: float = 0.076) -> np.ndarray:
    """Return loss after over loss before when the model grows `size_ratio`-fold.

    A larger model has the lower loss, so the result is below 1 where `size_ratio` is above 1.
    """
    raise NotImplementedError("write the law for the size N and for kN, and divide the second by the first")


def size_ratio(loss_ratio: np.ndarray, exponent: float = 0.076) -> np.ndarray:
    """Return how many times larger the model must be for its loss to change by `loss_ratio`.

    The inverse of the function above: a `loss_ratio` of 0.5, half the loss, needs a much larger model.
    """
    raise NotImplementedError("solve ρ = k^(−α) for k: which power undoes a power?")


def gain(rate_before: np.ndarray, rate_after: np.ndarray) -> np.ndarray:
    """Return the quality gained between two win rates against the same baseline, in nats.

    Rates are fractions, both arguments have the same shape, and so has the result; negative for a loss.
    """
    raise NotImplementedError("the quality gap of each rate to the baseline, as in exercise 6.1")
