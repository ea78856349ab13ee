"""The rubrics that the page offers. Only an id ever comes from a request, never a path."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Lock

from pydantic import ValidationError

from evaluator.errors import Problem, RubricError
from evaluator.models import Rubric
from evaluator.rubrics import files_in, read
from evaluator.version import __version__

_LOOK_AGAIN = 2.0
"""Seconds for which a look into the folders holds."""
_State = tuple[tuple[Path, int, int], ...]


class Shelf:
    """All rubrics below some folders; read again when a file changes. For any thread.

    What was read is kept in `cache`, by the content of each file: reading YAML takes ten times as long as all else that
    the first page needs.
    """

    def __init__(
        self, folders: Sequence[Path], cache: Path | None = None, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._folders = folders
        self._cache = cache / f"rubrics-{__version__}.json" if cache else None
        self._clock = clock
        self._lock = Lock()
        self._looked = float("-inf")
        self._state: _State | None = None
        self._rubrics: Mapping[str, Rubric] = {}
        self._problems: tuple[Problem, ...] = ()

    def all(self) -> Mapping[str, Rubric]:
        """By id, in the order of folders and files."""
        with self._lock:
            self._look()
            return self._rubrics

    def get(self, rubric_id: str) -> Rubric | None:
        """The rubric of exactly that id, or None."""
        return self.all().get(rubric_id)

    def problems(self) -> tuple[Problem, ...]:
        """What is wrong in files that are left out."""
        with self._lock:
            self._look()
            return self._problems

    def _look(self) -> None:
        now = self._clock()
        if now - self._looked < _LOOK_AGAIN:
            return
        self._looked = now
        files, problems = self._files()
        state = tuple(_seen(file) for file in files)
        if state != self._state:
            self._state = state
            self._read(files, problems)

    def _files(self) -> tuple[list[Path], list[Problem]]:
        files: dict[Path, None] = {}
        problems: list[Problem] = []
        for folder in self._folders:
            try:
                files |= dict.fromkeys(files_in(folder))
            except RubricError as error:
                problems += error.problems
        return list(files), problems

    def _read(self, files: Sequence[Path], problems: list[Problem]) -> None:
        known = self._known()
        found: dict[str, Rubric] = {}
        kept: dict[str, str] = {}
        for file in files:
            try:
                digest = hashlib.sha256(file.read_bytes()).hexdigest()
                rubric = known.get(digest) or read(file).rubric
            except RubricError as error:
                problems += error.problems
                continue
            except OSError:
                continue  # gone since it was listed
            kept[digest] = rubric.model_dump_json()
            found.setdefault(rubric.id, rubric)
        self._rubrics, self._problems = found, tuple(problems)
        if kept.keys() != known.keys():
            self._keep(kept)

    def _known(self) -> Mapping[str, Rubric]:
        if self._cache is None:
            return {}
        try:
            texts = json.loads(self._cache.read_text("utf-8"))
            return {digest: Rubric.model_validate_json(text) for digest, text in texts.items()}
        except (OSError, ValueError, AttributeError, ValidationError):
            return {}

    def _keep(self, kept: Mapping[str, str]) -> None:
        """Without it everything works, a second later."""
        if self._cache is None:
            return
        partial = self._cache.with_suffix(".partial")
        with suppress(OSError):
            partial.write_text(json.dumps(kept), encoding="utf-8")
            partial.replace(self._cache)


def _seen(file: Path) -> tuple[Path, int, int]:
    try:
        about = file.stat()
    except OSError:
        return file, 0, 0
    return file, about.st_size, about.st_mtime_ns
