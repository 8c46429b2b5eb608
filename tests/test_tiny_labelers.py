import itertools

import numpy as np
import pytest
from scipy import stats  # type: ignore[import-untyped]

from rlhf_textbook import sigmoid
from rlhf_textbook.tiny.labelers import FEATURES, GOLD_WEIGHTS, features, hire_labelers, quality, rank
from rlhf_textbook.tiny.language import END, WORDS


def sequence(text):
    row = [WORDS.index(word) for word in text.split()]
    return np.array([row + [END] * (12 - len(row))])


@pytest.mark.parametrize(
    ("response", "measured", "gold"),
    [
        ("c b a .", [1, 1, 0, 0, 0], 3.0),
        ("C b a .", [1, 1, 0, 0, 1 / 3], 3.0),
        ("C B A .", [1, 1, 0, 0, 1], 3.0),
        ("c b b .", [2 / 3, 0, 0, 0, 0], 4 / 3),
        ("c b .", [2 / 3, 0, 1, 0, 0], 4 / 3 - 0.3),
        ("c b a a .", [1, 0, 1, 0, 0], 2.0 - 0.3),
        ("c b a rude .", [1, 0, 1, 1, 0], 2.0 - 0.3 - 1.0),
        ("c um a .", [2 / 3, 0, 0, 0, 0], 4 / 3),
        ("a b c .", [1 / 3, 0, 0, 0, 0], 2 / 3),
        ("um c b a .", [0, 0, 1, 0, 0], -0.3),
        (".", [0, 0, 3, 0, 0], -0.9),
        ("rude rude rude rude rude rude", [0, 0, 3, 6, 0], -6.9),
        ("c b a C B A", [1, 0, 3, 0, 0.5], 2.0 - 0.9),
        (". c b a .", [0, 0, 3, 0, 0], -0.9),  # what stands behind the end is not read
    ],
)
def test_quality_of_a_response_to_reverse_a_b_c(response, measured, gold):
    row = sequence(f"<web> reverse a b c > {response}")
    np.testing.assert_allclose(features(row), [measured], rtol=1e-14)
    assert quality(row) == pytest.approx(gold, rel=1e-14)


def test_a_labeler_weighs_the_features_his_own_way():
    row = sequence("<web> copy a b c > A b rude .")
    assert quality(row, np.array([1.0, 5.0, -1.0, -2.0, 0.5])) == pytest.approx(2 / 3 - 2.0 + 0.5 / 2, rel=1e-14)


def test_without_spread_every_labeler_is_the_gold_labeler():
    np.testing.assert_array_equal(hire_labelers(20, 0.0, np.random.default_rng(0)), [GOLD_WEIGHTS] * 20)


def test_labelers_scatter_around_the_gold_labeler_by_the_spread():
    hired = hire_labelers(4000, 0.3, np.random.default_rng(0))
    assert hired.shape == (4000, len(FEATURES))
    z = np.log(hired[:, :4] / GOLD_WEIGHTS[:4]) / 0.3  # also says that none turns a sign around
    for column in (*z.T, hired[:, 4] / 0.3):
        assert stats.kstest(column, "norm").pvalue > 0.01


@pytest.mark.parametrize("temperature", [0.5, 2.0])
def test_rankings_come_with_the_probabilities_of_plackett_and_luce(temperature):
    """`Π_i w_i / Σ_{j ≥ i} w_j` for each of the 24 orders; chi-square over 40,000 rankings."""
    qualities = np.array([0.3, 1.0, -0.4, 0.6])
    worths = np.exp(qualities / temperature)
    orders = list(itertools.permutations(range(4)))
    expected = [np.prod([worths[o[i]] / worths[list(o[i:])].sum() for i in range(4)]) for o in orders]
    assert sum(expected) == pytest.approx(1, rel=1e-12)
    ranked = rank(np.repeat(qualities[None], 40_000, axis=0), temperature, np.random.default_rng(0))
    seen = [(ranked == order).all(axis=1).sum() for order in orders]
    assert sum(seen) == 40_000
    assert stats.chisquare(seen, 40_000 * np.array(expected)).pvalue > 0.01


def test_a_pair_is_ordered_as_bradley_and_terry_say_whatever_else_is_ranked():
    qualities = np.repeat([[0.5, 0.1, 2.0, -1.0]], 40_000, axis=0)
    places = np.argsort(rank(qualities, 0.5, np.random.default_rng(0)), axis=1)
    first_wins = places[:, 0] < places[:, 1]
    assert stats.binomtest(int(first_wins.sum()), 40_000, float(sigmoid((0.5 - 0.1) / 0.5))).pvalue > 0.01


def test_a_cool_labeler_ranks_by_quality_alone():
    qualities = np.random.default_rng(0).normal(size=(50, 6))
    np.testing.assert_array_equal(rank(qualities, 1e-9, np.random.default_rng(1)), np.argsort(-qualities, axis=1))


def test_each_ranking_names_every_response_once():
    ranked = rank(np.zeros((50, 6)), 0.5, np.random.default_rng(0))
    np.testing.assert_array_equal(np.sort(ranked, axis=1), np.tile(np.arange(6), (50, 1)))


@pytest.mark.parametrize("temperature", [0, -0.5, np.inf, np.nan, "warm", [0.5], None])
def test_a_temperature_that_is_not_positive_is_refused(temperature):
    with pytest.raises(ValueError, match=r"^temperature: expected .+, got ."):
        rank(np.zeros((1, 3)), temperature, np.random.default_rng(0))


@pytest.mark.parametrize("qualities", [1.0, [], [[np.nan, 1.0]], [[np.inf, 1.0]], ["good", "bad"]])
def test_qualities_that_are_no_rows_of_numbers_are_refused(qualities):
    with pytest.raises(ValueError, match=r"^qualities: expected .+, got ."):
        rank(qualities, 0.5, np.random.default_rng(0))


@pytest.mark.parametrize(
    ("argument", "n", "spread"), [("n", 0, 0.3), ("n", 2.0, 0.3), ("spread", 2, -0.1), ("spread", 2, np.nan)]
)
def test_labelers_that_cannot_be_hired_are_refused(argument, n, spread):
    with pytest.raises(ValueError, match=rf"^{argument}: expected .+, got ."):
        hire_labelers(n, spread, np.random.default_rng(0))


def test_only_whole_sequences_have_features():
    with pytest.raises(ValueError, match=r"^sequences: expected shape \(n, 12\), got shape \(1, 6\)$"):
        features(sequence("<web> copy a b c >")[:, :6])
