"""Claims about the pages for contributors: they name what is in the tree, and what they say can be done."""

import ast
import importlib
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from mkdocs.utils.yaml import get_yaml_loader

import rlhf_textbook
from figures import architecture
from tests.test_distribution import copy_project

ROOT = Path(__file__).resolve().parent.parent
PAGES = ROOT / "docs/contributing"
HOW_TO = sorted(PAGES.glob("add-*.md"))
ARCHITECTURE = (PAGES / "index.md").read_text(encoding="utf-8")
MADE = re.compile(
    r"Make `([\w./-]+)`:\n\n(?:<div class=\"wrapped\" markdown>\n\n)?(`{3,})\w+\n(.*?)^\2$", re.DOTALL | re.MULTILINE
)


def section(heading: str) -> str:
    return ARCHITECTURE.split(f"\n## {heading}\n")[1].split("\n## ")[0]


def rows(text: str) -> list[list[str]]:
    """Return the cells of all tables of a text, without heads."""
    lines = [line.strip("| ").split(" | ") for line in text.split("\n") if line.startswith("| ")]
    return [cells for cells in lines if not cells[0].startswith("---")]


def files_made(page: Path) -> dict[str, str]:
    """Return the files that a how-to tells to make, as it has them."""
    return {path: content for path, _, content in MADE.findall(page.read_text(encoding="utf-8"))}


# --- the architecture page -------------------------------------------------------------------------


def test_every_hook_is_named_in_the_order_of_the_settings() -> None:
    settings = yaml.load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"), Loader=get_yaml_loader())
    listed = [Path(hook).name for hook in settings["hooks"]]
    named = [cells[0].strip("`") for cells in rows(section("What a build does")) if cells[0].endswith(".py`")]
    assert named == listed
    beside = {path.name for path in (ROOT / "build_hooks").glob("*.py")} - {*listed, "__init__.py"}
    for name in beside:
        assert f"`{name}`" in section("What a build does"), f"no hook, and not named: {name}"


def test_every_test_file_has_its_line_and_none_has_two() -> None:
    text = section("Which test looks after what")
    named = set(re.findall(r"`(\w+\.py)`", text))
    lines = Counter(name for cells in rows(text) for name in re.findall(r"`(test_\w+\.py)`", cells[0]))
    files = {path.name for path in (ROOT / "tests").glob("*.py")} - {"__init__.py"}
    assert sorted(files - named) == [], "give it a line in docs/contributing/index.md"
    assert sorted(named - files) == []
    assert lines == Counter(name for name in files if name.startswith("test_"))


