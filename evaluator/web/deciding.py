"""What a person says of a grade: forms of its page, each an act in the audit log of the place where it is kept."""

from __future__ import annotations

import asyncio
import re
import unicodedata
from collections.abc import Awaitable, Callable, Mapping
from typing import NamedTuple

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from evaluator.masking import MASK
from evaluator.models import Level
from evaluator.report.labels import number
from evaluator.store import deciding
from evaluator.web.authors import author_in, author_of, gone_on
from evaluator.web.failing import reply
from evaluator.web.forms import read_form
from evaluator.web.guard import local
from evaluator.web.showing import speech_of
from evaluator.web.subjects import Subject, Ungraded, subject

PLACES = ("/grades/{grade_id}", "/batches/{run}/answers/{key}/{rubric}")
_LEVELS = {level.value: level for level in (Level.HIT, Level.PARTIAL, Level.MISSED)}
LONGEST_TEXT = 1_000
"""Characters that somebody can write in one field."""
_NUMBER = re.compile(r"\d{1,5}(\.\d{1,2})?")


class Refused(Exception):
    """What was asked for makes no sense; `key` is of the catalogs."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.values = values


def text_in(fields: Mapping[str, str], name: str) -> str:
    """What is written in that field, without what surrounds it; empty where nothing is."""
    return fields.get(name, "").replace("\r\n", "\n").strip()[:LONGEST_TEXT]


def number_in(fields: Mapping[str, str], name: str, most: float) -> float | None:
    """A number from 0 to `most`, full-width digits too; None for anything else, an empty field too."""
    given = unicodedata.normalize("NFKC", fields.get(name, "")).strip()
    return float(given) if _NUMBER.fullmatch(given) and float(given) <= most else None


class Told(NamedTuple):
    """What a form says."""

    fields: Mapping[str, str]
    author: str

    def text(self, name: str, missing: str) -> str:
        """That field; raises Refused where nothing is written in it."""
        text = text_in(self.fields, name)
        if not text:
            raise Refused(missing)
        return text


_Act = Callable[[Subject, Told], str]
"""Does it; returns which part of the page shows it."""


def override(found: Subject, told: Told) -> str:
    """A person's word on one key point; a reason is asked for."""
    key_point, level = told.fields.get("key_point", ""), _LEVELS.get(told.fields.get("level", ""))
    if key_point not in found.shown.names or level is None:
        raise Refused("error_no_key_point")
    reason = told.text("reason", "error_fields")
    deciding.override(found.log, found.shown.subject, key_point, level, author=told.author, reason=reason)
    return f"p-{key_point}"


def restore(found: Subject, told: Told) -> str:
    """The automatic verdict holds again."""
    key_point = told.fields.get("key_point", "")
    if key_point not in found.shown.standing:
        raise Refused("error_no_key_point")
    deciding.override(found.log, found.shown.subject, key_point, None, author=told.author, reason="")
    return f"p-{key_point}"


def note(found: Subject, told: Told) -> str:
    """A note on a key point, on a span of the answer or on the whole of it."""
    key_point = told.fields.get("key_point", "")
    if key_point and key_point not in found.shown.names:
        raise Refused("error_no_key_point")
    text = told.text("text", "note_empty")
    span = None if key_point else _span(found.shown.answer, told.fields)
    made = deciding.annotate(found.log, found.shown.subject, text, author=told.author, key_point=key_point, span=span)
    return f"n-{made.id}"


def unnote(found: Subject, told: Told) -> str:
    """A note is taken away; that it was there stays in the log."""
    given = told.fields.get("note", "")
    known = next((one for one in found.shown.said.notes if str(one.id) == given), None)
    if known is None:
        raise Refused("note_gone")
    deciding.withdraw(found.log, found.shown.subject, known.id, author=told.author)
    return f"p-{known.key_point}" if known.key_point else "answer-head"


def final(found: Subject, told: Told) -> str:
    """A person's score of the whole answer counts, whatever the key points add up to; 0 must be written."""
    most = found.shown.holding.max_score
    score = number_in(told.fields, "score", most)
    if score is None:
        raise Refused("final_range", most=number(most))
    reason = told.text("reason", "final_reason")
    deciding.mark(found.log, found.shown.subject, "final", score, author=told.author, reason=reason)
    return "conclusion"


