"""Every formula of InstructGPT in plain numpy; one module for each lesson's concept.

Log-probabilities and divergences are in nats, and `log` is the natural logarithm. Real numbers come back as
float64, counts and positions as integers, masks as booleans.
"""

from rlhf_textbook import paper as paper
from rlhf_textbook.best_of_n import (
    OveroptimizationFit,
    ReweightedPolicy,
    best_of_n_kl,
    break_even_prompts,
    expected_best_of_n,
    fit_overoptimization,
    inference_cost,
    reweighted_policy,
    soft_best_of_n,
)
from rlhf_textbook.evaluation import (
    KAPLAN_EXPONENT,
    WinRateInterval,
    expected_win_rate,
    quality_gap,
    scaling_loss_ratio,
    scaling_size_ratio,
    win_rate_interval,
)
from rlhf_textbook.language_model import log_likelihood, next_token_log_probs, perplexity
from rlhf_textbook.linear_reward_model import (
    LinearRewardModel,
    fit_linear_reward_model,
    linear_ranking_loss_and_gradient,
)
from rlhf_textbook.numerics import log_sigmoid, log_softmax, sigmoid, softmax
from rlhf_textbook.objective import (
    KLEstimates,
    PPOPtxObjective,
    exact_kl,
    kl_estimates,
    ppo_ptx_objective,
    sequence_log_ratio,
    token_rewards,
)
from rlhf_textbook.ppo import ClippedSurrogate, advantages, clipped_surrogate, generalized_advantages
from rlhf_textbook.reward_model import (
    n_pairs,
    normalize_rewards,
    pad_rankings,
    pairwise_loss,
    preference_probability,
    ranking_accuracy,
    ranking_loss,
    ranking_loss_and_gradient,
    ranking_pairs,
)
from rlhf_textbook.sft import cosine_learning_rate, response_mask, sft_loss
from rlhf_textbook.toy_world import (
    FEATURE_NAMES,
    LABELER_TEMPERATURE,
    TRUE_WEIGHTS,
    Responses,
    labeler_agreement,
    rank_responses,
    sample_responses,
)

__version__ = "0.1.0"

__all__ = [
    "FEATURE_NAMES",
    "KAPLAN_EXPONENT",
    "LABELER_TEMPERATURE",
    "TRUE_WEIGHTS",
    "ClippedSurrogate",
    "KLEstimates",
    "LinearRewardModel",
    "OveroptimizationFit",
    "PPOPtxObjective",
    "Responses",
    "ReweightedPolicy",
    "WinRateInterval",
    "advantages",
    "best_of_n_kl",
    "break_even_prompts",
    "clipped_surrogate",
    "cosine_learning_rate",
    "exact_kl",
    "expected_best_of_n",
    "expected_win_rate",
    "fit_linear_reward_model",
    "fit_overoptimization",
    "generalized_advantages",
    "inference_cost",
    "kl_estimates",
    "labeler_agreement",
    "linear_ranking_loss_and_gradient",
    "log_likelihood",
    "log_sigmoid",
    "log_softmax",
    "n_pairs",
    "next_token_log_probs",
    "normalize_rewards",
    "pad_rankings",
    "pairwise_loss",
    "perplexity",
    "ppo_ptx_objective",
    "preference_probability",
    "quality_gap",
    "rank_responses",
    "ranking_accuracy",
    "ranking_loss",
    "ranking_loss_and_gradient",
    "ranking_pairs",
    "response_mask",
    "reweighted_policy",
    "sample_responses",
    "scaling_loss_ratio",
    "scaling_size_ratio",
    "sequence_log_ratio",
    "sft_loss",
    "sigmoid",
    "soft_best_of_n",
    "softmax",
    "token_rewards",
    "win_rate_interval",
]
