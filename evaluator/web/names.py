"""Whether the people behind the answers are named: hidden until nothing is left to decide, or somebody wants it."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

from evaluator.batch.answers import Found, Row
from evaluator.batch.blinding import Blinded, blinding_secret, masked
from evaluator.batch.journal import Journal
from evaluator.batch.journalled import Journalled
from evaluator.batch.results import AnswerResult
from evaluator.masking import mask
from evaluator.models import Answer, Grade, Note
from evaluator.store import deciding

SUBJECT = "names"
"""What the audit log calls the names of a run: a note on it says that they are shown, and who wanted it."""


class Names:
    """The names of a run."""

    def __init__(self, journal: Journal, data_dir: Path) -> None:
        self._journal = journal
        self._data_dir = data_dir

    @cached_property
    def wanted(self) -> Note | None:
        """Who wanted them shown; None where they are hidden until all is done."""
        notes = self._journal.audit.said(SUBJECT).notes
        return notes[-1] if notes else None

    @cached_property
    def finished(self) -> bool:
        """Whether no answer of the run waits for its judge."""
        return self._journal.counts().pending == 0

    def show(self, author: str, text: str) -> None:
        """Show them, and say in the log who wanted it."""
        if self.wanted is None:
            deciding.annotate(self._journal.audit, SUBJECT, text, author=author)

    def hide(self, author: str) -> None:
        """Hide them again; that they were shown stays in the log."""
        for note in self._journal.audit.said(SUBJECT).notes:
            deciding.withdraw(self._journal.audit, SUBJECT, note.id, author=author)

    def blind(self, candidate: str) -> str:
        """The stable id that stands for a candidate on this machine."""
        return self._blinded.id_of(candidate)

    @staticmethod
    def full(row: Row | Found) -> str:
        """Number and name as in the source."""
        return f"{row.candidate} {row.name}".strip() if row.name != row.candidate else row.candidate

    @staticmethod
    def masked(row: Row | Found) -> str:
        """The answer without names and numbers that tell who wrote it; as long as it was."""
        return mask(row.text, (row.name,) if row.name else ())

    @staticmethod
    def masked_grade(row: Row | Found) -> Grade | None:
        """The grade with its evidence cut from the masked answer."""
        return masked(AnswerResult(Answer(rubric="x", text=row.text), row.grade), row.name).grade

    @cached_property
    def _blinded(self) -> Blinded:
        return Blinded(Journalled(self._journal), blinding_secret(self._data_dir))
