import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize, special, stats  # type: ignore[import-untyped]

from rlhf_textbook import (
    KAPLAN_EXPONENT,
    expected_win_rate,
    preference_probability,
    quality_gap,
    scaling_loss_ratio,
    scaling_size_ratio,
    win_rate_interval,
)

rates = st.floats(1e-12, 1 - 1e-12)
counts = st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
confidences = st.floats(0.01, 0.999)

# Win rates and quality gaps


def test_a_win_rate_of_85_percent_is_a_quality_gap_of_1_7346():
    assert quality_gap(0.85) == pytest.approx(1.7346010553881062, rel=1e-15)
    assert quality_gap(0.85) == pytest.approx(math.log(0.85 / 0.15), rel=1e-14)


@given(rates)
def test_quality_gap_is_scipys_logit(win_rate):
    assert quality_gap(win_rate) == pytest.approx(special.logit(win_rate), rel=1e-9, abs=1e-15)


@given(st.floats(-700, 700))
def test_expected_win_rate_is_scipys_logistic_function(gap):
    assert expected_win_rate(gap) == pytest.approx(special.expit(gap), rel=1e-12)


@given(rates)
def test_the_win_rate_of_a_gap_is_the_one_that_it_came_from(win_rate):
    assert expected_win_rate(quality_gap(win_rate)) == pytest.approx(win_rate, rel=1e-12)


@given(st.floats(-25, 25))
def test_the_gap_of_a_win_rate_is_the_one_that_it_came_from(gap):
    # Near 1 a win rate has few digits left for the share of losses.
    assert quality_gap(expected_win_rate(gap)) == pytest.approx(gap, abs=1e-15 * math.exp(abs(gap)) + 1e-13)


@given(rates)
def test_the_loser_has_the_opposite_gap(win_rate):
    assert quality_gap(1 - win_rate) == pytest.approx(-quality_gap(win_rate), rel=1e-3, abs=1e-15)


def test_an_even_match_is_a_gap_of_0():
    assert quality_gap(0.5) == 0
    assert expected_win_rate(0.0) == pytest.approx(0.5, rel=1e-15)


@given(st.floats(-10, 10), st.floats(-10, 10))
def test_gaps_add_where_odds_multiply(gap, further):
    def odds(g):
        return expected_win_rate(g) / expected_win_rate(-g)

    assert odds(gap + further) == pytest.approx(odds(gap) * odds(further), rel=1e-12)


@given(st.floats(-10, 10), st.floats(-10, 10))
def test_a_win_rate_is_the_preference_probability_of_the_two_qualities(quality, other):
    assert expected_win_rate(quality - other) == preference_probability(quality, other)


def test_win_rates_reach_their_limits_without_a_warning():
    np.testing.assert_array_equal(expected_win_rate([-np.inf, -1e4, 1e4, np.inf]), [0, 0, 1, 1])
    np.testing.assert_allclose(quality_gap([1e-300, 1 - 2**-53]), [-300 * math.log(10), 53 * math.log(2)], rtol=1e-14)


# Uncertainty


def test_85_wins_of_100_are_compatible_with_77_to_91_percent():
    interval = win_rate_interval(85, 100)
    assert interval.estimate == 0.85
    assert interval.low == pytest.approx(0.767, abs=5e-4)
    assert interval.high == pytest.approx(0.907, abs=5e-4)
    assert interval.confidence == 0.95


