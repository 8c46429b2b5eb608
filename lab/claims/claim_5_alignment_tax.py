"""The alignment tax, what the pretraining mix recovers of it, and why a larger KL coefficient does not.

Ouyang et al. 2022, section 4.2 and appendix E.6 with figures 33 and 34: PPO loses ground on benchmarks; a pretraining
coefficient γ that is large enough recovers what the 1.3B model lost, a larger KL coefficient β does not.

One run trains a base, an SFT and a reward model, and from them PPO with several γ and with several β. Each is measured
on what it was trained for and on two skills that no instruction asks for.
"""

from dataclasses import replace
from typing import Any

import numpy as np

from rlhf_textbook._checks import IntArray
from rlhf_textbook.tiny import TinyConfig, evaluate
from rlhf_textbook.tiny.language import skill_pages
from rlhf_textbook.tiny.model import Params, hidden_states
from rlhf_textbook.tiny.pipeline import make_world, random_streams
from rlhf_textbook.tiny.ppo import train_ppo
from rlhf_textbook.tiny.pretraining import pretrain
from rlhf_textbook.tiny.reward_model import collect_comparisons, train_reward_model
from rlhf_textbook.tiny.sft import fine_tune

CONFIG = TinyConfig()
GAMMAS = (0.0, 0.03, 0.1, 0.3, 1.0, 3.0)
BETAS = (0.2, 0.5, 1.0, 2.0, 5.0, 20.0)
METRICS = ("gold", "win_rate", "reward", "kl", "benchmark_loss", "web_loss")

SEEDS = range(10)
SETTINGS: list[dict[str, Any]] = [{}]


def skill_accuracy(params: Params, skills: IntArray) -> float:
    """Share of the predictable tokens of skill pages that the model finds likeliest; chance is 1 in 27."""
    hidden = hidden_states(params, skills[:, :-1], start=3)
    guesses = (hidden @ params["head"] + params["head_bias"]).argmax(axis=-1)
    return float((skills[:, 4:] == guesses.T).mean())


def measure(seed: int, *, config: TinyConfig = CONFIG) -> dict[str, Any]:
    """Train with each γ at the usual β, and with each β at γ = 0, from one SFT and one reward model.

    Fields are `gamma_gold`, `beta_gold`, …, lists in the order of `GAMMAS` and `BETAS`, and `base_gold`, `sft_gold`, ….
    """

    def stream(name: str) -> np.random.Generator:
        return random_streams(np.random.default_rng(seed))[name]  # from its start, whoever has used it before

    world = make_world(config, stream("world"))
    base = pretrain(config, world.training_prompts, stream("pretraining"))
    sft = fine_tune(base, world.demonstrations[: config.n_demonstrations], config, stream("sft"))
    ranked = collect_comparisons(sft, world.training_prompts, world.labelers, config, stream("comparisons")).sequences
    reward_model = train_reward_model(sft, ranked, world.demonstrations, config, stream("reward model"))

    def look(params: Params) -> dict[str, float]:
        # The same prompts, pages and uniform numbers for every model: differences are the models'.
        seen = evaluate(params, world.test_prompts, sft, reward_model, stream("evaluation"))
        accuracy = skill_accuracy(params, skill_pages(1000, stream("evaluation")))
        return {name: getattr(seen, name) for name in METRICS} | {"skill_accuracy": accuracy}

    def train(beta: float, gamma: float) -> dict[str, float]:
        changed = replace(config, kl_coef=beta)
        rng = stream("ppo-ptx" if gamma > 0 else "ppo")
        return look(train_ppo(sft, reward_model, world.training_prompts, changed, rng, ptx_coef=gamma))

    by_gamma = [train(config.kl_coef, gamma) for gamma in GAMMAS]
    by_beta = [by_gamma[0] if beta == config.kl_coef else train(beta, 0.0) for beta in BETAS]
    fields: dict[str, Any] = {}
    for name, params in (("base", base), ("sft", sft)):
        fields |= {f"{name}_{metric}": value for metric, value in look(params).items()}
    for knob, rows in (("gamma", by_gamma), ("beta", by_beta)):
        fields |= {f"{knob}_{metric}": [row[metric] for row in rows] for metric in rows[0]}
    return fields
