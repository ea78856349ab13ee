"""What people gave an answer, as a journal keeps it: one text, empty where nobody scored."""

from __future__ import annotations

from pydantic import TypeAdapter

from evaluator.models import HumanScore

_SCORES = TypeAdapter(tuple[HumanScore, ...])


def kept(scores: tuple[HumanScore, ...]) -> str:
    """The text to keep."""
    return _SCORES.dump_json(scores).decode() if scores else ""


def read(text: str) -> tuple[HumanScore, ...]:
    """What a kept text says."""
    return _SCORES.validate_json(text) if text else ()


def together(before: str, later: tuple[HumanScore, ...]) -> tuple[HumanScore, ...]:
    """With what was kept before: one entry a rater, in the order of their first; of one rater the later counts."""
    return tuple({one.rater: one for one in (*read(before), *later)}.values())


def by_others(before: str, later: tuple[HumanScore, ...]) -> bool:
    """Whether people gave `later` of whom nothing was kept before."""
    return bool(later) and {one.rater for one in read(before)}.isdisjoint(one.rater for one in later)
