"""Claims about what is handed out: the wheel works alone, the source archive is whole, and both can be made anew."""

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import venv
import zipfile
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import numpy as np
import pip
import pytest

import rlhf_textbook

ROOT = Path(__file__).resolve().parent.parent
VERSION = rlhf_textbook.__version__
WHEEL = f"rlhf_textbook-{VERSION}-py3-none-any.whl"
ARCHIVE = f"rlhf_textbook-{VERSION}.tar.gz"
EPOCH = "1700000000"  # seconds since 1970; what the archives take for the time of all their files

# What tools and readers leave in a working copy; nothing of it may be handed out.
LEFT_BEHIND = [
    ".cache/plots/a.svg",
    ".git/config",
    ".venv/pyvenv.cfg",
    "my_answers/lesson_1/e1_likelihood.py",
    "site/index.html",
    "docs/.DS_Store",
    "docs/lab/.ipynb_checkpoints/a.ipynb",
    "docs/lab/__pycache__/a.pyc",
    "rlhf_textbook/__pycache__/a.pyc",
    "rlhf_textbook/tiny/__pycache__/a.pyc",
    "tests/__pycache__/a.pyc",
]
BUILD = """
import sys
from flit_core import buildapi
print(buildapi.build_wheel(sys.argv[1]), buildapi.build_sdist(sys.argv[1]))
"""


def ignored() -> list[str]:
    """Return the patterns of `.gitignore`, and what no working copy keeps under version control."""
    lines = (ROOT / ".gitignore").read_text(encoding="utf-8").split()
    return [*(line.strip("/") for line in lines), ".git", "PKG-INFO", ".DS_Store", ".ipynb_checkpoints"]


def project_files(folder: Path = ROOT, patterns: list[str] | None = None) -> Iterator[Path]:
    """Find the project's files; folders of an editor, hidden and beside the project's own, are none of them."""
    patterns = ignored() if patterns is None else patterns
    for path in sorted(folder.iterdir()):
        of_an_editor = folder == ROOT and path.is_dir() and path.name.startswith(".") and path.name not in OWN_HIDDEN
        if of_an_editor or any(fnmatch(path.name, pattern) for pattern in patterns):
            continue
        if path.is_dir():
            yield from project_files(path, patterns)
        else:
            yield path.relative_to(ROOT)


OWN_HIDDEN = {".ci", ".github"}


def copy_project(target: Path) -> Path:
    """Copy the project, so that what other tests write meanwhile cannot get into an archive."""
    for path in project_files():
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / path, target / path)
    for name in LEFT_BEHIND:
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        (target / name).write_text("left behind", encoding="utf-8")
    return target


