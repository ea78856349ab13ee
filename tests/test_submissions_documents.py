"""Documents: a folder or a zip archive of answer sheets, one a candidate."""

import zipfile

import pytest
from paper_files import docx, paragraph, table
from submission_files import CHOICE, COMPLAINT, RUBRICS, TEAM, text

from evaluator.errors import InputError
from evaluator.models import Rejected, Submission
from evaluator.submissions import Layout, open_submissions


def answers(source):
    return [
        (one.candidate, one.name, {a.rubric: a.text for a in one.answers})
        for one in source
        if isinstance(one, Submission)
    ]


def rejected(source):
    return [(one.place, one.zh) for one in source if isinstance(one, Rejected)]


SHEETS = {
    "stems": f"客服笔试答卷\n\n1、{COMPLAINT.question}\n答：先道歉，\n再换货。\n2、{TEAM.question}\n分工明确",
    "numbers": "第1题\n先道歉，\n再换货。\n第2题：\n分工明确",
    "numbers with text behind": "第一题：先道歉，\n再换货。\n第二题：分工明确",
    "ids": f"{COMPLAINT.id}\n先道歉，\n再换货。\n\n{TEAM.id}\n分工明确",
    "stem over two lines": "1、客户投诉商品损坏，\n你会怎样处理？\n先道歉，\n再换货。\nQ2\n分工明确",
    "numbered lines inside an answer": f"{COMPLAINT.question}\n先道歉，\n再换货。\n{TEAM.question}\n分工明确",
}


@pytest.mark.parametrize("sheet", SHEETS.values(), ids=SHEETS)
def test_questions_of_a_document_are_found_by_heading_number_or_stem(tmp_path, sheet):
    (tmp_path / "in").mkdir()
    text(tmp_path / "in" / "2024001_张三.txt", sheet)
    source = open_submissions(tmp_path / "in", RUBRICS)
    assert answers(source) == [("2024001", "张三", {COMPLAINT.id: "先道歉，\n再换货。", TEAM.id: "分工明确"})]
    assert source.column_map.layout is Layout.FILES
    assert source.rubrics == (COMPLAINT, TEAM)
    assert not rejected(source)


def test_word_documents_with_tables_are_read(tmp_path):
    (tmp_path / "in").mkdir()
    content = docx(
        paragraph("姓名：李四　考号：0099"),
        table(("题目", "答案"), (COMPLAINT.question, "先道歉"), (f"2. {TEAM.question}", "分工"), ("第3题", "AB")),
    )
    (tmp_path / "in" / "李四.docx").write_bytes(content)
    source = open_submissions(tmp_path / "in", RUBRICS)
    assert answers(source) == [("0099", "李四", {COMPLAINT.id: "先道歉", TEAM.id: "分工", CHOICE.id: "AB"})]


def test_numbers_inside_an_answer_are_no_headings(tmp_path):
    path = text(tmp_path / "a.txt", f"{COMPLAINT.question}\n1、先道歉\n2、再换货\n3、回访")
    assert answers(open_submissions(path, RUBRICS)) == [("a", "", {COMPLAINT.id: "1、先道歉\n2、再换货\n3、回访"})]


def test_a_number_inside_an_answer_is_no_heading_where_the_stem_of_that_question_is_there(tmp_path):
    sheet = f"第1题\n{COMPLAINT.question}\n道歉\n第2题\n{TEAM.question}\n问题1：人少\n第1题里说过的做法，这里也用"
    path = text(tmp_path / "07.txt", sheet)
    assert answers(open_submissions(path, RUBRICS)) == [
        ("07", "", {COMPLAINT.id: "道歉", TEAM.id: "问题1：人少\n第1题里说过的做法，这里也用"})
    ]


def test_plain_numbers_are_headings_only_where_they_are_as_many_as_the_questions(tmp_path):
    (tmp_path / "in").mkdir()
    text(tmp_path / "in" / "01.txt", "1、道歉\n2、分工\n3、AB")
    text(tmp_path / "in" / "02.txt", "1、道歉\n2、分工")
    source = open_submissions(tmp_path / "in", RUBRICS)
    assert answers(source) == [("01", "", {COMPLAINT.id: "道歉", TEAM.id: "分工", CHOICE.id: "AB"})]
    assert [place for place, _ in rejected(source)] == ["02.txt"]


