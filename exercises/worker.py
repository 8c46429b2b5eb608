"""Run checks on code that nobody has tried yet, in a process that may hang or die.

The process loads numpy once and then takes one check after another. When a check does not come
back in time, or takes the process down, that is the answer to this check; the next one gets a
new process.
"""

import contextlib
import io
import multiprocessing
import traceback
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Literal

from exercises.catalog import load
from exercises.checking import Answer, NotStarted, NotYet

TIME_LIMIT = 20.0
"""Seconds that one check may take; the slowest solution needs about one."""

Status = Literal["done", "not yet", "not started"]


@dataclass(frozen=True)
class Outcome:
    """What became of one check."""

    status: Status
    message: str = ""
    printed: str = ""


def judge(check: Callable[[Answer], None], answer: Callable[[], Answer]) -> Outcome:
    """Run one check on one answer, here and now."""
    printed = io.StringIO()
    try:
        with contextlib.redirect_stdout(printed), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            check(answer())
    except NotStarted as unfinished:
        return Outcome("not started", str(unfinished))
    except NotYet as problem:
        return Outcome("not yet", str(problem), printed.getvalue())
    except SyntaxError as problem:
        came = f"{problem.msg} in line {problem.lineno}: {(problem.text or '').strip()}"
        unreadable = NotYet("a file that Python can read", came, "Look at that line and the one above it.")
        return Outcome("not yet", str(unreadable))
    except ImportError as problem:
        missing = NotYet("a file that Python can load", str(problem), "Only numpy and Python's own library are needed.")
        return Outcome("not yet", str(missing), printed.getvalue())
    except (Exception, SystemExit) as problem:
        frame = traceback.extract_tb(problem.__traceback__)[-1]
        came = f"{type(problem).__name__}: {problem} in {Path(frame.filename).name}, line {frame.lineno}: {frame.line}"
        unusable = NotYet(
            "an answer that can be checked", came, "Compare what you return with the starter's docstring."
        )
        return Outcome("not yet", str(unusable), printed.getvalue())
    return Outcome("done")


def answer_in(path: Path) -> Answer:
    """Load a learner's file."""
    return Answer(load(path))


def _serve(connection: Connection) -> None:
    while True:
        try:
            checks, name, answer = connection.recv()
        except (EOFError, KeyboardInterrupt):
            return
        try:
            outcome = judge(getattr(load(checks), name), partial(answer_in, answer))
        except KeyboardInterrupt:
            return
        connection.send(outcome)


class Worker:
    """A child process that runs checks, replaced whenever one takes it down."""

    def __init__(self, time_limit: float = TIME_LIMIT) -> None:
        self.time_limit = time_limit
        self._process: multiprocessing.process.BaseProcess | None = None
        self._connection: Connection | None = None

    def _start(self) -> Connection:
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()
        return self._connection

    def run(self, checks: Path, name: str, answer: Path) -> Outcome:
        """Run the check `name` of the file `checks` on the file `answer`."""
        connection = self._connection or self._start()
        try:
            connection.send((checks, name, answer))
            if connection.poll(self.time_limit):
                outcome: Outcome = connection.recv()
                return outcome
        except (EOFError, OSError):
            self.stop()
            ended = "your code ended Python itself"
            return Outcome(
                "not yet", str(NotYet("an answer", ended, "An exit(), a crash, or more memory than there is?"))
            )
        self.stop()
        late = f"nothing after {self.time_limit:g} seconds"
        return Outcome(
            "not yet", str(NotYet("an answer within seconds", late, "A loop that never ends? Print its counter."))
        )

    def stop(self) -> None:
        """End the process, whatever it is doing."""
        if self._process is not None:
            self._process.kill()
            self._process.join()
        if self._connection is not None:
            self._connection.close()
        self._process = self._connection = None
