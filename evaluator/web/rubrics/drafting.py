"""A paper handed in, its questions looked over, and those that were chosen drafted as rubrics of one's own."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from evaluator.errors import InputError, UserError
from evaluator.models import Rubric
from evaluator.rubrics import dump
from evaluator.web.authors import author_of
from evaluator.web.forms import read_form, read_form_with_file
from evaluator.web.rubrics.labels import page
from evaluator.web.rubrics.saving import note
from evaluator.web.shelf import Changed, Shelf
from evaluator.web.showing import speech_of
from evaluator.web.uploads import Upload, Uploads, upload_of

if TYPE_CHECKING:
    from evaluator.drafting import Draft
    from evaluator.models.paper import Paper

KINDS = frozenset({".docx", ".pdf", ".txt", ".md", ".markdown", ".html", ".htm", ".mht", ".mhtml"})
_MOST_FIELDS = 1_000
"""One for every question that is chosen."""


@dataclass(frozen=True, slots=True)
class Offered:
    """One question of the paper."""

    draft: Draft
    section: str
    standing: bool
    """Whether it has been drafted from this paper already; what people made of it is left alone."""


async def form(request: Request) -> Response:
    """Choose a file."""
    return _form(request)


async def take_in(request: Request) -> Response:
    """The file; then its questions. What cannot be read is told beside the form."""
    _, file = await read_form_with_file(request)
    if file is None:
        return _form(request, 422, speech_of(request).say("choose_paper"))
    uploads: Uploads = request.app.state.uploads
    try:
        upload = await uploads.keep(file, KINDS)
    except InputError as error:
        return _form(request, 422, error.text(speech_of(request).lang))
    try:
        await asyncio.to_thread(_read, upload)
    except UserError as error:
        uploads.forget(upload.id)
        return _form(request, 422, error.text(speech_of(request).lang))
    return RedirectResponse(f"/rubrics/draft/{upload.id}", 303)


async def questions(request: Request) -> Response:
    """What was read, and what was not understood."""
    return await asyncio.to_thread(_questions, request)


async def keep(request: Request) -> Response:
    """Draft the questions that were chosen, and keep the drafts to be edited."""
    fields = await read_form(request, most_fields=_MOST_FIELDS)
    kept = await asyncio.to_thread(_keep, request, frozenset(fields))
    if not kept:
        return await asyncio.to_thread(_questions, request, 422, speech_of(request).say("choose_questions"))
    if len(kept) == 1:
        return RedirectResponse(f"/rubrics/{kept[0].id}/edit", 303)
    return RedirectResponse(f"/rubrics?status=draft&kept={len(kept)}", 303)


def _form(request: Request, status: int = 200, problem: str = "") -> Response:
    return page(request, "rubrics/draft", status, problem=problem, kinds=sorted(KINDS), keys=())


def _questions(request: Request, status: int = 200, problem: str = "") -> Response:
    upload = upload_of(request)
    paper, drafts = _drafts(request, upload)
    return page(
        request,
        "rubrics/questions",
        status,
        upload=upload,
        paper=paper,
        offered=list(_offered(paper, drafts, request.app.state.shelf)),
        problem=problem,
        keys=(),
    )


def _keep(request: Request, chosen: frozenset[str]) -> list[Rubric]:
    shelf: Shelf = request.app.state.shelf
    paper, drafts = _drafts(request, upload_of(request))
    kept = []
    for one in _offered(paper, drafts, shelf):
        rubric = one.draft.rubric
        if rubric is None or one.standing or f"q-{one.draft.name}" not in chosen:
            continue
        with suppress(Changed):  # drafted by somebody else meanwhile: that one is left alone
            shelf.put(rubric.id, dump(rubric), "")
            note(request.app.state.store, None, rubric, author_of(request))
            kept.append(rubric)
    return kept


def _offered(paper: Paper, drafts: tuple[Draft, ...], shelf: Shelf) -> Iterator[Offered]:
    sections = [section.title for section in paper.sections for _ in section.questions]
    for section, draft in zip(sections, drafts, strict=True):
        there = shelf.get(draft.rubric.id) if draft.rubric is not None else None
        yield Offered(draft, section, there is not None)


def _read(upload: Upload) -> Paper:
    from evaluator.papers import parse, read_document  # noqa: PLC0415 - only here are papers read

    return parse(read_document(upload.path.read_bytes(), name=upload.name))


def _drafts(request: Request, upload: Upload) -> tuple[Paper, tuple[Draft, ...]]:
    """The paper and a draft of each question; ids that no other paper's rubrics have."""
    from evaluator.drafting import drafts, slug  # noqa: PLC0415
    from evaluator.papers import mend, parse, read_document  # noqa: PLC0415

    document = read_document(upload.path.read_bytes(), name=upload.name)
    mended = mend(document.text)
    paper = parse(document, mended)
    shelf: Shelf = request.app.state.shelf
    begin = slug(PurePath(upload.name).stem)
    made = drafts(paper, slug=begin, mended=mended)
    if any(_taken(one.rubric, shelf, paper.sha256) for one in made):
        made = drafts(paper, slug=f"{begin[:30]}-{paper.sha256[:6]}", mended=mended)
    return paper, made


def _taken(rubric: Rubric | None, shelf: Shelf, sha256: str) -> bool:
    there = shelf.get(rubric.id) if rubric is not None else None
    return there is not None and (there.provenance is None or there.provenance.sha256 != sha256)
