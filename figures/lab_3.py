"""Plots of lab 3: learning curves of different lengths."""

from collections.abc import Mapping

import matplotlib as mpl
from numpy.typing import ArrayLike

from figures import STYLE, Plot
from figures.lab import blank, entitle, name_curves, plain_numbers, series


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
    figure, axes = blank(3.8)
    for look, (name, (x, mean, half)) in enumerate(measured.items()):
        series(axes, x, mean, look, yerr=half, label=name)
    axes.set_xlabel(xlabel)
    entitle(axes, ylabel)
    if logx:
        axes.set_xscale("log", base=2)
        plain_numbers(axes.xaxis)
    else:
        axes.locator_params(axis="x", nbins=6)
    if from_right:
        axes.invert_xaxis()
    name_curves(axes)
    return Plot(figure, alternative)
