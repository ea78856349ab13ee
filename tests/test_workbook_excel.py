"""The workbook as a person and as a program reads it."""

import re
import zipfile
from xml.etree import ElementTree as ET

import pytest
from python_calamine import CalamineWorkbook
from small_run import FORMULA, GOOD, INFO, RUBRIC, Run, many, result

from evaluator.batch import CandidateResult
from evaluator.batch.alike import Alike, alike
from evaluator.errors import InputError
from evaluator.models import Level
from evaluator.workbook import excel, sheets, write
from evaluator.workbook.words import say

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
GROUPS = (Alike("complaint", ("0001", "A-3"), 0.97, "先耐心倾听"),)
ZH = ["汇总", "明细", "题目统计", "雷同", "未评", "运行信息"]


@pytest.fixture(params=["in memory", "streamed"])
def way(request, monkeypatch):
    """Both ways of writing give the same workbook."""
    if request.param == "streamed":
        monkeypatch.setattr(excel, "STREAMED_FROM", 0)


def written(tmp_path, run=None, *, lang="zh", groups=GROUPS):
    path = tmp_path / "results.xlsx"
    write(run or Run(), path, lang=lang, alike=groups)
    return path


def table(path, name):
    rows = CalamineWorkbook.from_path(path).get_sheet_by_name(name).to_python(skip_empty_area=False)
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


def xml(path, name):
    with zipfile.ZipFile(path) as archive:
        return archive.read(name).decode()


def parsed(text):
    return ET.fromstring(text)  # noqa: S314 - what we wrote ourselves


def sheet_xml(path, place):
    return xml(path, f"xl/worksheets/sheet{place}.xml")


@pytest.mark.usefixtures("way")
def test_the_sheets_come_in_the_order_in_which_people_read_them(tmp_path):
    assert CalamineWorkbook.from_path(written(tmp_path)).sheet_names == ZH


def test_without_failures_and_without_a_search_for_alike_answers_there_are_no_such_sheets(tmp_path):
    run = Run(people=Run().people[:1], refused=())
    names = CalamineWorkbook.from_path(written(tmp_path, run, groups=None)).sheet_names
    assert names == ["汇总", "明细", "题目统计", "运行信息"]


def test_an_english_workbook_holds_no_chinese_but_what_people_wrote(tmp_path):
    plain = result(RUBRIC, "I would say sorry", "mmmm", place="a:1")
    rubric = RUBRIC.model_copy(update={"question": "How?", "key_points": tuple(
        point.model_copy(update={"name": point.id}) for point in RUBRIC.key_points)})  # fmt: skip
    graded = plain.grade.model_copy(update={"key_points": tuple(
        point.model_copy(update={"name": point.id}) for point in plain.grade.key_points),
        "deductions": ()})  # fmt: skip
    person = CandidateResult(0, "1", answers={"complaint": type(plain)(plain.answer, graded)})
    path = written(tmp_path, Run(people=(person,), rubrics=(rubric,), columns=(), refused=()), lang="en", groups=())
    book = CalamineWorkbook.from_path(path)
    cells = [str(cell) for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python() for cell in row]
    assert [cell for cell in [*cells, *book.sheet_names] if re.search(r"[\u4e00-\u9fff]", cell)] == []


@pytest.mark.usefixtures("way")
def test_the_summary_has_a_row_a_candidate_with_points_ranges_and_reasons(tmp_path):
    rows = {row["编号"]: row for row in table(written(tmp_path), "汇总")}
    complaint, choice = (next(key for key in rows["0001"] if key.startswith(start)) for start in ("1 comp", "2 late"))
    assert list(rows) == ["0001", "110101199001011234", "A-3", "A-4", "A-5", "A-6"]
    assert (rows["0001"][complaint], rows["0001"]["总分"], rows["0001"]["满分"]) == (8, 10, 10)
    assert (rows["A-3"][complaint], rows["A-3"]["总分"]) == ("3–7", "5–9")
    assert (rows["A-4"][complaint], rows["A-4"]["总分"]) == ("未作答", 2)
    assert rows["A-5"][complaint] == "未评：模型超时 3 次，没有得到答复"
    assert (rows["A-5"][choice], rows["A-5"]["满分"]) == ("无此题", 8)
    assert rows["A-6"][choice] == "待评"
    assert rows["110101199001011234"]["需复核"] == 1
    assert rows["110101199001011234"]["复核原因"] == "1：答案里有写给评分者的指令、触发了扣分项"
    assert [row["状态（AI 辅助初评，最终由人决定）"] for row in rows.values()] == [*["初评"] * 5, "部分已确认"]


