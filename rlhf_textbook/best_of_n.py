"""The alternative to PPO: draw n responses and keep the one that scores best.

And the project's other ways to move from a policy to better responses without training it: choose one of n by
a softmax, or reweight all responses; and what becomes of them when the score is only a proxy.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from rlhf_textbook import _checks as checks
from rlhf_textbook._checks import FloatArray
from rlhf_textbook.numerics import sigmoid, softmax


def best_of_n_kl(n_samples: ArrayLike) -> FloatArray:
    """How far best-of-n sampling moves from the policy it draws from.

    `KL(best-of-n ‖ policy) ≤ log n − (n − 1) / n`, with equality when no response can be drawn twice and no two score
    the same, as for long responses and a fine score.

    Parameters
    ----------
    n_samples
        Responses drawn for each prompt, `n`, integers of at least 1, any shape.

    Returns
    -------
    FloatArray
        Same shape, in nats; the bound itself.

    Raises
    ------
    ValueError
        If `n_samples` holds anything but integers of at least 1.

    References
    ----------
    Stiennon et al. 2020, appendix G.3; Gao, Schulman and Hilton 2022 (arXiv 2210.10760); that it is a bound:
    Beirami et al. 2024 (arXiv 2401.01879).

    Examples
    --------
    ```python
    from rlhf_textbook import best_of_n_kl

    print(best_of_n_kl([1, 16, 1024]).round(3))
    ```

    ```text title="Output"
    [0.    1.835 5.932]
    ```
    """
    n = checks.int_array("n_samples", n_samples)
    if (n < 1).any():
        raise checks.error("n_samples", "integers of at least 1", n.min())
    return np.log(n) - (n - 1) / n


def inference_cost(n_samples: int, *, generation_cost: float = 1.0, scoring_cost: float = 0.1) -> float:
    """Cost of answering one prompt by best-of-n.

    `n · (generation + scoring)`; with `n = 1` there is nothing to choose and nothing is scored.

    Parameters
    ----------
    n_samples
        Responses drawn, at least 1.
    generation_cost
        Cost of drawing one response, in any unit, at least 0.
    scoring_cost
        Cost of scoring one response, in the same unit, at least 0.

    Returns
    -------
    float
        In that unit.

    Raises
    ------
    ValueError
        If `n_samples` is not an integer of at least 1, a cost is negative, or the total is too large for a float.

    Examples
    --------
    ```python
    from rlhf_textbook import inference_cost

    print(round(inference_cost(16), 2), inference_cost(1))
    ```

    ```text title="Output"
    17.6 1.0
    ```
    """
    n = checks.whole_number("n_samples", n_samples, low=1)
    generation = checks.number("generation_cost", generation_cost, low=0)
    scoring = checks.number("scoring_cost", scoring_cost, low=0)
    cost = n * (generation + scoring) if n > 1 else generation
    if cost == np.inf:
        raise checks.error("generation_cost", "costs whose total a float can hold", "an overflow")
    return cost


def break_even_prompts(
    training_cost: float, n_samples: int, *, generation_cost: float = 1.0, scoring_cost: float = 0.1
) -> float:
    """After how many prompts a trained policy has paid for its training.

    `training cost / (cost of best-of-n − cost of one response)`

    Parameters
    ----------
    training_cost
        What PPO costs once, in the unit of the other costs, at least 0.
    n_samples
        Responses that best-of-n would draw instead, at least 2.
    generation_cost
        Cost of drawing one response, as for [`inference_cost`][rlhf_textbook.best_of_n.inference_cost].
    scoring_cost
        Cost of scoring one response, likewise; the two costs are not both 0.

    Returns
    -------
    float
        Number of prompts; below it best-of-n is the cheaper way. It is inf beyond the range of a float.

    Raises
    ------
    ValueError
        If `n_samples` is below 2, a cost is negative, drawing more samples costs nothing, or the cost of best-of-n is
        too large for a float.

    Examples
    --------
    ```python
    from rlhf_textbook import break_even_prompts

    print(round(break_even_prompts(1_000_000, n_samples=16)))
    ```

    ```text title="Output"
    60241
    ```
    """
    paid_once = checks.number("training_cost", training_cost, low=0)
    n = checks.whole_number("n_samples", n_samples, low=2)
    costs = {"generation_cost": generation_cost, "scoring_cost": scoring_cost}
    saved = inference_cost(n, **costs) - inference_cost(1, **costs)
    if saved == 0:
        raise checks.error("generation_cost", "costs that are not both 0", "0 and 0")
    return paid_once / saved


def _mean_of_ties(sorted_scores: FloatArray, values: FloatArray) -> FloatArray:
    """Replace the values of equal scores by their mean, row by row; the scores are sorted."""
    starts = np.ones(sorted_scores.shape, dtype=np.bool_)
    starts[:, 1:] = sorted_scores[:, 1:] != sorted_scores[:, :-1]
    group = np.cumsum(starts) - 1
    return (np.bincount(group, values.ravel()) / np.bincount(group))[group].reshape(values.shape)


def expected_best_of_n(proxy_scores: ArrayLike, gold_scores: ArrayLike, *, n_samples: ArrayLike) -> FloatArray:
    """Estimate without bias what best-of-n gains, from all of M samples at once.

    `Σ_i C(i − 1, n − 1) / C(M, n) · g_(i)`, where `g_(i)` is the gold score of the sample with the `i`-th smallest
    proxy score: the average, over all subsets of n samples, of the gold score of the one with the largest proxy.

    Best-of-n looks at the proxy (the reward model); what it gains is measured by the gold score (people). Given the
    proxy as both arguments, the function estimates `E[max of n]`. Of samples with the same proxy score each is taken
    to be chosen equally often.

    Parameters
    ----------
    proxy_scores
        Scores by which best-of-n chooses, shape `(M,)` or `(n_prompts, M)`, finite.
    gold_scores
        What the same samples are worth, the same shape, finite.
    n_samples
        The `n`, integers from 1 to `M`, any shape. Where `n` comes near `M`, few subsets differ and the estimate
        is noisy: take `M` several times the largest `n`.

    Returns
    -------
    FloatArray
        Shape of `n_samples`, with the axis of prompts, if there is one, in front.

    Raises
    ------
    ValueError
        If the shapes differ, a score is not finite, the gold scores of a tie have too large a sum for a float, or an
        `n` is no integer from 1 to `M`.

    References
    ----------
    Nakano et al. 2021 (WebGPT, arXiv 2112.09332), appendix I; the same weights as pass@k's in Chen et al. 2021.

    Examples
    --------
    ```python
    import numpy as np

    from rlhf_textbook import expected_best_of_n

    uniform = np.random.default_rng(0).random(10_000)
    # exactly n / (n + 1)
    print(expected_best_of_n(uniform, uniform, n_samples=[1, 3, 9]).round(2))
    ```

    ```text title="Output"
    [0.5  0.75 0.9 ]
    ```
    """
    proxy = checks.float_array("proxy_scores", proxy_scores, min_ndim=1, max_ndim=2)
    gold = checks.float_array("gold_scores", gold_scores)
    checks.same_shape("gold_scores", gold, "proxy_scores", proxy)
    n = checks.int_array("n_samples", n_samples)
    m = proxy.shape[-1]
    if (n < 1).any() or (n > m).any():
        raise checks.error(
            "n_samples", f"integers from 1 to {m}, the number of samples", n.min() if n.min() < 1 else n.max()
        )
    rows = np.atleast_2d(proxy)
    order = np.argsort(rows, axis=1)
    by_proxy = np.take_along_axis(np.atleast_2d(gold), order, axis=1)
    with np.errstate(over="ignore", invalid="ignore"):
        by_proxy = _mean_of_ties(np.take_along_axis(rows, order, axis=1), by_proxy)
    checks.no_overflow("gold_scores", "scores whose sum a float can hold where the proxy scores tie", by_proxy)
    # The largest has weight n/M; from i to i − 1 the weight shrinks by (i − n) / (i − 1): no factorials to overflow.
    i = np.arange(m, 1, -1)
    shrink = np.maximum(i - n.reshape(-1, 1), 0) / (i - 1)
    weights = np.cumprod(np.hstack([n.reshape(-1, 1) / m, shrink]), axis=1)
    return (by_proxy[:, ::-1] @ weights.T).reshape((*proxy.shape[:-1], *n.shape))


@dataclass(frozen=True)
class ReweightedPolicy:
    """A policy given by how much more or less often than before it writes each of M sampled responses.

    Attributes
    ----------
    weights
        Probability of each response, shape `(M,)`, summing to 1; `1 / M` is as often as before.
    mean_score
        Mean of the scores under these weights.
    kl
        KL from the policy that the responses were drawn from, in nats, from 0 to `log M`.
    """

    weights: FloatArray
    mean_score: float
    kl: float


def _reweighted(weights: FloatArray, scores: FloatArray) -> ReweightedPolicy:
    ratios = weights * weights.size
    kl = weights @ np.log(np.where(ratios > 0, ratios, 1))
    return ReweightedPolicy(weights, float(weights @ scores), max(float(kl), 0.0))  # rounding could make it negative


def _over_kl_coef(scores: FloatArray, kl_coef: float) -> FloatArray:
    beta = checks.number("kl_coef", kl_coef, low=0, low_open=True)
    with np.errstate(over="ignore"):
        logits = scores / beta
    return checks.no_overflow("kl_coef", "a coefficient over which a float can hold the scores", logits)


def reweighted_policy(scores: ArrayLike, *, kl_coef: float) -> ReweightedPolicy:
    """Find the best policy under a KL penalty by reweighting samples of the policy it starts from.

    `π*(y) ∝ π₀(y) exp(r(y) / β)` maximizes `E[r] − β KL(π ‖ π₀)`. On samples of `π₀` it has the weights
    `w = softmax(r / β)`, and `KL = Σ w_i log(M w_i)`.

    This is what PPO with a KL penalty aims at. What anything is worth under it is `weights @ gold_scores`.

    Parameters
    ----------
    scores
        Reward of each of `M` responses drawn from `π₀`, shape `(M,)`, finite.
    kl_coef
        `β`, positive, in the unit of the scores per nat.

    Returns
    -------
    ReweightedPolicy
        `weights` `(M,)`, summing to 1; `mean_score`; `kl` from `π₀` in nats. Samples cannot tell of a divergence
        beyond `log M`, and estimates are good well below it.

    Raises
    ------
    ValueError
        If the scores are no list of finite numbers, or `kl_coef` is not positive, or so small that a float cannot hold
        `r / β`.

    References
    ----------
    Korbak et al. 2022 (arXiv 2205.11275); Rafailov et al. 2023 (DPO, arXiv 2305.18290), equation 4.

    Examples
    --------
    ```python
    import numpy as np

    from rlhf_textbook import reweighted_policy

    scores = np.random.default_rng(0).normal(size=100_000)
    # for a normal reward exactly: mean 1/β, KL 1/(2β²)
    policy = reweighted_policy(scores, kl_coef=1.0)
    print(round(policy.mean_score, 1), round(policy.kl, 1))
    ```

    ```text title="Output"
    1.0 0.5
    ```
    """
    rewards = checks.float_array("scores", scores, min_ndim=1, max_ndim=1)
    return _reweighted(softmax(_over_kl_coef(rewards, kl_coef)), rewards)


def soft_best_of_n(
    scores: ArrayLike, *, n_samples: int, kl_coef: float, n_groups: int = 1000, rng: np.random.Generator
) -> ReweightedPolicy:
    """Soft best-of-n: draw n responses and pick one of them with probability softmax(r / β).

    `π(y) ∝ π₀(y) · E[σ(r(y) / β − log Σ_j exp(r(y_j) / β))]`, the expectation over the `n − 1` others, for
    which groups are drawn from the samples.

    Between two policies: as `β → 0` it is best-of-n, as `n → ∞` it is
    [`reweighted_policy`][rlhf_textbook.best_of_n.reweighted_policy].

    Parameters
    ----------
    scores
        Reward of each of `M` responses drawn from `π₀`, shape `(M,)`, finite.
    n_samples
        Responses drawn for each prompt, at least 1.
    kl_coef
        `β`, the temperature of the choice, positive.
    n_groups
        Groups of others that the expectation is taken over, at least 1; each costs one pass over the scores, and the
        noise of the results shrinks as `1 / √n_groups`.
    rng
        Source of the randomness.

    Returns
    -------
    ReweightedPolicy
        `weights` `(M,)`, `mean_score` and `kl` in nats, as for `reweighted_policy`.

    Raises
    ------
    ValueError
        If the scores are no list of finite numbers, a count is below 1, `kl_coef` is not positive, or so small that a
        float cannot hold `r / β`, or `rng` is no generator.

    References
    ----------
    Verdun et al. 2025 (arXiv 2505.03156).

    Examples
    --------
    ```python
    import numpy as np

    from rlhf_textbook import soft_best_of_n

    rng = np.random.default_rng(0)
    policy = soft_best_of_n(rng.normal(size=10_000), n_samples=16, kl_coef=0.5, rng=rng)
    print(round(policy.mean_score, 1), round(policy.kl, 1))
    ```

    ```text title="Output"
    1.4 1.0
    ```
    """
    rewards = checks.float_array("scores", scores, min_ndim=1, max_ndim=1)
    n = checks.whole_number("n_samples", n_samples, low=1)
    logits = _over_kl_coef(rewards, kl_coef)
    groups = checks.whole_number("n_groups", n_groups, low=1)
    source = checks.generator("rng", rng)
    chosen = np.zeros_like(logits)
    for _ in range(groups):
        others = source.choice(logits, size=n - 1)
        with np.errstate(over="ignore"):
            margins = logits - np.logaddexp.reduce(others, initial=-np.inf)
        chosen += sigmoid(margins)
    return _reweighted(chosen / chosen.sum(), rewards)


@dataclass(frozen=True)
class OveroptimizationFit:
    """The law of over-optimization fitted to measurements, and where it puts the best gold score.

    Attributes
    ----------
    alpha
        `α` of the law.
    beta
        `β` of the law; where it is not above 0, the curve never falls.
    peak_kl
        KL at which the gold score is highest, in nats; inf where the curve never falls or a float cannot hold it.
    peak_gold
        Gain in the gold score there; inf likewise.
    """

    alpha: float
    beta: float
    peak_kl: float
    peak_gold: float


def fit_overoptimization(
    kl: ArrayLike, gold_gain: ArrayLike, *, form: Literal["best_of_n", "rl"] = "best_of_n"
) -> OveroptimizationFit:
    """Fit of the law by which the gold score rises and falls as a policy follows its proxy.

    `R(d) = d (α − β d)` for best-of-n, `R(d) = d (α − β log d)` for reinforcement learning, `d = √KL`, by least
    squares. The peaks: `d = α / 2β` and `d = exp(α / β − 1)`.

    Parameters
    ----------
    kl
        KL from the initial policy in nats, at least 0, shape `(n_points,)`, at least two of them different and
        above 0.
    gold_gain
        Gold score less that of the initial policy, so that the gain at `d = 0` is 0, the same shape.
    form
        `"best_of_n"` or `"rl"`.

    Returns
    -------
    OveroptimizationFit
        `alpha`, `beta`, `peak_kl` in nats and `peak_gold`; the peak is infinite if the fitted curve never falls
        (`β ≤ 0`) or where a float cannot hold it.

    Raises
    ------
    ValueError
        If the shapes differ, a value is not finite or too large for the fit, there are fewer than two different
        positive divergences, or `form` is another word.

    References
    ----------
    Gao, Schulman and Hilton 2022 (arXiv 2210.10760), section 1.

    Examples
    --------
    ```python
    import numpy as np

    from rlhf_textbook import fit_overoptimization

    kl = np.array([0.5, 1.0, 2.0, 4.0])
    fit = fit_overoptimization(kl, np.sqrt(kl) * (0.3 - 0.1 * np.sqrt(kl)))
    print(round(fit.alpha, 3), round(fit.beta, 3))
    print(round(fit.peak_kl, 3), round(fit.peak_gold, 3))
    ```

    ```text title="Output"
    0.3 0.1
    2.25 0.225
    ```
    """
    divergence = checks.float_array("kl", kl, min_ndim=1, max_ndim=1)
    gain = checks.float_array("gold_gain", gold_gain)
    checks.same_shape("gold_gain", gain, "kl", divergence)
    if (divergence < 0).any():
        raise checks.error("kl", "divergences of at least 0", f"{divergence.min():g}")
    if np.unique(divergence[divergence > 0]).size < 2:
        raise checks.error("kl", "at least two different divergences above 0", divergence)
    checks.one_of("form", form, "best_of_n", "rl")
    d = np.sqrt(divergence)
    bend = d if form == "best_of_n" else np.log(np.where(d > 0, d, 1))
    with np.errstate(over="ignore", invalid="ignore"):
        law = np.linalg.lstsq(np.column_stack([d, -d * bend]), gain, rcond=None)[0]
        alpha, beta = checks.no_overflow("gold_gain", "gains that a float can hold when fitted", law)
        if beta <= 0:
            return OveroptimizationFit(float(alpha), float(beta), np.inf, np.inf)
        peak = max(alpha / (2 * beta), 0.0) if form == "best_of_n" else np.exp(alpha / beta - 1)
        gold = beta * peak**2 if form == "best_of_n" else beta * peak
    return OveroptimizationFit(float(alpha), float(beta), float(peak**2), float(gold))
