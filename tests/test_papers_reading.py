from __future__ import annotations

import codecs
import hashlib
import io
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from paper_files import docx, numbering, paragraph, pdf, table

from evaluator.errors import InputError
from evaluator.models.paper import WarningCode
from evaluator.papers import reading
from evaluator.papers.reading import read_document

PAPER = (
    "一、简答题（共2题）\n1. 客户投诉时，你会怎么处理？\n参考答案：先安抚客户情绪，再核实问题，最后给出方案并跟进。\n"
)
TRADITIONAL = (
    "一、簡答題（共2題）\n1. 客戶投訴時，你會怎麼處理？\n參考答案：先安撫客戶情緒，再核實問題，最後給出方案並跟進。\n"
)


@pytest.mark.parametrize("mark", [b"", codecs.BOM_UTF8], ids=["bare", "marked"])
def test_utf_8_is_read_with_and_without_a_mark(mark: bytes) -> None:
    assert read_document(mark + PAPER.encode()).text == PAPER


@pytest.mark.parametrize("encoding", ["gb18030", "gbk", "gb2312", "utf-16-le", "utf-16-be", "utf-16", "utf-32"])
def test_simplified_papers_are_read_in_every_encoding(encoding: str) -> None:
    assert read_document(PAPER.encode(encoding)).text == PAPER


@pytest.mark.parametrize("encoding", ["big5", "cp950", "big5hkscs", "gbk", "gb18030", "utf-16-le", "utf-16-be"])
def test_traditional_papers_are_read_in_every_encoding(encoding: str) -> None:
    assert read_document(TRADITIONAL.encode(encoding)).text == TRADITIONAL


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_is_known_by_its_characters(encoding: str) -> None:
    english = "1. How do you calm an angry customer?\n"
    assert read_document(english.encode(encoding)).text == english


@pytest.mark.parametrize("end", ["\r\n", "\r", "\u2028", "\x0b", "\n"])
def test_every_line_end_becomes_a_line_feed(end: str) -> None:
    assert read_document(f"第一行{end}第二行".encode()).text == "第一行\n第二行"


def test_offsets_of_a_windows_file_count_the_text_that_is_handed_out() -> None:
    text = read_document(PAPER.replace("\n", "\r\n").encode("gb18030")).text
    assert text.index("参考答案") == PAPER.index("参考答案")


def test_a_text_cut_inside_a_character_is_read_up_to_there_and_says_so() -> None:
    document = read_document(PAPER.encode()[:-2])
    assert document.text.startswith(PAPER[:-2])
    (note,) = document.notes
    assert note.code is WarningCode.DAMAGED_TEXT
    assert note.place
    assert document.text[note.place.start : note.place.end] == "�"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [(PAPER, "utf-8"), (PAPER, "gb18030"), (TRADITIONAL, "big5")],
    ids=["utf-8", "gb18030", "big5"],
)
@pytest.mark.parametrize("byte", [0x00, 0xFF])
def test_stray_bytes_do_not_change_the_encoding_that_is_found(text: str, encoding: str, byte: int) -> None:
    data = bytearray((text * 10).encode(encoding))
    data[50::100] = bytes([byte]) * len(data[50::100])
    found = read_document(bytes(data)).text
    assert sum(map(found.count, text.split())) > 10


def test_invisible_characters_and_radicals_are_made_plain() -> None:
    assert read_document("\ufeff⾯试\u200b⻓期\x00考⻅".encode()).text == "面试长期考见"


def test_the_digest_is_that_of_the_bytes() -> None:
    data = PAPER.encode("gbk")
    assert read_document(data).sha256 == hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (PAPER.encode(), "txt"),
        (b"<html><body><p>\xe9\xa2\x98</p></body></html>", "html"),
        (b"<!-- saved --><!DOCTYPE html>\n<html><p>x</p></html>", "html"),
        ("# 试卷\n\n## 一、简答题\n\n1. 题".encode(), "md"),
        (docx(paragraph("题")), "docx"),
        (pdf([(72, 700, "面试题目一")]), "pdf"),
    ],
)
def test_the_bytes_say_what_a_file_is_whatever_its_name(data: bytes, kind: str) -> None:
    assert read_document(data, name="paper.txt").kind == kind
    assert read_document(data, name="paper.docx").kind == kind


