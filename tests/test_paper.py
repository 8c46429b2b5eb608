"""Claims about the paper's numbers: well-formed, and no page states one that differs or that nobody recorded."""

import dataclasses
import importlib
import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from bs4 import BeautifulSoup
from mkdocs.exceptions import PluginError

from exercises.lesson_6 import test_e3_size_or_training, test_e5_alignment_tax
from rlhf_textbook import paper
from rlhf_textbook.paper import FACTS, Fact

HOOK: Any = importlib.import_module("build_hooks.facts")
ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"

# --- what a page is made of ------------------------------------------------------------------------------------------

FENCE = re.compile(r"^([ \t]*)(```+|~~~+)[^\n]*\n.*?^\1\2[ \t]*$", re.MULTILINE | re.DOTALL)
CELL = re.compile(r"^# %%([^\n]*)\n(.*?)(?=^# %%|\Z)", re.MULTILINE | re.DOTALL)
NOT_PROSE = (
    re.compile(r"\$\$.*?\$\$", re.DOTALL),  # display math
    re.compile(r"<!--.*?-->", re.DOTALL),
    re.compile(r"`[^`\n]+`"),
    re.compile(r"(?<=\])\((?:[^()\s]|\([^()]*\))*\)(?:\{[^}\n]*\})?"),  # where a link leads
    re.compile(r"(?<=\])\[[\w.]+\]"),  # likewise, of a cross-reference
    re.compile(r"</?\w+(?:\s[^<>]*)?>"),
    re.compile(r"(?<=#) .*$", re.MULTILINE),  # headings are numbered; the # stays and ends what stood above
    re.compile(r"^\s*\[\^?[\w-]+\]: .*$", re.MULTILINE),
)


def blanked(text: str, *patterns: re.Pattern[str]) -> str:
    """Put spaces in the place of what matches, so that all else keeps its line and column."""
    for pattern in patterns:
        text = pattern.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)
    return text


def text_and_code(text: str, name: str) -> tuple[str, str]:
    """Take a source apart: prose with everything else blanked, and the code with its outputs."""
    if not name.endswith(".py"):
        code = "\n".join(match[0] for match in FENCE.finditer(text))
        return blanked(text, FENCE, *NOT_PROSE), code
    prose = re.sub(r"[^\n]", " ", text)
    code_cells = []
    for cell in CELL.finditer(text):
        if "[markdown]" not in cell[1]:
            code_cells.append(cell[2])
            continue
        cleared = re.sub(r"^# ?", lambda mark: " " * len(mark[0]), cell[2], flags=re.MULTILINE)
        code_cells += [match[0] for match in FENCE.finditer(cleared)]
        prose = prose[: cell.start(2)] + blanked(cleared, FENCE, *NOT_PROSE) + prose[cell.end(2) :]
    return prose, "\n".join(code_cells)


@cache
def sources() -> dict[str, str]:
    """Every page that is written by hand, by its path under docs/; the reference shows docstrings."""
    paths = [*DOCS.rglob("*.md"), *(DOCS / "lab").glob("*.py"), DOCS / "glossary.yml"]
    pages = {path.relative_to(DOCS).as_posix(): path.read_text(encoding="utf-8") for path in sorted(paths)}
    assert len(pages) > 30
    return pages


# --- numbers in a sentence -------------------------------------------------------------------------------------------

