"""The book's plots: drawn by code from computed data while the site is built.

A page names a figure, `<div data-figure="project.best_of_n">Caption.</div>`; the function
`figures.project.best_of_n` returns a `Plot`, and the build puts it into the page as SVG that takes its
colors from the theme, light or dark. Plots are cached by the content of the code that draws them.
"""

from dataclasses import dataclass
from typing import Any

from matplotlib.figure import Figure

# Stand-ins that no plot uses for anything else; `build_hooks/plots.py` puts the theme's colors in their place.
INK = "#010203"
FAINT = "#a0a1a2"
BLUE = "#0000f1"
ORANGE = "#f17f00"
GREEN = "#00f17f"
PURPLE = "#7f00f1"

STYLE: dict[str, Any] = {
    "axes.edgecolor": FAINT,
    "axes.facecolor": "none",
    "axes.grid": True,
    "axes.labelcolor": INK,
    "axes.prop_cycle": f"cycler('color', ['{BLUE}', '{ORANGE}', '{GREEN}', '{PURPLE}'])",
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlecolor": INK,
    "figure.facecolor": "none",
    "figure.figsize": (6.4, 3.6),
    "font.size": 10,
    "grid.alpha": 0.4,
    "grid.color": FAINT,
    "grid.linewidth": 0.5,
    "legend.frameon": False,
    "legend.labelcolor": INK,
    "lines.linewidth": 2,
    "savefig.facecolor": "none",
    "svg.fonttype": "none",  # text stays text: it can be read aloud, searched and copied
    "text.color": INK,
    "xtick.color": INK,
    "xtick.labelcolor": INK,
    "ytick.color": INK,
    "ytick.labelcolor": INK,
}


@dataclass(frozen=True)
class Plot:
    """A drawn figure, and what to say to someone who does not see it."""

    figure: Figure
    alternative: str
