"""The matrix as a page, as a file for a spreadsheet, and what people conclude of a candidate."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import Iterator
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from evaluator.batch.journal import Journal
from evaluator.messages import LEVELS, SYMBOLS
from evaluator.models import Level
from evaluator.report.labels import label, number, score_text
from evaluator.store import deciding
from evaluator.web.authors import author_of, gone_on
from evaluator.web.deciding import Refused, refused
from evaluator.web.questions import Review, key_in, review
from evaluator.web.reviewing.acting import Form, form_of
from evaluator.web.reviewing.matrix import Cells, Line, Matrix, asked_for, matrix, whole
from evaluator.web.showing import page, speech_of
from evaluator.web.speech import Speech
from evaluator.workbook.cells import clean, guarded

_MOST_PAGES = 10_000


def view(request: Request) -> Response:
    """Candidates × key points; `rubric` is one question, `sort` is `hits` or empty, `decide` whose line is written."""
    with review(request) as found:
        made = matrix(found, asked_for(found, request), by_hits=_by_hits(request))
        pages = max(-(-len(made.lines) // made.page_size), 1)
        number_of_page = min(_page(request), pages)
        first = (number_of_page - 1) * made.page_size
        return page(
            request,
            "reviewing/matrix",
            review=found,
            matrix=made,
            lines=made.lines[first : first + made.page_size],
            rubric=request.query_params.get("rubric", ""),
            by_hits=_by_hits(request),
            kept={name: request.query_params.get(name, "") for name in ("rubric", "sort", "page")},
            decide=request.query_params.get("decide", ""),
            number_of_page=number_of_page,
            pages=pages,
            query=_query(request),
            author=author_of(request),
            keys=(),
        )


def as_csv(request: Request) -> Response:
    """The same, all candidates, as UTF-8 with a byte order mark; text never becomes a formula."""
    speech = speech_of(request)
    with review(request) as found:
        made = matrix(found, asked_for(found, request), by_hits=_by_hits(request))
        target = io.StringIO(newline="")
        writer = csv.writer(target)
        writer.writerow(guarded(clean(cell)) for cell in _head(made, speech))
        for line in made.lines:
            writer.writerow(guarded(clean(cell)) for cell in _cells(line, made, speech))
    headers = {"Content-Disposition": 'attachment; filename="matrix.csv"'}
    return Response("\ufeff" + target.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)


async def decide(request: Request) -> Response:
    """What somebody concludes of a candidate, in words; an empty text takes it back."""
    form = await form_of(request)
    if not form.author:
        return refused(request, Refused("name_missing"))

    def done() -> str:
        with review(request) as found:
            key = key_in(form.text("key"))
            row = next((row for one in found.rubrics for row in found.question(one).rows if row.key == key), None)
            if row is None:
                raise HTTPException(404, "no_grade")
            _conclude(found.journal, whole(row.candidate), form)
            return f"{_address(found, form)}#c-{key}"

    return gone_on(await asyncio.to_thread(done), form.author)


def _conclude(journal: Journal, subject: str, form: Form) -> None:
    for note in journal.audit.said(subject).notes:
        deciding.withdraw(journal.audit, subject, note.id, author=form.author)
    if text := form.text("text"):
        deciding.annotate(journal.audit, subject, text, author=form.author)


def _address(found: Review, form: Form) -> str:
    kept = {name: form.text(name) for name in ("rubric", "sort", "page") if form.text(name)}
    return f"{found.address}/matrix" + (f"?{urlencode(kept)}" if kept else "")


def _head(made: Matrix, speech: Speech) -> Iterator[str]:
    yield speech.say("candidate_short")
    for asked in made.questions:
        yield f"{asked.number} {asked.rubric.question}"
        for point in asked.rubric.key_points:
            yield f"{asked.number} {point.name} ({number(point.points)})"
    yield from (speech.say(key) for key in ("matrix_hits", "matrix_decision", "matrix_decision_by", "state"))
    yield speech.chars(label("notice", speech.lang))


def _cells(line: Line, made: Matrix, speech: Speech) -> Iterator[str]:
    yield line.who
    for asked, cells in zip(made.questions, line.cells, strict=True):
        yield score_text(cells.entry.grade) if cells else ""
        for place in range(len(asked.rubric.key_points)):
            yield _word(cells, place, speech)
    yield str(line.count(Level.HIT))
    yield line.decision.text if line.decision else ""
    yield line.decision.author if line.decision else ""
    done = all(one.entry.grade.status == "confirmed" for one in line.cells if one)
    yield speech.chars(label("confirmed" if done else "first_pass", speech.lang))
    yield ""


def _word(cells: Cells | None, place: int, speech: Speech) -> str:
    if cells is None or place >= len(cells.points):
        return ""
    level = cells.points[place].verdict
    return f"{SYMBOLS[level]} {speech.words(LEVELS[level])}"


def _by_hits(request: Request) -> bool:
    return request.query_params.get("sort") == "hits"


def _page(request: Request) -> int:
    text = request.query_params.get("page", "")
    return max(min(int(text), _MOST_PAGES), 1) if text.isascii() and text.isdigit() and len(text) < 6 else 1


def _query(request: Request) -> str:
    kept = {name: request.query_params.get(name, "") for name in ("rubric", "sort")}
    return urlencode({name: value for name, value in kept.items() if value})
