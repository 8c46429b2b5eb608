"""Claims about what a reader takes along: the site as an archive works from disk, and the book is a sound EPUB."""

import posixpath
import re
import xml.etree.ElementTree as ET
import zipfile
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urldefrag, urlsplit

import pytest
import yaml
from bs4 import BeautifulSoup
from playwright.sync_api import Browser, expect

from build_hooks import archive, epub, offline
from tests.conftest import in_a_browser

ROOT = Path(__file__).resolve().parent.parent
TOP = "rlhf-executed/"
XHTML, OPS = "{http://www.w3.org/1999/xhtml}", "{http://www.idpf.org/2007/ops}"
OPF, DC = "{http://www.idpf.org/2007/opf}", "{http://purl.org/dc/elements/1.1/}"
NAMESPACES = {epub.XHTML, epub.SVG, epub.MATHML}


# --- the site as an archive -----------------------------------------------------------------------


@pytest.fixture(scope="module")
def unpacked(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("from disk")  # with a space, as folders of readers have
    with zipfile.ZipFile(site / offline.ARCHIVE) as packed:
        packed.extractall(folder)
    return folder / TOP


def test_archive_holds_what_a_reader_needs_and_nothing_else(site: Path) -> None:
    for_servers = {"404.html", "objects.inv", "search/search_index.json", "sitemap.xml", "sitemap.xml.gz"}
    files = {path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file()}
    assert for_servers <= files
    wanted = {name for name in files - for_servers - {offline.ARCHIVE} if not name.endswith(".map")}
    with zipfile.ZipFile(site / offline.ARCHIVE) as packed:
        assert packed.testzip() is None
        assert sorted(packed.namelist()) == sorted(TOP + name for name in wanted | {"read-me-first.txt"})


def test_archive_has_the_bytes_of_the_site(site: Path, unpacked: Path) -> None:
    for path in unpacked.rglob("*"):
        name = path.relative_to(unpacked).as_posix()
        if path.is_file() and name != "read-me-first.txt":
            wanted = (site / name).read_bytes()
            if path.suffix == ".html":  # nothing is fetched early from disk
                wanted = re.sub(rb'\s*<link rel="preload"[^>]*>', b"", wanted)
            assert path.read_bytes() == wanted, name


def test_whatever_a_page_links_to_or_loads_is_in_the_archive(unpacked: Path) -> None:
    missing = set()
    for path in unpacked.rglob("*.html"):
        for mark in re.findall(r'<[a-z][^>]*\s(?:href|src)="[^"]*"', path.read_text(encoding="utf-8")):
            address = urlsplit(re.search(r'\s(?:href|src)="([^"]*)"', mark)[1])  # type: ignore[index]
            if not address.scheme and address.path and not (path.parent / unquote(address.path)).is_file():
                missing.add((path.name, address.path))
    assert missing == {("take-along.html", offline.ARCHIVE)}  # the archive cannot hold itself


@pytest.mark.parametrize("name", [offline.ARCHIVE, epub.BOOK])
def test_archive_packed_again_from_the_same_files_has_the_same_bytes(
    name: str, site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with zipfile.ZipFile(site / name) as packed:
        held = [(file.filename, packed.read(file)) for file in packed.infolist()]
        assert len({file.date_time for file in packed.infolist()}) == 1
    if name == offline.ARCHIVE:
        assert [file for file, _ in offline.contents(site)] == [file for file, _ in held]
    monkeypatch.setattr(archive, "_packed", {})
    (tmp_path / "downloads").mkdir()
    archive.write_archive(tmp_path, name, lambda: held)
    assert (tmp_path / name).read_bytes() == (site / name).read_bytes()
    (tmp_path / name).unlink()
    archive.write_archive(tmp_path, name, lambda: pytest.fail("a rebuild packs again"))
    assert (tmp_path / name).read_bytes() == (site / name).read_bytes()


@in_a_browser
def test_page_from_disk_is_quiet_searches_typesets_and_answers(unpacked: Path, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(10_000)
    page, problems = context.new_page(), []
    page.on("console", lambda message: problems.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("requestfailed", lambda request: problems.append(f"{request.url}: {request.failure}"))
    page.on("request", lambda request: None if request.url.startswith("file:") else problems.append(request.url))
    page.goto((unpacked / "lessons/3-reward-modeling.html").as_uri())

    assert page.evaluate("getComputedStyle(document.querySelector('math')).fontFamily").startswith('"Course Math"')
    page.wait_for_function("[...document.fonts].some((f) => /Course Math/.test(f.family) && f.status === 'loaded')")
    assert page.locator(".formula math").first.evaluate("(e) => e.getBoundingClientRect().height > 20")

    piece = page.locator("score-sliders")
    expect(piece).to_contain_text("Loss 0.278.")
    piece.locator("input[type=range]").first.press("ArrowLeft")
    expect(piece).not_to_contain_text("Loss 0.278.")
    box = page.locator("numeric-answer[data-name='lesson_3.second-over-fourth']")
    box.get_by_role("textbox").fill("0.241")
    box.get_by_role("textbox").press("Enter")
    expect(box.get_by_role("status")).to_contain_text("Right")

    query = page.locator("[data-md-component=search-query]")
    query.click()
    for typed, found in (
        ("reward model", "3-reward-modeling.html"),
        ("Bradley–Terry", "glossary.html"),
        ("clipped surrogate", "4-ppo.html"),
    ):
        query.fill(typed)
        query.press("End")  # the theme listens to keys
        expect(page.locator(f".md-search-result__item a[href*='{found}']").first).to_be_visible(timeout=10_000)
    with page.expect_navigation(url="**/4-ppo.html?**"):
        page.locator(".md-search-result__item a[href*='4-ppo.html']").first.click()
    expect(page.locator("h1")).to_contain_text("PPO")
    context.close()
    assert not problems


# --- the book -------------------------------------------------------------------------------------


class Book:
    """An EPUB taken apart; paths are those inside the package's folder."""

    def __init__(self, path: Path) -> None:
        with zipfile.ZipFile(path) as packed:
            assert packed.testzip() is None
            self.infos = packed.infolist()
            files = {info.filename: packed.read(info) for info in self.infos}
        self.start = files.pop("mimetype")
        container = ET.fromstring(files.pop("META-INF/container.xml"))
        (root,) = container.iter("{urn:oasis:names:tc:opendocument:xmlns:container}rootfile")
        self.folder, _, name = root.attrib["full-path"].rpartition("/")
        self.package = ET.fromstring(files.pop(f"{self.folder}/{name}"))
        self.files = {path.removeprefix(self.folder + "/"): content for path, content in files.items()}
        self.items = {item.attrib["href"]: item.attrib for item in self.package.iter(f"{OPF}item")}
        self.documents = {
            path: ET.fromstring(self.files[path])
            for path, item in self.items.items()
            if item["media-type"] == "application/xhtml+xml"
        }
        by_id = {item["id"]: path for path, item in self.items.items()}
        self.spine = [by_id[reference.attrib["idref"]] for reference in self.package.iter(f"{OPF}itemref")]

    def links(self) -> "list[tuple[str, str, str]]":
        """List all links inside the book: from which document, to which file and which place in it."""
        found = []
        for path, document in self.documents.items():
            for element in document.iter():
                for key, value in element.attrib.items():
                    if key.rpartition("}")[2] in ("href", "src") and not urlsplit(value).scheme:
                        target, place = urldefrag(value)
                        found.append((path, posixpath.normpath(posixpath.join(posixpath.dirname(path), target)), place))
                        if not target:
                            found[-1] = (path, path, place)
        return found


@pytest.fixture(scope="module")
def book(site: Path) -> Book:
    return Book(site / epub.BOOK)


def chapters(items: list[Any]) -> list[str]:
    """Return the pages of the navigation in `mkdocs.yml` in order, without those that are not for the book."""
    found = []
    for item in items:
        value = next(iter(item.values()))
        if isinstance(value, list):
            found += chapters(value)
        else:
            source = ROOT / "docs" / value
            text = source.read_text(encoding="utf-8") if source.exists() else ""  # the lab's pages are scripts
            if not re.match(r"---\n(?:.+\n)*?epub: false\n", text):
                found.append(value.removesuffix(".md") + ".xhtml")
    return found


@pytest.fixture(scope="module")
def in_order() -> list[str]:
    lines = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    nav = re.search(r"^nav:\n(?:[ ].*\n|\n)+", lines, re.MULTILINE)
    assert nav is not None
    return chapters(yaml.safe_load(nav[0])["nav"])


def test_book_says_first_and_uncompressed_what_it_is(book: Book) -> None:
    assert (book.infos[0].filename, book.infos[0].compress_type) == ("mimetype", zipfile.ZIP_STORED)
    assert (book.infos[0].extra, book.start) == (b"", b"application/epub+zip")


def test_every_file_of_the_book_is_listed_once_and_every_listed_file_is_there(book: Book) -> None:
    listed = [item.attrib["href"] for item in book.package.iter(f"{OPF}item")]
    assert sorted(listed) == sorted(book.files)
    assert len({info.filename for info in book.infos}) == len(book.infos)
    assert len({item["id"] for item in book.items.values()}) == len(listed)


def test_book_has_title_language_identifier_and_day_of_the_release(book: Book) -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    metadata = {name: [e.text or "" for e in book.package.iter(DC + name)] for name in ("title", "language", "creator")}
    authors = [author["name"] for author in citation["authors"]]
    assert metadata == {"title": [citation["title"]], "language": ["en"], "creator": authors}
    (identifier,) = book.package.iter(f"{DC}identifier")
    assert book.package.attrib["unique-identifier"] == identifier.attrib["id"]
    assert re.fullmatch(r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", identifier.text or "")
    said = {meta.attrib["property"]: meta.text for meta in book.package.iter(f"{OPF}meta")}
    assert said["dcterms:modified"] == f"{citation['date-released']}T00:00:00Z"


def test_chapters_come_in_the_order_of_the_site(book: Book, in_order: list[str]) -> None:
    assert len(in_order) > 40
    assert book.spine == ["cover.xhtml", "nav.xhtml", *in_order]
    assert set(book.documents) == set(book.spine)
    (toc,) = (nav for nav in book.documents["nav.xhtml"].iter(f"{XHTML}nav") if nav.get(f"{OPS}type") == "toc")
    assert [link.attrib["href"] for link in toc.iter(f"{XHTML}a")] == in_order
    for link in toc.iter(f"{XHTML}a"):
        assert link.text == book.documents[link.attrib["href"]].findtext(f".//{XHTML}title")


def test_every_element_of_the_book_is_of_a_known_kind_and_every_document_in_english(book: Book) -> None:
    for path, document in book.documents.items():
        assert {element.tag.partition("}")[0][1:] for element in document.iter()} <= NAMESPACES, path
        assert document.tag == f"{XHTML}html"
        language = [document.get("lang"), document.get("{http://www.w3.org/XML/1998/namespace}lang")]
        assert (path, language) == (path, ["en", "en"])
        assert (document.findtext(f"{XHTML}head/{XHTML}title") or "").strip()
        for svg in document.iter(f"{{{epub.SVG}}}svg"):
            assert {part.tag.partition("}")[0][1:] for part in svg.iter()} == {epub.SVG}, path


def test_every_link_inside_the_book_leads_to_a_place_in_it(book: Book) -> None:
    places = {path: {e.attrib["id"] for e in document.iter() if "id" in e.attrib} for path, document in
              book.documents.items()}  # fmt: skip
    links = book.links()
    assert sum(bool(place) for _, _, place in links) > 500
    dead = [
        link for link in links if link[1] not in book.files or (link[2] and unquote(link[2]) not in places[link[1]])
    ]
    assert dead == []


def test_no_name_is_given_twice_in_a_document(book: Book) -> None:
    for path, document in book.documents.items():
        names = [element.attrib["id"] for element in document.iter() if "id" in element.attrib]
        assert sorted(names) == sorted(set(names)), path


def test_book_needs_no_script_and_asks_nobody_for_anything(book: Book) -> None:
    for path, document in book.documents.items():
        for element in document.iter():
            tag = element.tag.partition("}")[2]
            assert tag not in {"script", "form", "input", "button", "iframe", "object", "style", "base"}, (path, tag)
            assert "-" not in tag or tag == "font-face", (path, tag)  # an element that a script would bring to life
            for key, value in element.attrib.items():
                assert not key.startswith("on"), (path, tag, key)
                assert not value.startswith("javascript:"), (path, tag, value)
                if tag != "a" and key.rpartition("}")[2] in ("href", "src", "poster", "data", "srcset"):
                    assert not urlsplit(value).scheme, (path, tag, value)
                assert not re.search(r"url\((?![\"']?#)", value), (path, tag, value)
    assert re.findall(r"url\(\"?([^\")]*)", book.files["epub.css"].decode()) == [epub.MATH_FONT]
    assert b"@import" not in book.files["epub.css"]


def test_book_says_of_each_document_what_it_has(book: Book) -> None:
    for path, document in book.documents.items():
        kinds = {element.tag.partition("}")[0][1:] for element in document.iter()}
        has = {name for name, kind in (("svg", epub.SVG), ("mathml", epub.MATHML)) if kind in kinds}
        if path == "nav.xhtml":
            has.add("nav")
        assert (path, set(book.items[path].get("properties", "").split())) == (path, has)
    assert sum("mathml" in item.get("properties", "") for item in book.items.values()) > 20


def test_lessons_and_project_have_every_formula_figure_and_output_in_the_book(site: Path, book: Book) -> None:
    for path, document in book.documents.items():
        if not path.startswith(("lessons/", "project/")):
            continue  # the others go the same way, and are long
        text = (site / path.replace(".xhtml", ".html")).read_text(encoding="utf-8")
        article = text[text.index("<article") : text.index("</article>")]
        article = re.sub(r"<(script|button)\b.*?</\1>", "", article, flags=re.DOTALL)
        page = BeautifulSoup(article, "html.parser")
        for gone in page.select(".page-end, .only-on-site, .md-content__button"):
            gone.decompose()
        for name, kind in (("math", epub.MATHML), ("figure", epub.XHTML), ("pre", epub.XHTML), ("table", epub.XHTML)):
            found = len(list(document.iter(f"{{{kind}}}{name}")))
            assert (path, name, found) == (path, name, len(page.find_all(name)))
