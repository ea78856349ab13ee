"""Files as they come: title rows, fake .xls, damaged numbers, failed formulas, broken quotes, wrong kinds."""

import zipfile

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from submission_files import CHOICE, COMPLAINT, RUBRICS, TEAM, jsonl, text, xlsx

from evaluator.errors import InputError
from evaluator.models import Rejected, Submission
from evaluator.submissions import How, open_submissions


def answers(source):
    return [(one.candidate, a.text) for one in source if isinstance(one, Submission) for a in one.answers]


def said(source) -> str:
    return "\n".join(f"{words.zh}\n{words.en}" for words in source.notes)


FORMS = {
    "wenjuanxing": (
        ["序号", "提交答卷时间", "所用时间", "来源", "来源详情", "来自IP", "总分", "1、您的姓名：", f"2、{COMPLAINT.question}（必填）"],
        ["1", "2026/3/1 9:00:00", "358秒", "微信", "N/A", "1.2.3.4(广东)", "0", "张三", "道歉"],
        ("1", "张三", "道歉"),
    ),
    "tencent docs": (
        ["提交者（自动）", "提交时间（自动）", "学号（必填）", f"{COMPLAINT.question}（必填）"],
        ["微信用户", "2026年3月1日", "0007", "道歉"],
        ("0007", "微信用户", "道歉"),
    ),
    "tencent survey": (
        [
            *("编号", "开始答题时间", "结束答题时间", "答题时长", "语言", "清洗数据结果", "智能清洗数据无效概率"),
            *("地理位置国家和地区", "用户类型", "用户标识", "昵称", "自定义字段", "IP", "UA", "Referrer", f"1.{COMPLAINT.question}", ""),
        ],
        ["1", "x", "x", "30", "zh", "未清洗", "0", "中国", "匿名", "u-9", "小明", "", "1.1.1.1", "Mozilla", "", "道歉", ""],
        ("u-9", "小明", "道歉"),
    ),
    "feishu": (
        ["考生编号", "提交人", "提交时间", COMPLAINT.question, "创建时间"],
        ["K1", "张三", "2026/03/01", "道歉", "2026/03/01"],
        ("K1", "张三", "道歉"),
    ),
    "microsoft forms": (
        ["ID", "Start time", "Completion time", "Email", "Name", "Last modified time", COMPLAINT.question],
        ["1", "x", "x", "a@b.c", "Zhang", "", "道歉"],
        ("1", "Zhang", "道歉"),
    ),
    "google forms": (
        ["Timestamp", "Email Address", "Your name", "Student ID", f"1. {COMPLAINT.question}"],
        ["x", "a@b.c", "Zhang", "S01", "道歉"],
        ("S01", "Zhang", "道歉"),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("header", "row", "expected"), FORMS.values(), ids=FORMS)
def test_exports_of_form_services_are_understood_and_keep_their_other_columns(tmp_path, header, row, expected):
    source = open_submissions(xlsx(tmp_path / "a.xlsx", ("S", [header, row])), RUBRICS)
    (found,) = source
    assert isinstance(found, Submission)
    assert (found.candidate, found.name, found.answers[0].text) == expected
    named = [title for title, cell in zip(header, row, strict=True) if title and cell not in (expected[1], expected[2])]
    assert [title for title in named if title in found.columns] == [
        title for title in named if row[header.index(title)] != expected[0]
    ]


def test_title_rows_above_the_header_and_repeated_headers_below_are_no_candidates(tmp_path):
    header = ["考号", "姓名", COMPLAINT.question]
    rows = [
        ["客服岗位笔试答卷"],
        [],
        ["说明：请在规定时间内完成，逾期无效"],
        header,
        ["01", "张三", "甲"],
        header,
        ["02", "李四", "乙"],
    ]
    source = open_submissions(xlsx(tmp_path / "a.xlsx", ("S", rows)), RUBRICS)
    assert answers(source) == [("01", "甲"), ("02", "乙")]
    assert source.column_map.header_row == 4
    assert "S!6" in said(source)


def test_a_second_header_row_below_merged_questions_is_joined_to_the_first(tmp_path):
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("S")
        sheet.merge_range("A1:A2", "考号")
        sheet.merge_range("B1:C1", "第1题")
        sheet.merge_range("D1:E1", "第2题")
        sheet.write_row(1, 1, ["答案", "得分", "答案", "得分"])
        sheet.write_row(2, 0, ["01", "甲", 3, "乙", 2])
    (found,) = open_submissions(path, RUBRICS)
    assert isinstance(found, Submission)
    assert [(a.rubric, a.text, a.human[0].score) for a in found.answers] == [
        (COMPLAINT.id, "甲", 3.0),
        (TEAM.id, "乙", 2.0),
    ]


def test_a_candidate_merged_over_several_rows_of_a_long_table_holds_for_all_of_them(tmp_path):
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("S")
        sheet.write_row(0, 0, ["考号", "题号", "答案"])
        sheet.merge_range("A2:A3", "0042")
        sheet.write_row(1, 1, [1, "甲"])
        sheet.write_row(2, 1, [2, "乙"])
    assert answers(open_submissions(path, RUBRICS)) == [("0042", "甲"), ("0042", "乙")]


def test_failed_formulas_are_blank_and_noted_with_their_place(tmp_path):
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("答卷")
        sheet.write_row(0, 0, ["考号", "第1题"])
        sheet.write(1, 0, "01")
        sheet.write_formula(1, 1, "=NA()", None, "#N/A")
    source = open_submissions(path, RUBRICS)
    assert answers(source) == [("01", "")]
    assert "答卷!B2" in said(source)
    listed = open_submissions(text(tmp_path / "a.csv", "考号,第1题\n01,#REF!\n"), RUBRICS)
    assert answers(listed) == [("01", "")]
    assert "a.csv!B2" in said(listed)


def test_numbers_become_text_without_decimals_and_damaged_ids_are_noted(tmp_path):
    rows = [["考号", "第1题", "日期"], [1001, 42, 0.5], [440101199001011234, "x", True]]
    source = open_submissions(xlsx(tmp_path / "a.xlsx", ("S", rows)), RUBRICS)
    assert answers(source)[0] == ("1001", "42")
    assert [one.columns["日期"] for one in source] == ["0.5", "TRUE"]
    assert "S!3" in said(source)
    listed = open_submissions(text(tmp_path / "b.csv", "考号,第1题\n4.40101E+17,x\n"), RUBRICS)
    assert "4.40101E+17" in said(listed)


def test_a_candidate_that_appears_twice_is_noted_with_both_places(tmp_path):
    rows = [["考号", "第1题"], ["01", "旧"], ["02", "x"], ["01", "新"]]
    source = open_submissions(xlsx(tmp_path / "a.xlsx", ("S", rows)), RUBRICS)
    assert answers(source) == [("01", "旧"), ("02", "x"), ("01", "新")]
    assert "S!2" in said(source)
    assert "S!4" in said(source)


def test_rows_without_an_id_get_their_number_and_postcodes_and_unknown_columns_are_noted(tmp_path):
    rows = [["考号", "第1题", "邮政编码", "颜色"], ["", "甲", "100000", "红"], ["02", "乙", "", ""]]
    source = open_submissions(xlsx(tmp_path / "a.xlsx", ("S", rows)), RUBRICS)
    assert answers(source) == [("row-2", "甲"), ("02", "乙")]
    assert next(iter(source)).columns == {"邮政编码": "100000", "颜色": "红"}
    for words in ("S!2", "邮政编码", "颜色"):
        assert words in said(source)


def test_rows_of_sums_and_means_are_no_candidates(tmp_path):
    rows = [["考号", "第1题", "第1题 得分"], ["01", "甲", 3], ["平均分", "", 3]]
    source = open_submissions(xlsx(tmp_path / "a.xlsx", ("S", rows)), RUBRICS)
    assert answers(source) == [("01", "甲")]
    assert "S!3" in said(source)


@pytest.mark.parametrize("header", ["单选3", "判断题（2）", "题8", "第12题", "你怎么看?", "投诉处理"])
def test_a_short_header_that_may_be_a_question_is_never_left_out_in_silence(tmp_path, header):
    rows = [["考号", "第1题", header], ["01", "甲", "我会先向客户道歉，然后查清楚订单和物流的记录再说"]]
    with pytest.raises(InputError, match=header[:2]):
        open_submissions(xlsx(tmp_path / "a.xlsx", ("S", rows)), RUBRICS)


@pytest.mark.parametrize(
    "tag", ["（8分）", "【本题满分 10 分，不少于100字】", "(必填)", "[简答题]", "*", "（每小题2.5分）"]
)
def test_what_forms_put_around_a_stem_is_no_part_of_it(tmp_path, tag):
    rows = [["考号", f"12. {TEAM.question}{tag}"], ["01", "甲"]]
    (_, column) = open_submissions(xlsx(tmp_path / "a.xlsx", ("S", rows)), RUBRICS).column_map.columns
    assert (column.rubric, column.how) == (TEAM.id, How.EXACT)


_ODS = (
    '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
    '<table:table table:name="S">{}</table:table></office:spreadsheet></office:body></office:document-content>'
)


def test_opendocument_tables_are_read(tmp_path):
    cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    rows = (("考号", "第1题"), ("007", "先道歉"))
    made = ("".join(map(cell.format, row)) for row in rows)
    content = _ODS.format("".join(f"<table:table-row>{row}</table:table-row>" for row in made))
    path = tmp_path / "a.ods"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        packed.writestr("content.xml", content)
        packed.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        )
    assert answers(open_submissions(path, RUBRICS)) == [("007", "先道歉")]


