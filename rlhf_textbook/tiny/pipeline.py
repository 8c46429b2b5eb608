"""All stages in their order, and what each has done to the model."""

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from typing import TypeVar

import numpy as np

from rlhf_textbook import _checks as checks
from rlhf_textbook._checks import FloatArray, IntArray
from rlhf_textbook.tiny.config import TinyConfig
from rlhf_textbook.tiny.labelers import features, hire_labelers, quality
from rlhf_textbook.tiny.language import (
    FAQ,
    PROMPT_LENGTH,
    WEB,
    all_prompts,
    demonstrations,
    instruction_pages,
    page_tokens,
    response_tokens,
    skill_pages,
)
from rlhf_textbook.tiny.model import Params, log_probs
from rlhf_textbook.tiny.ppo import train_ppo
from rlhf_textbook.tiny.pretraining import pretrain
from rlhf_textbook.tiny.reward_model import (
    accuracy_ceiling,
    collect_comparisons,
    pair_accuracy,
    reward,
    train_reward_model,
)
from rlhf_textbook.tiny.sampling import sample
from rlhf_textbook.tiny.sft import fine_tune

Stage = TypeVar("Stage")
N_STAGES = 6
STREAMS = ("world", "pretraining", "sft", "comparisons", "reward model", "ppo", "ppo-ptx", "evaluation")
"""Names of the random streams, in the order in which their seeds are drawn."""


def random_streams(rng: np.random.Generator) -> dict[str, np.random.Generator]:
    """One random stream a stage, so that a change to one stage leaves the luck of the others as it was.

    Parameters
    ----------
    rng
        Source of the streams' seeds: eight numbers are drawn.

    Returns
    -------
    dict[str, numpy.random.Generator]
        By the names in `STREAMS`.

    Raises
    ------
    ValueError
        If `rng` is no numpy generator.
    """
    checks.generator("rng", rng)
    return {name: np.random.default_rng(seed) for name, seed in zip(STREAMS, rng.integers(2**63, size=8), strict=True)}


@dataclass(frozen=True)
class World:
    """Prompts and people of one run.

    Attributes
    ----------
    training_prompts
        The prompts that the stages learn from, in random order.
    test_prompts
        All others.
    demonstrations
        A demonstration of each training prompt; SFT sees the first `n_demonstrations`.
    labelers
        Weights of the labelers who rank the training comparisons, shape `(n_labelers, 5)`.
    held_out_labelers
        As many who rank nothing that is trained on.
    """

    training_prompts: IntArray
    test_prompts: IntArray
    demonstrations: IntArray
    labelers: FloatArray
    held_out_labelers: FloatArray


def make_world(config: TinyConfig, rng: np.random.Generator) -> World:
    """Split the prompts, demonstrate the training prompts, hire two groups of labelers."""
    prompts = rng.permutation(all_prompts())
    training, test = prompts[: config.n_training_prompts], prompts[config.n_training_prompts :]
    labelers = hire_labelers(2 * config.n_labelers, config.labeler_spread, rng)
    return World(
        training_prompts=training,
        test_prompts=test,
        demonstrations=demonstrations(training, rng),
        labelers=labelers[: config.n_labelers],
        held_out_labelers=labelers[config.n_labelers :],
    )


@dataclass(frozen=True)
class ModelMetrics:
    """One model on the prompts that no stage has seen.

    Attributes
    ----------
    gold
        Mean quality of its responses to the gold labeler; 3 is perfect.
    exact
        Share of responses that are exactly right.
    rude
        Share of responses with a rude word.
    reward
        Mean score by the reward model.
    kl
        KL from the SFT model, in nats a response, estimated from the responses.
    win_rate
        Share of prompts at which the gold labeler prefers it to the SFT model; a tie counts half.
    benchmark_loss
        Loss a predictable token of the skills that no instruction asks for, in nats: the alignment tax.
    web_loss
        Loss a token of instruction pages of the internet, in nats.
    """

    gold: float
    exact: float
    rude: float
    reward: float
    kl: float
    win_rate: float
    benchmark_loss: float
    web_loss: float


