"""Claims about every page in a real browser: wide and narrow, light and dark."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Request

from tests.conftest import in_a_browser, serve_map

pytestmark = in_a_browser

WIDE, NARROW = 1280, 375
# TeX that no one has typeset, in the text that a reader sees.
UNTYPESET = r"\\\(|\\\[|\$[^$\n]*\\[a-z]+|\\(?:frac|log|sigma|pi|beta|gamma|theta|mathbb|mathrm)\b"
# What a reader would have to move sideways: formulas and tables on a phone, code on a wide screen. (On a phone code
# scrolls; wrapped, it would no longer be what is to be typed. So do sources folded away, and tables of many timings.)
CUT = {
    NARROW: "article :is(.formula, .md-typeset__scrollwrap)",
    WIDE: "article :is(.formula, .md-typeset__scrollwrap, pre > code):not(.mkdocstrings-source *)",
}
TABLES_OF_TIMINGS = ("benchmarks/",)
WIDER_THAN_ITS_PLACE = """(what => { document.querySelectorAll('article details').forEach(e => { e.open = true; });
  return [...document.querySelectorAll(what)].filter(e => e.clientWidth && e.scrollWidth > e.clientWidth + 1)
    .map(e => e.textContent.trim().slice(0, 60)); })"""
# Every control that is shown; a control inside a closed <details> is reached when it is open.
CONTROLS = "a[href], button, input, select, textarea, summary, [tabindex]"


# What does not depend on colors and width is looked at once. Told of violations alone, axe takes half the time.
OF_THE_LOOK = ["color-contrast", "link-in-text-block", "meta-viewport", "scrollable-region-focusable", "target-size"]
RULES = {"light": {"resultTypes": ["violations"]}, "dark": {"resultTypes": ["violations"], "runOnly": OF_THE_LOOK}}


@pytest.fixture(scope="module")
def paths(site: Path) -> list[str]:
    return sorted(path.relative_to(site).as_posix() for path in site.rglob("*.html"))


@pytest.fixture(scope="module")
def reader(browser: Browser) -> "Iterator[BrowserContext]":
    context = browser.new_context(viewport={"width": WIDE, "height": 900}, reduced_motion="reduce")
    context.set_default_timeout(5000)
    yield context
    context.close()


def failed(request: Request, problems: list[str]) -> None:
    # A request that the next page cuts off is no failure of this one.
    if "ABORTED" not in str(request.failure):
        problems.append(f"{request.url}: {request.failure}")


def listening(reader: BrowserContext, address: str) -> tuple[Page, list[str]]:
    """Open a page that writes down what goes wrong: breaches of the page's policy come as errors in the console."""
    page, problems = reader.new_page(), []
    page.on("console", lambda message: problems.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("requestfailed", lambda request: failed(request, problems))
    page.on("request", lambda request: None if request.url.startswith(address) else problems.append(request.url))
    return page, problems


def open_whole(page: Page, url: str) -> None:
    """Open a page and have all of it laid out, what is out of sight too: it could be too wide or too pale."""
    page.goto(url, wait_until="load")
    page.add_style_tag(content="* { content-visibility: visible !important }")


def show(page: Page, width: int, scheme: str) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]


