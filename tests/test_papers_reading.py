from __future__ import annotations

import codecs
import hashlib
import io
import sys
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from paper_files import docx, numbering, paragraph, pdf, run, styles, table

from evaluator.errors import InputError
from evaluator.models.paper import WarningCode
from evaluator.papers import reading, word
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


# Word


def test_a_word_document_gives_a_line_a_paragraph_and_a_line_a_table_row() -> None:
    document = docx(paragraph("客服试卷"), table(["项目", "1", "2"], ["得分", "5", "8"]), paragraph("完"))
    assert read_document(document).text == "客服试卷\n项目\t1\t2\n得分\t5\t8\n完"


def test_a_table_with_long_cells_gives_them_one_after_the_other() -> None:
    long = "先安抚客户" * 20
    assert read_document(docx(table(["1", long], ["2", "短"]))).text == f"1\n{long}\n2\t短"


def test_automatic_numbers_are_written_out_as_word_prints_them() -> None:
    lists = numbering(
        {1: [("chineseCounting", "%1、")], 2: [("decimal", "%1.")], 3: [("upperLetter", "%1.")]}, restarts={4: 3}
    )
    body = [("简答题", 1), ("题甲", 2), ("对", 3), ("错", 3), ("题乙", 2), ("是", 4), ("论述题", 1), ("题丙", 2)]
    document = docx(*(paragraph(text, numbered=(number, 0)) for text, number in body), numbering=lists)
    assert read_document(document).text.splitlines() == [
        *("一、简答题", "1. 题甲", "A. 对", "B. 错", "2. 题乙", "A. 是", "二、论述题", "3. 题丙"),
    ]


def test_deeper_levels_count_anew_and_show_the_levels_above() -> None:
    lists = numbering({1: [("decimal", "%1."), ("decimal", "%1.%2"), ("decimalEnclosedCircle", "%3")]})
    levels = [0, 1, 1, 2, 0, 1]
    document = docx(*(paragraph("题", numbered=(1, level)) for level in levels), numbering=lists)
    assert read_document(document).text.splitlines() == ["1. 题", "1.1 题", "1.2 题", "① 题", "2. 题", "2.1 题"]


def test_bullets_leave_no_sign_and_unknown_lists_no_label() -> None:
    document = docx(
        paragraph("要点", numbered=(1, 0)),
        paragraph("另一", numbered=(9, 0)),
        numbering=numbering({1: [("bullet", "•")]}),
    )
    assert read_document(document).text == "要点\n另一"


def test_numbers_that_a_style_brings_are_written_out() -> None:
    style = (
        '<w:style w:type="paragraph" w:styleId="Base"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="Own"><w:basedOn w:val="Base"/></w:style>'
    )
    lists = numbering({1: [("decimal", "第%1题")]})
    document = docx(paragraph("甲", style="Base"), paragraph("乙", style="Own"), numbering=lists, styles=styles(style))
    assert read_document(document).text == "第1题甲\n第2题乙"


def test_insertions_and_content_controls_are_read_and_deletions_are_not() -> None:
    inserted = f'<w:ins w:id="1" w:author="x">{run("已加")}</w:ins>'
    deleted = '<w:del w:id="2" w:author="x"><w:r><w:delText>已删</w:delText></w:r></w:del>'
    control = f"<w:sdt><w:sdtContent>{paragraph('控件')}</w:sdtContent></w:sdt>"
    assert read_document(docx(paragraph("题", raw=inserted + deleted), control)).text == "题已加\n控件"


def test_an_underlined_gap_is_a_blank_to_fill_in() -> None:
    gap = run("      ", '<w:u w:val="single"/>')
    assert read_document(docx(paragraph("客服的核心是", raw=gap + run("。")))).text == "客服的核心是____。"


def test_formulas_keep_their_characters() -> None:
    formula = "<m:oMath><m:r><m:t>y=2x</m:t></m:r></m:oMath>"
    assert (
        read_document(docx(paragraph("已知", raw=formula + run("，求") + f"<m:oMathPara>{formula}</m:oMathPara>"))).text
        == "已知y=2x，求y=2x"
    )


_COMPATIBILITY = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
_BOX = f"<w:txbxContent>{paragraph('框里')}</w:txbxContent>"