def build(project: Path, target: Path) -> Path:
    """Build wheel and source archive of a copy, as pip does, but without asking for anything."""
    target.mkdir()
    command = [sys.executable, "-c", BUILD, str(target)]
    environment = {**os.environ, "SOURCE_DATE_EPOCH": EPOCH}
    done = subprocess.run(
        command, cwd=project, env=environment, capture_output=True, encoding="utf-8", errors="replace", check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [WHEEL, ARCHIVE]
    return target


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("distribution")
    return build(copy_project(folder / "project"), folder / "built")


@pytest.fixture(scope="module")
def unpacked(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("unpacked")
    with tarfile.open(built / ARCHIVE) as archive:
        if hasattr(tarfile, "data_filter"):  # early versions of 3.10 and 3.11 have none; 3.12 warns where none is named
            archive.extraction_filter = tarfile.data_filter
        archive.extractall(folder)
    return folder / ARCHIVE.removesuffix(".tar.gz")


# --- what is in them ------------------------------------------------------------------------------


def test_wheel_holds_the_package_its_license_and_nothing_else(built: Path) -> None:
    with zipfile.ZipFile(built / WHEEL) as wheel:
        found = set(wheel.namelist())
    package = {path.as_posix() for path in project_files() if path.parts[0] == "rlhf_textbook"}
    assert "rlhf_textbook/py.typed" in package
    about = {
        f"rlhf_textbook-{VERSION}.dist-info/{name}" for name in ("METADATA", "RECORD", "WHEEL", "licenses/LICENSE")
    }
    assert found == package | about


def test_wheel_says_what_it_is_and_needs_numpy_alone(built: Path) -> None:
    with zipfile.ZipFile(built / WHEEL) as wheel:
        metadata = wheel.read(f"rlhf_textbook-{VERSION}.dist-info/METADATA").decode()
    fields = re.findall(r"^([\w-]+): (.+)$", metadata.partition("\n\n")[0], re.MULTILINE)
    assert [value for name, value in fields if name == "Requires-Dist"] == ["numpy >=1.24"]
    stated = dict(fields)
    assert stated["Version"] == VERSION
    assert stated["License-Expression"] == "MIT"
    assert stated["Requires-Python"] == ">=3.10"


def test_source_archive_holds_every_file_of_the_project_and_nothing_left_behind(built: Path) -> None:
    top = ARCHIVE.removesuffix(".tar.gz")
    with tarfile.open(built / ARCHIVE) as archive:
        members = archive.getmembers()
    assert all(member.isreg() for member in members)
    found = {member.name for member in members}
    expected = {f"{top}/{path.as_posix()}" for path in project_files()} | {f"{top}/PKG-INFO"}
    assert sorted(expected - found) == [], "name it in [tool.flit.sdist] of pyproject.toml"
    assert sorted(found - expected) == []


# --- that they work -------------------------------------------------------------------------------

EXAMPLES = """
import contextlib, importlib, inspect, io, json, pathlib, pkgutil, re, sys
from importlib.metadata import metadata

import rlhf_textbook

modules = [rlhf_textbook, *(importlib.import_module(found.name) for found in pkgutil.walk_packages(
    rlhf_textbook.__path__, "rlhf_textbook.") if not found.name.endswith("__main__"))]
texts = [inspect.getdoc(thing) or "" for module in modules for thing in [module, *vars(module).values()]
         if thing is module or getattr(thing, "__module__", "") == module.__name__]
texts.append(metadata("rlhf_textbook").get_payload())  # the README
block = re.compile(r'```python\\n(.*?)```\\n(?:\\s*```text title="Output"\\n(.*?)```)?', re.DOTALL)
ran, wrong = 0, []
for code, shown in (found for text in texts for found in block.findall(text)):
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(code, {"__name__": "__main__"})
    ran += 1
    tidy = lambda text: [line.rstrip() for line in text.strip().splitlines()]
    if tidy(printed.getvalue()) != tidy(shown):
        wrong.append(code)
print(json.dumps({"from": rlhf_textbook.__file__, "path": sys.path, "ran": ran, "wrong": wrong}))
"""


def test_installed_wheel_runs_its_own_examples_far_from_the_repository(built: Path, tmp_path: Path) -> None:
    home = tmp_path / "environment"
    venv.create(home, with_pip=False, symlinks=sys.platform != "win32")
    windows = sys.platform == "win32"
    python = home / ("Scripts/python.exe" if windows else "bin/python")
    packages = home / ("Lib/site-packages" if windows else "lib/python{}.{}/site-packages".format(*sys.version_info))
    # numpy, and pip to install with, are those of this Python. Files like this one that lie there are not read, so
    # an editable installation of the repository is not seen. Python reads them in the encoding of the system.
    folders = {str(Path(str(module.__file__)).resolve().parents[1]) for module in (np, pip)}
    (packages / "borrowed.pth").write_text("\n".join(sorted(folders)), encoding="locale")

    def run(*arguments: str) -> str:
        command = [str(python), "-I", *arguments]  # without PYTHONPATH and without this folder
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, encoding="utf-8", check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    install = ("--disable-pip-version-check", "install", "--quiet", "--no-index", "--no-deps", "--ignore-installed")
    run("-m", "pip", *install, str(built / WHEEL))
    found = json.loads(run("-c", EXAMPLES))
    assert Path(found["from"]).is_relative_to(packages)
    assert not [folder for folder in found["path"] if (Path(folder) / "pyproject.toml").exists()]
    assert found["wrong"] == []
    assert found["ran"] >= len([name for name in rlhf_textbook.__all__ if name.islower()])
    assert "usage: python -m rlhf_textbook.tiny" in run("-m", "rlhf_textbook.tiny", "--help")


def test_tests_of_the_package_pass_in_the_unpacked_source_archive(unpacked: Path) -> None:
    """A quick part of them: what three modules do, and the examples of one."""
    quick = ["rlhf_textbook/sft.py", "tests/test_sft.py", "tests/test_numerics.py", "tests/test_evaluation.py"]
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *quick]
    done = subprocess.run(command, cwd=unpacked, capture_output=True, encoding="utf-8", errors="replace", check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"^\d{2,} passed", done.stdout, re.MULTILINE), done.stdout
    program = "import rlhf_textbook; print(rlhf_textbook.__file__)"
    where = subprocess.run(
        [sys.executable, "-c", program],
        cwd=unpacked,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=True,
    )
    assert Path(where.stdout.strip()).is_relative_to(unpacked)


# --- that they can be made anew -------------------------------------------------------------------


def test_the_same_source_gives_the_same_bytes_whenever_and_by_whomever_it_is_built(built: Path, tmp_path: Path) -> None:
    project = copy_project(tmp_path / "another project")
    for number, path in enumerate(sorted(project.rglob("*"))):
        if path.is_file():
            os.utime(path, (number * 1000, number * 1000))
            path.chmod(0o600 | path.stat().st_mode & 0o100)  # for its owner alone, and a program stays one
    again = build(project, tmp_path / "again")
    for name in (WHEEL, ARCHIVE):
        assert (again / name).read_bytes() == (built / name).read_bytes(), name


def test_an_archive_made_from_the_unpacked_archive_is_that_archive(built: Path, unpacked: Path, tmp_path: Path) -> None:
    again = build(unpacked, tmp_path / "again")
    for name in (WHEEL, ARCHIVE):
        assert (again / name).read_bytes() == (built / name).read_bytes(), name