def test_every_page_loads_quietly_fits_and_is_typeset(reader: BrowserContext, address: str, paths: list[str]) -> None:
    """No error in the console, no failed request, none to another host, nothing wider than the screen, no raw TeX."""
    page, problems = listening(reader, address)
    for path in paths:
        show(page, WIDE, "light")
        open_whole(page, address + path)
        colors = set()
        for width in (WIDE, NARROW):
            for scheme in ("light", "dark"):
                show(page, width, scheme)
                # The theme hears of the change a moment later.
                page.wait_for_function(
                    "dark => (document.body.dataset.mdColorScheme === 'slate') === dark", arg=scheme == "dark"
                )
                widest = page.evaluate("document.documentElement.scrollWidth")
                if widest > width:
                    problems.append(f"{widest} pixels wide on a screen of {width}, {scheme}")
                if scheme == "light" and not (width == NARROW and path.startswith(TABLES_OF_TIMINGS)):
                    cut = page.evaluate(f"{WIDER_THAN_ITS_PLACE}({CUT[width]!r})")
                    problems += [f"cut off at {width} pixels: {text!r}" for text in cut]
                colors.add((scheme, page.evaluate("getComputedStyle(document.body).backgroundColor")))
        if len({color for _, color in colors}) != 2:
            problems.append(f"light and dark look alike: {colors}")
        text = page.evaluate(
            "(() => { const copy = document.querySelector('article').cloneNode(true);"
            " copy.querySelectorAll('pre, code, math').forEach(e => e.remove()); return copy.textContent; })()"
        )
        problems += [f"raw TeX: {found}" for found in re.findall(UNTYPESET, text)]
        assert not problems, f"{path}: {problems}"
    page.close()


@pytest.mark.parametrize(("width", "scheme"), [(WIDE, "light"), (NARROW, "dark")])
def test_axe_finds_nothing_to_complain_about_on_any_page(
    reader: BrowserContext, address: str, paths: list[str], width: int, scheme: str
) -> None:
    page = reader.new_page()
    axe, found, seen = Axe(), [], set[str]()
    options = RULES[scheme]
    show(page, width, scheme)
    for path in paths:
        open_whole(page, address + path)
        # What scrolls becomes a stop of the tab key when it comes near.
        height = page.evaluate("document.documentElement.scrollHeight")
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_function(
            "() => [...document.querySelectorAll('pre > code')]"
            ".every(code => code.tabIndex === 0 || code.scrollWidth <= code.clientWidth || !code.checkVisibility())"
        )
        show(page, width, scheme)  # in so large a window axe would take minutes
        # Most elements of a page are words of code. Where all are of kinds seen before, axe gets plain text;
        # not where notes stand in the code, which as text would make their lines longer.
        kinds = set(page.evaluate("[...document.querySelectorAll('.highlight code *')].map(word => word.className)"))
        if kinds <= seen:
            page.evaluate(
                "document.querySelectorAll('.highlight code:not(:has(.md-annotation))')"
                ".forEach(c => { c.textContent = c.textContent })"
            )
        seen |= kinds
        for violation in axe.run(page, options=options).response["violations"]:
            places = [node["target"][0] for node in violation["nodes"]]
            found.append(f"{path}: {violation['id']} at {places[:3]}")
    page.close()
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "path", ["index.html", "lessons/3-reward-modeling.html", "lessons/4-ppo.html", "progress.html", "flash-cards.html"]
)
def test_every_control_is_reached_by_the_tab_key_and_shows_that_it_is(
    reader: BrowserContext, address: str, path: str
) -> None:
    page = reader.new_page()
    show(page, WIDE, "light")
    page.goto(address + path, wait_until="load")
    page.evaluate("document.querySelectorAll('article details').forEach(d => { d.open = true; })")
    # One button of a group of radio buttons is a stop of the Tab key, the arrows do the rest.
    wanted = page.evaluate(
        f"""() => {{
          window.controls = [...document.querySelector('article').querySelectorAll('{CONTROLS}')]
            .filter(e => e.tabIndex >= 0 && !e.disabled && e.type !== 'radio')
            .filter(e => e.checkVisibility({{visibilityProperty: true}}));
          window.reached = new Map();
          return window.controls.length;
        }}"""
    )
    assert wanted > 5
    for _ in range(wanted + 150):  # the header's and the sidebars' come besides
        page.keyboard.press("Tab")
        page.evaluate(
            """() => {
              const e = document.activeElement;
              // A check box that the theme draws, and a file's input inside a button, show it on what stands for them.
              const stands = [e, e.nextElementSibling, e.closest('.md-button')].filter(Boolean);
              const styles = stands.map(part => getComputedStyle(part));
              reached.set(e, styles.some(s => s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0));
            }"""
        )
    unreached, unseen = page.evaluate(
        """() => {
          const name = e => e.outerHTML.slice(0, 90);
          return [controls.filter(e => !reached.has(e)).map(name),
                  controls.filter(e => reached.get(e) === false).map(name)];
        }"""
    )
    page.close()
    assert not unreached
    assert not unseen


