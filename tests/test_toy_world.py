import dataclasses
import itertools
import math

import numpy as np
import pytest

from rlhf_textbook import (
    FEATURE_NAMES,
    LABELER_TEMPERATURE,
    TRUE_WEIGHTS,
    expected_best_of_n,
    labeler_agreement,
    preference_probability,
    rank_responses,
    sample_responses,
)
from tests.exact_toy_world import exact_best_of_n

POWERS_OF_4 = 4 ** np.arange(6)


def tripled(weights):
    return np.array(weights) * [3, 1, 1, 1, 1]


def assert_mean_is(values, expected):
    standard_error = values.std() / math.sqrt(values.size)
    assert abs(values.mean() - expected) < 4 * standard_error


def test_the_weights_of_the_five_features_sum_to_1_and_cannot_be_changed():
    assert len(FEATURE_NAMES) == len(TRUE_WEIGHTS) == 5
    assert TRUE_WEIGHTS.sum() == pytest.approx(1, rel=1e-15)
    with pytest.raises(ValueError, match="read-only"):
        TRUE_WEIGHTS[0] = 1.0


def test_honest_features_have_the_moments_of_beta_2_2_and_are_worth_half_a_point():
    responses = sample_responses(50_000, 4, rng=np.random.default_rng(0))
    assert not responses.fabricated.any()
    for feature in responses.features.reshape(-1, 5).T:
        assert_mean_is(feature, 1 / 2)
        assert_mean_is((feature - 1 / 2) ** 2, 1 / 20)
    assert_mean_is(responses.true_scores, 1 / 2)
    np.testing.assert_allclose(responses.true_scores, responses.features @ TRUE_WEIGHTS, rtol=1e-12)


def test_fabricated_responses_are_as_rare_as_stated_look_better_and_are_worth_nothing():
    responses = sample_responses(50_000, 4, fabrication_rate=0.01, rng=np.random.default_rng(1))
    assert_mean_is(responses.fabricated.astype(float), 0.01)
    assert_mean_is(responses.features[responses.fabricated], 5 / 7)
    assert_mean_is(responses.features[~responses.fabricated], 1 / 2)
    assert (responses.true_scores[responses.fabricated] == 0).all()
    assert (responses.true_scores[~responses.fabricated] > 0).all()


@pytest.mark.parametrize("rate", [0.0, 1.0])
def test_none_or_all_can_be_fabricated(rate):
    assert (sample_responses(3, 2, fabrication_rate=rate, rng=np.random.default_rng(0)).fabricated == rate).all()


def test_the_same_seed_gives_the_same_world():
    first, second = (sample_responses(5, 4, fabrication_rate=0.5, rng=np.random.default_rng(7)) for _ in range(2))
    for field in dataclasses.fields(first):
        np.testing.assert_array_equal(getattr(first, field.name), getattr(second, field.name))


def test_every_order_comes_as_often_as_plackett_and_luce_say():
    scores, temperature, n = np.array([0.50, 0.55, 0.62]), 0.06, 200_000
    rankings = rank_responses(np.tile(scores, (n, 1)), temperature=temperature, rng=np.random.default_rng(0))
    strength = np.exp(scores / temperature)
    for order in itertools.permutations(range(3)):
        left = strength[list(order)]
        p = math.prod(left[i] / left[i:].sum() for i in range(3))
        share = (rankings == order).all(axis=1).mean()
        assert abs(share - p) < 4 * math.sqrt(p * (1 - p) / n)


def test_any_two_of_four_are_ordered_with_the_bradley_terry_probability():
    scores, n = np.array([0.3, 0.45, 0.5, 0.6]), 200_000
    places = np.argsort(rank_responses(np.tile(scores, (n, 1)), rng=np.random.default_rng(1)), axis=1)
    for i, j in itertools.combinations(range(4), 2):
        p = preference_probability(scores[i] / LABELER_TEMPERATURE, scores[j] / LABELER_TEMPERATURE)
        assert abs((places[:, i] < places[:, j]).mean() - p) < 4 * math.sqrt(p * (1 - p) / n)


def test_without_noise_the_ranking_is_the_order_of_the_scores():
    scores = np.random.default_rng(0).random((20, 4))
    ranked = np.take_along_axis(scores, rank_responses(scores, temperature=0, rng=np.random.default_rng(1)), axis=1)
    assert (np.diff(ranked) < 0).all()


def test_one_prompt_may_be_given_without_the_axis_of_prompts():
    rng = np.random.default_rng(0)
    assert sorted(rank_responses([0.1, 0.5, 0.3], rng=rng)) == [0, 1, 2]
    assert labeler_agreement([0.1, 0.5, 0.3], [0.1, 0.5, 0.3]) == labeler_agreement(
        [[0.1, 0.5, 0.3]], [[0.1, 0.5, 0.3]]
    )


