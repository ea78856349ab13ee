"""Where scored answers come from: samples, and any source narrowed to what people scored."""

import pytest
from small_rubric import RUBRIC
from small_run import CHOICE

from evaluator.calibration.sources import SampleSource, Scored, with_rubrics
from evaluator.errors import InputError
from evaluator.models import Answer, HumanScore, Rejected, Sample, Submission
from evaluator.submissions import ColumnMap, Layout

OTHER = RUBRIC.model_copy(update={"id": "other"})
A, B = (HumanScore(rater=name, score=2) for name in "AB")


class Rows:
    """A source of rows given."""

    name = "rows.xlsx"
    column_map = ColumnMap(layout=Layout.WIDE)
    columns = ("部门",)
    notes = ()

    def __init__(self, *rows, rubrics=(RUBRIC, OTHER, CHOICE)):
        self.rows = rows
        self.rubrics = rubrics

    def __iter__(self):
        return iter(self.rows)


def row(candidate, *answers):
    return Submission(candidate=candidate, answers=tuple(answers))


def answer(*human, rubric=RUBRIC):
    return Answer(rubric=rubric.id, text="道歉", human=human)


def kept(source):
    return [(one.candidate, [found.rubric for found in one.answers]) for one in source if isinstance(one, Submission)]


def sample(name, rubric, split="test"):
    return Sample(id=name, rubric=rubric, type="full", split=split, answer="道歉", human=A)


def test_answers_that_nobody_scored_are_left_out_and_so_are_their_questions():
    rejected = Rejected(place="3", zh="坏", en="bad")
    source = Scored(Rows(row("1", answer(A), answer(rubric=OTHER)), row("2", answer()), rejected))
    assert kept(source) == [("1", ["complaint"])]
    assert [one.id for one in source.rubrics] == ["complaint"]
    assert rejected in list(source)


def test_objective_questions_say_nothing_of_a_judge_and_are_named_as_left_out():
    source = Scored(Rows(row("1", answer(A), answer(B, rubric=CHOICE)), row("2", answer(rubric=CHOICE))))
    assert kept(source) == [("1", ["complaint"])]
    assert [words.zh for words in source.notes] == ["1 份客观题答案由程序判分，不参加校准"]


@pytest.mark.parametrize(("limit", "expected"), [(1, 1), (2, 2), (3, 3), (9, 4), (None, 4)])
def test_a_limit_counts_answers_and_not_candidates(limit, expected):
    source = Scored(Rows(*(row(name, answer(A), answer(A, rubric=OTHER)) for name in "12")), limit=limit)
    assert sum(len(found) for _, found in kept(source)) == expected
    assert kept(source) == kept(source)


def test_what_another_rater_gave_in_a_row_of_its_own_does_not_count_against_a_limit():
    rows = [row("1", answer(A)), row("2", answer(A)), row("1", answer(B)), row("2", answer(B)), row("3", answer(A))]
    assert [who for who, _ in kept(Scored(Rows(*rows), limit=2))] == ["1", "2", "1", "2"]
    assert [who for who, _ in kept(Scored(Rows(*rows), limit=1))] == ["1", "1"]


def test_rows_that_cannot_be_read_behind_a_limit_are_not_spoken_of():
    bad, worse = (Rejected(place=place, zh="坏", en="bad") for place in "35")
    source = Scored(Rows(bad, row("1", answer(A)), worse), limit=1)
    assert [one for one in source if isinstance(one, Rejected)] == [bad]


def test_samples_come_from_their_questions_in_turn():
    names = [("a1", "complaint"), ("a2", "complaint"), ("b1", "other"), ("c1", "unknown")]
    source = SampleSource([sample(*one) for one in names], [RUBRIC, OTHER])
    assert [one.candidate for one in source] == ["a1", "b1", "a2"]
    assert "1 份样本" in source.notes[0].zh


@pytest.mark.parametrize(("split", "expected"), [("dev", ["d"]), ("test", ["t"]), ("all", ["d", "t"])])
def test_a_split_is_kept_apart(split, expected):
    samples = [sample("d", "complaint", "dev"), sample("t", "complaint")]
    source = SampleSource(samples, [RUBRIC], split=split)
    assert [one.candidate for one in source] == expected
    assert source.name == f"samples ({split})"


def test_other_rubrics_of_the_same_ids_take_their_place():
    mended = RUBRIC.model_copy(update={"reference": "改过"})
    source = with_rubrics(Rows(row("1", answer(A))), [mended, CHOICE])
    assert [one.reference for one in source.rubrics] == ["改过", OTHER.reference, CHOICE.reference]
    assert kept(source) == [("1", ["complaint"])]


def test_full_marks_that_people_did_not_score_by_are_refused():
    with pytest.raises(InputError, match="8"):
        with_rubrics(Rows(), [RUBRIC.model_copy(update={"max_score": 10})])
