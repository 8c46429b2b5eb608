"""Time and memory of `fit_linear_reward_model` beside other libraries: same data, one run, one thread.

    python benchmarks/reward_model_training.py             # prints the tables
    python benchmarks/reward_model_training.py --write     # and writes the page of the book
    python benchmarks/reward_model_training.py --sizes 1e4 1e5 --repeats 3

Peers that are not installed are left out; the group `benchmark` of pyproject.toml lists all but torch.
"""
# ruff: noqa: E501 (paragraphs of the page are lines of their own)

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.measuring import distance, duration, growth, is_here, kernels, load, multiple, one_thread, table
from benchmarks.measuring import seconds as all_seconds
from benchmarks.measuring import versions as versions_of

if __name__ == "__main__":  # where another module takes the trainers, it decides
    one_thread()

import argparse
import importlib
import math
import statistics
import subprocess
import tempfile
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rlhf_textbook import fit_linear_reward_model

PAGE = ROOT / "docs/benchmarks/reward-model-training.md"
OURS = "ours, Newton"
FloatArray = NDArray[np.float64]
Fit = Callable[[], Any]

# Data


def make_rankings(n_pairs: int, k: int) -> FloatArray:
    """Rankings of `k` responses with five features each, best first, by noisy labelers (Plackett and Luce)."""
    rng = np.random.default_rng(0)
    n_prompts = math.ceil(n_pairs / math.comb(k, 2))
    features = rng.beta(2, 2, size=(n_prompts, k, 5))
    utilities = features @ np.array([0.35, 0.25, 0.15, 0.15, 0.10]) / 0.1 + rng.gumbel(size=(n_prompts, k))
    return np.take_along_axis(features, np.argsort(-utilities, axis=1)[:, :, None], axis=1)


def differences_of(features: FloatArray) -> FloatArray:
    """Winner minus loser of every pair, one row a pair: what the peers learn from."""
    n_prompts, k, n_features = features.shape
    winners, losers = np.triu_indices(k, 1)
    rows = np.empty((n_prompts, len(winners), n_features))
    for pair, (winner, loser) in enumerate(zip(winners, losers, strict=True)):
        np.subtract(features[:, winner], features[:, loser], out=rows[:, pair])
    return rows.reshape(-1, n_features)