@pytest.mark.parametrize(
    "box",
    [
        (
            f"<mc:AlternateContent {_COMPATIBILITY}><mc:Choice Requires='wps'><w:drawing>{_BOX}</w:drawing></mc:Choice>"
            f"<mc:Fallback><w:pict>{_BOX}</w:pict></mc:Fallback></mc:AlternateContent>"
        ),
        f"<mc:AlternateContent {_COMPATIBILITY}><mc:Choice Requires='wps'><w:drawing>{_BOX}</w:drawing></mc:Choice></mc:AlternateContent>",
        f"<w:drawing><x>{_BOX}</x></w:drawing>",
    ],
    ids=["both", "new form only", "bare"],
)
def test_text_boxes_are_read_once(box: str) -> None:
    assert read_document(docx(paragraph("题", raw=f"<w:r>{box}</w:r>"))).text == "题\n框里"


def test_fields_and_phonetic_guides_keep_their_words() -> None:
    field = f'<w:fldSimple w:instr="REF x">{run("见上")}</w:fldSimple>'
    guide = f"<w:r><w:ruby><w:rt>{run('kè')}</w:rt><w:rubyBase>{run('客')}</w:rubyBase></w:ruby></w:r>"
    assert read_document(docx(paragraph("", raw=field + guide + run("户")))).text == "见上客户"


_PICTURE = (
    '<w:drawing><wp:inline xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"'
    ' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    ' xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"'
    ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><a:graphic><a:graphicData><pic:pic>'
    '<pic:blipFill><a:blip r:embed="r9"/></pic:blipFill></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing>'
)
_PICTURE_RELATION = (
    '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r9" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"'
    ' Target="media/a.png"/></Relationships>'
)


def test_pictures_are_left_out_and_counted() -> None:
    data = docx(paragraph("题", raw=f"<w:r>{_PICTURE}</w:r>"), **{"_rels/document.xml.rels": _PICTURE_RELATION})
    document = read_document(data)
    assert document.text == "题"
    (note,) = document.notes
    assert note.code is WarningCode.REMOVED_TEXT
    assert "1 张图片" in note.zh


def test_notes_at_the_foot_of_a_page_do_not_become_questions() -> None:
    assert read_document(docx(paragraph("题", raw='<w:r><w:footnoteReference w:id="2"/></w:r>'))).text == "题"


def test_a_zip_bomb_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(word, "MAX_UNPACKED", 1_000_000)
    bomb = docx(paragraph("题"), styles=b" " * 2_000_000)
    assert len(bomb) < 10_000
    with pytest.raises(InputError, match="压缩炸弹"):
        read_document(bomb)


@pytest.mark.parametrize(
    "part",
    [
        b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        b"<a>" * 5_000 + b"</a>" * 5_000,
        b"<a>",
    ],
    ids=["entities", "deep", "broken"],
)
def test_xml_that_no_word_processor_writes_is_refused(part: bytes) -> None:
    with pytest.raises(InputError, match="损坏"):
        read_document(docx(paragraph("题"), styles=part))


def test_a_document_whose_main_part_is_broken_is_refused() -> None:
    with pytest.raises(InputError, match="损坏"):
        read_document(docx("<w:p>"))


# PDF


def test_broken_lines_of_a_pdf_are_joined_and_new_starts_are_not() -> None:
    full = "请说明你如何处理一次客户投诉并说明处理的过程以及最终结果"
    page = [(72, 700, f"1.{full}"), (72, 684, "如何。"), (72, 668, full), (72, 652, "参考答案：先安抚。")]
    assert read_document(pdf(page)).text == f"1.{full}如何。\n{full}\n参考答案：先安抚。"


@pytest.mark.parametrize("more", ["C、D均不妥当。", "9:00起受理。", "3.5分以上。"])
def test_what_only_looks_like_a_start_goes_on(more: str) -> None:
    full = (
        "选项A正确而其余各项不符合服务规范的要求应当排除的还有，"
        if more[0] == "C"
        else "热线电话每天受理客户咨询的时间和满意度的目标分别定为"
    )
    assert read_document(pdf([(72, 700, full), (72, 684, more)])).text == full + more


def test_english_lines_are_joined_with_a_space() -> None:
    page = [(72, 700, "How do you calm a customer who is angry"), (72, 684, "about a late parcel?")]
    assert read_document(pdf(page)).text == "How do you calm a customer who is angry about a late parcel?"


