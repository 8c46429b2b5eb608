import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate  # type: ignore[import-untyped]

from rlhf_textbook import best_of_n_kl, break_even_prompts, exact_kl, inference_cost

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
