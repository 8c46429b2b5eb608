"""What the stages refuse, and that they say which argument it was."""

from typing import Any

import numpy as np
import pytest

from rlhf_textbook.tiny import TinyConfig, evaluate
from rlhf_textbook.tiny.labelers import GOLD_WEIGHTS, hire_labelers, quality, rank
from rlhf_textbook.tiny.language import all_prompts, demonstrations
from rlhf_textbook.tiny.ppo import train_ppo
from rlhf_textbook.tiny.pretraining import pretrain
from rlhf_textbook.tiny.reward_model import collect_comparisons, train_reward_model
from rlhf_textbook.tiny.sampling import sample
from rlhf_textbook.tiny.sft import fine_tune
from tests.tiny_helpers import small_model, small_scorer

PROMPTS = all_prompts()[:8]
EXAMPLES = demonstrations(PROMPTS, np.random.default_rng(0))
CONFIG = TinyConfig(pretraining_steps=1, sft_epochs=1, rm_epochs=1, ppo_updates=1)
LABELERS = GOLD_WEIGHTS[None]

CALLS_WITH_RNG: dict[str, Any] = {
    "pretrain": lambda rng: pretrain(CONFIG, PROMPTS, rng),
    "fine_tune": lambda rng: fine_tune(small_model(), EXAMPLES, CONFIG, rng),
    "hire_labelers": lambda rng: hire_labelers(2, 0.3, rng),
    "rank": lambda rng: rank(np.zeros((2, 3)), 1.0, rng),
    "collect_comparisons": lambda rng: collect_comparisons(small_model(), PROMPTS, LABELERS, CONFIG, rng),
    "train_reward_model": lambda rng: train_reward_model(small_model(), EXAMPLES[None], EXAMPLES, CONFIG, rng),
    "train_ppo": lambda rng: train_ppo(small_model(), small_scorer(), PROMPTS, CONFIG, rng),
    "sample": lambda rng: sample(small_model(), PROMPTS, rng),
    "evaluate": lambda rng: evaluate(small_model(), PROMPTS, small_model(), small_scorer(), rng),
}


@pytest.mark.parametrize("name", CALLS_WITH_RNG)
def test_a_seed_in_place_of_a_generator_is_refused(name):
    with pytest.raises(ValueError, match=r"^rng: expected a numpy.random.Generator.*, got 0$"):
        CALLS_WITH_RNG[name](0)


@pytest.mark.parametrize("name", CALLS_WITH_RNG)
def test_a_generator_is_accepted(name):
    CALLS_WITH_RNG[name](np.random.default_rng(0))


@pytest.mark.parametrize("ptx_coef", [-1.0, np.nan, np.inf])
def test_a_pretraining_coefficient_below_0_or_none_at_all_is_refused(ptx_coef):
    with pytest.raises(ValueError, match=r"^ptx_coef: expected "):
        train_ppo(small_model(), small_scorer(), PROMPTS, CONFIG, np.random.default_rng(0), ptx_coef=ptx_coef)


def test_a_reward_model_writes_no_responses():
    with pytest.raises(ValueError, match=r"^params: expected a model with 27 outputs, one a token, got 1$"):
        sample(small_scorer(), PROMPTS, np.random.default_rng(0))


def test_no_samples_a_prompt_are_refused_under_their_own_name():
    with pytest.raises(ValueError, match=r"^n_samples: expected an integer of at least 1, got 0$"):
        evaluate(small_model(), PROMPTS, small_model(), small_scorer(), np.random.default_rng(0), n_samples=0)


def test_weights_of_another_length_are_refused():
    with pytest.raises(ValueError, match=r"^weights: expected one a feature, shape \(5,\), got shape \(4,\)$"):
        quality(EXAMPLES, GOLD_WEIGHTS[:4])
