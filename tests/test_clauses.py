from __future__ import annotations

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluator.clauses import _COMMA, _GLUED_WITHOUT_MAIL, _MARKER, _SENTENCE, cut, windows

LAWS = settings(max_examples=100, deadline=None)
PIECES = ["先安抚客户的情绪", "然后", "了解情况", "，", "。", "；", "、", " ", "\n", "\r\n", "\u3000", "1. ", "①", "（1）", "- ", "“好的。”", "（", "）", "3.5",
          "https://a.cn/b?c=d,e", "a@b.cn", "Mr. Smith", "I would apologise", ", and then ", ".", "!", "```", "x = 1;", "👩‍👩‍👧", "🇨🇳", "👍🏽", "e\u0301", "\u200b", "…", "我们客户的问题" * 8,
          "\ud83d\ude00", "word" * 30]  # fmt: skip
ANSWERS = st.one_of(st.text(max_size=80), st.lists(st.sampled_from(PIECES), max_size=25).map("".join))


def texts(answer):
    return [clause.text for clause in cut(answer)]


@pytest.mark.parametrize(
    ("answer", "clauses"),
    [
        (
            "首先安抚客户的情绪。其次了解事情的经过；最后给出方案！",
            ["首先安抚客户的情绪。", "其次了解事情的经过；", "最后给出方案！"],
        ),
        (
            "我会先耐心倾听客户的问题，然后给出合理的解决方案。",
            ["我会先耐心倾听客户的问题，", "然后给出合理的解决方案。"],
        ),
        ("先道歉，再倾听。", ["先道歉，再倾听。"]),
        ("好的。我会先安抚客户情绪。", ["好的。我会先安抚客户情绪。"]),
        ("他说：“好，没问题。”，客户就满意地离开了。", ["他说：“好，没问题。”，", "客户就满意地离开了。"]),
        (
            "我会告诉他“您先消消气，我们马上处理，好吗？”让他放心。",
            ["我会告诉他“您先消消气，我们马上处理，好吗？”", "让他放心。"],
        ),
        ("安抚客户的情绪.了解问题的经过.给出解决方案", ["安抚客户的情绪.", "了解问题的经过.", "给出解决方案"]),
        ("安抚客户的情绪!了解问题的经过?给出解决方案", ["安抚客户的情绪!", "了解问题的经过?", "给出解决方案"]),
        ("先安撫客戶的情緒，接著瞭解問題的經過。", ["先安撫客戶的情緒，", "接著瞭解問題的經過。"]),
    ],
)
def test_sentences_and_long_enough_halves_of_them_are_clauses(answer, clauses):
    assert texts(answer) == clauses


@pytest.mark.parametrize(
    "whole",
    [
        "3.5",
        "1,000,000",
        "2024-05-01",
        "10:30",
        "https://a.cn/x?y=1,2;z!",
        "zhang.san@corp.com.cn",
        "Mr. Smith",
        "e.g. this",
        "v1.2.3",
        "main.py",
        "A/B",
        "J. Smith",
        "&lt;",
    ],
)
def test_what_belongs_together_is_never_cut(whole):
    answer = f"我们在处理客户投诉的时候会用到 {whole} 这样的东西来说明情况和问题所在，并且做好记录和反馈工作"
    assert any(whole in text for text in texts(answer))


@pytest.mark.parametrize(
    ("answer", "clauses"),
    [
        (
            "1. 安抚客户情绪。先道歉，再倾听。\n2、了解问题\n（3）解决",
            ["1. 安抚客户情绪。先道歉，再倾听。", "2、了解问题", "（3）解决"],
        ),
        ("- 安抚\n• 了解\n* 解决", ["- 安抚", "• 了解", "* 解决"]),
        ("主要有三点：1.安抚客户2.了解原因3.给出方案", ["主要有三点：", "1.安抚客户", "2.了解原因", "3.给出方案"]),
        ("①倾听②道歉③补偿", ["①倾听", "②道歉", "③补偿"]),
        ("步骤如下：（1）倾听；（2）道歉；（3）补偿", ["步骤如下：", "（1）倾听；", "（2）道歉；", "（3）补偿"]),
        ("一、安抚\n二、解决", ["一、安抚", "二、解决"]),
        ("大概需要2、3个工作日，预算1.5万", ["大概需要2、3个工作日，预算1.5万"]),
    ],
)
def test_an_item_of_a_list_is_one_clause(answer, clauses):
    assert texts(answer) == clauses


def test_a_long_item_is_cut_like_any_text():
    answer = "1. " + "我会先耐心倾听客户的诉求，再给出合理的解决方案。" * 4
    assert len(texts(answer)) == 8


@pytest.mark.parametrize(
    ("answer", "clauses"),
    [
        ("```python\ndef f(x):\n    return x + 1, 2\n```", ["```python", "def f(x):", "return x + 1, 2", "```"]),
        ("for (int i = 0; i < n; i++) {\n  sum += a[i];\n}", ["for (int i = 0; i < n; i++) {", "sum += a[i];", "}"]),
        (
            "SELECT name, count(*) FROM t WHERE a > 1\nGROUP BY name",
            ["SELECT name, count(*) FROM t WHERE a > 1", "GROUP BY name"],
        ),
    ],
)
def test_a_line_of_code_is_a_clause(answer, clauses):
    assert texts(answer) == clauses


