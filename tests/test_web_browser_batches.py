"""A whole written test in a real browser: hand in, mend a column, start, watch, take the workbook away."""

import json

import pytest
from browser import DESKTOP, PHONE, no_violations, opened

from evaluator.resources import folder
from evaluator.rubrics import read

pytestmark = pytest.mark.browser

PAPER = "customer-service-manager"
IDS = ("csm-01-major-complaint", "csm-02-performance-drop")


@pytest.fixture(scope="module")
def answers(tmp_path_factory):
    """A table of 12 candidates: one question by its stem, one under a header that only a person can place."""
    written = {one: [] for one in IDS}
    for line in (folder("samples") / f"{PAPER}.jsonl").read_text("utf-8").splitlines():
        sample = json.loads(line)
        if sample["rubric"] in written:
            written[sample["rubric"]].append(sample["answer"].replace(",", "，").replace("\n", " "))
    stem = read(folder("rubrics") / PAPER / "01-major-complaint.yaml").rubric.question
    rows = [f"考号,姓名,{stem},你带队时出过的岔子"]
    for number in range(12):
        cells = [written[one][number % len(written[one])] for one in IDS]
        rows.append(",".join([f"A{number:02}", f"考生{number}", *cells]))
    path = tmp_path_factory.mktemp("table") / "一面 笔试<b>.csv"
    path.write_text("\n".join(rows), encoding="utf-8-sig")
    return path


def both_ways(page, where):
    """Axe and width on a desk and on a phone, by day and by night."""
    for scheme, size in (("light", DESKTOP), ("dark", PHONE)):
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size(size)
        no_violations(page, f"{where} {scheme}")
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(DESKTOP)


def handed_in(page, answers):
    page.goto("/batches")
    page.set_input_files("#file", str(answers))
    page.select_option("#rubrics", index=1)
    page.click(".upload .primary")
    page.wait_for_url("**/batches/new/*")


def test_a_table_is_handed_in_mended_scored_and_taken_away(page, answers, tmp_path):
    page.goto("/batches")
    both_ways(page, "list")
    handed_in(page, answers)
    assert page.locator("h1").inner_text() == answers.name
    assert page.locator(".doubt").count() == 1
    assert page.locator("button[value=start]").is_disabled()
    assert "考生0" not in page.locator("main").inner_text()
    both_ways(page, "preview")
    page.locator(".doubt select").nth(1).select_option(IDS[1])
    page.locator("section button[value=look]").first.click()
    page.wait_for_selector(".mark-hit")
    assert page.locator(".doubt").count() == 0
    page.click("button[value=start]")
    page.wait_for_selector(".state-finished", timeout=60_000)
    page.wait_for_load_state()
    assert page.locator("[data-told]").inner_text().startswith("已评 24 / 24 份")
    assert page.locator(".question-row").count() == 2
    both_ways(page, "run")
    with page.expect_download() as saved:
        page.click("text=工作簿 .xlsx")
    assert saved.value.suggested_filename.startswith("一面 笔试")
    saved.value.save_as(tmp_path / "out.xlsx")
    assert (tmp_path / "out.xlsx").read_bytes().startswith(b"PK")
    page.goto("/batches")
    assert "已评完" in page.locator(".runs li").first.inner_text()
    both_ways(page, "list with a run")
    page.locator(".runs .whole").first.click()
    page.click(".delete summary")
    page.click(".delete button")
    page.wait_for_url("**/batches?deleted=1")


def test_a_file_that_is_too_large_is_said_so_before_it_is_sent(page, tmp_path):
    (tmp_path / "large.csv").write_bytes(b"x" * 40_000_001)
    page.goto("/batches")
    page.set_input_files("#file", str(tmp_path / "large.csv"))
    page.click(".upload .primary")
    assert "超过 40 MB" in page.locator("#file-problem").inner_text()
    assert page.url.endswith("/batches")
    both_ways(page, "too large")


def test_without_a_script_everything_works(chromium, served, answers):
    with opened(chromium, served, java_script_enabled=False, locale="en-US") as page:
        handed_in(page, answers)
        page.locator(".doubt select").nth(1).select_option(IDS[1])
        page.locator("section button[value=look]").first.click()
        page.click("button[value=start]")
        page.wait_for_selector(".state-finished", timeout=60_000)
        assert "24 of 24 answers" in page.locator("[data-told]").inner_text()
