"""Reviewing a batch in a real browser, by keyboard alone. Left out, and said so, where there is no browser."""

import re

import pytest
from browser import DESKTOP, PHONE, no_violations, opened, serving
from reviewed_run import make_run

pytestmark = pytest.mark.browser
QUEUE = "/batches/run/review/complaint"
FIRST = 7
"""The candidate whose answer comes first: one of its key points is unscored."""


@pytest.fixture(scope="module")
def served(tmp_path_factory, chromium):
    """A page with a run for each test: none sees what another decided."""
    folder = tmp_path_factory.mktemp("served")
    for name in ("run", "marks", "looks", "typing"):
        make_run(folder, name)
    with serving(folder, "--judge", "keyword") as address:
        yield address


def at(page, key):
    page.wait_for_url(re.compile(rf"/answers/{key}\?"))


def test_a_question_is_reviewed_by_keyboard_alone_to_the_end(page):
    page.goto(QUEUE)
    page.keyboard.press("l")
    at(page, FIRST)
    assert "第 1 份，共 8 份" in page.locator(".place").inner_text()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("2")
    page.keyboard.type("2 处说得太笼统 jk")  # letters and digits in a field are text
    page.keyboard.press("Tab")
    page.keyboard.type("陈老师")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    at(page, FIRST)
    assert "陈老师 改判：2 处说得太笼统 jk" in page.locator("#p-solve").inner_text()
    page.keyboard.press("Control+Enter")
    at(page, 2)
    page.keyboard.press("h")
    at(page, FIRST)
    page.keyboard.press("Control+Enter")  # confirmed already: the same keys lead on
    at(page, 2)
    page.keyboard.press("f")
    page.keyboard.type("疑似代写")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    at(page, 2)
    assert page.locator(".badge.is-flagged").is_visible()
    page.keyboard.press("s")
    page.keyboard.type("0")
    page.keyboard.press("Tab")
    page.keyboard.type("不是本人写的")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.locator(".points strong").inner_text() == "0 / 8"
    for key in (5, 4, 8, 1, 3, 6):
        page.keyboard.press("Control+Enter")
        at(page, key)
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/review/complaint?show=open&done=1")
    assert "都确认了" in page.locator("[role=status]").first.inner_text()
    assert page.locator(".last li").count() == 8
    assert "A07 周九九" in page.locator(".last").inner_text()  # nothing is left to decide


def test_questions_and_people_are_one_key_away_and_keys_rest_while_one_types(chromium, served):
    with opened(chromium, served) as page:
        page.goto("/batches/typing/review/complaint/answers/2?show=all")
        page.keyboard.press("ArrowRight")
        at(page, 5)
        page.keyboard.press("ArrowLeft")
        at(page, 2)
        page.keyboard.press("j")
        page.wait_for_url("**/review/greeting/answers/*")
        page.keyboard.press("k")
        page.wait_for_url("**/review/complaint/answers/*")
        at(page, FIRST)
        page.keyboard.press("l")
        at(page, 2)
        here = page.url
        page.evaluate("""for (const key of ['l', 'j', '1']) document.body.dispatchEvent(
            new KeyboardEvent('keydown', { key, bubbles: true, isComposing: true }))""")
        page.locator("#c-text").focus()
        page.keyboard.type("hjl1")
        assert page.url == here
        assert page.locator("#c-text").input_value() == "hjl1"
        page.keyboard.press("Escape")
        page.keyboard.press("?")
        assert page.locator("#keys").is_visible()
        promised = page.locator("#keys tr").evaluate_all("rows => rows.map((row) => row.dataset.action)")
        assert {
            "person_next",
            "question_next",
            "next",
            "hit",
            "note",
            "flag",
            "undo",
            "copy",
            "final",
            "find",
            "submit",
        } <= set(promised)
        no_violations(page, "help")
        page.keyboard.press("Escape")
        page.keyboard.press("/")
        page.wait_for_url("**/review/complaint?show=all#search")
        page.wait_for_function("document.activeElement.id === 'search'")


def test_second_marks_are_typed_and_what_lies_apart_is_arbitrated(chromium, served):
    with opened(chromium, served) as page:
        page.goto("/batches/marks/review/complaint/second")
        page.keyboard.type("9")
        page.keyboard.press("Tab")
        page.keyboard.type("李四")
        page.keyboard.press("Enter")
        page.get_by_role("alert").wait_for()
        assert page.locator("#give").input_value() == "9"
        for number in range(1, 7):
            page.locator("#give").focus()
            page.keyboard.press("Control+a")
            page.keyboard.type("1")
            with page.expect_navigation():
                page.keyboard.press("Enter")
            assert f"已评 {number} / 6" in page.locator("main").inner_text()
        page.get_by_role("link", name="双评结果").last.click()
        assert "待仲裁 6" in page.locator("main").inner_text()
        page.get_by_role("link", name=re.compile("^仲裁 ")).first.click()
        for _ in range(6):
            page.wait_for_url("**/arbitrate/*")
            where = page.url
            assert page.evaluate("document.activeElement.id") == "give"
            page.keyboard.type("4")
            page.keyboard.press("Tab")
            page.keyboard.type("看过两份理由")
            page.keyboard.press("Tab")
            page.keyboard.press("Control+a")
            page.keyboard.type("王五")
            page.keyboard.press("Enter")
            page.wait_for_url(lambda url, where=where: url != where)
        assert "已定分 6" in page.locator("main").inner_text()


VIEWS = (
    "", "/complaint", "/complaint/answers/2", "/complaint/groups", "/complaint/groups/4", "/complaint/second",
    "/complaint/scores", "/../matrix?rubric=complaint&decide=2", "/../matrix",
)  # fmt: skip


@pytest.mark.parametrize(("size", "scheme"), [(DESKTOP, "light"), (PHONE, "dark")])
def test_every_view_is_accessible_and_fits(chromium, served, size, scheme):
    with opened(chromium, served, viewport=size, color_scheme=scheme) as page:
        for view in VIEWS:
            page.goto(f"/batches/looks/review{view}")
            no_violations(page, f"{view} {scheme}")


def test_without_scripts_an_answer_is_confirmed_and_leads_on(chromium, served):
    with opened(chromium, served, java_script_enabled=False) as page:
        page.goto("/batches/looks/review/complaint/answers/2")
        page.fill("#c-author", "陈老师")
        page.click("[data-confirm]")
        at(page, 5)
        assert "还有 7 份没有确认" in page.locator(".place").inner_text()
