"""Objective questions: what a candidate ticked, read as people write it, and scored by rule."""

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluator.clauses import cut
from evaluator.judging import ChoiceJudge, Task
from evaluator.judging.choice import picked_labels
from evaluator.models import ChoiceRule, KeyPoint, Level, Option, QuestionKind, Rubric

OPTIONS = tuple(Option(label=label, text=f"选项{label}") for label in "ABCDE")


def rubric(correct, rule=ChoiceRule.EXACT, kind=QuestionKind.MULTIPLE_CHOICE):
    ids = correct if rule is ChoiceRule.PER_OPTION else ("answer",)
    return Rubric(
        id="q",
        question="哪些做法是对的？",
        kind=kind,
        max_score=len(ids),
        key_points=tuple(KeyPoint(id=one, name=one, points=1) for one in ids),
        options=() if kind is QuestionKind.TRUE_FALSE else OPTIONS,
        correct=tuple(correct),
        choice_rule=rule,
    )


def blanks(*accepted):
    points = tuple(
        KeyPoint(id=f"b{number}", name=f"第{number}空", points=1, accept=accept)
        for number, accept in enumerate(accepted, 1)
    )
    return Rubric(id="q", question="填空", kind=QuestionKind.FILL_BLANK, max_score=len(points), key_points=points)


def verdicts(what, answer, lang="zh"):
    given = Task(what, answer, cut(answer))
    judgement = asyncio.run(ChoiceJudge(lang).judge(given))
    assert judgement.judge == "choice"
    assert [verdict.key_point for verdict in judgement.verdicts] == [point.id for point in what.key_points]
    for verdict in judgement.verdicts:
        assert all(answer[span.start : span.end] == span.text for span in verdict.evidence)
    return judgement.verdicts


def levels(what, answer):
    return "".join(verdict.level.value[0].upper() for verdict in verdicts(what, answer))


# --- reading ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "labels"),
    [
        ("B", "B"),
        ("b", "B"),
        ("B.", "B"),
        ("b. ", "B"),
        ("(B)", "B"),
        ("（Ｂ）", "B"),
        ("Ｂ", "B"),
        ("选B", "B"),
        ("选b", "B"),
        ("我选 B。", "B"),
        ("答案：B", "B"),
        ("答案是Ｂ", "B"),
        ("B。因为这样客户少等。", "B"),
        ("选B，B最合适", "B"),
        ("AB", "AB"),
        ("ab", "AB"),
        ("BA", "AB"),
        ("A B", "AB"),
        ("A、B、D", "ABD"),
        ("A,B,D", "ABD"),
        ("Ａ，Ｂ，Ｄ", "ABD"),
        ("A;B;D", "ABD"),
        ("A/B", "AB"),
        ("A\nB\nD", "ABD"),
        ("ABD", "ABD"),
        ("ＡＢＤ", "ABD"),
        ("答案：ABD。", "ABD"),
        ("A和B", "AB"),
        ("A、B和D", "ABD"),
        ("a and b", "AB"),
        ("A+B", "AB"),
        ("AAB", "AB"),
    ],
)
def test_labels_are_read_as_people_write_them(answer, labels):
    assert picked_labels(answer) == set(labels)


@pytest.mark.parametrize(
    "answer",
    ["", "不会", "？", "1", "选第二个", "A还是B呢，选B", "选B不选A", "hello", "API", "I think so", "OK吧，选B", "B或C"],
)
def test_what_names_no_option_or_several_is_nobody_s_guess(answer):
    assert picked_labels(answer) is None or not picked_labels(answer) <= set("ABCDE")


@settings(max_examples=100)
@given(st.text(max_size=60))
def test_any_text_can_be_read(answer):
    assert picked_labels(answer) is None or picked_labels(answer)


# --- rules -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "exact", "half", "each"),
    [
        ("ABD", "H", "H", "HHH"),
        ("DBA", "H", "H", "HHH"),
        ("A、B、D", "H", "H", "HHH"),
        ("AB", "M", "P", "HHM"),
        ("D", "M", "P", "MMH"),
        ("ABC", "M", "M", "MMM"),  # a wrong option earns nothing
        ("ABCD", "M", "M", "MMM"),
        ("ABCDE", "M", "M", "MMM"),
        ("C", "M", "M", "MMM"),
        ("ABF", "U", "U", "UUU"),  # there is no F
        ("看不清", "U", "U", "UUU"),
        ("A或B", "U", "U", "UUU"),
    ],
)
def test_multiple_choice_by_each_rule(answer, exact, half, each):
    assert levels(rubric("ABD", ChoiceRule.EXACT), answer) == exact
    assert levels(rubric("ABD", ChoiceRule.SUBSET_HALF), answer) == half
    assert levels(rubric("ABD", ChoiceRule.PER_OPTION), answer) == each


