"""Checks of exercise 4.5."""

import numpy as np

from exercises.checking import Answer, Mistake, expect

OBJECTIVES = (4,)


def added_up(n_samples: int, generation_cost: float, scoring_cost: float) -> float:
    """Item by item, as on a receipt."""
    total = 0.0
    for _ in range(n_samples):
        total += generation_cost
        if n_samples > 1:
            total += scoring_cost
    return total


def where_bills_meet(training_cost: float, n_samples: int, generation_cost: float, scoring_cost: float) -> float:
    """Close in on the number of answers by halving, without solving any equation."""
    low, high = 0.0, 1e6
    for _ in range(100):
        middle = (low + high) / 2
        best_of_n = middle * added_up(n_samples, generation_cost, scoring_cost)
        if best_of_n < training_cost + middle * generation_cost:
            low = middle
        else:
            high = middle
    return low


def test_best_of_16(answer: Answer) -> None:
    expect(answer.inference_cost, 16, 1.0, 0.1).equals(
        added_up(16, 1.0, 0.1),
        in_words="16 responses at 1 unit and 16 scores at 0.1",
        hint="Write the receipt for n = 2 first: which items are on it?",
        mistakes=[
            Mistake(16 + 0.1, "Only one score is paid for; to know the best, all 16 must be scored."),
            Mistake(16.0, "The scores are missing."),
            Mistake(1 + 1.6, "Only one response is paid for; best-of-16 draws 16."),
            Mistake(16 * 1.0 * 0.1, "Generating and scoring both cost something: add the two prices."),
            Mistake(15 * 1.1 + 1, "To know the best, all 16 must be scored, the one that is shown too."),
        ],
    )


def test_a_single_response(answer: Answer) -> None:
    expect(answer.inference_cost, 1, 1.0, 0.1).equals(
        1.0,
        in_words="the price of one response, without a score",
        hint="With n = 1 there is nothing to choose.",
        mistakes=[Mistake(1.1, "With one response there is nothing to choose, so nothing is scored.")],
    )


def test_other_prices(answer: Answer) -> None:
    for arguments in [(2, 3.0, 0.5), (4, 0.2, 0.7), (1, 2.5, 9.0)]:
        expect(answer.inference_cost, *arguments).equals(
            added_up(*arguments),
            in_words="the same receipt with other prices",
            hint="Take both prices from the arguments.",
        )


def test_both_bills(answer: Answer) -> None:
    n_answers = np.array([0.0, 10.0, 100.0])
    best_of_4, one = added_up(4, 1.0, 0.1), added_up(1, 1.0, 0.1)
    right = np.array([[n * best_of_4, 50 + n * one] for n in n_answers])
    expect(answer.total_costs, n_answers.copy(), 50.0, 4, 1.0, 0.1).equals(
        right,
        in_words="for 0, 10 and 100 answers: best-of-4 in the first column, training + single responses in the second",
        hint="Before the first answer one bill is 0 and the other is 50. How much does each answer add to them?",
        mistakes=[
            Mistake(right[:, ::-1], "The columns are swapped: best-of-n comes first."),
            Mistake(
                np.stack([right[:, 0], n_answers * (50 + one)], axis=1),
                "Training is paid once, not at every answer.",
            ),
            Mistake(
                right + np.outer(n_answers, [0, 0.1]),
                "The trained policy draws one response an answer: with nothing to choose, nothing is scored.",
            ),
            Mistake(
                np.stack([right[:, 0], np.full(3, 50.0)], axis=1),
                "Training is in it. What do the answers of the trained policy cost?",
            ),
            Mistake(np.stack([right[:, 0], n_answers * one], axis=1), "The answers are in it. Where is the training?"),
        ],
    )


def test_break_even(answer: Answer) -> None:
    best_of_16, one = added_up(16, 1.0, 0.1), added_up(1, 1.0, 0.1)
    expect(answer.break_even_answers, 1_000_000.0, 16, 1.0, 0.1).equals(
        1_000_000 / (best_of_16 - one),
        in_words="training cost over what one answer saves",
        hint="Set both bills equal and solve for the number of answers.",
        mistakes=[
            Mistake(1_000_000 / best_of_16, "An answer of the trained policy isn't free either: subtract its cost."),
            Mistake(1_000_000 / 16, "What is saved must be in units of cost, not in responses."),
            Mistake(1_000_000 / 15, "What is saved must be in units of cost, not in responses."),
            Mistake(
                1_000_000 / (15 * 1.1),
                "The trained policy saves 15 responses but all n scores: its single response isn't scored.",
            ),
            Mistake(1_000_000 * (best_of_16 - one), "You multiplied. The more an answer saves, the fewer it takes."),
            Mistake((best_of_16 - one) / 1_000_000, "It is upside down: saving over training cost."),
        ],
    )


def test_at_break_even_both_bills_are_the_same(answer: Answer) -> None:
    for arguments in [(500.0, 2, 1.0, 0.0), (80.0, 9, 0.3, 0.2)]:
        expect(answer.break_even_answers, *arguments).equals(
            where_bills_meet(*arguments),
            in_words="a number of answers at which best-of-n and training have cost the same",
            hint="Take all four numbers from the arguments, and put the result into total_costs.",
        )
