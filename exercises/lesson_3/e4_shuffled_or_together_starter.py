"""3.4 Shuffled or together: one epoch in two ways.

Every comparison is used once. Either all of them go into one pile, shuffled, and each makes an
update of its own, or those of a prompt stay together and make one update. Arrange the epoch both
ways, train, and measure how much worse the model does on prompts that it has not seen. The last
check shortens the steps, so that you can tell what the difference comes from.

Lesson 3, "One prompt, one batch element". Check with: python make.py check 3.4
"""

import numpy as np

Update = list[tuple[int, int, int]]
"""Comparisons that make one update together, each as (prompt, position of winner, position of loser)."""


def arrange_epoch(n_prompts: int, n_responses: int, shuffled: bool, rng: np.random.Generator) -> list[Update]:
    """Return the updates of one epoch, with every comparison of every prompt in one of them.

    The responses of a prompt are listed best first. Without `shuffled`, all comparisons of a prompt
    are one update. With it, each comparison is an update, and those of all prompts come in one
    random order, drawn with `rng`.
    """
    raise NotImplementedError(
        "the pairs of exercise 3.1 for each prompt; rng.permutation(n) is a random order of 0 … n−1"
    )


def updates_per_response(epoch: list[Update], n_prompts: int, n_responses: int) -> np.ndarray:
    """Return how many updates of the epoch each response takes part in, shape (n_prompts, n_responses)."""
    raise NotImplementedError("a table of zeros, and a loop over the updates")


def train_one_epoch(features: np.ndarray, epoch: list[Update], learning_rate: float) -> np.ndarray:
    """Return the weights after one pass through the epoch, shape (n_features,), from weights of zero.

    `features` has shape (n_prompts, n_responses, n_features), and scores are `features @ weights`.
    Each update is one step of gradient descent on the mean loss of its comparisons.
    """
    raise NotImplementedError("for each update: the differences of features, their margins, a step as in exercise 3.3")


def overfitting_gap(
    training: np.ndarray, validation: np.ndarray, shuffled: bool, learning_rate: float, rng: np.random.Generator
) -> float:
    """Train for one epoch, and return the validation loss minus the training loss, in nats.

    `training` and `validation` hold features of different prompts, best response first. Both losses
    are means over all comparisons, with the weights at the end of the epoch.
    """
    raise NotImplementedError("arrange_epoch, train_one_epoch, and the loss of exercise 3.3, twice")