def test_source_columns_keep_their_order_and_their_text(tmp_path):
    rows = table(written(tmp_path), "汇总")
    assert list(rows[0])[:4] == ["编号", "姓名", "电话", "部门"]
    assert rows[0]["电话"] == "013800000000"
    assert rows[1]["电话"] == "+86 138"


def test_a_source_column_named_like_one_of_ours_can_be_told_from_it(tmp_path):
    person = CandidateResult(0, "1", columns={"总分": "60", "部门": "客服"}, answers=dict(Run().people[0].answers))
    path = written(tmp_path, Run(people=(person,), columns=("总分", "部门")))
    (row,) = table(path, "汇总")
    assert (row["总分（来源）"], row["总分"], row["部门"]) == ("60", 10, "客服")


@pytest.mark.usefixtures("way")
def test_a_long_answer_leaves_the_next_row_in_sight(tmp_path):
    long = result(RUBRIC, "很长的答案，" * 600, "mmmm")
    run = Run(people=(CandidateResult(0, "1", answers={"complaint": long}),), rubrics=(RUBRIC,), columns=())
    assert re.findall(r'<row r="(\d+)"[^>]* ht="240"', sheet_xml(written(tmp_path, run, groups=()), 2)) == ["2"]


def test_nobody_is_ranked(tmp_path):
    path = written(tmp_path)
    heads = [str(head) for name in ZH[:2] for head in table(path, name)[0]]
    assert [head for head in heads if "名次" in head or "排名" in head] == []
    assert [row["编号"] for row in table(path, "汇总")] == [person.candidate for person in Run().people]


def test_what_people_gave_stands_beside_the_score_and_a_sum_never_has_a_hole(tmp_path):
    rows = {row["编号"]: row for row in table(written(tmp_path), "汇总")}
    assert (rows["0001"]["1 人工 评委A"], rows["0001"]["1 人工 评委B"], rows["0001"]["2 人工 评委A"]) == (7, 6.5, 2)
    assert (rows["0001"]["人工 评委A 总分"], rows["0001"]["人工 评委B 总分 1/2"]) == (9, 6.5)
    assert rows["110101199001011234"]["1 人工 评委A"] == 7
    assert rows["110101199001011234"]["人工 评委A 总分"] == ""


@pytest.mark.usefixtures("way")
def test_the_details_have_a_row_a_key_point_and_a_deduction(tmp_path):
    rows = table(written(tmp_path), "明细")
    first = rows[:4]
    assert [row["得分点 id"] for row in first] == ["comfort", "solve", "return-visit", "blame"]
    assert [row["判定"] for row in first] == ["✓ 命中", "✓ 命中", "✓ 命中", "○ 未触发"]
    assert [(row["分值"], row["得分"]) for row in first] == [(2, 2), (4, 4), (2, 2), (-1, 0)]
    assert [row["答案"] for row in first] == [GOOD, "", "", ""]
    assert first[0]["依据"] == "耐心倾听😀客户\n倾听😀客户把话说完"
    assert first[1]["判定 评委A"] == "◐ 部分"
    assert {row["人工判定"] for row in rows} == {""}
    assert next(row for row in rows if row["判定"] == "− 触发")["得分"] == -1


def test_an_answer_without_a_grade_has_rows_that_a_person_can_fill_in(tmp_path):
    rows = [row for row in table(written(tmp_path), "明细") if row["编号"] == "A-5"]
    assert {row["判定"] for row in rows} == {"? 未判定"}
    assert rows[0]["理由"] == "模型超时 3 次，没有得到答复"
    assert len(rows) == len(RUBRIC.key_points) + len(RUBRIC.deductions)


