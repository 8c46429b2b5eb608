"""Plots of the lab's page on reward hacking: one line a policy."""

from collections.abc import Mapping

import matplotlib as mpl
import numpy as np
from numpy.typing import ArrayLike

from figures import BLUE, FAINT, STYLE, Plot
from figures.lab import blank
from lab.statistics import mean_interval


@mpl.rc_context(STYLE)
def remedies(values: Mapping[str, ArrayLike], alternative: str, *, xlabel: str) -> Plot:
    """Draw every seed as a dot, and their mean with its interval; the first name's mean as a line through all."""
    figure, axes = blank(3.4)
    means = [mean_interval(value) for value in values.values()]
    axes.axvline(means[0].estimate, color=FAINT, linewidth=1)
    for row, (value, mean) in enumerate(zip(values.values(), means, strict=True)):
        seeds = np.asarray(value)
        axes.plot(seeds, np.full(seeds.shape, row), "o", color=FAINT, markersize=3)
        half = mean.high - mean.estimate
        axes.errorbar(mean.estimate, row, xerr=half, fmt="s", color=BLUE, markersize=5, elinewidth=1.5, capsize=3)
    axes.set(xlabel=xlabel, yticks=range(len(means)), yticklabels=list(values))
    axes.invert_yaxis()
    return Plot(figure, alternative)
