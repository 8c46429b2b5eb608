"""Claims about the language of the book: spelled right, one word for one thing, sentences that can be read.

The rules are in one table, `RULES`. Each brings a sentence that it must find and one that it must leave alone, so
that no rule is dead and none is blind to its exception. What is checked is prose: the text cells and captions of the
pages, their tables, and the docstrings, without code, formulas and addresses. Spelling is left to codespell, whose
settings are in `pyproject.toml`.
"""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from statistics import mean
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("docs/lab/*.py")])
PACKAGES = ("rlhf_textbook", "lab", "exercises", "figures")
MODULES = sorted(path for folder in PACKAGES for path in ROOT.glob(f"{folder}/**/*.py"))

WORDS_IN_A_SENTENCE = 45
WORDS_IN_A_PARAGRAPH = 130
MEAN_WORDS_IN_A_SENTENCE = 20


class Rule(NamedTuple):
    say: str
    instead_of: str  # a regular expression for whole words, upper and lower case alike
    caught: str
    allowed: str


# fmt: off
TABLE = [
    # one word for one thing
    Rule("reward model", r"preference models?|RM models?|reward-models|reward-model(?! \w)",
         caught="The preference model scores it.", allowed="Reward-model training, with reward models."),
    Rule("labeler", r"annotators?|raters?|labellers?|crowd-?workers?",
         caught="Two annotators disagree.", allowed="Two labelers disagree."),
    Rule("log-probability", r"log[ -]?probs?|log ?probabilit(?:y|ies)",
         caught="The log probability of a token.", allowed="The log-probability of a token, `log_probs`."),
    Rule("fine-tuning", r"fine ?tun(?:e|es|ed|ing)",
         caught="After finetuning it.", allowed="After fine-tuning it, the finest tuning."),
    Rule("over-optimization", r"over ?optimi[sz]\w+",
         caught="This is overoptimization.", allowed="This is over-optimization."),
    Rule("pretraining", r"pre[- ]train\w*",
         caught="The pre-training data.", allowed="The pretraining data."),
    Rule("PPO-ptx", r"(?-i:PPO[-_ ]?PTX|PPO[-_ ]?Ptx|PPO[_ ]?ptx|[Pp]po-ptx)",
         caught="The PPO-PTX model.", allowed="The PPO-ptx model."),
    Rule("data set", r"data-?sets?",
         caught="A dataset of comparisons.", allowed="A data set of comparisons."),
    Rule("hyperparameter", r"hyper[- ]parameters?",
         caught="Two hyper-parameters.", allowed="Two hyperparameters."),
    Rule("Bradley–Terry, Kullback–Leibler", r"(?:Bradley|Kullback)[- ](?:Terry|Leibler)",
         caught="The Bradley-Terry model.", allowed="The Bradley–Terry model."),
    # numbers and signs
    Rule("73 %", r"[\d.]+(?:%| percent| per cent)",
         caught="It is right in 73% of cases.", allowed="It is right in 73 % of cases, by 2 percentage points."),
    Rule("−1, with the sign for minus", r"(?<![–−-])-\d[\d.]*",
         caught="The score is -0.5.", allowed="The score is −0.5, of GPT-3, in 2-4 lines."),
    Rule("…", r"\w*\.\.\.",
         caught="And so on...", allowed="And so on …"),
    Rule("2 nats", r"(?!1 )\d[\d.]* (?:nat|bit)|1 (?:nats|bits)",
         caught="It pays 2 nat.", allowed="It pays 2.1 nats, 1 bit, or a 2-nat step."),
    Rule("log, which is the natural one", r"ln [\d.]+|ln ?\(.*?\)",
         caught="At first it is ln 2.", allowed="At first it is log 2."),
    # style
    Rule("a word once", r"(?-i:([A-Za-z])([a-z]+) (?=[a-z])(?i:\1\2))",
         caught="The the two.", allowed="Parameters kl KL, of the two."),
    Rule("something plain", r"delv(?:e|es|ing)|crucial(?:ly)?|worth noting|needless to say|in order to|leverag\w+",
         caught="In order to win, it is crucial.", allowed="To win, it matters."),
]
# fmt: on
RULES = {rule.say: rule for rule in TABLE}

