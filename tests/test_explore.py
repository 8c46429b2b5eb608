"""Claims about the interactive pieces: they compute what the package computes, and anyone can use them."""

import importlib
import itertools
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect
from py_mini_racer import MiniRacer

import rlhf_textbook as book
from tests.conftest import in_a_browser, serve_map

ROOT = Path(__file__).resolve().parent.parent
HOOK: Any = importlib.import_module("build_hooks.explore")
FOLDER = ROOT / "docs/assets/explore"
PAGES = {
    "rank-responses": "lessons/3-reward-modeling",
    "score-sliders": "lessons/3-reward-modeling",
    "ppo-clip": "lessons/4-ppo",
    "ppo-step": "lessons/4-ppo",
    "ppo-ptx": "lessons/5-kl-penalty-and-pretraining-mix",
    "win-rate": "lessons/6-results-and-alignment-tax",
    "best-of-n": "project/5-over-optimization",
}
LAST_OF_THEIR_PAGES = {page: name for name, page in PAGES.items()}.values()
STARTS = {
    "rank-responses": "Best first: y₁, y₂, y₃, y₄. Mean loss 0.278. The scores agree with 6 of the 6 pairs.",
    "score-sliders": "Loss 0.278. The four slopes add up to 0.0000.",
    "ppo-clip": "The objective is 0.715, the push +0.715",
    "ppo-step": 'Step 1: The prompt is "sort g f b". Right is "b f g ."',
    "ppo-ptx": "the objective is 1.763.",
    "win-rate": "A win rate of 85.0 % is a gap of +1.735 nats.",
    "best-of-n": "n = 1, 0.00 nats away: the reward model gives 6.59, people 0.495",
}
each_piece = pytest.mark.parametrize("name", PAGES)


# --- what they compute ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def formulas() -> Iterator[Callable[..., list[Any]]]:
    """Call a formula of the pieces for a list of arguments; infinities come back as text."""
    engine = MiniRacer()
    engine.eval((FOLDER / "formulas.js").read_text(encoding="utf-8").replace("export function", "function"))
    engine.eval("const plain = (_, v) => typeof v === 'number' && !Number.isFinite(v) ? String(v) : v;")

    def call(name: str, arguments: list[tuple[Any, ...]]) -> list[Any]:
        found = engine.eval(f"JSON.stringify({json.dumps(arguments)}.map((a) => {name}(...a)), plain)")
        return json.loads(str(found), object_hook=dict)

    yield call
    engine.close()


def agree(found: Any, expected: Any) -> None:
    np.testing.assert_allclose(np.array(found, dtype=float), np.array(expected), rtol=1e-9, atol=1e-9)


NUMBERS = [-1e308, -1e4, -745.2, -36.8, *np.linspace(-9, 9, 37), 1e-300, 36.8, 745.2, 1e4, 1e308]


@pytest.mark.parametrize(("name", "function"), [("sigmoid", book.sigmoid), ("logSigmoid", book.log_sigmoid)])
def test_sigmoid_and_its_logarithm_are_the_packages(formulas: Any, name: str, function: Any) -> None:
    agree(formulas(name, [(x,) for x in [*NUMBERS, -np.inf, np.inf]]), function([*NUMBERS, -np.inf, np.inf]))


def test_pairs_of_a_ranking_are_the_packages(formulas: Any) -> None:
    for k, pairs in zip(range(2, 10), formulas("rankingPairs", [(k,) for k in range(2, 10)]), strict=True):
        assert pairs == [list(pair) for pair in book.ranking_pairs(list(range(k)))]


def test_loss_and_gradient_of_a_ranking_are_the_packages(formulas: Any) -> None:
    rng = np.random.default_rng(0)
    rankings = [list(order) for order in itertools.permutations([1.8, 0.9, 0.3, -0.5])]
    rankings += [(scale * rng.normal(size=k)).tolist() for scale in (0, 0.1, 1, 5, 1e4) for k in range(2, 10)]
    for ranking, found in zip(rankings, formulas("rankingLossAndGradient", [(r,) for r in rankings]), strict=True):
        loss, gradient = book.ranking_loss_and_gradient(ranking)
        agree(found["loss"], loss)
        agree(found["gradient"], gradient)