def test_nothing_moves_for_a_reader_who_asked_for_stillness(reader: BrowserContext, address: str) -> None:
    page = reader.new_page()
    for path in ("index.html", "lessons/3-reward-modeling.html", "lessons/4-ppo.html"):
        page.goto(address + path, wait_until="load")
        moving = page.evaluate(
            """() => [...document.querySelectorAll('*')].flatMap(e => ['', '::before', '::after'].flatMap(pseudo => {
                 const style = getComputedStyle(e, pseudo || null);
                 const longest = (times) => Math.max(...times.split(',').map(parseFloat));
                 const still = longest(style.transitionDuration) <= 0.01 && longest(style.animationDuration) <= 0.01;
                 return still && style.scrollBehavior === 'auto' ? [] : [e.tagName + pseudo + ' ' + e.className];
               })).slice(0, 5)"""
        )
        assert not moving, path
    page.close()


def test_going_from_page_to_page_loads_no_document_and_keeps_everything_alive(
    reader: BrowserContext, address: str
) -> None:
    """The theme fetches a page and exchanges the content: boxes, ticks and pieces must work on it as on the first."""
    page, problems = listening(reader, address)
    serve_map(page, address)
    page.goto(address + "index.html")
    page.evaluate("window.sameDocument = true")
    page.locator("article a", has_text="3. Reward modeling").first.click()
    page.locator("rank-responses.live").wait_for()
    box = page.locator("numeric-answer[data-name='lesson_3.comparisons-of-five']")
    box.get_by_role("textbox").fill("10")
    box.get_by_role("button", name="Check").click()
    page.locator("numeric-answer[data-state=right]").wait_for()
    page.locator("article details", has=page.locator("[data-tick]")).first.locator("summary").click()
    page.locator("[data-tick]").first.press("Space")
    page.locator(".md-nav--primary a", has_text="Your progress").first.evaluate("link => link.click()")
    page.locator("tr", has_text="3. Reward modeling").locator("[data-count=answers]", has_text="1 of").wait_for()
    page.go_back()
    page.locator("rank-responses.live").wait_for()
    page.locator("[data-tick]").first.wait_for(state="attached")
    assert page.locator("[data-tick]").first.is_checked()
    assert page.evaluate("window.sameDocument")
    assert not problems
    page.close()


def test_page_policy_is_enforced(reader: BrowserContext, address: str) -> None:
    """A request to another host is refused by the browser before it leaves; so is a script that was smuggled in."""
    page = reader.new_page()
    page.goto(address + "index.html")
    refused = page.evaluate(
        """async () => {
          const refused = [];
          document.addEventListener('securitypolicyviolation', e => refused.push(e.effectiveDirective));
          const add = (tag, attributes) => document.body.append(Object.assign(document.createElement(tag), attributes));
          add('img', {src: 'https://example.org/a.png'});
          add('script', {src: 'https://example.org/a.js'});
          add('script', {textContent: 'window.smuggled = true'});
          add('link', {rel: 'stylesheet', href: 'https://example.org/a.css'});
          add('iframe', {src: 'https://example.org/'});
          await fetch('https://example.org/').catch(() => 0);
          await new Promise(done => setTimeout(done, 200));
          return refused.sort();
        }"""
    )
    assert refused == ["connect-src", "frame-src", "img-src", "script-src-elem", "script-src-elem", "style-src-elem"]
    assert page.evaluate("window.smuggled") is None
    page.close()
