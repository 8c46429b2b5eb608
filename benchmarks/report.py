"""From recorded times to tables, and to the page of the book. Nothing on the page that was measured is typed."""
# ruff: noqa: E501 (paragraphs of the page are lines of their own)

import statistics
from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.measuring import distance, duration, growth, multiple, table

OURS = "ours"
Record = dict[str, Any]  # of a call: its group, size and name, seconds, and how far its result was from ours
Times = Mapping[str, Sequence[Sequence[float]]]  # pairs of wall and processor seconds, by what was done


def speed_table(records: Sequence[Record], group: str, unit: str) -> str:
    """Give the times of a group by size, as multiples of ours too, with the growth between a row's largest sizes."""
    taken = {(r["name"], r["size"]): r for r in records if r["group"] == group}
    sizes = sorted({size for _, size in taken})
    rows = []
    for name in dict.fromkeys(name for name, _ in taken):
        own = {size: taken[name, size] for size in sizes if (name, size) in taken}
        cells = [
            f"{duration(own[n]['seconds'])} ({multiple(own[n]['seconds'], taken[OURS, n]['seconds'])})"
            if n in own
            else ""
            for n in sizes
        ]
        # What a call costs whatever its size hides the growth at small sizes.
        largest = list(own)[-2:]
        exponent = f"{growth(largest, [own[n]['seconds'] for n in largest]):.2f}" if len(own) > 1 else ""
        off = max(r["distance"] for r in own.values())
        rows.append([name, *cells, "" if name == OURS else distance(off), exponent])
    return table(["method", *(f"{n:,} {unit if n > 1 else unit[:-1]}" for n in sizes), "off by", "growth"], rows)


SPELLED = {"sft": "SFT", "ppo": "PPO", "ppo-ptx": "PPO-ptx"}  # what the pipeline's command writes in small letters


def stage_table(runs: Sequence[Mapping[str, float]]) -> str:
    """Give the median and the range of each stage over the runs."""
    by_stage = {name: [run[name] for run in runs] for name in runs[0]}
    by_stage["all"] = [sum(run.values()) for run in runs]
    rows = [
        [SPELLED.get(name, name), f"{statistics.median(times):.2f} s", f"{min(times):.2f} to {max(times):.2f} s"]
        for name, times in by_stage.items()
    ]
    return table(["stage", "median", "range"], rows)


def step_table(steps: Mapping[str, Mapping[str, Sequence[float]]], in_a_run: Mapping[str, int]) -> str:
    """Give the medians of each side; in brackets the multiple of ours, the median of the ratios of neighbors in time."""
    rows = []
    for name, count in in_a_run.items():
        row = [name, f"{count:,}"]
        for side, taken in steps.items():
            ratio = statistics.median(b / a for a, b in zip(steps[OURS][name], taken[name], strict=True))
            row.append(f"{statistics.median(taken[name]) * 1e3:.2f} ms" + ("" if side == OURS else f" ({ratio:.2f}×)"))
        rows.append(row)
    totals = {
        side: sum(count * statistics.median(taken[name]) for name, count in in_a_run.items())
        for side, taken in steps.items()
    }
    rows.append(
        [
            "all of a run",
            "",
            *(
                f"{total:.1f} s" + ("" if side == OURS else f" ({total / totals[OURS]:.2f}×)")
                for side, total in totals.items()
            ),
        ]
    )
    return table(["step", "in a run", *steps], rows)


def best(times: Sequence[Sequence[float]]) -> tuple[float, float]:
    """Smallest wall and smallest processor time."""
    wall, busy = zip(*times, strict=True)
    return min(wall), min(busy)


def book_table(times: Times, rows: Mapping[str, str]) -> str:
    """Give the smallest times of what `rows` names, and their multiples of those of the first row."""
    first_wall, first_busy = best(times[next(iter(rows))])
    cells = []
    for key, words in rows.items():
        wall, busy = best(times[key])
        cells.append(
            [
                words,
                f"{duration(wall)} ({multiple(wall, first_wall)})",
                f"{duration(busy)} ({multiple(busy, first_busy)})",
                str(len(times[key])),
            ]
        )
    return table(["what", "wall", "processor", "runs"], cells)


def plain_table(times: Times, rows: Mapping[str, str]) -> str:
    """Give the smallest times of things that are not to be compared."""
    return table(
        ["what", "wall", "processor"],
        [[words, *map(duration, best(times[key]))] for key, words in rows.items() if key in times],
    )


