"""Keys of answers: what `1-5 BCADA` says of each question."""

from __future__ import annotations

import re

from evaluator.papers.marks import Mark
from evaluator.papers.raw import Stretch

_BOUNDS = re.compile(r"(\d{1,3})\D+(\d{1,3})")
_RUN = re.compile(r"[A-Ha-h√×✓✗对错TFＴＦ\s,，、;；/|]+")
_GROUP = re.compile(r"[^\s,，、;；/|]+")
_SIGN = re.compile(r"[A-Ha-h√×✓✗对错TFＴＦ]")


def answers(text: str, mark: Mark) -> list[tuple[int, Stretch]]:
    """The numbers of a range with the stretch of the answer to each; nothing where their counts differ."""
    bounds = _BOUNDS.search(text, mark.start, mark.end)
    run = _RUN.match(text, mark.end)
    if not bounds or not run:
        return []
    first, last = int(bounds[1]), int(bounds[2])
    line = text.find("\n", mark.end, run.end())
    ends = [run.end()] if line < 0 else [line, run.end()]
    for end in ends:
        for pattern in (_GROUP, _SIGN):
            found = [match.span() for match in pattern.finditer(text, mark.end, end)]
            if len(found) == last - first + 1:
                return list(zip(range(first, last + 1), found, strict=True))
    return []
