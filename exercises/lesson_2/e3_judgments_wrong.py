"""Typical wrong answers to exercise 2.3, and what each must be told."""

import math

from exercises.checking import Wrong
from exercises.lesson_2 import e3_judgments_solution as right


def responses_for_comparisons(n_responses: int, demonstration_minutes: float, ranking_minutes: float) -> float:
    return demonstration_minutes / ranking_minutes * n_responses


def both_ways_round(n_responses: int, demonstration_minutes: float, ranking_minutes: float) -> float:
    return demonstration_minutes / ranking_minutes * n_responses * (n_responses - 1)


def neighbors_only(n_responses: int, demonstration_minutes: float, ranking_minutes: float) -> float:
    return demonstration_minutes / ranking_minutes * (n_responses - 1)


def with_itself(n_responses: int, demonstration_minutes: float, ranking_minutes: float) -> float:
    return demonstration_minutes / ranking_minutes * n_responses * (n_responses + 1) / 2


def times_swapped(n_responses: int, demonstration_minutes: float, ranking_minutes: float) -> float:
    return ranking_minutes / demonstration_minutes * math.comb(n_responses, 2)


def whole_rankings(n_responses: int, demonstration_minutes: float, ranking_minutes: float) -> float:
    return demonstration_minutes // ranking_minutes * math.comb(n_responses, 2)


def forgets_the_time(n_responses: int, demonstration_minutes: float, ranking_minutes: float) -> float:  # noqa: ARG001
    return math.comb(n_responses, 2)


def always_six_pairs(n_responses: int, demonstration_minutes: float, ranking_minutes: float) -> float:  # noqa: ARG001
    return demonstration_minutes / ranking_minutes * 6


def in_minutes(n_examples: int, n_responses: int, demonstration_minutes: float, ranking_minutes: float) -> float:
    return 60 * right.hours_saved(n_examples, n_responses, demonstration_minutes, ranking_minutes)


def minutes_minus_hours(
    n_examples: int, n_responses: int, demonstration_minutes: float, ranking_minutes: float
) -> float:
    rankings = math.ceil(n_examples / math.comb(n_responses, 2))
    return n_examples * demonstration_minutes - rankings * ranking_minutes / 60


def other_way_round(n_examples: int, n_responses: int, demonstration_minutes: float, ranking_minutes: float) -> float:
    return -right.hours_saved(n_examples, n_responses, demonstration_minutes, ranking_minutes)


def part_rankings(n_examples: int, n_responses: int, demonstration_minutes: float, ranking_minutes: float) -> float:
    rankings = n_examples / math.comb(n_responses, 2)
    return (n_examples * demonstration_minutes - rankings * ranking_minutes) / 60


def rounds_down(n_examples: int, n_responses: int, demonstration_minutes: float, ranking_minutes: float) -> float:
    rankings = n_examples // math.comb(n_responses, 2)
    return (n_examples * demonstration_minutes - rankings * ranking_minutes) / 60


def a_ranking_each(n_examples: int, n_responses: int, demonstration_minutes: float, ranking_minutes: float) -> float:  # noqa: ARG001
    return n_examples * (demonstration_minutes - ranking_minutes) / 60


def one_ranking_too_many(
    n_examples: int, n_responses: int, demonstration_minutes: float, ranking_minutes: float
) -> float:
    rankings = n_examples // math.comb(n_responses, 2) + 1
    return (n_examples * demonstration_minutes - rankings * ranking_minutes) / 60


def in_nats(n_responses: int) -> float:
    return math.log(math.factorial(n_responses))


def one_bit_a_pair(n_responses: int) -> float:
    return float(math.comb(n_responses, 2))


def counts_orders(n_responses: int) -> float:
    return float(math.factorial(n_responses))


def one_bit_pattern_a_response(n_responses: int) -> float:
    return n_responses * math.log2(n_responses)


def only_the_best(n_responses: int) -> float:
    return math.log2(n_responses)


WRONG = [
    Wrong({"comparisons_per_demonstration": responses_for_comparisons}, told="pairs, not responses"),
    Wrong({"comparisons_per_demonstration": both_ways_round}, told="both ways round"),
    Wrong({"comparisons_per_demonstration": neighbors_only}, told="only neighbors"),
    Wrong({"comparisons_per_demonstration": with_itself}, told="with itself"),
    Wrong({"comparisons_per_demonstration": times_swapped}, told="the other way round"),
    Wrong({"comparisons_per_demonstration": whole_rankings}, told="in proportion"),
    Wrong({"comparisons_per_demonstration": forgets_the_time}, told="of one ranking"),
    Wrong({"comparisons_per_demonstration": always_six_pairs}, told="K = 4"),
    Wrong({"hours_saved": in_minutes}, told="in minutes"),
    Wrong({"hours_saved": minutes_minus_hours}, told="bring both to hours"),
    Wrong({"hours_saved": other_way_round}, told="Only the sign is wrong"),
    Wrong({"hours_saved": part_rankings}, told="part of a ranking"),
    Wrong({"hours_saved": rounds_down}, told="rounded down"),
    Wrong({"hours_saved": a_ranking_each}, told="several comparisons"),
    Wrong({"hours_saved": one_ranking_too_many}, told="comes out even"),
    Wrong({"ranking_bits": in_nats}, told="in nats"),
    Wrong({"ranking_bits": one_bit_a_pair}, told="follow from the others"),
    Wrong({"ranking_bits": counts_orders}, told="number of orders"),
    Wrong({"ranking_bits": one_bit_pattern_a_response}, told="each place"),
    Wrong({"ranking_bits": only_the_best}, told="only which response is the best"),
]
