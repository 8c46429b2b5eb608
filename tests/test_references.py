"""Claims about the sources: each is complete and cited, and a page that cites says where to find the work."""

import calendar
import importlib
import json
import re
import subprocess
import sys
from functools import cache
from itertools import groupby
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from pybtex.database import Entry, parse_file  # type: ignore[import-untyped]
from pybtex.richtext import Text  # type: ignore[import-untyped]

hook = importlib.import_module("build_hooks.references")
address_of, label_of = hook.address_of, hook.label_of

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([*ROOT.glob("docs/**/*.md"), *ROOT.glob("docs/lab/*.py")])
CITED = re.compile(r"\[(@\w+(?:; ?@\w+)*)\]")
OLDEST_NUMBER = 704  # of the arXiv numbers in use since April 2007
NAME = r"[A-Z][\w'-]+(?: [A-Z][\w'-]+)?"
MENTION = re.compile(rf"{NAME}(?: et al\.| and {NAME}|, {NAME} and {NAME})? \(?(?:19|20)\d\d[a-z]?\b")
NOT_WORKS = {*calendar.month_name, "WMT"}


@cache
def entries() -> dict[str, Entry]:
    found: dict[str, Entry] = parse_file(ROOT / "docs/references.bib").entries
    return found


def prose(path: Path) -> str:
    """Text of a page without its code; of a script, its text cells."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        return "\n".join(line[2:] for line in text.split("\n") if line.startswith("# "))
    text = re.sub(r"^([ >]*)(`{3,}|~{3,}).*?^\1\2", "", text, flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"`[^`\n]+`", "", text)


def keys_cited(path: Path) -> list[str]:
    return [key for group in CITED.findall(prose(path)) for key in re.findall(r"@(\w+)", group)]


def name(path: Path) -> str:
    return path.relative_to(ROOT / "docs").as_posix()


CITING = [path for path in PAGES if keys_cited(path)]


def test_the_lessons_cite() -> None:
    assert {path.stem for path in (ROOT / "docs/lessons").glob("*.md")} <= {path.stem for path in CITING}


def test_every_key_cited_is_in_the_bibliography() -> None:
    unknown = {(name(path), key) for path in PAGES for key in keys_cited(path) if key not in entries()}
    assert not unknown


def test_every_work_is_cited_or_recommended() -> None:
    cited = {key for path in PAGES for key in keys_cited(path)}
    assert not set(entries()) - cited


def test_every_work_says_what_it_is_and_where() -> None:
    for key, entry in entries().items():
        assert entry.persons.get("author"), f"{key}: expected an author"
        for field in ("title", "year"):
            assert entry.fields.get(field), f"{key}: expected a {field}"
        on_paper = {"journal", "volume", "pages"} <= entry.fields.keys()
        assert address_of(entry) or on_paper, f"{key}: expected an arXiv number, a DOI, an address, or volume and pages"
        assert (address_of(entry) or "https://").startswith(("https://", "http://joschu.net/")), key
        assert not re.search(r"[^\x20-\x7e]", " ".join(entry.fields.values())), f"{key}: expected accents as in LaTeX"


def test_titles_on_the_reading_list_are_those_of_the_bibliography() -> None:
    text = (ROOT / "docs/further-reading.md").read_text(encoding="utf-8")
    titles = re.findall(r"\[@(\w+)\], \*([^*\n]+)\*\{ \.work \}", text)
    assert len(titles) == text.count("{ .work }") > 30
    for key, title in titles:
        assert title == str(Text.from_latex(entries()[key].fields["title"])), key


def test_arxiv_numbers_are_well_formed_and_of_the_year_given() -> None:
    numbers = {key: entry.fields["eprint"] for key, entry in entries().items() if "eprint" in entry.fields}
    assert numbers
    for key, number in numbers.items():
        match = re.fullmatch(r"(\d\d)(\d\d)\.(\d{4,5})", number)
        assert match, f"{key}: expected a number as 2203.02155, got {number}"
        year, month, running = match.groups()
        assert entries()[key].fields["year"] == "20" + year, f"{key}: the number {number} is not of its year"
        assert 1 <= int(month) <= 12, f"{key}: {number} has no month {month}"
        assert int(year + month) >= OLDEST_NUMBER
        assert len(running) == (5 if int(year) >= 15 else 4), f"{key}: {number} has a wrong count of digits"
        assert entries()[key].fields["archiveprefix"] == "arXiv"
    assert len(numbers) == len(set(numbers.values())), "a work stands there twice"


def test_key_author_and_year_agree_and_no_two_works_look_alike() -> None:
    labels = {key: label_of(key, entry) for key, entry in entries().items()}
    assert len(set(labels.values())) == len(labels)
    for key, label in labels.items():
        first = re.sub(r"[^a-z]", "", re.split(r" et al\.| and | \d|-AI| Team", label)[0].lower())
        assert re.sub(r"\d{4}[a-z]?$", "", key) == first, f"{key}: expected the key of {label} to begin with {first}"
    lettered = sorted(key for key in labels if key[-1].isalpha())
    for stem, group in groupby(lettered, key=lambda key: key[:-1]):
        letters = "".join(key[-1] for key in group)
        assert letters == "abcdefgh"[: len(letters)], f"{stem}: letters {letters}"
        assert len(letters) > 1, f"{stem}: a letter, and nothing to tell it from"


def test_no_page_points_at_a_paper_but_by_citing_it() -> None:
    addresses = {address for entry in entries().values() if (address := address_of(entry))}
    for path in PAGES:
        text = path.read_text(encoding="utf-8")
        found = [address for address in addresses if re.search(re.escape(address) + r"(?![\w./-])", text)]
        found += re.findall(r"\S*(?:arxiv\.org|doi\.org|joschu\.net|aclanthology\.org)\S*", text)
        assert not found, f"{name(path)}: expected [@key] instead of {found}"


def test_no_page_names_author_and_year_without_citing() -> None:
    for path in PAGES:
        found = [mention for mention in MENTION.findall(prose(path)) if mention.split()[0] not in NOT_WORKS]
        assert not found, f"{name(path)}: expected [@key] instead of {found}"


def test_numbers_in_docstrings_are_those_of_the_bibliography() -> None:
    """There the reader gets no list, so at least the same paper must not be given two numbers."""
    known = {entry.fields["eprint"] for entry in entries().values() if "eprint" in entry.fields}
    found = {
        (path.name, number)
        for folder in ("rlhf_textbook", "exercises", "lab")
        for path in ROOT.glob(f"{folder}/**/*.py")
        for number in re.findall(r"arXiv[ :](\d+\.\d+)", path.read_text(encoding="utf-8"))
    }
    assert found
    assert not {(file, number) for file, number in found if number not in known}


@pytest.mark.parametrize("path", CITING, ids=name)
def test_built_page_lists_what_it_cites(path: Path, site: Path) -> None:
    built = site / name(path).replace(".md", ".html").replace(".py", ".html")
    page = BeautifulSoup(built.read_text(encoding="utf-8"), "html.parser")
    heading = page.select_one("h2#references")
    assert heading is not None
    listing = heading.find_next_sibling()
    assert listing is not None
    assert "references" in (listing.get("class") or [])
    assert page.select_one('nav.md-nav--secondary a[href="#references"]') is not None

    wanted = {key: label_of(key, entries()[key]) for key in keys_cited(path)}
    works = {str(work["id"]): work for work in listing.select("li")}
    assert works.keys() == {f"ref-{key}" for key in wanted}
    shown = [label.get_text() for label in listing.select(".references-label")]
    assert shown == sorted((label + "." for label in wanted.values()), key=str.casefold)
    for key, label in wanted.items():
        places = page.select(f'a.citation[href="#ref-{key}"]')
        assert [place.get_text() for place in places] == [label] * keys_cited(path).count(key)
        back = [str(link["href"]) for link in works[f"ref-{key}"].select(".references-back a")]
        assert back == [f"#{place['id']}" for place in places]
        address = address_of(entries()[key])
        assert not address or works[f"ref-{key}"].select_one(f'a[href="{address}"]') is not None

    assert not page.select("a.footnote-ref, .footnote")
    article = page.select_one("article")
    assert article is not None
    for code in article.select("pre, code"):
        code.decompose()
    assert not re.search(r"\[[@^]\w", article.get_text())


@pytest.mark.parametrize("path", [path for path in CITING if path.suffix == ".py"], ids=name)
def test_notebook_links_to_the_works(path: Path, site: Path) -> None:
    cells = json.loads((site / name(path).replace(".py", ".ipynb")).read_text(encoding="utf-8"))["cells"]
    text = "\n".join(cell["source"] for cell in cells if cell["cell_type"] == "markdown")
    assert not CITED.search(text)
    for key in keys_cited(path):
        assert f"[{label_of(key, entries()[key])}](<{address_of(entries()[key])}>)" in text


BIBLIOGRAPHY = """
@misc{one2001, author = {One, A.}, title = {First}, year = {2001}, eprint = {0101.0001}, archiveprefix = {arXiv}}
@misc{two2002, author = {Two, B. and {Van Three}, C.}, title = {Second}, year = {2002}, url = {https://example.org}}
"""
WRONG = {
    "an unknown key": ("As [@nobody1999] says.", "Citing unknown reference key nobody1999"),
    "a place within the brackets": ("See [@one2001, §3].", "Affixes not supported in simple mode"),
    "a colon that makes a footnote of it": ("- [@one2001]: a start.", "begins with '[@one2001]:'"),
    "a heading of the same name": ("See [@one2001].\n\n## References", "expected no heading 'References'"),
}


def build_book(folder: Path, text: str) -> "subprocess.CompletedProcess[str]":
    (folder / "docs").mkdir()
    (folder / "docs/index.md").write_text(f"# Page\n\n{text}\n", encoding="utf-8")
    (folder / "docs/references.bib").write_text(BIBLIOGRAPHY, encoding="utf-8")
    (folder / "mkdocs.yml").write_text(
        "site_name: Test\nhooks:\n"
        f"  - {ROOT.as_posix()}/build_hooks/references.py\n"
        "markdown_extensions: [footnotes]\nplugins:\n  - bibtex:\n      bib_file: docs/references.bib\n"
        "      footnote_format: ref-{key}\n      enable_inline_citations: false\n",
        encoding="utf-8",
    )
    command = [sys.executable, "-m", "mkdocs", "build", "--strict"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize("case", WRONG)
def test_strict_build_stops_at(case: str, tmp_path: Path) -> None:
    text, told = WRONG[case]
    done = build_book(tmp_path, text)
    assert done.returncode == 1
    assert told in done.stderr


def test_footnotes_of_a_page_stay_footnotes_and_are_counted_without_the_works(tmp_path: Path) -> None:
    text = "By [@two2002; @one2001].[^n] Mail a@b.org.[^m]\n\nMore[^n] by [@one2001].\n\n[^n]: Note n.\n[^m]: Note m."
    done = build_book(tmp_path, text)
    assert done.returncode == 0, done.stderr
    page = BeautifulSoup((tmp_path / "site/index.html").read_text(encoding="utf-8"), "html.parser")
    first, second = page.select("p:has(a.citation)")
    assert first.get_text() == "By Two and Van Three 2002; One 2001.1 Mail a@b.org.2"
    assert second.get_text() == "More1 by One 2001."
    notes = page.select(".footnote li")
    assert [note["id"] for note in notes] == ["fn:n", "fn:m"]
    assert [link["title"][-13:] for link in notes[1].select("a")] == ["2 in the text"]
    one, two = page.select("ul.references li")
    assert one.get_text().startswith("One 2001. A. One. First.")
    assert [link["href"] for link in one.select(".references-back a")] == ["#cite-one2001", "#cite-one2001-2"]
    assert two.select_one('a[href="https://example.org"]') is not None
    names = [tag["id"] for tag in page.select("[id]")]
    assert len(names) == len(set(names))
