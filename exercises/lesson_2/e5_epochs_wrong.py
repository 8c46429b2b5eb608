"""Typical wrong answers to exercise 2.5, and what each must be told."""

import numpy as np

from exercises.checking import Wrong
from exercises.lesson_2 import e5_epochs_solution as right

Curves = tuple[np.ndarray, np.ndarray]


def falls_to_zero(step: int, n_steps: int, peak: float) -> float:
    return float(peak * (1 + np.cos(np.pi * step / n_steps)) / 2)


def adds_the_tenth_on_top(step: int, n_steps: int, peak: float) -> float:
    return float(peak * (0.1 + (1 + np.cos(np.pi * step / n_steps)) / 2))


def whole_period(step: int, n_steps: int, peak: float) -> float:
    return float(peak * (0.1 + 0.9 * (1 + np.cos(2 * np.pi * step / n_steps)) / 2))


def bare_cosine(step: int, n_steps: int, peak: float) -> float:
    return float(peak * (0.1 + 0.9 * np.cos(np.pi * step / n_steps)))


def straight_line(step: int, n_steps: int, peak: float) -> float:
    return peak * (1 - 0.9 * step / n_steps)


def rises(step: int, n_steps: int, peak: float) -> float:
    return right.cosine_learning_rate(n_steps - step, n_steps, peak)


def in_degrees(step: int, n_steps: int, peak: float) -> float:
    return float(peak * (0.1 + 0.9 * (1 + np.cos(180 * step / n_steps)) / 2))


def without_the_start(
    logits: np.ndarray, training: np.ndarray, validation: np.ndarray, is_good: np.ndarray, peak: float, n_epochs: int
) -> Curves:
    losses, shares = right.learning_curves(logits, training, validation, is_good, peak, n_epochs)
    return losses[1:], shares[1:]


def training_loss(
    logits: np.ndarray,
    training: np.ndarray,
    validation: np.ndarray,  # noqa: ARG001
    is_good: np.ndarray,
    peak: float,
    n_epochs: int,
) -> Curves:
    return right.learning_curves(logits, training, training, is_good, peak, n_epochs)


def trains_on_validation(
    logits: np.ndarray,
    training: np.ndarray,  # noqa: ARG001
    validation: np.ndarray,
    is_good: np.ndarray,
    peak: float,
    n_epochs: int,
) -> Curves:
    return right.learning_curves(logits, validation, validation, is_good, peak, n_epochs)


def trained(
    logits: np.ndarray, validation: np.ndarray, is_good: np.ndarray, rates: list[float], written: np.ndarray
) -> Curves:
    curves = []
    for eta in [*rates, 0.0]:
        probabilities = np.exp(logits) / np.exp(logits).sum()
        curves.append((-np.log(probabilities[validation]).mean(), probabilities[is_good].sum()))
        logits = logits - eta * (probabilities - written)
    losses, shares = np.array(curves).T
    return losses, shares


def constant_rate(
    logits: np.ndarray, training: np.ndarray, validation: np.ndarray, is_good: np.ndarray, peak: float, n_epochs: int
) -> Curves:
    written = np.bincount(training, minlength=len(logits)) / len(training)
    return trained(logits, validation, is_good, [peak] * n_epochs, written)


def rate_of_the_next_epoch(
    logits: np.ndarray, training: np.ndarray, validation: np.ndarray, is_good: np.ndarray, peak: float, n_epochs: int
) -> Curves:
    rates = [right.cosine_learning_rate(epoch + 1, n_epochs, peak) for epoch in range(n_epochs)]
    return trained(logits, validation, is_good, rates, np.bincount(training, minlength=len(logits)) / len(training))


def a_step_for_each_demonstration(
    logits: np.ndarray, training: np.ndarray, validation: np.ndarray, is_good: np.ndarray, peak: float, n_epochs: int
) -> Curves:
    rates = [right.cosine_learning_rate(epoch, n_epochs, peak) for epoch in range(n_epochs) for _ in training]
    written = np.bincount(training, minlength=len(logits)) / len(training)
    losses, shares = trained(logits, validation, is_good, rates, written)
    return losses[:: len(training)], shares[:: len(training)]


def bincount_without_minlength(
    logits: np.ndarray, training: np.ndarray, validation: np.ndarray, is_good: np.ndarray, peak: float, n_epochs: int
) -> Curves:
    rates = [right.cosine_learning_rate(epoch, n_epochs, peak) for epoch in range(n_epochs)]
    return trained(logits, validation, is_good, rates, np.bincount(training) / len(training))


def measures_after_the_step(
    logits: np.ndarray, training: np.ndarray, validation: np.ndarray, is_good: np.ndarray, peak: float, n_epochs: int
) -> Curves:
    rates = [right.cosine_learning_rate(epoch, n_epochs, peak) for epoch in range(n_epochs + 1)]
    written = np.bincount(training, minlength=len(logits)) / len(training)
    losses, shares = trained(logits, validation, is_good, rates, written)
    return losses[1:], shares[1:]


def mean_of_good_ones(
    logits: np.ndarray, training: np.ndarray, validation: np.ndarray, is_good: np.ndarray, peak: float, n_epochs: int
) -> Curves:
    losses, shares = right.learning_curves(logits, training, validation, is_good, peak, n_epochs)
    return losses, shares / is_good.sum()


