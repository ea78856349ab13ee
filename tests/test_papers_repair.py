"""Repair keeps honest text, removes what is the site's, and knows where every character stood."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluator.models import WarningCode
from evaluator.papers.repair import mend

CLEAN = """社区图书馆管理员笔试试卷

一、单选题（共2题，每题5分，共10分）

1. 读者归还的图书有水渍，管理员首先应当（ ）。
A. 当场登记并说明赔偿办法
B. 拒收
C. 放回书架
D. 让读者自行晾干
答案：A
解析：登记是处理的起点，详见《馆规》第3条（约 200 字）。

二、简答题（10分）

2. 有人在公众号留言说“借阅系统无法下载电子书”，你怎么回复？
参考答案：先致歉，再核实账号；随后给出下载步骤，并在24小时内回访。
(1) 核实 Wi-Fi 与 App 版本（≥ 3.2）；
(2) 评论区同步公告。
3. 著作权与乾隆年间的藏书有什么关系？
"""
PAPERS = sorted((Path(__file__).parents[2] / "shared" / "papers").glob("*.txt"))

SITE_LINES = [
    "2031年花店店长笔试.docxVIP",
    "第PAGE页共NUMPAGES页",
    "第 3 页 共 12 页",
    "Page 3 of 12",
    "- 7 -",
    "花店店長職業(yè)技能試題_第2頁",
    "已閱讀5頁，還剩8頁未讀 繼續(xù)免費(fèi)閱讀",
    "下載本文檔",
    "您可能关注的文档",
    "文档评论(0)",
    "0/150",
    "提交评论",
    "1亿VIP精品文档",
    "相关文档==========",
    "该用户很懒，什么也没介绍",
    "温馨提示：本站资源均由会员上传，请下载后鉴别。",
    "本文档由用户AI专业辅助创建，并经网站质量审核通过",
    "更多真题请访问花艺题库",
    "微信公众号：huayi_tiku",
    "https://example.org/doc/123.html",
]
HONEST_LINES = [
    "1. 客户在网站下载文档失败，要求退款，你如何处理？",
    "A. 关注公众号后领取优惠券",
    "C. 在评论区回复",
    "请仔细阅读第3页共2段的材料后作答。",
    "答案：B",
    "06",
    "下载",
    "分享",
    "温馨提示：考试时间90分钟，请用黑色签字笔作答。",
    "评论员文章的特点是什么？",
    "解析：侵权责任由谁承担，取决于上传者是否知情。",
    "report.docx",
]


def test_a_clean_paper_goes_through_unchanged():
    mended = mend(CLEAN)
    assert mended.text == CLEAN
    assert mended.origins == tuple(range(len(CLEAN)))
    assert mended.removed == ()
    assert mended.warnings == ()


@pytest.mark.parametrize("line", SITE_LINES)
def test_a_line_of_the_site_is_removed_and_listed_with_its_place(line):
    source = CLEAN.replace("\n\n二、", f"\n\n{line}\n\n二、")
    mended = mend(source)
    assert mended.text.replace("\n\n\n", "\n\n") == CLEAN
    (removed,) = mended.removed
    assert source[removed.span.start : removed.span.end] == line
    (warning,) = mended.warnings
    assert warning.code is WarningCode.REMOVED_TEXT
    assert warning.place == removed.span


@pytest.mark.parametrize("line", HONEST_LINES)
def test_a_line_that_only_talks_like_a_site_is_kept(line):
    source = CLEAN.replace("\n\n二、", f"\n\n{line}\n\n二、")
    assert mend(source).text == source


def test_what_stands_before_and_behind_a_paper_on_a_document_site_is_removed_as_blocks():
    head = "花店店长笔试.docx\n本文档由用户专业创建\n  1. 1、本站所有内容均由合作方或网友上传。\n查看更多\n\n"
    tail = (
        "\n温馨提示\n\n  • 1. 本站所有资源如无特殊说明，都需要本地电脑安装阅读器。\n  • 2. 图纸软件为CAD，压缩文件请下载最新软件解压。\n"
        "\n最新文档\n- 飞行器设计导论课件\n- 2031年咖啡师考试题库及答案解析\n评论\n0/150\n提交评论"
    )
    mended = mend(head + CLEAN + tail)
    assert mended.text.strip() == CLEAN.strip()
    assert {removed.kind.value for removed in mended.removed} == {"site_notice", "other_documents", "comment_box"}


def test_inserted_pinyin_goes_and_traditional_characters_are_simplified():
    mended = mend("請簡述導(dǎo)購人員的職業(yè)素養(yǎng)與責(zé)任。\n答案：認(rèn)真對待每一位顧客。")
    assert mended.text == "请简述导购人员的职业素养与责任。\n答案：认真对待每一位顾客。"
    start = mended.text.index("职业素养")
    span = mended.span(start, start + 4)
    assert mend("請簡述導(dǎo)購人員的職業(yè)素養(yǎng)").text[-4:] == "职业素养"
    assert (span.start, span.end) == (13, 21)


def test_pinyin_and_traditional_words_that_the_author_wrote_are_kept():
    source = "“行(háng)业”与“行(xíng)走”中“行”的读音不同，“髮”是“发”的繁体之一，说明理由。"
    assert mend(source).text == source


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("Ａ．甲\u3000Ｂ．乙", "A．甲 B．乙"),
        ("共１０题", "共10题"),
        ("客\u200b户\ufeff", "客户"),
        ("\u2f00线", "一线"),
    ],
)
def test_widths_and_invisible_characters_are_made_plain(source, expected):
    assert mend(source).text == expected


def test_marks_that_were_all_made_half_width_become_full_width_again():
    source = "你好,请问?先致歉,再核实;然后回访!结果:满意,共1,200人,占90%,很好."
    assert mend(source).text == "你好，请问？先致歉，再核实；然后回访！结果：满意，共1,200人，占90%，很好."


def test_a_few_half_width_marks_are_left_to_their_author():
    source = "你好,请问？先致歉，再核实；然后回访！结果：满意，共1,200人。"
    assert mend(source).text == source


def test_lines_wrapped_at_a_width_become_sentences_again_and_items_stay_apart():
    source = (
        "1. 花店遇到顾客投诉鲜花第二天就枯萎的时候应当怎样处理才能让顾客满意而又不\n"
        "损害门店的利益？\n"
        "答案：店员应当首先向顾客致歉并且认真了解鲜花摆放的环境和换水的情况随后根据\n"
        "实际情况给出补送或者退款的方案并且把护理说明书再次交给顾客确认以免再次发\n"
        "生类似的问题最后在三天之内主动回访顾客并且把本次投诉的经过记录在案供全体店\n"
        "员学习。\n"
        "(1) 致歉\n"
        "(2) 回访"
    )
    lines = mend(source).text.split("\n")
    assert [line[:4] for line in lines] == ["1. 花", "答案：店", "(1) ", "(2) "]
    assert "而又不损害门店" in lines[0]
    assert "全体店员学习。" in lines[1]


def test_a_line_break_behind_a_comma_is_no_end_of_a_sentence():
    assert mend("先致歉，\n再核实账号。\n(1) 回访，\n(2) 记录").text == "先致歉，再核实账号。\n(1) 回访，\n(2) 记录"


@pytest.mark.parametrize("path", PAPERS, ids=lambda path: path.stem[:3])
def test_real_papers_keep_their_questions_and_lose_the_site(path):
    source = path.read_text(encoding="utf-8")
    text = mend(source).text
    for word in ("VIP精品文档", "您可能关注", "0/150", "提交评论", "NUMPAGES", "本站", "下载本文档", "(yè)", "隊"):
        assert word not in text
    assert len(text) > 0.5 * len(source)


@settings(max_examples=80, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [*SITE_LINES, *HONEST_LINES, "職業(yè)", "??蛻舻恼Z言", "因?yàn)槲揖邆", "最新文档", "- 试卷", "，"]
        )
        | st.text(max_size=20),
        max_size=12,
    )
)
def test_mending_never_raises_and_every_character_has_a_place_that_never_falls(lines):
    source = "\n".join(lines)
    mended = mend(source)
    assert len(mended.origins) == len(mended.text)
    assert list(mended.origins) == sorted(mended.origins)
    assert all(0 <= place < max(1, len(source)) for place in mended.origins)
    for removed in mended.removed:
        assert source[removed.span.start : removed.span.end].strip()


PROSE = st.text(
    alphabet="顾客门店服务投诉处理首先其次最后因为所以我们你的是在了和与或不，。；：？！“”（）、ABCabc0123456789 .,()%",
    min_size=1,
    max_size=80,
)


@settings(max_examples=80, deadline=None)
@given(st.lists(PROSE.map(lambda line: "花店" + line + "完。"), min_size=1, max_size=5))
def test_honest_prose_is_kept_character_for_character(lines):
    source = "\n".join(lines)
    half = sum(line.count(mark) for line in lines for mark in ",?!;:")
    if half < 5:
        assert mend(source).text == source
