"""`python -m lab`: what is measured and what is missing; run, collect and check it."""

import argparse
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from importlib import import_module
from time import perf_counter
from types import ModuleType

import joblib  # type: ignore[import-untyped]

from lab import claims
from lab.code_version import code_version
from lab.store import Store, canonical, plain, run_key
from lab.sweep import RunError, claim_name, find_claims, recompute, sweep
from rlhf_textbook._checks import error


def status(modules: Sequence[ModuleType], store: Store) -> int:
    """List the claims: runs stored, missing and stale (by older code), and the time that the stored ones took."""
    print(f"{'claim':32} {'stored':>9} {'missing':>9} {'stale':>9} {'wall time':>12}")
    for module in modules:
        claim, code = claim_name(module.measure), code_version(module.measure)
        settings = plain("SETTINGS", module.SETTINGS)
        wanted = {run_key(claim, seed, setting, code) for setting in settings for seed in module.SEEDS}
        asked = {canonical([seed, setting]) for setting in settings for seed in module.SEEDS}
        every = store.all(claim)
        stored = [run for key, run in every.items() if key in wanted]
        current = {canonical([run.seed, run.setting]) for run in stored}
        stale = {canonical([run.seed, run.setting]) for run in every.values()} & asked - current
        missing, took = len(wanted) - len(stored), duration(sum(run.seconds for run in stored))
        print(f"{claim:32} {len(stored):>9,} {missing:>9,} {len(stale):>9,} {took:>12}")
    if not modules:
        print("(no claims)")
    return 0


def run(modules: Sequence[ModuleType], store: Store, arguments: argparse.Namespace) -> int:
    """Compute what is missing of the claims."""
    with ExitStack() as stack:
        if arguments.dask:
            stack.enter_context(import_module("dask.distributed").Client(arguments.dask))
            stack.enter_context(joblib.parallel_config("dask"))
        if arguments.ray:
            import_module("ray.util.joblib").register_ray()
            stack.enter_context(joblib.parallel_config("ray"))
        for module in modules:
            seeds = module.SEEDS if arguments.seeds is None else range(arguments.seeds)
            show = progress_line(claim_name(module.measure))
            try:
                sweep(
                    module.measure,
                    seeds=seeds,
                    settings=module.SETTINGS,
                    n_jobs=arguments.jobs,
                    store=store,
                    progress=show,
                )
            finally:
                print(file=sys.stderr)
    return 0


def collect(modules: Sequence[ModuleType], store: Store) -> int:
    """Merge what has been computed into the committed results."""
    for module in modules:
        claim = claim_name(module.measure)
        new = store.collect(claim, code_version(module.measure))
        print(f"{claim}: {new:,} new runs in {store.committed_file(claim).name}")
    return 0


def check(modules: Sequence[ModuleType], store: Store, arguments: argparse.Namespace) -> int:
    """Do stored runs again and compare; the exit code is 1 if anything differs."""
    different = 0
    for module in modules:
        settings = module.SETTINGS
        if arguments.setting is not None:
            if not 0 <= arguments.setting < len(settings):
                raise error("--setting", f"an index below {len(settings)}", arguments.setting)
            settings = [settings[arguments.setting]]
        for setting in settings:
            differing = recompute(module.measure, arguments.seed, setting, store=store, rtol=arguments.rtol)
            print(f"{claim_name(module.measure)}, seed {arguments.seed}, {setting}: ", end="")
            print("differs" if differing else "as stored")
            for field, (stored, now) in differing.items():
                print(f"    {field}: stored {stored}, now {now}")
            different += bool(differing)
    return int(different > 0)


def progress_line(claim: str) -> Callable[[int, int], None]:
    """Make a `progress` for `sweep` that keeps one line on the terminal up to date."""
    start, first = perf_counter(), -1

    def show(done: int, total: int) -> None:
        nonlocal first
        first = done if first < 0 else first
        text = f"{claim}: {done:,} of {total:,} runs"
        if first < done < total:
            text += f", {duration((perf_counter() - start) / (done - first) * (total - done))} left"
        print(f"\r{text:70}", end="", file=sys.stderr, flush=True)

    return show


def duration(seconds: float) -> str:
    """Write a time in the unit that suits it."""
    for unit, size in (("h", 3600), ("min", 60)):
        if seconds >= 2 * size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.1f} s"


def main(words: Sequence[str] | None = None, package: ModuleType = claims, store: Store | None = None) -> int:
    """Do what the command line says; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m lab", description=__doc__)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    listing = commands.add_parser("list", help="list the claims with their stored, missing and stale runs (default)")
    running = commands.add_parser("run", help="compute what is missing")
    running.add_argument("--seeds", type=int, metavar="N", help="seeds 0 to N-1 in place of the claim's own")
    running.add_argument("--jobs", type=int, default=-1, metavar="N", help="runs at a time; by default one a core")
    cluster = running.add_mutually_exclusive_group()
    cluster.add_argument("--dask", metavar="ADDRESS", help="run on the dask cluster with this scheduler")
    cluster.add_argument("--ray", action="store_true", help="run on the ray cluster that RAY_ADDRESS names")
    collecting = commands.add_parser("collect", help="merge what was computed into the committed results")
    checking = commands.add_parser("check", help="do stored runs again and compare")
    checking.add_argument("--seed", type=int, default=0, metavar="N", help="the seed to do again, by default 0")
    checking.add_argument("--setting", type=int, metavar="I", help="index in SETTINGS; by default every setting")
    checking.add_argument("--rtol", type=float, default=1e-6, metavar="R", help="relative tolerance, by default 1e-6")
    for command in (listing, running, collecting, checking):
        command.add_argument("claim", type=int, nargs="?", help="number of the claim; by default all")
    arguments = parser.parse_args(words)
    store = store or Store()
    try:
        modules = find_claims(getattr(arguments, "claim", None), package)
        if arguments.command == "run":
            return run(modules, store, arguments)
        if arguments.command == "check":
            return check(modules, store, arguments)
        return collect(modules, store) if arguments.command == "collect" else status(modules, store)
    except (RunError, ValueError, ImportError, OSError) as problem:
        print(f"{type(problem).__name__}: {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted; what was finished is stored.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
