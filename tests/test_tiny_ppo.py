from dataclasses import replace

import numpy as np
import pytest

from rlhf_textbook import clipped_surrogate, exact_kl, generalized_advantages, token_rewards
from rlhf_textbook.tiny.config import TinyConfig
from rlhf_textbook.tiny.labelers import GOLD_WEIGHTS
from rlhf_textbook.tiny.language import PROMPT_LENGTH, all_prompts, demonstrations, response_tokens
from rlhf_textbook.tiny.model import Adam, copy_model, log_probs, scores
from rlhf_textbook.tiny.ppo import Rollout, policy_loss, roll_out, train_ppo, value_loss, whiten
from rlhf_textbook.tiny.pretraining import pretrain, web_loss
from rlhf_textbook.tiny.reward_model import collect_comparisons, reward, train_reward_model
from rlhf_textbook.tiny.sft import fine_tune
from tests.tiny_helpers import assert_same_model, gradient_error, small_model, small_scorer, some_pages

CONFIG = TinyConfig(
    n_embedding=8,
    n_hidden=24,
    pretraining_steps=120,
    pretraining_batch=64,
    n_ranked=4,
    sft_epochs=4,
    rm_epochs=2,
    ppo_updates=12,
    ppo_batch=64,
    ppo_minibatch=32,
)
PROMPTS = all_prompts()[::3]
ALL = np.arange(40)


@pytest.fixture(scope="module")
def sft():
    base = pretrain(CONFIG, PROMPTS, np.random.default_rng(0))
    return fine_tune(base, demonstrations(PROMPTS, np.random.default_rng(1)), CONFIG, np.random.default_rng(2))


@pytest.fixture(scope="module")
def reward_model(sft):
    found = collect_comparisons(sft, PROMPTS, GOLD_WEIGHTS[None], CONFIG, np.random.default_rng(3))
    shown = demonstrations(PROMPTS, np.random.default_rng(4))
    return train_reward_model(sft, found.sequences, shown, CONFIG, np.random.default_rng(5))


def small_rollout(kl_coef=0.2, gae_lambda=0.95) -> Rollout:
    """Forty responses by a model that has left its reference a little."""
    policy, reference = small_model(), small_model()
    reference["head"] = reference["head"] * 0.8
    return roll_out(
        policy,
        small_scorer(1),
        reference,
        small_scorer(2),
        PROMPTS[::12][:40],
        kl_coef,
        gae_lambda,
        np.random.default_rng(0),
    )


def moved_policy():
    """Stand in for a policy some updates later: some of its ratios are clipped, none is near the kink."""
    rng = np.random.default_rng(6)
    return {name: value + 0.05 * rng.normal(size=value.shape) for name, value in small_model().items()}


# Rollouts


def test_a_rollout_holds_responses_to_the_prompts_and_the_policys_own_log_probs():
    rollout = small_rollout()
    np.testing.assert_array_equal(rollout.sequences[:, :PROMPT_LENGTH], PROMPTS[::12][:40])
    np.testing.assert_array_equal(rollout.mask, response_tokens(rollout.sequences))
    assert not rollout.mask.all()
    assert rollout.mask[:, -1].any()
    expected = log_probs(small_model(), rollout.sequences)[0][:, PROMPT_LENGTH - 1 :]
    np.testing.assert_allclose(rollout.log_probs, expected, rtol=1e-13)


def test_reward_and_kl_of_a_rollout_are_means_over_its_responses():
    rollout = small_rollout()
    assert rollout.reward == pytest.approx(reward(small_scorer(2), rollout.sequences)[0].mean(), rel=1e-13)
    reference = small_model()
    reference["head"] = reference["head"] * 0.8
    log_ratio = rollout.log_probs - log_probs(reference, rollout.sequences, start=PROMPT_LENGTH)[0]
    assert rollout.kl == pytest.approx(log_ratio[rollout.mask].sum() / 40, rel=1e-12)


def test_with_lambda_1_the_return_is_what_is_still_to_come_the_score_less_the_kl_penalties():
    rollout = small_rollout(kl_coef=0.3, gae_lambda=1.0)
    reference = small_model()
    reference["head"] = reference["head"] * 0.8
    penalties = 0.3 * (rollout.log_probs - log_probs(reference, rollout.sequences, start=PROMPT_LENGTH)[0])
    score = reward(small_scorer(2), rollout.sequences)[0]
    for row, kept in enumerate(rollout.mask.sum(axis=1)):
        to_come = [score[row] - penalties[row, t:kept].sum() for t in range(kept)]
        np.testing.assert_allclose(rollout.returns[row, :kept], to_come, rtol=1e-10)


