import json
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest

from rlhf_textbook import sigmoid
from rlhf_textbook.tiny import PipelineResult, TinyConfig, evaluate, run_pipeline
from rlhf_textbook.tiny.labelers import quality
from rlhf_textbook.tiny.language import FAQ, all_prompts
from rlhf_textbook.tiny.pipeline import STREAMS, make_world, random_streams
from rlhf_textbook.tiny.reward_model import reward
from rlhf_textbook.tiny.sampling import sample
from tests.tiny_helpers import assert_same_model

RECORDED = Path(__file__).parent / "data" / "tiny_metrics.json"
QUICK = TinyConfig(
    n_embedding=8, n_hidden=16, pretraining_steps=20, sft_epochs=2, n_ranked=3, rm_epochs=1, ppo_updates=3, ppo_batch=64
)
MEDIUM = TinyConfig(n_hidden=64, pretraining_steps=400, n_ranked=4, rm_epochs=4, ppo_updates=50, ppo_batch=128)
MODELS = ["base", "prompted", "sft", "ppo", "ppo_ptx"]


def run(config: TinyConfig, seed: int = 0) -> PipelineResult:
    return run_pipeline(config, np.random.default_rng(seed))


@pytest.fixture(scope="module")
def quick() -> PipelineResult:
    return run(QUICK)


@pytest.fixture(scope="module")
def medium() -> PipelineResult:
    return run(MEDIUM)


def numbers(result: PipelineResult) -> dict[str, dict[str, float]]:
    return {name: asdict(m) for name, m in result.metrics.items()} | {"accuracy": result.reward_model_accuracy}


# Reproducibility


def test_the_same_seed_gives_every_bit_again(quick):
    again = run(QUICK)
    assert numbers(again) == numbers(quick)
    for name, model in quick.models.items():
        assert_same_model(model, again.models[name])


def test_another_seed_gives_other_models_and_another_world(quick):
    other = run(QUICK, seed=1)
    assert numbers(other) != numbers(quick)
    assert (other.world.test_prompts != quick.world.test_prompts).any()
    assert (other.world.labelers != quick.world.labelers).any()


def test_the_numbers_are_those_recorded_whatever_the_python_the_numpy_and_the_processor(medium):
    """From Python 3.10 with numpy 1.24 to 3.13 with 2.5, and from SSE3 to AVX-512, they differ by less than 1e-12."""
    recorded = json.loads(RECORDED.read_text(encoding="utf-8"))
    assert recorded["config"] == asdict(MEDIUM)
    found = numbers(medium)
    assert recorded["metrics"].keys() == found.keys()
    for name, expected in recorded["metrics"].items():
        assert found[name] == pytest.approx(expected, rel=1e-6, abs=1e-12), name


@pytest.mark.parametrize(
    ("settings", "unchanged"),
    [
        ({"ppo_updates": 2, "ppo_lr": 0.01, "kl_coef": 0.0, "ppo_batch": 32}, ["base", "sft", "reward"]),
        ({"ptx_coef": 1.0}, ["base", "sft", "reward", "ppo"]),
        ({"rm_epochs": 2, "rm_lr": 0.02}, ["base", "sft"]),
        ({"n_ranked": 2, "labeler_temperature": 1.0}, ["base", "sft"]),
        ({"sft_epochs": 1}, ["base"]),
        ({"n_demonstrations": 100}, ["base"]),
    ],
)
def test_a_change_to_one_stage_leaves_the_stages_before_it_bit_by_bit_as_they_were(quick, settings, unchanged):
    changed = run(replace(QUICK, **settings))
    for name, model in quick.models.items():
        if name in unchanged:
            assert_same_model(model, changed.models[name])
        else:
            assert (model["head"] != changed.models[name]["head"]).any(), name
    np.testing.assert_array_equal(changed.world.demonstrations, quick.world.demonstrations)


def test_each_stage_has_a_random_stream_of_its_own():
    streams = random_streams(np.random.default_rng(0))
    assert tuple(streams) == STREAMS
    first = {name: stream.integers(2**63) for name, stream in streams.items()}
    assert len(set(first.values())) == len(STREAMS) == 8
    streams = random_streams(np.random.default_rng(0))
    for stream in list(streams.values())[:-1]:
        stream.random(1000)  # whatever the others draw
    assert streams["evaluation"].integers(2**63) == first["evaluation"]