# Places are compared as they stand in `Fact.place`.
PLACE = re.compile(
    r"§\s?(?P<section>\d+(?:\.\d+)*)|\bSections? (?P<word>\d+(?:\.\d+)+)|\b(?P<kind>Tables?|Figures?|Fig\.) "
    r"(?P<number>\d+(?:\.\d+)?)(?: and (?P<second>\d+))?|\b[Aa]pp(?:\.|endix) (?P<appendix>[A-I](?:\.\d+)*)|"
    r"\b(?:[Ee]quations?|Eq\.) (?P<equation>\d)|\b(?P<abstract>abstract)\b",
)
OUYANG = re.compile(r"Ouyang|@ouyang2022|\b[Tt]he paper\b(?!s)")
OF_PAPER = re.compile(r"\b[Tt]he paper's (?:\$[^$]*)?$")
# "Brown et al. 2020", "Gao, Schulman and Hilton 2022", "[@brown2020]".
MORE_AUTHORS = r"(?:,? (?:et al\.?|and|[A-Z][a-zé]+))*"
CITATION = re.compile(rf"@(?P<key>[a-z]+\d{{4}})|\b(?P<name>[A-Z][a-zé]+){MORE_AUTHORS} (?P<year>\d{{4}})")
# A place right behind the citation of another paper is in that paper.
THEIR_PLACE = re.compile(
    rf"(?:@(?!ouyang2022)[a-z]+\d{{4}}[a-z]?|\b(?!Ouyang)[A-Z][a-zé]+{MORE_AUTHORS} \d{{4}})\]?\s*,? "
    rf"(?:{re.sub(r'[?]P<[a-z]+>', '?:', PLACE.pattern)}|, | and )+"
)
# Digits that are part of a name, or say where something stands.
NAMES = re.compile(
    r"GPT-\d(?:\.\d)?|\bT0(?:\+\+)?|\bF1\b|SQuADv?\d?|\b[Ll]lama \d|\bClaude \d|\bWMT ?(?:20)?\d\d"
    r"|[_^]\{?[-+]?\w+\}?|\\\w+|(?<![\d,])(?:19|20)\d\d(?!\d|,\d)|^\s*(?:[-*]|\d+\.) "
    r"|\b(?:[Ll]essons?|[Ll]abs?|[Ee]xercises?|[Pp]arts?|[Ss]teps?|[Qq]uestions?|footnotes?|seeds?|[Ss]tatements?"
    r"|[Cc]laims?|[Ff]indings?|[Oo]bjectives?) \d+(?:\.\d+)?(?:(?:, \d+)* (?:and|to) \d+)?"
)
DIGITS = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
NUMBER = re.compile(
    rf"(?<![\w.,])(?:(?P<alone>± )?(?P<value>{DIGITS})(?P<power> \\cdot 10\^\{{(?P<exponent>-?\d+)\}})?"
    rf"(?P<kilo>k\b)?(?:[ \u00a0]±[ \u00a0](?P<half>\d+(?:\.\d+)?))?"
    rf"(?P<unit>[ \u00a0]?\\?%|B\b|[ \u00a0]billion\b)?)(?![\w]|\.\d)"
)
COUNTED = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
WORDED = {word: n for n, word in enumerate(COUNTED, 1)}
WORDED |= {"fifteen": 15, "sixteen": 16, "forty": 40, "fifty": 50, "hundred": 100}
# Numbers in words count where the noun is one that the paper counts.
IN_WORDS = re.compile(
    rf"\b({'|'.join(WORDED)})(?= (?:inner )?epochs?\b| groups\b| yes-or-no| times (?:the|as|its)\b"
    r"| person\b)|\bf(?:orty|ifty)(?= (?:labelers|people|contractors)\b)",
    re.IGNORECASE,
)
ENUMERATION = re.compile(r",? (?:and|to|or|vs\.) |, |–")


@dataclass(frozen=True)
class Mention:
    """A number in a sentence; `half` is what stands behind a ±, and `alone` that nothing stands before it."""

    start: int
    end: int
    value: float
    half: float | None = None
    alone: bool = False
    percent: bool = False
    billions: bool = False
    sized: bool = False  # written with a thousands separator or a k

    @property
    def telling(self) -> bool:
        """Whether it looks like a paper's number wherever it stands."""
        return self.percent or self.billions or self.sized


def mentions(sentence: str) -> list[Mention]:
    masked = blanked(sentence, PLACE)
    # A power of ten is read as part of its number, so names are masked around it.
    powers = {match.start("value"): match for match in NUMBER.finditer(masked) if match["power"]}
    kept = "".join(masked)
    masked = blanked(masked, NAMES)
    for match in powers.values():
        masked = masked[: match.start()] + kept[match.start() : match.end()] + masked[match.end() :]
    found: list[Mention] = []
    for match in NUMBER.finditer(masked):
        value = float(match["value"].replace(",", ""))
        value *= 10.0 ** int(match["exponent"]) if match["power"] else 1
        value *= 1000 if match["kilo"] else 1
        unit = (match["unit"] or "").strip()
        found.append(
            Mention(
                match.start(),
                match.end(),
                float(f"{value:.9g}"),
                float(match["half"]) if match["half"] else value if match["alone"] else None,
                bool(match["alone"]),
                unit.endswith("%"),
                unit in ("B", "billion"),
                "," in match["value"] or bool(match["kilo"]),
            )
        )
    found += [Mention(match.start(), match.end(), WORDED[match[0].lower()]) for match in IN_WORDS.finditer(masked)]
    found.sort(key=lambda mention: mention.start)
    for i in range(len(found) - 1, 0, -1):  # in "24, 50 and 66 %" all three are percentages
        before, here = found[i - 1], found[i]
        if here.percent and not here.alone and ENUMERATION.fullmatch(masked[before.end : here.start]):
            found[i - 1] = dataclasses.replace(before, percent=True)
    return found


def cited_places(text: str) -> set[str]:
    found = set()
    for match in PLACE.finditer(text):
        if section := match["section"] or match["word"]:
            found.add(f"§{section}")
        elif match["kind"]:
            kind = "Table" if match["kind"].startswith("T") else "Figure"
            found |= {f"{kind} {number}" for number in (match["number"], match["second"]) if number}
        elif match["appendix"]:
            found.add(f"App. {match['appendix']}")
        elif match["abstract"]:
            found.add("abstract")
    return found


def cited_others(text: str) -> set[str]:
    keys = {match["key"] or f"{match['name'].lower()}{match['year']}" for match in CITATION.finditer(text)}
    return keys - {"ouyang2022"}


