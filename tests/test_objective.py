import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import special, stats  # type: ignore[import-untyped]

from rlhf_textbook import (
    exact_kl,
    generalized_advantages,
    kl_estimates,
    log_softmax,
    next_token_log_probs,
    ppo_ptx_objective,
    sequence_log_ratio,
    token_rewards,
)

# "The capital of France is Paris ." under the policy and under the SFT model.
PARIS = [-0.15, -0.30, -0.05, -0.10, -0.08, -0.20, -0.03]
PARIS_REF = [-0.20, -0.45, -0.06, -0.12, -0.10, -0.80, -0.04]

log_prob = st.floats(-20, 0)
two_distributions = st.integers(1, 8).flatmap(
    lambda n: arrays(np.float64, (2, n), elements=st.floats(-10, 10)).map(log_softmax)
)
two_token_batches = arrays(np.float64, (2, 3, 5), elements=log_prob)
masks = arrays(np.bool_, (3, 5)).filter(lambda mask: mask.any(axis=1).all())


# The exact divergence


def test_kl_of_nine_to_one_from_a_fair_coin_is_0_368():
    expected = math.log(2) + 0.9 * math.log(0.9) + 0.1 * math.log(0.1)
    assert exact_kl(np.log([0.9, 0.1]), np.log([0.5, 0.5])) == pytest.approx(expected, rel=1e-14)
    assert expected == pytest.approx(0.36806, abs=5e-6)


@given(two_distributions)
def test_exact_kl_is_scipys_relative_entropy(distributions):
    p, q = distributions
    assert exact_kl(p, q) == pytest.approx(stats.entropy(np.exp(p), np.exp(q)), rel=1e-10, abs=1e-14)


@given(two_distributions)
def test_no_divergence_is_negative(distributions):
    p, q = distributions
    assert exact_kl(p, q) >= 0
    assert exact_kl(q, p) >= 0


def test_nearly_equal_distributions_do_not_diverge_below_0_by_rounding():
    rng = np.random.default_rng(0)
    logits = rng.normal(size=(100, 4))
    nearly = logits + 1e-9 * rng.normal(size=(100, 4))
    assert (exact_kl(log_softmax(logits), log_softmax(nearly)) >= 0).all()


@given(two_distributions)
def test_a_distribution_does_not_diverge_from_itself(distributions):
    np.testing.assert_array_equal(exact_kl(distributions, distributions), [0, 0])


def test_probabilities_in_single_precision_sum_to_1_nearly_enough():
    logits = np.random.default_rng(0).normal(size=(100, 50))
    p, q = (log_softmax(z).astype(np.float32) for z in (logits, -logits))
    assert (np.exp(p).sum(axis=1) != 1).any()
    np.testing.assert_allclose(exact_kl(p, q), exact_kl(log_softmax(logits), log_softmax(-logits)), rtol=1e-5)


def test_the_two_directions_of_the_divergence_differ():
    p, q = np.log([0.9, 0.1]), np.log([0.5, 0.5])
    assert exact_kl(q, p) == pytest.approx(-math.log(2) - math.log(0.3), rel=1e-14)
    assert exact_kl(q, p) > exact_kl(p, q)


def test_any_axis_may_hold_the_outcomes():
    logs = log_softmax(np.random.default_rng(0).normal(size=(2, 4, 3, 5)), axis=2)
    expected = special.rel_entr(np.exp(logs[0]), np.exp(logs[1])).sum(axis=1)
    for axis in (1, -2):
        np.testing.assert_allclose(exact_kl(logs[0], logs[1], axis=axis), expected, rtol=1e-12)


def test_an_outcome_that_the_policy_rules_out_costs_nothing():
    p = [math.log(0.5), math.log(0.5), -np.inf]
    assert exact_kl(p, np.log([0.25, 0.25, 0.5])) == pytest.approx(math.log(2), rel=1e-15)
    assert exact_kl(p, p) == 0


def test_an_outcome_that_only_the_reference_rules_out_costs_infinitely_much():
    assert exact_kl(np.log([0.5, 0.5]), [0.0, -np.inf]) == np.inf
    # Even where its probability is too small for a float.
    assert exact_kl([0.0, -1e4], [0.0, -np.inf]) == np.inf


def test_far_apart_distributions_diverge_by_the_distance_of_their_logs():
    assert exact_kl([0.0, -1e4], [-1e4, 0.0]) == 1e4


def test_kl_of_two_token_texts_is_the_sum_of_the_expected_kls_of_each_token():
    # The chain rule: row b of the second table holds the second token's logits after first token b.
    rng = np.random.default_rng(1)
    first, second = log_softmax(rng.normal(size=(2, 3))), log_softmax(rng.normal(size=(2, 3, 3)))
    texts = (first[:, :, None] + second).reshape(2, 9)
    by_token = exact_kl(*first) + np.exp(first[0]) @ exact_kl(*second)
    assert exact_kl(*texts) == pytest.approx(by_token, rel=1e-13)


