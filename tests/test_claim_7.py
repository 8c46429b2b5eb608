"""Labelers, claim 7: what a run returns, and what must hold of labelers who are all alike or do not err."""

import numpy as np
import pytest

from lab.claims.claim_7_held_out_labelers import SPREADS, TEMPERATURES, accuracy, agreement, measure, preferences
from rlhf_textbook._checks import FloatArray
from rlhf_textbook.tiny import TinyConfig
from rlhf_textbook.tiny.labelers import GOLD_WEIGHTS, hire_labelers, quality
from rlhf_textbook.tiny.language import all_prompts, demonstrations, off_task

QUICK = TinyConfig(
    n_hidden=16,
    pretraining_steps=20,
    sft_epochs=1,
    n_training_prompts=1500,
    n_demonstrations=50,
    n_labelers=5,
    n_ranked=2,
    rm_epochs=1,
    ppo_updates=1,
    ppo_batch=16,
)


@pytest.fixture(scope="module")
def answers():
    rng = np.random.default_rng(0)
    prompts = all_prompts()[::8]
    return demonstrations(prompts, rng), off_task(prompts, rng), off_task(prompts, rng)


def test_a_run_has_a_number_for_each_spread_and_each_temperature():
    run = measure(0, config=QUICK)
    lists = {name: value for name, value in run.items() if isinstance(value, list)}
    assert set(run) - set(lists) == {"sft_gold", "sft_capitals", "capitals_reversed"}
    for name, values in lists.items():
        assert len(values) == len(TEMPERATURES if name.startswith("noise_") else SPREADS), name
        assert np.isfinite(values).all()


def test_labelers_who_are_all_alike_are_no_different_when_held_out(answers):
    people = hire_labelers(6, 0.0, np.random.default_rng(0))
    preferred = preferences(answers[1], answers[2], people, 0.5)
    gaps = np.random.default_rng(1).normal(size=(preferred.shape[1],))
    assert accuracy(gaps, preferred[:3]) == pytest.approx(accuracy(gaps, preferred[3:]))


def test_without_noise_labelers_who_are_alike_agree_and_their_own_quality_is_always_right(answers):
    right, wrong, _ = answers
    unequal = np.not_equal(quality(right), quality(wrong))
    right, wrong = right[unequal], wrong[unequal]
    gaps: FloatArray = quality(right) - quality(wrong)
    preferred = preferences(right, wrong, np.stack([GOLD_WEIGHTS, GOLD_WEIGHTS]), 1e-4)
    assert agreement(preferred) == pytest.approx(1)
    assert accuracy(gaps, preferred) == pytest.approx(1)


def test_equal_scores_are_right_half_the_time(answers):
    preferred = preferences(answers[0], answers[1], np.stack([GOLD_WEIGHTS]), 0.5)
    assert accuracy(np.zeros(preferred.shape[1]), preferred) == 0.5
