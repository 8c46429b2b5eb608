import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from rlhf_textbook import advantages, clipped_surrogate, generalized_advantages
from tests.helpers import numerical_gradient, relative_error

REWARDS = [0.0, 0.0, 1.85]  # the score arrives with the last token
VALUES = [1.2, 1.4, 1.7]

finite = st.floats(-10, 10)
share = st.floats(0, 1)
episodes = arrays(np.float64, st.tuples(st.just(2), st.integers(1, 3), st.integers(1, 7)), elements=finite)
# New and old log-probabilities and advantages of up to eight tokens.
steps = st.integers(1, 8).flatmap(
    lambda n: st.tuples(
        arrays(np.float64, n, elements=st.floats(-5, 0)),
        arrays(np.float64, n, elements=st.floats(-5, 0)),
        arrays(np.float64, n, elements=finite),
    )
)


def gae_by_the_double_sum(rewards, values, discount, gae_lambda):
    """Equation 16 for one episode, as printed: every advantage sums over all steps still to come."""
    after = [*values[1:], 0.0]
    deltas = [r + discount * v_next - v for r, v_next, v in zip(rewards, after, values, strict=True)]
    return [
        math.fsum((discount * gae_lambda) ** (later - t) * deltas[later] for later in range(t, len(deltas)))
        for t in range(len(deltas))
    ]


# Advantages


def test_a_response_that_scores_1_85_where_1_20_was_expected_has_advantage_0_65():
    assert advantages(1.85, 1.2) == pytest.approx(0.65, rel=1e-14)


def test_scores_of_2_3_and_0_8_against_1_7_have_advantages_of_opposite_sign():
    np.testing.assert_allclose(advantages([2.3, 0.8], 1.7), [0.6, -0.9], rtol=1e-14)


@given(arrays(np.float64, (3, 4), elements=finite), arrays(np.float64, 3, elements=finite))
def test_each_prompts_baseline_serves_all_its_responses(rewards, baselines):
    found = advantages(rewards, baselines[:, None])
    for prompt, response in np.ndindex(3, 4):
        assert found[prompt, response] == rewards[prompt, response] - baselines[prompt]


def test_the_common_shape_may_be_the_baselines():
    np.testing.assert_array_equal(advantages(1.0, [0.0, 1.0, 3.0]), [1, 0, -2])


# Generalized advantages


def test_with_lambda_1_every_token_gets_the_score_minus_its_own_baseline():
    np.testing.assert_allclose(generalized_advantages(REWARDS, VALUES, gae_lambda=1), [0.65, 0.45, 0.15], rtol=1e-13)


def test_with_lambda_0_every_token_gets_the_rise_in_value_over_one_step():
    np.testing.assert_allclose(generalized_advantages(REWARDS, VALUES, gae_lambda=0), [0.2, 0.3, 0.15], rtol=1e-13)


def test_no_discount_and_a_lambda_of_0_95_are_the_defaults():
    expected = [0.2 + 0.95 * 0.3 + 0.95**2 * 0.15, 0.3 + 0.95 * 0.15, 0.15]
    np.testing.assert_allclose(generalized_advantages(REWARDS, VALUES), expected, rtol=1e-13)


@given(episodes, share, share)
def test_generalized_advantages_are_those_of_the_double_sum(batch, discount, gae_lambda):
    rewards, values = batch
    found = generalized_advantages(rewards, values, discount=discount, gae_lambda=gae_lambda)
    expected = [gae_by_the_double_sum(r, v, discount, gae_lambda) for r, v in zip(rewards, values, strict=True)]
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12)


def test_episodes_may_be_arranged_along_any_number_of_axes():
    rewards, values = np.random.default_rng(0).normal(size=(2, 2, 3, 4))
    found = generalized_advantages(rewards, values)
    for index in np.ndindex(2, 3):
        np.testing.assert_array_equal(found[index], generalized_advantages(rewards[index], values[index]))


