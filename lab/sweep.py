"""Run a claim over seeds and settings on all cores or on a cluster, and never run the same thing twice.

A claim is a module of `lab.claims` with a pure function `measure(seed, **setting)` that
returns a dictionary of numbers, and with the `SETTINGS` and `SEEDS` to call it with.
Every result is stored when it is there, under a key made of the claim, the seed, the
setting and the code (`lab.code_version`), so that a sweep does only what is missing.
"""

import importlib
import os
import pkgutil
import random
import re
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from itertools import islice
from time import perf_counter
from types import ModuleType
from typing import Any

import joblib  # type: ignore[import-untyped]
import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from lab import claims
from lab.code_version import code_version
from lab.store import Run, Store, canonical, plain, run_key
from rlhf_textbook._checks import error

Measure = Callable[..., dict[str, Any]]
Setting = dict[str, Any]
STORED_ONLY = "LAB_STORED_ONLY"  # set in the environment, it forbids to compute: a build waits for no sweep
ROUND = 8  # runs a worker and round, where results come in rounds
CLAIM_NAME = re.compile(r"claim_(\d+)_\w+")


class RunError(RuntimeError):
    """A run raised an error, or returned what cannot be stored; the message says which run and what."""


@dataclass(frozen=True)
class Runs:
    """The results of a sweep as a table: a row for each setting, in each row a run for each seed, in the order asked.

    `runs["gold"]` is an array of shape (n_settings, n_seeds).
    """

    settings: list[Setting]
    seeds: list[int]
    rows: list[list[Run]]

    @property
    def fields(self) -> list[str]:
        """The names of what was measured in every run."""
        first, *others = [run.result for row in self.rows for run in row]
        return [name for name in first if all(name in result for result in others)]

    @property
    def seconds(self) -> NDArray[np.float64]:
        """Wall time of each run when it was computed, shape (n_settings, n_seeds)."""
        return np.array([[run.seconds for run in row] for row in self.rows])

    def __getitem__(self, field: str) -> NDArray[Any]:
        """One measured thing: shape (n_settings, n_seeds), or (n_settings, n_seeds, length) if each is a list."""
        if field not in self.fields:
            raise KeyError(f"{field!r}: expected one of {', '.join(self.fields)}")
        values = [[run.result[field] for run in row] for row in self.rows]
        try:
            return np.array(values)
        except ValueError:
            raise error(field, "lists of one length in all runs", "lists of different lengths") from None

    def select(self, **setting: Any) -> "Runs":
        """Take the part of the table whose settings contain the given values, as `runs.select(beta=0.2)`."""
        wanted = plain("setting", setting)
        kept = [i for i, row in enumerate(self.settings) if all(k in row and row[k] == v for k, v in wanted.items())]
        if not kept:
            raise error("setting", f"one of {self.settings}", setting)
        return Runs([self.settings[i] for i in kept], self.seeds, [self.rows[i] for i in kept])


