"""A finished run in memory: names, formulas, emoji, 繁体, blank, failed, incomplete, objective, human scores."""

from dataclasses import dataclass, field, replace

from small_rubric import RUBRIC

from evaluator.batch import AnswerResult, CandidateResult, RunInfo
from evaluator.models import (
    Answer,
    Evidence,
    Flag,
    Grade,
    HumanScore,
    KeyPoint,
    Level,
    Option,
    QuestionKind,
    Rejected,
    Rubric,
    Trace,
    Usage,
    Verdict,
)
from evaluator.scoring import score

CHOICE = Rubric(
    id="late-choice",
    question="客户说快递三天没动，先做哪一件事？",
    kind=QuestionKind.SINGLE_CHOICE,
    max_score=2,
    key_points=(KeyPoint(id="right", name="选对", points=2),),
    options=(Option(label="A", text="查物流"), Option(label="B", text="让客户再等等")),
    correct=("A",),
    status="reviewed",
)
RUBRICS = (RUBRIC, CHOICE)
LEVELS = {"h": Level.HIT, "p": Level.PARTIAL, "m": Level.MISSED, "?": Level.UNSCORED}

GOOD = "先耐心倾听😀客户把话说完，并且真诚道歉。\n当天给出退款或换货的办法。\n三天之内回访客户。"
FORMULA = '=HYPERLINK("http://evil.example","点我")，先真诚道歉，再给出退款或换货的办法\x07。'
TRADITIONAL = "先耐心傾聽😀客戶把話說完，並且真誠道歉。\n當天給出退款或換貨的辦法。\n三天之內回訪客戶。"


def span(answer, words):
    start = answer.index(words)
    return Evidence(start=start, end=start + len(words), text=words)


def graded(rubric, answer, levels, evidence=None, *, flags=(), reasons=(), status="first_pass", seconds=1.5):
    """A grade as the grader would give it; `levels` is a letter a key point and deduction."""
    ids = [point.id for point in rubric.key_points] + [item.id for item in rubric.deductions]
    verdicts = tuple(
        Verdict(
            key_point=one,
            level=LEVELS[letter],
            reason="" if letter == "m" else f"理由 {one}",
            evidence=tuple(span(answer, words) for words in (evidence or {}).get(one, ())),
            confidence=None if letter == "?" else 0.9,
            cause="timeout" if letter == "?" else "",
        )
        for one, letter in zip(ids, levels, strict=True)
    )
    scored = score(rubric, verdicts)
    reasons = (*(() if scored.complete else ("incomplete",)), *reasons)
    return Grade(
        rubric=rubric.id,
        score=scored.score,
        max_score=rubric.max_score,
        range=(scored.low, scored.high),
        complete=scored.complete,
        needs_review=bool(reasons),
        review_reasons=reasons,
        flags=flags,
        key_points=scored.key_points,
        deductions=scored.deductions,
        judge="choice" if rubric.kind.objective else "llm",
        confidence=0.9,
        status=status,
        trace=Trace(
            rubric_hash=f"{rubric.id}-hash",
            answer_hash="a",
            model="small-model",
            host="model.example",
            usage=Usage() if rubric.kind.objective else Usage(calls=1, prompt=100, completion=20, seconds=seconds),
        ),
    )


def result(rubric, text, levels="", evidence=None, *, failure="", place="", human=(), **more):
    answer = Answer(rubric=rubric.id, text=text, place=place, human=human)
    grade = graded(rubric, text, levels, evidence, **more) if levels else None
    return AnswerResult(answer, grade, failure)


def ticked(label, **more):
    right = label == "A"
    return result(CHOICE, label, "h" if right else "m", {"right": [label]} if right else None, **more)


