"""Put the exercises into the pages: answer boxes, rubrics that can be ticked, tables of exercises.

A page only names an answer (`<div data-answer="lesson_3.second-over-fourth">Question:</div>`); its value,
hints and solution come from the solution modules. Question, hints and solution are plain HTML with
`<details>`, readable without JavaScript; `assets/numeric-answer.js` makes an answer box of them.
"""

import hashlib
import importlib
import re
import sys
from collections import defaultdict
from html import escape, unescape
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.pages import Page
from mkdocs.utils import get_relative_url
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # the builder may have been started from elsewhere

from build_hooks.faults import located  # noqa: E402
from build_hooks.spaces import breakable  # noqa: E402
from exercises.catalog import exercises  # noqa: E402
from exercises.page_answers import NumericAnswer  # noqa: E402

# Markdown may have taken the line for a paragraph; a paragraph cannot hold what the box holds.
ANSWER = re.compile(r'(?:<p>)?<div data-answer="([\w.-]+)">(.*?)</div>(?:</p>)?', re.DOTALL)
CODE_EXERCISES = re.compile(r'<div data-code-exercises="(\w)"></div>')
EXERCISE = re.compile(r'(?:<p>)?<div data-(exercise|solution)="([\w.]+)"></div>(?:</p>)?')
OBJECTIVES = "<div data-objectives></div>"
PROGRESS = "<div data-progress></div>"
TICK = re.compile(
    r'(<li class="task-list-item"><label class="task-list-control"><input type="checkbox")( ?/?>)'
    r'(<span class="task-list-indicator"></span>)</label>(.*?)</li>',
    re.DOTALL,
)

_used: dict[str, dict[str, list[str]]] = defaultdict(lambda: {"answers": [], "ticks": []})
_titles: dict[str, tuple[str, str]] = {}


def on_pre_build(config: MkDocsConfig) -> None:
    _used.clear()
    _titles.clear()


def find_answer(name: str) -> NumericAnswer:
    """Look up `lesson_3.second-over-fourth`."""
    folder, _, key = name.partition(".")
    try:
        answers: dict[str, NumericAnswer] = importlib.import_module(f"exercises.{folder}.page_answers").ANSWERS
        return answers[key]
    except (ImportError, KeyError):
        raise PluginError(f"data-answer: no answer {key!r} in exercises/{folder}/page_answers.py") from None


def answer_box(name: str, question: str) -> str:
    """Build the box: a question, its hints one by one, and the solution, each folded."""
    answer = find_answer(name)
    unit = f" {answer.unit}" if answer.unit else ""
    hints = "".join(
        f'<details class="hint"><summary>Hint {number}</summary><p>{escape(hint)}</p></details>'
        for number, hint in enumerate(answer.hints, start=1)
    )
    value = f"{answer.value:.{answer.decimals}f}".replace("-", "−")
    solution = (
        f'<details class="solution"><summary>Solution</summary>'
        f"<p><strong>{value}{escape(unit)}.</strong> {escape(answer.solution)}</p></details>"
    )
    return (
        f'<numeric-answer data-name="{name}" data-value="{answer.value!r}" data-decimals="{answer.decimals}"'
        f' data-unit="{escape(answer.unit)}"><p class="question">{question.strip()}</p>'
        f"{hints}{solution}</numeric-answer>"
    )


def table_in_rows(heads: list[str], rows: list[list[str]]) -> str:
    """Write a table of words, of which each row stands by itself on a phone; the cells are HTML."""
    head = "".join(f"<th>{cell}</th>" for cell in heads)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f'<div class="rows"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def code_exercise_table(chapter: str, page: Page) -> str:
    """List the code exercises of a lesson, or of the project (P), and the commands that check them."""
    found = [exercise for exercise in exercises() if exercise.label.startswith(f"{chapter}.")]
    whole = "project" if chapter == "P" else "lesson"
    rows = [
        [exercise.label, escape(exercise.title), f"<code>{exercise.mine.relative_to(ROOT).as_posix()}</code>"]
        for exercise in found
    ]
    return (
        f'<p>In the folder of the course (<a href="{get_relative_url("exercises.html", page.url)}">how to get it</a>),'
        " get your own copy of the starters once, then check as often as you like:</p>"
        '<div class="language-shell highlight"><pre><code>'
        f"python make.py exercises\npython make.py check {chapter}    # the {whole}\n"
        f"python make.py check {chapter}.1  # one exercise\n</code></pre></div>"
        f"{table_in_rows(['exercise', 'what to write', 'your file'], rows)}"
    )


def exercise_sheet(kind: str, label: str) -> str:
    """Show one code exercise: where to write it, how to check it, its checks and its starter; or its solution."""
    exercise = next((found for found in exercises() if found.label == label), None)
    if exercise is None:
        raise PluginError(f"data-{kind}: no exercise {label}")
    if kind == "solution":
        return source_listing("Solution", exercise.solution)
    names = re.findall(r"^def test_(\w+)", exercise.checks.read_text(encoding="utf-8"), re.MULTILINE)
    checks = "".join(f"<li>{name.replace('_', ' ')}</li>" for name in names)
    command = f"python make.py exercises\npython make.py check {label}\n"
    return (
        f"<p>Your file is <code>{breakable(exercise.mine.relative_to(ROOT).as_posix())}</code>.</p>"
        f'<div class="language-shell highlight"><pre><code>{command}</code></pre></div>'
        '<details class="exercise-source"><summary>Key things to verify</summary>'
        f"<ol>{checks}</ol></details>"
        f"{source_listing('Starter', exercise.starter)}"
    )


