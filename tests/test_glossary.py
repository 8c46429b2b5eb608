"""Claims about the glossary: its data are whole, terms are linked where they first come up, the cards can be used."""

import importlib
import json
import re
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urldefrag

import pytest
from bs4 import BeautifulSoup, Tag
from markdown import Markdown  # type: ignore[import-untyped]
from mkdocs.config import load_config
from mkdocs.exceptions import PluginError
from mkdocstrings import IdPrependingTreeprocessor
from playwright.sync_api import Browser, Page, expect
from py_mini_racer import MiniRacer

from tests.conftest import in_a_browser

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
HOOK: Any = importlib.import_module("build_hooks.glossary")
MATHML: Any = importlib.import_module("build_hooks.mathml")
TERMS: list[Any] = HOOK.read_terms((DOCS / "glossary.yml").read_text(encoding="utf-8"))
BY_NAME = {term.term: term for term in TERMS}
LESSONS = sorted(path.relative_to(DOCS).as_posix() for path in (DOCS / "lessons").glob("*.md"))
SCRIPT = (DOCS / "assets/flash-cards.js").read_text(encoding="utf-8")
HEADINGS = re.compile("^h[1-6]$")

# The section explains the thing in other words.
UNNAMED_THERE = {"agreement", "confidence interval", "Goodhart's law", "hyper-parameter", "KL estimate", "on-policy"}
UNNAMED_THERE |= {"probability ratio", "reference model"}


@cache
def soup(path: Path) -> BeautifulSoup:
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


def article(site: Path, page: str) -> Tag:
    found = soup(site / page.replace(".md", ".html")).article
    assert found
    return found


# --- the data -------------------------------------------------------------------------------------------------


def test_there_are_terms_enough_and_each_has_an_anchor_of_its_own() -> None:
    assert len(TERMS) >= 45
    assert len({term.anchor for term in TERMS}) == len(TERMS)


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term.anchor)
def test_definition_is_a_sentence_or_two_and_says_more_than_the_term(term: Any) -> None:
    text = term.definition.replace("et al.", "et al")
    assert text.endswith(".")
    assert len(re.findall(r"[.!?](?:\s|$)", text)) <= 2
    assert len(text) <= 240, "a tooltip that nobody reads"
    words = re.sub("|".join(map(re.escape, term.spellings)), " ", text, flags=re.IGNORECASE)
    assert len(re.findall(r"\w+", words)) >= 6
    assert not text.casefold().startswith(term.term.casefold())


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term.anchor)
def test_place_where_a_term_is_introduced_is_there_and_speaks_of_it(site: Path, term: Any) -> None:
    page, anchor = urldefrag(term.introduced)
    heading = article(site, page).find(HEADINGS, id=anchor)
    assert isinstance(heading, Tag), f"no heading #{anchor} on {page}"
    text = heading.get_text()
    for element in heading.find_all_next():
        if HEADINGS.match(element.name) and element.name <= heading.name:
            break
        if element.name in ("p", "li", "td", "th", "pre", "figcaption"):
            text += " " + element.get_text()
    named = any(re.search(re.escape(spelling), text, re.IGNORECASE) for spelling in term.spellings)
    assert named != (term.term in UNNAMED_THERE)


def test_every_symbol_can_be_typeset() -> None:
    symbols = [term.symbol for term in TERMS if term.symbol]
    assert len(symbols) > 30
    for symbol in symbols:
        assert MATHML.to_mathml(symbol, display=False).startswith("<math")


def test_every_function_is_there_and_in_the_reference(site: Path) -> None:
    named = [term.function for term in TERMS if term.function]
    assert len(named) > 30
    for name in named:
        module, _, function = name.rpartition(".")
        assert callable(getattr(importlib.import_module(module), function)), name
        page = site / "reference" / f"{module.rpartition('.')[2]}.html"
        assert soup(page).find(id=name), f"{page.name} does not document {name}"