# --- what a page says ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Statement:
    """A number on a page, with the places and papers that its sentence cites."""

    page: str
    line: int
    column: int
    sentence: str
    context: str
    mention: Mention
    places: frozenset[str]
    others: frozenset[str]
    strict: bool

    @property
    def shown(self) -> str:
        rounded = "~" if self.sentence[: self.mention.start].endswith("~") else ""
        return rounded + self.sentence[self.mention.start : self.mention.end].replace("\u00a0", " ").strip()

    @property
    def place_on_page(self) -> tuple[int, int]:
        return self.line, self.column + self.mention.start


SENTENCE = re.compile(r"(?<=[.!?])[)\"”*_]*\s+(?=[\"“(*_\[]*[A-Z$\d])")
ABBREVIATIONS = re.compile(r"\b(?:App|Fig|Eq|al|vs|cf|e\.g|i\.e)\. ")


def pieces(line: str, start: int = 0) -> Iterator[tuple[int, str]]:
    """Cut a line into sentences, each with its column."""
    guarded = ABBREVIATIONS.sub(lambda match: match[0][:-2] + "_ ", line)
    for cut in SENTENCE.finditer(guarded):
        yield start, line[start : cut.start()]
        start = cut.end()
    yield start, line[start:]


def statements(page: str, prose: str) -> Iterator[Statement]:
    heading, above = "", ""  # the header of the table that we are in, and the paragraph before it
    for number, line in enumerate(prose.split("\n"), start=1):
        if not line.strip():
            continue
        if not line.strip().startswith("|"):
            heading, above = "", "" if line.strip(" #") == "" else line
            for column, sentence in pieces(line):
                yield from of_unit(page, number, column, sentence, sentence)
            continue
        if not heading:
            heading = line
        if re.fullmatch(r"[\s|:-]+", line):
            continue
        headers = [cell.strip() for cell in re.split(r"(?<!\\)\|", heading)]
        theirs = [i for i, header in enumerate(headers) if re.search(r"\bthe paper\b", header)]
        context = next((part for part in (line, heading, above) if cited_places(part)), "")
        column = 0
        for i, cell in enumerate(re.split(r"(?<!\\)\|", line)):
            if headers[i] != "lesson":
                # Where one column is the paper's, the others are not.
                cited = context if not theirs or i in theirs else ""
                yield from of_unit(page, number, column, cell, cited, around=line)
            column += len(cell) + 1


def of_unit(page: str, line: int, column: int, unit: str, cited: str, around: str = "") -> Iterator[Statement]:
    places, others = cited_places(THEIR_PLACE.sub("", cited)), cited_others(cited)
    for mention in mentions(unit):
        strict = bool(places) or bool(OF_PAPER.search(unit[: mention.start]))
        if strict or mention.telling:
            yield Statement(
                page, line, column, unit, around or unit, mention, frozenset(places), frozenset(others), strict
            )


# --- and whether the records say the same ----------------------------------------------------------------------------

PART_OF = {"Table 6": "App. A.3"}  # who cites the appendix cites its table
SIZES = {"size_small", "size_middle", "size_large"}  # stand in the paper wherever a model is named

# Numbers of one place and one value, told apart by the words around them.
WORDS = {
    "ppo_temperature": r"temperature",
    "ppo_inner_epochs": r"pass(?:es)? over a batch|inner epoch",
    "ppo_discount": r"discount",
    "ppo_minibatches": r"minibatches",
    "ptx_examples": r"pretraining examples",
    "ptx_coef_of_ppo": r"gamma|PPO",
    "rm_demonstration_mean": r"demonstrations",
    "rm_shuffled_epochs": r"shuffled|reward model",
    "sft_overfit_epoch": r"SFT|fine-tun|validation loss",
    "size_middle": r"1\.3B|GPT-3",
    "rm_size": r"^(?!.*[Vv]alue function).*[Rr]eward model",
    "value_function_size": r"[Vv]alue function",
    "share_classification": r"classif",
    "share_other": r"other",
}


def agrees(fact: Fact, mention: Mention) -> bool:
    """Whether a number on a page is the fact's value or an end of its interval, in a unit that fits."""
    if mention.alone:
        return fact.half_width is not None and fact.unit == "%" and mention.half == fact.half_width
    if mention.half is not None:
        return fact.half_width is not None and (fact.value, fact.half_width) == (mention.value, mention.half)
    values = [value for value in (fact.value, fact.low, fact.high) if value is not None]
    if fact.unit.startswith("billion") or fact.unit == "B":
        return mention.billions and mention.value in values
    if mention.billions:
        return False
    # A share in Table 14 may be a percentage, or one of 100 points, on a page.
    if fact.place == "Table 14" and fact.value < 1 and round(100 * fact.value, 6) == mention.value:
        return True
    if mention.percent and fact.unit != "%":
        return False
    if mention.sized and mention.value % 1000 == 0 and round(fact.value, -3) == mention.value:
        return True  # "about 33,000", "33k"
    return any(math.isclose(value, mention.value, rel_tol=1e-9) for value in values)


