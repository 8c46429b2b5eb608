"""The book's plots: drawn by code from computed data while the site is built.

A page names a figure, `<div data-figure="project.best_of_n">Caption.</div>`; the function
`figures.project.best_of_n` returns a `Plot`, and the build puts it into the page as SVG that takes its
colors from the theme, light or dark. Plots are cached by the content of the code that draws them.

In a notebook a cell that ends in a `Plot` shows it; the lab's pages get theirs so.
"""

import hashlib
import io
import re
from dataclasses import dataclass
from html import escape
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

# Stand-ins that no plot uses for anything else; `Plot.svg` puts the theme's colors in their place.
INK = "#010203"
FAINT = "#a0a1a2"
BLUE = "#0000f1"
ORANGE = "#f17f00"
GREEN = "#00f17f"
PURPLE = "#7f00f1"

# What stands in the drawing: the theme's color, and one that does on white where there is no theme.
COLORS = {
    INK: "var(--figure-ink, #222222)",
    FAINT: "var(--figure-faint, #8a8a8a)",
    BLUE: "var(--figure-blue, #2b5fc7)",
    ORANGE: "var(--figure-orange, #b85c00)",
    GREEN: "var(--figure-green, #00795c)",
    PURPLE: "var(--figure-purple, #8a3fc0)",
}

STYLE: Any = {
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


def opening_tag(view_box: str, alternative: str) -> str:
    """Write a figure's `<svg>` with what it shows in words, no wider than makes its letters as large as the page's."""
    width = float(view_box.split()[2])
    spaces = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    widest = f"{min(34, 0.08 * width):.1f}rem"  # 34: the width of the text; 0.8 rem: its letters, 10 in a figure
    looks = f'font-family="sans-serif" style="background: var(--figure-paper, white); max-width: {widest}"'
    return f'<svg {spaces} viewBox="{view_box}" {looks} role="img" aria-label="{escape(alternative)}">'


@dataclass(frozen=True)
class Plot:
    """A drawn figure, and what to say to someone who does not see it."""

    figure: Figure
    alternative: str

    def svg(self, name: str) -> str:
        """Draw it as `<svg>` whose parts carry `name`: two plots on a page must not share the names of theirs."""
        file = io.StringIO()
        style: Any = {**STYLE, "svg.hashsalt": name}
        with mpl.rc_context(style):
            self.figure.savefig(file, format="svg", bbox_inches="tight", metadata={"Date": None})
        svg = file.getvalue()[file.getvalue().index("<svg") :]
        svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
        # Its style sheet would rule every other drawing of the page too; course.css says the same of plots alone.
        svg = re.sub(r"<style.*?</style>", "", svg, flags=re.DOTALL)
        svg = re.sub(r'(\bid="|url\(#|href="#)', rf"\g<1>{name}-", svg)
        for stand_in, color in COLORS.items():
            svg = svg.replace(stand_in, color)
        # The page's own letters; matplotlib 3.10 names its family in `font`, 3.11 in `font-family`.
        svg = re.sub(r"font: [^;\"]*?([\d.]+px)[^;\"]*", r"font-size: \1", svg)
        svg = re.sub(r" font-family: [^;\"]*;", "", svg)
        return re.sub(
            r'<svg [^>]*?viewBox="([^"]+)"[^>]*>', lambda tag: opening_tag(tag[1], self.alternative), svg, count=1
        )

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        name = "plot-" + hashlib.sha256(self.alternative.encode()).hexdigest()[:8]
        return {"image/svg+xml": self.svg(name), "text/plain": self.alternative}
