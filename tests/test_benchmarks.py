"""Claims about the benchmarks: what is compared computes the same, and the page shows what was recorded."""

import json
import math
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks import book, reward_model_training
from benchmarks.__main__ import PAGE, RESULTS, shortened, written
from benchmarks.measuring import distance, duration, growth, multiple
from benchmarks.peers import GROUPS, OURS, Group, compared
from benchmarks.report import UNITS, book_table, page, page_table, speed_table, stage_table, step_table
from figures import benchmarks as plots

ROOT = Path(__file__).resolve().parent.parent
RECORDED: dict[str, Any] = json.loads(RESULTS.read_text(encoding="utf-8"))


# --- the peers -------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [0, 1], ids=["smallest size", "next size"])
@pytest.mark.parametrize("name", GROUPS)
def test_every_method_gives_our_value(name: str, size: int) -> None:
    group = GROUPS[name]
    data = group.make(group.sizes[size])
    for method in group.names(group.sizes[size]):
        compared(group, data, method)


def test_drawn_subsets_come_nearer_the_more_are_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    group, data = GROUPS["best_of_n"], GROUPS["best_of_n"].make(4096)
    monkeypatch.setattr("benchmarks.peers.N_GROUPS", 200_000)
    assert compared(group, data, "numpy, 1,000 drawn subsets")[1] < 0.01


@pytest.mark.parametrize("group", GROUPS.values(), ids=GROUPS)
def test_a_method_that_computes_something_else_is_not_timed(group: Group) -> None:
    def wrong(found: Any) -> Any:
        if isinstance(found, tuple):
            return (found[0] + 0.01, *found[1:])
        return found + 0.01

    peer = group.peers[OURS]
    liar = replace(peer, prepare=lambda data: lambda: wrong(peer.prepare(data)()))
    data = group.make(group.sizes[0])
    with pytest.raises(ValueError, match=r"liar: its result is \de-\d+ from ours"):
        compared(replace(group, peers={OURS: peer, "liar": liar}), data, "liar")


def test_every_group_begins_with_ours_and_has_its_table() -> None:
    assert {name: group.unit for name, group in GROUPS.items()} == UNITS
    assert all(next(iter(group.peers)) == OURS for group in GROUPS.values())


def test_what_the_book_s_benchmark_switches_on_and_off_is_there() -> None:
    for module, names in {
        "archive": ("_packed",),
        "remember": ("_serving",),
        "epub": ("CACHE", "_navigation", "bind", "chapters"),
    }.items():
        text = (ROOT / f"build_hooks/{module}.py").read_text(encoding="utf-8")
        for name in names:
            assert re.search(rf"^(?:def )?{name}\b", text, re.MULTILINE), f"{module}.{name}"
    hooks = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    assert all(f"- build_hooks/{module}.py" in hooks for module in ("remember", "epub"))
    assert (ROOT / book.LESSON).exists()


def test_what_is_measured_as_the_package_s_tests_names_every_module_s() -> None:
    chosen = set(book.of_the_package())
    assert {"tests/test_ppo.py", "tests/test_best_of_n.py", "tests/test_tiny_pipeline.py"} <= chosen
    assert not {"tests/test_site.py", "tests/test_make.py"} & chosen


# --- from times to tables --------------------------------------------------------------------------


def test_growth_is_the_exponent_of_a_power_law() -> None:
    sizes = [10, 100, 1000, 5000]
    for exponent in (0.0, 0.5, 1.0, 2.0):
        assert math.isclose(growth(sizes, [3e-6 * n**exponent for n in sizes]), exponent, abs_tol=1e-12)
    assert 1 < growth(sizes, [n * math.log(n) for n in sizes]) < 1.5


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(3.21e-6, "3.2 µs"), (2.14e-4, "214 µs"), (0.00214, "2.1 ms"), (0.0355, "36 ms"), (2.5, "2.5 s"), (95.4, "95 s")],
)
def test_a_time_is_told_in_its_unit(seconds: float, told: str) -> None:
    assert duration(seconds) == told


def test_a_distance_is_told_with_one_digit_and_without_a_computer_s_exponent() -> None:
    told = {0.0: "0", 0.0612: "0.06", 0.1: "0.1", 9.6e-4: "0.001", 4.4e-16: "4·10⁻¹⁶", 5e-9: "5·10⁻⁹", 1e-10: "10⁻¹⁰"}
    assert {value: distance(value) for value in told} == told


