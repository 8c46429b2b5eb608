"""Claims about the figures of the lessons: what they show is computed, or cited, and can be read on a phone."""

import importlib
import re
from functools import cache
from itertools import combinations
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from bs4 import BeautifulSoup, Tag
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextPath

from figures import COLORS, STYLE, Plot, lesson_1, lesson_2, lesson_3, lesson_4, lesson_5, lesson_6
from figures.diagrams import Diagram
from rlhf_textbook import best_of_n_kl, exact_kl, ranking_loss, softmax

ROOT = Path(__file__).resolve().parent.parent
PHONE = 343  # pixels that a page of 375 leaves for its text

PAGES = {path.name: path.read_text(encoding="utf-8") for path in sorted((ROOT / "docs/lessons").glob("*.md"))}
FIGURES = sorted({name for page in PAGES.values() for name in re.findall(r'data-figure="(lesson_\d\.\w+)"', page)})


@cache
def drawn(name: str) -> Plot | Diagram:
    module, _, function = name.rpartition(".")
    with mpl.rc_context(STYLE):
        return getattr(importlib.import_module(f"figures.{module}"), function)()


@cache
def svg_of(name: str) -> BeautifulSoup:
    with mpl.rc_context(STYLE):
        return BeautifulSoup(drawn(name).svg("name"), "html.parser")


@pytest.fixture(scope="module")
def shown(site: Path) -> dict[str, Tag]:
    """Every figure on every page of the site, by page and number."""
    figures = {}
    for path in sorted(site.rglob("*.html")):
        page = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        for number, svg in enumerate(page.select("figure.plot > svg"), start=1):
            figures[f"{path.relative_to(site).as_posix()}, figure {number}"] = svg
    return figures


def width_of(svg: Tag) -> float:
    return float(str(svg["viewbox"]).split()[2])


def size_of(text: Tag) -> float:
    """Find the size of its letters: its own, or that of the group around it."""
    sizes = (re.search(r"font-size['\"]?: ?'?([\d.]+)px", str(part.attrs)) for part in (text, *text.parents))
    return next(float(found[1]) for found in sizes if found)


def box_of(text: Tag) -> list[float]:
    """Give left, top, right and bottom of a text in DejaVu Sans, which is wider than what most readers will see."""
    looks = str(text.attrs)
    letters = FontProperties(family="DejaVu Sans", weight="bold" if "font-weight" in looks else "normal")
    size = size_of(text)
    width = TextPath((0, 0), text.get_text(), size=size, prop=letters).get_extents().width
    moved = re.search(r"translate\(([\d.]+) ([\d.]+)\)", looks)
    x, y = map(float, moved.groups() if moved else (str(text["x"]), str(text["y"])))
    anchor = re.search(r"text-anchor['\"]?: '?(middle|end)", looks)
    start = -width * {"middle": 0.5, "end": 1.0}[anchor[1]] if anchor else 0.0
    across, down = (start, start + width), (-0.75 * size, 0.2 * size)
    if "rotate(-90" in looks:
        return [x + down[0], y - across[1], x + down[1], y - across[0]]
    return [x + across[0], y + down[0], x + across[1], y + down[1]]


def numbers_in(words: str) -> list[float]:
    return [float(number.replace(",", "")) for number in re.findall(r"\d[\d,]*(?:\.\d+)?", words)]


def test_every_figure_of_a_lesson_is_on_its_page() -> None:
    modules = [importlib.import_module(f"figures.{path.stem}") for path in ROOT.glob("figures/lesson_*.py")]
    makers = {
        f"{module.__name__.removeprefix('figures.')}.{name}"
        for module in modules
        for name, thing in vars(module).items()
        if getattr(thing, "__annotations__", {}).get("return") in (Plot, Diagram)
    }
    assert makers == set(FIGURES)
    for page, words in PAGES.items():
        assert all(name[7] == page[0] for name in re.findall(r'data-figure="(lesson_\d)', words)), page


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_says_in_words_what_it_shows(name: str) -> None:
    svg = svg_of(name).svg
    assert svg is not None
    assert svg["role"] == "img"
    assert svg["aria-label"] == drawn(name).alternative
    assert len(drawn(name).alternative.split()) >= 30


def test_letters_are_at_least_11_pixels_on_a_phone(shown: dict[str, Tag]) -> None:
    assert {name.partition("/")[0] for name in shown} >= {"lab", "lessons", "project"}
    sizes = {
        name: [size_of(text) * PHONE / width_of(svg) for text in svg.select("text")] for name, svg in shown.items()
    }
    assert {name: min(found, default=0) for name, found in sizes.items() if min(found, default=0) < 11} == {}


