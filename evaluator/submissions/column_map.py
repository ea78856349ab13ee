"""What each column of a source was understood as: shown before a run, saved, edited by a person, used again."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import Field

from evaluator.models import Model, Text


class Layout(StrEnum):
    """How a source is laid out."""

    WIDE = "wide"
    """One row a candidate, one column a question."""
    LONG = "long"
    """One row an answer."""
    RECORDS = "records"
    """JSON lines: one record an answer or a candidate."""
    FILES = "files"
    """One document a candidate."""


class Role(StrEnum):
    """What a column is for."""

    CANDIDATE = "candidate"
    NAME = "name"
    PHONE = "phone"
    EMAIL = "email"
    TIME = "time"
    META = "meta"
    """Known, and no answer: kept beside the results."""
    IGNORED = "ignored"
    """Not known: kept beside the results, and said so."""
    QUESTION = "question"
    """Answers to one question."""
    QUESTION_KEY = "question_key"
    """Long tables: which question the row answers."""
    ANSWER = "answer"
    """Long tables: the answer."""
    HUMAN_SCORE = "human_score"
    """What a person gave: to a question, or in total where the column names no rubric."""
    HUMAN_LEVEL = "human_level"
    """What a person found of one key point."""
    RATER = "rater"
    """Long tables: who gave the score in the row."""


class How(StrEnum):
    """How a question was matched to its rubric."""

    ID = "id"
    NUMBER = "number"
    """By its number, where the rubrics are numbered 1, 2, 3 … in their order."""
    EXACT = "exact"
    """Same stem."""
    FUZZY = "fuzzy"
    """Nearly the same stem, and no other rubric is near."""
    ONLY = "only"
    """There is one rubric and one answer column."""
    BESIDE = "beside"
    """A score that stands beside its question."""
    GIVEN = "given"
    """By a column map that a person gave."""


class Near(Model):
    """A rubric that a text resembles."""

    rubric: str
    similarity: Annotated[int, Field(ge=0, le=100)]


class Match(Model):
    """What a printed question was matched to; no `rubric` where that is doubtful."""

    rubric: str = ""
    how: How | None = None
    similarity: Annotated[int, Field(ge=0, le=100)] | None = None
    """Of a fuzzy match."""
    candidates: tuple[Near, ...] = ()
    """The nearest rubrics of a doubtful one, best first."""


class Column(Match):
    """One column of a table, or one key of records."""

    column: str = ""
    """Letter of the column; empty for records."""
    header: str
    """As printed."""
    role: Role
    key_point: str = ""
    rater: str = ""

    @property
    def index(self) -> int:
        """Place of the column, from 0; -1 for records."""
        place = 0
        for letter in self.column.upper():
            place = place * 26 + ord(letter) - ord("A") + 1
        return place - 1

    @property
    def doubtful(self) -> bool:
        """Whether a person has to say what the column is."""
        if self.role is Role.HUMAN_LEVEL:
            return not (self.rubric and self.key_point)
        return self.role is Role.QUESTION and not self.rubric


class QuestionName(Match):
    """A question as long tables, records and documents name it."""

    printed: Text
    ignored: bool = False
    """Its answers are left out, because a person said so."""

    @property
    def doubtful(self) -> bool:
        """Whether a person has to say which question it is."""
        return not self.rubric and not self.ignored


class ColumnMap(Model):
    """列映射: how a source was understood."""

    layout: Layout
    sheet: str = ""
    header_row: Annotated[int, Field(ge=0)] = 0
    """From 1; 0 where there is none (records, files)."""
    header_rows: Annotated[int, Field(ge=1, le=2)] = 1
    """2 where a second row (答案 / 得分) stands below the questions."""
    columns: tuple[Column, ...] = ()
    questions: tuple[QuestionName, ...] = ()
    """How the questions are named in the rows, where they are no columns."""

    @property
    def doubtful(self) -> tuple[Column | QuestionName, ...]:
        """What a person has to decide before the source can be used."""
        return (
            *(column for column in self.columns if column.doubtful),
            *(question for question in self.questions if question.doubtful),
        )

    def rubric_ids(self) -> Iterator[str]:
        """The rubrics of the source in the order of its questions, each once."""
        found = [column.rubric for column in self.columns if column.role is Role.QUESTION]
        found += [question.rubric for question in self.questions if not question.ignored]
        yield from dict.fromkeys(rubric for rubric in found if rubric)

    def with_role(self, role: Role) -> tuple[Column, ...]:
        """The columns of a role, in order."""
        return tuple(column for column in self.columns if column.role is role)

    @classmethod
    def load(cls, path: Path | str) -> ColumnMap:
        """The map in a YAML file; raises InputError with file and line of everything that is wrong."""
        from evaluator.submissions.map_file import load  # noqa: PLC0415 - the YAML library is slow to load

        return load(Path(path))

    def save(self, path: Path | str) -> None:
        """Write the map as YAML that a person can edit; raises InputError where the file cannot be written."""
        from evaluator.submissions.map_file import save  # noqa: PLC0415 - the YAML library is slow to load

        save(self, Path(path))


def letter(index: int) -> str:
    """The letter of the column at `index`, from 0: A … Z, AA …"""
    found = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        found = chr(ord("A") + rest) + found
    return found
