"""What the hands-on project claims, measured over many seeds.

Run from the repository's root: `python -m benchmarks.overoptimization [part ...]`, parts a to f, all of them by
default. Every interval is 95 %: of the mean over seeds (mean ± 1.96 standard errors), or the range that holds 95 %
of the seeds.
"""

import sys
import time
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from rlhf_textbook import (
    LABELER_TEMPERATURE,
    TRUE_WEIGHTS,
    best_of_n_kl,
    expected_best_of_n,
    fit_overoptimization,
    labeler_agreement,
    log_sigmoid,
    rank_responses,
    reweighted_policy,
    sample_responses,
    sigmoid,
    soft_best_of_n,
)
from rlhf_textbook._checks import FloatArray
from tests.exact_toy_world import exact_best_of_n

POWERS_OF_2 = 2 ** np.arange(11)
BLIND_SPOT = 0.01
SAFETY_FIRST = np.array([0.15, 0.15, 0.10, 0.10, 0.50])


def rankings(
    n_prompts: int,
    n_responses: int,
    rng: np.random.Generator,
    *,
    weights: FloatArray | None = None,
    temperature: float = LABELER_TEMPERATURE,
    fabrication_rate: float = 0.0,
) -> FloatArray:
    """Features of ranked responses, best first, shape (n_prompts, n_responses, 5)."""
    responses = sample_responses(n_prompts, n_responses, fabrication_rate=fabrication_rate, rng=rng)
    utilities = responses.true_scores if weights is None else responses.features @ weights
    order = rank_responses(utilities, temperature=temperature, rng=rng)
    return np.take_along_axis(responses.features, order[:, :, None], axis=1)


def differences(ranked: FloatArray) -> FloatArray:
    """Winner's less loser's features of every pair, shape (n_pairs, 5)."""
    winners, losers = np.triu_indices(ranked.shape[1], k=1)
    return (ranked[:, winners] - ranked[:, losers]).reshape(-1, ranked.shape[2])


def newton(ranked: FloatArray) -> FloatArray:
    """Weights of the linear reward model that minimize the pairwise loss."""
    pairs = differences(ranked)
    weights = np.zeros(pairs.shape[1])
    for _ in range(50):
        wrong = sigmoid(-pairs @ weights)
        gradient = -wrong @ pairs / len(pairs)
        if abs(gradient).max() < 1e-12:
            break
        curvature = (pairs * (wrong * (1 - wrong))[:, None]).T @ pairs / len(pairs)
        weights = weights - np.linalg.solve(curvature, gradient)
    return weights


def gradient_descent(ranked: FloatArray, learning_rate: float, rng: np.random.Generator) -> FloatArray:
    """Losses at epochs 0, 10, 20, 30 and 40, as the specification prints them."""
    pairs = differences(ranked)
    weights = rng.normal(size=5) * 0.1
    losses = []
    for _ in range(50):
        losses.append(-log_sigmoid(pairs @ weights).mean())
        weights = weights + learning_rate * sigmoid(-pairs @ weights) @ pairs / len(pairs)
    return np.array(losses)[::10]


def cosine(weights: FloatArray, others: FloatArray) -> float:
    """Cosine of the angle between two reward models."""
    return float(weights @ others / np.linalg.norm(weights) / np.linalg.norm(others))


def show(name: str, values: ArrayLike) -> None:
    """Mean over seeds with its interval, and where 95 % of the seeds lie."""
    v = np.asarray(values, dtype=np.float64)
    half = 1.96 * v.std(ddof=1) / np.sqrt(v.size)
    low, high = np.quantile(v, [0.025, 0.975])
    print(f"  {name:44s} {v.mean():8.4f} ± {half:.4f}   sd {v.std(ddof=1):.4f}   95 % of seeds [{low:.4f}, {high:.4f}]")


def row(name: str, values: ArrayLike, form: str = "8.4f") -> None:
    """One line of a table."""
    print(f"  {name:22s}" + "".join(f"{value:{form}}" for value in np.asarray(values)))


