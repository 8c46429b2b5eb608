"""A mistaken call says which argument is wrong, what was expected and what came."""

import inspect
import re
from typing import Any

import numpy as np
import pytest

import rlhf_textbook
from tests.helpers import VALID_CALLS, call

RAGGED = [[1.0, 2.0], [3.0]]
NAN = float("nan")
INF = float("inf")
INTP = np.iinfo(np.intp)

# What no argument of any function takes.
NEVER = {
    "text": "two",
    "texts": ["one", "two"],
    "complex number": 1j,
    "complex numbers": [1j, 2j],
    "boolean": True,
    "nothing": None,
    "list with nothing in it": [],
    "list with None in it": [1.0, None],
    "rows of different lengths": RAGGED,
    "not a number": NAN,
    "date": np.datetime64("2022-03-04"),
    "set": {1.0, 2.0},
}

# None stands for "all tokens count", "all rankings are full", "find one yourself".
OPTIONAL = {
    (name, argument)
    for name, arguments in VALID_CALLS.items()
    for argument in ("mask", "n_responses", "learning_rate", "initial_weights")
    if argument in arguments and inspect.signature(getattr(rlhf_textbook, name)).parameters[argument].default is None
}

LOG_PROBS = [
    ([0.5, -1.0], "log-probabilities (at most 0), got 0.5"),
    ([-1.0, NAN], "numbers, got 1 NaN among 2 values"),
]
PADDED = [
    ("mask", [True, False], r"shape (2, 3), got shape (2,)"),
    ("mask", [[1, 0, 2], [1, 1, 1]], "booleans, or zeros and ones"),
    ("mask", [[1, 0, NAN], [1, 1, 1]], "booleans, or zeros and ones"),
    ("mask", [["a", "b", "c"], ["d", "e", "f"]], "booleans, or zeros and ones"),
    ("mask", np.zeros((2, 3)), "at least one position kept"),
]
RANKINGS = [
    ("rewards", [[1.0, 2.0], [3.0]], "one length for all rankings, got rows of different lengths; see pad_rankings"),
    ("rewards", [1.0], "at least 2 responses in a ranking"),
    ("rewards", [[1.0], [2.0]], "at least 2 responses in a ranking"),
    ("rewards", 1.0, "at least 2 responses in a ranking"),
    ("rewards", np.zeros((0, 4)), "at least one value"),
    ("rewards", np.zeros((2, 0)), "at least one value"),
    ("rewards", np.zeros((2, 3, 4)), "shape (K,) or (n_prompts, K), got shape (2, 3, 4)"),
    ("rewards", [[1.0, 2.0, NAN], [1.0, 2.0, NAN]], "numbers, got 1 NaN"),  # the first of the two is padding
    ("rewards", [[1.0, 2.0, 3.0], [1.0, INF, INF]], "margins that are defined, got the same infinity twice"),
    ("rewards", [[1.0, 2.0, 3.0], [-INF, 1.0, -INF]], "margins that are defined, got the same infinity twice"),
    ("rewards", [True, False], "real numbers, got dtype bool"),
    ("rewards", ["best", "worst"], "real numbers, got dtype <U5"),
    ("n_responses", [2, 1], "at least 2 responses in a ranking, got 1"),
    ("n_responses", [2, 0], "at least 2 responses in a ranking, got 0"),
    ("n_responses", [2, 4], "at most 3, the width of rewards, got 4"),
    ("n_responses", [2, 3, 3], "one length for each of 2 prompts, got shape (3,)"),
    ("n_responses", [[2, 3]], "0 to 1 dimension(s)"),
    ("n_responses", [2.0, 3.0], "integers, got dtype float64"),
]
RANKED_FEATURES = [
    ("features", [[1.0, 2.0]], "3 dimension(s), got shape (1, 2)"),
    ("features", np.zeros((1, 2, 3, 2)), "3 dimension(s), got shape (1, 2, 3, 2)"),
    ("features", np.zeros((2, 1, 3)), "at least 2 responses in a ranking, got shape (2, 1, 3)"),
    ("features", np.zeros((0, 3, 2)), "at least one value, got an empty array of shape (0, 3, 2)"),
    ("features", [[[1.0, 2.0], [NAN, 0.0]]], "numbers, got 1 NaN among 4 values"),
    ("features", [[[1.0, 2.0], [INF, 0.0]]], "finite numbers, got 1 infinite among 4 values"),
]
MARGINS = [
    ("chosen_rewards", [1.0, NAN], "numbers, got 1 NaN"),
    ("rejected_rewards", 1.0, "the shape of chosen_rewards, (2, 3), got shape ()"),
    ("rejected_rewards", np.full((2, 3), NAN), "numbers, got 6 NaN among 6 values"),
]
NO_AXES = (2, -3, 0.5, (0, 1))
LOGITS_AXES = [("axis", axis, "an axis of logits with shape (2, 3)") for axis in NO_AXES]
DISTRIBUTION_AXES = [("axis", axis, "an axis of log_probs with shape (2, 3)") for axis in NO_AXES]
COSTS = [
    ("n_samples", 0, "an integer of at least"),
    ("n_samples", 16.0, "an integer of at least"),
    ("n_samples", [16], "an integer of at least"),
    ("generation_cost", -1.0, "a finite number in [0, inf], got -1"),
    ("generation_cost", INF, "a finite number in [0, inf], got inf"),
    ("scoring_cost", -0.1, "a finite number in [0, inf], got -0.1"),
    ("scoring_cost", [0.1], "a single number, got shape (1,)"),
]

