"""The plot of lab page 5: what is won against what is lost, for each setting of two knobs."""

from collections.abc import Mapping, Sequence

import matplotlib as mpl
from matplotlib.ticker import LogLocator

from figures import FAINT, INK, STYLE, Plot
from figures.lab import LOOKS, bars, blank, entitle, name_curves, plain_numbers, series
from lab.statistics import Interval


@mpl.rc_context(STYLE)
def frontier(
    knobs: Mapping[str, tuple[Sequence[float], Sequence[Interval], Sequence[Interval]]],
    models: Mapping[str, tuple[Interval, Interval]],
    alternative: str,
    *,
    xlabel: str,
    ylabel: str,
) -> Plot:
    """Draw a curve a knob through (settings, intervals of x, intervals of y), and single models; x is logarithmic."""
    figure, axes = blank(4.2)
    shifts = ((-4, 4, "bottom", "right"), (5, -4, "top", "left"))
    # The last two of a curve that comes to rest are close: the one has its label to the right of its bar.
    close = ((-4, 4, "bottom", "right"), (13, -3, "center", "left"))
    last = ((-4, 4, "bottom", "right"), (2, -6, "top", "right"))
    for look, (name, (settings, along, up)) in enumerate(knobs.items()):
        (x, xerr), (y, yerr) = bars(along), bars(up)
        series(axes, x, y, look, xerr=xerr, yerr=yerr, label=name, capsize=0)
        sides = [*(len(settings) - 2) * [shifts], close, last]
        for setting, at, side in zip(settings, zip(x, y, strict=True), sides, strict=True):
            dx, dy, va, ha = side[look]
            axes.annotate(
                f"{setting:g}",
                at,
                xytext=(dx, dy),
                textcoords="offset points",
                color=LOOKS[look][0],
                va=va,
                ha=ha,
            )
    for name, (across, height) in models.items():
        axes.plot(across.estimate, height.estimate, marker="*", markersize=9, color=INK)
        axes.annotate(name, (across.estimate, height.estimate), xytext=(-4, 8), textcoords="offset points", color=INK)
        axes.axvline(across.estimate, color=FAINT, linewidth=0.8, linestyle=":")
    axes.set(xlabel=xlabel, xscale="log")
    entitle(axes, ylabel)
    axes.margins(x=0.08, y=0.1)
    axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    plain_numbers(axes.xaxis)
    name_curves(axes)
    return Plot(figure, alternative)
