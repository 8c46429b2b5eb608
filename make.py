#!/usr/bin/env python3
"""Every chore of the project, on every system: `python make.py TASK`.

Needs nothing but Python itself.  The first task makes the environment `.venv`
and fills it with the pinned dependencies; later ones reuse it.  The Makefile
only forwards to this file.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import venv
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
OLDEST_PYTHON, NEWEST_PYTHON = (3, 10), (3, 13)
OF_THE_SITE = ("site", "lab_pages", "figures", "references", "reproducible")  # tests that need it built
IN_A_BROWSER = ("browser", "explore", "every_page", "take_along", "search")
# A file that is written under a name for the time being, see `write_whole` in lab/store.py.
DRAFT = re.compile(r"\..+\.[0-9a-f]{8}")
# What a copy of the project for the matrix goes without: what was built, installed or kept from before.
NOT_COPIED = (".git", ".venv", ".*cache", "__pycache__", ".hypothesis", "dist", "my_answers", "site", "site.*")
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
    if lock_name != "tools":  # they do without this package
        # The lock already brought the build backend and numpy: fetch nothing that is not pinned.
        require(*pip, "--no-build-isolation", "--no-deps", "--editable", ".")
    stamp.write_text(digest)


def serve(arguments: Sequence[str]) -> int:
    """Build the book, serve it on this machine, rebuild on every change."""
    ensure_environment("docs")
    return run(PYTHON, "-m", "mkdocs", "serve", "--livereload", *arguments)


def site(arguments: Sequence[str]) -> int:
    """Build the book into `site/`, all of it or nothing; a warning is an error."""
    ensure_environment("docs")
    reader = argparse.ArgumentParser(prog="make.py site", add_help=False, allow_abbrev=False)
    reader.add_argument("-d", "--site-dir", type=Path, default=Path("site"))
    chosen, others = reader.parse_known_args(arguments)
    target = (ROOT / chosen.site_dir).resolve()
    if target != ROOT / "site" and target.exists() and not (target / "404.html").exists():
        sys.exit(f"site: {target} is not a built site; to build there, remove it first")
    try:
        with alone(ROOT / ".cache" / "site.lock", "another build is under way"), stops_raise():
            return build(target, others)
    except KeyboardInterrupt as stop:
        print(f"Stopped. {state_of(target)}", file=sys.stderr)
        return stopped_by(stop)
    except OSError as problem:
        print(f"site: {problem}. {state_of(target)}", file=sys.stderr)
        return 1


def build(target: Path, arguments: Sequence[str]) -> int:
    """Build into a fresh folder beside `target`, and put it there when all has gone well.

    Whatever stops a build, `target` holds the last good site, byte for byte. One that was killed can clean up
    nothing; the next one does.
    """
    before = target.with_name(f"{target.name}.old")
    work = target.with_name(f"{target.name}.new-{os.getpid()}")  # an own name: nobody else writes into it
    clean_up(target, before)
    temporary = work / "temporary"
    temporary.mkdir(parents=True)
    try:
        command = ("-m", "mkdocs", "build", "--strict", *arguments)
        print("$ python", *command, flush=True)
        # What the build and the kernels it starts leave lying about when they are killed goes with the folder.
        places = dict.fromkeys(("TMPDIR", "TEMP", "TMP", "JUPYTER_RUNTIME_DIR"), str(temporary))
        code = run_to_end([PYTHON, *command, "--site-dir", work / "site"], {**ENVIRONMENT, **places})
        if code:
            print(f"The build failed, for the reason above. {state_of(target)}", file=sys.stderr)
        elif (work / "site").exists():  # not where MkDocs was only asked for its help
            put_in_place(work / "site", target, before)
        return code
    finally:
        shutil.rmtree(work, ignore_errors=True)


def state_of(target: Path) -> str:
    return f"{target.name}/ is as it was." if target.exists() else f"There is no {target.name}/."


def clean_up(target: Path, before: Path) -> None:
    """Remove what a build that was killed has left, and put back the site that it was about to replace."""
    if before.exists() and not target.exists():
        before.rename(target)
    for left in (before, *target.parent.glob(f"{target.name}.new-*")):
        shutil.rmtree(left, ignore_errors=True)
    an_hour_ago = time.time() - 3600  # a younger draft may be somebody's who is at work
    cache = ROOT / ".cache"
    for path in (*cache.glob("*/.*"), *cache.glob("lab-runs/*/.*"), *(ROOT / "lab" / "results").glob(".*")):
        if DRAFT.fullmatch(path.name) and path.stat().st_mtime < an_hour_ago:
            path.unlink(missing_ok=True)


def run_to_end(command: Sequence[str | Path], environment: dict[str, str]) -> int:
    """Run a command that Ctrl-C does not reach; where this process is stopped, end it and what it has started."""
    words = [str(part) for part in command]
    if sys.platform == "win32":
        process = subprocess.Popen(
            words, cwd=ROOT, env=environment, creationflags=subprocess.CREATE_NEW_PROCESS_GROUP
        )  # fmt: skip
    else:
        process = subprocess.Popen(words, cwd=ROOT, env=environment, start_new_session=True)
    try:
        return process.wait()
    finally:
        if process.poll() is None:
            # Not a polite signal: a build that catches it may go on for minutes. All it writes is thrown away or whole.
            if sys.platform == "win32":
                process.kill()
            else:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def put_in_place(new: Path, target: Path, before: Path) -> None:
    """Exchange the site for the new one; the old one goes when the new one is there."""
    # Between the two renames nothing may stop it. Where it is killed, the next build sets it right.
    for number in STOPS:
        signal.signal(number, signal.SIG_IGN)
    if target.exists():
        target.rename(before)
    try:
        new.rename(target)
    except OSError:
        if before.exists():
            before.rename(target)
        raise
    shutil.rmtree(before, ignore_errors=True)


STOPS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK") if hasattr(signal, name)]


@contextmanager
def stops_raise() -> Iterator[None]:
    """Let every signal that asks this process to end raise KeyboardInterrupt, so that it can clean up."""

    def stop(number: int, _: object) -> None:
        raise KeyboardInterrupt(number)

    handlers = {number: signal.getsignal(number) for number in STOPS}
    try:
        for number, handler in handlers.items():
            if handler != signal.SIG_IGN:  # as of `nohup`
                signal.signal(number, stop)
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)


def stopped_by(stop: KeyboardInterrupt) -> int:
    """Return the exit code that says which signal ended the process."""
    return 128 + int(stop.args[0] if stop.args else signal.SIGINT)


@contextmanager
def alone(lock: Path, otherwise: str) -> Iterator[None]:
    """Hold a lock; the system lets go of it when this process ends, however it ends."""
    lock.parent.mkdir(exist_ok=True)
    with lock.open("a") as file:
        try:
            if sys.platform == "win32":
                import msvcrt

                msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
            else:
                import fcntl

                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except (BlockingIOError, PermissionError):
            sys.exit(otherwise)
        yield


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


def find_uv() -> str | Path:
    """Return the uv of this machine, or else the pinned one."""
    if uv := shutil.which("uv"):
        return uv
    ensure_environment("tools")
    return PYTHON.with_name("uv.exe" if sys.platform == "win32" else "uv")


def lock(arguments: Sequence[str]) -> int:
    """Resolve the dependencies anew for all supported Pythons and systems."""
    resolve = (find_uv(), "pip", "compile", "--quiet", "--universal", "--python-version", "3.10")
    options = ("--generate-hashes", "--no-header", "--no-emit-index-url", *arguments, "pyproject.toml")
    require(*resolve, "--group", "docs", "--group", "test", *options, "-o", "requirements/test.txt")
    together = (*options, "-c", "requirements/test.txt")  # they share an environment: one version of each package
    require(*resolve, "--group", "tools", *together, "-o", "requirements/tools.txt")
    measured = ("--group", "docs", "--group", "test", "--group", "benchmark")
    require(*resolve, *measured, *together, "-o", "requirements/benchmark.txt")
    return run(*resolve, "--group", "docs", *together, "-o", "requirements/docs.txt")


def benchmark(arguments: Sequence[str]) -> int:
    """Measure the speed of package, pipeline and book, and write the page of the results."""
    ensure_environment("benchmark")
    return run(PYTHON, "-m", "benchmarks", *arguments)


def audit(arguments: Sequence[str]) -> int:
    """Ask for known vulnerabilities of everything that `requirements/` pins (needs the network)."""
    ensure_environment("tools")
    rounds = rounds_of_pins((ROOT / "requirements").glob("*.txt"))
    answers: dict[str, list[str] | None] = {}
    with TemporaryDirectory() as folder:
        for number, pins in enumerate(rounds):
            asked, answered = Path(folder, f"{number}.txt"), Path(folder, f"{number}.json")
            asked.write_text("\n".join(pins), encoding="utf-8")
            how = ("--disable-pip", "--no-deps", "--progress-spinner", "off", "--format", "json", "--output", answered)
            print(f"Asking for {len(pins)} packages", flush=True)
            said = pip_audit(*how, *arguments, "--requirement", asked)
            answers |= dict.fromkeys(pins)
            if answered.exists():
                answers |= read_answers(pins, answered.read_text(encoding="utf-8"))
            else:
                print(said)
    unknown = sorted(pin for pin, found in answers.items() if found is None)
    faulty = {pin: found for pin, found in sorted(answers.items()) if found}
    for pin, found in faulty.items():
        print(f"{pin}: {', '.join(found)}")
    print(f"{len(answers)} pinned packages: {len(faulty)} with known vulnerabilities, {len(unknown)} without an answer")
    if unknown:
        others = f" and {len(unknown) - 5} more" if len(unknown) > 5 else ""
        print(f"No result: the advisory service did not say anything of {', '.join(unknown[:5])}{others}.")
    return 1 if faulty else 2 if unknown else 0


def pip_audit(*arguments: str | Path) -> str:
    """Run pip-audit and return how its complaints end. It finds no vulnerabilities in what it knows nothing of."""
    command = [str(part) for part in (PYTHON, "-m", "pip_audit", *arguments)]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", errors="replace", check=False)
    return done.stderr.strip().rpartition("\n")[2]


def rounds_of_pins(locks: Iterator[Path]) -> list[list[str]]:
    """Return every `name==version` of the lock files, whatever Python or system it is for, once.

    pip-audit takes one version of a package at a time and leaves out what the machine it runs on does not need. So a
    package that is pinned to two versions is asked for in two rounds, and the conditions are left out.
    """
    pins = {pin for lock in locks for pin in re.findall(r"^[\w.-]+==[^\s;\\]+", lock.read_text("utf-8"), re.MULTILINE)}
    rounds: list[dict[str, str]] = []
    for pin in sorted(pins):
        name = pin.partition("==")[0]
        free = next((taken for taken in rounds if name not in taken), None)
        if free is None:
            rounds.append(free := {})
        free[name] = pin
    return [list(taken.values()) for taken in rounds]


def read_answers(pins: Sequence[str], report: str) -> dict[str, list[str] | None]:
    """Return what pip-audit found of each pin: the vulnerabilities' names, none, or None for no answer."""
    answers: dict[str, list[str] | None] = dict.fromkeys(pins)
    for package in json.loads(report or "{}").get("dependencies", []):
        if "vulns" in package:  # else the service did not know the package
            answers[f"{package['name']}=={package['version']}"] = [found["id"] for found in package["vulns"]]
    return answers


