"""Typeset the formulas while the site is built.

`pymdownx.arithmatex` marks each formula; Temml, run in an embedded JavaScript engine, turns it
into MathML. The pages need no script to show a formula, ask no other host, and a screen reader
reads the formula rather than a picture of it. A formula that cannot be parsed stops the build.
"""

import html
import re
from functools import cache, lru_cache
from pathlib import Path

from mkdocs.exceptions import PluginError
from mkdocs.structure.pages import Page
from py_mini_racer import JSEvalException, MiniRacer

TEMML = Path(__file__).parent / "vendor" / "temml.min.js"
FORMULA = re.compile(
    r'<(?P<tag>span|div) class="arithmatex">\\[(\[](?P<latex>.*?)\\[)\]]</(?P=tag)>(?P<mark>[,.;:!?)]*)',
    re.DOTALL,
)


@lru_cache(maxsize=1)
def _engine() -> MiniRacer:
    engine = MiniRacer()
    engine.eval(TEMML.read_text(encoding="utf-8"))
    return engine


@cache
def to_mathml(latex: str, *, display: bool) -> str:
    """MathML of one formula; raises JSEvalException where Temml cannot read it."""
    options = {"displayMode": display, "throwOnError": True, "strict": True}
    mathml: str = _engine().call("temml.renderToString", latex, options)
    # The style sheet says this for every displayed formula.
    return mathml.replace(' style="display:block math;"', "")


def on_page_content(content: str, *, page: Page, **_: object) -> str:
    def typeset(match: re.Match[str]) -> str:
        latex = html.unescape(match["latex"]).strip()
        display = match["tag"] == "div"
        try:
            mathml = to_mathml(latex, display=display)
        except JSEvalException as problem:
            reason = str(problem).split("\n")[0]
            raise PluginError(f"{page.file.src_uri}: the formula {latex!r} cannot be typeset: {reason}") from None
        if display:
            return f'<div class="formula">{mathml}</div>{match["mark"]}'
        # A browser would break the line between a formula and the comma behind it.
        return f'<span class="unbroken">{mathml}{match["mark"]}</span>' if match["mark"] else mathml

    return FORMULA.sub(typeset, content)
