"""Put the interactive pieces into the pages: `<div data-explore="ppo-clip" markdown>question, then text</div>`.

The first paragraph is the question, the rest is for readers without JavaScript: it says what one would have seen.
The element's name is the name of its file, `assets/explore/ppo-clip.js`. Data that
`figures.explore_data` has for it go into the page as JSON.
"""

import hashlib
import importlib
import json
import re
import sys
from pathlib import Path

from mkdocs.exceptions import PluginError
from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # the builder may have been started from elsewhere

from build_hooks.faults import located  # noqa: E402

PIECES = ROOT / "docs" / "assets" / "explore"
CACHE = ROOT / ".cache" / "explore"
PIECE = re.compile(r'(?:<p>)?<div data-explore="([\w-]+)">\s*(<p>.*?</p>)(.*?)</div>(?:</p>)?', re.DOTALL)
BASE = {"explorable", "formulas", "load"}


def digest() -> str:
    """Name the state of all that could change the data."""
    everything = hashlib.sha256()
    for path in [ROOT / "figures/explore_data.py", *sorted((ROOT / "rlhf_textbook").rglob("*.py"))]:
        everything.update(path.relative_to(ROOT).as_posix().encode() + path.read_bytes())
    return everything.hexdigest()[:16]


def data_of(name: str) -> str:
    """Return the JSON that a piece shows, from the cache where nothing has changed; empty if it shows none."""
    from lab.store import keep

    compute = importlib.import_module("figures.explore_data").DATA.get(name)
    if compute is None:
        return ""
    cached = CACHE / f"{name}-{digest()}.json"
    if not cached.exists():
        text = json.dumps(compute(), ensure_ascii=False).replace("<", "\\u003c")  # nothing in it can end the script
        keep(cached, text)
    return cached.read_text(encoding="utf-8")


def element(name: str, question: str, text: str) -> str:
    """Write the element with its question, its text and its data."""
    if name in BASE or not (PIECES / f"{name}.js").exists():
        raise PluginError(f"data-explore: no docs/assets/explore/{name}.js")
    data = data_of(name)
    script = f'<script type="application/json">{data}</script>' if data else ""
    return (
        f'<{name} id="{name}" class="explore"><div class="question">{question.strip()}</div>'
        f'<div class="without-script">{text.strip()}</div>{script}</{name}>'
    )


def on_page_content(content: str, *, page: Page, **_: object) -> str:
    names = [match[1] for match in PIECE.finditer(content)]
    if content.count("<div data-explore=") != len(names) or len(set(names)) < len(names):
        raise PluginError(f"{page.file.src_uri}: each data-explore is a <div … markdown> with paragraphs, used once")

    def piece(match: re.Match[str]) -> str:
        with located(page, f'"{match[1]}"'):
            return element(match[1], match[2], match[3])

    return PIECE.sub(piece, content)