def places_of(fact: Fact) -> set[str]:
    return {*fact.places, *(PART_OF[place] for place in fact.places if place in PART_OF)}


def matching(statement: Statement, facts: Mapping[str, Fact]) -> list[str]:
    """Name the facts that a statement may be quoting."""
    found = []
    for name, fact in facts.items():
        there = (
            name in SIZES
            or not statement.strict
            or not statement.places
            or (statement.places & places_of(fact) and fact.source == "ouyang2022")
            or fact.source in statement.others
        )
        if there and agrees(fact, statement.mention) and re.search(WORDS.get(name, ""), statement.context):
            found.append(name)
    return found


def numbers_in(code: str) -> set[float]:
    """Find the numbers that the code of a page holds and has printed."""
    plain = re.sub(r"(?<=\d)[_,](?=\d{3})", "", code)
    return {float(number) for number in re.findall(r"(?<![\w.])\d+(?:\.\d+)?(?:e-?\d+)?", plain)}


def computed(statement: Statement, numbers: Iterable[float]) -> bool:
    """Whether the page computes a number that rounds to the one it states."""
    value, shown = statement.mention.value, statement.shown.rstrip("% ")
    if statement.mention.sized and value % 1000 == 0:
        return any(round(number, -3) == value for number in numbers)
    decimals = len(shown.partition(" ")[0].partition(".")[2])
    scales = (1, 100) if statement.mention.percent else (1,)
    return any(round(number * scale + 1e-9, decimals) == value for number in numbers for scale in scales)


# Numbers on the pages that look like the paper's and are not, each with the reason. Everything else that a page
# states is a fact, or computed on the page.
OURS = {
    ("comprehension-questions.md", "77,000"): "the sum of the three sets, which the snippet below it prints",
    ("comprehension-questions.md", "46,000"): "the sum of two sets, printed there too",
    ("errata.md", "77,000"): "the same sum",
    ("errata.md", "55 %"): "what the common account says",
    ("errata.md", "73.2 %"): "what the older project printed",
    ("index.md", "15 %"): "a probability that the reader is to take the logarithm of",
    ("lessons/1-alignment-problem.md", "40,000"): "in the invented study of a bad answer",
    ("lessons/4-ppo.md", "0"): "the reward of every token but the last",
    ("lessons/5-kl-penalty-and-pretraining-mix.md", "50"): "1 / 0.02",
    ("lessons/5-kl-penalty-and-pretraining-mix.md", "100"): "the most that an F1 score can be",
    ("lessons/5-kl-penalty-and-pretraining-mix.md", "1,390"): "27.8 / 0.02",
    ("lessons/6-results-and-alignment-tax.md", "~30 %"): "often printed, and called wrong there",
    ("lessons/6-results-and-alignment-tax.md", "~65 %"): "often printed",
    ("lessons/6-results-and-alignment-tax.md", "~55 %"): "often printed",
    ("lessons/6-results-and-alignment-tax.md", "99 %"): "ten points above 89",
    ("lessons/6-results-and-alignment-tax.md", "81.8"): "in the explorable, which test_explore.py checks",
    ("lessons/6-results-and-alignment-tax.md", "87.8 %"): "in the explorable too",
    ("notation.md", "1"): "the ratio from which the clip range is counted",
    ("lab/1-small-and-aligned.py", "78 %"): "lesson 6's estimate, printed there",
    ("lab/5-alignment-tax.py", "1"): "our γ, beside the paper's figure",
    ("lab/7-labelers.py", "2.8"): "72.4 - 69.6",
    ("lab/7-labelers.py", "18,000"): "1,200 prompts with 15 pairs each",
    ("lab/8-reward-hacking.py", "4,500"): "300 prompts with 15 pairs each",
    ("lab/0-pipeline.py", "1,536"): "three instructions, 8 ** 3 inputs",
    ("lab/*", "30,000"): "30,027 parameters, rounded",
    ("reference/tiny.md", "30,027"): "parameters of the tiny model",
    ("reference/index.md", "10,000"): "an extreme margin",
    ("benchmarks/*", "*"): "its tables are measured, not quoted",
    ("project/index.md", "74.6 %"): "agreement of the project's labelers, printed in part 1",
    ("project/6-labelers-who-disagree.md", "2.8"): "72.4 - 69.6",
    ("contributing/*", "*"): "counts of the book and its builds",
    ("project/*", "*"): "the toy world's own; a number of the paper stands beside its place there",
}


def excuses(statement: Statement) -> list[tuple[str, str]]:
    return [
        (page, number)
        for page, number in OURS
        if fnmatch(statement.page, page) and (number == statement.shown or (number == "*" and not statement.strict))
    ]


def unexplained(
    found: Iterable[Statement], facts: Mapping[str, Fact], numbers: Iterable[float] = ()
) -> list[Statement]:
    """Keep the numbers that are no fact, are not computed on the page, and not listed above."""
    known = set(numbers)
    return [
        statement
        for statement in found
        if not matching(statement, facts)
        and not excuses(statement)
        and (statement.strict or not computed(statement, known))
    ]


