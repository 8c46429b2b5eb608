from dataclasses import replace

import numpy as np
import pytest

from rlhf_textbook import pairwise_loss, ranking_loss
from rlhf_textbook.tiny.config import TinyConfig
from rlhf_textbook.tiny.labelers import GOLD_WEIGHTS, hire_labelers, quality
from rlhf_textbook.tiny.language import END, PROMPT_LENGTH, all_prompts, demonstrations, off_task, response_tokens
from rlhf_textbook.tiny.model import scores
from rlhf_textbook.tiny.reward_model import (
    accuracy_ceiling,
    collect_comparisons,
    pair_accuracy,
    reward,
    reward_model_loss,
    train_reward_model,
)
from tests.tiny_helpers import assert_same_model, gradient_error, small_model, small_scorer, some_pages

CONFIG = TinyConfig(n_ranked=4, rm_epochs=3)
PROMPTS = all_prompts()[::7]
DEMONSTRATIONS = demonstrations(PROMPTS, np.random.default_rng(0))


def some_rankings(n, k, seed=0):
    """Rankings of pages; one response never ends, and two responses are the same."""
    rows = off_task(np.repeat(PROMPTS[:n], k, axis=0), np.random.default_rng(seed)).reshape(n, k, 12)
    rows[0, 0, PROMPT_LENGTH:] = END + 1 + np.arange(6)
    rows[1, 0] = rows[1, 1]
    return rows


# The score


def test_reward_is_the_score_behind_the_last_token_with_or_without_an_end_mark():
    pages = some_pages(8)
    every = scores(small_scorer(), pages)[0]
    last = [PROMPT_LENGTH + (row.index(END) if END in row else 5) for row in pages[:, PROMPT_LENGTH:].tolist()]
    assert last[-1] == 11
    assert len(set(last)) > 2
    np.testing.assert_allclose(reward(small_scorer(), pages)[0], every[np.arange(8), last], rtol=1e-12)


def test_what_stands_behind_the_end_is_not_scored():
    padded = DEMONSTRATIONS.copy()
    padded[:, -2:] = 7
    np.testing.assert_array_equal(reward(small_scorer(), padded)[0], reward(small_scorer(), DEMONSTRATIONS)[0])


def test_backward_of_the_reward_agrees_with_differences():
    pages, weights = some_pages(6), np.random.default_rng(1).normal(size=6)

    def loss(params):
        values, backward = reward(params, pages)
        return float(weights @ values), backward(weights)

    assert gradient_error(loss, small_scorer()) < 1e-6


# The loss


@pytest.mark.parametrize("k", [2, 4])
def test_gradient_of_the_ranking_loss_agrees_with_differences(k):
    ranked = some_rankings(3, k)
    assert gradient_error(lambda params: reward_model_loss(params, ranked), small_scorer()) < 1e-6


def test_loss_is_that_of_lesson_3():
    ranked = some_rankings(5, 4)
    values = reward(small_scorer(), ranked.reshape(20, 12))[0].reshape(5, 4)
    assert reward_model_loss(small_scorer(), ranked)[0] == pytest.approx(ranking_loss(values), rel=1e-13)
    pair = some_rankings(5, 2)
    values = reward(small_scorer(), pair.reshape(10, 12))[0].reshape(5, 2)
    expected = np.mean(pairwise_loss(values[:, 0], values[:, 1]))
    assert reward_model_loss(small_scorer(), pair)[0] == pytest.approx(expected, rel=1e-13)


def test_the_level_of_the_scores_is_free_in_the_loss():
    ranked, scorer = some_rankings(5, 4), small_scorer()
    loss, gradient = reward_model_loss(scorer, ranked)
    lifted = scorer | {"head_bias": scorer["head_bias"] + 7.0}
    assert reward_model_loss(lifted, ranked)[0] == pytest.approx(loss, rel=1e-12)
    assert abs(gradient["head_bias"]).max() < 1e-15


def test_the_order_of_the_prompts_in_a_batch_is_free_the_order_of_the_responses_is_not():
    ranked = some_rankings(5, 4)
    loss = reward_model_loss(small_scorer(), ranked)[0]
    assert reward_model_loss(small_scorer(), ranked[::-1])[0] == pytest.approx(loss, rel=1e-12)
    assert abs(reward_model_loss(small_scorer(), ranked[:, ::-1])[0] - loss) > 1e-3


def test_equal_scores_lose_log_2():
    scorer = small_scorer()
    constant = scorer | {"head": np.zeros_like(scorer["head"])}
    assert reward_model_loss(constant, some_rankings(5, 4))[0] == pytest.approx(np.log(2), rel=1e-14)


# Collecting


