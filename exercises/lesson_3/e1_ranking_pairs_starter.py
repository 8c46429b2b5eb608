"""3.1 Read the comparisons off a ranking.

A labeler hands you responses sorted from best to worst. Every response beats all that come
after it. List those comparisons.

Lesson 3, step 2. Check with: python make.py check 3.1
"""


def ranking_pairs(n_responses: int) -> list[tuple[int, int]]:
    """Return all pairs (winner, loser) of positions, in the order (0, 1), (0, 2), …, (1, 2), …

    For three responses: [(0, 1), (0, 2), (1, 2)].
    """
    raise NotImplementedError("two nested loops, or itertools.combinations")