def test_text_under_an_unknown_heading_is_reported_with_its_words(tmp_path):
    path = text(tmp_path / "01_王五.txt", "第1题\n道歉\n第8题\n这里也写了一些")
    source = open_submissions(path, RUBRICS)
    assert answers(source) == [("01", "王五", {COMPLAINT.id: "道歉"})]
    ((place, words),) = rejected(source)
    assert place == "01_王五.txt:3"
    assert "这里也写了一些" in words


def test_the_choice_in_the_brackets_of_the_stem_or_behind_a_label_is_the_answer(tmp_path):
    (tmp_path / "in").mkdir()
    text(tmp_path / "in" / "01.txt", f"3、{CHOICE.question}（ AB ）\nA 做法A\nB 做法B\nC 做法C\nD 做法D")
    text(tmp_path / "in" / "02.txt", f"3、{CHOICE.question}\nA. 做法A\nB. 做法B\nC. 做法C\nD. 做法D\n答案：C")
    assert [found[2] for found in answers(open_submissions(tmp_path / "in", RUBRICS))] == [
        {CHOICE.id: "AB"},
        {CHOICE.id: "C"},
    ]


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("2024001_张三.txt", ("2024001", "张三")),
        ("张三 2024001.txt", ("2024001", "张三")),
        ("2024001张三.txt", ("2024001", "张三")),
        ("张三-客服主管-13800000001.txt", ("张三", "张三")),
        ("A0012.txt", ("A0012", "")),
        ("王小明的答卷 (2).txt", ("王小明的答卷 (2)", "")),
        ("007_李四 - 副本.txt", ("007", "李四")),
    ],
)
def test_the_name_of_a_file_tells_whose_it_is(tmp_path, file, expected):
    (tmp_path / "in").mkdir()
    text(tmp_path / "in" / file, "第1题\n好")
    assert [found[:2] for found in answers(open_submissions(tmp_path / "in", RUBRICS))] == [expected]


def zipped(path, entries):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return path


def test_a_zip_archive_is_read_like_a_folder_and_what_is_no_answer_sheet_is_reported(tmp_path):
    path = zipped(
        tmp_path / "in.zip",
        {
            "答卷/10_李四.txt": "第1题\n乙",
            "答卷/9_张三.docx": docx(paragraph("第1题"), paragraph("甲")),
            "答卷/空.txt": " ",
            "答卷/图.png": b"\x89PNG\r\n\x1a\n0000",
            "__MACOSX/._9_张三.docx": b"\x00\x05",
            "答卷/~$9_张三.docx": b"lock",
        },
    )
    source = open_submissions(path, RUBRICS)
    assert [(who, found[COMPLAINT.id]) for who, _, found in answers(source)] == [("张三", "甲"), ("10", "乙")]
    assert [place for place, _ in rejected(source)] == ["答卷/图.png", "答卷/空.txt"]
    assert answers(source) == answers(source)


def test_names_packed_by_a_chinese_windows_are_read(tmp_path):
    path = zipped(tmp_path / "in.zip", {"XXXXXXX.txt": "第1题\n甲"})
    content = path.read_bytes().replace(b"XXXXXXX", "12_张三".encode("gbk"))
    path.write_bytes(content)
    assert [found[:2] for found in answers(open_submissions(path, RUBRICS))] == [("12", "张三")]


def encrypted(path):
    """The same archive with the flag that says: encrypted."""
    content = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.find(mark)
        content[at + offset] |= 1
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda path: zipped(path, {"../a.txt": "第1题\n好"}), "指向外面"),
        (lambda path: zipped(path, {"C:\\a.txt": "第1题\n好"}), "指向外面"),
        (lambda path: zipped(path, {"/etc/a.txt": "第1题\n好"}), "指向外面"),
        (lambda path: zipped(path, {"a.txt": b"\x00" * 20_000_000}), "炸弹"),
        (lambda path: encrypted(zipped(path, {"a.txt": "第1题\n好"})), "密码"),
        (lambda path: zipped(path, {"a.txt": "没有题目"}), "没有一份文档里找到题目"),
    ],
)
def test_archives_that_cannot_be_trusted_or_used_are_refused(tmp_path, make, words):
    with pytest.raises(InputError, match=words):
        open_submissions(make(tmp_path / "in.zip"), RUBRICS)


def test_two_documents_of_one_candidate_are_noted(tmp_path):
    (tmp_path / "in").mkdir()
    for name in ("007_李四.txt", "007_李四 (2).txt"):
        text(tmp_path / "in" / name, "第1题\n好")
    source = open_submissions(tmp_path / "in", RUBRICS)
    assert any("007" in words.zh and "以后出现的为准" in words.zh for words in source.notes)
