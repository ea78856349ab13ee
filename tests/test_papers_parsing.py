import cProfile
import hashlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluator.models import Paper, Question, WarningCode
from evaluator.papers import Document, parse, read_document, read_paper

ROOT = Path(__file__).parent.parent
SAMPLES = ROOT / "samples" / "papers"

SECTIONS = {
    "interview-with-analysis": [
        ("行为题", "behavioural", 2, 10, 20, 2),
        ("情景题", "situational", 2, 15, 30, 2),
    ],
    "choices-key-at-end": [
        ("单项选择题", "single_choice", None, 3, 9, 3),
        ("多项选择题", "multiple_choice", None, 4, 8, 2),
        ("判断题", "true_false", None, 2, 4, 2),
        ("填空题", "fill_blank", None, 2, 4, 1),
        ("简答题", "short_answer", 1, None, 15, 1),
    ],
    "second-pass": [
        ("选择题", "single_choice", None, None, 20, 2),
        ("简答题", "short_answer", None, None, 90, 2),
    ],
    "one-paragraph": [
        ("职业认知", "short_answer", None, None, None, 2),
        ("业务技能", None, None, None, None, 2),
    ],
    "shared-material": [
        ("判断题", "true_false", None, 2, 4, 2),
        ("案例题", "case", None, None, None, 2),
    ],
    "english": [
        ("Multiple choice", "single_choice", 2, 2, None, 2),
        ("Short answer", "short_answer", None, None, None, 1),
    ],
    "answers-after-each-section": [
        ("简答题", "short_answer", None, None, None, 2),
        ("案例分析题", "case", 1, None, 20, 2),
    ],
    "one-paragraph-choices": [
        ("单选题", "single_choice", None, 2, 4, 2),
        ("简答题", "short_answer", None, 6, 6, 1),
    ],
    "questions-and-answers": [("行为面试", "behavioural", None, None, None, 2)],
    "no-questions": [],
}
"""Title, kind, number declared, points each, total, number found."""

QUESTIONS = {
    "interview-with-analysis": [
        ("1", 10, "请讲一次你同时接待多位访客的经历。你当时怎么安排？", "(1)先向", "致歉邮件。", "事后跟进”。"),
        ("2", 10, "说说你记错会议室的一次经历，后来怎样避免？", "我把两个会议", "改成在线表格。", "改进办法”。"),
        ("1", 15, "快递员坚持要进入办公区，你会怎么做？", "1. 说明公司", "签收并登记。", "登记（5分）"),
        ("2", 15, "停电了，访客登记系统用不了，你会怎么办？", "改用纸质", "备用电源。", "补录（7分）"),
    ],
    "one-paragraph": [
        ("1", None, "你为什么想做馆员？你看重这份工作的什么？", "我喜欢整理", "少走弯路。", ""),
        ("2", None, "读者抱怨座位总被占，你怎么看？", "先听读者", "教给他。", ""),
        ("1", None, "请说明图书排架的顺序。", "先按分类号", "按卷次。", "三个层次的先后。"),
        ("2", None, "还书时发现书页缺失，你会如何处理？", "核对借阅", "登记赔偿。", "确认和登记。"),
    ],
    "second-pass": [
        ("1", None, "以下哪项是原始凭证？", "", "", "由它整理而来。"),
        ("2", None, "现金日记账应当多久登记一次？", "", "", "做到日清月结。"),
        ("2", None, "请说明问题并提出改进办法。", "(1)问题", "每月盘点。", ""),
        ("3", None, "简述银行对账的意义。", "及时发现", "账实相符。", ""),
    ],
    "shared-material": [
        ("1", 2, "业主投诉应当在24小时内回复。", "", "", ""),
        ("2", 2, "物业可以随意停水停电催缴费用。", "", "", ""),
        ("1", 10, "你会先做哪三件事？", "① 到场安抚", "通报一次。", "通报（3分）"),
        ("2", 10, "事后如何避免类似情况？", "修订维保合同", "维保单位。", "备用单位（4分）"),
    ],
    "answers-after-each-section": [
        ("1", None, "简述退房查房的顺序。", "先看门窗", "遗留物品。", ""),
        ("2", None, "简述布草报损的手续。", "填写报损单", "财务核销。", ""),
        ("1", 10, "接电话的人应当怎样回应？", "（1）先安抚", "同事回忆（3分）。", ""),
        ("2", 10, "部门之后应当怎样改进？", "（1）退房时", "当场登记（5分）。", ""),
    ],
    "one-paragraph-choices": [
        ("1", 2, "收到疑似假币时应当先（ ）。", "", "", "不与顾客争执。"),
        ("2", 2, "交接班时先做什么（ ）。", "", "", "账实相符再交接。"),
        ("1", 6, "简述退款的步骤。", "（1）核对小票", "原路退回。", "三步各2分。"),
    ],
    "questions-and-answers": [
        ("1", None, "你带过最难教的学员是怎样的？", "学员一紧张", "加长路线", "“分步练习”。"),
        ("2", None, "学员在路上责骂你，你怎么办？", "请他靠边停车", "再谈。", "情绪管理。"),
    ],
    "english": [
        ("1", 2, "Which of these should be asked first?", "", "", "about it."),
        ("2", 2, "A ticket is closed when", "", "", "fault is gone."),
        ("1", 6, "Describe how you would calm an angry caller.", "Listen first", "next and when.", "what is next (2)"),
    ],
}
"""Number, points, stem, beginning and end of the reference answer, end of the analysis."""


