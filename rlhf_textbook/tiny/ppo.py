"""Lessons 4 and 5 in the small: PPO with a KL penalty at every token, and the pretraining mix."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from rlhf_textbook._checks import BoolArray, FloatArray, IntArray
from rlhf_textbook.objective import token_rewards
from rlhf_textbook.ppo import clipped_surrogate, generalized_advantages
from rlhf_textbook.tiny.config import TinyConfig
from rlhf_textbook.tiny.language import PROMPT_LENGTH, response_tokens, web_pages
from rlhf_textbook.tiny.model import Adam, Params, copy_model, log_probs, scores
from rlhf_textbook.tiny.pretraining import web_loss
from rlhf_textbook.tiny.reward_model import reward
from rlhf_textbook.tiny.sampling import sample


@dataclass(frozen=True)
class Rollout:
    """Sampled responses, and what PPO needs to know of each of their tokens; arrays of shape (n, 6)."""

    sequences: IntArray
    mask: BoolArray
    log_probs: FloatArray
    advantages: FloatArray
    """Whitened: mean 0 and standard deviation 1 over the batch's response tokens."""
    returns: FloatArray
    """What the value function should have said."""
    reward: float
    """Mean score by the reward model."""
    kl: float
    """Mean of `log π(y|x) / π_SFT(y|x)`, in nats a response."""


def whiten(values: FloatArray, mask: BoolArray) -> FloatArray:
    """Give the tokens that count mean 0 and standard deviation 1: `(A − mean) / std`, and 0 elsewhere.

    Rewards change their size and mean while the policy learns; whitening keeps the size of a step the same, and
    about half of the sampled tokens become likelier, half less likely.
    """
    kept = values[mask]
    return np.where(mask, (values - kept.mean()) / (kept.std() + 1e-8), 0.0)


def roll_out(
    policy: Params,
    value: Params,
    sft: Params,
    reward_model: Params,
    prompts: IntArray,
    kl_coef: float,
    gae_lambda: float,
    rng: np.random.Generator,
) -> Rollout:
    """One response to each prompt: sampled, scored, charged for its KL, compared with what was expected."""
    sequences = sample(policy, prompts, rng)
    mask = response_tokens(sequences)
    log_p, _ = log_probs(policy, sequences, start=PROMPT_LENGTH)
    ref_log_p, _ = log_probs(sft, sequences, start=PROMPT_LENGTH)
    score, _ = reward(reward_model, sequences)
    rewards = token_rewards(score, log_p, ref_log_p, kl_coef=kl_coef, mask=mask)
    values, _ = scores(value, sequences[:, :-1], start=PROMPT_LENGTH - 1)
    advantages = generalized_advantages(rewards, values, gae_lambda=gae_lambda, mask=mask)
    kl = ((log_p - ref_log_p) * mask).sum(axis=1)
    return Rollout(
        sequences=sequences,
        mask=mask,
        log_probs=log_p,
        advantages=whiten(advantages, mask),
        returns=advantages + values,
        reward=float(score.mean()),
        kl=float(kl.mean()),
    )


def policy_loss(params: Params, rollout: Rollout, batch: IntArray, clip_range: float) -> tuple[float, Params]:
    """Turn the sign of the clipped surrogate, so that descending climbs it; with its gradients."""
    log_p, backward = log_probs(params, rollout.sequences[batch], start=PROMPT_LENGTH)
    step = clipped_surrogate(
        log_p, rollout.log_probs[batch], rollout.advantages[batch], clip_range=clip_range, mask=rollout.mask[batch]
    )
    return -step.objective, backward(-step.gradient)


def value_loss(params: Params, rollout: Rollout, batch: IntArray) -> tuple[float, Params]:
    """Half the mean squared error of the value function before each response token, and its gradients."""
    values, backward = scores(params, rollout.sequences[batch, :-1], start=PROMPT_LENGTH - 1)
    mask = rollout.mask[batch]
    errors = np.where(mask, values - rollout.returns[batch], 0.0)
    return float((errors**2).sum() / mask.sum() / 2), backward(errors / mask.sum())


def train_ppo(
    sft: Params,
    reward_model: Params,
    prompts: IntArray,
    config: TinyConfig,
    rng: np.random.Generator,
    *,
    ptx_coef: float = 0.0,
    after_update: Callable[[int, Params, Rollout], None] | None = None,
) -> Params:
    """Train a policy from the SFT model against the reward model; with `ptx_coef` above 0 it is PPO-ptx.

    The value function starts as a copy of the reward model (appendix C.4). Each batch of responses is used once, in
    minibatches; with every minibatch goes one of as many pages of the internet, whose gradient is multiplied by `γ`.
    `after_update(update, params, rollout)` may look at each update.
    """
    policy, value = copy_model(sft), copy_model(reward_model)
    policy_optimizer, value_optimizer = Adam(policy, config.ppo_lr), Adam(value, config.value_lr)
    n_minibatches = -(-config.ppo_batch // config.ppo_minibatch)
    for update in range(config.ppo_updates):
        asked = prompts[rng.integers(len(prompts), size=config.ppo_batch)]
        rollout = roll_out(policy, value, sft, reward_model, asked, config.kl_coef, config.gae_lambda, rng)
        for batch in np.array_split(rng.permutation(config.ppo_batch), n_minibatches):
            _, gradient = policy_loss(policy, rollout, batch, config.clip_range)
            if ptx_coef > 0:
                _, ptx_gradient = web_loss(policy, web_pages(config.ppo_minibatch, prompts, rng))
                gradient = {name: g + ptx_coef * ptx_gradient[name] for name, g in gradient.items()}
            policy_optimizer.step(gradient)
            _, value_gradient = value_loss(value, rollout, batch)
            value_optimizer.step(value_gradient)
        if after_update is not None:
            after_update(update, policy, rollout)
    return policy
