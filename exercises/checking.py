"""What a check says to a learner: what was expected, what came, and what to think about next.

A check is an ordinary test function that takes the learner's module as `answer`:

    def test_one_pair(answer):
        expect(answer.pair_loss, 1.8, -0.5).equals(
            0.0955, in_words="the negative log of σ(margin)", hint="Which sign does a log of a probability have?"
        )

Where the value that came is a known mistake (`mistakes=`), or looks like one (a sign, a factor, a
logarithm to another base, a rounded number), the message names it instead of the general hint.
"""

import copy
import math
import re
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

TOLERANCE = 1e-6


class NotYet(Exception):  # noqa: N818 - it is no error that an answer is not there yet
    """A check that the answer does not pass, with the message for the learner."""

    def __init__(self, expected: str, came: str, hint: str) -> None:
        super().__init__(f"expected: {expected}\n    came: {came}\n    hint: {hint}")


class NotStarted(Exception):  # noqa: N818
    """The answer still is the starter."""


@dataclass(frozen=True)
class Mistake:
    """A wrong value that a typical slip leads to, and what to tell whoever made it."""

    value: Any
    hint: str


def shown(value: object) -> str:
    """Write a value the way a learner would, short enough for one line."""
    if isinstance(value, np.ndarray | np.generic):
        value = value.tolist()
    if isinstance(value, np.random.Generator):
        return "rng"
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, str | int | bool | None):
        return repr(value)
    if isinstance(value, list | tuple):
        inside = ", ".join(shown(item) for item in value[:8]) + (", …" if len(value) > 8 else "")
        return f"[{inside}]" if isinstance(value, list) else f"({inside}{',' * (len(value) == 1)})"
    text = repr(value)
    return text if len(text) <= 100 else text[:97] + "…"


def same(came: object, expected: object, tolerance: float = TOLERANCE) -> bool:
    """Whether two values agree: numbers and arrays to a relative tolerance, all else exactly."""
    try:
        left, right = np.asarray(came, dtype=float), np.asarray(expected, dtype=float)
    except (TypeError, ValueError):
        if isinstance(came, list | tuple) and isinstance(expected, list | tuple):
            return len(came) == len(expected) and all(map(same, came, expected, [tolerance] * len(came)))
        return isinstance(came, type(expected)) and bool(np.all(came == expected))
    return left.shape == right.shape and bool(
        np.allclose(left, right, rtol=tolerance, atol=tolerance * 1e-3, equal_nan=True)
    )


def likely_slip(came: object, expected: object) -> str | None:
    """Recognize what turned the right value into the one that came."""
    try:
        got, want = np.asarray(came, dtype=float), np.asarray(expected, dtype=float)
    except (TypeError, ValueError):
        return None
    if np.isnan(got).any() and not np.isnan(want).any():
        return "There is a NaN in it: a logarithm of a negative number, 0/0, or ∞ − ∞ on the way."
    if got.shape != want.shape:
        return f"The shape is {got.shape}, not {want.shape}."
    if not np.isfinite(want).all() or not np.isfinite(got).all() or not np.any(want):
        return None
    if same(got, -want):
        return "Only the sign is wrong."
    for base, name in ((2.0, "2"), (10.0, "10")):
        if same(got, want / math.log(base)):
            return f"That is a logarithm to base {name}; the book uses the natural one."
    ratio = float(np.sum(got * want) / np.sum(want * want))
    if abs(ratio) > 1e-9 and same(got, ratio * want):
        for factor in range(2, 101):
            if math.isclose(ratio, factor, rel_tol=TOLERANCE):
                return f"It is {factor} times too large: a sum where a mean was asked for?"
            if math.isclose(ratio, 1 / factor, rel_tol=TOLERANCE):
                return f"It is {factor} times too small: divided once too often?"
            if math.isclose(ratio, -factor, rel_tol=TOLERANCE) or math.isclose(ratio, -1 / factor, rel_tol=TOLERANCE):
                return f"The sign is wrong, and so is a factor of {factor}."
    if np.allclose(got, want, rtol=5e-3, atol=1e-3):
        return "That is close: round only what you print, not what you go on computing with."
    return None


