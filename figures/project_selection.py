"""Plots of the project's parts 4 to 6: best of n, over-optimization, labelers who disagree."""

from functools import reduce

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures import BLUE, GREEN, INK, ORANGE, Plot
from figures.lab import blank, entitle
from rlhf_textbook import (
    LABELER_TEMPERATURE,
    TRUE_WEIGHTS,
    best_of_n_kl,
    expected_best_of_n,
    fit_linear_reward_model,
    fit_overoptimization,
    rank_responses,
    reweighted_policy,
    sample_responses,
    sigmoid,
    soft_best_of_n,
)

POWERS_OF_2 = 2 ** np.arange(11)
SAFETY_FIRST = np.array([0.15, 0.15, 0.10, 0.10, 0.50])


def exact_best_of_n(n_samples: np.ndarray) -> np.ndarray:
    """Compute the expected largest of n true scores, from their distribution on a grid of 0.001."""
    edges = [np.linspace(0, 1, round(1000 * weight) + 1) for weight in TRUE_WEIGHTS]
    shares = reduce(np.convolve, [np.diff(3 * e**2 - 2 * e**3) for e in edges])
    at_most = np.append(0, np.cumsum(shares))
    scores = 0.001 * (np.arange(shares.size) + 2.5)
    return np.array([scores @ np.diff(at_most**n) for n in n_samples])


def judged(taste: np.ndarray, n_prompts: int, n_responses: int, rng: np.random.Generator) -> np.ndarray:
    """Let one labeler rank responses, best first, shape (n_prompts, n_responses, 5)."""
    features = sample_responses(n_prompts, n_responses, rng=rng).features
    order = rank_responses(features @ taste, rng=rng)
    return np.take_along_axis(features, order[:, :, None], axis=1)


def trained(fabrication_rate: float, rng: np.random.Generator) -> np.ndarray:
    """Train a reward model on 200 rankings of 4."""
    data = sample_responses(200, 4, fabrication_rate=fabrication_rate, rng=rng)
    order = rank_responses(data.true_scores, rng=rng)
    return fit_linear_reward_model(np.take_along_axis(data.features, order[:, :, None], axis=1)).weights


