"""What several test files need: gradients by differences, and one valid call of every public function."""

import copy
import dataclasses
import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

import rlhf_textbook


def numerical_gradient(function: Callable[[NDArray[np.float64]], float], point: ArrayLike) -> NDArray[np.float64]:
    """Central differences, one entry at a time."""
    at = np.array(point, dtype=np.float64)
    gradient = np.empty_like(at)
    step = 1e-5  # near the cube root of the float's precision, where rounding and curvature err alike
    for index in np.ndindex(at.shape):
        ahead, behind = at.copy(), at.copy()
        ahead[index] += step
        behind[index] -= step
        gradient[index] = (function(ahead) - function(behind)) / (2 * step)
    return gradient


def relative_error(found: NDArray[np.float64], expected: NDArray[np.float64]) -> float:
    return float(np.linalg.norm(found - expected) / np.linalg.norm(expected))


LOG_PROBS = np.log([[0.5, 0.25, 0.125], [0.9, 0.3, 0.6]])
REF_LOG_PROBS = np.log([[0.4, 0.35, 0.125], [0.8, 0.2, 0.7]])
DISTRIBUTIONS = np.log([[0.5, 0.25, 0.25], [0.125, 0.75, 0.125]])
REF_DISTRIBUTIONS = np.log([[0.25, 0.25, 0.5], [0.25, 0.5, 0.25]])
MASK = np.array([[True, True, False], [True, True, True]])
TABLE = np.array([[1.8, 0.9, 0.3], [0.2, 0.7, -0.1]])
RANKED_FEATURES = np.array([[[0.9, 0.2], [0.4, 0.6], [0.1, 0.3]], [[0.5, 0.8], [0.7, 0.1], [0.2, 0.4]]])
RNG = np.random.default_rng(0)  # `call` passes a copy of it, so that every call draws the same

