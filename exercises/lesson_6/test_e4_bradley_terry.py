"""Checks of exercise 6.4."""

from typing import Any

import numpy as np

from exercises.checking import Answer, Mistake, expect
from rlhf_textbook import expected_win_rate, quality_gap

OBJECTIVES = (2,)

ENOUGH = 5e-3  # nobody has to climb to the last decimal
THREE = np.array([1.0, 0.0, -1.0])
FOUR = np.array([0.9, 0.2, -0.4, -0.7])


def probabilities(strengths: np.ndarray) -> np.ndarray:
    """Return σ(q_i − q_j) for every pair."""
    return expected_win_rate(strengths[:, None] - strengths[None, :])


def table(rates: dict[tuple[int, int], float], games: dict[tuple[int, int], int]) -> np.ndarray:
    """Make a table of wins for three models from the rates of some pairs."""
    wins = np.zeros((3, 3))
    for (i, j), rate in rates.items():
        wins[i, j], wins[j, i] = games[i, j] * rate, games[i, j] * (1 - rate)
    return wins


def where_it_stands(strengths: Any, top: np.ndarray) -> str:
    """Guess from the strengths that came what kept the learner from the top."""
    try:
        came = np.asarray(strengths, dtype=float)
        if came.shape != top.shape or not np.isfinite(came).all():
            raise ValueError
    except (TypeError, ValueError):
        return "Return one finite number for each model, in the order of the rows."
    if abs(came.mean()) > 1e-3:
        return "The mean of the strengths should be 0: only differences count, so shift them all by the same number."
    if np.abs(came).max() > 4 * np.abs(top).max():
        return (
            "Far off. Too long a step jumps over the top (divide it by how often each played), a wrong sign runs away."
        )
    if (np.abs(came) < np.abs(top)).all() and (came * top > 0).all():
        return "On the way, but not at the top yet. More steps? Print the strengths now and then: do they still change?"
    return (
        "Where you stop, are the expected wins Σ_j n_ij σ(q_i − q_j) of each model those it has? Do the steps settle?"
    )


def test_every_comparison_has_a_winner(answer: Answer) -> None:
    came = expect(answer.simulate_wins, THREE, 1000, np.random.default_rng(1))
    came.satisfies(
        lambda wins: np.shape(wins) == (3, 3),
        in_words="a table with a row and a column for each of the three models",
        hint="Start from np.zeros((n, n), dtype=int) with n = len(strengths).",
    )
    came.satisfies(
        lambda wins: not np.diag(wins).any(),
        in_words="zeros on the diagonal",
        hint="No model plays against itself.",
    )
    came.satisfies(
        lambda wins: np.array_equal(wins, np.round(wins)),
        in_words="whole numbers of wins",
        hint="Those are the wins that one expects. Draw them from that probability: rng.binomial.",
    )
    hint = "Each comparison has one winner: once the wins of i are drawn, how many are left for j?"
    if np.max(came.value) <= 1:
        hint = "Your models meet only once. How often is `n_comparisons`?"
    came.satisfies(
        lambda wins: np.allclose((np.asarray(wins) + np.transpose(wins))[np.triu_indices(3, 1)], 1000),
        in_words="wins[i, j] + wins[j, i] = 1000 for each pair",
        hint=hint,
    )


def test_the_stronger_one_wins_as_often_as_it_should(answer: Answer) -> None:
    came = expect(answer.simulate_wins, THREE, 20_000, np.random.default_rng(2))
    right, turned, level, doubled = (probabilities(k * THREE) for k in (1, -1, 0, 2))

    def close_to(rates: np.ndarray) -> bool:
        shares = np.asarray(came.value, dtype=float) / 20_000 + np.eye(3) / 2
        return bool(np.abs(shares - rates).max() < 0.02)  # more than five standard errors

    hint = "Row i, column j: σ(q_i − q_j) is the probability that i wins one comparison."
    if close_to(turned):
        hint = "In your table the weaker one wins. Row i holds the wins of model i; look at the sign inside σ."
    elif close_to(level):
        hint = "Your models meet as if all were equally strong. Where do the strengths come in?"
    elif close_to(doubled):
        hint = "The stronger one wins too often; the probability is one sigmoid of the difference q_i − q_j."
    came.satisfies(
        lambda _: close_to(right), in_words="about 73 % of 20,000 for neighbors, 88 % for first against last", hint=hint
    )


