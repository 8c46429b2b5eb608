"""Checks of exercise 2.5."""

import math

import numpy as np

from exercises.checking import Answer, Mistake, expect

OBJECTIVES = (3, 4)

# As on the page: two good responses, two bad ones. All labelers of the training set wrote response 0.
START = np.log([0.20, 0.20, 0.30, 0.30])
GOOD = np.array([True, True, False, False])
TRAINING = np.array([0, 0, 0])
VALIDATION = np.array([0, 1])
Curves = list[list[float]]


def rate(step: int, n_steps: int, peak: float) -> float:
    """Learning rate by the half-angle: (1 + cos x) / 2 = cos² (x / 2)."""
    return peak * (0.1 + 0.9 * math.cos(math.pi * step / n_steps / 2) ** 2)


def curves(training: list[int], validation: list[int], rates: list[float]) -> Curves:
    """Train number by number; return the losses and the shares."""
    logits = START.tolist()
    losses, shares = [], []
    for eta in [*rates, 0.0]:
        total = math.fsum(math.exp(z) for z in logits)
        p = [math.exp(z) / total for z in logits]
        losses.append(-math.fsum(math.log(p[i]) for i in validation) / len(validation))
        shares.append(p[0] + p[1])
        written = [training.count(i) / len(training) for i in range(4)]
        logits = [z - eta * (q - w) for z, q, w in zip(logits, p, written, strict=True)]
    return [losses, shares]


def test_learning_rate_at_the_start(answer: Answer) -> None:
    expect(answer.cosine_learning_rate, 0, 16, 2.0).equals(
        2.0,
        in_words="the peak at step 0",
        hint="cos 0 is 1. What does the formula give by hand?",
        mistakes=[
            Mistake(2.2, "It starts above its peak: the cosine's part has a weight of 0.9, the floor one of 0.1."),
            Mistake(0.2, "It is turned round: it should fall, from the peak at step 0."),
        ],
    )


def test_learning_rate_at_the_end(answer: Answer) -> None:
    expect(answer.cosine_learning_rate, 16, 16, 2.0).equals(
        0.2,
        in_words="a tenth of the peak at step 16 of 16",
        hint="cos π is −1. What does the formula give by hand?",
        mistakes=[
            Mistake(0.0, "It ends at 0; a tenth of the peak should be left."),
            Mistake(2.0, "You use a whole period of the cosine, which comes back up. Half of one is meant."),
            Mistake(2 * (0.1 - 0.9), "A cosine runs from −1 to 1. What makes it run from 0 to 1?"),
            Mistake(2 * (0.1 + 0.45 * (1 + math.cos(180))), "np.cos takes radians: half a period is π, not 180."),
        ],
    )


def test_learning_rate_in_between(answer: Answer) -> None:
    expect(answer.cosine_learning_rate, 4, 16, 9.65e-6).equals(
        rate(4, 16, 9.65e-6),
        in_words="8.378 millionths after a quarter of the way, as on the page",
        hint="Slowly at first, then faster, then slowly again.",
        mistakes=[Mistake(9.65e-6 * (1 - 0.9 / 4), "That is a straight line; a cosine falls slowly at first.")],
    )


