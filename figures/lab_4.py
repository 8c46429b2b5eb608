"""Plots of the lab's page on over-optimization: scores along the root of the divergence."""

from collections.abc import Mapping

import matplotlib as mpl
import numpy as np
from numpy.typing import ArrayLike

from figures import FAINT, STYLE, Plot
from figures.lab import LOOKS, blank, entitle, name_curves, series


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
    figure, axes = blank(3.8)
    if level is not None:
        axes.axhline(level, color=FAINT, linewidth=1)
    fitted = fitted or {}
    for look, (name, (kl, mean, half)) in enumerate(measured.items()):
        color, _, line = LOOKS[look]
        points = {"linestyle": "none"} if name in fitted else {}
        series(axes, np.sqrt(np.maximum(kl, 0)), mean, look, yerr=half, label=name, **points)
        if name in fitted:
            x, y = fitted[name]
            axes.plot(np.sqrt(x), y, color=color, linestyle=line)
    axes.set_xlabel("√KL from the SFT model, √nats")
    entitle(axes, ylabel)
    name_curves(axes)
    return Plot(figure, alternative)