def test_every_folder_has_its_line() -> None:
    named = {cells[0].strip("`/") for cells in rows(section("One concept, one address")) if cells[0].startswith("`")}
    packed = re.findall(r'"([\w.]+)/"', (ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert named == {*packed, "rlhf_textbook"}
    assert all((ROOT / name).is_dir() for name in named)


def test_every_cache_that_is_named_is_written_by_the_code() -> None:
    code = "".join(
        path.read_text(encoding="utf-8")
        for folder in ("benchmarks", "build_hooks", "lab")
        for path in ROOT.glob(f"{folder}/*.py")
    )
    written = set(re.findall(r'"\.cache" / "([\w-]+)"', code))
    assert written == set(re.findall(r"^\| `\.cache/([\w-]+)/`", ARCHITECTURE, re.MULTILINE))


LAYERS: dict[str, set[str]] = {
    "rlhf_textbook": set(),
    "exercises": {"rlhf_textbook"},
    "lab": {"rlhf_textbook"},
    "figures": {"rlhf_textbook", "lab"},
    "build_hooks": {"rlhf_textbook", "lab", "figures", "exercises"},
}


def imported_by(path: Path) -> set[str]:
    """Return the names of modules that a file imports, at its top or later."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{name.name}" for name in node.names)}
    return found


def test_imports_go_one_way() -> None:
    project = {*LAYERS, "tests", "benchmarks", "make"}
    for folder, below in LAYERS.items():
        for path in (ROOT / folder).rglob("*.py"):
            of_the_project = {name.partition(".")[0] for name in imported_by(path)} & project
            assert of_the_project <= {folder, *below}, path
    for path in (ROOT / "rlhf_textbook").glob("*.py"):
        known = {name.split(".")[1] for name in imported_by(path) if name.startswith("rlhf_textbook.")}
        assert "tiny" not in known, path
        if path.name in ("_checks.py", "numerics.py"):
            assert known <= {"_checks"}, path


def test_figure_names_what_the_page_names() -> None:
    words = architecture.overview().alternative
    assert 'data-figure="architecture.overview"' in ARCHITECTURE
    for folder in ("docs/lessons", "rlhf_textbook", "exercises/lesson_N", "build_hooks", "lab", "figures", "tests"):
        assert folder in words, folder


def modules() -> Iterator[str]:
    for path in sorted((ROOT / "rlhf_textbook").glob("[a-z]*")):
        if path.suffix == ".py" or (path / "__init__.py").exists():
            yield path.stem


def test_every_module_has_its_row_in_the_reference() -> None:
    text = (ROOT / "docs/reference/index.md").read_text(encoding="utf-8")
    assert sorted(re.findall(r"^\| \[`(\w+)`\]\(\1\.md\)", text, re.MULTILINE)) == sorted(modules())


def test_every_lesson_has_its_row_in_the_readme_and_each_row_leads_to_what_is_there() -> None:
    found = re.findall(r"^\| (\d+) \| (.+) \|$", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert [int(number) for number, _ in found] == [
        int(page.name.partition("-")[0]) for page in sorted((ROOT / "docs/lessons").glob("*.md"))
    ]
    for _, cells in found:
        for cell in cells.split(" | "):
            first, *others = re.findall(r"`([^`]+)`", cell)
            for path in (first, *(f"{Path(first).parent.as_posix()}/{other}" for other in others)):
                assert (ROOT / path).exists(), path


def test_every_lab_page_has_its_row_and_every_claim_its_tests() -> None:
    index = (ROOT / "docs/lab/index.py").read_text(encoding="utf-8")
    for page in ROOT.glob("docs/lab/[0-9]*.py"):
        assert f"]({page.stem}.md) |" in index, page.name
    for claim in ROOT.glob("lab/claims/claim_*.py"):
        number = claim.stem.split("_")[1]
        if number != "0":  # the pipeline itself, in test_tiny_pipeline.py
            assert (ROOT / f"tests/test_claim_{number}.py").exists(), claim.name


# --- what the instructions name --------------------------------------------------------------------


@pytest.mark.parametrize("page", [*sorted(PAGES.glob("*.md")), ROOT / "CONTRIBUTING.md"], ids=lambda path: path.name)
def test_files_and_tests_that_a_page_names_are_there(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    made = files_made(page)
    prose = re.sub(r"^ *(`{3,}).*?^ *\1$", "", text, flags=re.DOTALL | re.MULTILINE)
    for path in re.findall(r"`((?:\w+|\.\w+)/[\w./-]*|\w+\.(?:py|yml|toml|md|cff))`", prose):
        places = [ROOT / path, ROOT / "tests" / path, ROOT / "build_hooks" / path, ROOT / "docs" / path]
        places += [ROOT / "docs/assets/explore" / path, ROOT / "figures" / path]
        of_the_example = path in made or any(other.startswith(path) for other in made)
        kept_back = path.startswith((".cache", ".venv", "my_answers", "site", "dist"))
        assert of_the_example or kept_back or any(map(Path.exists, places)) or path in TO_BE_MADE, path
    tests = "".join(path.read_text(encoding="utf-8") for path in ROOT.glob("tests/*.py"))
    for name in re.findall(r"`(test_\w+)`", prose):
        assert f"def {name}(" in tests, name


TO_BE_MADE = {"exercises/lesson_N/", "exercises/lesson_7/__init__.py", "figures/lesson_7.py", "figures/lab_10.py"}


def test_links_of_the_pages_at_the_top_lead_somewhere() -> None:
    for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md"):
        for target in re.findall(r"\]\(([^)#:]+)(?:#[\w-]+)?\)", (ROOT / name).read_text(encoding="utf-8")):
            assert (ROOT / target).exists(), f"{name}: {target}"


# --- what the instructions say can be done -----------------------------------------------------------


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy the project and add what each how-to tells to make, in the next number that is free."""
    project = copy_project(tmp_path_factory.mktemp("contributing") / "project")
    number = 1 + max(int(path.name[1]) for path in (ROOT / "exercises/lesson_3").glob("e?_*_starter.py"))
    for page in HOW_TO:
        for path, content in files_made(page).items():
            target = project / path.replace("e5_", f"e{number}_")
            assert not target.exists(), f"{page.name}: {path} is there already; let the page take another example"
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(content.replace("3.5", f"3.{number}"), encoding="utf-8")
    return project


def done_in(project: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(project), "PYTHONUTF8": "1"}  # the copy's code, not the project's
    return subprocess.run(
        [sys.executable, *command], cwd=project, env=environment, capture_output=True, encoding="utf-8", check=False
    )


def test_files_of_the_instructions_are_laid_out_as_the_project_wants_them(copy: Path) -> None:
    python = [path.replace("e5_", "e*_") for page in HOW_TO for path in files_made(page) if path.endswith(".py")]
    found = [str(path) for pattern in python for path in copy.glob(pattern)]
    assert len(found) >= len(python)
    for command in (("check",), ("format", "--check")):
        done = done_in(copy, "-m", "ruff", *command, *found)
        assert done.returncode == 0, done.stdout


def test_exercise_of_the_instructions_passes_all_that_exercises_must(copy: Path) -> None:
    page = (PAGES / "add-an-exercise.md").read_text(encoding="utf-8")
    slips = re.findall(r'Wrong\({"accuracy": (\w+)}', page)
    assert slips
    wanted = " or ".join(["accuracy", "without_a_gap", *slips])
    done = done_in(copy, "-m", "pytest", "-p", "no:cacheprovider", "tests/test_exercises.py", "-k", wanted)
    assert done.returncode == 0, done.stdout
    passed = re.search(r"^(\d+) passed", done.stdout, re.MULTILINE)
    assert passed
    assert int(passed[1]) >= len(slips) + 5


def test_claim_of_the_instructions_is_found_run_and_collected(copy: Path) -> None:
    for command in (("run", "10", "--jobs", "1"), ("collect", "10")):
        done = done_in(copy, "-m", "lab", *command)
        assert done.returncode == 0, done.stderr
    assert len((copy / "lab/results/claim_10_comparisons.jsonl").read_text(encoding="utf-8").splitlines()) == 20
    done = done_in(copy, "-m", "pytest", "-p", "no:cacheprovider", "tests/test_claim_10.py")
    assert done.returncode == 0, done.stdout
    printed = done_in(copy, "docs/lab/10-comparisons.py")
    assert "below 0.6: holds" in printed.stdout, printed.stderr


def test_piece_of_the_instructions_goes_into_the_one_script_and_its_text_has_the_right_numbers(copy: Path) -> None:
    scripts: Any = importlib.import_module("build_hooks.scripts")
    modules: dict[Path, str] = {}
    scripts.add(copy / "docs/assets/explore/pair-loss.js", modules)
    assert [path.stem for path in modules] == ["explorable", "formulas", "pair-loss"]
    page = (PAGES / "add-a-component.md").read_text(encoding="utf-8")
    text = page.split('<div data-explore="pair-loss" markdown>')[1].split("\n\n")[2]
    for loss in rlhf_textbook.pairwise_loss([1.5, 2.2, 2.3, -3.0], [0.0] * 4):
        assert f" {loss:.3f}" in text


def test_module_and_page_of_the_instructions_pass_their_tests(copy: Path) -> None:
    with (copy / "rlhf_textbook/__init__.py").open("a", encoding="utf-8") as package:
        package.write("\nfrom rlhf_textbook.dpo import dpo_loss as dpo_loss\n")
    files = ["rlhf_textbook/dpo.py", "docs/lessons/7-dpo.md", "tests/test_dpo.py"]
    done = done_in(copy, "-m", "pytest", "-p", "no:cacheprovider", *files)
    assert done.returncode == 0, done.stdout
    assert "2 code blocks in 2 files ran" in done.stdout


# --- the version ----------------------------------------------------------------------------------------


def test_newest_release_of_the_changelog_is_this_version_and_its_day_the_one_to_cite() -> None:
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    headings = re.findall(r"^## (.+)$", changes, re.MULTILINE)
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert headings[0] == "[Unreleased]"
    assert headings[1] == f"[{rlhf_textbook.__version__}] - {citation['date-released']}"
    days = re.findall(r"^## \[\d+\.\d+\.\d+\] - (\d{4}-\d\d-\d\d)$", changes, re.MULTILINE)
    assert len(days) == len(headings) - 1
    assert days == sorted(days, reverse=True)
    kinds = set(re.findall(r"^### (.+)$", changes, re.MULTILINE))
    assert kinds <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


def test_the_page_on_how_to_cite_has_the_version_and_its_year() -> None:
    page = (ROOT / "docs/take-along.md").read_text(encoding="utf-8")
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert set(re.findall(r"\d+\.\d+\.\d+", page)) == {citation["version"]}
    year = str(citation["date-released"])[:4]
    assert re.findall(r"\((\d{4})\)\. RLHF|year *= \{(\d{4})\}", page) == [(year, ""), ("", year)]
