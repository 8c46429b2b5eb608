"""Claim 3, pairs in one batch: the two arrangements hold the same pairs, and a batch in parts is the whole batch."""

import numpy as np
import pytest

from lab.claims.claim_3_pairs_in_one_batch import (
    ARMS,
    N_RANKED,
    Arm,
    gradient_in_parts,
    loss_and_accuracy,
    measure,
    shuffled_pairs,
)
from rlhf_textbook import n_pairs
from rlhf_textbook.tiny import TinyConfig
from rlhf_textbook.tiny.language import all_prompts, demonstrations, off_task
from rlhf_textbook.tiny.model import init_model, with_scalar_head
from rlhf_textbook.tiny.reward_model import reward_model_loss

QUICK = TinyConfig(n_hidden=8, pretraining_steps=5, sft_epochs=1, n_ranked=4, n_training_prompts=1500)


@pytest.fixture
def ranked():
    rng = np.random.default_rng(0)
    prompts = all_prompts()[::40]
    answers = [demonstrations(prompts, rng), *(off_task(prompts, rng) for _ in range(N_RANKED - 1))]
    return np.stack(answers, axis=1)


@pytest.fixture
def params():
    rng = np.random.default_rng(1)
    model = with_scalar_head(init_model(4, 8, rng), rng)
    model["head"] *= 30
    return model


def test_a_run_has_a_curve_for_every_arm():
    arms = (Arm(False, 4, 0.01, epochs=3, look_every=2), Arm(True, 6, 0.01, epochs=1, look_every=4))
    run = measure(0, config=QUICK, arms=arms, n_prompts=8)
    assert set(run) == {"epoch", "training_loss", "validation_loss", "accuracy", "ceiling"}
    assert run["epoch"] == [[1, 2, 3], [0.5, 1]]
    assert all([len(curve) for curve in run[name]] == [3, 2] for name in set(run) - {"ceiling"})
    assert 0.5 < run["ceiling"] < 1


def test_the_pile_holds_every_pair_of_every_prompt_once_with_the_better_response_first(ranked):
    pile = shuffled_pairs(ranked)
    expected = {
        (better.tobytes(), worse.tobytes())
        for prompt in ranked
        for i, better in enumerate(prompt)
        for worse in prompt[i + 1 :]
    }
    assert len(pile) == len(ranked) * n_pairs(N_RANKED)
    assert {(better.tobytes(), worse.tobytes()) for better, worse in pile} == expected


def test_both_arrangements_have_the_same_loss_and_gradient_over_all_data(ranked, params):
    together, of_together = reward_model_loss(params, ranked)
    shuffled, of_shuffled = reward_model_loss(params, shuffled_pairs(ranked))
    assert shuffled == pytest.approx(together)
    assert loss_and_accuracy(params, ranked)[0] == pytest.approx(together)
    for name, gradient in of_together.items():
        assert of_shuffled[name] == pytest.approx(gradient, abs=1e-12)


def test_a_batch_in_parts_has_the_gradient_of_the_whole_batch(ranked, params):
    for batch in (ranked, shuffled_pairs(ranked)[:101]):
        _, whole = reward_model_loss(params, batch)
        for name, gradient in gradient_in_parts(params, batch).items():
            assert gradient == pytest.approx(whole[name], abs=1e-12)


def test_two_pairs_of_arms_differ_in_the_arrangement_alone():
    together = {arm.batch * int(n_pairs(N_RANKED)): arm for arm in ARMS if not arm.shuffled}
    shuffled = {arm.batch: arm for arm in ARMS if arm.shuffled}
    alike = together.keys() & shuffled.keys()
    assert alike == {576, 72}
    assert all(together[n].learning_rate == shuffled[n].learning_rate for n in alike)


def test_the_same_response_twice_is_half_right_whatever_it_scores(params):
    prompts = all_prompts()[::40]
    response = demonstrations(prompts, np.random.default_rng(0))
    assert loss_and_accuracy(params, np.stack([response] * 3, axis=1)) == pytest.approx((np.log(2), 0.5))


def test_turning_the_ranking_round_turns_the_accuracy_round(ranked, params):
    _, accuracy = loss_and_accuracy(params, ranked)
    _, turned = loss_and_accuracy(params, ranked[:, ::-1])
    assert accuracy + turned == pytest.approx(1)
