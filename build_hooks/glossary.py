"""Make glossary, tooltips and flash cards of the terms in `docs/glossary.yml`, whose head says what each field means.

A page's `<div data-glossary></div>` becomes one heading for each term, so that table of contents, links and search
know it; `<div data-flash-cards></div>` becomes cards, which `assets/flash-cards.js` turns.

On the other pages the first mention of a term is a link to its entry, with the definition as its title. It is a link
because a keyboard, a finger and a page without JavaScript reach that too. No link is made in headings, code, formulas,
other links, tables, quotations, notes, titles, interactive pieces and boxes to tick, nor where the page explains the
term: in bold type, or under the heading at which the glossary says that it is introduced.
"""

import posixpath
import re
from dataclasses import dataclass, field
from functools import cached_property
from html import escape
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

from markdown import Markdown  # type: ignore[import-untyped]
from markdown.extensions import Extension  # type: ignore[import-untyped]
from markdown.treeprocessors import Treeprocessor  # type: ignore[import-untyped]
from markdown.util import AtomicString  # type: ignore[import-untyped]
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.pages import Page
from mkdocs.utils.yaml import yaml_load

SOURCE = "glossary.yml"
GLOSSARY = "glossary.md"
ENTRIES = "<div data-glossary></div>"
CARDS = "<div data-flash-cards></div>"
DOT = "· "
ORDER = ("Prerequisites", "Lesson", "The project", "The lab")
NO_TOOLTIPS = ("flash-cards.md", "progress.md", "reference/")

REQUIRED = ("term", "definition", "introduced")
TEXTS = (*REQUIRED, "symbol", "unit", "function")
LISTS = ("also", "forms", "tooltips")
UNFIT = re.compile(r"[<>&`$*_\\]")  # the theme takes a title for HTML, and a title shows no Markdown

RUNNING_TEXT = {"p", "li", "dd"}
PASSED_OVER = {"a", "blockquote", "button", "code", "h1", "h2", "h3", "h4", "h5", "h6", "label", "math", "pre", "svg"}
PASSED_OVER |= {"script", "style", "summary", "table"}
PASSED_OVER_CLASSES = {"abstract", "admonition-title", "arithmatex", "footnote", "references", "task-list-item", "work"}
PASSED_OVER_ATTRIBUTES = {"data-answer", "data-explore", "data-figure"}


@dataclass(frozen=True)
class Term:
    """An entry of the glossary."""

    term: str
    definition: str
    introduced: str
    symbol: str = ""
    unit: str = ""
    function: str = ""
    also: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()
    tooltips: tuple[str, ...] | None = None

    @property
    def anchor(self) -> str:
        """`bradley-terry-model`."""
        return re.sub(r"[^a-z0-9]+", "-", re.sub(r"['’]", "", self.term.casefold())).strip("-")

    @property
    def spellings(self) -> tuple[str, ...]:
        return (self.term, *self.also, *self.forms)

    @property
    def place(self) -> str:
        """Where it is introduced, in words: `Lesson 3`."""
        page = self.introduced.partition("#")[0]
        folder, _, name = page.removesuffix(".md").rpartition("/")
        number = re.match(r"\d+", name)
        if folder == "lessons" and number:
            return f"Lesson {number[0]}"
        if folder:
            return {"lab": "The lab", "project": "The project"}.get(folder, folder.capitalize())
        return name.capitalize()


def read_terms(text: str) -> list[Term]:
    """Check the data and put them in alphabetical order."""
    data: Any = yaml_load(text)
    if not isinstance(data, list) or not data:
        raise PluginError(f"{SOURCE}: expected a list of terms, got {type(data).__name__}")
    terms = [read_term(entry, number) for number, entry in enumerate(data, start=1)]
    owners: dict[str, str] = {}
    for term in terms:
        for name in {*map(str.casefold, term.spellings), "#" + term.anchor}:
            if name in owners:
                raise PluginError(f"{SOURCE}: term {term.term!r}: {name!r} belongs to {owners[name]!r} already")
            owners[name] = term.term
    return sorted(terms, key=lambda term: term.term.casefold())