def test_clipped_objective_and_push_are_the_packages(formulas: Any) -> None:
    ratios = np.append(np.linspace(0.005, 1.995, 200), [1e-300, 1.0, 1e4, 1e300])
    cases, expected = [], []
    for advantage, epsilon in itertools.product([-1e4, -1, -0.65, 0, 0.05, 0.65, 1, 1e4], [0, 0.05, 0.2, 0.5]):
        step = [book.clipped_surrogate([x - 700], [-700], [advantage], clip_range=epsilon) for x in np.log(ratios)]
        cases += [(float(s.ratios[0]), advantage, epsilon) for s in step]
        expected += [(s.objective, s.gradient[0], s.clip_fraction) for s in step]
    found = formulas("clippedSurrogate", cases)
    agree([(f["objective"], f["gradient"], f["pastClip"]) for f in found], expected)


def test_corners_of_the_clip_belong_to_the_side_that_pushes(formulas: Any) -> None:
    for advantage, corner in ((0.65, 1.2), (-0.65, 0.8)):
        assert not formulas("clippedSurrogate", [(corner, advantage, 0.2)])[0]["pastClip"]
    assert formulas("clippedSurrogate", [(np.inf, 0, 0.2)])[0]["objective"] == 0


def test_three_terms_of_the_objective_are_the_packages(formulas: Any) -> None:
    rng = np.random.default_rng(0)
    for size, beta, gamma in itertools.product([0.01, 1, 9, 1e4], [0, 0.02, 2, 1e3], [0, 0.1, 27.8]):
        reward, text = float(size * rng.normal()), float(-size * rng.random())
        policy, reference = (-size * rng.random((2, 7))).tolist()
        terms = book.ppo_ptx_objective(reward, policy, reference, text, kl_coef=beta, ptx_coef=gamma)
        (found,) = formulas("ppoPtxObjective", [(reward, policy, reference, text, beta, gamma)])
        expected = [terms.kl, -terms.kl_penalty, terms.pretraining, terms.total]
        agree([found[term] for term in ("logRatio", "klTerm", "ptxTerm", "total")], expected)


def test_win_rate_gap_and_interval_are_the_packages(formulas: Any) -> None:
    rates = [1e-300, 1e-12, *np.linspace(0.01, 0.99, 99), 1 - 1e-12]
    agree(formulas("qualityGap", [(p,) for p in rates]), book.quality_gap(rates))
    agree(formulas("expectedWinRate", [(q,) for q in NUMBERS]), book.expected_win_rate(NUMBERS))
    counts = [(wins * n, n) for wins in (0, 0.01, 0.3, 0.5, 0.85, 1) for n in (1, 20, 545, 2000, 10**9)]
    intervals = [book.win_rate_interval(wins, n) for wins, n in counts]
    found = formulas("winRateInterval", counts)
    agree([(f["low"], f["high"]) for f in found], [(i.low, i.high) for i in intervals])


def test_divergence_of_the_best_of_n_is_the_packages(formulas: Any) -> None:
    n = [*range(1, 1025), 10**6]
    agree(formulas("bestOfNKl", [(k,) for k in n]), book.best_of_n_kl(n))


# --- what they show from the package ----------------------------------------------------------------


@pytest.fixture(scope="module")
def data() -> dict[str, Any]:
    return {name: json.loads(HOOK.data_of(name)) for name in ("best-of-n", "ppo-step")}


def test_recorded_update_holds_together(data: dict[str, Any]) -> None:
    """From the log-probabilities, score and values everything else follows, by the package's functions."""
    d = data["ppo-step"]
    rewards = book.token_rewards(d["score"], d["logProbs"], d["refLogProbs"], kl_coef=d["beta"])
    np.testing.assert_allclose(d["rewards"], rewards, atol=2e-6)
    advantages = book.generalized_advantages(rewards, d["values"], gae_lambda=d["gaeLambda"])
    np.testing.assert_allclose(d["advantages"], advantages, atol=2e-5)
    np.testing.assert_allclose(d["whitened"], (advantages - d["mean"]) / d["deviation"], atol=1e-4)
    step = book.clipped_surrogate(d["turnLogProbs"], d["logProbs"], d["whitened"], clip_range=d["epsilon"])
    assert step.clip_fraction == 1 / 4
    assert d["tokens"][int(np.flatnonzero(step.gradient == 0)[0])] == "G"
    assert d["afterLogProbs"][2] < d["turnLogProbs"][2], "moved without a push of its own, as the page says"
    assert f"each token pays {d['beta']} for every nat" in block("ppo-step")


def block(name: str) -> str:
    text = (ROOT / "docs" / f"{PAGES[name]}.md").read_text(encoding="utf-8")
    return text.split(f'<div data-explore="{name}" markdown>')[1].split("</div>")[0]


