#!/usr/bin/env python3
"""Every chore of the project, on every system: `python make.py TASK`.

Needs nothing but Python itself.  The first task makes the environment `.venv`
and fills it with the pinned dependencies; later ones reuse it.  The Makefile
only forwards to this file.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
OLDEST_PYTHON = (3, 10)
OF_THE_SITE = ("site", "lab_pages", "figures", "references")  # tests that need it built
IN_A_BROWSER = ("browser", "explore", "every_page")
# The theme advertises its successor at every build; the decision about that is not made there.
ENVIRONMENT = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}


def run(*command: str | Path) -> int:
    """Show a command, run it in the project's root, return its exit code."""
    shown = ["python" if part in (PYTHON, sys.executable) else str(part) for part in command]
    print("$", *shown, flush=True)
    return subprocess.run([str(part) for part in command], cwd=ROOT, env=ENVIRONMENT, check=False).returncode


def require(*command: str | Path) -> None:
    """Run a command that the rest of the task cannot do without."""
    if code := run(*command):
        sys.exit(code)


def ensure_environment(lock_name: str) -> None:
    """Make `.venv` hold what `requirements/<lock_name>.txt` pins, and this package.

    A stamp per lock file records the lock's digest, so that a second run costs
    nothing and a changed lock installs anew.
    """
    if sys.version_info < OLDEST_PYTHON:
        sys.exit("Python 3.10 or newer is needed; this is " + sys.version.split()[0])
    lock = ROOT / "requirements" / f"{lock_name}.txt"
    inputs = lock.read_bytes() + (ROOT / "pyproject.toml").read_bytes()
    digest = hashlib.sha256(inputs + sys.version.encode()).hexdigest()
    stamp = VENV / f"installed-{lock_name}"
    if PYTHON.exists() and stamp.exists() and stamp.read_text() == digest:
        return
    built_by = VENV / "made-by"
    if not built_by.exists() or built_by.read_text() != sys.version:
        print(f"Making the environment {VENV.name} with Python {sys.version.split()[0]}")
        shutil.rmtree(VENV, ignore_errors=True)
        try:
            venv.create(VENV, with_pip=True)
        except subprocess.CalledProcessError:
            shutil.rmtree(VENV, ignore_errors=True)
            sys.exit("Python could not make a virtual environment. On Debian or Ubuntu, install python3-venv first.")
        built_by.write_text(sys.version)
    pip = (PYTHON, "-m", "pip", "--disable-pip-version-check", "install", "-qq")
    require(*pip, "--require-hashes", "-r", lock)
    # The lock already brought the build backend and numpy: fetch nothing that is not pinned.
    require(*pip, "--no-build-isolation", "--no-deps", "--editable", ".")
    stamp.write_text(digest)


def serve(arguments: Sequence[str]) -> int:
    """Build the book, serve it on this machine, rebuild on every change."""
    ensure_environment("docs")
    return run(PYTHON, "-m", "mkdocs", "serve", "--livereload", *arguments)


def site(arguments: Sequence[str]) -> int:
    """Build the book into `site/`; a warning is an error."""
    ensure_environment("docs")
    return run(PYTHON, "-m", "mkdocs", "build", "--strict", *arguments)


def test(arguments: Sequence[str]) -> int:
    """Run every check: style, types, tests, each code block, the built site."""
    ensure_environment("test")
    # The tests run in three parts, side by side. Those of the site follow the code blocks in one process: the census
    # compares the blocks that a reader sees with the blocks that ran.
    blocks = ["README.md", "rlhf_textbook", "docs", *(f"tests/test_{name}.py" for name in OF_THE_SITE)]
    browser = [f"tests/test_{name}.py" for name in IN_A_BROWSER]
    others = ["tests", *(f"--ignore=tests/test_{name}.py" for name in OF_THE_SITE + IN_A_BROWSER)]
    no_cache = ("-p", "no:cacheprovider")  # the parts would write over each other's
    parts: list[Sequence[str]] = (
        [arguments] if arguments else [(*no_cache, *part) for part in (blocks, browser, others)]
    )
    checks: list[tuple[str | Path, ...]] = [(PYTHON, "-m", "pytest", *part) for part in parts]
    checks += [
        (PYTHON, "-m", "ruff", "check"),
        (PYTHON, "-m", "ruff", "format", "--check"),
        (PYTHON, "-m", "mypy"),
    ]
    with ThreadPoolExecutor(max_workers=3) as pool:
        failed = [check for check, code in zip(checks, pool.map(run_apart, checks), strict=True) if code]
    for _, _, *check in failed:
        print("FAILED:", *check)
    return int(bool(failed))