RNGS = [("rng", 42, "a numpy.random.Generator, as numpy.random.default_rng(0), got 42")]
SCORE_LIST = [
    ("scores", [[1.0, 2.0]], "expected 1 dimension(s), got shape (1, 2)"),
    ("scores", 1.0, "expected 1 dimension(s), got shape ()"),
    ("scores", [1.0, INF], "finite numbers, got 1 infinite"),
]
KL_COEFS = [
    ("kl_coef", 0.0, "a finite number in (0, inf], got 0"),
    ("kl_coef", INF, "a finite number in (0, inf], got inf"),
    ("kl_coef", [0.5], "a single number"),
]

MISTAKES: dict[str, list[tuple[str, Any, str]]] = {
    "advantages": [
        ("rewards", [1.0, NAN, 2.0], "numbers, got 1 NaN"),
        ("rewards", [1.0, INF, 2.0], "finite numbers, got 1 infinite"),
        ("baselines", [1.0, 2.0], "a shape that broadcasts with rewards, (2, 3), got shape (2,)"),
        ("baselines", -INF, "finite numbers"),
    ],
    "best_of_n_kl": [
        ("n_samples", [4, 0], "integers of at least 1, got 0"),
        ("n_samples", -1, "integers of at least 1, got -1"),
        ("n_samples", 4.0, "integers, got dtype float64"),
        ("n_samples", 2**63, f"integers from {INTP.min} to {INTP.max}, got {2**63}"),
        ("n_samples", 2**70, "real numbers, got dtype object"),
    ],
    "break_even_prompts": [
        ("training_cost", -1.0, "a finite number in [0, inf]"),
        ("training_cost", INF, "a finite number in [0, inf]"),
        ("training_cost", [1.0], "a single number"),
        ("n_samples", 1, "an integer of at least 2, got 1"),
        *COSTS,
    ],
    "clipped_surrogate": [
        *(("log_probs", value, phrase) for value, phrase in LOG_PROBS),
        *(("old_log_probs", value, phrase) for value, phrase in LOG_PROBS),
        ("old_log_probs", -1.0, "the shape of log_probs, (2, 3), got shape ()"),
        ("old_log_probs", [[-1, -INF, -1], [-1, -1, -1]], "finite values (these tokens were sampled), got -inf"),
        ("token_advantages", [1.0, 2.0], "the shape of log_probs, (2, 3), got shape (2,)"),
        ("token_advantages", np.full((2, 3), INF), "finite numbers"),
        ("clip_range", -0.2, "a finite number in [0, inf], got -0.2"),
        ("clip_range", INF, "a finite number in [0, inf], got inf"),
        ("clip_range", [0.2], "a single number"),
        *PADDED,
    ],
    "cosine_learning_rate": [
        ("step", [0.0, 101.0], "steps in [0, 100], got 0 to 101"),
        ("step", [-1.0, 50.0], "steps in [0, 100], got -1 to 50"),
        ("n_steps", 0, "an integer of at least 1"),
        ("n_steps", 10.0, "an integer of at least 1"),
        ("peak", 0.0, "a finite number in (0, inf], got 0"),
        ("peak", INF, "a finite number in (0, inf], got inf"),
        ("final_fraction", -0.1, "a finite number in [0, 1], got -0.1"),
        ("final_fraction", 1.1, "a finite number in [0, 1], got 1.1"),
    ],
    "exact_kl": [
        *(("log_probs", value, phrase) for value, phrase in LOG_PROBS),
        ("log_probs", 0.0, "at least 1 dimension(s), got shape ()"),
        ("log_probs", [-1.0, -1.0], "probabilities that sum to 1 over axis -1, got a sum of 0.735759"),
        *(("ref_log_probs", value, phrase) for value, phrase in LOG_PROBS),
        ("ref_log_probs", [0.0], "the shape of log_probs, (2, 3), got shape (1,)"),
        (
            "ref_log_probs",
            np.log([[0.5, 0.5], [0.5, 0.4]]),
            "probabilities that sum to 1 over axis -1, got a sum of 0.9",
        ),
        ("ref_log_probs", np.log([[0.5, 0.49], [0.5, 0.55]]), "got a sum of 1.05"),  # the worst one is named
        ("ref_log_probs", np.log([0.5, 0.500005]), "probabilities that sum to 1 over axis -1, got a sum of 1"),
        *DISTRIBUTION_AXES,
    ],
    "expected_best_of_n": [
        ("proxy_scores", 1.0, "1 to 2 dimension(s), got shape ()"),
        ("proxy_scores", [1.0, -INF], "finite numbers, got 1 infinite"),
        ("gold_scores", [1.0, 2.0, 3.0], "the shape of proxy_scores, (2, 3), got shape (3,)"),
        ("gold_scores", np.full((2, 3), INF), "finite numbers"),
        ("n_samples", [1, 4], "integers from 1 to 3, the number of samples, got 4"),
        ("n_samples", 0, "integers from 1 to 3, the number of samples, got 0"),
        ("n_samples", 2.0, "integers, got dtype float64"),
    ],
    "expected_win_rate": [("quality_gap", [1.0, NAN], "numbers, got 1 NaN")],
    "fit_linear_reward_model": [
        *RANKED_FEATURES,
        ("method", "adam", '"newton" or "gradient_descent", got \'adam\''),
        ("l2", -0.1, "a finite number in [0, inf], got -0.1"),
        ("l2", INF, "a finite number in [0, inf], got inf"),
        ("tolerance", 0.0, "a finite number in (0, inf], got 0"),
        ("max_iterations", 0, "an integer of at least 1, got 0"),
        ("max_iterations", 10.0, "an integer of at least 1"),
        ("learning_rate", 0.0, "a finite number in (0, inf], got 0"),
        ("learning_rate", 1e300, "a rate at which the weights stay finite, got 1e+300"),
        ("initial_weights", [1.0, 2.0, 3.0], "one weight for each of 2 features, got shape (3,)"),
        ("initial_weights", [1.0, INF], "finite numbers, got 1 infinite among 2 values"),
        ("initial_weights", [1e308, -1e308], "finite scores features @ initial_weights, got an overflow"),
    ],
    "fit_overoptimization": [
        ("kl", [0.0, 1.0, -1.0, 2.0], "divergences of at least 0, got -1"),
        ("kl", [0.0, 0.0, 1.0, 1.0], "at least two different divergences above 0, got [0. 0. 1. 1.]"),
        ("kl", [[0.0, 1.0, 2.0, 3.0]], "1 dimension(s)"),
        ("kl", 1.0, "1 dimension(s), got shape ()"),
        ("kl", [0.0, 1.0, 2.0, INF], "finite numbers"),
        ("gold_gain", [0.0, 1.0], "the shape of kl, (4,), got shape (2,)"),
        ("gold_gain", [0.0, 1.0, 2.0, INF], "finite numbers"),
        ("form", "ppo", '"best_of_n" or "rl", got \'ppo\''),
    ],
    "generalized_advantages": [
        ("rewards", 1.0, "at least 1 dimension(s), got shape ()"),
        ("rewards", [1.0, INF], "finite numbers"),
        ("values", 1.0, "at least 1 dimension(s), got shape ()"),
        ("values", [1.0, 2.0], "the shape of rewards, (2, 3), got shape (2,)"),
        ("discount", -0.1, "a finite number in [0, 1], got -0.1"),
        ("discount", 1.1, "a finite number in [0, 1], got 1.1"),
        ("gae_lambda", -0.1, "a finite number in [0, 1], got -0.1"),
        ("gae_lambda", 1.1, "a finite number in [0, 1], got 1.1"),
        *PADDED,
    ],
    "inference_cost": COSTS,
    "kl_estimates": [
        *(("log_probs", value, phrase) for value, phrase in LOG_PROBS),
        ("log_probs", [[-1, -INF, -1], [-1, -1, -1]], "finite values (these tokens were sampled), got -inf"),
        *(("ref_log_probs", value, phrase) for value, phrase in LOG_PROBS),
        ("ref_log_probs", [-1.0], "the shape of log_probs, (2, 3), got shape (1,)"),
    ],
    "labeler_agreement": [
        ("scores", 1.0, "1 to 2 dimension(s), got shape ()"),
        ("scores", np.full((2, 3), INF), "finite numbers"),
        ("other_scores", 1.0, "1 to 2 dimension(s), got shape ()"),
        ("other_scores", np.zeros((1, 2, 3)), "1 to 2 dimension(s), got shape (1, 2, 3)"),
        ("other_scores", [1.0, 2.0, 3.0], "the shape of scores, (2, 3), got shape (3,)"),
        ("temperature", 0.0, "a finite number in (0, inf], got 0"),
        ("temperature", -0.1, "a finite number in (0, inf], got -0.1"),
    ],
    "linear_ranking_loss_and_gradient": [
        ("weights", [1.0, 2.0, 3.0], "one weight for each of 2 features, got shape (3,)"),
        ("weights", [[1.0, 2.0]], "1 dimension(s), got shape (1, 2)"),
        ("weights", 1.0, "1 dimension(s), got shape ()"),
        ("weights", [1.0, INF], "finite numbers, got 1 infinite among 2 values"),
        *RANKED_FEATURES,
    ],
    "log_likelihood": [
        *(("log_probs", value, phrase) for value, phrase in LOG_PROBS),
        ("log_probs", -1.0, "at least 1 dimension(s), got shape ()"),
        *PADDED,
    ],
    "log_sigmoid": [("x", [1.0, NAN], "numbers, got 1 NaN among 2 values")],
    "log_softmax": [
        ("logits", 1.0, "at least 1 dimension(s), got shape ()"),
        ("logits", [[1.0, INF]], "a finite largest value in every row, got inf"),
        ("logits", [[1.0, 2.0], [-INF, -INF]], "a finite largest value in every row, got -inf"),
        *LOGITS_AXES,
    ],
    "n_pairs": [
        ("n_responses", [4, 1], "at least 2 responses in a ranking, got 1"),
        ("n_responses", -4, "at least 2 responses in a ranking, got -4"),
        ("n_responses", 4.0, "integers, got dtype float64"),
    ],
    "next_token_log_probs": [
        ("logits", [1.0, 2.0], "at least 2 dimension(s), got shape (2,)"),
        ("logits", [[1.0, INF, 0.0], [1.0, 2.0, 3.0]], "a finite largest value in every row, got inf"),
        ("tokens", 0, "at least 1 dimension(s), got shape ()"),
        ("tokens", [0, 1, 2], "shape (2,) for logits of shape (2, 3), got shape (3,)"),
        ("tokens", [0, 3], "ids in [0, 3), got 3"),
        ("tokens", [-1, 0], "ids in [0, 3), got -1"),
        ("tokens", [0.0, 1.0], "integers, got dtype float64"),
    ],
    "normalize_rewards": [
        ("rewards", [1.0, INF], "finite numbers, got 1 infinite among 2 values"),
        ("demonstration_rewards", [1.0, -INF], "finite numbers, got 1 infinite among 2 values"),
    ],
    "pad_rankings": [
        ("rankings", 5, "one list of scores a prompt, got int"),
        ("rankings", [], "at least one ranking, got none"),
        ("rankings", [1.0, 2.0], "1 dimension(s), got shape ()"),
        ("rankings", [[[1.0, 2.0]]], "1 dimension(s), got shape (1, 2)"),
        ("rankings", [[1.0, 2.0], [3.0]], "at least 2 responses, got 1"),
        ("rankings", [[1.0, 2.0], []], "at least one value"),
        ("rankings", [[1.0, 2.0], [1.0, NAN]], "numbers, got 1 NaN among 2 values"),
        ("rankings", [RAGGED], "an array of numbers, got rows of different lengths"),
    ],
    "pairwise_loss": MARGINS,
    "perplexity": [*(("log_probs", value, phrase) for value, phrase in LOG_PROBS), *PADDED],
    "ppo_ptx_objective": [
        ("rewards", [1.0], "one score a response, shape (2,), got shape (1,)"),
        ("rewards", [1.0, INF], "finite numbers"),
        *(("log_probs", value, phrase) for value, phrase in LOG_PROBS),
        ("log_probs", [[-1, -INF, -1], [-1, -1, -1]], "finite values (these tokens were sampled), got -inf"),
        *(("ref_log_probs", value, phrase) for value, phrase in LOG_PROBS),
        ("ref_log_probs", [-1.0], "the shape of log_probs, (2, 3), got shape (1,)"),
        *(("pretrain_log_likelihoods", value, phrase) for value, phrase in LOG_PROBS),
        ("pretrain_log_likelihoods", None, "values, since ptx_coef is 0.1, got None"),
        ("kl_coef", -0.02, "a finite number in [0, inf], got -0.02"),
        ("ptx_coef", -27.8, "a finite number in [0, inf], got -27.8"),
        *PADDED,
    ],
    "preference_probability": MARGINS,
    "quality_gap": [
        ("win_rate", [0.5, 0.0], "probabilities strictly between 0 and 1, got 0"),
        ("win_rate", 1.0, "probabilities strictly between 0 and 1, got 1"),
        ("win_rate", 85.0, "probabilities strictly between 0 and 1, got 85"),
        ("win_rate", -0.1, "probabilities strictly between 0 and 1, got -0.1"),
    ],
    "rank_responses": [
        ("scores", 1.0, "1 to 2 dimension(s), got shape ()"),
        ("scores", [1.0, INF], "finite numbers, got 1 infinite"),
        ("temperature", -0.1, "a finite number in [0, inf], got -0.1"),
        *RNGS,
    ],
    "ranking_accuracy": RANKINGS,
    "ranking_loss": RANKINGS,
    "ranking_loss_and_gradient": RANKINGS,
    "ranking_pairs": [
        ("ranks", [1], "at least 2 responses in a ranking, got 1"),
        ("ranks", 1, "1 dimension(s), got shape ()"),
        ("ranks", [[1, 2]], "1 dimension(s), got shape (1, 2)"),
        ("ranks", [1.0, 2.0], "integers, got dtype float64"),
    ],
    "response_mask": [
        ("prompt_lengths", [-1, 3], "lengths of at least 0, got -1"),
        ("prompt_lengths", [[2, 3]], "0 to 1 dimension(s)"),
        ("prompt_lengths", [2.0, 3.0], "integers, got dtype float64"),
        ("sequence_lengths", [[5, 4]], "0 to 1 dimension(s)"),
        ("sequence_lengths", 5, "the shape of prompt_lengths, (2,), got shape ()"),
        ("sequence_lengths", [5, 3], "more tokens than the prompt has, got 3 for a prompt of 3"),
        ("sequence_lengths", [5.0, 4.0], "integers, got dtype float64"),
    ],
    "reweighted_policy": [*SCORE_LIST, *KL_COEFS],
    "sample_responses": [
        ("n_prompts", 0, "an integer of at least 1, got 0"),
        ("n_prompts", 3.0, "an integer of at least 1, got 3.0"),
        ("n_responses", -1, "an integer of at least 1, got -1"),
        ("fabrication_rate", 1.1, "a finite number in [0, 1], got 1.1"),
        ("fabrication_rate", -0.1, "a finite number in [0, 1], got -0.1"),
        *RNGS,
    ],
    "scaling_loss_ratio": [
        ("size_ratio", [1.0, 0.0], "positive ratios, got 0"),
        ("size_ratio", INF, "finite numbers"),
        ("exponent", 0.0, "a finite number in (0, inf], got 0"),
        ("exponent", -0.076, "a finite number in (0, inf], got -0.076"),
    ],
    "scaling_size_ratio": [
        ("loss_ratio", [1.0, -1.0], "positive ratios, got -1"),
        ("loss_ratio", INF, "finite numbers"),
        ("exponent", 0.0, "a finite number in (0, inf], got 0"),
    ],
    "sequence_log_ratio": [
        *(("log_probs", value, phrase) for value, phrase in LOG_PROBS),
        ("log_probs", -1.0, "at least 1 dimension(s), got shape ()"),
        ("log_probs", [[-1, -INF, -1], [-1, -1, -1]], "finite values (these tokens were sampled), got -inf"),
        *(("ref_log_probs", value, phrase) for value, phrase in LOG_PROBS),
        ("ref_log_probs", [-1.0], "the shape of log_probs, (2, 3), got shape (1,)"),
        *PADDED,
    ],
    "sft_loss": [
        *(("log_probs", value, phrase) for value, phrase in LOG_PROBS),
        ("log_probs", -1.0, "1 to 2 dimension(s), got shape ()"),
        ("log_probs", np.zeros((1, 2, 3)), "1 to 2 dimension(s), got shape (1, 2, 3)"),
        ("mask", None, "shape (2, 3), got None"),
        ("reduction", "average", '"mean" or "sum", got \'average\''),
        *PADDED,
    ],
    "sigmoid": [("x", [1.0, NAN], "numbers, got 1 NaN among 2 values")],
    "soft_best_of_n": [
        *SCORE_LIST,
        *KL_COEFS,
        ("n_samples", 0, "an integer of at least 1, got 0"),
        ("n_groups", 0, "an integer of at least 1, got 0"),
        *RNGS,
    ],
    "softmax": [("logits", [[1.0, INF]], "a finite largest value in every row, got inf"), *LOGITS_AXES],
    "token_rewards": [
        ("rewards", 1.0, "one score a response, shape (2,), got shape ()"),
        ("rewards", [1.0, INF], "finite numbers"),
        *(("log_probs", value, phrase) for value, phrase in LOG_PROBS),
        ("log_probs", [[-1, -INF, -1], [-1, -1, -1]], "finite values (these tokens were sampled), got -inf"),
        *(("ref_log_probs", value, phrase) for value, phrase in LOG_PROBS),
        ("ref_log_probs", [[-1, -INF, -1], [-1, -1, -1]], "finite values (the penalty would be infinite), got -inf"),
        ("ref_log_probs", [-1.0], "the shape of log_probs, (2, 3), got shape (1,)"),
        ("kl_coef", -0.02, "a finite number in [0, inf], got -0.02"),
        ("mask", [[1, 1, 1], [0, 0, 0]], "at least one token in every response"),
        *PADDED,
    ],
    "win_rate_interval": [
        ("wins", -1, "a finite number in [0, 100], got -1"),
        ("wins", 101, "a finite number in [0, 100], got 101"),
        ("wins", [85], "a single number"),
        ("n_comparisons", 0, "an integer of at least 1, got 0"),
        ("n_comparisons", 100.0, "an integer of at least 1, got 100.0"),
        ("confidence", 0.0, "a finite number in (0, 1), got 0"),
        ("confidence", 1.0, "a finite number in (0, 1), got 1"),
        ("confidence", 95, "a finite number in (0, 1), got 95"),
    ],
}

