"""Write the paper's numbers into their page, from `rlhf_textbook.paper`.

`<div data-facts="The data"></div>` becomes the table of a topic, and `<span data-facts-count="…"></span>` a count of
facts: "all", "confirmed" (and "share", the same in percent), or one way of confirming, "text", "drawing", "quotation".
Both are written before the page's Markdown is read, so that links and tables in it are like all others. A paper other
than InstructGPT is named with a link to its entry in the list of references, so the page has to cite it.
"""

import re
import sys
from collections import defaultdict
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from types import ModuleType

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # the builder may have been started from elsewhere

TABLE = re.compile(r'<div data-facts="([^"]*)"></div>')
COUNT = re.compile(r'<span data-facts-count="([^"]*)"></span>')
HEAD = "| number | what it is | place | confirmed |\n| --- | --- | --- | --- |\n"
SYMBOLS = ("", "%", "B")  # units that are printed with the number
# The plots' hook forgets the package's modules when their sources change; the newest is asked for each time.
MODULE = "rlhf_textbook.paper"


def newest() -> ModuleType:
    return import_module(MODULE)


def table_of(topic: str, name_of: Callable[[str], str]) -> str:
    """Write the facts of a topic, each with an anchor of its name."""
    rows = []
    for fact in newest().FACTS.values():
        if fact.topic != topic:
            continue
        unit = "" if fact.unit in SYMBOLS else f" {fact.unit}"
        number = f"{fact}{unit}".replace(" ", "\u00a0")
        number = f'<span id="fact-{fact.name}"></span>[{number}](#fact-{fact.name})'
        place = re.sub(r"(?<!,) ", "\u00a0", fact.place)  # "Table 6, Table 9" breaks at the comma only
        place = place if fact.source == "ouyang2022" else f"{name_of(fact.source)}, {place}"
        page = f",\u00a0p.\u00a0{fact.page}" if fact.page else ""
        confirmed = f"[{fact.confirmed}{page}]({fact.url})" if fact.confirmed else "**not confirmed**"
        rows.append(f"| {number} | {fact.what} | {place} | {confirmed} |\n")
    return f'<div class="rows" markdown>\n\n{HEAD}{"".join(rows)}\n</div>' if rows else ""


def counts() -> dict[str, str]:
    """Count the facts, by the way in which they were confirmed."""
    facts = list(newest().FACTS.values())
    by_way: dict[str, int] = defaultdict(int, {"text": 0, "drawing": 0, "quotation": 0})
    for fact in facts:
        if fact.confirmed:
            by_way[fact.confirmed] += 1
    confirmed = sum(by_way.values())
    # Rounded down, so that 100 % means all.
    shown = {"all": len(facts), "confirmed": confirmed, **by_way}
    return {name: str(number) for name, number in shown.items()} | {"share": f"{100 * confirmed // len(facts)} %"}


def filled(pattern: re.Pattern[str], text: str, write: Callable[[str], str], where: str) -> str:
    def one(match: re.Match[str]) -> str:
        try:
            written = write(match[1])
        except KeyError:
            written = ""
        if not written:
            raise PluginError(f"{where}: no facts for {match[0]}")
        return written

    return pattern.sub(one, text)


def on_page_markdown(markdown: str, *, page: Page, config: MkDocsConfig, **_: object) -> str:
    def name_of(key: str) -> str:
        references = import_module("build_hooks.references")
        return f'<a href="#ref-{key}">{references.label_of(key, references.works(config)[key])}</a>'

    topics = TABLE.findall(markdown)
    if topics and sorted(topics) != sorted(newest().TOPICS):
        listed, missing = set(topics), set(newest().TOPICS) - set(topics)
        wrong = sorted(listed - set(newest().TOPICS)) or sorted(missing) or "a topic that stands there twice"
        raise PluginError(f"{page.file.src_uri}: data-facts: expected each topic of paper.TOPICS once; look at {wrong}")
    markdown = filled(TABLE, markdown, lambda topic: table_of(topic, name_of), page.file.src_uri)
    return filled(COUNT, markdown, lambda name: counts()[name], page.file.src_uri)
