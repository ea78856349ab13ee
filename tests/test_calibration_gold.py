"""Public sets of scored answers: read as submissions, with rubrics drafted from what they bring along."""

import json

import pytest

from evaluator.calibration.gold import GoldSource, is_gold
from evaluator.errors import InputError
from evaluator.models import Level

LINE = {
    "id": "q-1", "question": "怎样安抚客户？", "reference": "首先倾听，其次道歉，最后给出方案。", "analysis": None,
    "rubric_points": None, "max_score": 10, "answer": "先听他说完。", "human_score": 4.0, "human_point_labels": None,
    "extra": {"q_id": "7"},
}  # fmt: skip
POINTS = [{"text": "倾听客户", "points": 1}, {"text": "道歉", "points": 1}]


@pytest.fixture
def gold(tmp_path):
    def write(*changes):
        path = tmp_path / "gold.jsonl"
        path.write_text("".join(json.dumps(LINE | one, ensure_ascii=False) + "\n" for one in changes), encoding="utf-8")
        return path

    return write


def answers(source):
    return [row.answers[0] for row in source]


def test_the_form_is_known_by_its_first_line(gold, tmp_path):
    assert is_gold(gold({}))
    other = tmp_path / "other.jsonl"
    other.write_text('{"candidate": "1", "rubric": "x", "answer": "y"}\n', encoding="utf-8")
    assert not is_gold(other)
    assert not is_gold(tmp_path / "missing.jsonl")


def test_a_rubric_is_drafted_a_question_and_points_add_up(gold):
    source = GoldSource(gold({}, {"id": "q-2", "answer": "道歉"}, {"id": "p-1", "extra": {"q_id": "8"}}))
    assert [one.id for one in source.rubrics] == ["7", "8"]
    assert [point.name for point in source.rubrics[0].key_points] == ["倾听", "道歉", "给出方案"]
    assert source.rubrics[0].max_score == 10
    assert [one.rubric for one in answers(source)] == ["7", "8", "7"]


def test_what_people_gave_is_carried_with_its_rater(gold):
    (one,) = answers(GoldSource(gold({})))
    assert [(score.rater, score.score) for score in one.human] == [("human", 4.0)]
    (two,) = answers(GoldSource(gold({"extra": {"q_id": "7", "score_1": 3, "score_2": 5}})))
    assert [(score.rater, score.score) for score in two.human] == [("score_1", 3), ("score_2", 5)]


def test_labels_become_levels_of_the_points_that_they_belong_to(gold):
    change = {"rubric_points": POINTS, "human_point_labels": [1, 0.5]}
    source = GoldSource(gold(change))
    (one,) = answers(source)
    assert one.human[0].levels == {"kp1": Level.HIT, "kp2": Level.PARTIAL}
    assert source.rubrics[0].max_score == 2


def test_labels_of_several_people_are_kept_apart(gold):
    change = {"rubric_points": POINTS, "extra": {"physicians": [["Entailment", "Neutral"], ["Neutral", "Neutral"]]}}
    (one,) = answers(GoldSource(gold(change)))
    assert [score.levels["kp1"] for score in one.human] == [Level.HIT, Level.MISSED]
    assert [score.score for score in one.human] == [1, 0]


def test_a_limit_covers_as_many_questions_as_it_can(gold):
    rows = [{"id": f"{q}-{n}", "extra": {"q_id": str(q)}} for q in range(3) for n in range(5)]
    source = GoldSource(gold(*rows), limit=4)
    assert [row.candidate for row in source] == ["0-0", "1-0", "2-0", "0-1"]


def test_keys_that_are_no_ids_get_one_that_is_theirs_alone(gold):
    source = GoldSource(gold({"extra": {"q_id": "10.1_TC/a"}}, {"id": "2", "extra": {"q_id": "10.1_TC:a"}}))
    first, second = (one.id for one in source.rubrics)
    assert first != second


def test_questions_with_nothing_to_score_by_are_left_out_and_counted(gold):
    source = GoldSource(gold({}, {"id": "x", "reference": None, "extra": {"q_id": "9"}}))
    assert len(answers(source)) == 1
    assert "1 行" in source.notes[0].zh


@pytest.mark.parametrize("broken", ["{not json", '{"id": "1"}', "[]"])
def test_a_line_that_cannot_be_read_is_named(gold, broken):
    path = gold({})
    path.write_text(path.read_text(encoding="utf-8") + broken + "\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"gold\.jsonl:2"):
        GoldSource(path)