LARGE = np.finfo(np.float64).max
SMALL = float(np.finfo(np.float64).smallest_subnormal)
ALL_LARGE = np.full((2, 3), LARGE)

# Arguments of finite numbers whose result no float can hold, and which of them is blamed.
OVERFLOWS: list[tuple[str, str, dict[str, Any]]] = [
    ("advantages", "baselines", {"rewards": LARGE, "baselines": -LARGE}),
    ("break_even_prompts", "generation_cost", {"generation_cost": LARGE}),
    ("clipped_surrogate", "token_advantages", {"token_advantages": ALL_LARGE}),
    ("expected_best_of_n", "gold_scores", {"proxy_scores": np.zeros((2, 3)), "gold_scores": ALL_LARGE}),
    (
        "fit_linear_reward_model",
        "initial_weights",
        {"initial_weights": [LARGE, -LARGE], "features": [[[2, 2], [1, 1]]]},
    ),
    ("fit_overoptimization", "gold_gain", {"gold_gain": [0.0, LARGE, LARGE, -LARGE]}),
    ("generalized_advantages", "rewards", {"rewards": ALL_LARGE, "values": -ALL_LARGE}),
    (
        "generalized_advantages",
        "rewards",  # an infinite advantage in front of one that is infinite the other way
        {"rewards": LARGE * np.array([1, -1]), "values": LARGE * np.array([-1, 1]), "discount": 1.0, "mask": None},
    ),
    ("inference_cost", "generation_cost", {"generation_cost": LARGE}),
    ("linear_ranking_loss_and_gradient", "features", {"weights": [0.0], "features": [[[LARGE], [-LARGE]]]}),
    ("linear_ranking_loss_and_gradient", "weights", {"weights": [-LARGE, 0.0]}),
    ("linear_ranking_loss_and_gradient", "weights", {"weights": [LARGE, -LARGE], "features": [[[2, 2], [1, 1]]]}),
    ("normalize_rewards", "demonstration_rewards", {"demonstration_rewards": [LARGE, LARGE]}),
    ("normalize_rewards", "demonstration_rewards", {"demonstration_rewards": [LARGE] * 4 + [-LARGE] * 4}),
    ("normalize_rewards", "demonstration_rewards", {"rewards": LARGE, "demonstration_rewards": -LARGE}),
    ("ppo_ptx_objective", "rewards", {"rewards": [LARGE, LARGE]}),
    ("ppo_ptx_objective", "log_probs", {"log_probs": np.full((2, 3), -9.0), "kl_coef": LARGE}),
    ("rank_responses", "temperature", {"temperature": LARGE}),
    ("reweighted_policy", "kl_coef", {"kl_coef": SMALL}),
    ("sequence_log_ratio", "log_probs", {"log_probs": -ALL_LARGE, "ref_log_probs": np.zeros((2, 3))}),
    (
        "sequence_log_ratio",
        "log_probs",  # the sum falls out of the range before it meets a term of +inf
        {"log_probs": [-LARGE, -LARGE, -1.0], "ref_log_probs": [0.0, 0.0, -INF], "mask": None},
    ),
    ("soft_best_of_n", "kl_coef", {"kl_coef": SMALL}),
    ("token_rewards", "kl_coef", {"ref_log_probs": np.full((2, 3), -9.0), "kl_coef": LARGE}),
]

