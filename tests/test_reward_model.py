import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import special, stats  # type: ignore[import-untyped]

from rlhf_textbook import (
    n_pairs,
    normalize_rewards,
    pad_rankings,
    pairwise_loss,
    preference_probability,
    ranking_accuracy,
    ranking_loss,
    ranking_loss_and_gradient,
    ranking_pairs,
)
from tests.helpers import numerical_gradient, relative_error

RAINBOW = [1.8, 0.9, 0.3, -0.5]
# Three prompts with 4, 2 and 5 responses; some pairs in the wrong order, one tie.
RAGGED = [[1.8, 0.9, 0.3, -0.5], [-0.4, 1.1], [0.2, 0.7, 0.7, -3.0, 2.5]]

score = st.floats(-20, 20)
rankings = st.lists(score, min_size=2, max_size=9)
tables = st.tuples(st.integers(1, 4), st.integers(2, 9)).flatmap(
    lambda shape: arrays(np.float64, shape, elements=score)
)
ragged_tables = st.lists(rankings, min_size=1, max_size=5)


def loss_by_loops(ranking):
    """Equation 1 for one prompt, pair by pair."""
    total = 0.0
    for i in range(len(ranking)):
        for j in range(i + 1, len(ranking)):
            total -= special.log_expit(ranking[i] - ranking[j])
    return total / math.comb(len(ranking), 2)


def gradient_by_loops(ranking):
    """Each pair pulls its two scores apart with the probability that it still gives to the wrong answer."""
    gradient = np.zeros(len(ranking))
    for i, j in itertools.combinations(range(len(ranking)), 2):
        pull = special.expit(ranking[j] - ranking[i]) / math.comb(len(ranking), 2)
        gradient[i] -= pull
        gradient[j] += pull
    return gradient


# Comparisons of a ranking


def test_a_ranking_of_k_holds_k_choose_2_comparisons():
    np.testing.assert_array_equal(n_pairs(np.arange(2, 60)), [math.comb(k, 2) for k in range(2, 60)])
    assert n_pairs(4) == 6


def test_a_ranking_may_hold_as_many_responses_as_have_pairs_that_an_integer_can_count():
    limit = int(np.iinfo(np.intp).max)
    most = (1 + math.isqrt(1 + 8 * limit)) // 2
    assert math.comb(most, 2) <= limit < math.comb(most + 1, 2)
    assert n_pairs(most) == math.comb(most, 2)
    with pytest.raises(ValueError, match=rf"^n_responses: expected at most {most} responses, .+, got {most + 1}$"):
        n_pairs([4, most + 1])


def test_four_ranked_responses_give_their_six_pairs_better_one_first():
    assert ranking_pairs([1, 2, 3, 4]).tolist() == [[0, 1], [0, 2], [0, 3], [1, 2], [1, 3], [2, 3]]


@given(st.integers(2, 9).flatmap(lambda k: st.permutations(range(1, k + 1))))
def test_any_order_of_distinct_ranks_gives_each_pair_once(ranks):
    pairs = ranking_pairs(ranks)
    assert len(pairs) == n_pairs(len(ranks))
    assert {frozenset(pair) for pair in pairs.tolist()} == set(
        map(frozenset, itertools.combinations(range(len(ranks)), 2))
    )
    assert all(ranks[winner] < ranks[loser] for winner, loser in pairs)


@given(st.lists(st.integers(1, 4), min_size=2, max_size=9))
def test_tied_responses_give_no_pair(ranks):
    expected = [[i, j] for i, j in itertools.product(range(len(ranks)), repeat=2) if ranks[i] < ranks[j]]
    assert ranking_pairs(ranks).tolist() == expected


def test_responses_that_all_tie_give_an_empty_list_of_pairs():
    assert ranking_pairs([1, 1, 1]).shape == (0, 2)


# One comparison


@given(score, score)
def test_preference_probability_is_bradley_terrys_share_of_strength(chosen, rejected):
    strength, other = math.exp(chosen), math.exp(rejected)
    assert preference_probability(chosen, rejected) == pytest.approx(strength / (strength + other), rel=1e-12)


