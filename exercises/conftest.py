"""`pytest exercises`: checks the learner's answers, one message an exercise, a table at the end."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from exercises.catalog import Exercise, exercises
from exercises.worker import Outcome, Worker

BY_CHECKS = {exercise.checks: exercise for exercise in exercises()}
STATUS = pytest.StashKey[dict[Exercise, str]]()
WORKER = pytest.StashKey[Worker]()


class Message(Exception):  # noqa: N818
    """Carries the text for the learner through pytest, which then prints nothing else."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--answers",
        choices=("mine", "solutions", "starters"),
        default="mine",
        help="whose answers to check: your own in my_answers/ (default), the solutions, or the empty starters",
    )
    parser.addoption("--time-limit", type=float, default=None, help="seconds that one check may take (default 20)")


def pytest_configure(config: pytest.Config) -> None:
    config.stash[STATUS] = {}
    limit = config.getoption("--time-limit")
    config.stash[WORKER] = Worker() if limit is None else Worker(limit)
    config.option.reportchars = ""  # the table below says it better


def pytest_unconfigure(config: pytest.Config) -> None:
    config.stash[WORKER].stop()


@pytest.fixture
def answer() -> None:
    """Stand for the learner's module, which is loaded in the worker process."""


def answer_file(exercise: Exercise, whose: str) -> Path:
    return {"mine": exercise.mine, "solutions": exercise.solution, "starters": exercise.starter}[whose]


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    exercise = BY_CHECKS.get(pyfuncitem.path)
    if exercise is None:
        return None
    config = pyfuncitem.config
    status = config.stash[STATUS]
    if status.get(exercise, "done") != "done":
        pytest.skip("an earlier check of this exercise comes first")
    path = answer_file(exercise, config.getoption("--answers"))
    if path.exists():
        outcome = config.stash[WORKER].run(exercise.checks, pyfuncitem.name, path)
    else:
        outcome = Outcome("not started", "no answer yet")
    begun = outcome.status == "not started" and exercise in status
    status[exercise] = "not yet" if begun else outcome.status
    if outcome.status == "not started":
        pytest.skip(f"{exercise.label} not started: {outcome.message}")
    if outcome.status == "not yet":
        printed = f"\n printed: {outcome.printed.strip()[:500]}" if outcome.printed.strip() else ""
        raise Message(f"{exercise.label} {exercise.title} ({path.name})\n{outcome.message}{printed}")
    return True


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:  # noqa: ARG001
    report: pytest.TestReport = yield  # type: ignore[assignment]
    if call.excinfo is not None and isinstance(call.excinfo.value, Message):
        report.longrepr = str(call.excinfo.value)
    return report  # type: ignore[return-value]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    status = config.stash[STATUS]
    if not status:
        return
    write = terminalreporter.write_line
    colors = {"done": {"green": True}, "not yet": {"yellow": True}, "not started": {}}
    heading = ""
    for exercise, state in status.items():
        if exercise.heading != heading:
            heading = exercise.heading
            write(f"\n{heading}", bold=True)
        terminalreporter.write(f"  {exercise.label}  {exercise.title:58.58}  ")
        write(state, **colors[state])
    done = sum(state == "done" for state in status.values())
    write(f"\n{done} of {len(status)} done")
    open_ones = [
        exercise for wanted in ("not yet", "not started") for exercise, state in status.items() if state == wanted
    ]
    following = next(iter(open_ones), None)
    if following is not None and config.getoption("--answers") == "mine":
        if following.mine.exists():
            write(f"Next: {following.label}, in {following.mine.relative_to(config.rootpath).as_posix()}")
        else:
            write("Next: `python make.py exercises` puts the starters into my_answers/")


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Be red while anything chosen is not done, even if nothing was wrong with what is there."""
    states = session.config.stash[STATUS].values()
    if exitstatus == pytest.ExitCode.OK and any(state != "done" for state in states):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
