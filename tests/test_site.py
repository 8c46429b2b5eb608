"""Claims about the site as a reader gets it: built, linked, typeset, and showing only what ran."""

import json
import re
import subprocess
import sys
from collections import Counter
from functools import cache
from pathlib import Path, PurePosixPath
from urllib.parse import urldefrag, urljoin, urlparse

import pytest
from bs4 import BeautifulSoup, Tag
from fontTools.ttLib import TTFont

import rlhf_textbook
from tests.code_blocks import EXECUTED

ROOT = Path(__file__).resolve().parent.parent
HOST = "http://127.0.0.1:8000/"  # what mkdocs.yml gives when nobody says where the book is hosted


@cache
def parsed(path: Path) -> BeautifulSoup:
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


def html_pages(site: Path) -> list[Path]:
    return sorted(path for path in site.rglob("*.html") if path.name != "404.html")


@pytest.fixture(scope="session")
def executed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """Return the blocks that ran, by file: in this session, or in one of their own where this ran only some."""
    ran: dict[str, list[str]] = request.config.stash[EXECUTED]
    sources = [*ROOT.glob("docs/**/*.md"), *ROOT.glob("rlhf_textbook/**/*.py")]
    with_blocks = {path.relative_to(ROOT).as_posix() for path in sources if "```python" in path.read_text("utf-8")}
    if with_blocks <= ran.keys():
        return ran
    record = tmp_path_factory.mktemp("blocks") / "record.json"
    command = [sys.executable, "-m", "pytest", f"--record-blocks={record}", "rlhf_textbook", "docs"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert record.exists(), done.stdout + done.stderr
    recorded: dict[str, list[str]] = json.loads(record.read_text(encoding="utf-8"))
    return recorded


def shown_python_blocks(page: BeautifulSoup) -> list[Tag]:
    """Python a reader sees as an example; not signatures, nor files that are shown as they are."""
    return [
        block
        for block in page.select("div.language-python.highlight")
        if "doc-signature" not in block["class"]
        and block.find_parent(class_=["mkdocstrings-source", "exercise-source"]) is None
    ]


def text_of(block: Tag) -> str:
    code = block.find("code")
    assert code is not None
    return code.get_text().strip("\n")


def cells_run_by_the_build(site: Path) -> list[str]:
    """Code cells of the lab that have been run, from the notebooks that the site offers."""
    notebooks = [json.loads(path.read_text(encoding="utf-8")) for path in site.rglob("*.ipynb")]
    cells = [cell for notebook in notebooks for cell in notebook["cells"]]
    return [cell["source"] for cell in cells if cell.get("execution_count")]


def test_python_blocks_a_reader_sees_are_exactly_those_that_ran(site: Path, executed: dict[str, list[str]]) -> None:
    shown = Counter(text_of(block) for path in html_pages(site) for block in shown_python_blocks(parsed(path)))
    ran = Counter(code for file, blocks in executed.items() if file != "README.md" for code in blocks)
    ran += Counter(cells_run_by_the_build(site))  # test_lab_pages.py: all that the scripts hold, run from top to bottom
    assert shown, "no Python block found in the built pages: has the highlighter's markup changed?"
    only_shown, only_ran = shown - ran, ran - shown
    assert not only_shown, "shown, but not run:\n\n" + "\n\n".join(only_shown)
    assert not only_ran, "run, but not shown:\n\n" + "\n\n".join(only_ran)


def markers_in(block: Tag) -> list[str]:
    """Find the comments of a code block that refer to a note in the list below it: `# (1)!`."""
    comments = [comment.get_text() for comment in block.select("code .c1")]
    return [comment for comment in comments if re.search(r"\(\d+\)!", comment)]


def test_every_marker_in_a_block_has_its_note_and_every_note_its_marker(site: Path) -> None:
    annotated = 0
    for path in html_pages(site):
        for block in shown_python_blocks(parsed(path)):
            if markers := markers_in(block):
                below = block.find_next_sibling()
                notes = below.find_all("li", recursive=False) if below is not None and below.name == "ol" else []
                # The theme puts the sign in the place of the whole comment: what else it says would be lost.
                assert markers == [f"# ({number})!" for number in range(1, len(notes) + 1)], path
                annotated += 1
    assert annotated


def test_every_output_shown_stands_right_below_the_block_that_printed_it(site: Path) -> None:
    outputs = 0
    for path in html_pages(site):
        for title in parsed(path).select("span.filename"):
            if title.get_text() == "Output":
                block = title.find_parent("div")
                assert block is not None
                above = block.find_previous_sibling()
                if above is not None and above.name == "ol":  # the notes of an annotated block, and nothing else
                    above = above.find_previous_sibling()
                    assert above is None or markers_in(above), f"{path}: a list between a block and its output"
                assert above is not None, path
                assert "language-python" in (above.get("class") or []), f"{path}: an output below no Python block"
                outputs += 1
    assert outputs


def test_no_block_is_shown_in_a_language_that_the_census_does_not_count(site: Path) -> None:
    for path in html_pages(site):
        languages = {
            name.removeprefix("language-")
            for block in parsed(path).select("div.highlight")
            for name in block["class"]
            if name.startswith("language-")
        }
        assert languages <= {"python", "text", "shell"}, path


def test_no_block_is_kept_from_running() -> None:
    """`notest`, `continuation` and fixtures would let a block pass that a reader cannot run."""
    fence = re.compile(r"^\s*(?:```|~~~)\s*(\S+)?(.*)$", re.MULTILINE)
    for page in [*ROOT.glob("docs/**/*.md"), *ROOT.glob("rlhf_textbook/**/*.py")]:
        for language, options in fence.findall(page.read_text(encoding="utf-8")):
            if language == "python":
                assert not options.strip(), f"{page.name}: ```python{options}"


def test_every_link_and_anchor_inside_the_site_leads_somewhere(site: Path) -> None:
    broken = []
    for path in html_pages(site):
        here = HOST + path.relative_to(site).as_posix().removesuffix("index.html")
        for tag in parsed(path).select("[href], [src]"):
            target, fragment = urldefrag(urljoin(here, str(tag.get("href") or tag.get("src"))))
            if not target.startswith(HOST):
                continue
            file = site / urlparse(target).path.lstrip("/")
            file = file / "index.html" if file.is_dir() else file
            found = file.is_file() and (
                not fragment or file.suffix != ".html" or parsed(file).find(id=fragment) is not None
            )
            if not found:
                broken.append(f"{path.relative_to(site)}: {tag.get('href') or tag.get('src')}")
    assert not broken


def test_pages_ask_no_other_host_for_anything(site: Path) -> None:
    """Links may lead away; scripts, styles, fonts and pictures may not come from elsewhere."""
    loads = {"script": "src", "img": "src", "iframe": "src", "source": "src", "video": "src", "object": "data"}
    for path in [*html_pages(site), site / "404.html"]:
        page = parsed(path)
        wanted = [str(tag[loads[tag.name]]) for tag in page.find_all(list(loads)) if tag.has_attr(loads[tag.name])]
        wanted += [str(tag["href"]) for tag in page.select("head link[href]") if tag["rel"] != ["canonical"]]
        written = "".join(tag.get_text() for tag in page.find_all(["script", "style"]))  # these may fetch by themselves
        wanted += re.findall(r"https?://[^\s\"'`<>)]+", written)
        foreign = [url for url in wanted if urlparse(url).netloc and not url.startswith(HOST)]
        assert not foreign, path
    for sheet in site.rglob("*.css"):
        urls = re.findall(r"(?:url\(|@import)\s*[\"']?([^\"')\s]+)", sheet.read_text(encoding="utf-8"))
        assert not [url for url in urls if re.match(r"(https?:)?//", url)], sheet


def test_a_page_is_drawn_after_one_style_sheet_and_no_script(site: Path) -> None:
    for path in html_pages(site):
        page = parsed(path)
        sheets = page.select("link[rel=stylesheet]")
        assert [str(sheet["href"]).rpartition("/")[2] for sheet in sheets] == ["style.css"], path
        waiting = [script for script in page.select("script[src]") if not script.has_attr("defer")]
        assert not waiting, path
    style = (site / "assets/style.css").read_text(encoding="utf-8")
    for address in re.findall(r'url\("(?!data:)([^"]+)"\)', style):
        assert (site / "assets" / address).exists(), address
    assert style.count(".md-typeset") > 100  # the theme's
    assert "font-display" in style  # the course's


def test_every_reference_between_docstrings_has_become_a_link(site: Path) -> None:
    for path in html_pages(site):
        for text in parsed(path).find_all(string=re.compile(r"\]\[rlhf_textbook")):
            assert text.find_parent("pre"), f"{path}: {text}"  # the package's source, as it is written


def test_every_formula_is_typeset(site: Path) -> None:
    formulas = 0
    for path in html_pages(site):
        page = parsed(path)
        formulas += len(page.find_all("math"))
        assert not page.select(".arithmatex"), path
        assert not page.select("merror, .temml-error"), path
        article = page.find("article")
        assert article is not None, path
        prose = [
            str(text)
            for text in article.find_all(string=True)
            if text.find_parent(["code", "pre", "math", "script", "style"]) is None
        ]
        raw = [text for text in prose if re.search(r"\$|\\[(\[a-zA-Z]", text)]
        assert not raw, f"{path}: LaTeX that nothing typeset"
    assert formulas > 100


def test_the_font_has_every_character_of_every_formula(site: Path) -> None:
    font = TTFont(ROOT / "docs/assets/fonts/math.woff2")
    drawn = {chr(code) for code in font.getBestCmap()}
    for path in html_pages(site):
        used = {character for formula in parsed(path).find_all("math") for character in formula.get_text()}
        assert used - drawn - {"\n"} == set(), f"{path}: add these to build_hooks/vendor/math-unicodes.txt"


def test_home_page_shows_the_line_that_installs_the_package(site: Path, tmp_path: Path) -> None:
    """The wheel that the line names is in the site, installs, and works without the source tree."""
    line = next(
        code.get_text() for code in parsed(site / "index.html").select("pre code") if "pip install" in code.get_text()
    )
    address = line.split()[-1]
    assert address.startswith(HOST)
    wheel = site / address.removeprefix(HOST)
    assert wheel.is_file()
    place = parsed(site / "index.html").select_one("[data-wheel]")
    assert place is not None
    assert (site / PurePosixPath(str(place["data-wheel"]))).resolve() == wheel.resolve()

    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--no-index", "--no-deps"]
    subprocess.run([*pip, "--target", str(tmp_path), str(wheel)], check=True, capture_output=True)
    program = "import rlhf_textbook as r; print(r.__file__); print(round(r.ranking_loss([1.8, 0.9, 0.3, -0.5]), 3))"
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(tmp_path)!r}); {program}"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    where, loss = done.stdout.split("\n")[:2]
    assert Path(where).is_relative_to(tmp_path)
    assert loss == "0.278"


