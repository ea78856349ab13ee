"""What an edit would do, before it is kept: what it says now, who changes and by how much."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from evaluator.models import Rubric
from evaluator.rubrics import content_hash, judging_hash
from evaluator.web.authors import author_of
from evaluator.web.rubrics.affected import Group, affected, shown_first
from evaluator.web.rubrics.labels import page, told
from evaluator.web.shelf import Edition, Shelf
from evaluator.web.showing import speech_of

SHOWN = 100
"""Answers listed one by one."""


def preview(request: Request, now: Edition, new: Rubric, text: str, version: str) -> Response:
    """Who changes; a file that another changed meanwhile comes first."""
    if version != now.version:
        return conflict(request, now, new, text)
    return _page(request, now, new, text)


def unnamed(request: Request, now: Edition, new: Rubric, text: str, *, back: bool) -> Response:
    """The same page once more: whoever changes what others are scored by gives a name."""
    return _page(request, now, new, text, back=back, missing=True)


def back_to_shipped(request: Request, now: Edition) -> Response:
    """Who changes where the edited copy goes."""
    shelf: Shelf = request.app.state.shelf
    shipped = shelf.shipped(now.rubric.id)
    if shipped is None:
        raise HTTPException(404, "no_rubric")
    return _page(request, now, shipped.rubric, "", back=True)


def conflict(request: Request, now: Edition, mine: Rubric, text: str) -> Response:
    """Both versions, and what differs; nothing that was typed is lost."""
    found = told(now.rubric, mine, speech_of(request))
    return page(request, "rubrics/conflict", 409, edition=now, text=text, told=found, keys=())


def _page(
    request: Request, now: Edition, new: Rubric, text: str, *, back: bool = False, missing: bool = False
) -> Response:
    state = request.app.state
    groups = affected(new, state)
    return page(
        request,
        "rubrics/preview",
        422 if missing else 200,
        edition=now,
        rubric=new,
        text=text,
        back=back,
        unchanged=content_hash(new) == content_hash(now.rubric),
        told=told(now.rubric, new, speech_of(request)),
        reworded=judging_hash(new) != judging_hash(now.rubric),
        groups=groups,
        listed=shown_first(groups, SHOWN),
        counts=_counts(groups),
        desk=state.desk,
        author=author_of(request),
        missing=missing,
        keys=(),
    )


def _counts(groups: tuple[Group, ...]) -> dict[str, float]:
    differences = [one.difference for group in groups for one in group.changed]
    return {
        "changed": len(differences),
        "up": sum(one > 0 for one in differences),
        "down": sum(one < 0 for one in differences),
        "mean": sum(differences) / len(differences) if differences else 0.0,
        "again": sum(len(group.again) for group in groups),
        "same": sum(group.same for group in groups),
        "overridden": sum(bool(one.overridden) for group in groups for one in (*group.changed, *group.again)),
    }
