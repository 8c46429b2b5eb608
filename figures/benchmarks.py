"""Plots of the benchmarks: time against size, from what `python -m benchmarks` has recorded."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.ticker import FixedLocator, NullLocator

from figures import INK, STYLE, Plot
from figures.lab import LOOKS, blank, entitle, name_curves, plain_numbers

RESULTS = Path(__file__).resolve().parent.parent / "benchmarks" / "results.json"
SHORT = {  # the names of the tables, as far as a legend needs them
    "numpy, inputs not checked": "numpy, no checks",
    "scipy, differences ready-made": "scipy",
    "numpy, Newton on all differences": "numpy",
    "scikit-learn, lbfgs": "scikit-learn",
    "scipy, L-BFGS-B": "scipy",
    "torch, L-BFGS": "torch",
    "torch, autograd": "torch",
    "numpy and `scipy.special.comb`": "scipy's comb",
    "Python loop, `math.comb`": "Python loop",
    "Python loop over all subsets": "all subsets",
}
LEFT_OUT = {"numpy, 1,000 drawn subsets"}  # another task
LIBRARIES = ("ours", "numpy", "scipy", "torch", "Python loop")  # each looks the same in all plots
Look = tuple[str, str, Any]  # color, marker and line
OTHERS: Look = (INK, "P", (0, (6, 1, 1, 1, 1, 1)))  # another library, and the loop over all subsets


def look_of(name: str) -> Look:
    """Return the look of a method by the name of its curve."""
    looks: dict[str, Look] = dict(zip(LIBRARIES, (*LOOKS, (INK, "v", "-")), strict=True))
    return next((look for library, look in looks.items() if name.startswith(library)), OTHERS)


@cache
def recorded() -> list[dict[str, Any]]:
    """Read the times of calls: group, size, name and seconds of each."""
    return list(json.loads(RESULTS.read_text(encoding="utf-8"))["speed"]["data"])


def in_words(seconds: float) -> str:
    """Write a time for someone who does not see the plot."""
    scale, unit = (1.0, "seconds") if seconds >= 1 else (1e3, "milliseconds")
    if seconds < 1e-3:
        scale, unit = 1e6, "microseconds"
    return f"{seconds * scale:.{1 if seconds * scale < 10 else 0}f} {unit}"


@mpl.rc_context(STYLE)
def growth(group: str, unit: str) -> Plot:
    """Draw the times of a group's methods against the size, on logarithmic axes."""
    curves: dict[str, list[tuple[int, float]]] = {}
    for record in recorded():
        if record["group"] == group and record["name"] not in LEFT_OUT:
            curves.setdefault(record["name"], []).append((record["size"], record["seconds"]))
    figure, axes = blank(3.8)
    said = []
    for name, points in curves.items():
        sizes, seconds = zip(*sorted(points), strict=True)
        label = SHORT.get(name, name)
        color, marker, line = look_of(label)
        look: dict[str, Any] = {"color": color, "marker": marker, "linestyle": line, "markersize": 4}
        axes.plot(sizes, [1e3 * time for time in seconds], label=label, **look)
        ends = f"from {in_words(seconds[0])} to {in_words(seconds[-1])}" if len(sizes) > 1 else in_words(seconds[0])
        said.append(f"{label} {ends}")
    axes.set(xscale="log", yscale="log", xlabel=unit)
    size = sorted({record["size"] for record in recorded() if record["group"] == group})
    axes.xaxis.set_major_locator(FixedLocator(size))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter("{x:,.0f}")
    plain_numbers(axes.yaxis)
    entitle(axes, "milliseconds a call")
    name_curves(axes)
    return Plot(
        figure,
        f"Time of a call against the number of {unit}, both axes logarithmic, from {size[0]:,} to {size[-1]:,} {unit}"
        f" or as far as a method was measured: {'; '.join(said)}.",
    )


def loss() -> Plot:
    """Draw the times of the ranking loss and its gradient."""
    return growth("loss", "prompts")


def training() -> Plot:
    """Draw the times of training a reward model."""
    return growth("training", "pairs")


def best_of_n() -> Plot:
    """Draw the times of the mean over all subsets; drawing some of them is another task."""
    return growth("best_of_n", "scores")