def test_chance_comes_from_rng(answer: Answer) -> None:
    first = expect(answer.simulate_wins, FOUR, 500, np.random.default_rng(3))
    again = expect(answer.simulate_wins, FOUR, 500, np.random.default_rng(3)).value
    other = expect(answer.simulate_wins, FOUR, 500, np.random.default_rng(4)).value
    first.satisfies(
        lambda wins: np.array_equal(wins, again),
        in_words="the same table again when `rng` starts from the same seed",
        hint="Let chance come only from `rng`: rng.binomial, not np.random.binomial and not a generator of your own.",
    )
    first.satisfies(
        lambda wins: not np.array_equal(wins, other),
        in_words="another table when `rng` starts from another seed",
        hint="Your table is the same whatever `rng` is. Do you draw from it, or from a seed of your own?",
    )


def test_two_models(answer: Answer) -> None:
    gap = np.log(0.85 / 0.15)
    top = np.array([gap / 2, -gap / 2])
    shift = "The difference is right. The mean of the strengths should be 0: what has to be subtracted from both?"
    came = expect(answer.fit_strengths, np.array([[0, 85], [15, 0]]))
    came.equals(
        top,
        in_words="two strengths whose difference is the quality gap of 85 %, one as far above 0 as the other below",
        hint=where_it_stands(came.value, top),
        mistakes=[
            Mistake([0.0, -gap], shift),
            Mistake([gap, 0.0], shift),
            Mistake([gap, -gap], "Their difference should be the gap; yours is twice that."),
            Mistake(-top, "The loser comes out on top: row i holds the wins of model i."),
            Mistake(np.exp(top), "Those are exp of the strengths; return their logs, which may be negative."),
            Mistake([0.85, 0.15], "Those are exp of the strengths, scaled to the sum 1; return logs, with mean 0."),
            Mistake([85.0, 15.0], "Those are the wins. Which strengths make them most probable?"),
        ],
        tolerance=ENOUGH,
    )


def test_four_models_whose_gaps_add_up(answer: Answer) -> None:
    wins = 100 * probabilities(FOUR)
    np.fill_diagonal(wins, 0)
    pooled = np.log(wins.sum(axis=1) / wins.sum(axis=0))
    came = expect(answer.fit_strengths, wins)
    came.equals(
        FOUR,
        in_words="the strengths 0.9, 0.2, −0.4, −0.7, of which this table is exactly what one expects",
        hint=where_it_stands(came.value, FOUR),
        mistakes=[
            Mistake(
                values,
                "That is the log of wins over losses, all games in one pot. It leaves out whom it met each time.",
            )
            for values in (pooled, pooled - pooled.mean(), pooled / 2, (pooled - pooled.mean()) / 2, 0.75 * pooled)
        ],
        tolerance=ENOUGH,
    )


CHAIN = table({(0, 1): 0.66, (2, 1): 0.24}, {(0, 1): 500, (2, 1): 200})  # InstructGPT, SFT, GPT-3


def test_two_that_never_met(answer: Answer) -> None:
    ours, theirs = float(quality_gap(0.66)), float(quality_gap(0.24))
    top = np.array([ours, 0.0, theirs]) - (ours + theirs) / 3
    came = expect(answer.fit_strengths, CHAIN)
    came.equals(
        top,
        in_words="the first 0.66 above the second, the third 1.15 below it, mean 0, though first and third never met",
        hint=where_it_stands(came.value, top),
        mistakes=[
            Mistake(
                np.array([ours, -ours - theirs, theirs]) / 3,
                "You average over pairs, and count a pair that never met as equals. It says nothing; leave it out.",
            )
        ],
        tolerance=ENOUGH,
    )


