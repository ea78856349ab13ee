"""Two runs on the same answers: figures of both, what their difference is worth, and who changed."""

import pytest
from scored_cases import FACTS, VAGUE, but, judged, rubric, world

from evaluator.calibration.assembling import calibration
from evaluator.calibration.comparing import Comparison, compare
from evaluator.errors import InputError
from evaluator.models import HumanScore, Level

GOOD = world([rubric(number) for number in range(4)])
VAGUER = world([rubric(number, {"listen": VAGUE}) for number in range(4)])
PEOPLE = [one.human_share for one in GOOD]


def test_a_run_against_itself_shows_no_difference_and_nobody_who_changed():
    made = compare(GOOD, GOOD, resamples=50)
    assert {one.difference for one in made.scores.values()} == {0.0}
    assert not any(one.clear for one in (*made.scores.values(), *made.key_points.values()))
    assert (made.unchanged, made.closer, made.farther) == (len(GOOD), 0, 0)
    assert made.raised == made.lowered == ()
    assert (made.verdicts.only_first, made.verdicts.only_second, made.verdicts.mcnemar) == (0, 0, 1.0)
    assert made.notes == ()


def test_the_figures_of_each_are_those_of_its_own_report():
    made = compare(GOOD, VAGUER, resamples=50)
    for side, cases in (("first", GOOD), ("second", VAGUER)):
        report = calibration(cases, resamples=0)
        assert {name: getattr(one, side) for name, one in made.scores.items()} == {
            name: one.value for name, one in report.scores.figures().items()
        }
        assert {name: getattr(one, side) for name, one in made.key_points.items()} == {
            name: one.value for name, one in report.key_points.figures().items()
        }


def test_a_worse_wording_loses_clearly_and_its_mirror_image_wins_as_clearly():
    lost, won = compare(GOOD, VAGUER, resamples=200), compare(VAGUER, GOOD, resamples=200)
    assert lost.scores["mae"].difference == pytest.approx(-won.scores["mae"].difference)
    assert lost.scores["mae"].low > 0
    assert won.scores["mae"].high < 0
    assert lost.key_points["accuracy"].clear
    assert lost.key_points["accuracy"].high < 0
    assert (lost.farther, lost.closer) == (won.closer, won.farther)
    assert lost.verdicts.only_first == won.verdicts.only_second == lost.farther
    assert lost.verdicts.only_second == 0
    assert lost.verdicts.by_answer < 0.01
    assert [one.zh for one in lost.notes] == ["4 道题的细则不同"]


def test_who_changed_is_listed_by_direction_with_the_verdicts_that_did():
    nothing, everything = dict.fromkeys(FACTS, Level.MISSED), dict.fromkeys(FACTS, Level.HIT)
    changed = list(GOOD)
    high = next(at for at, share in enumerate(PEOPLE) if share == 1)
    low = next(at for at, share in enumerate(PEOPLE) if share == 0)
    changed[high] = judged(changed[high], nothing | {"listen": Level.HIT})
    changed[low] = judged(changed[low], everything)
    made = compare(GOOD, changed, resamples=20)
    (up,), (down,) = made.raised, made.lowered
    assert (up.candidate, up.change, up.closer) == (GOOD[low].candidate, 1.0, False)
    assert (down.candidate, down.change) == (GOOD[high].candidate, pytest.approx(-2 / 3))
    assert [one.id for one in down.key_points] == ["refund", "visit"]
    assert {(one.people, one.first, one.second) for one in down.key_points} == {(Level.HIT, Level.HIT, Level.MISSED)}
    assert compare(GOOD, changed, resamples=20, most=0).raised == ()


def test_closer_is_measured_against_people():
    off = [judged(one, dict.fromkeys(FACTS, Level.MISSED)) for one in GOOD]
    made = compare(off, GOOD, resamples=20)
    assert made.farther == 0
    assert made.closer == sum(share > 0 for share in PEOPLE)
    assert made.lowered == ()


def test_only_answers_that_both_scored_count_and_the_rest_is_told():
    fewer = [one if at else but(one, grade=None) for at, one in enumerate(GOOD)]
    made = compare(GOOD, fewer[:-1], resamples=20)
    assert (made.answers, made.only_first, made.only_second) == (len(GOOD) - 2, 2, 0)
    assert made.notes[0].zh.startswith("1 份")
    assert (made.first.answers, made.second.answers, made.second.scored) == (len(GOOD), len(GOOD) - 1, len(GOOD) - 2)


def test_people_s_scores_are_those_of_the_first_where_they_differ():
    other = [but(one, human=(HumanScore(rater="乙", score=0),)) for one in GOOD]
    made = compare(GOOD, other, resamples=20)
    assert made.scores == compare(GOOD, GOOD, resamples=20).scores
    assert str(len(GOOD)) in made.notes[0].en


def test_answers_without_levels_are_compared_by_their_scores_alone():
    totals = [but(one, human=(HumanScore(rater="甲", score=one.human[0].score),)) for one in GOOD]
    made = compare(totals, VAGUER, resamples=20)
    assert made.key_points is None
    assert made.verdicts is None
    assert made.raised[0].key_points[0].people is None


@pytest.mark.parametrize(
    "other",
    [[], [but(one, grade=None) for one in GOOD], [but(GOOD[0], candidate="x")]],
    ids=["nothing", "not judged", "other candidates"],
)
def test_nothing_in_common_is_refused(other):
    with pytest.raises(InputError, match="没有一份答案"):
        compare(GOOD, other)


def test_other_answers_of_the_same_candidates_are_refused():
    other = [but(one, answer=one.answer + "完全不同") for one in GOOD]
    with pytest.raises(InputError, match="不是同样的答案"):
        compare(GOOD, other)


def test_white_space_makes_no_other_answer():
    padded = [but(one, answer=f" {one.answer}\r\n") for one in GOOD]
    assert compare(GOOD, padded, resamples=20).answers == len(GOOD)


def test_a_comparison_is_read_back_as_it_was_written_and_comes_out_the_same_again():
    made = compare(GOOD, VAGUER, names=("旧", "新"), resamples=50)
    assert Comparison.model_validate_json(made.model_dump_json(by_alias=True)) == made
    assert compare(GOOD, VAGUER, names=("旧", "新"), resamples=50) == made
    assert (made.first.name, made.second.name, made.first.judge) == ("旧", "新", "llm")