def test_advantages_are_gae_of_the_penalized_rewards_whitened():
    rollout = small_rollout()
    reference = small_model()
    reference["head"] = reference["head"] * 0.8
    ref_log_probs = log_probs(reference, rollout.sequences, start=PROMPT_LENGTH)[0]
    values = scores(small_scorer(1), rollout.sequences)[0][:, PROMPT_LENGTH - 1 : -1]  # before each response token
    score = reward(small_scorer(2), rollout.sequences)[0]
    rewards = token_rewards(score, rollout.log_probs, ref_log_probs, kl_coef=0.2, mask=rollout.mask)
    raw = generalized_advantages(rewards, values, gae_lambda=0.95, mask=rollout.mask)
    kept = rollout.mask
    np.testing.assert_allclose(rollout.advantages[kept], (raw[kept] - raw[kept].mean()) / raw[kept].std(), rtol=1e-6)
    np.testing.assert_allclose(rollout.returns[kept], (raw + values)[kept], rtol=1e-12)


def test_whitened_values_have_mean_0_and_deviation_1_where_they_count_and_are_0_elsewhere():
    rng = np.random.default_rng(0)
    values, mask = rng.normal(5, 3, size=(20, 6)), rng.random((20, 6)) < 0.7
    white = whiten(values, mask)
    assert white[mask].mean() == pytest.approx(0, abs=1e-14)
    assert white[mask].std() == pytest.approx(1, rel=1e-8)
    np.testing.assert_array_equal(white[~mask], 0)
    np.testing.assert_allclose(whiten(100 * values - 7, mask), white, rtol=1e-7)  # level and scale are forgotten
    np.testing.assert_array_equal(whiten(np.where(mask, values, 1e9), mask), white)
    np.testing.assert_array_equal(whiten(np.full((2, 3), 0.5), np.ones((2, 3), dtype=bool)), 0)


# Losses


def test_gradient_of_the_clipped_objective_agrees_with_differences_away_from_the_kink():
    rollout, policy = small_rollout(), moved_policy()
    ratios = np.exp(log_probs(policy, rollout.sequences, start=PROMPT_LENGTH)[0] - rollout.log_probs)[rollout.mask]
    assert abs(ratios[:, None] - [0.8, 1.2]).min() > 1e-4
    assert 0.1 < (abs(ratios - 1) > 0.2).mean() < 0.9
    assert gradient_error(lambda params: policy_loss(params, rollout, ALL, 0.2), policy) < 1e-6


def test_gradient_of_the_value_loss_agrees_with_differences():
    rollout = small_rollout()
    assert gradient_error(lambda params: value_loss(params, rollout, ALL[::2]), small_scorer(3)) < 1e-6


def test_gradient_of_equation_2_ppo_and_gamma_times_pretraining_agrees_with_differences():
    rollout, pages = small_rollout(), some_pages(8)

    def loss(params):
        ppo, ppo_gradient = policy_loss(params, rollout, ALL, 0.2)
        ptx, ptx_gradient = web_loss(params, pages)
        return ppo + 0.3 * ptx, {name: g + 0.3 * ptx_gradient[name] for name, g in ppo_gradient.items()}

    assert gradient_error(loss, moved_policy()) < 1e-6


def test_the_ratios_of_the_first_minibatch_are_1_and_nothing_is_clipped():
    rollout = small_rollout()
    log_p = log_probs(small_model(), rollout.sequences[ALL], start=PROMPT_LENGTH)[0]
    step = clipped_surrogate(log_p, rollout.log_probs, rollout.advantages, clip_range=0.2, mask=rollout.mask)
    np.testing.assert_array_equal(step.ratios, 1.0)
    narrow, wide = (policy_loss(small_model(), rollout, ALL, clip_range) for clip_range in (1e-9, 1e9))
    assert_same_model(narrow[1], wide[1])


def test_the_first_gradient_is_the_policy_gradient_of_the_penalized_advantage():
    """`−E[A ∇ log π]`, the mean over the tokens of the minibatch."""
    rollout, batch = small_rollout(), ALL[5:25]
    loss, found = policy_loss(small_model(), rollout, batch, 0.2)
    mask, advantages = rollout.mask[batch], rollout.advantages[batch]
    assert loss == pytest.approx(-advantages[mask].mean(), rel=1e-12)
    _, backward = log_probs(small_model(), rollout.sequences[batch], start=PROMPT_LENGTH)
    for name, expected in backward(-(advantages * mask) / mask.sum()).items():
        np.testing.assert_allclose(found[name], expected, rtol=1e-10, atol=1e-14)


def test_value_loss_is_half_the_mean_square_over_response_tokens():
    rollout = small_rollout()
    errors = scores(small_scorer(3), rollout.sequences)[0][:, PROMPT_LENGTH - 1 : -1] - rollout.returns
    expected = np.mean(errors[rollout.mask] ** 2) / 2
    assert value_loss(small_scorer(3), rollout, ALL)[0] == pytest.approx(expected, rel=1e-12)


def test_a_value_function_that_is_right_has_nothing_to_learn():
    rollout = small_rollout()
    values = scores(small_scorer(3), rollout.sequences[:, :-1], start=PROMPT_LENGTH - 1)[0]
    loss, gradient = value_loss(small_scorer(3), replace(rollout, returns=values), ALL)
    assert loss == 0
    for value in gradient.values():
        np.testing.assert_array_equal(value, 0)


