"""Bind the built site into one EPUB, for e-readers and for printing the whole book.

The chapters are the pages of the navigation, in its order. Each is read from the built site, so that it has
every formula (MathML), figure (SVG) and output that the site has, and written as the XHTML that EPUB 3 wants. What
needs a script becomes what it says without one: an answer box its question and solution, an interactive piece its
question and text. A page whose front matter says `epub: false` is left out.

Libraries for EPUB parse HTML in ways that lose the case of SVG's names, or pull in much; the format itself is a zip
of XHTML with two lists of contents, written below.
"""

import hashlib
import json
import re
import sys
import uuid
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from html import escape
from pathlib import Path
from urllib.parse import urldefrag, urljoin, urlsplit

import tinyhtml5
import yaml
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import event_priority
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation, Section
from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # the builder may have been started from elsewhere

from build_hooks.archive import write_archive  # noqa: E402
from lab.store import keep  # noqa: E402

CACHE = ROOT / ".cache" / "epub"
BOOK = "downloads/rlhf-executed.epub"
SOURCE = Path(__file__).read_text(encoding="utf-8")
STYLE = Path(__file__).with_name("epub.css")
MATH_FONT = "assets/fonts/math.woff2"
XHTML, SVG, MATHML = "http://www.w3.org/1999/xhtml", "http://www.w3.org/2000/svg", "http://www.w3.org/1998/Math/MathML"
ARTICLE = re.compile(r"<article[^>]*>(.*)</article>", re.DOTALL)
COLOR = re.compile(r"var\(--[\w-]+, *([^()]+)\)")  # readers of books know no variables: take what stands in for them
PLAIN = {"numeric-answer": "div", "details": "div", "summary": "p", "label": "span", "nav": "div"}
DROPPED = {"script", "button", "form", "template", "style"}
LEFT_OUT = {"download", "for", "hidden", "markdown", "open", "rel", "target"}
DROPPED_CLASSES = {"headerlink", "md-content__button", "page-end", "only-on-site"}

_navigation: Navigation


def on_files(files: Files, *, config: MkDocsConfig, **_: object) -> Files:
    # So that a page may link to it; it is written when all pages are.
    files.append(File.generated(config, BOOK, content=b""))
    return files


def on_nav(nav: Navigation, **_: object) -> Navigation:
    global _navigation
    _navigation = nav
    return nav


def chapters(items: list[object]) -> Iterator[tuple[str, list[Page]]]:
    """Yield the parts of the book: a title, empty for a page on its own, and pages."""
    for item in items:
        if isinstance(item, Page) and item.meta.get("epub", True):
            yield "", [item]
        elif isinstance(item, Section):
            pages = [page for page in item.children if isinstance(page, Page) and page.meta.get("epub", True)]
            if pages:
                yield item.title, pages


def name(tag: object) -> str:
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def title(page: Page) -> str:
    return re.sub(r"<[^>]+>", "", str(page.title))