@pytest.mark.usefixtures("way")
def test_evidence_is_set_off_inside_the_answer_and_overlapping_spans_are_one(tmp_path):
    path = written(tmp_path)
    with zipfile.ZipFile(path) as archive:
        shared = "xl/sharedStrings.xml" in archive.namelist()
    source = xml(path, "xl/sharedStrings.xml") if shared else sheet_xml(path, 2)
    runs = [
        (run.group(1), "<u/>" in run.group(0) and "<b/>" in run.group(0))
        for run in re.finditer(r"<r>(?:(?!</r>).)*?<t[^>]*>((?:(?!</r>).)*?)</t></r>", source, re.DOTALL)
    ]
    start = next(place for place, (text, _) in enumerate(runs) if text == "先" and not runs[place][1])
    assert runs[start : start + 7] == [
        ("先", False), ("耐心倾听😀客户把话说完", True), ("，并且真诚道歉。\n当天给出", False), ("退款或换货的办法", True),
        ("。\n三天之内", False), ("回访客户", True), ("。", False),
    ]  # fmt: skip


@pytest.mark.usefixtures("way")
def test_no_text_becomes_a_formula_a_link_or_markup(tmp_path):
    path = written(tmp_path)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist() if name.endswith((".xml", ".rels"))}
    for name, text in parts.items():
        parsed(text)
        assert "<f>" not in text, name
        assert "<hyperlink" not in text, name
        assert 'TargetMode="External"' not in text, name
    rows = table(path, "明细")
    assert FORMULA.replace("\x07", "") in {row["答案"] for row in rows}
    assert "<r><t>回访客户</t></r>" in {row["答案"] for row in rows}
    assert "=cmd|' /C calc'!A0" in {row["姓名"] for row in rows}


def test_ids_are_text_cells(tmp_path):
    sheet = parsed(sheet_xml(written(tmp_path), 1))
    ids = [cell for cell in sheet.iter(f"{MAIN}c") if re.fullmatch(r"A[2-9]", cell.get("r"))]
    assert {cell.get("t") for cell in ids} == {"s"}


@pytest.mark.parametrize(("place", "heads"), [(1, 2), (2, 2)])
def test_heads_stay_in_sight_can_be_filtered_and_are_printed_on_every_page(tmp_path, place, heads):
    path = written(tmp_path)
    text = sheet_xml(path, place)
    pane = parsed(text).find(f".//{MAIN}pane")
    assert (pane.get("xSplit"), pane.get("ySplit"), pane.get("state")) == (str(heads), "1", "frozen")
    assert "<autoFilter" in text
    assert f"'{ZH[place - 1]}'!$1:$1" in xml(path, "xl/workbook.xml").replace("&apos;", "'") or (
        f"{ZH[place - 1]}!$1:$1" in xml(path, "xl/workbook.xml")
    )


@pytest.mark.parametrize("place", range(1, 7))
def test_every_sheet_prints_on_landscape_a4_one_page_wide_with_the_notice(tmp_path, place):
    sheet = parsed(sheet_xml(written(tmp_path), place))
    page = sheet.find(f"{MAIN}pageSetup")
    assert (page.get("paperSize"), page.get("orientation"), page.get("fitToHeight")) == ("9", "landscape", "0")
    footer = sheet.find(f".//{MAIN}oddFooter").text
    assert "AI 辅助初评，最终由人决定" in footer
    assert "&P" in footer


def test_people_choose_a_verdict_from_a_list(tmp_path):
    path = written(tmp_path)
    rule = parsed(sheet_xml(path, 2)).find(f".//{MAIN}dataValidation")
    rows = len(table(path, "明细"))
    assert rule.find(f"{MAIN}formula1").text == '"命中,部分,未命中"'
    assert rule.get("sqref").endswith(str(rows + 1))


def test_the_statistics_name_key_points_that_tell_nobody_apart(tmp_path):
    people = tuple(
        CandidateResult(place, f"c{place}", answers={"complaint": result(RUBRIC, "回访客户", "mm" + last + "m",
                        {"return-visit": ["回访客户"]})})
        for place, last in enumerate("hhh")
    )  # fmt: skip
    path = written(tmp_path, Run(people=people, rubrics=(RUBRIC,), columns=(), refused=()))
    rows = CalamineWorkbook.from_path(path).get_sheet_by_name("题目统计").to_python(skip_empty_area=False)
    found = {row[1]: row[2] for row in rows if row[2] and row[1] in {"安抚情绪", "给出方案", "事后回访"}}
    assert found == {"安抚情绪": "▽ 无人命中", "给出方案": "▽ 无人命中", "事后回访": "△ 人人命中"}
    assert sheet_xml(path, 3).count('type="dataBar"') >= 4