def test_very_long_answers_are_noted(tmp_path):
    source = open_submissions(
        jsonl(tmp_path / "a.jsonl", {"id": "1", "rubric": TEAM.id, "answer": "长" * 5001}), RUBRICS
    )
    assert "a.jsonl:1" in said(source)


def test_hidden_sheets_are_left_out_and_the_sheet_with_most_questions_is_read(tmp_path):
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        for name, header in {
            "说明": ["填写说明"],
            "隐藏": ["考号", "Q1", "Q2", "Q3"],
            "一": ["考号", "Q1"],
            "二": ["考号", "Q1", "Q2"],
        }.items():
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, header)
            sheet.write_row(1, 0, [name] * len(header))
            if name == "隐藏":
                sheet.hide()
    source = open_submissions(path, RUBRICS)
    assert answers(source) == [("二", "二"), ("二", "二")]
    assert "一" in said(source)
    assert answers(open_submissions(path, RUBRICS, sheet="一")) == [("一", "一")]
    with pytest.raises(InputError, match="二"):
        open_submissions(path, RUBRICS, sheet="三")


PAGE = """<html><head><meta charset="gbk"></head><body><table border=1>
<tr><th colspan=3>客服笔试</th></tr>
<tr><th>考号</th><th>姓名</th><th>{}</th></tr>
<tr><td>0012</td><td>张三</td><td>先道歉<br>再换货 &amp; 回访</td></tr>
</table></body></html>"""


