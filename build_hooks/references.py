"""Show citations as author and year, and list the cited works at the end of the page.

A page cites `[@ouyang2022]`, a key of `docs/references.bib`; the place goes behind it: `([@ouyang2022], §3.5)`. The
plugin mkdocs-bibtex looks the key up (an unknown one stops a strict build) and makes a footnote of it, which holds the
entry. Without pandoc, numbered footnotes are all that it can do, and a number tells a reader nothing. So each number is
replaced here by author and year, a link to the entry, and the notes become a list under a heading of their own, in the
order of the alphabet, with links back to every place that cites. Other footnotes of a page stay what they are.

A notebook of the lab is read without any of this, so there a citation becomes a link to the work itself.
"""

import re
from collections import defaultdict
from html import escape
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page
from mkdocs.structure.toc import AnchorLink
from pybtex.database import Entry  # type: ignore[import-untyped]
from pybtex.richtext import Text  # type: ignore[import-untyped]

PREFIX = "ref-"  # `footnote_format` in mkdocs.yml: tells a cited work from a footnote
KEY = re.compile(r"\w+?(?P<year>\d{4})(?P<letter>[a-z]?)")
CITED = re.compile(r"\[@(?P<key>\w+)\]")
DEFINED = re.compile(r"^[ \t>]*(?:(?:[-*+]|\d+\.)[ \t]+)*\[\^ref-(\w+)\]:", re.MULTILINE)
NUMBER = re.compile(r'<sup id="fnref\d*:([^"]+)"><a class="footnote-ref" href="#fn:[^"]+">\d+</a></sup>')
BETWEEN = re.compile(r'(<a class="citation"[^>]*>[^<]*</a>)(?=<a class="citation")')
NOTES = re.compile(r'<div class="footnote">\s*<hr ?/?>\s*<ol>(?P<notes>.*)</ol>\s*</div>', re.DOTALL)
NOTE = re.compile(r'<li id="fn:(?P<name>[^"]+)">.*?(?=<li id="fn:|\Z)', re.DOTALL)
BACK = re.compile(r'(?:&#160;)?<a class="footnote-backref"[^>]*>.*?</a>')
HEADING = "References"
ANCHOR = "references"


def works(config: MkDocsConfig) -> dict[str, Entry]:
    """Return the entries of references.bib, as the plugin has read them."""
    plugin: Any = config.plugins["bibtex"]
    entries: dict[str, Entry] = plugin.registry.bib_data.entries
    return entries


def label_of(key: str, entry: Entry) -> str:
    """Write author and year: `Ouyang et al. 2022`, `Bradley and Terry 1952`, `Bai et al. 2022b`."""
    match = KEY.fullmatch(key)
    if not match or match["year"] != entry.fields["year"]:
        year = entry.fields["year"]
        raise PluginError(f"references.bib: key {key!r}: expected a name, the year {year} and at most one small letter")
    names = []
    for person in entry.persons["author"]:
        parts = person.prelast_names + person.last_names
        names.append(" ".join(str(Text.from_latex(part)) for part in parts))  # "{Van Durme}" without its braces
    if len(names) == 2 and names[1] != "others":
        authors = " and ".join(names)
    else:
        authors = names[0] + (" et al." if len(names) > 1 else "")
    return f"{authors} {match['year']}{match['letter']}"


def address_of(entry: Entry) -> str | None:
    """Return where the work is, or None for one that is on paper only."""
    fields = entry.fields
    if "eprint" in fields:
        return f"https://arxiv.org/abs/{fields['eprint']}"
    if "doi" in fields:
        return f"https://doi.org/{fields['doi']}"
    return fields.get("url")


def on_files(files: Files, *, config: MkDocsConfig, **_: object) -> Files:
    """Put links for citations into the notebooks; in notebooks.py's list of files, hence after it."""
    entries = works(config)

    def link(match: re.Match[str]) -> str:
        entry = entries.get(match["key"])
        if entry is None:  # the page will say so
            return match[0]
        label, address = label_of(match["key"], entry), address_of(entry)
        return f"[{label}](<{address}>)" if address else label

    for file in files:
        if file.src_uri.startswith("lab/") and file.src_uri.endswith(".ipynb"):
            file.content_string = CITED.sub(link, file.content_string)
    return files