def test_pages_that_are_named_for_tooltips_are_there() -> None:
    for term in TERMS:
        for page in term.tooltips or ():
            path = DOCS / page
            assert path.exists() or path.with_suffix(".py").exists(), f"{term.term}: no page {page}"


GOOD = {"term": "margin", "definition": "Difference of two scores.", "introduced": "a.md#b"}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"definition": None}, "term 'margin': definition: expected text, got None"),
        ({"definition": "Less than <b>"}, "term 'margin': definition: expected plain text, got '<'"),
        ({"definition": "It is $m$."}, "term 'margin': definition: expected plain text, got '$'"),
        ({"introduced": "a.md"}, "term 'margin': introduced: expected page.md#heading, got 'a.md'"),
        ({"function": "numpy.log"}, "term 'margin': function: expected rlhf_textbook.module.name, got 'numpy.log'"),
        ({"forms": "margins"}, "term 'margin': forms: expected a list of texts, got 'margins'"),
        ({"unit": 3}, "term 'margin': unit: expected text, got 3"),
        ({"colour": "red"}, "term 'margin': colour: no such field"),
        ({"also": ["Other"]}, "term 'other': 'other' belongs to 'margin' already"),
        ({"term": "Other!"}, "term 'other': '#other' belongs to 'Other!' already"),
    ],
)
def test_faulty_entry_is_named_with_its_field(change: dict[str, Any], told: str) -> None:
    entries = [{**GOOD, **change}, {**GOOD, "term": "other"}]
    with pytest.raises(PluginError, match="glossary.yml: " + re.escape(told)):
        HOOK.read_terms(json.dumps(entries))


@pytest.mark.parametrize("missing", GOOD)
def test_missing_field_is_named(missing: str) -> None:
    entry = {key: value for key, value in GOOD.items() if key != missing}
    with pytest.raises(PluginError, match=f"{missing}: missing"):
        HOOK.read_terms(json.dumps([entry]))


@pytest.mark.parametrize("text", ["", "[]", "term: margin", "- margin"])
def test_data_of_another_kind_are_refused(text: str) -> None:
    with pytest.raises(PluginError, match=r"glossary\.yml: (expected a list of terms|entry 1: expected fields)"):
        HOOK.read_terms(text)


# --- the glossary's page and the search -------------------------------------------------------------------------


def test_page_has_an_entry_for_every_term_in_alphabetical_order(site: Path) -> None:
    entries = article(site, "glossary.md").find_all("h3")
    assert [entry.get("id") for entry in entries] == [term.anchor for term in TERMS]
    assert [term.term for term in TERMS] == sorted(BY_NAME, key=str.casefold)
    for entry, term in zip(entries, TERMS, strict=True):
        definition = entry.find_next_sibling("p")
        assert definition
        assert definition.get_text().replace("\u00a0", " ") == term.definition
        facts = definition.find_next_sibling("p")
        assert facts
        assert facts["class"] == ["term-facts"]
        links = [str(link["href"]) for link in facts.find_all("a")]
        assert links[0] == term.introduced.replace(".md#", ".html#")
        assert bool(term.function) == (len(links) == 2)
        assert bool(term.symbol) == bool(facts.find("math"))


def test_search_finds_every_term_by_name_and_by_its_other_names(site: Path) -> None:
    index = json.loads((site / "search/search_index.json").read_text(encoding="utf-8"))
    entries = {entry["location"]: entry for entry in index["docs"]}
    for term in TERMS:
        entry = entries[f"glossary.html#{term.anchor}"]
        assert entry["title"] == term.term
        assert term.definition[:40] in entry["text"].replace("&#39;", "'")
        for name in term.also:
            assert name in entry["text"]
    assert not [place for place in entries if "#letter-" in place]
    assert not [place for place in entries if place.startswith("flash-cards")], "each definition would be found twice"


def test_data_are_not_published(site: Path) -> None:
    assert not (site / "glossary.yml").exists()


# --- the tooltips -----------------------------------------------------------------------------------------------


