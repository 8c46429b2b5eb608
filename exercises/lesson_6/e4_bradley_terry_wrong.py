"""Typical wrong answers to exercise 6.4, and what each must be told."""

import numpy as np

from exercises.checking import Wrong
from exercises.lesson_6 import e4_bradley_terry_solution as right


def both_sides_drawn(strengths: np.ndarray, n_comparisons: int, rng: np.random.Generator) -> np.ndarray:
    wins = rng.binomial(n_comparisons, right.win_probabilities(strengths))
    np.fill_diagonal(wins, 0)
    return wins


def meets_itself(strengths: np.ndarray, n_comparisons: int, rng: np.random.Generator) -> np.ndarray:
    return right.simulate_wins(strengths, n_comparisons, rng) + n_comparisons // 2 * np.eye(len(strengths), dtype=int)


def weaker_wins(strengths: np.ndarray, n_comparisons: int, rng: np.random.Generator) -> np.ndarray:
    return right.simulate_wins(strengths, n_comparisons, rng).T


def upper_half_only(strengths: np.ndarray, n_comparisons: int, rng: np.random.Generator) -> np.ndarray:
    return np.triu(right.simulate_wins(strengths, n_comparisons, rng))


def own_randomness(strengths: np.ndarray, n_comparisons: int, rng: np.random.Generator) -> np.ndarray:  # noqa: ARG001
    return right.simulate_wins(strengths, n_comparisons, np.random.default_rng())


def own_seed(strengths: np.ndarray, n_comparisons: int, rng: np.random.Generator) -> np.ndarray:  # noqa: ARG001
    return right.simulate_wins(strengths, n_comparisons, np.random.default_rng(0))


def expected_counts(strengths: np.ndarray, n_comparisons: int, rng: np.random.Generator) -> np.ndarray:  # noqa: ARG001
    wins = n_comparisons * right.win_probabilities(strengths)
    np.fill_diagonal(wins, 0)
    return wins


def expected_counts_rounded(strengths: np.ndarray, n_comparisons: int, rng: np.random.Generator) -> np.ndarray:
    return np.round(expected_counts(strengths, n_comparisons, rng))


def coin_flips(strengths: np.ndarray, n_comparisons: int, rng: np.random.Generator) -> np.ndarray:
    return right.simulate_wins(np.zeros(len(strengths)), n_comparisons, rng)


def strengths_doubled(strengths: np.ndarray, n_comparisons: int, rng: np.random.Generator) -> np.ndarray:
    return right.simulate_wins(2 * np.asarray(strengths), n_comparisons, rng)


def one_comparison(strengths: np.ndarray, n_comparisons: int, rng: np.random.Generator) -> np.ndarray:  # noqa: ARG001
    return right.simulate_wins(strengths, 1, rng)


def first_is_zero(wins: np.ndarray) -> np.ndarray:
    strengths = right.fit_strengths(wins)
    return strengths - strengths[0]


def last_is_zero(wins: np.ndarray) -> np.ndarray:
    strengths = right.fit_strengths(wins)
    return strengths - strengths[-1]


def losses_for_wins(wins: np.ndarray) -> np.ndarray:
    return right.fit_strengths(wins.T)


def exp_of_the_strengths(wins: np.ndarray) -> np.ndarray:
    return np.exp(right.fit_strengths(wins))


def shares_adding_up_to_one(wins: np.ndarray) -> np.ndarray:
    exp = np.exp(right.fit_strengths(wins))
    return exp / exp.sum()


def log_odds_of_all_games(wins: np.ndarray) -> np.ndarray:
    strengths = np.log(wins.sum(axis=1) / wins.sum(axis=0))
    return strengths - strengths.mean()


def half_of_that(wins: np.ndarray) -> np.ndarray:
    return log_odds_of_all_games(wins) / 2


def too_few_steps(wins: np.ndarray) -> np.ndarray:
    met, strengths = wins + wins.T, np.zeros(len(wins))
    for _ in range(5):
        strengths += (wins - met * right.win_probabilities(strengths)).sum(axis=1) / met.sum(axis=1)
    return strengths - strengths.mean()


def step_too_long(wins: np.ndarray) -> np.ndarray:
    met, strengths = wins + wins.T, np.zeros(len(wins))
    for _ in range(2000):
        strengths += (wins - met * right.win_probabilities(strengths)).sum(axis=1)
    return strengths - strengths.mean()


