"""Claims about what the build does with a page that is wrong: it stops, and says where and what."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

BROKEN = {
    "a formula that cannot be typeset": (
        r"Half is $\frac{1}{$.",
        r"line 3: the formula '\\frac{1}{' cannot be typeset",
    ),
    "an answer box without an answer": (
        '<div data-answer="lesson_3.nought">?</div>',
        "line 3: data-answer: no answer 'nought'",
    ),
    "a plot that nobody draws": (
        '<div data-figure="lesson_3.nought">.</div>',
        "line 3: no plot lesson_3.nought",
    ),
    "an exercise that is not there": (
        '<div data-exercise="3.99"></div>',
        "line 3: data-exercise: no exercise 3.99",
    ),
    "an interactive piece that is not there": (
        '<div data-explore="nought" markdown>\nWhat?\n\nThis.\n</div>',
        "line 3: data-explore: no docs/assets/explore/nought.js",
    ),
}
FRONT_MATTER = {
    "---\ntitle: [a\n---\n# Page\n": "line 3: front matter: expected ',' or ']'",
    "---\ntitle: a: b\n---\n# Page\n": "line 2: front matter: mapping values are not allowed here",
    "---\ntitle: a\n\n# Page\n": "line 1: the front matter that begins here has no end",
    "---\na title\n---\n# Page\n": "line 1: front matter: expected names with values, got 'a title'",
}


@pytest.mark.parametrize("case", BROKEN)
def test_build_stops_and_names_the_fault(case: str, tmp_path: Path) -> None:
    line, told = BROKEN[case]
    assert_stops_and_says(told, f"# Page\n\n{line}\n", tmp_path)


@pytest.mark.parametrize("text", FRONT_MATTER)
def test_front_matter_that_cannot_be_read_stops_the_build(text: str, tmp_path: Path) -> None:
    assert_stops_and_says(FRONT_MATTER[text], text, tmp_path)


def assert_stops_and_says(told: str, text: str, tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/page.md").write_text(text, encoding="utf-8")
    names = ("faults", "exercise_boxes", "explore", "plots", "mathml")
    hooks = "".join(f"\n  - {ROOT.as_posix()}/build_hooks/{name}.py" for name in names)
    extensions = "\n  - md_in_html\n  - pymdownx.arithmatex: {generic: true}"
    config = f"site_name: Test\nplugins: []\nhooks:{hooks}\nmarkdown_extensions:{extensions}\n"
    (tmp_path / "mkdocs.yml").write_text(config, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build"], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 1
    assert "page.md, " + told in done.stderr
    assert not (tmp_path / "site/page/index.html").exists()
