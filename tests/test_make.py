"""Claims about make.py: a build is put in place whole or not at all, and what is pinned and run is what was chosen."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

import make

ROOT = Path(__file__).resolve().parent.parent
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
HOOKS = ("faults", "notebooks", "plots", "mathml")

# make.py as it is, with the folder of a small book for its root and the Python that is here for its environment.
DRIVER = f"""
import pathlib, signal, sys
sys.path.insert(0, {str(ROOT)!r})
import make
signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever runs the tests may have turned it off
make.ROOT, make.PYTHON = pathlib.Path.cwd(), pathlib.Path(sys.executable)
make.ensure_environment = lambda lock: None
sys.exit(make.main())
"""
# By then the pages are written.
WAITING = """
import pathlib, time
def on_post_build(**_):
    pathlib.Path("started").touch()
    end = time.monotonic() + 60
    while time.monotonic() < end and not pathlib.Path("go on").exists():
        time.sleep(0.02)
"""
LIMIT = """
import resource
def on_pre_build(**_):
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))
"""


def make_book(folder: Path) -> Path:
    """Write a book of one page, with a site that was built before."""
    (folder / "docs" / "lab").mkdir(parents=True)
    (folder / "docs" / "index.md").write_text("# Page\n\nHalf is $1/2$.\n", encoding="utf-8")
    configure(folder)
    (folder / "site" / "old").mkdir(parents=True)
    for name in ("index.html", "404.html", "old/page.html"):
        (folder / "site" / name).write_text("the last good site", encoding="utf-8")
    return folder


def configure(folder: Path, *own_hooks: str) -> None:
    hooks = [f"{ROOT.as_posix()}/build_hooks/{name}.py" for name in HOOKS] + list(own_hooks)
    extensions = ["md_in_html", {"pymdownx.arithmatex": {"generic": True}}]
    config = {"site_name": "Test", "plugins": [], "hooks": hooks, "markdown_extensions": extensions}
    (folder / "mkdocs.yml").write_text(json.dumps(config), encoding="utf-8")


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return make_book(tmp_path)


def add_hook(folder: Path, code: str) -> None:
    (folder / "own_hook.py").write_text(code, encoding="utf-8")
    configure(folder, "own_hook.py")


def start(folder: Path, *arguments: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", DRIVER, "site", *arguments]
    pipes: Any = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(command, cwd=folder, text=True, encoding="utf-8", **pipes)


def build(folder: Path, *arguments: str) -> tuple[int, str]:
    """Return the exit code and what was said."""
    process = start(folder, *arguments)
    printed, said = process.communicate(timeout=100)
    return process.returncode, printed + said


def content(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def beside_site(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("site*"))


def wait_until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_a_good_build_takes_the_place_of_the_old_site(book: Path) -> None:
    code, said = build(book)
    assert code == 0, said
    assert "1/2" not in (book / "site/index.html").read_text(encoding="utf-8")  # it is typeset
    assert not (book / "site/old").exists()
    assert beside_site(book) == ["site"]


def test_the_first_build_needs_no_old_site(book: Path) -> None:
    (book / "site").rename(book / "elsewhere")
    assert build(book)[0] == 0
    assert beside_site(book) == ["site"]


BROKEN: dict[str, tuple[str, str | bytes, list[str]]] = {
    "a link that leads nowhere": ("index.md", "[there](nought.md)", ["'index.md'", "'nought.md'"]),
    "a formula that cannot be typeset": ("index.md", r"Half is $\frac{1}{$.", ["index.md", r"\\frac{1}{"]),
    "a figure that nobody draws": ("index.md", '<div data-figure="lesson_3.nought">.</div>', ["index.md", "nought"]),
    "front matter that cannot be read": ("index.md", "---\ntitle: [a\n---\n# Page\n", ["index.md, line 3"]),
    "an image that is not there": ("index.md", "![One](nought.svg)", ["'index.md'", "'nought.svg'"]),
    "a lab cell that fails": (
        "lab/page.py",
        "# %% [markdown]\n# # A\n\n# %%\n1 / 0\n",
        ["lab/page.py, line 5", "1 / 0"],
    ),
    "a page that is not UTF-8": ("index.md", b"# \xc9t\xe9", ["index.md"]),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_page_that_is_wrong_leaves_the_last_good_site_and_is_named(case: str, book: Path) -> None:
    name, text, told = BROKEN[case]
    (book / "docs" / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    before = content(book / "site")
    code, said = build(book)
    assert code == 1
    assert all(part in said for part in told), said
    assert said.endswith("The build failed, for the reason above. site/ is as it was.\n")
    assert content(book / "site") == before
    assert beside_site(book) == ["site"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot limit the size of a file")
def test_a_disk_that_fills_up_leaves_the_last_good_site(book: Path) -> None:
    add_hook(book, LIMIT)  # the theme's larger scripts cannot be written
    before = content(book / "site")
    code, said = build(book)
    assert code == 1
    assert "the site cannot be written: File too large" in said
    assert "Traceback" not in said
    assert "site/ is as it was" in said
    assert content(book / "site") == before
    assert beside_site(book) == ["site"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signals that a test could send")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_build_that_is_stopped_leaves_the_last_good_site_and_says_one_line(name: str, book: Path) -> None:
    add_hook(book, WAITING)
    before = content(book / "site")
    process = start(book)
    wait_until((book / "started").exists)
    process.send_signal(getattr(signal, name))
    _, said = process.communicate(timeout=30)  # both pipes end: nothing that it started is still running
    assert process.returncode == 128 + getattr(signal, name)
    assert said.splitlines()[-1] == "Stopped. site/ is as it was."
    assert "Traceback" not in said
    assert content(book / "site") == before
    assert beside_site(book) == ["site"]


def test_one_build_at_a_time(book: Path) -> None:
    add_hook(book, WAITING)
    first = start(book)
    wait_until((book / "started").exists)
    assert build(book) == (1, "another build is under way\n")
    (book / "go on").touch()
    printed, said = first.communicate(timeout=100)
    assert first.returncode == 0, printed + said
    assert not (book / "site/old").exists()


@pytest.mark.parametrize("site_is_there", [True, False])
def test_the_next_build_sets_right_what_a_killed_one_left(site_is_there: bool, book: Path) -> None:
    # Killed between the two renames, the site that was there is the one put aside.
    (book / "site").rename(book / "site.old")
    if site_is_there:
        (book / "site").mkdir()
        (book / "site" / "index.html").write_text("the new site")
    (book / "site.new-1" / "temporary").mkdir(parents=True)
    draft, young = (book / ".cache" / "plots" / f".a.svg.0123456{n}" for n in range(2))
    draft.parent.mkdir(parents=True)
    for path in (draft, young):
        path.write_text("half a pl")
    os.utime(draft, (0, 0))
    (book / "docs/index.md").write_text("[there](nought.md)", encoding="utf-8")  # so that the old one stays
    assert build(book)[0] == 1
    assert beside_site(book) == ["site"]
    shown = "the new site" if site_is_there else "the last good site"
    assert (book / "site/index.html").read_text(encoding="utf-8") == shown
    assert not draft.exists()
    assert young.exists()


def test_asking_for_help_builds_nothing(book: Path) -> None:
    before = content(book / "site")
    code, said = build(book, "--help")
    assert code == 0
    assert "--strict" in said
    assert content(book / "site") == before


def test_a_folder_that_is_no_site_is_not_replaced(book: Path) -> None:
    code, said = build(book, "--site-dir", "docs")
    assert code == 1
    assert "is not a built site" in said
    assert (book / "docs/index.md").exists()


def test_the_short_names_are_those_of_the_tasks() -> None:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    for line in (re.search(r"^\.PHONY: (.+)$", text, re.MULTILINE), re.search(r"^([\w ]+):$", text, re.MULTILINE)):
        assert line is not None
        assert line[1].split() == list(make.TASKS)


# The matrix.


def test_the_matrix_counts_what_passed_failed_and_was_skipped(tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    assert make.counts_in(report) is None
    report.write_text(
        '<testsuites><testsuite tests="9" failures="1" errors="2" skipped="3"/></testsuites>', encoding="utf-8"
    )
    assert make.counts_in(report) == (3, 3, 3)


def test_only_tests_that_ran_and_passed_are_good() -> None:
    good = [make.Outcome("3.10", "lowest", counts=counts).good for counts in [(1, 0, 5), (5, 1, 0), (0, 0, 5), None]]
    assert good == [True, False, False, False]


def test_the_table_has_a_row_for_each_and_says_where_nothing_ran() -> None:
    outcomes = [make.Outcome("3.10", "lowest", "1.24.0", (12, 0, 3), 4.4), make.Outcome("3.13", "newest")]
    head, first, second = make.table(outcomes).splitlines()
    assert head.split() == ["python", "dependencies", "numpy", "passed", "failed", "skipped", "seconds"]
    assert first.split() == ["3.10", "lowest", "1.24.0", "12", "0", "3", "4"]
    assert second.replace("did not run", "0").split() == ["3.13", "newest", "-", "-", "0", "-", "0"]


def test_this_python_is_found_and_one_that_does_not_exist_is_not() -> None:
    version = "{}.{}".format(*sys.version_info)
    path = make.find_python(version)
    assert path is not None
    assert make.said_by(path, "import sys; print('{}.{}'.format(*sys.version_info))") == version
    assert make.find_python("3.99") is None


@pytest.mark.skipif(sys.platform == "win32", reason="a shim of pyenv is a shell script")
def test_a_shim_that_leads_nowhere_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bin_of_pyenv = tmp_path / "versions" / "3.98.1" / "bin"
    bin_of_pyenv.mkdir(parents=True)
    for path, script in [(tmp_path / "python3.98", "exit 127"), (bin_of_pyenv / "python", "echo 3.98 /a b/python")]:
        path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        path.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert make.find_python("3.98") is None
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))
    assert make.find_python("3.98") == "/a b/python"


# What is pinned, and how it is looked up.


def test_the_audit_asks_for_every_pin_of_every_python_and_system_once(tmp_path: Path) -> None:
    one, other = tmp_path / "a.txt", tmp_path / "b.txt"
    one.write_text(
        "a==1 ; python_full_version < '3.11' \\\n    --hash=sha256:00\na==2 ; os == 'x' \\\nb==1.0.post1 \\\n"
    )
    other.write_text("a==2 \\\n    # via c==7\n")
    assert make.rounds_of_pins(iter([one, other])) == [["a==1", "b==1.0.post1"], ["a==2"]]


def test_a_package_that_the_service_does_not_know_has_no_answer() -> None:
    report = {
        "dependencies": [
            {"name": "a", "version": "1", "vulns": []},
            {"name": "b", "version": "1", "vulns": [{"id": "PYSEC-1"}]},
            {"name": "c", "skip_reason": "not found"},
        ]
    }
    answers = make.read_answers(["a==1", "b==1", "c==1", "d==1"], json.dumps(report))
    assert answers == {"a==1": [], "b==1": ["PYSEC-1"], "c==1": None, "d==1": None}


@pytest.mark.parametrize(
    ("vulns", "code", "told"),
    [
        ([], 0, "1 pinned packages: 0 with known vulnerabilities, 0 without an answer"),
        ([{"id": "PYSEC-1"}], 1, "a==1: PYSEC-1"),
        (None, 2, "No result: the advisory service did not say anything of a==1."),
    ],
)
def test_the_audit_says_what_it_knows_and_what_not(
    vulns: Any, code: int, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "a.txt").write_text("a==1 \\\n", encoding="utf-8")

    def pip_audit(*command: str | Path) -> str:
        if vulns is not None:
            report = {"dependencies": [{"name": "a", "version": "1", "vulns": vulns}]}
            Path(command[command.index("--output") + 1]).write_text(json.dumps(report), encoding="utf-8")
        return "no network"

    monkeypatch.setattr(make, "ROOT", tmp_path)
    monkeypatch.setattr(make, "ensure_environment", lambda _: None)
    monkeypatch.setattr(make, "pip_audit", pip_audit)
    assert make.audit([]) == code
    assert told in capsys.readouterr().out


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_every_requirement_is_one_version_with_hashes_from_the_usual_index(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8")
    requirements = re.sub(r" \\\n", " ", re.sub(r"^ *#.*\n", "", text, flags=re.MULTILINE)).splitlines()
    assert len(requirements) > 10
    for requirement in requirements:
        assert re.fullmatch(
            r"[a-z0-9-]+==[\w.]+( ; [\w '\"<>=!.()*-]+?)?( +--hash=sha256:[0-9a-f]{64})+", requirement
        ), requirement[:80]
    assert "://" not in text


# The workflows.


def steps_of(workflow: Any) -> list[dict[str, Any]]:
    return [step for job in workflow["jobs"].values() for step in job["steps"]]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_runs_pinned_actions_with_few_rights_and_an_end(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    workflow = yaml.safe_load(text)
    assert workflow["permissions"] in ({}, {"contents": "read"})
    assert "pull_request_target" not in text
    assert "secrets." not in text
    assert all("timeout-minutes" in job for job in workflow["jobs"].values())
    used = re.findall(r"\buses: *(.+)", text)
    assert len(used) == sum("uses" in step for step in steps_of(workflow))
    for action in used:
        assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", action), action
    for step in steps_of(workflow):
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False
        assert "${{" not in step.get("run", ""), "what a workflow knows goes to a script through its environment"


def test_the_same_action_has_the_same_commit_everywhere() -> None:
    pinned: dict[str, set[str]] = {}
    for path in WORKFLOWS:
        for name, commit in re.findall(r"uses: ([\w/-]+)@(\w+)", path.read_text(encoding="utf-8")):
            pinned.setdefault(name, set()).add(commit)
    assert pinned
    assert all(len(commits) == 1 for commits in pinned.values()), pinned


def test_the_workflows_test_every_python_that_the_project_supports() -> None:
    supported = [f"3.{minor}" for minor in range(make.OLDEST_PYTHON[1], make.NEWEST_PYTHON[1] + 1)]
    for name, job in (("ci.yml", "test"), ("matrix.yml", "matrix")):
        workflow = yaml.safe_load((ROOT / ".github/workflows" / name).read_text(encoding="utf-8"))
        assert workflow["jobs"][job]["strategy"]["matrix"]["python"] == supported
    assert 'requires-python = ">=3.10"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")
