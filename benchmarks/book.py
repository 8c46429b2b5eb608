"""What it takes to build the book, to build it again and to check it, measured in a copy of the project.

    python -m benchmarks.book                        # prints the smallest times
    python -m benchmarks.book --repeats 1 --cold 1   # quicker
    python -m benchmarks.book --suite                # the tests instead: takes as long as `make test`, and longer

Nothing is written into the project itself. A time is a pair, wall and processor; the processor time includes what a
program has started, such as the kernels of the notebooks.
"""

import argparse
import json
import logging
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.report import BINDINGS, BUILDS, CHECKS, REBUILDS, SNIPPETS, plain_table
from make import IN_A_BROWSER, NOT_COPIED, OF_THE_SITE

LESSON = "docs/lessons/3-reward-modeling.md"
Times = dict[str, list[tuple[float, float]]]
WORDS = {
    **{key: f"a build: {words}" for key, words in BUILDS.items()},
    **{key: f"a rebuild while serving: {words}" for key, words in REBUILDS.items()},
    **{key: f"binding the EPUB: {words}" for key, words in BINDINGS.items()},
    **SNIPPETS,
    **CHECKS,
}


def processor() -> float:
    """Processor seconds of this process and of all it has waited for; on Windows, of this process alone."""
    children = os.times()
    return time.process_time() + children.children_user + children.children_system


def timed(call: Callable[[], Any]) -> tuple[float, float]:
    """Wall and processor seconds of a call."""
    wall, busy = time.perf_counter(), processor()
    call()
    return time.perf_counter() - wall, processor() - busy


class Copy:
    """The project in a folder of its own, with nothing kept from earlier builds."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "project"
        self.site = folder / "site"
        shutil.copytree(ROOT, self.root, ignore=shutil.ignore_patterns(*NOT_COPIED))
        self.environment = {**os.environ, "PYTHONPATH": str(self.root), "NO_MKDOCS_2_WARNING": "1"}

    def run(self, *arguments: str | Path) -> None:
        command = [sys.executable, *map(str, arguments)]
        done = subprocess.run(
            command, cwd=self.root, env=self.environment, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        if done.returncode:
            sys.exit(f"{' '.join(command[1:])} failed:\n{done.stdout.decode(errors='replace')[-5000:]}")

    def build(self) -> None:
        self.run("-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", self.site)

    def forget(self) -> None:
        """Remove all that builds keep."""
        shutil.rmtree(self.root / ".cache", ignore_errors=True)

    def check(self, *arguments: str) -> None:
        self.run("-m", "pytest", "-p", "no:cacheprovider", *arguments)


def touch(lesson: Path) -> None:
    """Change a page as an author does: a sentence more."""
    with lesson.open("a", encoding="utf-8") as file:
        file.write(f"\nOne sentence more, written at {time.time_ns()}.\n")


def measure_builds(copy: Copy, cold: int, repeats: int) -> Times:
    found: Times = {"cold": [], "warm": [], "touched": []}
    for _ in range(cold):
        copy.forget()
        found["cold"].append(timed(copy.build))
    for _ in range(repeats):
        found["warm"].append(timed(copy.build))
        touch(copy.root / LESSON)
        found["touched"].append(timed(copy.build))
    return found


def measure_in_one_process(repeats: int, site: str) -> Times:
    """In the copy: rebuilds as `mkdocs serve` does them, and the binding of the EPUB, each with and without help.

    The ways take turns, so that a slow moment of the machine hits them all.
    """
    from mkdocs.commands.build import build
    from mkdocs.config import load_config

    from build_hooks import archive

    logging.basicConfig(level=logging.ERROR)

    def rebuild() -> None:
        build(load_config("mkdocs.yml", site_dir=site), serve_url="http://127.0.0.1:8000/")

    config = load_config("mkdocs.yml", site_dir=site)
    remember, epub = (config.hooks[f"build_hooks/{name}.py"] for name in ("remember", "epub"))  # type: ignore[call-overload]
    config.plugins.on_startup(command="serve", dirty=False)
    found: Times = {"first": [timed(rebuild)], "again": [], "archives": [], "remembered": [], "anew": [], "kept": []}
    for _ in range(repeats):
        for way in ("again", "archives", "remembered"):
            remember._serving = way == "remembered"
            if way == "again":
                archive._packed.clear()
            touch(Path(LESSON))
            found[way].append(timed(rebuild))
    parts = list(epub.chapters(epub._navigation.items))
    for _ in range(repeats):
        shutil.rmtree(epub.CACHE)
        for way in ("anew", "kept"):
            found[way].append(timed(lambda: epub.bind(Path(site), parts, config)))
    return found


def measure_book(cold: int, repeats: int) -> Times:
    """All but the tests."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Copy(Path(folder))
        found = measure_builds(copy, cold, repeats)
        report = Path(folder) / "times.json"
        copy.run("-m", "benchmarks.book", "--repeats", str(repeats), "--in-one-process", copy.site, "--json", report)
        found |= json.loads(report.read_text(encoding="utf-8"))
        found["snippets"] = [timed(lambda: copy.check("README.md", "rlhf_textbook", "docs")) for _ in range(cold)]
    return found


def of_the_package() -> list[str]:
    """List the tests of the package's modules, those of the tiny pipeline among them."""
    modules = {f"test_{path.stem}.py" for path in (ROOT / "rlhf_textbook").glob("*.py")}
    return [
        f"tests/{path.name}"
        for path in sorted((ROOT / "tests").glob("test_*.py"))
        if path.name in modules or path.name.startswith("test_tiny_")
    ]


def measure_suite() -> Times:
    """Time the three parts of `make.py test`, one after the other, and the package's tests alone; once each."""
    parts = {
        "package": of_the_package(),
        "blocks": ["README.md", "rlhf_textbook", "docs", *(f"tests/test_{name}.py" for name in OF_THE_SITE)],
        "browser": [f"tests/test_{name}.py" for name in IN_A_BROWSER],
        "others": ["tests", *(f"--ignore=tests/test_{name}.py" for name in OF_THE_SITE + IN_A_BROWSER)],
    }
    with tempfile.TemporaryDirectory() as folder:
        copy = Copy(Path(folder))
        copy.build()  # as for most who run the tests, the notebooks have run before
        return {name: [timed(lambda chosen=chosen: copy.check(*chosen))] for name, chosen in parts.items()}  # type: ignore[misc]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cold", type=int, default=2, help="builds with nothing kept, and runs of the code blocks")
    parser.add_argument("--repeats", type=int, default=3, help="of all else")
    parser.add_argument("--suite", action="store_true", help="measure the tests instead")
    parser.add_argument("--json", type=Path, help="write there all that was measured")
    parser.add_argument("--in-one-process", metavar="SITE", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.in_one_process:
        found = measure_in_one_process(chosen.repeats, chosen.in_one_process)
    else:
        found = measure_suite() if chosen.suite else measure_book(chosen.cold, chosen.repeats)
        print(plain_table(found, WORDS))
    if chosen.json:
        chosen.json.write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    main()
