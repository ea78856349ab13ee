"""Journals as the page uses them: each open once, however many look at it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Lock

from evaluator.batch.journal import Journal
from evaluator.batch.session import RUNS, opened, runs
from evaluator.settings import Settings

_ID = re.compile(r"[\w.-]{1,80}")


class NoRun(KeyError):
    """There is no such run, or no longer."""


class Runs:
    """The journals in one folder of this machine by id; by default those of batches. For any thread.

    A journal is locked against other processes as long as somebody here uses it, and no longer: a command in a terminal
    and the page take turns.
    """

    def __init__(self, settings: Settings, folder: str = RUNS) -> None:
        self._settings = settings
        self._folder = folder
        self._lock = Lock()
        self._open: dict[str, tuple[Journal, ExitStack, int]] = {}

    def ids(self) -> tuple[str, ...]:
        """The newest first."""
        return tuple(path.stem for path in runs(self._settings, self._folder))

    def __contains__(self, run: str) -> bool:
        """Whether there is a run of exactly that id."""
        return _ID.fullmatch(run) is not None and run in self.ids()

    @contextmanager
    def using(self, run: str) -> Iterator[Journal]:
        """The journal of the run of that id.

        Raises NoRun where there is none, InputError where another process works on it, StoreError where the file
        cannot be read.
        """
        journal = self._take(run)
        try:
            yield journal
        finally:
            self._give_back(run)

    @contextmanager
    def looking(self, run: str) -> Iterator[Journal]:
        """The same to be read only, whoever works on it; nobody is locked out. Raises NoRun and StoreError."""
        try:
            journal = Journal(self.path(run), create=False)
        except FileNotFoundError as error:
            raise NoRun(run) from error
        with journal:
            yield journal

    def path(self, run: str) -> Path:
        """Where its journal lies. Raises NoRun for what can be the name of none."""
        if _ID.fullmatch(run) is None:
            raise NoRun(run)
        return self._settings.data_dir / self._folder / f"{run}.sqlite3"

    def _take(self, run: str) -> Journal:
        with self._lock:
            if run in self._open:
                journal, stack, users = self._open[run]
                self._open[run] = journal, stack, users + 1
                return journal
            if run not in self:
                raise NoRun(run)
            with ExitStack() as stack:
                try:
                    journal = stack.enter_context(opened(self.path(run), create=False))
                except FileNotFoundError as error:
                    raise NoRun(run) from error
                self._open[run] = journal, stack.pop_all(), 1
            return journal

    def _give_back(self, run: str) -> None:
        with self._lock:
            journal, stack, users = self._open.pop(run)
            if users > 1:
                self._open[run] = journal, stack, users - 1
            else:
                stack.close()
