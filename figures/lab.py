"""Plots of the lab: measurements over seeds, with their intervals."""

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter
from numpy.typing import ArrayLike

from figures import BLUE, FAINT, GREEN, ORANGE, PURPLE, STYLE, Plot
from lab.statistics import Interval

LOOKS = ((BLUE, "o", "-"), (ORANGE, "s", "--"), (GREEN, "^", "-."), (PURPLE, "D", ":"))  # told apart without color too


def series(axes: Axes, x: ArrayLike, y: ArrayLike, look: int, **details: Any) -> None:
    """Draw measurements with their intervals, `xerr` or `yerr`, in one of `LOOKS`; `details` change the look."""
    color, marker, line = LOOKS[look]
    usual: dict[str, Any] = {
        "color": color,
        "marker": marker,
        "linestyle": line,
        "markersize": 4,
        "elinewidth": 1,
        "capsize": 2,
    }
    axes.errorbar(x, y, **(usual | details))


def bars(intervals: Sequence[Interval]) -> tuple[list[float], list[list[float]]]:
    """Estimates, and how far each interval reaches below and above, as matplotlib takes them."""
    below = [i.estimate - i.low for i in intervals]
    above = [i.high - i.estimate for i in intervals]
    return [i.estimate for i in intervals], [below, above]


def plain_numbers(axis: Axis) -> None:
    """Label a logarithmic axis 0.1, 1, 10, without powers and without labels in between."""
    axis.set_major_formatter("{x:g}")
    axis.set_minor_formatter(NullFormatter())


@mpl.rc_context(STYLE)
def curves(
    x: ArrayLike,
    measured: Mapping[str, tuple[ArrayLike, ArrayLike]],
    alternative: str,
    *,
    xlabel: str,
    ylabel: str,
    level: float | None = None,
    logx: bool = False,
    logy: bool = False,
    looks: Sequence[int] = range(len(LOOKS)),
) -> Plot:
    """Draw one curve a name from (mean, half width of the interval).

    `level` is where all should lie; `looks` picks color and line of each curve, so that a name looks alike in all
    plots of a page.
    """
    figure = Figure()
    axes = figure.add_subplot()
    if level is not None:
        axes.axhline(level, color=FAINT, linewidth=1)
    for (name, (mean, half)), look in zip(measured.items(), looks, strict=False):
        series(axes, x, mean, look, yerr=half, label=name)
    axes.set(xlabel=xlabel, ylabel=ylabel)
    if logx:
        axes.set_xscale("log")
    if logy:
        axes.set_yscale("log")
    for axis, logarithmic in ((axes.xaxis, logx), (axes.yaxis, logy)):
        if logarithmic:
            plain_numbers(axis)
    axes.legend()
    return Plot(figure, alternative)


@mpl.rc_context(STYLE)
def dots(names: Sequence[str], measured: Mapping[str, Sequence[Interval]], alternative: str) -> Plot:
    """Draw one panel a measure, side by side, in each a dot with its interval for every name, the first on top."""
    figure = Figure(figsize=(6.4, 0.8 + 0.36 * len(names)), layout="constrained")
    panels = figure.subplots(1, len(measured), sharey=True, squeeze=False)[0]
    for axes, (label, intervals), (color, marker, _) in zip(panels, measured.items(), LOOKS, strict=False):
        for row, interval in enumerate(intervals):
            axes.plot([interval.low, interval.high], [row, row], color=color, linewidth=1.5)
            axes.plot(interval.estimate, row, marker, color=color, markersize=6)
        axes.set(xlabel=label, yticks=range(len(names)), yticklabels=names, ylim=(len(names) - 0.5, -0.5))
    return Plot(figure, alternative)
