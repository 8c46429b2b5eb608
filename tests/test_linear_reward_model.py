import math
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import optimize, special  # type: ignore[import-untyped]

from rlhf_textbook import (
    fit_linear_reward_model,
    linear_ranking_loss_and_gradient,
    pairwise_loss,
    ranking_loss,
    ranking_loss_and_gradient,
)
from tests.helpers import numerical_gradient, relative_error

WEIGHTS = np.array([3.5, 2.5, 1.5, 1.5, 1.0])  # the world's weights over the labelers' temperature of 0.1

# A few rankings of 2 to 5 responses with 1 to 3 features.
ranked = st.tuples(st.integers(1, 6), st.integers(2, 5), st.integers(1, 3)).flatmap(
    lambda shape: arrays(np.float64, shape, elements=st.floats(-3, 3))
)


def rankings(n_prompts, k=4, *, weights=WEIGHTS, seed=0):
    """Features of responses, best first by labelers who rank by utility and Gumbel noise (Plackett and Luce)."""
    rng = np.random.default_rng(seed)
    features = rng.beta(2, 2, size=(n_prompts, k, len(weights)))
    order = np.argsort(-(features @ weights + rng.gumbel(size=(n_prompts, k))), axis=1)
    return np.take_along_axis(features, order[:, :, None], axis=1)


def objective(weights, features, l2=0.0):
    return ranking_loss(features @ weights) + l2 / 2 * float(weights @ weights)


def differences(features):
    """Features of the winner minus those of the loser, pair by pair, in loops."""
    return np.array([r[i] - r[j] for r in features for i in range(len(r)) for j in range(i + 1, len(r))])


# Loss and gradient


@given(ranked, st.data())
def test_loss_is_the_ranking_loss_of_the_scores(features, data):
    weights = data.draw(arrays(np.float64, features.shape[2], elements=st.floats(-5, 5)))
    loss, _ = linear_ranking_loss_and_gradient(weights, features)
    assert loss == pytest.approx(ranking_loss(features @ weights), rel=1e-12, abs=1e-15)


@given(ranked, st.data())
def test_gradient_is_that_of_the_scores_carried_on_to_the_weights(features, data):
    weights = data.draw(arrays(np.float64, features.shape[2], elements=st.floats(-5, 5)))
    _, by_scores = ranking_loss_and_gradient(features @ weights)
    _, gradient = linear_ranking_loss_and_gradient(weights, features)
    np.testing.assert_allclose(gradient, np.einsum("nk,nkd->d", by_scores, features), rtol=1e-9, atol=1e-13)


@pytest.mark.parametrize("k", [2, 4, 9])
def test_relative_error_of_the_gradient_is_below_1e_8(k):
    features = rankings(20, k)
    _, gradient = linear_ranking_loss_and_gradient(WEIGHTS / 2, features)
    by_differences = numerical_gradient(lambda w: linear_ranking_loss_and_gradient(w, features)[0], WEIGHTS / 2)
    assert relative_error(by_differences, gradient) < 1e-8


@pytest.mark.parametrize("k", [2, 4, 9])
def test_results_do_not_depend_on_where_the_blocks_are_cut(k):
    features = rankings(20_000, k)  # several blocks, the last one short
    loss, gradient = linear_ranking_loss_and_gradient(WEIGHTS, features)
    assert loss == pytest.approx(ranking_loss(features @ WEIGHTS), rel=1e-13)
    thirds = [linear_ranking_loss_and_gradient(WEIGHTS, part)[1] * len(part) for part in np.array_split(features, 3)]
    np.testing.assert_allclose(gradient, np.sum(thirds, axis=0) / len(features), rtol=0, atol=1e-15)


def test_margins_of_ten_thousand_cost_what_they_are_or_nothing():
    features = np.array([[[1e4], [0.0]]])
    for weight, expected_loss, expected_slope in ((1.0, 0.0, 0.0), (-1.0, 1e4, -1e4), (1e300, 0.0, 0.0)):
        loss, gradient = linear_ranking_loss_and_gradient([weight], features)
        assert (loss, gradient[0]) == (expected_loss, expected_slope)