def test_long_times_are_told_in_minutes_and_ratios_with_their_digits() -> None:
    assert duration(150) == "2.5 min"
    assert [multiple(value, 2.0) for value in (2.0, 3.0, 0.1, 500.0)] == ["1.0×", "1.5×", "0.05×", "250×"]


def record(name: str, size: int, seconds: float, distance: float = 0.0) -> dict[str, Any]:
    return {"group": "g", "name": name, "size": size, "seconds": seconds, "distance": distance, "rounds": 5}


def test_table_of_times_gives_ratios_to_ours_the_largest_distance_and_growth_at_the_end() -> None:
    records = [
        record("ours", 1, 0.001),
        record("ours", 10, 0.002),
        record("ours", 100, 0.02),
        record("peer", 1, 0.0005, 1e-9),
        record("peer", 10, 0.004, 3e-16),
        record("peer", 100, 0.4),
        record("loop", 1, 0.1),
        {**record("other", 7, 1.0), "group": "another"},
    ]
    assert speed_table(records, "g", "pairs").splitlines() == [
        "| method | 1 pair | 10 pairs | 100 pairs | off by | growth |",
        "|---|--:|--:|--:|--:|--:|",
        "| ours | 1.0 ms (1.0×) | 2.0 ms (1.0×) | 20 ms (1.0×) |  | 1.00 |",
        "| peer | 500 µs (0.5×) | 4.0 ms (2.0×) | 400 ms (20.0×) | 10⁻⁹ | 2.00 |",
        "| loop | 100 ms (100×) |  |  | 0 |  |",
    ]


def test_table_of_steps_compares_neighbors_in_time_and_adds_up_a_run() -> None:
    steps = {"ours": {"PPO": [0.001, 0.003, 0.001]}, "torch": {"PPO": [0.002, 0.006, 0.004]}}
    assert step_table(steps, {"PPO": 1000}).splitlines()[2:] == [
        "| PPO | 1,000 | 1.00 ms | 4.00 ms (2.00×) |",
        "| all of a run |  | 1.0 s | 4.0 s (4.00×) |",
    ]


def test_table_of_stages_gives_median_and_range_and_adds_up_each_run() -> None:
    runs = [{"sft": 1.0, "ppo": 2.0}, {"sft": 2.0, "ppo": 5.0}, {"sft": 4.0, "ppo": 1.0}]
    assert stage_table(runs).splitlines()[2:] == [
        "| SFT | 2.00 s | 1.00 to 4.00 s |",
        "| PPO | 2.00 s | 1.00 to 5.00 s |",
        "| all | 5.00 s | 3.00 to 7.00 s |",
    ]


def test_table_of_the_book_compares_the_smallest_times_with_the_first_row() -> None:
    times = {"old": [(9.0, 6.0), (8.0, 7.0)], "new": [(2.0, 3.0)], "unasked": [(1.0, 1.0)]}
    assert book_table(times, {"old": "before", "new": "after"}).splitlines()[2:] == [
        "| before | 8.0 s (1.0×) | 6.0 s (1.0×) | 2 |",
        "| after | 2.0 s (0.2×) | 3.0 s (0.5×) | 1 |",
    ]


# --- the page --------------------------------------------------------------------------------------


def test_table_of_pages_gives_the_worst_scores_and_the_median_of_the_rest() -> None:
    run = {"performance": 99, "accessibility": 100, "best-practices": 100, "seo": 100, "blocked": 80.0, "shift": 0.0}
    run |= {"first paint": 900.0, "largest paint": 1900.0, "bytes": 200_000.0}
    runs = [run, run | {"performance": 97, "blocked": 200.0}, run | {"seo": 90, "blocked": 90.0}]
    last = page_table({"index.html": runs}).splitlines()[-1]
    assert last.replace("\u00a0", " ") == "| `index` | 97 / 100 / 100 / 90 | 0.9 s | 1.9 s | 90 ms | 0.00 | 200 kB |"


