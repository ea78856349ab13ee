"""Calibrations on this machine: a journal each, and one more for every time that answers are judged again.

The page and the command keep theirs in the same folder and take turns at them.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from evaluator.batch.journal import Journal
from evaluator.batch.journalled import Journalled
from evaluator.batch.results import RunInfo
from evaluator.batch.session import describe, forget
from evaluator.errors import InputError, Problem, StoreError, Words
from evaluator.judging import Judge
from evaluator.models import Model
from evaluator.settings import Settings
from evaluator.web.runs import NoRun, Runs

if TYPE_CHECKING:
    from evaluator.submissions import Source  # the readers take half a second that the page does not have

FOLDER = "calibrations"
_ASKED = "asked"


class ReadColumn(Model):
    """One column as it was understood."""

    column: str
    header: str
    role: str
    of: str
    """Rubric, key point and rater that it belongs to, as far as it does."""


class Asked(Model):
    """What was handed in through the page, and how it was understood."""

    repeat: int = 1
    upload: str = ""
    """Id of the file, as long as its columns may still be mended; it may be gone."""
    notes: tuple[tuple[str, str], ...] = ()
    """What reading it led to, in Chinese and English."""
    columns: tuple[ReadColumn, ...] = ()
    questions: tuple[tuple[str, int], ...] = ()
    """The stem of each with the number of scored answers to it."""
    raters: tuple[str, ...] = ()
    leveled: int = 0
    """Answers with a level of some key point."""
    doubled: int = 0
    """Answers that two or more people scored."""

    @property
    def answers(self) -> int:
        """Scored answers."""
        return sum(count for _, count in self.questions)

    @property
    def words(self) -> tuple[Words, ...]:
        """The notes."""
        return tuple(Words(*one) for one in self.notes)


@dataclass(frozen=True, slots=True)
class Standing:
    """One calibration as its journals say."""

    id: str
    info: RunInfo
    asked: Asked | None
    """None where it was not begun in the page."""
    texts: int
    """Distinct answers to be judged, all turns together."""
    waiting: int
    """Of those, the ones that nothing became of yet."""
    error: Words | None = None
    """Why nothing more is known: another process works on it, or the file cannot be read."""

    @property
    def address(self) -> str:
        """Path of its page."""
        return f"/calibrations/{quote(self.id)}"

    @property
    def begun(self) -> bool:
        """Whether anything was ever judged or tried."""
        return self.waiting < self.texts

    @property
    def over(self) -> bool:
        """Whether nothing waits."""
        return not self.waiting


class Calibrations:
    """The calibrations of this machine by id. For any thread."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._runs = Runs(settings, FOLDER)

    def ids(self) -> tuple[str, ...]:
        """The newest first."""
        return tuple(name for name in self._runs.ids() if _turn_of(name) is None)

    def __contains__(self, one: str) -> bool:
        """Whether there is a calibration of exactly that id."""
        return _turn_of(one) is None and one in self._runs

    @contextmanager
    def using(self, name: str) -> Iterator[Journal]:
        """A journal of `names`. Raises as `Runs.using` does."""
        with self._runs.using(name) as journal:
            yield journal

    def names(self, one: str) -> tuple[str, ...]:
        """Its journals, the first turn first."""
        again = {_turn_of(name): name for name in self._runs.ids() if name.startswith(f"{one}.")}
        return (one, *(again[turn] for turn in sorted(turn for turn in again if turn is not None)))

    def standing(self, one: str) -> Standing:
        """How it stands. Raises NoRun where there is none, InputError where another process works on it."""
        with ExitStack() as stack:
            journals = [stack.enter_context(self.using(name)) for name in self.names(one)]
            return Standing(
                one,
                Journalled(journals[0]).info,
                asked_in(journals[0]),
                sum(journal.intake().items for journal in journals),
                sum(journal.waiting() for journal in journals),
            )

    def asked(self, one: str) -> Asked | None:
        """What was handed in; None where it was not begun in the page. Raises as `standing` does."""
        with self.using(one) as journal:
            return asked_in(journal)

    def listed(self, most: int) -> list[Standing]:
        """The newest; of one that cannot be looked at it is said why."""
        found = []
        for one in self.ids()[:most]:
            try:
                found.append(self.standing(one))
            except NoRun:
                continue  # removed since it was listed
            except (InputError, StoreError) as error:
                info = RunInfo(id=one, source=one, state="running")
                found.append(Standing(one, info, None, 0, 0, Words(error.text("zh"), error.text("en"))))
        return found

    def add(self, source: Source, asked: Asked, judge: Judge) -> str:
        """Take scored answers in, once for every turn; the id. Raises what reading the source raises."""
        one = f"page-{secrets.token_hex(8)}"
        try:
            for turn in range(asked.repeat):
                with Journal(self.path(_named(one, turn))) as journal:
                    journal.take_in(source)
                    describe(source, journal, self.settings, judge)
                    if not turn:
                        journal.set(**{_ASKED: asked.model_dump_json()})
        except BaseException:
            forget(self.path(one))
            raise
        return one

    def remove(self, one: str) -> None:
        """Remove everything of it. Raises NoRun, and InputError where another process works on it."""
        if one not in self:
            raise NoRun(one)
        forget(self.path(one))

    def path(self, name: str, suffix: str = "sqlite3") -> Path:
        """Where a journal lies, or what is kept beside it and removed with it."""
        return self.settings.data_dir / FOLDER / f"{name}.{suffix}"


def asked_in(journal: Journal) -> Asked | None:
    """What was handed in to it; None where it was not begun in the page."""
    kept = journal.get(_ASKED)
    return Asked.model_validate_json(kept) if kept else None


def other_judge() -> InputError:
    """The answers were begun with another judge than the page has now."""
    return InputError(
        Problem(
            Words("开始之后评分器换过了", "the judge is no longer the one that this was begun with"),
            hint=Words("重新上传，用现在的评分器另做一次校准", "hand the file in again to calibrate the present judge"),
        )
    )


def _named(one: str, turn: int) -> str:
    return f"{one}.{turn + 1}" if turn else one


def _turn_of(name: str) -> int | None:
    """2, 3, … for a journal of a further turn; None for a calibration."""
    end = name.rpartition(".")[2] if "." in name else ""
    return int(end) if end.isascii() and end.isdigit() and len(end) <= 2 else None
