"""Submissions: tables and records in, candidates with their answers out."""

import pytest
from submission_files import CHOICE, COMPLAINT, RUBRICS, TEAM, jsonl, text, xlsx

from evaluator.errors import InputError
from evaluator.models import Level, Rejected, Submission
from evaluator.submissions import How, Layout, Role, open_submissions


def answers(source):
    """Candidate, question and text of every answer."""
    return [(one.candidate, a.rubric, a.text) for one in source if isinstance(one, Submission) for a in one.answers]


def said(source) -> str:
    return "\n".join(words.zh + words.en for words in source.notes)


EXPECTED = [
    ("0012", COMPLAINT.id, "先道歉，再换货"),
    ("0012", TEAM.id, "分工明确"),
    ("0012", CHOICE.id, "AB"),
    ("0013", COMPLAINT.id, ""),
    ("0013", TEAM.id, "每周辅导"),
    ("0013", CHOICE.id, "C"),
]
WIDE = {
    "stems": ["考号", "姓名", COMPLAINT.question, TEAM.question, CHOICE.question],
    "ids": ["学号", "姓名", COMPLAINT.id, TEAM.id, CHOICE.id],
    "short ids": ["编号", "姓名", "kf-01", "kf-02", "kf-03"],
    "numbers": ["准考证号", "考生姓名", "第1题", "第2题", "第3题"],
    "Q": ["Candidate ID", "Full name", "Q1", "Q2", "Q3"],
    "bare numbers": ["工号", "姓名", "1", "2.", "3、"],
    "wenjuanxing": [
        "学号",
        "1、您的姓名：",
        f"2、{COMPLAINT.question}（必填）",
        f"3、{TEAM.question}[简答题]",
        f"4、{CHOICE.question}【多选题】（4分）",
    ],
    "traditional": [
        "准考證號",
        "姓名",
        "1.客戶投訴商品損壞，你會怎樣處理？",
        "2.請說明你怎樣帶好一個新組建的客服團隊。",
        "第三題",
    ],
    "nearly the stems": [
        "ID",
        "Name",
        "客户投诉商品有损坏，你会怎样处理？",
        "请说明你怎么带好一个新组建的客服团队",
        "下列哪些做法有助于首次解决率",
    ],
}


@pytest.mark.parametrize("header", WIDE.values(), ids=WIDE)
def test_wide_tables_are_read_whatever_their_columns_are_called(tmp_path, header):
    rows = [
        header,
        ["0012", "张三", "先道歉，再换货", "分工明确", "AB"],
        [],
        ["0013", "李四", "(空)", "每周辅导", "C"],
    ]
    source = open_submissions(xlsx(tmp_path / "a.xlsx", ("答卷", rows)), RUBRICS)
    assert answers(source) == EXPECTED
    assert [one.name for one in source] == ["张三", "李四"]
    assert next(iter(source)).answers[0].place == "答卷!C2"
    assert source.rubrics == RUBRICS
    assert source.column_map.layout is Layout.WIDE


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "big5hkscs", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_text_tables_are_read_in_every_encoding_with_line_feeds_inside_quotes(tmp_path, encoding, delimiter):
    stem = "客戶投訴商品損壞，你會怎樣處理？" if encoding.startswith("big5") else COMPLAINT.question
    rows = [f"考號;姓名;{stem}", '001;王;"先道歉\n再換貨，說明""原因"""', "002;李;好"]
    path = text(tmp_path / "a.csv", "\n".join(rows).replace(";", delimiter) + "\n", encoding)
    assert answers(open_submissions(path, RUBRICS)) == [
        ("001", COMPLAINT.id, '先道歉\n再換貨，說明"原因"'),
        ("002", COMPLAINT.id, "好"),
    ]


def test_long_tables_have_an_answer_a_row_and_human_scores_with_their_rater(tmp_path):
    rows = [
        ["考号", "题目", "作答", "评委", "得分", "部门"],
        ["01", COMPLAINT.question, "道歉", "王老师", 3, "客服"],
        ["01", "第2题", "分工", "", "", "客服"],
        ["02", TEAM.question, "辅导", "王老师", 9, "客服"],
        ["", TEAM.question, "辅导", "", "", ""],
    ]
    source = open_submissions(xlsx(tmp_path / "a.xlsx", ("S", rows)), RUBRICS)
    assert source.column_map.layout is Layout.LONG
    assert answers(source) == [("01", COMPLAINT.id, "道歉"), ("01", TEAM.id, "分工"), ("02", TEAM.id, "辅导")]
    given = [one.answers[0].human for one in source if isinstance(one, Submission)]
    assert [[(h.rater, h.score) for h in human] for human in given] == [[("王老师", 3.0)], [], []]
    assert [one.place for one in source if isinstance(one, Rejected)] == ["S!5"]
    assert "S!C4" in said(source)
    assert source.columns == ("部门",)


