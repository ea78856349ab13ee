"""Where a run stands: what its journal says, and what is being done with it at this moment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pydantic import ValidationError
from starlette.datastructures import State

from evaluator.batch.journal import Journal
from evaluator.batch.journalled import Journalled
from evaluator.batch.progress import Progress
from evaluator.batch.results import RunInfo
from evaluator.errors import InputError, StoreError, Words
from evaluator.models import Model
from evaluator.submissions import Layout
from evaluator.web.runs import NoRun, Runs
from evaluator.web.working import LIVE, Work, Works, why

_NOTE: Final = "page"
TEXTS: Final = {
    "waiting": "run_waiting",
    "running": "run_running",
    "pausing": "run_pausing",
    "paused": "run_paused",
    "finished": "run_finished",
    "stopped": "run_stopped",
    "failed": "run_broken",
    "elsewhere": "run_elsewhere",
    "unreadable": "run_unreadable",
}
"""Every state, with the key of its text."""


class Note(Model):
    """What the page keeps of a run that was begun in it."""

    blind: bool = False
    upload: str = ""
    """Id of the file, to begin anew from; it may be gone."""
    layout: Layout = Layout.WIDE
    max_cost: float | None = None


_NO_NOTE: Final = Note()


@dataclass(frozen=True, slots=True)
class Standing:
    """One run at this moment."""

    run: str
    info: RunInfo
    state: str
    error: Words | None = None
    note: Note = _NO_NOTE
    progress: Progress | None = None
    """Of the work that is being done; None where none is."""

    @property
    def text(self) -> str:
        """Key of the text of the state."""
        return TEXTS[self.state]

    @property
    def live(self) -> bool:
        """Whether it changes by itself."""
        return self.state in {"waiting", "running", "pausing", "elsewhere"}

    @property
    def done(self) -> int:
        """Answers that something became of."""
        return self.info.scored + self.info.failed

    @property
    def hides(self) -> bool:
        """Whether nobody may be known yet."""
        return self.note.blind and self.state != "finished"


def standing(state: State, run: str) -> Standing:
    """Where the run of that id stands. Looking at it locks nobody out. Raises NoRun where there is none.

    What is being done is looked up before the journal is read: what ends in between is still being done, and over at
    the next look. The other way round it would look paused, and a page that is not live never looks again.
    """
    works: Works = state.works
    work = works.get(run)
    doing = _doing(work)
    try:
        with state.runs.looking(run) as journal:
            info, note = Journalled(journal).info, note_of(journal)
    except StoreError as error:
        return Standing(run, RunInfo(id=run, source=run, state=""), "unreadable", error.words)
    if work is not None and doing is not None:
        return Standing(run, info, doing, note=note, progress=work.progress)
    if info.state == "running" and _elsewhere(state.runs, run):
        return Standing(run, info, "elsewhere", note=note)
    return Standing(run, info, *_ended(info, work), note=note)


def note_of(journal: Journal) -> Note:
    """What the page kept; nothing of a run from a terminal."""
    try:
        return Note.model_validate_json(journal.get(_NOTE, "{}"))
    except ValidationError:
        return Note()


def put_note(journal: Journal, note: Note) -> None:
    """Keep what the page needs to know later."""
    journal.set(**{_NOTE: note.model_dump_json()})


def _doing(work: Work | None) -> str | None:
    """What is being done at this moment, None for nothing."""
    state = work.state if work is not None else "paused"
    if work is None or state not in LIVE:
        return None
    return "pausing" if work.pausing else state


def _ended(info: RunInfo, work: Work | None) -> tuple[str, Words | None]:
    """State and error of a run that nobody works on."""
    if work is not None and work.state == "failed" and info.state == "running":
        return "failed", work.error
    if info.state == "stopped":
        return "stopped", work.error if work is not None and work.error else why(info.reason)
    return "finished" if info.state == "finished" and not info.pending else "paused", None


def _elsewhere(runs: Runs, run: str) -> bool:
    """Whether another process has it at this moment."""
    try:
        with runs.using(run):
            return False
    except (InputError, StoreError, NoRun):
        return True
