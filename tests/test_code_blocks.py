"""Claims about the check itself: what would deceive a reader turns the tests red."""

import textwrap
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

CONTAINERS = {
    "plain": "{fence}",
    "admonition": "!!! note\n\n{indented}",
    "folded": '??? success "Solution"\n\n{indented}',
    "tab": '=== "numpy"\n\n{indented}\n\n=== "other"\n\n    text',
    "second tab": '=== "numpy"\n\n    text\n\n=== "other"\n\n{indented}',
    "tab in an admonition": '!!! note\n\n    === "numpy"\n\n{twice_indented}',
    "attributes": "``` {{.python}}\n{code}\n```\n{output}",
    "div with a blank line": '<div class="grid" markdown>\n\n{fence}\n\n</div>',
    "div without a blank line": '<div class="grid" markdown>\n{fence}\n</div>',
    "list item": "- item\n\n{indented}",
    "nested list": "- item\n    - item\n\n{twice_indented}",
    "quote, then plain": "> a quote\n\n{fence}",
}


NOTES = "\n1. One line.\n2. Another,\n\n    with a paragraph more.\n"


def page_with(container: str, code: str, output: str | None, notes: str = "") -> str:
    shown = notes + ("" if output is None else f'\n```text title="Output"\n{output}\n```\n')
    fence = f"```python\n{code}\n```\n{shown}"
    return "# Page\n\nText before.\n\n" + CONTAINERS[container].format(
        fence=fence,
        indented=textwrap.indent(fence, " " * 4),
        twice_indented=textwrap.indent(fence, " " * 8),
        code=code,
        output=shown,
    )


@pytest.fixture
def book(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    monkeypatch.syspath_prepend(ROOT)
    pytester.makeconftest('pytest_plugins = ["tests.code_blocks"]')
    pytester.makeini("[pytest]\naddopts = --markdown-docs --markdown-docs-syntax=superfences -p no:hypothesispytest")
    return pytester


def run(book: pytest.Pytester, *pages: str, options: tuple[str, ...] = ()) -> pytest.RunResult:
    for number, page in enumerate(pages):
        (book.path / f"page{number}.md").write_text(page, encoding="utf-8")
    return book.runpytest_inprocess(*options)


def test_a_block_is_run_wherever_it_stands_on_a_page(book: pytest.Pytester) -> None:
    result = run(book, *(page_with(container, "print(1 + 1)", "2") for container in CONTAINERS))
    result.assert_outcomes(passed=len(CONTAINERS))


def test_a_block_that_fails_is_noticed_wherever_it_stands(book: pytest.Pytester) -> None:
    result = run(book, *(page_with(container, "1 / 0", None) for container in CONTAINERS))
    result.assert_outcomes(failed=len(CONTAINERS))


def test_a_wrong_output_is_noticed_wherever_it_stands(book: pytest.Pytester) -> None:
    result = run(book, *(page_with(container, "print(1 + 1)", "3") for container in CONTAINERS))
    result.assert_outcomes(failed=len(CONTAINERS))
    result.stdout.fnmatch_lines(["*the output shown is not the output printed*", "*--- shown", "3", "--- printed", "2"])


@pytest.mark.parametrize(("code", "output"), [("print(2)", None), ("x = 2", "2"), ("print(2)", "")])
def test_printing_and_showing_go_together(book: pytest.Pytester, code: str, output: str | None) -> None:
    run(book, page_with("plain", code, output)).assert_outcomes(failed=1)


def test_a_block_may_not_lean_on_the_one_before(book: pytest.Pytester) -> None:
    page = "```python\nx = 2\n```\n\n" + page_with("plain", "print(x)", "2")
    run(book, page).assert_outcomes(passed=1, failed=1)


@pytest.mark.parametrize("container", CONTAINERS)
def test_outputs_are_rewritten_in_place(book: pytest.Pytester, container: str) -> None:
    code = "print('two')\nprint()\nprint(2)"
    stale = page_with(container, code, "stale\nlines")
    run(book, stale, options=("--update-outputs",)).assert_outcomes(passed=1)
    rewritten = (book.path / "page0.md").read_text(encoding="utf-8")
    assert rewritten.rstrip() == page_with(container, code, "two\n\n2").rstrip().replace(" " * 8 + "\n", "\n")
    run(book).assert_outcomes(passed=1)


@pytest.mark.parametrize("container", CONTAINERS)
def test_the_output_of_an_annotated_block_stands_below_its_notes(book: pytest.Pytester, container: str) -> None:
    code = "x = 2  # (1)!\nprint(x)  # (2)!"
    run(book, page_with(container, code, "3", NOTES)).assert_outcomes(failed=1)
    run(book, options=("--update-outputs",)).assert_outcomes(passed=1)
    rewritten = (book.path / "page0.md").read_text(encoding="utf-8")
    assert rewritten.rstrip() == page_with(container, code, "2", NOTES).rstrip()
    run(book).assert_outcomes(passed=1)


def test_an_output_that_is_missing_is_written_below_the_notes(book: pytest.Pytester) -> None:
    code = "print(2)  # (1)!"
    run(book, page_with("plain", code, None, NOTES), options=("--update-outputs",)).assert_outcomes(passed=1)
    rewritten = (book.path / "page0.md").read_text(encoding="utf-8")
    assert rewritten.rstrip() == page_with("plain", code, "2", NOTES).rstrip()


@pytest.mark.parametrize(
    ("code", "between"),
    [
        ("print(2)", NOTES),
        ("print(2)  # what (1) is", NOTES),
        ("print(2)  # (1)!", "\nA sentence.\n"),
        ("print(2)  # (1)!", NOTES + "\nA sentence.\n"),
        ("print(2)  # (1)!", "\n- a list without numbers\n"),
    ],
)
def test_nothing_but_notes_stands_between_a_block_and_its_output(
    book: pytest.Pytester, code: str, between: str
) -> None:
    run(book, page_with("plain", code, "2", between)).assert_outcomes(failed=1)


def test_two_equal_blocks_get_an_output_each(book: pytest.Pytester) -> None:
    page = page_with("plain", "print(2)", "") * 2
    run(book, page, options=("--update-outputs",)).assert_outcomes(passed=2)
    assert (book.path / "page0.md").read_text(encoding="utf-8").count('Output"\n2\n```') == 2


def test_a_failing_block_is_not_rewritten(book: pytest.Pytester) -> None:
    page = page_with("plain", "print(2)\n1 / 0", "stale")
    run(book, page, options=("--update-outputs",)).assert_outcomes(failed=1)
    assert (book.path / "page0.md").read_text(encoding="utf-8") == page


def test_examples_in_docstrings_are_run_and_rewritten(book: pytest.Pytester) -> None:
    docstring = page_with("plain", "print(1 + 1)", "stale")
    source = 'def f():\n    """Add.\n\n' + textwrap.indent(docstring, " " * 4) + '    """\n'
    (book.path / "module.py").write_text(source, encoding="utf-8")
    run(book).assert_outcomes(failed=1)
    run(book, options=("--update-outputs",)).assert_outcomes(passed=1)
    assert (book.path / "module.py").read_text(encoding="utf-8") == source.replace("stale", "2")
