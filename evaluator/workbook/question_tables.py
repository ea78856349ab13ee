"""题目统计 as two tables: a row a question, a row a key point; the same in the workbook and on the page."""

from __future__ import annotations

from evaluator.models import Level, Rubric
from evaluator.workbook.standing import Standing
from evaluator.workbook.statistics import KeyPointCounts, QuestionCounts
from evaluator.workbook.survey import Survey, stem
from evaluator.workbook.table import Column, Kind, Value
from evaluator.workbook.words import KINDS, say

_QUESTION: tuple[tuple[str, Kind], ...] = (
    ("number", "number"), ("question", "long"), ("kind", "text"), ("maximum", "number"), ("answers", "number"),
    ("scored", "number"), ("mean", "number"), ("rate", "bar"), ("spread", "number"), ("median", "number"),
    ("lowest", "number"), ("highest", "number"), ("share_blank", "share"), ("share_review", "share"),
    ("failed", "number"), ("seconds", "number"), ("rubric", "id"),
)  # fmt: skip
_KEY_POINT: tuple[tuple[str, Kind], ...] = (
    ("number", "number"), ("key_point", "long"), ("remark", "text"), ("points", "number"), ("judged", "number"),
    ("hit_rate", "bar"), ("partial_rate", "bar"), ("missed_rate", "bar"), ("unscored_rate", "bar"),
    ("rubric", "id"), ("key_point_id", "id"),
)  # fmt: skip


def question_columns(lang: str) -> tuple[Column, ...]:
    """Columns of the table of questions."""
    return tuple(Column(key, say(key, lang), kind) for key, kind in _QUESTION)


def key_point_columns(lang: str) -> tuple[Column, ...]:
    """Columns of the table of key points."""
    return tuple(Column(key, say(key, lang), kind) for key, kind in _KEY_POINT)


def question_rows(survey: Survey, lang: str) -> list[list[Value]]:
    """A row a question, in the order of the paper."""
    return [
        _question(place, rubric, survey.questions[rubric.id], lang) for place, rubric in enumerate(survey.rubrics, 1)
    ]


def key_point_rows(survey: Survey, lang: str) -> list[list[Value]]:
    """A row a key point, question by question."""
    return [
        [
            float(place), point.name, remark(counts, lang), point.points, float(counts.judged),
            *(counts.rate(level) for level in Level), rubric.id, point.id,
        ]
        for place, rubric in enumerate(survey.rubrics, 1)
        for point in rubric.key_points
        for counts in (survey.questions[rubric.id].key_points[point.id],)
    ]  # fmt: skip


def remark(counts: KeyPointCounts, lang: str) -> str:
    """What a rubric owner should look at: a key point that tells nobody apart."""
    if counts.never_hit:
        return say("never_hit", lang)
    return say("always_hit", lang) if counts.always_hit else ""


def _question(place: int, rubric: Rubric, counts: QuestionCounts, lang: str) -> list[Value]:
    mean = counts.mean
    return [
        float(place), stem(rubric, 80), KINDS[rubric.kind].text(lang), rubric.max_score, float(counts.answers),
        float(counts.scored), _rounded(mean), None if mean is None else mean / rubric.max_score,
        _rounded(counts.spread), counts.median, counts.lowest, counts.highest,
        counts.share(counts.standings[Standing.BLANK]), counts.share(counts.review), float(counts.unscored),
        _rounded(counts.seconds / counts.timed) if counts.timed else None, rubric.id,
    ]  # fmt: skip


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)
