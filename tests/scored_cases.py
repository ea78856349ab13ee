"""Cases by the dozen: a small world in which people's levels are known and a judge reads nothing but the wording."""

import asyncio
import re

from evaluator.calibration.cases import Case
from evaluator.grader import Grader
from evaluator.models import HumanScore, KeyPoint, Level, QuestionKind, Rubric, Verdict
from evaluator.scoring import score
from evaluator.testing import ScriptedJudge

FACTS = {
    "listen": "先耐心倾听客户把话说完",
    "refund": "当天办理退款换货",
    "visit": "三天之内电话回访",
}
"""What an answer says that has the key point."""
WORDING = {
    "listen": "写出“倾听”客户的诉求。",
    "refund": "提出“退款”或“换货”的方案。",
    "visit": "写明事后“回访”。",
}
VAGUE = "回答较好，比较全面，态度积极。"
SHARES = {Level.HIT: 1.0, Level.PARTIAL: 0.5, Level.MISSED: 0.0, Level.UNSCORED: 0.0}


def rubric(number=0, wording=None, **changes):
    said = WORDING | (wording or {})
    points = tuple(KeyPoint(id=key, name=f"要点{at}", points=2, hit=said[key]) for at, key in enumerate(FACTS))
    given = {"rounding": 0.5, "status": "reviewed"} | changes
    return Rubric(
        id=f"q{number:02}", question=f"第{number}题：客户来投诉，你怎么做？", kind=QuestionKind.SITUATIONAL, max_score=6,
        key_points=points, **given,
    )  # fmt: skip


def answer(number, has):
    parts = [FACTS[key] for key in FACTS if key in has]
    return "。".join([*parts, f"我是第{number}位应聘者，一直很喜欢这份工作"])


def people(has):
    levels = {key: Level.HIT if key in has else Level.MISSED for key in FACTS}
    return HumanScore(rater="甲", score=2.0 * len(has), levels=levels)


def follows_the_wording(task):
    """Hit where a quoted word of the requirement stands in the answer; all are hits of one that quotes nothing."""
    found = {}
    for one in task.requirements:
        words = re.findall("“(.+?)”", one.hit)
        found[one.id] = Level.HIT if not words or any(word in task.answer for word in words) else Level.MISSED
    return found


def has_of(number, of=0):
    """Which key points the answer of that number has: all eight combinations in turn."""
    return {key for at, key in enumerate(FACTS) if (number * 5 + of) >> at & 1}


def world(rubrics, script=follows_the_wording, each=12):
    """Cases of a judge that this script speaks for."""

    async def graded():
        grader = Grader(ScriptedJudge(script), clock=lambda: "")
        return [
            Case(
                rubric=one,
                candidate=f"c{number:02}",
                answer=answer(number, has_of(number, at)),
                human=(people(has_of(number, at)),),
                grade=await grader.grade(one, answer(number, has_of(number, at))),
            )
            for at, one in enumerate(rubrics)
            for number in range(each)
        ]

    return asyncio.run(graded())


def judged(case, levels):
    """The case as if the judge had given these levels."""
    verdicts = tuple(Verdict(key_point=key, level=level) for key, level in levels.items())
    result = score(case.rubric, verdicts)
    grade = case.grade.model_copy(
        update={"score": result.score, "range": (result.low, result.high), "key_points": result.key_points}
    )
    return but(case, grade=grade)


def but(case, **changes):
    """The case with other fields; a copy would keep what was worked out of the old ones."""
    return Case(**{name: getattr(case, name) for name in Case.model_fields} | changes)