@pytest.mark.parametrize(("answer", "level"), [("B", "H"), ("选B", "H"), ("A", "M"), ("AB", "M"), ("不知", "U")])
def test_single_choice_is_right_or_nothing(answer, level):
    assert levels(rubric("B", kind=QuestionKind.SINGLE_CHOICE), answer) == level


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        *(
            (answer, True)
            for answer in ["√", "✓", "✔", "对", "对。", "正确", "是", "T", "true", "Yes", "(√)", "（对）"]
        ),
        *((answer, True) for answer in ["答案：对", "判断：正确", "Ａ"]),
        *(
            (answer, False)
            for answer in ["×", "✗", "错", "错误", "不正确", "不对", "否", "F", "FALSE", "no", "x", "选错"]
        ),
        *((answer, None) for answer in ["也许", "对错都有", "1", "不一定对", "C"]),
    ],
)
@pytest.mark.parametrize("right", ["true", "false"])
def test_true_or_false(answer, said, right):
    level = "U" if said is None else "H" if said == (right == "true") else "M"
    assert levels(rubric([right], kind=QuestionKind.TRUE_FALSE), answer) == level


def test_what_was_ticked_and_what_is_right_is_told_in_both_languages():
    (chinese,) = verdicts(rubric("ABD"), "答案：AC")
    (english,) = verdicts(rubric("ABD"), "答案：AC", "en")
    assert chinese.reason == "作答：A、C；正确答案：A、B、D"
    assert english.reason == "answered A、C; right is A、B、D"
    assert chinese.confidence == 1.0
    (right,) = verdicts(rubric("ABD"), " ABD \n")
    assert [span.text for span in right.evidence] == ["ABD"]
    assert "正确答案" not in right.reason


def test_what_cannot_be_read_says_so():
    (verdict,) = verdicts(rubric("ABD"), "看不清")
    assert (verdict.level, verdict.cause, verdict.reason) == (
        Level.UNSCORED,
        "unreadable_choice",
        "看不出选了哪个选项",
    )


# --- blanks ----------------------------------------------------------------------------------------------------------

TWO = blanks(("首问负责制", "首问责任制"), ("24小时", "一天"))


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        ("首问负责制；24小时", "HH"),
        ("首问责任制\n一天", "HH"),
        ("首问负责制;24 小时", "HH"),
        ("首問負責制；２４小时", "HH"),
        ("1. 首问负责制\n2. 24小时", "HH"),
        ("（1）首问负责制（2）24小时", "UU"),  # nothing stands between the two
        ("（1）首问负责制 （2）24小时", "HH"),
        ("1、首问负责制 2、24小时", "HH"),
        ("首问负责制|24小时", "HH"),
        ("首问负责制、24小时", "HH"),
        ("首问负责制，24小时", "HH"),
        ("首问负责制 24小时", "HH"),
        ("24小时；首问负责制", "MM"),
        ("首问负责制；48小时", "HM"),
        ("首问负责制", "UU"),
        ("甲；乙；丙", "UU"),
    ],
)
def test_blanks_are_read_in_their_order(answer, found):
    assert levels(TWO, answer) == found


@pytest.mark.parametrize(
    ("answer", "found"), [("3.5；4", "HH"), ("3.5\n4", "HH"), ("1. 3.5\n2. 4", "HH"), ("3.5 4", "HH"), ("5；4", "MH")]
)
def test_a_decimal_is_no_number_of_a_list(answer, found):
    assert levels(blanks(("3.5",), ("4",)), answer) == found


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        ("服务质量", "H"),
        (" 服务质量。", "H"),
        ("1. 服务质量", "H"),
        ("服务，质量", "H"),
        ("质量", "M"),
        ("服务质量很好", "M"),
    ],
)
def test_a_lone_blank_is_the_whole_answer(answer, found):
    assert levels(blanks(("服务质量",)), answer) == found


def test_equal_answers_are_told_apart_by_their_place():
    answer = "客户；客户满意；客户"
    found = verdicts(blanks(("客户",), ("客户满意",), ("客户",)), answer)
    assert [(span.start, span.end) for verdict in found for span in verdict.evidence] == [(0, 2), (3, 7), (8, 10)]


def test_a_wrong_number_of_answers_is_told():
    (verdict, _) = verdicts(TWO, "甲；乙；丙")
    assert (verdict.cause, verdict.reason) == ("unreadable_blanks", "要填 2 空，读到 3 个答案")


@settings(max_examples=100)
@given(st.text(alphabet="甲乙1２.、；;| \n（）()", max_size=40))
def test_any_text_in_blanks_can_be_read(answer):
    if answer.strip():
        assert set(levels(TWO, answer)) <= set("HMU")