def test_features_too_large_to_be_squared_still_have_a_loss_and_a_gradient():
    loss, gradient = linear_ranking_loss_and_gradient([1e-200], [[[1e200], [0.0]]])
    assert loss == pytest.approx(math.log1p(math.exp(-1)), rel=1e-14)
    assert gradient[0] == pytest.approx(-1e200 * special.expit(-1), rel=1e-14)


# The minimum


@pytest.mark.parametrize("k", [2, 4, 9])
@pytest.mark.parametrize("l2", [0.0, 0.05])
def test_newton_finds_the_minimum_that_scipy_finds(k, l2):
    features = rankings(400, k)
    model = fit_linear_reward_model(features, l2=l2)
    found = optimize.minimize(objective, np.zeros(5), args=(features, l2), method="BFGS", options={"gtol": 1e-7})
    assert model.converged
    assert model.gradient_norm < 1e-9
    assert objective(model.weights, features, l2) == pytest.approx(found.fun, rel=1e-10)
    np.testing.assert_allclose(model.weights, found.x, atol=1e-4)


@pytest.mark.parametrize("k", [2, 4, 9])
def test_newton_is_logistic_regression_on_the_differences_of_all_pairs(k):
    features = rankings(300, k)
    rows = differences(features)
    weights = np.zeros(5)
    for _ in range(20):  # iteratively reweighted least squares, on materialised differences
        wrong = special.expit(-rows @ weights)
        hessian = (rows * (wrong * (1 - wrong))[:, None]).T @ rows
        weights += np.linalg.solve(hessian, wrong @ rows)
    np.testing.assert_allclose(fit_linear_reward_model(features).weights, weights, rtol=1e-6)


@pytest.mark.parametrize("k", [2, 4, 9])
@pytest.mark.parametrize("l2", [0.0, 0.05])
def test_gradient_descent_and_newton_agree(k, l2):
    features = rankings(300, k)
    newton = fit_linear_reward_model(features, l2=l2)
    descent = fit_linear_reward_model(features, l2=l2, method="gradient_descent")
    assert newton.converged
    assert descent.converged
    assert newton.n_iterations < descent.n_iterations
    assert newton.loss == pytest.approx(descent.loss, rel=1e-8)
    np.testing.assert_allclose(newton.weights, descent.weights, rtol=1e-5)


def test_what_the_model_says_of_itself_is_true():
    features = rankings(500)
    model = fit_linear_reward_model(features, l2=0.01)
    loss, gradient = linear_ranking_loss_and_gradient(model.weights, features)
    assert model.loss == pytest.approx(loss, rel=1e-15)
    assert model.loss == pytest.approx(ranking_loss(features @ model.weights), rel=1e-13)  # without the penalty
    assert model.gradient_norm == pytest.approx(np.linalg.norm(gradient + 0.01 * model.weights), abs=1e-15)


def test_one_feature_and_plain_comparisons_have_a_closed_form():
    """Of four comparisons at distance 2, three went up the feature: σ(2w) = 3/4."""
    features = [[[2.0], [0.0]], [[3.0], [1.0]], [[1.0], [-1.0]], [[0.0], [2.0]]]
    model = fit_linear_reward_model(features)
    assert model.weights[0] == pytest.approx(math.log(3) / 2, rel=1e-12)
    assert model.loss == pytest.approx(-0.75 * math.log(0.75) - 0.25 * math.log(0.25), rel=1e-14)


def test_rankings_that_cancel_leave_no_opinion():
    up = rankings(50)
    model = fit_linear_reward_model(np.concatenate([up, up[:, ::-1]]))
    assert model.converged
    np.testing.assert_allclose(model.weights, 0, atol=1e-12)
    assert model.loss == pytest.approx(math.log(2), rel=1e-14)


@pytest.mark.parametrize("k", [2, 4, 9])
def test_weights_of_the_labelers_are_recovered(k):
    """Pairs of a Plackett–Luce ranking follow Bradley and Terry, so that all pairs together are consistent."""
    model = fit_linear_reward_model(rankings(20_000, k))
    cosine = model.weights @ WEIGHTS / np.linalg.norm(model.weights) / np.linalg.norm(WEIGHTS)
    assert cosine > 0.999
    np.testing.assert_allclose(model.weights, WEIGHTS, atol=0.3)


