"""Sweeps: nothing lost, nothing doubled, whatever stops them and wherever they run."""

import errno
import importlib
import json
import math
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import joblib  # type: ignore[import-untyped]
import numpy as np
import pytest
from joblib.externals.loky import get_reusable_executor  # type: ignore[import-untyped]
from threadpoolctl import threadpool_info  # type: ignore[import-untyped]

from lab.__main__ import main
from lab.code_version import ROOT, code_version, digest, imported_version
from lab.store import Run, Store
from lab.sweep import RunError, Runs, find_claims, one_run, recompute, sweep

EXAMPLE = '''
"""A claim that draws a number."""

import time
import uuid
from pathlib import Path

import numpy as np

SETTINGS = [{"beta": 0.1}, {"beta": 1.0}]
SEEDS = range(3)


def measure(seed, *, beta, log=None, nap=0.0):
    """Draw, and leave a mark in the folder `log`; fail for seed 2 while it holds a file `broken`."""
    if log is not None:
        Path(log, f"call-{seed}-{beta}-{uuid.uuid4()}").touch()
        if seed == 2 and Path(log, "broken").exists():
            raise ZeroDivisionError("of all things")
    time.sleep(nap)
    rng = np.random.default_rng(seed)
    product = rng.normal(size=(50, 50)) @ rng.normal(size=(50, 50))
    return {"gold": beta * product.sum(), "curve": rng.normal(size=3), "word": "yes"}


def returns(seed, *, what):
    return {"float('nan')": {"gold": [1.0, float("nan")]}, "a set": {"gold": {1}}, "None": None}[what]


def threads(seed):
    from threadpoolctl import threadpool_info

    np.ones((8, 8)) @ np.ones((8, 8))
    return {"most": max([1, *(library["num_threads"] for library in threadpool_info())])}
'''


@pytest.fixture(scope="module")
def example(tmp_path_factory):
    """Import a package of claims that worker processes can import too."""
    folder = tmp_path_factory.mktemp("importable")
    package = folder / "example_claims"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "claim_1_example.py").write_text(EXAMPLE, encoding="utf-8")
    get_reusable_executor().shutdown(wait=True)  # workers of before do not know the folder
    sys.path.insert(0, str(folder))
    yield importlib.import_module("example_claims.claim_1_example")
    sys.path.remove(str(folder))
    get_reusable_executor().shutdown(wait=True)


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "results", tmp_path / "runs")


@pytest.fixture
def settings(tmp_path):
    """Two settings that leave a mark in a folder for each call."""
    log = tmp_path / "log"
    log.mkdir()
    return [{"beta": 0.1, "log": str(log)}, {"beta": 1.0, "log": str(log)}]


def marks(settings):
    return len(list(Path(settings[0]["log"]).glob("call-*")))


def landed(store):
    return list(store.runs.glob("*/*"))


def same(one: Runs, other: Runs):
    """Whether two tables hold the same, apart from the time it took."""
    return [[run.result for run in row] for row in one.rows] == [[run.result for run in row] for row in other.rows]


# The table


def test_table_is_in_the_order_asked(example, store):
    runs = sweep(example.measure, seeds=[2, 0, 1], settings=example.SETTINGS[::-1], store=store, n_jobs=1)
    expected = [[example.measure(seed, beta=beta)["gold"] for seed in (2, 0, 1)] for beta in (1.0, 0.1)]
    assert np.array_equal(runs["gold"], expected)
    assert (runs["curve"].shape, runs.seconds.shape) == ((2, 3, 3), (2, 3))
    assert (runs.seeds, runs.settings, runs.fields) == ([2, 0, 1], example.SETTINGS[::-1], ["gold", "curve", "word"])
    assert np.array_equal(runs.select(beta=0.1)["gold"], runs["gold"][1:])
    with pytest.raises(KeyError, match="expected one of gold, curve, word"):
        runs["silver"]
    with pytest.raises(ValueError, match=r"setting: expected one of .* got \{'beta': 3\}"):
        runs.select(beta=3)


def test_numbers_come_back_to_the_last_bit(store):
    numbers = [0.1 + 0.2, -0.0, 5e-324, 1.7976931348623157e308, 1 / 3, 2**60 + 1]
    store.add("claim", Run("code", {}, 0, {"x": numbers}, 0.0))
    back = store.all("claim").popitem()[1].result["x"]
    assert [(type(x), repr(x)) for x in back] == [(type(x), repr(x)) for x in numbers]


