"""The whole pipeline, seed after seed: what pretraining, SFT, PPO and PPO-ptx each do to a tiny model (section 3)."""

from dataclasses import asdict, replace
from typing import Any

import numpy as np

from rlhf_textbook.tiny import TinyConfig, run_pipeline

SEEDS = range(20)
SETTINGS: list[dict[str, Any]] = [{}]


def measure(seed: int, **changes: Any) -> dict[str, float]:
    """Run the pipeline with its defaults, or some changed, and return every metric as `model.metric`."""
    result = run_pipeline(replace(TinyConfig(), **changes), np.random.default_rng(seed))
    measured = {f"{name}.{key}": value for name, m in result.metrics.items() for key, value in asdict(m).items()}
    measured |= {f"reward_model.{key}": value for key, value in result.reward_model_accuracy.items()}
    return measured
