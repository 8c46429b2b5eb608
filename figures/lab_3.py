"""Plots of lab 3: learning curves of different lengths."""

from collections.abc import Mapping

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter
from numpy.typing import ArrayLike

from figures import STYLE, Plot
from figures.lab import LOOKS


@mpl.rc_context(STYLE)
def paths(
    measured: Mapping[str, tuple[ArrayLike, ArrayLike, ArrayLike]],
    alternative: str,
    *,
    xlabel: str,
    ylabel: str,
    logx: bool = False,
    from_right: bool = False,
) -> Plot:
    """Draw one curve a name from (x, mean, half width of the interval); `from_right` turns the x-axis round."""
    figure = Figure()
    axes = figure.add_subplot()
    for (name, (x, mean, half)), (color, marker, line) in zip(measured.items(), LOOKS, strict=False):
        axes.errorbar(
            x,
            mean,
            yerr=half,
            label=name,
            color=color,
            marker=marker,
            markersize=4,
            linestyle=line,
            elinewidth=1,
            capsize=2,
        )
    axes.set(xlabel=xlabel, ylabel=ylabel)
    if logx:
        axes.set_xscale("log", base=2)
        axes.xaxis.set_major_formatter("{x:g}")
        axes.xaxis.set_minor_formatter(NullFormatter())
    if from_right:
        axes.invert_xaxis()
    axes.legend()
    return Plot(figure, alternative)
