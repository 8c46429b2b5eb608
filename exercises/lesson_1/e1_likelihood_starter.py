"""1.1 Log-likelihood and perplexity of a text.

A model has read a text and tells you which probability it gave to each token that came. Put
these numbers together into the two by which a text is scored: one for the whole text, one that
can be compared across lengths.

Lesson 1, "What the model is trained to do". Check with: python make.py check 1.1
"""

import numpy as np


def log_likelihood(probabilities: np.ndarray) -> float:
    """Return the log-likelihood of a text, in nats.

    `probabilities` has shape (T,): what the model gave to each of the T tokens that came, all
    greater than 0. The text can be long, thousands of tokens.
    """
    raise NotImplementedError("np.log of every probability; the log of a product is a sum")


def perplexity(probabilities: np.ndarray) -> float:
    """Return the perplexity of a text, a number without a unit and at least 1."""
    raise NotImplementedError("start from the log-likelihood per token")
