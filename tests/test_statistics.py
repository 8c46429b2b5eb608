"""Intervals over seeds: against scipy, known values and simulation."""

import numpy as np
import pytest
from scipy import stats  # type: ignore[import-untyped]

from lab.statistics import (
    Interval,
    bootstrap_interval,
    mean_interval,
    minus,
    paired_difference,
    show,
    sign_count,
    verdict,
)


def ratio_of_means(a, b, axis):
    return a.mean(axis) / b.mean(axis)


def test_interval_of_a_mean_by_the_printed_table():
    # t of 4 degrees of freedom at 97.5 % is 2.776; mean 3, s = sqrt(2.5).
    interval = mean_interval([1, 2, 3, 4, 5])
    assert (interval.estimate, interval.n) == (3, 5)
    assert interval.high - 3 == pytest.approx(2.776 * np.sqrt(2.5 / 5), rel=2e-4)


@pytest.mark.parametrize("confidence", [0.5, 0.95, 0.99])
def test_interval_of_a_mean_is_scipys(confidence):
    values = np.random.default_rng(0).normal(size=10)
    interval = mean_interval(values, confidence=confidence)
    expected = stats.t.interval(confidence, 9, values.mean(), stats.sem(values))
    assert (interval.low, interval.high) == pytest.approx(expected)


def test_interval_of_a_paired_difference_is_scipys_paired_t_test():
    rng = np.random.default_rng(1)
    luck, effect = rng.normal(size=10), rng.normal(0.1, 0.05, size=10)
    interval = paired_difference(luck + effect, luck)
    expected = stats.ttest_rel(luck + effect, luck).confidence_interval(0.95)
    assert (interval.low, interval.high) == pytest.approx((expected.low, expected.high))


def test_pairing_takes_the_luck_out():
    rng = np.random.default_rng(2)
    luck = rng.normal(size=10)
    with_effect = luck + rng.normal(0.1, 0.05, size=10)
    assert verdict(paired_difference(with_effect, luck), ">") == "holds"
    assert verdict(mean_interval(with_effect), ">") == "undecided"


def test_95_percent_of_intervals_cover_the_mean():
    rng = np.random.default_rng(3)
    intervals = [mean_interval(rng.normal(0.3, 2, size=5)) for _ in range(4000)]
    covered = np.mean([interval.low < 0.3 < interval.high for interval in intervals])
    assert covered == pytest.approx(0.95, abs=4 * np.sqrt(0.95 * 0.05 / 4000))


def test_bootstrap_intervals_of_20_seeds_cover_the_ratio_about_as_often_as_they_say():
    rng = np.random.default_rng(4)
    covered = []
    for _ in range(300):
        b = rng.normal(2, 0.3, size=20)
        a = 1.5 * b + rng.normal(0, 0.5, size=20)
        interval = bootstrap_interval(ratio_of_means, a, b, rng=rng, n_resamples=300)
        covered.append(interval.low < 1.5 < interval.high)
    assert 0.88 < np.mean(covered) < 0.99


def test_bootstrap_interval_is_scipys_and_keeps_pairs():
    rng = np.random.default_rng(5)
    b = rng.normal(2, 0.5, size=10)
    interval = bootstrap_interval(ratio_of_means, 3 * b, b, rng=rng)
    assert (interval.low, interval.estimate, interval.high) == pytest.approx((3, 3, 3))  # unpaired it would be wide
    values = rng.normal(size=10)
    interval = bootstrap_interval(np.median, values, rng=np.random.default_rng(6))
    expected = stats.bootstrap([values], np.median, random_state=np.random.default_rng(6)).confidence_interval
    assert (interval.low, interval.high) == (expected.low, expected.high)
    assert interval.low < interval.estimate == np.median(values) < interval.high


def test_bootstrap_of_equal_values_has_no_width():
    interval = bootstrap_interval(np.median, np.full(5, 0.25), rng=np.random.default_rng(0))
    assert (interval.low, interval.estimate, interval.high) == (0.25, 0.25, 0.25)


def test_nine_of_ten_signs():
    k, n, p = sign_count([1, 2, 3, 4, 5, 6, 7, 8, 9, -1])
    assert (k, n) == (9, 10)
    assert p == pytest.approx(2 * (1 + 10) / 2**10)


def test_ties_count_for_neither_side():
    assert sign_count([1, 2, 3], [1, 1, 1])[:2] == (2, 2)
    assert sign_count([1, 1], [1, 1]) == (0, 0, 1.0)


@pytest.mark.parametrize(
    ("low", "high", "above", "below"),
    [
        (0.1, 0.5, "holds", "does not hold"),
        (-0.5, -0.1, "does not hold", "holds"),
        (-0.1, 0.5, "undecided", "undecided"),
        (0.0, 0.5, "undecided", "undecided"),
    ],
)
def test_verdict(low, high, above, below):
    interval = Interval((low + high) / 2, low, high, 10)
    assert (verdict(interval, ">"), verdict(interval, "<")) == (above, below)
    assert (verdict(interval, ">", -9), verdict(interval, "<", 9)) == ("holds", "holds")


def test_shown_short():
    assert show(Interval(0.42, 0.39, 0.45, 10)) == str(Interval(0.42, 0.39, 0.45, 10)) == "0.42 ± 0.03"
    assert show(Interval(-0.42, -0.45, -0.39, 10), digits=1) == "−0.4 ± 0.0"
    assert show(Interval(0.42, 0.38, 0.49, 10)) == "0.42 (0.38 to 0.49)"
    assert show(Interval(-0.001, -0.301, 0.299, 10)) == "0.00 ± 0.30"


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: mean_interval([1.0]), r"values: expected at least 2, one a seed, got 1"),
        (lambda: mean_interval([1.0, np.nan]), r"values: expected numbers, got 1 NaN among 2 values"),
        (lambda: mean_interval([[1.0, 2.0]]), r"values: expected 1 dimension"),
        (lambda: mean_interval([1.0, 2.0], confidence=95), r"confidence: expected a finite number in \(0, 1\), got 95"),
        (lambda: paired_difference([1, 2, 3], [1, 2]), r"baseline: expected the shape of values"),
        (lambda: sign_count([1, 2], [1, 2, 3]), r"baseline: expected the shape of values"),
        (lambda: bootstrap_interval(np.median, rng=np.random.default_rng()), r"values: expected at least one array"),
        (lambda: bootstrap_interval(np.median, [1.0], rng=np.random.default_rng()), r"values: expected at least 2"),
        (lambda: bootstrap_interval(np.median, [1, 2], rng=0), r"rng: expected a numpy"),  # type: ignore[arg-type]
        (lambda: bootstrap_interval(ratio_of_means, [1, 2], [1, 2, 3], rng=np.random.default_rng()), r"values: expec"),
        (lambda: verdict(Interval(0, -1, 1, 2), "up"), r"direction: expected .>. or .<., got .up."),  # type: ignore[arg-type]
        (lambda: show(Interval(0, -1, 1, 2), digits=-1), r"digits: expected an integer of at least 0, got -1"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_minus_signs_of_a_line_are_those_of_an_interval():
    assert minus("quality -0.60, [-1. .5] and  -12 %") == "quality −0.60, [−1. .5] and  −12 %"
    assert minus("best-of-16, PPO-ptx, 10-20, --jobs 2") == "best-of-16, PPO-ptx, 10-20, --jobs 2"
    assert minus(f"{-0.42:.2f} ± 0.03") == show(Interval(-0.42, -0.45, -0.39, 5))
