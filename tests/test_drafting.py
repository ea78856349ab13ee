from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import pytest
from draft_recall import matched, pairs
from hypothesis import example, given, settings
from hypothesis import strategies as st

from evaluator.drafting import draft, drafts, named, rules
from evaluator.drafting.asking import summary
from evaluator.drafting.marking import each, marked
from evaluator.drafting.pieces import listed
from evaluator.drafting.sharing import even
from evaluator.models import Option, QuestionKind
from evaluator.models.paper import Paper, Question, Section, Span
from evaluator.papers import mend, read_document
from evaluator.papers import parse as parse_paper
from evaluator.resources import folder
from evaluator.rubrics import Severity, dump, lint, load_folder, parse

SHA = "ab" * 32
ANALYSIS = "此题考察应变能力和客户意识。优秀答案应突出“先稳住客户”、“查明原因”和“给出时限”。"
REFERENCE = "我先请客户坐下喝水，再查单子，告诉他几点回话。"


def question(**fields):
    values = {
        "number": "1",
        "stem": "客户在大厅拍桌子，你怎么办？",
        "kind": QuestionKind.SITUATIONAL,
        "points": 8,
        **fields,
    }
    for part in ("reference", "analysis"):
        if values.get(part):
            values.setdefault(f"{part}_span", Span(start=1000, end=1000 + len(values[part])))
    return Question(**values)


def paper(*questions: Question, **section):
    return Paper(
        title="大厅服务试题",
        sha256=SHA,
        sections=(Section(title="一、情景题(共1题,每题8分)", questions=questions, **section),),
    )


def rubric(**fields):
    (made,) = draft(paper(question(**fields)), slug="hall")
    return made


def terms(rule, text: str) -> list[str]:
    return [piece.of(text) for piece in rule(text)]


@pytest.mark.parametrize(
    ("analysis", "expected"),
    [
        ("优秀答案应突出“先稳住客户”、“查明原因”和“给出时限”。", ["先稳住客户", "查明原因", "给出时限"]),
        ("答案需体现「守时」与『守诺』。", ["守时", "守诺"]),
        ('A good answer should show "calm", "facts" and "follow-up".', ["calm", "facts", "follow-up"]),
        ("“守时”“守诺”“守密”，缺一不可。", ["守时", "守诺", "守密"]),
        ("此题考察“应变”能力。答案需体现“守时”。", ["守时"]),
        ("有人把它叫作“冷处理”，其实不妥。", []),
        ("答案需体现“守时”，也要体现“守时”。", ["守时"]),
    ],
)
def test_terms_in_quotation_marks_are_key_points_where_an_answer_must_show_them(analysis, expected):
    assert terms(rules.quoted, analysis) == expected


