"""What all measurements share: one thread, a clock, and how times are told. Imports no numpy, see `one_thread`."""

import importlib.metadata
import importlib.util
import math
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, TypeVar

Key = TypeVar("Key", bound=Hashable)
PACKAGES = {  # by the name to import
    "numpy": "numpy",
    "scipy": "scipy",
    "sklearn": "scikit-learn",
    "torch": "torch",
    "choix": "choix",
    "mkdocs": "mkdocs",
    "material": "mkdocs-material",
    "pytest": "pytest",
}


def one_thread() -> None:
    """Hold numpy and its like to one thread, with the kernels that the BLAS itself chooses for this processor.

    To be called before numpy is loaded: the variables are read then.
    """
    for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"):
        os.environ[variable] = "1"
    for variable in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):
        os.environ.pop(variable, None)


def is_here(module: str) -> bool:
    return importlib.util.find_spec(module) is not None


def seconds(calls: Mapping[Key, Callable[[], Any]], repeats: int) -> dict[Key, list[float]]:
    """Processor time of each call, the calls taking turns so that a slow moment hits them all.

    Processor time is what a clock would show on an idle machine, since all run in one thread. A short call is
    repeated until 20 ms have passed, and counts with its mean.
    """
    taken: dict[Key, list[float]] = {key: [] for key in calls}
    for _ in range(repeats):
        for key, call in calls.items():
            times, start = 0, time.process_time()
            while (passed := time.process_time() - start) < 0.02:
                call()
                times += 1
            taken[key].append(passed / times)
    return taken


def machine(*modules: str) -> dict[str, str]:
    """Say on what was measured, without the machine's name: system, cores, versions of what is here."""
    found = {"system": platform.system(), "cores": str(os.cpu_count()), "Python": platform.python_version()}
    return found | {PACKAGES[name]: importlib.metadata.version(PACKAGES[name]) for name in modules if is_here(name)}


def kernels() -> str:
    """Name the kernels that numpy's BLAS runs on; empty where threadpoolctl is not installed to ask it."""
    if not is_here("threadpoolctl"):
        return ""
    pools = importlib.import_module("threadpoolctl").threadpool_info()
    blas = [pool for pool in pools if pool["user_api"] == "blas"]
    return "".join(f", {pool['internal_api']}'s {pool.get('architecture')} kernels" for pool in blas[:1])


def versions(*modules: str) -> str:
    found = machine(*modules)
    del found["system"], found["cores"]
    return ", ".join(f"{name} {version}" for name, version in found.items())


def load() -> str:
    return f"load {os.getloadavg()}" if sys.platform != "win32" else ""


def duration(value: float) -> str:
    """Write two digits or more, in the unit that they are read in."""
    if value >= 120:
        return f"{value / 60:.1f} min"
    scale, unit = (1.0, "s") if value >= 1 else (1e3, "ms") if value >= 1e-3 else (1e6, "µs")
    return f"{value * scale:.{1 if value * scale < 10 else 0}f} {unit}"


def distance(value: float) -> str:
    """Write one digit, of what is below a thousandth as a multiple of a power of ten."""
    digit, exponent = f"{value:.0e}".split("e")
    if value == 0 or int(exponent) >= -3:
        return f"{float(f'{value:.0e}'):g}"
    power = "10" + str(int(exponent)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return power if digit == "1" else f"{digit}·{power}"


def multiple(value: float, of: float) -> str:
    """Say how many times as long; of large ratios no decimals, of small ones two."""
    ratio = value / of
    return f"{ratio:.{2 if ratio < 0.1 else 1 if ratio < 100 else 0}f}×"


def growth(sizes: Sequence[float], times: Sequence[float]) -> float:
    """Return the exponent b of the power law n^b that fits best, by least squares of the logarithms."""
    points = [(math.log(n), math.log(t)) for n, t in zip(sizes, times, strict=True)]
    return statistics.linear_regression(*zip(*points, strict=True)).slope


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(header) + " |", "|---|" + "--:|" * (len(header) - 1)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])
