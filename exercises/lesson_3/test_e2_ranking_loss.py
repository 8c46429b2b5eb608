"""Checks of exercise 3.2."""

import numpy as np

from exercises.checking import Answer, Mistake, expect

OBJECTIVES = (2,)

RAINBOW = np.array([1.8, 0.9, 0.3, -0.5])
MARGINS = np.array([0.9, 1.5, 2.3, 0.6, 1.4, 0.8])
WINNERS, LOSERS = np.triu_indices(4, k=1)


def test_loss_of_one_pair(answer: Answer) -> None:
    probability = 1 / (1 + np.exp(-1.3))
    expect(answer.pair_loss, 1.5, 0.2).equals(
        -np.log(probability),
        in_words="the negative natural log of σ(1.5 − 0.2)",
        hint="First the margin, then σ of it, then the log, then the sign.",
        mistakes=[
            Mistake(
                -np.log(1 - probability),
                "The margin is turned round: the rejected score is subtracted from the chosen one.",
            ),
            Mistake(probability, "That is the probability; the loss is its negative log."),
        ],
    )


def test_loss_of_an_undecided_pair(answer: Answer) -> None:
    expect(answer.pair_loss, 0.7, 0.7).equals(
        np.log(2), in_words="log 2 where the scores are equal", hint="σ(0) is one half."
    )


def test_loss_of_a_pair_far_apart(answer: Answer) -> None:
    expect(answer.pair_loss, -1000.0, 1000.0).equals(
        2000.0,
        in_words="about −m nats for a margin of m = −2000, not an overflow",
        hint="exp(2000) does not fit in a float. np.logaddexp(0, -m) computes log(1 + exp(-m)) without it.",
    )


def test_loss_of_the_rainbow_ranking(answer: Answer) -> None:
    losses = np.log1p(np.exp(-MARGINS))
    expect(answer.ranking_loss, RAINBOW).equals(
        losses.mean(),
        in_words="the mean of the six pair losses, 0.278",
        hint="Average −log σ(margin) over the pairs of exercise 3.1.",
        mistakes=[
            Mistake(
                (losses.sum() + 4 * np.log(2)) / 10,
                "Each response is also paired with itself: log 2 slips in four times.",
            )
        ],
    )


def test_loss_does_not_depend_on_the_zero_of_the_scores(answer: Answer) -> None:
    expect(answer.ranking_loss, RAINBOW + 5).equals(
        np.log1p(np.exp(-MARGINS)).mean(),
        in_words="the same loss when every score is 5 higher",
        hint="Only differences of scores may enter.",
    )


def test_gradient_of_the_rainbow_ranking(answer: Answer) -> None:
    doubt = 1 / (1 + np.exp(MARGINS))
    winners_alone = np.zeros(4)
    np.subtract.at(winners_alone, WINNERS, doubt / 6)
    gradient = winners_alone.copy()
    np.add.at(gradient, LOSERS, doubt / 6)
    expect(answer.ranking_gradient, RAINBOW).equals(
        gradient,
        in_words="the mean over pairs of −(1 − σ(m)) for the winner and +(1 − σ(m)) for the loser",
        hint="Compare with a finite difference: (loss(r + h) − loss(r − h)) / 2h for one score at a time.",
        mistakes=[Mistake(winners_alone, "A pair pushes both of its responses, the winner up and the loser down.")],
    )