@pytest.mark.parametrize(
    ("analysis", "expected"),
    [
        ("答案要体现耐心倾听、核实订单和主动回访。", ["耐心倾听", "核实订单", "主动回访"]),
        ("应突出流程意识、数据意识等方面，避免空谈。", ["流程意识", "数据意识"]),
        ("作答时需包括：登记信息、安抚情绪、限时回复。", ["登记信息", "安抚情绪", "限时回复"]),
        ("重点考察排班安排、人员调配以及应急预案。", ["排班安排", "人员调配", "应急预案"]),
        ("可从制度建设、人员培训、过程监督三个方面回答。", ["制度建设", "人员培训", "过程监督"]),
        ("应包含产品和服务、价格及税费。", ["产品和服务", "价格及税费"]),
        ("答案应体现主动倾听，及时反馈，持续跟进。", ["主动倾听", "及时反馈", "持续跟进"]),
        (
            "The answer should include empathy, a clear deadline and a follow-up call.",
            ["empathy", "a clear deadline", "a follow-up call"],
        ),
        ("应突出 当场登记/当天回复/当周回访 三个方面。", ["当场登记", "当天回复", "当周回访"]),
        (
            "Strong answers mention: (a) a clear goal; (b) delegation; (c) a review.",
            ["a clear goal", "delegation", "a review"],
        ),
        ("选项甲违反规定，选项乙、丙没有道理。", []),
        ("答案要体现耐心。", []),
    ],
)
def test_lists_behind_what_an_answer_must_show_are_key_points(analysis, expected):
    assert terms(rules.asked_for, analysis) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("(1)登记来电：写清姓名；(2)核对订单；(3)约定回电。", ["登记来电", "核对订单", "约定回电"]),
        ("①查库存，别猜；②查物流；③答复客户。", ["查库存", "查物流", "答复客户"]),
        ("1.先道歉。\n2.再核实。\n3.后补偿。\n以上供参考。", ["先道歉", "再核实", "后补偿"]),
        ("一是定规矩；二是带新人；三是看数据。", ["定规矩", "带新人", "看数据"]),
        ("第一，稳住现场；第二，请示上级。", ["稳住现场", "请示上级"]),
        ("- 换货\n- 退款\n- 道歉", ["换货", "退款", "道歉"]),
        ("步骤一：问清经过。步骤二：查明原因。", ["问清经过", "查明原因"]),
        ("1)语气2)用词3)时机", ["语气", "用词", "时机"]),
        ("一、倾听。让他说完。\n二、记录。写清时间。", ["倾听", "记录"]),
        (
            "(1)原因：\n①人手少，排不开；\n②培训不够。\n(2)办法：\n①招人；\n②办班。",
            ["人手少", "培训不够", "招人", "办班"],
        ),
        ("(1)目标：懂业务。\n(2)内容：\n①规则；\n②话术；\n(3)方式：授课。", ["目标", "内容", "方式"]),
        ("涨幅是3.5%，共2.0版。", []),
        ("见(2)和(3)两条。", []),
        ("1. Say sorry. 2. Check the order. 3. Call back.", ["Say sorry", "Check the order", "Call back"]),
    ],
)
def test_the_head_of_each_enumerated_item_names_a_key_point(text, expected):
    assert terms(rules.enumeration, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "首先，请客户坐下，递上水。其次，查单子。最后，约好回话时间。祝好。",
            ["请客户坐下", "查单子", "约好回话时间"],
        ),
        ("First, calm down. Then, check the order. Finally, call back.", ["calm down", "check the order", "call back"]),
        ("主管首先要稳住大厅，然后加开窗口，最后复盘当天的排班。", ["要稳住大厅", "加开窗口", "复盘当天的排班"]),
        ("然后我就走了，最后也没回来。", []),
        ("首先，我会请他坐下。" + "客户说了很久自己跑了几趟窗口都没有办成的经过。" * 8 + "最后，我送他出门。", []),
    ],
)
def test_steps_in_order_are_key_points(text, expected):
    assert terms(rules.ordered, text) == expected


@pytest.mark.parametrize(
    ("rule", "text", "expected"),
    [
        (
            rules.demanded,
            "回答应结合窗口实际，讲清自己的做法，并说出结果。",
            ["结合窗口实际", "讲清自己的做法", "说出结果"],
        ),
        (rules.demanded, "回答要点不多。", []),
        (rules.labelled, "考官想听到：真事、本人的动作、可以核对的结果。", ["真事", "本人的动作", "可以核对的结果"]),
        (rules.labelled, "好的表现：主动、守时、有数据；较差的回答：推诿、抱怨。", ["主动", "守时", "有数据"]),
        (rules.labelled, "注意：不要照搬。", []),
        (rules.quoted, "较差的回答：只体现“忍耐”。答案应突出“补救”。", ["补救"]),
    ],
)
def test_other_ways_of_saying_what_an_answer_must_do(rule, text, expected):
    assert terms(rule, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("我会去现场。整个过程的核心是:先听懂诉求,再分清轻重,最后跟到结案。", ["听懂诉求", "分清轻重", "跟到结案"]),
        ("核心是控住场面、稳住情绪、找准问题：我会先到大厅。", ["控住场面", "稳住情绪", "找准问题"]),
        ("可见快速到场、当面致歉和限时办结是平息投诉的关键。", ["可见快速到场", "当面致歉", "限时办结"]),
        ("这件事的关键是钱。", []),
    ],
)
def test_a_closing_summary_names_the_key_points(text, expected):
    assert terms(summary, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "采分点：安抚客户（2分）；查明原因（3分）；约定时限(3分)。",
            [("安抚客户", 2), ("查明原因", 3), ("约定时限", 3)],
        ),
        ("(1)安抚客户 2分\n(2)查明原因 3分\n", [("安抚客户", 2), ("查明原因", 3)]),
        ("(2分)安抚客户；(3分)查明原因。", [("安抚客户", 2), ("查明原因", 3)]),
        (
            "原因（5分）：人手少（2分）；活太多（3分）。办法（2分）：招人（1分）；调班（1分）。",
            [("人手少", 2), ("活太多", 3), ("招人", 1), ("调班", 1)],
        ),
        ("（1）换货；（2）退款；（3）道歉。每点2分。", [("换货", 2), ("退款", 2), ("道歉", 2)]),
        (
            "Marking scheme: apologises (1 mark); checks the order (2 marks).",
            [("apologises", 1), ("checks the order", 2)],
        ),
        ("评分标准：1.致歉诚恳（3分） 2.查单到位（3分）", [("致歉诚恳", 3), ("查单到位", 3)]),
        ("采分点：共情到位2分、总结提升3分", [("共情到位", 2), ("总结提升", 3)]),
        ("(1)说出依据，得2分；(2)举例说明，得3分。", [("说出依据", 2), ("举例说明", 3)]),
        ("应写出“致歉”（3分）、“补救”（3分）和“复盘”（2分）。", [("致歉", 3), ("补救", 3), ("复盘", 2)]),
        ("Award 1 mark for each of: apology; refund; call.", [("apology", 1), ("refund", 1), ("call", 1)]),
        ("致歉（2分）；查单（3分）。满分5分。", [("致歉", 2), ("查单", 3)]),
        ("本题共8分。", []),
        ("客户打了 5 分，我们很高兴。", []),
    ],
)
def test_marks_that_the_paper_gives_are_read_with_what_they_are_for(text, expected):
    assert [(piece.of(text), piece.points) for piece in marked(text) or each(text)] == expected


