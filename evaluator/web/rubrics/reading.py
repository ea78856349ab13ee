"""One rubric to read, with where in the paper each key point comes from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from evaluator.models import Rubric
from evaluator.rubrics import content_hash
from evaluator.web.rubrics import notes
from evaluator.web.rubrics.labels import page, told
from evaluator.web.rubrics.rejudging import Rejudging
from evaluator.web.shelf import Edition, Shelf
from evaluator.web.showing import speech_of


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text; `points` are the key points, from 1, that come from it."""

    text: str
    points: tuple[int, ...] = ()


def rubric(request: Request) -> Response:
    """Everything that the rubric says."""
    found = edition(request)
    shelf: Shelf = request.app.state.shelf
    shipped = shelf.shipped(found.rubric.id)
    speech = speech_of(request)
    rejudging: Rejudging = request.app.state.rejudging
    return page(
        request,
        "rubrics/read",
        edition=found,
        rubric=found.rubric,
        hash=content_hash(found.rubric),
        notes=notes.by_place(notes.of_findings(found.rubric, speech, _places(found.rubric))),
        analysis=list(from_paper(found.rubric, "analysis")),
        answer=list(from_paper(found.rubric, "reference")),
        reference=list(in_reference(found.rubric)),
        told=told(shipped.rubric, found.rubric, speech) if shipped else None,
        work=rejudging.of(found.rubric.id),
        done={name: request.query_params.get(name, "") for name in ("saved", "rescored", "runs", "waiting")},
        keys=(),
    )


def as_yaml(request: Request) -> Response:
    """The file word by word."""
    return PlainTextResponse(edition(request).text)


def edition(request: Request) -> Edition:
    """The rubric that the address names; 404 where there is none."""
    shelf: Shelf = request.app.state.shelf
    found = shelf.edition(request.path_params["rubric_id"])
    if found is None:
        raise HTTPException(404, "no_rubric")
    return found


def from_paper(rubric: Rubric, part: Literal["analysis", "reference"]) -> Iterator[Piece]:
    """The words of the 解析, or of the 参考答案, that name key points, in the order of the paper.

    The file of a rubric holds no more of the paper than these.
    """
    spans = [
        (point.source.start, number, point.source.words)
        for number, point in enumerate(rubric.key_points, 1)
        if point.source is not None and point.source.part == part
    ]
    words: dict[tuple[int, str], list[int]] = {}
    for start, number, text in sorted(spans):
        words.setdefault((start, text), []).append(number)
    for (_, text), numbers in words.items():
        yield Piece(text, tuple(numbers))


def in_reference(rubric: Rubric) -> Iterator[Piece]:
    """The reference answer, with the words that key points come from marked where it still has them."""
    text = rubric.reference
    found: list[tuple[int, int, int]] = []
    for number, point in enumerate(rubric.key_points, 1):
        words = point.source.words if point.source is not None and point.source.part == "reference" else ""
        if words and (start := text.find(words)) >= 0:
            found.append((start, start + len(words), number))
    edges = sorted({0, len(text), *(edge for start, end, _ in found for edge in (start, end))})
    for start, end in pairwise(edges):
        yield Piece(text[start:end], tuple(number for begin, stop, number in found if begin <= start and end <= stop))


def _places(rubric: Rubric) -> Iterator[str]:
    yield from ("", "question", "reference")
    yield from (f"key_points[{index}]" for index in range(len(rubric.key_points)))
    yield from (f"deductions[{index}]" for index in range(len(rubric.deductions)))
