"""The journal of a run: one SQLite file with what is to be judged and what has been, safe against any kill.

An `item` is one text to one question, however many candidates wrote it: it is judged once. Answers lead to items,
candidates to answers. What is committed survives the death of the process; see `pending` for what makes a run go on.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Self

from evaluator.batch import rated
from evaluator.batch.forgetting import forget
from evaluator.batch.items import Counts, Done, Intake, Item
from evaluator.batch.schema import SCHEMA, VERSION, bring_up_to_date, subject_of
from evaluator.errors import StoreError, Words
from evaluator.models import Act, Answer, Grade, Override, Rejected, Rubric, Said, Submission, said
from evaluator.rubrics import content_hash
from evaluator.store.audit import AuditLog, append
from evaluator.store.sqlite import iso_now

PAGE = 500
"""Rows written in one transaction and read at a time."""
_KNOWN = "item.judged_by IS rubric.judged_by"
"""Something became of the item, a grade or a failure, under the key that counts at present."""


class Journal:
    """A run on disk. Usable in `with`; one process at a time writes (the caller holds the lock).

    Raises StoreError where the file is no journal of this version; without `create` FileNotFoundError where there is
    none: what somebody deleted meanwhile must not come back empty.
    """

    def __init__(self, path: Path, *, create: bool = True) -> None:
        self.path = path
        if create:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | (os.O_CREAT if create else 0), 0o600))
        self._lock = Lock()
        self._connection = sqlite3.connect(self._address("rw"), uri=True, isolation_level=None, check_same_thread=False)
        try:
            self._prepare()
        except BaseException:
            self._connection.close()
            raise
        self.audit = AuditLog(self._reading, self._writing, iso_now)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    # --- what is to be done ---

    def take_in(self, rows: Iterable[Submission | Rejected]) -> Intake:
        """Take in a source, again where it was taken in before: what it no longer holds goes, the rest keeps its grade.

        Streams; a source of any size takes the memory of one page.
        """
        turn = int(self.get("turn", "0")) + 1
        with self._writing() as db:
            db.execute("DELETE FROM rejected")
            self._set(db, "turn", str(turn))  # at once: what a killed one left behind is then of an older turn
        rows, replaced = iter(rows), 0
        position = 0
        while page := list(islice(rows, PAGE)):
            with self._writing() as db:
                for row in page:
                    if isinstance(row, Rejected):
                        db.execute("INSERT INTO rejected VALUES (?, ?, ?)", (row.place, row.zh, row.en))
                    else:
                        replaced += self._take(db, row, position, turn)
                        position += 1
        with self._writing() as db:
            db.execute("DELETE FROM answer WHERE turn <> ?", (turn,))
            db.execute("DELETE FROM candidate WHERE turn <> ?", (turn,))
            db.execute("DELETE FROM item WHERE NOT EXISTS (SELECT 1 FROM answer WHERE answer.item = item.id)")
        return self.intake(replaced)

    def _take(self, db: sqlite3.Connection, row: Submission, position: int, turn: int) -> int:
        columns = json.dumps(row.columns, ensure_ascii=False) if row.columns else ""
        (candidate,) = db.execute(_PUT_CANDIDATE, (position, row.candidate, row.name, columns, turn)).fetchone()
        replaced = 0
        for answer in row.answers:
            key = (candidate, answer.rubric)
            before = db.execute(_ANSWER_OF_TURN, (*key, turn)).fetchone()
            item, human = _item(db, answer), answer.human
            if before is not None:
                if (item == before[0] and human) or (not answer.text.strip() and rated.by_others(before[1], human)):
                    item, human = before[0], rated.together(before[1], human)  # another rater's row of the same answer
                else:
                    replaced += 1
            db.execute(_PUT_ANSWER, (*key, item, answer.place, rated.kept(human), turn))
        return replaced

    def intake(self, replaced: int = 0) -> Intake:
        """What is there."""
        one = self._one
        said = "FROM answer JOIN item ON item.id = answer.item WHERE trim(item.text, char(9, 10, 13, 32, 12288)) <> ''"
        answers, written = one("SELECT count(*) FROM answer"), one(f"SELECT count(*) {said}")
        return Intake(
            candidates=self.candidates(),
            answers=answers,
            items=one("SELECT count(*) FROM item"),
            blank=answers - written,
            alike=written - one(f"SELECT count(DISTINCT item.id) {said}"),
            replaced=replaced,
            rejected=one("SELECT count(*) FROM rejected"),
        )

    def work_with(self, rubrics: Sequence[Rubric], judged_by: Mapping[str, str]) -> None:
        """Say what answers are judged by from now on.

        `judged_by` has, by rubric id, a key of everything that verdicts depend on besides the answer. What was judged
        under another key waits to be judged again.
        """
        with self._writing() as db:
            db.execute("DELETE FROM rubric")
            db.executemany(
                "INSERT INTO rubric (id, position, hash, judged_by, body) VALUES (?, ?, ?, ?, ?)",
                [
                    (one.id, place, content_hash(one), judged_by[one.id], one.model_dump_json())
                    for place, one in enumerate(rubrics)
                ],
            )

    def judged_by(self) -> dict[str, str]:
        """The key that counts at present, by rubric id."""
        return dict(self._connection.execute("SELECT id, judged_by FROM rubric").fetchall())

    def rubrics(self) -> tuple[Rubric, ...]:
        """The rubrics of the run, in the order of the questions."""
        rows = self._connection.execute("SELECT body FROM rubric ORDER BY position").fetchall()
        return tuple(Rubric.model_validate_json(body) for (body,) in rows)

    def pending(self, *, retry_errors: bool = False) -> Iterator[Item]:
        """Items that wait for a judge, question by question; with `retry_errors` also those that failed.

        An item waits while nothing became of it under the present key. Written to while it is read: what is done
        meanwhile is not given twice.
        """
        waiting = _waiting(retry_errors)
        for (rubric,) in self._connection.execute("SELECT id FROM rubric ORDER BY position").fetchall():
            last = 0
            while rows := self._connection.execute(
                "SELECT item.id, item.text FROM item JOIN rubric ON rubric.id = item.rubric "  # noqa: S608 - constants
                f"WHERE item.rubric = ? AND item.id > ? AND {waiting} ORDER BY item.id LIMIT {PAGE}",
                (rubric, last),
            ).fetchall():
                names = self._names(rows[0][0], rows[-1][0])
                yield from (Item(item, rubric, text, names.get(item, ())) for item, text in rows)
                last = rows[-1][0]

    def _names(self, first: int, last: int) -> dict[int, tuple[str, ...]]:
        rows = self._connection.execute(
            "SELECT answer.item, candidate.name FROM answer JOIN candidate ON candidate.key = answer.candidate "
            "WHERE answer.item BETWEEN ? AND ? AND candidate.name <> ''",
            (first, last),
        )
        found: dict[int, tuple[str, ...]] = {}
        for item, name in rows:
            found[item] = (*found.get(item, ()), name)
        return found

    def waiting(self, *, retry_errors: bool = False) -> int:
        """How many items `pending` has."""
        waiting = _waiting(retry_errors)
        return self._one(f"SELECT count(*) FROM item JOIN rubric ON rubric.id = item.rubric WHERE {waiting}")  # noqa: S608

    def chosen(self, most: int, *, retry_errors: bool = False, by_chance: bool = False) -> frozenset[int]:
        """Items among those that wait: the first ones, or as good as by chance, which is always the same chance."""
        waiting = _waiting(retry_errors)
        order = "item.digest" if by_chance else "rubric.position, item.id"
        rows = self._connection.execute(
            f"SELECT item.id FROM item JOIN rubric ON rubric.id = item.rubric WHERE {waiting} "  # noqa: S608 - constants
            f"ORDER BY {order} LIMIT ?",
            (most,),
        )
        return frozenset(item for (item,) in rows)

    def to_rescore(self) -> Iterator[tuple[Done, str]]:
        """Every grade whose points come from another version of the rubric, with the rubric's id.

        Only those whose verdicts hold under the present key: the others wait to be judged again.
        """
        last = 0
        while rows := self._connection.execute(
            "SELECT item.id, item.grade, item.failure, item.judged_by, item.scored_by, rubric.id "  # noqa: S608 - constants
            "FROM item JOIN rubric ON rubric.id = item.rubric "
            f"WHERE item.id > ? AND item.grade IS NOT NULL AND {_KNOWN} "
            f"AND item.scored_by IS NOT rubric.hash ORDER BY item.id LIMIT {PAGE}",
            (last,),
        ).fetchall():
            for item, body, *rest, rubric in rows:
                yield Done(item, Grade.model_validate_json(body), *rest), rubric
            last = rows[-1][0]

    # --- what was done ---

    def put(self, done: Sequence[Done]) -> None:
        """Keep what became of items, all or nothing; doing so again changes nothing."""
        rows = [
            (
                one.grade.model_dump_json(by_alias=True) if one.grade else None,
                one.failure,
                one.grade is not None and one.grade.needs_review,
                one.judged_by,
                one.scored_by,
                one.item,
            )
            for one in done
        ]
        with self._writing() as db:
            db.executemany(
                "UPDATE item SET grade = ?, failure = ?, review = ?, judged_by = ?, scored_by = ? WHERE id = ?", rows
            )

    def forget_failures(self, items: Iterable[int]) -> None:
        """Let these wait again: it was the endpoint that was gone, not they that failed."""
        with self._writing() as db:
            db.executemany(
                "UPDATE item SET failure = '', grade = NULL, judged_by = NULL WHERE id = ?", [(item,) for item in items]
            )

    def counts(self) -> Counts:
        """Where the run stands."""
        row = self._connection.execute(
            f"SELECT count(*), total({_KNOWN} AND failure = ''), total({_KNOWN} AND failure <> ''), "  # noqa: S608 - constants
            f"total(NOT {_KNOWN}), total({_KNOWN} AND failure = '' AND review) "
            "FROM answer JOIN item ON item.id = answer.item JOIN rubric ON rubric.id = item.rubric"
        ).fetchone()
        return Counts(*(int(value) for value in row))

    # --- what people decided ---

    def decide(self, candidate: str, rubric: str, override: Override) -> None:
        """Lay a person's word over one key point of one candidate's answer, at the time that it names."""
        body = {"key_point": override.key_point, "level": override.level, "reason": override.reason}
        with self._writing() as db:
            append(
                db,
                "override",
                subject_of(candidate, rubric),
                author=override.author,
                body=body,
                created=override.created,
            )

    def said(self) -> Mapping[str, Said]:
        """What people say of answers, by `subject_of`; only of those of whom something was said."""
        acts = defaultdict[str, list[Act]](list)
        for act in self.audit.all():
            acts[act.subject].append(act)
        return {subject: said(found) for subject, found in acts.items()}

    # --- taking somebody out ---

    def forget_candidate(self, candidate: str) -> tuple[str, ...]:
        """Take the candidate of that id out: answers, what became of them, and what people said of them.

        Nothing of it stays readable in the file; the log keeps that it was deleted. Returns the keys under which the
        store keeps the judgements of what is gone.
        """
        with self._writing() as db:
            keys = forget(db, candidate, iso_now())
        with self._lock:
            # What a row left behind on a page when it grew or moved is wiped by writing the file anew.
            self._connection.execute("VACUUM")
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return keys

    # --- values ---

    def candidates(self) -> int:
        """How many candidates there are."""
        return self._one("SELECT count(*) FROM candidate")

    def get(self, name: str, default: str = "") -> str:
        """A value of the run as a whole."""
        row = self._connection.execute("SELECT value FROM value WHERE name = ?", (name,)).fetchone()
        return default if row is None else str(row[0])

    def set(self, **values: str) -> None:
        """Keep values of the run as a whole."""
        with self._writing() as db:
            for name, value in values.items():
                self._set(db, name, value)

    # --- inside ---

    @staticmethod
    def _set(db: sqlite3.Connection, name: str, value: str) -> None:
        db.execute("INSERT OR REPLACE INTO value VALUES (?, ?)", (name, value))

    def _one(self, query: str) -> int:
        return int(self._connection.execute(query).fetchone()[0])

    def query(self, sql: str, values: Sequence[object] = ()) -> Iterator[tuple[object, ...]]:
        """Rows of a reading query, one after the other, over a connection of its own that sees one moment."""
        reading = sqlite3.connect(self._address("ro"), uri=True, isolation_level=None)
        try:
            yield from reading.execute(sql, values)
        finally:
            reading.close()

    def _address(self, mode: str) -> str:
        return f"{self.path.resolve().as_uri()}?mode={mode}"

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            yield self._connection

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction, one thread at a time."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.commit()
            except BaseException:
                self._connection.rollback()
                raise

    def _prepare(self) -> None:
        db = self._connection
        try:
            db.execute("PRAGMA page_size = 8192")
            db.execute("PRAGMA journal_mode = WAL").fetchone()
            db.execute("PRAGMA synchronous = NORMAL")
            db.execute("PRAGMA wal_autocheckpoint = 4000")  # 32 MB: each one waits for the disk
            db.execute("PRAGMA busy_timeout = 10000")
            (version,) = db.execute("PRAGMA user_version").fetchone()
        except sqlite3.DatabaseError as error:
            raise _unusable(self.path) from error
        if version > VERSION:
            raise _unusable(self.path)
        if version < VERSION:
            with self._writing():
                if version:
                    bring_up_to_date(db, version)
                else:
                    for statement in SCHEMA:
                        db.execute(statement)
                db.execute(f"PRAGMA user_version = {VERSION}")


_PUT_CANDIDATE = (
    "INSERT INTO candidate (position, id, name, columns, turn) VALUES (?, ?, ?, ?, ?) "
    "ON CONFLICT (id) DO UPDATE SET name = excluded.name, columns = excluded.columns, "
    "position = CASE WHEN turn = excluded.turn THEN position ELSE excluded.position END, turn = excluded.turn "
    "RETURNING key"
)
_ANSWER_OF_TURN = "SELECT item, human FROM answer WHERE candidate = ? AND rubric = ? AND turn = ?"
_PUT_ITEM = "INSERT INTO item (rubric, digest, text) VALUES (?, ?, ?) RETURNING id"
_PUT_ANSWER = (
    "INSERT INTO answer (candidate, rubric, item, place, human, turn) VALUES (?, ?, ?, ?, ?, ?) "
    "ON CONFLICT (candidate, rubric) DO UPDATE SET item = excluded.item, place = excluded.place, "
    "human = excluded.human, turn = excluded.turn"
)


def _item(db: sqlite3.Connection, answer: Answer) -> int:
    """The number of the text, which is put down where it is new."""
    text = answer.text.encode("utf-8", "replace").decode()  # half characters can be kept in no file
    digest = hashlib.blake2b(text.encode(), digest_size=16).digest()
    found = db.execute("SELECT id FROM item WHERE digest = ? AND rubric = ?", (digest, answer.rubric)).fetchone()
    return int((found or db.execute(_PUT_ITEM, (answer.rubric, digest, text)).fetchone())[0])


def _waiting(retry_errors: bool) -> str:
    return f"(NOT {_KNOWN} OR item.failure <> '')" if retry_errors else f"NOT {_KNOWN}"


def _unusable(path: Path) -> StoreError:
    return StoreError(
        Words(
            f"{path}：不是这个版本的运行记录。移走它，重新开始这次评分（已有的判定仍在记录库里）",
            f"{path}: not a journal of this version. Move it away and start again (verdicts are kept in the store)",
        )
    )