def test_a_row_tells_nothing_about_the_machine(example, store):
    sweep(example.measure, seeds=[0], settings=[{"beta": 0.1}], store=store, n_jobs=1)
    [file] = landed(store)
    assert set(json.loads(file.read_text())) == {"code", "setting", "seed", "result", "seconds"}


# Wherever it runs


@pytest.mark.parametrize(
    ("backend", "n_jobs"), [(None, 2), ("threading", 2), pytest.param("multiprocessing", 2, id="rounds, as with ray")]
)
def test_results_do_not_depend_on_backend_or_number_of_jobs(example, tmp_path, backend, n_jobs):
    alone, many = Store(tmp_path / "a", tmp_path / "a"), Store(tmp_path / "b", tmp_path / "b")
    if backend == "multiprocessing" and sys.platform == "win32":
        pytest.skip("starting processes of multiprocessing anew on Windows imports the test runner")
    expected = sweep(example.measure, settings=example.SETTINGS, store=alone, n_jobs=1)
    assert same(sweep(example.measure, settings=example.SETTINGS, store=many, backend=backend, n_jobs=n_jobs), expected)


def test_results_do_not_depend_on_a_dask_cluster(example, tmp_path, store):
    distributed = pytest.importorskip("dask.distributed", reason="dask is not installed")
    expected = sweep(example.measure, settings=example.SETTINGS, store=Store(tmp_path, tmp_path), n_jobs=1)
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        distributed.Client(cluster),
        joblib.parallel_config("dask"),
    ):
        runs = sweep(example.measure, settings=example.SETTINGS, store=store)
    assert same(runs, expected)
    assert len(landed(store)) == 20


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_a_run_has_one_thread(example, store, n_jobs):
    np.ones((8, 8)) @ np.ones((8, 8))
    before = threadpool_info()
    assert sweep(example.threads, seeds=[0, 1], store=store, n_jobs=n_jobs)["most"].max() == 1
    assert threadpool_info() == before


# Interruptions


def test_after_a_failed_run_only_the_missing_runs_are_done(example, tmp_path, store, settings):
    broken = Path(settings[0]["log"], "broken")
    broken.touch()
    with pytest.raises(RunError, match=r"(?s)claim_1_example, seed 2, setting .*of all things"):
        sweep(example.measure, settings=settings, store=store, n_jobs=2)
    kept = len(landed(store))
    broken.unlink()
    called = marks(settings)
    progress = []
    runs = sweep(example.measure, settings=settings, store=store, n_jobs=2, progress=lambda *now: progress.append(now))
    assert marks(settings) - called == 20 - kept
    assert progress == [(done, 20) for done in range(kept, 21)]
    assert same(runs, sweep(example.measure, settings=settings, store=Store(tmp_path, tmp_path / "new"), n_jobs=1))


def start(example, store, settings, seeds, n_jobs):
    """Start a sweep in a process of its own, which prints the table's sum."""
    code = f"""
import sys
sys.path[:0] = {[str(ROOT), str(Path(example.__file__).parent.parent)]}
from pathlib import Path
from example_claims.claim_1_example import measure
from lab.store import Store
from lab.sweep import sweep

if __name__ == "__main__":
    store = Store(Path({str(store.results)!r}), Path({str(store.runs)!r}))
    runs = sweep(measure, seeds=range({seeds}), settings={settings}, store=store, n_jobs={n_jobs})
    print(repr(float(runs["gold"].sum())))
"""
    return subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,  # so that its workers can be ended with it
    )


def test_after_a_kill_only_the_missing_runs_are_done(example, tmp_path, store, settings):
    settings = [{**setting, "nap": 0.05} for setting in settings]
    process = start(example, store, settings, 10, 2)
    while len(list(store.runs.glob("*/*.json"))) < 3:
        assert process.poll() is None
        time.sleep(0.005)
    if sys.platform == "win32":
        process.kill()
    else:
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate(timeout=60)
    kept, called = len(list(store.runs.glob("*/*.json"))), marks(settings)
    assert 3 <= kept < 20
    runs = sweep(example.measure, settings=settings, store=store, n_jobs=2)
    assert marks(settings) - called == 20 - kept
    assert same(runs, sweep(example.measure, settings=example.SETTINGS, store=Store(tmp_path, tmp_path), n_jobs=1))


def test_two_sweeps_at_once_share_the_work(example, store, settings):
    settings = [{**setting, "nap": 0.05} for setting in settings]
    both = [start(example, store, settings, 10, 1) for _ in range(2)]
    printed = [process.communicate(timeout=60)[0] for process in both]
    expected = float(sweep(example.measure, settings=settings, store=store, n_jobs=1)["gold"].sum())
    assert printed == [f"{expected!r}\n"] * 2
    assert len(landed(store)) == 20
    assert marks(settings) < 40  # 20, and those that both had begun


