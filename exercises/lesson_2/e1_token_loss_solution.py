"""2.1 The loss of one token, before and after: a solution.

The loss is the negative log of the probability, so a gain is a difference of two logs: it depends
on the ratio of the probabilities alone. The slope is the probability minus 1, since the right
token is the one whose target is 1.
"""

import numpy as np


def token_loss(probability: float) -> float:
    """Return the loss of one token, in nats; `probability` is greater than 0 and at most 1."""
    return float(-np.log(probability))


def gain(before: float, after: float) -> float:
    """Return by how many nats the loss of a token has fallen."""
    return token_loss(before) - token_loss(after)


def logit_slope(probability: float) -> float:
    """Return the derivative of the token's loss by its own logit, a number from −1 to 0."""
    return probability - 1