# Where Newton starts


@pytest.mark.parametrize("k", [2, 4, 9])
def test_a_start_on_samples_leads_to_the_same_minimum(k):
    features = rankings(40_000 if k < 9 else 4_000, k)
    sampled = fit_linear_reward_model(features)
    plain = fit_linear_reward_model(features, initial_weights=np.zeros(5))
    assert sampled.converged
    assert plain.converged
    assert sampled.n_iterations < plain.n_iterations
    np.testing.assert_allclose(sampled.weights, plain.weights, rtol=1e-6)


def test_newton_starts_at_zeros_where_the_given_weights_do_worse():
    features, zeros = rankings(50), np.zeros(5)
    worse = -0.3 * WEIGHTS
    assert math.log(2) < linear_ranking_loss_and_gradient(worse, features)[0] < 1
    given, plain = (fit_linear_reward_model(features, max_iterations=1, initial_weights=w) for w in (worse, zeros))
    np.testing.assert_array_equal(given.weights, plain.weights)


def test_samples_that_mislead_cost_steps_and_nothing_else():
    """Every fourth ranking is the wrong way round, and those are what the samples consist of."""
    features = rankings(40_000)
    features[::4] = features[::4, ::-1]
    model = fit_linear_reward_model(features)
    assert model.converged
    np.testing.assert_allclose(
        model.weights, fit_linear_reward_model(features, initial_weights=np.zeros(5)).weights, rtol=1e-6
    )


@pytest.mark.parametrize("scale", [1.0, -1e3, 1e5, 1e306])
def test_newton_arrives_from_anywhere(scale):
    features = rankings(300)
    model = fit_linear_reward_model(features, initial_weights=scale * WEIGHTS)
    assert model.converged
    np.testing.assert_allclose(model.weights, fit_linear_reward_model(features).weights, rtol=1e-6)


@settings(max_examples=50)
@given(ranked, st.floats(1e-3, 10.0))
def test_with_a_penalty_newton_converges_on_any_data(features, l2):
    model = fit_linear_reward_model(features, l2=l2)
    assert model.converged
    assert objective(model.weights, features, l2) <= math.log(2) * (1 + 1e-12)


def test_each_step_of_gradient_descent_is_the_one_on_paper():
    features = rankings(30)
    weights = WEIGHTS
    for _ in range(3):
        weights = weights - 0.5 * (linear_ranking_loss_and_gradient(weights, features)[1] + 0.1 * weights)
    model = fit_linear_reward_model(
        features, method="gradient_descent", l2=0.1, learning_rate=0.5, max_iterations=3, initial_weights=WEIGHTS
    )
    np.testing.assert_allclose(model.weights, weights, rtol=1e-14)
    assert model.n_iterations == 3
    assert not model.converged


def test_the_rate_of_gradient_descent_itself_is_one_over_the_largest_curvature():
    features = rankings(50)
    rows = differences(features)
    curvature = np.linalg.eigvalsh(rows.T @ rows / (4 * len(rows)) + 0.1 * np.eye(5))[-1]  # σ' is at most 1/4
    own, given = (
        fit_linear_reward_model(features, method="gradient_descent", l2=0.1, learning_rate=rate, max_iterations=3)
        for rate in (None, 1 / curvature)
    )
    np.testing.assert_allclose(own.weights, given.weights, rtol=1e-10)


def test_gradient_descent_at_its_own_rate_never_raises_the_loss():
    features = rankings(50) * [1.0, 3.0, 0.1, 1.0, 1.0]
    losses = [fit_linear_reward_model(features, method="gradient_descent", max_iterations=n).loss for n in range(1, 40)]
    assert (np.diff(losses) < 0).all()


