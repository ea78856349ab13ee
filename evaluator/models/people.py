"""What people say of answers: acts that are only ever added, and what holds after the last of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal

from pydantic import Field, JsonValue, model_validator

from evaluator.models.base import Model, Points, Text
from evaluator.models.grading import Override
from evaluator.models.judging import Level

ActKind = Literal[
    "override", "note", "unnote", "confirm", "unconfirm", "mark", "flag", "unflag", "rubric", "delete",
]  # fmt: skip
"""`rubric` and `delete` are of rubrics, grades and runs as a whole; all others say something of one answer."""
Role = Literal["second", "final"]
"""二评: a person marks the whole answer, beside the judge. 定分: what counts in the end, whatever the points say."""


class Act(Model):
    """One row of the audit log."""

    sequence: int
    created: str
    """UTC, ISO 8601."""
    author: str
    kind: ActKind
    subject: str
    """Which grade, answer of a run, rubric or run."""
    body: dict[str, JsonValue] | None
    """What was said; None once the subject was deleted."""
    hash: str
    """SHA-256 over the hash before it and everything here, in hexadecimal."""


class Note(Model):
    """批注: on the answer as a whole, on a key point, or on a span of the answer."""

    id: int
    text: Text
    key_point: str = ""
    start: int | None = Field(default=None, ge=0)
    """Characters into the answer; None where the note is on no span."""
    end: int | None = None
    author: str
    created: str

    @model_validator(mode="after")
    def _both_ends(self) -> Note:
        if (self.start is None) != (self.end is None) or (self.start or 0) > (self.end or 0):
            raise ValueError("a span has a start and, not before it, an end")
        return self


class Mark(Model):
    """A person's score of the whole answer, in points."""

    role: Role
    score: Points
    author: str
    reason: str = ""
    created: str


class Statement(Model):
    """Who said so, when, and in which words."""

    author: str
    created: str
    text: str = ""


class Said(Model):
    """What holds of one answer after everything that people said of it."""

    overrides: tuple[Override, ...] = ()
    """Every layer, oldest first; the last of a key point counts."""
    notes: tuple[Note, ...] = ()
    second: tuple[Mark, ...] = ()
    """The last of each person, oldest first."""
    final: Mark | None = None
    confirmed: Statement | None = None
    """None also where somebody decided otherwise after it was confirmed."""
    flagged: Statement | None = None
    """异常: something about the answer that a chief examiner must see."""

    @property
    def standing(self) -> Mapping[str, Override]:
        """The overrides that hold, by key point."""
        last = {layer.key_point: layer for layer in self.overrides}
        return {key: layer for key, layer in last.items() if layer.level is not None}


def said(acts: Iterable[Act]) -> Said:
    """What holds after these acts on one answer, oldest first; what was deleted says nothing."""
    state: dict[str, Any] = {"overrides": [], "notes": {}, "second": {}}
    for act in acts:
        if act.body is not None and act.kind in _FOLDED:
            _FOLDED[act.kind](state, act, act.body)
    return Said(
        overrides=tuple(state["overrides"]),
        notes=tuple(state["notes"].values()),
        second=tuple(state["second"].values()),
        final=state.get("final"),
        confirmed=state.get("confirmed"),
        flagged=state.get("flagged"),
    )


_Body = Mapping[str, Any]
_Fold = Callable[[dict[str, Any], Act, _Body], None]


def _override(state: dict[str, Any], act: Act, body: _Body) -> None:
    level = None if body["level"] is None else Level(body["level"])
    layer = Override(
        key_point=body["key_point"], level=level, author=act.author, reason=body["reason"], created=act.created
    )
    state["overrides"].append(layer)
    state["confirmed"] = None


def _note(state: dict[str, Any], act: Act, body: _Body) -> None:
    state["notes"][act.sequence] = Note(id=act.sequence, author=act.author, created=act.created, **body)


def _mark(state: dict[str, Any], act: Act, body: _Body) -> None:
    made = None
    if body["score"] is not None:
        made = Mark(author=act.author, created=act.created, **body)
    if body["role"] == "final":
        state["final"] = made
        state["confirmed"] = None
        return
    state["second"].pop(act.author, None)
    if made is not None:
        state["second"][act.author] = made


def _unnote(state: dict[str, Any], _: Act, body: _Body) -> None:
    state["notes"].pop(body["note"], None)


def _states(name: str) -> _Fold:
    def fold(state: dict[str, Any], act: Act, body: _Body) -> None:
        state[name] = Statement(author=act.author, created=act.created, text=body["text"])

    return fold


def _lifts(name: str) -> _Fold:
    def fold(state: dict[str, Any], _: Act, __: _Body) -> None:
        state[name] = None

    return fold


_FOLDED: Mapping[str, _Fold] = {
    "override": _override,
    "note": _note,
    "unnote": _unnote,
    "mark": _mark,
    "confirm": _states("confirmed"),
    "unconfirm": _lifts("confirmed"),
    "flag": _states("flagged"),
    "unflag": _lifts("flagged"),
}