@given(score, score)
def test_swapping_the_two_responses_gives_the_opposite_probability(chosen, rejected):
    forth, back = preference_probability(chosen, rejected), preference_probability(rejected, chosen)
    assert forth + back == pytest.approx(1, rel=1e-14)


@given(score, score)
def test_swapping_the_two_responses_changes_the_loss_by_the_margin(chosen, rejected):
    change = pairwise_loss(rejected, chosen) - pairwise_loss(chosen, rejected)
    assert change == pytest.approx(chosen - rejected, rel=1e-12, abs=1e-13)


@pytest.mark.parametrize(
    ("chosen", "rejected", "loss"),
    [
        (1.8, 0.9, 0.3411538747320878),
        (1.8, 0.3, 0.2014132779827524),
        (1.8, -0.5, 0.09554546459796295),
        (0.9, 0.3, 0.4374879504858856),
        (0.9, -0.5, 0.22041740991845094),
        (0.3, -0.5, 0.3711006659477777),
        (1.5, 0.2, 0.2410084538329922),
    ],
)
def test_loss_of_each_pair_of_lesson_3(chosen, rejected, loss):
    assert pairwise_loss(chosen, rejected) == pytest.approx(loss, rel=1e-14)


def test_equal_scores_cost_log_2():
    np.testing.assert_allclose(pairwise_loss([0.0, -7.0], [0.0, -7.0]), math.log(2), rtol=1e-15)


@given(arrays(np.float64, (2, 5), elements=score))
def test_pairwise_loss_is_the_cross_entropy_of_the_labelers_choice(scores):
    expected = -np.log(preference_probability(*scores))
    np.testing.assert_allclose(pairwise_loss(*scores), expected, rtol=1e-9, atol=1e-15)


def test_slope_of_the_loss_by_the_margin_is_minus_the_probability_of_the_wrong_answer():
    margins = np.linspace(-8, 8, 33)
    slopes = numerical_gradient(lambda points: float(pairwise_loss(points, np.zeros(33)).sum()), margins)
    np.testing.assert_allclose(slopes, -(1 - special.expit(margins)), atol=1e-8)


def test_a_confident_mistake_costs_its_margin_and_a_confident_success_nothing():
    np.testing.assert_array_equal(pairwise_loss([-1e4, 1e4, -np.inf, np.inf], [0, 0, 0, 0]), [1e4, 0, np.inf, 0])
    np.testing.assert_array_equal(preference_probability([-1e4, 1e4, -np.inf, np.inf], [0, 0, 0, 0]), [0, 1, 0, 1])
    np.testing.assert_array_equal(pairwise_loss([np.inf, -np.inf], [-np.inf, np.inf]), [0, np.inf])


def test_a_margin_beyond_the_range_of_a_float_is_infinite():
    np.testing.assert_array_equal(pairwise_loss([1e308, -1e308], [-1e308, 1e308]), [0, np.inf])
    np.testing.assert_array_equal(preference_probability([1e308, -1e308], [-1e308, 1e308]), [1, 0])
    assert (ranking_loss([1e308, -1e308]), ranking_loss([-1e308, 1e308])) == (0, np.inf)


# The loss of whole rankings


def test_loss_of_the_rainbow_ranking_is_0_278():
    assert ranking_loss(RAINBOW) == pytest.approx(0.27785310727748624, rel=1e-15)


def test_loss_of_two_rankings_of_lengths_4_and_5_is_0_284():
    rewards, n_responses = pad_rankings([RAINBOW, [2.1, 1.5, 0.8, 0.2, -0.3]])
    other = loss_by_loops([2.1, 1.5, 0.8, 0.2, -0.3])
    assert ranking_loss(rewards, n_responses=n_responses) == pytest.approx((0.27785310727748624 + other) / 2, rel=1e-15)


@given(rankings)
def test_loss_of_one_ranking_is_the_one_that_loops_make(ranking):
    assert ranking_loss(ranking) == pytest.approx(loss_by_loops(ranking), rel=1e-13, abs=1e-300)


@given(tables)
def test_loss_of_a_batch_is_the_mean_over_its_prompts(table):
    assert ranking_loss(table) == pytest.approx(np.mean([loss_by_loops(row) for row in table]), rel=1e-13)