@given(counts, confidences)
def test_interval_is_scipys_wilson_interval(count, confidence):
    wins, n = count
    expected = stats.binomtest(wins, n).proportion_ci(confidence_level=confidence, method="wilson")
    interval = win_rate_interval(wins, n, confidence=confidence)
    assert interval.low == pytest.approx(expected.low, rel=1e-9, abs=1e-12)
    assert interval.high == pytest.approx(expected.high, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize(("wins", "n"), [(85, 100), (12.5, 40), (1, 9)])
def test_ends_are_the_true_rates_that_the_measured_one_lies_z_standard_errors_from(wins, n):
    z = stats.norm.ppf(0.95)

    def distance(true_rate):
        return (wins / n - true_rate) ** 2 - z**2 * true_rate * (1 - true_rate) / n

    interval = win_rate_interval(wins, n, confidence=0.9)
    assert interval.low == pytest.approx(optimize.brentq(distance, 1e-9, wins / n, xtol=1e-14), rel=1e-10)
    assert interval.high == pytest.approx(optimize.brentq(distance, wins / n, 1 - 1e-9, xtol=1e-14), rel=1e-10)


@pytest.mark.parametrize("true_rate", [0.5, 0.85, 0.98])
def test_about_95_of_100_measurements_have_the_true_rate_in_their_interval(true_rate):
    n = 200
    covered = [
        stats.binom.pmf(wins, n, true_rate)
        for wins in range(n + 1)
        if win_rate_interval(wins, n).low <= true_rate <= win_rate_interval(wins, n).high
    ]
    assert 0.93 < sum(covered) < 0.98  # wins are whole numbers, so exactly 95 % cannot be had


def test_the_interval_contains_its_estimate_and_stays_within_0_and_1():
    # All counts rather than a few: rounding carries an end too far only here and there.
    for n in range(1, 120):
        for wins in range(n + 1):
            interval = win_rate_interval(wins, n)
            assert 0 <= interval.low <= interval.estimate <= interval.high <= 1, (wins, n)


@given(counts, confidences)
def test_the_interval_of_the_losses_mirrors_that_of_the_wins(count, confidence):
    wins, n = count
    interval = win_rate_interval(wins, n, confidence=confidence)
    mirrored = win_rate_interval(n - wins, n, confidence=confidence)
    assert interval.low == pytest.approx(1 - mirrored.high, abs=1e-13)
    assert interval.high == pytest.approx(1 - mirrored.low, abs=1e-13)


def test_even_without_a_loss_the_interval_has_a_width():
    interval = win_rate_interval(10, 10)
    assert interval.high == 1
    # For p̂ = 1 the formula shrinks to n / (n + z²).
    assert interval.low == pytest.approx(10 / (10 + stats.norm.ppf(0.975) ** 2), rel=1e-12)


@given(counts, st.floats(0.01, 0.98))
def test_more_confidence_needs_a_wider_interval(count, confidence):
    narrow, wide = (win_rate_interval(*count, confidence=level) for level in (confidence, confidence + 0.01))
    assert wide.high - wide.low > narrow.high - narrow.low


def test_four_times_the_comparisons_halve_the_interval_in_the_long_run():
    few, many = win_rate_interval(8_500, 10_000), win_rate_interval(34_000, 40_000)
    assert (few.high - few.low) / (many.high - many.low) == pytest.approx(2, rel=1e-3)


def test_a_tie_may_count_as_half_a_win():
    assert win_rate_interval(0.5, 1).estimate == 0.5


def test_confidence_may_come_as_close_to_1_as_a_float_can():
    interval = win_rate_interval(5, 10, confidence=float(np.nextafter(1, 0)))
    assert 0 < interval.low < 0.1
    assert 0.9 < interval.high < 1


# Scaling


def test_175_billion_parameters_predict_0_689_times_the_loss_of_1_3_billion():
    assert scaling_loss_ratio(175 / 1.3) == pytest.approx(0.689, abs=5e-4)
    assert scaling_loss_ratio(175 / 1.3) == pytest.approx((175 / 1.3) ** -0.076, rel=1e-14)


def test_a_134_6_times_lower_loss_would_take_10_to_the_28_times_the_parameters():
    assert scaling_size_ratio(1 / 134.6) == pytest.approx(134.6 ** (1 / 0.076), rel=1e-12)
    assert 28 < math.log10(scaling_size_ratio(1 / 134.6)) < 29


def test_half_the_loss_takes_9139_times_the_parameters():
    assert scaling_size_ratio(0.5) == pytest.approx(2 ** (1 / 0.076), rel=1e-13)
    assert round(float(scaling_size_ratio(0.5))) == 9139


def test_the_exponent_is_kaplans():
    assert KAPLAN_EXPONENT == 0.076


@given(st.floats(1e-3, 1e6), st.floats(1e3, 1e12), st.floats(0.01, 1))
def test_loss_ratio_is_the_quotient_of_two_losses_by_the_law(growth, parameters, exponent):
    def loss(n):
        return (8.8e13 / n) ** exponent  # N_c of Kaplan et al., which cancels

    expected = loss(growth * parameters) / loss(parameters)
    assert scaling_loss_ratio(growth, exponent=exponent) == pytest.approx(expected, rel=1e-11)


@given(st.floats(1e-6, 1e6), st.floats(0.05, 2))
def test_the_size_ratio_of_a_loss_ratio_is_the_one_that_it_came_from(size_ratio, exponent):
    loss_ratio = scaling_loss_ratio(size_ratio, exponent=exponent)
    assert scaling_size_ratio(loss_ratio, exponent=exponent) == pytest.approx(size_ratio, rel=1e-11)


def test_a_ratio_of_1_stays_1_even_where_the_power_is_infinite():
    assert scaling_size_ratio(1.0, exponent=5e-324) == 1
    assert scaling_size_ratio([0.5, 2.0], exponent=5e-324).tolist() == [np.inf, 0]


def test_size_ratios_beyond_the_range_of_a_float_are_infinite_or_0():
    np.testing.assert_array_equal(scaling_size_ratio([1e-30, 1.0, 1e30]), [np.inf, 1, 0])
    np.testing.assert_array_equal(scaling_loss_ratio([1e-300, 1e300], exponent=2.0), [np.inf, 0])
