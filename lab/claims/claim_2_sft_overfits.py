"""Claim 2: SFT overfits in validation loss while its responses go on improving (§3.5).

Ouyang et al. 2022 fine-tune for 16 epochs. The validation loss is at its best after one; the reward model's score and
people's ratings still rise, and the final model is chosen by that score (§3.5, App. C.1).

Measured for several numbers of demonstrations and learning rates, after each epoch: the loss on training and on
unseen demonstrations, the reward model's score, and the gold labeler's quality. The unseen loss is taken apart: what
the right answer costs in either wording, and what the labelers' choice of wording costs on top of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from rlhf_textbook._checks import IntArray
from rlhf_textbook.numerics import log_softmax
from rlhf_textbook.tiny.config import TinyConfig
from rlhf_textbook.tiny.labelers import quality
from rlhf_textbook.tiny.language import FIRST_SYMBOL, N_SYMBOLS, PROMPT_LENGTH, demonstrations, response_tokens
from rlhf_textbook.tiny.model import Params, hidden_states
from rlhf_textbook.tiny.pipeline import make_world, random_streams
from rlhf_textbook.tiny.pretraining import pretrain
from rlhf_textbook.tiny.reward_model import collect_comparisons, reward, train_reward_model
from rlhf_textbook.tiny.sampling import sample
from rlhf_textbook.tiny.sft import fine_tune, sft_loss


@dataclass(frozen=True)
class Arm:
    """One way to fine-tune."""

    n_demonstrations: int
    learning_rate: float
    wordings: int = 2
    """With 1 all demonstrations are in small letters, the unseen ones too."""


ARMS = (Arm(100, 0.01), Arm(300, 0.003), Arm(300, 0.01), Arm(300, 0.03), Arm(1200, 0.01), Arm(300, 0.01, wordings=1))
EPOCHS = (1, 2, 3, 4, 5, 6, 8, 10, 12, 14, 16)

SETTINGS: list[dict[str, Any]] = [{}]
SEEDS = range(20)


def in_small_letters(sequences: IntArray) -> IntArray:
    """Write every symbol the first of its two ways: what a labeler's taste decides is decided for all."""
    return np.where(sequences >= FIRST_SYMBOL + N_SYMBOLS, sequences - N_SYMBOLS, sequences)


def meaning_loss(params: Params, sequences: IntArray) -> float:
    """Mean loss a response token where either wording of the right symbol counts as right, in nats."""
    hidden = hidden_states(params, sequences[:, :-1], start=PROMPT_LENGTH - 1)
    every = log_softmax(hidden @ params["head"] + params["head_bias"])
    small, capital = every[..., FIRST_SYMBOL : FIRST_SYMBOL + N_SYMBOLS], every[..., FIRST_SYMBOL + N_SYMBOLS :]
    by_meaning = np.concatenate([every[..., :FIRST_SYMBOL], np.logaddexp(small, capital)], axis=-1)
    targets = in_small_letters(sequences)[:, PROMPT_LENGTH:].T
    log_p = np.take_along_axis(by_meaning, targets[..., None], axis=-1)[..., 0]
    return float(-log_p[response_tokens(sequences).T].mean())


def measure(
    seed: int, *, config: TinyConfig | None = None, arms: Sequence[Arm] = ARMS, epochs: Sequence[int] = EPOCHS
) -> dict[str, Any]:
    """One seed: each field a table by arm and epoch."""
    config = config or TinyConfig()
    streams = random_streams(np.random.default_rng(seed))
    world = make_world(config, streams["world"])
    training, asked = world.training_prompts, np.repeat(world.test_prompts, 4, axis=0)
    base = pretrain(config, training, streams["pretraining"])
    sft = fine_tune(base, world.demonstrations[: config.n_demonstrations], config, streams["sft"])
    found = collect_comparisons(sft, training, world.labelers, config, streams["comparisons"])
    judge = train_reward_model(sft, found.sequences, world.demonstrations, config, streams["reward model"])
    rng = streams["evaluation"]
    unseen = demonstrations(asked, rng)

    def learning_curve(arm: Arm) -> list[dict[str, float]]:
        """Fine-tune as the arm says, and look at the model after each of `epochs`."""
        worded = in_small_letters if arm.wordings == 1 else np.asarray
        shown, others = worded(world.demonstrations[: arm.n_demonstrations]), worded(unseen)
        curve: list[dict[str, float]] = []

        def look(epoch: int, params: Params) -> None:
            if epoch + 1 in epochs:
                responses = sample(params, asked, rng)
                curve.append(
                    {
                        "training_loss": sft_loss(params, shown)[0],
                        "validation_loss": sft_loss(params, others)[0],
                        "meaning_loss": meaning_loss(params, others),
                        "score": reward(judge, responses)[0].mean(),
                        "gold": quality(responses).mean(),
                    }
                )

        plan = replace(config, sft_epochs=max(epochs), sft_lr=arm.learning_rate)
        fine_tune(base, shown, plan, streams["sft"], after_epoch=look)
        return curve

    curves = [learning_curve(arm) for arm in arms]
    return {name: [[point[name] for point in curve] for curve in curves] for name in curves[0][0]}
