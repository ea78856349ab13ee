"""Rubrics in a real browser, as their owner uses them. Left out, and said so, where there is no browser."""

from pathlib import Path

import pytest
from browser import PHONE, no_violations, opened, score

pytestmark = pytest.mark.browser
RUBRIC = "csm-02-performance-drop"
PAPER = Path(__file__).resolve().parent.parent / "samples" / "papers" / "interview-with-analysis.txt"


def points(page, *values):
    for index, value in enumerate(values):
        page.fill(f'[name="key_points[{index}].points"]', value)


def test_a_weight_is_edited_who_changes_is_shown_and_after_applying_the_score_has_changed(page):
    score(page)
    assert page.locator(".points strong").inner_text() == "4 / 8"
    page.goto(f"/rubrics/{RUBRIC}")
    page.click("text=编辑")
    points(page, "5", "2", "2")
    page.locator("#sum.mark-missed", has_text="得分点合计 9 分，满分写的是 8 分").wait_for()
    points(page, "5", "2", "1")
    page.wait_for_selector("#sum:not(.mark-missed)")
    page.click("text=下一步：看谁的得分会变")
    page.wait_for_selector("#effects")
    assert page.locator(".effects tbody tr").count() == 1
    assert page.locator(".effects tbody td").first.inner_text() == "4 / 8 → 6 / 8"
    no_violations(page)
    page.fill("#author", "李老师")
    page.click("button:text-is('保存')")
    page.wait_for_url(f"**/rubrics/{RUBRIC}?saved=1*")
    assert "历史中 1 份答案有了新的得分" in page.locator(".notice.good").inner_text()
    page.click("text=评过的答案")
    page.wait_for_load_state()
    assert page.locator(".entries .result strong").all_inner_texts() == ["6 / 8", "4 / 8"]
    score(page)
    assert page.locator(".points strong").inner_text() == "6 / 8"


def test_mistakes_appear_beside_their_field_while_one_types_and_go_when_they_are_mended(page):
    page.goto(f"/rubrics/{RUBRIC}/edit")
    field = page.locator('[name="key_points[0].points"]')
    field.fill("abc")
    page.wait_for_selector('[name="key_points[0].points"][aria-invalid=true]')
    assert "这里要写数" in page.locator('[data-at="key_points[0].points"]').inner_text()
    assert "要改" in page.locator("#check-words").inner_text()
    no_violations(page)
    page.locator('[name="key_points[0].hit"]').fill("<img src=x onerror=alert(1)>回答合理。")
    field.fill("2.67")
    page.wait_for_selector('[name="key_points[0].points"]:not([aria-invalid])')
    assert page.locator("img").count() == 0


def test_what_is_typed_before_the_script_is_there_is_checked_when_it_is(page):
    held = []
    page.route("**/rubrics*.js", lambda route: held.insert(0, route))
    page.goto(f"/rubrics/{RUBRIC}/edit", wait_until="commit")
    points(page, "5", "2", "2")
    page.wait_for_selector("#sum:not(.mark-missed)")
    held[0].continue_()
    page.wait_for_selector("#sum.mark-missed")


def test_key_points_come_go_and_move_without_losing_what_was_typed(page):
    page.goto(f"/rubrics/{RUBRIC}/edit")
    page.fill('[name="key_points[2].name"]', "我起的名字")
    page.get_by_role("button", name="把得分点 3 上移").click()
    page.wait_for_load_state()
    assert page.input_value('[name="key_points[1].name"]') == "我起的名字"
    page.click("text=加一个得分点")
    page.wait_for_selector('[name="key_points[3].name"]')
    page.get_by_role("button", name="删去得分点 1").click()
    page.wait_for_selector('[name="key_points[3].name"]', state="detached")
    assert page.input_value('[name="key_points[0].name"]') == "我起的名字"


def test_the_words_of_the_paper_and_the_key_points_lead_to_each_other(page):
    page.goto(f"/rubrics/{RUBRIC}")
    page.hover("#w2")
    assert page.locator(".line.active").get_attribute("id") == "k-remedy"
    page.click("#k-problem-found .quote")
    assert page.evaluate("location.hash") == "#w1"
    page.click("#w3 sup a")
    assert page.evaluate("document.querySelector(':target').id") == "k-better-outcome"


def test_a_paper_is_drafted_and_the_draft_edited(page):
    page.goto("/rubrics/draft")
    no_violations(page)
    page.set_input_files("#file", PAPER)
    page.click("text=读取试卷")
    page.wait_for_selector(".questions")
    page.wait_for_load_state()
    assert page.locator(".questions input[type=checkbox]").count() == 4
    no_violations(page)
    page.click("text=起草选中的题")
    page.wait_for_url("**/rubrics?status=draft*")
    assert "已存下 4 份草稿" in page.locator(".notice.good").inner_text()
    page.locator(".entries .whole").first.click()
    page.click("text=编辑")
    page.wait_for_load_state()
    assert page.locator(".item").count() >= 2


@pytest.mark.parametrize("path", ["", f"/{RUBRIC}", f"/{RUBRIC}/edit", f"/{RUBRIC}/edit?as=yaml", "/draft"])
@pytest.mark.parametrize(("scheme", "viewport"), [("dark", PHONE)])
def test_every_view_is_for_everybody(chromium, served, path, scheme, viewport):
    with opened(chromium, served, color_scheme=scheme, viewport=viewport) as page:
        page.goto(f"/rubrics{path}")
        no_violations(page)


def test_without_a_script_the_form_checks_moves_and_saves(chromium, served):
    with opened(chromium, served, java_script_enabled=False) as page:
        page.goto("/rubrics/csm-03-data-analysis/edit")
        page.fill('[name="key_points[0].name"]', "")
        page.click("button:text-is('检查')")
        assert "不能为空" in page.locator('[data-at="key_points[0].name"]').inner_text()
        page.fill('[name="key_points[0].name"]', "新的名字")
        page.click("text=下一步：看谁的得分会变")
        page.fill("#author", "李老师")
        page.click("button:text-is('保存')")
        assert "新的名字" in page.locator("#rubric").inner_text()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_conflict_shows_both_versions_to_everybody(chromium, served, scheme):
    window = chromium.new_context(base_url=served, locale="zh-CN", color_scheme=scheme, viewport=PHONE)
    page = window.new_page()  # a 409 is told to the console, so this is no window of `opened`
    page.goto("/rubrics/csm-04-team-disagreement/edit?as=yaml")
    page.evaluate("document.querySelector('#editing [name=version]').value = 'older'")
    page.fill("#text", page.input_value("#text").replace("max_score: 8", "max_score: 8  # mine"))
    page.click("text=下一步：看谁的得分会变")
    assert "# mine" in page.input_value("#text")
    assert "# mine" not in page.input_value("#theirs")
    no_violations(page)
    window.close()
