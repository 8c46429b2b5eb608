"""2.5 Worse on paper, better for people.

A model chooses among R possible responses to one prompt. Train it for some epochs on what the
labelers wrote, with the paper's learning-rate schedule, and watch two measures: the validation
loss, and how often the model gives a good response.

Lesson 2, "The recipe" and "Worse on paper, better for people". Check with: python make.py check 2.5
"""

import numpy as np


def cosine_learning_rate(step: int, n_steps: int, peak: float) -> float:
    """Return the learning rate of a step, counted from 0.

    It falls along half a period of a cosine from `peak` at step 0 to a tenth of it at `n_steps`.
    """
    raise NotImplementedError("the formula η(s) of the lesson, with f = 0.1; np.cos takes radians")


def learning_curves(
    logits: np.ndarray, training: np.ndarray, validation: np.ndarray, is_good: np.ndarray, peak: float, n_epochs: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return the validation loss and the share of good responses, each of shape (n_epochs + 1,).

    `logits`, shape (R,), are the model's scores of the responses. `training` and `validation` hold
    the ids, from 0 to R − 1, of the responses that labelers wrote; `is_good`, boolean and of shape
    (R,), says which responses people like. The loss is the mean of −log P over `validation`, in
    nats. The share is the probability that the model gives a good response, from 0 to 1.

    Entry 0 is before training, entry e after e epochs. An epoch is one gradient step on the mean
    loss over all of `training`. Epoch e, counted from 0, uses cosine_learning_rate(e, n_epochs, peak).
    """
    raise NotImplementedError("measure, step, measure, step, …; the gradient is softmax − shares of the training ids")


def best_epochs(validation_losses: np.ndarray, good_shares: np.ndarray) -> tuple[int, int]:
    """Return after how many epochs each measure is best: first by loss, then by share."""
    raise NotImplementedError("a loss should be low, a share high; entry 0 is before training")
