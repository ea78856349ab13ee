"""Rows of audit logs as data: one a line, with what they are about as far as it is still there."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from evaluator.batch.schema import subject_of
from evaluator.models import Act
from evaluator.store.logs import reading_log
from evaluator.workbook.cells import clean, guarded

HEAD = ("log", "sequence", "created", "author", "kind", "subject", "candidate", "rubric", "said", "hash")


def rows(places: Iterable[tuple[str, Path]]) -> Iterator[dict[str, Any]]:
    """Every row of every log: oldest first, one log after the other. `said` is None once its subject was deleted."""
    for name, path in places:
        with reading_log(path) as log:
            if log is None:
                continue
            about = _about(path)
            for act in log.all():
                yield _row(name, act, about)


def as_json_lines(found: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """A JSON object a line."""
    for row in found:
        yield json.dumps(row, ensure_ascii=False) + "\n"


def as_csv(found: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """A head, then a line a row; text never becomes a formula. To be written with a byte order mark."""
    yield _line(HEAD)
    for row in found:
        said = "" if row["said"] is None else json.dumps(row["said"], ensure_ascii=False)
        yield _line(said if name == "said" else str(row[name]) for name in HEAD)


def _line(cells: Iterable[str]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerow(guarded(clean(cell)) for cell in cells)
    return buffer.getvalue()


def _row(name: str, act: Act, about: Mapping[str, tuple[str, str]]) -> dict[str, Any]:
    candidate, rubric = about.get(act.subject, ("", ""))
    return {
        "log": name,
        "sequence": act.sequence,
        "created": act.created,
        "author": act.author,
        "kind": act.kind,
        "subject": act.subject,
        "candidate": candidate,
        "rubric": rubric,
        "said": act.body,
        "hash": act.hash,
    }


def _about(path: Path) -> Mapping[str, tuple[str, str]]:
    """Candidate and rubric by subject: of the history, or of a batch."""
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as db:
        tables = {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if "grade" in tables:
            return {id_: (who, rubric) for id_, who, rubric in db.execute("SELECT id, candidate, rubric FROM grade")}
        found = db.execute(
            "SELECT candidate.id, answer.rubric FROM answer JOIN candidate ON candidate.key = answer.candidate"
        )
        return {subject_of(who, rubric): (who, rubric) for who, rubric in found}