def test_a_full_disk_costs_the_runs_under_way(example, store, settings, monkeypatch):
    def full(_descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space left"):
            sweep(example.measure, settings=settings, store=store, n_jobs=2)
    assert not landed(store)
    sweep(example.measure, settings=settings, store=store, n_jobs=2)
    assert len(landed(store)) == 20


@pytest.mark.parametrize("damage", ["torn", "empty", "renamed"])
def test_a_damaged_file_is_computed_again(example, store, settings, damage):
    runs = sweep(example.measure, seeds=range(3), settings=settings, store=store, n_jobs=1)
    one, other, *_ = landed(store)
    if damage == "renamed":
        other.replace(one)
    else:
        one.write_text(one.read_text()[:-20] if damage == "torn" else "")
    with pytest.warns(UserWarning, match="damaged and not used|another run than its name says"):
        again = sweep(example.measure, seeds=range(3), settings=settings, store=store, n_jobs=1)
    assert same(again, runs)
    assert marks(settings) == (8 if damage == "renamed" else 7)
    sweep(example.measure, seeds=range(3), settings=settings, store=store, n_jobs=1)  # without a warning


def test_a_damaged_line_of_the_committed_file_is_computed_again(example, store, settings):
    runs = sweep(example.measure, seeds=range(3), settings=settings, store=store, n_jobs=1)
    store.collect("claim_1_example", code_version(example.measure))
    file = store.committed_file("claim_1_example")
    file.write_text(file.read_text()[:-20])
    fresh = Store(store.results, store.runs / "elsewhere")
    with pytest.warns(UserWarning, match="line 6 of .*claim_1_example.jsonl is damaged"):
        assert same(sweep(example.measure, seeds=range(3), settings=settings, store=fresh, n_jobs=1), runs)
    assert marks(settings) == 7


# What makes a result stale


def test_only_new_settings_and_seeds_are_computed(example, store, settings):
    sweep(example.measure, seeds=range(3), settings=settings[:1], store=store, n_jobs=1)
    sweep(example.measure, seeds=range(5), settings=settings, store=store, n_jobs=1)
    assert marks(settings) == 10
    reordered = [dict(reversed(setting.items())) for setting in settings]
    sweep(example.measure, seeds=range(5), settings=reordered, store=store, n_jobs=1)
    assert marks(settings) == 10


def test_changed_code_computes_again_and_a_changed_docstring_does_not(tmp_path, store, settings, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    file = tmp_path / "claim_2_changing.py"
    file.write_text(EXAMPLE)
    module = importlib.import_module("claim_2_changing")
    sweep(module.measure, seeds=range(3), settings=settings, store=store, n_jobs=1)
    file.write_text(EXAMPLE.replace("Draw, and", "Count, and"))
    sweep(importlib.reload(module).measure, seeds=range(3), settings=settings, store=store, n_jobs=1)
    assert marks(settings) == 6
    file.write_text(EXAMPLE.replace("product.sum()", "product.mean()"))
    runs = sweep(importlib.reload(module).measure, seeds=range(3), settings=settings, store=store, n_jobs=1)
    assert marks(settings) == 12
    assert runs["gold"][0, 0] == pytest.approx(0.1 * np.random.default_rng(0).normal(size=(50, 50)).sum(), abs=99)
    assert store.collect("claim_2_changing", code_version(module.measure)) == 6
    assert len(store.committed("claim_2_changing")) == 6  # the older results are not collected


@pytest.fixture
def project(tmp_path):
    """Write a small project: a claim that uses two modules, one of them through a package, and one that it does not."""
    files = {
        "lab/claims/claim_1_x.py": (
            '"""Claim."""\n\nimport lab.helper\nfrom rlhf_textbook import used\n\n\n'
            "def measure(seed: int) -> dict:\n"
            '    """Measure."""\n    if seed < 0:\n        raise ValueError(f"seed {seed}")\n'
            "    return {'x': used(seed)}  # why\n"
        ),
        "lab/helper.py": "from .deeper import y\n",
        "lab/deeper.py": "y = 1\n",
        "rlhf_textbook/__init__.py": "from rlhf_textbook.a import used\nfrom rlhf_textbook.b import unused\n",
        "rlhf_textbook/a.py": "from rlhf_textbook import _checks as checks\n\ndef used(x):\n    return checks.ok(x)\n",
        "rlhf_textbook/_checks.py": "def ok(x):\n    return x\n",
        "rlhf_textbook/b.py": "def unused():\n    return 1\n",
    }
    for name, text in files.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("file", "old", "new", "counts"),
    [
        ("lab/claims/claim_1_x.py", "'x'", "'z'", True),
        ("lab/claims/claim_1_x.py", "seed < 0", "seed < 1", True),
        ("lab/deeper.py", "1", "1.0", True),
        ("rlhf_textbook/a.py", "ok(x)", "ok(-x)", True),
        ("rlhf_textbook/_checks.py", "return x", "return -x", True),
        ("lab/claims/claim_1_x.py", "# why", "# why not", False),
        ("lab/claims/claim_1_x.py", "Measure.", "Measure\n\n    it.", False),
        ("lab/claims/claim_1_x.py", '"seed {seed}"', '"a seed of {seed}"', False),
        ("lab/claims/claim_1_x.py", "{'x': used(seed)}", '{\n        "x": used(seed)\n    }', False),
        ("lab/claims/claim_1_x.py", "seed: int) -> dict", "seed: object) -> dict[str, int]", False),
        ("lab/claims/claim_1_x.py", "\n", "\r\n", False),
        ("rlhf_textbook/b.py", "1", "2", False),
        ("rlhf_textbook/__init__.py", "unused", "unused as other", False),
    ],
)
def test_code_version_follows_what_can_change_a_result(project, file, old, new, counts):
    claim = project / "lab/claims/claim_1_x.py"
    before = digest(claim, "lab.claims.claim_1_x", project)
    text = (project / file).read_text(encoding="utf-8")
    assert old in text
    (project / file).write_bytes(text.replace(old, new).encode())
    assert (digest(claim, "lab.claims.claim_1_x", project) != before) == counts


def test_code_version_is_the_same_on_every_python(tmp_path):
    file = tmp_path / "sample.py"
    file.write_text(
        "from __future__ import annotations\nimport dataclasses as d\n\n\n@d.dataclass(frozen=True)\nclass A:\n"
        '    """Doc."""\n\n    x: int = 0x10\n    y: float = 1_0e-5\n    z: complex = 2j\n\n\n'
        "async def f(a, /, b=None, *c, d, **e):\n    global g\n    g = [*a, ..., -1, b'\\xff', True, u'\\U0001fae8']\n"
        "    async with a as b, c:\n        await a\n    try:\n        yield\n    except (A, B) as e:\n        raise\n"
        "    finally:\n        del a[1:2, ::3]\n    match a:\n        case {'k': [1, *_], **rest} if rest: pass\n"
        "        case A(x=1) | None: return\n"
        "    return f'{a!r:>{b}}' 'more' f\"{a=} {b:.2f}{c:}{{}}\" rf'\\d{d}\\n', {**e}, lambda: (x := 1)\n",
        encoding="utf-8",
    )
    assert digest(file, "sample", tmp_path) == "a12e3387482533fe"


def test_many_threads_may_ask_for_the_code_version_at_once(example):
    imported_version.cache_clear()
    with ThreadPoolExecutor(16) as pool:
        assert len(set(pool.map(code_version, [example.measure, example.threads] * 8))) == 1


def test_a_worker_with_other_code_does_not_compute(example):
    assert "another version of the code" in one_run(example.measure, 0, {"beta": 1}, "other")  # type: ignore[operator]


# Collecting and checking


def test_collected_results_are_sorted_complete_and_answer_alone(example, store, settings):
    for seeds in ([3, 1], [2, 0, 1]):
        sweep(example.measure, seeds=seeds, settings=settings[::-1], store=store, n_jobs=1)
        store.collect("claim_1_example", code_version(example.measure))
    text = store.committed_file("claim_1_example").read_text()
    rows = [json.loads(line) for line in text.splitlines()]
    assert [(row["setting"]["beta"], row["seed"]) for row in rows] == [(b, s) for b in (0.1, 1.0) for s in range(4)]
    assert store.collect("claim_1_example", code_version(example.measure)) == 0
    assert store.committed_file("claim_1_example").read_text() == text
    sweep(example.measure, seeds=range(4), settings=settings, store=Store(store.results, store.runs / "no"), n_jobs=1)
    assert marks(settings) == 8


def test_recompute_finds_what_differs(example, store):
    sweep(example.measure, seeds=[0], settings=[{"beta": 0.1}], store=store, n_jobs=1)
    assert recompute(example.measure, 0, {"beta": 0.1}, store=store) == {}
    [file] = landed(store)
    row = json.loads(file.read_text())
    row["result"]["gold"] *= 1 + 1e-5
    row["result"]["word"] = "no"
    file.write_text(json.dumps(row))
    assert set(recompute(example.measure, 0, {"beta": 0.1}, store=store)) == {"gold", "word"}
    assert set(recompute(example.measure, 0, {"beta": 0.1}, store=store, rtol=1e-3)) == {"word"}
    with pytest.raises(ValueError, match="seed and setting: expected a stored run of claim_1_example"):
        recompute(example.measure, 1, {"beta": 0.1}, store=store)


def test_command_line(example, store, capsys):
    def lab(*words):
        code = main(words, sys.modules["example_claims"], store)
        return code, capsys.readouterr()

    assert lab("run", "1", "--seeds", "2", "--jobs", "1")[0] == 0
    assert lab()[1].out.splitlines()[1].split()[:4] == ["claim_1_example", "4", "2", "0"]
    assert lab("run", "--jobs", "1")[0] == 0
    assert lab("collect")[1].out == "claim_1_example: 6 new runs in claim_1_example.jsonl\n"
    assert lab("list", "1")[1].out.splitlines()[1].split()[:4] == ["claim_1_example", "6", "0", "0"]
    code, shown = lab("check", "1", "--seed", "1")
    assert (code, shown.out.count("as stored")) == (0, 2)
    file = store.committed_file("claim_1_example")
    file.write_text(file.read_text().replace('"yes"', '"no"'))
    code, shown = lab("check", "1", "--seed", "1", "--setting", "0")
    assert (code, shown.out.count("differs")) == (1, 1)
    file.write_text(file.read_text().replace(code_version(example.measure), "0" * 16))
    for landed_file in landed(store):
        landed_file.unlink()
    assert lab("list")[1].out.splitlines()[1].split()[:4] == ["claim_1_example", "0", "6", "6"]
    code, shown = lab("run", "9")
    assert code == 1
    assert "claim: expected one of [1], got 9" in shown.err
    assert "expected an index below 2, got 7" in lab("check", "1", "--setting", "7")[1].err


def test_every_claim_of_the_lab_can_be_run():
    for module in find_claims():
        assert callable(module.measure)
        assert list(module.SEEDS)
        assert all(isinstance(setting, dict) for setting in module.SETTINGS)


# Bad input


@pytest.mark.parametrize("what", ["float('nan')", "a set", "None"])
def test_what_cannot_be_stored_is_named(example, store, what):
    message = {
        "float('nan')": r"gold\[1\]: expected finite numbers, got nan",
        "a set": "gold: expected numbers, text, or lists of them, got set",
        "None": "result: expected a dictionary with what was measured, got None",
    }[what]
    with pytest.raises(RunError, match=rf"(?s)claim_1_example.returns, seed 5, setting .*{message}"):
        sweep(example.returns, seeds=[5], settings=[{"what": what}], store=store, n_jobs=1)
    assert not landed(store)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"seeds": [1, 1]}, r"seeds: expected at least one, each once, got \[1, 1\]"),
        ({"seeds": []}, "seeds: expected at least one, each once"),
        ({"seeds": [0.5]}, "seeds: expected integers of at least 0, got 0.5"),
        ({"seeds": [-1]}, "seeds: expected integers of at least 0, got -1"),
        ({"settings": []}, "settings: expected at least one, each once"),
        ({"settings": [{"beta": 1}, {"beta": 1}]}, "settings: expected at least one, each once"),
        ({"settings": ["beta"]}, "settings: expected dictionaries of arguments of measure other than the seed"),
        ({"settings": [{"seed": 1}]}, "settings: expected dictionaries of arguments of measure other than the seed"),
        ({"settings": [{"beta": math.inf}]}, r"setting\['beta'\]: expected finite numbers, got inf"),
        ({"settings": [{"beta": {1}}]}, r"setting\['beta'\]: expected numbers, text, or lists of them, got set"),
        ({"settings": [{"beta": {1: 2}}]}, r"setting\['beta'\]: expected names that are text, got 1"),
    ],
)
def test_bad_arguments_are_named(example, store, arguments, message):
    with pytest.raises(ValueError, match=message):
        sweep(example.measure, store=store, **arguments)


@pytest.mark.parametrize("measure", [lambda seed: {"x": seed}, "measure"])
def test_measure_must_be_found_by_its_name(store, measure):
    with pytest.raises(ValueError, match="measure: expected a function at the top level of a module"):
        sweep(measure, store=store)