# Every argument is given, the optional ones too, so that a test can replace each of them.
VALID_CALLS: dict[str, dict[str, Any]] = {
    "advantages": {"rewards": TABLE, "baselines": TABLE[0]},
    "best_of_n_kl": {"n_samples": np.array([1, 4, 16])},
    "break_even_prompts": {"training_cost": 1e6, "n_samples": 16, "generation_cost": 1.0, "scoring_cost": 0.1},
    "clipped_surrogate": {
        "log_probs": LOG_PROBS,
        "old_log_probs": REF_LOG_PROBS,
        "token_advantages": TABLE,
        "clip_range": 0.2,
        "mask": MASK,
    },
    "cosine_learning_rate": {"step": np.array([0.0, 50.0]), "n_steps": 100, "peak": 1.0, "final_fraction": 0.1},
    "exact_kl": {"log_probs": DISTRIBUTIONS, "ref_log_probs": REF_DISTRIBUTIONS, "axis": -1},
    "expected_best_of_n": {
        "proxy_scores": TABLE,
        "gold_scores": TABLE[::-1],
        "n_samples": np.array([1, 2, 3]),
    },
    "expected_win_rate": {"quality_gap": TABLE},
    "fit_linear_reward_model": {
        "features": RANKED_FEATURES,
        "method": "gradient_descent",
        "l2": 0.1,
        "tolerance": 1e-9,
        "max_iterations": 5,
        "learning_rate": 1.0,
        "initial_weights": np.array([1.0, 0.5]),
    },
    "fit_overoptimization": {
        "kl": np.array([0.0, 0.25, 1.0, 4.0]),
        "gold_gain": np.array([0.0, 0.125, 0.25, 0.25]),
        "form": "best_of_n",
    },
    "generalized_advantages": {
        "rewards": TABLE,
        "values": TABLE[::-1],
        "discount": 0.9,
        "gae_lambda": 0.8,
        "mask": MASK,
    },
    "inference_cost": {"n_samples": 16, "generation_cost": 1.0, "scoring_cost": 0.1},
    "kl_estimates": {"log_probs": LOG_PROBS, "ref_log_probs": REF_LOG_PROBS},
    "labeler_agreement": {"scores": TABLE, "other_scores": TABLE[::-1], "temperature": 0.5},
    "linear_ranking_loss_and_gradient": {"weights": np.array([1.0, 0.5]), "features": RANKED_FEATURES},
    "log_likelihood": {"log_probs": LOG_PROBS, "mask": MASK},
    "log_sigmoid": {"x": TABLE},
    "log_softmax": {"logits": TABLE, "axis": -1},
    "n_pairs": {"n_responses": np.array([4, 9])},
    "next_token_log_probs": {"logits": TABLE, "tokens": np.array([0, 2])},
    "normalize_rewards": {"rewards": TABLE, "demonstration_rewards": TABLE[0]},
    "pad_rankings": {"rankings": TABLE},
    "pairwise_loss": {"chosen_rewards": TABLE, "rejected_rewards": TABLE[::-1]},
    "perplexity": {"log_probs": LOG_PROBS, "mask": MASK},
    "ppo_ptx_objective": {
        "rewards": TABLE[:, 0],
        "log_probs": LOG_PROBS,
        "ref_log_probs": REF_LOG_PROBS,
        "pretrain_log_likelihoods": LOG_PROBS[0],
        "kl_coef": 0.02,
        "ptx_coef": 0.1,
        "mask": MASK,
    },
    "preference_probability": {"chosen_rewards": TABLE, "rejected_rewards": TABLE[::-1]},
    "quality_gap": {"win_rate": np.array([0.5, 0.85])},
    "rank_responses": {"scores": TABLE, "temperature": 0.5, "rng": RNG},
    "ranking_accuracy": {"rewards": TABLE, "n_responses": np.array([2, 3])},
    "ranking_loss": {"rewards": TABLE, "n_responses": np.array([2, 3])},
    "ranking_loss_and_gradient": {"rewards": TABLE, "n_responses": np.array([2, 3])},
    "ranking_pairs": {"ranks": np.array([2, 1, 3])},
    "response_mask": {"prompt_lengths": np.array([2, 3]), "sequence_lengths": np.array([5, 4])},
    "reweighted_policy": {"scores": TABLE[0], "kl_coef": 0.5},
    "sample_responses": {"n_prompts": 3, "n_responses": 4, "fabrication_rate": 0.25, "rng": RNG},
    "scaling_loss_ratio": {"size_ratio": np.array([1.0, 134.6]), "exponent": 0.076},
    "scaling_size_ratio": {"loss_ratio": np.array([1.0, 0.5]), "exponent": 0.076},
    "sequence_log_ratio": {"log_probs": LOG_PROBS, "ref_log_probs": REF_LOG_PROBS, "mask": MASK},
    "sft_loss": {"log_probs": LOG_PROBS, "mask": MASK, "reduction": "mean"},
    "sigmoid": {"x": TABLE},
    "soft_best_of_n": {"scores": TABLE[0], "n_samples": 4, "kl_coef": 0.5, "n_groups": 10, "rng": RNG},
    "softmax": {"logits": TABLE, "axis": -1},
    "token_rewards": {
        "rewards": TABLE[:, 0],
        "log_probs": LOG_PROBS,
        "ref_log_probs": REF_LOG_PROBS,
        "kl_coef": 0.02,
        "mask": MASK,
    },
    "win_rate_interval": {"wins": 85.0, "n_comparisons": 100, "confidence": 0.95},
}


def call(name: str, **replaced: Any) -> Any:
    """Make the valid call of a public function, with some arguments replaced."""
    function = getattr(rlhf_textbook, name)
    given = VALID_CALLS[name] | replaced
    if isinstance(given.get("rng"), np.random.Generator):
        given["rng"] = copy.deepcopy(given["rng"])
    parameters = inspect.signature(function).parameters.values()
    positional = [given.pop(p.name) for p in parameters if p.kind is not p.KEYWORD_ONLY]
    return function(*positional, **given)


def parts(result: Any) -> list[Any]:
    """Take a result apart: an array or number alone, a tuple's items, a dataclass's fields."""
    if dataclasses.is_dataclass(result):
        return [getattr(result, field.name) for field in dataclasses.fields(result)]
    return list(result) if isinstance(result, tuple) else [result]
