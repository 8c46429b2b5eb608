"""Plots of the lab's page on over-optimization: scores along the root of the divergence."""

from collections.abc import Mapping

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from figures import FAINT, STYLE, Plot
from figures.lab import LOOKS


@mpl.rc_context(STYLE)
def along_divergence(
    measured: Mapping[str, tuple[ArrayLike, ArrayLike, ArrayLike]],
    alternative: str,
    *,
    ylabel: str,
    fitted: Mapping[str, tuple[ArrayLike, ArrayLike]] | None = None,
    level: float | None = None,
) -> Plot:
    """Draw one curve a name from (KL, mean, half width of the interval), over √KL.

    A name that is also in `fitted` is drawn as points, with the fitted curve (KL, value) in its color.
    """
    figure = Figure()
    axes = figure.add_subplot()
    if level is not None:
        axes.axhline(level, color=FAINT, linewidth=1)
    fitted = fitted or {}
    for (name, (kl, mean, half)), (color, marker, line) in zip(measured.items(), LOOKS, strict=False):
        axes.errorbar(
            np.sqrt(np.maximum(kl, 0)),
            mean,
            yerr=half,
            label=name,
            color=color,
            marker=marker,
            markersize=4,
            linestyle="none" if name in fitted else line,
            elinewidth=1,
            capsize=2,
        )
        if name in fitted:
            x, y = fitted[name]
            axes.plot(np.sqrt(x), y, color=color, linestyle=line)
    axes.set(xlabel="√KL from the SFT model, √nats", ylabel=ylabel)
    axes.legend()
    return Plot(figure, alternative)
