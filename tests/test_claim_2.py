"""Claim 2, SFT overfits: what a run returns, and how the loss is taken apart."""

import numpy as np
import pytest

from lab.claims.claim_2_sft_overfits import Arm, in_small_letters, meaning_loss, measure
from rlhf_textbook.tiny import TinyConfig
from rlhf_textbook.tiny.labelers import quality
from rlhf_textbook.tiny.language import FIRST_SYMBOL, N_SYMBOLS, N_TOKENS, all_prompts, demonstrations
from rlhf_textbook.tiny.model import init_model
from rlhf_textbook.tiny.sft import sft_loss

QUICK = TinyConfig(n_hidden=8, pretraining_steps=5, sft_epochs=1, rm_epochs=1, n_training_prompts=1500)
TWO_ARMS = (Arm(20, 0.01), Arm(30, 0.03, wordings=1))


@pytest.fixture(scope="module")
def run():
    return measure(0, config=QUICK, arms=TWO_ARMS, epochs=(1, 3))


@pytest.fixture
def written():
    return demonstrations(all_prompts()[::50], np.random.default_rng(0))


def test_every_field_is_a_table_by_arm_and_epoch(run):
    assert set(run) == {"training_loss", "validation_loss", "meaning_loss", "score", "gold"}
    assert all(np.shape(table) == (2, 2) and np.isfinite(table).all() for table in run.values())


def test_the_right_meaning_never_costs_more_than_the_right_meaning_in_the_right_wording(run):
    assert (np.array(run["meaning_loss"]) < run["validation_loss"]).all()


def test_small_letters_keep_the_meaning(written):
    small = in_small_letters(written)
    assert (written >= FIRST_SYMBOL + N_SYMBOLS).any()
    assert not (small >= FIRST_SYMBOL + N_SYMBOLS).any()
    assert (quality(small) == quality(written)).all()
    assert (quality(small) == 3).all()


def test_guessing_blindly_a_wording_costs_log_2_a_symbol(written):
    params = init_model(4, 8, np.random.default_rng(0))
    params["head"][:] = 0
    assert sft_loss(params, written)[0] == pytest.approx(np.log(N_TOKENS))
    assert meaning_loss(params, written) == pytest.approx(np.log(N_TOKENS) - 0.75 * np.log(2))  # three tokens of four


def test_a_model_that_knows_the_wording_pays_for_the_meaning_alone(written):
    params = init_model(4, 8, np.random.default_rng(0))
    params["head_bias"][FIRST_SYMBOL + N_SYMBOLS :] = -50
    small = in_small_letters(written)
    assert meaning_loss(params, small) == pytest.approx(sft_loss(params, small)[0])