@given(rankings)
def test_loss_of_a_ranking_is_the_mean_pairwise_loss_over_its_pairs(ranking):
    winners, losers = ranking_pairs(range(len(ranking))).T
    mean = pairwise_loss(np.take(ranking, winners), np.take(ranking, losers)).mean()
    assert ranking_loss(ranking) == pytest.approx(mean, rel=1e-13)


@given(ragged_tables)
def test_loss_of_rankings_of_different_lengths_is_the_mean_of_their_own_losses(ragged):
    rewards, n_responses = pad_rankings(ragged)
    expected = np.mean([loss_by_loops(ranking) for ranking in ragged])
    assert ranking_loss(rewards, n_responses=n_responses) == pytest.approx(expected, rel=1e-13)


def test_an_undecided_reward_model_pays_log_2_whatever_the_length():
    for k in range(2, 10):
        assert ranking_loss(np.zeros(k)) == pytest.approx(math.log(2), rel=1e-14)


@given(tables, st.floats(-100, 100))
def test_a_shift_of_all_rewards_changes_neither_loss_nor_gradient(table, shift):
    loss, gradient = ranking_loss_and_gradient(table)
    shifted_loss, shifted_gradient = ranking_loss_and_gradient(table + shift)
    assert shifted_loss == pytest.approx(loss, rel=1e-11)
    np.testing.assert_allclose(shifted_gradient, gradient, rtol=0, atol=1e-12)


@given(tables, st.data())
def test_each_prompt_may_be_shifted_by_an_amount_of_its_own(table, data):
    shifts = data.draw(arrays(np.float64, (len(table), 1), elements=st.floats(-100, 100)))
    assert ranking_loss(table + shifts) == pytest.approx(ranking_loss(table), rel=1e-11)


@given(tables, st.randoms(use_true_random=False))
def test_the_order_of_prompts_permutes_the_gradient_and_leaves_the_loss(table, random):
    order = random.sample(range(len(table)), len(table))
    loss, gradient = ranking_loss_and_gradient(table)
    permuted_loss, permuted_gradient = ranking_loss_and_gradient(table[order])
    assert permuted_loss == pytest.approx(loss, rel=1e-13)
    np.testing.assert_allclose(permuted_gradient, gradient[order], rtol=1e-13, atol=1e-16)


def test_the_order_within_a_ranking_is_the_labelers_and_does_matter():
    assert ranking_loss(RAINBOW[::-1]) > ranking_loss(RAINBOW)


@given(rankings)
def test_reversing_the_order_is_the_same_as_turning_all_signs(ranking):
    loss, gradient = ranking_loss_and_gradient(ranking[::-1])
    mirrored_loss, mirrored_gradient = ranking_loss_and_gradient([-r for r in ranking])
    assert loss == pytest.approx(mirrored_loss, rel=1e-13)
    np.testing.assert_allclose(gradient[::-1], -mirrored_gradient, rtol=1e-12, atol=1e-16)


@given(score, score)
def test_swapping_winner_and_loser_mirrors_the_loss_around_the_margin(chosen, rejected):
    change = ranking_loss([rejected, chosen]) - ranking_loss([chosen, rejected])
    assert change == pytest.approx(chosen - rejected, rel=1e-12, abs=1e-13)


# The gradient


def test_gradient_of_the_rainbow_ranking_raises_the_upper_two_and_lowers_the_lower_two():
    _, gradient = ranking_loss_and_gradient(RAINBOW)
    doubts = {(i, j): special.expit(RAINBOW[j] - RAINBOW[i]) for i, j in itertools.combinations(range(4), 2)}
    expected = [
        -doubts[0, 1] - doubts[0, 2] - doubts[0, 3],
        +doubts[0, 1] - doubts[1, 2] - doubts[1, 3],
        +doubts[0, 2] + doubts[1, 2] - doubts[2, 3],
        +doubts[0, 3] + doubts[1, 3] + doubts[2, 3],
    ]
    np.testing.assert_allclose(gradient, np.array(expected) / 6, rtol=1e-13)
    np.testing.assert_allclose(gradient, [-0.0938, -0.0439, 0.0378, 0.0998], rtol=0, atol=5e-5)


