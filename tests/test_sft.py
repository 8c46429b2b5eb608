import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from rlhf_textbook import cosine_learning_rate, perplexity, response_mask, sft_loss

lengths = st.lists(st.tuples(st.integers(0, 5), st.integers(1, 5)), min_size=1, max_size=5)
batches = st.tuples(
    arrays(np.float64, (3, 4), elements=st.floats(-50, 0)),
    arrays(np.bool_, (3, 4)).filter(np.any),
)


@pytest.mark.parametrize(
    ("probability", "loss"),
    [(0.08, 2.5257286443082556), (0.35, 1.0498221244986778), (0.15, 1.8971199848858813)],
)
def test_loss_of_one_token_is_minus_the_log_of_its_probability(probability, loss):
    """'bonjour' before and after training (2.53 and 1.05 nats), 'curiosity' after (1.90)."""
    assert sft_loss([math.log(probability)], [True]) == pytest.approx(loss, rel=1e-14)


def test_mask_of_two_prompts_starts_after_each_prompt_and_ends_with_each_sequence():
    np.testing.assert_array_equal(response_mask([2, 3], [5, 4]), [[0, 0, 1, 1, 1], [0, 0, 0, 1, 0]])


def test_mask_of_one_sequence_has_one_dimension():
    np.testing.assert_array_equal(response_mask(2, 5), [0, 0, 1, 1, 1])


@given(lengths)
def test_mask_is_the_one_that_a_loop_over_positions_makes(prompt_and_response):
    prompts = [prompt for prompt, _ in prompt_and_response]
    ends = [prompt + response for prompt, response in prompt_and_response]
    expected = [[prompt <= t < end for t in range(max(ends))] for prompt, end in zip(prompts, ends, strict=True)]
    np.testing.assert_array_equal(response_mask(prompts, ends), expected)


@given(lengths)
def test_mask_keeps_as_many_tokens_as_the_responses_have(prompt_and_response):
    prompts, responses = np.array(prompt_and_response).T
    np.testing.assert_array_equal(response_mask(prompts, prompts + responses).sum(axis=1), responses)


@given(batches)
def test_loss_is_the_one_that_a_loop_over_response_tokens_makes(batch):
    log_probs, mask = batch
    losses = [-log_probs[i] for i in np.ndindex(mask.shape) if mask[i]]
    assert sft_loss(log_probs, mask, reduction="sum") == pytest.approx(math.fsum(losses), rel=1e-13)
    assert sft_loss(log_probs, mask) == pytest.approx(math.fsum(losses) / len(losses), rel=1e-13)


def test_the_mean_is_the_default():
    log_probs = np.log([0.9, 0.8, 0.08, 0.5])
    assert sft_loss(log_probs, [0, 0, 1, 1]) == sft_loss(log_probs, [0, 0, 1, 1], reduction="mean")
    assert sft_loss(log_probs, [0, 0, 1, 1]) == pytest.approx((math.log(12.5) + math.log(2)) / 2, rel=1e-14)


def test_every_token_of_a_batch_weighs_the_same_whatever_the_length_of_its_response():
    # One response of one token, one of three: a mean of the two means would be 1.5.
    assert sft_loss([[-2.0, 0.0, 0.0], [-1.0, -1.0, -1.0]], [[1, 0, 0], [1, 1, 1]]) == 1.25


@given(batches, st.floats(-1e300, 0))
def test_what_the_model_says_about_the_prompt_does_not_matter(batch, elsewhere):
    log_probs, mask = batch
    for value in (elsewhere, -np.inf):
        assert sft_loss(np.where(mask, log_probs, value), mask) == sft_loss(log_probs, mask)


def test_a_response_token_of_probability_0_costs_infinitely_much():
    assert sft_loss([-1.0, -np.inf], [1, 1]) == np.inf
    assert sft_loss([-1.0, -np.inf], [1, 1], reduction="sum") == np.inf


@pytest.mark.parametrize("reduction", ["sum", "mean"])
def test_a_loss_beyond_the_range_of_a_float_is_infinite(reduction):
    assert sft_loss([-1e308, -1e308], [1, 1], reduction=reduction) == np.inf


@given(batches)
def test_perplexity_is_the_exponential_of_the_mean_loss(batch):
    log_probs, mask = batch
    assert perplexity(log_probs, mask=mask) == pytest.approx(math.exp(sft_loss(log_probs, mask)), rel=1e-13)


def test_learning_rate_falls_from_its_peak_through_the_middle_to_a_tenth():
    rates = cosine_learning_rate([0, 25, 50, 75, 100], n_steps=100, peak=2e-5)
    root = math.sqrt(0.5)
    shares = [1, 0.1 + 0.9 * (1 + root) / 2, 0.55, 0.1 + 0.9 * (1 - root) / 2, 0.1]
    assert rates == pytest.approx(2e-5 * np.array(shares), rel=1e-14)


@given(st.integers(1, 1000), st.floats(0, 1), st.floats(0, 1), st.floats(1e-6, 1))
def test_learning_rate_is_the_one_that_the_power_series_of_the_cosine_gives(n_steps, share, final_fraction, peak):
    x = math.pi * share
    cosine = math.fsum((-1) ** k * x ** (2 * k) / math.factorial(2 * k) for k in range(20))
    expected = peak * final_fraction + (peak - peak * final_fraction) * (1 + cosine) / 2
    found = cosine_learning_rate(share * n_steps, n_steps=n_steps, peak=peak, final_fraction=final_fraction)
    assert found == pytest.approx(expected, rel=1e-9, abs=1e-15)


@given(st.floats(0, 1))
def test_the_two_halves_of_the_cosine_mirror_each_other(share):
    early = cosine_learning_rate(100 * share, n_steps=100, peak=1.0, final_fraction=0.2)
    late = cosine_learning_rate(100 - 100 * share, n_steps=100, peak=1.0, final_fraction=0.2)
    assert early + late == pytest.approx(1.2, rel=1e-12)


def test_learning_rate_never_rises():
    rates = cosine_learning_rate(np.arange(201), n_steps=200, peak=3.0)
    assert (np.diff(rates) < 0).all()


def test_a_final_fraction_of_1_keeps_the_learning_rate_constant():
    np.testing.assert_array_equal(cosine_learning_rate([0, 3, 7], n_steps=7, peak=0.5, final_fraction=1.0), 0.5)