LONG = [
    ["考号", "题目", "作答", "评委", "得分"],
    ["01", "第1题", "道歉", "王老师", 3],
    ["01", "第1题", "道歉", "李老师", 2],
    ["02", "第1题", "换货", "王老师", 1],
]
WIDE = [
    ["考号", "第1题", "第1题 得分", "kf-01/point-1", "第2题", "第2题 评委A", "阅卷人"],
    ["01", "道歉", 3, "命中", "分工", 2, "王老师"],
    ["01", "道歉", 2, "部分", "分工", 2, "李老师"],
    ["02", "换货", 1, "未命中", "辅导", 1, "王老师"],
]


@pytest.mark.parametrize("rows", [LONG, WIDE], ids=["long", "wide"])
def test_a_row_for_each_rater_names_them_and_is_no_repetition(tmp_path, rows):
    source = open_submissions(xlsx(tmp_path / "a.xlsx", ("S", rows)), RUBRICS)
    first = [(one.candidate, [(h.rater, h.score) for h in one.answers[0].human]) for one in source]
    assert first == [("01", [("王老师", 3.0)]), ("01", [("李老师", 2.0)]), ("02", [("王老师", 1.0)])]
    assert "不止一次" not in said(source)
    again = open_submissions(xlsx(tmp_path / "b.xlsx", ("S", [*rows, rows[2]])), RUBRICS)
    assert list(again)
    assert "01（S!3, S!5）" in said(again)


def test_in_a_wide_table_columns_that_name_a_rater_keep_the_name_and_the_rest_is_by_whom_the_row_says(tmp_path):
    source = open_submissions(xlsx(tmp_path / "a.xlsx", ("S", WIDE)), RUBRICS)
    found = next(iter(source))
    assert isinstance(found, Submission)
    assert found.answers[0].human[0].levels == {"point-1": Level.HIT}
    assert [h.rater for h in found.answers[1].human] == ["评委A"]
    assert found.columns == {"阅卷人": "王老师"}


def test_records_of_any_documented_form_are_read_and_bad_lines_are_rejected_with_their_number(tmp_path):
    path = jsonl(
        tmp_path / "a.jsonl",
        {"candidate": 7, "rubric": COMPLAINT.id, "answer": "道歉", "human_score": 3, "rater": "王"},
        "{broken",
        {"考号": "008", "姓名": "李", "题目": TEAM.question, "答案": "分工"},
        {"id": "009", "answers": {"Q1": "a", CHOICE.id: {"answer": ["A", "B"], "score": 4}}},
        {"candidate": "010", "question_id": "不存在的题", "answer": "x", "extra": [1]},
        "[1]",
        {"候选人编号": 123456789012345678, "第2题": "辅导"},
    )
    with pytest.raises(InputError, match="不存在的题"):
        open_submissions(path, RUBRICS)
    source = open_submissions(path, RUBRICS, strict=False)
    assert answers(source) == [
        ("7", COMPLAINT.id, "道歉"),
        ("008", TEAM.id, "分工"),
        ("009", COMPLAINT.id, "a"),
        ("009", CHOICE.id, "A┋B"),
        ("123456789012345678", TEAM.id, "辅导"),
    ]
    assert [one.place for one in source if isinstance(one, Rejected)] == ["a.jsonl:2", "a.jsonl:5", "a.jsonl:6"]
    human = {a.rubric: a.human for one in source if isinstance(one, Submission) for a in one.answers if a.human}
    assert {rubric: [(h.rater, h.score) for h in given] for rubric, given in human.items()} == {
        COMPLAINT.id: [("王", 3.0)],
        CHOICE.id: [("人工", 4.0)],
    }


