"""Judges made of judges: majorities, a second judge for the doubtful, windows of a long answer."""

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_rubric import IDS, task

from evaluator.clauses import cut
from evaluator.judging import CascadeJudge, VotingJudge, WindowedJudge
from evaluator.models import Evidence, Judgement, Level, Usage, Verdict
from evaluator.testing import ScriptedJudge

H, P, M, U = Level.HIT, Level.PARTIAL, Level.MISSED, Level.UNSCORED
LETTER = {"H": H, "P": P, "M": M, "U": U}


def judged(judge, given=None):
    return asyncio.run(judge.judge(given or task()))


def verdict(key_point, level, confidence=None, evidence=()):
    return Verdict(key_point=key_point, level=level, confidence=confidence, evidence=tuple(evidence))


# --- votes -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("votes", "level", "confidence"),
    [
        ("H", "H", 1),
        ("HHH", "H", 1),
        ("HHM", "H", 2 / 3),
        ("HMM", "M", 2 / 3),
        ("HM", "M", 1 / 2),  # a tie goes to the lower level
        ("HP", "P", 1 / 2),
        ("PM", "M", 1 / 2),
        ("HPM", "M", 1 / 3),
        ("HHPP", "P", 1 / 2),
        ("HHPPM", "P", 2 / 5),
        ("UH", "H", 1 / 2),  # unscored votes count for nothing, but nobody is sure
        ("UUH", "H", 1 / 3),
        ("UHM", "M", 1 / 3),
        ("UUU", "U", None),
    ],
)
def test_the_majority_wins_and_its_share_is_the_confidence(votes, level, confidence):
    voters = [ScriptedJudge({"comfort": LETTER[vote]}, str(index)) for index, vote in enumerate(votes)]
    judgement = judged(VotingJudge(voters.__getitem__, len(voters)))
    found = judgement.verdicts[0]
    assert found.level is LETTER[level]
    assert found.confidence == (None if confidence is None else pytest.approx(confidence))


@settings(max_examples=100)
@given(st.lists(st.sampled_from("HPMU"), min_size=1, max_size=9), st.randoms())
def test_the_order_of_the_votes_does_not_matter(votes, random):
    def outcome(order):
        voters = [ScriptedJudge({"comfort": LETTER[vote]}) for vote in order]
        found = judged(VotingJudge(voters.__getitem__, len(voters))).verdicts[0]
        return found.level, found.confidence

    shuffled = random.sample(votes, len(votes))
    assert outcome(votes) == outcome(shuffled)


def test_the_verdict_kept_is_one_of_the_majority_with_its_evidence():
    voters = [ScriptedJudge({"comfort": M}), ScriptedJudge({"comfort": H}), ScriptedJudge({"comfort": H})]
    judgement = judged(VotingJudge(voters.__getitem__, 3))
    assert judgement.verdicts[0].evidence == judged(voters[1]).verdicts[0].evidence
    assert judgement.verdicts[0].evidence


def test_all_votes_are_paid_for_and_named_in_the_key():
    voters = [ScriptedJudge({}, str(index)) for index in range(3)]
    judge = VotingJudge(voters.__getitem__, 3)
    assert judged(judge).usage == Usage(calls=3, prompt=300, completion=30)
    assert judge.key == "vote(scripted/0,scripted/1,scripted/2)"
    assert judged(judge).notes[0] == "majority of 3"


def test_off_topic_needs_all_votes():
    class Says(ScriptedJudge):
        def __init__(self, off_topic):
            super().__init__({})
            self.off_topic = off_topic

        async def judge(self, task):
            return (await super().judge(task)).model_copy(update={"off_topic": self.off_topic})

    for votes, together in (((True, True), True), ((True, False), False)):
        voters = [Says(vote) for vote in votes]
        assert judged(VotingJudge(voters.__getitem__, 2)).off_topic is together


def test_nobody_cannot_vote():
    with pytest.raises(ValueError, match="at least 1"):
        VotingJudge(lambda _: ScriptedJudge({}), 0)


# --- cascade ---------------------------------------------------------------------------------------------------------


def cascade(first, second, below=0.7):
    one, other = ScriptedJudge(first, "first"), ScriptedJudge(second, "second")
    return CascadeJudge(one, other, below=below), other


def test_the_second_judge_is_asked_only_for_what_the_first_is_unsure_of():
    first = {
        "comfort": verdict("comfort", M, 0.69),
        "solve": verdict("solve", M, 0.7),
        "return-visit": verdict("return-visit", M, None),
        "blame": U,
    }
    judge, second = cascade(first, {"comfort": H, "solve": H, "return-visit": H, "blame": H})
    judgement = judged(judge)
    assert [item.id for item in second.tasks[0].requirements] == ["comfort", "blame"]
    assert [found.level for found in judgement.verdicts] == [H, M, M, H]
    assert judgement.usage.calls == 2


