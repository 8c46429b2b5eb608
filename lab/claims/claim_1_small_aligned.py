"""Claim 1: a small aligned model is preferred to a much larger one that is not aligned (abstract, §1).

Ouyang et al. 2022: labelers prefer the outputs of the 1.3B InstructGPT to those of the 175B GPT-3, which has about 135
times as many parameters, also where GPT-3 is prompted to follow instructions.

One run trains a small base model and aligns it, by SFT and then by PPO-ptx, and trains a base model with 30 times as
many parameters on as many pages of the internet. The gold labeler compares what they write. Beside it stands what each
base model has learned of the internet, and, as a control, the large model after SFT.
"""

from dataclasses import replace
from typing import Any

import numpy as np

from rlhf_textbook._checks import IntArray
from rlhf_textbook.tiny.config import TinyConfig
from rlhf_textbook.tiny.labelers import features, quality
from rlhf_textbook.tiny.language import FAQ, instruction_pages, skill_pages
from rlhf_textbook.tiny.model import Params, log_probs, n_parameters
from rlhf_textbook.tiny.pipeline import make_world, random_streams
from rlhf_textbook.tiny.ppo import train_ppo
from rlhf_textbook.tiny.pretraining import pretrain, web_loss
from rlhf_textbook.tiny.reward_model import collect_comparisons, train_reward_model
from rlhf_textbook.tiny.sampling import sample
from rlhf_textbook.tiny.sft import fine_tune

# The learning rates that were best on seeds 100 and 101, for each size; of pretraining both times the default.
SMALL = TinyConfig(n_hidden=32, sft_lr=0.03)
LARGE = replace(SMALL, n_hidden=1024, sft_lr=0.01)
ENTRANTS = ("small base", "small prompted", "small SFT", "small PPO-ptx", "large base", "large prompted", "large SFT")
N_ANSWERS = 4  # of each model to each prompt

SETTINGS: list[dict[str, Any]] = [{}]
SEEDS = range(10)


def knowledge(base: Params, prompts: IntArray, rng: np.random.Generator) -> tuple[float, float]:
    """Loss a token of fresh instruction pages, and of skill pages from the third symbol on, in nats."""
    loss, _ = web_loss(base, instruction_pages(5000, prompts, rng))
    return loss, float(-log_probs(base, skill_pages(2000, rng), start=4)[0].mean())


def measure(seed: int, *, small: TinyConfig = SMALL, large: TinyConfig = LARGE) -> dict[str, Any]:
    """One seed: `wins[i][j]` is how often entrant i is preferred to entrant j, where a tie counts half.

    `gold`, `exact` and `ties` are what the win rates are made of; fields that end in `_loss` are of the base models.
    """
    streams = random_streams(np.random.default_rng(seed))
    world = make_world(small, streams["world"])
    training, examples = world.training_prompts, world.demonstrations[: small.n_demonstrations]

    base = pretrain(small, training, streams["pretraining"])
    sft = fine_tune(base, examples, small, streams["sft"])
    found = collect_comparisons(sft, training, world.labelers, small, streams["comparisons"])
    judge = train_reward_model(sft, found.sequences, world.demonstrations, small, streams["reward model"])
    ppo_ptx = train_ppo(sft, judge, training, small, streams["ppo-ptx"], ptx_coef=small.ptx_coef)

    large_base = pretrain(large, training, streams["pretraining"])
    large_sft = fine_tune(large_base, examples, large, streams["sft"])

    rng = streams["evaluation"]
    asked = np.repeat(world.test_prompts, N_ANSWERS, axis=0)
    faq = asked.copy()
    faq[:, 0] = FAQ
    players = [(base, asked), (base, faq), (sft, asked), (ppo_ptx, asked)]
    players += [(large_base, asked), (large_base, faq), (large_sft, asked)]
    answers = [sample(params, prompts, rng) for params, prompts in players]
    gold = np.array([quality(written) for written in answers])
    ties = (gold[:, None] == gold).mean(axis=-1)
    small_web, small_skill = knowledge(base, training, rng)
    large_web, large_skill = knowledge(large_base, training, rng)
    return {
        "wins": (gold[:, None] > gold).mean(axis=-1) + ties / 2,
        "ties": ties,
        "gold": gold.mean(axis=1),
        "exact": [features(written)[:, 1].mean() for written in answers],
        "small_parameters": n_parameters(base),
        "large_parameters": n_parameters(large_base),
        "small_web_loss": small_web,
        "large_web_loss": large_web,
        "small_skill_loss": small_skill,
        "large_skill_loss": large_skill,
    }