def mean_and_error(over_seeds: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Average over the first axis; half the width of the 95 % interval of that mean."""
    return over_seeds.mean(axis=0), 1.96 * over_seeds.std(axis=0, ddof=1) / np.sqrt(len(over_seeds))


def mark_powers_of_2(axes: Axes) -> None:
    """Let the horizontal axis double from tick to tick."""
    axes.set_xscale("log", base=2)
    axes.set_xticks(POWERS_OF_2[::2], [str(n) for n in POWERS_OF_2[::2]])


def best_of_n() -> Plot:
    """Draw the exact expectation, 100 prompts for each n, and the estimate from one pool: the table's numbers."""
    rng, powers = np.random.default_rng(0), POWERS_OF_2[::2]
    pool = sample_responses(1, 10_240, rng=rng).true_scores[0]
    drawn = [sample_responses(100, int(n), rng=rng).true_scores.max(axis=1) for n in powers]
    fine = np.unique(np.round(2 ** np.arange(0, 10.01, 0.25)).astype(int))
    figure, axes = blank(3.6)
    axes.plot(fine, exact_best_of_n(fine), color=INK, linewidth=1)
    axes.plot(fine, expected_best_of_n(pool, pool, n_samples=fine), color=ORANGE, linestyle="--")
    error = [1.96 * scores.std(ddof=1) / 10 for scores in drawn]
    axes.errorbar(powers, [s.mean() for s in drawn], yerr=error, fmt="o", color=BLUE, markersize=4, linewidth=1)
    axes.text(1.15, 0.78, f"100 prompts for each n:\n{100 * powers.sum():,} responses", color=BLUE)
    axes.text(1100, 0.56, "estimated from one pool of 10,240", color=ORANGE, ha="right")
    axes.text(1100, 0.53, "exact, from the distribution", color=INK, ha="right")
    mark_powers_of_2(axes)
    axes.set(xlabel="responses drawn, n", ylim=(0.45, 0.85))
    entitle(axes, "true score of the best")
    return Plot(
        figure,
        "The expected true score of the best of n rises from 0.50 at n = 1 through 0.69 at 16 to 0.82 at 1024, ever"
        " more slowly. Simulation with 100 prompts lies on the exact curve, and so does the estimate from one pool, but"
        " for a little at n = 1024, where it is 0.815 instead of 0.820.",
    )


def two_flaws() -> Plot:
    """Draw proxy and true score against n, for a tripled weight and for a blind spot, over 40 data sets."""
    figure = Figure(figsize=(4.2, 4.8), layout="constrained")
    top, bottom = figure.subplots(2, 1, sharex=True)
    for rate, factor, color in ((0.0, 3, BLUE), (0.01, 1, ORANGE)):
        rng = np.random.default_rng(5)
        weights = np.array([trained(rate, rng) for _ in range(40)]) * [factor, 1, 1, 1, 1]
        pools = sample_responses(40, 10_000, fabrication_rate=rate, rng=rng)
        scores = np.einsum("spf,sf->sp", pools.features, weights)
        scores = (scores - scores.mean(axis=1, keepdims=True)) / scores.std(axis=1, keepdims=True)
        for axes, values in ((top, scores), (bottom, pools.true_scores)):
            curves = expected_best_of_n(scores, values, n_samples=POWERS_OF_2)
            mean, error = mean_and_error(curves)
            axes.fill_between(POWERS_OF_2, mean - error, mean + error, color=color, alpha=0.25, linewidth=0)
            axes.plot(POWERS_OF_2, mean, color=color)
    mark_powers_of_2(bottom)
    bottom.set(xlabel="responses drawn, n", ylim=(0.33, 0.87))
    entitle(top, "reward model's score, in s.d.")
    entitle(bottom, "true score")
    bottom.text(3, 0.76, "a weight tripled", color=BLUE)
    bottom.text(1.2, 0.42, "a blind spot", color=ORANGE)
    return Plot(
        figure,
        "Two panels against n from 1 to 1024. The reward model's score rises alike under both flaws. The true score"
        " rises to 0.80 if a weight is tripled; with the blind spot it peaks at 0.63 at n = 16 and falls below 0.4.",
    )


def three_ways(rng: np.random.Generator) -> list[np.ndarray]:
    """Follow three paths away from the policy: KL, reward model's score, true score, each shape (3, n_points)."""
    pool = sample_responses(1, 10_000, fabrication_rate=0.01, rng=rng)
    score, true = pool.features[0] @ trained(0.01, rng), pool.true_scores[0]
    n = np.unique(np.round(2 ** np.arange(0, 10.01, 0.25)).astype(int))
    hard = [best_of_n_kl(n), *(expected_best_of_n(score, values, n_samples=n) for values in (score, true))]
    betas = np.geomspace(10_000, 0.02, 40)
    soft = [soft_best_of_n(score, n_samples=64, kl_coef=beta, n_groups=8, rng=rng) for beta in betas]
    tilted = [reweighted_policy(score, kl_coef=beta) for beta in betas]
    return [
        np.array(hard),
        *(np.array([(p.kl, p.mean_score, p.weights @ true) for p in ps]).T for ps in (soft, tilted)),
    ]


def frontier() -> Plot:
    """Draw both scores against the distance from the policy, for three ways of following the reward model."""
    rng, d = np.random.default_rng(5), np.linspace(0, 2.2, 45)
    paths = [three_ways(rng) for _ in range(12)]
    curves = np.array(
        [[[np.interp(d, np.sqrt(kl), y, right=np.nan) for y in ys] for kl, *ys in path] for path in paths]
    )
    curves[:, :, 0] -= curves[:, :1, 0]  # reward model's score, less that of best-of-n on the same pool
    mean, error = mean_and_error(curves)
    figure = Figure(figsize=(4.2, 5.4), layout="constrained")
    panels = figure.subplots(2, 1, sharex=True)
    for way, color in enumerate((BLUE, GREEN, ORANGE)):
        for which, axes in enumerate(panels):
            low, high = mean[way, which] - error[way, which], mean[way, which] + error[way, which]
            axes.fill_between(d, low, high, color=color, alpha=0.25, linewidth=0)
            axes.plot(d, mean[way, which], color=color)
    fit = fit_overoptimization(d**2, mean[0, 1] - mean[0, 1, 0])
    panels[1].plot(d, mean[0, 1, 0] + d * (fit.alpha - fit.beta * d), color=INK, linestyle=":", linewidth=1)
    names = (("best of n", BLUE), ("soft best of 64", GREEN), ("reweighting", ORANGE), ("fit, d (α − β d)", INK))
    for place, (name, color) in enumerate(names):
        panels[1].text(0.3, 0.48 - 0.026 * place, name, color=color)
    for axes, title in zip(panels, ("reward model's score above best of n, log-odds", "true score"), strict=True):
        entitle(axes, title)
    panels[1].set_xlabel("d = √KL")
    return Plot(
        figure,
        "Against the square root of the KL. Above: at any distance, reweighting has the highest reward model's score,"
        " soft best of 64 comes next, best of n last. Below: the true scores are in the opposite order. Best of n peaks"
        " at 0.63, soft best of 64 at 0.61, reweighting at 0.59, before they fall. A fitted parabola peaks too early.",
    )


def by_group() -> Plot:
    """Draw the accuracy of one model for five labelers, on each group, as the minority grows."""
    rng, n_worlds = np.random.default_rng(6), 12
    figure, axes = blank(3.4)
    found = np.empty((n_worlds, 6, 2))
    for n_minority in range(6):
        tastes = [TRUE_WEIGHTS] * (5 - n_minority) + [SAFETY_FIRST] * n_minority
        for world in range(n_worlds):
            rankings = np.concatenate([judged(taste, 200, 4, rng) for taste in tastes])
            weights = fit_linear_reward_model(rankings).weights
            for group, taste in enumerate((TRUE_WEIGHTS, SAFETY_FIRST)):
                scores = judged(taste, 2000, 2, rng) @ weights
                found[world, n_minority, group] = (scores[:, 0] > scores[:, 1]).mean()
    for group, (color, name) in enumerate(((BLUE, "helpfulness first"), (ORANGE, "safety first"))):
        mean, error = mean_and_error(100 * found[:, :, group])
        axes.errorbar(range(6), mean, yerr=error, color=color, marker="o")
        axes.text(0.05 + 5 * group, 82.4 + 2.5 * group, name, color=color, ha=("left", "right")[group])
    axes.set(xlabel="labelers of five who put safety first", ylim=(66, 86), yticks=[70, 75, 80, 85])
    entitle(axes, "accuracy, %")
    return Plot(
        figure,
        "Accuracy of one reward model on the two groups. As those who put safety first grow from none of five labelers"
        " to all, it falls from 81 to 67 % on those who put helpfulness first and rises from 68 to 84 % on the others.",
    )


def served(rankings: list[np.ndarray]) -> list[np.ndarray]:
    """Train one model for all labelers, one each, and take the middle of the two directions."""
    own = np.array([fit_linear_reward_model(mine, l2=1e-3).weights for mine in rankings])
    one = np.tile(fit_linear_reward_model(np.concatenate(rankings), l2=1e-3).weights, (len(rankings), 1))
    one, own = (weights / np.linalg.norm(weights, axis=1, keepdims=True) for weights in (one, own))
    return [one, own, one + own]


def few_rankings() -> Plot:
    """Draw the mean accuracy for ten labelers of one model, of ten, and of the middle: the table's data sets."""
    rng, prompts, n_worlds = np.random.default_rng(0), (3, 5, 8, 12, 20, 40), 20
    tastes = np.array([TRUE_WEIGHTS] * 7 + [SAFETY_FIRST] * 3)
    features = sample_responses(5000, 2, rng=rng).features
    differences = features[:, 0] - features[:, 1]
    prefers = sigmoid(differences @ tastes.T / LABELER_TEMPERATURE)
    found = np.empty((n_worlds, len(prompts), 3))
    for column, world in np.ndindex(len(prompts), n_worlds):
        features = sample_responses(10 * prompts[column], 4, rng=rng).features
        scores = np.sum(features * np.repeat(tastes, prompts[column], axis=0)[:, None], axis=2)
        ranked = np.take_along_axis(features, rank_responses(scores, rng=rng)[:, :, None], axis=1)
        for way, weights in enumerate(served(np.split(ranked, 10))):
            found[world, column, way] = np.where(differences @ weights.T > 0, prefers, 1 - prefers).mean()
    figure, axes = blank(3.4)
    names = ((14, 77.2, "one model for all"), (15, 81.6, "a model for each"), (3, 80.2, "halfway between"))
    for way, (color, (x, y, name)) in enumerate(zip((BLUE, ORANGE, GREEN), names, strict=True)):
        mean, error = mean_and_error(100 * found[:, :, way])
        axes.errorbar(prompts, mean, yerr=error, color=color, marker="o")
        axes.text(x, y, name, color=color)
    axes.set_xscale("log")
    axes.set_xticks(prompts, [str(n) for n in prompts])
    axes.set_xticks([], minor=True)
    axes.set(xlabel="prompts ranked by each labeler", ylim=(71.5, 82.4))
    entitle(axes, "accuracy, %")
    return Plot(
        figure,
        "Mean accuracy for ten labelers. One model for all stays near 78 %. A model for each climbs from 73 % at three"
        " prompts to above 81 % at forty. Halfway between is above both from five prompts to twelve.",
    )