LESSONS = sorted((ROOT / "docs/lessons").glob("*.md"))


def test_lessons_are_numbered_from_1_without_a_gap() -> None:
    assert LESSONS
    assert {int(lesson.name.partition("-")[0]) for lesson in LESSONS} == set(range(1, len(LESSONS) + 1))


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_lesson_keeps_the_order_that_a_reader_learns_to_expect(lesson: Path) -> None:
    text = lesson.read_text(encoding="utf-8")
    expected = [
        '!!! abstract "In this lesson"',
        "**You will be able to**",
        "**You need**",
        "**Time**",
        "**Code**",
        "## Explanation",
        "## Worked example",
        "## Exercises",
        "### Recall",
        "### Apply",
        "### Extend",
        "### True or false, and why",
        "## Summary",
        "**Next:**",
    ]
    places = [text.find(part) for part in expected]
    missing = [part for part, place in zip(expected, places, strict=True) if place < 0]
    assert not missing
    assert places == sorted(places)


@pytest.mark.parametrize("module", sorted((ROOT / "rlhf_textbook").glob("[a-z]*.py")), ids=lambda path: path.stem)
def test_module_and_lesson_link_to_each_other(module: Path) -> None:
    reference = (ROOT / f"docs/reference/{module.stem}.md").read_text(encoding="utf-8")
    assert f"::: rlhf_textbook.{module.stem}" in reference
    for lesson in re.findall(r"\.\./lessons/([\w-]+\.md)", reference):
        assert f"../reference/{module.stem}.md" in (ROOT / "docs/lessons" / lesson).read_text(encoding="utf-8")


def test_versions_agree() -> None:
    version = re.compile(r'^version(?: =|:) "?([\d.]+)"?$', re.MULTILINE)
    stated = [version.findall((ROOT / name).read_text(encoding="utf-8")) for name in ("pyproject.toml", "CITATION.cff")]
    assert stated == [[rlhf_textbook.__version__]] * 2
