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
    """A call of the learner's function that came back, ready to be judged."""

    call: str
    value: Any

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
        if same(self.value, expected, tolerance):
            return
        known = next((m.hint for m in mistakes if same(self.value, m.value, tolerance)), None)
        if self.value is None:
            known = "The function returns nothing. Is there a `return`?"
        raise NotYet(
            in_words,
            f"{self.call} gave {shown(self.value)}, not {shown(expected)}",
            known or likely_slip(self.value, expected) or hint,
        )

    def satisfies(self, holds: Callable[[Any], object], *, in_words: str, hint: str) -> None:
        """Pass if `holds(value)` is true."""
        try:
            passed = bool(holds(self.value))
        except Exception:  # a value of the wrong kind fails a condition; it does not crash the check
            passed = False
        if not passed:
            known = "The function returns nothing. Is there a `return`?" if self.value is None else hint
            raise NotYet(in_words, f"{self.call} gave {shown(self.value)}", known)


def own_copy(argument: object) -> object:
    """Let an answer that changes its arguments in place spoil nothing of the check."""
    return copy.deepcopy(argument) if isinstance(argument, np.ndarray | list | dict) else argument


def expect(function: Callable[..., Any], *arguments: Any, **named: Any) -> Result:
    """Call the learner's function; a crash becomes a message with the line that caused it."""
    parts = [shown(argument) for argument in arguments]
    parts += [f"{name}={shown(value)}" for name, value in named.items()]
    call = f"{getattr(function, '__name__', 'function')}({', '.join(parts)})"
    if len(call) > 160:
        call = f"{getattr(function, '__name__', 'function')}(…)"
    try:
        return Result(call, function(*map(own_copy, arguments), **{k: own_copy(v) for k, v in named.items()}))
    except NotImplementedError as unfinished:
        raise NotStarted(str(unfinished)) from None
    except (Exception, SystemExit) as problem:
        # The last line of the learner's own, not the one inside numpy where it ended.
        file = getattr(getattr(function, "__code__", None), "co_filename", None)
        frames = [frame for frame in traceback.extract_tb(problem.__traceback__) if frame.filename == file]
        where = f" in line {frames[-1].lineno}: {frames[-1].line}" if frames else ""
        hint = "Run that line alone, with the arguments above, and print what it works on."
        if isinstance(problem, TypeError) and re.search(r"unexpected keyword|positional argument", str(problem)):
            hint = "Keep the names and arguments of the starter."
        elif isinstance(problem, TypeError) and re.search(
            r"only \S+ arrays can be converted to Python scalars", str(problem)
        ):
            hint = "The functions of `math` take one number; those of numpy (np.log, np.exp) take whole arrays."
        elif "truth value of an array" in str(problem):
            hint = "An `if`, `and` or `or` decides once, not for each element: np.where, & and | do it for each."
        raise NotYet(f"{call} to return a value", f"{type(problem).__name__}: {problem}{where}", hint) from None


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
