"""Typical wrong answers to project part 1, and what each must be told."""

from itertools import combinations, combinations_with_replacement, permutations

import numpy as np

from exercises.checking import Wrong
from exercises.project import e1_comparisons_solution as right

Two = tuple[np.ndarray, np.ndarray]


def worst_first(scores: np.ndarray, temperature: float, rng: np.random.Generator) -> np.ndarray:
    return np.argsort(scores + temperature * rng.gumbel(size=scores.shape), axis=1)


def places_instead(scores: np.ndarray, temperature: float, rng: np.random.Generator) -> np.ndarray:
    return np.argsort(right.rank_with_noise(scores, temperature, rng), axis=1)


def sorts_the_prompts(scores: np.ndarray, temperature: float, rng: np.random.Generator) -> np.ndarray:
    axis = 0 if len(scores) > 1 else 1
    return np.argsort(-(scores + temperature * rng.gumbel(size=scores.shape)), axis=axis)


def no_noise(scores: np.ndarray, temperature: float, rng: np.random.Generator) -> np.ndarray:
    return np.argsort(-(scores + temperature * rng.gumbel(size=(len(scores), 1))), axis=1)


def same_for_all_prompts(scores: np.ndarray, temperature: float, rng: np.random.Generator) -> np.ndarray:
    return np.argsort(-(scores + temperature * rng.gumbel(size=scores.shape[1])), axis=1)


def temperature_is_a_switch(scores: np.ndarray, temperature: float, rng: np.random.Generator) -> np.ndarray:
    return right.rank_with_noise(scores, float(temperature > 0), rng)


def cold_is_noisy(scores: np.ndarray, temperature: float, rng: np.random.Generator) -> np.ndarray:
    return right.rank_with_noise(scores, 1 / temperature if temperature > 0 else 0.0, rng)


def noise_turned_round(scores: np.ndarray, temperature: float, rng: np.random.Generator) -> np.ndarray:
    return np.argsort(-scores + temperature * rng.gumbel(size=scores.shape), axis=1)


def normal_noise(scores: np.ndarray, temperature: float, rng: np.random.Generator) -> np.ndarray:
    return np.argsort(-(scores + temperature * rng.normal(size=scores.shape)), axis=1)


def own_generator(scores: np.ndarray, temperature: float, rng: np.random.Generator) -> np.ndarray:  # noqa: ARG001
    return right.rank_with_noise(scores, temperature, np.random.default_rng(0))


def ranking_ignored(features: np.ndarray, rankings: np.ndarray) -> Two:
    return right.comparison_pairs(features, np.argsort(np.argsort(np.zeros_like(rankings), axis=1), axis=1))


def read_as_places(features: np.ndarray, rankings: np.ndarray) -> Two:
    return right.comparison_pairs(features, np.argsort(rankings, axis=1))


def swapped(features: np.ndarray, rankings: np.ndarray) -> Two:
    winners, losers = right.comparison_pairs(features, rankings)
    return losers, winners


def _pairs(features: np.ndarray, rankings: np.ndarray, pairs: list[tuple[int, int]]) -> Two:
    ranked = np.take_along_axis(features, rankings[:, :, None], axis=1)
    i, j = np.array(pairs).T
    return ranked[:, i].reshape(-1, features.shape[2]), ranked[:, j].reshape(-1, features.shape[2])


def neighbors_only(features: np.ndarray, rankings: np.ndarray) -> Two:
    return _pairs(features, rankings, [(i, i + 1) for i in range(rankings.shape[1] - 1)])


def both_ways_round(features: np.ndarray, rankings: np.ndarray) -> Two:
    return _pairs(features, rankings, list(permutations(range(rankings.shape[1]), 2)))


def beats_itself(features: np.ndarray, rankings: np.ndarray) -> Two:
    return _pairs(features, rankings, list(combinations_with_replacement(range(rankings.shape[1]), 2)))


