import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate  # type: ignore[import-untyped]

from rlhf_textbook import (
    best_of_n_kl,
    break_even_prompts,
    exact_kl,
    expected_best_of_n,
    fit_overoptimization,
    inference_cost,
    reweighted_policy,
    soft_best_of_n,
    softmax,
)

cost = st.floats(0.001, 1000)


def test_best_of_16_stands_1_835_nats_from_its_policy():
    assert best_of_n_kl(16) == pytest.approx(1.8350887222397811, rel=1e-15)


def test_best_of_1_is_the_policy_itself():
    assert best_of_n_kl(1) == 0


@pytest.mark.parametrize("n", [1, 2, 3, 16, 100, 1024])
def test_kl_of_best_of_n_is_that_of_the_largest_of_n_uniform_ranks(n):
    # Scores enter only by rank: let u be the share of responses that score worse. Under the policy u is
    # uniform, density 1; the largest of n has density n u^(n−1).
    def integrand(u):
        density = n * u ** (n - 1)
        return density * math.log(density) if density > 0 else 0.0

    found, _ = integrate.quad(integrand, 0, 1, epsabs=1e-12, epsrel=1e-12, points=[1 - 1 / n], limit=200)
    assert best_of_n_kl(n) == pytest.approx(found, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("n", [2, 4, 16])
def test_kl_of_best_of_n_is_the_limit_of_that_over_many_distinct_responses(n):
    m = 1_000_000
    below = np.arange(m + 1) / m
    chosen = np.diff(below**n)  # all n draws among the k worst, but not all among the k − 1 worst
    with np.errstate(divide="ignore"):  # the worst responses are hardly ever the best of n
        kl = exact_kl(np.log(chosen), np.full(m, -math.log(m)))
    assert best_of_n_kl(n) == pytest.approx(kl, rel=1e-5)


def test_drawing_and_keeping_the_best_of_n_gives_the_kl_on_average():
    rng = np.random.default_rng(0)
    for n in (2, 8):
        best = rng.random((200_000, n)).max(axis=1)
        log_ratios = math.log(n) + (n - 1) * np.log(best)
        standard_error = log_ratios.std() / math.sqrt(log_ratios.size)
        assert abs(log_ratios.mean() - best_of_n_kl(n)) < 4 * standard_error


def test_doubling_n_costs_at_most_log_2_nats_and_nearly_that_for_large_n():
    steps = np.diff(best_of_n_kl(2 ** np.arange(40)))
    assert (steps > 0).all()
    assert (steps < math.log(2)).all()
    assert steps[-1] == pytest.approx(math.log(2), rel=1e-10)


def test_best_of_16_costs_17_6_where_the_trained_policy_costs_1():
    assert inference_cost(16) == pytest.approx(17.6, rel=1e-15)
    assert inference_cost(1) == 1


def test_a_single_response_is_not_scored():
    assert inference_cost(1, generation_cost=3.0, scoring_cost=100.0) == 3
    assert inference_cost(2, generation_cost=3.0, scoring_cost=100.0) == 206


def test_a_million_units_of_training_are_paid_for_after_60_241_prompts():
    assert break_even_prompts(1e6, 16) == pytest.approx(1e6 / 16.6, rel=1e-14)
    assert break_even_prompts(1e6, 16) == pytest.approx(60_240.96, abs=0.005)


def test_training_that_costs_nothing_pays_at_once():
    assert break_even_prompts(0.0, 2) == 0


@given(st.floats(0, 1e9), st.integers(2, 1000), cost, cost)
def test_at_the_break_even_both_ways_have_cost_the_same(training_cost, n, generation_cost, scoring_cost):
    prompts = break_even_prompts(training_cost, n, generation_cost=generation_cost, scoring_cost=scoring_cost)
    drawn = prompts * sum(generation_cost + scoring_cost for _ in range(n))
    trained = training_cost + prompts * generation_cost
    assert drawn == pytest.approx(trained, rel=1e-9)


# The estimator of what best-of-n gains.


def every_subset(proxy, gold, n):
    """Average over all subsets of n of the gold score of the largest proxy; those who tie share it."""
    worth = []
    for subset in itertools.combinations(range(len(proxy)), n):
        best = max(proxy[i] for i in subset)
        worth.append(np.mean([gold[i] for i in subset if proxy[i] == best]))
    return np.mean(worth)


@pytest.mark.parametrize(
    "proxy", [[3.0, 1.0, 4.0, -1.0, 5.0, 9.0, 2.0], [1.0, 2.0, 2.0, 0.0, 2.0, 1.0, 3.0], [1.0] * 7]
)
def test_the_estimate_is_the_average_over_all_subsets_ties_included(proxy):
    gold = [0.3, 0.9, 0.1, 0.5, 0.7, 0.2, 0.4]
    found = expected_best_of_n(proxy, gold, n_samples=np.arange(1, 8))
    np.testing.assert_allclose(found, [every_subset(proxy, gold, n) for n in range(1, 8)], rtol=1e-13)


@pytest.mark.parametrize("n", [1, 2, 3])
def test_over_every_possible_sample_the_estimate_is_right_on_average(n):
    # Three responses of the policy, 4 drawn with replacement: all 3^4 samples, each with its probability.
    probabilities, proxy, gold = np.array([0.5, 0.3, 0.2]), np.array([0.1, 0.7, 0.4]), np.array([0.6, 0.2, 0.9])

    def over_all_draws(size, worth):
        draws = np.array(list(itertools.product(range(3), repeat=size)))
        return sum(probabilities[draw].prod() * worth(draw) for draw in draws)

    estimate = over_all_draws(4, lambda draw: expected_best_of_n(proxy[draw], gold[draw], n_samples=n))
    truth = over_all_draws(n, lambda draw: gold[draw[proxy[draw].argmax()]])
    assert estimate == pytest.approx(truth, rel=1e-13)


def test_best_of_1_is_the_mean_and_best_of_all_the_best():
    rng = np.random.default_rng(0)
    proxy, gold = rng.normal(size=(2, 1000))
    found = expected_best_of_n(proxy, gold, n_samples=[1, 1000])
    np.testing.assert_allclose(found, [gold.mean(), gold[proxy.argmax()]], rtol=1e-12)


def test_the_weights_are_binomials_at_a_size_where_these_overflow_floats():
    m, n = 5000, 1024
    found = np.array([expected_best_of_n(np.arange(m), np.eye(m)[i], n_samples=n) for i in (m - 1, m - 500, m - 2000)])
    exact = [math.comb(i, n - 1) / math.comb(m, n) for i in (m - 1, m - 500, m - 2000)]
    np.testing.assert_allclose(found, exact, rtol=1e-10)


def test_the_largest_of_n_uniform_numbers_is_n_of_n_plus_1():
    n = np.array([1, 2, 16, 256])
    found = expected_best_of_n(*[np.random.default_rng(0).random((200, 2000))] * 2, n_samples=n)
    standard_error = found.std(axis=0) / math.sqrt(200)
    assert (abs(found.mean(axis=0) - n / (n + 1)) < 4 * standard_error).all()


def test_each_prompt_is_estimated_for_itself_and_n_may_have_any_shape():
    proxy, gold = np.random.default_rng(0).integers(0, 5, size=(2, 3, 20)).astype(float)
    n = np.array([[1, 2], [5, 20]])
    found = expected_best_of_n(proxy, gold, n_samples=n)
    assert found.shape == (3, 2, 2)
    for row, one, other in zip(found, proxy, gold, strict=True):
        np.testing.assert_allclose(row, expected_best_of_n(one, other, n_samples=n), rtol=1e-12)
    assert expected_best_of_n(proxy[0], gold[0], n_samples=4).shape == ()


# Reweighting.


def test_reweighting_gives_the_mean_and_the_kl_of_the_discrete_policy():
    scores, beta = np.array([0.3, -1.2, 0.8, 0.8]), 0.5
    policy = reweighted_policy(scores, kl_coef=beta)
    np.testing.assert_allclose(policy.weights, np.exp(scores / beta) / np.exp(scores / beta).sum(), rtol=1e-14)
    assert policy.mean_score == pytest.approx(policy.weights @ scores, rel=1e-14)
    assert policy.kl == pytest.approx(exact_kl(np.log(policy.weights), np.log(np.full(4, 0.25))), rel=1e-12)


@given(st.lists(st.floats(-5, 5), min_size=1, max_size=8), st.floats(0.01, 100))
def test_no_other_weights_have_a_larger_score_less_penalty(scores, beta):
    policy = reweighted_policy(scores, kl_coef=beta)
    optimum = beta * (np.logaddexp.reduce(np.array(scores) / beta) - math.log(len(scores)))  # β log E exp(r/β)
    assert policy.mean_score - beta * policy.kl == pytest.approx(optimum, rel=1e-9, abs=1e-9)


def test_a_normal_reward_is_shifted_by_1_over_beta():
    scores = np.random.default_rng(0).normal(size=400_000)
    policy = reweighted_policy(scores, kl_coef=2.0)
    assert policy.mean_score == pytest.approx(1 / 2, abs=0.01)
    assert policy.kl == pytest.approx(1 / 8, abs=0.003)


def test_without_a_penalty_all_weight_is_on_the_best_and_with_a_large_one_nothing_changes():
    scores = np.array([0.1, 0.9, 0.5])
    greedy = reweighted_policy(scores, kl_coef=1e-4)
    np.testing.assert_array_equal(greedy.weights, [0, 1, 0])
    assert greedy.kl == pytest.approx(math.log(3), rel=1e-14)
    lazy = reweighted_policy(scores, kl_coef=1e9)
    assert lazy.mean_score == pytest.approx(0.5, abs=1e-8)
    assert lazy.kl == pytest.approx(0, abs=1e-14)
    assert reweighted_policy(np.full(7, 3.0), kl_coef=1.0).kl == pytest.approx(0, abs=1e-14)


def test_soft_best_of_n_is_the_expectation_over_all_groups():
    scores, beta, n = np.array([0.0, 0.4, 1.0]), 0.5, 3
    exact = np.zeros(3)
    for draw in itertools.product(range(3), repeat=n):
        chosen = list(draw)
        np.add.at(exact, chosen, softmax(scores[chosen] / beta) / 3**n)
    found = soft_best_of_n(scores, n_samples=n, kl_coef=beta, n_groups=20_000, rng=np.random.default_rng(0))
    np.testing.assert_allclose(found.weights, exact, atol=0.005)
    assert found.kl == pytest.approx(exact_kl(np.log(exact), np.full(3, -math.log(3))), abs=0.01)


def test_a_thousand_groups_are_the_default():
    scores = np.array([0.0, 0.4, 1.0])
    found, expected = (
        soft_best_of_n(scores, n_samples=4, kl_coef=0.5, rng=np.random.default_rng(0), **given)
        for given in ({}, {"n_groups": 1000})
    )
    np.testing.assert_array_equal(found.weights, expected.weights)


def test_scores_further_apart_than_a_float_can_say_leave_the_softness_out():
    policy = soft_best_of_n([-1e308, 1e308], n_samples=2, kl_coef=1.0, n_groups=2000, rng=np.random.default_rng(0))
    np.testing.assert_allclose(policy.weights, [1 / 4, 3 / 4], atol=0.02)


def test_soft_best_of_1_is_the_policy_itself():
    policy = soft_best_of_n([0.2, 0.6], n_samples=1, kl_coef=0.1, rng=np.random.default_rng(0))
    np.testing.assert_array_equal(policy.weights, [0.5, 0.5])
    assert policy.kl == 0


def test_soft_best_of_n_is_best_of_n_when_cold_and_reweighting_when_n_is_large():
    rng = np.random.default_rng(0)
    scores = rng.normal(size=5000)
    cold = soft_best_of_n(scores, n_samples=16, kl_coef=1e-6, n_groups=4000, rng=rng)
    assert cold.mean_score == pytest.approx(expected_best_of_n(scores, scores, n_samples=16), abs=0.02)
    assert cold.kl == pytest.approx(best_of_n_kl(16), abs=0.06)  # noisy as 1 / √n_groups
    large = soft_best_of_n(scores, n_samples=2000, kl_coef=1.0, n_groups=200, rng=rng)
    limit = reweighted_policy(scores, kl_coef=1.0)
    assert large.mean_score == pytest.approx(limit.mean_score, abs=0.02)
    assert large.kl == pytest.approx(limit.kl, abs=0.02)


# The law of over-optimization.


@pytest.mark.parametrize(("alpha", "peak_kl", "peak_gold"), [(0.3, 2.25, 0.225), (0.4, 4.0, 0.4)])
def test_the_fit_finds_the_parabola_and_its_peak(alpha, peak_kl, peak_gold):
    kl = best_of_n_kl(2 ** np.arange(11))
    fit = fit_overoptimization(kl, np.sqrt(kl) * (alpha - 0.1 * np.sqrt(kl)))
    assert (fit.alpha, fit.beta, fit.peak_kl, fit.peak_gold) == pytest.approx(
        (alpha, 0.1, peak_kl, peak_gold), rel=1e-12
    )


def test_the_fit_finds_the_law_of_reinforcement_learning_and_its_peak():
    kl = np.linspace(0, 30, 50)
    d = np.sqrt(kl)
    gain = np.concatenate([[0], d[1:] * (0.4 - 0.2 * np.log(d[1:]))])
    fit = fit_overoptimization(kl, gain, form="rl")
    assert (fit.alpha, fit.beta) == pytest.approx((0.4, 0.2), rel=1e-12)
    fine = np.linspace(1e-3, 10, 1_000_001)
    curve = fine * (0.4 - 0.2 * np.log(fine))
    assert fit.peak_kl == pytest.approx(fine[curve.argmax()] ** 2, rel=1e-4)
    assert fit.peak_gold == pytest.approx(curve.max(), rel=1e-9)


@pytest.mark.parametrize(("form", "bend"), [("best_of_n", lambda d: d), ("rl", np.log)])
def test_the_fit_leaves_the_smallest_squares(form, bend):
    rng = np.random.default_rng(0)
    kl, gain = rng.uniform(0.1, 9, 20), rng.normal(size=20)
    d = np.sqrt(kl)
    fit = fit_overoptimization(kl, gain, form=form)
    residual = gain - d * (fit.alpha - fit.beta * bend(d))
    assert residual @ d == pytest.approx(0, abs=1e-12)
    assert residual @ (d * bend(d)) == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("form", ["best_of_n", "rl"])
def test_a_curve_that_bends_upward_has_no_peak(form):
    kl = np.array([1.0, 4.0, 9.0])
    fit = fit_overoptimization(kl, kl * np.sqrt(kl), form=form)
    assert fit.beta < 0
    assert (fit.peak_kl, fit.peak_gold) == (math.inf, math.inf)


@pytest.mark.parametrize(("form", "bend"), [("best_of_n", lambda d: d), ("rl", np.log)])
def test_a_curve_that_never_falls_is_fitted_as_well(form, bend):
    d = np.array([1.0, 2.0, 3.0])
    fit = fit_overoptimization(d**2, d * (0.1 + 0.2 * bend(d)), form=form)
    assert (fit.alpha, fit.beta) == pytest.approx((0.1, -0.2), rel=1e-12)


@pytest.mark.parametrize("form", ["best_of_n", "rl"])
def test_gains_of_0_have_no_peak(form):
    fit = fit_overoptimization([1.0, 4.0, 9.0], [0.0, 0.0, 0.0], form=form)
    assert (fit.alpha, fit.beta, fit.peak_kl, fit.peak_gold) == (0, 0, math.inf, math.inf)


def test_a_peak_beyond_the_range_of_a_float_is_infinite():
    d = np.array([1.0, 2.0, 3.0])
    fit = fit_overoptimization(d**2, d * (1 - np.log(d) / 1001), form="rl")  # at d = exp(1000)
    assert (fit.alpha, fit.beta) == pytest.approx((1, 1 / 1001), rel=1e-9)
    assert (fit.peak_kl, fit.peak_gold) == (math.inf, math.inf)


def test_a_curve_that_only_falls_peaks_where_it_starts():
    kl = np.array([1.0, 4.0])
    fit = fit_overoptimization(kl, np.sqrt(kl) * (-0.1 - 0.1 * np.sqrt(kl)))
    assert (fit.peak_kl, fit.peak_gold) == (0, 0)
