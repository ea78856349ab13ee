"""Column maps: written, edited by a person, read again, applied."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from submission_files import CHOICE, COMPLAINT, RUBRICS, TEAM, jsonl, text, xlsx

from evaluator.errors import InputError
from evaluator.models import Submission
from evaluator.submissions import Column, ColumnMap, How, Layout, Near, QuestionName, Role, open_submissions

DOUBTFUL = [["考号", "姓名", "遇到投诉怎么办？", "你的团队怎么带？", "颜色？？？？"], ["01", "张三", "甲", "乙", "红"]]


def answers(source):
    return [(one.candidate, a.rubric, a.text) for one in source if isinstance(one, Submission) for a in one.answers]


def test_a_map_that_was_filled_in_settles_what_was_doubtful(tmp_path):
    path = xlsx(tmp_path / "a.xlsx", ("S", DOUBTFUL))
    source = open_submissions(path, RUBRICS, strict=False)
    assert [column.column for column in source.column_map.doubtful] == ["C", "D", "E"]
    source.column_map.save(tmp_path / "map.yaml")
    written = (tmp_path / "map.yaml").read_text("utf-8")
    assert "请填写 / fill in" in written
    for rubric in (COMPLAINT.id, TEAM.id):
        written = written.replace("rubric: ''", f"rubric: {rubric}", 1)
    first, last = written.rsplit("role: question", 1)
    (tmp_path / "map.yaml").write_text(f"{first}role: ignored{last}", "utf-8")
    given_map = ColumnMap.load(tmp_path / "map.yaml")
    found = open_submissions(path, RUBRICS, column_map=given_map)
    assert answers(found) == [("01", COMPLAINT.id, "甲"), ("01", TEAM.id, "乙")]
    assert {column.how for column in found.column_map.with_role(Role.QUESTION)} == {How.GIVEN}
    assert found.columns == ("颜色？？？？",)


def test_a_map_serves_the_next_file_whose_columns_moved_and_grew(tmp_path):
    source = open_submissions(xlsx(tmp_path / "a.xlsx", ("S", DOUBTFUL)), RUBRICS, strict=False)
    columns = tuple(
        column.model_copy(update={"rubric": COMPLAINT.id} if column.column == "C" else {"role": Role.IGNORED})
        if column.doubtful
        else column
        for column in source.column_map.columns
    )
    given_map = source.column_map.model_copy(update={"columns": columns})
    moved = [[row[2], "新部门", row[0], row[1], CHOICE.question] for row in DOUBTFUL]
    found = open_submissions(xlsx(tmp_path / "b.xlsx", ("另一张", [["标题"], *moved])), RUBRICS, column_map=given_map)
    assert ("01", COMPLAINT.id, "甲") in answers(found)
    assert found.rubrics == (COMPLAINT, CHOICE)


def test_scores_named_by_a_number_go_with_the_question_that_the_map_gives_the_number(tmp_path):
    path = xlsx(tmp_path / "a.xlsx", ("S", [["考号", "第8题", "第8题 得分"], ["01", "甲", 3]]))
    with pytest.raises(InputError) as refused:
        open_submissions(path, RUBRICS)
    assert len(refused.value.problems) == 1
    column_map = open_submissions(path, RUBRICS, strict=False).column_map
    columns = tuple(
        column.model_copy(update={"rubric": TEAM.id}) if column.header == "第8题" else column
        for column in column_map.columns
    )
    (found,) = open_submissions(path, RUBRICS, column_map=column_map.model_copy(update={"columns": columns}))
    assert isinstance(found, Submission)
    assert found.answers[0].human[0].score == 3.0


def test_a_map_names_questions_of_long_tables_records_and_documents(tmp_path):
    path = text(tmp_path / "a.csv", "考号,题目,答案\n1,甲题,好\n1,乙题,坏\n")
    with pytest.raises(InputError, match="甲题"):
        open_submissions(path, RUBRICS)
    source = open_submissions(path, RUBRICS, strict=False)
    names = (QuestionName(printed="甲题", rubric=TEAM.id), QuestionName(printed="乙题", ignored=True))
    given_map = source.column_map.model_copy(update={"questions": names})
    given_map.save(tmp_path / "m.yaml")
    loaded = ColumnMap.load(tmp_path / "m.yaml")
    found = open_submissions(path, RUBRICS, column_map=loaded)
    assert answers(found) == [("1", TEAM.id, "好")]
    assert any("已跳过" in words.zh for words in found.notes)
    records = jsonl(tmp_path / "a.jsonl", {"candidate": "1", "question": "甲题", "answer": "好"})
    given_map = ColumnMap(layout=Layout.RECORDS, questions=names)
    assert answers(open_submissions(records, RUBRICS, column_map=given_map)) == [("1", TEAM.id, "好")]
    sheet = text(tmp_path / "07.txt", "甲题\n好\n乙题\n不读")
    given_map = ColumnMap(layout=Layout.FILES, questions=names)
    assert answers(open_submissions(sheet, RUBRICS, column_map=given_map)) == [("07", TEAM.id, "好")]


LONG_MAP = """
layout: long
columns:
- {column: A, header: 谁, role: candidate}
- {column: B, header: 甲, role: question_key}
- {column: C, header: 乙, role: answer}
"""


def test_a_map_written_by_hand_makes_a_table_long_whose_headers_say_nothing(tmp_path):
    (tmp_path / "map.yaml").write_text(LONG_MAP, "utf-8")
    path = xlsx(tmp_path / "a.xlsx", ("S", [["谁", "甲", "乙"], ["01", COMPLAINT.id, "先道歉"]]))
    source = open_submissions(path, RUBRICS, column_map=ColumnMap.load(tmp_path / "map.yaml"))
    assert answers(source) == [("01", COMPLAINT.id, "先道歉")]


def test_a_long_map_that_does_not_say_which_question_it_is_is_refused_in_words(tmp_path):
    (tmp_path / "map.yaml").write_text(LONG_MAP.replace("question_key", "meta"), "utf-8")
    path = xlsx(tmp_path / "a.xlsx", ("S", [["谁", "甲", "乙"], ["01", COMPLAINT.id, "先道歉"]]))
    with pytest.raises(InputError):
        list(open_submissions(path, RUBRICS, column_map=ColumnMap.load(tmp_path / "map.yaml")))


@pytest.mark.parametrize(
    ("column", "words"),
    [
        (Column(column="C", header="遇到投诉怎么办？", role=Role.QUESTION, rubric="no-such"), "no-such"),
        (Column(column="Z", header="没有这一列", role=Role.QUESTION, rubric=TEAM.id), "没有这一列"),
    ],
)
def test_a_map_that_names_what_is_not_there_is_refused(tmp_path, column, words):
    path = xlsx(tmp_path / "a.xlsx", ("S", DOUBTFUL))
    with pytest.raises(InputError, match=words):
        open_submissions(path, RUBRICS, column_map=ColumnMap(layout=Layout.WIDE, columns=(column,)))


BROKEN = {
    "role": ("layout: wide\ncolumns:\n  - header: a\n    role: questoin\n", 4, "question_key"),
    "field": ("layout: wide\ncolumns:\n  - header: a\n    role: name\n    rubrik: x\n", 5, "rubrik"),
    "missing": ("layout: wide\ncolumns:\n  - column: A\n    role: name\n", 3, "header"),
    "layout": ("layout: broad\n", 1, "wide, long"),
    "syntax": ("layout: wide\ncolumns: ]\n", 2, "YAML"),
    "twice": ("layout: wide\nlayout: long\n", 2, "YAML"),
    "no map": ("- a\n", 1, "dry-run"),
    "similarity": ("layout: wide\ncolumns:\n  - header: a\n    role: question\n    nearest: {x: 900}\n", 5, "900"),
}


@pytest.mark.parametrize(("content", "line", "words"), BROKEN.values(), ids=BROKEN)
def test_what_is_wrong_in_a_map_is_told_with_its_file_and_line(tmp_path, content, line, words):
    path = text(tmp_path / "map.yaml", content)
    with pytest.raises(InputError) as refused:
        ColumnMap.load(path)
    assert f"map.yaml:{line}:" in refused.value.text("zh")
    assert words in refused.value.text("zh")


def test_a_map_that_is_missing_or_no_utf_8_is_refused(tmp_path):
    with pytest.raises(InputError, match="没有这个文件"):
        ColumnMap.load(tmp_path / "none.yaml")
    with pytest.raises(InputError, match="UTF-8"):
        ColumnMap.load(text(tmp_path / "map.yaml", "layout: wide # 列", "gb18030"))


_TEXT = st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=1, max_size=12).filter(str.strip)
_MATCH = st.one_of(
    st.fixed_dictionaries({"rubric": st.just("a-1"), "how": st.sampled_from([How.ID, How.GIVEN, How.BESIDE])}),
    st.fixed_dictionaries({"rubric": st.just("b"), "how": st.just(How.FUZZY), "similarity": st.integers(90, 100)}),
    st.fixed_dictionaries(
        {"candidates": st.just((Near(rubric="a-1", similarity=40), Near(rubric="no", similarity=0)))}
    ),
)


@settings(max_examples=60)
@given(
    columns=st.lists(st.tuples(_TEXT, st.sampled_from(Role), _MATCH, st.sampled_from(["", "评委A", "1"])), max_size=4),
    names=st.lists(st.tuples(_TEXT, _MATCH, st.booleans()), max_size=3),
    sheet=st.one_of(st.just(""), _TEXT),
)
def test_a_map_is_read_as_it_was_written(tmp_path_factory, columns, names, sheet):
    made = ColumnMap(
        layout=Layout.LONG,
        sheet=sheet,
        header_row=3,
        columns=tuple(
            Column(column="AB", header=header, role=role, rater=rater, **match)
            for header, role, match, rater in columns
        ),
        questions=tuple(QuestionName(printed=name, ignored=ignored, **match) for name, match, ignored in names),
    )
    path = tmp_path_factory.mktemp("maps") / "map.yaml"
    made.save(path)
    assert ColumnMap.load(path) == made
