"""Lessons 4 and 5 in the small: PPO with a KL penalty at every token, and the pretraining mix."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from rlhf_textbook import _checks as checks
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
    """Sampled responses, and what PPO needs to know of each of their tokens; arrays of shape (n, 6).

    Attributes
    ----------
    sequences
        Prompts with the sampled responses, shape `(n, 12)`.
    mask
        Which of the last six tokens belong to the response.
    log_probs
        Of the tokens when they were sampled, in nats.
    advantages
        Whitened: mean 0 and standard deviation 1 over the batch's response tokens.
    returns
        What the value function should have said.
    reward
        Mean score by the reward model.
    kl
        Mean of `log (π(y|x) / π_SFT(y|x))`, in nats a response.
    """

    sequences: IntArray
    mask: BoolArray
    log_probs: FloatArray
    advantages: FloatArray
    returns: FloatArray
    reward: float
    kl: float


def whiten(values: FloatArray, mask: BoolArray) -> FloatArray:
    """Give the tokens that count mean 0 and standard deviation 1: `(A − mean) / std`, and 0 elsewhere.

    Rewards change their size and mean while the policy learns; whitening keeps the size of a step the same, and
    about half of the sampled tokens become likelier, half less likely.

    Parameters
    ----------
    values
        Any shape.
    mask
        Same shape; at least one True.

    Returns
    -------
    FloatArray
        Same shape.
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
    """One response to each prompt: sampled, scored, charged for its KL, compared with what was expected.

    The reward of token `t` is `−β log (π(y_t | x, y_<t) / π_SFT(y_t | x, y_<t))`, with the reward model's score added
    at the last one; the advantages are
    [`generalized_advantages`][rlhf_textbook.ppo.generalized_advantages] without discount, whitened.

    Parameters
    ----------
    policy
        The language model that responds.
    value
        The value function, read before each response token.
    sft
        The reference of the KL penalty.
    reward_model
        Scores whole responses.
    prompts
        Shape `(n, 6)`.
    kl_coef
        `β`, at least 0.
    gae_lambda
        `λ` of GAE, in [0, 1].
    rng
        Source of the responses.

    Returns
    -------
    Rollout
        What one update of PPO learns from.

    Raises
    ------
    ValueError
        If `prompts` has another shape or no row, an entry is no token, or a coefficient is out of range.

    References
    ----------
    Ouyang et al. 2022, equation 2 and appendix C.4; lessons 4 and 5.
    """
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
    """Turn the sign of the clipped surrogate, so that descending climbs it; with its gradients.

    `−E[min(ρ A, clip(ρ, 1 − ε, 1 + ε) A)]` over the response tokens of the batch, `ρ` being the ratio of the new
    probability to the one at sampling.

    Parameters
    ----------
    params
        The policy now.
    rollout
        What it sampled some updates ago.
    batch
        Which rows of the rollout.
    clip_range
        `ε`, at least 0.

    Returns
    -------
    tuple[float, Params]
        The loss, and its gradient by every parameter.

    References
    ----------
    Schulman et al. 2017 (arXiv 1707.06347), equation 7.
    """
    log_p, backward = log_probs(params, rollout.sequences[batch], start=PROMPT_LENGTH)
    step = clipped_surrogate(
        log_p, rollout.log_probs[batch], rollout.advantages[batch], clip_range=clip_range, mask=rollout.mask[batch]
    )
    return -step.objective, backward(-step.gradient)


def value_loss(params: Params, rollout: Rollout, batch: IntArray) -> tuple[float, Params]:
    """Half the mean squared error of the value function before each response token, and its gradients.

    `(1/2N) Σ (V_t − R_t)²` over the `N` response tokens of the batch, `R` being the rollout's `returns`.

    Parameters
    ----------
    params
        The value function.
    rollout
        The sampled responses.
    batch
        Which rows of the rollout.

    Returns
    -------
    tuple[float, Params]
        The loss, and its gradient by every parameter.
    """
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
    minibatches; with every minibatch go `ppo_minibatch` pages of the internet, and the gradient of their loss is
    multiplied by `γ`.

    Parameters
    ----------
    sft
        The SFT model: start of the policy, and reference of the KL penalty. It is left as it is.
    reward_model
        What is climbed, and start of the value function. It is left as it is.
    prompts
        To ask, shape `(n_prompts, 6)`; each update draws `ppo_batch` of them. The pages are about them too.
    config
        The settings from `ppo_updates` to `kl_coef`. Its `ptx_coef` is not read.
    rng
        Source of prompts, responses, minibatches and pages.
    ptx_coef
        `γ` of equation 2, at least 0; with 0 no pages are drawn.
    after_update
        Called as `after_update(update, policy, rollout)`, from 0; the policy goes on changing, so copy what is to be
        kept.

    Returns
    -------
    Params
        The policy.

    References
    ----------
    Ouyang et al. 2022, equation 2 and appendix C.4; Schulman et al. 2017 (arXiv 1707.06347); lessons 4 and 5.

    Examples
    --------
    ```python
    import numpy as np

    from rlhf_textbook.tiny import TinyConfig
    from rlhf_textbook.tiny.language import all_prompts
    from rlhf_textbook.tiny.model import init_model, with_scalar_head
    from rlhf_textbook.tiny.ppo import train_ppo

    rng = np.random.default_rng(0)
    sft = init_model(8, 16, rng)  # stands in for a trained one
    reward_model = with_scalar_head(sft, rng)
    rewards = []
    train_ppo(
        sft,
        reward_model,
        all_prompts(),
        TinyConfig(ppo_updates=20, ppo_lr=0.02, kl_coef=0.0),
        rng,
        after_update=lambda update, policy, rollout: rewards.append(rollout.reward),
    )
    print(f"mean reward of the first batch {rewards[0]:.2f}, of the last {rewards[-1]:.2f}")
    ```

    ```text title="Output"
    mean reward of the first batch -0.03, of the last 0.20
    ```
    """
    checks.number("ptx_coef", ptx_coef, low=0)
    checks.generator("rng", rng)
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
