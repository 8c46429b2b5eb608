"""Run every Python block of the pages and docstrings, and hold its output against the one shown.

pytest-markdown-docs finds and runs the blocks. This plugin adds what it lacks:

* a parser that also sees blocks inside admonitions, content tabs and `<div markdown>`;
* a runner that compares what a block prints with the output block below it
  (```` ```text title="Output" ````), and rewrites that with `--update-outputs`. Between the two may stand the list of
  notes to which comments such as `# (1)!` in the code refer;
* a record of what ran, for the census in `test_site.py`.
"""

import contextlib
import io
import json
import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import pytest
from markdown_it import MarkdownIt
from mdit_py_plugins.admon import admon_plugin
from pytest_markdown_docs._runners import DefaultRunner, register_runner
from pytest_markdown_docs.definitions import FenceTestDefinition

OUTPUT_FENCE = '```text title="Output"'
TAB = re.compile(r'^( *)===[!+]* (?=")', re.MULTILINE)
NOTE_MARKER = re.compile(r"# \(\d+\)!$")
LIST_ITEM = re.compile(r"\d+\. ")
MARKDOWN_DIV = re.compile(r"^ *</?div\b[^>]*>$", re.MULTILINE)

EXECUTED = pytest.StashKey[dict[str, list[str]]]()
UPDATING = pytest.StashKey[bool]()


class PageParser(MarkdownIt):
    """CommonMark and the containers that the pages use, line numbers kept."""

    def __init__(self) -> None:
        super().__init__("commonmark")
        admon_plugin(self)

    def parse(self, src, env=None):
        # A content tab is laid out like an admonition; a div only hides the Markdown inside it.
        return super().parse(MARKDOWN_DIV.sub("", TAB.sub(r"\1!!! tab ", src)), env)


@dataclass(frozen=True)
class ShownBlock:
    """Where the shown output of a code block stands in a file, or would: below the code and its notes."""

    indent: str
    output_start: int
    output_end: int
    output: str | None


@dataclass(frozen=True)
class Edit:
    block: ShownBlock
    printed: str

    def apply(self, lines: list[str]) -> None:
        shown = ["", OUTPUT_FENCE, *self.printed.split("\n"), "```"] if self.printed else []
        lines[self.block.output_start : self.block.output_end] = [
            self.block.indent + line if line else "" for line in shown
        ]


EDITS: dict[Path, list[Edit]] = defaultdict(list)


def tidy(text: str) -> str:
    """Take away what a reader cannot see: spaces at line ends, blank lines around."""
    return "\n".join(line.rstrip() for line in text.split("\n")).strip("\n")


def end_of_list(lines: list[str], start: int, indent: str) -> int:
    """Find the line after a numbered list, which may begin with blank lines; `start`, if there is none."""
    end = start
    for at in range(start, len(lines)):
        line = lines[at].removeprefix(indent)
        if LIST_ITEM.match(line) or (end > start and line.startswith("    ")):
            end = at + 1
        elif line.strip():
            break
    return end


def find_shown_block(lines: list[str], code: list[str], near: int) -> ShownBlock:
    """Find a code block in the text it was taken from, and the output fence below it."""

    def stands_at(start: int) -> bool:
        indent = lines[start][: len(lines[start]) - len(lines[start].lstrip())]
        if not lines[start - 1].strip().startswith(("```", "~~~")):
            return False
        window = lines[start : start + len(code)]
        return len(window) == len(code) and all(
            line.rstrip() == (indent + wanted).rstrip() for line, wanted in zip(window, code, strict=True)
        )

    starts = [start for start in range(1, len(lines)) if stands_at(start)]
    if not starts:
        raise AssertionError("the block that ran does not stand in the file as it ran (a backslash in a docstring?)")
    start = min(starts, key=lambda candidate: abs(candidate - near))
    indent = lines[start][: len(lines[start]) - len(lines[start].lstrip())]
    output_start = start + len(code) + 1
    if any(NOTE_MARKER.search(line) for line in code):
        output_start = end_of_list(lines, output_start, indent)
    at = output_start
    while at < len(lines) and not lines[at].strip():
        at += 1
    if at == len(lines) or lines[at].strip() != OUTPUT_FENCE:
        return ShownBlock(indent, output_start, output_start, None)
    end = next(i for i in range(at + 1, len(lines)) if lines[i].strip() == "```")
    return ShownBlock(indent, output_start, end + 1, "\n".join(line[len(indent) :] for line in lines[at + 1 : end]))


@register_runner(default=True)
class OutputRunner(DefaultRunner):
    """Runs a block as a file of its own would run, and compares its output with the shown one."""

    sessions: ClassVar[list[pytest.Config]] = []  # a stack: the plugin's own tests run sessions inside a session

    def runtest(self, test: FenceTestDefinition, args, *, asyncio_runner=None):  # noqa: ARG002
        config = self.sessions[-1]
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            super().runtest(test, {"__name__": "__main__"}, asyncio_runner=asyncio_runner)
        path = Path(test.source_path)
        code = test.source.strip("\n").split("\n")
        block = find_shown_block(path.read_text(encoding="utf-8").split("\n"), code, test.start_line)
        got, shown = tidy(printed.getvalue()), tidy(block.output or "")
        if got != shown:
            if config.stash[UPDATING]:
                EDITS[path].append(Edit(block, got))
            else:
                raise AssertionError(
                    f"the output shown is not the output printed (`make outputs` rewrites it)\n"
                    f"--- shown\n{shown or '(nothing)'}\n--- printed\n{got or '(nothing)'}"
                )
        config.stash[EXECUTED].setdefault(path.relative_to(config.rootpath).as_posix(), []).append("\n".join(code))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-outputs",
        action="store_true",
        help="rewrite the outputs shown below the code blocks that run, instead of comparing them",
    )
    parser.addoption("--record-blocks", metavar="FILE", help="write the code blocks that ran to FILE, as JSON")


def pytest_configure(config: pytest.Config) -> None:
    config.stash[EXECUTED] = {}
    config.stash[UPDATING] = config.getoption("--update-outputs")
    OutputRunner.sessions.append(config)


def pytest_unconfigure() -> None:
    OutputRunner.sessions.pop()


@pytest.hookimpl(tryfirst=True)
def pytest_markdown_docs_markdown_it() -> MarkdownIt:
    return PageParser()


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Leave out the lab's pages: the build runs their cells, and the census counts them from there."""
    return True if collection_path.match("docs/lab/*.py") else None


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    ran = config.stash[EXECUTED]
    if ran:
        count = sum(map(len, ran.values()))
        # There is no way to mark a block `notest`: test_site.py refuses the options that would.
        terminalreporter.write_line(
            f"{count} code blocks in {len(ran)} files ran and printed what they show; 0 left out"
        )


def pytest_sessionfinish(session: pytest.Session) -> None:
    if record := session.config.getoption("--record-blocks"):
        Path(record).write_text(json.dumps(session.config.stash[EXECUTED]), encoding="utf-8")
    for path, edits in EDITS.items():
        lines = path.read_text(encoding="utf-8").split("\n")
        for edit in sorted(edits, key=lambda edit: edit.block.output_start, reverse=True):
            edit.apply(lines)
        draft = path.with_suffix(path.suffix + ".new")
        draft.write_text("\n".join(lines), encoding="utf-8", newline="\n")
        draft.replace(path)
        print(f"\n{path.relative_to(session.config.rootpath)}: {len(edits)} output(s) rewritten", end="")
    EDITS.clear()