FRONT_MATTER = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)
FENCE = re.compile(r"^([ >]*)(```+|~~~+).*?^\1\2[ ]*$", re.MULTILINE | re.DOTALL)
LITERAL = re.compile(r"(?<=:\n\n)(?: {4}.*\n|\n)+")  # code in a docstring that is not read as Markdown
DISPLAY = re.compile(r"\$\$.*?\$\$", re.DOTALL)
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
MARKER = re.compile(  # what a block begins with: list item, heading, admonition, table row, caption, definition, note
    r"[ >]*(?:[-*+]|\d+\.)[ ]+(?:\[[ x]\][ ]+)?|[ >]*#+[ ]+|[ ]*(?:!!!|\?\?\?\+?|===!?)[ ]+\w*[ ]*|[ >]*\|"
    r"|[ ]*<div|:[ ]+|\[\^\w+\]:"
)
INLINE = [
    (re.compile(r"(`+)(?:.(?!\1))*.?\1"), "CODE"),
    (re.compile(r"(?<![\\$])\$(?:\\.|[^$\\])+\$"), "X"),
    (re.compile(r"\[@[^\]]*\]"), "Cited"),
    (re.compile(r"\[\^\w+\]"), ""),
    (
        re.compile(
            r"!?\[((?:[^\[\]]|\[[^\[\]]*\])*)\](?:\([^()\s]*(?:\([^()]*\)[^()\s]*)*(?: \"[^\"]*\")?\)|\[[^\]]*\])"
        ),
        r"\1",
    ),
    (re.compile(r"\{ ?[:.#][^{}]*\}"), ""),
    (re.compile(r"<https?://[^>]*>|https?://\S+"), "URL"),
    (re.compile(r"</?\w[^<>]*>"), ""),
    (re.compile(r"\b(?:[A-Z][a-z]+){2,}\b"), "Name"),  # of a class
    (re.compile(r"\*\*|(?<!\w)[*_](?=\S)|(?<=\S)[*_](?!\w)"), ""),
    (re.compile("[\u00a0\u202f]"), " "),
]
# A full stop after these does not end a sentence.
SHORT = re.compile(r"\b(App|Apps|Eq|Eqs|Fig|Sec|al|e\.g|i\.e|vs|cf|No|St|approx)\.(?=\s)")
END = re.compile(r"(?<=[.!?…])[\"”’)\]]*\s+(?=[\"“‘(\[]*[A-ZΑ-Ω0-9])|(?<=[.!?][)\"”])\s+(?=[\"“(]*[A-Z])")


class Block(NamedTuple):
    """One paragraph, list item, heading, caption or table row, without its mark-up."""

    kind: str  # "prose", "heading" or "table"
    text: str


def plain(line: str) -> str:
    for pattern, instead in INLINE:
        line = pattern.sub(instead, line)
    return " ".join(line.split())


def blocks(markdown: str) -> Iterator[Block]:
    """Take a text apart, code and formulas left out. Lines that belong together are joined."""
    for pattern in (FRONT_MATTER, FENCE, DISPLAY, COMMENT):
        markdown = pattern.sub("\n\n", markdown)
    kind, lines = "prose", list[str]()
    for line in [*markdown.split("\n"), ""]:
        marker = MARKER.match(line)
        if (marker or not line.strip()) and lines:
            yield Block(kind, plain(" ".join(lines)))
            lines = []
        if line.strip():
            if marker:
                mark = marker.group().strip()
                kind = "table" if mark == "|" else "heading" if mark.startswith("#") else "prose"
            elif not lines:
                kind = "prose"
            is_tag = marker and "<div" in marker.group()
            lines.append(line.strip() if is_tag else line[marker.end() if marker else 0 :].strip(" >"))


def markdown_of(path: Path) -> str:
    """Read a page, of a lab's script the text cells, of a module the docstrings."""
    text = path.read_text(encoding="utf-8")
    if path.name == "notation.md":  # what a thing is called elsewhere stands there in italics
        return re.sub(r"(?m)(?<=; )\*[^*\n]+\*(?=[ ,])", "", text)
    if path.name == "further-reading.md":  # titles of works, which tests/test_references.py holds against their list
        return re.sub(r"\*[^*\n]+\*\{ \.work \}", "", text)
    if path.suffix == ".md":
        return text
    if path.is_relative_to(ROOT / "docs"):
        cells = re.split(r"^# %%(.*)\n", text, flags=re.MULTILINE)
        written = [cell for title, cell in zip(cells[1::2], cells[2::2], strict=True) if "[markdown]" in title]
        return "\n\n".join(re.sub(r"^# ?", "", cell, flags=re.MULTILINE) for cell in written)
    owners = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    documented = [node for node in ast.walk(ast.parse(text)) if isinstance(node, owners)]
    docstrings = [LITERAL.sub("", ast.get_docstring(node) or "") for node in documented]
    return "\n\n".join(re.sub(r"^(\w+)\n-+$", r"# \1", text, flags=re.MULTILINE) for text in docstrings)


@cache
def blocks_of(path: Path) -> list[Block]:
    return [block for block in blocks(markdown_of(path)) if block.text]


def sentences(text: str) -> list[str]:
    return [part for part in END.split(SHORT.sub(r"\1", text)) if part]


def words(text: str) -> int:
    return len(re.findall(r"[^\s/]*\w[^\s/]*", text))