def test_wide_records_are_matched_by_their_keys(tmp_path):
    row = {"学号": "1", "第1题": "好", "第1题 评委A": "2分", "第1题 得分": 3, "评分人": "王", "部门": "客服"}
    path = jsonl(tmp_path / "a.jsonl", row)
    (found,) = open_submissions(path, RUBRICS)
    assert isinstance(found, Submission)
    assert (found.candidate, found.columns) == ("1", {"部门": "客服"})
    assert [(h.rater, h.score) for h in found.answers[0].human] == [("评委A", 2.0), ("王", 3.0)]


def test_human_scores_stand_beside_their_question_or_name_it(tmp_path):
    rows = [
        ["考号", "第1题", "第1题 得分", "Q2", "Q2_score", "kf-02 评委B", "kf-01/point-1", "kf-01-complaint/给出方案", "总分"],
        ["01", "道歉", 3, "分工", "2.5分", "9", "命中", "0.5", "88"],
    ]  # fmt: skip
    source = open_submissions(xlsx(tmp_path / "a.xlsx", ("S", rows)), RUBRICS)
    (found,) = source
    assert isinstance(found, Submission)
    first, second = found.answers
    assert [(h.rater, h.score) for h in first.human] == [("人工", 3.0)]
    assert first.human[0].levels == {"point-1": Level.HIT, "point-2": Level.PARTIAL}
    assert [(h.rater, h.score) for h in second.human] == [("human", 2.5)]
    assert found.columns == {"总分": "88"}
    assert "评委B 9" in said(source)


def test_a_score_column_after_every_question_belongs_to_the_question_at_its_left(tmp_path):
    rows = [["考号", "Q1", "得分", "Q2", "得分"], ["01", "a", 1, "b", 2]]
    (found,) = open_submissions(xlsx(tmp_path / "a.xlsx", ("S", rows)), RUBRICS)
    assert isinstance(found, Submission)
    assert [answer.human[0].score for answer in found.answers] == [1.0, 2.0]


def test_one_score_after_several_questions_is_a_total_and_stays_beside_the_results(tmp_path):
    rows = [["考号", "Q1", "Q2", "得分"], ["01", "a", "b", 2]]
    source = open_submissions(xlsx(tmp_path / "a.xlsx", ("S", rows)), RUBRICS)
    (found,) = source
    assert isinstance(found, Submission)
    assert not any(answer.human for answer in found.answers)
    assert found.columns == {"得分": "2"}
    assert "得分" in said(source)


def test_a_column_that_looks_like_answers_and_matches_nothing_is_refused_with_the_nearest_rubrics(tmp_path):
    rows = [["考号", "Q1", "第9题", "客户投诉时你会怎样处理？", "部门"], ["01", "a", "b", "c", "d"]]
    path = xlsx(tmp_path / "a.xlsx", ("S", rows))
    with pytest.raises(InputError) as refused:
        open_submissions(path, RUBRICS)
    message = refused.value.text("zh")
    assert "第9题" in message
    assert COMPLAINT.id in message
    assert "--map" in message
    assert "Q1”" not in message
    doubtful = open_submissions(path, RUBRICS, strict=False).column_map.doubtful
    assert [one.column for one in doubtful] == ["C", "D"]
    assert doubtful[1].candidates[0].rubric == COMPLAINT.id


def test_numbers_are_doubtful_where_rubrics_are_not_numbered_in_their_order(tmp_path):
    rows = [["考号", "第1题", "第2题"], ["01", "a", "b"]]
    path = xlsx(tmp_path / "a.xlsx", ("S", rows))
    with pytest.raises(InputError, match="第1题"):
        open_submissions(path, (TEAM, CHOICE))


def test_two_columns_that_match_one_question_are_both_doubtful(tmp_path):
    rows = [["考号", "Q1", COMPLAINT.question], ["01", "a", "b"]]
    source = open_submissions(xlsx(tmp_path / "a.xlsx", ("S", rows)), RUBRICS, strict=False)
    assert [one.column for one in source.column_map.doubtful] == ["B", "C"]


def test_a_single_answer_column_needs_no_name_where_there_is_one_question(tmp_path):
    rows = [["姓名", "答案"], ["张三", "好"], ["张三", "更好"]]
    path = xlsx(tmp_path / "a.xlsx", ("S", rows))
    source = open_submissions(path, (TEAM,))
    assert answers(source) == [("张三", TEAM.id, "好"), ("张三", TEAM.id, "更好")]
    assert source.column_map.with_role(Role.QUESTION)[0].how is How.ONLY
    assert "重名" in said(source)
    with pytest.raises(InputError):
        open_submissions(path, RUBRICS)