def first_prompt_only(features: np.ndarray, rankings: np.ndarray) -> Two:
    return right.comparison_pairs(features[:1], rankings[:1])


def across_prompts(features: np.ndarray, rankings: np.ndarray) -> Two:
    ranked = np.take_along_axis(features, rankings[:, :, None], axis=1).reshape(-1, features.shape[2])
    i, j = np.array(list(combinations(range(len(ranked)), 2))).T
    return ranked[i], ranked[j]


def not_joined(features: np.ndarray, rankings: np.ndarray) -> Two:
    winners, losers = right.comparison_pairs(features, rankings)
    return winners[None], losers[None]


def entry_by_entry(rankings: np.ndarray, other_rankings: np.ndarray) -> float:
    return float((rankings == other_rankings).mean())


def positions_as_places(rankings: np.ndarray, other_rankings: np.ndarray) -> float:
    return right.agreement(np.argsort(rankings, axis=1), np.argsort(other_rankings, axis=1))


def percent(rankings: np.ndarray, other_rankings: np.ndarray) -> float:
    share = right.agreement(rankings, other_rankings)
    return share * 100 if 0 < share < 1 else share


def with_the_diagonal(rankings: np.ndarray, other_rankings: np.ndarray) -> float:
    one, other = np.argsort(rankings, axis=1), np.argsort(other_rankings, axis=1)
    same = (one[:, :, None] < one[:, None]) == (other[:, :, None] < other[:, None])
    share = right.agreement(rankings, other_rankings)
    return float(same.mean()) if 0 < share < 1 else share


def first_prompt(rankings: np.ndarray, other_rankings: np.ndarray) -> float:
    return right.agreement(rankings[:1], other_rankings[:1])


def sum_over_prompts(rankings: np.ndarray, other_rankings: np.ndarray) -> float:
    return right.agreement(rankings, other_rankings) * len(rankings)


WRONG = [
    Wrong({"rank_with_noise": worst_first}, told="worst first"),
    Wrong({"rank_with_noise": places_instead}, told="Those are places"),
    Wrong({"rank_with_noise": sorts_the_prompts}, told="axis 1"),
    Wrong({"rank_with_noise": no_noise}, told="changes no order"),
    Wrong({"rank_with_noise": same_for_all_prompts}, told="All prompts get the same ranking"),
    Wrong({"rank_with_noise": temperature_is_a_switch}, told="as strong at any temperature"),
    Wrong({"rank_with_noise": cold_is_noisy}, told="divided by the temperature"),
    Wrong({"rank_with_noise": noise_turned_round}, told="mind the brackets"),
    Wrong({"rank_with_noise": normal_noise}, told="rng.gumbel"),
    Wrong({"rank_with_noise": own_generator}, told="Draw from `rng` itself"),
    Wrong({"comparison_pairs": ranking_ignored}, told="Where does the ranking come in"),
    Wrong({"comparison_pairs": read_as_places}, told="You read the ranking as places"),
    Wrong({"comparison_pairs": swapped}, told="swapped"),
    Wrong({"comparison_pairs": neighbors_only}, told="Only neighbors"),
    Wrong({"comparison_pairs": both_ways_round}, told="both ways round"),
    Wrong({"comparison_pairs": beats_itself}, told="beats itself"),
    Wrong({"comparison_pairs": first_prompt_only}, told="one prompt's worth"),
    Wrong({"comparison_pairs": across_prompts}, told="responses of one prompt"),
    Wrong({"comparison_pairs": not_joined}, told="prompts joined by"),
    Wrong({"agreement": entry_by_entry}, told="entry by entry"),
    Wrong({"agreement": positions_as_places}, told="makes places of them"),
    Wrong({"agreement": percent}, told="between 0 and 1"),
    Wrong({"agreement": with_the_diagonal}, told="no pair"),
    Wrong({"agreement": first_prompt}, told="first prompt alone"),
    Wrong({"agreement": sum_over_prompts}, told="average them"),
]
