"""Plots of the lab: measurements over seeds, with their intervals."""

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.textpath import TextPath
from matplotlib.ticker import LogLocator, MaxNLocator, NullFormatter
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


def blank(height: float) -> tuple[Figure, Axes]:
    """Make a figure whose letters can be read on a phone: it is 4.2 inches wide, and they have 10 points."""
    figure = Figure(figsize=(4.2, height), layout="constrained")
    return figure, figure.add_subplot()


def entitle(axes: Axes, what: str) -> None:
    """Say above the axes, not beside them, what goes up: that leaves the width to the data, and no head is turned."""
    axes.set_title(what, fontsize=10, loc="left")


def name_curves(axes: Axes) -> None:
    """Put the names of the curves above all, where they hide no data, in as many columns as there is room for."""
    handles, names = axes.get_legend_handles_labels()
    # In points: each name with its line and the gap to the next; the figure has 302.
    widths = [TextPath((0, 0), name, size=10).get_extents().width + 34 for name in names]
    rooms = {rows: -(-len(names) // rows) for rows in range(len(names), 0, -1)}  # the columns that many rows need
    fitting = [n for n in rooms.values() if sum(max(column) for column in np.array_split(widths, n)) < 290]
    figure = axes.get_figure(root=True)
    assert figure is not None
    figure.legend(
        handles, names, loc="outside upper left", ncols=max(fitting, default=1), handlelength=1.6, columnspacing=1
    )


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
    figure, axes = blank(3.8)
    if level is not None:
        axes.axhline(level, color=FAINT, linewidth=1)
    for (name, (mean, half)), look in zip(measured.items(), looks, strict=False):
        series(axes, x, mean, look, yerr=half, label=name)
    axes.set_xlabel(xlabel)
    entitle(axes, ylabel)
    if logx:
        axes.set_xscale("log")
        if np.max(x) < 100 * np.min(x):
            axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    else:
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    if logy:
        axes.set_yscale("log")
    for axis, logarithmic in ((axes.xaxis, logx), (axes.yaxis, logy)):
        if logarithmic:
            plain_numbers(axis)
    name_curves(axes)
    return Plot(figure, alternative)


@mpl.rc_context(STYLE)
def dots(names: Sequence[str], measured: Mapping[str, Sequence[Interval]], alternative: str) -> Plot:
    """Draw one panel a measure, from top to bottom, in each a dot with its interval for every name."""
    figure = Figure(figsize=(4.2, len(measured) * (0.65 + 0.26 * len(names))), layout="constrained")
    panels = figure.subplots(len(measured), 1, squeeze=False)[:, 0]
    for axes, (label, intervals), (color, marker, _) in zip(panels, measured.items(), LOOKS, strict=False):
        for row, interval in enumerate(intervals):
            axes.plot([interval.low, interval.high], [row, row], color=color, linewidth=1.5)
            axes.plot(interval.estimate, row, marker, color=color, markersize=6)
        axes.set(yticks=range(len(names)), yticklabels=names, ylim=(len(names) - 0.5, -0.5))
        entitle(axes, label)
    return Plot(figure, alternative)
