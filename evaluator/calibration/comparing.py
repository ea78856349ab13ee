"""Two judges, models, prompts or rubric versions on the same answers: which agrees better with people, and who changed.

Everything is over the answers that both have and both scored in full; differences are second minus first.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Generic, Literal, NamedTuple, TypeVar

from pydantic import ConfigDict, Field

from evaluator import agreement
from evaluator.calibration.advice import title
from evaluator.calibration.cases import Case
from evaluator.calibration.figuring import (
    RESAMPLES,
    LevelRow,
    ScoreRow,
    defined,
    level_values,
    place,
    score_values,
)
from evaluator.calibration.model import LEVELS, Note
from evaluator.errors import InputError, Problem, Words
from evaluator.models import Level, Model
from evaluator.text import folded

_SAME = 1e-9
KEY_POINTS = {
    "accuracy": "accuracy",
    "kappa": "kappa",
    "kp_qwk": "qwk",
    "hit_precision": f"precision_{LEVELS.index(Level.HIT)}",
    "hit_recall": f"recall_{LEVELS.index(Level.HIT)}",
    "hit_f1": f"f1_{LEVELS.index(Level.HIT)}",
}
"""As reports call them, and as `level_values` does."""
BETTER_LOW = frozenset({"mae", "rmse"})
"""Figures of which less is better; of `bias` what is nearer to 0."""


class Side(Model):
    """One of the two."""

    name: str
    judge: str
    model: str = ""
    prompt_hash: str = ""
    answers: int
    scored: int


class Changed(Model):
    """One figure of both, and the interval (95 %) of second minus first on the same resamples."""

    first: float | None
    second: float | None
    difference: float | None
    low: float | None
    high: float | None
    above: float | None
    """Share of the resamples in which the second comes out above the first, ties half."""

    @property
    def clear(self) -> bool:
        """Whether the interval leaves 0 out: chance alone seldom does that."""
        return self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)

    @property
    def same(self) -> bool:
        """Whether nothing differs, on any resample."""
        return self.difference == self.low == self.high == 0


Winner = Literal["first", "second", "turned"]


def winner(name: str, one: Changed) -> Winner | None:
    """Which of the two is better, None where the interval leaves it open.

    A bias is better nearer to 0; `turned` is one that changed its sign.
    """
    if not one.clear or one.difference is None or one.first is None or one.second is None:
        return None
    if name == "bias" and one.first * one.second < 0:
        return "turned"
    change = abs(one.second) - abs(one.first) if name == "bias" else one.difference
    return "second" if (change < 0) == (name in BETTER_LOW or name == "bias") else "first"


class PointMoved(Model):
    """One verdict that is not the same."""

    id: str
    name: str
    people: Level | None
    first: Level
    second: Level
    first_reason: str = ""
    second_reason: str = ""


class Moved(Model):
    """One answer whose score or verdicts are not the same."""

    rubric: str
    title: str
    candidate: str
    place: str = ""
    answer: str
    people: float
    first: float
    second: float
    key_points: tuple[PointMoved, ...]

    @property
    def change(self) -> float:
        """Second minus first, a share of full marks."""
        return self.second - self.first

    @property
    def closer(self) -> bool | None:
        """Whether the second is nearer to people; None where both are as far."""
        gained = abs(self.first - self.people) - abs(self.second - self.people)
        return None if abs(gained) < _SAME else gained > 0


class Verdicts(Model):
    """The verdicts that only one of the two has right, key points that people gave a level of."""

    n: int
    only_first: int
    only_second: int
    mcnemar: float
    """p, exact; takes the key points of one answer for independent."""
    by_answer: float | None
    """p of a permutation test that exchanges whole answers: the one to go by."""


class Comparison(Model):
    """对比：the second against the first."""

    schema_: Literal["evaluator/comparison@1"] = Field(default="evaluator/comparison@1", alias="schema")
    first: Side
    second: Side
    answers: int
    """Both scored them in full; everything is over these."""
    questions: int
    only_first: int
    """Answers that only the first scored in full."""
    only_second: int
    scores: dict[str, Changed]
    key_points: dict[str, Changed] | None = None
    verdicts: Verdicts | None = None
    unchanged: int
    """Answers with the same score from both."""
    closer: int
    """Answers on which the second is nearer to people."""
    farther: int
    raised: tuple[Moved, ...]
    """Most first."""
    lowered: tuple[Moved, ...]
    notes: tuple[Note, ...] = ()

    model_config = ConfigDict(
        frozen=True, extra="forbid", use_attribute_docstrings=True, populate_by_name=True, serialize_by_alias=True
    )


_Row = TypeVar("_Row", ScoreRow, LevelRow)


class Both(NamedTuple, Generic[_Row]):
    """The same row of both: what each says of one answer or key point."""

    first: _Row
    second: _Row


def compare(
    a: Sequence[Case],
    b: Sequence[Case],
    *,
    names: tuple[str, str] = ("A", "B"),
    most: int = 10,
    resamples: int = RESAMPLES,
) -> Comparison:
    """The second against the first; answers go together by question and candidate, key points by id.

    What people gave is taken from the first. `most` bounds the lists of answers, each way. Raises InputError where
    there is no answer in common that both scored, or where one candidate's answers are not the same text.
    """
    pairs, together = _paired(a, b)
    scores = [_score_rows(*pair) for pair in together]
    levels = [row for pair in together for row in _level_rows(*pair)]
    moved = [one for pair in together if (one := _moved(*pair)) is not None]
    changes = sorted(moved, key=lambda one: (-abs(one.change), one.rubric, one.candidate))
    return Comparison(
        first=_side(names[0], a),
        second=_side(names[1], b),
        answers=len(together),
        questions=len({one.group for one, _ in together}),
        only_first=sum(one.judge_share is not None for one in a) - len(together),
        only_second=sum(one.judge_share is not None for one in b) - len(together),
        scores=changed(scores, score_values, resamples),
        key_points=changed(levels, _named, resamples) if levels else None,
        verdicts=_verdicts(levels, resamples) if levels else None,
        unchanged=sum(abs(row.first.first - row.second.first) < _SAME for row in scores),
        closer=sum(one.closer is True for one in moved),
        farther=sum(one.closer is False for one in moved),
        raised=tuple(one for one in changes if one.change >= _SAME)[:most],
        lowered=tuple(one for one in changes if one.change <= -_SAME)[:most],
        notes=tuple(_notes(pairs, together)),
    )


_Pairs = list[tuple[Case, Case]]


def _paired(a: Sequence[Case], b: Sequence[Case]) -> tuple[_Pairs, _Pairs]:
    """The answers that both have; and those of them that both scored."""
    second = {(one.group, one.candidate): one for one in b}
    pairs = [(one, second[one.group, one.candidate]) for one in a if (one.group, one.candidate) in second]
    if other := next((one for one, two in pairs if folded(one.answer) != folded(two.answer)), None):
        raise InputError(
            Problem(
                Words(
                    f"两边不是同样的答案：考生 {other.candidate} 的答案文字不同",
                    f"not the same answers: those of candidate {other.candidate} differ",
                ),
                other.group,
                hint=Words("比较要用同一份输入的两次结果", "compare two results of the same input"),
            )
        )
    together = [pair for pair in pairs if pair[0].judge_share is not None and pair[1].judge_share is not None]
    if not together:
        raise InputError(
            Problem(
                Words("没有一份答案是两边都评出的", "no answer was scored by both"),
                hint=Words("比较要用同一份输入的两次结果", "compare two results of the same input"),
            )
        )
    return pairs, together


def _notes(pairs: _Pairs, together: _Pairs) -> list[Note]:
    found = []
    if left := len(pairs) - len(together):
        found.append(
            Note(
                zh=f"{left} 份答案有一边没有评出，未计入",
                en=f"{left} answers are left out: one side did not score them",
            )
        )
    if other := sum(one.human != two.human for one, two in together):
        found.append(
            Note(
                zh=f"{other} 份答案两边的人工分不同，按第一个算",
                en=f"people's scores of {other} answers differ between the two: the first counts",
            )
        )
    reworded = sum(one.rubric != two.rubric for one, two in {pair[0].group: pair for pair in together}.values())
    if reworded:
        found.append(Note(zh=f"{reworded} 道题的细则不同", en=f"the rubrics of {reworded} questions differ"))
    return found


def _side(name: str, cases: Sequence[Case]) -> Side:
    grades = [one.grade for one in cases if one.grade is not None]
    of = next((one for one in grades if one.trace.model), grades[0] if grades else None)
    return Side(
        name=name,
        judge=of.judge if of else "",
        model=of.trace.model if of else "",
        prompt_hash=of.trace.prompt_hash if of else "",
        answers=len(cases),
        scored=sum(one.judge_share is not None for one in cases),
    )


def _score_rows(one: Case, two: Case) -> Both[ScoreRow]:
    def row(case: Case) -> ScoreRow:
        return ScoreRow(case.judge_share or 0.0, one.human_share, one.step, one.group, one.candidate)

    return Both(row(one), row(two))


def _level_rows(one: Case, two: Case) -> list[Both[LevelRow]]:
    """Of key points that people gave a level of, and both judged."""
    found = []
    for key, said in one.human_levels.items():
        mine, theirs = (case.judge_levels.get(key, Level.UNSCORED) for case in (one, two))
        if Level.UNSCORED not in {mine, theirs, said}:
            first, second = (LevelRow(place(level), place(said), one.group, one.candidate) for level in (mine, theirs))
            found.append(Both(first, second))
    return found


def changed(
    rows: Sequence[Both[_Row]],
    figures: Callable[[Sequence[_Row]], Mapping[str, float]],
    resamples: int,
) -> dict[str, Changed]:
    """Every figure of both, and the paired interval of second minus first."""
    groups, units = [row.first.group for row in rows], [row.first.unit for row in rows]
    found = agreement.differences(
        agreement.clustered(rows, groups, units),
        lambda drawn: figures([row.second for row in drawn]),
        lambda drawn: figures([row.first for row in drawn]),
        resamples=resamples,
    )
    return {
        name: Changed(
            first=defined(one.second),
            second=defined(one.first),
            difference=defined(one.difference),
            low=defined(one.low),
            high=defined(one.high),
            above=defined(one.above),
        )
        for name, one in found.items()
    }


def _named(rows: Sequence[LevelRow]) -> dict[str, float]:
    found = level_values(rows)
    return {name: found[key] for name, key in KEY_POINTS.items()}


def _verdicts(rows: Sequence[Both[LevelRow]], resamples: int) -> Verdicts:
    first, second = ([one.first == one.second for one in side] for side in zip(*rows, strict=True))
    tested = agreement.mcnemar(first, second)
    by_answer = agreement.permutation_test(
        first,
        second,
        lambda right: sum(right) / len(right) if right else math.nan,
        units=[(row.first.group, row.first.unit) for row in rows],
        resamples=resamples,
    )
    return Verdicts(
        n=len(rows),
        only_first=tested.only_first,
        only_second=tested.only_second,
        mcnemar=tested.p,
        by_answer=defined(by_answer.p),
    )


def _moved(one: Case, two: Case) -> Moved | None:
    said, again = ({point.id: point for point in case.grade.key_points} if case.grade else {} for case in (one, two))
    points = tuple(
        PointMoved(
            id=point.id,
            name=point.name,
            people=one.human_levels.get(point.id),
            first=mine.verdict,
            second=theirs.verdict,
            first_reason=mine.reason,
            second_reason=theirs.reason,
        )
        for point in one.points
        if (mine := said.get(point.id)) is not None
        and (theirs := again.get(point.id)) is not None
        and mine.verdict is not theirs.verdict
    )
    first, second = one.judge_share or 0.0, two.judge_share or 0.0
    if not points and abs(first - second) < _SAME:
        return None
    return Moved(
        rubric=one.group,
        title=title(one.rubric),
        candidate=one.candidate,
        place=one.place,
        answer=one.answer,
        people=one.human_share,
        first=first,
        second=second,
        key_points=points,
    )
