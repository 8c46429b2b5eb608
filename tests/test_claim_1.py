"""Claim 1, a small aligned model against a large one: the ratio of sizes, and what win rates must satisfy."""

from dataclasses import replace

import numpy as np
import pytest

from lab.claims.claim_1_small_aligned import ENTRANTS, LARGE, SMALL, knowledge, measure
from rlhf_textbook.tiny import TinyConfig
from rlhf_textbook.tiny.language import N_TOKENS
from rlhf_textbook.tiny.model import init_model, n_parameters

QUICK = TinyConfig(
    n_hidden=8, pretraining_steps=5, sft_epochs=1, rm_epochs=1, ppo_updates=1, ppo_batch=16, n_training_prompts=1500
)


@pytest.fixture(scope="module")
def run():
    return measure(0, small=QUICK, large=replace(QUICK, n_hidden=16))


def test_the_large_model_has_at_least_thirty_times_the_parameters():
    rng = np.random.default_rng(0)
    small, large = (n_parameters(init_model(c.n_embedding, c.n_hidden, rng)) for c in (SMALL, LARGE))
    assert large >= 30 * small


def test_the_large_model_differs_in_size_and_in_the_learning_rate_of_sft_alone():
    assert replace(LARGE, n_hidden=SMALL.n_hidden, sft_lr=SMALL.sft_lr) == SMALL


def test_a_win_for_one_is_a_loss_for_the_other_and_a_tie_half_of_each(run):
    wins, ties = np.array(run["wins"]), np.array(run["ties"])
    assert wins.shape == ties.shape == (len(ENTRANTS), len(ENTRANTS))
    assert wins + wins.T == pytest.approx(np.ones_like(wins))
    assert np.diag(wins) == pytest.approx(0.5)
    assert (wins >= ties / 2 - 1e-12).all()


def test_a_run_has_quality_and_share_of_exact_answers_of_every_entrant(run):
    assert len(run["gold"]) == len(run["exact"]) == len(ENTRANTS)
    assert all(np.isfinite(value).all() for value in run.values())
    assert run["large_parameters"] > run["small_parameters"]


def test_a_model_that_knows_nothing_loses_the_logarithm_of_the_vocabulary_a_token():
    params = init_model(4, 8, np.random.default_rng(0))
    params["head"][:] = 0
    prompts = np.array([[0, 4, 11, 12, 13, 2]])
    assert knowledge(params, prompts, np.random.default_rng(1)) == pytest.approx([np.log(N_TOKENS)] * 2)