def loss_of(weights: FloatArray, features: FloatArray) -> float:
    """Mean loss over all pairs, summed from slices so that 10^7 pairs fit in memory."""
    winners, losers = np.triu_indices(features.shape[1], 1)
    total = 0.0
    for part in np.array_split(features, max(1, features.size // 1_000_000)):
        scores = part @ weights
        total += float(np.logaddexp(0, scores[:, losers] - scores[:, winners]).sum())
    return total / (len(features) * len(winners))


# The trainers. Each takes the differences (ours: the rankings) and returns a call that trains; what a user
# would do once and for all, such as handing the array to the library, is done before. Each stops at the
# loosest power of ten of its tolerance that ends within 10^-8 of the smallest loss.


def our_fit(**options: Any) -> Callable[[FloatArray], Fit]:
    return lambda features: lambda: fit_linear_reward_model(features, **options).weights


def numpy_newton(rows: FloatArray) -> Fit:
    def fit() -> FloatArray:
        weights = np.zeros(rows.shape[1])
        for _ in range(50):
            wrong = 1 / (1 + np.exp(rows @ weights))
            gradient = wrong @ rows / len(rows)
            if np.linalg.norm(gradient) <= 1e-5:
                break
            hessian = (rows * (wrong * (1 - wrong))[:, None]).T @ rows / len(rows)
            weights = weights + np.linalg.solve(hessian, gradient)
        return weights

    return fit


def sklearn_fit(solver: str, tolerance: float) -> Callable[[FloatArray], Fit]:
    def prepare(rows: FloatArray) -> Fit:
        linear_model = importlib.import_module("sklearn.linear_model")
        signs = np.where(np.arange(len(rows)) % 2, 1.0, -1.0)  # it wants to see two classes
        rows *= signs[:, None]
        model = linear_model.LogisticRegression(
            C=np.inf, fit_intercept=False, solver=solver, tol=tolerance, max_iter=1000
        )
        return lambda: model.fit(rows, signs).coef_[0]

    return prepare


def scipy_lbfgs(rows: FloatArray) -> Fit:
    optimize, special = importlib.import_module("scipy.optimize"), importlib.import_module("scipy.special")

    def objective(weights: FloatArray) -> tuple[float, FloatArray]:
        margins = rows @ weights
        return float(np.logaddexp(0, -margins).mean()), -(special.expit(-margins) @ rows) / len(rows)

    options = {"gtol": 1e-5, "ftol": 0}
    return lambda: optimize.minimize(objective, np.zeros(rows.shape[1]), jac=True, method="L-BFGS-B", options=options).x


def scipy_lbfgs_tuned(rows: FloatArray) -> Fit:
    """As fast as numpy can make the objective, which breaks down at margins below -700."""
    optimize = importlib.import_module("scipy.optimize")
    work = np.empty(len(rows))

    def objective(weights: FloatArray) -> tuple[float, FloatArray]:
        np.matmul(rows, weights, out=work)
        np.exp(work, out=work)
        np.add(work, 1, out=work)
        np.divide(1, work, out=work)
        gradient = -(work @ rows) / len(rows)
        np.subtract(1, work, out=work)
        np.log(work, out=work)
        return -float(work.mean()), gradient

    options = {"gtol": 1e-5, "ftol": 0}
    return lambda: optimize.minimize(objective, np.zeros(rows.shape[1]), jac=True, method="L-BFGS-B", options=options).x


def torch_lbfgs(rows: FloatArray) -> Fit:
    torch = importlib.import_module("torch")
    torch.set_num_threads(1)
    table = torch.from_numpy(rows)

    def fit() -> FloatArray:
        weights = torch.zeros(rows.shape[1], dtype=torch.float64, requires_grad=True)
        optimizer = torch.optim.LBFGS([weights], max_iter=100, tolerance_grad=1e-5, tolerance_change=0)

        def closure() -> Any:
            optimizer.zero_grad()
            loss = torch.nn.functional.softplus(-(table @ weights)).mean()
            loss.backward()
            return loss

        optimizer.step(closure)
        result: FloatArray = weights.detach().numpy()
        return result

    return fit


def loop_over_pairs(rows: FloatArray) -> Fit:
    """Gradient descent as the exercise asks for it: pair by pair in Python, 50 epochs at a rate of 0.1."""
    pairs = list(rows)

    def fit() -> FloatArray:
        weights = np.zeros(rows.shape[1])
        for _ in range(50):
            loss, gradient = 0.0, np.zeros(rows.shape[1])
            for difference in pairs:
                right = 1 / (1 + math.exp(-(weights @ difference)))
                loss -= math.log(right)
                gradient -= (1 - right) * difference
            weights = weights - 0.1 * gradient / len(pairs)
        return weights

    return fit


TRAINERS: dict[str, tuple[str, Callable[[FloatArray], Fit]]] = {  # name: (module it needs, preparation)
    OURS: ("numpy", our_fit(tolerance=1e-5)),
    "ours, Newton to a gradient of 10⁻⁹": ("numpy", our_fit(tolerance=1e-9)),
    "ours, gradient descent": ("numpy", our_fit(method="gradient_descent", tolerance=1e-5)),
    "numpy, Newton on all differences": ("numpy", numpy_newton),
    "scikit-learn, lbfgs": ("sklearn", sklearn_fit("lbfgs", 1e-5)),
    "scikit-learn, newton-cholesky": ("sklearn", sklearn_fit("newton-cholesky", 1e-4)),
    "scipy, L-BFGS-B": ("scipy", scipy_lbfgs),
    "scipy, L-BFGS-B, objective tuned by hand": ("scipy", scipy_lbfgs_tuned),
    "torch, L-BFGS": ("torch", torch_lbfgs),
    "Python loop, 50 epochs": ("numpy", loop_over_pairs),
}


def takes_rankings(name: str) -> bool:
    return name.startswith("ours")


def runs_at(name: str, n_pairs: int) -> bool:
    return n_pairs <= 10_000 or "loop" not in name


# Measuring


def seconds(fits: dict[str, Fit], repeats: int) -> dict[str, float]:
    """Median processor time of each call."""
    return {name: statistics.median(times) for name, times in all_seconds(fits, repeats).items()}


def measure_times(n_pairs: int, k: int, names: list[str], repeats: int) -> dict[str, tuple[float, float]]:
    """By name: seconds, and how far the loss is above the smallest one found."""
    features = make_rankings(n_pairs, k)
    rows = differences_of(features)
    fits, losses = {}, {}
    for name in names:
        if runs_at(name, n_pairs):
            own = rows.copy() if "scikit" in name else rows  # it flips signs in place
            fits[name] = TRAINERS[name][1](features if takes_rankings(name) else own)
            losses[name] = loss_of(fits[name](), features)  # also warms up
    fits["forming the differences"] = lambda: differences_of(features)
    losses["forming the differences"] = math.nan
    least = np.nanmin(list(losses.values()))
    slow = {name: fits.pop(name) for name in list(fits) if "loop" in name}
    taken = seconds(fits, repeats) | seconds(slow, 1)
    return {name: (taken[name], losses[name] - least) for name in taken}


def peak_bytes() -> int:
    import resource  # not there on Windows

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def print_extra_memory(name: str, file: str) -> None:
    """In a process of its own: peak memory of a training beyond the rankings themselves, in bytes."""
    features = np.load(file)

    def train(table: FloatArray) -> None:
        TRAINERS[name][1](table if takes_rankings(name) else differences_of(table))()

    train(features[:300].copy())  # loads what is loaded at the first call
    before = peak_bytes()
    train(features)
    print(peak_bytes() - before)


def measure_memory(n_pairs: int, k: int, names: list[str]) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        file = str(Path(folder) / "features.npy")
        # Made elsewhere too: what making them takes would count as this process's peak.
        subprocess.run([sys.executable, __file__, "--make-rankings", str(n_pairs), str(k), file], check=True)
        extra = {}
        for name in names:
            if runs_at(name, n_pairs):
                command = [sys.executable, __file__, "--memory-of", name, file]
                done = subprocess.run(command, check=True, capture_output=True, text=True)
                extra[name] = float(done.stdout)
    return extra


def measure_items(n_comparisons: int, repeats: int) -> dict[str, tuple[float, float]]:
    """Item level: 20 responses meet again and again, each has a score of its own and no features."""
    choix = importlib.import_module("choix")
    rng = np.random.default_rng(0)
    scores = rng.normal(size=20)
    first = rng.integers(20, size=n_comparisons)
    second = (first + rng.integers(1, 20, size=n_comparisons)) % 20
    first_wins = rng.random(n_comparisons) < 1 / (1 + np.exp(scores[second] - scores[first]))
    games = np.where(first_wins[:, None], np.stack([first, second], 1), np.stack([second, first], 1))
    listed = [tuple(game) for game in games.tolist()]
    fits: dict[str, Fit] = {
        OURS: lambda: fit_linear_reward_model(np.eye(20)[games], tolerance=1e-5).weights,
        "choix, `opt_pairwise`": lambda: choix.opt_pairwise(20, listed, alpha=0.0),
        "choix, `ilsr_pairwise`": lambda: choix.ilsr_pairwise(20, listed, tol=1e-5),
        "choix, `mm_pairwise`": lambda: choix.mm_pairwise(20, listed, tol=1e-5),
    }
    losses = {name: loss_of(fit(), np.eye(20)[games]) for name, fit in fits.items()}
    taken = seconds(fits, repeats)
    return {name: (taken[name], losses[name] - min(losses.values())) for name in fits}


# Telling


def time_table(results: dict[str, dict[str, tuple[float, float]]], sizes: list[int] | None = None) -> str:
    """Give times by column, as multiples of ours too; with sizes, also b of the power law n^b through them."""
    rows = []
    for name in next(iter(results.values())):
        entries = [result.get(name) for result in results.values()]
        cells = []
        for entry, result in zip(entries, results.values(), strict=True):
            cells.append(f"{duration(entry[0])} ({multiple(entry[0], result[OURS][0])})" if entry else "")
        gaps = [entry[1] for entry in entries if entry and not math.isnan(entry[1])]
        cells.append(distance(max(gaps) if max(gaps) >= 1e-15 else 0) if gaps else "")
        if sizes is not None:
            points = [(n, entry[0]) for n, entry in zip(sizes, entries, strict=True) if entry]
            cells.append(f"{growth(*zip(*points, strict=True)):.2f}" if len(points) > 1 else "")
        rows.append([name, *cells])
    return table(["method", *results, "loss too high by", *([] if sizes is None else ["growth"])], rows)


def memory_table(results: dict[int, dict[str, float]]) -> str:
    names = list(next(iter(results.values())))
    rows = [[name, *(f"{r[name] / 1e6:,.1f} MB" if name in r else "" for r in results.values())] for name in names]
    rows.append(["the differences alone", *(f"{n * 5 * 8 / 1e6:,.1f} MB" for n in results)])
    return table(["method", *(f"{n:,} pairs" for n in results)], rows)


def versions() -> str:
    return versions_of("numpy", "scipy", "sklearn", "torch", "choix") + kernels()


TEMPLATE = """# Benchmarks: training a reward model

[`fit_linear_reward_model`][rlhf_textbook.linear_reward_model.fit_linear_reward_model] of [lesson 3](../lessons/3-reward-modeling.md) is plain numpy. Here it runs beside libraries that can do the same job.

The job: given rankings of $K$ responses with five features each, made by noisy labelers, find the weights with the smallest ranking loss. Ours starts from the rankings. To the peers it is a logistic regression without intercept on the differences of all pairs, winner minus loser: the same loss, over the same pairs. They get the differences ready-made; the row *forming the differences* says what that takes.

Each trainer stops at the loosest power of ten of its tolerance that ends within $10^{{-8}}$ nats of the minimum. The second row shows ours at its default, a gradient of $10^{{-9}}$.

## Time

Rankings of four responses. In brackets: the multiple of our time. *Loss too high by* is the largest distance from the minimum in the row, in nats. *Growth* is the exponent $b$ of a power law $n^b$ through the times of the row; 1 is linear.

{times}

At 10,000 pairs the fast ones need about a millisecond, and what numpy spends on each call decides: there, Newton's method on all differences at once does as well or better. From 100,000 pairs on, what counts is how often the data passes through the processor.

The objective tuned by hand overwrites one work array again and again and breaks down at margins below −700. It is about the fastest that numpy and scipy allow.

The Python loop is gradient descent as one writes it first, pair by pair, for 50 epochs at a learning rate of 0.1. It is far from the minimum when it stops.

## Length of the rankings

{middle:,} pairs each. In longer rankings the same number of pairs comes from fewer responses, so there is less to read. Single comparisons, $K = 2$, are the costliest form of the data.

{lengths}

## Memory

Peak of the resident memory during training, beyond the rankings themselves, each trainer in a process of its own. For the peers this includes the differences. Rankings of four.

{memory}

Ours forms the differences of one block of prompts at a time and forgets them. The work arrays of a block are what it needs in small data. What grows with the data is the check for NaN, one byte a feature. What stays below the peak of loading a library shows as 0.
{items}
## How it was measured

The median of {repeats} runs (three at {largest:,} pairs), the trainers taking turns, in processor time, every library held to one thread. Machine: {machine}. {versions}. Elsewhere the times differ, and so, somewhat, do the ratios.

To measure on your machine, from a copy of the repository:

<div class="wrapped" markdown>

```shell
python -m pip install numpy scipy scikit-learn choix threadpoolctl
python benchmarks/reward_model_training.py
```

</div>

The rows of torch appear where torch is installed.
"""

ITEMS = """
## Items without features

The library [choix](https://github.com/lucasmaystre/choix) gives every item a score of its own and knows no features. For ours, that is one feature an item: 1 for itself and 0 for the others. Twenty items, compared at random:

{items}
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", nargs="+", type=float, default=[1e4, 1e5, 1e6, 1e7], help="numbers of pairs")
    parser.add_argument("--repeats", type=int, default=9)
    parser.add_argument("--write", action="store_true", help=f"write {PAGE.relative_to(ROOT)}")
    parser.add_argument("--machine", default="one core of a cloud machine", help="in words, for the page")
    parser.add_argument("--memory-of", nargs=2, help=argparse.SUPPRESS)
    parser.add_argument("--make-rankings", nargs=3, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.make_rankings:
        n_pairs, k, file = chosen.make_rankings
        np.save(file, make_rankings(int(n_pairs), int(k)))
        return
    if chosen.memory_of:
        print_extra_memory(*chosen.memory_of)
        return

    names = []
    for name, (module, _) in TRAINERS.items():
        if is_here(module):
            names.append(name)
        else:
            print(f"{name}: {module} is not installed, left out")
    sizes = sorted(int(size) for size in chosen.sizes)
    # Memory first, while this process is small: the peak of a child is counted from its parent's.
    memory = memory_table({n: measure_memory(n, 4, names) for n in sizes}) if is_here("resource") else ""
    print(versions(), load(), memory, sep="\n\n", flush=True)

    middle = 1_000_000 if 1_000_000 in sizes else sizes[-1]
    by_size = {n: measure_times(n, 4, names, chosen.repeats if n <= middle else 3) for n in sizes}
    times = time_table({f"{n:,} pairs": result for n, result in by_size.items()}, sizes)
    print("", times, sep="\n", flush=True)
    by_length = {k: by_size[middle] if k == 4 else measure_times(middle, k, names, chosen.repeats) for k in (2, 4, 9)}
    lengths = time_table({f"K = {k}": result for k, result in by_length.items()})
    print("", lengths, sep="\n", flush=True)
    items = ""
    if is_here("choix"):
        by_games = {n: measure_items(n, 3) for n in (10_000, 100_000)}
        items = ITEMS.format(items=time_table({f"{n:,} pairs": result for n, result in by_games.items()}))
        print(items)
    else:
        print("choix is not installed, left out")
    print(load())
    if chosen.write:
        page = TEMPLATE.format(
            times=times,
            lengths=lengths,
            memory=memory,
            items=items,
            middle=middle,
            largest=sizes[-1],
            repeats=chosen.repeats,
            machine=chosen.machine,
            versions=versions(),
        )
        PAGE.parent.mkdir(exist_ok=True)
        PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