@given(episodes, share)
def test_with_lambda_1_the_sum_telescopes_to_return_minus_value(batch, discount):
    rewards, values = batch
    length = rewards.shape[-1]
    weights = np.array([[discount ** (s - t) if s >= t else 0 for s in range(length)] for t in range(length)])
    found = generalized_advantages(rewards, values, discount=discount, gae_lambda=1)
    np.testing.assert_allclose(found, rewards @ weights.T - values, rtol=1e-12, atol=1e-12)


@given(episodes, share)
def test_with_lambda_0_only_one_step_is_looked_ahead(batch, discount):
    rewards, values = batch
    after = np.concatenate([values[:, 1:], np.zeros((len(values), 1))], axis=1)
    found = generalized_advantages(rewards, values, discount=discount, gae_lambda=0)
    np.testing.assert_allclose(found, rewards + discount * after - values, rtol=1e-12, atol=1e-12)


@given(episodes, share)
def test_where_the_value_function_is_right_there_is_no_advantage_whatever_lambda(batch, gae_lambda):
    rewards, _ = batch
    still_to_come = np.cumsum(rewards[:, ::-1], axis=1)[:, ::-1]
    found = generalized_advantages(rewards, still_to_come, gae_lambda=gae_lambda)
    np.testing.assert_allclose(found, 0, atol=1e-12)


@given(episodes, share, share)
def test_padding_behind_a_response_ends_it_where_its_own_array_would(batch, discount, gae_lambda):
    rewards, values = batch[:, 0]
    longer = np.full((2, 1, rewards.size + 2), 1e6)  # whatever stands there
    longer[0, 0, :-2], longer[1, 0, :-2] = rewards, values
    mask = np.arange(rewards.size + 2) < rewards.size
    found = generalized_advantages(*longer, discount=discount, gae_lambda=gae_lambda, mask=mask[None])
    alone = generalized_advantages(rewards, values, discount=discount, gae_lambda=gae_lambda)
    np.testing.assert_array_equal(found[0], [*alone, 0, 0])


def test_a_prompt_in_front_of_a_response_gets_no_advantage_and_changes_none():
    found = generalized_advantages([9.0, *REWARDS], [9.0, *VALUES], mask=[0, 1, 1, 1])
    np.testing.assert_array_equal(found, [0, *generalized_advantages(REWARDS, VALUES)])


def test_a_gap_in_the_mask_separates_two_episodes():
    found = generalized_advantages([*REWARDS, 5.0, 1.0], [*VALUES, 5.0, 0.5], mask=[1, 1, 1, 0, 1])
    np.testing.assert_allclose(found, [*generalized_advantages(REWARDS, VALUES), 0, 0.5], rtol=1e-15)


# The clipped objective


def surrogate_by_loops(step, clip_range):
    terms = []
    for new, old, advantage in zip(*step, strict=True):
        ratio = math.exp(new - old)
        clipped = min(max(ratio, 1 - clip_range), 1 + clip_range)
        terms.append(min(ratio * advantage, clipped * advantage))
    return math.fsum(terms) / len(terms)


def test_a_ratio_of_1_5_counts_as_1_2_where_the_advantage_is_positive():
    step = clipped_surrogate(np.log([0.30, 0.50]), np.log([0.20, 0.50]), [1.0, 1.0])
    np.testing.assert_allclose(step.ratios, [1.5, 1.0], rtol=1e-14)
    assert step.objective == pytest.approx((1.2 + 1.0) / 2, rel=1e-14)
    np.testing.assert_allclose(step.gradient, [0, 0.5], rtol=1e-14)
    assert step.clip_fraction == 0.5


@given(steps, st.floats(0, 2))
def test_objective_is_the_one_that_a_loop_over_tokens_makes(step, clip_range):
    found = clipped_surrogate(*step, clip_range=clip_range).objective
    assert found == pytest.approx(surrogate_by_loops(step, clip_range), rel=1e-12, abs=1e-12)


@given(steps)
def test_a_clip_range_of_0_2_is_the_default(step):
    assert clipped_surrogate(*step).objective == clipped_surrogate(*step, clip_range=0.2).objective