def unfinal(found: Subject, told: Told) -> str:
    """What the key points add up to counts again."""
    if found.shown.said.final is None:
        raise Refused("nothing_to_undo")
    deciding.mark(found.log, found.shown.subject, "final", None, author=told.author)
    return "conclusion"


def confirm(found: Subject, told: Told) -> str:
    """It is no longer a first pass; refused where the score is a range, or not the one that was looked at."""
    if not found.shown.holding.complete:
        raise Refused("confirm_incomplete")
    if told.fields.get("seen", str(found.shown.seen)) != str(found.shown.seen):
        raise Refused("confirm_changed")
    deciding.confirm(found.log, found.shown.subject, author=told.author, text=text_in(told.fields, "text"))
    return "conclusion"


def unconfirm(found: Subject, told: Told) -> str:
    """It is a first pass again."""
    if found.shown.said.confirmed is None:
        raise Refused("nothing_to_undo")
    deciding.unconfirm(found.log, found.shown.subject, author=told.author)
    return "conclusion"


def flag(found: Subject, told: Told) -> str:
    """异常: something about the answer that somebody else must see; what it is must be said."""
    text = told.text("text", "flag_empty")
    deciding.flag(found.log, found.shown.subject, author=told.author, text=text)
    return "conclusion"


def unflag(found: Subject, told: Told) -> str:
    """Nothing is wrong with it after all."""
    if found.shown.said.flagged is None:
        raise Refused("nothing_to_undo")
    deciding.unflag(found.log, found.shown.subject, author=told.author)
    return "conclusion"


def refused(request: Request, error: Refused) -> Response:
    """Why it was not done."""
    return reply(request, 422, speech_of(request).say(error.key, **error.values), error.key)


def _doing(act: _Act) -> Callable[[Request], Awaitable[Response]]:
    """The handler of a form: who says so, of what; then back to its page, or to the one that the form names."""

    async def handler(request: Request) -> Response:
        fields = await read_form(request)
        told = Told(fields, author_in(fields) or author_of(request))
        if not told.author:
            return refused(request, Refused("error_fields" if act is override else "name_missing"))
        try:
            target = await asyncio.to_thread(_done, request, act, told)
        except Refused as error:
            return refused(request, error)
        except Ungraded as error:
            raise HTTPException(404, "no_grade") from error
        return gone_on(local(fields["next"]) if fields.get("next") else target, told.author)

    return handler


def _done(request: Request, act: _Act, told: Told) -> str:
    with subject(request) as found:
        return f"{found.shown.address}#{act(found, told)}"


def _span(answer: str, fields: Mapping[str, str]) -> tuple[int, int] | None:
    """The span that was selected, None where nothing was.

    A browser counts a line break as one character, so places are counted in the answer as it shows it. What stands
    there must be what the form quotes.
    """
    given = [fields.get(name, "") for name in ("start", "end")]
    if given == ["", ""]:
        return None
    if not all(text.isascii() and text.isdigit() and len(text) < 8 for text in given):
        raise Refused("note_span")
    places = [at for at, letter in enumerate(answer) if not (letter == "\n" and answer[at - 1 : at] == "\r")]
    start, end = (int(text) for text in given)
    if not 0 <= start < end <= len(places):
        raise Refused("note_span")
    span = places[start], places[end] if end < len(places) else len(answer)
    if not _same(_lines(answer[span[0] : span[1]]), _lines(fields.get("quote", ""))):
        raise Refused("note_span")
    return span


def _same(written: str, quoted: str) -> bool:
    """Whether that is what stands there, as far as it was not masked for whoever selected it."""
    return len(written) == len(quoted) and all(a in (b, MASK) for a, b in zip(quoted, written, strict=True))


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


_ACTS: tuple[_Act, ...] = (override, restore, note, unnote, final, unfinal, confirm, unconfirm, flag, unflag)
ROUTES = tuple(Route(f"{place}/{act.__name__}", _doing(act), methods=["POST"]) for place in PLACES for act in _ACTS)
