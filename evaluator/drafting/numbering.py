"""Ids of drafted rubrics: the slug and the question's number, ASCII, each once."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from itertools import count

from evaluator.drafting.enumerating import number
from evaluator.models.paper import Paper

_ROOM = 40
"""Characters of a slug; an id has 64."""
_NUMBER = re.compile(r"\d+|[一二三四五六七八九十]+|[①-⑳]")


def slug(text: str) -> str:
    """`text` as the beginning of an id: ASCII letters, digits, - and _; `paper` where nothing of it is."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii")
    return re.sub(r"[^A-Za-z0-9_]+", "-", plain).strip("-_")[:_ROOM].rstrip("-_") or "paper"


def endings(paper: Paper) -> tuple[str, ...]:
    """What stands behind the slug for each question, in their order: `03`, or `2-03` where sections count anew.

    A number that cannot be read is replaced by the place in the section.
    """
    numbers = [
        (place, _read(question.number) or f"{index:02d}")
        for place, section in enumerate(paper.sections, 1)
        for index, question in enumerate(section.questions, 1)
    ]
    anew = max(Counter(ending for _, ending in numbers).values(), default=0) > 1
    found: dict[str, None] = {}
    for place, ending in numbers:
        first = f"{place}-{ending}" if anew and len(paper.sections) > 1 else ending
        found[next(name for name in _tries(first) if name not in found)] = None
    return tuple(found)


def _read(printed: str) -> str:
    """Two digits at least, so that files sort; the numbers inside a number behind it: `07-2`."""
    steps = [number(part) for part in _NUMBER.findall(printed)[:3]]
    if not steps or not all(0 < step < 10_000 for step in steps):
        return ""
    return "-".join([f"{steps[0]:02d}", *map(str, steps[1:])])


def _tries(first: str) -> Iterator[str]:
    yield first
    yield from (f"{first}-{again}" for again in count(2))