@dataclass(frozen=True)
class Result:
    """A call of the learner's function, ready to be judged: what it returned, or how it failed."""

    call: str
    returned: Any = None
    crash: str | None = None
    crash_hint: str | None = None

    @property
    def value(self) -> Any:
        """What the function returned, for a check that looks at it more closely."""
        if self.crash:
            hint = self.crash_hint or "Run that line alone, with these arguments, and print what it works on."
            raise NotYet(f"{self.call} to return a value", self.crash, hint)
        return self.returned

    def equals(
        self,
        expected: object,
        *,
        in_words: str,
        hint: str,
        mistakes: Sequence[Mistake] = (),
        tolerance: float = TOLERANCE,
    ) -> None:
        """Pass if the value is the expected one; otherwise say what it was and what to try."""
        self._has_returned(in_words, hint)
        if same(self.returned, expected, tolerance):
            return
        known = next((m.hint for m in mistakes if same(self.returned, m.value, tolerance)), None)
        raise NotYet(
            in_words,
            f"{self.call} gave {shown(self.returned)}, not {shown(expected)}",
            known or likely_slip(self.returned, expected) or hint,
        )

    def satisfies(self, holds: Callable[[Any], object], *, in_words: str, hint: str) -> None:
        """Pass if `holds(value)` is true."""
        self._has_returned(in_words, hint)
        try:
            passed = bool(holds(self.returned))
        except Exception:  # a value of the wrong kind fails a condition; it does not crash the check
            passed = False
        if not passed:
            raise NotYet(in_words, f"{self.call} gave {shown(self.returned)}", hint)

    def _has_returned(self, in_words: str, hint: str) -> None:
        if self.crash:
            raise NotYet(in_words, f"{self.call} ended in {self.crash}", self.crash_hint or hint)
        if self.returned is None:
            raise NotYet(in_words, f"{self.call} gave None", "The function returns nothing. Is there a `return`?")


CRASH_HINTS = {
    r"unexpected keyword|positional argument": "Keep the names and arguments of the starter.",
    r"only \S+ arrays can be converted to Python scalars": (
        "The functions of `math` take one number; those of numpy (np.log, np.exp) take whole arrays."
    ),
    r"truth value of an array": (
        "An `if`, `and` or `or` decides once, not for each element: np.where, & and | do it for each."
    ),
}


def own_copy(argument: object) -> object:
    """Let an answer that changes its arguments in place spoil nothing of the check."""
    return copy.deepcopy(argument) if isinstance(argument, np.ndarray | list | dict) else argument


def expect(function: Callable[..., Any], *arguments: Any, **named: Any) -> Result:
    """Call the learner's function; a crash becomes a result that tells the line which caused it."""
    name = getattr(function, "__name__", "function")
    parts = [shown(argument) for argument in arguments]
    parts += [f"{key}={shown(value)}" for key, value in named.items()]
    call = f"{name}({', '.join(parts)})"
    if len(call) > 160:
        call = f"{name}(…)"
    try:
        return Result(call, function(*map(own_copy, arguments), **{key: own_copy(v) for key, v in named.items()}))
    except NotImplementedError as unfinished:
        raise NotStarted(str(unfinished)) from None
    except (Exception, SystemExit) as problem:
        # The last line of the learner's own, not the one inside numpy where it ended.
        file = getattr(getattr(function, "__code__", None), "co_filename", None)
        frames = [frame for frame in traceback.extract_tb(problem.__traceback__) if frame.filename == file]
        where = f" in line {frames[-1].lineno}: {frames[-1].line}" if frames else ""
        hint = next((hint for pattern, hint in CRASH_HINTS.items() if re.search(pattern, str(problem))), None)
        return Result(call, crash=f"{type(problem).__name__}: {problem}{where}", crash_hint=hint)


class Answer:
    """The learner's module; a name that it lacks becomes a message rather than an AttributeError."""

    def __init__(self, module: ModuleType) -> None:
        self._module = module

    def __getattr__(self, name: str) -> Any:
        try:
            return getattr(self._module, name)
        except AttributeError:
            raise NotYet(
                f"a function named `{name}`",
                "the file has none of that name",
                "Keep the names and arguments of the starter.",
            ) from None


@dataclass(frozen=True)
class Wrong:
    """A typical wrong answer: the solution with some functions replaced, and what it must be told."""

    replaces: dict[str, Callable[..., Any]]
    told: str

    @property
    def name(self) -> str:
        """The replacement's name says what the slip is."""
        return " and ".join(function.__name__ for function in self.replaces.values())