def file(name: str) -> Path:
    (found,) = SAMPLES.glob(f"{name}.*")
    return found


def sample(name: str) -> Paper:
    return read_paper(file(name))


def paper_of(text: str) -> Paper:
    return parse(Document(text=text, sha256=hashlib.sha256(text.encode()).hexdigest(), kind="txt"))


def only(text: str) -> Question:
    (question,) = paper_of(text).questions
    return question


def codes(paper: Paper) -> list[WarningCode]:
    return [warning.code for warning in paper.warnings if warning.code is not WarningCode.REMOVED_TEXT]


@pytest.mark.parametrize("name", SECTIONS)
def test_sections_of_the_sample_papers(name: str) -> None:
    found = [
        (section.title, section.kind, section.count, section.points_each, section.total, len(section.questions))
        for section in sample(name).sections
    ]
    assert found == SECTIONS[name]


@pytest.mark.parametrize("name", QUESTIONS)
def test_questions_of_the_sample_papers(name: str) -> None:
    questions = sample(name).questions
    for question, (number, points, stem, begin, end, analysis) in zip(questions, QUESTIONS[name], strict=True):
        assert (question.number, question.points, question.stem) == (number, points, stem)
        assert question.reference.startswith(begin)
        assert question.reference.endswith(end)
        assert bool(question.reference) is bool(begin)
        assert question.analysis.endswith(analysis)
        assert bool(question.analysis) is bool(analysis)


def test_answers_gathered_at_the_end_reach_their_questions() -> None:
    correct = [question.correct for question in sample("choices-key-at-end").questions]
    assert correct == [
        ("B",), ("A",), ("B",), ("A", "B", "C"), ("A", "B", "D"), ("false",), ("true",), ("防虫", "防爆"), (),
    ]  # fmt: skip
    last = sample("choices-key-at-end").questions[-1]
    assert last.reference.startswith("先停止出入库")
    assert last.analysis.startswith("要写出")


def test_options_on_one_line_and_on_many_are_split() -> None:
    first, second, third, *_ = sample("choices-key-at-end").questions
    assert [(option.label, option.text) for option in first.options] == [
        ("A", "直接入库"),
        ("B", "拍照留证并通知采购"),
        ("C", "退回给司机"),
        ("D", "自行修补"),
    ]
    assert [option.text for option in second.options] == ["减少过期", "节省人工", "方便盘点", "降低租金"]
    assert [option.label for option in third.options] == ["A", "B", "C", "D"]


def test_a_second_pass_is_merged_and_its_differences_are_told() -> None:
    paper = sample("second-pass")
    assert codes(paper).count(WarningCode.DUPLICATE_PASS) == 1
    (conflict,) = [warning for warning in paper.warnings if warning.code is WarningCode.ANSWER_CONFLICT]
    assert conflict.question == "2"
    assert paper.questions[1].correct == ("C",)
    assert WarningCode.POINTS_MISMATCH not in codes(paper)


def test_points_for_a_blank_are_counted_for_every_blank() -> None:
    blank = sample("choices-key-at-end").questions[7]
    assert (blank.kind, blank.points) == ("fill_blank", 4)


def test_a_numbered_background_belongs_to_the_question_behind_it() -> None:
    _, _, case, other = sample("second-pass").questions
    assert "从未盘点" in case.material
    assert other.material == ""


def test_a_material_is_shared_by_the_questions_of_its_section() -> None:
    *judged, first, second = sample("shared-material").questions
    assert first.material == second.material
    assert first.material.startswith("某小区电梯")
    assert [question.correct for question in judged] == [("true",), ("false",)]
    assert [question.material for question in judged] == ["", ""]


