"""What the tests notice: `python -m benchmarks.mutation [MODULE …]`.

mutmut changes one thing in one function at a time (a sign, a comparison, a number, an argument), and the module's own
tests run on the changed package. A mutant is killed if a test goes red. Everything happens in a temporary copy; the
table and the mutants that survived are printed. Needs mutmut and the tests' requirements, and not Windows.

Not mutated: annotations, docstrings, what stands outside of functions, and `raise` statements, whose wording is free
within what the tests of bad input ask (their conditions are mutated). A change to other prose is counted as wording.
"""

import ast
import difflib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

ROOT = Path(__file__).resolve().parent.parent
CORE = (
    "numerics", "language_model", "sft", "reward_model", "linear_reward_model", "ppo", "best_of_n", "objective",
    "evaluation", "toy_world",
)  # fmt: skip
TINY = ("model", "sampling", "labelers", "ppo", "sft", "reward_model")
TESTS = {name: [f"test_{name}", "test_bad_input"] for name in CORE}
TESTS["_checks"] = ["test_bad_input", "test_numerics", "test_language_model", "test_sft", "test_reward_model"]
TESTS |= {f"tiny.{name}": [f"test_tiny_{name}", "test_tiny_bad_input"] for name in TINY}

Change = list[tuple[str, str]]  # lines before and after

KILLED = (1, 3, -11)  # 3: an error outside of the tests; −11: a crash of the interpreter
TIMED_OUT = (24, -24, 36, 152, 255)  # by mutmut's clock or the processor's
SURVIVED = (0, 5, 33)  # 5, 33: no test reaches the function

SETTINGS = r"""
[tool.mutmut]
source_paths = ["rlhf_textbook"]
only_mutate = ["{path}"]
do_not_mutate_patterns = ['^\s*raise ', '^\s*(expected|wanted|bounds) = f?"']
also_copy = ["conftest.py"]
pytest_add_cli_args = ["-o", "addopts=--strict-markers", "-p", "no:cacheprovider", "-p", "no:markdown-docs"]
pytest_add_cli_args_test_selection = {tests}
timeout_constant = 20.0
use_git_change_detection = false
"""


def mutate(module: str, folder: Path) -> tuple[dict[str, int], Path]:
    """Run mutmut on one module of a copy in `folder`; give back the exit code of each mutant's tests."""
    for name in ("rlhf_textbook", "tests"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "data"))
    path = f"rlhf_textbook/{module.replace('.', '/')}.py"
    tests = json.dumps([f"tests/{test}.py" for test in TESTS[module]])
    shutil.copy(ROOT / "conftest.py", folder)
    settings = (ROOT / "pyproject.toml").read_text(encoding="utf-8") + SETTINGS.format(path=path, tests=tests)
    (folder / "pyproject.toml").write_text(settings, encoding="utf-8")
    # mutmut puts the copy first on the path, and stops if the tests stay green where every function fails.
    command = [sys.executable, "-m", "mutmut", "run", "--max-children", str(os.cpu_count() or 1)]
    done = subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", errors="replace", check=False)
    result = folder / "mutants" / f"{path}.meta"
    if done.returncode or not result.exists():
        sys.exit(f"mutmut failed on {module}:\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
    codes = json.loads(result.read_text(encoding="utf-8"))["exit_code_by_key"]
    if odd := {key: code for key, code in codes.items() if code not in (*KILLED, *TIMED_OUT, *SURVIVED)}:
        sys.exit(f"mutmut came to no verdict on {odd}")
    return {key.rpartition(".")[2]: code for key, code in codes.items()}, folder / "mutants" / path


def changes(path: Path) -> dict[str, Change]:
    """Give for each mutant the lines that it takes out and puts in."""
    source = path.read_text(encoding="utf-8")
    lines = source.splitlines()
    functions: dict[str, list[str]] = {}
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef) and "__mutmut_" in node.name:
            text = "\n".join(lines[node.lineno - 1 : node.end_lineno])
            functions[node.name] = text.replace(node.name, node.name.partition("__mutmut_")[0], 1).splitlines()
    result: dict[str, Change] = {}
    for name, mutated in functions.items():
        original = functions[name.rpartition("_")[0] + "_orig"]
        pieces = difflib.SequenceMatcher(None, original, mutated, autojunk=False).get_opcodes()
        result[name] = [
            (" ".join(map(str.strip, original[a:b])), " ".join(map(str.strip, mutated[c:d])))
            for kind, a, b, c, d in pieces
            if kind != "equal"
        ]
    return result


def only_wording(change: Change) -> bool:
    """Whether nothing has changed but strings with a space in them, which are for a reader."""
    return all(without_prose(before) == without_prose(after) for before, after in change)


def without_prose(line: str) -> str:
    return re.sub(r'"[^"]*"', lambda string: "" if " " in string[0] else string[0], line)


def row(module: str, cells: Sequence[object]) -> None:
    print(f"| {module:20} |" + "".join(f" {cell!s:>9} |" for cell in cells), flush=True)


def score(killed: int, total: int) -> str:
    return f"{100 * killed / total:.1f} %" if total else "–"


def main() -> None:
    modules = sys.argv[1:] or list(TESTS)
    if unknown := [module for module in modules if module not in TESTS]:
        sys.exit(f"no such module: {', '.join(unknown)}; there are {', '.join(TESTS)}")
    if not importlib.util.find_spec("mutmut"):
        sys.exit("mutmut is not installed: python -m pip install mutmut")
    start, totals = perf_counter(), [0] * 5
    survivors: list[tuple[str, Change]] = []
    row("module", ["mutants", "killed", "timed out", "survived", "wording", "score"])
    print("|---|" + "--:|" * 6)
    for module in modules:
        with TemporaryDirectory() as folder:
            codes, path = mutate(module, Path(folder))
            changed = changes(path)
        wording = {name for name in codes if only_wording(changed[name])}
        counted = {name: code for name, code in codes.items() if name not in wording}
        left = [name for name, code in counted.items() if code in SURVIVED]
        late = sum(code in TIMED_OUT for code in counted.values())
        counts = [len(counted), len(counted) - len(left) - late, late, len(left), len(wording)]
        row(module, [*counts, score(counts[1] + counts[2], counts[0])])
        totals = [total + count for total, count in zip(totals, counts, strict=True)]
        survivors += [(f"{module}: {name}", changed[name]) for name in left]
    row("all", [*totals, score(totals[1] + totals[2], totals[0])])
    print(f"\nTook {(perf_counter() - start) / 60:.0f} minutes. What survived:")
    for name, change in survivors:
        print(f"\n{name}")
        for before, after in change:
            print(f"  - {before}\n  + {after}")


if __name__ == "__main__":
    main()
