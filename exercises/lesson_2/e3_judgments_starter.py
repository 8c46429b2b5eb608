"""2.3 What a labeler's hour is worth.

Writing a response is slow, ranking some responses is quick. Count what a labeler supplies in the
same time, by number and by information.

Lesson 2, "Extend". K is the number of responses in a ranking. Check with: python make.py check 2.3
"""


def comparisons_per_demonstration(n_responses: int, demonstration_minutes: float, ranking_minutes: float) -> float:
    """Return how many comparisons a labeler supplies in the time of one demonstration.

    Ranking K = `n_responses` responses takes `ranking_minutes` in all and yields a comparison for
    each pair of them. A ranking that was begun counts in proportion.
    """
    raise NotImplementedError("how many rankings in that time, and how many pairs in each?")


def hours_saved(n_examples: int, n_responses: int, demonstration_minutes: float, ranking_minutes: float) -> float:
    """Return how many hours less it takes to get `n_examples` comparisons than so many demonstrations.

    Here only whole rankings can be ordered: the last one may yield more comparisons than needed.
    """
    raise NotImplementedError("math.ceil (import math first) for the number of rankings; minutes to hours at the end")


def ranking_bits(n_responses: int) -> float:
    """Return the most information that one ranking of K responses can carry, in bits.

    It says which of all possible orders is the labeler's; there are no ties.
    """
    raise NotImplementedError("how many orders of K responses are there? bits are logarithms to base 2")