def test_no_text_of_a_figure_lies_on_another_or_is_cut_off(shown: dict[str, Tag]) -> None:
    faults = []
    for name, svg in shown.items():
        texts = [(text.get_text(), box_of(text)) for text in svg.select("text") if text.get_text().strip()]
        width, height = (float(number) for number in str(svg["viewbox"]).split()[2:])
        for words, (left, top, right, bottom) in texts:
            if left < 0 or top < 0 or right > width or bottom > height:
                faults.append(f"{name}: {words!r} is cut off")
        for (one, a), (other, b) in combinations(texts, 2):
            if a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]:
                faults.append(f"{name}: {one!r} lies on {other!r}")
    assert faults == []


@pytest.mark.parametrize("name", FIGURES)
def test_colors_and_letters_are_those_of_the_page(name: str) -> None:
    """No color but the theme's, each with one for where there is no theme, and no typeface of the drawing's own."""
    svg = str(svg_of(name))
    for color in COLORS.values():
        svg = svg.replace(color, "")
    assert not re.findall(r"#[0-9a-f]{6}\b", svg)
    assert re.findall(r"font-family", svg) == ["font-family"]  # the one of the whole, which the page overrules


@pytest.mark.parametrize("name", FIGURES)
def test_words_of_a_diagram_stay_inside(name: str) -> None:
    """In DejaVu Sans, which is wider than what most readers will see."""
    diagram = drawn(name)
    if not isinstance(diagram, Diagram):
        return
    svg = svg_of(name)
    boxes = [[float(str(box[side])) for side in ("x", "y", "width", "height")] for box in svg.select("rect")]
    boxes = [[x, y, x + width, y + height] for x, y, width, height in boxes]
    boxes.append([0, 0, 300, diagram.height])
    for text in svg.select("text"):
        x, y = float(str(text["x"])), float(str(text["y"]))
        letters = FontProperties(family="DejaVu Sans", weight="bold" if "font-weight" in text.attrs else "normal")
        width = TextPath((0, 0), text.get_text(), size=10, prop=letters).get_extents().width
        left = x - width / 2 if text["text-anchor"] == "middle" else x
        around = [box for box in boxes if box[0] <= x <= box[2] and box[1] <= y <= box[3]]
        assert around, text
        for box in around:
            assert box[0] <= left, text
            assert left + width <= box[2], text
            assert box[1] + 8 <= y <= box[3] - 3, text


def test_pipeline_has_the_prompts_of_table_6() -> None:
    found = numbers_in(lesson_1.pipeline().alternative)
    assert [number for number in found if number > 100] == [12_725, 33_207, 31_144]


def test_masked_batch_is_that_of_the_code() -> None:
    page = PAGES["2-supervised-fine-tuning.md"]
    prompts = [len(prompt.split()) for prompt, _ in lesson_2.DEMONSTRATIONS]
    sequences = [len(f"{prompt} {response}".split()) for prompt, response in lesson_2.DEMONSTRATIONS]
    assert f"response_mask(prompt_lengths={prompts}, sequence_lengths={sequences})" in page
    first, second = (row.replace(",", "") for row in re.findall(r"\d(?:, \d)+", lesson_2.masked_batch().alternative))
    assert f"[[{first}]\n [{second}]]" in page


def test_ranking_interface_shows_the_six_pairs_of_its_ranks() -> None:
    words = lesson_3.ranking_interface().alternative
    assert re.findall(r"\w > \w", words) == ["C > A", "C > D", "C > B", "A > D", "A > B", "D > B"]
    assert sorted(lesson_3.RESPONSES) == sorted(lesson_3.RANKS)


def test_margins_are_those_of_the_worked_example() -> None:
    scores = np.array([1.8, 0.9, 0.3, -0.5])
    better, worse = np.triu_indices(4, 1)
    np.testing.assert_allclose(lesson_3.MARGINS, scores[better] - scores[worse])
    assert np.log1p(np.exp(-lesson_3.MARGINS)).mean() == pytest.approx(ranking_loss(scores))