def run_apart(command: Sequence[str | Path]) -> int:
    """Run a command beside others, and show what it said when it has ended."""
    done = subprocess.run(
        [str(part) for part in command], cwd=ROOT, env=ENVIRONMENT, check=False, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, encoding="utf-8", errors="replace",
    )  # fmt: skip
    print("$ python", *command[1:], "\n" + done.stdout, flush=True)
    return done.returncode


def outputs(arguments: Sequence[str]) -> int:
    """Run the code blocks of the pages and docstrings and rewrite the outputs shown below them."""
    ensure_environment("test")
    return run(PYTHON, "-m", "pytest", "--update-outputs", *(arguments or ("docs", "rlhf_textbook")))


def exercises(arguments: Sequence[str]) -> int:
    """Put the starters of the exercises into `my_answers/`, where yours are kept and never overwritten."""
    return run(sys.executable, "-m", "exercises.start", *arguments)


def check(arguments: Sequence[str]) -> int:
    """Check your answers: all of them, `check 3` (a lesson), `check 3.2` (one exercise) or `check P` (the project)."""
    ensure_environment("test")
    wanted = []
    for argument in arguments:
        chapter, _, number = argument.partition(".")
        if chapter.isdecimal() or chapter == "P":
            folder = ROOT / "exercises" / ("project" if chapter == "P" else f"lesson_{chapter}")
            found = sorted(folder.glob(f"test_e{number}_*.py")) if number else [folder]
            if not all(path.exists() for path in found) or not found:
                sys.exit(
                    f"check: expected a lesson such as 3, an exercise such as 3.2, or P for the project, got {argument}"
                )
            wanted += [path.relative_to(ROOT).as_posix() for path in found]
        else:
            wanted.append(argument)
    if not any((ROOT / word.partition("::")[0]).exists() for word in wanted):
        wanted.insert(0, "exercises")
    return run(PYTHON, "-m", "pytest", *wanted)


def style(arguments: Sequence[str]) -> int:
    """Format the code and mend what ruff can mend."""
    ensure_environment("test")
    return run(PYTHON, "-m", "ruff", "check", "--fix", *arguments) or run(PYTHON, "-m", "ruff", "format", *arguments)


def lock(arguments: Sequence[str]) -> int:
    """Resolve the dependencies anew for all supported Pythons and systems (needs uv)."""
    uv = shutil.which("uv")
    if uv is None:
        sys.exit("`lock` needs uv: pip install uv")
    resolve = (uv, "pip", "compile", "--quiet", "--universal", "--python-version", "3.10")
    options = ("--generate-hashes", "--no-header", "--no-emit-index-url", *arguments, "pyproject.toml")
    require(*resolve, "--group", "docs", "--group", "test", *options, "-o", "requirements/test.txt")
    return run(*resolve, "--group", "docs", *options, "-c", "requirements/test.txt", "-o", "requirements/docs.txt")


TASKS = {task.__name__: task for task in (serve, site, test, exercises, check, outputs, style, lock)}


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="tasks:\n" + "\n".join(f"  {name:10} {task.__doc__}" for name, task in TASKS.items()),
    )
    parser.add_argument("task", choices=TASKS, metavar="TASK", help="one of: " + ", ".join(TASKS))
    parser.add_argument("arguments", nargs=argparse.REMAINDER, help="passed on to the tool behind the task")
    chosen = parser.parse_args()
    try:
        return TASKS[chosen.task](chosen.arguments)
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