def test_relative_error_of_the_gradient_is_below_1e_8():
    rng = np.random.default_rng(0)
    new, old = np.log(rng.uniform(0.05, 0.95, (2, 40)))
    advantage = rng.normal(size=40)
    step = clipped_surrogate(new, old, advantage)
    assert 0.1 < step.clip_fraction < 0.9  # both kinds of token are there
    # No ratio stands so close to a bend that the two sides of a difference lie on different branches.
    assert np.abs(step.ratios[:, None] - [0.8, 1.2]).min() > 1e-4
    found = numerical_gradient(lambda point: clipped_surrogate(point, old, advantage).objective, new)
    assert relative_error(found, step.gradient) < 1e-8


def test_relative_error_of_the_gradient_of_masked_tokens_is_below_1e_8():
    new, old = np.log([[0.5, 0.3, 0.2], [0.6, 0.1, 0.7]]), np.log([[0.4, 0.33, 0.6], [0.3, 0.2, 0.71]])
    advantage, mask = [[1.0, -2.0, 3.0], [-0.5, -1.5, 0.4]], [[1, 1, 0], [1, 0, 1]]
    step = clipped_surrogate(new, old, advantage, mask=mask)
    found = numerical_gradient(lambda point: clipped_surrogate(point, old, advantage, mask=mask).objective, new)
    assert relative_error(found, step.gradient) < 1e-8


@given(st.floats(1.2001, 1e6), st.floats(1e-3, 10))
def test_beyond_the_clip_in_the_wanted_direction_the_objective_is_flat_for_good_tokens(ratio, advantage):
    step = clipped_surrogate([0.0], [-math.log(ratio)], [advantage])
    assert step.objective == pytest.approx(1.2 * advantage, rel=1e-15)
    assert step.gradient[0] == 0
    assert step.clip_fraction == 1


@given(st.floats(1e-6, 0.7999), st.floats(-10, -1e-3))
def test_beyond_the_clip_in_the_wanted_direction_the_objective_is_flat_for_bad_tokens(ratio, advantage):
    step = clipped_surrogate([math.log(ratio)], [0.0], [advantage])
    assert step.objective == pytest.approx(0.8 * advantage, rel=1e-15)
    assert step.gradient[0] == 0
    assert step.clip_fraction == 1


@given(st.floats(1e-6, 0.7999), st.floats(1e-3, 10))
def test_a_good_token_that_became_rarer_is_never_clipped(ratio, advantage):
    step = clipped_surrogate([math.log(ratio)], [0.0], [advantage])
    assert step.objective == pytest.approx(ratio * advantage, rel=1e-12)
    assert step.gradient[0] == pytest.approx(ratio * advantage, rel=1e-12)
    assert step.clip_fraction == 0


@given(st.floats(1.2001, 1e6), st.floats(-10, -1e-3))
def test_a_bad_token_that_became_likelier_is_never_clipped(ratio, advantage):
    step = clipped_surrogate([0.0], [-math.log(ratio)], [advantage])
    assert step.objective == pytest.approx(ratio * advantage, rel=1e-12)
    assert step.gradient[0] == pytest.approx(ratio * advantage, rel=1e-12)
    assert step.clip_fraction == 0


@given(steps, st.floats(0, 2))
def test_the_clip_only_ever_lowers_the_objective(step, clip_range):
    new, old, advantage = step
    unclipped = np.mean(np.exp(new - old) * advantage)
    assert clipped_surrogate(*step, clip_range=clip_range).objective <= unclipped + 1e-12


@given(steps)
def test_before_the_first_update_the_gradient_is_the_policy_gradient(step):
    _, old, advantage = step
    first = clipped_surrogate(old, old, advantage)
    assert first.objective == pytest.approx(advantage.mean(), rel=1e-13, abs=1e-15)
    np.testing.assert_allclose(first.gradient, advantage / advantage.size, rtol=1e-15)
    assert first.clip_fraction == 0


