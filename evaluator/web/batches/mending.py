"""What a person says of columns that were understood wrongly or not at all."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from evaluator.errors import Words
from evaluator.models import Rubric, Submission
from evaluator.submissions import Column, ColumnMap, Layout, QuestionName, Role
from evaluator.web.batches.choices import AnyReading, Reading
from evaluator.web.batches.understanding import ENCODINGS, Understood, first_answers, first_rows, understand
from evaluator.web.uploads import Upload

_TEXTS: Final = {
    Role.CANDIDATE: "role_candidate",
    Role.NAME: "role_name",
    Role.PHONE: "role_phone",
    Role.EMAIL: "role_email",
    Role.TIME: "role_time",
    Role.META: "role_meta",
    Role.IGNORED: "role_ignored",
    Role.QUESTION: "role_question",
    Role.QUESTION_KEY: "role_question_key",
    Role.ANSWER: "role_answer",
    Role.HUMAN_SCORE: "role_human_score",
    Role.HUMAN_LEVEL: "role_human_level",
    Role.RATER: "role_rater",
}
"""With the keys of the catalogs."""
_OF_ROWS = frozenset({Role.QUESTION_KEY, Role.ANSWER})
"""Roles of columns where each row is one answer."""
_OF_PEOPLE = frozenset({Role.HUMAN_SCORE, Role.HUMAN_LEVEL})
_OF_A_QUESTION = _OF_PEOPLE | {Role.QUESTION}
PERSONAL = frozenset({Role.CANDIDATE, Role.NAME, Role.PHONE, Role.EMAIL})
MOST_FIELDS: Final = 5_000
"""Of a form with three fields a column."""
_ENCODED = frozenset({".csv", ".tsv", ".txt", ".jsonl", ".md"})
"""Kinds of files that an encoding can be chosen for."""
LEFT_OUT: Final = "-"
_RATER: Final = "人工"


@dataclass(frozen=True, slots=True)
class Field:
    """One column as the form shows it."""

    key: str
    """Ends the names of its fields."""
    column: Column
    sample: tuple[str, ...] = ()
    """The first cells below the header."""

    @property
    def asks_question(self) -> bool:
        """Whether it is to be said which question the column belongs to."""
        return self.column.role in _OF_A_QUESTION

    @property
    def asks_key_point(self) -> bool:
        """Whether it is to be said which key point."""
        return self.column.role is Role.HUMAN_LEVEL and self.column.rubric != ""

    @property
    def personal(self) -> bool:
        """Whether it says who somebody is."""
        return self.column.role in PERSONAL


@dataclass(frozen=True, slots=True)
class Shown:
    """A file as its form shows it, to be mended."""

    found: Understood
    fields: tuple[Field, ...]
    roles: Mapping[str, str]
    lacking: Words | None
    answers: Sequence[Submission]
    """The first of what is no table."""
    encodings: Sequence[str]
    """Those that can be chosen."""
    chosen: Mapping[str, Rubric]
    """Those that questions are looked for in, by id."""


def shown(upload: Upload, reading: Reading, rubrics: Iterable[Rubric]) -> Shown:
    """The file, read so."""
    chosen = reading.among(rubrics)
    found = understand(upload, reading, chosen)
    rows = first_rows(upload, found.column_map, reading.encoding) if found.column_map else []
    return Shown(
        found=found,
        fields=fields(found.column_map, rows) if found.column_map else (),
        roles=roles(found.column_map) if found.column_map else {},
        lacking=missing(found.column_map) if found.column_map else None,
        answers=first_answers(found.source) if found.source is not None and not rows else (),
        encodings=ENCODINGS if upload.path.suffix in _ENCODED else (),
        chosen={one.id: one for one in chosen},
    )


def fields(column_map: ColumnMap, rows: Sequence[Sequence[str]] = ()) -> tuple[Field, ...]:
    """A field for every column, with what stands in it in these rows."""
    return tuple(
        Field(_key(at, one), one, tuple(row[one.index] for row in rows if 0 <= one.index < len(row)))
        for at, one in enumerate(column_map.columns)
    )


def roles(column_map: ColumnMap) -> Mapping[str, str]:
    """The roles that a column can have in a source of this layout, with the key of its text."""
    wide = column_map.layout is Layout.WIDE
    return {role.value: text for role, text in _TEXTS.items() if not (wide and role in _OF_ROWS)}


def as_said(
    before: AnyReading, upload: Upload, said: Mapping[str, str], picked: Collection[str], rubrics: Sequence[Rubric]
) -> AnyReading:
    """How the file is to be read from now on, as a form says that showed it read as `before`; `picked` are ticked."""
    among = before.among(rubrics)
    chosen = tuple(one.id for one in rubrics if one.id in picked)
    sheet, encoding = said.get("sheet", before.sheet), said.get("encoding", before.encoding)
    now = before.model_copy(
        update={
            "rubrics": before.rubrics if set(chosen) == {one.id for one in among} else chosen,
            "sheet": sheet,
            "encoding": encoding if encoding in ENCODINGS else "",
        }
    )
    if said.get("do") == "reset" or sheet != before.sheet:
        return now.model_copy(update={"mended": None})
    shown = understand(upload, before, rubrics).column_map
    if shown is None:
        return now
    return now.model_copy(update={"mended": mended(said, shown, before.mended, among)})


def ticked(form: object) -> list[str]:
    """The rubrics that are ticked in it."""
    found = form.getlist("rubric") if hasattr(form, "getlist") else []
    return [one for one in found if isinstance(one, str)]


def mended(
    said: Mapping[str, str], shown: ColumnMap, before: ColumnMap | None, rubrics: Sequence[Rubric]
) -> ColumnMap | None:
    """What a person says by a form of `shown`, together with what was said `before`; None where nothing is."""
    columns = {(one.column, one.header): one for one in before.columns} if before else {}
    questions = {one.printed: one for one in before.questions} if before else {}
    columns |= {(one.column, one.header): one for one in _columns(said, shown, rubrics)}
    questions |= {one.printed: one for one in _questions(said, shown, rubrics)}
    if not columns and not questions:
        return None
    return ColumnMap(layout=shown.layout, columns=tuple(columns.values()), questions=tuple(questions.values()))


def ready(found: Understood) -> bool:
    """Whether answers can be taken in: everything said, and a question found."""
    return (
        found.source is not None
        and found.column_map is not None
        and bool(found.source.rubrics)
        and not found.doubtful
        and missing(found.column_map) is None
    )


def missing(column_map: ColumnMap) -> Words | None:
    """What a source whose rows are answers lacks: exactly one column for the question, and one for the answer."""
    if column_map.layout is not Layout.LONG:
        return None
    keys, answers = len(column_map.with_role(Role.QUESTION_KEY)), len(column_map.with_role(Role.ANSWER))
    if keys == 1 and answers == 1:
        return None
    return Words(
        f"每行一份答案的表要有恰好一列说明是哪一题、一列是答案；现在是 {keys} 列和 {answers} 列",
        f"a table with a row an answer needs one column for the question and one for the answer, not {keys} and "
        f"{answers}",
    )


def _columns(said: Mapping[str, str], shown: ColumnMap, rubrics: Sequence[Rubric]) -> Iterator[Column]:
    known = roles(shown)
    for one in fields(shown):
        column = one.column
        role = said.get(f"role.{one.key}", column.role.value)
        role = role if role in known else column.role.value
        rubric = _rubric(said.get(f"rubric.{one.key}", column.rubric), rubrics) if role in _OF_A_QUESTION else ""
        point = said.get(f"point.{one.key}", column.key_point) if role == Role.HUMAN_LEVEL else ""
        point = point if point in _points(rubric, rubrics) else ""
        if (role, rubric, point) != (column.role.value, column.rubric, column.key_point):
            rater = column.rater or _rater(role, column, shown)
            yield Column(
                column=column.column,
                header=column.header,
                role=Role(role),
                rubric=rubric,
                key_point=point,
                rater=rater if role in _OF_PEOPLE else "",
                candidates=column.candidates,
            )


def _rater(role: str, column: Column, shown: ColumnMap) -> str:
    """Who gave what stands in a column that names nobody: two columns of scores are of two people."""
    named_in_rows = shown.with_role(Role.RATER)
    return column.header if role == Role.HUMAN_SCORE and column.header and not named_in_rows else _RATER


def _questions(said: Mapping[str, str], shown: ColumnMap, rubrics: Sequence[Rubric]) -> Iterator[QuestionName]:
    for at, question in enumerate(shown.questions):
        now = LEFT_OUT if question.ignored else question.rubric
        chosen = said.get(f"name.{at}", now)
        if chosen == now:
            continue
        if chosen == LEFT_OUT:
            yield QuestionName(printed=question.printed, ignored=True, candidates=question.candidates)
        else:
            rubric = _rubric(chosen, rubrics)
            yield QuestionName(printed=question.printed, rubric=rubric, candidates=question.candidates)


def _key(at: int, column: Column) -> str:
    return column.column or f"k{at}"


def _rubric(said: str, rubrics: Sequence[Rubric]) -> str:
    return said if any(one.id == said for one in rubrics) else ""


def _points(rubric: str, rubrics: Sequence[Rubric]) -> frozenset[str]:
    return frozenset(point.id for one in rubrics if one.id == rubric for point in one.key_points)