@dataclass
class Outcome:
    """How the tests went with one Python and one set of dependencies."""

    python: str
    dependencies: str
    numpy: str = "-"
    counts: tuple[int, int, int] | None = None  # passed, failed, skipped; None where the tests did not run to the end
    seconds: float = 0.0

    @property
    def good(self) -> bool:
        """Whether something was tested and nothing failed."""
        return self.counts is not None and self.counts[0] > 0 and self.counts[1] == 0

    def row(self) -> list[str]:
        counts = ["-", "did not run", "-"] if self.counts is None else list(map(str, self.counts))
        return [self.python, self.dependencies, self.numpy, *counts, f"{self.seconds:.0f}"]


def matrix(arguments: Sequence[str]) -> int:
    """Run the tests on every Python found, with the lowest and with the newest dependencies allowed (needs uv)."""
    pythons = [f"3.{minor}" for minor in range(OLDEST_PYTHON[1], NEWEST_PYTHON[1] + 1)]
    reader = argparse.ArgumentParser(prog="make.py matrix", allow_abbrev=False)
    reader.add_argument("--python", choices=pythons, help="only this one, which must be there")
    reader.add_argument("--dependencies", choices=RESOLUTIONS, nargs=1, help="only these")
    reader.epilog = "What follows is passed on to pytest; without it, all tests run."
    chosen, others = reader.parse_known_args(arguments)
    wanted = [chosen.python] if chosen.python else pythons
    found = {version: path for version in wanted if (path := find_python(version))}
    uv = find_uv()
    outcomes = []
    try:
        for version, interpreter in found.items():
            for dependencies in chosen.dependencies or RESOLUTIONS:
                outcome = run_apart_from_all(uv, version, interpreter, dependencies, others)
                outcomes.append(outcome)
    finally:  # also where it was stopped in the middle
        print("\n" + table(outcomes))
        if missing := [version for version in wanted if version not in found]:
            print("Not found here, so not tested: Python", ", ".join(missing))
    return int(not outcomes or not all(outcome.good for outcome in outcomes))


