"""Whether a file names somebody, whatever kind of file it is."""

import io
import zipfile

import pytest
from paper_files import docx, paragraph
from submission_files import jsonl, text, xlsx

from evaluator.submissions.mentioning import mentions


def workbook(path):
    return xlsx(
        path / "一.xlsx", ("说明", [["先看这里"]]), ("答卷", [["考号", "姓名"], [2024001, "张三"], ["A10", "李四"]])
    )


def csv(path):
    return text(path / "二.csv", "考号,谁\n2024001,张三\nA10,李四\n", "gb18030")


def records(path):
    return jsonl(path / "三.jsonl", {"id": 2024001, "columns": {"姓名": "张三"}}, {"id": "A10", "answer": "不知道"})


def page(path):
    rows = "<tr><th>考号<th>姓名</tr><tr><td>2024001<td>张三</tr><tr><td>A10<td>李四</tr>"
    return text(path / "四.html", f"<table>{rows}</table>")


def zipped(path):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("A10.txt", "第1题\n不知道")
        archive.writestr("2024001_张三.docx", docx(paragraph("第1题"), paragraph("先道歉")))
    (path / "五.zip").write_bytes(packed.getvalue())
    return path / "五.zip"


@pytest.mark.parametrize("made", [workbook, csv, records, page, zipped])
def test_an_id_and_a_name_are_found_and_parts_of_them_are_not(tmp_path, made):
    path = made(tmp_path)
    for named in ("2024001", "张三", "A10"):
        assert mentions(path, named), named
    for named in ("2024", "张", "A1", "王五"):
        assert not mentions(path, named), named


@pytest.mark.parametrize("suffix", [".txt", ".md", ".docx"])
def test_a_document_names_who_stands_anywhere_in_it(tmp_path, suffix):
    lines = ("姓名：张三，考号：2024001", "第1题", '他说"你好')
    path = tmp_path / f"李四{suffix}"
    path.write_bytes(docx(*map(paragraph, lines)) if suffix == ".docx" else "\n".join(lines).encode())
    for named in ("张三", "2024001", "李四"):
        assert mentions(path, named), named
    for named in ("王五", "三"):
        assert not mentions(path, named), named


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.xlsx", b"PK\x03\x04broken"), ("a.csv", b"\x89PNG\r\n\x1a\n"), ("a.csv", b""), ("a.pdf", b"%PDF-1.4 broken"),
     ("a.jsonl", b'{"id": "1"}\n{broken'), ("a.csv", 'id,答案\n1,"没有关上\n'.encode())],
)  # fmt: skip
def test_of_what_cannot_be_read_nobody_can_say_that_it_does_not(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    assert mentions(tmp_path / name, "张三")