def page_table(pages: Mapping[str, Sequence[Mapping[str, Any]]]) -> str:
    """Give the worst scores and the median of the rest."""

    def median(runs: Sequence[Mapping[str, Any]], name: str) -> float:
        return statistics.median(run[name] for run in runs)

    rows = [
        [
            f"`{path.removesuffix('.html')}`",
            "\u00a0/\u00a0".join(
                f"{min(run[score] for run in runs):.0f}"
                for score in ("performance", "accessibility", "best-practices", "seo")
            ),
            *(f"{median(runs, name) / 1000:.1f} s" for name in ("first paint", "largest paint")),
            f"{median(runs, 'blocked'):.0f} ms",
            f"{median(runs, 'shift'):.2f}",
            f"{median(runs, 'bytes') / 1000:.0f} kB",
        ]
        for path, runs in pages.items()
    ]
    return table(["page", "scores", "first paint", "largest paint", "blocked", "shift", "bytes"], rows)


def machine_line(name: str, part: Record) -> str:
    found = dict(part["machine"])
    system, cores = found.pop("system"), found.pop("cores")
    if name == "pages":  # each run says with what it was measured; the first runs that were recorded did not
        run = next(iter(part["data"].values()))[0]
        found |= {tool: run[tool] for tool in ("Lighthouse", "Chromium") if tool in run}
    return f"{system}, {cores} cores, " + ", ".join(f"{name} {version}" for name, version in found.items())


BUILDS = {"cold": "nothing kept", "warm": "all kept, nothing changed", "touched": "all kept, one lesson changed"}
REBUILDS = {
    "again": "all done again",
    "archives": "both archives put back",
    "remembered": "and unchanged pages remembered",
}
BINDINGS = {"anew": "every chapter made anew", "kept": "chapters kept"}
SNIPPETS = {"snippets": "the code blocks of pages and docstrings"}
CHECKS = {
    "package": "the tests of the package",
    "blocks": "code blocks, and the tests of the built site",
    "browser": "the tests in a browser",
    "others": "all other tests",
}

TEMPLATE = """# Benchmarks

How long things take: functions of the package beside other ways to the same value, the pipeline on the tiny language model, and the book itself. `python make.py benchmark` measures these three and writes the tables of this page; the plots are drawn from the same results. Two parts more are measured only when they are named: the tests, and the pages in a browser.

Seconds belong to one machine. What carries over to another are the ratios, and how times grow with the size of the data.

## The package beside others

Every method gets the same data, ready in the form that it wants, and runs on one thread. In brackets stands the multiple of our time. *Off by* is the largest distance of a result from ours, over all sizes; a method that computes something else is not timed. *Growth* is the exponent $b$ of the power law $n^b$ through the last two times of the row; 1 is linear. At small sizes, what a call costs whatever its size hides the growth.

### Ranking loss and its gradient

[`ranking_loss_and_gradient`][rlhf_textbook.reward_model.ranking_loss_and_gradient] of [lesson 3](../lessons/3-reward-modeling.md), with rankings of nine responses, 36 pairs each. One peer gets the differences of all pairs ready-made. Another is the same numpy without checks of the input: what it saves is the price of the checks, and of infinities that ours allows.

{loss}

<div data-figure="benchmarks.loss">The same times. Both axes are logarithmic: a straight line is a power law.</div>

### Training a reward model

[`fit_linear_reward_model`][rlhf_textbook.linear_reward_model.fit_linear_reward_model] with rankings of four responses. *Off by* is the difference in loss, in nats. How each trainer stops, more of them, larger data, and memory: [training a reward model](reward-model-training.md).

{training}

<div data-figure="benchmarks.training">Training times against the number of pairs.</div>

### Best of n

[`expected_best_of_n`][rlhf_textbook.best_of_n.expected_best_of_n] of [lesson 4](../lessons/4-ppo.md) for $n = 1, 2, 4, 8$: the mean over all subsets, by a sorted sum. The peers write the same sum with binomial coefficients, or go through all subsets. Drawing subsets at random costs about the same at every size, and its result is off by chance.

{best_of_n}

<div data-figure="benchmarks.best_of_n">Times of the mean over all subsets against the number of scores.</div>

### PPO

The clipped objective with its gradient, [`clipped_surrogate`][rlhf_textbook.ppo.clipped_surrogate]:

{surrogate}

Advantages of episodes of 50 tokens, [`generalized_advantages`][rlhf_textbook.ppo.generalized_advantages]. Ours goes through the tokens in Python and through the episodes in numpy, so one episode costs nearly what many cost. A linear filter does the same in compiled code, as long as no mask ends an episode early.

{advantages}
{pipeline}{book}{suite}{pages}
## How it was measured

Processor time, but where *wall* is said. Functions: by pytest-benchmark, the smallest of {rounds} or more rounds of each call. Pipeline: medians of runs and steps, the sides taking turns. Book: the smallest of the runs in the table, in a copy of the project; ways to rebuild take turns.

{machines}

To measure on your machine, from a copy of the repository:

```shell
python make.py benchmark --print
python make.py benchmark
python make.py benchmark speed
```

The first command only prints the page, the second writes it too, and the third measures one part alone. The parts are `speed`, `pipeline`, `book`, `suite` and `pages`; the last needs Chromium and node. The rows and columns of torch appear where torch is installed.

All recorded times are in `benchmarks/results.json`.
"""