def test_each_ranking_holds_responses_to_its_own_prompt_ranked_by_one_labeler():
    labelers = hire_labelers(5, 0.3, np.random.default_rng(1))
    found = collect_comparisons(small_model(), PROMPTS, labelers, CONFIG, np.random.default_rng(0))
    assert found.sequences.shape == (220, 4, 12)
    np.testing.assert_array_equal(found.sequences[:, :, :PROMPT_LENGTH], np.repeat(PROMPTS[:, None], 4, axis=1))
    assert set(found.labelers) == set(range(5))
    for sequences, qualities, who in zip(found.sequences, found.qualities, found.labelers, strict=True):
        np.testing.assert_allclose(quality(sequences, labelers[who]), qualities, rtol=1e-12)


def test_a_cool_labeler_puts_the_best_first():
    cool = replace(CONFIG, labeler_temperature=1e-9)
    found = collect_comparisons(small_model(), PROMPTS, GOLD_WEIGHTS[None], cool, np.random.default_rng(0))
    assert (np.diff(found.qualities, axis=1) <= 1e-12).all()


def test_a_hot_labeler_ranks_at_random():
    hot = replace(CONFIG, labeler_temperature=1e9)
    found = collect_comparisons(small_model(), PROMPTS, GOLD_WEIGHTS[None], hot, np.random.default_rng(0))
    assert accuracy_ceiling(found.qualities) == pytest.approx(0.5, abs=0.03)


# Training


def test_demonstrations_score_0_on_average_after_training():
    trained = train_reward_model(small_model(), some_rankings(40, 4), DEMONSTRATIONS, CONFIG, np.random.default_rng(0))
    assert abs(reward(trained, DEMONSTRATIONS)[0].mean()) < 1e-12
    assert reward(trained, DEMONSTRATIONS)[0].std() > 1e-3


def test_training_learns_to_prefer_what_is_ranked_first():
    ranked = np.stack([DEMONSTRATIONS, off_task(PROMPTS, np.random.default_rng(1))], axis=1)
    sgd = np.random.default_rng(0)
    losses = []
    trained = train_reward_model(
        small_model(),
        ranked,
        DEMONSTRATIONS,
        replace(CONFIG, rm_epochs=10),
        sgd,
        after_epoch=lambda epoch, params: losses.append((epoch, reward_model_loss(params, ranked)[0])),
    )
    assert [epoch for epoch, _ in losses] == list(range(10))
    assert losses[-1][1] < 0.2 < losses[0][1] < np.log(2)
    assert pair_accuracy(trained, ranked) > 0.95
    assert pair_accuracy(trained, ranked[:, ::-1]) < 0.05


def test_weight_decay_pulls_the_weights_toward_0():
    def size(decay):
        config = replace(CONFIG, rm_weight_decay=decay)
        model = train_reward_model(
            small_model(), some_rankings(40, 4), DEMONSTRATIONS, config, np.random.default_rng(0)
        )
        return np.linalg.norm(model["mixing"])

    assert size(10.0) < 0.9 * size(0.0)


def test_training_leaves_the_sft_model_as_it_was():
    sft = small_model()
    train_reward_model(sft, some_rankings(20, 4), DEMONSTRATIONS, CONFIG, np.random.default_rng(0))
    assert_same_model(sft, small_model())


def test_training_on_no_rankings_is_refused():
    with pytest.raises(ValueError, match=r"^ranked: expected at least one ranking, got shape \(0, 4, 12\)$"):
        train_reward_model(small_model(), some_rankings(20, 4)[:0], DEMONSTRATIONS, CONFIG, np.random.default_rng(0))


# Measuring


def test_the_ceiling_is_the_share_of_pairs_that_the_noise_has_not_turned_around():
    qualities = np.array([[3.0, 1.0, 2.0], [1.0, 1.0, 0.0]])  # one pair turned, one tie
    assert accuracy_ceiling(qualities) == pytest.approx((2 + 2.5) / 6, rel=1e-14)


def test_pair_accuracy_counts_pairs_in_the_order_of_the_scores():
    ranked = some_rankings(10, 4, seed=3)[2:]
    values = reward(small_scorer(), ranked.reshape(32, 12))[0].reshape(8, 4)
    margins = [values[n, i] - values[n, j] for n in range(8) for i in range(4) for j in range(i + 1, 4)]
    right = np.heaviside(margins, 0.5)
    assert 0 < np.mean(right) < 1
    assert pair_accuracy(small_scorer(), ranked) == pytest.approx(np.mean(right), rel=1e-14)


def test_two_equal_responses_count_half_a_pair():
    ranked = np.repeat(some_rankings(10, 4)[:, :1], 2, axis=1)
    assert pair_accuracy(small_scorer(), ranked) == 0.5


def test_training_without_demonstrations_to_fix_the_level_is_refused():
    with pytest.raises(ValueError, match=r"^demonstrations: expected at least one value"):
        train_reward_model(small_model(), some_rankings(20, 4), DEMONSTRATIONS[:0], CONFIG, np.random.default_rng(0))


def test_no_token_of_a_response_stands_behind_its_last_one():
    mask = response_tokens(some_rankings(3, 4).reshape(12, 12))
    assert (np.diff(mask.astype(int), axis=1) <= 0).all()
    assert mask[:, 0].all()
