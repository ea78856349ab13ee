"""Reviewing a batch: what comes first, what must be seen, what is reviewed once, and what two scores lead to."""

import pytest
from small_rubric import RUBRIC

from evaluator.batch.answers import Answers, Row
from evaluator.batch.grouping import group_of, groups, pieces, to_follow
from evaluator.batch.journal import Journal
from evaluator.batch.queueing import chosen, drawn, last_confirmed, queue, spot
from evaluator.batch.second_marking import (
    SELF_CHECK,
    default_tolerance,
    mean_in_steps,
    next_to_mark,
    standing_of,
    with_judge,
    with_oneself,
)
from evaluator.models import Act, Grade, Level, Mark, Override, Said, Statement, Trace, Verdict
from evaluator.scoring import rescored, score

HIT, PARTIAL, MISSED, UNSCORED = Level.HIT, Level.PARTIAL, Level.MISSED, Level.UNSCORED
IDS = ("comfort", "solve", "return-visit")


def grade(levels=(HIT, HIT, HIT), *, sure=0.9, review=False, rubric=RUBRIC):
    verdicts = [Verdict(key_point=key, level=level) for key, level in zip(IDS, levels, strict=True)]
    verdicts.append(Verdict(key_point="blame", level=MISSED))
    made = score(rubric, verdicts)
    return Grade(
        rubric=rubric.id, score=made.score, max_score=rubric.max_score, range=(made.low, made.high),
        complete=made.complete, needs_review=review or not made.complete, key_points=made.key_points,
        deductions=made.deductions, judge="llm", confidence=sure, trace=Trace(rubric_hash="r", answer_hash="a"),
    )  # fmt: skip


def row(key, made=None, *, text=None, said=None):
    words = f"第 {key} 位考生自己的话，和别人都不一样" if text is None else text
    return Row(key, f"c{key}", f"{key:016x}/complaint", key, words, made, "", said or Said())


def mark(points, author="李四", role="second", created="2026-01-01T00:00:00+00:00"):
    return Mark(role=role, score=points, author=author, created=created)


def told(created="2026-01-01T00:00:00+00:00"):
    return Statement(author="王", created=created)


def test_least_sure_comes_first_and_equals_stay_in_the_order_of_the_source():
    rows = [
        row(1, grade(sure=0.9)),
        row(2, grade(sure=0.6, review=True)),
        row(3, grade((HIT, UNSCORED, HIT), sure=0.99)),
        row(4, grade(sure=None, review=True)),
        row(5, grade(sure=0.7)),
        row(6, grade(sure=0.7)),
        row(7, None),
    ]
    assert [one.row.key for one in queue(rows, RUBRIC)] == [3, 4, 2, 5, 6, 1]


def test_the_order_does_not_move_while_people_decide():
    rows = [row(1, grade(sure=0.5, review=True)), row(2, grade(sure=0.6, review=True))]
    layer = Override(key_point="solve", level=MISSED, author="王", created="")
    decided = [row(1, rows[0].grade, said=Said(overrides=(layer,), confirmed=told())), rows[1]]
    assert [one.row.key for one in queue(decided, RUBRIC)] == [one.row.key for one in queue(rows, RUBRIC)]
    assert queue(decided, RUBRIC)[0].grade.score == 4


@pytest.mark.parametrize(
    ("made", "text", "why"),
    [
        (grade((HIT, UNSCORED, HIT)), "答案", "unscored"),
        (grade(review=True), "答案", "unsure"),
        (grade((MISSED, MISSED, MISSED)), " \n　", "blank"),
        (grade((MISSED, MISSED, MISSED)), "答案", "zero"),
        (grade(), "答案", ""),
    ],
)
def test_why_a_person_must_look(made, text, why):
    assert queue([row(1, made, text=text)], RUBRIC, share=0)[0].why == why


def test_a_share_of_what_nothing_speaks_against_is_drawn_and_always_the_same():
    rows = [row(key, grade()) for key in range(1, 11)]
    drawn_first = [one.row.key for one in queue(rows, RUBRIC, share=0.25) if one.why == "sample"]
    assert len(drawn_first) == 3
    again = [row(key, grade(), said=Said(confirmed=told())) for key in range(1, 11)]
    assert [one.row.key for one in queue(again, RUBRIC, share=0.25) if one.why == "sample"] == drawn_first


@pytest.mark.parametrize(
    ("count", "share", "expected"), [(0, 0.5, 0), (10, 0, 0), (10, 0.1, 1), (10, 0.11, 2), (3, 1, 3)]
)
def test_the_share_is_rounded_up(count, share, expected):
    assert len(drawn([str(number) for number in range(count)], share)) == expected