# Estimates from samples


@given(two_distributions)
def test_k1_and_k3_are_unbiased(distributions):
    # Every outcome at once, weighted by how often the policy draws it: the expectation without sampling.
    p, q = distributions
    estimates = kl_estimates(p, q)
    kl = stats.entropy(np.exp(p), np.exp(q))
    assert np.exp(p) @ estimates.k1 == pytest.approx(kl, rel=1e-9, abs=1e-13)
    assert np.exp(p) @ estimates.k3 == pytest.approx(kl, rel=1e-7, abs=1e-13)


def test_k2_is_biased_but_little_for_close_distributions():
    p, q = np.log([0.5, 0.5]), np.log([0.9, 0.1])
    assert abs(np.exp(p) @ kl_estimates(p, q).k2 - exact_kl(p, q)) > 0.2
    q = np.log([0.51, 0.49])
    assert np.exp(p) @ kl_estimates(p, q).k2 == pytest.approx(exact_kl(p, q), rel=1e-3)


@given(two_token_batches)
def test_estimates_are_those_of_a_loop_over_tokens(batch):
    estimates = kl_estimates(*batch)
    for i in np.ndindex(3, 5):
        d = batch[0][i] - batch[1][i]
        assert estimates.k1[i] == d
        assert estimates.k2[i] == pytest.approx(d**2 / 2, rel=1e-15)
        assert estimates.k3[i] == pytest.approx(math.exp(-d) - 1 + d, rel=1e-12, abs=1e-14)


@given(two_token_batches)
def test_k2_and_k3_are_never_negative(batch):
    estimates = kl_estimates(*batch)
    assert (estimates.k2 >= 0).all()
    assert (estimates.k3 >= 0).all()


def test_k1_is_negative_for_a_token_that_became_rarer():
    estimates = kl_estimates([-0.20, -0.50], [-0.80, -0.40])
    np.testing.assert_allclose(estimates.k1, [0.6, -0.1], rtol=1e-14)
    np.testing.assert_allclose(estimates.k2, [0.18, 0.005], rtol=1e-14)
    np.testing.assert_allclose(estimates.k3, [math.exp(-0.6) - 0.4, math.exp(0.1) - 1.1], rtol=1e-13)


@given(st.floats(1e-12, 1e-6), st.sampled_from([-1, 1]))
def test_k3_of_nearly_equal_probabilities_keeps_its_digits(size, sign):
    # exp(−d) − 1 + d as printed would round to 0, or to noise.
    estimates = kl_estimates(min(0.0, sign * size), min(0.0, -sign * size))
    d = sign * size
    assert estimates.k3 == pytest.approx(d**2 / 2 - d**3 / 6, rel=1e-3)


def test_a_sampled_token_that_the_reference_rules_out_makes_every_estimate_infinite():
    estimates = kl_estimates([-1.0], [-np.inf])
    np.testing.assert_array_equal([estimates.k1, estimates.k2, estimates.k3], np.inf)


def test_estimates_at_a_distance_of_10_000_nats_overflow_to_infinity_without_a_warning():
    estimates = kl_estimates([-1e4, 0.0], [0.0, -1e4])
    np.testing.assert_array_equal(estimates.k1, [-1e4, 1e4])
    np.testing.assert_array_equal(estimates.k2, [5e7, 5e7])
    np.testing.assert_array_equal(estimates.k3, [np.inf, 1e4 - 1])


# Whole responses


def test_log_ratio_of_the_paris_response_is_0_86_nats():
    assert sequence_log_ratio(PARIS, PARIS_REF) == pytest.approx(0.86, rel=1e-14)


