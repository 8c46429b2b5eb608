"""Checks of exercise 2.3."""

import math
from itertools import combinations, permutations

from exercises.checking import Answer, Mistake, expect

OBJECTIVES = (5,)


def n_comparisons(n_responses: int) -> int:
    """Count the pairs one by one."""
    return len(list(combinations(range(n_responses), 2)))


def test_five_minutes_against_two(answer: Answer) -> None:
    k, write, rank = 4, 5.0, 2.0
    pairs = n_comparisons(k)
    expect(answer.comparisons_per_demonstration, k, write, rank).equals(
        write * pairs / rank,
        in_words="15 comparisons: two and a half rankings of six",
        hint="First the number of rankings, then the comparisons in each.",
        mistakes=[
            Mistake(write * k / rank, "Count pairs, not responses: each of the four is compared with three others."),
            Mistake(
                write * (k - 1) / rank, "You compare only neighbors; the best also beats the third and the fourth."
            ),
            Mistake(
                write * (pairs + k) / rank, "No response is compared with itself: K (K − 1) / 2, not K (K + 1) / 2."
            ),
            Mistake(
                rank * pairs / write, "How many rankings fit into one demonstration? You divided the other way round."
            ),
            Mistake(write // rank * pairs, "The half ranking counts too, in proportion: no rounding here."),
            Mistake(2 * write * pairs / rank, "You count each pair both ways round; the ranking says who won."),
            Mistake(pairs, "That is the number of one ranking. How many fit into the time of a demonstration?"),
        ],
    )


def test_other_rankings(answer: Answer) -> None:
    for k, write, rank in [(9, 6.0, 4.0), (2, 5.0, 1.0)]:
        expect(answer.comparisons_per_demonstration, k, write, rank).equals(
            write / rank * n_comparisons(k),
            in_words=f"{write / rank:g} rankings of {n_comparisons(k)} comparisons each",
            hint="Does anything in your function still belong to K = 4?",
            mistakes=[Mistake(write / rank * 6, "Six pairs is the case K = 4; compute it from n_responses.")],
        )


def test_hours_saved_with_thirteen_comparisons(answer: Answer) -> None:
    saved = (13 * 5 - 3 * 2) / 60  # 13 comparisons: three rankings of 6, the last one not needed in full
    expect(answer.hours_saved, 13, 4, 5.0, 2.0).equals(
        saved,
        in_words="13 demonstrations of 5 minutes minus 3 rankings of 2 minutes, in hours",
        hint="How many rankings of six comparisons must you order to get at least 13?",
        mistakes=[
            Mistake(saved * 60, "That is in minutes; hours are asked for."),
            Mistake(65 - 6 / 60, "Minutes minus hours: bring both to hours before you subtract."),
            Mistake(65 / 60 - 6, "Hours minus minutes: bring both to hours before you subtract."),
            Mistake((65 - 13 / 6 * 2) / 60, "You order part of a ranking: 13 / 6 has to be rounded up."),
            Mistake((65 - 2 * 2) / 60, "You rounded down: two rankings give 12 comparisons, one too few."),
            Mistake((65 - 13 * 2) / 60, "A ranking yields several comparisons, so fewer than 13 rankings are needed."),
        ],
    )


def test_hours_saved_where_it_comes_out_even(answer: Answer) -> None:
    expect(answer.hours_saved, 1200, 5, 5.0, 3.0).equals(
        (1200 * 5 - 120 * 3) / 60,
        in_words="1,200 demonstrations of 5 minutes minus 120 rankings of 3 minutes",
        hint="Ten comparisons in each ranking of five, so 120 rankings.",
        mistakes=[Mistake((6000 - 121 * 3) / 60, "1,200 / 10 comes out even: no ranking more. math.ceil does this.")],
    )


def test_information_in_a_ranking(answer: Answer) -> None:
    orders = len(list(permutations(range(4))))
    expect(answer.ranking_bits, 4).equals(
        math.log2(orders),
        in_words="log to base 2 of the 24 possible orders: 4.585 bits",
        hint="In how many ways can four responses be ordered?",
        mistakes=[
            Mistake(math.log(orders), "That is in nats. A bit is a choice between two, so the base is 2."),
            Mistake(
                math.log10(orders), "That is a logarithm to base 10. A bit is a choice between two, so the base is 2."
            ),
            Mistake(n_comparisons(4), "A bit for each comparison is too much: some of them follow from the others."),
            Mistake(orders, "That is the number of orders. How many yes-or-no questions tell them apart?"),
            Mistake(4 * math.log2(4), "You let each place take any response; one that is placed is gone."),
            Mistake(math.log2(4), "This tells only which response is the best. The others are ordered too."),
        ],
    )


def test_information_in_other_rankings(answer: Answer) -> None:
    for k in (1, 2, 9):
        expect(answer.ranking_bits, k).equals(
            sum(math.log2(place) for place in range(1, k + 1)),
            in_words={1: "nothing to learn from one response", 2: "one bit"}.get(k, f"log2 of {k} · {k - 1} · … · 1"),
            hint="K · (K − 1) · … · 1 orders. Does your function depend on K everywhere?",
        )
