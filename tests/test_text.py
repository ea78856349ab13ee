from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from evaluator.text import alike, folded, invisible, normalise, similarity, simplified

LAWS = settings(max_examples=100, deadline=None)
PIECES = [
    "安抚客户",
    "職業發展",
    "Full",
    "ＡＢＣ",
    "①",
    "㎡",
    "ﬁ",
    "3.5",
    "３．５",
    "％",
    "，",
    "。",
    " ",
    "\n",
    "é",
    "e\u0301",
    "\u200b",
    "\u202e",
    "ß",
    "👩‍💻",
    "C#",
    "\U000e0041",
]
TEXTS = st.one_of(st.text(max_size=60), st.lists(st.sampled_from(PIECES), max_size=12).map("".join))


@pytest.mark.parametrize(
    ("source", "folded"),
    [
        ("", ""),
        ("先安抚，再解决。", "先安抚再解决"),
        ("職業發展與規劃", "职业发展与规划"),
        ("看著客戶瞭解餘額", "看着客户了解余额"),
        ("ＡＢＣ１２３", "abc123"),
        ("Straße", "strasse"),
        ("ﬁrst ①㎡ ½", "first1m21⁄2"),
        ("客\u200b户\u202e \ufeff满\u00ad意", "客户满意"),
        ("客\U000e0041户", "客户"),
        ("客\u0336户\u0336", "客户"),
        ("résumé = re\u0301sume\u0301", "resume=resume"),
        ("响应时间 < 3.5 秒，提升 20%", "响应时间<3.5秒提升20%"),
        ("1. 安抚 2. 解决", "1安抚2解决"),
        ("C# 和 C++，不是 C；# 标题", "c#和c++不是c标题"),
        ("３．５", "3.5"),
        ("\u3164\u2800", ""),
        ("👍好", "好"),
    ],
)
def test_folding_keeps_what_is_said_and_drops_how_it_is_written(source, folded):
    assert normalise(source).text == folded


@pytest.mark.parametrize(
    ("source", "folded"),
    [("先安抚，再 解决。", "先安抚,再解决。"), ("A.B（注）", "a.b(注)"), ("# 标题", "#标题")],
)
def test_punctuation_stays_when_asked_for(source, folded):
    assert normalise(source, keep_punctuation=True).text == folded


def test_spaces_and_line_ends_stay_when_asked_for():
    assert (
        normalise("先\u3000安撫\t客戶。\r\nOK", keep_punctuation=True, keep_spaces=True).text == "先 安抚 客户。\n\nok"
    )


def test_one_character_that_becomes_many_keeps_one_origin():
    assert normalise("a㎡ﬁ b").origins == (0, 1, 1, 2, 2, 4)


def test_a_span_of_the_folded_text_leads_back_to_the_source():
    source = "第一，先安\u200b撫客戶；第二…"
    folded = normalise(source)
    at = folded.text.index("安抚")
    start, end = folded.span(at, at + 4)
    assert source[start:end] == "安\u200b撫客戶"


@pytest.mark.parametrize("span", [(0, 0), (2, 1), (-1, 1), (0, 3)])
def test_a_span_that_does_not_exist_is_refused(span):
    with pytest.raises(ValueError, match="no span"):
        normalise("客户").span(*span)


@LAWS
@given(TEXTS)
@example("苧薴")
def test_folding_twice_changes_nothing_more(source):
    for keep in (False, True):
        once = normalise(source, keep_punctuation=keep).text
        assert normalise(once, keep_punctuation=keep).text == once


@LAWS
@given(TEXTS, st.booleans(), st.booleans())
@example("3.5 C# Ｃ＃．5", False, True)
def test_folding_alone_gives_the_text_that_normalising_gives(source, punctuation, spaces):
    whole = normalise(source, keep_punctuation=punctuation, keep_spaces=spaces)
    assert folded(source, keep_punctuation=punctuation, keep_spaces=spaces) == whole.text


@LAWS
@given(st.text(alphabet="ab", max_size=30), st.text(alphabet="ab", max_size=30), st.sampled_from((0.5, 0.9, 1.0)))
@example("a" * 9, "a" * 11, 0.9)
@example("", "", 0.5)
def test_texts_are_alike_from_their_least_similarity_on(a, b, least):
    assert alike(a, b, least) == (similarity(a, b) >= least)


@LAWS
@given(TEXTS)
def test_every_folded_character_has_an_origin_in_order(source):
    folded = normalise(source)
    assert len(folded.origins) == len(folded.text)
    assert list(folded.origins) == sorted(folded.origins)
    assert all(0 <= origin < len(source) for origin in folded.origins)


@LAWS
@given(TEXTS, st.data())
def test_a_part_of_a_text_folds_to_a_part_of_the_folded_text(source, data):
    start = data.draw(st.integers(0, len(source)))
    end = data.draw(st.integers(start, len(source)))
    part = normalise(source[start:end], keep_punctuation=True).text
    assert part in normalise(source, keep_punctuation=True).text


@LAWS
@given(TEXTS.filter(lambda text: normalise(text).text))
def test_a_span_covers_exactly_the_characters_that_fold_into_it(source):
    folded = normalise(source, keep_punctuation=True)
    start, end = folded.span(0, len(folded.text))
    assert normalise(source[start:end], keep_punctuation=True).text == folded.text


@pytest.mark.parametrize(
    ("a", "b", "low", "high"),
    [
        ("先安抚客户情绪", "先安撫客戶，情緒。", 1.0, 1.0),
        ("先安抚客户情绪", "先安抚顾客的情绪", 0.6, 0.9),
        ("先安抚客户情绪", "completely different", 0.0, 0.1),
        ("", "", 0.0, 0.0),
        ("。。。", "", 0.0, 0.0),
        ("3.5", "35", 0.5, 0.9),
    ],
)
def test_similarity_is_about_words_and_not_about_writing(a, b, low, high):
    assert low <= similarity(a, b) <= high
    assert similarity(a, b) == similarity(b, a)


@pytest.mark.parametrize("char", ["戶", "户", "A", "𠮷", "é"])
def test_simplifying_keeps_one_character_one_character(char):
    assert len(simplified(char)) == 1


def test_no_character_of_the_cjk_blocks_changes_length_when_simplified():
    assert all(len(simplified(chr(code))) == 1 for code in range(0x2E80, 0xA000))


@pytest.mark.parametrize(
    ("char", "hidden"),
    [("\u200b", True), ("\u2066", True), ("\U000e0061", True), ("\ufe0f", True), ("\u3164", True), ("\x00", True),
     ("\n", False), (" ", False), ("\u3000", False), ("a", False), ("。", False)],
)  # fmt: skip
def test_invisible_is_what_shows_nothing_and_is_no_white_space(char, hidden):
    assert invisible(char) is hidden


def test_importing_does_not_read_the_dictionaries():
    code = "import sys, evaluator.text; sys.exit('opencc' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