@pytest.mark.parametrize(
    ("analysis", "expected"),
    [
        (ANALYSIS, ("应变能力", "客户意识")),
        ("此题考察自我反省和改错能力。", ("自我反省", "改错能力")),
        ("本题主要考查考生的亲和力、及时响应与守时观念，答案略。", ("亲和力", "及时响应", "守时观念")),
        ("考察点：沟通、排班、预算。", ("沟通", "排班", "预算")),
        ("This question tests empathy and planning.", ("empathy", "planning")),
        ("答案需体现耐心。", ()),
    ],
)
def test_what_the_question_tests_is_listed(analysis, expected):
    assert rules.tests(analysis) == expected


def test_a_drafted_rubric_says_where_every_key_point_comes_from():
    made = rubric(analysis=ANALYSIS, reference=REFERENCE)
    assert made.id == "hall-01"
    assert made.status == "draft"
    assert made.tests == ("应变能力", "客户意识")
    assert [point.id for point in made.key_points] == ["kp1", "kp2", "kp3"]
    for point in made.key_points:
        at = point.source
        assert at.part == "analysis"
        assert ANALYSIS[at.start - 1000 : at.end - 1000] == at.words == point.name
        assert at.words in point.hit
        assert at.words in point.partial
    assert made.reference == REFERENCE
    assert (made.provenance.sha256, made.provenance.section, made.provenance.number) == (SHA, "一、情景题", "1")


def test_without_marks_the_points_are_split_evenly_in_cents_and_the_rubric_says_so():
    made = rubric(analysis=ANALYSIS)
    assert [point.points for point in made.key_points] == [2.67, 2.67, 2.66]
    assert (made.max_score, made.points_from) == (8, "even_split")


@given(cents=st.integers(100, 1_000_000), count=st.integers(1, 60))
@settings(max_examples=100, deadline=None)
def test_an_even_split_adds_up_exactly_and_no_part_is_a_cent_larger_than_another(cents, count):
    parts = [Decimal(str(part)) for part in even(cents / 100, count)]
    assert sum(parts) == Decimal(cents) / 100
    assert max(parts) - min(parts) <= Decimal("0.01")


def test_marks_of_the_paper_are_kept():
    made = rubric(analysis="答案需体现“守时”。", reference="采分点：致歉（3分）；查单（5分）。")
    assert [(point.name, point.points) for point in made.key_points] == [("致歉", 3), ("查单", 5)]
    assert made.points_from == "paper"
    assert made.key_points[0].source.part == "reference"


def test_any_k_of_n_marks_become_a_choice():
    made = rubric(
        stem="怎样留住客户？任答四点即可。",
        reference="(1)快；(2)准；(3)诚恳；(4)守约；(5)实惠；(6)贴心。每点2分。",
        analysis="",
    )
    assert made.max_score == 8
    assert [(group.choose, len(group.of)) for group in made.any_of] == [(4, 6)]