@cache
def extensions() -> tuple[list[str], dict[str, Any]]:
    config = load_config(str(ROOT / "mkdocs.yml"))
    return list(config.markdown_extensions), dict(config.mdx_configs)


def render(text: str, page: str = "some.md", *, linked: bool = True) -> BeautifulSoup:
    names, options = extensions()
    added = [HOOK.Terms(HOOK.Glossary(TERMS, page))] if linked else []
    return BeautifulSoup(Markdown(extensions=[*names, *added], extension_configs=options).convert(text), "html.parser")


def linked(text: str, page: str = "some.md") -> list[str]:
    return [link.get_text() for link in render(text, page).select("a.term")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A policy, and again the policy.", ["policy"]),
        ("The *policy* writes; policies write.", ["policy"]),
        ("Policies write tokens.\n\n- A labeler reads.", ["Policies", "tokens", "labeler"]),
        ("A KL penalty holds the KL down.", ["KL penalty", "KL"]),
        ("The cross-entropy.", ["cross-entropy"]),
        ("The entropy and the reward\nmodel's score.", ["entropy", "reward\nmodel"]),
        ("A Bradley–Terry model, a Bradley-Terry model.", ["Bradley–Terry model"]),
        ("Token by token, per-token, tokenizer, non-policy, policymaker.", ["Token"]),
        ("## The policy\n\nPolicies.", ["Policies"]),
        ("`policy`, then policies.", ["policies"]),
        ("```python\npolicy = 1\n```\n\nPolicies.", ["Policies"]),
        ("    the policy\n\nPolicies.", ["Policies"]),
        ("$policy$ and $$policy$$", []),
        ("See [the policy](https://example.org/policy).", []),
        ("| policy |\n|---|\n| policy |", []),
        ("> The policy is quoted.", []),
        ("*The policy of a title*{ .work } and a token.", ["token"]),
        ('!!! note "The policy"\n\n    A token.', ["token"]),
        ('??? question "A policy?"\n\n    A token.', ["token"]),
        ('- A token.\n\n    ??? question "A policy?"\n\n        A labeler.', ["token", "labeler"]),
        ("- A token.\n\n    | policy |\n    |---|\n    | policy |", ["token"]),
        ('!!! abstract "In this lesson"\n\n    A policy.\n\nPolicies.', ["Policies"]),
        ("- [ ] the policy is named\n- a token", ["token"]),
        ('<div data-explore="x" markdown>\n\nA policy.\n\n</div>', []),
        ("A note.[^1]\n\n[^1]: On the policy.", []),
        ("This is the **policy**. The policy acts.", []),
        ("**A policy that wins is bold as a whole.** The policy acts.", ["policy"]),
        ("**SFT.** The SFT model.", []),
        ("<!-- policy -->\n\nPolicies.", ["Policies"]),
        ("A prompt has a response.", []),
        ("At an advantage, with little discount.", []),
    ],
)
def test_first_mention_in_running_text_is_linked_and_nothing_else(text: str, expected: list[str]) -> None:
    assert linked(text) == expected


def test_term_is_not_linked_from_where_the_page_introduces_it() -> None:
    text = "## Before\n\n{}\n\n## A dictionary\n\nThe policy is a rule.\n\n## After\n\nA policy."
    assert linked(text.format("A policy."), "lessons/4-ppo.md") == ["policy"]
    assert linked(text.format("Nothing."), "lessons/4-ppo.md") == []
    assert linked(text.format("Nothing."), "lessons/5-other.md") == ["policy"]


def test_everyday_word_is_linked_only_where_it_is_the_term() -> None:
    assert linked("The advantage of a token.", "lessons/5-kl-penalty-and-pretraining-mix.md") == ["advantage", "token"]
    assert linked("The advantage of a token.", "lessons/6-results-and-alignment-tax.md") == ["token"]


@pytest.mark.parametrize("page", ["glossary.md", "flash-cards.md", "reference/ppo.md"])
def test_pages_without_tooltips(page: str) -> None:
    assert linked("A policy.", page) == []


