"""2.1 The loss of one token, before and after.

The smallest piece of the SFT loss: one token of a demonstration and the probability that the
model gave to it. How large is its loss, how much does training gain, and how hard does the token
pull?

Lesson 2, "The loss of one token" and "Which tokens teach most". Check with: python make.py check 2.1
"""


def token_loss(probability: float) -> float:
    """Return the loss of one token, in nats; `probability` is greater than 0 and at most 1."""
    raise NotImplementedError(
        "a certain token costs nothing, an unlikely one much: math.log (import math first), and a sign"
    )


def gain(before: float, after: float) -> float:
    """Return by how many nats the loss of a token has fallen.

    `before` and `after` are its probabilities before and after training. The gain is positive if
    training has made the token likelier.
    """
    raise NotImplementedError("token_loss twice; which is subtracted from which?")


def logit_slope(probability: float) -> float:
    """Return the derivative of the token's loss by its own logit, a number from −1 to 0.

    The token has the given probability under a softmax; the other logits stay as they are.
    """
    raise NotImplementedError("the loss is log Σ exp(z) − z of the right token; differentiate by that z")