@pytest.mark.parametrize(
    ("fields", "section", "total", "assumed"),
    [
        ({"points": 6}, {"points_each": 8}, 6, False),
        ({"points": None}, {"points_each": 8}, 8, False),
        ({"points": None}, {"total": 20, "count": 5}, 4, False),
        ({"points": None}, {"total": 20}, 20, False),
        ({"points": None}, {}, 10, True),
        ({"points": 0}, {}, 10, True),
    ],
)
def test_the_maximum_is_that_of_the_paper_or_said_to_be_assumed(fields, section, total, assumed):
    (made,) = drafts(paper(question(analysis=ANALYSIS, **fields), **section), slug="x")
    assert made.rubric.max_score == total
    assert any("没有给分值" in words.zh for words in made.looks) is assumed


def test_marks_that_do_not_add_up_to_the_question_are_kept_and_pointed_out():
    (made,) = drafts(paper(question(reference="致歉（3分）；查单（2分）。")), slug="x")
    assert made.rubric.max_score == 5
    assert "与题目分值不符" in made.looks[0].zh


@pytest.mark.parametrize(
    ("reference", "rule", "names"),
    [
        ("(1)换货；(2)退款。整个过程的核心是快、准、稳。", "enumeration", ["换货", "退款"]),
        ("客服主管的角色包括：排班、带教新员工、处理升级投诉等。", "included", ["排班", "带教新员工", "处理升级投诉"]),
        ("让客户少等,让员工少跑,给公司省下成本。", "clauses", ["让客户少等", "让员工少跑", "给公司省下成本"]),
        (
            "好处有三:赢得信任。客户觉得自己被当回事，下次还愿意来这里办事。听懂需求。情绪话背后往往藏着真想解决的事。减少争吵。人一旦被理解，火气自然就小了一大半。",
            "headings",
            ["赢得信任", "听懂需求", "减少争吵"],
        ),
    ],
)
def test_where_the_analysis_names_nothing_the_reference_answer_does(reference, rule, names):
    found = named(question(analysis="此题考察常识。", reference=reference))
    assert (found.part, found.rule, [term.of(found.text) for term in found.terms]) == ("reference", rule, names)


def test_a_draft_that_was_only_cut_by_sentence_asks_for_a_look():
    (made,) = drafts(paper(question(reference="我去大厅。我请他坐下。我答应下午回话。")), slug="x")
    assert [point.name for point in made.rubric.key_points] == ["我去大厅", "我请他坐下", "我答应下午回话"]
    assert "没有点明得分点" in made.looks[0].zh


def test_a_question_without_answer_and_analysis_is_not_drafted_and_says_why():
    (made,) = drafts(paper(question()), slug="x")
    assert made.rubric is None
    assert "没有参考答案和解析" in made.looks[0].zh
    assert draft(paper(question()), slug="x") == ()


CHOICES = tuple(Option(label=label, text=f"办法{label}") for label in "ABCD")


@pytest.mark.parametrize(
    ("kind", "correct", "expected"),
    [
        (QuestionKind.SINGLE_CHOICE, ("B",), ("B",)),
        (QuestionKind.MULTIPLE_CHOICE, ("D", "A"), ("A", "D")),
        (QuestionKind.TRUE_FALSE, ("×",), ("false",)),
        (QuestionKind.TRUE_FALSE, ("true",), ("true",)),
    ],
)
def test_objective_questions_become_rubrics_that_code_scores(kind, correct, expected):
    made = rubric(
        kind=kind,
        correct=correct,
        options=CHOICES if "choice" in kind else (),
        analysis="规定如此，详见手册。",
        points=2,
    )
    assert made.correct == expected
    assert (made.max_score, made.points_from, len(made.key_points)) == (2, "paper", 1)
    assert made.key_points[0].source.words == "规定如此，详见手册"


def test_a_blank_takes_each_of_its_answers_and_its_part_of_the_points():
    made = rubric(kind=QuestionKind.FILL_BLANK, correct=("24小时", "回电/回访"), points=3)
    assert [(point.accept, point.points) for point in made.key_points] == [(("24小时",), 1.5), (("回电", "回访"), 1.5)]


def test_a_multiple_choice_follows_the_rule_that_the_paper_prints():
    choice = question(kind=QuestionKind.MULTIPLE_CHOICE, correct=("A", "B"), options=CHOICES, points=2)
    heading = Section(title="二、多选题(每题2分,少选得0.5分,错选不得分)", questions=(choice,))
    (made,) = draft(Paper(title="卷", sha256=SHA, sections=(heading,)), slug="x")
    assert (made.choice_rule, made.partial_share) == ("subset_half", 0.25)


