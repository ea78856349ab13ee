from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluator.models import Deduction, KeyPoint, Provenance, QuestionKind, Rubric, SourceSpan
from evaluator.rubrics import Severity, lint, load_folder
from evaluator.rubrics.finding import CODES
from evaluator.rubrics.wording import two_requirements, vague_words

SOURCE = SourceSpan(part="analysis", start=10, end=14, words="安抚情绪")
CALM = KeyPoint(
    id="calm",
    name="先安抚客户",
    points=1,
    hit="写出为平复客户情绪要说的一句话，如为延误道歉。",
    partial="说到要安抚，但没写说什么。",
    accept=("为延误致歉", "向客户赔不是"),
    reject=("不用道歉",),
    follow_up="你对客户说的第一句话是什么？",
    source=SOURCE,
)
CAUSE = KeyPoint(
    id="cause",
    name="查明原因",
    points=1,
    hit="写出去哪里核对退款进度，如查支付流水。",
    partial="只说会查一查，没写查什么。",
    accept=("查支付流水", "核对退款单号"),
    follow_up="先查哪一个环节？",
    source=SOURCE,
)
CLEAN = Rubric(
    id="q1",
    question="退款迟了三天，你怎样处理？",
    kind=QuestionKind.SITUATIONAL,
    max_score=2,
    points_from="paper",
    key_points=(CALM, CAUSE),
    reference="先道歉，再查支付流水。",
    provenance=Provenance(paper="卷一", sha256="0" * 64),
    status="reviewed",
)


def rubric(**fields: object) -> Rubric:
    return Rubric.model_validate({**CLEAN.model_dump(), **fields})


def calm(**fields: object) -> Rubric:
    return rubric(key_points=[{**CALM.model_dump(), **fields}, CAUSE.model_dump()])


def codes(linted: Rubric) -> list[str]:
    return [finding.code for finding in lint(linted)]


def test_a_careful_rubric_has_no_finding():
    assert lint(CLEAN) == ()


TRIGGERS = {
    "no-hit": (calm(hit=""), calm(hit="写出为延误道歉的话。")),
    "no-partial": (
        calm(partial=" "),
        rubric(partial_share=0, key_points=[{**CALM.model_dump(), "partial": ""}, CAUSE]),
    ),
    "vague": (calm(hit="能妥善处理客户情绪，沟通良好。"), calm(hit="写出一句得体的话，如“让您久等了”。")),
    "two-requirements": (
        calm(hit="写出安抚客户的话，并且查明延误的原因。", partial="答到一部分。"),
        calm(hit="写出安抚客户的话，或者说明延误的原因。", partial="答到一部分。"),
    ),
    "hit-is-name": (calm(hit="说出先安抚客户。"), calm(hit="说出先安抚客户时的一句话。")),
    "partial-is-hit": (calm(partial=CALM.hit), calm(partial="只说要道歉。")),
    "overlap": (
        calm(hit="写出到哪里核对退款的进度，如查支付记录。"),
        calm(hit="写出向哪位同事打听退款由谁批准，如问财务。"),
    ),
    "accept-matches-neighbour": (calm(accept=["支付流水"]), calm(accept=["支付时间"])),
    "accept-in-reject": (calm(accept=["道歉"], reject=["道歉"]), calm(accept=["道歉"], reject=["不用道歉"])),
    "accept-too-short": (calm(accept=["歉"]), calm(accept=["致歉"])),
    "missing-provenance": (rubric(provenance=None), rubric(provenance={"paper": "卷二", "sha256": "1" * 64})),
    "missing-source": (calm(source=None), calm(source=SOURCE.model_dump())),
    "even-split": (
        rubric(points_from="even_split"),
        rubric(points_from="even_split", max_score=1, key_points=[CALM.model_dump()]),
    ),
    "no-follow-up": (calm(follow_up=""), calm(follow_up="还有呢？")),
    "reference-missing": (rubric(reference=""), rubric(reference="道歉。")),
    "draft": (rubric(status="draft"), rubric(status="reviewed")),
    "model-text": (calm(from_model=["hit", "accept"]), calm(from_model=[])),
}


@pytest.mark.parametrize("code", CODES)
def test_each_rule_finds_its_fault_and_spares_the_near_miss(code):
    faulty, near_miss = TRIGGERS[code]
    assert codes(faulty) == [code]
    assert code not in codes(near_miss)