def test_docstring_shown_on_a_page_is_left_alone() -> None:
    made = Markdown(extensions=[HOOK.Terms(HOOK.Glossary(TERMS, "some.md"))])
    assert "term" in made.convert("A policy.")
    made.treeprocessors.register(IdPrependingTreeprocessor(made, ""), IdPrependingTreeprocessor.name, 4)
    assert made.convert("A policy.") == "<p>A policy.</p>"


def test_link_leads_to_the_entry_and_carries_the_definition() -> None:
    link = render("A KL penalty.", "lessons/4-ppo.md").select_one("a.term")
    assert link
    assert link["href"] == "../glossary.md#kl-penalty"  # MkDocs makes the address in the site of it
    assert link["title"] == BY_NAME["KL penalty"].definition


@pytest.mark.parametrize("path", sorted(DOCS.rglob("*.md")), ids=lambda path: path.relative_to(DOCS).as_posix())
def test_links_change_nothing_else_on_a_page(path: Path) -> None:
    text = path.read_text(encoding="utf-8").split("\n---\n")[-1]
    page = path.relative_to(DOCS).as_posix()
    without, made = render(text, page, linked=False), render(text, page)
    for link in made.select("a.term"):
        link.unwrap()
    made.smooth()
    assert made.decode() == without.decode()


def test_every_page_of_the_site_links_terms_once_and_in_their_places(site: Path) -> None:
    forbidden = {*(f"h{level}" for level in range(1, 7)), "code", "pre", "math", "svg", "summary", "table", "label"}
    counts = {}
    for path in sorted(site.rglob("*.html")):
        page = path.relative_to(site).as_posix()
        links = soup(path).select("a.term")
        counts[page] = len(links)
        anchors = []
        for link in links:
            address, anchor = urldefrag(str(link["href"]))
            assert (path.parent / address).resolve() == (site / "glossary.html").resolve(), page
            term = next(term for term in TERMS if term.anchor == anchor)
            assert link["title"] == term.definition
            anchors.append(anchor)
            around = {parent.name for parent in link.parents}
            assert not around & forbidden, f"{page}: {anchor} in {around & forbidden}"
            assert not link.find_parent("a")
        assert len(set(anchors)) == len(anchors), f"{page}: a term twice"
    for lesson in LESSONS:
        assert 5 <= counts[lesson.replace(".md", ".html")] <= 25, "quiet, and there"
    assert counts["lab/4-over-optimization.html"] >= 5
    assert max(counts.values()) <= 35
    assert not [
        page for page, count in counts.items() if count and page.startswith(("glossary", "reference/", "flash"))
    ]


@in_a_browser
def test_definition_shows_on_focus_and_describes_the_link(page: Page, address: str) -> None:
    page.goto(address + "lessons/3-reward-modeling.html")
    link = page.locator("a.term").nth(3)
    definition = link.get_attribute("title")
    assert definition
    link.focus()
    tooltip = page.get_by_role("tooltip")
    expect(tooltip).to_be_visible()
    expect(tooltip).to_have_text(definition)
    assert link.get_attribute("aria-describedby") == tooltip.get_attribute("id")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/glossary\.html#[\w-]+$"))
    expect(page.locator(f"h3[id='{page.url.rpartition('#')[2]}']")).to_be_in_viewport()


# --- the cards --------------------------------------------------------------------------------------------------


def call(expression: str) -> Any:
    engine = MiniRacer()
    try:
        engine.eval(SCRIPT.split("class FlashCards")[0].replace("export function", "function"))
        return json.loads(str(engine.eval(f"JSON.stringify({expression})")))
    finally:
        engine.close()


def test_order_of_a_number_is_always_the_same_and_another_for_another() -> None:
    items = list(range(50))
    orders = call(f"[1, 1, 2, 3].map((seed) => shuffled({items}, seed))")
    assert orders[0] == orders[1]
    assert len({tuple(order) for order in orders}) == 3
    assert all(sorted(order) == items != order for order in orders)