# The world


def test_training_and_test_prompts_are_all_prompts_and_share_none(quick):
    training, test = quick.world.training_prompts, quick.world.test_prompts
    assert (len(training), len(test)) == (1200, 336)
    np.testing.assert_array_equal(np.unique(np.vstack([training, test]), axis=0), np.unique(all_prompts(), axis=0))


def test_each_training_prompt_has_its_demonstration(quick):
    np.testing.assert_array_equal(quick.world.demonstrations[:, :6], quick.world.training_prompts)
    np.testing.assert_array_equal(quality(quick.world.demonstrations), 3.0)


def test_those_who_rank_in_training_and_those_who_do_not_are_different_people(quick):
    both = np.vstack([quick.world.labelers, quick.world.held_out_labelers])
    assert both.shape == (16, 5)
    assert len(np.unique(both, axis=0)) == 16


def test_without_spread_all_labelers_are_one():
    world = make_world(replace(QUICK, labeler_spread=0.0), np.random.default_rng(0))
    assert len(np.unique(np.vstack([world.labelers, world.held_out_labelers]), axis=0)) == 1


# What a run gives


def test_a_run_gives_models_metrics_and_times_of_all_stages(quick):
    assert list(quick.models) == ["base", "sft", "reward", "ppo", "ppo_ptx"]
    assert list(quick.metrics) == MODELS
    assert list(quick.reward_model_accuracy) == ["training", "validation", "held_out", "ceiling", "held_out_ceiling"]
    assert list(quick.seconds) == ["pretraining", "sft", "reward model", "ppo", "ppo-ptx", "evaluation"]
    assert min(quick.seconds.values()) > 0


@pytest.mark.parametrize("fixture", ["quick", "medium"])
def test_metrics_are_where_they_can_be(fixture, request):
    result = request.getfixturevalue(fixture)
    for metrics in result.metrics.values():
        assert -6.9 <= metrics.gold <= 3
        for share in (metrics.exact, metrics.rude, metrics.win_rate):
            assert 0 <= share <= 1
        assert metrics.benchmark_loss > 0
        assert metrics.web_loss > 0
        assert all(np.isfinite(value) for value in asdict(metrics).values())
    assert result.metrics["sft"].kl == 0
    assert all(0 <= share <= 1 for share in result.reward_model_accuracy.values())


def test_progress_is_told_as_each_stage_begins():
    told = []
    result = run_pipeline(QUICK, np.random.default_rng(0), on_stage=lambda *stage: told.append(stage))
    assert told == [(name, done, 6) for done, name in enumerate(result.seconds)]


def test_the_reward_model_gives_demonstrations_0_on_average(medium):
    assert reward(medium.models["reward"], medium.world.demonstrations)[0].mean() == pytest.approx(0, abs=1e-12)


# What the stages do, in the small


def test_imitation_beats_the_base_model_and_also_the_prompted_one(medium):
    base, prompted, sft, *_ = (medium.metrics[name] for name in MODELS)
    assert base.gold < prompted.gold < sft.gold - 0.5
    assert base.exact < prompted.exact < sft.exact
    assert base.rude > prompted.rude > sft.rude
    assert base.win_rate < prompted.win_rate < 0.3


def test_ppo_beats_sft_by_the_reward_model_and_by_gold(medium):
    sft, ppo, ppo_ptx = (medium.metrics[name] for name in MODELS[2:])
    for tuned in (ppo, ppo_ptx):
        assert tuned.reward > sft.reward + 0.2
        assert tuned.gold > sft.gold + 0.05
        assert tuned.win_rate > 0.52
        assert 0.3 < tuned.kl < 1.0


def test_alignment_is_taxed_and_the_pretraining_mix_gives_back(medium):
    base, _, sft, ppo, ppo_ptx = (medium.metrics[name] for name in MODELS)
    assert base.benchmark_loss < sft.benchmark_loss < ppo.benchmark_loss
    assert ppo_ptx.benchmark_loss < sft.benchmark_loss
    assert base.web_loss < ppo_ptx.web_loss < ppo.web_loss