def read_term(entry: Any, number: int) -> Term:
    """Check one entry; an error names the term and the field."""
    if not isinstance(entry, dict):
        raise PluginError(f"{SOURCE}: entry {number}: expected fields, got {entry!r}")
    name = f"{SOURCE}: term {entry.get('term', f'number {number}')!r}"
    for key in REQUIRED:
        if key not in entry:
            raise PluginError(f"{name}: {key}: missing")
    for key, value in entry.items():
        if key in LISTS:
            if not (isinstance(value, list) and all(isinstance(part, str) and part.strip() for part in value)):
                raise PluginError(f"{name}: {key}: expected a list of texts, got {value!r}")
        elif key not in TEXTS:
            raise PluginError(f"{name}: {key}: no such field; there are {', '.join((*TEXTS, *LISTS))}")
        elif not (isinstance(value, str) and value.strip()):
            raise PluginError(f"{name}: {key}: expected text, got {value!r}")
    for key in ("term", "definition"):
        if unfit := UNFIT.search(entry[key]):
            raise PluginError(f"{name}: {key}: expected plain text, got {unfit[0]!r} in {entry[key]!r}")
    if not re.fullmatch(r"[\w./-]+\.md#[\w-]+", entry["introduced"]):
        raise PluginError(f"{name}: introduced: expected page.md#heading, got {entry['introduced']!r}")
    if "function" in entry and not re.fullmatch(r"rlhf_textbook(\.\w+)+", entry["function"]):
        raise PluginError(f"{name}: function: expected rlhf_textbook.module.name, got {entry['function']!r}")
    fields: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value.strip() for key, value in entry.items()
    }
    return Term(**fields)


# --- the glossary and the cards ---------------------------------------------------------------------------------


def glossary(terms: list[Term], page: str) -> str:
    """Write the entries as Markdown, under their initials."""
    parts = []
    initials = sorted({term.term[0].upper() for term in terms})
    parts.append(" ".join(f"[{letter}](#letter-{letter.lower()})" for letter in initials) + "\n{ .glossary-letters }")
    for letter in initials:
        parts.append(f"## {letter} {{ #letter-{letter.lower()} data-search-exclude }}")
        parts += [entry(term, page) for term in terms if term.term[0].upper() == letter]
    return "\n\n".join(parts)


def entry(term: Term, page: str) -> str:
    # A heading and not a definition list: the search finds headings.
    facts = []
    if term.symbol:
        facts.append(f"Symbol: ${term.symbol}$")
    if term.unit:
        facts.append(f"Unit: {term.unit}")
    facts.append(f"Introduced: [{term.place}]({relative(term.introduced, page)})")
    if term.function:
        facts.append(f"Code: [`{term.function.rpartition('.')[2]}`][{term.function}]")
    # A line ends between two facts, and the dot stands before the second.
    also = [f"Also: *{', '.join(term.also)}*"] if term.also else []
    told = [*also, *(f'<span class="unbroken">{DOT * bool(also or at)}{fact}</span>' for at, fact in enumerate(facts))]
    return f"### {term.term} {{ #{term.anchor} }}\n\n{term.definition}\n\n{' '.join(told)}\n{{ .term-facts }}"


def relative(target: str, page: str) -> str:
    """Address a page by its source, as a Markdown link does; MkDocs makes the address in the site of it."""
    return posixpath.relpath(target, posixpath.dirname(page) or ".")


def rank(term: Term) -> tuple[int, str]:
    """Sort by where the course introduces a term."""
    found = (number for number, start in enumerate(ORDER) if term.place.startswith(start))
    return next(found, len(ORDER)), term.place


def flash_cards(terms: list[Term]) -> str:
    """Write the cards as a folded list, which can be read without JavaScript."""
    cards = []
    for term in sorted(terms, key=rank):
        formula = f' <span class="arithmatex">\\({escape(term.symbol)}\\)</span>' if term.symbol else ""
        cards.append(
            f'<details data-name="{term.anchor}" data-place="{term.place}">'
            f"<summary>{escape(term.term)}{formula}</summary><p>{escape(term.definition)}</p></details>"
        )
    return f'<flash-cards><div class="cards">{"".join(cards)}</div></flash-cards>'


# --- the tooltips -----------------------------------------------------------------------------------------------


