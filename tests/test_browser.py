"""Claims about answer boxes and progress in a real browser. Skipped, and said so, where there is no Chromium."""

import json
import re
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.conftest import in_a_browser

pytestmark = in_a_browser

BOX = "lessons/3-reward-modeling.html"


def test_answer_box_works_by_keyboard_alone(page: Page, address: str) -> None:
    page.goto(address + BOX)
    box = page.locator("numeric-answer[data-name='lesson_3.second-over-fourth']")
    answer = box.get_by_role("textbox")
    verdict = box.get_by_role("status")
    answer.focus()
    page.keyboard.type("1.3")
    page.keyboard.press("Enter")
    expect(verdict).to_contain_text("Not yet")
    expect(box.locator("details.hint").first).to_be_visible()
    expect(box.locator("details.solution")).to_be_hidden()

    for typed, told in (
        ("-0.241", "the sign is not"),
        ("0.348", "base 2"),
        ("24.1", "in percent"),
        ("0.24", "Give 3 decimals"),
        ("loss", "not a number"),
        ("0,241", "Right"),
    ):
        page.keyboard.press("ControlOrMeta+a")
        page.keyboard.type(typed)
        page.keyboard.press("Enter")
        expect(verdict).to_contain_text(told)
    expect(box.locator("details.solution")).to_be_visible()

    page.reload()
    expect(verdict).to_contain_text("Right")
    assert answer.input_value() == "0,241"

    page.keyboard.press("Tab")
    answer.focus()
    for _ in range(4):  # over Check and the help that is left, to Start over
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.type") == "reset":
            break
    page.keyboard.press("Enter")
    assert answer.input_value() == ""
    expect(verdict).to_be_empty()


def test_hints_come_one_at_a_time_and_the_solution_last(page: Page, address: str) -> None:
    page.goto(address + BOX)
    box = page.locator("numeric-answer[data-name='lesson_3.second-over-fourth']")
    parts = box.locator("details")
    for shown in range(parts.count()):
        assert parts.nth(shown).is_hidden()
        box.locator("button", has_text=re.compile("Hint|Show the solution")).click()
        assert parts.nth(shown).is_visible()
    expect(box.locator("button", has_text="Show the solution")).to_be_hidden()


def test_progress_is_counted_exported_imported_and_reset(page: Page, address: str, tmp_path: Path) -> None:
    page.goto(address + BOX)
    box = page.locator("numeric-answer[data-name='lesson_3.comparisons-of-five']")
    box.get_by_role("textbox").fill("10")
    box.get_by_role("button", name="Check").click()
    page.locator("details", has_text="Write your own answer first").first.locator("summary").click()
    page.get_by_role("checkbox").first.focus()
    page.keyboard.press("Space")

    page.goto(address + "progress.html")
    row = page.locator("tr", has_text="3. Reward modeling")
    expect(row.locator("[data-count=answers]")).to_have_text(re.compile(r"^1 of \d+$"))
    expect(row.locator("[data-count=ticks]")).to_have_text(re.compile(r"^1 of \d+$"))

    with page.expect_download() as download:
        page.get_by_role("button", name="Save to a file").click()
    saved = tmp_path / "progress.json"
    download.value.save_as(saved)
    assert json.loads(saved.read_text())["answers"]["lesson_3.comparisons-of-five"]["status"] == "right"

    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Forget everything").click()
    expect(row.locator("[data-count=answers]")).to_have_text(re.compile(r"^0 of \d+$"))

    broken = tmp_path / "broken.json"
    for text in ("{", "[]", '{"version": 2}', '{"version": 1, "answers": 3}'):
        broken.write_text(text)
        page.locator("#progress-import").set_input_files(broken)
        expect(row.locator("[data-count=answers]")).to_have_text(re.compile(r"^0 of \d+$"))
    page.locator("#progress-import").set_input_files(saved)
    expect(row.locator("[data-count=answers]")).to_have_text(re.compile(r"^1 of \d+$"))


def test_imported_progress_cannot_put_anything_into_a_page(page: Page, address: str, tmp_path: Path) -> None:
    evil = "<img src=x onerror=document.title='owned'>"
    answers = {"lesson_3.comparisons-of-five": {"status": "right", "text": evil}, evil: {"status": "right", "text": ""}}
    file = tmp_path / "evil.json"
    file.write_text(json.dumps({"version": 1, "answers": answers, "ticks": {evil: True}}))
    page.goto(address + "progress.html")
    page.locator("#progress-import").set_input_files(file)
    expect(page.locator("#progress-message")).to_have_text("Progress taken over.")
    assert evil not in page.evaluate("Object.keys(JSON.parse(localStorage.getItem('rlhf-textbook')).answers)")
    page.goto(address + BOX)
    assert page.title() != "owned"
    assert page.locator("numeric-answer img").count() == 0


def test_without_javascript_question_hints_and_solution_can_be_read(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address + BOX)
    box = page.locator("numeric-answer").first
    expect(box.locator(".question")).to_be_visible()
    assert box.locator("input").count() == 0
    for part in box.locator("details").all():
        part.locator("summary").click()
        expect(part.locator("p")).to_be_visible()
    context.close()


def test_install_line_shows_the_address_the_page_was_read_from(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.locator("[data-wheel]")).to_have_text(re.compile(re.escape(address) + r"packages/.*\.whl"))
