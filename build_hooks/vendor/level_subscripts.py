"""Set subscripts at one height: `python build_hooks/vendor/level_subscripts.py`, after each new subset of the font.

The font asks for a subscript to hang at least 0.2 em below the foot of its letter. TeX asks that of boxes only, so that
the t of a rho and of an x stand level; browsers ask it of letters too, and the t of a rho would hang below its line.
"""

from pathlib import Path

from fontTools.ttLib import TTFont

FONT = Path(__file__).resolve().parents[2] / "docs/assets/fonts/math.woff2"

if __name__ == "__main__":
    font = TTFont(FONT, recalcTimestamp=False)
    font["MATH"].table.MathConstants.SubscriptBaselineDropMin.Value = 0
    font.save(FONT)
