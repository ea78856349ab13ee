"""Drafts -> files of a folder, leaving alone whatever a person edited there."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from evaluator.drafting.comparing import changes
from evaluator.drafting.drafting import Draft
from evaluator.drafting.taking import carried
from evaluator.errors import InputError, Problem, RubricError, Words
from evaluator.models import Rubric
from evaluator.rubrics import content_hash, files_in, lay_schema, load, write

RECORD = ".drafted.json"
"""In the folder: SHA-256 of each file as it was drafted. A file that differs was edited."""


class Action(StrEnum):
    """What became of a draft."""

    WRITTEN = "written"
    REPLACED = "replaced"
    UNCHANGED = "unchanged"
    KEPT = "kept"
    """A person edited the file: it stays, `changes` says what the draft would change."""
    SKIPPED = "skipped"
    """Nothing to score by."""
    GONE = "gone"
    """An earlier draft of this paper whose question is no longer there; the file stays."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One draft and its file."""

    action: Action
    draft: Draft | None
    path: Path | None
    changes: tuple[Words, ...] = ()
    """From the file as it was to the draft."""


def shelve(drafts: Sequence[Draft], folder: Path, *, force: bool = False) -> tuple[Outcome, ...]:
    """Write the drafts into `folder`, made if need be; `force` replaces edited files too.

    A draft belongs to the file with its id, or else to the one that comes from the same number of the same section of
    the same paper, whatever its name. Raises InputError or RubricError where the place cannot be written.
    """
    if not drafts:
        return ()
    shelf = Shelf(folder)
    shelf.make()
    outcomes = [shelf.put(draft, force=force) for draft in drafts]
    outcomes += shelf.gone(outcomes)
    shelf.record()
    return tuple(outcomes)


class Shelf:
    """The files of a folder, which need not be there yet. What is `put` without `record` counts as edited later."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._hashes = _recorded(folder / RECORD)
        self._rubrics = dict(_readable(folder)) if folder.is_dir() else {}

    def make(self) -> None:
        """Make the folder if need be, with a schema for editors; raises InputError where that cannot be."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            lay_schema(self._folder)
        except OSError as error:
            reason = error.strerror or str(error)
            message = Words(f"不能用作文件夹：{reason}", f"no folder: {reason}")
            raise InputError(Problem(message, str(self._folder))) from error

    def standing(self, draft: Draft) -> Rubric | None:
        """What the file of a draft says now; None where there is no such file, or one that cannot be read."""
        return self._rubrics.get(self._path(draft, draft.rubric)) if draft.rubric else None

    def edited(self, draft: Draft) -> bool:
        """Whether the file of a draft is there and a person's."""
        if draft.rubric is None:
            return False
        path = self._path(draft, draft.rubric)
        return path.exists() and not self._as_drafted(path)

    def put(self, draft: Draft, *, force: bool) -> Outcome:
        """Write a draft, unless its file says the same or is a person's. What a model added there before stays."""
        rubric = draft.rubric
        if rubric is None:
            return Outcome(Action.SKIPPED, draft, None)
        path = self._path(draft, rubric)
        old = self._rubrics.get(path)
        if old is not None and not force:
            rubric = carried(rubric, old)
        if old is not None and content_hash(old) == content_hash(rubric):
            return Outcome(Action.UNCHANGED, draft, path)
        told = changes(old, rubric) if old is not None else ()
        if path.exists() and not force and not self._as_drafted(path):
            return Outcome(Action.KEPT, draft, path, told)
        action = Action.REPLACED if path.exists() else Action.WRITTEN
        write(rubric, path)
        self._hashes[path.name] = _sha256(path)
        self._rubrics[path] = rubric
        return Outcome(action, draft, path, told)

    def gone(self, outcomes: Sequence[Outcome]) -> list[Outcome]:
        """Files drafted from a paper of this title that none of the drafts belongs to."""
        owned = {outcome.path for outcome in outcomes}
        titles = {
            outcome.draft.rubric.provenance.paper
            for outcome in outcomes
            if outcome.draft and outcome.draft.rubric and outcome.draft.rubric.provenance
        }
        return [
            Outcome(Action.GONE, None, path)
            for path, rubric in self._rubrics.items()
            if path not in owned
            and path.name in self._hashes
            and rubric.provenance is not None
            and rubric.provenance.paper in titles
        ]

    def record(self) -> None:
        """Keep which files are as they were drafted."""
        if not self._hashes:
            return
        text = json.dumps(dict(sorted(self._hashes.items())), indent=1) + "\n"
        beside = self._folder / f"{RECORD}.partial"
        beside.write_text(text, encoding="utf-8")
        beside.replace(self._folder / RECORD)

    def _path(self, draft: Draft, rubric: Rubric) -> Path:
        return self._owner(rubric) or self._folder / f"{draft.name}.yaml"

    def _owner(self, rubric: Rubric) -> Path | None:
        by_id = (path for path, there in self._rubrics.items() if there.id == rubric.id)
        by_place = (path for path, there in self._rubrics.items() if _origin(there) == _origin(rubric))
        return next(by_id, None) or next(by_place, None)

    def _as_drafted(self, path: Path) -> bool:
        return self._hashes.get(path.name) == _sha256(path)


def _origin(rubric: Rubric) -> tuple[str, str, str] | None:
    source = rubric.provenance
    return (source.paper, source.section, source.number) if source else None


def _readable(folder: Path) -> Iterator[tuple[Path, Rubric]]:
    """Files of the folder itself that hold a rubric; one with a mistake in it is a person's all the same."""
    for path in files_in(folder):
        if path.parent == folder:
            try:
                yield path, load(path)
            except RubricError:
                continue


def _recorded(path: Path) -> dict[str, str]:
    """Empty where there is no record or it cannot be read: every file then counts as edited."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(name): str(value) for name, value in found.items()} if isinstance(found, dict) else {}


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