def findings(found: Iterable[Statement], facts: Mapping[str, Fact], numbers: Iterable[float] = ()) -> list[str]:
    """Say of each of them: page, line, number, and the facts that it is nearest to."""
    told = []
    for statement in unexplained(found, facts, numbers):
        there = [fact for fact in facts.values() if not statement.places or statement.places & places_of(fact)]
        there.sort(key=lambda fact: abs(math.log((fact.value + 1e-9) / (statement.mention.value + 1e-9))))
        nearest = "; ".join(f"{fact.name} = {fact} ({fact.place})" for fact in there[:3]) or "none at that place"
        where = f"{statement.page}, line {statement.line}: {statement.shown}"
        told.append(f"{where} is no number of {', '.join(sorted(statement.places)) or 'a paper'}; nearest: {nearest}")
    return told


@cache
def scanned(page: str) -> tuple[Statement, ...]:
    return tuple(statements(page, text_and_code(sources()[page], page)[0]))


def strict(page: str) -> list[Statement]:
    return [statement for statement in scanned(page) if statement.strict]


PAGES = list(sources())
PAGES_THAT_QUOTE = [page for page in PAGES if any(not excuses(statement) for statement in strict(page))]
USED = sorted({name for page in PAGES for statement in strict(page) for name in matching(statement, FACTS)})


# --- the records -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fact", FACTS.values(), ids=FACTS)
def test_a_fact_says_what_it_is_where_it_stands_and_how_it_was_confirmed(fact: Fact) -> None:
    assert re.fullmatch(r"[a-z0-9]+(_[a-z0-9]+)*", fact.name)
    assert FACTS[fact.name] is fact
    assert re.match(r"[A-Z\d]", fact.what)
    assert re.fullmatch(r"[^.]+(?:\.\d[^.]*)*(?:et al\. [^.]+)?\.", fact.what), fact.what
    assert fact.topic in paper.TOPICS
    assert {place for place in fact.places if cited_places(place) == {place} or place == "App. C"} == set(fact.places)
    assert re.fullmatch(r"[a-z]+\d{4}", fact.source)
    assert (fact.confirmed is None) == (not fact.url)
    assert fact.confirmed is None or re.match(r"https?://[\w.-]+/", fact.url)
    assert fact.read_from_figure == (fact.confirmed == "drawing")
    assert not fact.read_from_figure or fact.place.startswith("Figure ")
    assert (fact.page is not None) == (fact.source == "ouyang2022")
    assert fact.page is None or fact.url == f"https://arxiv.org/pdf/2203.02155v1#page={fact.page}"
    assert fact.page is None or 1 <= fact.page <= 68
    assert round(fact.value, 9) == fact.value
    assert fact.unit != "%" or 0 <= fact.value <= 100


@pytest.mark.parametrize("fact", [fact for fact in FACTS.values() if fact.low is not None], ids=lambda fact: fact.name)
def test_an_interval_contains_its_value(fact: Fact) -> None:
    assert fact.low is not None
    assert fact.high is not None
    assert fact.low < fact.value < fact.high
    assert fact.unit == "%"


def value(name: str) -> float:
    return FACTS[name].value


def test_facts_fit_each_other() -> None:
    for name in ("sft_train", "sft_valid", "rm_train"):
        assert value(name) == value(f"{name}_labeler") + value(f"{name}_customer")
    for name in ("sft", "rm", "ppo"):
        assert round(value(f"{name}_train"), -3) == value(f"{name}_about")
    shares = [name for name in FACTS if name.startswith("share_") and FACTS[name].place == "Table 1"]
    assert len(shares) == 10
    assert round(sum(map(value, shares)), 1) == 99.9
    three = value("share_classification") + value("share_open_qa") + value("share_closed_qa")
    assert math.floor(three) == value("share_classification_and_qa")
    assert round(value("share_generation") + value("share_brainstorming")) == value("share_open_ended")
    assert value("ppo_batch") / value("ppo_minibatch") == value("ppo_minibatches")
    assert value("rm_batch") * math.comb(int(value("ranked_most")), 2) == value("rm_batch_comparisons")
    assert value("kl_coef_highest") == value("kl_coef_factor") * value("kl_coef")
    assert value("size_large") / value("size_small") > value("times_larger")
    # What Table 11 counts are training and validation prompts together.
    assert value("labeler_prompts") == value("sft_train_labeler") + value("sft_valid_labeler")
    assert value("customer_prompts") == value("sft_train_customer") + value("sft_valid_customer")


