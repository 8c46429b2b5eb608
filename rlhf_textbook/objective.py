"""The KL penalty, and the whole objective of InstructGPT.

`log_probs` always belongs to the policy being trained, `ref_log_probs` to the SFT model it started from.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from rlhf_textbook import _checks as checks
from rlhf_textbook._checks import FloatArray


def _distribution(name: str, value: ArrayLike, axis: int) -> FloatArray:
    logs = checks.log_probs(name, value, min_ndim=1)
    total = np.exp(logs).sum(axis=checks.axis_of(name, logs, axis))
    if not np.allclose(total, 1.0, rtol=0, atol=1e-6):
        worst = total.flat[np.argmax(np.abs(total - 1))]
        raise checks.error(name, f"probabilities that sum to 1 over axis {axis}", f"a sum of {worst:g}")
    return logs


def exact_kl(log_probs: ArrayLike, ref_log_probs: ArrayLike, *, axis: int = -1) -> FloatArray:
    """Kullback–Leibler divergence of two whole distributions.

    `KL(π ‖ π_ref) = Σ_a π(a) (log π(a) − log π_ref(a))`

    Parameters
    ----------
    log_probs
        `log π` of *all* outcomes, e.g. of shape `(..., vocabulary)`; −inf allowed.
    ref_log_probs
        `log π_ref` of the same outcomes, the same shape; −inf allowed.
    axis
        The axis over which probabilities sum to 1.

    Returns
    -------
    FloatArray
        Shape without `axis`, in nats, at least 0; inf where `π` allows what `π_ref` rules out.

    Raises
    ------
    ValueError
        If the shapes differ, a value is NaN, or probabilities do not sum to 1.

    References
    ----------
    Kullback and Leibler 1951; the penalty of Ouyang et al. 2022, section 3.5.

    Examples
    --------
    ```python
    import numpy as np

    from rlhf_textbook import exact_kl

    print(exact_kl(np.log([0.9, 0.1]), np.log([0.5, 0.5])).round(4))
    ```

    ```text title="Output"
    0.3681
    ```
    """
    p = _distribution("log_probs", log_probs, axis)
    q = _distribution("ref_log_probs", ref_log_probs, axis)
    checks.same_shape("ref_log_probs", q, "log_probs", p)
    possible = np.isfinite(p)
    log_ratio = np.subtract(p, q, out=np.zeros_like(p), where=possible)
    # An infinite ratio stays infinite even where π(a) underflows to 0; 0 · inf would be NaN.
    terms = np.multiply(np.exp(p), log_ratio, out=log_ratio.copy(), where=np.isfinite(log_ratio))
    # Rounding may leave −1e-17 where the two are equal; a divergence is never negative.
    return np.maximum(terms.sum(axis=axis), 0.0)


@dataclass(frozen=True)
class KLEstimates:
    """Three estimates of `KL(π ‖ π_ref)` from each sampled token.

    [`kl_estimates`][rlhf_textbook.objective.kl_estimates] says what `d` is.

    Attributes
    ----------
    k1
        `d`: unbiased, may be negative.
    k2
        `d² / 2`: never negative, biased.
    k3
        `exp(−d) − 1 + d`: unbiased and never negative.
    """

    k1: FloatArray
    k2: FloatArray
    k3: FloatArray


def kl_estimates(log_probs: ArrayLike, ref_log_probs: ArrayLike) -> KLEstimates:
    """Estimate a KL divergence from samples of the policy.

    With `d = log π(a) − log π_ref(a)` for an action `a` drawn from `π`:
    `k1 = d`, `k2 = d² / 2`, `k3 = exp(−d) − 1 + d`.

    The mean of `k1` over many samples is the exact KL, and so is that of `k3` where the policy can emit all that the
    reference can. A single value is only an estimate, and a single `k1` may well be negative. `log_probs` must
    come from the policy that sampled.

    Parameters
    ----------
    log_probs
        Log-probabilities of the *sampled* tokens under the policy that sampled them, any shape, finite.
    ref_log_probs
        The same under the reference, the same shape; −inf allowed.

    Returns
    -------
    KLEstimates
        `k1`, `k2`, `k3`, each of the same shape, in nats; inf where the reference rules a token out, `k2` and `k3` also
        beyond the range of a float.

    Raises
    ------
    ValueError
        If the shapes differ, a value is NaN, or a sampled token had probability 0.

    References
    ----------
    Schulman 2020, "Approximating KL divergence".

    Examples
    --------
    ```python
    from rlhf_textbook import kl_estimates

    kl = kl_estimates([-0.20, -0.50], [-0.80, -0.40])
    print(kl.k1.round(4), kl.k2.round(4), kl.k3.round(4))
    ```

    ```text title="Output"
    [ 0.6 -0.1] [0.18  0.005] [0.1488 0.0052]
    ```
    """
    p = checks.log_probs("log_probs", log_probs)
    q = checks.log_probs("ref_log_probs", ref_log_probs)
    checks.same_shape("ref_log_probs", q, "log_probs", p)
    if np.isinf(p).any():
        raise checks.error("log_probs", "finite values (these tokens were sampled)", "-inf")
    d = p - q
    with np.errstate(over="ignore"):  # beyond a float's range the estimate is inf
        # expm1 keeps the digits that exp(−d) − 1 would lose for a small d.
        return KLEstimates(k1=d, k2=d * d / 2, k3=np.where(np.isinf(d), np.inf, np.expm1(-d) + d))


def sequence_log_ratio(log_probs: ArrayLike, ref_log_probs: ArrayLike, *, mask: ArrayLike | None = None) -> FloatArray:
    """One-sample estimate of the KL for each whole response.

    `log (π(y|x) / π_ref(y|x)) = Σ_t (log π(y_t|x, y_<t) − log π_ref(y_t|x, y_<t))`, the sum of `k1`.

    Parameters
    ----------
    log_probs
        Log-probabilities of the sampled tokens under the policy, shape `(..., T)`, in nats.
    ref_log_probs
        The same under the reference, the same shape.
    mask
        Same shape; True on response tokens. None counts all.

    Returns
    -------
    FloatArray
        Shape `(...)`, in nats per response; may be negative, inf where the reference rules a token out or beyond the
        range of a float.

    Raises
    ------
    ValueError
        As for [`kl_estimates`][rlhf_textbook.objective.kl_estimates], or if the mask has another shape, or a negative
        sum is beyond the range of a float.

    References
    ----------
    Ouyang et al. 2022, equation 2.

    Examples
    --------
    ```python
    from rlhf_textbook import sequence_log_ratio

    print(sequence_log_ratio([-0.15, -0.30, -0.05], [-0.20, -0.45, -0.06]).round(2))
    ```

    ```text title="Output"
    0.21
    ```
    """
    _, k1 = _kept_log_ratios(log_probs, ref_log_probs, mask)
    with np.errstate(over="ignore", invalid="ignore"):
        total = k1.sum(axis=-1)
        if not (total > -np.inf).all():  # no term is −inf, so that this is an overflow
            raise checks.error("log_probs", "a sum of log-ratios that a float can hold", "an overflow")
    return total


def _kept_log_ratios(
    log_probs: ArrayLike, ref_log_probs: ArrayLike, mask: ArrayLike | None
) -> tuple[checks.BoolArray, FloatArray]:
    """Which tokens count, and `k1` of each; 0 where a token does not count."""
    p = checks.log_probs("log_probs", log_probs, min_ndim=1)
    q = checks.log_probs("ref_log_probs", ref_log_probs)
    checks.same_shape("ref_log_probs", q, "log_probs", p)
    kept = checks.mask_array("mask", mask, p.shape)
    # Padding was not sampled, so there even −inf is no mistake.
    return kept, kl_estimates(np.where(kept, p, 0.0), np.where(kept, q, 0.0)).k1


def token_rewards(
    rewards: ArrayLike,
    log_probs: ArrayLike,
    ref_log_probs: ArrayLike,
    *,
    kl_coef: float,
    mask: ArrayLike | None = None,
) -> FloatArray:
    """Reward of every token: the KL penalty as it is paid, the score at the end.

    `r_t = −β (log π(y_t|…) − log π_ref(y_t|…)) + [t is the last token] · r(x, y)`

    They sum to the penalized reward of equation 2, `r(x, y) − β log(π(y|x) / π_ref(y|x))`, and are
    what [`generalized_advantages`][rlhf_textbook.ppo.generalized_advantages] takes.

    Parameters
    ----------
    rewards
        Reward model's score of each response, shape `(...)`, finite.
    log_probs
        Log-probabilities of the sampled tokens under the policy, shape `(..., T)`, finite.
    ref_log_probs
        The same under the reference, the same shape, finite.
    kl_coef
        `β`, at least 0; the paper uses 0.02.
    mask
        Shape `(..., T)`; True on response tokens, at least one a response. None counts all.

    Returns
    -------
    FloatArray
        Shape `(..., T)`; 0 where the mask is False.

    Raises
    ------
    ValueError
        If the shapes do not agree, a value is NaN or infinite, `kl_coef` is negative or so large that a penalty is
        beyond the range of a float, or a response has no token.

    References
    ----------
    Ouyang et al. 2022, section 3.5; Ziegler et al. 2019 (arXiv 1909.08593), section 2.

    Examples
    --------
    ```python
    from rlhf_textbook import token_rewards

    print(token_rewards(2.1, [-0.15, -0.30], [-0.20, -0.45], kl_coef=0.02).round(4))
    ```

    ```text title="Output"
    [-1.000e-03  2.097e+00]
    ```
    """
    kept, k1 = _kept_log_ratios(log_probs, ref_log_probs, mask)
    scores = checks.float_array("rewards", rewards)
    beta = checks.number("kl_coef", kl_coef, low=0)
    if scores.shape != k1.shape[:-1]:
        raise checks.error("rewards", f"one score a response, shape {k1.shape[:-1]}", f"shape {scores.shape}")
    if np.isinf(k1).any():
        raise checks.error("ref_log_probs", "finite values (the penalty would be infinite)", "-inf")
    if not kept.any(axis=-1).all():
        raise checks.error("mask", "at least one token in every response", "a response without any")
    last = kept.shape[-1] - 1 - np.argmax(kept[..., ::-1], axis=-1)
    at_last = np.arange(kept.shape[-1]) == last[..., None]
    with np.errstate(over="ignore", invalid="ignore"):
        result = at_last * scores[..., None] - beta * k1
    return checks.no_overflow("kl_coef", "a coefficient whose penalty a float can hold", result)


@dataclass(frozen=True)
class PPOPtxObjective:
    """The three terms of the objective and their sum, to be maximized.

    Attributes
    ----------
    reward
        `E[r(x, y)]`, the mean score.
    kl
        `E[log(π(y|x) / π_ref(y|x))]`, in nats per response; an estimate, it may be negative. It is inf where the
        reference rules a token out or beyond the range of a float, and so is `kl_penalty`.
    kl_penalty
        `β · kl`, subtracted.
    pretraining
        `γ · E[log π(x)]` on pretraining text, added; at most 0, −inf for a text of probability 0.
    """

    reward: float
    kl: float
    kl_penalty: float
    pretraining: float

    @property
    def total(self) -> float:
        """`reward − kl_penalty + pretraining`."""
        return self.reward - self.kl_penalty + self.pretraining


def ppo_ptx_objective(
    rewards: ArrayLike,
    log_probs: ArrayLike,
    ref_log_probs: ArrayLike,
    pretrain_log_likelihoods: ArrayLike | None = None,
    *,
    kl_coef: float,
    ptx_coef: float = 0.0,
    mask: ArrayLike | None = None,
) -> PPOPtxObjective:
    """Objective that InstructGPT maximizes, term by term.

    `E[r(x, y) − β log(π(y|x) / π_SFT(y|x))] + γ E[log π(x)]`

    The paper calls it "PPO" for `γ = 0` and "PPO-ptx" for `γ > 0`.

    Parameters
    ----------
    rewards
        Reward model's score of each response, shape `(...)`, finite.
    log_probs
        Log-probabilities of the sampled tokens under the policy, shape `(..., T)`.
    ref_log_probs
        The same under the SFT model, the same shape.
    pretrain_log_likelihoods
        Policy's log-likelihood of pretraining text, any shape, averaged. In nats per token or per sequence:
        `ptx_coef` means something else for each.
    kl_coef
        `β`, at least 0; the paper uses 0.02.
    ptx_coef
        `γ`, at least 0; the paper uses 27.8. Above 0 it needs `pretrain_log_likelihoods`.
    mask
        Shape `(..., T)`; True on response tokens. None counts all.

    Returns
    -------
    PPOPtxObjective
        `reward`, `kl`, `kl_penalty`, `pretraining`, and their `total`. Where the reference rules a token out the KL is
        inf, and with a pretraining text of probability 0 the pretraining term is −inf.

    Raises
    ------
    ValueError
        If the shapes do not agree, a value is NaN, a coefficient is negative, `ptx_coef` is positive and there is no
        pretraining text, or scores or negative log-ratios are too large for a float to hold their terms.

    References
    ----------
    Ouyang et al. 2022, equation 2.

    Examples
    --------
    ```python
    from rlhf_textbook import ppo_ptx_objective

    log_probs = [-0.15, -0.30, -0.05, -0.10, -0.08, -0.20, -0.03]
    ref_log_probs = [-0.20, -0.45, -0.06, -0.12, -0.10, -0.80, -0.04]
    terms = ppo_ptx_objective(
        2.1, log_probs, ref_log_probs, -3.2, kl_coef=0.02, ptx_coef=0.1
    )
    print(round(terms.kl, 2), round(terms.kl_penalty, 4))
    print(round(terms.pretraining, 2), round(terms.total, 4))
    ```

    ```text title="Output"
    0.86 0.0172
    -0.32 1.7628
    ```
    """
    ratios = sequence_log_ratio(log_probs, ref_log_probs, mask=mask)
    scores = checks.float_array("rewards", rewards)
    if scores.shape != ratios.shape:
        raise checks.error("rewards", f"one score a response, shape {ratios.shape}", f"shape {scores.shape}")
    beta = checks.number("kl_coef", kl_coef, low=0)
    gamma = checks.number("ptx_coef", ptx_coef, low=0)
    if pretrain_log_likelihoods is None:
        if gamma > 0:
            raise checks.error("pretrain_log_likelihoods", f"values, since ptx_coef is {gamma:g}", "None")
        log_likelihood = 0.0
    else:
        read = checks.log_probs("pretrain_log_likelihoods", pretrain_log_likelihoods)
        with np.errstate(over="ignore"):
            log_likelihood = float(read.mean())
    with np.errstate(over="ignore"):
        reward, kl = float(scores.mean()), float(ratios.mean())
    # A term that is switched off is 0 even where it would be infinite; 0 · inf would be NaN.
    kl_penalty = beta * kl if beta else 0.0
    if np.isinf(reward):
        raise checks.error("rewards", "scores whose sum a float can hold", "an overflow")
    if min(kl, kl_penalty) == -np.inf:  # and the total could be inf − inf
        raise checks.error("log_probs", "log-ratios whose mean and penalty a float can hold", "an overflow")
    return PPOPtxObjective(reward, kl, kl_penalty, pretraining=gamma * log_likelihood if gamma else 0.0)
