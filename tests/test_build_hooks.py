"""Claims about what the build does with a page that is wrong: it stops, and says where and what."""

import subprocess
import sys
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from build_hooks.mathml import to_mathml
from build_hooks.reference import without_docstrings
from build_hooks.spaces import kept_together
from build_hooks.tables import labeled

ROOT = Path(__file__).resolve().parent.parent

BROKEN = {
    "a formula that cannot be typeset": (
        r"Half is $\frac{1}{$.",
        r"line 3: the formula '\\frac{1}{' cannot be typeset",
    ),
    "an answer box without an answer": (
        '<div data-answer="lesson_3.nought">?</div>',
        "line 3: data-answer: no answer 'nought'",
    ),
    "a plot that nobody draws": (
        '<div data-figure="lesson_3.nought">.</div>',
        "line 3: no plot lesson_3.nought",
    ),
    "rows without a table": (
        '<div class="rows" markdown>\n\nWords.\n\n</div>',
        'line 3: each <div class="rows" markdown> holds one table',
    ),
    "a solution that is not there": (
        '<div data-solution="3.99"></div>',
        "line 3: data-solution: no exercise 3.99",
    ),
    "an exercise that is not there": (
        '<div data-exercise="3.99"></div>',
        "line 3: data-exercise: no exercise 3.99",
    ),
    "an interactive piece that is not there": (
        '<div data-explore="nought" markdown>\nWhat?\n\nThis.\n</div>',
        "line 3: data-explore: no docs/assets/explore/nought.js",
    ),
}
FRONT_MATTER = {
    "---\ntitle: [a\n---\n# Page\n": "line 3: front matter: expected ',' or ']'",
    "---\ntitle: a: b\n---\n# Page\n": "line 2: front matter: mapping values are not allowed here",
    "---\ntitle: a\n\n# Page\n": "line 1: the front matter that begins here has no end",
    "---\na title\n---\n# Page\n": "line 1: front matter: expected names with values, got 'a title'",
}


@pytest.mark.parametrize("case", BROKEN)
def test_build_stops_and_names_the_fault(case: str, tmp_path: Path) -> None:
    line, told = BROKEN[case]
    assert_stops_and_says(told, f"# Page\n\n{line}\n", tmp_path)


@pytest.mark.parametrize("text", FRONT_MATTER)
def test_front_matter_that_cannot_be_read_stops_the_build(text: str, tmp_path: Path) -> None:
    assert_stops_and_says(FRONT_MATTER[text], text, tmp_path)


def assert_stops_and_says(told: str, text: str, tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/page.md").write_text(text, encoding="utf-8")
    names = ("faults", "exercise_boxes", "tables", "explore", "plots", "mathml")
    hooks = "".join(f"\n  - {ROOT.as_posix()}/build_hooks/{name}.py" for name in names)
    extensions = "\n  - md_in_html\n  - tables\n  - pymdownx.arithmatex: {generic: true}"
    config = f"site_name: Test\nplugins: []\nhooks:{hooks}\nmarkdown_extensions:{extensions}\n"
    (tmp_path / "mkdocs.yml").write_text(config, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build"], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 1
    assert "page.md, " + told in done.stderr
    assert not (tmp_path / "site/page/index.html").exists()


def test_cells_of_a_wide_table_carry_the_names_of_their_columns() -> None:
    table = BeautifulSoup(
        labeled(
            "<table><thead><tr><th>what</th><th>in <code>code</code></th></tr></thead><tbody>"
            '<tr><td>loss</td><td style="text-align: right"><code>ranking_loss</code></td></tr></tbody></table>'
        ),
        "html.parser",
    )
    assert [cell["data-label"] for cell in table.find_all("td")] == ["what", "in code"]
    assert table.get_text() == "whatin codelossranking_loss"
    assert str(table.find_all("code")[-1]) == "<code>ranking_<wbr/>loss</code>"


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("85 % of 12 nats", "85\u00a0% of 12\u00a0nats"),
        ("72.6 ± 1.5 %", "72.6\u00a0±\u00a01.5\u00a0%"),
        ("(Table 14, App. C.2)", "(Table\u00a014, App.\u00a0C.2)"),
        ("GPT-3 and PPO-ptx", '<span class="unbroken">GPT-3</span> and <span class="unbroken">PPO-ptx</span>'),
        ("lesson 3 has 9 pages", "lesson 3 has 9 pages"),
    ],
)
def test_a_line_does_not_end_between_a_number_and_its_unit(typed: str, shown: str) -> None:
    assert kept_together(typed) == shown


@pytest.mark.parametrize(
    ("latex", "mathml"),
    [
        (r"m_t \log P", '</msub><mspace width="0.1667em"></mspace><mrow><mi>log</mi>'),  # as TeX spaces it
        (r"p_i \log_2 p_i", '</msub><mspace width="0.1667em"></mspace><msub><mi>log</mi>'),
        (r"m_t \, \log P", '</msub><mspace width="0.1667em"></mspace><mrow><mi>log</mi>'),  # and not twice
        (r"\exp\bigl(-x\bigr)", 'maxsize="1.2em">(</mo><mo form="prefix" stretchy="false">−</mo>'),
        (r"\exp\bigl(-x\bigr)", '<mo fence="true" form="postfix" symmetric="true"'),
    ],
)
def test_formulas_are_spaced_as_tex_spaces_them(latex: str, mathml: str) -> None:
    assert mathml in to_mathml(latex, display=False)


def test_a_folded_source_leaves_out_the_docstring_and_keeps_its_numbers() -> None:
    numbers = "\n".join(f'<span class="normal">{number}</span>' for number in range(5, 12))
    code = [
        '<span class="k">def</span> <span class="nf">f</span>():',
        '<span class="w">    </span><span class="sd">"""Do it.</span>',
        "",
        '<span class="sd">    Well.</span>',
        '<span class="sd">    """</span>',
        '    <span class="n">x</span> <span class="o">=</span> <span class="s2">"a"</span>',
        '    <span class="k">return</span> <span class="n">x</span>',
    ]
    source = (
        '<details class="mkdocstrings-source"><summary>Source code in <code>rlhf_textbook/f.py</code></summary><table>'
        f'<td class="linenos"><pre><span></span>{numbers}</pre></td><td><pre><span></span><code>'
        + "\n".join(code)
        + "</code></pre></td></table></details>"
    )
    page = BeautifulSoup(without_docstrings(source), "html.parser")
    listing, numbered = page.select("pre code")[0].get_text(), page.select("pre")[0].get_text()
    assert listing == 'def f():\n    x = "a"\n    return x'
    assert numbered.split() == ["5", "10", "11"]