def on_page_markdown(markdown: str, *, page: Page, **_: object) -> None:
    """Raise where a line starts like the text of a footnote, which it would silently become."""
    written = DEFINED.findall(markdown)
    for key in written:
        if written.count(key) > 1:
            told = f"expected no paragraph that begins with '[@{key}]:'; put another mark than the colon"
            raise PluginError(f"{page.file.src_uri}: {told}")


def on_page_content(content: str, *, page: Page, config: MkDocsConfig, **_: object) -> str:
    found = NOTES.search(content)
    if not found:
        return content
    notes = {match["name"]: match[0] for match in NOTE.finditer(found["notes"])}
    others = [name for name in notes if not name.startswith(PREFIX)]
    cited = {name.removeprefix(PREFIX) for name in notes if name.startswith(PREFIX)}
    if not cited:
        return content
    if f'id="{ANCHOR}"' in content:
        raise PluginError(f"{page.file.src_uri}: expected no heading '{HEADING}', which is that of the cited works")
    entries = works(config)
    labels = {key: label_of(key, entries[key]) for key in cited}
    places: dict[str, list[str]] = defaultdict(list)

    def mark(match: re.Match[str]) -> str:
        name = match[1]
        if not name.startswith(PREFIX):  # count anew, without the works
            return re.sub(r">\d+</a>", f">{others.index(name) + 1}</a>", match[0])
        key = name.removeprefix(PREFIX)
        number = len(places[key]) + 1
        places[key].append(f"cite-{key}" + (f"-{number}" if number > 1 else ""))
        return f'<a class="citation" id="{places[key][-1]}" href="#ref-{key}">{escape(labels[key])}</a>'

    text = NUMBER.sub(mark, content[: found.start()])
    text = BETWEEN.sub(r"\1; ", text)
    if others:
        kept = "".join(
            re.sub(r"(?<=Jump back to footnote )\d+", str(number), notes[name]) for number, name in enumerate(others, 1)
        )
        text += f'<div class="footnote">\n<hr>\n<ol>\n{kept}</ol>\n</div>\n'
    items = [
        item(key, labels[key], notes[PREFIX + key], places[key])
        for key in sorted(cited, key=lambda key: labels[key].casefold())
    ]
    # The search would otherwise find every paper on every page.
    heading = (
        f'<h2 id="{ANCHOR}" data-search-exclude>{HEADING}'
        f'<a class="headerlink" href="#{ANCHOR}" title="Permanent link">&para;</a></h2>'
    )
    text += f'{heading}\n<ul class="references">\n' + "\n".join(items) + "\n</ul>\n" + content[found.end() :]
    entry_of_toc = AnchorLink(HEADING, ANCHOR, 2)
    tops = page.toc.items
    (tops[0].children if len(tops) == 1 and tops[0].level == 1 else tops).append(entry_of_toc)
    return text


def item(key: str, label: str, note: str, places: list[str]) -> str:
    """Write one entry of the list."""
    body = re.search(r"<p>(.*)</p>", BACK.sub("", note), re.DOTALL)
    assert body, note
    name = escape(label, quote=True)
    if len(places) == 1:
        back = f'<a href="#{places[0]}" aria-label="Back to the citation of {name}">&#8617;&#xFE0E;</a>'
    else:
        links = (
            f'<a href="#{place}" aria-label="Back to citation {number} of {name}">{number}</a>'
            for number, place in enumerate(places, 1)
        )
        back = "&#8617;&#xFE0E; " + " ".join(links)
    return (
        f'<li id="ref-{key}"><span class="references-label">{escape(label)}.</span> {body[1].strip()} '
        f'<span class="references-back">{back}</span></li>'
    )
