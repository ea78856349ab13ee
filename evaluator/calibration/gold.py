"""Public sets of answers that people scored, one JSON object a line, with rubrics drafted from what they bring along.

A line has `id, question, answer, max_score, human_score`, and may have `reference` (参考答案), `analysis` (解析),
`rubric_points` (`[{text, points}]`), `human_point_labels` (1, 0.5 or 0 each) and `extra` with `score_1`, `score_2`
(two raters), `physicians` (labels a rater) and `question_key` or `q_id` (which lines belong to one question).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from evaluator.drafting import draft
from evaluator.errors import InputError, Problem, Words
from evaluator.models import (
    Answer,
    HumanScore,
    KeyPoint,
    Level,
    Paper,
    Question,
    QuestionKind,
    Rejected,
    Rubric,
    Section,
    Submission,
)
from evaluator.papers import unwrapped
from evaluator.submissions import ColumnMap, Layout

_NEEDED = ("id", "question", "answer", "max_score", "human_score")
_LEVELS = {1.0: Level.HIT, 0.5: Level.PARTIAL, 0.0: Level.MISSED}
_BLANKS = re.compile(
    r"(?<=[\u3400-\u9fff，。；：、？！“”（）《》．])[ \t\u3000]+(?=[\u3400-\u9fff，。；：、？！“”（）《》．])"
)
_SLUG = re.compile(r"[^A-Za-z0-9]+")


def is_gold(path: Path) -> bool:
    """Whether the first line is of this form, so that a file of submissions is not taken for one."""
    if path.suffix.lower() != ".jsonl" or not path.is_file():
        return False
    with path.open(encoding="utf-8-sig") as file:
        try:
            first = json.loads(file.readline() or "null")
        except (ValueError, UnicodeDecodeError):
            return False
    return isinstance(first, dict) and set(_NEEDED) <= first.keys() and "rubric" not in first


class GoldSource:
    """Such a file as a source of submissions: a candidate a line, a rubric a question.

    Lines are taken from the questions in turn, so that `limit` of them cover as many questions as there are. Raises
    InputError with the line of what cannot be read.
    """

    columns: tuple[str, ...] = ()
    column_map = ColumnMap(layout=Layout.RECORDS)

    def __init__(self, path: Path, *, limit: int | None = None) -> None:
        self.name = path.name
        rows = _spread(list(_read(path)))[:limit]
        self._rubrics = _rubrics(rows)
        self._rows = [row for row in rows if row["_question"] in self._rubrics]
        left = len(rows) - len(self._rows)
        self.notes = (_left_out(left),) if left else ()

    @property
    def rubrics(self) -> tuple[Rubric, ...]:
        """Drafted from the lines, one a question."""
        return tuple(self._rubrics.values())

    def __iter__(self) -> Iterator[Submission | Rejected]:
        """One submission a line, with what people gave it."""
        for row in self._rows:
            rubric = self._rubrics[row["_question"]]
            answer = Answer(rubric=rubric.id, text=row["answer"], place=row["_place"], human=_human(row, rubric))
            yield Submission(candidate=str(row["id"]), answers=(answer,))


def _read(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8-sig") as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except ValueError:
                row = None
            missing = [key for key in _NEEDED if not isinstance(row, dict) or row.get(key) is None]
            if missing:
                listed = "、".join(missing)
                raise InputError(
                    Problem(Words(f"这一行缺少 {listed}", f"this line lacks {', '.join(missing)}"), str(path), number)
                )
            extra = row.get("extra") or {}
            key = str(extra.get("question_key") or extra.get("q_id") or row["question"])
            yield {**row, "extra": extra, "_question": key, "_place": f"{path.name}:{number}"}


def _spread(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The first line of every question, then the second of each, so that any beginning of it covers all questions."""
    turn: dict[str, int] = {}
    keyed = []
    for place, row in enumerate(rows):
        turn[row["_question"]] = turn.get(row["_question"], -1) + 1
        keyed.append((turn[row["_question"]], place, row))
    return [row for _, _, row in sorted(keyed, key=lambda one: one[:2])]


