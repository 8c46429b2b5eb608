"""1.1 Log-likelihood and perplexity of a text: a solution.

The logarithm turns the product of the probabilities, which soon is too small for a float, into a
sum. Perplexity takes the mean of the same logs, changes its sign and undoes the logarithm.
"""

import numpy as np


def log_likelihood(probabilities: np.ndarray) -> float:
    """Return the log-likelihood of a text, in nats."""
    return float(np.log(probabilities).sum())


def perplexity(probabilities: np.ndarray) -> float:
    """Return the perplexity of a text, a number without a unit and at least 1."""
    return float(np.exp(-np.log(probabilities).mean()))