MASKED = np.ma.array([[1.0, 2.0, 3.0], [1.0, 2.0, 3.0]], mask=[[True, False, False], [False, False, False]])

PUBLIC_FUNCTIONS = [name for name in rlhf_textbook.__all__ if inspect.isfunction(getattr(rlhf_textbook, name))]


def message_of(name, **replaced):
    with pytest.raises(ValueError) as caught:  # noqa: PT011 (what it says is the matter of every test here)
        call(name, **replaced)
    return str(caught.value)


def assert_blames(message, argument):
    assert re.match(rf"{argument}(\[\d+\])?: expected .+, got .", message, re.DOTALL), message


@pytest.mark.parametrize(
    ("name", "argument", "value", "phrase"),
    [
        pytest.param(name, *mistake, id=f"{name}({mistake[0]}): {mistake[2]}")
        for name, mistakes in MISTAKES.items()
        for mistake in mistakes
    ],
)
def test_a_mistake_is_answered_by_the_argument_what_was_expected_and_what_came(name, argument, value, phrase):
    message = message_of(name, **{argument: value})
    assert_blames(message, argument)
    assert phrase in message


@pytest.mark.parametrize("mistake", NEVER)
@pytest.mark.parametrize(
    ("name", "argument"), [(name, argument) for name, arguments in VALID_CALLS.items() for argument in arguments]
)
def test_no_argument_takes_what_is_no_number(name, argument, mistake):
    if NEVER[mistake] is None and (name, argument) in OPTIONAL:
        call(name, **{argument: None})  # here nothing has a meaning
    else:
        assert_blames(message_of(name, **{argument: NEVER[mistake]}), argument)


