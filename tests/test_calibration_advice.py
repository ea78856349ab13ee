"""What a calibration says should be changed: the worst first, with the words that judge and people part over."""

import pytest
from scored_cases import FACTS, VAGUE, answer, but, has_of, judged, people, rubric, world

from evaluator.calibration.advice import advice, at_least
from evaluator.calibration.advice_model import FINDINGS, Advice
from evaluator.calibration.cases import Case
from evaluator.calibration.phrasing import telling
from evaluator.models import HumanScore, Level

QUESTIONS = [rubric(number) for number in range(3)]


def test_where_judge_and_people_agree_nothing_is_to_be_changed():
    made = advice(world(QUESTIONS))
    assert made.disagreements == ()
    assert {one.differ for one in made.key_points} == {0.0}
    assert not [code for one in made.key_points for code in one.findings]


@pytest.mark.parametrize("key", FACTS)
def test_a_key_point_that_was_made_vague_on_purpose_is_found(key):
    worse = [rubric(0), rubric(1, {key: VAGUE}), rubric(2)]
    first, *others = advice(world(worse)).key_points
    assert (first.rubric, first.key_point, first.hit) == ("q01", key, VAGUE)
    assert {"vague", "no_relation", "everybody_judge", "too_kind"} <= set(first.findings)
    assert all(one.differ == 0 and not one.findings for one in others)


def test_the_worst_disagreements_come_first_with_both_views():
    cases = world(QUESTIONS[:1], each=8)
    nothing = dict.fromkeys(FACTS, Level.MISSED)
    cases[7] = judged(cases[7], nothing | {"listen": Level.HIT})
    cases[5] = judged(cases[5], nothing | {"visit": Level.PARTIAL})
    made = advice(cases)
    gaps = [one.gap for one in made.disagreements]
    assert [abs(gap) for gap in gaps] == sorted((abs(gap) for gap in gaps), reverse=True)
    worst = made.disagreements[0]
    case = next(one for one in cases if one.candidate == worst.candidate)
    assert worst.gap == pytest.approx(case.judge_share - case.human_share)
    for view in worst.key_points:
        assert view.people == case.human_levels[view.id]
        assert view.judge == case.judge_levels[view.id]
    assert worst.differing == tuple(one for one in worst.key_points if one.people != one.judge)


def test_the_list_of_answers_is_as_long_as_asked_for():
    cases = world([rubric(0, {"listen": VAGUE})])
    assert len(advice(cases, most=2).disagreements) == 2
    assert advice(cases, most=2).disagreements == advice(cases).disagreements[:2]


def test_words_that_people_accepted_and_the_judge_did_not_are_candidates_for_accept():
    cases = world([rubric(0, {"refund": "写出“退钱”。"})])
    point = next(one for one in advice(cases).key_points if one.key_point == "refund")
    assert "too_strict" in point.findings
    assert point.reject == ()
    assert any(phrase.text in FACTS["refund"] for phrase in point.accept)
    for phrase in point.accept:
        assert phrase.answers >= 2
        assert phrase.elsewhere == 0
        assert 4 <= len(phrase.text) <= 12


def test_words_that_only_the_judge_accepted_are_candidates_for_reject():
    cases = [
        Case(rubric=QUESTIONS[0], candidate=f"c{at}", answer=text, human=(people(has),), grade=world(QUESTIONS[:1])[0].grade)
        for at, (text, has) in enumerate(
            [("跟客户说会转告经理处理", ()), ("请客户等转告经理处理的结果", ()), (answer(1, FACTS), FACTS), ("办退款换货", ("refund",))]
        )
    ]  # fmt: skip
    cases = [judged(one, dict.fromkeys(FACTS, Level.HIT)) for one in cases]
    point = next(one for one in advice(cases).key_points if one.key_point == "refund")
    assert (point.too_kind, point.too_strict) == (2, 0)
    assert "转告经理处理" in [one.text for one in point.reject]
    assert point.accept == ()


def test_key_points_that_nobody_or_everybody_has_are_named():
    everybody = [but(c, human=(people(set(FACTS) - {"visit"}),)) for c in world(QUESTIONS[:1])]
    found = {one.key_point: one.findings for one in advice(everybody).key_points}
    assert "everybody_people" in found["listen"]
    assert "nobody_people" in found["visit"]
    assert not {"everybody_people", "nobody_people"} & {
        code for one in advice(world(QUESTIONS[:1])).key_points for code in one.findings
    }


