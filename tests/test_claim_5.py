"""The alignment tax, claim 5: what a run returns, and what must hold of it however small the models are."""

import numpy as np
import pytest

from lab.claims.claim_5_alignment_tax import BETAS, CONFIG, GAMMAS, METRICS, measure, skill_accuracy
from rlhf_textbook.tiny import TinyConfig
from rlhf_textbook.tiny.language import FIRST_SYMBOL, skill_pages
from rlhf_textbook.tiny.model import init_model

QUICK = TinyConfig(
    n_hidden=16, pretraining_steps=20, sft_epochs=1, rm_epochs=1, ppo_updates=1, ppo_batch=16, n_training_prompts=1500
)


@pytest.fixture(scope="module")
def run():
    return measure(0, config=QUICK)


def test_a_run_has_each_metric_of_each_model(run):
    metrics = {*METRICS, "skill_accuracy"}
    assert set(run) == {f"{model}_{metric}" for model in ("base", "sft", "gamma", "beta") for metric in metrics}
    assert all(len(run[f"gamma_{metric}"]) == len(GAMMAS) for metric in metrics)
    assert all(len(run[f"beta_{metric}"]) == len(BETAS) for metric in metrics)
    assert all(np.isfinite(value).all() for value in run.values())


def test_both_sweeps_start_with_the_same_policy(run):
    assert (GAMMAS[0], BETAS[0]) == (0, CONFIG.kl_coef)
    for metric in METRICS:
        assert run[f"gamma_{metric}"][0] == run[f"beta_{metric}"][0]


def test_the_sft_model_has_not_moved_from_itself(run):
    assert run["sft_kl"] == 0


def test_a_model_that_always_guesses_one_symbol_is_right_as_often_as_it_occurs():
    params = init_model(4, 8, np.random.default_rng(0))
    params["head"][:] = 0
    params["head_bias"][FIRST_SYMBOL + 2] = 1
    skills = skill_pages(500, np.random.default_rng(1))
    assert skill_accuracy(params, skills) == pytest.approx(np.mean(skills[:, 4:] == FIRST_SYMBOL + 2))
