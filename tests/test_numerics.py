import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from scipy import special  # type: ignore[import-untyped]

from rlhf_textbook import log_sigmoid, log_softmax, sigmoid, softmax

FAR = [-np.inf, -1e308, -1e4, -745.0, -30.0, -1e-300, 0.0, 1e-300, 30.0, 745.0, 1e4, 1e308, np.inf]

scores = arrays(np.float64, array_shapes(min_dims=1, max_dims=3, max_side=5), elements=st.floats(-1e4, 1e4))


def test_sigmoid_of_a_margin_of_2_3_is_0_909():
    assert sigmoid(2.3) == pytest.approx(0.9088770389851438, rel=1e-14)
    assert sigmoid(0.6) == pytest.approx(0.6456563062257954, rel=1e-14)


def test_log_sigmoid_of_a_margin_of_2_3_is_minus_0_0955():
    assert log_sigmoid(2.3) == pytest.approx(-0.09554546459796295, rel=1e-14)


def test_log_sigmoid_of_0_is_minus_log_2():
    assert log_sigmoid(0.0) == pytest.approx(-np.log(2), rel=1e-15)


@given(scores)
def test_sigmoid_is_scipys(x):
    np.testing.assert_allclose(sigmoid(x), special.expit(x), rtol=1e-11, atol=0)


@given(scores)
def test_log_sigmoid_is_scipys(x):
    np.testing.assert_allclose(log_sigmoid(x), special.log_expit(x), rtol=1e-14, atol=0)


@given(scores)
def test_log_softmax_is_scipys(z):
    np.testing.assert_allclose(log_softmax(z), special.log_softmax(z, axis=-1), rtol=1e-13, atol=1e-14)


@given(scores, st.data())
def test_softmax_is_scipys_along_any_axis(z, data):
    axis = data.draw(st.integers(-z.ndim, z.ndim - 1))
    np.testing.assert_allclose(softmax(z, axis=axis), special.softmax(z, axis=axis), rtol=1e-11, atol=1e-300)


def test_sigmoid_reaches_its_limits_without_a_warning():
    np.testing.assert_array_equal(sigmoid([-np.inf, -1e308, -1e4, 1e4, 1e308, np.inf]), [0, 0, 0, 1, 1, 1])


def test_log_sigmoid_falls_like_its_argument_and_never_reaches_minus_infinity_before_it():
    np.testing.assert_array_equal(log_sigmoid([-np.inf, -1e308, -1e4]), [-np.inf, -1e308, -1e4])
    np.testing.assert_array_equal(log_sigmoid([1e4, 1e308, np.inf]), [0, 0, 0])


def test_log_sigmoid_keeps_the_digits_that_the_logarithm_of_a_rounded_sigmoid_loses():
    # σ(40) rounds to 1; −log σ(40) is exp(−40) all the same.
    assert log_sigmoid(40.0) == pytest.approx(-np.exp(-40), rel=1e-14)


def test_log_softmax_of_far_apart_scores_is_their_distance():
    np.testing.assert_array_equal(log_softmax([1e4, 0.0, -1e4]), [0, -1e4, -2e4])
    np.testing.assert_array_equal(log_softmax([1e308, -1e308]), [0, -np.inf])


def test_a_token_that_is_ruled_out_has_probability_0_and_leaves_the_others_as_they_were():
    np.testing.assert_array_equal(softmax([2.0, 1.0, -np.inf])[:2], softmax([2.0, 1.0]))
    assert log_softmax([2.0, 1.0, -np.inf])[2] == -np.inf


@pytest.mark.parametrize("x", FAR)
def test_a_probability_and_its_opposite_sum_to_1(x):
    assert sigmoid(x) + sigmoid(-x) == pytest.approx(1.0, rel=1e-15)


@given(scores)
def test_the_log_odds_of_a_sigmoid_are_its_argument(x):
    np.testing.assert_allclose(log_sigmoid(x) - log_sigmoid(-x), x, rtol=1e-12, atol=1e-12)


@given(st.floats(-700, 700), st.floats(-50, 50))
def test_softmax_of_two_scores_is_the_sigmoid_of_their_difference(difference, level):
    probabilities = softmax([level + difference, level])
    margin = (level + difference) - level  # as rounded in the call
    np.testing.assert_allclose(probabilities, [sigmoid(margin), sigmoid(-margin)], rtol=1e-12)


@given(scores, st.floats(-1e4, 1e4))
def test_softmax_sees_only_differences(z, shift):
    np.testing.assert_allclose(softmax(z + shift), softmax(z), rtol=1e-10, atol=1e-14)


@given(scores)
def test_probabilities_of_a_row_sum_to_1(z):
    np.testing.assert_allclose(softmax(z).sum(axis=-1), 1.0, rtol=1e-14)


@given(scores)
def test_no_log_probability_is_positive(z):
    assert (log_softmax(z) <= 0).all()


@given(scores)
def test_the_shape_is_kept(x):
    assert sigmoid(x).shape == log_sigmoid(x).shape == softmax(x).shape == log_softmax(x).shape == x.shape


def test_longer_floats_serve_and_beyond_the_range_of_a_float64_they_are_infinite():
    found = sigmoid(np.array(["2.3", "1e400", "-1e400"], dtype=np.longdouble))
    assert found.dtype == np.float64
    np.testing.assert_array_equal(found, [sigmoid(2.3), 1, 0])
