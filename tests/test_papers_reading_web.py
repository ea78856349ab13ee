from __future__ import annotations

import pytest
from paper_files import docx, table

from evaluator.papers.reading import read_document


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