def test_a_token_that_stands_exactly_at_the_clip_still_has_its_gradient():
    step = clipped_surrogate([-1.0, -1.0], [-1.0, -1.0], [1.0, -1.0], clip_range=0)
    np.testing.assert_array_equal(step.gradient, [0.5, -0.5])
    assert step.clip_fraction == 0


def test_without_a_clip_range_any_wanted_move_is_clipped_at_once():
    step = clipped_surrogate(np.log([0.51, 0.49, 0.49, 0.51]), np.log([0.5] * 4), [1, -1, 1, -1], clip_range=0)
    assert step.clip_fraction == 0.5
    np.testing.assert_allclose(step.gradient, [0, 0, 0.98 / 4, -1.02 / 4], rtol=1e-13)


def test_a_token_without_advantage_pulls_nowhere_whatever_its_ratio():
    step = clipped_surrogate([0.0, -np.inf], [-1e4, -1.0], [0.0, 0.0])
    assert step.objective == 0
    np.testing.assert_array_equal(step.gradient, [0, 0])
    assert step.clip_fraction == 0


@given(steps, st.data())
def test_a_masked_batch_gives_what_its_kept_tokens_give_alone(step, data):
    new, old, advantage = step
    kept = data.draw(arrays(np.bool_, new.size).filter(np.any))
    found = clipped_surrogate(new, old, advantage, mask=kept)
    alone = clipped_surrogate(new[kept], old[kept], advantage[kept])
    assert found.objective == pytest.approx(alone.objective, rel=1e-13, abs=1e-13)
    assert found.clip_fraction == pytest.approx(alone.clip_fraction, rel=1e-15)
    np.testing.assert_array_equal(found.gradient[kept], alone.gradient)
    assert (found.gradient[~kept] == 0).all()


@pytest.mark.parametrize("filling", [0.0, -1e4, -np.inf])
def test_what_stands_in_the_padding_does_not_matter(filling):
    mask = [True, True, False]
    step = clipped_surrogate([-0.2, -1.0, filling], [-0.3, -0.5, filling], [1.0, 2.0, 1e6], mask=mask)
    alone = clipped_surrogate([-0.2, -1.0], [-0.3, -0.5], [1.0, 2.0])
    assert step.objective == alone.objective
    assert step.clip_fraction == alone.clip_fraction
    np.testing.assert_array_equal(step.gradient, [*alone.gradient, 0])
    np.testing.assert_array_equal(step.ratios, [*alone.ratios, 1])


def test_a_ratio_beyond_the_range_of_a_float_is_clipped_like_any_other():
    step = clipped_surrogate([0.0], [-1e4], [1.0])
    assert step.ratios[0] == np.inf
    assert step.objective == pytest.approx(1.2, rel=1e-15)
    assert step.gradient[0] == 0


def test_a_ratio_beyond_the_range_of_a_float_in_the_wrong_direction_is_infinitely_bad():
    for old in (-1e4, -709.0):  # at −709 the ratio still is a float, its product with the advantage is not
        step = clipped_surrogate([0.0], [old], [-100.0])
        assert step.objective == -np.inf
        assert step.gradient[0] == -np.inf


def test_a_token_that_became_impossible_has_ratio_0_and_no_gradient():
    step = clipped_surrogate([-np.inf, -np.inf, -1e4], [-1.0, -1.0, 0.0], [1.0, -1.0, 1.0])
    np.testing.assert_array_equal(step.ratios, 0)
    np.testing.assert_array_equal(step.gradient, 0)
    assert step.objective == pytest.approx(-0.8 / 3, rel=1e-15)
    assert step.clip_fraction == pytest.approx(1 / 3, rel=1e-15)


def test_tokens_in_single_precision_give_nearly_the_same_objective():
    new, old, advantage = np.log([0.3, 0.5, 0.2]), np.log([0.2, 0.5, 0.4]), np.array([1.0, -1.0, 2.0])
    found = clipped_surrogate(*(a.astype(np.float32) for a in (new, old, advantage)))
    assert found.objective == pytest.approx(clipped_surrogate(new, old, advantage).objective, rel=1e-6)
