"""Plots of lab 3: learning curves of different lengths."""

from collections.abc import Mapping

import matplotlib as mpl
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from figures import STYLE, Plot
from figures.lab import plain_numbers, series


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
    for look, (name, (x, mean, half)) in enumerate(measured.items()):
        series(axes, x, mean, look, yerr=half, label=name)
    axes.set(xlabel=xlabel, ylabel=ylabel)
    if logx:
        axes.set_xscale("log", base=2)
        plain_numbers(axes.xaxis)
    if from_right:
        axes.invert_xaxis()
    axes.legend()
    return Plot(figure, alternative)