def away_from_the_labelers(
    logits: np.ndarray, training: np.ndarray, validation: np.ndarray, is_good: np.ndarray, peak: float, n_epochs: int
) -> Curves:
    return right.learning_curves(logits, training, validation, is_good, -peak, n_epochs)


def sum_of_training(
    logits: np.ndarray, training: np.ndarray, validation: np.ndarray, is_good: np.ndarray, peak: float, n_epochs: int
) -> Curves:
    return right.learning_curves(logits, training, validation, is_good, peak * len(training), n_epochs)


def sum_of_validation(
    logits: np.ndarray, training: np.ndarray, validation: np.ndarray, is_good: np.ndarray, peak: float, n_epochs: int
) -> Curves:
    losses, shares = right.learning_curves(logits, training, validation, is_good, peak, n_epochs)
    return losses * len(validation), shares


def in_percent(
    logits: np.ndarray, training: np.ndarray, validation: np.ndarray, is_good: np.ndarray, peak: float, n_epochs: int
) -> Curves:
    losses, shares = right.learning_curves(logits, training, validation, is_good, peak, n_epochs)
    return losses, 100 * shares


def share_of_bad_ones(
    logits: np.ndarray, training: np.ndarray, validation: np.ndarray, is_good: np.ndarray, peak: float, n_epochs: int
) -> Curves:
    return right.learning_curves(logits, training, validation, ~is_good, peak, n_epochs)


def log_of_the_mean(
    logits: np.ndarray, training: np.ndarray, validation: np.ndarray, is_good: np.ndarray, peak: float, n_epochs: int
) -> Curves:
    ones = [right.learning_curves(logits, training, validation[[i]], is_good, peak, n_epochs) for i in (0, 1)]
    return -np.log((np.exp(-ones[0][0]) + np.exp(-ones[1][0])) / 2), ones[0][1]


def highest_loss(validation_losses: np.ndarray, good_shares: np.ndarray) -> tuple[int, int]:
    return int(np.argmax(validation_losses)), int(np.argmax(good_shares))


def counts_from_one(validation_losses: np.ndarray, good_shares: np.ndarray) -> tuple[int, int]:
    return int(np.argmin(validation_losses)) + 1, int(np.argmax(good_shares)) + 1


def values_instead(validation_losses: np.ndarray, good_shares: np.ndarray) -> tuple[float, float]:
    return float(validation_losses.min()), float(good_shares.max())


def swapped(validation_losses: np.ndarray, good_shares: np.ndarray) -> tuple[int, int]:
    return int(np.argmax(good_shares)), int(np.argmin(validation_losses))


def lowest_of_both(validation_losses: np.ndarray, good_shares: np.ndarray) -> tuple[int, int]:
    return int(np.argmin(validation_losses)), int(np.argmin(good_shares))


def always_the_last(validation_losses: np.ndarray, good_shares: np.ndarray) -> tuple[int, int]:
    return int(np.argmin(validation_losses)), len(good_shares) - 1


WRONG = [
    Wrong({"cosine_learning_rate": falls_to_zero}, told="a tenth of the peak"),
    Wrong({"cosine_learning_rate": adds_the_tenth_on_top}, told="above its peak"),
    Wrong({"cosine_learning_rate": whole_period}, told="whole period"),
    Wrong({"cosine_learning_rate": bare_cosine}, told="from −1 to 1"),
    Wrong({"cosine_learning_rate": straight_line}, told="straight line"),
    Wrong({"cosine_learning_rate": rises}, told="turned round"),
    Wrong({"cosine_learning_rate": in_degrees}, told="radians"),
    Wrong({"learning_curves": without_the_start}, told="before training"),
    Wrong({"learning_curves": training_loss}, told="loss on the training responses"),
    Wrong({"learning_curves": trains_on_validation}, told="train on the validation responses"),
    Wrong({"learning_curves": constant_rate}, told="learning rate stays at its peak"),
    Wrong({"learning_curves": rate_of_the_next_epoch}, told="epochs count from 0"),
    Wrong({"learning_curves": a_step_for_each_demonstration}, told="an epoch is one step"),
    Wrong({"learning_curves": bincount_without_minlength}, told="minlength"),
    Wrong({"learning_curves": measures_after_the_step}, told="Measure first"),
    Wrong({"learning_curves": mean_of_good_ones}, told="Add up the probabilities"),
    Wrong({"learning_curves": away_from_the_labelers}, told="away from what the labelers wrote"),
    Wrong({"learning_curves": sum_of_training}, told="mean over the training responses"),
    Wrong({"learning_curves": sum_of_validation}, told="mean over the validation responses"),
    Wrong({"learning_curves": in_percent}, told="in percent"),
    Wrong({"learning_curves": share_of_bad_ones}, told="the bad responses"),
    Wrong({"learning_curves": log_of_the_mean}, told="first the logs"),
    Wrong({"best_epochs": highest_loss}, told="loss should be low"),
    Wrong({"best_epochs": counts_from_one}, told="Entry 0 is before training"),
    Wrong({"best_epochs": values_instead}, told="where they are reached"),
    Wrong({"best_epochs": swapped}, told="first the epoch by loss"),
    Wrong({"best_epochs": lowest_of_both}, told="share should be high"),
    Wrong({"best_epochs": always_the_last}, told="need not be the last"),
]