def test_the_reward_model_is_better_than_chance_and_worse_than_the_labelers_themselves(medium):
    accuracy = medium.reward_model_accuracy
    assert 0.55 < accuracy["validation"] < accuracy["ceiling"]
    assert 0.55 < accuracy["held_out"] < accuracy["held_out_ceiling"]
    assert max(accuracy["validation"], accuracy["held_out"]) < accuracy["training"]


def test_two_labelers_agree_on_about_seven_of_ten_pairs(medium):
    """Closed form over all pairs of labelers and of SFT responses: `p q + (1 − p)(1 − q)`."""
    prompts = np.repeat(medium.world.test_prompts, 4, axis=0)
    sequences = sample(medium.models["sft"], prompts, np.random.default_rng(0))
    better, worse = np.triu_indices(4, 1)
    p = []
    for weights in medium.world.labelers:
        rows = quality(sequences, weights).reshape(-1, 4)
        p.append(sigmoid((rows[:, better] - rows[:, worse]) / MEDIUM.labeler_temperature))
    agreement = [(p[i] * p[j] + (1 - p[i]) * (1 - p[j])).mean() for i in range(8) for j in range(i)]
    assert 0.66 < np.mean(agreement) < 0.76


# Evaluating


def test_a_model_beats_itself_half_of_the_time_and_is_no_nat_away(medium):
    sft, rewards, prompts = medium.models["sft"], medium.models["reward"], medium.world.test_prompts
    found = evaluate(sft, prompts, sft, rewards, np.random.default_rng(0), n_samples=20)
    assert found.kl == 0
    assert found.win_rate == pytest.approx(0.5, abs=0.02)


def test_evaluation_agrees_with_responses_sampled_apart(medium):
    prompts, model = medium.world.test_prompts, medium.models["ppo"]
    found = evaluate(model, prompts, medium.models["sft"], medium.models["reward"], np.random.default_rng(0))
    asked = np.repeat(prompts, 20, axis=0)
    sequences = sample(model, asked, np.random.default_rng(1))
    rivals = sample(medium.models["sft"], asked, np.random.default_rng(2))
    gold, rival = quality(sequences), quality(rivals)
    assert found.gold == pytest.approx(gold.mean(), abs=0.1)
    assert found.exact == pytest.approx((gold == 3).mean(), abs=0.03)
    assert found.reward == pytest.approx(reward(medium.models["reward"], sequences)[0].mean(), abs=0.05)
    assert found.win_rate == pytest.approx((gold > rival).mean() + (gold == rival).mean() / 2, abs=0.03)


def test_the_rival_of_a_faq_prompt_answers_the_plain_prompt(medium):
    """A base model of its own kind, so prompted, wins more often against its plain self than that does."""
    base, rewards, prompts = medium.models["base"], medium.models["reward"], medium.world.test_prompts
    faq = prompts.copy()
    faq[:, 0] = FAQ
    plain, prompted = (
        evaluate(base, asked, base, rewards, np.random.default_rng(0), n_samples=8) for asked in (prompts, faq)
    )
    assert plain.win_rate == pytest.approx(0.5, abs=0.02)
    assert prompted.win_rate > 0.6


# Bad input


@pytest.mark.parametrize("config", [None, {"kl_coef": 0.2}, TinyConfig, "quick"])
def test_what_is_no_config_is_refused(config):
    with pytest.raises(ValueError, match=r"^config: expected a TinyConfig, got "):
        run_pipeline(config, np.random.default_rng(0))


@pytest.mark.parametrize("rng", [None, 0, np.random, np.random.RandomState(0)])
def test_what_is_no_generator_is_refused(rng):
    with pytest.raises(ValueError, match=r"^rng: expected a numpy.random.Generator, as .+, got "):
        run_pipeline(QUICK, rng)


if __name__ == "__main__":  # python -m tests.test_tiny_pipeline: record anew what the code computes now
    rounded = {
        name: {key: float(f"{value:.12g}") for key, value in row.items()} for name, row in numbers(run(MEDIUM)).items()
    }
    text = json.dumps({"config": asdict(MEDIUM), "metrics": rounded}, indent=2)
    RECORDED.write_text(text + "\n", encoding="utf-8")