def test_numbered_paragraphs_of_another_text_are_no_questions() -> None:
    paper = sample("no-questions")
    assert paper.questions == ()
    assert codes(paper) == [WarningCode.NO_QUESTIONS]
    assert paper.title == "办公室物品管理办法"


@pytest.mark.parametrize("name", [name for name in SECTIONS if name != "no-questions"])
def test_spans_lead_back_to_the_source(name: str) -> None:
    source = read_document(file(name)).text
    for question in sample(name).questions:
        assert question.stem_span is not None
        assert question.stem[:6] in source[question.stem_span.start : question.stem_span.end]
        for text, span in ((question.reference, question.reference_span), (question.analysis, question.analysis_span)):
            if text and span:
                assert source[span.start : span.end].startswith(text[:6])
                assert source[span.start : span.end].endswith(text[-4:])


@pytest.mark.parametrize(
    ("number", "printed"),
    [
        ("1.", "1"),
        ("1、", "1"),
        ("(1)", "1"),
        ("①", "①"),
        ("Q1:", "1"),
        ("第1题 ", "1"),
        ("题目一：", "一"),
        ("1）", "1"),
        ("【例1】", "1"),
        ("1 ", "1"),
        ("▶ 题目1：", "1"),
        ("第一题：", "一"),
        ("第1小题 ", "1"),
        ("1-1 ", "1-1"),
        ("面试问题一：", "一"),
        ("Ⅰ、", "Ⅰ"),
    ],
)
def test_every_way_to_number_a_question(number: str, printed: str) -> None:
    following = number.replace("1", "2", 1).replace("一", "二")
    paper = paper_of(
        f"客服面试题\n{number}请介绍你的经验。\n参考答案：做过两年。\n{following}谈谈加班。\n参考答案：可以。\n"
        if number == "1 "
        else f"客服面试题\n{number}请介绍你的经验。\n参考答案：做过两年。\n"
    )
    question = paper.questions[0]
    assert (question.number, question.stem, question.reference) == (printed, "请介绍你的经验。", "做过两年。")


@pytest.mark.parametrize(
    "label",
    [
        "答案：",
        "【答案】",
        "参考答案:\n",
        "答题要点：",
        "答：",
        "参考答案\n",
        "[参考答案]：",
        "**参考答案：**",
        "Sample answer: ",
        "参考回答：",
        "【示例答案】",
        "解：",
        "【答题思路】",
        "✔ 参考答案：",
        "Good answer: ",
    ],
)
def test_every_label_of_an_answer(label: str) -> None:
    assert only(f"1.请介绍你的经验。\n{label}做过两年。\n").reference == "做过两年。"


@pytest.mark.parametrize(
    "label",
    [
        *(
            "解析：",
            "【解析】",
            "解析思路：",
            "本题解释：",
            "评分标准：",
            "采分点：",
            "Marking scheme: ",
            "Key points:\n",
        ),
        *(
            "评分参考：",
            "得分点：",
            "【详解】",
            "【点评】",
            "考察要点：",
            "测评要素：",
            "出题意图：",
            "What to look for: ",
        ),
        *("答题思路：", "【要点】"),
    ],
)
def test_every_label_of_an_analysis_before_or_behind_the_answer(label: str) -> None:
    behind = only(f"1.请介绍你的经验。\n答案：做过两年。\n{label}要有年限。\n")
    before = only(f"1.请介绍你的经验。\n{label}要有年限。\n答案：做过两年。\n")
    for question in (behind, before):
        assert (question.reference, question.analysis) == ("做过两年。", "要有年限。")


@pytest.mark.parametrize(
    ("answer", "kind", "correct"),
    [
        ("答案：B", "single_choice", ("B",)),
        ("答案B", "single_choice", ("B",)),
        ("正确答案：B.乙", "single_choice", ("B",)),
        ("答案：ACD", "multiple_choice", ("A", "C", "D")),
        ("答案：A、C", "multiple_choice", ("A", "C")),
    ],
)
def test_letters_of_an_answer(answer: str, kind: str, correct: tuple[str, ...]) -> None:
    question = only(f"1.下列哪项正确？\nA.甲 B.乙\nC.丙 D.丁\n{answer}\n")
    assert (question.kind, question.correct, question.reference) == (kind, correct, "")