@pytest.mark.parametrize("foot", ["- {} -", "第{}页 共3页", "Page {} of 3", "{}", "{} / 3"])
def test_headers_and_page_numbers_are_taken_out_and_listed(foot: str) -> None:
    pages = [
        [(72, 800, "某公司内部资料"), (72, 700, f"{page}.问题内容如何处理？"), (280, 30, foot.format(page))]
        for page in (1, 2, 3)
    ]
    document = read_document(pdf(*pages))
    assert document.text == "\n".join(f"{page}.问题内容如何处理？" for page in (1, 2, 3))
    assert {note.code for note in document.notes} == {WarningCode.REMOVED_TEXT}
    assert any("某公司内部资料" in note.zh for note in document.notes)


def test_labels_that_start_many_pages_are_no_headers() -> None:
    pages = [[(72, 700, "参考答案："), (72, 684, f"答案的内容第{page}"), (72, 668, "完")] for page in "甲乙丙"]
    assert read_document(pdf(*pages)).text.count("参考答案：") == 3


@pytest.mark.parametrize(
    "data",
    [
        pdf([], []),
        pdf("picture"),
        pdf([(72, 20, "扫描全能王创建")], [(72, 20, "扫描全能王创建")]),
        pdf([(72, 20, "CamScanner")], scanned=True),
    ],
    ids=["blank", "picture", "footer", "mark on a picture"],
)
def test_a_scanned_pdf_says_that_it_has_no_text(data: bytes) -> None:
    with pytest.raises(InputError, match="扫描"):
        read_document(data)


def test_pages_without_text_are_named_where_they_are_pictures() -> None:
    document = read_document(pdf([(72, 700, "1.如何处理客户的投诉？")], "picture", [], [(72, 700, "2.如何安抚？")]))
    (note,) = document.notes
    assert note.code is WarningCode.DAMAGED_TEXT
    assert note.zh.startswith("第 2 页是图片")


def test_a_pdf_behind_a_password_is_refused() -> None:
    with pytest.raises(InputError, match="密码"):
        read_document(pdf([(72, 700, "面试题")], locked=True))


def test_a_text_layer_of_private_characters_is_refused() -> None:
    with pytest.raises(InputError, match="乱码"):
        read_document(pdf([(72, 700, "".join(map(chr, range(0xE000, 0xE020))))]))


def test_a_pdf_that_is_cut_off_is_refused_or_read() -> None:
    with pytest.raises(InputError, match="PDF"):
        read_document(b"%PDF-1.7\nnothing else")


def test_without_pypdfium2_the_error_names_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pypdfium2", None)
    with pytest.raises(InputError, match=r"answer-evaluator\[pdf\]"):
        read_document(pdf([(72, 700, "面试题")]))


# HTML and Markdown


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>一、<b>简答</b>题</p><p>1.&nbsp;题&amp;目</p>", "一、简答题\n1. 题&目"),
        ("<div>题<br>A. 甲<br/>B. 乙</div>", "题\nA. 甲\nB. 乙"),
        ("<ol><li>甲</li><li>乙<ol type='A'><li>子</li></ol></li></ol>", "1. 甲\n2. 乙\nA. 子"),
        ("<ol start=5><li>甲<li>乙</ol>", "5. 甲\n6. 乙"),
        ("<ul><li>甲</li></ul>", "甲"),
        ("<table><tr><th>项目<td>1<tr><td>得分<td>A</table>", "项目\t1\n得分\tA"),
        ("<table><tr><td><p>甲</p><p>乙</p></td><td>丙</td></tr></table>后", "甲\n乙\n丙\n后"),
        (
            "<div>题<script>var a = '<p>';</script><style>p{}</style><p style='display: none'>藏</p><p hidden>x</p></div>",
            "题",
        ),
        ("<p>核心是<u>&nbsp;&nbsp;&nbsp;</u>。</p>", "核心是____。"),
        ("<div>题\n   目</div>", "题 目"),
        ("<div><select><option>甲</select>题</div>", "题"),
        ("<pre>甲\n  乙</pre>", "甲\n乙"),
        ("<p><ruby>客<rp>(</rp><rt>kè</rt><rp>)</rp></ruby>户</p>", "客户"),
    ],
)
def test_a_page_gives_the_lines_that_a_reader_sees(html: str, text: str) -> None:
    assert read_document(html.encode()).text == text


