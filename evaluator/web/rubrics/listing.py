"""All rubrics, to find one."""

from __future__ import annotations

from itertools import groupby

from starlette.requests import Request
from starlette.responses import Response

from evaluator.models import Rubric
from evaluator.web import keys
from evaluator.web.rubrics.labels import page
from evaluator.web.shelf import Shelf, paper_of

_LONGEST_SEARCH = 200
_STATES = ("draft", "reviewed")


def rubrics(request: Request) -> Response:
    """By paper; `q` are words that stand in it, `status` is draft or reviewed, `paper` a title."""
    shelf: Shelf = request.app.state.shelf
    query, status, paper = (request.query_params.get(name, "")[:_LONGEST_SEARCH] for name in ("q", "status", "paper"))
    every = shelf.all()
    found = [
        one
        for one in every.values()
        if _holds(one, query)
        and (status not in _STATES or one.status == status)
        and (not paper or paper_of(one) == paper)
    ]
    return page(
        request,
        "rubrics/list",
        papers=[(title, list(group)) for title, group in groupby(sorted(found, key=paper_of), key=paper_of)],
        titles=list(dict.fromkeys(map(paper_of, every.values()))),
        count=len(found),
        origins={one.id: shelf.origin(one.id) for one in found},
        broken=shelf.problems(),
        query=query,
        state=status,
        paper=paper,
        kept=_number(request.query_params.get("kept", "")),
        keys=keys.FORM[1:],
    )


def _holds(rubric: Rubric, query: str) -> bool:
    names = " ".join(point.name for point in rubric.key_points)
    text = f"{rubric.id} {rubric.question} {paper_of(rubric)} {names}".casefold()
    return all(word in text for word in query.casefold().split())


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 0