def test_agreement_of_two_labelers_on_one_pair_is_p_squared_plus_q_squared():
    p = 1 / (1 + math.exp(-2))
    assert labeler_agreement([0.12, 0.0], [0.12, 0.0], temperature=0.06) == pytest.approx(p**2 + (1 - p) ** 2)
    assert labeler_agreement([0.12, 0.0], [0.0, 0.12], temperature=0.06) == pytest.approx(2 * p * (1 - p))


def test_agreement_is_what_counting_two_rankings_gives():
    rng = np.random.default_rng(2)
    responses = sample_responses(50_000, 2, rng=rng)
    other = responses.features @ [0.1, 0.1, 0.1, 0.1, 0.6]
    agree = rank_responses(responses.true_scores, rng=rng)[:, 0] == rank_responses(other, rng=rng)[:, 0]
    assert_mean_is(agree.astype(float), labeler_agreement(responses.true_scores, other))


@pytest.mark.parametrize("fabrication_rate", [0, 0.01])
def test_labelers_agree_as_often_as_those_of_the_paper(fabrication_rate):
    rng = np.random.default_rng(0)
    scores = sample_responses(50_000, 4, fabrication_rate=fabrication_rate, rng=rng).true_scores
    assert 0.726 < labeler_agreement(scores, scores) < 0.773


def test_labelers_who_are_hardly_noisy_agree_and_very_noisy_ones_guess():
    scores = np.array([[0.2, 0.4], [0.9, 0.1]])
    assert labeler_agreement(scores, scores, temperature=1e-300) == 1
    assert labeler_agreement(scores, scores, temperature=1e9) == pytest.approx(0.5, abs=1e-9)
    assert labeler_agreement(np.zeros((1, 2)), np.zeros((1, 2))) == 0.5


def test_labelers_agree_on_scores_further_apart_than_a_float_can_say():
    assert labeler_agreement([1e308, -1e308], [1e308, -1e308]) == 1
    assert labeler_agreement([1e308, -1e308], [-1e308, 1e308]) == 0


# Best-of-n in this world: the exact expectations and the samples check each other.


@pytest.mark.parametrize(
    ("weights", "rate"), [(TRUE_WEIGHTS, 0.0), (tripled(TRUE_WEIGHTS), 0.0), (TRUE_WEIGHTS, 0.01), (TRUE_WEIGHTS, 0.05)]
)
def test_exact_best_of_n_is_what_sampling_gives(weights, rate):
    n = 2 ** np.arange(9)
    responses = sample_responses(40, 10_000, fabrication_rate=rate, rng=np.random.default_rng(3))
    proxy = responses.features @ weights
    for scores, expected in zip(
        (proxy, responses.true_scores), exact_best_of_n(weights, n, fabrication_rate=rate), strict=True
    ):
        found = expected_best_of_n(proxy, scores, n_samples=n)
        standard_error = found.std(axis=0, ddof=1) / math.sqrt(len(found))
        assert (abs(found.mean(axis=0) - expected) < 4.5 * standard_error).all()


def test_exact_best_of_n_is_what_convolving_densities_on_a_grid_gives():
    step = 1e-3
    density = np.ones(1)
    for weight in TRUE_WEIGHTS:
        edges = np.linspace(0, 1, round(weight / step) + 1)
        density = np.convolve(density, np.diff(edges**2 * (3 - 2 * edges)))  # the probability of each cell
    below = np.concatenate([[0], np.cumsum(density)])
    middle = (np.arange(density.size) + len(TRUE_WEIGHTS) / 2) * step
    found = [np.diff(below**n) @ middle for n in POWERS_OF_4]
    np.testing.assert_allclose(exact_best_of_n(TRUE_WEIGHTS, POWERS_OF_4)[1], found, atol=2e-4)


def test_with_one_weight_tripled_the_true_score_rises_more_slowly_but_for_ever():
    proxy, gold = exact_best_of_n(tripled(TRUE_WEIGHTS), POWERS_OF_4)
    np.testing.assert_allclose(gold, [0.5, 0.6016, 0.6724, 0.7267, 0.7702, 0.8053], atol=5e-5)
    assert (np.diff(gold) > 0).all()
    assert (gold[1:] < exact_best_of_n(TRUE_WEIGHTS, POWERS_OF_4)[1][1:]).all()
    assert (np.diff(proxy) > 0).all()


def test_with_the_blind_spot_the_true_score_peaks_at_16_and_falls_while_the_proxy_rises():
    proxy, gold = exact_best_of_n(TRUE_WEIGHTS, 2 ** np.arange(11), fabrication_rate=0.01)
    assert (np.diff(proxy) > 0).all()
    assert gold.argmax() == 4
    assert (np.diff(gold)[:4] > 0).all()
    assert (np.diff(gold)[4:] < 0).all()
    np.testing.assert_allclose(gold[[0, 4, 10]], [0.495, 0.6262, 0.3704], atol=5e-5)