def downhill(wins: np.ndarray) -> np.ndarray:
    met, strengths = wins + wins.T, np.zeros(len(wins))
    for _ in range(2000):
        strengths -= (wins - met * right.win_probabilities(strengths)).sum(axis=1) / met.sum(axis=1)
    return strengths - strengths.mean()


def mean_log_odds_of_pairs(wins: np.ndarray) -> np.ndarray:
    odds = np.where(np.eye(len(wins), dtype=bool), 1.0, wins / np.where(wins.T > 0, wins.T, 1))
    return np.log(np.where(odds > 0, odds, 1.0)).mean(axis=1)


def all_pairs_equally_often(wins: np.ndarray) -> np.ndarray:
    return right.fit_strengths(wins / np.maximum(wins + wins.T, 1))


def predicted_minus_measured(wins: np.ndarray) -> np.ndarray:
    return -right.residuals(wins)


def in_counts(wins: np.ndarray) -> np.ndarray:
    return right.residuals(wins) * (wins + wins.T)


def diagonal_of_one_half(wins: np.ndarray) -> np.ndarray:
    return wins / np.maximum(wins + wins.T, 1) - right.win_probabilities(right.fit_strengths(wins))


def zero_by_zero(wins: np.ndarray) -> np.ndarray:
    return wins / (wins + wins.T) - right.win_probabilities(right.fit_strengths(wins))


def only_the_diagonal_cleared(wins: np.ndarray) -> np.ndarray:
    table = diagonal_of_one_half(wins)
    np.fill_diagonal(table, 0)
    return table


def measured_minus_one_half(wins: np.ndarray) -> np.ndarray:
    met = wins + wins.T
    return np.where(met > 0, wins / np.maximum(met, 1) - 0.5, 0.0)


WRONG = [
    Wrong({"simulate_wins": both_sides_drawn}, told="one winner"),
    Wrong({"simulate_wins": meets_itself}, told="against itself"),
    Wrong({"simulate_wins": weaker_wins}, told="the weaker one wins"),
    Wrong({"simulate_wins": upper_half_only}, told="one winner"),
    Wrong({"simulate_wins": own_randomness}, told="only from `rng`"),
    Wrong({"simulate_wins": own_seed}, told="whatever `rng` is"),
    Wrong({"simulate_wins": expected_counts}, told="that one expects"),
    Wrong({"simulate_wins": expected_counts_rounded}, told="whatever `rng` is"),
    Wrong({"simulate_wins": coin_flips}, told="as if all were equally strong"),
    Wrong({"simulate_wins": strengths_doubled}, told="one sigmoid of the difference"),
    Wrong({"simulate_wins": one_comparison}, told="meet only once"),
    Wrong({"fit_strengths": first_is_zero}, told="mean of the strengths"),
    Wrong({"fit_strengths": last_is_zero}, told="mean of the strengths"),
    Wrong({"fit_strengths": losses_for_wins}, told="row i holds the wins of model i"),
    Wrong({"fit_strengths": exp_of_the_strengths}, told="exp of the strengths"),
    Wrong({"fit_strengths": shares_adding_up_to_one}, told="exp of the strengths"),
    Wrong({"fit_strengths": log_odds_of_all_games}, told="twice that"),
    Wrong({"fit_strengths": half_of_that}, told="whom it met"),
    Wrong({"fit_strengths": too_few_steps}, told="not at the top yet"),
    Wrong({"fit_strengths": step_too_long}, told="jumps over the top"),
    Wrong({"fit_strengths": downhill}, told="a wrong sign runs away"),
    Wrong({"fit_strengths": mean_log_odds_of_pairs}, told="never met"),
    Wrong({"fit_strengths": all_pairs_equally_often}, told="count more"),
    Wrong({"residuals": predicted_minus_measured}, told="Only the sign is wrong"),
    Wrong({"residuals": in_counts}, told="Those are comparisons"),
    Wrong({"residuals": diagonal_of_one_half}, told="met itself"),
    Wrong({"residuals": zero_by_zero}, told="0/0"),
    Wrong({"residuals": only_the_diagonal_cleared}, told="never met"),
    Wrong({"residuals": measured_minus_one_half}, told="of the fitted strengths"),
]