@dataclass
class Glossary:
    """The terms, and the page that is being made."""

    terms: list[Term] = field(default_factory=list)
    page: str = GLOSSARY

    def owner(self, spelling: str) -> Term | None:
        return self.owners.get(re.sub(r"\s+", " ", spelling.casefold()))

    @cached_property
    def owners(self) -> dict[str, Term]:
        return {spelling.casefold(): term for term in self.terms for spelling in term.spellings}

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Match any spelling as whole words, the longest first."""
        longest_first = sorted(self.owners, key=len, reverse=True)
        words = "|".join(re.escape(spelling).replace(r"\ ", r"\s+") for spelling in longest_first)
        return re.compile(rf"(?<![\w-])(?:{words})(?![\w-])", re.IGNORECASE)

    def wanted(self) -> set[Term]:
        """Terms to be linked on the page."""
        if self.page == GLOSSARY or self.page.startswith(NO_TOOLTIPS):
            return set()
        return {term for term in self.terms if term.tooltips is None or self.page in term.tooltips}


class Linker:
    """Goes through the elements of one page in the order in which they are read."""

    def __init__(self, found: Glossary) -> None:
        self.glossary = found
        self.left: set[Term | None] = {*found.wanted()}
        self.explained: dict[str, set[Term]] = {}
        for term in found.wanted():
            self.explained.setdefault(term.introduced, set()).add(term)

    def visit(self, element: Element, *, running: bool = False) -> None:
        """Link the terms below an element; `running` where it stands in running text."""
        running = running or element.tag in RUNNING_TEXT
        if running:
            text, element.text = element.text, None
            self.place(element, 0, text)
        for child in list(element):
            self.left -= self.explained.get(f"{self.glossary.page}#{child.get('id')}", set())
            if child.tag == "strong":
                self.left.discard(self.glossary.owner("".join(child.itertext()).rstrip(".:")))
            elif not passed_over(child):
                self.visit(child, running=running)
            if running:
                text, child.tail = child.tail, None
                self.place(element, list(element).index(child) + 1, text)

    def place(self, parent: Element, index: int, text: str | None) -> None:
        """Put a text back before the child at `index`, its first mentions as links."""
        rest = text or ""
        done = 0
        for match in [] if isinstance(text, AtomicString) else self.glossary.pattern.finditer(rest):
            term = self.glossary.owner(match[0])
            if term and term in self.left:
                self.left.remove(term)
                append_text(parent, index, rest[done : match.start()])
                parent.insert(index, self.link(term, match[0]))
                index += 1
                done = match.end()
        append_text(parent, index, text if not done else rest[done:])

    def link(self, term: Term, text: str) -> Element:
        address = relative(f"{GLOSSARY}#{term.anchor}", self.glossary.page)
        link = Element("a", {"class": "term", "href": address, "title": term.definition})
        link.text = AtomicString(text)
        return link


def append_text(parent: Element, index: int, text: str | None) -> None:
    """Add a text before the child at `index`: it is kept as the tail of the one before, or as the parent's own."""
    if index:
        parent[index - 1].tail = text
    else:
        parent.text = text


def passed_over(element: Element) -> bool:
    classes = set(element.get("class", "").split())
    return (
        not isinstance(element.tag, str)  # a comment
        or element.tag in PASSED_OVER
        or bool(classes & PASSED_OVER_CLASSES)
        or bool(element.attrib.keys() & PASSED_OVER_ATTRIBUTES)
    )


class TermLinks(Treeprocessor):  # type: ignore[misc]
    def __init__(self, md: Markdown, found: Glossary) -> None:
        super().__init__(md)
        self.glossary = found

    def run(self, root: Element) -> None:
        if "mkdocstrings_ids" in self.md.treeprocessors:  # a docstring that is shown on the page
            return
        Linker(self.glossary).visit(root)


class Terms(Extension):  # type: ignore[misc]
    def __init__(self, found: Glossary) -> None:
        super().__init__()
        self.glossary = found

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802
        # After the headings have got their ids (5), and before MkDocs resolves and checks the links (0).
        md.treeprocessors.register(TermLinks(md, self.glossary), "glossary", 4)


# --- what MkDocs calls ------------------------------------------------------------------------------------------

_glossary = Glossary()


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    global _glossary
    _glossary = Glossary(read_terms((Path(config.docs_dir) / SOURCE).read_text(encoding="utf-8")))
    # A rebuild while serving finds the last one's. In place: mkdocstrings holds the list itself.
    others = [extension for extension in config.markdown_extensions if not isinstance(extension, Terms)]
    config.markdown_extensions[:] = [*others, Terms(_glossary)]
    return config


def on_page_markdown(markdown: str, *, page: Page, **_: object) -> str:
    _glossary.page = page.file.src_uri
    return markdown.replace(ENTRIES, glossary(_glossary.terms, page.file.src_uri)) if ENTRIES in markdown else markdown


def on_page_content(content: str, **_: object) -> str:
    return content.replace(CARDS, flash_cards(_glossary.terms)) if CARDS in content else content