def test_gaps_that_contradict_each_other(answer: Answer) -> None:
    wins = table({(0, 1): 0.73, (1, 2): 0.70, (0, 2): 0.60}, {(0, 1): 400, (1, 2): 100, (0, 2): 50})

    def surplus(strengths: Any, played: np.ndarray) -> np.ndarray:
        met = wins + wins.T
        share = np.divide(wins, met, out=np.zeros((3, 3)), where=met > 0)
        return (played * (share - probabilities(np.asarray(strengths, dtype=float)))).sum(axis=1)

    came = expect(answer.fit_strengths, wins)
    hint = (
        "Where you stop, is Σ_j n_ij σ(q_i − q_j) what model i really won? If not, do the steps still change anything?"
    )
    if np.shape(came.value) == (3,) and np.abs(surplus(came.value, 1 - np.eye(3))).max() < 1e-3:
        hint = "You weigh all pairs alike. Pairs that met more often count more: work with wins, not with shares."
    came.satisfies(
        lambda strengths: np.abs(surplus(strengths, wins + wins.T)).max() < 0.5 and abs(np.mean(strengths)) < 1e-3,
        in_words="strengths of mean 0 at which each model is expected to win as often as it did, to half a win",
        hint=hint,
    )


def test_strengths_are_recovered_from_a_simulation(answer: Answer) -> None:
    truth = np.array([-0.5, 1.2, 0.0, -1.1, 0.4])
    wins = expect(answer.simulate_wins, truth, 4000, np.random.default_rng(5)).value
    came = expect(answer.fit_strengths, wins)
    came.satisfies(
        lambda strengths: np.array_equal(np.argsort(strengths), np.argsort(truth)),
        in_words="the order of the five models that played: 2, 5, 3, 1, 4 from the strongest down",
        hint="Strength i belongs to row i; do not sort them.",
    )
    came.satisfies(
        lambda strengths: np.abs(np.asarray(strengths) - truth).max() < 0.15,  # about five standard errors
        in_words="strengths within 0.15 of −0.5, 1.2, 0, −1.1, 0.4",
        hint="Do your steps depend on the number of models? Five need no other formula than two.",
    )


def test_no_residuals_where_one_gap_is_all_there_is(answer: Answer) -> None:
    came = expect(answer.residuals, np.array([[0, 85], [15, 0]]))
    came.satisfies(
        lambda table: np.array_equal(np.diag(table), [0, 0]),
        in_words="zeros on the diagonal",
        hint="No model met itself: wins / (wins + wins.T) is 0/0 there. Put a 0 in its place, np.where may help.",
    )
    came.satisfies(
        lambda table: np.shape(table) == (2, 2) and np.abs(table).max() < 1e-3,
        in_words="a table of zeros: two strengths can explain one win rate exactly",
        hint="Subtract the prediction of the fitted strengths, σ(q_i − q_j), from the measured rate.",
    )


def test_no_residual_for_those_that_never_met(answer: Answer) -> None:
    expect(answer.residuals, CHAIN).satisfies(
        lambda table: np.shape(table) == (3, 3) and np.abs(table).max() < 1e-3,
        in_words="zeros everywhere: along a chain the fit is exact, and first and third have no rate to compare",
        hint="The first and the third never met: where wins + wins.T is 0, nothing was measured. Put a 0 there.",
    )


def test_residuals_of_a_match_that_the_bridge_misses(answer: Answer) -> None:
    # InstructGPT, SFT, FLAN (§1 and §4.1), each pair 400 times. All row sums are 0 at the top, so the
    # three residuals have one size r, and r makes the three gaps add up. Found here by halving.
    low, high = 0.0, 0.2
    for _ in range(60):
        r = (low + high) / 2
        too_large = quality_gap(0.734 - r) + quality_gap(0.702 - r) > quality_gap(0.78 + r)
        low, high = (r, high) if too_large else (low, r)
    misfit = np.array([[0, r, -r], [-r, 0, r], [r, -r, 0]])
    expect(
        answer.residuals,
        table({(0, 1): 0.734, (1, 2): 0.702, (0, 2): 0.78}, {(0, 1): 400, (1, 2): 400, (0, 2): 400}),
    ).equals(
        misfit,
        in_words="InstructGPT against FLAN measured below the prediction, the other two above, by the same amount",
        hint="Measured rate of i against j minus σ(q_i − q_j), each model's strength from one fit to all three pairs.",
        mistakes=[
            Mistake(400 * misfit, "Those are comparisons; divide by how often the pair met to have rates."),
            Mistake(100 * misfit, "That is in percent; return fractions."),
            Mistake(-misfit, "Only the sign is wrong: measured comes first, predicted is taken from it."),
        ],
        tolerance=2e-2,
    )