def test_web_pages_and_texts_that_call_themselves_xls_are_read(tmp_path):
    page = text(tmp_path / "a.xls", PAGE.format(COMPLAINT.question), "gbk")
    assert answers(open_submissions(page, RUBRICS)) == [("0012", "先道歉\n再换货 & 回访")]
    tabs = text(tmp_path / "b.xls", f'考号\t{COMPLAINT.question}\n0012\t"道歉"\n', "utf-16")
    assert answers(open_submissions(tabs, RUBRICS)) == [("0012", "道歉")]


def test_a_workbook_called_csv_is_read_as_what_it_is(tmp_path):
    path = xlsx(tmp_path / "a.xlsx", ("S", [["考号", "Q1"], ["1", "x"]])).rename(tmp_path / "a.csv")
    assert answers(open_submissions(path, RUBRICS)) == [("1", "x")]


def test_a_quotation_mark_that_is_not_closed_costs_only_its_own_row(tmp_path):
    path = text(tmp_path / "a.csv", '考号,第1题,第2题\n01,甲,乙\n02,"坏"了,乙\n03,丙,丁\n04,戊,己,多\n05,庚,辛\n')
    source = open_submissions(path, RUBRICS)
    assert [who for who, _ in answers(source)] == ["01", "01", "03", "03", "05", "05"]
    assert [one.place for one in source if isinstance(one, Rejected)] == ["a.csv!3", "a.csv!5"]


def test_an_unclosed_quotation_mark_at_the_end_is_reported_not_dropped(tmp_path):
    path = text(tmp_path / "a.csv", '考号,第1题\n01,甲\n02,"没有\n03,完\n')
    assert [one.place for one in open_submissions(path, RUBRICS) if isinstance(one, Rejected)] == ["a.csv!3"]


def test_quotation_marks_of_a_tab_text_that_never_quotes_are_text(tmp_path):
    path = text(tmp_path / "a.tsv", '考号\t第1题\n01\t"好"的\n02\t"先"道歉\n03\t说"好\n')
    assert answers(open_submissions(path, RUBRICS)) == [("01", '"好"的'), ("02", '"先"道歉'), ("03", '说"好')]


def test_an_encoding_shows_even_behind_a_long_ascii_start(tmp_path):
    rows = "".join(f"{number:06},plain text answer {number}\n" for number in range(12_000))
    path = text(tmp_path / "a.csv", f"id,Q1\n{rows}x,先道歉再换货，客户满意\n", "gb18030")
    assert answers(open_submissions(path, RUBRICS))[-1] == ("x", "先道歉再换货，客户满意")


