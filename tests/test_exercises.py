"""Claims about the exercises: solutions pass, starters do not, and each slip hears what is meant for it."""

import inspect
import subprocess
import sys
from pathlib import Path
from types import FunctionType, ModuleType

import pytest

from exercises.catalog import Exercise, exercises, load
from exercises.checking import Answer, Wrong
from exercises.start import start
from exercises.worker import Outcome, Worker, judge

ROOT = Path(__file__).resolve().parent.parent
ALL = exercises()
by_label = pytest.mark.parametrize("exercise", ALL, ids=lambda exercise: f"{exercise.label}-{exercise.name}")


def checks_of(exercise: Exercise) -> list[FunctionType]:
    module = load(exercise.checks)
    return [check for name, check in vars(module).items() if name.startswith("test_")]


def first_problem(exercise: Exercise, module: ModuleType) -> Outcome:
    """Return what a learner with this module would be told."""
    for check in checks_of(exercise):
        outcome = judge(check, lambda: Answer(module))
        if outcome.status != "done":
            return outcome
    return Outcome("done")


def wrong_answers() -> list[tuple[Exercise, Wrong]]:
    return [(exercise, wrong) for exercise in ALL for wrong in load(exercise.wrong).WRONG]


@by_label
def test_solution_passes(exercise: Exercise) -> None:
    assert first_problem(exercise, load(exercise.solution)) == Outcome("done")


@by_label
def test_no_check_lets_the_starter_pass(exercise: Exercise) -> None:
    starter = load(exercise.starter)
    for check in checks_of(exercise):
        outcome = judge(check, lambda: Answer(starter))
        assert outcome.status == "not started", check.__name__
        assert outcome.message, "a NotImplementedError says where to begin"


@pytest.mark.parametrize(
    ("exercise", "wrong"),
    wrong_answers(),
    ids=[f"{exercise.label}-{wrong.name}" for exercise, wrong in wrong_answers()],
)
def test_wrong_answer_is_told_what_is_wrong(exercise: Exercise, wrong: Wrong) -> None:
    module = load(exercise.solution)
    for name, function in wrong.replaces.items():
        assert hasattr(module, name), f"the solution has no {name}"
        setattr(module, name, function)
    outcome = first_problem(exercise, module)
    assert outcome.status == "not yet"
    assert wrong.told in outcome.message
    assert len(outcome.message.splitlines()) <= 4, "a message is read, a page of it is not"
    assert "Traceback" not in outcome.message


@by_label
def test_starter_and_solution_agree_on_names_and_arguments(exercise: Exercise) -> None:
    starter, solution = load(exercise.starter), load(exercise.solution)
    asked = {
        name: value
        for name, value in vars(starter).items()
        if inspect.isfunction(value) and value.__module__ == starter.__name__
    }
    assert asked
    for name, function in asked.items():
        mine, theirs = inspect.signature(function), inspect.signature(getattr(solution, name))
        assert mine == theirs, name


@by_label
def test_every_function_of_the_starter_has_a_wrong_answer_that_is_caught(exercise: Exercise) -> None:
    starter = load(exercise.starter)
    asked = {
        name
        for name, value in vars(starter).items()
        if inspect.isfunction(value) and value.__module__ == starter.__name__
    }
    assert {name for wrong in load(exercise.wrong).WRONG for name in wrong.replaces} >= asked


def test_exercises_of_a_lesson_are_numbered_from_1_without_a_gap() -> None:
    for lesson in {exercise.lesson for exercise in ALL}:
        numbers = [exercise.number for exercise in ALL if exercise.lesson == lesson]
        assert numbers == list(range(1, len(numbers) + 1))


def test_every_lesson_has_at_least_three_code_exercises() -> None:
    for page in ROOT.glob("docs/lessons/*.md"):
        lesson = int(page.name.partition("-")[0])
        assert sum(exercise.lesson == lesson for exercise in ALL) >= 3


# --- the learner's side -------------------------------------------------------------------------


def test_starting_copies_every_starter_and_overwrites_nothing(tmp_path: Path) -> None:
    assert len(start(tmp_path)) == len(ALL)
    mine = tmp_path / ALL[0].chapter / f"{ALL[0].name}.py"
    mine.write_text("my work", encoding="utf-8")
    gone = tmp_path / ALL[1].chapter / f"{ALL[1].name}.py"
    gone.unlink()
    assert start(tmp_path) == [gone]
    assert mine.read_text(encoding="utf-8") == "my work"


@pytest.fixture(scope="module")
def worker():
    worker = Worker(time_limit=3)
    yield worker
    worker.stop()


HOSTILE = {
    "an endless loop": ("while True: pass", "nothing after 3 seconds"),
    "a crash": ("import os; os._exit(7)", "ended Python itself"),
    "exit()": ("import sys; sys.exit()", "SystemExit"),
    "endless recursion": ("return ranking_pairs(n_responses)", "RecursionError"),
    "an error": ("return 1 / 0", "ZeroDivisionError: division by zero in line 3"),
    "nothing returned": ("pass", "Is there a `return`?"),
    "another kind of value": ("return 'six'", "gave 'six'"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_worker_survives(worker: Worker, tmp_path: Path, case: str) -> None:
    body, told = HOSTILE[case]
    exercise = next(exercise for exercise in ALL if exercise.name == "e1_ranking_pairs")
    answer = tmp_path / "answer.py"
    answer.write_text(f"def ranking_pairs(n_responses):\n    print('counting')\n    {body}\n", encoding="utf-8")
    outcome = worker.run(exercise.checks, "test_three_responses", answer)
    assert outcome.status == "not yet"
    assert told in outcome.message
    assert worker.run(exercise.checks, "test_three_responses", exercise.solution) == Outcome("done")


def test_a_file_that_python_cannot_read_is_explained(worker: Worker, tmp_path: Path) -> None:
    answer = tmp_path / "answer.py"
    answer.write_text("def ranking_pairs(n_responses)\n    return []\n", encoding="utf-8")
    outcome = worker.run(ALL[0].checks, checks_of(ALL[0])[0].__name__, answer)
    assert "line 1: def ranking_pairs(n_responses)" in outcome.message


def test_a_missing_function_is_named(worker: Worker, tmp_path: Path) -> None:
    answer = tmp_path / "answer.py"
    answer.write_text("x = 1\n", encoding="utf-8")
    outcome = worker.run(ALL[0].checks, checks_of(ALL[0])[0].__name__, answer)
    assert "a function named" in outcome.message


def run_pytest(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_solutions_pass_through_the_command_that_a_learner_uses() -> None:
    done = run_pytest("exercises", "--answers=solutions")
    assert done.returncode == 0, done.stdout
    assert f"{len(ALL)} of {len(ALL)} done" in done.stdout


def test_starters_are_not_green_and_make_no_noise() -> None:
    done = run_pytest("exercises/lesson_3", "--answers=starters")
    assert done.returncode == 1
    assert "0 of" in done.stdout
    assert "not started" in done.stdout
    assert "Traceback" not in done.stdout
    assert len(done.stdout.splitlines()) < 20