def test_page_says_what_the_pages_were_rated_with_and_how_long_the_tests_took_where_that_is_recorded() -> None:
    runs = [run | {"Lighthouse": "12.8.2", "Chromium": "140.0.0.0"} for run in RECORDED["pages"]["data"]["index.html"]]
    rated = {"machine": RECORDED["pages"]["machine"], "data": {"index.html": runs}}
    suite = {"machine": rated["machine"], "data": {"package": [[3.0, 2.0]]}}
    assert "## The tests" not in page(RECORDED)
    found = page({**RECORDED, "pages": rated, "suite": suite})
    assert "## The tests" in found
    assert "| the tests of the package | 3.0 s | 2.0 s |" in found
    assert re.search(r"\*Pages:\* .+, Lighthouse 12\.8\.2, Chromium 140\.0\.0\.0\.$", found, re.MULTILINE)


def test_page_is_exactly_what_the_recorded_results_give() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(RECORDED), "run: python -m benchmarks page"


def test_page_of_the_trainers_is_what_its_program_writes_around_the_tables() -> None:
    found = reward_model_training.PAGE.read_text(encoding="utf-8")
    tables = [table.rstrip("\n") for table in re.findall(r"(?:^\|.*\n)+", found, re.MULTILINE)]
    frame = reward_model_training.TEMPLATE.replace("{items}", reward_model_training.ITEMS)
    frame = frame.replace("{{", "{").replace("}}", "}")
    for name, table in zip(("times", "lengths", "memory", "items"), tables, strict=True):
        frame = frame.replace(f"{{{name}}}", table)
    pieces = re.split(r"\{(?:middle:,|repeats|largest:,|machine|versions)\}", frame)
    assert re.fullmatch(".+?".join(map(re.escape, pieces)), found)
    assert set(re.findall(r"^\| ([^|]+) \|", tables[0], re.MULTILINE)) >= set(reward_model_training.TRAINERS)


def test_results_are_recorded_as_they_are_written_and_do_not_name_the_machine() -> None:
    assert RESULTS.read_text(encoding="utf-8") == written(RECORDED)
    assert shortened(RECORDED) == RECORDED
    for part in RECORDED.values():
        assert {"system", "cores", "Python"} <= set(part["machine"])
        assert not {"node", "host", "machine"} & set(part["machine"])


def test_every_group_was_recorded_at_all_its_sizes() -> None:
    recorded = {(r["group"], r["size"]) for r in RECORDED["speed"]["data"] if r["name"] == OURS}
    assert recorded == {(name, size) for name, group in GROUPS.items() for size in group.sizes}
    methods = {(name, method) for name, group in GROUPS.items() for method in group.peers}
    assert {(r["group"], r["name"]) for r in RECORDED["speed"]["data"]} <= methods


@pytest.mark.parametrize("name", ["loss", "training", "best_of_n"])
def test_plot_shows_the_recorded_times(name: str) -> None:
    lines = getattr(plots, name)().figure.axes[0].get_lines()
    recorded = [r for r in RECORDED["speed"]["data"] if r["group"] == name and r["name"] not in plots.LEFT_OUT]
    shown = sorted((float(x), float(y)) for line in lines for x, y in line.get_xydata())
    expected = sorted((float(r["size"]), 1e3 * r["seconds"]) for r in recorded)
    np.testing.assert_allclose(shown, expected)


def test_a_library_looks_the_same_in_all_plots_and_its_points_stand_above_their_sizes() -> None:
    looks: dict[str, set[tuple[str, str]]] = {}
    for name in ("loss", "training", "best_of_n"):
        axes = getattr(plots, name)().figure.axes[0]
        sizes = {r["size"] for r in RECORDED["speed"]["data"] if r["group"] == name}
        assert set(axes.get_xticks()) == sizes
        curves = [(str(line.get_label()), str(line.get_color()), str(line.get_marker())) for line in axes.get_lines()]
        assert len({(color, marker) for _, color, marker in curves}) == len(curves)
        for label, color, marker in curves:
            library = next((word for word in plots.LIBRARIES if label.startswith(word)), label)
            looks.setdefault(library, set()).add((color, marker))
    assert {library: len(found) for library, found in looks.items()} == dict.fromkeys(looks, 1)
    assert {"ours", "numpy", "scipy", "torch", "Python loop"} <= set(looks)