def test_a_looser_tolerance_stops_earlier():
    features = rankings(300)
    for method in ("newton", "gradient_descent"):
        loose = fit_linear_reward_model(features, method=method, tolerance=1e-3)
        strict = fit_linear_reward_model(features, method=method, tolerance=1e-8)
        assert loose.converged
        assert strict.converged
        assert loose.n_iterations < strict.n_iterations
        assert strict.gradient_norm <= 1e-8 < loose.gradient_norm <= 1e-3


def test_a_start_at_the_minimum_needs_no_step():
    features = rankings(300)
    model = fit_linear_reward_model(features)
    again = fit_linear_reward_model(features, initial_weights=model.weights)
    assert again.n_iterations == 0
    assert again.converged
    np.testing.assert_array_equal(again.weights, model.weights)


@pytest.mark.parametrize("method", ["newton", "gradient_descent"])
def test_a_gradient_as_large_as_the_tolerance_is_small_enough(method):
    features = rankings(50)
    model = fit_linear_reward_model(features, method=method, tolerance=1e-3)
    again = fit_linear_reward_model(
        features, method=method, tolerance=model.gradient_norm, initial_weights=model.weights
    )
    assert again.n_iterations == 0
    assert again.converged


def test_a_thousand_steps_are_the_default():
    model = fit_linear_reward_model(rankings(5), method="gradient_descent", tolerance=1e-300)
    assert model.n_iterations == 1000
    assert not model.converged


# What changes nothing


def test_a_shift_of_all_responses_of_a_prompt_changes_nothing():
    features = rankings(300)
    shifts = np.random.default_rng(1).normal(scale=10, size=(300, 1, 5))
    np.testing.assert_allclose(
        fit_linear_reward_model(features + shifts).weights, fit_linear_reward_model(features).weights, rtol=1e-9
    )


def test_the_order_of_prompts_changes_nothing():
    features = rankings(3000)
    order = np.random.default_rng(1).permutation(3000)
    np.testing.assert_allclose(
        fit_linear_reward_model(features[order]).weights, fit_linear_reward_model(features).weights, rtol=1e-6
    )


def test_units_of_the_features_change_the_weights_by_their_inverse():
    features = rankings(300)
    units = np.array([1.0, 1e-7, 1e5, 10.0, 1e9])
    model = fit_linear_reward_model(features * units)
    assert model.converged
    np.testing.assert_allclose(model.weights * units, fit_linear_reward_model(features).weights, rtol=1e-6)


def test_rankings_the_wrong_way_round_turn_the_signs_of_the_weights():
    features = rankings(300)
    reversed_model = fit_linear_reward_model(features[:, ::-1])
    np.testing.assert_allclose(reversed_model.weights, -fit_linear_reward_model(features).weights, rtol=1e-6)


def test_a_ranking_weighs_as_much_as_its_pairs_listed_one_by_one():
    features = rankings(300)
    winners, losers = np.triu_indices(4, k=1)
    pairs = np.stack([features[:, winners], features[:, losers]], axis=2).reshape(-1, 2, 5)
    np.testing.assert_allclose(
        fit_linear_reward_model(pairs).weights, fit_linear_reward_model(features).weights, rtol=1e-6
    )


# Data without one best answer


def test_a_feature_given_twice_shares_its_weight():
    features = rankings(300)
    model = fit_linear_reward_model(features[:, :, [0, 1, 2, 3, 4, 0]])
    single = fit_linear_reward_model(features)
    assert model.converged
    assert model.weights[0] == pytest.approx(model.weights[5], rel=1e-9)
    assert model.loss == pytest.approx(single.loss, rel=1e-12)
    assert model.weights[0] + model.weights[5] == pytest.approx(single.weights[0], rel=1e-6)


@pytest.mark.parametrize("method", ["newton", "gradient_descent"])
def test_a_feature_that_is_the_same_for_all_responses_gets_no_weight(method):
    features = rankings(300)
    features[:, :, 2] = np.arange(300)[:, None]
    model = fit_linear_reward_model(features, method=method, tolerance=1e-7)
    assert model.converged
    assert abs(model.weights[2]) < 1e-9