@pytest.mark.parametrize("advantage", [0.65, -0.65])
def test_clip_is_flat_where_nothing_pushes_and_only_there(advantage: float) -> None:
    ratios = lesson_4.RATIOS
    objectives, slopes = lesson_4.objectives_and_slopes(advantage)
    flat = ratios > 1.2 + 1e-9 if advantage > 0 else ratios < 0.8 - 1e-9
    assert (slopes[flat] == 0).all()
    np.testing.assert_allclose(objectives[flat], 0.78 if advantage > 0 else -0.52)
    np.testing.assert_allclose(objectives[~flat], (ratios * advantage)[~flat])
    # The slope by log ρ is ρ times the slope by ρ.
    rise = np.gradient(objectives, ratios)
    inner = np.abs(ratios - (1.2 if advantage > 0 else 0.8)) > 0.02
    np.testing.assert_allclose((ratios * rise)[inner], slopes[inner], atol=1e-9)


def test_points_under_a_penalty_are_the_lesson_s_exact_ones() -> None:
    for beta in (100, 1, 0.5, 0.3):
        policy = softmax(np.log(lesson_5.SFT) + lesson_5.PROXY / beta)
        point = lesson_5.under_penalty(beta)
        assert point.proxy == pytest.approx(policy @ lesson_5.PROXY)
        assert point.human == pytest.approx(policy @ lesson_5.HUMAN)
        assert point.kl == pytest.approx(float(exact_kl(np.log(policy), np.log(lesson_5.SFT))), abs=1e-9)


def test_frontier_rises_and_no_best_of_n_lies_above_it() -> None:
    path = [lesson_5.under_penalty(beta) for beta in 1 / np.linspace(0.01, 5, 400)]
    kls, proxies, humans = (np.array([getattr(p, name) for p in path]) for name in ("kl", "proxy", "human"))
    assert (np.diff(kls) > 0).all()
    assert (np.diff(proxies) > 0).all()
    assert humans.max() == pytest.approx(0.68, abs=0.005)
    for n in lesson_5.N_SAMPLES:
        dot = lesson_5.best_of(int(n))
        assert dot.proxy <= np.interp(dot.kl, kls, proxies) + 0.005  # the line is drawn from point to point
        assert dot.kl <= best_of_n_kl(n) + 1e-12


def test_best_of_n_agrees_with_drawing_n() -> None:
    drawn_scores = np.random.default_rng(0).choice(4, size=(200_000, 4), p=lesson_5.SFT)
    best = drawn_scores[np.arange(200_000), lesson_5.PROXY[drawn_scores].argmax(axis=1)]
    assert lesson_5.best_of(4).human == pytest.approx(lesson_5.HUMAN[best].mean(), abs=0.005)


def test_frontier_s_words_give_its_numbers() -> None:
    words = lesson_5.frontier().alternative
    told = {
        0.44: lesson_5.best_of(1).proxy,
        0.74: lesson_5.under_penalty(0.5).proxy,
        1.25: lesson_5.under_penalty(0.3).proxy,
        0.27: lesson_5.under_penalty(0.3).human,
        0.98: lesson_5.best_of(64).human,
    }
    for number, value in told.items():
        assert f"{number}" in words
        assert value == pytest.approx(number, abs=0.005)
    assert lesson_5.best_of(16).human == pytest.approx(0.98, abs=0.005)
    assert abs(lesson_5.best_of(4096).human) < 0.01
    assert 1 - (1 - lesson_5.SFT[3]) ** 4096 == pytest.approx(1 / 3, abs=0.005)  # the caption's one time in three


def test_win_rates_are_those_of_the_page() -> None:
    page = PAGES["6-results-and-alignment-tax.md"]
    rows = re.findall(r"^\| [^|]+ \| [\d.]+B \| (\d+)\s%.*? \| (\d+) to (\d+) \|", page, re.MULTILINE)
    assert [(int(low), int(rate), int(high)) for rate, low, high in rows] == list(lesson_6.AGAINST_SFT.values())
    stated = re.findall(r"^\| .* \| (\d+)\s±\s(\d)\s% \| §", page, re.MULTILINE)
    assert sorted((int(r) - int(m), int(r), int(r) + int(m)) for r, m in stated) == sorted(
        lesson_6.OF_INSTRUCTGPT.values()
    )
    words = numbers_in(lesson_6.win_rates().alternative)
    assert all(rate in words for _, rate, _ in [*lesson_6.AGAINST_SFT.values(), *lesson_6.OF_INSTRUCTGPT.values()])


def test_evaluation_page_has_a_grade_and_eleven_flags() -> None:
    assert len(lesson_6.FLAGS) == 11
    chosen = [text.get_text() for text in svg_of("lesson_6.evaluation_interface").select('text[font-weight="700"]')]
    assert chosen.count("yes") == 1
    assert chosen.count("no") == 10
    assert chosen.count(str(lesson_6.GRADE)) == 1