def test_pairs_that_always_go_together_are_named_once_for_people_and_once_for_the_judge():
    def human(case):
        levels = dict(case.human[0].levels) | {"visit": case.human[0].levels["listen"]}
        return (HumanScore(rater="甲", score=case.human[0].score, levels=levels),)

    cases = [but(one, human=human(one)) for one in world(QUESTIONS[:1])]
    assert [(one.first, one.second, one.of, one.n) for one in advice(cases).together] == [
        ("listen", "visit", "people", 12)
    ]
    assert advice(cases[:9]).together == ()


def test_key_points_that_raters_disagree_on_are_named():
    def two(case, flip):
        levels = {
            key: _other(level) if key == "visit" and flip else level for key, level in case.human[0].levels.items()
        }
        return (*case.human, HumanScore(rater="乙", score=case.human[0].score, levels=levels))

    cases = [but(one, human=two(one, at % 2)) for at, one in enumerate(world(QUESTIONS[:1]))]
    found = {one.key_point: one for one in advice(cases).key_points}
    assert found["visit"].raters_differ == 0.5
    assert "raters_disagree" in found["visit"].findings
    assert found["listen"].raters_differ == 0
    assert "raters_disagree" not in found["listen"].findings


def _other(level):
    return Level.MISSED if level is Level.HIT else Level.HIT


def test_with_totals_only_a_key_point_that_follows_no_score_leads_the_list():
    def totals(case):
        return but(case, human=(HumanScore(rater="甲", score=case.human[0].score),))

    def script(task):
        levels = dict.fromkeys(FACTS, Level.MISSED)
        return levels | {key: Level.HIT for key, words in FACTS.items() if (words in task.answer) != (key == "visit")}

    made = advice([totals(one) for one in world([rubric(0)], script)])
    assert made.key_points[0].key_point == "visit"
    assert made.key_points[0].with_score < 0
    assert made.key_points[0].n == 0
    assert made.key_points[0].findings == ("no_relation",)


def test_answers_without_a_grade_are_left_out():
    cases = world(QUESTIONS[:1])
    pending = [but(one, grade=None, candidate=f"p{one.candidate}") for one in cases]
    assert advice([*cases, *pending]) == advice(cases)
    assert advice(pending) == Advice(disagreements=(), key_points=(), questions=(), together=())


def test_order_of_the_answers_changes_nothing_but_the_same_advice_comes_out():
    cases = world([rubric(0, {"listen": VAGUE}), rubric(1, {"visit": "写出“拜访”。"})])
    assert advice(cases[::-1]).model_dump() == advice(cases).model_dump()


def test_advice_is_read_back_as_it_was_written():
    made = advice(world([rubric(0, {"listen": VAGUE})]))
    assert Advice.model_validate_json(made.model_dump_json(by_alias=True)) == made
    assert all(one.zh and one.en for one in FINDINGS.values())


@pytest.mark.parametrize(("wrong", "n", "low"), [(0, 10, 0.0), (0, 0, 0.0), (5, 10, 0.2366), (10, 10, 0.7225)])
def test_the_order_goes_by_the_lower_end_of_wilson_s_interval(wrong, n, low):
    assert at_least(wrong, n) == pytest.approx(low, abs=5e-5)


@pytest.mark.parametrize(
    ("where", "against", "known", "found"),
    [
        (["先致电安抚情绪", "马上致电安抚情绪。"], ["不管他"], (), ["致电安抚情绪"]),
        (["先致电安抚情绪", "马上致电安抚情绪。"], ["不管他"], ("怎样致电安抚情绪？",), []),
        (["先致电安抚情绪", "马上致电安抚情绪。"], ["致电安抚情绪"], (), []),
        (["先致电安抚情绪"], ["不管他"], (), []),
        (["先致电安抚情绪", "马上致电安抚情绪。"], [], (), []),
        (["use two pointers", "the Two Pointers move"], ["sort it"], (), ["two pointers"]),
        (["致電安撫", "致电安抚"], ["不管他"], (), ["致电安抚"]),
    ],
)  # fmt: skip
def test_phrases_are_shared_by_these_answers_and_not_by_those(where, against, known, found):
    assert [one.text for one in telling(where, against, known=known)] == found


def test_has_of_covers_every_combination():
    assert len({frozenset(has_of(number)) for number in range(8)}) == 8
