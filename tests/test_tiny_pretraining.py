import numpy as np
import pytest

from rlhf_textbook.tiny.config import TinyConfig
from rlhf_textbook.tiny.language import all_prompts, page_tokens
from rlhf_textbook.tiny.model import init_model, log_probs
from rlhf_textbook.tiny.pretraining import language_model_loss, pretrain, web_loss
from tests.tiny_helpers import assert_same_model, gradient_error, small_model, some_pages

CONFIG = TinyConfig(n_embedding=8, n_hidden=16, pretraining_steps=60, pretraining_batch=32)


def test_gradient_of_the_weighted_loss_agrees_with_differences():
    pages, weights = some_pages(5), np.random.default_rng(1).random((5, 11))
    assert gradient_error(lambda params: language_model_loss(params, pages, weights), small_model()) < 1e-6


def test_gradient_of_the_loss_on_pages_agrees_with_differences():
    pages = some_pages(6)
    assert gradient_error(lambda params: web_loss(params, pages), small_model()) < 1e-6


def test_loss_is_the_mean_over_all_tokens_but_the_first_and_the_padding():
    pages = some_pages(6)
    log_p, kept = log_probs(small_model(), pages)[0], page_tokens(pages)
    assert not kept.all()
    assert web_loss(small_model(), pages)[0] == pytest.approx(-np.mean(log_p[kept]), rel=1e-13)


def test_a_weight_of_0_leaves_a_token_out():
    pages = some_pages(6)
    weights = np.zeros((6, 11))
    weights[2, 4] = 1.0
    expected = -log_probs(small_model(), pages)[0][2, 4]
    assert language_model_loss(small_model(), pages, weights)[0] == pytest.approx(expected, rel=1e-13)


def test_a_model_that_knows_nothing_loses_log_27_nats_a_token():
    ignorant = {name: np.zeros_like(value) for name, value in small_model().items()}
    assert web_loss(ignorant, some_pages(6))[0] == pytest.approx(np.log(27), rel=1e-13)


def test_pretraining_learns_to_predict_pages():
    rng = np.random.default_rng(0)
    held_out = some_pages(200, seed=5)
    before = web_loss(init_model(8, 16, np.random.default_rng(0)), held_out)[0]
    after = web_loss(pretrain(CONFIG, all_prompts(), rng), held_out)[0]
    assert before > np.log(27)
    assert after < 2.5


def test_pretraining_repeats_itself_from_the_same_seed():
    one, same, other = (pretrain(CONFIG, all_prompts(), np.random.default_rng(seed)) for seed in (0, 0, 1))
    assert_same_model(one, same)
    assert (one["head"] != other["head"]).any()