@pytest.mark.parametrize("code", CODES)
def test_every_finding_says_what_and_what_to_do_in_both_languages(code):
    (finding,) = lint(TRIGGERS[code][0])
    assert re.search(r"[\u4e00-\u9fff]", finding.message.zh)
    assert re.search(r"[\u4e00-\u9fff]", finding.hint.zh)
    english = re.sub(r"'[^']*'", "", finding.message.en + finding.hint.en)  # the rubric's own words stand in quotes
    assert not re.search(r"[\u4e00-\u9fff]", english)


def test_only_what_makes_judging_impossible_is_an_error():
    errors = {code for code, (faulty, _) in TRIGGERS.items() if lint(faulty)[0].severity is Severity.ERROR}
    notices = {code for code, (faulty, _) in TRIGGERS.items() if lint(faulty)[0].severity is Severity.INFO}
    assert errors == {"no-hit", "accept-in-reject"}
    assert notices == {"even-split", "no-follow-up", "reference-missing", "draft"}


@pytest.mark.parametrize(
    "sentence",
    [
        "能合理安排工作，条理清晰。", "对客户投诉的处理较为恰当，沟通良好。", "回答完整、清晰、有条理", "态度端正，表达流畅",
        "言之成理即可", "分析深入，观点正确", "对激励机制有较深刻的理解", "展现出较强的团队协调能力", "能有效地与各部门沟通",
        "提出合理的改进措施", "给出适当的解决方案", "说明理由充分", "客户投诉处理得很好", "准确理解绩效考核的目的",
        "能够全面分析团队存在的问题并提出合理化建议", "Good understanding of the topic.", "Explains the cause clearly and completely",
        "A clear and appropriate plan", "The answer is well structured", "Gives a reasonable explanation",
    ],
)  # fmt: skip
def test_a_bare_adjective_is_vague(sentence):
    assert vague_words(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "写出完整公式“毛利=收入-成本”", "准确写出至少两个指标", "提出合理的改进措施，如调整排班、增设夜班",
        "说出主管要为团队制定清晰的工作计划，写明每周目标和负责人", "用数字或前后对比写出改动之后团队绩效的回升。",
        "说出客服服务做得好（如解答快、专业、态度好）会使客户更满意", "明确说考核会使客服更主动、更有干劲地工作。",
        "说出把投诉或售后纠纷处理好，能留住本来可能离开的客户", "说出强化理论", "说出要先让客户把话讲完",
        "指出正确的处理顺序是先安抚后核实再赔偿", "写出自己安抚好客户情绪的一句话", "States clearly that the refund must arrive within 3 days",
        "Names a relevant metric such as CSAT", "Says that the plaintiff has standing", "Mentions good will payments to the customer", "",
    ],
)  # fmt: skip
def test_a_sentence_that_names_something_is_not_vague(sentence):
    assert vague_words(sentence) == ()


@pytest.mark.parametrize(
    ("sentence", "joined"),
    [
        ("说出培训要分层，并且举出一个案例", "并"),
        ("既说出原因，又提出办法", "既说出原因，又"),
        ("提出沟通机制，同时说明考核办法", "同时"),
        ("说出培训制度以及责任人员", "以及"),
        ("不仅指出问题，还给出解决方案", "不仅指出问题，还"),
        ("先道歉，并给出补偿方案", "并"),
        ("states the cause and explains the remedy", "and"),
        ("names the cause as well as a remedy", "as well as"),
        ("both the cost figure and the deadline are named", "both the cost figure and"),
    ],
)
def test_two_requirements_in_one_are_found_with_what_joins_them(sentence, joined):
    assert two_requirements(sentence) == joined


@pytest.mark.parametrize(
    "sentence",
    [
        "说出培训要分层，或者并且举例", "说出合并报表的做法", "在同一时间段内完成", "任一：价格并且质量", "说出不要同时间安排两个班次",
        "道歉并承诺", "客户不满，并不等于投诉", "写出处理时长、满意度之一，并写出数值", "说出原因和对策", "names price and quality",
        "names at least one figure and explains it", "",
    ],
)  # fmt: skip
def test_one_requirement_or_a_choice_is_left_alone(sentence):
    assert not two_requirements(sentence)


