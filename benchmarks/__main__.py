"""Measure the speed of package, pipeline and book, and write the page of the results.

    python -m benchmarks                 # speed, pipeline and book: about ten minutes
    python -m benchmarks speed           # one part; those not measured keep their last results
    python -m benchmarks suite           # the tests: as long as they take
    python -m benchmarks pages           # the pages as Lighthouse rates them (needs node and Chromium)
    python -m benchmarks page            # write the page again from the last results
    python -m benchmarks --print         # write nothing into the project, print the page
    python -m benchmarks --quick         # as few repeats as can be: to see whether it runs

The results go to `.cache/benchmarks/`, to `benchmarks/results.json` and to `docs/benchmarks/index.md`.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.measuring import load, machine
from benchmarks.report import page

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / ".cache" / "benchmarks" / "results.json"
RESULTS = ROOT / "benchmarks/results.json"
PAGE = ROOT / "docs/benchmarks/index.md"


def run(*arguments: str | Path) -> None:
    print("$ python", *arguments, f"  # {load()}", flush=True)
    if code := subprocess.run([sys.executable, *map(str, arguments)], cwd=ROOT, check=False).returncode:
        sys.exit(code)


def result_of(*arguments: str | Path) -> Any:
    """Run a command that writes JSON into the file that is its last argument."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        *others, last = arguments
        run(*others, f"{last}{report}")
        return json.loads(report.read_text(encoding="utf-8"))


def short(value: float) -> float:
    """Four digits: more would be noise."""
    return float(f"{value:.4g}")


def shortened(found: Any) -> Any:
    if isinstance(found, dict):
        return {key: shortened(value) for key, value in found.items()}
    if isinstance(found, list):
        return [shortened(value) for value in found]
    return short(found) if isinstance(found, float) else found


def speed(quick: bool) -> list[dict[str, Any]]:
    rounds, longest = (1, "0.001") if quick else (5, "0.5")
    # Without the project's settings for pytest: they ask for plugins that measuring does without.
    settings = ("--noconftest", "-o", "addopts=", "-o", "filterwarnings=", "-p", "no:cacheprovider")
    options = ("--benchmark-timer=time.process_time", "--benchmark-disable-gc", "--benchmark-quiet")
    found = result_of(
        *("-m", "pytest", "-q", "benchmarks/test_speed.py"),
        *settings,
        *options,
        f"--benchmark-min-rounds={rounds}",
        f"--benchmark-max-time={longest}",
        "--benchmark-json=",
    )
    return [
        {**case["extra_info"], "seconds": case["stats"]["min"], "rounds": case["stats"]["rounds"]}
        for case in found["benchmarks"]
    ]


def pipeline(quick: bool) -> Any:
    runs, repeats = (1, 2) if quick else (5, 25)
    return result_of("-m", "benchmarks.tiny_pipeline", f"--runs={runs}", f"--repeats={repeats}", "--json=")


def book(quick: bool) -> Any:
    cold, repeats = (1, 1) if quick else (2, 3)
    return result_of("-m", "benchmarks.book", f"--cold={cold}", f"--repeats={repeats}", "--json=")


def suite(quick: bool) -> Any:
    del quick
    return result_of("-m", "benchmarks.book", "--suite", "--json=")


def pages(quick: bool) -> Any:
    return result_of("-m", "benchmarks.lighthouse", f"--runs={1 if quick else 3}", "--json=")


PARTS = {
    "speed": (speed, ("numpy", "scipy", "sklearn", "torch")),
    "pipeline": (pipeline, ("numpy", "torch")),
    "book": (book, ("numpy", "mkdocs", "material", "pytest")),
    "suite": (suite, ("numpy", "pytest")),
    "pages": (pages, ()),
}


def read() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    return found


def written(results: dict[str, Any]) -> str:
    """Write the results so that a difference between two versions can be read: a record a line."""
    parts = []
    for name in (name for name in PARTS if name in results):
        data = results[name]["data"]
        if isinstance(data, dict):
            lines = [f"  {json.dumps(key)}: {json.dumps(value)}" for key, value in data.items()]
            body = "{\n" + ",\n".join(lines) + "\n }"
        else:
            body = "[\n" + ",\n".join(f"  {json.dumps(record)}" for record in data) + "\n ]"
        parts.append(f'"{name}": {{\n "machine": {json.dumps(results[name]["machine"])},\n "data": {body}\n}}')
    return "{\n" + ",\n".join(parts) + "\n}\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"{', '.join(PARTS)} or page")
    parser.add_argument("--quick", action="store_true", help="few repeats")
    parser.add_argument("--print", action="store_true", help="print the page, write only .cache/benchmarks/")
    chosen = parser.parse_args()
    if unknown := set(chosen.parts) - {*PARTS, "page"}:
        parser.error(f"expected {', '.join(PARTS)} or page, got {', '.join(sorted(unknown))}")
    os.environ.pop("PYTEST_ADDOPTS", None)
    results = read()
    for name in chosen.parts or ("speed", "pipeline", "book"):
        if name != "page":
            measure, modules = PARTS[name]
            results[name] = {"machine": machine(*modules), "data": shortened(measure(chosen.quick))}
            KEPT.parent.mkdir(parents=True, exist_ok=True)
            KEPT.write_text(written(results), encoding="utf-8")
    if chosen.print:
        print(page(results))
    else:
        RESULTS.write_text(written(results), encoding="utf-8")
        PAGE.write_text(page(results), encoding="utf-8")
        print(f"Wrote {RESULTS.relative_to(ROOT).as_posix()} and {PAGE.relative_to(ROOT).as_posix()}")


if __name__ == "__main__":
    main()