def test_where_the_first_is_sure_of_everything_nobody_else_is_asked():
    judge, second = cascade({key: verdict(key, H, 0.9) for key in IDS}, {})
    judgement = judged(judge)
    assert second.tasks == []
    assert judgement.usage.calls == 1


@pytest.mark.parametrize(("first", "level"), [(verdict("comfort", P, 0.2), P), (U, U)])
def test_what_the_second_cannot_judge_stays_as_the_first_said(first, level):
    judge, _ = cascade({"comfort": first}, {"comfort": U})
    assert judged(judge).verdicts[0].level is level


def test_the_key_of_a_cascade_names_both_and_the_bound():
    keys = {cascade({}, {}, below)[0].key for below in (0.5, 0.7)}
    assert keys == {"cascade(scripted/first,scripted/second,0.5)", "cascade(scripted/first,scripted/second,0.7)"}


# --- windows ---------------------------------------------------------------------------------------------------------

LONG = "\n".join(f"第{number}件事是认真听客户讲完并且记录下来。" for number in range(1, 61))


def windowed(script, size=200):
    inner = ScriptedJudge(script)
    return WindowedJudge(inner, max_chars=size), inner


def test_a_short_answer_is_passed_on_as_it_is():
    judge, inner = windowed({"comfort": H}, 1_000)
    assert judged(judge).notes == ()
    assert inner.tasks == [task()]


def test_windows_cover_every_clause_and_none_is_too_long():
    judge, inner = windowed({})
    judged(judge, task(LONG))
    assert len(inner.tasks) > 3
    assert {clause for part in inner.tasks for clause in part.clauses} == set(cut(LONG))
    assert all(part.clauses[-1].end - part.clauses[0].start <= 200 for part in inner.tasks)
    assert all(part.answer == LONG for part in inner.tasks)


def by_window(*levels):
    """The level of the first key point, window by window; in the last one for all that follow."""
    seen = []

    def script(given):
        seen.append(given)
        return {"comfort": LETTER[levels[min(len(seen), len(levels)) - 1]]}

    return script


@pytest.mark.parametrize(
    ("levels", "level"),
    [
        ("MMM", M),
        ("MHM", H),
        ("MPM", P),
        ("PMH", H),
        ("UHM", H),
        ("HUM", H),
        ("UMM", U),  # what was not read cannot be called missed
        ("MMU", U),
        ("PUM", U),  # it might have been a hit
        ("UUU", U),
    ],
)
def test_the_best_level_of_any_window_counts_and_a_lost_window_is_never_missed(levels, level):
    judge, _ = windowed(by_window(*levels))
    found = judged(judge, task(LONG)).verdicts[0]
    assert found.level is level
    if level is U:
        assert found.cause == "scripted"


def test_evidence_is_merged_in_the_order_of_the_answer_from_the_windows_of_that_level():
    judge, inner = windowed(by_window("H", "M", "P", "H"))
    found = judged(judge, task(LONG)).verdicts[0]
    starts = [span.start for span in found.evidence]
    assert starts == sorted(set(starts))
    assert starts[0] == inner.tasks[0].clauses[0].start
    assert inner.tasks[1].clauses[0].start not in starts
    assert inner.tasks[2].clauses[0].start not in starts
    assert all(LONG[span.start : span.end] == span.text for span in found.evidence)


def test_the_same_span_found_in_two_windows_stands_there_once():
    class Same(ScriptedJudge):
        async def judge(self, task):
            span = Evidence(start=0, end=4, text=LONG[:4])
            return Judgement(
                judge="llm", verdicts=tuple(verdict(item.id, H, None, [span]) for item in task.requirements)
            )

    found = judged(WindowedJudge(Same({}), max_chars=200), task(LONG)).verdicts[0]
    assert [span.text for span in found.evidence] == [LONG[:4]]


def test_instructions_are_known_in_every_window():
    judge, inner = windowed({})
    judged(judge, task(LONG, instructions=((0, 10),)))
    assert {part.instructions for part in inner.tasks} == {((0, 10),)}


def test_the_size_of_a_window_is_part_of_the_key():
    assert windowed({}, 100)[0].key != windowed({}, 200)[0].key


def test_judges_nest():
    votes = [ScriptedJudge({"comfort": H}, "a"), ScriptedJudge({"comfort": U}, "b"), ScriptedJudge({"comfort": H}, "c")]
    strong = ScriptedJudge({"comfort": P, "solve": P}, "strong")
    judge = WindowedJudge(CascadeJudge(VotingJudge(votes.__getitem__, 3), strong, below=0.7), max_chars=5_000)
    judgement = judged(judge)
    assert [found.level for found in judgement.verdicts] == [P, M, M, M]
    assert tuple(found.key_point for found in judgement.verdicts) == tuple(item.id for item in task().requirements)
    assert judgement.usage.calls == 4