@pytest.mark.parametrize(
    ("name", "printed"),
    [
        ("instructgpt_over_gpt3", "85 ± 3 %"),
        ("instructgpt_over_sft", "73.4 ± 2 %"),
        ("sft_train", "12,725"),
        ("labelers", "about 40"),
        ("figure_1_gpt3", "24 % (20 to 28)"),
        ("squad_gpt3_zero", "64.30"),
        ("toxicity_ptx_biased", "0.400"),
        ("sft_rate_small", "9.65 · 10⁻⁶"),
        ("size_small", "1.3B"),
        ("kl_coef_none", "0"),
        ("hallucination_gpt3", "41 %"),
        ("kaplan_exponent", "0.076"),
    ],
)
def test_a_fact_is_printed_as_on_a_page(name: str, printed: str) -> None:
    assert str(paper.fact(name)) == printed


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(ValueError, match=r"^name: expected 'kl_coef' or .*, got 'kl_coeff'$"):
        paper.fact("kl_coeff")
    with pytest.raises(ValueError, match=r"^name: expected one of \d+ names, such as 'labelers', got 'xyz'$"):
        paper.fact("xyz")


def test_facts_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        FACTS["labelers"] = FACTS["flags"]  # type: ignore[index]
    with pytest.raises(dataclasses.FrozenInstanceError):
        FACTS["labelers"].value = 41  # type: ignore[misc]


def test_a_row_that_cannot_be_read_names_its_fact() -> None:
    with pytest.raises(ValueError, match=r"^beta: expected a number as the paper prints it, .* got 'small', 1$"):
        paper._facts(paper.PPO, ("beta", "small", "KL coefficient.", "App. C.4", 1))
    with pytest.raises(ValueError, match=r"^labelers: expected one fact of that name, got two$"):
        paper._index([FACTS["labelers"]], [FACTS["labelers"]])


# --- their page ------------------------------------------------------------------------------------------------------


def test_the_page_shows_every_fact_with_place_and_confirmation(site: Path) -> None:
    page = BeautifulSoup((site / "facts.html").read_text(encoding="utf-8"), "html.parser")
    rows = [row for row in page.select("article table tr") if row.select_one("[id^=fact-]")]
    assert len(rows) == len(FACTS)
    for row, fact in zip(rows, FACTS.values(), strict=True):
        cells = [cell.get_text().strip().replace("\u00a0", " ") for cell in row.find_all("td")]
        assert row.select_one(f"#fact-{fact.name} + a[href='#fact-{fact.name}']") is not None
        assert cells[0].startswith(str(fact))
        assert cells[1] == fact.what
        assert cells[2].endswith(fact.place)
        assert row.select_one(f"a[href='{fact.url}']") is not None
    headings = [heading.get_text().rstrip("¶") for heading in page.select("article h2")]
    assert headings == [*paper.TOPICS, "References"]
    confirmed = sum(fact.confirmed is not None for fact in FACTS.values())
    share = 100 * confirmed // len(FACTS)
    assert f"Of {len(FACTS)} numbers, {confirmed} are confirmed ({share} %)" in page.get_text().replace("\u00a0", " ")


def written(markdown: str) -> str:
    text: str = HOOK.on_page_markdown(
        markdown, page=SimpleNamespace(file=SimpleNamespace(src_uri="page.md")), config={}
    )
    return text


def test_what_nobody_confirmed_is_said_to_be_so(monkeypatch: pytest.MonkeyPatch) -> None:
    doubtful = dataclasses.replace(FACTS["labelers"], confirmed=None, url="")
    monkeypatch.setattr(paper, "FACTS", {**FACTS, "labelers": doubtful})
    monkeypatch.setattr(HOOK, "newest", lambda: paper)
    assert "| §1, §3.4, §5.3 | **not confirmed** |" in HOOK.table_of(paper.PEOPLE, str)
    assert written('<span data-facts-count="confirmed"></span>') == str(len(FACTS) - 1)
    assert written('<span data-facts-count="share"></span>') == "99 %"


def test_a_marker_that_names_nothing_stops_the_build() -> None:
    with pytest.raises(PluginError, match=r"^page\.md: data-facts: expected each topic .*; look at \['Wages'\]"):
        written('<div data-facts="Wages"></div>')
    with pytest.raises(PluginError, match=r"^page\.md: data-facts: expected each topic .*'Supervised fine-tuning'"):
        written(f'<div data-facts="{paper.DATA}"></div>')
    with pytest.raises(PluginError, match=r"^page\.md: no facts for <span data-facts-count=\"guessed\">"):
        written('<span data-facts-count="guessed"></span>')


# --- code that types numbers of the paper ----------------------------------------------------------------------------


def benchmark(model: str) -> list[list[float]]:
    """Scores as in the book's table, out of 100: zero-shot, then few-shot."""
    rows = [[value(f"{name}_{model}_{shots}") for name in BENCHMARKS] for shots in ("zero", "few")]
    return [[100 * score if score < 1 else score for score in row] for row in rows]


BENCHMARKS = ("squad", "hellaswag", "drop", "translation")


