"""The form of a rubric, and the same as YAML: filled in, changed, checked, and on to who changes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from evaluator.errors import Problem, RubricError, Words
from evaluator.models import Rubric
from evaluator.report.labels import number
from evaluator.rubrics import dump, parse
from evaluator.web.forms import read_form
from evaluator.web.rubrics import notes, previewing
from evaluator.web.rubrics.labels import NAMES, page
from evaluator.web.rubrics.notes import Note
from evaluator.web.rubrics.reading import edition
from evaluator.web.rubrics.sheet import MOST_FIELDS, Sheet, of_form, of_rubric
from evaluator.web.shelf import Edition
from evaluator.web.showing import speech_of
from evaluator.web.speech import Speech


@dataclass(frozen=True, slots=True)
class Edited:
    """What came of an edit: the form or the text again, what is wrong with it, the rubric where nothing is."""

    sheet: Sheet | None
    """None where it was edited as YAML."""
    text: str
    rubric: Rubric | None
    notes: tuple[Note, ...] = ()


async def form(request: Request) -> Response:
    """The rubric as a form; with `?as=yaml` as a text."""
    found = await asyncio.to_thread(edition, request)
    return _page(
        request, found, _begun(request, found, as_yaml=request.query_params.get("as") == "yaml"), found.version
    )


async def edit(request: Request) -> Response:
    """A press of a button of the form; nothing is written here."""
    fields = await read_form(request, most_fields=MOST_FIELDS)
    found = await asyncio.to_thread(edition, request)
    todo, version = fields.get("do", ""), fields.get("version", "")
    if todo == "shipped":
        return await asyncio.to_thread(previewing.back_to_shipped, request, found)
    edited = await asyncio.to_thread(_edited, fields, found, speech_of(request))
    if todo == "preview" and edited.rubric is not None:
        return await asyncio.to_thread(previewing.preview, request, found, edited.rubric, edited.text, version)
    at = ""
    if edited.sheet is not None and ":" in todo:
        at = edited.sheet.change(todo)
        edited = Edited(edited.sheet, "", None)
    if todo in {"yaml", "form"}:
        edited = _other_way(request, found, edited, todo)
    return _page(request, found, edited, version, at=at, status=422 if todo == "preview" else 200)


async def check(request: Request) -> Response:
    """The same without a page, as one types; of a form also `sum` and `agrees`.

    `{"notes": {path: [{"text", "tone", "name"}]}, "words"}`
    """
    fields = await read_form(request, most_fields=MOST_FIELDS)
    found = await asyncio.to_thread(edition, request)
    speech = speech_of(request)
    edited = await asyncio.to_thread(_edited, fields, found, speech)
    reply: dict[str, object] = {
        "notes": {
            at: [
                {"text": note.text, "tone": note.tone, "name": speech.words(NAMES["tone"][note.tone])} for note in said
            ]
            for at, said in notes.by_place(edited.notes).items()
        },
        "words": _counted(edited.notes, speech),
    }
    if edited.sheet is not None:
        total, agrees = _total(edited.sheet, found.rubric, speech)
        reply |= {"sum": total, "agrees": agrees}
    return JSONResponse(reply)


def read_text(text: str, rubric_id: str) -> Rubric:
    """The rubric in an edited text. Raises RubricError also where it is one of another id."""
    rubric = parse(text)
    if rubric.id != rubric_id:
        raise RubricError(
            Problem(
                Words(
                    f"编号要保持 {rubric_id}：成绩用它指向这份细则", f"the id must stay {rubric_id}: grades refer to it"
                ),
                field="id",
                hint=Words(f"写 id: {rubric_id}", f"write id: {rubric_id}"),
            )
        )
    return rubric


def _begun(request: Request, found: Edition, *, as_yaml: bool) -> Edited:
    speech = speech_of(request)
    if as_yaml:
        return Edited(None, found.text, found.rubric, tuple(notes.of_findings(found.rubric, speech, ("",))))
    sheet = of_rubric(found.rubric)
    return Edited(sheet, "", found.rubric, tuple(notes.of_findings(found.rubric, speech, sheet.places)))


def _edited(fields: Mapping[str, str], found: Edition, speech: Speech) -> Edited:
    if "text" in fields:
        return _edited_text(fields["text"].replace("\r\n", "\n"), found, speech)
    sheet = of_form(fields)
    rubric, problems = sheet.rubric(found.rubric)
    if rubric is None:
        return Edited(sheet, "", None, tuple(notes.of_problems(problems, speech, sheet.places)))
    return Edited(sheet, dump(rubric), rubric, tuple(notes.of_findings(rubric, speech, sheet.places)))


def _edited_text(text: str, found: Edition, speech: Speech) -> Edited:
    try:
        rubric = read_text(text, found.rubric.id)
    except RubricError as error:
        return Edited(None, text, None, tuple(notes.of_text(error.problems, speech)))
    return Edited(None, text, rubric, tuple(notes.of_findings(rubric, speech, ("",))))


def _other_way(request: Request, found: Edition, edited: Edited, todo: str) -> Edited:
    """From the form to the text or back, with what was typed; only a whole rubric has another form."""
    if edited.rubric is None:
        return edited
    if todo == "yaml":
        # Comments stay where nothing but the way of looking at it was changed.
        text = found.text if edited.rubric == found.rubric else edited.text
        return Edited(None, text, edited.rubric, edited.notes)
    sheet = of_rubric(edited.rubric)
    return Edited(sheet, "", edited.rubric, tuple(notes.of_findings(edited.rubric, speech_of(request), sheet.places)))


def _page(
    request: Request, found: Edition, edited: Edited, version: str, *, at: str = "", status: int = 200
) -> Response:
    speech = speech_of(request)
    total, agrees = _total(edited.sheet, found.rubric, speech) if edited.sheet else ("", True)
    return page(
        request,
        "rubrics/edit",
        status,
        edition=found,
        sheet=edited.sheet,
        base={point.id: point for point in found.rubric.key_points},
        text=edited.text,
        started=version,
        notes=notes.by_place(edited.notes),
        words=_counted(edited.notes, speech),
        total=total,
        agrees=agrees,
        at=at,
        keys=(),
    )


def _counted(said: Iterable[Note], speech: Speech) -> str:
    tones = [note.tone for note in said]
    if bad := tones.count("bad"):
        return speech.say("to_mend", count=bad)
    warn = tones.count("warn")
    return speech.say("could_be_better", count=warn) if warn else speech.say("nothing_wrong")


def _total(sheet: Sheet, base: Rubric, speech: Speech) -> tuple[str, bool]:
    """The sum of the points beside the maximum, in words, and whether both are the same."""
    total = sheet.sum(base)
    wanted = sheet.head.get("max_score", "").strip()
    agrees = number(float(total)) == _plain(wanted)
    key = "sum_agrees" if agrees else "sum_differs"
    return speech.say(key, total=number(float(total)), wanted=wanted or "?"), agrees


def _plain(text: str) -> str:
    try:
        return number(float(text))
    except ValueError:
        return text
