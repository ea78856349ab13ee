"""Groups: answers that are blank, the same or nearly the same are looked at once, and decided upon together."""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from threading import Lock

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from evaluator.batch.answers import Row
from evaluator.batch.grouping import Group, group_of, groups, pieces, to_follow
from evaluator.batch.queueing import Entry
from evaluator.models import Level
from evaluator.store import deciding
from evaluator.web.authors import author_of, gone_on
from evaluator.web.deciding import LONGEST_TEXT, Refused, refused
from evaluator.web.questions import Question, key_in, question
from evaluator.web.reviewing.acting import Form, form_of
from evaluator.web.showing import page

_KEPT = 16
_MOST_MEMBERS = 1_000


@dataclass(frozen=True, slots=True)
class Member:
    """One answer of a group beside the example."""

    entry: Entry
    pieces: Sequence[tuple[str, bool]]
    """Its text; True marks what the example does not have."""
    changes: Mapping[str, Level | None]
    """What following the example would lay over it, by key point and deduction."""

    @property
    def done(self) -> bool:
        """Whether somebody confirmed it already."""
        return self.entry.row.said.confirmed is not None


@dataclass(frozen=True, slots=True)
class Together:
    """A group with the answer that the others are to follow."""

    group: Group
    example: Entry
    members: tuple[Member, ...]


def listed(request: Request) -> Response:
    """All groups of a question."""
    with question(request) as asked:
        return page(request, "reviewing/groups", asked=asked, groups=_groups(asked), done=_done(request), keys=())


def view(request: Request) -> Response:
    """One group; `from` is the candidate whose answer is the example."""
    with question(request) as asked:
        found = _together(asked, request)
        return page(request, "reviewing/group", asked=asked, together=found, author=author_of(request), keys=())


async def follow(request: Request) -> Response:
    """Decide of those that were ticked what was decided of the example; asked once more before it is done."""
    form = await form_of(request, _MOST_MEMBERS + 20)
    if not form.author:
        return refused(request, Refused("name_missing"))

    def done() -> Response:
        with question(request) as asked:
            found = _together(asked, request, form.text("from"))
            chosen = [one for one in found.members if f"m-{one.entry.row.key}" in form.fields]
            if not found.example.grade.complete:
                raise Refused("group_incomplete")
            if not form.text("sure"):
                return page(
                    request, "reviewing/follow",
                    asked=asked, together=found, chosen=chosen, author=form.author, keys=(),
                )  # fmt: skip
            for one in (None, *chosen):
                _decide(asked, found.example, one, form)
            return gone_on(f"{asked.address}/groups?done={len(chosen) + 1}", form.author)

    try:
        return await asyncio.to_thread(done)
    except Refused as error:
        return refused(request, error)


def _done(request: Request) -> str:
    """How many were decided upon just now."""
    text = request.query_params.get("done", "")
    return text if text.isascii() and text.isdigit() and len(text) < 6 else ""


def _decide(asked: Question, example: Entry, member: Member | None, form: Form) -> None:
    """Everything that is needed for that answer to stand as the example does; None confirms the example itself."""
    log = asked.review.journal.audit
    row, origin = (example if member is None else member.entry).row, example.row
    why = form.say("group_reason", example=asked.review.names.blind(origin.candidate))
    if member is not None:
        for key, level in member.changes.items():
            given = origin.said.standing.get(key)
            reason = f"{why} {given.reason}" if given and level else why
            deciding.override(log, row.subject, key, level, author=form.author, reason=reason[:LONGEST_TEXT])
        mine, theirs = row.said.final, origin.said.final
        if (mine and mine.score) != (theirs and theirs.score):
            score = theirs.score if theirs else None
            deciding.mark(log, row.subject, "final", score, author=form.author, reason=why)
    if member is not None or origin.said.confirmed is None:
        deciding.confirm(log, row.subject, author=form.author, text=why if member is not None else "")


def _together(asked: Question, request: Request, chosen: str = "") -> Together:
    found = group_of(_groups(asked), key_in(str(request.path_params["key"])))
    if found is None:
        raise HTTPException(404, "no_grade")
    known = {one.row.key: one for one in asked.entries}
    entries = [known[row.key] for row in found.rows if row.key in known]
    if not entries:
        raise HTTPException(404, "no_grade")
    wanted = chosen or request.query_params.get("from", "")
    example = next((one for one in entries if str(one.row.key) == wanted), None) or _example(entries)
    base = asked.text(example.row)
    members = tuple(
        Member(one, pieces(base, asked.text(one.row)), to_follow(example.grade, one.automatic, one.grade))
        for one in entries[: _MOST_MEMBERS + 1]
        if one is not example
    )
    return Together(found, example, members)


def _example(entries: Sequence[Entry]) -> Entry:
    """Whom somebody has confirmed, else decided upon, else the first."""

    def settled(one: Entry) -> tuple[bool, bool]:
        said = one.row.said
        return said.confirmed is not None, bool(said.standing) or said.final is not None

    return max(entries, key=settled)  # of equals the first


class _Found:
    """Groups that were found of late, by the content of all answers: finding them takes a while."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: OrderedDict[bytes, tuple[Group, ...]] = OrderedDict()

    def of(self, asked: Question) -> tuple[Group, ...]:
        """The groups of a question, with its answers as they are now."""
        digest = hashlib.blake2b(asked.rubric.model_dump_json().encode())
        for row in asked.rows:
            digest.update(f"{row.key}\0{row.text}\0".encode("utf-8", "surrogatepass"))
        with self._lock:
            found = self._kept.get(digest.digest())
        if found is None:
            found = groups(asked.rubric, asked.rows)
            with self._lock:
                self._kept[digest.digest()] = found
                while len(self._kept) > _KEPT:
                    self._kept.popitem(last=False)
        now: dict[int, Row] = {row.key: row for row in asked.rows}
        return tuple(replace(one, rows=tuple(now[row.key] for row in one.rows)) for one in found)


_groups = _Found().of
