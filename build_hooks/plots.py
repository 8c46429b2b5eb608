"""Draw the plots that the pages name, as SVG in the page that follows light and dark."""

import hashlib
import importlib
import re
import sys
from pathlib import Path

from mkdocs.exceptions import PluginError
from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # the builder may have been started from elsewhere

from build_hooks.faults import place  # noqa: E402

CACHE = ROOT / ".cache" / "plots"
FIGURE = re.compile(r'(?:<p>)?<div data-figure="([\w.]+)">(.*?)</div>(?:</p>)?', re.DOTALL)
SOURCES = ("figures", "rlhf_textbook", "exercises")


_digest = ""


def on_pre_build(**_: object) -> None:
    """Take the digest of all that could change a plot, once a build.

    While serving, a build may find the sources changed since the last one. The modules made from them are
    forgotten then: a plot drawn by the old code would be kept under the digest of the new.
    """
    global _digest
    everything = hashlib.sha256(Path(__file__).read_bytes())
    everything.update((ROOT / "requirements" / "docs.txt").read_bytes())  # for the versions of the libraries
    everything.update((ROOT / "benchmarks" / "results.json").read_bytes())
    for folder in SOURCES:
        for path in sorted((ROOT / folder).rglob("*.py")):
            everything.update(path.relative_to(ROOT).as_posix().encode() + path.read_bytes())
    if (digest := everything.hexdigest()[:16]) != _digest:
        for name in [name for name in sys.modules if name.partition(".")[0] in SOURCES]:
            del sys.modules[name]
    _digest = digest


def draw(name: str) -> str:
    """Return the `<svg>` of a plot, from the cache where nothing has changed."""
    cached = CACHE / f"{name}-{_digest}.svg"
    if cached.exists():
        return cached.read_text(encoding="utf-8")
    import matplotlib as mpl

    import figures.diagrams
    from lab.store import keep

    module, _, function = name.rpartition(".")
    with mpl.rc_context(figures.STYLE):
        drawing = getattr(importlib.import_module(f"figures.{module}"), function)
        plot: figures.Plot | figures.diagrams.Diagram = drawing()
    svg = plot.svg(name.replace(".", "-"))
    keep(cached, svg)
    return svg


def on_page_content(content: str, *, page: Page, **_: object) -> str:
    def figure(match: re.Match[str]) -> str:
        try:
            svg = draw(match[1])
        except (ImportError, AttributeError) as problem:
            where = place(page, f'"{match[1]}"')
            raise PluginError(f"{where}: no plot {match[1]}: {problem}") from problem
        return f'<figure class="plot">{svg}<figcaption>{match[2].strip()}</figcaption></figure>'

    return FIGURE.sub(figure, content)
