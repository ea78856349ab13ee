from __future__ import annotations

import pytest
from paper_files import docx, numbering, paragraph, run, styles, table

from evaluator.errors import InputError
from evaluator.models.paper import WarningCode
from evaluator.papers import word
from evaluator.papers.reading import read_document


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