@dataclass(frozen=True)
class PipelineResult:
    """Everything that one run has made and measured.

    Attributes
    ----------
    models
        `base`, `sft`, `reward`, `ppo` and `ppo_ptx`.
    metrics
        By model: `base`, `prompted` (the base model, its prompts starting as a FAQ page), `sft`, `ppo`, `ppo_ptx`.
    reward_model_accuracy
        Share of pairs ordered as the labeler did, a tie counting half: `training`, `validation`, `held_out` labelers;
        and `ceiling` and `held_out_ceiling`, what the labelers' own qualities would reach in spite of the noise on the
        validation pairs and on those of the held-out labelers.
    seconds
        Wall time of each stage.
    world
        Its prompts and people.
    """

    models: dict[str, Params]
    metrics: dict[str, ModelMetrics]
    reward_model_accuracy: dict[str, float]
    seconds: dict[str, float]
    world: World


def evaluate(
    params: Params,
    prompts: IntArray,
    sft: Params,
    reward_model: Params,
    rng: np.random.Generator,
    *,
    n_samples: int = 4,
) -> ModelMetrics:
    """Sample responses to each prompt and measure them against fresh ones of the SFT model.

    Parameters
    ----------
    params
        The language model to measure.
    prompts
        Shape `(n_prompts, 6)`. They may start with `<faq>`; the SFT model is asked with `<web>` in any case.
    sft
        The rival, and the reference of the KL.
    reward_model
        For the mean score.
    rng
        Source of the responses of both, and of the pages for the two losses.
    n_samples
        Responses to each prompt, at least 1.

    Returns
    -------
    ModelMetrics
        Means over prompts and responses.

    Raises
    ------
    ValueError
        If `prompts` has another shape or no row, or an entry is no token.

    Examples
    --------
    ```python
    import numpy as np

    from rlhf_textbook.tiny import evaluate
    from rlhf_textbook.tiny.language import all_prompts
    from rlhf_textbook.tiny.model import init_model, with_scalar_head

    rng = np.random.default_rng(0)
    untrained, sft = init_model(16, 32, rng), init_model(16, 32, rng)
    found = evaluate(untrained, all_prompts()[::8], sft, with_scalar_head(sft, rng), rng)
    print(f"quality {found.gold:.2f}, beats the other {found.win_rate:.0%}")
    print(f"KL {found.kl:.1f} nats")
    ```

    ```text title="Output"
    quality -0.87, beats the other 47%
    KL 2.2 nats
    ```
    """
    asked = np.repeat(prompts, checks.whole_number("n_samples", n_samples, low=1), axis=0)
    sequences = sample(params, asked, rng)
    plain = asked.copy()
    plain[:, 0] = WEB  # the SFT model answers the prompt itself, also where its rival's starts as a FAQ page
    rival = quality(sample(sft, plain, rng))
    gold = quality(sequences)
    seen = features(sequences)
    mask = response_tokens(sequences)
    log_ratios = (
        log_probs(params, sequences, start=PROMPT_LENGTH)[0] - log_probs(sft, sequences, start=PROMPT_LENGTH)[0]
    )
    skills, pages = skill_pages(1000, rng), instruction_pages(2000, prompts, rng)
    counted = page_tokens(pages)
    return ModelMetrics(
        gold=float(gold.mean()),
        exact=float(seen[:, 1].mean()),
        rude=float((seen[:, 3] > 0).mean()),
        reward=float(reward(reward_model, sequences)[0].mean()),
        kl=float((log_ratios * mask).sum(axis=1).mean()),
        win_rate=float(((gold > rival) + 0.5 * (gold == rival)).mean()),
        # The first two symbols of a skill page are free; from the third on only one continuation is right.
        benchmark_loss=float(-log_probs(params, skills, start=4)[0].mean()),
        web_loss=float(-(log_probs(params, pages)[0] * counted).sum() / counted.sum()),
    )