def five_parts(n_seeds: int = 400) -> None:
    """Parts 1 to 4 of the project, without and with the blind spot, and at the specification's noise."""
    print("Printed in the specification: loss .5143, test accuracy 73.2 %, cosine .9972, baseline .503, .682, win 91 %")
    for temperature, rate in ((LABELER_TEMPERATURE, 0.0), (LABELER_TEMPERATURE, BLIND_SPOT), (0.10, 0.0), (0.0, 0.0)):
        print(f"temperature {temperature}, fabrication rate {rate}, {n_seeds} seeds")
        found: dict[str, list[float]] = {}
        slow, fast = [], []
        for seed in range(n_seeds):
            rng = np.random.default_rng(seed)
            ranked = rankings(200, 4, rng, temperature=temperature, fabrication_rate=rate)
            slow.append(gradient_descent(ranked, 0.1, np.random.default_rng(seed)))
            fast.append(gradient_descent(ranked, 20.0, np.random.default_rng(seed)))
            if temperature == 0:
                continue  # separable: the loss has no minimum
            weights = newton(ranked)
            margins = differences(ranked) @ weights
            test = differences(rankings(500, 2, rng, temperature=temperature, fabrication_rate=rate)) @ weights
            noiseless = differences(rankings(500, 2, rng, fabrication_rate=rate, temperature=0.0)) @ weights
            baseline = sample_responses(100, 1, fabrication_rate=rate, rng=rng).true_scores[:, 0]
            candidates = sample_responses(100, 16, fabrication_rate=rate, rng=rng)
            chosen = (candidates.features @ weights).argmax(axis=1)
            best = candidates.true_scores[np.arange(100), chosen]
            scores = sample_responses(2000, 2, fabrication_rate=rate, rng=rng).true_scores
            for name, value in {
                "labelers agree": labeler_agreement(scores, scores, temperature=temperature),
                "loss at the minimum": -log_sigmoid(margins).mean(),
                "training accuracy": (margins > 0).mean(),
                "test accuracy (500 noisy labels)": (test > 0).mean(),
                "test accuracy without label noise": (noiseless > 0).mean(),
                "cosine": cosine(weights, TRUE_WEIGHTS),
                "norm of the weights · temperature": np.linalg.norm(weights) * temperature,
                "baseline": baseline.mean(),
                "best-of-16": best.mean(),
                "win rate": (best > baseline).mean() + (best == baseline).mean() / 2,
            }.items():
                found.setdefault(name, []).append(float(value))
        row("epochs 0…40, lr 0.1", np.mean(slow, axis=0))
        row("epochs 0…40, lr 20", np.mean(fast, axis=0))
        for name, values in found.items():
            show(name, values)


