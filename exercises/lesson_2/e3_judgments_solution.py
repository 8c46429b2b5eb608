"""2.3 What a labeler's hour is worth: a solution.

A ranking holds K (K − 1) / 2 comparisons, and K! orders are possible. The first grows like K², the
logarithm of the second only like K log K: the comparisons of a ranking are not independent.
"""

import math


def comparisons_per_demonstration(n_responses: int, demonstration_minutes: float, ranking_minutes: float) -> float:
    """Return how many comparisons a labeler supplies in the time of one demonstration."""
    return demonstration_minutes / ranking_minutes * math.comb(n_responses, 2)


def hours_saved(n_examples: int, n_responses: int, demonstration_minutes: float, ranking_minutes: float) -> float:
    """Return how many hours less it takes to get `n_examples` comparisons than so many demonstrations."""
    rankings = math.ceil(n_examples / math.comb(n_responses, 2))
    return (n_examples * demonstration_minutes - rankings * ranking_minutes) / 60


def ranking_bits(n_responses: int) -> float:
    """Return the most information that one ranking of K responses can carry, in bits."""
    return math.log2(math.factorial(n_responses))