@pytest.mark.parametrize(
    "fields",
    [
        {"correct": ()},
        {"correct": ("E",)},
        {"correct": ("A", "B")},
        {"correct": ("A",), "options": CHOICES[:1]},
        {"kind": QuestionKind.TRUE_FALSE, "correct": ("也许",)},
        {"kind": QuestionKind.FILL_BLANK, "correct": ()},
    ],
)
def test_an_objective_question_that_cannot_be_scored_is_left_out_with_the_reason(fields):
    (made,) = drafts(paper(question(**{"kind": QuestionKind.SINGLE_CHOICE, "options": CHOICES, **fields})), slug="x")
    assert made.rubric is None
    assert made.looks


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ([["1", "2"], ["3"]], ["01", "02", "03"]),
        ([["1", "2"], ["1"]], ["1-01", "1-02", "2-01"]),
        ([["一", "（十二）", "③", "Q4", "第5题"]], ["01", "12", "03", "04", "05"]),
        ([["1(2)", "", "题"]], ["01-2", "02", "03"]),
        ([["1", "1"]], ["01", "01-2"]),
    ],
)
def test_ids_are_ascii_and_each_is_used_once(numbers, expected):
    made = Paper(
        title="卷",
        sha256=SHA,
        sections=tuple(
            Section(title="", questions=tuple(question(number=n, analysis=ANALYSIS) for n in row)) for row in numbers
        ),
    )
    assert [item.id for item in draft(made, slug="客服 desk!")] == [f"desk-{ending}" for ending in expected]


def test_what_is_drafted_reads_back_and_has_no_error():
    made = rubric(analysis=ANALYSIS, reference=REFERENCE)
    assert parse(dump(made)) == made
    assert {finding.severity for finding in lint(made)} <= {Severity.WARNING, Severity.INFO}
    assert "overlap" not in {finding.code for finding in lint(made)}


def test_an_english_question_gets_english_sentences():
    made = rubric(stem="How do you calm a client?", analysis='A good answer should show "calm" and "facts".')
    assert made.key_points[0].hit == "Gives a concrete action or fact that shows “calm”."


@example(text="后11，先 1")
@given(
    text=st.text(alphabet="此题考察答案应体现“”、和与，。；：()（）12①②一二是首先其次最后核心分每点 \nabc", max_size=80)
)
@settings(max_examples=100, deadline=None)
def test_whatever_an_analysis_looks_like_the_draft_is_a_rubric_or_nothing(text):
    for fields in ({"analysis": text}, {"reference": text}):
        for made in draft(paper(question(**fields)), slug="x"):
            part = made.key_points[0].source.part
            assert text == fields[part]
            for point in made.key_points:
                at = point.source
                assert text[at.start - 1000 : at.end - 1000] == at.words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("快、准、稳", ["快", "准", "稳"]),
        ("产品和服务", ["产品和服务"]),
        ("登记来电和核对订单", ["登记来电", "核对订单"]),
        ("培养亲和力以及按时复命的习惯等两个方面", ["培养亲和力", "按时复命的习惯"]),
        ("参与市场调查与撰写行业周报", ["参与市场调查", "撰写行业周报"]),
        ("看数据；听录音；问客户，再下结论。", ["看数据", "听录音", "问客户，再下结论"]),
        ("、、", []),
        ("", []),
    ],
)
def test_lists_are_parted_where_their_items_end(text, expected):
    assert [piece.of(text) for piece in listed(text, 0, len(text))] == expected


