"""Deciding about a grade in a real browser. Left out, and said so, where there is no browser."""

import pytest
from browser import DESKTOP, PHONE, no_violations, opened, score

pytestmark = pytest.mark.browser
SELECT = """words => {
  const walker = document.createTreeWalker(document.getElementById("answer"), NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const at = walker.currentNode.data.indexOf(words);
    if (at < 0 || walker.currentNode.parentElement.closest(".vh, sup")) continue;
    const range = document.createRange();
    range.setStart(walker.currentNode, at);
    range.setEnd(walker.currentNode, at + words.length);
    document.getSelection().removeAllRanges();
    document.getSelection().addRange(range);
    return true;
  }
  return false;
}"""


def sent(page, press):
    with page.expect_navigation():
        press()


def test_a_note_on_selected_words_leads_there_and_back(page):
    score(page)
    assert page.evaluate(SELECT, "一对一面谈")
    page.wait_for_selector("#note-here:visible")
    page.click("#note-here")
    form = page.locator("#answer-note form")
    assert form.locator(".quoted").inner_text() == "一对一面谈"
    page.keyboard.type("问问谈了什么")
    form.locator("input[name=author]").fill("李四")
    sent(page, lambda: page.keyboard.press("Enter"))
    assert "一对一面谈" in page.locator(".noted").inner_text()
    note = page.locator(".notes li")
    assert "问问谈了什么" in note.inner_text()
    assert note.locator("q a").inner_text() == "一对一面谈"
    page.locator(".note-mark a").click()
    assert page.evaluate("document.querySelector('.notes li').matches(':target')")
    no_violations(page, "note")
    sent(page, lambda: note.get_by_role("button", name="撤回批注").click())
    assert page.locator(".noted").count() == 0


def test_notes_flag_and_confirmation_are_a_key_away(page):
    score(page)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("n")
    page.keyboard.type("f 和 n 在输入框里是文字")
    page.keyboard.press("Tab")
    page.keyboard.type("李四")
    sent(page, lambda: page.keyboard.press("Control+Enter"))  # the note, not the whole
    assert page.locator(".line").first.locator(".notes").inner_text().count("f 和 n 在输入框里是文字") == 1
    assert page.locator(".is-confirmed").count() == 0
    page.keyboard.press("f")
    page.keyboard.type("与另一份雷同")
    sent(page, lambda: page.keyboard.press("Enter"))
    assert page.locator(".summary .is-flagged").is_visible()
    page.locator("h1").click()
    sent(page, lambda: page.keyboard.press("Control+Enter"))
    assert "已确认" in page.locator(".points").inner_text()
    assert "初评" not in page.locator(".points").inner_text()
    no_violations(page, "confirmed")
    sent(page, lambda: page.get_by_role("button", name="收回确认").click())
    assert "初评" in page.locator(".points").inner_text()


def test_a_final_score_shows_both_and_u_takes_it_back(page):
    score(page)
    page.locator("[data-final] summary").click()
    page.fill("#f-score", "0")
    page.fill("#f-reason", "雷同卷")
    page.fill("#f-author", "李四")
    no_violations(page, "final")
    sent(page, lambda: page.keyboard.press("Enter"))
    assert page.locator(".points strong").inner_text() == "0 / 8"
    assert "自动 4 / 8 → 人工 0 / 8" in page.locator(".summary").inner_text()
    page.locator("h1").click()
    sent(page, lambda: page.keyboard.press("u"))
    assert page.locator(".points strong").inner_text() == "4 / 8"


def test_all_of_it_can_be_said_without_a_script(chromium, served):
    with opened(chromium, served, java_script_enabled=False) as page:
        page.goto("/")
        page.check("input[value=csm-02-performance-drop]")
        page.fill("#answer", "排班不合理。")
        page.click("button.primary")
        page.locator("#answer-note summary").click()
        page.fill("#nt-answer", "太短")
        page.fill("#na-answer", "李四")
        page.locator("#answer-note button").click()
        assert "太短" in page.locator(".answer-side .notes").inner_text()
        page.locator("[data-confirm]").click()
        assert "已确认" in page.locator(".points").inner_text()
        page.get_by_role("button", name="收回确认").click()
        assert "初评" in page.locator(".points").inner_text()
        page.get_by_role("link", name="飞书/企业微信").click()
        page.wait_for_load_state()
        assert "**得分**" in page.locator("body").inner_text()


def test_a_copy_for_chats_is_on_the_clipboard(chromium, served):
    with opened(chromium, served, permissions=["clipboard-read", "clipboard-write"]) as page:
        score(page)
        page.get_by_role("button", name="复制（飞书/企业微信）").click()
        page.locator("#status", has_text="已复制").wait_for()
        assert page.evaluate("navigator.clipboard.readText()").startswith("**评分报告**")


@pytest.mark.parametrize(("theme", "window"), [("light", DESKTOP), ("dark", PHONE)], ids=["desktop", "phone"])
def test_no_view_of_deciding_or_history_has_a_barrier_or_moves_sideways(chromium, served, theme, window):
    with opened(chromium, served, color_scheme=theme, viewport=window) as page:
        score(page)
        grade = page.url
        fields = {
            "csrf": page.locator("[name=csrf]").first.input_value(),
            "author": "李四",
            "reason": "整体看",
            "text": "再问一次",
        }
        acts = [("note", {"start": "3", "end": "9", "quote": page.evaluate("document.getElementById('answer').textContent.slice(3, 9)")}), ("note", {"key_point": "remedy"}), ("override", {"key_point": "remedy", "level": "hit"}), ("final", {"score": "6"}), ("flag", {})]  # fmt: skip
        for what, more in acts:
            assert page.request.post(f"{grade}/{what}", form=fields | more).ok or what == "note"
        page.goto(grade)
        for details in page.locator("details").all():
            details.evaluate("one => { one.open = true }")
        no_violations(page, "grade")
        for path in ("/grades?show=flagged", "/candidates?name=x"):
            page.goto(path)
            for details in page.locator("details").all():
                details.evaluate("one => { one.open = true }")
            no_violations(page, path)


def test_print_keeps_what_people_said_and_drops_the_forms(page):
    score(page)
    page.evaluate(SELECT, "排班不合理")
    page.keyboard.press("n")
    page.keyboard.type("印出来")
    page.fill("#na-answer", "李四")
    sent(page, lambda: page.locator("#answer-note button").click())
    sent(page, lambda: page.locator("[data-confirm]").click())
    page.emulate_media(media="print")
    assert page.locator(".notes li").is_visible()
    assert page.locator(".print-only").first.is_visible()
    assert "已确认" in page.locator(".points").inner_text()
    for what in ("button", "input", "textarea", "summary"):
        assert page.locator(f"{what}:visible").count() == 0, what