def test_every_order_of_three_cards_comes_up_about_equally_often() -> None:
    orders = call("Array.from({length: 6000}, (_, i) => shuffled(['a', 'b', 'c'], i + 1).join(''))")
    counts = [orders.count(order) for order in sorted(set(orders))]
    assert len(counts) == 6
    assert all(abs(count - 1000) < 150 for count in counts), counts  # five standard deviations


@pytest.mark.parametrize(
    ("kept", "expected"),
    [
        ({"version": 1, "boxes": {"policy": 3, "token": 1}}, {"policy": 3, "token": 1}),
        ({"version": 1, "boxes": {"policy": 6, "token": 0, "nat": 2.5, "seed": "3", "mask": None}}, {}),
        ({"version": 1, "boxes": {"<img>": 2, "A": 2, "__proto__": 2}}, {}),
        ({"version": 2, "boxes": {"policy": 3}}, {}),
        ({"version": 1, "boxes": None}, {}),
        ({"version": 1, "boxes": 3}, {}),
        ([], {}),
        (None, {}),
    ],
)
def test_only_boxes_of_the_right_shape_are_taken_over(kept: Any, expected: dict[str, int]) -> None:
    assert call(f"readBoxes({json.dumps(json.dumps(kept))})") == expected


def test_what_is_not_json_is_an_empty_memory() -> None:
    assert call("[readBoxes('{'), readBoxes(null), readBoxes('')]") == [{}, {}, {}]


def test_page_holds_a_card_for_every_term_in_the_order_of_the_course(site: Path) -> None:
    cards = article(site, "flash-cards.md").select("flash-cards details")
    assert {card["data-name"] for card in cards} == {term.anchor for term in TERMS}
    assert len(cards) == len(TERMS)
    places = list(dict.fromkeys(str(card["data-place"]) for card in cards))
    assert places[:7] == ["Prerequisites", *(f"Lesson {number}" for number in range(1, 7))]
    by_anchor = {term.anchor: term for term in TERMS}
    for card in cards:
        term = by_anchor[str(card["data-name"])]
        assert card.summary
        assert card.summary.get_text().startswith(term.term)
        assert card.p
        assert card.p.get_text().replace("\u00a0", " ") == term.definition
        assert bool(card.find("math")) == bool(term.symbol)


@in_a_browser
def test_cards_work_by_keyboard_and_say_what_they_show(page: Page, address: str) -> None:
    page.goto(address + "flash-cards.html")
    cards = page.locator("flash-cards")
    card, said, where = cards.locator("button.card"), cards.get_by_role("status"), cards.locator(".where")
    page.get_by_label("Cards from").select_option("Lesson 3")
    expect(where).to_have_text(re.compile(r"^Card 1 of \d+, in box 1 of 5$"))
    expect(cards.get_by_role("button", name="Knew it")).to_be_disabled()
    expect(card.locator(".turn")).to_have_text("Click or tap to turn")
    card.focus()
    term = BY_NAME[card.locator(".face").evaluate("face => face.firstChild.textContent.trim()")]
    page.keyboard.press("Space")
    expect(card.locator(".face")).to_have_text(term.definition)
    expect(said).to_have_text(term.definition)
    page.keyboard.press("Space")
    expect(said).to_contain_text(term.term)
    page.keyboard.press("2")  # not turned: it says nothing about what one knew
    expect(where).to_contain_text("Card 1 of")
    page.keyboard.press("Space")
    page.keyboard.press("2")
    expect(where).to_contain_text("Card 2 of")
    expect(said).to_contain_text("Card 2 of")
    page.keyboard.press("ArrowLeft")
    expect(where).to_have_text(re.compile("^Card 1 of .* in box 2 of 5$"))
    page.keyboard.press("Space")
    page.keyboard.press("1")
    page.keyboard.press("ArrowLeft")
    expect(where).to_have_text(re.compile("^Card 1 of .* in box 1 of 5$"))
    for _ in range(30):
        page.keyboard.press("ArrowRight")
    expect(where).to_have_text(re.compile(r"^You knew 0 of \d+\.$"))
    page.keyboard.press("Enter")
    expect(where).to_contain_text("Card 1 of")


