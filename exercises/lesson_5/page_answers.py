"""Numeric answers that the page of lesson 5 asks for."""

import numpy as np

from exercises.lesson_5.e1_penalized_reward_solution import flip_coefficient, penalized_reward
from exercises.lesson_5.e3_bias_and_spread_solution import exact_kl
from exercises.lesson_5.e6_best_policy_solution import best_policy
from exercises.page_answers import NumericAnswer

SCORES = np.array([1.5, 2.0])
LOG_RATIOS = np.array([2.4, 12.0])

# The four responses of "A score that can be gamed".
SFT = np.array([0.4, 0.2, 0.3999, 0.0001])
PROXY = np.array([0.6, 1.0, 0.0, 3.0])
SHIFTED = best_policy(SFT, PROXY + 5, 0.5)
DOUBLED = best_policy(SFT, PROXY * 2, 0.5)

ANSWERS = {
    "first-penalized": NumericAnswer(
        value=penalized_reward(1.5, 2.4, 0.05),
        decimals=2,
        unit="points",
        hints=("What do 2.4 nats cost at 0.05 points each?", "Subtract the cost from the score, 1.5."),
        solution="The penalty is 0.05 · 2.4 = 0.12; the score of 1.5 less that.",
    ),
    "second-penalized": NumericAnswer(
        value=penalized_reward(2.0, 12.0, 0.05),
        decimals=2,
        unit="points",
        hints=("Its log-ratio is five times that of the first, and so is its penalty.", "Subtract 0.05 · 12 from 2.0."),
        solution="The penalty is 0.05 · 12.0 = 0.60; the score of 2.0 less that.",
    ),
    "times-as-often": NumericAnswer(
        value=float(np.exp(12.0)) / 1000,
        decimals=0,
        unit="thousand times",
        hints=("The log-ratio is the natural logarithm of a ratio of probabilities.", "Undo the logarithm: exp(12)."),
        solution="exp(12) = 162,755: the ratio of the two probabilities, in thousands.",
    ),
    "flip": NumericAnswer(
        value=flip_coefficient(SCORES, LOG_RATIOS),
        decimals=4,
        unit="points per nat",
        hints=(
            "At that β both have the same penalized reward.",
            "The lead of 0.5 points is used up by 12.0 − 2.4 extra nats.",
        ),
        solution="0.5 = β · 9.6, so β = 0.5/9.6.",
    ),
    "kl-after-shift": NumericAnswer(
        value=exact_kl(SHIFTED, SFT),
        decimals=3,
        unit="nats",
        hints=(
            "The weights π_SFT · exp(r/β) all get the same factor, exp(5/β).",
            'Look for β = 0.5 in the table of "A score that can be gamed".',
        ),
        solution="The factor exp(5/β) cancels in the normalization: policy and KL are those of the table at β = 0.5.",
    ),
    "flattery-after-doubling": NumericAnswer(
        value=float(DOUBLED[3]),
        decimals=3,
        hints=(
            "Only r/β matters: doubled rewards act like half the β.",
            "Its weight is 0.0001 · exp(3/0.25); divide by the sum of all four weights.",
        ),
        solution="With β = 0.25 the four weights are 4.4, 10.9, 0.4 and 16.3; the last one's share of their sum.",
    ),
}
