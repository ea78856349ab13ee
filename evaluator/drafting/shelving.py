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
from evaluator.errors import InputError, Problem, RubricError, Words
from evaluator.models import Rubric
from evaluator.rubrics import content_hash, files_in, load, write

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
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(Problem(Words(f"不能用作文件夹：{reason}", f"no folder: {reason}"), str(folder))) from error
    shelf = _Shelf(folder)
    outcomes = [shelf.put(draft, force=force) for draft in drafts]
    outcomes += shelf.gone(outcomes)
    shelf.record()
    return tuple(outcomes)


class _Shelf:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._hashes = _recorded(folder / RECORD)
        self._rubrics = dict(_readable(folder))

    def put(self, draft: Draft, *, force: bool) -> Outcome:
        rubric = draft.rubric
        if rubric is None:
            return Outcome(Action.SKIPPED, draft, None)
        path = self._owner(rubric) or self._folder / f"{draft.name}.yaml"
        old = self._rubrics.get(path)
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
        if not self._hashes:
            return
        text = json.dumps(dict(sorted(self._hashes.items())), indent=1) + "\n"
        (self._folder / RECORD).write_text(text, encoding="utf-8")

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
