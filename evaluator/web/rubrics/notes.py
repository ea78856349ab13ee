"""What is wrong, or could be better, beside the field that it is about."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from evaluator.errors import Problem
from evaluator.models import Rubric
from evaluator.rubrics import Finding, Severity, lint
from evaluator.rubrics.explaining import path
from evaluator.web.speech import Speech

_LAST = re.compile(r"(?:^|\.)[^.\[\]]+$|\[\d+\]$")
_FIX = {
    "max_score": "fix_total", "points": "fix_points", "partial_share": "fix_share", "accept": "fix_lines",
    "reject": "fix_lines",
}  # fmt: skip
Tone = Literal["bad", "warn", "soft"]
_TONES: Mapping[Severity, Tone] = {Severity.ERROR: "bad", Severity.WARNING: "warn", Severity.INFO: "soft"}


@dataclass(frozen=True, slots=True)
class Note:
    """One thing to say; `bad` must be mended before the rubric can be kept."""

    at: str
    """Path of the field that it stands beside; empty for the rubric as a whole."""
    text: str
    tone: Tone


def of_problems(problems: Iterable[Problem], speech: Speech, places: Iterable[str] = ("",)) -> Iterator[Note]:
    """What makes it no rubric: beside the nearest of these places, with what to do in the words of a form."""
    known = frozenset(places)
    for problem in problems:
        at = nearest(problem.field, known)
        what = speech.words(problem.message)
        yield Note(at, f"{what}{speech.say('so_do', hint=_hint(problem, at, speech))}", "bad")


def of_text(problems: Iterable[Problem], speech: Speech) -> Iterator[Note]:
    """The same for a YAML text: by line."""
    for problem in problems:
        where = speech.say("at_yaml_line", line=problem.line) if problem.line else ""
        field = f"{problem.field}: " if problem.field else ""
        hint = speech.say("so_do", hint=speech.words(problem.hint)) if problem.hint else ""
        yield Note("", f"{where}{field}{speech.words(problem.message)}{hint}", "bad")


def of_findings(rubric: Rubric, speech: Speech, places: Iterable[str] | None = None) -> Iterator[Note]:
    """What two people could read differently; without places each at its own path."""
    known = frozenset(places) if places is not None else None
    for finding in lint(rubric):
        where = path(finding.place)
        at = where if known is None else nearest(where, known)
        yield Note(at, _said(finding, speech), _TONES[finding.severity])


def by_place(notes: Iterable[Note]) -> dict[str, list[Note]]:
    """The notes of each place, those that must be mended first."""
    found: dict[str, list[Note]] = {}
    for note in sorted(notes, key=lambda one: ("bad", "warn", "soft").index(one.tone)):
        found.setdefault(note.at, []).append(note)
    return found


def nearest(where: str, places: frozenset[str]) -> str:
    """The place itself, or the closest around it that is there."""
    while where and where not in places:
        where = _LAST.sub("", where, count=1)
    return where


def _said(finding: Finding, speech: Speech) -> str:
    return f"{speech.words(finding.message)}{speech.say('so_do', hint=speech.words(finding.hint))}"


def _hint(problem: Problem, at: str, speech: Speech) -> str:
    """What to do in a form, where nobody writes quotation marks or field names."""
    name = at.rpartition(".")[2] if at else ""
    if name in {"key_points", "any_of"} or not name or at.endswith("]"):
        return speech.words(problem.hint) if problem.hint else speech.say("fix_here")
    return speech.say(_FIX.get(name, "fix_text"))