RESOLUTIONS = {"lowest": "lowest-direct", "newest": "highest"}  # uv's names for them


def run_apart_from_all(uv: str | Path, version: str, interpreter: str, dependencies: str, tests: list[str]) -> Outcome:
    """Test a copy of the project in an environment of its own, so that nothing kept from other versions is used."""
    print(f"\nPython {version}, {dependencies} dependencies", flush=True)
    outcome = Outcome(version, dependencies)
    place = ROOT / ".cache" / "matrix" / f"{version}-{dependencies}"
    shutil.rmtree(place, ignore_errors=True)
    project, environment, pins, report = (place / name for name in ("project", "venv", "pins.txt", "report.xml"))
    shutil.copytree(ROOT, project, ignore=shutil.ignore_patterns(*NOT_COPIED))
    python = environment / PYTHON.relative_to(VENV)
    # Only what comes ready to install: the lowest version of a package is the lowest that this Python has one of.
    ready, into = ("--quiet", "--no-build"), ("--python", python)
    groups = ("--group", f"{project / 'pyproject.toml'}:docs", "--group", f"{project / 'pyproject.toml'}:test")
    resolve = (*ready, "--resolution", RESOLUTIONS[dependencies], "--no-header", "--no-annotate", "--output-file", pins)
    steps: list[tuple[str | Path, ...]] = [
        (uv, "venv", "--quiet", "--python", interpreter, environment),
        (uv, "pip", "compile", *resolve, *into, *groups, project / "pyproject.toml"),
        (uv, "pip", "install", *ready, *into, "--requirement", pins),
        (uv, "pip", "install", "--quiet", "--no-build-isolation", "--no-deps", *into, "--editable", project),
    ]
    with (place / "log.txt").open("w", encoding="utf-8") as log:
        for step in steps:
            if subprocess.run(list(map(str, step)), cwd=project, stdout=log, check=False).returncode:
                return outcome
    outcome.numpy = said_by(python, "import numpy; print(numpy.__version__)") or "-"
    start = time.monotonic()
    # No interpreter of the project's `.venv` may come first where a test looks for one.
    pytest = (python, "-m", "pytest", "-p", "no:cacheprovider", f"--junit-xml={report}", *tests)
    subprocess.run(list(map(str, pytest)), cwd=project, env=ENVIRONMENT, check=False)
    outcome.seconds = time.monotonic() - start
    outcome.counts = counts_in(report)
    return outcome