@pytest.mark.parametrize(
    ("heading", "stem", "kind", "correct"),
    [
        ("一、单选题", "1.最重要的是（B）。\nA.快 B.准 C.省 D.多", "single_choice", ("B",)),
        ("一、判断题", "1.客户永远是对的。（×）", "true_false", ("false",)),
        ("一、判断题", "（√）1.要先听后说。", "true_false", ("true",)),
        ("一、判断题", "1.要先听后说。\n答案：对", "true_false", ("true",)),
        ("一、填空题", "1.三包是____、____和包退。\n答案：包修；包换", "fill_blank", ("包修", "包换")),
    ],
)
def test_answers_of_objective_questions(heading: str, stem: str, kind: str, correct: tuple[str, ...]) -> None:
    question = only(f"{heading}\n{stem}\n")
    assert (question.kind, question.correct) == (kind, correct)
    assert "B" not in question.stem


@pytest.mark.parametrize(
    "key",
    [
        "参考答案\n一、单选题\n1.A 2.B\n二、判断题\n1.× 2.√\n",
        "答案\n一、1.A 2.B\n二、1.× 2.√\n",
        "参考答案及解析：\n一、单选题\n1-2 AB\n二、判断题\n1-2：×√\n",
        "【参考答案】\n一、单选题\n1. A。解析：一在先。\n2. B（二写在后面）\n二、判断题\n1. 错\n2. 对\n",
    ],
)
def test_every_form_of_a_key(key: str) -> None:
    stems = "一、单选题\n1.甲？\nA.一 B.二\n2.乙？\nA.一 B.二\n二、判断题\n1.丁。\n2.戊。\n"
    paper = paper_of(stems + key)
    assert [question.correct for question in paper.questions] == [("A",), ("B",), ("false",), ("true",)]
    analyses = [question.analysis for question in paper.questions]
    assert analyses == (["一在先。", "二写在后面", "", ""] if "解析：一" in key else [""] * 4)


def test_a_numbered_list_inside_an_answer_is_no_question() -> None:
    paper = paper_of(
        "1.怎样安抚客户？\n答案：\n1.倾听\n2.致歉\n3.给方案\n2.怎样复盘？\n答案：\n1.找原因\n2.定措施\n3.跟进\n3.怎样排班？\n答案：看峰值。\n"
    )
    assert [question.number for question in paper.questions] == ["1", "2", "3"]
    assert paper.questions[1].reference == "1.找原因\n2.定措施\n3.跟进"


def test_questions_under_a_question_keep_its_text_as_material() -> None:
    paper = paper_of(
        "1.阅读短文。\n某店昨日断货。\n(1)原因是什么？（4分）\n答案：未补货。\n(2)怎么办？（6分）\n答案：调货。\n"
    )
    assert [(q.number, q.stem, q.points, q.reference) for q in paper.questions] == [
        ("1(1)", "原因是什么？", 4, "未补货。"),
        ("1(2)", "怎么办？", 6, "调货。"),
    ]
    assert {question.material for question in paper.questions} == {"阅读短文。\n某店昨日断货。"}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1.甲是什么？\n答案：一。\n2.乙是什么？\n答案：二。\n3.丙是什", WarningCode.TRUNCATED),
        ("1.甲是什么？\n答案：一。\n2.乙是什么？\n3.丙是什么？\n答案：三。\n", WarningCode.MISSING_ANSWER),
        ("1.甲是什么？\n答案：一。\n解析：因一。\n2.乙是什么？\n答案：二。\n", WarningCode.MISSING_ANALYSIS),
        ("1.甲是什么？\n答案：一。\n2.乙是什么？\n答案：二。\n4.丁是什么？\n答案：四。\n", WarningCode.NUMBERING_GAP),
        ("一、简答题（共3题）\n1.甲是什么？\n答案：一。\n2.乙是什么？\n答案：二。\n", WarningCode.NUMBERING_GAP),
        (
            "一、简答题（共2题，每题5分，总分12分）\n1.甲是什么？\n答案：一。\n2.乙？\n答案：二。\n",
            WarningCode.POINTS_MISMATCH,
        ),
        (
            "满分100分\n一、简答题（60分）\n1.甲是什么？\n答案：一。\n二、论述题（50分）\n1.论述乙。\n答案：二。\n",
            WarningCode.POINTS_MISMATCH,
        ),
        (
            "一、简答题（90分）\n1.甲是什么？\n答案：一。\n二、论述题（50分）\n1.论述乙。\n答案：二。\n",
            WarningCode.POINTS_MISMATCH,
        ),
        ("一、单选题\n1.哪项对？\nA.甲 B.乙\n答案：AB\n", WarningCode.ANSWER_CONFLICT),
        ("一、单选题\n1.对的是（A）。\nA.甲 B.乙\n答案：B\n", WarningCode.ANSWER_CONFLICT),
        ("这是一封感谢信。\n祝工作顺利。\n", WarningCode.NO_QUESTIONS),
        ("", WarningCode.NO_QUESTIONS),
    ],
)
def test_what_a_person_should_look_at(text: str, code: WarningCode) -> None:
    assert code in codes(paper_of(text))


