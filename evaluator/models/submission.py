"""Submissions: what candidates handed in, as read from a spreadsheet, a folder or a stream."""

from __future__ import annotations

from pydantic import Field

from evaluator.errors import Words
from evaluator.models.base import Model, Slug, Text
from evaluator.models.grading import HumanScore


class Answer(Model):
    """答案: what one candidate wrote to one question; an empty text is an answer that was left blank."""

    rubric: Slug
    text: str
    place: str = ""
    """Where it stood: `Sheet1!C5`, `answers.jsonl:17`, `张三.docx`."""
    human: tuple[HumanScore, ...] = ()
    """What people gave it, where the source says so; one a rater."""


class Submission(Model):
    """答卷: one candidate's answers, or as many of them as one row of the source holds.

    Rows of one `candidate` belong together. Of two answers of one candidate to one question the later one counts.
    """

    candidate: Text
    """Id as text, never a number: leading zeros stay."""
    name: str = ""
    """The person's name: masked before any network call, shown in local output only."""
    columns: dict[str, str] = Field(default_factory=dict)
    """What else the source says of the candidate, untouched, in its order."""
    answers: tuple[Answer, ...] = ()


class Rejected(Model):
    """A row that no answer could be read from; it ends up in the results with the reason."""

    place: str
    zh: str
    en: str

    @property
    def words(self) -> Words:
        """The reason in both languages."""
        return Words(self.zh, self.en)
