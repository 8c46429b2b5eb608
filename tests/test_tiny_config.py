import dataclasses
from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest

from rlhf_textbook.tiny import TinyConfig

FIELDS = [field.name for field in fields(TinyConfig)]
WHOLE = [field.name for field in fields(TinyConfig) if isinstance(field.default, int)]
REAL = [name for name in FIELDS if name not in WHOLE]
MAY_BE_0 = {"labeler_spread", "rm_weight_decay", "kl_coef", "ptx_coef", "clip_range", "gae_lambda"}


def variant(name: str, value: Any) -> TinyConfig:
    return replace(TinyConfig(), **{name: value})


def test_the_defaults_are_valid_and_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        TinyConfig().kl_coef = 0.1  # type: ignore[misc]


def test_the_same_settings_are_equal_and_have_one_hash():
    assert TinyConfig() == TinyConfig(kl_coef=0.2)
    assert hash(TinyConfig()) == hash(TinyConfig(kl_coef=0.2))
    assert TinyConfig() != replace(TinyConfig(), kl_coef=0.1)


@pytest.mark.parametrize("name", WHOLE)
@pytest.mark.parametrize("value", [0, -1, 2.0, True, "2", None, [2]])
def test_a_setting_that_counts_is_a_whole_number_of_at_least_1(name, value):
    with pytest.raises(ValueError, match=rf"^{name}: expected an integer of at least 1, got "):
        variant(name, value)


@pytest.mark.parametrize("name", REAL)
@pytest.mark.parametrize("value", [-0.1, np.inf, np.nan, True, "0.1", None, [0.1]])
def test_a_setting_that_measures_is_one_finite_number(name, value):
    with pytest.raises(ValueError, match=rf"^{name}: expected .+, got ."):
        variant(name, value)


@pytest.mark.parametrize("name", REAL)
def test_a_coefficient_may_be_0_a_learning_rate_or_temperature_not(name):
    if name in MAY_BE_0:
        variant(name, 0.0)
        variant(name, 0)
    else:
        with pytest.raises(ValueError, match=rf"^{name}: expected a finite number in \(0, inf\], got 0"):
            variant(name, 0.0)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"gae_lambda": 1.01}, r"^gae_lambda: expected a finite number in \[0, 1\], got 1.01$"),
        ({"n_training_prompts": 1536}, "^n_training_prompts: expected fewer than all 1536 prompts, got 1536$"),
        ({"n_demonstrations": 1201}, "^n_demonstrations: expected at most n_training_prompts, 1200, got 1201$"),
        ({"n_training_prompts": 299}, "^n_demonstrations: expected at most n_training_prompts, 299, got 300$"),
        ({"n_ranked": 1}, "^n_ranked: expected at least two responses to rank, got 1$"),
    ],
)
def test_settings_that_do_not_fit_together_are_refused(settings, message):
    with pytest.raises(ValueError, match=message):
        replace(TinyConfig(), **settings)


def test_an_unknown_setting_is_refused():
    with pytest.raises(TypeError, match="temperature"):
        TinyConfig(temperature=1.0)  # type: ignore[call-arg]