def test_curves_of_two_epochs(answer: Answer) -> None:
    rates = [rate(0, 2, 1.0), rate(1, 2, 1.0)]
    late = curves([0], [0, 1], [rate(1, 2, 1.0), rate(2, 2, 1.0)])
    one_by_one = curves([0], [0, 1], [r for r in rates for _ in range(3)])
    right = curves([0], [0, 1], rates)
    flat = curves([0], [0, 1], [1.0, 1.0])
    uphill = curves([0], [0, 1], [-r for r in rates])
    summed = curves([0], [0, 1], [3 * r for r in rates])
    first, second = (curves([0], [i], rates)[0] for i in (0, 1))
    mixed = [-math.log((math.exp(-a) + math.exp(-b)) / 2) for a, b in zip(first, second, strict=True)]
    # With every target at 1, the gradient is p − 1 for each response.
    logits, scalar = START, [[right[0][0]], [right[1][0]]]
    for eta in rates:
        p = np.exp(logits) / np.exp(logits).sum()
        logits = logits - eta * (p - 1)
        p = np.exp(logits) / np.exp(logits).sum()
        scalar[0].append(float(-np.log(p[:2]).mean()))
        scalar[1].append(float(p[:2].sum()))
    missing = "Entry 0 is before training, so there is one entry more than epochs."
    expect(answer.learning_curves, START, TRAINING, VALIDATION, GOOD, 1.0, 2).equals(
        right,
        in_words="two curves of three numbers: before training, after one epoch, after two",
        hint="Start with entry 0: the loss is −log 0.2 and the share 0.4. Then one step with rate 1.",
        mistakes=[
            Mistake([curve[1:] for curve in right], missing),
            Mistake(
                [curve[1:] for curve in curves([0], [0, 1], [*rates, rate(2, 2, 1.0)])], "Measure first, then step."
            ),
            Mistake([curve[:-1] for curve in right], missing),
            Mistake([first, right[1]], "That is the loss on the training responses, which falls as it should."),
            Mistake(
                curves([0, 1], [0, 1], rates), "You train on the validation responses; these are for measuring only."
            ),
            Mistake(flat, "Your learning rate stays at its peak; each epoch has its own."),
            Mistake(late, "The first step uses the rate of step 0, the peak: epochs count from 0."),
            Mistake(
                [curve[::3] for curve in one_by_one],
                "You take a step for each demonstration; here an epoch is one step, on the mean over all of them.",
            ),
            Mistake(
                scalar,
                "np.bincount([0, 0, 0]) has one entry, and it was subtracted from all four. It takes minlength=R.",
            ),
            Mistake([right[0], [x / 2 for x in right[1]]], "Add up the probabilities of the good ones; no mean here."),
            Mistake(uphill, "You move away from what the labelers wrote: check the sign of the step."),
            Mistake(summed, "The gradient is a mean over the training responses, not a sum."),
            Mistake(
                [[2 * x for x in right[0]], right[1]], "The loss is a mean over the validation responses, not a sum."
            ),
            Mistake(
                [right[0], [100 * x for x in right[1]]], "The share is in percent; a number from 0 to 1 is asked for."
            ),
            Mistake([right[0], [1 - x for x in right[1]]], "That is the share of the bad responses."),
            Mistake([mixed, right[1]], "The loss is a mean of logs: first the logs, then the mean."),
            Mistake(np.transpose(right), "Two curves are asked for, not one pair an epoch: turn the table."),
        ],
    )


def test_sixteen_epochs_worse_on_paper_better_for_people(answer: Answer) -> None:
    expect(answer.learning_curves, START, TRAINING, VALIDATION, GOOD, 1.0, 16).equals(
        curves([0], [0, 1], [rate(s, 16, 1.0) for s in range(16)]),
        in_words="a validation loss that falls for two epochs and then rises, a share of good that always rises",
        hint="Which learning rate do you use in the last epoch, number 15? S is the number of epochs.",
    )


def test_other_demonstrations(answer: Answer) -> None:
    training, validation = [1, 0, 2, 1], [1, 1, 3]
    expect(answer.learning_curves, START, np.array(training), np.array(validation), GOOD, 1.0, 3).equals(
        curves(training, validation, [rate(s, 3, 1.0) for s in range(3)]),
        in_words="curves also where the labelers wrote different responses",
        hint="The target of a response is its share in `training`; np.bincount counts, with minlength.",
    )


def test_best_epochs(answer: Answer) -> None:
    losses, shares = np.array([1.6, 1.4, 1.3, 1.5, 1.8]), np.array([0.4, 0.6, 0.7, 0.9, 0.8])
    expect(answer.best_epochs, losses, shares).equals(
        (2, 3),
        in_words="after 2 epochs by validation loss, after 3 by the share of good responses",
        hint="np.argmin and np.argmax say where.",
        mistakes=[
            Mistake((4, 3), "A loss should be low: which end did you look for?"),
            Mistake((2, 0), "A share should be high: which end did you look for?"),
            Mistake((3, 4), "Entry 0 is before training, so the place in the list already is the number of epochs."),
            Mistake((1.3, 0.9), "Those are the best values; asked for is where they are reached."),
            Mistake((3, 2), "In this order: first the epoch by loss, then the one by share."),
            Mistake((2, 4), "The best share need not be the last one."),
        ],
    )
