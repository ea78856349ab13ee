"""The page in a real browser, as a recruiter uses it. Left out, and said so, where there is no browser."""

import http.server
import threading

import pytest
from browser import ANSWER, DESKTOP, PHONE, QUESTION, no_violations, opened, score, serving

pytestmark = pytest.mark.browser


@pytest.fixture
def silent_endpoint():
    """Takes every question and answers none, until the test is over."""
    over = threading.Event()

    class Silent(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            over.wait(60)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Silent)
    threading.Thread(target=server.serve_forever).start()
    yield f"http://127.0.0.1:{server.server_port}/v1"
    over.set()
    server.shutdown()
    server.server_close()


def test_paste_and_score_by_keyboard_alone(page):
    page.goto("/")
    assert page.locator("#found").inner_text() == "62 道题"
    page.keyboard.press("/")
    page.keyboard.type(QUESTION)
    assert page.locator(".choice:visible").count() == 1
    page.keyboard.press("Enter")
    page.fill("#answer", ANSWER)
    assert page.locator("#count").inner_text().startswith(f"{len(ANSWER)} 字")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/grades/*")
    assert page.locator(".points strong").inner_text() == "4 / 8"
    assert "初评" in page.locator(".points").inner_text()
    assert "stolen" not in page.title()
    assert page.locator("#answer script").count() == 0
    assert "<script>" in page.locator("#answer").inner_text()


def test_evidence_and_key_points_lead_to_each_other(page):
    score(page)
    # A mark may begin behind a line break: its widest piece is what one points at.
    widest = "mark => { const r = [...mark.getClientRects()].sort((a, b) => b.width - a.width)[0]; return [r.x + r.width / 2, r.y + r.height / 2] }"
    page.mouse.click(*page.locator("mark").nth(1).evaluate(widest))
    second = page.locator(".line").nth(1)
    assert "active" in second.get_attribute("class")
    assert second.evaluate("line => line === document.activeElement")
    page.locator(".quote").first.click()
    first = page.locator("mark").first
    assert "active" in first.get_attribute("class")
    assert first.evaluate("mark => mark === document.activeElement")
    page.keyboard.press("Enter")
    assert page.locator(".line").first.evaluate("line => line === document.activeElement")


def test_override_by_one_key_with_a_reason_and_undo(page):
    score(page)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("1")
    page.keyboard.type("1 次面谈后有变化")  # digits in a field are text
    page.keyboard.press("Tab")
    page.keyboard.type("李四")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "自动 4 / 8 → 人工 5.5 / 8" in page.locator(".summary").inner_text()
    assert "李四 改判：1 次面谈后有变化" in page.locator(".line").nth(1).inner_text()
    page.wait_for_function("document.activeElement.id === 'p-remedy'")
    with page.expect_navigation():
        page.keyboard.press("u")
    assert page.locator(".points strong").inner_text() == "4 / 8"
    assert (
        page.locator(".line").nth(1).locator("[data-decide] input[name=author]").input_value() == "李四"
    )  # remembered


def test_keys_are_left_alone_while_an_input_method_composes(page):
    score(page)
    composing = "new KeyboardEvent('keydown', {key: '1', bubbles: true, isComposing: true})"
    page.evaluate(f"document.body.dispatchEvent({composing})")
    assert page.locator("details[open]").count() == 0


def test_every_key_of_the_cheat_sheet_does_something(page):
    score(page)
    page.keyboard.press("?")
    rows = page.locator("#keys tr")
    assert rows.count() == 12
    page.keyboard.press("Escape")
    assert not page.locator("#keys").is_visible()
    page.goto("/")
    page.locator("h1").click()
    page.keyboard.press("?")
    assert "Ctrl/⌘ + Enter" in page.locator("#keys").inner_text()


def test_follow_up_questions_and_the_text_can_be_copied(chromium, served):
    with opened(chromium, served, permissions=["clipboard-read", "clipboard-write"]) as page:
        score(page)
        page.click("[data-list=follow-ups]")
        page.wait_for_function("document.getElementById('status').textContent === '已复制'")
        assert page.evaluate("navigator.clipboard.readText()").startswith("1. 你当时改动了哪一项制度或安排")
        page.click("[data-url$=markdown]")
        page.wait_for_function("navigator.clipboard.readText().then(text => text.startsWith('## '))")


def test_a_slow_model_can_be_watched_and_cancelled(chromium, silent_endpoint, tmp_path):
    words = ("--judge", "llm", "--base-url", silent_endpoint, "--model", "m")
    with serving(tmp_path, *words) as address, opened(chromium, address) as page:
        page.goto("/")
        assert "答案将发送到 127.0.0.1" in page.locator(".actions").inner_text()
        page.check("input[value=csm-02-performance-drop]")
        page.fill("#answer", ANSWER)
        page.keyboard.press("Control+Enter")
        page.wait_for_url("**/jobs/*")
        page.wait_for_function("/已用 [1-9]/.test(document.querySelector('[data-elapsed]').textContent)")
        assert "正在逐个得分点判断" in page.locator(".stage").inner_text()
        page.get_by_role("button", name="取消").click()
        assert page.locator("h1").inner_text() == "已取消"
        assert page.locator("#answer").input_value() == ANSWER


def test_history_finds_the_answer_again_and_deletes_it(page):
    score(page, "排班不合理，独一无二的记号。")
    grade = page.url
    page.goto("/grades?q=独一无二")
    assert page.locator(".entries li").count() == 1
    page.click(".whole")
    assert page.url == grade
    page.click(".delete summary")
    page.click(".delete .danger")
    assert "已删除" in page.locator("main").inner_text()
    assert page.request.get(grade).status == 404


def test_all_of_it_works_without_a_script(chromium, served):
    with opened(chromium, served, java_script_enabled=False) as page:
        page.goto("/")
        page.check("input[value=csm-02-performance-drop]")
        page.fill("#answer", ANSWER)
        page.click("button.primary")
        assert page.locator(".points strong").inner_text() == "4 / 8"
        page.locator("[data-decide] summary").nth(2).click()
        form = page.locator("[data-decide]").nth(2)
        form.locator("input[value=partial]").check()
        form.locator("input[name=reason]").fill("有变化")
        form.locator("input[name=author]").fill("李四")
        form.locator("button.primary").click()
        assert "人工 5.5 / 8" in page.locator(".summary").inner_text()
        page.click("button[value=en]")
        assert "Ask next" in page.locator("main").inner_text()


@pytest.mark.parametrize(("theme", "window"), [("light", DESKTOP), ("dark", PHONE)], ids=["desktop", "phone"])
def test_no_view_has_a_barrier_or_moves_sideways(chromium, served, theme, window):
    with opened(chromium, served, color_scheme=theme, viewport=window) as page:
        score(page)
        grade = page.url
        for path in ("/", grade, "/grades", "/grades/nothing", "override", "keys"):
            if path == "override":
                page.goto(grade)
                page.locator(".line details summary").first.click()
            elif path == "keys":
                page.keyboard.press("Escape")
                page.evaluate("document.getElementById('keys').showModal()")
            else:
                page.goto(path)
            no_violations(page, path)


def test_a_printed_result_keeps_its_marks_and_drops_its_buttons(page):
    score(page)
    page.emulate_media(media="print")
    mark = page.locator("mark").nth(1)
    style = mark.evaluate(
        "one => { const s = getComputedStyle(one); return [s.borderBottomStyle, s.printColorAdjust] }"
    )
    assert style == ["dashed", "exact"]
    assert not page.locator("button:visible").count()
    assert page.get_by_text("AI 辅助初评，最终由人决定").first.is_visible()
    assert page.pdf(format="A4").startswith(b"%PDF")
