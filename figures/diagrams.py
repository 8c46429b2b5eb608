"""Diagrams of boxes, arrows and words, drawn as SVG in the colors and letters of the page.

They use a width of 300 units and letters of 10: on a narrow phone, 343 pixels, these are still above 11 pixels high.
One look has one meaning in all of them: blue learns, orange is data, a dashed outline is frozen.
"""

import re
from collections.abc import Sequence
from html import escape

from figures import BLUE, COLORS, FAINT, INK, opening_tag

WIDTH = 300
LETTERS = 10
LINE = 12.5
HEAD = 5  # length of an arrow's head

RAISED = re.compile(r"\^\{([^}]*)\}([^^]*)")

Point = tuple[float, float]


class Diagram:
    """A drawing, added to part by part, and what to say to someone who does not see it."""

    def __init__(self, height: float, alternative: str) -> None:
        self.height = height
        self.alternative = alternative
        self.parts: list[str] = []

    def text(
        self, x: float, y: float, words: str, *, bold: bool = False, anchor: str = "middle", color: str = INK
    ) -> None:
        """Write one line; `y` is where the letters stand, and `^{…}` raises what is inside."""
        weight = ' font-weight="700"' if bold else ""
        place = f'x="{x:g}" y="{y:g}" text-anchor="{anchor}"'
        raised = RAISED.sub(r'<tspan dy="-3" font-size="8px">\1</tspan><tspan dy="3">\2</tspan>', escape(words))
        self.parts.append(f'<text {place} fill="{COLORS[color]}"{weight}>{raised}</text>')

    def box(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        lines: Sequence[str] = (),
        *,
        title: str = "",
        color: str = FAINT,
        frozen: bool = False,
        corner: float = 4,
    ) -> None:
        """Draw a box, its title and its lines in the middle."""
        size = f'x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="{corner:g}"'
        paint = COLORS[INK if frozen else color]
        fill = 'fill="none"' if color == FAINT or frozen else f'fill="{paint}" fill-opacity="0.14"'
        dashes = ' stroke-dasharray="4 2.5"' if frozen else ""
        self.parts.append(f'<rect {size} {fill} stroke="{paint}"{dashes}/>')
        words = [title, *lines] if title else list(lines)
        first = y + height / 2 - LINE * (len(words) - 1) / 2 + 0.35 * LETTERS
        for row, line in enumerate(words):
            self.text(x + width / 2, first + row * LINE, line, bold=bool(title) and row == 0)

    def arrow(self, *points: Point, color: str = INK, dashed: bool = False) -> None:
        """Draw a line through the points, with a head at the last one; segments run along an axis."""
        (x0, y0), (x, y) = points[-2:]
        dx, dy = (x > x0) - (x < x0), (y > y0) - (y < y0)
        back = (x - HEAD * dx, y - HEAD * dy)
        wings = [(back[0] + side * 3 * dy, back[1] + side * 3 * dx) for side in (1, -1)]
        self.line(*points[:-1], back, color=color, dashed=dashed)
        self.parts.append(f'<path d="{path((x, y), *wings)}Z" fill="{COLORS[color]}"/>')

    def line(self, *points: Point, color: str = INK, dashed: bool = False) -> None:
        """Draw a line through the points."""
        dashes = ' stroke-dasharray="4 2.5"' if dashed else ""
        self.parts.append(f'<path d="{path(*points)}" fill="none" stroke="{COLORS[color]}"{dashes}/>')

    def choice(self, x: float, y: float, width: float, words: str, *, chosen: bool) -> None:
        """Draw a button of 15 units, ringed and filled if it is the chosen one."""
        self.box(x, y, width, 15, [] if chosen else [words], color=BLUE if chosen else FAINT, corner=7.5)
        if chosen:
            self.text(x + width / 2, y + 11, words, bold=True)

    def svg(self, name: str) -> str:  # noqa: ARG002
        """Return it as `<svg>`. Nothing in it has a name, so it needs none of its own to keep them apart."""
        head = opening_tag(f"0 0 {WIDTH} {self.height:g}", self.alternative)
        return f'{head}<g font-size="{LETTERS}px">{"".join(self.parts)}</g></svg>'


def path(*points: Point) -> str:
    """Write the points as the `d` of a `<path>`."""
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in points)
