"""The rubrics that the page offers and writes. Only an id ever comes from a request, never a path."""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Literal

from pydantic import ValidationError

from evaluator.errors import Problem, RubricError, Words
from evaluator.models import Rubric
from evaluator.resources import folder
from evaluator.rubrics import files_in, lay_schema, read, schema_line, write_text
from evaluator.version import __version__

_LOOK_AGAIN = 2.0
"""Seconds for which a look into the folders holds."""
_COMMENT = re.compile(r"(?:^|[ \t])#(?! yaml-language-server:)", re.MULTILINE)
_SCHEMA_LINE = re.compile(r"\A# yaml-language-server:[^\n]*")
_State = tuple[tuple[Path, int, int], ...]
Origin = Literal["shipped", "edited", "own"]
"""As it was shipped; a copy that stands in for a shipped one; a file of the user's."""


class Changed(Exception):
    """The file is no longer what was begun with. `now` is what it is."""

    def __init__(self, now: Edition) -> None:
        super().__init__()
        self.now = now


@dataclass(frozen=True, slots=True)
class Edition:
    """A rubric as its file says it at one moment."""

    rubric: Rubric
    text: str
    """The file word by word."""
    version: str
    """SHA-256 of the file."""
    origin: Origin
    file: str
    """Its name, to be shown and for nothing else."""

    @property
    def has_comments(self) -> bool:
        """Whether the file says something that only people read."""
        return _COMMENT.search(self.text) is not None


class Shelf:
    """All rubrics below some folders; read again when a file changes. For any thread.

    Of an id that several folders have, the first counts. Files below `shipped` are never written: an edited copy goes
    to `own`, which comes just before it. What was read is kept in `cache`, by the content of each file: reading YAML
    takes ten times as long as all else that the first page needs.
    """

    def __init__(
        self,
        folders: Sequence[Path],
        cache: Path | None = None,
        *,
        own: Path | None = None,
        shipped: Path | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._shipped = shipped or folder("rubrics")
        self._own = own
        others = [place for place in folders if place not in {own, self._shipped}]
        self._folders = (*others, *([own] if own else []), *([self._shipped] if self._shipped in folders else []))
        self._cache = cache / f"rubrics-{__version__}.json" if cache else None
        self._clock = clock
        self._lock = Lock()
        self._looked = float("-inf")
        self._state: _State | None = None
        self._rubrics: Mapping[str, Rubric] = {}
        self._files_by_id: Mapping[str, tuple[Path, ...]] = {}
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

    def origin(self, rubric_id: str) -> Origin:
        """Where the rubric of that id stands; KeyError for an id that there is not."""
        with self._lock:
            self._look()
            return self._origin(self._files_by_id[rubric_id])

    def edition(self, rubric_id: str) -> Edition | None:
        """The rubric of exactly that id as its file says it now, or None. Raises RubricError for a broken file."""
        with self._lock:
            self._look()
            return self._edition(rubric_id)

    def shipped(self, rubric_id: str) -> Edition | None:
        """The shipped rubric that an edited copy stands in for; None where there is no such copy."""
        with self._lock:
            self._look()
            files = self._files_by_id.get(rubric_id, ())
            return _read(files[-1], "shipped") if self._origin(files) == "edited" else None

    def put(self, rubric_id: str, text: str, started_from: str) -> None:
        """Write what `parse` has read as the rubric of that id; `started_from` is the version that was begun with.

        An empty version stands for a new rubric. The file as it was is kept beside it, as `….bak`. Raises Changed where
        another has written meanwhile, RubricError where the place cannot be written.
        """
        with self._lock:
            self._look(at_once=True)
            now = self._edition(rubric_id)
            if (now.version if now else "") != started_from:
                if now is None:
                    raise RubricError(_gone(rubric_id))
                raise Changed(now)
            target = self._target(rubric_id, now)
            self._keep_back(target)
            try:
                target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                lay_schema(target.parent)
            except OSError as error:
                raise RubricError(_no_place(target.parent, error)) from error
            write_text(_SCHEMA_LINE.sub(lambda _: schema_line(target), text, count=1), target)
            self._looked = float("-inf")

    def put_back(self, rubric_id: str, started_from: str) -> None:
        """The shipped rubric holds again; the edited copy stays beside as `….bak`. Raises Changed, RubricError."""
        with self._lock:
            self._look(at_once=True)
            now = self._edition(rubric_id)
            if now is None or now.origin != "edited":
                raise RubricError(_gone(rubric_id))
            if now.version != started_from:
                raise Changed(now)
            path = self._files_by_id[rubric_id][0]
            try:
                path.replace(path.with_name(f"{path.name}.bak"))
            except OSError as error:
                raise RubricError(_no_place(path, error)) from error
            self._looked = float("-inf")

    # --- inside ---

    def _edition(self, rubric_id: str) -> Edition | None:
        files = self._files_by_id.get(rubric_id)
        return _read(files[0], self._origin(files)) if files else None

    def _origin(self, files: Sequence[Path]) -> Origin:
        if not files or files[0].is_relative_to(self._shipped):
            return "shipped"
        mine = self._own is not None and files[0].is_relative_to(self._own)
        return "edited" if mine and files[-1].is_relative_to(self._shipped) else "own"

    def _target(self, rubric_id: str, now: Edition | None) -> Path:
        if now is not None and now.origin != "shipped":
            return self._files_by_id[rubric_id][0]
        if self._own is None:
            raise RubricError(_gone(rubric_id))
        return self._own / f"{rubric_id}.yaml"

    def _keep_back(self, target: Path) -> None:
        try:
            if target.exists():
                target.with_name(f"{target.name}.bak").write_bytes(target.read_bytes())
        except OSError as error:
            raise RubricError(_no_place(target, error)) from error

    def _look(self, *, at_once: bool = False) -> None:
        now = self._clock()
        if now - self._looked < _LOOK_AGAIN and not at_once:
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
        for place in self._folders:
            try:
                files |= dict.fromkeys(files_in(place))
            except RubricError as error:
                problems += error.problems if place != self._own else ()  # made when it is needed
        return list(files), problems

    def _read(self, files: Sequence[Path], problems: list[Problem]) -> None:
        known = self._known()
        found: dict[str, Rubric] = {}
        places: dict[str, tuple[Path, ...]] = {}
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
            places[rubric.id] = (*places.get(rubric.id, ()), file)
        self._rubrics, self._files_by_id, self._problems = found, places, tuple(problems)
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


def paper_of(rubric: Rubric) -> str:
    """Title of the paper; empty where the rubric does not say."""
    return rubric.provenance.paper if rubric.provenance else ""


def _read(file: Path, origin: Origin) -> Edition | None:
    try:
        content = file.read_bytes()
    except OSError:
        return None
    version = hashlib.sha256(content).hexdigest()
    return Edition(read(file).rubric, content.decode("utf-8-sig"), version, origin, file.name)


def _seen(file: Path) -> tuple[Path, int, int]:
    try:
        about = file.stat()
    except OSError:
        return file, 0, 0
    return file, about.st_size, about.st_mtime_ns


def _gone(rubric_id: str) -> Problem:
    message = Words(f"评分细则 {rubric_id} 已不在这里", f"the rubric {rubric_id} is no longer here")
    return Problem(message, hint=Words("回到细则列表再看", "look at the list of rubrics again"))


def _no_place(path: Path, error: OSError) -> Problem:
    reason = error.strerror or str(error)
    return Problem(Words(f"写不了：{reason}", f"cannot be written: {reason}"), path.name)