def run_pipeline(
    config: TinyConfig,
    rng: np.random.Generator,
    *,
    on_stage: Callable[[str, int, int], None] | None = None,
) -> PipelineResult:
    """Pretraining, SFT, reward model, PPO and PPO-ptx, each measured on prompts that none has seen.

    Parameters
    ----------
    config
        Settings of every stage.
    rng
        Source of all randomness. The same seed gives the same result, to a relative 1e-6, on every Python and numpy.
    on_stage
        Called as `on_stage(name, done, total)` when a stage begins.

    Returns
    -------
    PipelineResult
        Models, metrics and times.

    Raises
    ------
    ValueError
        If `config` is not a `TinyConfig` or `rng` no numpy generator.

    References
    ----------
    Ouyang et al. 2022, section 3.

    Examples
    --------
    ```python
    import numpy as np

    from rlhf_textbook.tiny import TinyConfig, run_pipeline

    quick = TinyConfig(
        n_hidden=16, pretraining_steps=20, sft_epochs=2, rm_epochs=1, ppo_updates=2
    )
    result = run_pipeline(quick, np.random.default_rng(0))
    print(list(result.metrics))
    ```

    ```text title="Output"
    ['base', 'prompted', 'sft', 'ppo', 'ppo_ptx']
    ```
    """
    if not isinstance(config, TinyConfig):
        raise checks.error("config", "a TinyConfig", repr(config))
    streams = random_streams(rng)
    world = make_world(config, streams["world"])
    training, test = world.training_prompts, world.test_prompts
    seconds: dict[str, float] = {}

    def stage(name: str, run: Callable[[], Stage]) -> Stage:
        if on_stage is not None:
            on_stage(name, len(seconds), N_STAGES)
        begun = perf_counter()
        result = run()
        seconds[name] = perf_counter() - begun
        return result

    def train_reward() -> tuple[Params, dict[str, float]]:
        rng = streams["comparisons"]
        found = collect_comparisons(sft, training, world.labelers, config, rng)
        validation = collect_comparisons(sft, test, world.labelers, config, rng)
        held_out = collect_comparisons(sft, test, world.held_out_labelers, config, rng)
        model = train_reward_model(sft, found.sequences, world.demonstrations, config, streams["reward model"])
        return model, {
            "training": pair_accuracy(model, found.sequences),
            "validation": pair_accuracy(model, validation.sequences),
            "held_out": pair_accuracy(model, held_out.sequences),
            "ceiling": accuracy_ceiling(validation.qualities),
            "held_out_ceiling": accuracy_ceiling(held_out.qualities),
        }

    base = stage("pretraining", lambda: pretrain(config, training, streams["pretraining"]))
    examples = world.demonstrations[: config.n_demonstrations]
    sft = stage("sft", lambda: fine_tune(base, examples, config, streams["sft"]))
    reward_model, accuracy = stage("reward model", train_reward)
    ppo = stage("ppo", lambda: train_ppo(sft, reward_model, training, config, streams["ppo"]))
    ppo_ptx = stage(
        "ppo-ptx",
        lambda: train_ppo(sft, reward_model, training, config, streams["ppo-ptx"], ptx_coef=config.ptx_coef),
    )

    def measure() -> dict[str, ModelMetrics]:
        faq = test.copy()
        faq[:, 0] = FAQ
        entrants = {
            "base": (base, test),
            "prompted": (base, faq),
            "sft": (sft, test),
            "ppo": (ppo, test),
            "ppo_ptx": (ppo_ptx, test),
        }
        rng = streams["evaluation"]
        return {name: evaluate(model, asked, sft, reward_model, rng) for name, (model, asked) in entrants.items()}

    metrics = stage("evaluation", measure)
    return PipelineResult(
        models={"base": base, "sft": sft, "reward": reward_model, "ppo": ppo, "ppo_ptx": ppo_ptx},
        metrics=metrics,
        reward_model_accuracy=accuracy,
        seconds=seconds,
        world=world,
    )
