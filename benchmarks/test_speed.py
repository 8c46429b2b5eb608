"""Times of functions of the package beside their peers, by pytest-benchmark. `python -m benchmarks speed` runs it.

The ordinary tests do not collect this file. By hand, from the repository's root:

    python -m pytest -o addopts= --noconftest benchmarks/test_speed.py --benchmark-group-by=param:group,param:size
"""

from benchmarks.measuring import one_thread

one_thread()

from functools import lru_cache
from typing import Any

import pytest

from benchmarks.peers import GROUPS, compared

CASES = [
    pytest.param(group, size, name, id=f"{group}-{size}-{name}")
    for group, of in GROUPS.items()
    for size in of.sizes
    for name in of.names(size)
]


@lru_cache(maxsize=1)  # cases of one size follow each other
def data_of(group: str, size: int) -> Any:
    return GROUPS[group].make(size)


@pytest.mark.parametrize(("group", "size", "name"), CASES)
def test_speed(benchmark: Any, group: str, size: int, name: str) -> None:
    call, distance = compared(GROUPS[group], data_of(group, size), name)
    benchmark.extra_info.update(group=group, size=size, name=name, distance=distance)
    benchmark(call)
