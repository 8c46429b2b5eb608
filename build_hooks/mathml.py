"""Typeset the formulas while the site is built.

`pymdownx.arithmatex` marks each formula; Temml, run in an embedded JavaScript engine, turns it
into MathML. The pages need no script to show a formula, ask no other host, and a screen reader
reads the formula rather than a picture of it. A formula that cannot be parsed stops the build.
"""

import html
import json
import re
import sys
from functools import cache, lru_cache
from pathlib import Path

from mkdocs.exceptions import PluginError
from mkdocs.structure.pages import Page
from py_mini_racer import MiniRacer

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # the builder may have been started from elsewhere

from build_hooks.faults import place

TEMML = Path(__file__).parent / "vendor" / "temml.min.js"
# The error is caught on this side: it comes back as a plain value, with nothing of the engine hanging on it.
CONVERT = """
function convert(latex, displayMode) {
  try {
    return JSON.stringify({mathml: temml.renderToString(latex, {displayMode, throwOnError: true, strict: true})});
  } catch (problem) {
    return JSON.stringify({problem: problem.message});
  }
}
"""
FORMULA = re.compile(
    r'<(?P<tag>span|div) class="arithmatex">\\[(\[](?P<latex>.*?)\\[)\]]</(?P=tag)>(?P<mark>[,.;:!?)]*)',
    re.DOTALL,
)

# Temml sets a thin space before a function's name, but only behind a letter or a number.
THIN_SPACE = '<mspace width="0.1667em"></mspace>'
FUNCTION = re.compile(
    r"(</msub>|</msup>|</msubsup>|</mfrac>|\)</mo>(?:</mrow>)?)(<(?:mrow|msub)><mi>(?:log|exp|max|min)</mi>)"
)
# A bracket of a fixed size does not say whether it opens or closes, and a browser spaces it like a plus.
SIZED = r'(<mo fence="true")( symmetric="true" minsize="[^"]+" maxsize="[^"]+">)'
OPENING, CLOSING = re.compile(SIZED + r"([(\[{])(?=</mo>)"), re.compile(SIZED + r"([)\]}])(?=</mo>)")
SIGN = re.compile(r"(>[(\[{]</mo>)<mo>−</mo>")


@lru_cache(maxsize=1)
def _engine() -> MiniRacer:
    engine = MiniRacer()
    engine.eval(TEMML.read_text(encoding="utf-8"))
    engine.eval(CONVERT)
    return engine


def _close_engine() -> None:
    # An engine that is left open can keep the process from ending, the more so on a busy machine.
    if _engine.cache_info().currsize:
        _engine().close()
        _engine.cache_clear()


def on_post_build(**_: object) -> None:
    _close_engine()


def on_build_error(**_: object) -> None:
    _close_engine()


@cache
def to_mathml(latex: str, *, display: bool) -> str:
    """MathML of one formula; raises ValueError where Temml cannot read it."""
    answer = json.loads(str(_engine().call("convert", latex, display)))
    if "problem" in answer:
        raise ValueError(answer["problem"])
    # The style sheet says this for every displayed formula.
    mathml = str(answer["mathml"]).replace(' style="display:block math;"', "")
    mathml = OPENING.sub(r'\1 form="prefix"\2\3', CLOSING.sub(r'\1 form="postfix"\2\3', mathml))
    mathml = SIGN.sub(r'\1<mo form="prefix" stretchy="false">−</mo>', mathml)
    mathml = mathml.replace("<mo>…</mo>", '<mo lspace="0.02em" rspace="0.1667em">…</mo>')
    mathml = mathml.replace(f"{THIN_SPACE}<mrow>{THIN_SPACE}", f"{THIN_SPACE}<mrow>")  # an author's own, too
    return FUNCTION.sub(rf"\1{THIN_SPACE}\2", mathml)


def on_page_content(content: str, *, page: Page, **_: object) -> str:
    def typeset(match: re.Match[str]) -> str:
        latex = html.unescape(match["latex"]).strip()
        display = match["tag"] == "div"
        try:
            mathml = to_mathml(latex, display=display)
        except ValueError as problem:
            raise PluginError(f"{place(page, latex)}: the formula {latex!r} cannot be typeset: {problem}") from None
        if display:
            return f'<div class="formula">{mathml}</div>{match["mark"]}'
        # A browser would break the line between a formula and the comma behind it.
        return f'<span class="unbroken">{mathml}{match["mark"]}</span>' if match["mark"] else mathml

    return FORMULA.sub(typeset, content)