def test_a_sound_paper_has_no_warnings() -> None:
    assert codes(sample("english")) == []
    assert codes(sample("interview-with-analysis")) == []


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_no_mutilated_paper_ends_in_an_error(data: st.DataObject) -> None:
    texts = [read_document(path).text for path in sorted(SAMPLES.glob("*.*"))]
    text = data.draw(st.sampled_from(texts))
    lines = data.draw(st.permutations(text.splitlines())) if data.draw(st.booleans()) else text.splitlines()
    start, end = sorted((data.draw(st.integers(0, len(text))), data.draw(st.integers(0, len(text)))))
    noise = data.draw(st.text(alphabet="一二1.、()（）分题答案:：A\n①B-", max_size=12))
    paper = paper_of(("\n".join(lines) + noise + text)[start:end] + noise)
    for question in paper.questions:
        assert question.stem_span is None or question.stem_span.end <= end - start + len(noise)


@pytest.mark.parametrize(
    ("stem", "points"),
    [
        ("甲是什么？（5分）", 5),
        ("（5分）甲是什么？", 5),
        ("甲是什么？ 5’", 5),
        ("甲是什么？[5分]", 5),
        ("甲是什么？(本题5分)", 5),
        ("甲是什么？（满分5分，每点1分）", 5),
        ("甲是什么？      (5)", 5),
        ("（5分）甲是什么？\n（1）乙（2分）\n（2）丙（3分）", 5),
        ("第（5）条说什么？", None),
    ],
)
def test_every_way_to_print_the_points_of_a_question(stem: str, points: float | None) -> None:
    assert only(f"1. {stem}\n答案：是乙。\n").points == points


def test_an_outline_is_the_answer_where_there_is_no_other() -> None:
    alone = only("1.甲是什么？\n答题思路：先说乙。\n")
    beside = only("1.甲是什么？\n答题思路：先说乙。\n参考答案：是乙。\n")
    assert (alone.reference, alone.analysis) == ("先说乙。", "")
    assert (beside.reference, beside.analysis) == ("是乙。", "先说乙。")


def test_a_question_alone_in_its_section_is_worth_what_the_section_is() -> None:
    paper = paper_of(
        "一、论述题（20分）\n1.论述甲。\n答案：乙。\n二、简答题（30分）\n1.甲？\n答案：一。\n2.乙？\n答案：二。\n"
    )
    assert [question.points for question in paper.questions] == [20, None, None]


def test_what_stands_behind_a_judgement_explains_it() -> None:
    question = only("一、判断题\n1.可以带火种。\n答案：错误。理由：易燃。\n")
    assert (question.correct, question.analysis) == (("false",), "易燃。")


def test_questions_that_share_one_block_of_answers_stay_one_question() -> None:
    question = only("1.阅读短文。\n某店断货。\n(1)原因是什么？\n(2)怎么办？\n答案：\n(1)未补货。\n(2)调货。\n")
    assert question.stem.endswith("(2)怎么办？")
    assert question.reference == "(1)未补货。\n(2)调货。"


def test_the_steps_of_reading_grow_with_the_length_of_a_paper() -> None:
    def steps(count: int) -> int:
        body = "".join(
            f"{n}.第{n}步怎样改进？\n答案：\n1.调查{n}。\n2.试点。\n解析：要体现“调查”。\n" for n in range(1, count)
        )
        text = f"一、简答题\n{body}本次试卷答案如下\n一、简答题\n{body}"
        profile = cProfile.Profile()
        profile.runcall(paper_of, text)
        return sum(entry.callcount for entry in profile.getstats())

    few, many = steps(60), steps(240)
    assert many < 4.6 * few


def test_a_long_paper_with_two_passes_is_read_whole() -> None:
    body = "".join(
        f"{n}.第{n}个流程应当怎样改进？\n答案：\n1.先调查{n}。\n2.再试点。\n解析：要体现“调查”和“试点”。\n"
        for n in range(1, 301)
    )
    paper = paper_of(f"一、简答题（共300题）\n{body}本次试卷答案如下\n一、简答题\n{body}")
    assert [question.number for question in paper.questions] == [str(number) for number in range(1, 301)]
    assert {question.reference.count("\n") for question in paper.questions} == {1}
    assert codes(paper) == [WarningCode.DUPLICATE_PASS]