# Training


def train(sft, reward_model, seed=0, ptx_coef=0.0, **settings):
    history = []
    policy = train_ppo(
        sft,
        reward_model,
        PROMPTS,
        replace(CONFIG, **settings),
        np.random.default_rng(seed),
        ptx_coef=ptx_coef,
        after_update=lambda update, params, rollout: history.append((update, copy_model(params), rollout)),
    )
    return policy, history


def drift(policy, sft):
    """Mean exact KL between policy and SFT model at the first token of the response, over all prompts."""
    rows = []
    for params in (policy, sft):
        asked = np.repeat(PROMPTS, 27, axis=0)
        asked = np.hstack([asked, np.tile(np.arange(27), len(PROMPTS))[:, None]])
        rows.append(log_probs(params, asked, start=PROMPT_LENGTH)[0].reshape(len(PROMPTS), 27))
    return float(exact_kl(rows[0], rows[1], axis=-1).mean())


def test_ppo_raises_the_reward(sft, reward_model):
    _, history = train(sft, reward_model, ppo_updates=30, kl_coef=0.0)
    rewards = [rollout.reward for _, _, rollout in history]
    assert np.mean(rewards[-5:]) > np.mean(rewards[:5]) + 0.1


def test_before_the_first_update_the_policy_is_the_sft_model(sft, reward_model):
    _, history = train(sft, reward_model)
    assert history[0][2].kl == 0
    assert history[-1][2].kl > 0


def test_updates_are_counted_from_0_and_the_last_policy_is_the_one_returned(sft, reward_model):
    policy, history = train(sft, reward_model)
    assert [update for update, _, _ in history] == list(range(12))
    assert_same_model(history[-1][1], policy)
    assert history[0][2].sequences.shape == (64, 12)


def test_the_larger_the_kl_coefficient_the_nearer_the_policy_stays(sft, reward_model):
    near, middle, far = (
        drift(train(sft, reward_model, ppo_updates=40, kl_coef=kl_coef)[0], sft) for kl_coef in (1000.0, 0.3, 0.0)
    )
    assert near < 0.2 * middle
    assert middle < 0.8 * far


def test_with_tiny_learning_rates_nothing_moves(sft, reward_model):
    policy, history = train(sft, reward_model, ptx_coef=0.3, ppo_lr=1e-12, value_lr=1e-12)
    for name, value in policy.items():
        assert abs(value - sft[name]).max() < 1e-9
    assert abs(history[-1][2].kl) < 1e-8


def test_a_ptx_coefficient_of_0_is_plain_ppo_which_reads_no_page_of_the_internet(sft, reward_model):
    """Bit by bit what the loop without the mix makes; the coefficient in the settings is the pipeline's to pass on."""
    config, rng = replace(CONFIG, ppo_updates=3, ptx_coef=5.0), np.random.default_rng(0)
    policy, value = copy_model(sft), copy_model(reward_model)
    climb, fit = Adam(policy, config.ppo_lr), Adam(value, config.value_lr)
    for _ in range(3):
        asked = PROMPTS[rng.integers(len(PROMPTS), size=64)]
        rollout = roll_out(policy, value, sft, reward_model, asked, config.kl_coef, config.gae_lambda, rng)
        for batch in rng.permutation(64).reshape(2, 32):
            climb.step(policy_loss(policy, rollout, batch, config.clip_range)[1])
            fit.step(value_loss(value, rollout, batch)[1])
    assert_same_model(train_ppo(sft, reward_model, PROMPTS, config, np.random.default_rng(0)), policy)
    assert_same_model(train(sft, reward_model, ppo_updates=3, ptx_coef=0.0)[0], policy)


def test_the_larger_the_ptx_coefficient_the_better_the_policy_keeps_the_internet(sft, reward_model):
    pages = some_pages(500, seed=9)
    losses = [web_loss(train(sft, reward_model, ptx_coef=gamma)[0], pages)[0] for gamma in (0.0, 0.1, 1.0)]
    assert losses == sorted(losses, reverse=True)
    assert losses[2] < losses[0] - 0.05


def test_training_leaves_sft_model_and_reward_model_as_they_were(sft, reward_model):
    before = copy_model(sft), copy_model(reward_model)
    policy, _ = train(sft, reward_model, ptx_coef=0.3)
    assert_same_model(sft, before[0])
    assert_same_model(reward_model, before[1])
    assert (policy["head"] != sft["head"]).any()


def test_training_repeats_itself_from_the_same_seed(sft, reward_model):
    one, same, other = (train(sft, reward_model, seed=seed, ptx_coef=0.3)[0] for seed in (0, 0, 1))
    assert_same_model(one, same)
    assert (one["head"] != other["head"]).any()


def test_a_batch_that_the_minibatches_do_not_divide_is_used_whole(sft, reward_model):
    policy, history = train(sft, reward_model, ppo_updates=1, ppo_batch=7, ppo_minibatch=3)
    assert history[0][2].sequences.shape == (7, 12)
    assert (policy["head"] != sft["head"]).any()
