"""Claim 4, on models too small to learn anything: what a run returns, and what must hold whatever was learned."""

import numpy as np

from lab.claims.claim_4_overoptimization import (
    N_SAMPLES,
    RUNS,
    SIZES,
    best_of_n_divergence,
    measure,
    scored_once,
    wording_log_probs,
)
from rlhf_textbook import best_of_n_kl
from rlhf_textbook.tiny import TinyConfig
from rlhf_textbook.tiny.language import FIRST_SYMBOL, N_SYMBOLS, PROMPT_LENGTH, all_prompts, demonstrations
from rlhf_textbook.tiny.model import init_model, log_probs, with_scalar_head
from rlhf_textbook.tiny.reward_model import reward

QUICK = TinyConfig(n_hidden=8, pretraining_steps=5, sft_epochs=1, rm_epochs=1, ppo_updates=2)


def test_a_run_has_every_curve_and_starts_at_the_sft_model():
    result = measure(0, config=QUICK, n_prompts=3, n_pool=256)
    curves = {name: np.array(value) for name, value in result.items()}
    assert curves["rm_accuracy"].shape == (len(SIZES),)
    assert curves["oracle_gold"].shape == N_SAMPLES.shape
    for name in ("bon_kl", "bon_proxy", "bon_gold"):
        assert curves[name].shape == (len(SIZES), len(N_SAMPLES)), name
    for name in ("ppo_kl", "ppo_wording_kl", "ppo_proxy", "ppo_gold", "ppo_capitals"):
        assert curves[name].shape == (len(RUNS), 2), name  # before training and after two updates
    assert not curves["ppo_kl"][:, 0].any()
    assert np.ptp(curves["ppo_gold"][:, 0]) == 0
    assert (np.diff(curves["bon_proxy"]) >= 0).all()
    assert (curves["bon_gold"] <= curves["oracle_gold"] + 1e-9).all()


def test_divergence_of_best_of_n_meets_its_bound_only_if_no_response_is_drawn_twice():
    bound = best_of_n_kl(N_SAMPLES)
    different = np.random.default_rng(0).permutation(20_000)[None].astype(float)
    np.testing.assert_allclose(best_of_n_divergence(different), bound, atol=0.01)
    two_responses = different % 2
    np.testing.assert_allclose(best_of_n_divergence(two_responses)[-1], np.log(2), atol=1e-6)
    assert (best_of_n_divergence(two_responses)[1:] < bound[1:]).all()


def test_equal_responses_get_equal_scores():
    rng = np.random.default_rng(0)
    model = with_scalar_head(init_model(4, 8, rng), rng)
    sequences = demonstrations(np.repeat(all_prompts()[:5], 40, axis=0), rng)
    scores = scored_once(model, sequences)
    np.testing.assert_allclose(scores, reward(model, sequences)[0], rtol=1e-12)
    assert len(np.unique(scores)) == len(np.unique(sequences, axis=0))


def test_two_ways_to_write_a_symbol_share_its_probability():
    rng = np.random.default_rng(0)
    model = init_model(4, 8, rng)
    small = demonstrations(all_prompts()[:5], rng)
    small[:, PROMPT_LENGTH] = FIRST_SYMBOL + (small[:, PROMPT_LENGTH] - FIRST_SYMBOL) % N_SYMBOLS
    capital = small.copy()
    capital[:, PROMPT_LENGTH] += N_SYMBOLS
    one, other = wording_log_probs(model, small), wording_log_probs(model, capital)
    np.testing.assert_allclose(np.exp(one[:, 0]) + np.exp(other[:, 0]), 1)
    assert not one[:, 3:].any()  # end marks are no symbols
    ratio = (
        log_probs(model, capital, start=PROMPT_LENGTH)[0][:, 0] - log_probs(model, small, start=PROMPT_LENGTH)[0][:, 0]
    )
    np.testing.assert_allclose(other[:, 0] - one[:, 0], ratio)
