"""The plots of lab pages 6 and 7: several measurements side by side, in named places."""

from collections.abc import Mapping, Sequence

import matplotlib as mpl
import numpy as np

from figures import FAINT, STYLE, Plot
from figures.lab import bars, blank, entitle, name_curves, series
from lab.statistics import Interval


@mpl.rc_context(STYLE)
def places(
    names: Sequence[str],
    measured: Mapping[str, Sequence[Interval]],
    alternative: str,
    *,
    ylabel: str,
    level: float | None = None,
) -> Plot:
    """Draw the intervals of each series above the names, the series next to each other; `level` is a line to see."""
    figure, axes = blank(3.8)
    if level is not None:
        axes.axhline(level, color=FAINT, linewidth=1)
    at = np.arange(len(names))
    shifts = 0.18 * (np.arange(len(measured)) - (len(measured) - 1) / 2)
    for look, ((name, intervals), shift) in enumerate(zip(measured.items(), shifts, strict=True)):
        y, yerr = bars(intervals)
        series(axes, at + shift, y, look, yerr=yerr, label=name, markersize=5, linestyle="", elinewidth=1.2)
    axes.set_xticks(at, names)
    entitle(axes, ylabel)
    axes.grid(visible=False, axis="x")
    name_curves(axes)
    return Plot(figure, alternative)