def test_text_for_readers_without_javascript_has_the_right_numbers(data: dict[str, Any]) -> None:
    d, n = data["ppo-step"], data["best-of-n"]
    gap_85, gap_95 = book.quality_gap([0.85, 0.95])
    wilson = book.win_rate_interval(0.85 * 545, 545)
    ratios = np.exp(np.subtract(d["turnLogProbs"], d["logProbs"]))
    raised = book.ranking_loss_and_gradient([1.8, 0.9, 0.3, 1.8])
    expected: dict[str, list[str]] = {
        "rank-responses": [
            f"{book.ranking_loss(order):.3f}"
            for order in ([1.8, 0.9, 0.3, -0.5], [-0.5, 0.3, 0.9, 1.8], [1.8, 0.3, 0.9, -0.5])
        ],
        "score-sliders": [
            *(f"{-g:+.3f}" for g in book.ranking_loss_and_gradient([1.8, 0.9, 0.3, -0.5])[1]),
            *(f"{raised[0]:.3f}", f"{raised[1][3]:.3f}", f"{-raised[1][0]:.3f}"),
        ],
        "ppo-clip": [f"{1.1 * 0.65:.3f}", f"{1.2 * 0.65:.2f}", f"{-0.8 * 0.65:.2f}", f"{1.5 * 0.65:.3f}"],
        "ppo-ptx": ["1.763", f"{0.32 / 0.86:.2f}", f"{0.86 - 0.8 + 0.05:.2f}", f"{0.26 - 0.40:.2f}"],
        "win-rate": [
            *(f"{gap_85:.3f}", f"{gap_95:.3f}", f"{gap_95 - gap_85:.2f}"),
            *(f"{100 * wilson.low:.1f}", f"{100 * wilson.high:.1f}"),
            *(f"{gap:.2f}" for gap in book.quality_gap([wilson.low, wilson.high])),
        ],
        "best-of-n": [
            *(f"{n['proxy'][k]:.2f}" for k in (0, 10)),
            *(f"{n['gold'][k]:.3f}" for k in (0, 4, 8, 9, 10)),
            f"{100 * n['fabricated'][10]:.0f} %",
        ],
        "ppo-step": [
            *(
                d["prompt"],
                " ".join(d["tokens"]),
                f"{d['score']:.2f}",
                f"{d['values'][0]:.2f}",
                f"{d['values'][3]:.2f}",
            ),
            f"{sum(d['logProbs']) - sum(d['refLogProbs']):.2f} nats",
            *(f"{a:+.2f}" for a in d["whitened"]),
            *(f"{ratio:.2f}" for ratio in ratios),
        ],
    }
    assert expected.keys() == PAGES.keys()
    for name, numbers in expected.items():
        text = block(name).split("\n\n")[2].replace("−", "-")
        for shown in numbers:
            assert shown.lstrip("+") in text, f"{name}: {shown}"


