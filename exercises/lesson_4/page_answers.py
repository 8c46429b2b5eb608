"""Numeric answers that the page of lesson 4 asks for."""

from exercises.lesson_4.e1_advantages_solution import advantage
from exercises.lesson_4.e5_two_bills_solution import break_even_answers, inference_cost
from exercises.lesson_4.e6_best_of_n_kl_solution import kl_bound
from exercises.page_answers import NumericAnswer

ANSWERS = {
    "advantage-of-the-first": NumericAnswer(
        value=advantage(2.3, 1.7),
        decimals=1,
        hints=("How far is the score above what was expected?", "Score minus baseline: 2.3 − 1.7."),
        solution="2.3 − 1.7 is positive: the first response becomes more likely.",
    ),
    "advantage-of-the-second": NumericAnswer(
        value=advantage(0.8, 1.7),
        decimals=1,
        hints=("The same baseline applies to both responses.", "Score minus baseline: 0.8 − 1.7. Mind the sign."),
        solution="0.8 − 1.7 is negative: the second becomes less likely, although its score is positive.",
    ),
    "cost-of-best-of-16": NumericAnswer(
        value=inference_cost(16, 1.0, 0.1),
        decimals=1,
        unit="units",
        hints=("Each of the 16 responses is generated and scored.", "16 times the sum of both prices."),
        solution="16 · (1 + 0.1): to know the best, all 16 must be scored.",
    ),
    "break-even-of-best-of-16": NumericAnswer(
        value=break_even_answers(1_000_000, 16, 1.0, 0.1),
        decimals=0,
        unit="answers",
        hints=(
            "What does one answer of the trained policy save?",
            "It costs 1 unit, with nothing to choose and so nothing to score. Divide the training cost by the saving.",
        ),
        solution="1,000,000 / (17.6 − 1): each answer saves 16.6 units.",
    ),
    "kl-of-best-of-16": NumericAnswer(
        value=kl_bound(16),
        decimals=3,
        unit="nats",
        hints=(
            "The formula is in the summary of the lesson.",
            "log n − (n − 1)/n with n = 16, and the natural logarithm.",
        ),
        solution="log 16 − 15/16 = 2.773 − 0.938, up to rounding.",
    ),
}
