from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluator.drafting import drafts
from evaluator.drafting.deducting import against
from evaluator.models import QuestionKind
from evaluator.models.paper import Paper, Question, Section, Span


def rubric(analysis: str = "", reference: str = "", points: float = 8, stem: str = "客户拍桌子，你怎么办？"):
    texts = {"analysis": analysis, "reference": reference}
    spans = {f"{part}_span": Span(start=0, end=len(text)) for part, text in texts.items() if text}
    asked = Question(number="1", stem=stem, kind=QuestionKind.SHORT_ANSWER, points=points, **texts, **spans)
    (made,) = drafts(Paper(title="卷", sha256="0" * 64, sections=(Section(title="", questions=(asked,)),)), slug="x")
    return made


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("出现辱骂字眼的扣2分。", [("出现辱骂字眼", 2)]),
        ("推卸责任者，酌情扣1～3分；", [("推卸责任", 1)]),
        ("若态度生硬，则扣两分。", [("态度生硬", 2)]),
        ("答非所问（扣0.5分）", [("答非所问", 0.5)]),
        ("扣分项（每项扣1分）：打断客户；使用行话。", [("打断客户", 1), ("使用行话", 1)]),
        ("扣2分：顶撞客户。", [("顶撞客户", 2)]),
        ("伪造数据的不得分。", [("伪造数据", None)]),
        ("Deduct 2 marks if the candidate interrupts the caller.", [("interrupts the caller", 2)]),
        ("One mark is deducted for reading from a script.", [("reading from a script", 1)]),
        ("No marks if the candidate promises a refund.", [("promises a refund", None)]),
        ("字数不足800字的扣3分。", []),
        ("每缺一点扣1分，未作答不得分。", []),
        ("扣0分。", []),
    ],
)
def test_faults_with_points_are_read_and_what_is_merely_missing_is_none(text, faults):
    assert [(fault.name, fault.points) for fault in against(text).faults] == faults


@pytest.mark.parametrize(
    ("text", "lacks"),
    [
        ("未提到时限扣1分。", [("时限", 1)]),
        ("没有说明原因的，扣2分。", [("说明原因", 2)]),
        ("遗漏回访环节扣1分", [("回访环节", 1)]),
        ("Deduct 1 mark if the answer fails to mention the deadline.", [("the deadline", 1)]),
        ("缺少任一要素扣1分。", []),
    ],
)
def test_what_costs_points_to_leave_out_is_a_key_point(text, lacks):
    assert [(piece.of(text), piece.points) for piece in against(text).lacks] == lacks


@pytest.mark.parametrize(
    ("text", "reject"),
    [
        ("不能只说“我会努力”。", ("我会努力",)),
        ("仅回答“注意安全”不得分。", ("注意安全",)),
        ("切忌“一刀切”和“走过场”。", ("一刀切", "走过场")),
        ("Do not accept “be polite” or “be nice”.", ("be polite", "be nice")),
        ("切忌空喊口号。", ()),
    ],
)
def test_phrases_that_are_not_accepted_are_rejected(text, reject):
    assert against(text).reject == reject


@pytest.mark.parametrize(
    "reference",
    ["迟到一次扣2分，旷工一次扣5分，全勤加3分。", "不能只说“对不起”，还要当场给出时限。"],
)
def test_an_answer_that_is_itself_about_points_or_warnings_holds_nothing_against_an_answer(reference):
    held = against(reference, reference=True)
    assert held.rest == reference
    assert not held.faults
    assert not held.reject


def test_a_deduction_of_the_paper_becomes_one_of_the_rubric_with_what_it_quotes():
    made = rubric("得分点：致歉（4分）；查单（4分）。出现“不归我管”之类的话扣3分。").rubric
    (taken,) = made.deductions
    assert (taken.points, taken.accept) == (3, ("不归我管",))
    assert [point.name for point in made.key_points] == ["致歉", "查单"]


def test_a_fault_that_leaves_nothing_takes_all_points_and_asks_for_a_look():
    made = rubric("答案应包括致歉、查单、回访。伪造数据的不得分。")
    assert [fault.points for fault in made.rubric.deductions] == [8]
    assert any("全部分值" in words.zh for words in made.looks)


def test_a_missing_key_point_that_is_named_already_gives_it_its_points():
    made = rubric("答案应包括“致歉”和“查单”。未提到致歉扣5分，未提到查单扣3分。").rubric
    assert [(point.name, point.points) for point in made.key_points] == [("致歉", 5), ("查单", 3)]
    assert made.points_from == "paper"


def test_a_missing_key_point_told_in_the_other_text_is_pointed_out():
    made = rubric("未提到保险理赔扣1分。", "(1)抽水（4分）；(2)挪车（4分）。")
    assert [point.name for point in made.rubric.key_points] == ["抽水", "挪车"]
    assert any("保险理赔" in words.zh for words in made.looks)


@pytest.mark.parametrize(
    ("stem", "reference", "choose", "points"),
    [
        ("请列举三条措施。", "①加人；②排班；③分流；④预约。", 3, [2.67, 2.67, 2.66, 2.66]),
        ("有哪些措施？", "①加人；②排班；③分流；④预约。写出两点即可。", 2, [4, 4, 4, 4]),
        ("有哪些措施？", "①加人；②排班；③分流；④预约。每点4分，最多8分。", 2, [4, 4, 4, 4]),
        ("请列举四条措施。", "①加人；②排班；③分流；④预约。", 0, [2, 2, 2, 2]),
    ],
)
def test_where_some_of_the_points_are_enough_the_best_of_them_make_the_maximum(stem, reference, choose, points):
    made = rubric(reference=reference, stem=stem).rubric
    assert [group.choose for group in made.any_of] == ([choose] if choose else [])
    assert [point.points for point in made.key_points] == points
    assert made.max_score == 8


@given(
    text=st.text(
        alphabet="未提到扣减不得分能只说“”「」的，。；：（）12两每项缺切忌甲乙 \n\t|→+deductmarksif-", max_size=80
    )
)
@settings(max_examples=100, deadline=None)
def test_what_is_left_keeps_its_places_and_every_draft_is_a_rubric_or_nothing(text):
    held = against(text)
    assert len(held.rest) == len(text)
    assert all(left in (" ", before) for left, before in zip(held.rest, text, strict=True))
    for made in (rubric(text), rubric(reference=text)):
        assert made.rubric is None or made.rubric.max_score > 0