def test_filters_leave_what_they_say():
    rows = [
        row(1, grade(review=True)),
        row(2, grade(review=True), said=Said(confirmed=told())),
        row(3, grade(), said=Said(flagged=told())),
        row(4, grade(), said=Said(second=(mark(2),))),
        row(5, grade(), said=Said(final=mark(7.5, role="final"))),
        row(6, grade(), said=Said(overrides=(Override(key_point="solve", level=MISSED, author="王"),))),
        row(7, grade(), said=Said(second=(mark(7.5),))),
    ]
    entries = queue(rows, RUBRIC, share=0)
    found = {
        show: [one.row.key for one in chosen(entries, show)]
        for show in ("open", "all", "flagged", "apart", "confirmed")
    }
    assert found == {"open": [1], "all": [1, 2, 3, 4, 5, 6, 7], "flagged": [3], "apart": [4, 5, 6], "confirmed": [2]}


def test_the_walk_keeps_its_places_and_skips_what_is_confirmed():
    done = Said(confirmed=told())
    rows = [row(key, grade(sure=key / 10, review=True), said=done if key in {2, 3} else None) for key in range(1, 5)]
    entries = queue(rows, RUBRIC)
    first, third, last = (spot(entries, "open", key) for key in (1, 3, 4))
    assert (first.place, first.total, first.left, first.before, first.after.row.key, first.then.row.key) == (
        1,
        4,
        2,
        None,
        2,
        4,
    )
    assert (third.place, third.before.row.key, third.then.row.key) == (3, 2, 4)
    assert (last.place, last.after, last.then.row.key) == (4, None, 1)
    assert spot(entries, "open", 99) is None


def test_an_answer_that_the_filter_leaves_out_can_still_be_looked_at():
    entries = queue([row(1, grade(review=True)), row(2, grade())], RUBRIC, share=0)
    found = spot(entries, "open", 2)
    assert (found.place, found.total, found.before.row.key) == (2, 2, 1)


def test_the_last_ten_that_were_confirmed_latest_first():
    rows = [row(key, grade(), said=Said(confirmed=told(f"2026-01-01T00:00:{key:02}+00:00"))) for key in range(1, 13)]
    assert [one.row.key for one in last_confirmed(queue(rows, RUBRIC))] == list(range(12, 2, -1))


# --- marked twice ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("person", "tolerance", "within", "proposed"),
    [
        (7.2, 0.8, True, 7.5),  # exactly at the tolerance; 7.6 goes to 7.5
        (7.19, 0.8, False, None),
        (8, 0, True, 8),
        (7.5, 0.5, True, 8),  # 7.75 lies in the middle: up
        (7.9, 0.1, True, 8),  # 8 - 7.9 is not 0.1 in binary
        (0, 8, True, 4),
    ],
)
def test_within_the_tolerance_the_mean_is_proposed(person, tolerance, within, proposed):
    found = standing_of(row(1, grade(), said=Said(second=(mark(person),))), RUBRIC, tolerance)
    assert (found.within, found.proposed) == (within, proposed)
    assert found.to_arbitrate is not within


def test_the_tolerance_is_a_tenth_of_full_marks():
    assert default_tolerance(RUBRIC) == 0.8


def test_what_the_judge_could_not_score_goes_to_arbitration_until_somebody_says_what_counts():
    said = Said(second=(mark(5),))
    assert standing_of(row(1, grade((HIT, UNSCORED, HIT)), said=said), RUBRIC, 8).to_arbitrate
    settled = said.model_copy(update={"final": mark(5, role="final")})
    assert not standing_of(row(1, grade((HIT, UNSCORED, HIT)), said=settled), RUBRIC, 8).to_arbitrate
    assert standing_of(row(1, grade()), RUBRIC, 0.8) is None


def test_of_several_people_all_must_lie_within_the_tolerance():
    two = Said(second=(mark(7.5, "李"), mark(8, "张")))
    assert standing_of(row(1, grade(), said=two), RUBRIC, 0.5).proposed == 8  # 7.83
    far = Said(second=(mark(7.5, "李"), mark(6, "张")))
    assert not standing_of(row(1, grade(), said=far), RUBRIC, 0.5).within


def test_a_mean_goes_to_the_nearest_step_or_to_full_marks():
    odd = RUBRIC.model_copy(update={"rounding": 3})
    assert [mean_in_steps([value], odd) for value in (1.4, 1.5, 6.9, 7.1, 8)] == [0, 3, 6, 8, 8]


def act(number, subject, points, author="李四", reason=""):
    body = {"role": "second", "score": points, "reason": reason}
    return Act(sequence=number, created="", author=author, kind="mark", subject=subject, body=body, hash="")


def test_marking_goes_through_all_written_answers_in_an_order_of_chance():
    rows = [row(key, grade()) for key in range(1, 9)] + [row(9, grade(), text=" ")]
    marks, seen = {}, []
    while found := next_to_mark(rows, "李四", marks, again=0):
        seen.append(found[0].key)
        marks[found[0].subject] = (act(len(seen), found[0].subject, 4),)
    assert sorted(seen) == list(range(1, 9))
    assert seen != sorted(seen)
    assert next_to_mark(rows, "别人", marks, again=0) is None
    subject = rows[0].subject
    marks[subject] = (*marks[subject], act(99, subject, None))  # taken back
    assert next_to_mark(rows, "别人", marks, again=0) == (rows[0], False)


