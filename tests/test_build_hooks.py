"""Claims about what the build does with a page that is wrong: it stops, and says where and what."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

BROKEN = {
    "a formula that cannot be typeset": (
        r"Half is $\frac{1}{$.",
        r"page.md: the formula '\\frac{1}{' cannot be typeset",
    ),
    "an answer box without an answer": ('<div data-answer="lesson_3.nought">?</div>', "no answer 'nought'"),
    "a plot that nobody draws": ('<div data-figure="lesson_3.nought">.</div>', "no plot lesson_3.nought"),
    "an exercise that is not there": ('<div data-exercise="3.99"></div>', "no exercise 3.99"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_build_stops_and_names_the_fault(case: str, tmp_path: Path) -> None:
    line, told = BROKEN[case]
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/page.md").write_text(f"# Page\n\n{line}\n", encoding="utf-8")
    hooks = "".join(f"\n  - {ROOT.as_posix()}/build_hooks/{name}.py" for name in ("exercise_boxes", "plots", "mathml"))
    extensions = "\n  - md_in_html\n  - pymdownx.arithmatex: {generic: true}"
    config = f"site_name: Test\nplugins: []\nhooks:{hooks}\nmarkdown_extensions:{extensions}\n"
    (tmp_path / "mkdocs.yml").write_text(config, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build"], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 1
    assert told in done.stderr
    assert not (tmp_path / "site/page/index.html").exists()
