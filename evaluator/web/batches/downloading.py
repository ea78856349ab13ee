"""The results as files: written for the one who asks, and gone after."""

from __future__ import annotations

import asyncio
import csv
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

from starlette.background import BackgroundTask
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from evaluator.batch.alike import alike
from evaluator.batch.blinding import Blinded, blinding_secret
from evaluator.batch.journalled import Journalled
from evaluator.batch.results import Results
from evaluator.errors import Words
from evaluator.web.batches.listing import known
from evaluator.web.batches.standing import Standing, standing
from evaluator.web.showing import speech_of
from evaluator.web.uploads import shown_name
from evaluator.workbook import write
from evaluator.workbook.cells import clean, guarded

_TYPES = {
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".csv": "text/csv; charset=utf-8",
    ".jsonl": "application/jsonl; charset=utf-8",
    ".html": "text/html; charset=utf-8",
}


@dataclass(frozen=True, slots=True)
class _Kind:
    """`which` of the files that writing `ending` makes."""

    ending: str
    which: int = 0


_KINDS = {
    "xlsx": _Kind(".xlsx"),
    "csv": _Kind(".csv"),
    "key-points": _Kind(".csv", 1),
    "jsonl": _Kind(".jsonl"),
    "html": _Kind(".html"),
    "roster": _Kind(".csv"),
}


async def download(request: Request) -> Response:
    """One file, by its name."""
    kind = request.path_params["kind"]
    if kind not in _KINDS:
        raise HTTPException(404, "gone")
    return await sent(request, kind)


async def sent(request: Request, kind: str) -> Response:
    """A file of that kind. Of a blind run without people, until it is finished and `names` are asked for."""
    run = await asyncio.to_thread(known, request)
    return await asyncio.to_thread(_written, request, run, kind)


def _written(request: Request, run: str, kind: str) -> Response:
    state = request.app.state
    now = standing(state, run)
    blind = now.hides or (now.note.blind and "names" not in request.query_params)
    if kind == "roster" and (now.hides or not now.note.blind):
        raise HTTPException(404, "gone")
    lang = speech_of(request).lang
    folder = Path(mkdtemp(prefix="evaluator-"))
    try:
        with state.runs.looking(run) as journal:
            results: Results = Journalled(journal, lang)
            hidden = Blinded(results, blinding_secret(state.settings.data_dir))
            if kind == "roster":
                path = _roster(folder / "roster.csv", hidden, lang)
            else:
                path = _results(folder, hidden if blind else results, _KINDS[kind], lang)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return FileResponse(
        path,
        media_type=_TYPES[path.suffix],
        filename=_name(now, kind, path.suffix, blind=blind, lang=lang),
        background=BackgroundTask(shutil.rmtree, folder, ignore_errors=True),
    )


def _results(folder: Path, results: Results, kind: _Kind, lang: str) -> Path:
    groups = alike(results) if kind.ending in {".xlsx", ".html"} else None
    return write(results, folder / f"results{kind.ending}", lang=lang, alike=groups)[kind.which]


def _roster(path: Path, results: Blinded, lang: str) -> Path:
    """Who is who, for its owner alone."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(Words("代号 考生 姓名", "id candidate name").text(lang).split())
        rows.writerows(_guarded(results.roster()))
    return path


def _guarded(rows: Iterator[tuple[str, ...]]) -> Iterator[list[str]]:
    for row in rows:
        yield [guarded(clean(cell)) for cell in row]


def _name(now: Standing, kind: str, suffix: str, *, blind: bool, lang: str) -> str:
    """What the file is called where it is saved: after the source, and what is in it."""
    stem = shown_name(now.info.source).rpartition(".")[0] or shown_name(now.info.source)
    parts = [stem, Words("结果", "results").text(lang)]
    if kind == "key-points":
        parts.append(Words("明细", "key-points").text(lang))
    if kind == "roster":
        parts[1] = Words("代号对照", "who-is-who").text(lang)
    elif blind:
        parts.append(Words("匿名", "blind").text(lang))
    return "-".join(parts) + suffix