def test_a_share_of_what_was_marked_comes_once_more_to_the_same_person_and_not_at_once():
    rows = [row(key, grade()) for key in range(1, 21)]
    marks, checks, order = {}, [], []
    while found := next_to_mark(rows, "李四", marks, again=0.2):
        chosen_row, again = found
        if again:
            assert chosen_row.subject not in order[-3:]
            checks.append(chosen_row.subject)
        order.append(chosen_row.subject)
        made = act(len(order), chosen_row.subject, 5, reason=SELF_CHECK if again else "")
        marks[chosen_row.subject] = (*marks.get(chosen_row.subject, ()), made)
    assert len(checks) == len(set(checks)) == 4
    assert with_oneself(marks, RUBRIC).items == 4


def test_agreement_with_oneself_is_of_checks_alone():
    marks = {"a": (act(1, "a", 4), act(2, "a", 5), act(3, "a", 6, reason=SELF_CHECK)), "b": (act(4, "b", 3),)}
    found = with_oneself(marks, RUBRIC)
    assert (found.items, found.error) == (1, 1)


def test_agreement_with_the_judge_leaves_out_what_it_could_not_score():
    rows = [
        row(1, grade(), said=Said(second=(mark(7),))),
        row(2, grade((MISSED, MISSED, MISSED)), said=Said(second=(mark(0), mark(1, "张")))),
        row(3, grade((HIT, UNSCORED, HIT)), said=Said(second=(mark(0),))),
        row(4, grade()),
    ]
    found = with_judge(rows, RUBRIC)
    assert found.items == 3
    assert found.error == pytest.approx(2 / 3)
    assert 0.9 < found.qwk < 1
    assert with_judge([], RUBRIC).items == 0


# --- reviewed once ---------------------------------------------------------------------------------------------------

LONG = "先耐心倾听客户把话说完，并且真诚道歉，再查清订单和物流记录，当天给出退款或换货的办法"


def test_blank_same_and_nearly_same_answers_are_found_together():
    rows = [
        row(1, grade(), text=LONG), row(2, grade(), text=""), row(3, grade(), text=f"{LONG}。"),
        row(4, grade(), text="道歉"), row(5, grade(), text=" \n"), row(6, grade(), text="道歉。"),
        row(7, grade(), text=LONG.replace("当天", "三天内")), row(8, grade(), text="这一份和谁的都不像，说的是别的事情和别的做法"),
    ]  # fmt: skip
    found = groups(RUBRIC, rows)
    assert [(one.kind, [member.key for member in one.rows]) for one in found] == [
        ("blank", [2, 5]), ("alike", [1, 3, 7]), ("same", [4, 6]),
    ]  # fmt: skip
    assert group_of(found, 7).kind == "alike"
    assert group_of(found, 8) is None


@pytest.mark.parametrize(
    ("base", "text", "expected"),
    [
        ("当天退款给客户", "三天内退款给客户", (("三天内", True), ("退款给客户", False))),
        ("一样的话", "一样的话", (("一样的话", False),)),
        ("有", "完全不同", (("完全不同", True),)),
        ("甲乙", "", ()),
    ],
)
def test_differences_are_what_the_other_text_does_not_have(base, text, expected):
    assert pieces(base, text) == expected


def test_a_member_follows_what_holds_of_the_example_and_gets_no_more_than_it_needs():
    example = rescored(grade((HIT, HIT, MISSED)), RUBRIC, [Override(key_point="solve", level=PARTIAL, author="王")])
    automatic = grade((HIT, PARTIAL, HIT))
    layers = [Override(key_point="comfort", level=MISSED, author="李")]
    holding = rescored(automatic, RUBRIC, layers)
    assert dict(to_follow(example, automatic, holding)) == {"comfort": None, "return-visit": MISSED}
    assert to_follow(example, automatic, rescored(automatic, RUBRIC, [
        *layers, Override(key_point="comfort", level=None, author="王"),
        Override(key_point="return-visit", level=MISSED, author="王"),
    ])) == {}  # fmt: skip


def test_what_is_unscored_in_the_example_is_not_carried_over():
    assert to_follow(grade((HIT, UNSCORED, HIT)), grade(), grade()) == {}


def test_second_marks_of_a_journal_are_found_by_subject_in_their_order(tmp_path):
    with Journal(tmp_path / "run.sqlite3") as journal:
        for points in (3, None, 4):
            journal.audit.add("mark", "x/q", "李", {"role": "second", "score": points, "reason": ""})
        journal.audit.add("mark", "x/q", "李", {"role": "final", "score": 9, "reason": ""})
        found = Answers(journal).second_marks()
    assert [one.body["score"] for one in found["x/q"]] == [3, None, 4]