def source_listing(title: str, path: Path) -> str:
    """Show a file as it is, folded; the tests run it from the file, so it is no block of the page."""
    code = highlight(path.read_text(encoding="utf-8"), PythonLexer(), HtmlFormatter(nowrap=True))
    return (
        f'<details class="exercise-source"><summary>{title}</summary>'
        f'<div class="language-python highlight"><pre><code>{code}</code></pre></div></details>'
    )


def lesson_objectives(lesson: int) -> list[str]:
    """Read the bullets under "You will be able to" off the lesson's page."""
    page = next((ROOT / "docs/lessons").glob(f"{lesson}-*.md")).read_text(encoding="utf-8")
    block = page.split("**You will be able to**")[1].split("**You need**")[0]
    return [line.strip()[2:].rstrip(".;") for line in block.split("\n") if line.strip().startswith("- ")]


def objective_table(page: Page) -> str:
    """Say which exercise and which test file exercises which objective of which lesson."""
    rows = []
    catalog = exercises()
    pages = {int(path.name.partition("-")[0]): path.stem for path in (ROOT / "docs/lessons").glob("*.md")}
    for lesson, target in sorted(pages.items()):
        link = get_relative_url(f"lessons/{target}.html", page.url)
        for number, objective in enumerate(lesson_objectives(lesson), start=1):
            found = [e for e in catalog if e.lesson == lesson and number in e.objectives]
            code = "<br>".join(f"{e.label} {escape(e.title)}<br><code>{e.checks.name}</code>" for e in found)
            words = "Recall, Extend, true or false: rubric on the page"
            rows.append([objective_html(objective), f'<a href="{link}">{lesson}</a>', code or words])
    return table_in_rows(["objective", "lesson", "exercise, with its checks"], rows)


def objective_html(objective: str) -> str:
    """Keep code and formulas of an objective; the formula hook, which runs later, typesets them."""
    text = escape(objective, quote=False)
    text = re.sub(r"`([^`]+)`", r"<code>\1</code>", text)
    text = re.sub(r"\*\*([^*]+)\*\*", r"<strong>\1</strong>", text)
    text = re.sub(r"\*([^*]+)\*", r"<em>\1</em>", text)
    text = re.sub(r"\[([^\]]+)\]\([^)]+\)", r"\1", text)
    return re.sub(r"\$([^$]+)\$", r'<span class="arithmatex">\\(\1\\)</span>', text)


def on_page_content(content: str, *, page: Page, **_: object) -> str:
    source = page.file.src_uri
    used = _used[source]
    _titles[source] = (page.title or source, page.url)

    def box(match: re.Match[str]) -> str:
        used["answers"].append(match[1])
        with located(page, f'"{match[1]}"'):
            return answer_box(match[1], match[2])

    def sheet(match: re.Match[str]) -> str:
        with located(page, match[0].removeprefix("<p>").removesuffix("</p>")):
            return exercise_sheet(match[1], match[2])

    def tick(match: re.Match[str]) -> str:
        text = unescape(re.sub(r"<[^>]+>", "", match[4])).strip()
        name = f"{Path(source).stem}:{hashlib.sha256(text.encode()).hexdigest()[:8]}"
        used["ticks"].append(name)
        # The text goes inside the label: it names the box, and a tap on it ticks.
        label = f'{match[3]}<span class="task-list-text">{match[4].strip()}</span>'
        return f'{match[1]} data-tick="{name}"{match[2]}{label}</label></li>'

    content = ANSWER.sub(box, content)
    content = EXERCISE.sub(sheet, content)
    content = CODE_EXERCISES.sub(lambda match: code_exercise_table(match[1], page), content)
    content = content.replace(OBJECTIVES, objective_table(page)) if OBJECTIVES in content else content
    return TICK.sub(tick, content)


def counted(names: dict[str, list[str]]) -> str:
    """Write the cells of one row of the progress page: how many there are, and which."""
    return "".join(
        f'<td data-count="{kind}" data-names="{" ".join(found)}">{len(found)}</td>' for kind, found in names.items()
    )


def on_page_context(context: dict[str, object], *, page: Page, **_: object) -> dict[str, object]:
    """Fill the progress page, now that every page has been read."""
    if page.content and PROGRESS in page.content:
        rows = []
        # The lessons first.
        for source, used in sorted(_used.items(), key=lambda item: (not item[0].startswith("lessons/"), item[0])):
            if any(used.values()):
                title, url = _titles[source]
                link = f'<a href="{get_relative_url(url, page.url)}">{escape(title)}</a>'
                rows.append(f"<tr><td>{link}</td>{counted(used)}</tr>")
        every = {kind: [name for used in _used.values() for name in used[kind]] for kind in ("answers", "ticks")}
        table = (
            "<table><thead><tr><th>page</th><th>answer boxes</th><th>ticks</th></tr></thead>"
            f"<tbody>{''.join(rows)}</tbody><tfoot><tr><td>together</td>{counted(every)}</tr></tfoot></table>"
        )
        page.content = page.content.replace(PROGRESS, table)
    return context