@pytest.mark.parametrize("name", ["pairwise_loss", "preference_probability"])
@pytest.mark.parametrize("infinity", [INF, -INF])
def test_the_margin_of_an_infinity_over_itself_is_refused(name, infinity):
    message = message_of(name, chosen_rewards=[1.0, infinity], rejected_rewards=[infinity, infinity])
    assert_blames(message, "rejected_rewards")
    assert "a margin that is defined" in message


def test_costs_that_are_both_0_are_refused_where_they_are_divided_by():
    message = message_of("break_even_prompts", generation_cost=0.0, scoring_cost=0.0)
    assert_blames(message, "generation_cost")
    assert "not both 0" in message


def test_two_labelers_cannot_agree_on_one_response():
    message = message_of("labeler_agreement", scores=[[1.0], [2.0]], other_scores=[[1.0], [2.0]])
    assert_blames(message, "scores")
    assert "at least 2 responses to a prompt" in message


def test_a_ranking_of_short_length_is_blamed_by_its_position():
    assert message_of("pad_rankings", rankings=[[1.0, 2.0], [3.0], [4.0, 5.0]]).startswith("rankings[1]: ")


@pytest.mark.parametrize(("name", "blamed", "replaced"), OVERFLOWS)
def test_finite_numbers_too_large_for_the_result_are_refused_without_a_warning(name, blamed, replaced):
    message = message_of(name, **replaced)
    assert_blames(message, blamed)
    assert re.search("a float can hold|finite scores|small enough", message)


