"""3.1 Read the comparisons off a ranking: a solution.

Position `i` beats exactly the positions after it, so the second loop starts at `i + 1`. That is
what `itertools.combinations(range(K), 2)` enumerates, and there are K (K − 1) / 2 of them.
"""

from itertools import combinations


def ranking_pairs(n_responses: int) -> list[tuple[int, int]]:
    """Return all pairs (winner, loser) of positions."""
    return list(combinations(range(n_responses), 2))