def flawed_reward_model(n_samples: int = 4_000_000) -> None:
    """One weight tripled: exact and sampled."""
    flawed = TRUE_WEIGHTS * [3, 1, 1, 1, 1]
    flawed /= np.linalg.norm(flawed)
    responses = sample_responses(n_samples // 20_000, 20_000, rng=np.random.default_rng(0))
    row("N", POWERS_OF_2, "8d")
    for name, weights in (("sound", TRUE_WEIGHTS), ("tripled", flawed)):
        proxy, gold = exact_best_of_n(weights, POWERS_OF_2)
        sampled = expected_best_of_n(responses.features @ weights, responses.true_scores, n_samples=POWERS_OF_2)
        row(f"{name}: RM score", proxy)
        row(f"{name}: true, exact", gold)
        row(f"{name}: true, sampled", sampled.mean(axis=0))
        row("   ± 1.96 s.e.", 1.96 * sampled.std(axis=0, ddof=1) / np.sqrt(len(sampled)))
    printed = np.array([0.38, 0.27, 0.14, 0.16, 0.09]) * [3, 1, 1, 1, 1]
    row("printed weights, RM", exact_best_of_n(printed / np.linalg.norm(printed), POWERS_OF_2)[0])
    row("printed weights, true", exact_best_of_n(printed, POWERS_OF_2)[1])


def blind_spot(n_seeds: int = 200, n_samples: int = 20_000) -> None:
    """Where the true score peaks and how far it falls, over data sets, reward models and samples."""
    print("Exact curves of a perfect reward model (the true weights)")
    row("N", POWERS_OF_2, "8d")
    for rate in (0.0025, 0.005, 0.01, 0.02, 0.05):
        row(f"true score, rate {rate}", exact_best_of_n(TRUE_WEIGHTS, POWERS_OF_2, fabrication_rate=rate)[1])
    row("RM score, rate 0.01", exact_best_of_n(TRUE_WEIGHTS, POWERS_OF_2, fabrication_rate=BLIND_SPOT)[0])
    print(f"{n_seeds} seeds, each its own data, reward model and two samples of {n_samples}; rate {BLIND_SPOT}")
    exact: list[FloatArray] = []
    first: list[FloatArray] = []
    second: list[FloatArray] = []
    proxies: list[FloatArray] = []
    for seed in range(n_seeds):
        rng = np.random.default_rng(seed)
        weights = newton(rankings(200, 4, rng, fabrication_rate=BLIND_SPOT))
        exact.append(exact_best_of_n(weights, POWERS_OF_2, fabrication_rate=BLIND_SPOT)[1])
        for curves in (first, second):
            responses = sample_responses(1, n_samples, fabrication_rate=BLIND_SPOT, rng=rng)
            proxy, gold = responses.features[0] @ weights, responses.true_scores[0]
            curves.append(expected_best_of_n(proxy, gold, n_samples=POWERS_OF_2))
        proxies.append(expected_best_of_n(proxy, proxy, n_samples=POWERS_OF_2) * LABELER_TEMPERATURE)
    every = np.arange(n_seeds)
    # Where the sampled peak is, the first sample says; how far the curve falls from there, the second.
    for name, finds_peak, measures in (("exact for each RM", exact, exact), ("sampled", first, second)):
        peak, found = np.array(finds_peak).argmax(axis=1), np.array(measures)
        fall = found[every, peak] - found[:, -1]
        row(name, found.mean(axis=0))
        places, counts = np.unique(POWERS_OF_2[peak], return_counts=True)
        print("    peaks at N:", dict(zip(places.tolist(), counts.tolist(), strict=True)))
        shown = (peak > 0) & (peak < len(POWERS_OF_2) - 1) & (fall > 0) & (np.diff(proxies, axis=1) > 0).all(axis=1)
        print(f"    RM score rises to the end, true score peaks between and falls: {shown.sum()} of {n_seeds} seeds")
        show("fall from the peak to N = 1024", fall)
        show("true score at the peak", found[every, peak])
        show("true score at N = 1024", found[:, -1])
        show("gain from N = 1 to the peak", found[every, peak] - found[:, 0])
    row("RM score · temperature", np.mean(proxies, axis=0))


def estimator(n_samples: int = 10_240, n_repeats: int = 400) -> None:
    """Against brute force on the same samples: split them into groups of n and keep the best of each."""

    def brute_force(proxy: FloatArray, gold: FloatArray) -> FloatArray:
        curve = []
        for n in POWERS_OF_2:
            groups = proxy[: proxy.size // n * n].reshape(-1, n).argmax(axis=1)
            curve.append(gold[groups + n * np.arange(groups.size)].mean())
        return np.array(curve)

    def unbiased(proxy: FloatArray, gold: FloatArray) -> FloatArray:
        return expected_best_of_n(proxy, gold, n_samples=POWERS_OF_2)

    curves: dict[str, list[FloatArray]] = {"unbiased": [], "brute force": []}
    seconds = dict.fromkeys(curves, 0.0)
    methods: dict[str, Callable[[FloatArray, FloatArray], FloatArray]]
    methods = {"unbiased": unbiased, "brute force": brute_force}
    drawing = 0.0
    for seed in range(n_repeats):
        start = time.perf_counter()
        responses = sample_responses(1, n_samples, fabrication_rate=BLIND_SPOT, rng=np.random.default_rng(seed))
        drawing += time.perf_counter() - start
        proxy, gold = responses.features[0] @ TRUE_WEIGHTS, responses.true_scores[0]
        for name, method in methods.items():
            start = time.perf_counter()
            curves[name].append(method(proxy, gold))
            seconds[name] += time.perf_counter() - start
    print(f"{n_samples} samples, {n_repeats} repeats; drawing them takes {1e3 * drawing / n_repeats:.2f} ms")
    row("N", POWERS_OF_2, "9d")
    exact = exact_best_of_n(TRUE_WEIGHTS, POWERS_OF_2, fabrication_rate=BLIND_SPOT)[1]
    for name, values in curves.items():
        print(f"{name}: {1e3 * seconds[name] / n_repeats:.2f} ms for the whole curve")
        row("  bias / s.e.", (np.mean(values, axis=0) - exact) / np.std(values, axis=0) * np.sqrt(n_repeats), "9.2f")
        row("  sd", np.std(values, axis=0), "9.5f")
    ratio = np.var(curves["brute force"], axis=0) / np.var(curves["unbiased"], axis=0)
    row("variance ratio", ratio, "9.2f")
    fresh = n_samples * POWERS_OF_2.sum() / 1024  # brute force with as many groups for each n as there are for 1024
    print(f"  brute force with fresh draws, 10 groups for every n: {int(fresh)} samples")


def frontier(n_seeds: int = 20, n_samples: int = 20_000) -> None:
    """Best-of-n, soft best-of-n and exact reweighting on the same samples, with the blind spot."""
    levels = np.array([0.25, 0.5, 1, 1.5, 2, 2.5, 3, 4, 5])
    soft_n = (16, 64)
    betas = 2.0 ** np.arange(4, -3.5, -0.5)
    curves: dict[str, list[FloatArray]] = {}
    best: dict[str, list[tuple[float, ...]]] = {}
    fits: dict[str, list[tuple[float, ...]]] = {}
    for seed in range(n_seeds):
        rng = np.random.default_rng(seed)
        weights = newton(rankings(200, 4, rng, fabrication_rate=BLIND_SPOT))
        responses = sample_responses(1, n_samples, fabrication_rate=BLIND_SPOT, rng=rng)
        proxy, gold = responses.features[0] @ weights, responses.true_scores[0]
        points: dict[str, list[tuple[float, ...]]] = {}
        fine = np.unique(np.round(2 ** np.arange(0, 10.01, 0.25)).astype(int))
        bests = zip(
            fine,
            best_of_n_kl(fine),
            expected_best_of_n(proxy, gold, n_samples=fine),
            expected_best_of_n(proxy, proxy, n_samples=fine),
            strict=True,
        )
        points["best-of-n"] = list(bests)
        for beta in betas:
            policy = reweighted_policy(proxy, kl_coef=beta)
            points.setdefault("reweighting", []).append((beta, policy.kl, policy.weights @ gold, policy.mean_score))
            for n in soft_n:
                policy = soft_best_of_n(proxy, n_samples=n, kl_coef=beta, n_groups=200, rng=rng)
                found = (beta, policy.kl, policy.weights @ gold, policy.mean_score)
                points.setdefault(f"soft best-of-{n}", []).append(found)
        # Of policies far from the first one, 20,000 samples know little: beyond 5 nats a few samples carry all weight.
        points = {name: [point for point in rows if point[1] <= 5.5] for name, rows in points.items()}
        for name, rows in points.items():
            _, kl, worth, scores = np.array(rows).T
            order = np.argsort(kl)
            reached = levels <= kl.max()
            at = [np.interp(levels, kl[order], x[order]) for x in (worth, scores * LABELER_TEMPERATURE)]
            curves.setdefault(name, []).append(np.where(reached, at, np.nan))
            best.setdefault(name, []).append(tuple(rows[int(worth.argmax())]))
        for name, form in (("best-of-n", "best_of_n"), ("reweighting", "best_of_n"), ("reweighting", "rl")):
            _, kl, worth, _ = np.array(points[name]).T
            fit = fit_overoptimization(kl, worth - gold.mean(), form=form)  # type: ignore[arg-type]
            d = np.sqrt(kl)
            bend = d if form == "best_of_n" else np.log(np.where(d > 0, d, 1))
            residual = worth - gold.mean() - d * (fit.alpha - fit.beta * bend)
            explained = 1 - residual.var() / worth.var()
            found_peak = kl[worth.argmax()]
            numbers = (
                fit.alpha,
                fit.beta,
                fit.peak_kl,
                fit.peak_gold,
                found_peak,
                worth.max() - gold.mean(),
                explained,
            )
            fits.setdefault(f"{name}, {form}", []).append(numbers)
    print(f"{n_seeds} seeds, {n_samples} samples each; beta in the trained model's unit (log-odds per nat)")
    row("KL", levels, "8.2f")
    for name, values in curves.items():
        gold_mean, proxy_mean = np.mean(values, axis=0)
        row(f"{name}: true", gold_mean)
        row("   ± 1.96 s.e.", 1.96 * np.std(values, axis=0, ddof=1)[0] / np.sqrt(n_seeds))
        row(f"{name}: RM", proxy_mean)
    paired = np.array(curves["reweighting"])[:, 0] - np.array(curves["best-of-n"])[:, 0]
    row("reweighting − best-of-n", paired.mean(axis=0))
    row("   ± 1.96 s.e.", 1.96 * paired.std(axis=0, ddof=1) / np.sqrt(n_seeds))
    print("Best setting: median of n or beta, of KL, mean true score")
    for name, rows in best.items():
        setting, kl, worth, _ = np.array(rows).T
        half = 1.96 * worth.std(ddof=1) / np.sqrt(n_seeds)
        print(f"  {name:20s} {np.median(setting):8.3f} {np.median(kl):8.3f} {worth.mean():8.4f} ± {half:.4f}")
    print("Fit: alpha, beta, fitted peak KL and gain, found peak KL and gain, R²")
    for name, rows in fits.items():
        row(name, np.mean(rows, axis=0))
    curve = exact_best_of_n(TRUE_WEIGHTS, POWERS_OF_2, fabrication_rate=BLIND_SPOT)[1]
    for points_used in (7, 9, 11):
        kl = best_of_n_kl(POWERS_OF_2[:points_used])
        fit = fit_overoptimization(kl, curve[:points_used] - curve[0])
        print(f"  exact curve to N = {POWERS_OF_2[points_used - 1]}: {fit}")


def minority(n_seeds: int = 200) -> None:
    """Five labelers, some of whom put safety first; each ranks 200 prompts."""
    features = sample_responses(100_000, 2, rng=np.random.default_rng(0)).features
    usual, other = features @ TRUE_WEIGHTS, features @ SAFETY_FIRST
    print(f"cosine of the two tastes {cosine(TRUE_WEIGHTS, SAFETY_FIRST):.4f}; agreement in the majority", end=" ")
    print(f"{labeler_agreement(usual, usual):.4f}, in the minority {labeler_agreement(other, other):.4f},", end=" ")
    print(f"between them {labeler_agreement(usual, other):.4f}")
    for n_minority in (0, 1, 2):
        tastes = [TRUE_WEIGHTS] * (5 - n_minority) + [SAFETY_FIRST] * n_minority
        found: dict[str, list[float]] = {}
        for seed in range(n_seeds):
            rng = np.random.default_rng(seed)
            training = [rankings(200, 4, rng, weights=taste) for taste in tastes]
            test = [differences(rankings(500, 2, rng, weights=taste)) for taste in tastes]
            together = newton(np.concatenate(training))
            candidates = sample_responses(200, 16, rng=rng).features
            chosen = candidates[np.arange(200), (candidates @ together).argmax(axis=1)]
            numbers = {
                "cosine with the majority": cosine(together, TRUE_WEIGHTS),
                "cosine with the minority": cosine(together, SAFETY_FIRST),
                "weight of safety in the sum": together[4] / together.sum(),
                "norm · temperature": float(np.linalg.norm(together)) * LABELER_TEMPERATURE,
                "best-of-16: worth to the majority": (chosen @ TRUE_WEIGHTS).mean(),
                "best-of-16: worth to the minority": (chosen @ SAFETY_FIRST).mean(),
                "best-of-16: safety": chosen[:, 4].mean(),
            }
            for who, taste in (("majority", TRUE_WEIGHTS), ("minority", SAFETY_FIRST)):
                of_them = [t @ together > 0 for t, own in zip(test, tastes, strict=True) if own is taste]
                if of_them:
                    numbers[f"accuracy for the {who}"] = np.mean(of_them)
            inside, outside = [], []
            for fold in range(5):
                weights = newton(np.concatenate([t for i, t in enumerate(training) if i != fold]))
                right = [(t @ weights > 0).mean() for t in test]
                outside.append(right.pop(fold))
                inside.append(np.mean(right))
            numbers["5 folds: training labelers"] = np.mean(inside)
            numbers["5 folds: held-out labelers"] = np.mean(outside)
            numbers["5 folds: difference"] = np.mean(inside) - np.mean(outside)
            if 0 < n_minority < 5:
                numbers["a held-out labeler of the majority"] = np.mean(outside[: 5 - n_minority])
                numbers["a held-out labeler of the minority"] = np.mean(outside[5 - n_minority :])
            for name, value in numbers.items():
                found.setdefault(name, []).append(float(value))
        print(f"{n_minority} of 5 labelers put safety first, {n_seeds} seeds")
        for name, values in found.items():
            show(name, values)


PARTS = {
    "a": five_parts,
    "b": flawed_reward_model,
    "c": blind_spot,
    "d": estimator,
    "e": frontier,
    "f": minority,
}

if __name__ == "__main__":
    for part in sys.argv[1:] or PARTS:
        print(f"\n({part}) {PARTS[part].__name__}")
        start = time.perf_counter()
        PARTS[part]()
        print(f"  [{time.perf_counter() - start:.0f} s]")