class Chapter:
    """A page as XHTML; `kept` says under which names the book holds pages, `site` where the rest can be read."""

    def __init__(self, path: str, html: str, kept: set[str], site: str) -> None:
        self.path = path
        self.kept = kept
        self.site = site
        self.properties: set[str] = set()
        body = tinyhtml5.parse(html).find(f"{{{XHTML}}}body")
        self.body = ET.Element("body")
        self.adopt(body, self.body)

    def adopt(self, old: ET.Element, parent: ET.Element) -> None:
        """Copy what is in an element, without namespaces in the names and without what a book cannot use."""
        last: ET.Element | None = None

        def say(text: str | None) -> None:
            if text and last is None:
                parent.text = (parent.text or "") + text
            elif text and last is not None:
                last.tail = (last.tail or "") + text

        say(old.text)
        for child in old:
            tag = name(child.tag)
            classes = set(child.get("class", "").split())
            if tag == "input" and child.get("type") == "checkbox":
                say("\N{BALLOT BOX} ")
            elif tag and tag not in DROPPED | {"input"} and not classes & DROPPED_CLASSES:
                new = ET.SubElement(parent, "div" if "explore" in classes else PLAIN.get(tag, tag))
                self.attributes(child, tag, new)
                self.adopt(child, new)
                last = new
            say(child.tail)

    def attributes(self, old: ET.Element, tag: str, new: ET.Element) -> None:
        for key, value in old.attrib.items():
            if not key.startswith(("{", "data-")) and key not in LEFT_OUT:
                new.set(key, COLOR.sub(r"\1", value))
        if tag in ("mi", "mpadded"):
            new.attrib.pop("scriptlevel", None)  # Temml's, and not in the standard
        if tag in PLAIN:
            new.set("class", f"{tag} {old.get('class', '')}".strip())
        if tag == "math":
            new.set("xmlns", MATHML)
            self.properties.add("mathml")
        if tag == "svg":
            new.set("xmlns", SVG)
            self.properties.add("svg")
        if tag == "a" and "href" in new.attrib:
            self.link(new)

    def link(self, anchor: ET.Element) -> None:
        """Lead to the chapter, if the book holds the page; else to the site, if it has a public address."""
        address, fragment = urldefrag(anchor.get("href", ""))
        if urlsplit(address).scheme or not address:
            return
        target = urljoin("/" + self.path, address).lstrip("/")
        if target in self.kept:
            anchor.set("href", re.sub(r"\.html$", ".xhtml", address) + (f"#{fragment}" if fragment else ""))
        elif self.site:
            anchor.set("href", urljoin(self.site, target) + (f"#{fragment}" if fragment else ""))
        else:
            anchor.tag = "span"
            del anchor.attrib["href"]

    def text(self, heading: str) -> str:
        up = "../" * self.path.count("/")
        body = ET.tostring(self.body, encoding="unicode")
        return document(heading, body.removeprefix("<body>").removesuffix("</body>"), up)


def chapter(page: Page, html: str, kept: set[str], site: str) -> tuple[str, set[str]]:
    """Return a page as XHTML, and which kinds of content it has; from the cache where nothing has changed."""
    path = page.file.dest_uri
    # Only what the book takes is parsed: header and navigation are longer than most pages.
    article = ARTICLE.search(html)
    if article is None:
        raise PluginError(f"{path}: no <article> to put into the book")
    made_from = (SOURCE, path, title(page), article[1], sorted(kept), site)
    cached = CACHE / f"{Path(path).stem}-{hashlib.sha256(repr(made_from).encode()).hexdigest()[:16]}.json"
    if not cached.exists():
        made = Chapter(path, article[1], kept, site)
        text = made.text(title(page))
        keep(cached, json.dumps({"text": text, "properties": sorted(made.properties)}, ensure_ascii=False))
    content = json.loads(cached.read_text(encoding="utf-8"))
    return content["text"], set(content["properties"])


def document(heading: str, body: str, up: str = "") -> str:
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE html>\n'
        f'<html xmlns="{XHTML}" xmlns:epub="http://www.idpf.org/2007/ops" lang="en" xml:lang="en">'
        f'<head><title>{escape(heading)}</title><link rel="stylesheet" href="{up}epub.css"/></head>'
        f"<body>{body}</body></html>\n"
    )


def contents(parts: list[tuple[str, list[Page]]]) -> str:
    """Write the table of contents, `nav.xhtml`."""
    lines = []
    for part, pages in parts:
        entries = "".join(f'<li><a href="{address(page)}">{escape(title(page))}</a></li>' for page in pages)
        lines.append(f"<li><span>{escape(part)}</span><ol>{entries}</ol></li>" if part else entries)
    body = f'<nav epub:type="toc" id="toc"><h1>Contents</h1><ol>{"".join(lines)}</ol></nav>'
    return document("Contents", body)


def address(page: Page) -> str:
    return re.sub(r"\.html$", ".xhtml", page.file.dest_uri)