def _rubrics(rows: Sequence[Mapping[str, Any]]) -> dict[str, Rubric]:
    """A rubric a question; questions that give nothing to score by are left out."""
    found: dict[str, Rubric] = {}
    for row in rows:
        key = row["_question"]
        if key not in found and (rubric := _rubric(row, _id(key))) is not None:
            found[key] = rubric
    return found


def _rubric(row: Mapping[str, Any], name: str) -> Rubric | None:
    points = row.get("rubric_points")
    if points:
        return _from_points(row, points, name)
    question = Question(
        number="1",
        stem=row["question"],
        kind=QuestionKind.SHORT_ANSWER,
        reference=_as_text(row, "reference"),
        analysis=_as_text(row, "analysis"),
        points=float(row["max_score"]),
    )
    paper = Paper(title=name, sha256="0" * 64, sections=(Section(title="", questions=(question,)),))
    drafted = draft(paper, slug=name)
    return drafted[0].model_copy(update={"id": name, "provenance": None}) if drafted else None


def _as_text(row: Mapping[str, Any], field: str) -> str:
    """As a paper would be read: lines that a page cut put together, blanks between Chinese characters taken out."""
    page = "\n".join(row.get(name) or "" for name in ("question", "reference", "analysis"))
    return _BLANKS.sub("", unwrapped(row.get(field) or "", page))


def _from_points(row: Mapping[str, Any], points: Sequence[Mapping[str, Any]], name: str) -> Rubric:
    key_points = tuple(
        KeyPoint(id=f"kp{number}", name=one["text"][:80], points=float(one.get("points") or 1), hit=one["text"])
        for number, one in enumerate(points, 1)
    )
    return Rubric(
        id=name,
        question=row["question"],
        kind=QuestionKind.SHORT_ANSWER,
        max_score=sum(one.points for one in key_points),
        points_from="paper",
        key_points=key_points,
        reference=row.get("reference") or "",
    )


def _human(row: Mapping[str, Any], rubric: Rubric) -> tuple[HumanScore, ...]:
    """What each person gave: two scores, labels of several, or the one score and its labels."""
    extra = row["extra"]
    pair = [(f"score_{n}", extra[f"score_{n}"]) for n in (1, 2) if extra.get(f"score_{n}") is not None]
    if pair:
        return tuple(HumanScore(rater=rater, score=float(score)) for rater, score in pair)
    if judged := extra.get("physicians"):
        return tuple(
            _from_labels(f"rater_{n}", labels, rubric) for n, labels in enumerate(zip(*judged, strict=True), 1)
        )
    levels = row.get("human_point_labels")
    known = {} if levels is None else dict(zip(_ids(rubric), (_LEVELS[float(one)] for one in levels), strict=False))
    return (HumanScore(rater="human", score=float(row["human_score"]), levels=known),)


def _from_labels(rater: str, labels: Sequence[str], rubric: Rubric) -> HumanScore:
    levels = {
        key: Level.HIT if label == "Entailment" else Level.MISSED
        for key, label in zip(_ids(rubric), labels, strict=False)
    }
    earned = sum(point.points for point in rubric.key_points if levels.get(point.id) is Level.HIT)
    return HumanScore(rater=rater, score=earned, levels=levels)


def _ids(rubric: Rubric) -> tuple[str, ...]:
    return tuple(point.id for point in rubric.key_points)


def _id(key: str) -> str:
    """The key of a question as an id; what no id can hold gives way to a digest."""
    slug = _SLUG.sub("-", key).strip("-")
    digest = hashlib.sha256(key.encode()).hexdigest()[:8]
    return slug if slug == key and len(slug) <= 60 else f"{slug[:40].strip('-')}-{digest}".strip("-")


def _left_out(count: int) -> Words:
    return Words(
        f"{count} 行没有参考答案、解析或得分点，起草不出细则，没有用",
        f"{count} lines have nothing to draft a rubric from and were left out",
    )