@in_a_browser
def test_cards_remember_their_boxes_and_take_the_lower_ones_first(page: Page, address: str) -> None:
    page.goto(address + "flash-cards.html")
    page.get_by_label("Cards from").select_option("Lesson 2")
    card, where = page.locator("flash-cards button.card"), page.locator("flash-cards .where")
    face = card.locator(".face")
    first = face.inner_text()
    card.click()
    page.get_by_role("button", name="Knew it").click()
    expect(card).to_be_focused()
    page.reload()
    page.get_by_label("Cards from").select_option("Lesson 2")
    assert face.inner_text() != first
    page.get_by_role("button", name="Previous", exact=True).click()
    card.focus()
    for _ in range(int(re.findall(r"of (\d+)", where.inner_text())[0]) - 1):
        page.keyboard.press("ArrowRight")
    expect(where).to_contain_text("in box 2 of 5")
    assert face.inner_text() == first
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="All back into box 1").click()
    assert face.inner_text() == first

    page.get_by_label("Show first").select_option("definition")
    term = next(term for term in TERMS if term.definition == face.inner_text())
    card.click()
    expect(face).to_contain_text(term.term)
    page.get_by_label("Order").fill("7")
    page.get_by_label("Order").press("Enter")
    seventh = face.inner_text()
    page.get_by_role("button", name="Shuffle").click()
    expect(page.get_by_label("Order")).to_have_value("8")
    page.get_by_label("Order").fill("7")
    page.get_by_label("Order").press("Enter")
    expect(face).to_have_text(seventh)
    page.get_by_label("Order").fill("-3.7")
    page.get_by_label("Order").press("Enter")
    expect(page.get_by_label("Order")).to_have_value("1")


@in_a_browser
def test_broken_memory_and_none_at_all_do_no_harm(browser: Browser, address: str) -> None:
    for spoil in (
        'localStorage.setItem(\'rlhf-flash-cards\', \'{"version": 1, "boxes": {"<b>": 9}\')',
        "Object.defineProperty(window, 'localStorage', {get() { throw new Error('forbidden'); }})",
    ):
        context = browser.new_context()
        context.add_init_script(spoil)
        page = context.new_page()
        page.goto(address + "flash-cards.html")
        page.locator("flash-cards button.card").click()
        page.get_by_role("button", name="Knew it").click()
        page.get_by_role("button", name="Previous", exact=True).click()
        expect(page.locator("flash-cards .where")).to_contain_text("in box 2 of 5")
        context.close()


@in_a_browser
def test_cards_can_be_read_without_javascript_and_on_paper(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address + "flash-cards.html")
    card = page.locator("flash-cards details").first
    expect(card.locator("p")).to_be_hidden()
    card.locator("summary").click()
    expect(card.locator("p")).to_be_visible()
    page.emulate_media(media="print")
    last = page.locator("flash-cards details").last
    assert last.bounding_box()["height"] > 1.5 * last.locator("summary").bounding_box()["height"]  # type: ignore[index]
    context.close()

    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    page.goto(address + "flash-cards.html")
    expect(page.locator("flash-cards .panel")).to_be_visible()
    expect(page.locator("flash-cards .cards")).to_be_hidden()
    assert page.locator(".face").evaluate("face => getComputedStyle(face).animationName") == "none"
    page.emulate_media(media="print")
    expect(page.locator("flash-cards .panel")).to_be_hidden()
    expect(page.locator("flash-cards details p").first).to_be_visible()
    assert page.locator("flash-cards .cards").evaluate("cards => getComputedStyle(cards).columnCount") == "2"
    context.close()