def test_alike_answers_are_listed_with_names_and_the_shared_text(tmp_path):
    (row,) = table(written(tmp_path), "雷同")
    assert row["考生"] == "0001 张三\nA-3 李四"
    assert row["相似度"] == pytest.approx(0.97)
    assert row["共同文字"] == "先耐心倾听"
    assert row["来自"] == "彼此雷同"


def test_what_has_no_grade_is_listed_with_its_place_and_why(tmp_path):
    rows = [(row["出处"], row["编号"], row["理由"]) for row in table(written(tmp_path), "未评")]
    assert rows == [
        ("Sheet1!9", "", "没有编号"),
        ("Sheet1!C6", "A-5", "模型超时 3 次，没有得到答复"),
        ("", "A-6", "运行尚未评到这里"),
    ]


def test_the_run_says_what_is_needed_to_judge_and_repeat_it(tmp_path):
    rows = CalamineWorkbook.from_path(written(tmp_path)).get_sheet_by_name("运行信息").to_python()
    facts = dict(row[:2] for row in rows)
    assert rows[0][0] == "AI 辅助初评，最终由人决定"
    assert facts["模型"] == "small-model"
    assert facts["答案发往"] == "model.example"
    assert facts["费用"] == "0.0123 CNY"
    assert facts["雷同组数"] == "1"
    assert facts["细则哈希 1 complaint"] == "complaint-hash"


@pytest.mark.parametrize(
    ("host", "model", "told"),
    [("local", "qwen", "没有离开本机"), ("", "", "没有离开本机"), ("api.example", "m", "api.example"), ("", "m", None)],
)
def test_answers_are_said_to_have_stayed_only_where_that_is_known(tmp_path, host, model, told):
    run = Run(info=INFO.model_copy(update={"host": host, "model": model}))
    rows = CalamineWorkbook.from_path(written(tmp_path, run)).get_sheet_by_name("运行信息").to_python()
    assert dict(row[:2] for row in rows).get("答案发往") == told


def test_the_properties_of_the_file_carry_the_notice(tmp_path):
    path = written(tmp_path)
    assert xml(path, "docProps/core.xml").count("AI 辅助初评，最终由人决定") >= 2
    assert "run-1" in xml(path, "docProps/custom.xml")


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("answer", ["很长" * 30_000, "😀" * 20_000, "回访客户" + "😀长" * 15_000])
def test_an_answer_beyond_what_a_cell_holds_is_cut_and_says_so(tmp_path, answer):
    graded = result(RUBRIC, answer, "mmhm" if "回访" in answer else "mmmm",
                    {"return-visit": ["回访客户"]} if "回访" in answer else None)  # fmt: skip
    run = Run(people=(CandidateResult(0, "1", answers={"complaint": graded}),), rubrics=(RUBRIC,), columns=())
    shown = table(written(tmp_path, run, groups=alike(run)), "明细")[0]["答案"]
    assert shown.endswith(say("cut", "zh"))
    assert 32_700 < len(shown.encode("utf-16-le")) // 2 <= 32_767
    assert answer.startswith(shown.removesuffix(say("cut", "zh")))


@pytest.mark.parametrize(("limit", "named"), [(5, "汇总"), (20, "明细")])
def test_more_rows_than_excel_holds_are_refused_before_anything_is_written(tmp_path, monkeypatch, limit, named):
    monkeypatch.setattr(excel, "ROWS", limit)
    monkeypatch.setattr(sheets, "ROWS", limit)
    run = many(["短答案"] * 6) if named == "汇总" else Run()
    run.rubrics = tuple(rubric.model_copy(update={"deductions": ()}) for rubric in run.rubrics)
    if named == "汇总":
        run.people = tuple(CandidateResult(place, str(place)) for place in range(6))
    with pytest.raises(InputError) as caught:
        write(run, tmp_path / "results.xlsx")
    assert named in caught.value.text()
    assert ".jsonl" in caught.value.text()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("way")
def test_a_run_without_candidates_is_a_workbook_too(tmp_path):
    path = written(tmp_path, Run(people=(), refused=()), groups=())
    assert table(path, "汇总") == []
    assert CalamineWorkbook.from_path(path).sheet_names == ["汇总", "明细", "题目统计", "雷同", "运行信息"]


def test_the_same_run_gives_the_same_bytes(tmp_path):
    one = written(tmp_path).read_bytes()
    assert written(tmp_path).read_bytes() == one


def test_each_level_is_told_by_a_symbol_and_a_word_besides_its_colour():
    assert set(sheets._INK) == set(Level)
