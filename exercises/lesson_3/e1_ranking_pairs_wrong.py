"""Typical wrong answers to exercise 3.1, and what each must be told."""

from exercises.checking import Wrong


def counts_itself(n_responses: int) -> list[tuple[int, int]]:
    return [(i, j) for i in range(n_responses) for j in range(i, n_responses)]


def both_directions(n_responses: int) -> list[tuple[int, int]]:
    return [(i, j) for i in range(n_responses) for j in range(n_responses) if i != j]


def loser_first(n_responses: int) -> list[tuple[int, int]]:
    return [(j, i) for i in range(n_responses) for j in range(i + 1, n_responses)]


def neighbors_only(n_responses: int) -> list[tuple[int, int]]:
    return [(i, i + 1) for i in range(n_responses - 1)]


WRONG = [
    Wrong({"ranking_pairs": counts_itself}, told="beats itself"),
    Wrong({"ranking_pairs": both_directions}, told="both ways round"),
    Wrong({"ranking_pairs": loser_first}, told="winner comes first"),
    Wrong({"ranking_pairs": neighbors_only}, told="only neighbors"),
]
