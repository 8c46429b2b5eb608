"""What a sweep costs beside its runs: `python benchmarks/sweep_overhead.py [RUNS]`.

Each task sleeps, so that the workers need no processor and all of it goes to the process
that hands out the tasks and stores the results. More workers than cores stand for a cluster.
"""

import os

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[_name] = "1"

import importlib.util
import platform
import sys
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time, sleep

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
sys.path.insert(0, str(Path(__file__).resolve().parent))

import joblib

from lab.code_version import code_version
from lab.store import Store
from lab.sweep import sweep

RESULT = {f"metric_{i}": 1 / (i + 3) for i in range(20)}


def measure(seed, *, nap=0.0):
    sleep(nap)
    return RESULT | {"seed": seed}


def time_sweep(name, store, *, n, nap, n_jobs=-1):
    """Print the wall time and the parent's processor time of one run of a sweep."""
    start, busy = perf_counter(), process_time()
    sweep(measure, seeds=range(n), settings=[{"nap": nap}], store=store, n_jobs=n_jobs)
    wall, busy = (perf_counter() - start) / n * 1e3, (process_time() - busy) / n * 1e3
    print(f"{name:44} {wall:8.2f} ms a run, {busy:6.2f} ms of this process's processor time")


def main():
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 4000
    print(f"Python {platform.python_version()}, joblib {joblib.__version__}, {os.cpu_count()} cores, {n:,} runs")
    with TemporaryDirectory() as folder:
        store = Store(Path(folder) / "results", Path(folder) / "runs")
        sweep(measure, seeds=range(n, n + 32), settings=[{"nap": 0.2}], store=store, n_jobs=16)  # start the workers
        time_sweep("loky, runs of 0.5 s, 16 at a time", store, n=n // 10, nap=0.5, n_jobs=16)
        time_sweep("loky, runs of 0 s in batches, 2 at a time", store, n=n, nap=0.0, n_jobs=2)
        if importlib.util.find_spec("dask"):
            from dask.distributed import Client, LocalCluster

            with (
                LocalCluster(n_workers=1, threads_per_worker=64, dashboard_address=None) as cluster,
                Client(cluster),
                joblib.parallel_config("dask"),
            ):
                time_sweep("dask, runs of 0.6 s, 64 at a time", store, n=n // 4, nap=0.6)
        for name in ("read a run that has landed", "read a collected run"):
            time_sweep(name, store, n=n, nap=0.0)
            if name.endswith("landed"):
                start = perf_counter()
                store.collect("sweep_overhead", code_version(measure))
                print(f"{'collect':44} {(perf_counter() - start) / n * 1e3:8.2f} ms a run")
        run = next(iter(store.committed("sweep_overhead").values()))
        start = perf_counter()
        for seed in range(n):
            store.add("other", replace(run, seed=seed))
        print(f"{'write a run to the disk':44} {(perf_counter() - start) / n * 1e3:8.2f} ms")
        print(f"{'a row with 21 numbers':44} {len(run.line()):8} bytes")


if __name__ == "__main__":
    from sweep_overhead import main, measure  # workers find them in the module of this name

    main()