PIPELINE = """
## The tiny pipeline

Each stage of one run of `python -m rlhf_textbook.tiny`, on one thread.

{stages}

One training step of each kind: loss, gradients, Adam's update. *In a run* says how many a run takes. Where torch is a column, it takes the same steps on the same batches, eager, with gradients by autograd.

{steps}

The last row adds up the steps. It is less than the whole run above, where more happens: pages and prompts are drawn, labelers rank sampled responses, PPO scores each batch, and the models are evaluated.
"""

BOOK = """
## The book

### Building it

`python -m mkdocs build --strict`. With nothing kept it runs the notebooks of the lab, draws every plot and makes every chapter of the EPUB.

{builds}

### While writing

A rebuild after a change in one lesson, as `mkdocs serve` does it. First without help; then the archives for reading offline are packed once and put back; then `build_hooks/remember.py` renders only what the change can have changed. Unchanged chapters of the EPUB are kept on the disk in all three.

{rebuilds}

### Binding the EPUB

{bindings}

### Running its code

Every Python block of pages and docstrings runs, and what it prints is compared with what is shown.

{snippets}
"""

SUITE = """
## The tests

The three parts that `python make.py test` runs side by side, here one after the other; before them the tests of the package by themselves.

{checks}
"""

PAGES = """
## The pages in a browser

[Lighthouse](https://developer.chrome.com/docs/lighthouse/overview) opened each page {runs} times, on the phone and the slow line that it simulates. *Scores* are four, out of 100: performance, accessibility, best practices, SEO; each is the worst of the runs. All else is a median. [*Blocked*](https://developer.chrome.com/docs/lighthouse/performance/lighthouse-total-blocking-time) adds up the time in which the page was too busy to answer a touch. [*Shift*](https://web.dev/articles/cls) says how much of what is seen moved while the page loaded; at 0 nothing did. *Bytes* are those sent.

{pages}
"""

UNITS = {
    "loss": "prompts",
    "training": "pairs",
    "best_of_n": "scores",
    "surrogate": "tokens",
    "advantages": "episodes",
}


def page(results: Mapping[str, Record]) -> str:
    """Write the page from `results.json`: the parts `speed`, `pipeline`, `book`, `suite` and `pages`; only the first must be."""
    speed, pipeline, book = results["speed"], results.get("pipeline"), results.get("book")
    suite, pages = results.get("suite"), results.get("pages")
    machines: dict[str, list[str]] = {}
    for name, part in results.items():
        machines.setdefault(machine_line(name, part), []).append(name)
    lines = [
        f"{line}." if len(machines) == 1 else f"*{', '.join(names).capitalize()}:* {line}."
        for line, names in machines.items()
    ]
    return TEMPLATE.format(
        **{group: speed_table(speed["data"], group, unit) for group, unit in UNITS.items()},
        pipeline=PIPELINE.format(
            stages=stage_table(pipeline["data"]["stages"]),
            steps=step_table(pipeline["data"]["steps"], pipeline["data"]["in_a_run"]),
        )
        if pipeline
        else "",
        book=BOOK.format(
            builds=book_table(book["data"], BUILDS),
            rebuilds=book_table(book["data"], REBUILDS),
            bindings=book_table(book["data"], BINDINGS),
            snippets=plain_table(book["data"], SNIPPETS),
        )
        if book
        else "",
        suite=SUITE.format(checks=plain_table(suite["data"], CHECKS)) if suite else "",
        pages=PAGES.format(pages=page_table(pages["data"]), runs=min(map(len, pages["data"].values())))
        if pages
        else "",
        rounds=min(record["rounds"] for record in speed["data"]),
        machines="\n\n".join(lines),
    )
