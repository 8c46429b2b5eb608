"""Advantages, and the clipped objective of Proximal Policy Optimization.

A prompt is the state, a token the action, the response one episode, and the reward model's
score arrives once, at its end.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from rlhf_textbook import _checks as checks
from rlhf_textbook._checks import FloatArray


def advantages(rewards: ArrayLike, baselines: ArrayLike) -> FloatArray:
    """How much better than expected each response scored.

    `A = R − b`, the baseline `b` usually being the value function's estimate `V(x)`.

    Parameters
    ----------
    rewards
        Score of each whole response, any shape, finite.
    baselines
        Expected score for its prompt, a shape that broadcasts with `rewards`.

    Returns
    -------
    FloatArray
        The common shape; positive: make the response more likely, negative: less.

    Raises
    ------
    ValueError
        If the shapes do not broadcast, a value is NaN or infinite, or a difference is too large for a float.

    Examples
    --------
    ```python
    from rlhf_textbook import advantages

    print(advantages([2.3, 0.8], 1.7).round(2))
    ```

    ```text title="Output"
    [ 0.6 -0.9]
    ```
    """
    scores, expected = checks.broadcast(
        "baselines", checks.float_array("baselines", baselines), "rewards", checks.float_array("rewards", rewards)
    )[::-1]
    with np.errstate(over="ignore"):
        return checks.no_overflow("baselines", "differences from rewards that a float can hold", scores - expected)


def generalized_advantages(
    rewards: ArrayLike,
    values: ArrayLike,
    *,
    discount: float = 1.0,
    gae_lambda: float = 0.95,
    mask: ArrayLike | None = None,
) -> FloatArray:
    """Generalized advantage estimation (GAE): an advantage for every token.

    `δ_t = r_t + γ V_{t+1} − V_t` and `A_t = Σ_{l≥0} (γλ)^l δ_{t+l}`, where `V` is 0 after the end.

    With `γ = λ = 1` the sum telescopes: `A_t = (rewards still to come) − V_t`. With `λ = 0` only
    one step is looked ahead: `A_t = δ_t`.

    Parameters
    ----------
    rewards
        Reward at each token, shape `(..., T)`, finite; for RLHF mostly 0 (or a KL penalty) with the
        reward model's score added at the last token.
    values
        Value function's estimate before each token, the same shape.
    discount
        `γ` in [0, 1]; the paper uses no discount, 1. Not the `γ` of the pretraining mix.
    gae_lambda
        `λ` in [0, 1]: small trusts the value function (bias), 1 trusts the rewards (variance).
    mask
        Same shape; True on response tokens. A position left out ends the episode before it.

    Returns
    -------
    FloatArray
        Same shape; 0 where the mask is False.

    Raises
    ------
    ValueError
        If the shapes differ, a value is NaN or infinite, `discount` or `gae_lambda` leaves [0, 1], or an advantage is
        too large for a float.

    References
    ----------
    Schulman et al. 2015 (arXiv 1506.02438), equation 16; Ouyang et al. 2022, appendix C.4.

    Examples
    --------
    ```python
    from rlhf_textbook import generalized_advantages

    rewards = [0.0, 0.0, 1.85]  # the score arrives with the last token
    values = [1.2, 1.4, 1.7]
    print(generalized_advantages(rewards, values, gae_lambda=1.0).round(2))
    print(generalized_advantages(rewards, values, gae_lambda=0.0).round(2))
    ```

    ```text title="Output"
    [0.65 0.45 0.15]
    [0.2  0.3  0.15]
    ```
    """
    r = checks.float_array("rewards", rewards, min_ndim=1)
    v = checks.float_array("values", values, min_ndim=1)
    checks.same_shape("values", v, "rewards", r)
    gamma = checks.number("discount", discount, low=0, high=1)
    lam = checks.number("gae_lambda", gae_lambda, low=0, high=1)
    kept = checks.mask_array("mask", mask, r.shape)

    result = np.zeros_like(r)
    next_value = np.zeros(r.shape[:-1])
    next_advantage = np.zeros(r.shape[:-1])
    with np.errstate(over="ignore", invalid="ignore"):
        for t in reversed(range(r.shape[-1])):
            delta = r[..., t] + gamma * next_value - v[..., t]
            next_advantage = np.where(kept[..., t], delta + gamma * lam * next_advantage, 0.0)
            next_value = np.where(kept[..., t], v[..., t], 0.0)
            result[..., t] = next_advantage
    return checks.no_overflow("rewards", "rewards and values whose advantages a float can hold", result)


@dataclass(frozen=True)
class ClippedSurrogate:
    """What [`clipped_surrogate`][rlhf_textbook.ppo.clipped_surrogate] returns.

    Attributes
    ----------
    objective
        Mean over tokens, to be maximized; −inf where a loss is beyond the range of a float.
    gradient
        Derivative of `objective` by each token's `log_probs`.
    ratios
        `ρ = π_new / π_old` of each token; 1 where the mask is False.
    clip_fraction
        Share of tokens whose gradient the clip has switched off.
    """

    objective: float
    gradient: FloatArray
    ratios: FloatArray
    clip_fraction: float


def clipped_surrogate(
    log_probs: ArrayLike,
    old_log_probs: ArrayLike,
    token_advantages: ArrayLike,
    *,
    clip_range: float = 0.2,
    mask: ArrayLike | None = None,
) -> ClippedSurrogate:
    """Objective that PPO climbs, with its gradient.

    `ρ_t = exp(log π_new(a_t) − log π_old(a_t))`

    `L = mean over t of min(ρ_t A_t, clip(ρ_t, 1 − ε, 1 + ε) A_t)`

    `∂L/∂ log π_new(a_t) = ρ_t A_t / n`, but 0 where the token has already moved past the clip in the
    direction its advantage asks for (`A > 0` and `ρ > 1 + ε`, or `A < 0` and `ρ < 1 − ε`). A
    move in the wrong direction is never clipped.

    Parameters
    ----------
    log_probs
        Log-probability of each sampled token under the policy being trained, in nats; −inf allowed.
    old_log_probs
        The same under the policy that sampled it, the same shape; finite, since it was sampled.
    token_advantages
        Advantage of each token, the same shape, finite.
    clip_range
        `ε`, at least 0; the paper uses 0.2.
    mask
        Same shape; True on response tokens. None counts all.

    Returns
    -------
    ClippedSurrogate
        Objective, gradient by `log_probs`, ratios, and share of tokens clipped.

    Raises
    ------
    ValueError
        If the shapes differ, a value is NaN, `clip_range` is negative, or an advantage is so large that the gain by its
        token is beyond the range of a float.

    References
    ----------
    Schulman et al. 2017 (arXiv 1707.06347), equation 7; Ouyang et al. 2022, appendix C.4.

    Examples
    --------
    ```python
    import numpy as np

    from rlhf_textbook import clipped_surrogate

    step = clipped_surrogate(np.log([0.30, 0.50]), np.log([0.20, 0.50]), [1.0, 1.0])
    print(step.ratios.round(2), round(step.objective, 2))
    print(step.gradient.round(2), step.clip_fraction)
    ```

    ```text title="Output"
    [1.5 1. ] 1.1
    [0.  0.5] 0.5
    ```
    """
    new = checks.log_probs("log_probs", log_probs)
    old = checks.log_probs("old_log_probs", old_log_probs)
    advantage = checks.float_array("token_advantages", token_advantages)
    checks.same_shape("old_log_probs", old, "log_probs", new)
    checks.same_shape("token_advantages", advantage, "log_probs", new)
    epsilon = checks.number("clip_range", clip_range, low=0)
    kept = checks.mask_array("mask", mask, new.shape)
    if np.isinf(old[kept]).any():
        raise checks.error("old_log_probs", "finite values (these tokens were sampled)", "-inf")

    log_ratios = np.subtract(new, old, out=np.zeros_like(new), where=kept)
    with np.errstate(over="ignore"):  # what is too large for a float is inf, and clipped like any other
        ratios = np.exp(log_ratios)
        # Where A = 0 the product is 0 whatever the ratio, but inf · 0 would be NaN.
        slopes = np.multiply(ratios, advantage, out=np.zeros_like(ratios), where=advantage != 0)
        past_clip = ((advantage > 0) & (ratios > 1 + epsilon)) | ((advantage < 0) & (ratios < 1 - epsilon))
        terms = np.where(past_clip, np.clip(ratios, 1 - epsilon, 1 + epsilon) * advantage, slopes)
        clipped = terms[kept]
        if np.isposinf(clipped).any():
            raise checks.error("token_advantages", "values whose clipped terms a float can hold", "an overflow")
        n = int(kept.sum())
        objective = float(clipped.sum() / n)
    return ClippedSurrogate(
        objective=objective,
        gradient=np.where(kept & ~past_clip, slopes, 0.0) / n,
        ratios=ratios,
        clip_fraction=float(past_clip[kept].mean()),
    )