def breaches(rule: Rule, text: str) -> list[str]:
    pattern = re.compile(rf"(?<![\w.])(?:{rule.instead_of})(?!\w)", re.IGNORECASE)
    return [text[max(found.start() - 30, 0) : found.end() + 30] for found in pattern.finditer(text)]


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_every_rule_finds_its_mistake_and_leaves_its_exception(rule: Rule) -> None:
    assert breaches(rule, plain(rule.caught)), "a dead rule"
    assert not breaches(rule, plain(rule.allowed)), "an exception that is none"


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_one_word_for_one_thing(rule: Rule) -> None:
    found = [
        f"{path.relative_to(ROOT)}: … {place} …"
        for path in PAGES + MODULES
        for block in blocks_of(path)
        for place in breaches(rule, block.text)
    ]
    assert not found, f"say: {rule.say}\n" + "\n".join(found)


def prose_of(path: Path) -> list[str]:
    return [block.text for block in blocks_of(path) if block.kind == "prose"]


def breathless(path: Path) -> list[str]:
    """Complain of long paragraphs and sentences, and of a page whose sentences are long on average."""
    paragraphs = prose_of(path)
    read = [sentence for text in paragraphs for sentence in sentences(text)]
    found = [f"paragraph of {words(text)} words: {text}" for text in paragraphs if words(text) > WORDS_IN_A_PARAGRAPH]
    found += [f"sentence of {words(text)} words: {text}" for text in read if words(text) > WORDS_IN_A_SENTENCE]
    lengths = [words(text) for text in read if words(text) >= 4]  # labels, such as "Code" with a link, are none
    if len(lengths) >= 10 and mean(lengths) > MEAN_WORDS_IN_A_SENTENCE:
        found.append(f"{mean(lengths):.1f} words in a sentence, on average")
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_page_can_be_read_in_one_breath(page: Path) -> None:
    found = breathless(page)
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("One word more, " * 16, "sentence of 48 words"),
        ("It is short. " * 44, "paragraph of 132 words"),
        ((20 * "word " + "end.\n\n") * 10, "21.0 words in a sentence"),
    ],
)
def test_text_without_breath_is_found(text: str, complaint: str, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(text, encoding="utf-8")
    found = breathless(page)
    assert len(found) == 1
    assert found[0].startswith(complaint)


@pytest.mark.parametrize("module", [path for path in MODULES if path.parts[-2] != "claims"], ids=lambda path: path.stem)
def test_docstring_has_no_endless_sentence(module: Path) -> None:
    too_long = [s for text in prose_of(module) for s in sentences(text) if words(s) > WORDS_IN_A_SENTENCE]
    assert not too_long, f"sentences of more than {WORDS_IN_A_SENTENCE} words\n" + "\n".join(too_long)


SPELLED = ("docs", *PACKAGES, "benchmarks", "build_hooks", "README.md", "CONTRIBUTING.md", "CHANGELOG.md", "make.py")


def misspelled(*places: str) -> str:
    """Ask codespell, with the settings of `pyproject.toml`."""
    command = [sys.executable, "-m", "codespell_lib", "--toml", "pyproject.toml", *places]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 65), done.stderr  # 65: words were found
    return done.stdout


def test_spelling_is_right_and_american() -> None:
    assert not misspelled(*SPELLED)


@pytest.mark.parametrize(
    "word",
    ["teh", "recieve", "behaviour", "colour", "labelled", "normalise", "optimise", "modelling", "favour", "centre"],
)
def test_spelling_check_finds(word: str, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"Here stands {word} once.\n", encoding="utf-8")
    assert word in misspelled(str(page))


PAGE = """\
---
title: The the
---
# A heading { #with-an-anchor }

A *paragraph* with `code`, $x_1$ and a [link](other.md#place "title"), one [`name`][to.name].
It goes on[^1] (App. C.2) and ends. "Then 2 nats."

- an item [@key, §3]
    - [ ] one below it

      ```python
      the the
      ```

!!! note "A title"

    Its text, <span class="no">here</span>.

$$
the\\ the
$$

| a | cell |
<div data-figure="x.y">A caption.</div>
"""


def test_prose_is_taken_out_of_a_page() -> None:
    taken = [(block.kind, block.text) for block in blocks(PAGE) if block.text]
    assert taken == [
        ("heading", "A heading"),
        (
            "prose",
            'A paragraph with CODE, X and a link, one CODE. It goes on (App. C.2) and ends. "Then 2 nats."',
        ),
        ("prose", "an item Cited"),
        ("prose", "one below it"),
        ("prose", '"A title"'),
        ("prose", "Its text, here."),
        ("table", "a | cell |"),
        ("prose", "A caption."),
    ]
    paragraph = taken[1][1]
    assert [words(sentence) for sentence in sentences(paragraph)] == [10, 7, 3]


def test_text_is_found_on_every_page_and_in_every_kind_of_file() -> None:
    assert not [page for page in PAGES if not blocks_of(page)]
    for folder in PACKAGES:
        assert any(blocks_of(path) for path in MODULES if path.is_relative_to(ROOT / folder)), folder