def test_exercises_calculate_with_the_papers_numbers() -> None:
    for model, table in zip(
        ("gpt3", "sft", "ppo", "ptx"),
        (
            test_e5_alignment_tax.GPT3,
            test_e5_alignment_tax.SFT,
            test_e5_alignment_tax.PPO,
            test_e5_alignment_tax.PTX,
        ),
        strict=True,
    ):
        np.testing.assert_allclose(table, benchmark(model), rtol=1e-12)
    small = [value(f"figure_1_{model}_small") / 100 for model in ("gpt3", "sft", "ptx")]
    large = [value(f"figure_1_{model}") / 100 for model in ("gpt3", "sft", "ptx")]
    np.testing.assert_allclose(test_e3_size_or_training.SMALL, small)
    np.testing.assert_allclose(test_e3_size_or_training.LARGE, large)
    assert value("kaplan_exponent") == test_e3_size_or_training.ALPHA


# --- the pages -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES_THAT_QUOTE)
def test_every_number_beside_a_place_of_the_paper_is_one_that_stands_there(page: str) -> None:
    told = findings(strict(page), FACTS)
    assert not told, "\n".join(told)


def test_many_numbers_are_checked() -> None:
    """A scanner that saw nothing would find nothing."""
    assert sum(len(strict(page)) for page in PAGES) > 250
    assert len(USED) > 150
    for page in ("lessons/6-results-and-alignment-tax.md", "lab/7-labelers.py", "notation.md", "errata.md"):
        assert page in PAGES_THAT_QUOTE


@pytest.mark.parametrize("page", [page for page in PAGES if not page.endswith(".py")])
def test_every_other_percentage_and_size_is_computed_on_the_page_or_listed(page: str) -> None:
    told = findings(scanned(page), FACTS, numbers_in(text_and_code(sources()[page], page)[1]))
    assert not told, "\n".join(told)


@pytest.mark.parametrize("page", [page for page in PAGES if page.endswith(".py")])
def test_the_same_in_the_lab_where_the_build_computes(page: str, site: Path) -> None:
    notebook = json.loads((site / page).with_suffix(".ipynb").read_text(encoding="utf-8"))
    outputs = [json.dumps(cell.get("outputs", []), ensure_ascii=False) for cell in notebook["cells"]]
    settings = (ROOT / "rlhf_textbook/tiny/config.py").read_text(encoding="utf-8")
    code = "\n".join([text_and_code(sources()[page], page)[1], settings, *outputs])
    told = findings(scanned(page), FACTS, numbers_in(code))
    assert not told, "\n".join(told)


def test_no_excuse_is_left_without_its_number() -> None:
    needed = set()
    for page in PAGES:
        for statement in scanned(page):
            if not matching(statement, FACTS):
                needed |= set(excuses(statement))
    assert set(OURS) - needed == set()


def test_every_fact_is_used() -> None:
    """On a page, or in the code of one."""
    loose = {name for page in PAGES for statement in scanned(page) for name in matching(statement, FACTS)}
    code = [text_and_code(text, page)[1] for page, text in sources().items()]
    code += [path.read_text(encoding="utf-8") for path in (ROOT / "exercises").rglob("*.py")]
    typed = numbers_in("\n".join(code))
    assert {name for name in FACTS if name not in loose and value(name) not in typed} == set()


# --- and what the scanner would notice -------------------------------------------------------------------------------


def changed_number(statement: Statement) -> str:
    """Write another number of the same length, which is no fact of that place."""
    start, end = statement.mention.start, statement.mention.end
    number = statement.sentence[start:end]
    digits = [at for at, character in enumerate(number) if character.isdigit()]
    others = [number[:at] + digit + number[at + 1 :] for at in digits for digit in "9382741650" if at or digit != "0"]
    others += [word for word in WORDED if not digits and len(word) == len(number)]
    for other in others:
        sentence = statement.sentence[:start] + other + statement.sentence[end:]
        mention = next((mention for mention in mentions(sentence) if mention.start == start), None)
        if other != number and mention and not matching(dataclasses.replace(statement, mention=mention), FACTS):
            return other
    raise AssertionError(f"{statement.page}, line {statement.line}: no way to change {statement.shown}")


@pytest.mark.parametrize("page", PAGES_THAT_QUOTE)
def test_every_number_beside_a_place_would_be_missed_if_it_changed(page: str) -> None:
    text = sources()[page]
    starts = [0, *(match.end() for match in re.finditer(r"\n", text))]
    changed = [statement for statement in strict(page) if not excuses(statement)]
    for statement in changed:
        line, column = statement.place_on_page
        start, length = starts[line - 1] + column, statement.mention.end - statement.mention.start
        assert text[start : start + length] == statement.sentence[statement.mention.start : statement.mention.end]
        text = text[:start] + changed_number(statement) + text[start + length :]
    noticed = unexplained(statements(page, text_and_code(text, page)[0]), FACTS)
    assert changed
    assert {s.place_on_page for s in changed} - {s.place_on_page for s in noticed} == set()