@pytest.mark.parametrize(
    ("answer", "clauses"),
    [
        (
            "Mr. Smith said that 3.5% complained. I would apologise first, then check the order record. Then I'd follow up!",
            [
                "Mr. Smith said that 3.5% complained.",
                "I would apologise first, then check the order record.",
                "Then I'd follow up!",
            ],
        ),
        (
            "I would first calm the customer down and listen to the whole story because nobody wants to be interrupted",
            [
                "I would first calm the customer down",
                "and listen to the whole story",
                "because nobody wants to be interrupted",
            ],
        ),
    ],
)
def test_english_is_cut_at_sentences_and_conjunctions(answer, clauses):
    assert texts(answer) == clauses


def test_spoken_text_without_punctuation_is_cut_at_discourse_markers():
    answer = "嗯这个问题我觉得首先要安抚客户的情绪然后再去了解具体是什么问题因为每个客户的情况不一样所以我们要有针对性地去解决"
    assert texts(answer) == [
        "嗯这个问题我觉得",
        "首先要安抚客户的情绪",
        "然后再去了解具体是什么问题",
        "因为每个客户的情况不一样",
        "所以我们要有针对性地去解决",
    ]


def test_spoken_text_is_cut_at_spaces_that_stand_for_punctuation():
    assert texts("我会先安抚客户的情绪 再去了解具体的情况 给出解决方案并做回访") == [
        "我会先安抚客户的情绪",
        "再去了解具体的情况",
        "给出解决方案并做回访",
    ]


def test_text_without_any_mark_is_cut_at_a_bounded_length():
    lengths = [len(text) for text in texts("我们客户的问题" * 100)]
    assert sum(lengths) == 700
    assert max(lengths) <= 50
    assert min(lengths) >= 8


@pytest.mark.parametrize(
    "sign",
    ["👩‍👩‍👧‍👦", "🇨🇳", "👍🏽", "e\u0301", "葛\U000e0100", "1️⃣", "internationalisation", "C++", "don't", "\ud83d\ude00"],
)
def test_no_sign_and_no_word_is_torn_apart(sign):
    answer = sign.join(["客户问题处理方案"] * 40)
    assert sum(text.count(sign) for text in texts(answer)) == 39


@pytest.mark.parametrize("answer", ["", " ", "\n\r\n\t\u3000"])
def test_an_answer_without_text_has_no_clauses(answer):
    assert cut(answer) == ()


@pytest.mark.parametrize(
    "answer",
    [
        "。" * 5000 + "，",
        "`a" * 5000,
        "（" * 5000,
        "a" * 20000,
        "\u200d" * 5000,
        "1." * 5000,
        "a.b" * 5000 + "@",
        "x=" * 5000 + ";",
        " " * 20000 + "a",
    ],
)
def test_hostile_repetition_is_cut_without_loss(answer):
    assert "".join(texts(answer)) == answer.strip()


@LAWS
@given(ANSWERS)
def test_clauses_are_exact_ordered_and_complete(answer):
    clauses = cut(answer)
    assert [clause.number for clause in clauses] == list(range(1, len(clauses) + 1))
    place = 0
    for clause in clauses:
        assert clause.text == answer[clause.start : clause.end]
        assert clause.text == clause.text.strip() != ""
        assert answer[place : clause.start].strip() == ""
        place = clause.end
    assert answer[place:].strip() == ""


@LAWS
@given(ANSWERS)
def test_neighbours_can_be_put_together_again(answer):
    assert "".join(clause.text + clause.after for clause in cut(answer)) == answer.lstrip()


@LAWS
@given(ANSWERS)
def test_no_clause_begins_inside_a_word_or_with_a_mark_of_the_one_before(answer):
    for clause in cut(answer)[1:]:
        before, after = answer[clause.start - 1], answer[clause.start]
        if before.isspace():
            continue
        assert not (before.isascii() and after.isascii() and before.isalnum() and after.isalnum())
        assert before != "\u200d"
        assert unicodedata.category(after) not in {"Mn", "Mc", "Me"}


@LAWS
@given(
    ANSWERS
    | st.text(alphabet="，。！？；：、,.!?;:…—- \t3aiſİ.A就然后而且但是that And but\u2028”)（「」1", max_size=40)
)
@pytest.mark.parametrize("sought", [_SENTENCE, _COMMA, _MARKER, _GLUED_WITHOUT_MAIL])
def test_looking_for_the_first_character_finds_what_the_pattern_finds(sought, answer):
    text = answer.replace("@", "")
    whole = [found.span() for found in sought.pattern.finditer(text)]
    assert [found.span() for found in sought.finditer(text, 0, len(text))] == whole


@LAWS
@given(ANSWERS, st.integers(1, 60), st.integers(0, 4))
def test_windows_cover_every_clause_and_keep_their_size(answer, max_chars, overlap):
    clauses = cut(answer)
    found = windows(clauses, max_chars, overlap)
    assert {clause for window in found for clause in window} == set(clauses)
    for window in found:
        assert [clause.number for clause in window] == list(range(window[0].number, window[-1].number + 1))
        assert len(window) == 1 or window[-1].end - window[0].start <= max_chars
    for one, other in pairwise(found):
        assert one[0].number < other[0].number
        assert one[-1].number < other[-1].number
        assert one[-1].number + 1 - overlap <= other[0].number <= one[-1].number + 1


def test_windows_share_a_clause_where_there_is_room():
    clauses = cut("一二三四五六七八。" * 6)
    assert [[clause.number for clause in window] for window in windows(clauses, 27)] == [[1, 2, 3], [3, 4, 5], [5, 6]]


@pytest.mark.parametrize(("max_chars", "overlap"), [(0, 1), (10, -1)])
def test_windows_without_size_are_refused(max_chars, overlap):
    with pytest.raises(ValueError, match="max_chars"):
        windows(cut("客户"), max_chars, overlap)


def test_no_answer_has_no_window():
    assert windows((), 100) == ()