def package(entries: list[tuple[str, set[str]]], config: MkDocsConfig) -> str:
    """Write the list of all files, `package.opf`."""
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    identifier = uuid.uuid5(uuid.NAMESPACE_URL, f"{citation['title']} {citation['version']}").urn
    items, spine = [], []
    for number, (path, properties) in enumerate(entries):
        mark = f' properties="{" ".join(sorted(properties))}"' if properties else ""
        items.append(f'<item id="c{number}" href="{path}" media-type="application/xhtml+xml"{mark}/>')
        spine.append(f'<itemref idref="c{number}"/>')
    authors = "".join(f"<dc:creator>{escape(author['name'])}</dc:creator>" for author in citation["authors"])
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="book" xml:lang="en">'
        '<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f'<dc:identifier id="book">{identifier}</dc:identifier><dc:title>{escape(citation["title"])}</dc:title>'
        f"<dc:language>en</dc:language>{authors}<dc:rights>{escape(config.copyright or '')}</dc:rights>"
        f"<dc:description>{escape(config.site_description or '')}</dc:description>"
        # The day of the release, not of the build: the same book has the same bytes.
        f'<meta property="dcterms:modified">{citation["date-released"]}T00:00:00Z</meta>'
        + "".join(
            f'<meta property="schema:{key}">{value}</meta>'
            for key, value in [
                ("accessMode", "textual"), ("accessMode", "visual"), ("accessModeSufficient", "textual"),
                ("accessibilityFeature", "MathML"), ("accessibilityFeature", "alternativeText"),
                ("accessibilityFeature", "tableOfContents"), ("accessibilityHazard", "none"),
            ]
        )
        + "</metadata><manifest>"
        '<item id="css" href="epub.css" media-type="text/css"/>'
        f'<item id="math" href="{MATH_FONT}" media-type="font/woff2"/>'
        f'{"".join(items)}</manifest><spine>{"".join(spine)}</spine></package>\n'
    )  # fmt: skip


def bind(site: Path, parts: list[tuple[str, list[Page]]], config: MkDocsConfig) -> list[tuple[str, bytes]]:
    """Return the files of the book, in the order in which they are packed."""
    pages = [page for _, group in parts for page in group]
    kept = {page.file.dest_uri for page in pages}
    public = config.site_url or ""
    if urlsplit(public).hostname in (None, "127.0.0.1", "localhost"):
        public = ""
    cover = f"<h1>{escape(config.site_name)}</h1><p>{escape(config.site_description or '')}</p>"
    cover += f"<p>{escape(config.copyright or '')}</p>" + (f'<p><a href="{public}">{public}</a></p>' if public else "")
    files = [("cover.xhtml", document(config.site_name, cover)), ("nav.xhtml", contents(parts))]
    entries: list[tuple[str, set[str]]] = [("cover.xhtml", set()), ("nav.xhtml", {"nav"})]
    for page in pages:
        text, properties = chapter(page, (site / page.file.dest_uri).read_text(encoding="utf-8"), kept, public)
        files.append((address(page), text))
        entries.append((address(page), properties))
    container = (
        '<?xml version="1.0"?><container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">'
        '<rootfiles><rootfile full-path="book/package.opf" media-type="application/oebps-package+xml"/></rootfiles>'
        "</container>"
    )
    return [
        ("mimetype", b"application/epub+zip"),
        ("META-INF/container.xml", container.encode()),
        ("book/package.opf", package(entries, config).encode()),
        ("book/epub.css", STYLE.read_bytes()),
        (f"book/{MATH_FONT}", (site / MATH_FONT).read_bytes()),
        *((f"book/{path}", text.encode()) for path, text in files),
    ]


@event_priority(-50)
def on_post_build(*, config: MkDocsConfig, **_: object) -> None:
    site = Path(config.site_dir)
    write_archive(site, BOOK, lambda: bind(site, list(chapters(_navigation.items)), config))