def test_a_page_is_decoded_as_it_declares_itself() -> None:
    page = "<html><head><meta charset='gb2312'><title>站</title></head><body><p>题</p></body></html>"
    assert read_document(page.encode("gbk")).text == "题"


def test_a_single_file_web_page_is_read() -> None:
    archive = (
        'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="b"\r\n\r\n--b\r\n'
        'Content-Type: text/html; charset="utf-8"\r\nContent-Transfer-Encoding: 8bit\r\n\r\n'
        "<html><body><p>客户投诉怎么处理？</p></body></html>\r\n--b--\r\n"
    )
    assert read_document(archive.encode()).text == "客户投诉怎么处理？"


def test_a_less_than_sign_makes_no_page() -> None:
    assert read_document("<注意> 满意度 <60% 时如何处理？".encode()).text == "<注意> 满意度 <60% 时如何处理？"


@pytest.mark.parametrize(
    ("marked", "text"),
    [
        ("## 一、简答题 ##", "一、简答题"),
        ("**1. 题目**：如何？", "1. 题目：如何？"),
        ("__答案__：*先*安抚", "答案：先安抚"),
        ("填空：____是核心，_____也是", "填空：____是核心，_____也是"),
        ("- A. 甲\n* B. 乙", "A. 甲\nB. 乙"),
        ("1\\. 题", "1. 题"),
        ("见[附件](https://example.com/a)和![图](b.png)", "见附件和"),
        ("| 项目 | 1 |\n|---|:-:|\n| 得分 | A |", "项目\t1\n得分\tA"),
        ("> 材料", "材料"),
        ("3*4*5 等于？", "3*4*5 等于？"),
        ("甲<br>乙 &lt; 丙", "甲\n乙 < 丙"),
        ("`AHT` 是什么", "AHT 是什么"),
    ],
)
def test_signs_of_markdown_are_taken_off(marked: str, text: str) -> None:
    assert read_document(marked.encode(), name="paper.md").text == text


# Tables of questions


@pytest.mark.parametrize("numbers", ["题号", "序号", "No."])
def test_a_table_of_answers_gives_pairs(numbers: str) -> None:
    rows = [numbers, "1", "2", "3"], ["答案", "A", "BC", "√"], [numbers, "4", "5", ""], ["答案", "D", "A", ""]
    assert read_document(docx(table(*rows))).text == "参考答案\n1.A\n2.BC\n3.√\n4.D\n5.A"


def test_a_table_of_questions_gives_them_as_a_paper_prints_them() -> None:
    rows = (
        ["序号", "题型", "题目", "选项A", "选项B", "答案", "解析", "分值"],
        ["1", "单选题", "先做什么？", "安抚", "退款", "A", "先处理心情。", "2"],
        ["2", "简答题", "如何跟进？", "", "", "回访客户", "", "10分"],
    )
    assert read_document(docx(table(*rows))).text.splitlines() == [
        *("1. 【单选题】先做什么？（2分）", "A. 安抚", "B. 退款", "答案：A", "解析：先处理心情。"),
        *("2. 【简答题】如何跟进？（10分）", "答案：回访客户"),
    ]


def test_a_markdown_table_of_questions_is_read_alike() -> None:
    text = "| 题号 | 题目 | 参考答案 |\n|---|---|---|\n| 1 | 如何安抚？ | 倾听<br>致歉 |\n\n完"
    assert read_document(text.encode(), name="a.md").text == "1. 如何安抚？\n答案：倾听\n致歉\n\n完"


def test_cells_that_reach_over_rows_and_columns_keep_the_others_in_place() -> None:
    page = (
        "<table><tr><td>题型<td>题目<td>答案<tr><td rowspan=2>简答<td>甲？<td>一<tr><td>乙？<td>二"
        "<tr><td colspan=2>合计<td>2</table>"
    )
    assert read_document(page.encode()).text.splitlines() == [
        "【简答】甲？",
        "答案：一",
        "乙？",
        "答案：二",
        "合计\t\t2",
    ]


def test_a_table_inside_a_cell_stays_in_it() -> None:
    page = "<table><tr><td>外<table><tr><td>内1<td>内2</table><td>右</table>完"
    assert read_document(page.encode()).text == "外\n内1\t内2\n右\n完"


# What is refused


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


@settings(max_examples=200, deadline=None)
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


@settings(max_examples=200, deadline=None)
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