def counts_in(report: Path) -> tuple[int, int, int] | None:
    """Return how many tests passed, failed and were skipped, from pytest's JUnit report; None if there is none."""
    if not report.exists():
        return None
    suites = list(ElementTree.parse(report).getroot().iter("testsuite"))
    ran, failures, errors, skipped = (
        sum(int(suite.get(name, 0)) for suite in suites) for name in ("tests", "failures", "errors", "skipped")
    )
    return ran - failures - errors - skipped, failures + errors, skipped


def table(outcomes: Sequence[Outcome]) -> str:
    rows = [["python", "dependencies", "numpy", "passed", "failed", "skipped", "seconds"]]
    rows += [outcome.row() for outcome in outcomes]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)


def find_python(version: str) -> str | None:
    """Return an interpreter of that version: this one, one on PATH, of the launcher of Windows, or of pyenv."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    kept = [*pyenv.glob(f"versions/{version}.*/bin/python"), *pyenv.glob(f"pyenv-win/versions/{version}.*/python.exe")]
    candidates: list[tuple[str | Path, ...]] = [(sys.executable,), (f"python{version}",), ("python",)]
    if sys.platform == "win32":
        candidates.append(("py", f"-{version}"))
    candidates += [(path,) for path in sorted(kept, reverse=True)]
    what = "import sys; print('%d.%d' % sys.version_info[:2], getattr(sys, '_base_executable', sys.executable))"
    for command in candidates:
        found, _, path = (said_by(*command, what) or "").partition(" ")
        if found == version:
            return path
    return None


def said_by(*command: str | Path) -> str | None:
    """Return what Python prints when it runs a line of code; None where it is not there or fails, as shims may."""
    *interpreter, code = map(str, command)
    if not (program := shutil.which(interpreter[0])):
        return None
    done = subprocess.run([program, *interpreter[1:], "-c", code], capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else None


TASKS = {
    task.__name__: task
    for task in (serve, site, test, exercises, check, outputs, style, lock, matrix, audit, benchmark)
}


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
    except KeyboardInterrupt as stop:
        print("Stopped.", file=sys.stderr)
        return stopped_by(stop)


if __name__ == "__main__":
    sys.exit(main())