def test_two_requirements_are_a_notice_where_partial_says_which_half_earns_what():
    linted = calm(hit="写出安抚客户的话，并且查明延误的原因。", partial="只写了安抚的话，没有查明原因。")
    assert [(finding.code, finding.severity) for finding in lint(linted)] == [("two-requirements", Severity.INFO)]


@pytest.mark.parametrize(
    ("field", "place"), [("hit", ("key_points", 0, "hit")), ("partial", ("key_points", 0, "partial"))]
)
def test_a_vague_sentence_is_shown_where_it_stands(field, place):
    (finding,) = lint(calm(**{field: "处理得较为合理。"}))
    assert (finding.code, finding.place) == ("vague", place)


def test_a_vague_deduction_is_found():
    deduction = Deduction(id="d", name="态度", points=1, when="态度不够好。").model_dump()
    assert [finding.place for finding in lint(rubric(deductions=[deduction]))] == [("deductions", 0, "when")]


@pytest.mark.parametrize(
    ("accept", "found"),
    [
        ("查支付流水", True),  # equal
        ("支付流水", True),  # contained in a phrase of the neighbour
        ("退款进度", True),  # contained in the neighbour's `hit`
        ("查支付流水号是否齐全", False),  # longer: it shows the neighbour, the neighbour does not show it
        ("先安抚客户", False),
    ],
)
def test_a_phrase_that_a_neighbour_shows_too_is_found(accept, found):
    matches = {finding.place for finding in lint(calm(accept=[accept])) if finding.code == "accept-matches-neighbour"}
    assert (("key_points", 0, "accept", 0) in matches) is found


def test_phrases_are_compared_as_the_keyword_judge_compares_them():
    (finding,) = lint(calm(accept=["支付 流水！", "為延誤致歉"]))
    assert finding.place == ("key_points", 0, "accept", 0)


def test_a_longer_phrase_of_a_neighbour_is_reported_at_the_shorter_one():
    linted = calm(accept=["核对退款单号与姓名"])
    assert [finding.place for finding in lint(linted)] == [("key_points", 1, "accept", 1)]


@pytest.mark.parametrize(
    ("accept", "found"), [("管理", True), ("ok", True), ("SOP", False), ("安抚", False), ("好", True)]
)
def test_phrases_that_stand_everywhere_are_too_short(accept, found):
    assert ("accept-too-short" in codes(calm(accept=[accept]))) is found


def test_objective_questions_need_no_sentences():
    blank = Rubric(
        id="b",
        question="1+1=（ ）",
        kind=QuestionKind.FILL_BLANK,
        max_score=2,
        points_from="paper",
        key_points=[KeyPoint(id=key, name=key, points=1, accept=("2",)) for key in ("one", "two")],
        provenance=CLEAN.provenance,
        status="reviewed",
    )
    assert lint(blank) == ()


def test_findings_come_in_the_order_of_the_rubric():
    linted = rubric(status="draft", provenance=None, key_points=[CALM.model_dump(), {**CAUSE.model_dump(), "hit": ""}])
    assert codes(linted) == ["no-hit", "missing-provenance", "draft"]


@settings(max_examples=80, deadline=None)
@given(
    st.text(max_size=60), st.text(max_size=60), st.lists(st.text(min_size=1, max_size=8).filter(str.strip), max_size=3)
)
def test_no_wording_breaks_the_linter(hit, partial, accept):
    assert {finding.code for finding in lint(calm(hit=hit, partial=partial, accept=accept or ["x"]))} <= set(CODES)


@pytest.mark.parametrize("vague", ["能较好地{}，思路清晰。", "{}做得合理、到位。", "对{}有深刻的理解。"])
def test_a_vaguely_reworded_key_point_of_a_shipped_rubric_is_found(vague):
    for shipped in load_folder():
        if not shipped.kind.objective:
            first, *rest = shipped.key_points
            reworded = first.model_copy(update={"hit": vague.format(first.name)})
            linted = lint(shipped.model_copy(update={"key_points": (reworded, *rest)}))
            assert ("vague", ("key_points", 0, "hit")) in [(finding.code, finding.place) for finding in linted], (
                reworded.hit
            )