@pytest.mark.parametrize(
    ("name", "argument"), [(name, argument) for name, arguments in VALID_CALLS.items() for argument in arguments]
)
def test_what_a_mask_of_numpy_hides_is_not_read(name, argument):
    assert_blames(message_of(name, **{argument: MASKED}), argument)


def test_it_is_said_how_many_values_a_mask_of_numpy_hides():
    assert message_of("sigmoid", x=MASKED) == "x: expected an array without masked values, got 1 masked among 6 values"


def test_a_mask_of_numpy_that_hides_nothing_is_no_mistake():
    np.testing.assert_array_equal(call("sigmoid", x=np.ma.array([1.0, 2.0])), call("sigmoid", x=[1.0, 2.0]))


def test_a_rank_beyond_the_integers_is_not_taken_for_a_negative_one():
    assert "integers from" in message_of("ranking_pairs", ranks=np.array([2**63, 1], dtype=np.uint64))


@pytest.mark.parametrize("value", [2**64, -(2**63) - 1, 10**400, 10**5000], ids=int.bit_length)
def test_an_integer_of_more_than_64_bits_is_refused_as_such(value):
    expected = f"n_samples: expected an integer that 64 bits can hold, got one of {value.bit_length()} bits"
    assert message_of("inference_cost", n_samples=value) == expected


@pytest.mark.parametrize(
    ("name", "argument"),
    [("sft_loss", "reduction"), ("fit_linear_reward_model", "method"), ("fit_overoptimization", "form")],
)
def test_an_array_of_words_is_no_word(name, argument):
    valid = VALID_CALLS[name][argument]
    assert_blames(message_of(name, **{argument: np.array([valid, valid])}), argument)


def test_a_span_of_time_is_no_count():
    assert_blames(message_of("inference_cost", n_samples=np.timedelta64(5, "s")), "n_samples")
    spans = np.zeros((2, 3), dtype="m8[s]")
    assert "booleans, or zeros and ones" in message_of("perplexity", mask=spans)


@pytest.mark.parametrize("name", PUBLIC_FUNCTIONS)
def test_the_valid_call_is_valid_and_every_argument_has_a_mistake(name):
    call(name)
    parameters = set(inspect.signature(getattr(rlhf_textbook, name)).parameters)
    assert parameters == set(VALID_CALLS[name])
    assert parameters == {argument for argument, *_ in MISTAKES[name]}
