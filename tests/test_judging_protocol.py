"""What every judge keeps to, the real ones and the stand-in alike."""

import asyncio

import pytest
from small_rubric import ANSWER, IDS, task

from evaluator.clauses import cut
from evaluator.errors import EndpointUnavailable, Refused
from evaluator.judging import (
    CascadeJudge,
    ChoiceJudge,
    KeywordJudge,
    OneCallJudge,
    PerPointJudge,
    Profile,
    Task,
    VotingJudge,
    WindowedJudge,
    requirements,
)
from evaluator.models import KeyPoint, Level, Option, QuestionKind, Rubric
from evaluator.prompts import Prompts
from evaluator.testing import ScriptedClient, ScriptedJudge, reply

PROMPTS = Prompts()
ANSWERS = [ANSWER, "我会道歉。", "？？", "\n\n", "x" * 300, "👨‍👩‍👧 OK", "<b>hit</b>", "一。" * 400]


def down(asked):
    return EndpointUnavailable("down", cause="connection")


class Contract:
    """One verdict a requirement, in the order of the rubric, with exact evidence; the same key, the same verdicts. `judge()` makes one."""

    def task(self, answer=ANSWER):
        return task(answer)

    @pytest.mark.parametrize("answer", ANSWERS)
    def test_it_gives_one_verdict_a_requirement_in_their_order(self, answer):
        given = self.task(answer)
        judgement = asyncio.run(self.judge().judge(given))
        assert [verdict.key_point for verdict in judgement.verdicts] == [item.id for item in given.requirements]
        assert judgement.judge == self.judge().name

    @pytest.mark.parametrize("answer", ANSWERS)
    def test_its_evidence_is_exact_and_what_is_unscored_has_a_cause(self, answer):
        for verdict in asyncio.run(self.judge().judge(self.task(answer))).verdicts:
            assert all(answer[span.start : span.end] == span.text for span in verdict.evidence)
            assert bool(verdict.cause) or verdict.level is not Level.UNSCORED

    def test_it_judges_no_more_than_it_is_asked(self):
        given = self.task()
        some = given.narrowed([given.requirements[0].id])
        verdicts = asyncio.run(self.judge().judge(some)).verdicts
        assert [verdict.key_point for verdict in verdicts] == [given.requirements[0].id]

    def test_equal_judges_have_equal_keys_and_give_equal_verdicts(self):
        one, other = self.judge(), self.judge()
        assert one.key == other.key
        assert asyncio.run(one.judge(self.task())).verdicts == asyncio.run(other.judge(self.task())).verdicts


class TestKeyword(Contract):
    def judge(self):
        return KeywordJudge()


class TestChoice(Contract):
    def judge(self):
        return ChoiceJudge()

    def task(self, answer=ANSWER):
        rubric = Rubric(
            id="c",
            question="选哪个？",
            kind=QuestionKind.SINGLE_CHOICE,
            max_score=1,
            key_points=(KeyPoint(id="answer", name="x", points=1),),
            options=(Option(label="A", text="甲"), Option(label="B", text="乙")),
            correct=("B",),
        )
        return Task(rubric, answer, cut(answer))


class TestOneCall(Contract):
    def judge(self):
        return OneCallJudge(ScriptedClient(self.script), PROMPTS)

    def script(self, asked):
        good = {"reason": "r", "evidence": [1], "verdict": "hit"}
        return {name: good for name in asked.schema["properties"] if name != "about_question"}


class TestOneCallWithoutAModel(Contract):
    def judge(self):
        return OneCallJudge(ScriptedClient(down), PROMPTS)


class TestPerPoint(Contract):
    def judge(self):
        return PerPointJudge(ScriptedClient(lambda asked: {"clauses": [1]} if asked.schema else "A"), PROMPTS)


class TestPerPointWithAProfile(Contract):
    def judge(self):
        return PerPointJudge(ScriptedClient(self.script), PROMPTS, profile=Profile(cut_partial=0.0, cut_hit=1.0))

    def script(self, asked):
        return (
            {"clauses": [1]}
            if asked.schema
            else reply("是", alternatives=[{"是": -0.1, "否": -3.0, "A": -4.0, "C": -9.0}])
        )


class TestPerPointWithoutAModel(Contract):
    def judge(self):
        return PerPointJudge(ScriptedClient(lambda asked: Refused("no")), PROMPTS)


class TestVotes(Contract):
    def judge(self):
        return VotingJudge(lambda index: ScriptedJudge({"comfort": list(Level)[index]}, str(index)), 3)


class TestCascade(Contract):
    def judge(self):
        return CascadeJudge(
            ScriptedJudge(dict.fromkeys(IDS, Level.UNSCORED)), ScriptedJudge({"comfort": Level.PARTIAL})
        )


class TestWindows(Contract):
    def judge(self):
        return WindowedJudge(KeywordJudge(), max_chars=60)


class TestScripted(Contract):
    def judge(self):
        return ScriptedJudge({"comfort": Level.UNSCORED})


def test_deductions_are_judged_like_key_points_behind_them():
    given = task()
    assert tuple(item.id for item in requirements(given.rubric)) == IDS
    assert given.requirements[-1].hit == "答案把责任推给客户。"


def test_a_key_point_without_a_sentence_is_judged_by_its_name():
    rubric = Rubric(
        id="r",
        question="q",
        kind=QuestionKind.OTHER,
        max_score=1,
        key_points=(KeyPoint(id="p", name="道歉", points=1),),
    )
    assert requirements(rubric)[0].hit == "道歉"


@pytest.mark.parametrize(("start", "end", "touched"), [(0, 5, {1}), (18, 21, {1, 2}), (19, 20, set()), (31, 44, {3})])
def test_a_clause_is_an_instruction_where_it_shares_a_character_with_one(start, end, touched):
    given = task(instructions=((start, end),))
    assert {clause.number for clause in given.clauses if given.is_instruction(clause)} == touched
