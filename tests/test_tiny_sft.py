from dataclasses import replace

import numpy as np
import pytest

import rlhf_textbook
from rlhf_textbook.tiny.config import TinyConfig
from rlhf_textbook.tiny.language import PROMPT_LENGTH, all_prompts, demonstrations, response_tokens
from rlhf_textbook.tiny.model import log_probs
from rlhf_textbook.tiny.sft import fine_tune, sft_loss
from tests.tiny_helpers import assert_same_model, gradient_error, small_model, some_pages

CONFIG = TinyConfig(sft_epochs=3, sft_batch=32)
DEMONSTRATIONS = demonstrations(all_prompts()[::5], np.random.default_rng(0))


def test_gradient_agrees_with_differences():
    pages = some_pages(6)
    assert gradient_error(lambda params: sft_loss(params, pages), small_model()) < 1e-6


def test_loss_is_that_of_lesson_2_with_the_prompt_masked():
    pages = some_pages(6)
    log_p = log_probs(small_model(), pages)[0]
    mask = np.hstack([np.zeros((6, PROMPT_LENGTH - 1), dtype=bool), response_tokens(pages)])
    assert sft_loss(small_model(), pages)[0] == pytest.approx(rlhf_textbook.sft_loss(log_p, mask), rel=1e-13)


def test_padding_behind_the_end_changes_neither_loss_nor_gradient():
    padded = DEMONSTRATIONS.copy()
    padded[:, -2:] = 7
    one, other = sft_loss(small_model(), DEMONSTRATIONS), sft_loss(small_model(), padded)
    assert one[0] == pytest.approx(other[0], rel=1e-13)
    for name, value in one[1].items():
        np.testing.assert_allclose(value, other[1][name], atol=1e-14)


def test_fine_tuning_makes_demonstrations_likelier_epoch_by_epoch():
    losses = [sft_loss(small_model(), DEMONSTRATIONS)[0]]
    fine_tune(
        small_model(),
        DEMONSTRATIONS,
        CONFIG,
        np.random.default_rng(0),
        after_epoch=lambda _, params: losses.append(sft_loss(params, DEMONSTRATIONS)[0]),
    )
    assert len(losses) == 1 + 3
    assert losses == sorted(losses, reverse=True)


def test_fine_tuning_leaves_the_base_model_as_it_was():
    base = small_model()
    tuned = fine_tune(base, DEMONSTRATIONS, CONFIG, np.random.default_rng(0))
    assert_same_model(base, small_model())
    assert (tuned["head"] != base["head"]).any()


def test_epochs_are_counted_from_0_and_the_last_model_is_the_one_returned():
    seen = []

    def look(epoch, params):
        seen.append((epoch, params["head"].copy()))

    tuned = fine_tune(small_model(), DEMONSTRATIONS, CONFIG, np.random.default_rng(0), after_epoch=look)
    assert [epoch for epoch, _ in seen] == [0, 1, 2]
    np.testing.assert_array_equal(seen[-1][1], tuned["head"])


def test_looking_at_each_epoch_changes_nothing():
    quiet = fine_tune(small_model(), DEMONSTRATIONS, CONFIG, np.random.default_rng(0))
    watched = fine_tune(small_model(), DEMONSTRATIONS, CONFIG, np.random.default_rng(0), after_epoch=lambda *_: None)
    assert_same_model(quiet, watched)


def test_batches_are_the_demonstrations_in_the_order_of_the_seed():
    one, same, other = (
        fine_tune(small_model(), DEMONSTRATIONS, CONFIG, np.random.default_rng(seed)) for seed in (0, 0, 1)
    )
    assert_same_model(one, same)
    assert (one["head"] != other["head"]).any()


def test_one_batch_of_all_demonstrations_needs_no_order():
    whole = replace(CONFIG, sft_batch=len(DEMONSTRATIONS))
    one, other = (fine_tune(small_model(), DEMONSTRATIONS, whole, np.random.default_rng(seed)) for seed in (0, 1))
    for name, value in one.items():
        np.testing.assert_allclose(value, other[name], rtol=1e-9)