def candidates():
    people = (HumanScore(rater="评委A", score=7, levels={"comfort": Level.HIT, "solve": Level.PARTIAL}),)
    both = (*people, HumanScore(rater="评委B", score=6.5))
    proof = {
        "comfort": ["耐心倾听😀客户", "倾听😀客户把话说完"],
        "solve": ["退款或换货的办法"],
        "return-visit": ["回访客户"],
    }
    return (
        CandidateResult(0, "0001", "张三", {"电话": "013800000000", "部门": "客服"}, {
            "complaint": result(RUBRIC, GOOD, "hhhm", proof, place="Sheet1!C2", human=both),
            "late-choice": ticked("A", place="Sheet1!D2", human=(HumanScore(rater="评委A", score=2),)),
        }),
        CandidateResult(1, "110101199001011234", "=cmd|' /C calc'!A0", {"电话": "+86 138", "部门": "@客服"}, {
            "complaint": result(RUBRIC, FORMULA, "hpmh", {"comfort": ["真诚道歉"], "solve": ["退款"], "blame": ["点我"]},
                                reasons=("injection", "deduction"), flags=(Flag.INJECTION,), place="Sheet1!C3",
                                human=people),
            "late-choice": ticked("B", place="Sheet1!D3"),
        }),
        CandidateResult(2, "A-3", "李四", {"电话": "", "部门": "售后"}, {
            "complaint": result(RUBRIC, TRADITIONAL, "h?pm", {"comfort": ["真誠道歉"], "return-visit": ["回訪客戶"]},
                                place="Sheet1!C4"),
            "late-choice": ticked("A", place="Sheet1!D4"),
        }),
        CandidateResult(3, "A-4", "王五", {"电话": "1", "部门": ""}, {
            "complaint": result(RUBRIC, "", "mmmm", flags=(Flag.EMPTY,), place="Sheet1!C5"),
            "late-choice": ticked("A", place="Sheet1!D5"),
        }),
        CandidateResult(4, "A-5", "", {}, {
            "complaint": result(RUBRIC, "<script>alert(1)</script> <r><t>x</t></r>", failure="模型超时 3 次，没有得到答复",
                                place="Sheet1!C6"),
        }),
        CandidateResult(5, "A-6", "", {}, {
            "complaint": result(RUBRIC, "<r><t>回访客户</t></r>", "mmhm", {"return-visit": ["回访客户"]}, place="Sheet1!C7",
                                status="confirmed"),
            "late-choice": AnswerResult(Answer(rubric="late-choice", text="A")),
        }),
    )  # fmt: skip


INFO = RunInfo(
    id="run-1",
    source="answers.xlsx",
    state="finished",
    judge="llm",
    model="small-model",
    host="model.example",
    prompt_hash="p" * 12,
    started="2026-11-22T01:00:00+00:00",
    finished="2026-11-22T01:02:00+00:00",
    version="0.2.0",
    calls=4,
    usage=Usage(calls=4, prompt=400, cached=120, completion=80, seconds=6.0, cost=0.0123),
    currency="CNY",
    blind=True,
)


@dataclass
class Run:
    """Results in memory; every iterator starts anew."""

    people: tuple = field(default_factory=candidates)
    rubrics: tuple = RUBRICS
    columns: tuple = ("电话", "部门")
    info: RunInfo = INFO
    refused: tuple = (Rejected(place="Sheet1!9", zh="没有编号", en="no candidate id"),)

    def candidates(self):
        return iter(self.people)

    def rejected(self):
        return iter(self.refused)


def many(texts, rubric=RUBRIC):
    """A run of one question, a candidate a text, without grades."""
    people = tuple(
        CandidateResult(place, f"c{place}", answers={rubric.id: AnswerResult(Answer(rubric=rubric.id, text=text))})
        for place, text in enumerate(texts)
    )
    return Run(people=people, rubrics=(rubric,), columns=(), refused=())


__all__ = ["CHOICE", "FORMULA", "GOOD", "INFO", "RUBRIC", "RUBRICS", "TRADITIONAL", "Run", "many", "replace", "result"]
