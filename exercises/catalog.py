"""What exercises there are. Everything is read off the files: nothing is listed twice.

An exercise is four files in `exercises/lesson_N/` or `exercises/project/`, for example

    e2_ranking_loss_starter.py    what the learner starts from
    e2_ranking_loss_solution.py   a worked solution
    e2_ranking_loss_wrong.py      typical wrong answers, and what each must be told
    test_e2_ranking_loss.py       the checks

and the learner's own `my_answers/lesson_N/e2_ranking_loss.py`.
"""

import ast
import importlib.util
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
MY_ANSWERS = ROOT / "my_answers"


PROJECT = "project"


@dataclass(frozen=True)
class Exercise:
    """One code exercise, found by its starter file."""

    chapter: str
    """The folder it is in: `lesson_1` … `lesson_6`, or `project`."""
    number: int
    name: str

    @property
    def lesson(self) -> int | None:
        """Its lesson; None for a part of the project."""
        return None if self.chapter == PROJECT else int(self.chapter.removeprefix("lesson_"))

    @property
    def heading(self) -> str:
        """What the progress table groups it under."""
        return "Project" if self.lesson is None else f"Lesson {self.lesson}"

    @property
    def label(self) -> str:
        """`3.2` or `P.2`, as the book and the progress table call it."""
        return f"{self.lesson or 'P'}.{self.number}"

    @property
    def folder(self) -> Path:
        """Where its files are."""
        return HERE / self.chapter

    @property
    def starter(self) -> Path:
        """What the learner starts from."""
        return self.folder / f"{self.name}_starter.py"

    @property
    def solution(self) -> Path:
        """A worked solution."""
        return self.folder / f"{self.name}_solution.py"

    @property
    def wrong(self) -> Path:
        """Typical wrong answers."""
        return self.folder / f"{self.name}_wrong.py"

    @property
    def checks(self) -> Path:
        """Its tests."""
        return self.folder / f"test_{self.name}.py"

    @property
    def mine(self) -> Path:
        """Where the learner's own answer stands."""
        return MY_ANSWERS / self.chapter / f"{self.name}.py"

    @property
    def title(self) -> str:
        """First line of the starter's docstring, without its number and full stop."""
        docstring = ast.get_docstring(ast.parse(self.starter.read_text(encoding="utf-8"))) or self.name
        return re.sub(r"^[\dP.]+\s+", "", docstring.split("\n")[0]).rstrip(".")

    @property
    def objectives(self) -> tuple[int, ...]:
        """Which of the lesson's objectives it exercises, counted from 1."""
        for statement in ast.parse(self.checks.read_text(encoding="utf-8")).body:
            if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "OBJECTIVES":
                return tuple(ast.literal_eval(statement.value))
        raise ValueError(f"{self.checks.name}: expected a line OBJECTIVES = (1, …), got none")


def exercises() -> list[Exercise]:
    """All code exercises, in the order of the book."""
    found = []
    for path in HERE.glob("*/e*_starter.py"):
        name = path.name.removesuffix("_starter.py")
        found.append(Exercise(path.parent.name, int(re.findall(r"\d+", name)[0]), name))
    return sorted(found, key=lambda exercise: (exercise.lesson or 99, exercise.number))


def load(path: Path, name: str | None = None) -> ModuleType:
    """Run a file as a module of its own, fresh each time."""
    spec = importlib.util.spec_from_file_location(name or path.stem, path)
    assert spec is not None, path
    assert spec.loader is not None, path
    module = importlib.util.module_from_spec(spec)
    # Dataclasses look their module up while the file runs.
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module
