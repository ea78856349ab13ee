"""Calibration in a real browser, as a rubric owner uses it."""

import re

import pytest
from browser import PHONE, no_violations, opened

pytestmark = pytest.mark.browser

RUBRIC = "csm-02-performance-drop"
TEXTS = (
    "复盘下来是我排班不合理，高峰时段没人顶上。后来我和组员逐个一对一面谈，大家的状态慢慢好起来了。",
    "团队的事情我一直很上心，大家都很努力，业绩自然会回来的。",
    "<script>document.title = 'stolen'</script>我先查数据，发现是新流程没人会用，于是办了三次培训，两周后恢复。",
)


@pytest.fixture(scope="module")
def scored(tmp_path_factory):
    """Thirty-six answers to one question with the totals of two people and levels of its key points by one."""
    path = tmp_path_factory.mktemp("scored") / "已评分.csv"
    lines = [f"考号,{RUBRIC},{RUBRIC} 评委甲,{RUBRIC} 评委乙,{RUBRIC}/remedy 评委甲"]
    for number in range(36):
        given = number * 3 % 9
        level = ("未命中", "部分", "命中")[given // 3]
        lines.append(f"{number:03},{TEXTS[number % 3]}（{number}）,{given},{min(given + 1, 8)},{level}")
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_from_a_file_to_the_verdict_to_the_worst_disagreement(page, scored):
    page.goto("/")
    page.click("nav >> text=校准")
    no_violations(page, "list")
    page.set_input_files("#file", scored)
    page.click("text=上传并查看")
    page.wait_for_url("**/calibrations/page-*")
    assert "36 份答案" in page.locator("#understood + ul").inner_text()
    assert "人工判定的得分点" in page.locator(".cal-table").first.inner_text()
    no_violations(page, "understood")
    page.get_by_role("button", name="开始").click()
    page.wait_for_selector(".cal-verdict", timeout=60_000)
    assert re.search(r"在 36 份人评过的答案上，平均每份与人相差满分的 \d+%", page.locator(".cal-verdict").inner_text())
    assert "人与人" in page.locator(".cal-figures").first.inner_text()
    no_violations(page, "report")
    page.locator(".cal-list h3 a").first.click()
    page.wait_for_load_state()
    assert page.locator(".cal-way").inner_text().count("第 1 份")
    assert page.locator(".cal-views > li").count() > 1
    assert "stolen" not in page.title()
    no_violations(page, "answer")
    page.click("text=下一份")
    assert "第 2 份" in page.locator(".cal-way").inner_text()
    page.locator(".cal-way a").first.click()
    page.select_option("#question", RUBRIC)
    page.click("text=筛选")
    page.select_option("#key_point", "remedy")
    page.click("text=筛选")
    page.wait_for_load_state()
    assert page.locator(".cal-list .differs").count() >= page.locator(".cal-list > li").count() > 0
    with page.expect_download() as taken:
        page.click("text=下载 JSON")
    assert taken.value.suggested_filename == "已评分.json"


def test_columns_that_say_nothing_are_settled_by_hand_and_mended_again(page, tmp_path):
    path = tmp_path / "组内评分.csv"
    lines = [f"考号,{RUBRIC},组长,复核", *(f"{n:03},{TEXTS[n % 3]}（{n}）,{n},{8 - n}" for n in range(9))]
    path.write_text("\n".join(lines), encoding="utf-8")
    page.goto("/calibrations")
    page.set_input_files("#file", path)
    page.click("text=上传并查看")
    page.wait_for_url("**/calibrations/new/*")
    assert page.get_by_role("button", name="就按这样").is_disabled()
    no_violations(page, "columns in doubt")
    for letter in "CD":
        page.select_option(f"select[name='role.{letter}']", "human_score")
    page.get_by_role("button", name="按修改再看一遍").last.click()
    for letter in "CD":
        page.select_option(f"select[name='rubric.{letter}']", RUBRIC)
    page.get_by_role("button", name="按修改再看一遍").last.click()
    assert "9 份答案" in page.locator(".cal-tally").inner_text()
    page.get_by_role("button", name="就按这样").click()
    page.wait_for_url("**/calibrations/page-*")
    assert "2 位评分人" in page.locator(".cal-tally").inner_text()
    page.click("text=列认错了")
    assert page.locator("select[name='role.D']").input_value() == "human_score"
    no_violations(page, "columns mended")


def test_without_a_script_the_samples_are_tried_and_the_whole_report_is_read(chromium, served):
    with opened(chromium, served, viewport=PHONE, color_scheme="dark", java_script_enabled=False) as page:
        page.goto("/calibrations")
        page.check("input[value=samples]")
        page.fill("#limit", "30")
        page.click("form[enctype] button.primary")
        page.get_by_role("button", name="开始").click()
        page.wait_for_selector(".cal-verdict", timeout=60_000)
        address = page.url
    with opened(chromium, served, viewport=PHONE, color_scheme="dark") as page:
        page.goto(address)
        no_violations(page, "report on a phone")
        page.locator(".cal-list h3 a").first.click()
        no_violations(page, "answer on a phone")
        page.goto(f"{address}/report")
        assert page.locator("main").evaluate("one => getComputedStyle(one).maxWidth") != "none"
        assert page.locator("#worst").is_visible()
        page.click("text=← 返回")
        assert page.url == address