def test_an_encoding_can_be_given_and_a_wrong_name_is_refused(tmp_path):
    path = text(tmp_path / "a.csv", "考号,第1题\n01,好\n", "gb18030")
    assert answers(open_submissions(path, RUBRICS, encoding="gbk")) == [("01", "好")]
    with pytest.raises(InputError, match="klingon"):
        open_submissions(path, RUBRICS, encoding="klingon")


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 504


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "文件是空的"),
        (b"\xef\xbb\xbf \r\n", "文件是空的"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "密码"),
        (OLE + "WordDocument".encode("utf-16-le"), r"\.doc"),
        (OLE, "损坏"),
        (b"PK\x03\x04 not an archive", "损坏"),
        (b"Rar!\x1a\x07\x00", "RAR"),
        (b"\x89PNG\r\n\x1a\n", "图片"),
        (b'[{"candidate": 1}]', "JSON"),
        (b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>', "XML"),
        ("部门,颜色\n客服,红\n".encode(), "对得上题目"),
        (bytes(range(128, 256)) * 40, "编码|题目"),
    ],
)
def test_what_holds_no_submissions_is_refused_with_the_reason(tmp_path, content, words):
    path = tmp_path / "a.xlsx"
    path.write_bytes(content)
    with pytest.raises(InputError, match=words) as refused:
        open_submissions(path, RUBRICS)
    assert "a.xlsx" in refused.value.text("en")


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(InputError, match="不存在"):
        open_submissions(tmp_path / "none.xlsx", RUBRICS)


def test_an_empty_folder_and_a_missing_set_of_rubrics_are_refused(tmp_path):
    (tmp_path / "in").mkdir()
    with pytest.raises(InputError, match="没有文件"):
        open_submissions(tmp_path / "in", RUBRICS)
    with pytest.raises(InputError, match="没有评分细则"):
        open_submissions(tmp_path / "in", ())


def test_where_no_question_is_known_headers_and_stems_are_listed(tmp_path):
    path = xlsx(tmp_path / "a.xlsx", ("S", [["考号", "姓名", "部门"], ["1", "张三", "客服"]]))
    with pytest.raises(InputError, match=r"部门.*客户投诉商品损坏"):
        open_submissions(path, RUBRICS)


def test_a_sheet_with_one_far_cell_is_refused_before_it_fills_the_memory(tmp_path):
    path = xlsx(tmp_path / "a.xlsx", ("S", [["考号", "Q1"], ["1", "x"]]))
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("S")
        sheet.write_row(0, 0, ["考号", "Q1"])
        sheet.write(1_048_575, 16_383, "far")
    with pytest.raises(InputError, match="太大"):
        open_submissions(path, RUBRICS)


_NOISE = st.lists(st.lists(st.text(max_size=8), max_size=4), max_size=5)


@settings(max_examples=40)
@given(noise=_NOISE, pad=st.integers(0, 3), spread=st.booleans())
def test_noise_above_the_header_and_blank_columns_never_lose_an_answer(tmp_path_factory, noise, pad, spread):
    """Noise of one cell a row: two known words in a row would be a header."""
    path = tmp_path_factory.mktemp("noise") / "a.xlsx"
    gap = [""] * pad
    header = ["考号", *gap, COMPLAINT.question, *(gap if spread else []), CHOICE.question]
    row = ["0012", *gap, "道歉", *(gap if spread else []), "AB"]
    rows: list[list[object]] = [[*(line[:1] or [""])] for line in noise]
    source = open_submissions(xlsx(path, ("S", [*rows, header, row])), RUBRICS)
    assert answers(source) == [("0012", "道歉"), ("0012", "AB")]


@given(content=st.binary(max_size=300))
def test_no_bytes_make_anything_but_a_source_or_a_refusal(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("bytes") / "a.bin"
    path.write_bytes(content)
    try:
        source = open_submissions(path, RUBRICS)
    except InputError:
        return
    assert all(isinstance(one, Submission | Rejected) for one in source)


@given(rows=st.lists(st.lists(st.text(alphabet='ab,"\n\t12好', max_size=6), min_size=3, max_size=3), max_size=8))
def test_text_tables_give_back_what_was_written(tmp_path_factory, rows):
    def quoted(cell: str) -> str:
        return '"' + cell.replace('"', '""') + '"'

    lines = [",".join(quoted(cell) for cell in (f"c{at}", *row[1:])) for at, row in enumerate(rows)]
    path = text(tmp_path_factory.mktemp("csv") / "a.csv", "\n".join(["考号,第1题,第2题", *lines]) + "\n")
    expected = [(f"c{at}", cell.strip()) for at, row in enumerate(rows) for cell in row[1:]]
    assert answers(open_submissions(path, RUBRICS)) == expected


def test_a_nearly_equal_stem_is_matched_with_its_similarity_shown(tmp_path):
    rows = [["考号", "客户投诉商品有损坏，你会怎样处理？"], ["1", "x"]]
    (column,) = open_submissions(xlsx(tmp_path / "a.xlsx", ("S", rows)), RUBRICS).column_map.columns[1:]
    assert column.how is How.FUZZY
    assert column.similarity is not None
    assert 90 <= column.similarity < 100