@pytest.mark.parametrize("method", ["newton", "gradient_descent"])
def test_responses_that_are_all_alike_teach_nothing(method):
    model = fit_linear_reward_model(np.ones((3, 4, 2)), method=method)
    assert model.converged
    assert model.n_iterations == 0
    np.testing.assert_array_equal(model.weights, 0)
    assert model.loss == pytest.approx(math.log(2), rel=1e-15)


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e6])
@pytest.mark.parametrize("k", [2, 4])
def test_rankings_without_a_contradiction_have_no_best_weights(k, scale):
    features = np.sort(np.random.default_rng(0).random((50, k, 1)), axis=1)[:, ::-1] * scale
    model = fit_linear_reward_model(features)
    assert not model.converged
    assert np.isfinite(model.weights).all()
    assert model.n_iterations < 60
    assert model.loss < 1e-2


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e6])
def test_one_feature_that_is_never_contradicted_is_enough(scale):
    """The sixth feature was seen once, in a winner: its weight may grow for ever, whatever the others say."""
    features = np.concatenate([rankings(300), np.zeros((300, 4, 1))], axis=2)
    features[7, 0, 5] = scale
    model = fit_linear_reward_model(features)
    assert not model.converged
    assert np.isfinite(model.weights).all()
    assert fit_linear_reward_model(features, l2=1e-3).converged


def test_gradient_descent_is_not_deceived_by_a_gradient_that_fades():
    features = np.sort(np.random.default_rng(0).random((50, 4, 1)), axis=1)[:, ::-1]
    model = fit_linear_reward_model(features, method="gradient_descent", tolerance=1e-3, learning_rate=100.0)
    assert model.gradient_norm <= 1e-3
    assert not model.converged


def test_a_tolerance_below_rounding_ends_without_a_claim():
    model = fit_linear_reward_model(rankings(50), tolerance=1e-300)
    assert not model.converged
    assert model.gradient_norm < 1e-14
    assert model.n_iterations < 100


def test_newton_stops_after_as_many_steps_as_it_may():
    first, second = (
        fit_linear_reward_model(rankings(50), max_iterations=n, initial_weights=np.zeros(5)) for n in (1, 2)
    )
    assert (first.n_iterations, second.n_iterations) == (1, 2)
    assert second.loss < first.loss < math.log(2)
    assert not first.converged


# Memory and kinds of arrays


@pytest.mark.parametrize("k", [2, 4, 9])
@pytest.mark.parametrize("method", ["newton", "gradient_descent"])
def test_training_takes_less_memory_than_the_differences_would(k, method):
    features = rankings(200_000 // math.comb(k, 2), k)
    differences_bytes = len(features) * math.comb(k, 2) * 5 * 8
    tracemalloc.start()
    try:
        fit_linear_reward_model(features, method=method, tolerance=1e-3)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < differences_bytes / 2


def test_arrays_of_any_layout_serve():
    features = rankings(2000)
    expected = fit_linear_reward_model(features).weights
    transposed = np.asfortranarray(features)
    with_gaps = np.repeat(np.repeat(features, 2, axis=0), 2, axis=2)[::2, :, ::2]
    backwards = np.ascontiguousarray(features[::-1])[::-1]
    for same in (transposed, with_gaps, backwards, features.tolist()):
        np.testing.assert_allclose(fit_linear_reward_model(same).weights, expected, rtol=1e-9)


@pytest.mark.parametrize("method", ["newton", "gradient_descent"])
def test_features_too_large_to_be_squared_are_refused(method):
    with pytest.raises(ValueError, match=r"^features: expected values small enough to be squared, got up to 1e\+200$"):
        fit_linear_reward_model(np.array([[[1e200], [0.0]]]), method=method)


def test_a_learning_rate_is_no_business_of_newtons():
    with pytest.raises(ValueError, match=r"^learning_rate: expected None, since .+, got 0.1$"):
        fit_linear_reward_model(rankings(10), learning_rate=0.1)


def test_the_model_scores_by_bradley_and_terry():
    features = rankings(1000, 2)
    model = fit_linear_reward_model(features)
    scores = features @ model.weights
    assert model.loss == pytest.approx(pairwise_loss(scores[:, 0], scores[:, 1]).mean(), rel=1e-13)