@given(two_token_batches, masks)
def test_log_ratio_of_a_response_sums_k1_over_its_tokens(batch, mask):
    expected = [math.fsum(batch[0][i, t] - batch[1][i, t] for t in range(5) if mask[i, t]) for i in range(3)]
    np.testing.assert_allclose(sequence_log_ratio(*batch, mask=mask), expected, rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(sequence_log_ratio(*batch), kl_estimates(*batch).k1.sum(axis=-1), rtol=1e-12, atol=1e-13)


def test_log_ratio_averaged_over_all_responses_is_the_kl_of_the_two_models():
    # A model of three tokens in which the next one depends on the one before; all texts of length 3.
    policy, reference = np.random.default_rng(2).normal(size=(2, 3, 3))
    texts = np.array(list(itertools.product(range(3), repeat=3)))
    previous = np.concatenate([np.zeros((27, 1), dtype=int), texts[:, :-1]], axis=1)
    log_probs, ref_log_probs = (next_token_log_probs(model[previous], texts) for model in (policy, reference))
    expected = exact_kl(log_probs.sum(axis=1), ref_log_probs.sum(axis=1))
    weights = np.exp(log_probs.sum(axis=1))
    assert weights @ sequence_log_ratio(log_probs, ref_log_probs) == pytest.approx(expected, rel=1e-13)


def test_a_response_that_is_all_padding_has_log_ratio_0():
    log_ratios = sequence_log_ratio([[-1.0], [-1.0]], [[-2.0], [-2.0]], mask=[[True], [False]])
    np.testing.assert_array_equal(log_ratios, [1, 0])


@pytest.mark.parametrize("filling", [0.0, -1e4, -np.inf])
def test_what_stands_in_the_padding_does_not_matter(filling):
    mask = [1] * 7 + [0]
    for log_probs, ref_log_probs in itertools.product([[*PARIS, filling]], [[*PARIS_REF, filling], [*PARIS_REF, -1]]):
        assert sequence_log_ratio(log_probs, ref_log_probs, mask=mask) == pytest.approx(0.86, rel=1e-14)
        found = token_rewards(2.1, log_probs, ref_log_probs, kl_coef=0.02, mask=mask)
        np.testing.assert_array_equal(found, [*token_rewards(2.1, PARIS, PARIS_REF, kl_coef=0.02), 0])
        terms = ppo_ptx_objective(2.1, log_probs, ref_log_probs, kl_coef=0.02, mask=mask)
        assert terms.total == pytest.approx(2.1 - 0.0172, rel=1e-14)


# Rewards of tokens


def test_each_token_pays_its_penalty_and_the_last_one_gets_the_score():
    found = token_rewards(2.1, PARIS, PARIS_REF, kl_coef=0.02)
    expected = [-0.001, -0.003, -0.0002, -0.0004, -0.0004, -0.012, 2.1 - 0.0002]
    np.testing.assert_allclose(found, expected, rtol=1e-12)


@given(two_token_batches, masks, arrays(np.float64, 3, elements=st.floats(-10, 10)), st.floats(0, 1))
def test_rewards_of_tokens_sum_to_the_penalized_reward(batch, mask, rewards, kl_coef):
    found = token_rewards(rewards, *batch, kl_coef=kl_coef, mask=mask)
    expected = rewards - kl_coef * sequence_log_ratio(*batch, mask=mask)
    np.testing.assert_allclose(found.sum(axis=-1), expected, rtol=1e-12, atol=1e-12)
    assert (found[~mask] == 0).all()


@given(two_token_batches, masks, arrays(np.float64, 3, elements=st.floats(-10, 10)))
def test_without_a_penalty_only_the_last_kept_token_is_rewarded(batch, mask, rewards):
    found = token_rewards(rewards, *batch, kl_coef=0.0, mask=mask)
    expected = np.zeros((3, 5))
    for row, kept, reward in zip(expected, mask, rewards, strict=True):
        row[max(np.flatnonzero(kept))] = reward
    np.testing.assert_array_equal(found, expected)


def test_a_response_of_one_token_gets_score_and_penalty_at_once():
    np.testing.assert_allclose(token_rewards([2.0], [[-0.5]], [[-1.5]], kl_coef=0.1), [[1.9]], rtol=1e-15)


def test_advantage_of_the_first_token_without_discount_are_penalized_reward_minus_value():
    rewards = token_rewards(2.1, PARIS, PARIS_REF, kl_coef=0.02)
    found = generalized_advantages(rewards, np.full(7, 0.5), gae_lambda=1.0)
    assert found[0] == pytest.approx(2.1 - 0.0172 - 0.5, rel=1e-13)


# The objective


def test_ppo_ptx_objective_of_the_paris_response_is_1_7628():
    terms = ppo_ptx_objective(2.1, PARIS, PARIS_REF, -3.2, kl_coef=0.02, ptx_coef=0.1)
    assert terms.reward == 2.1
    assert terms.kl == pytest.approx(0.86, rel=1e-14)
    assert terms.kl_penalty == pytest.approx(0.0172, rel=1e-14)
    assert terms.pretraining == pytest.approx(-0.32, rel=1e-14)
    assert terms.total == pytest.approx(1.7628, rel=1e-14)


def test_the_penalty_of_12_nats_leaves_the_better_response_ahead_by_a_hair_until_beta_is_0_052():
    def totals(kl_coef):
        modest = ppo_ptx_objective(1.5, [-1.0], [-3.4], kl_coef=kl_coef)
        extreme = ppo_ptx_objective(2.0, [-1.0], [-13.0], kl_coef=kl_coef)
        return modest.total, extreme.total

    assert totals(0.05) == pytest.approx((1.38, 1.40), rel=1e-14)
    flip = (2.0 - 1.5) / (12.0 - 2.4)
    modest, extreme = totals(flip)
    assert modest == pytest.approx(extreme, rel=1e-14)
    modest, extreme = totals(0.053)
    assert modest > extreme


@given(
    two_token_batches,
    masks,
    arrays(np.float64, 3, elements=st.floats(-10, 10)),
    arrays(np.float64, 4, elements=st.floats(-500, 0)),
    st.floats(0, 1),
    st.floats(0, 30),
)
def test_objective_is_the_one_that_a_loop_over_responses_makes(batch, mask, rewards, texts, kl_coef, ptx_coef):
    penalized = []
    for i in range(3):
        log_ratio = math.fsum(batch[0][i, t] - batch[1][i, t] for t in range(5) if mask[i, t])
        penalized.append(rewards[i] - kl_coef * log_ratio)
    expected = math.fsum(penalized) / 3 + ptx_coef * math.fsum(texts) / 4
    terms = ppo_ptx_objective(rewards, batch[0], batch[1], texts, kl_coef=kl_coef, ptx_coef=ptx_coef, mask=mask)
    assert terms.total == pytest.approx(expected, rel=1e-12, abs=1e-11)
    assert terms.kl_penalty == pytest.approx(kl_coef * terms.kl, rel=1e-15)


def test_a_negative_estimate_of_the_kl_raises_the_objective():
    terms = ppo_ptx_objective(1.0, [-0.9], [-0.4], kl_coef=0.1)
    assert terms.kl == pytest.approx(-0.5, rel=1e-15)
    assert terms.total == pytest.approx(1.05, rel=1e-15)


def test_plain_ppo_needs_no_pretraining_text():
    terms = ppo_ptx_objective(2.1, PARIS, PARIS_REF, kl_coef=0.02)
    assert terms.pretraining == 0
    assert terms.total == pytest.approx(2.1 - 0.0172, rel=1e-15)
    assert terms == ppo_ptx_objective(2.1, PARIS, PARIS_REF, -3.2, kl_coef=0.02, ptx_coef=0.0)


def test_a_constant_shift_of_the_reward_shifts_the_objective_and_favors_no_policy():
    for log_probs in (PARIS, PARIS_REF):
        plain = ppo_ptx_objective(2.1, log_probs, PARIS_REF, kl_coef=0.02)
        shifted = ppo_ptx_objective(2.1 + 5, log_probs, PARIS_REF, kl_coef=0.02)
        assert shifted.total - plain.total == pytest.approx(5, rel=1e-14)


def test_the_best_policy_tilts_the_reference_by_the_exponential_of_the_reward():
    # The maximum of E[r] − β KL is at π ∝ π_ref · exp(r / β) and is β log Z. Here β = 1, and r is chosen so
    # that the best policy has quarters for probabilities: four samples then hold the whole expectation.
    best, ref = np.log([0.5, 0.25, 0.25]), np.log([0.25, 0.25, 0.5])
    rewards = best - ref + 3.0  # log Z = 3
    draws = np.array([0, 0, 1, 2])
    terms = ppo_ptx_objective(rewards[draws], best[draws, None], ref[draws, None], kl_coef=1.0)
    assert terms.total == pytest.approx(3, rel=1e-15)
    assert terms.kl == pytest.approx(exact_kl(best, ref), rel=1e-15)
    for counts in itertools.product(range(1, 5), repeat=3):  # no other policy with whole counts does better
        draws = np.repeat(range(3), counts)
        log_probs = np.log(np.array(counts) / sum(counts))
        other = ppo_ptx_objective(rewards[draws], log_probs[draws, None], ref[draws, None], kl_coef=1.0)
        assert other.total <= 3 + 1e-14


def test_a_token_that_the_reference_rules_out_is_infinitely_penalized():
    terms = ppo_ptx_objective(1.0, [-1.0], [-np.inf], kl_coef=0.02)
    assert (terms.kl, terms.kl_penalty, terms.total) == (np.inf, np.inf, -np.inf)


def test_pretraining_text_beyond_the_range_of_a_float_is_infinitely_unlikely():
    terms = ppo_ptx_objective(1.0, [-1.0], [-1.0], [-1e308, -1e308], kl_coef=0.0, ptx_coef=0.1)
    assert (terms.pretraining, terms.total) == (-np.inf, -np.inf)


def test_a_term_that_is_switched_off_is_0_even_where_it_would_be_infinite():
    terms = ppo_ptx_objective(1.0, [-1.0], [-np.inf], [-np.inf], kl_coef=0.0, ptx_coef=0.0)
    assert (terms.kl_penalty, terms.pretraining, terms.total) == (0, 0, 1)