@given(tables)
def test_gradient_agrees_with_central_differences(table):
    _, gradient = ranking_loss_and_gradient(table)
    # By entry: a ranking that the model has mastered leaves too little slope for a relative error.
    np.testing.assert_allclose(gradient, numerical_gradient(ranking_loss, table), rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("rewards", [RAINBOW, [RAINBOW, [0.2, 0.7, -0.1, 0.0]], [[-1.0, 1.0]]])
def test_relative_error_of_the_gradient_is_below_1e_8(rewards):
    loss, gradient = ranking_loss_and_gradient(rewards)
    assert loss == ranking_loss(rewards)
    assert gradient.shape == np.shape(rewards)
    assert relative_error(numerical_gradient(ranking_loss, rewards), gradient) < 1e-8


def test_relative_error_of_the_gradient_of_rankings_of_different_lengths_is_below_1e_8():
    rewards, n_responses = pad_rankings(RAGGED)

    def loss(table):
        return ranking_loss(table, n_responses=n_responses)

    _, gradient = ranking_loss_and_gradient(rewards, n_responses=n_responses)
    assert relative_error(numerical_gradient(loss, np.nan_to_num(rewards)), gradient) < 1e-8


@given(ragged_tables)
def test_gradient_is_the_one_that_loops_make_and_0_in_the_padding(ragged):
    rewards, n_responses = pad_rankings(ragged)
    _, gradient = ranking_loss_and_gradient(rewards, n_responses=n_responses)
    expected = np.zeros_like(rewards)
    for row, ranking in zip(expected, ragged, strict=True):
        row[: len(ranking)] = gradient_by_loops(ranking) / len(ragged)
    np.testing.assert_allclose(gradient, expected, rtol=1e-12, atol=1e-15)
    assert (gradient[np.isnan(rewards)] == 0).all()


@given(ragged_tables)
def test_gradients_of_each_ranking_sum_to_0(ragged):
    rewards, n_responses = pad_rankings(ragged)
    _, gradient = ranking_loss_and_gradient(rewards, n_responses=n_responses)
    np.testing.assert_allclose(gradient.sum(axis=1), 0, atol=1e-15)


@given(tables)
def test_the_best_response_is_never_pushed_down_nor_the_worst_one_up(table):
    _, gradient = ranking_loss_and_gradient(table)
    assert (gradient[:, 0] <= 0).all()
    assert (gradient[:, -1] >= 0).all()


# Rankings of different lengths


def test_padding_fills_short_rankings_with_nan():
    rewards, n_responses = pad_rankings([RAINBOW, [2.0, 1.0]])
    np.testing.assert_array_equal(rewards, [RAINBOW, [2.0, 1.0, np.nan, np.nan]])
    np.testing.assert_array_equal(n_responses, [4, 2])


@given(ragged_tables)
def test_padded_rankings_can_be_read_back(ragged):
    rewards, n_responses = pad_rankings(ragged)
    assert [row[:k].tolist() for row, k in zip(rewards, n_responses, strict=True)] == ragged
    assert np.isnan(rewards).sum() == rewards.size - n_responses.sum()


@pytest.mark.parametrize("filling", [0.0, np.nan, np.inf, -np.inf, 1e300])
def test_what_stands_in_the_padding_does_not_matter(filling):
    rewards, n_responses = pad_rankings(RAGGED)
    filled = np.where(np.isnan(rewards), filling, rewards)
    loss, gradient = ranking_loss_and_gradient(rewards, n_responses=n_responses)
    filled_loss, filled_gradient = ranking_loss_and_gradient(filled, n_responses=n_responses)
    assert filled_loss == loss
    np.testing.assert_array_equal(filled_gradient, gradient)
    assert ranking_accuracy(filled, n_responses=n_responses) == ranking_accuracy(rewards, n_responses=n_responses)


def test_infinite_scores_can_be_padded():
    rewards, _ = pad_rankings([[np.inf, 0.0, -np.inf], [1.0, -np.inf]])
    np.testing.assert_array_equal(rewards, [[np.inf, 0, -np.inf], [1, -np.inf, np.nan]])


def test_one_ranking_may_be_cut_short_by_a_single_length():
    loss, gradient = ranking_loss_and_gradient([1.8, 0.9, np.nan], n_responses=2)
    assert loss == ranking_loss([1.8, 0.9])
    assert gradient.shape == (3,)


@given(tables)
def test_full_lengths_are_the_same_as_none(table):
    full = [table.shape[1]] * table.shape[0]
    assert ranking_loss(table, n_responses=full) == ranking_loss(table)


# Extremes


def test_confident_rankings_reach_their_limits_without_a_warning():
    for far in (1e4, np.inf):
        loss, gradient = ranking_loss_and_gradient([far, 0.0])
        assert loss == 0
        np.testing.assert_array_equal(gradient, [0, 0])
        loss, gradient = ranking_loss_and_gradient([-far, 0.0])
        assert loss == far
        np.testing.assert_array_equal(gradient, [-1, 1])


def test_one_infinite_score_among_finite_ones_is_no_nan():
    loss, gradient = ranking_loss_and_gradient([[np.inf, 1.0, 0.0, -np.inf], [0.0, 1.0, 2.0, np.inf]])
    assert loss == np.inf
    assert np.isfinite(gradient).all()
    np.testing.assert_allclose(gradient[0], [0, -special.expit(-1) / 12, special.expit(-1) / 12, 0], atol=1e-16)


def test_scores_in_single_precision_give_nearly_the_same_loss():
    assert ranking_loss(np.array(RAINBOW, dtype=np.float32)) == pytest.approx(0.27785310727748624, rel=1e-7)


# Accuracy and zero


def test_one_of_six_pairs_the_wrong_way_round_is_an_accuracy_of_five_sixths():
    assert ranking_accuracy([1.8, 0.3, 0.9, -0.5]) == pytest.approx(5 / 6, rel=1e-15)


def test_accuracy_is_1_in_the_labelers_order_0_in_the_opposite_and_one_half_without_opinion():
    assert ranking_accuracy(RAINBOW) == 1
    assert ranking_accuracy(RAINBOW[::-1]) == 0
    assert ranking_accuracy(np.zeros((3, 5))) == 0.5


@given(st.lists(score, min_size=2, max_size=9, unique=True))
def test_accuracy_is_kendalls_rank_correlation_on_a_scale_from_0_to_1(ranking):
    tau = stats.kendalltau(ranking, range(len(ranking), 0, -1)).statistic
    assert ranking_accuracy(ranking) == pytest.approx((tau + 1) / 2, abs=1e-14)


@given(ragged_tables)
def test_accuracy_weighs_all_comparisons_the_same_and_counts_a_tie_half(ragged):
    rewards, n_responses = pad_rankings(ragged)
    pairs = [pair for ranking in ragged for pair in itertools.combinations(ranking, 2)]
    right = sum(1.0 if better > worse else 0.5 if better == worse else 0.0 for better, worse in pairs)
    assert ranking_accuracy(rewards, n_responses=n_responses) == pytest.approx(right / len(pairs), rel=1e-14)


def test_accuracy_takes_infinite_scores():
    assert ranking_accuracy([np.inf, 0.0, -np.inf]) == 1
    assert ranking_accuracy([-np.inf, 0.0, np.inf]) == 0


def test_scores_are_shifted_by_the_mean_of_the_demonstrations():
    np.testing.assert_allclose(normalize_rewards([6.8, 5.9], [4.0, 6.0]), [1.8, 0.9], rtol=1e-15)


@given(arrays(np.float64, st.integers(1, 9), elements=score))
def test_demonstrations_score_0_on_average_afterwards(demonstrations):
    assert normalize_rewards(demonstrations, demonstrations).mean() == pytest.approx(0, abs=1e-13)


@given(tables, arrays(np.float64, st.integers(1, 9), elements=score))
def test_the_new_zero_changes_neither_loss_nor_accuracy_nor_differences(table, demonstrations):
    shifted = normalize_rewards(table, demonstrations)
    assert ranking_loss(shifted) == pytest.approx(ranking_loss(table), rel=1e-12)
    np.testing.assert_allclose(np.diff(shifted), np.diff(table), atol=1e-13)