def test_a_file_is_read_like_its_bytes(tmp_path: Path) -> None:
    path = tmp_path / "paper.doc"
    path.write_bytes(PAPER.encode("gb18030"))
    assert read_document(path) == read_document(path.read_bytes())


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "空"),
        (b" \r\n\t", "空"),
        (b"\xef\xbb\xbf", "空"),
        (docx(), "没有文字"),
        (b"<html><body><img src='a.png'></body></html>", "没有文字"),
        (b"{\\rtf1\\ansi x}", "RTF"),
        (b"\x89PNG\r\n\x1a\n" + bytes(40), "图片"),
        (b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "密码"),
        (b"\xd0\xcf\x11\xe0" + "WordDocument".encode("utf-16-le"), ".doc"),
        (b"\xd0\xcf\x11\xe0" + bytes(40), "Office"),
        (b"PK\x03\x04 and no more", "损坏"),
        (bytes(range(256)) * 40, "二进制"),
        (b"\x7fELF" + bytes(200), "二进制"),
    ],
)
def test_what_holds_no_text_is_refused_with_the_reason(data: bytes, said: str) -> None:
    with pytest.raises(InputError) as raised:
        read_document(data, name="试卷.bin")
    (problem,) = raised.value.problems
    assert problem.file == "试卷.bin"
    assert said in problem.message.zh
    assert problem.message.en
    assert problem.hint


@pytest.mark.parametrize(
    ("entry", "said"), [("xl/workbook.xml", "Excel"), ("ppt/presentation.xml", "PPT"), ("a.txt", "压缩包")]
)
def test_other_archives_are_named(entry: str, said: str) -> None:
    packed = io.BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        archive.writestr(entry, "x")
    with pytest.raises(InputError, match=said):
        read_document(packed.getvalue())


def test_huge_files_are_refused_without_being_read_to_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_BYTES", 1000)
    path = tmp_path / "big.txt"
    path.write_text("题" * 1000, encoding="utf-8")
    with pytest.raises(InputError, match="太大"):
        read_document(path)


def test_texts_beyond_any_paper_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_CHARACTERS", 10)
    with pytest.raises(InputError, match="太大"):
        read_document(("题" * 11).encode())


@pytest.mark.parametrize("name", ["missing.txt", ""])
def test_a_path_that_is_no_file_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="文件"):
        read_document(tmp_path / name)


_SOURCES = (
    PAPER.encode(),
    PAPER.encode("gb18030"),
    TRADITIONAL.encode("big5"),
    docx(paragraph("题", numbered=(1, 0)), table(["1", "A"]), numbering=numbering({1: [("decimal", "%1.")]})),
    pdf([(72, 700, "1.面试题目"), (72, 680, "参考答案：先安抚客户")]),
    "<html><table><tr><td>题<ol><li>甲</li></ol></td></tr></table></html>".encode(),
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
)


@settings(max_examples=100, deadline=None)
@given(
    source=st.sampled_from(_SOURCES),
    flips=st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 255)), max_size=12),
    cut=st.integers(0, 5000),
)
def test_damaged_bytes_are_read_or_refused_and_nothing_else(
    source: bytes, flips: list[tuple[int, int]], cut: int
) -> None:
    data = bytearray(source)
    for place, byte in flips:
        data[place % len(data)] = byte
    try:
        document = read_document(bytes(data[: max(1, len(data) - cut % len(data))]))
    except InputError:
        return
    assert document.text.strip()
    assert all(note.place is None or note.place.end <= len(document.text) for note in document.notes)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        document = read_document(data)
    except InputError:
        return
    document.text.encode()


@pytest.mark.parametrize("paper", sorted(Path("../shared/papers").glob("*.txt")), ids=lambda path: path.name[:3])
def test_papers_in_utf_8_are_handed_on_as_they_are(paper: Path) -> None:
    document = read_document(paper)
    assert document.kind == "txt"
    assert not document.notes
    assert document.text.count("\n") >= paper.read_text(encoding="utf-8").count("\n")
