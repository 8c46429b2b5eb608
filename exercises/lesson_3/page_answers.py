"""Numeric answers that the page of lesson 3 asks for."""

import numpy as np

from exercises.lesson_3.e1_ranking_pairs_solution import ranking_pairs
from exercises.lesson_3.e2_ranking_loss_solution import pair_loss, ranking_loss
from exercises.page_answers import NumericAnswer

SCORES = np.array([2.1, 1.5, 0.8, 0.2, -0.3])

ANSWERS = {
    "comparisons-of-five": NumericAnswer(
        value=len(ranking_pairs(5)),
        decimals=0,
        unit="comparisons",
        hints=("The best beats four others, the second three, and so on.", "Use K(K − 1)/2 with K = 5."),
        solution="5 · 4 / 2: each of five responses meets four others, and each meeting is counted twice.",
    ),
    "second-over-fourth": NumericAnswer(
        value=pair_loss(SCORES[1], SCORES[3]),
        decimals=3,
        unit="nats",
        hints=("The margin is 1.5 − 0.2.", "The loss is −log σ(1.3), with the natural logarithm."),
        solution="The margin is 1.3, σ(1.3) = 0.786, and −log 0.786 is the loss.",
    ),
    "whole-ranking-of-five": NumericAnswer(
        value=ranking_loss(SCORES),
        decimals=3,
        unit="nats",
        hints=("There are ten pairs.", "Take the mean of their ten losses, not the sum."),
        solution="The mean of −log σ(margin) over the ten pairs.",
    ),
}
