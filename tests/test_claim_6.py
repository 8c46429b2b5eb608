"""Win rates, claim 6: what a run returns, and the Bradley–Terry fit against an independent one."""

import numpy as np
import pytest
from scipy.optimize import minimize  # type: ignore[import-untyped]

from lab.claims.claim_6_win_rates import MODELS, bradley_terry, measure
from rlhf_textbook import expected_win_rate
from rlhf_textbook.tiny import TinyConfig

QUICK = TinyConfig(
    n_hidden=16, pretraining_steps=20, sft_epochs=1, rm_epochs=1, ppo_updates=1, ppo_batch=16, n_training_prompts=1400
)


def test_a_run_has_everyone_against_everyone():
    run = measure(0, config=QUICK)
    n = len(MODELS)
    assert set(run) == {"labelers", "gold", "gold_decided", "ties", "quality"}
    for judge in ("labelers", "gold", "gold_decided"):
        np.testing.assert_allclose(run[judge] + run[judge].T, 1 - np.eye(n))
    np.testing.assert_array_equal(run["ties"], run["ties"].T)
    # A tie counts half: what the gold labeler says is a mixture of the decided cases and of 1/2.
    mixture = (1 - run["ties"]) * run["gold_decided"] + run["ties"] / 2
    np.testing.assert_allclose(mixture[~np.eye(n, dtype=bool)], run["gold"][~np.eye(n, dtype=bool)])
    assert run["quality"].shape == (n,)


def test_bradley_terry_finds_the_qualities_that_made_the_win_rates():
    qualities = np.array([-2.0, -0.5, 0.0, 1.0, 1.5])
    rates = expected_win_rate(qualities[:, None] - qualities) * (1 - np.eye(5))
    np.testing.assert_allclose(bradley_terry(rates), qualities - qualities.mean(), atol=1e-9)


def test_bradley_terry_maximizes_the_likelihood():
    wins = np.random.default_rng(0).integers(1, 50, size=(5, 5)) * (1 - np.eye(5))  # made by no qualities at all
    found = minimize(lambda q: (wins * np.logaddexp(0, q - q[:, None])).sum(), np.zeros(5), tol=1e-12).x
    np.testing.assert_allclose(bradley_terry(wins), found - found.mean(), atol=1e-4)


@pytest.mark.parametrize(
    ("wins", "message"),
    [
        ([[0, 1, 1], [1, 0, 1]], r"wins: expected a square, got shape \(2, 3\)"),
        ([[0, 3], [0, 0]], "wins: expected players who each win some and lose some"),
    ],
)
def test_bradley_terry_says_what_is_wrong(wins, message):
    with pytest.raises(ValueError, match=message):
        bradley_terry(wins)
