from __future__ import annotations

import sys

import pytest
from paper_files import pdf

from evaluator.errors import InputError
from evaluator.models.paper import WarningCode
from evaluator.papers.reading import read_document


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