@pytest.mark.parametrize("name", USED)
def test_a_changed_fact_is_found_on_some_page(name: str) -> None:
    fact = FACTS[name]
    # Far enough that no rounding hides it, and no other number of the paper.
    value = fact.value * 1.3717 + 0.0137
    shift = value - fact.value
    low, high = (None if end is None else end + shift for end in (fact.low, fact.high))
    other = dataclasses.replace(fact, value=value, low=low, high=high)
    facts = {**FACTS, name: other}
    using = [s for page in PAGES for s in strict(page) if name in matching(s, FACTS)]
    told = findings(using, facts)
    assert told
    assert ", line " in told[0]


@pytest.mark.parametrize("name", [name for name in USED if FACTS[name].half_width and not FACTS[name].read_from_figure])
def test_a_changed_interval_is_found_on_some_page(name: str) -> None:
    # Some share one ± on the page, so all that have the same at the same place are changed together.
    alike = {
        other: dataclasses.replace(fact, low=fact.low - 1, high=fact.high + 1)
        for other, fact in FACTS.items()
        if fact.low is not None and fact.high is not None
        if (fact.place, fact.half_width) == (FACTS[name].place, FACTS[name].half_width)
    }
    using = [s for page in PAGES for s in strict(page) if name in matching(s, FACTS) and s.mention.half is not None]
    using += [s for page in PAGES for s in strict(page) if s.mention.alone and name in matching(s, FACTS)]
    assert findings(using, {**FACTS, **alike})


FOUND = {
    "a percentage": "GPT-3 makes something up in 43 % (§1).",
    "an interval": "Labelers agree 72.6 ± 1.6 % of the time (§3.4).",
    "a place that has another number": "Labelers agree 72.6 ± 1.5 % of the time (§4.1).",
    "a cited paper in brackets": "It took 3,650 petaflop/s-days ([@ouyang2022], §5.1).",
    "a cited paper as a link": "It took 3,650 petaflop/s-days ([Ouyang et al. 2022](https://example.org/), §5.1).",
    "a coefficient in a formula": r"The penalty has $\beta = 0.03$ (App. C.4).",
    "a power of ten": r"The rate starts at $9.75 \cdot 10^{-6}$ (App. C.1).",
    "a number in words": "It was trained for fifteen epochs (§3.5).",
    "thousands as k": "It has about 14k prompts (Table 6).",
    "a size": "The reward model has 7B parameters (§3.5).",
    "a row": "| what | number | place |\n|---|---|---|\n| batch | 511 | App. C.4 |",
    "a header": "| prompts (Table 6) | number |\n|---|---|\n| training | 12,726 |",
    "a paragraph above a table": "The shares are in Table 1.\n\n| use | % |\n|---|---|\n| chat | 8.5 |",
    "the paper's column": "| what | here | the paper |\n|---|---|---|\n| clip | 0.3 | 0.3 (App. C.4) |",
    "a number of the paper without a place": r"At the paper's $\beta = 0.03$ it holds.",
    "a percentage that nothing on the page computes": "It wins 64.7 % of the games.",
    "a list": "The rates are 24, 50 and 69 % (Figure 1).",
    "an admonition": "!!! note\n\n    It invents in 43 % (§1).",
}


@pytest.mark.parametrize("case", FOUND)
def test_what_a_page_may_not_say(case: str) -> None:
    prose, code = text_and_code(f"# Page\n\n{FOUND[case]}\n", "page.md")
    assert len(findings(statements("page.md", prose), FACTS, numbers_in(code))) == 1


PASSED = {
    "facts": "InstructGPT, 1.3B to 175B, is preferred in 85 ± 3 % (§1); SFT has 12,725 prompts (Table 6).",
    "other papers": "GPT-3 read 300 billion tokens ([@brown2020], Table 2.1); a penalty of 7 (Gao et al. 2022, §3.6).",
    "names": "GPT-3, T0 and SQuADv2 are in lesson 6, step 2 of 2022, for which see §4.2 and Figures 33 and 34.",
    "code": "The rate is `0.7 %` (§1).\n\n```python\nx = 43  # 43 % (§1)\n```\n",
    "computed": 'It wins 64.7 %.\n\n```python\nprint(0.64713)\n```\n\n```text title="Output"\n0.64713\n```\n',
    "another's column": "| what | here | the paper |\n|---|---|---|\n| clip | 0.3 | 0.2 (App. C.4) |",
    "where a link leads": "See [the table](https://example.org/43%25(a)) (§1).",
}


@pytest.mark.parametrize("case", PASSED)
def test_what_a_page_may_say(case: str) -> None:
    prose, code = text_and_code(f"# Page\n\n{PASSED[case]}\n", "page.md")
    assert findings(statements("page.md", prose), FACTS, numbers_in(code)) == []


def test_a_lab_page_is_read_from_its_text_cells() -> None:
    script = "# %% [markdown]\n# # Lab\n#\n# It invents in 43 % (§1).\n\n# %%\nprint(43)  # 44 % (§1)\n"
    told = findings(statements("page.py", text_and_code(script, "page.py")[0]), FACTS)
    assert len(told) == 1
    assert told[0].startswith("page.py, line 4: 43 % is no number of §1; nearest: hallucination_gpt3 = 41 % (§1);")
