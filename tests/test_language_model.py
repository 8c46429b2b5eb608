import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from scipy import special, stats  # type: ignore[import-untyped]

from rlhf_textbook import log_likelihood, next_token_log_probs, perplexity

log_probs_arrays = arrays(np.float64, array_shapes(max_dims=3, max_side=5), elements=st.floats(-50, 0))


def test_log_likelihood_of_one_half_one_quarter_one_eighth_is_log_1_64th():
    assert log_likelihood(np.log([0.5, 0.25, 0.125])) == pytest.approx(math.log(1 / 64), rel=1e-15)


@given(arrays(np.float64, (2, 3, 4), elements=st.floats(-30, 30)), arrays(np.int64, (2, 3), elements=st.integers(0, 3)))
def test_each_token_gets_the_log_softmax_of_its_own_row(logits, tokens):
    found = next_token_log_probs(logits, tokens)
    for batch, t in np.ndindex(2, 3):
        expected = special.log_softmax(logits[batch, t])[tokens[batch, t]]
        assert found[batch, t] == pytest.approx(expected, rel=1e-13, abs=1e-14)


def test_probabilities_of_all_texts_of_one_length_sum_to_1():
    # A model whose next token depends on the one before: row b of `logits` answers after token b.
    logits = np.random.default_rng(0).normal(size=(3, 3))
    total = 0.0
    for text in itertools.product(range(3), repeat=4):
        previous = [0, *text[:-1]]
        total += math.exp(log_likelihood(next_token_log_probs(logits[previous], text)))
    assert total == pytest.approx(1.0, rel=1e-14)


def test_a_ruled_out_token_has_log_probability_minus_infinity():
    np.testing.assert_array_equal(next_token_log_probs([[0.0, -np.inf], [1e4, -1e4]], [1, 1]), [-np.inf, -2e4])


def test_a_sequence_with_an_impossible_token_is_impossible():
    assert log_likelihood([-1.0, -np.inf]) == -np.inf
    assert perplexity([-1.0, -np.inf]) == np.inf


@given(log_probs_arrays)
def test_log_likelihood_is_the_log_of_the_product_of_probabilities(log_probs):
    found = np.atleast_1d(log_likelihood(log_probs))
    for likelihood, row in zip(found.ravel(), log_probs.reshape(-1, log_probs.shape[-1]), strict=True):
        assert likelihood == pytest.approx(math.log(math.prod(math.exp(p) for p in row)), rel=1e-12, abs=1e-12)


@given(log_probs_arrays, st.data())
def test_log_likelihood_sums_only_what_the_mask_keeps(log_probs, data):
    mask = data.draw(arrays(np.bool_, log_probs.shape).filter(np.any))
    found = np.atleast_1d(log_likelihood(log_probs, mask=mask)).ravel()
    rows = zip(log_probs.reshape(-1, log_probs.shape[-1]), mask.reshape(-1, log_probs.shape[-1]), strict=True)
    assert found == pytest.approx([sum(row[kept]) for row, kept in rows], rel=1e-13, abs=1e-13)


def test_a_log_probability_that_rounding_left_above_0_is_no_mistake():
    assert log_likelihood([1e-7, -1.0]) == pytest.approx(-1.0, abs=2e-7)


def test_a_log_likelihood_beyond_the_range_of_a_float_is_infinite():
    np.testing.assert_array_equal(log_likelihood([[-1e308, -1e308], [-1.0, -2.0]]), [-np.inf, -3])


def test_a_sequence_that_is_all_padding_has_log_likelihood_0():
    np.testing.assert_array_equal(log_likelihood([[-1.0, -2.0], [-3.0, -4.0]], mask=[[1, 1], [0, 0]]), [-3, 0])


def test_what_stands_in_the_padding_does_not_matter():
    mask = [True, True, False]
    assert log_likelihood([-1.0, -2.0, -np.inf], mask=mask) == log_likelihood([-1.0, -2.0])
    assert perplexity([-1.0, -2.0, -np.inf], mask=mask) == perplexity([-1.0, -2.0])


@pytest.mark.parametrize("vocabulary", [1, 2, 50_257])
def test_a_model_that_guesses_blindly_has_the_vocabulary_as_its_perplexity(vocabulary):
    log_probs = next_token_log_probs(np.zeros((4, vocabulary)), [0, 0, vocabulary - 1, 0])
    assert perplexity(log_probs) == pytest.approx(vocabulary, rel=1e-13)


@given(log_probs_arrays)
def test_perplexity_is_the_geometric_mean_of_the_inverse_probabilities(log_probs):
    assert perplexity(log_probs) == pytest.approx(stats.gmean(np.exp(-log_probs), axis=None), rel=1e-12)


@given(log_probs_arrays)
def test_perplexity_is_at_least_1(log_probs):
    assert perplexity(log_probs) >= 1


def test_perplexity_averages_over_tokens_not_over_sequences():
    log_probs = np.log([[0.5, 0.5, 0.5], [0.25, 0.9, 0.9]])
    kept = [[True, True, True], [True, False, False]]
    assert perplexity(log_probs, mask=kept) == pytest.approx((2**3 * 4) ** (1 / 4), rel=1e-14)


def test_perplexity_beyond_the_range_of_a_float_is_infinite():
    assert perplexity([-1e4]) == np.inf