def test_every_piece_is_documented_listed_and_used_once() -> None:
    files = {path.stem for path in FOLDER.glob("*.js")} - {"explorable", "formulas", "load"}
    listed = re.findall(r'"\./([\w-]+)\.js"', (FOLDER / "load.js").read_text(encoding="utf-8"))
    assert sorted(listed) == sorted(files) == sorted(PAGES)
    for name in files:
        code = (FOLDER / f"{name}.js").read_text(encoding="utf-8")
        assert code.startswith(f"// <{name}>, "), "says at its top what it is"
        assert len(code.splitlines()) <= 150
        assert f'customElements.define("{name}"' in code
    for path in FOLDER.glob("*.js"):
        forbidden = (
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|Function\(|https?:(?!//www\.w3\.org)"
        )
        assert not re.search(forbidden, path.read_text(encoding="utf-8")), path.name
    for name in PAGES:
        assert "**Predict first.**" in block(name).split("\n\n")[1], f"{name} asks for a prediction"


BROKEN = {
    '<div data-explore="nought"><p>?</p></div>': "no docs/assets/explore/nought.js",
    '<div data-explore="formulas"><p>?</p></div>': "no docs/assets/explore/formulas.js",
    '<div data-explore="ppo-clip">?</div>': "is a <div … markdown> with paragraphs",
    2 * '<div data-explore="ppo-clip"><p>?</p></div>': "used once",
}


@pytest.mark.parametrize("html", BROKEN)
def test_build_refuses_a_piece_that_is_not_one(html: str) -> None:
    from mkdocs.exceptions import PluginError
    from mkdocs.structure.files import File
    from mkdocs.structure.pages import Page as BookPage

    file = File("page.md", "docs", "site", use_directory_urls=True)
    file.content_string = html
    site = BookPage("Page", file, {})  # type: ignore[arg-type]
    with pytest.raises(PluginError, match=re.escape(BROKEN[html])):
        HOOK.on_page_content(html, page=site)


# --- in a browser -----------------------------------------------------------------------------------


def opened(page: Page, address: str, name: str, query: str = "") -> Locator:
    page.goto(f"{address}{PAGES[name]}.html{query}")
    piece = page.locator(f"{name}.live")
    expect(piece).to_have_count(1)
    return piece


def result(piece: Locator) -> Locator:
    return piece.get_by_role("status")


@in_a_browser
@each_piece
def test_starts_at_the_lessons_number_and_every_control_works_by_keyboard(page: Page, address: str, name: str) -> None:
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    piece = opened(page, address, name)
    expect(result(piece)).to_contain_text(STARTS[name])
    link = piece.get_by_role("link", name="Link to this state")
    assert link.get_attribute("href") == f"?#{name}"
    for slider in piece.get_by_role("slider").all():
        before = slider.get_attribute("aria-valuetext")
        slider.press("ArrowRight")
        assert slider.get_attribute("aria-valuetext") != before
        assert piece.evaluate("p => p.contains(document.activeElement)")
    for field in piece.get_by_role("spinbutton").all():
        field.fill("-1.5")
        assert f"={quote('-1.5')}" in str(link.get_attribute("href"))
    for text in ("Move y₁ down", "Reverse the ranking", "Add 1 to all", "Next step"):
        for button in piece.get_by_role("button", name=text, exact=True).all():
            before = str(link.get_attribute("href"))
            button.press("Enter")
            assert link.get_attribute("href") != before, text
            expect(button).to_be_focused()
    assert link.get_attribute("href") != f"?#{name}"
    said = piece.evaluate("p => p.sentence")
    expect(result(piece)).to_have_text(said)

    # The link restores the state, and Reset the start.
    link.press("Enter")
    page.wait_for_url(re.compile(r"\?.+#"))
    expect(result(piece)).to_have_text(said)
    piece.get_by_role("button", name="Reset").press("Enter")
    expect(result(piece)).to_contain_text(STARTS[name])
    assert link.get_attribute("href") == f"?#{name}"
    assert not problems


@in_a_browser
def test_responses_move_by_arrow_keys_and_by_dragging(page: Page, address: str) -> None:
    piece = opened(page, address, "rank-responses")
    items = piece.get_by_role("listitem")
    piece.get_by_role("button", name="Move y₄ up").focus()
    for _ in range(5):  # at the top it stays
        page.keyboard.press("ArrowUp")
    expect(result(piece)).to_contain_text("Best first: y₄, y₁, y₂, y₃.")
    expect(piece.get_by_role("button", name="Move y₄ up")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(result(piece)).to_contain_text("Best first: y₁, y₄, y₂, y₃.")

    piece.scroll_into_view_if_needed()
    first, last = items.nth(0).bounding_box(), items.nth(3).bounding_box()
    assert first
    assert last
    page.mouse.move(first["x"] + 80, first["y"] + 10)
    page.mouse.down()
    page.mouse.move(last["x"] + 80, last["y"] + last["height"] - 4, steps=8)
    page.mouse.up()
    page.mouse.move(first["x"] + 80, first["y"], steps=3)  # released, it no longer follows
    expect(result(piece)).to_contain_text("Best first: y₄, y₂, y₃, y₁.")
    loss = book.ranking_loss([-0.5, 0.9, 0.3, 1.8])
    expect(result(piece)).to_contain_text(f"Mean loss {loss:.3f}.")
    for margin, row in zip([-1.4, -0.8, -2.3], piece.locator("tbody tr").all(), strict=False):
        expect(row).to_contain_text(f"−{-margin:.1f}")


@in_a_browser
def test_arrows_are_as_long_as_the_slopes_wherever_the_scores_are(page: Page, address: str) -> None:
    piece = opened(page, address, "score-sliders")
    cases = [[1.8, 0.9, 0.3, -0.5], [4.8, 3.9, 3.3, 4.8], [-4.5, 5, 5, 5], [4.5, 5, 5, 5], [-5, -5, -5, -4.5]]
    for scores in cases:
        piece.evaluate("(p, scores) => p.set(Object.fromEntries(scores.map((s, i) => [`s${i + 1}`, s])))", scores)
        dots = piece.locator("circle").evaluate_all("dots => dots.map((dot) => Number(dot.getAttribute('cx')))")
        tips = piece.locator("polygon").evaluate_all("all => all.map((a) => parseFloat(a.getAttribute('points')))")
        pushes = -book.ranking_loss_and_gradient(scores)[1]
        seen = 200 * abs(pushes) >= 0.5
        lengths = np.array(tips) - np.array(dots)[seen]
        np.testing.assert_allclose(lengths, (200 * pushes + 4 * np.sign(pushes))[seen], atol=1e-6)
        assert min(tips) > 24, "right of the names"
        assert max(tips) < 360


@in_a_browser
def test_scores_at_the_end_of_their_scale_are_not_shifted_beyond_it(page: Page, address: str) -> None:
    piece = opened(page, address, "score-sliders")
    add, subtract = (piece.get_by_role("button", name=f"{name} 1") for name in ("Add", "Subtract"))
    for at, can_add, can_subtract in ((1.8, "false", "false"), (4.8, "true", "false"), (-5, "false", "true")):
        piece.evaluate("(p, at) => p.set({ s1: at })", at)
        expect(add).to_have_attribute("aria-disabled", can_add)
        expect(subtract).to_have_attribute("aria-disabled", can_subtract)
    subtract.press("Enter")
    expect(subtract).to_be_focused()
    assert piece.evaluate("p => Object.values(p.state)") == [-5, 0.9, 0.3, -0.5]


@in_a_browser
def test_home_page_has_the_ranking_too(browser: Browser, address: str) -> None:
    page = browser.new_page(viewport={"width": 375, "height": 900})
    page.goto(f"{address}index.html")
    piece = page.locator("rank-responses.live")
    expect(result(piece)).to_contain_text(STARTS["rank-responses"])
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    reversed_loss = f"{book.ranking_loss([-0.5, 0.3, 0.9, 1.8]):.3f}"
    assert reversed_loss in (ROOT / "docs/index.md").read_text(encoding="utf-8").split("data-explore=")[1]
    piece.get_by_role("button", name="Reverse the ranking").press("Enter")
    expect(result(piece)).to_contain_text(f"Mean loss {reversed_loss}.")
    page.close()


EVIL = "<img src=x onerror=document.title='owned'>"
HOSTILE = (EVIL, "NaN", "1e999", "-Infinity", "", "null", "0x", "1,5")


@in_a_browser
@each_piece
def test_hostile_link_does_nothing(page: Page, address: str, name: str) -> None:
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("dialog", lambda dialog: problems.append(dialog.message))
    piece = opened(page, address, name)
    names = page.evaluate("n => Object.keys(document.querySelector(n).state)", name)
    evil = [(f"{name}.{key}", value) for key in names for value in HOSTILE]
    evil += [(f"{name}.order", value) for value in ("1123", "123", "12345", "1,2,3,4")]
    evil += [(f"{name}.{key}", "1") for key in ("__proto__", "constructor", "toString", "", EVIL)]
    opened(page, address, name, f"?{urlencode([*evil, (EVIL, EVIL)])}#{name}")
    expect(result(piece)).to_contain_text(STARTS[name])
    assert piece.locator("img").count() == 0
    assert page.title() != "owned"
    # Values out of range are put back into it, and all that is shown is a number.
    for key, far in itertools.product(set(names) - {"order"}, ("1e300", "-1e300")):
        piece.evaluate("(p, [key, far]) => p.set({ [key]: p.allowed(key, far) })", [key, far])
        assert not re.search(r"NaN|undefined|Infinity|e\+", piece.inner_text() + piece.evaluate("p => p.sentence"))
    assert not problems


@in_a_browser
def test_typing_no_number_changes_nothing_and_one_out_of_range_is_put_back(page: Page, address: str) -> None:
    piece = opened(page, address, "ppo-ptx")
    field = piece.get_by_role("spinbutton", name="Log-probability under the policy, Paris")
    expect(field).to_have_value("-0.20")
    field.fill("")
    expect(result(piece)).to_contain_text("the objective is 1.763.")
    field.fill("7")
    field.blur()
    expect(field).to_have_value("0.00")
    expect(result(piece)).to_contain_text("Log-ratio 1.06 nats.")  # 0.86, and 0.2 more


@in_a_browser
def test_update_has_a_table_once_there_is_a_token_and_no_step_before_the_first_or_beyond_the_last(
    page: Page, address: str
) -> None:
    piece = opened(page, address, "ppo-step")
    back, forth = (piece.get_by_role("button", name=name) for name in ("Back", "Next step"))
    for step, rows, at_start, at_end in ((1, 0, "true", "false"), (2, 2, "false", "false"), (11, 12, "false", "true")):
        piece.evaluate("(p, step) => p.set({ step })", step)
        expect(piece.locator("table")).to_be_visible(visible=rows > 0)
        expect(piece.locator("table tr")).to_have_count(rows)
        expect(back).to_have_attribute("aria-disabled", at_start)
        expect(forth).to_have_attribute("aria-disabled", at_end)
    forth.press("Enter")
    expect(forth).to_be_focused()
    expect(result(piece)).to_contain_text("Step 11:")


@in_a_browser
def test_result_is_said_in_a_pause_only(page: Page, address: str) -> None:
    piece = opened(page, address, "ppo-clip")
    page.evaluate(
        "window.said = []; new MutationObserver(() => said.push(1)).observe("
        "document.querySelector('ppo-clip .result'), {childList: true})"
    )
    slider = piece.get_by_role("slider", name="ratio")
    page.evaluate(
        "const s = document.querySelector('#ppo-clip-ratio'); for (let i = 0; i < 30; i += 1) {"
        " s.value = 1.1 + i / 100; s.dispatchEvent(new Event('input')); }"
    )
    expect(slider).to_have_attribute("aria-valuetext", "1.39")
    expect(result(piece)).to_contain_text("past the clip, no push")
    assert page.evaluate("said.length") == 1


@in_a_browser
def test_without_javascript_and_on_paper_the_text_is_there(browser: Browser, address: str) -> None:
    plain = browser.new_context(java_script_enabled=False).new_page()
    live = browser.new_context().new_page()
    for name in LAST_OF_THEIR_PAGES:
        plain.goto(address + PAGES[name] + ".html")
        for piece in plain.locator(".explore").all():
            expect(piece.locator(".question")).to_contain_text("Predict first.")
            expect(piece.locator(".without-script")).to_be_visible()
            expect(piece.locator(".without-script")).to_contain_text(re.compile(".{150}", re.DOTALL))
        opened(live, address, name)
        for piece in live.locator(".explore.live").all():
            expect(piece.locator(".without-script")).to_be_hidden()
            live.emulate_media(media="print")
            for shown in (".question", ".without-script", ".result"):
                expect(piece.locator(shown).first).to_be_visible()
            for hidden in ("button", "input[type=range]"):
                assert not any(control.is_visible() for control in piece.locator(hidden).all())
            live.emulate_media(media="screen")
    plain.context.close()
    live.context.close()


@in_a_browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_has_no_complaint_and_nothing_sticks_out(browser: Browser, address: str, scheme: str) -> None:
    context = browser.new_context(viewport={"width": 375, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    query = urlencode({"ppo-step.step": 10, "best-of-n.doublings": 10, "rank-responses.order": "4321"})
    options = {} if scheme == "light" else {"runOnly": ["color-contrast"]}
    for name in LAST_OF_THEIR_PAGES:
        opened(page, address, name, f"?{query}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 375
        assert page.evaluate(
            "[...document.querySelectorAll('.explore.live')].every(p => p.scrollWidth <= p.clientWidth)"
        )
        found = Axe().run(page, context=".explore", options=options).response["violations"]
        assert not found, f"{name}: {[(v['id'], v['nodes'][0]['target']) for v in found]}"
    context.close()


@in_a_browser
def test_pieces_survive_a_change_of_page(page: Page, address: str) -> None:
    """The theme exchanges the content without reloading; an element is taken out and put in, or not met before."""
    serve_map(page, address)
    piece = opened(page, address, "ppo-clip")
    page.evaluate("window.sameDocument = true")
    page.evaluate(
        "{ const p = document.querySelector('ppo-clip'); const at = p.parentNode; p.remove(); at.append(p); }"
    )
    expect(piece.get_by_role("slider")).to_have_count(3)
    page.get_by_role("link", name="lesson 3").first.click()
    expect(result(page.locator("rank-responses.live"))).to_contain_text(STARTS["rank-responses"])
    page.go_back()
    expect(piece.get_by_role("slider")).to_have_count(3)
    expect(result(page.locator("ppo-step.live"))).to_contain_text(STARTS["ppo-step"])
    assert page.evaluate("window.sameDocument")