def sweep(
    measure: Measure,
    *,
    seeds: Iterable[int] = range(10),
    settings: Iterable[Setting] = ({},),
    backend: str | None = None,
    n_jobs: int | None = -1,
    store: Store | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Runs:
    """Call `measure(seed, **setting)` for every seed and setting that the store does not hold yet.

    Parameters
    ----------
    measure
        A function at the top level of a module; it draws all its randomness from the seed.
    seeds, settings
        What to call it with, each seed with each setting.
    backend, n_jobs
        As in `joblib.Parallel`: by default all cores of this machine. Inside
        `with joblib.parallel_config("dask"):` the cluster of the open dask client.
    store
        The folders to look in and to write to; by default those of the project.
    progress
        Called as `progress(done, total)` at the start and after each run.

    Returns
    -------
    Runs
        All results in the order asked, whatever order they came in.

    Raises
    ------
    ValueError
        If an argument is not as described.
    RunError
        If a run fails. No more are started, and those under way are finished and stored first.
    OSError
        If a result cannot be written.
    """
    claim, code = claim_name(measure), code_version(measure)
    seeds, settings = checked_seeds(seeds), checked_settings(settings)
    wanted = {run_key(claim, seed, setting, code): (seed, setting) for setting in settings for seed in seeds}
    store = store or Store()
    runs = stored_runs(store, claim, wanted)
    failures: list[Exception] = []

    def missing() -> Iterator[Any]:
        keys = [key for key in wanted if key not in runs]
        random.shuffle(keys)  # sweeps side by side take different runs and share the work
        for key in keys:
            if failures:
                return
            if run := store.landed(claim, key):  # another sweep was faster
                runs[key] = run
            else:
                seed, setting = wanted[key]
                yield joblib.delayed(one_run)(measure, seed, setting, code)

    def report() -> None:
        if progress:
            progress(len(runs), len(wanted))

    report()
    if len(runs) < len(wanted) and os.environ.get(STORED_ONLY):
        raise RunError(
            f"{claim}: {len(wanted) - len(runs)} of {len(wanted)} runs are not stored for this code and these settings;"
            f" first `python -m lab run {claim.split('_')[1]}`"
        )
    if len(runs) < len(wanted):
        # Only this process writes, so that a cluster needs no common disk.
        for outcome in as_they_finish(missing(), backend, n_jobs):
            if isinstance(outcome, Run):
                try:
                    store.add(claim, outcome)
                except OSError as problem:  # a full disk
                    failures.append(problem)
                    continue
                runs[outcome.key(claim)] = outcome
                report()
            else:
                failures.append(RunError(f"{claim}, {outcome}"))
    if failures:
        raise failures[0]
    rows = [[runs[run_key(claim, seed, setting, code)] for seed in seeds] for setting in settings]
    return Runs(settings, seeds, rows)


def as_they_finish(tasks: Iterator[Any], backend: str | None, n_jobs: int | None) -> Iterator[Any]:
    """Hand over what the tasks return, each as it ends; from a backend that cannot do so (ray's), in rounds."""
    with joblib.parallel_config(backend) if backend else nullcontext():
        try:
            parallel = joblib.Parallel(n_jobs=n_jobs, return_as="generator_unordered")
        except ValueError:
            parallel = joblib.Parallel(n_jobs=n_jobs)
            # Workers wait at the end of a round, and what a crash in the middle of it costs is one round.
            round_size = ROUND * joblib.effective_n_jobs(n_jobs)
            while round_of_tasks := list(islice(tasks, round_size)):
                yield from parallel(round_of_tasks)
        else:
            yield from parallel(tasks)


def one_run(measure: Measure, seed: int, setting: Setting, code: str) -> Run | str:
    """Do one run on a worker; a failure comes back as text, so that the others go on."""
    where = f"seed {seed}, setting {setting}"
    try:
        if code_version(measure) != code:
            return f"{where}: the worker has another version of the code; restart the workers from the same checkout"
        start = perf_counter()
        with threadpool_limits(1):  # one run a core: threads of the linear algebra would fight over it
            result = measure(seed, **setting)
        seconds = round(perf_counter() - start, 3)
        if not isinstance(result, dict) or not result:
            raise error("result", "a dictionary with what was measured", repr(result))
        return Run(code, setting, seed, {name: plain(name, value) for name, value in result.items()}, seconds)
    except Exception:
        return f"{where}:\n{traceback.format_exc()}"


def recompute(
    measure: Measure, seed: int, setting: Setting, *, store: Store | None = None, rtol: float = 1e-6, atol: float = 1e-9
) -> dict[str, tuple[Any, Any]]:
    """Do a stored run again and return what differs: by field what is stored and what came now.

    Numbers may differ by `atol` plus `rtol` times their size: sums are rounded differently
    by other processors and versions of numpy.

    Raises
    ------
    ValueError
        If that run is not stored.
    RunError
        If it fails now.
    """
    claim, code = claim_name(measure), code_version(measure)
    [seed], [setting] = checked_seeds([seed]), checked_settings([setting])
    key = run_key(claim, seed, setting, code)
    stored = stored_runs(store or Store(), claim, [key])
    if not stored:
        raise error("seed and setting", f"a stored run of {claim} by this code", f"seed {seed}, setting {setting}")
    now = one_run(measure, seed, setting, code)
    if isinstance(now, str):
        raise RunError(f"{claim}, {now}")
    before, after = stored[key].result, now.result
    return {
        name: (before.get(name), after.get(name))
        for name in before | after
        if not agree(before.get(name), after.get(name), rtol, atol)
    }


def agree(one: Any, other: Any, rtol: float, atol: float) -> bool:
    """Whether two results are equal: numbers within the tolerance, everything else exactly."""
    try:
        a, b = np.array(one), np.array(other)
    except ValueError:  # lists of lists of different lengths
        return bool(one == other)
    if a.dtype.kind in "iuf" and b.dtype.kind in "iuf":
        return a.shape == b.shape and bool(np.allclose(a, b, rtol=rtol, atol=atol))
    return bool(one == other)


def stored_runs(store: Store, claim: str, keys: Iterable[str]) -> dict[str, Run]:
    """Look up the runs with those keys; what the store does not hold is left out."""
    committed = store.committed(claim)
    found = ((key, committed.get(key) or store.landed(claim, key)) for key in keys)
    return {key: run for key, run in found if run}


def find_claims(number: int | None = None, package: ModuleType = claims) -> list[ModuleType]:
    """Import the modules `claim_N_name` of the package, in the order of N; those of one number if it is given.

    Raises
    ------
    ValueError
        If there is no claim of that number, or a module lacks `measure`, `SETTINGS` or `SEEDS`.
    """
    names = [module.name for module in pkgutil.iter_modules(package.__path__)]
    numbered = sorted((int(match[1]), match[0]) for match in map(CLAIM_NAME.fullmatch, names) if match)
    wanted = [name for n, name in numbered if number in (n, None)]
    if number is not None and not wanted:
        raise error("claim", f"one of {sorted({n for n, _ in numbered})}", number)
    modules = [importlib.import_module(f"{package.__name__}.{name}") for name in wanted]
    for module in modules:
        if lacking := [name for name in ("measure", "SETTINGS", "SEEDS") if not hasattr(module, name)]:
            raise error(module.__name__, "measure, SETTINGS and SEEDS", f"no {lacking[0]}")
    return modules


def claim_name(measure: Measure) -> str:
    """Under what the results of `measure` are stored: its module's name, and its own if that is not `measure`."""
    module, name = getattr(measure, "__module__", "__main__"), getattr(measure, "__qualname__", "?")
    if module == "__main__" or getattr(sys.modules.get(module), name, None) is not measure:
        raise error("measure", "a function at the top level of a module that can be imported", f"{module}.{name}")
    claim = module.rpartition(".")[2]
    return claim if name == "measure" else f"{claim}.{name}"


def checked_seeds(seeds: Iterable[int]) -> list[int]:
    """Turn the seeds into a list of different integers, or say what is wrong with them."""
    numbers = list(seeds)
    for seed in numbers:
        if isinstance(seed, (bool, np.bool_)) or not isinstance(seed, (int, np.integer)) or seed < 0:
            raise error("seeds", "integers of at least 0", repr(seed))
    if not numbers or len(set(numbers)) < len(numbers):
        raise error("seeds", "at least one, each once", numbers)
    return [int(seed) for seed in numbers]


def checked_settings(settings: Iterable[Setting]) -> list[Setting]:
    """Turn the settings into a list of different plain dictionaries, or say what is wrong with them."""
    checked = []
    for setting in settings:
        if not isinstance(setting, dict) or "seed" in setting:
            raise error("settings", "dictionaries of arguments of measure other than the seed", repr(setting))
        checked.append(plain("setting", setting))
    if not checked or len(set(map(canonical, checked))) < len(checked):
        raise error("settings", "at least one, each once", checked)
    return checked