class _Mended:
    """As papers.mend gives it, for a source with a bracket behind every character."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.origins: Sequence[int] = tuple(range(0, 4 * len(text), 4))

    def span(self, start: int, end: int) -> Span:
        return Span(start=self.origins[start], end=self.origins[end - 1] + 1)


def test_a_source_span_finds_its_way_back_through_the_repair():
    before = "解析:"
    whole = before + ANALYSIS
    mended = _Mended(whole)
    span = mended.span(len(before), len(whole))
    (made,) = draft(paper(question(analysis=ANALYSIS, analysis_span=span)), slug="x", mended=mended)
    at = made.key_points[0].source
    assert at.start == 4 * whole.index("先稳住客户")
    assert at.end == at.start + 4 * 4 + 1
    (coarse,) = draft(paper(question(analysis=ANALYSIS, analysis_span=span)), slug="x")
    assert (coarse.key_points[0].source.start, coarse.key_points[0].source.end) == (span.start, span.end)


def test_the_questions_of_a_section_share_its_points_exactly():
    made = drafts(
        paper(
            *(question(number=str(n), points=8 if n == 1 else None, analysis=ANALYSIS) for n in (1, 2, 3, 4)), total=18
        ),
        slug="x",
    )
    assert [item.rubric.max_score for item in made] == [8, 3.34, 3.33, 3.33]
    assert [item.rubric.rounding for item in made] == [0.5, 0.01, 0.01, 0.01]


def test_the_same_words_under_two_headings_are_two_key_points():
    made = rubric(reference="(1)原因：\n①培训不够；\n②人手少。\n(2)办法：\n①培训不够的补课；\n②人手少。", analysis="")
    assert [point.name for point in made.key_points] == [
        "原因：培训不够",
        "原因：人手少",
        "办法：培训不够的补课",
        "办法：人手少",
    ]
    assert [point.source.words for point in made.key_points] == ["培训不够", "人手少", "培训不够的补课", "人手少"]


def test_an_answer_of_one_sentence_is_cut_behind_its_subject():
    made = rubric(reference="晨会制度有助于理顺当天的排班，让新人敢开口。", analysis="")
    assert [point.name for point in made.key_points] == ["理顺当天的排班", "让新人敢开口"]


def test_a_long_term_leaves_hit_and_partial_apart():
    made = rubric(
        kind=QuestionKind.SHORT_ANSWER,
        reference="大厅服务人员应当在客户进门后的三十秒之内主动上前问好并询问来意。",
        analysis="",
    )
    assert "partial-is-hit" not in {finding.code for finding in lint(made)}


def test_sums_that_no_paper_gives_are_not_taken_for_marks():
    made = rubric(reference="甲案（900分）；乙案（900分）。", analysis="")
    assert (made.max_score, made.points_from) == (8, "even_split")


PAPERS = Path(__file__).resolve().parents[2] / "shared" / "papers"
real = pytest.mark.skipif(not PAPERS.is_dir(), reason="the real papers are not here")


def _read(name: str):
    (file,) = PAPERS.glob(f"{name}_*")
    document = read_document(file)
    return document.text, drafts(parse_paper(document), slug="x", mended=mend(document.text))


@real
def test_the_terms_drafted_from_a_real_paper_are_those_that_a_person_took_from_it():
    text, made = _read("000")
    reviewed = load_folder(folder("rubrics") / "customer-service-manager")
    written = [
        [(point.source.words, point.source.start, point.source.end) for point in one.key_points] for one in reviewed
    ]
    drafted = [
        [(point.source.words, point.source.start, point.source.end) for point in one.rubric.key_points]
        for one in made
        if one.rubric
    ]
    assert drafted == written
    assert [one.rubric.tests for one in made if one.rubric] == [one.tests for one in reviewed]
    assert all(text[start:end] == words for row in drafted for words, start, end in row)
    assert [one.name for one in made if one.rubric is None] == ["2-03"]


@real
def test_every_answered_question_of_a_real_paper_without_analyses_is_drafted_from_its_answers():
    _, made = _read("003")
    free = [one.rubric for one in made if one.rubric and not one.rubric.kind.objective]
    assert len(made) == 18
    assert all(one.rubric for one in made)
    assert {point.source.part for one in free for point in one.key_points} == {"reference"}
    assert [len(one.key_points) for one in free] == [6, 4, 5, 5, 4, 4, 5, 6, 3, 5, 5, 5]


@real
@pytest.mark.parametrize(
    ("name", "rubrics", "found", "drafted"),
    [
        ("000", "customer-service-manager", 21, 21),
        ("003", "ecommerce-service-supervisor", 51, 57),
        ("001", "service-manager-recruitment", 30, 136),
    ],
)
def test_as_many_terms_of_the_reviewed_rubrics_are_drafted_as_the_documentation_says(name, rubrics, found, drafted):
    (paper,) = PAPERS.glob(f"{name}_*")
    compared = list(pairs(paper, folder("rubrics") / rubrics))
    assert sum(matched(taken, made) for _, taken, made in compared) == found
    assert sum(len(made) for _, _, made in compared) == drafted
