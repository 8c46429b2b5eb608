"""Checks of exercise 3.1."""

from functools import partial

from exercises.checking import Answer, Mistake, expect

OBJECTIVES = (1,)

THREE = [(0, 1), (0, 2), (1, 2)]


def test_three_responses(answer: Answer) -> None:
    expect(answer.ranking_pairs, 3).equals(
        THREE,
        in_words="of three responses, the first beats two and the second beats one",
        hint="Let i run over all positions and j over those after i.",
        mistakes=[
            Mistake(
                [(0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2)],
                "No response beats itself: where must the second loop start?",
            ),
            Mistake(
                [(0, 1), (0, 2), (1, 0), (1, 2), (2, 0), (2, 1)],
                "You list each pair both ways round; the ranking says which of the two won.",
            ),
            Mistake([(1, 0), (2, 0), (2, 1)], "The winner comes first, and it is the one with the smaller position."),
            Mistake([(0, 1), (1, 2)], "You compare only neighbors. The best also beats the third."),
        ],
    )


def right_number_and_order(count: int, pairs: list[tuple[int, int]]) -> bool:
    return len(pairs) == count and all(winner < loser for winner, loser in pairs)


def test_every_k_of_the_paper(answer: Answer) -> None:
    for k in range(4, 10):
        count = k * (k - 1) // 2
        expect(answer.ranking_pairs, k).satisfies(
            partial(right_number_and_order, count),
            in_words=f"{count} pairs from {k} responses, each winner ahead of its loser",
            hint="Does your loop depend on n_responses, or on the three of the example?",
        )


def test_one_response_has_nobody_to_beat(answer: Answer) -> None:
    expect(answer.ranking_pairs, 1).equals(
        [], in_words="no comparison from a single response", hint="An empty list is a good answer here."
    )
