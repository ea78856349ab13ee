"""Reading a run of wrongly paired bytes: every text that it can come from, and whether one of them is certain."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass, replace

from evaluator.papers.attestation import OFTEN, Witness
from evaluator.papers.gbk_runs import Seen, Token, character, dropped

GAP = "□"
"""Stands for one character that is lost."""
_BEAM = 24
_WINDOW = 8.0
_MARGIN = 1.5
_UNKNOWN_PAIR = 2.0
_DROPPED = 2.0
_WIDE = 1.0
_COMMA = 0.5
"""The second byte of ， always begins a pair that is dropped."""
_CUTTING = 3.0
"""A site that cuts at these marks would have cut here."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a run may have said: `carry` is the first byte of a character whose second is still to come, 0 for none."""

    cost: float
    before: str
    text: str
    carry: int
    end: int = 0

    @property
    def last(self) -> str:
        """The character before the next one."""
        return self.text[-1:] or self.before


def read(run: tuple[Seen, ...], before: str, carries: dict[int, float], text: str, witness: Witness) -> Reading | None:
    """The certain reading of `run` behind `before`, given what its first byte may be; None where there is none.

    `□` stands in it where readings that are as good say different things, and for a character that the paper shows
    beside neither of its neighbours: two characters may hide behind it.
    """
    open_, done = [Reading(cost, before, "", carry) for carry, cost in carries.items()], []
    for seen in run:
        reached = [further for reading in open_ for further in _after(reading, seen, text, witness)]
        done += [_closed(reading, text, witness) for reading in reached if reading.end]
        open_ = sorted((reading for reading in reached if not reading.end), key=lambda one: one.cost)[:_BEAM]
        open_ = [reading for reading in open_ if reading.cost <= open_[0].cost + _WINDOW]
    done.sort(key=lambda one: one.cost)
    return _agreed(done, text, witness) if done else None


def _agreed(done: list[Reading], text: str, witness: Witness) -> Reading | None:
    best = done[0]
    rivals = [one for one in done if one.cost - best.cost < _MARGIN]
    if any(one.end != best.end for one in rivals):
        return None
    lone = _lone(best, text, witness)
    own = "".join(GAP if at in lone else char for at, char in enumerate(best.text))
    head = _shared([one.text for one in rivals])
    tail = _shared([one.text[head:][::-1] for one in rivals])
    agreed = own if head == len(own) else own[:head] + GAP + own[len(own) - tail :]
    return None if agreed.count(GAP) * 2 > len(agreed) else replace(best, text=agreed)


def _shared(texts: list[str]) -> int:
    """How many characters all begin with."""
    return next((at for at, chars in enumerate(zip(*texts, strict=False)) if len(set(chars)) > 1), min(map(len, texts)))


def _lone(best: Reading, text: str, witness: Witness) -> set[int]:
    """The places of characters that may be two: a dropped pair makes one odd character of the two that it belonged to.

    The paper shows such a one beside neither of its neighbours, and does not use it, or hardly and not the next either.
    """
    around = best.before + best.text + text[best.end : best.end + 1]
    shift = len(best.before)
    alone = [
        char.isalpha() and not char.isascii() and not _accompanied(around, at + shift, witness)
        for at, char in enumerate(best.text)
    ]
    beside = [a or b for a, b in zip([False, *alone], [*alone[1:], False], strict=False)]
    uses = [witness.uses(char) for char in best.text]
    lone = {at for at, count in enumerate(uses) if alone[at] and count < OFTEN and (beside[at] or not count)}
    return lone | {at for at in range(len(uses)) if alone[at] and lone & {at - 1, at + 1}}


def _accompanied(text: str, at: int, witness: Witness) -> bool:
    return witness.knows(text[max(0, at - 1) : at + 1]) or witness.knows(text[at : at + 2])


def _after(reading: Reading, seen: Seen, text: str, witness: Witness) -> Iterator[Reading]:
    for start in (reading, *_restored(reading, seen, witness)):
        yield from _taken(start, seen, text, witness)


def _taken(reading: Reading, seen: Seen, text: str, witness: Witness) -> Iterator[Reading]:
    match seen.token:
        case Token.PAIR:
            yield from _pair(reading, seen, witness)
        case Token.LAST:
            yield from _last(reading, seen, witness)
        case Token.GLOSSED:
            for char in witness.glossed.get(seen.syllable, ()):
                if char.encode("gbk", "ignore")[:1] == bytes((reading.carry,)):
                    yield from _with(reading, char, witness, end=seen.end)
        case Token.LOST:
            yield from _guessed(reading, seen, text[seen.end : seen.end + 1], witness)


def _pair(reading: Reading, seen: Seen, witness: Witness) -> Iterator[Reading]:
    char, second = character(reading.carry, seen.data[0]), seen.data[1]
    if second >= 0x80:
        yield from _with(reading, char, witness, carry=second)
        return
    for one in _with(reading, char, witness, end=seen.end):
        yield replace(one, text=one.text + chr(second))


def _last(reading: Reading, seen: Seen, witness: Witness) -> Iterator[Reading]:
    char = character(reading.carry, seen.data[0])
    if not seen.syllable or char in witness.glossed.get(seen.syllable, char):
        yield from _with(reading, char, witness, end=seen.end)
    if not seen.syllable and seen.data.isalnum():
        wide = character(reading.carry, 0xA3)
        yield from _with(reading, wide, witness, carry=seen.data[0] + 0x80, extra=_WIDE)


def _guessed(reading: Reading, seen: Seen, after: str, witness: Witness) -> Iterator[Reading]:
    # The second byte is gone: a character is certain only where the paper shows a single one in this place.
    fitting = [char for char in _row(reading.carry) if witness.knows(reading.last + char)]
    certain = len(fitting) == 1 and reading.last not in "。，" and witness.knows(fitting[0] + after)
    yield Reading(reading.cost, reading.before, reading.text + (fitting[0] if certain else GAP), 0, seen.end)


def _with(
    reading: Reading, char: str, witness: Witness, *, carry: int = 0, end: int = 0, extra: float = 0
) -> Iterator[Reading]:
    if char:
        cost = reading.cost + extra + witness.cost(char) + company(reading.last, char, witness)
        cost += _CUTTING if char in "；！？" else 0
        yield Reading(cost, reading.before, reading.text + char, carry, end)


def company(left: str, right: str, witness: Witness) -> float:
    """How unlikely two characters are beside each other."""
    if witness.knows(left + right):
        return 0
    return 0.5 if not (left.isalpha() and right.isalpha()) else _UNKNOWN_PAIR


def _restored(reading: Reading, seen: Seen, witness: Witness) -> Iterator[Reading]:
    # A dropped pair took the second byte of one character and the first of the next. Only what the paper says
    # elsewhere can stand in for them.
    for char, second in _ends_dropped(reading.carry):
        if char == "，" or witness.knows(reading.last + char):
            cost = reading.cost + (_COMMA if char == "，" else _DROPPED)
            for carry in _dropped_behind(second):
                if not seen.data or witness.uses(character(carry, seen.data[0])):
                    yield Reading(cost, reading.before, reading.text + char, carry)


def _closed(reading: Reading, text: str, witness: Witness) -> Reading:
    after = text[reading.end : reading.end + 1]
    extra = company(reading.last, after, witness) if after and reading.last != GAP else 0
    return Reading(reading.cost + extra, reading.before, reading.text, 0, reading.end)


@functools.cache
def _row(first: int) -> tuple[str, ...]:
    return tuple(filter(None, (character(first, second) for second in range(0x40, 0xFF))))


@functools.cache
def _ends_dropped(first: int) -> tuple[tuple[str, int], ...]:
    """The characters with that first byte whose second byte can begin a dropped pair, and that byte."""
    coded = ((char, char.encode("gbk")[1]) for char in _row(first))
    return tuple((char, second) for char, second in coded if _dropped_behind(second))


@functools.cache
def _dropped_behind(first: int) -> tuple[int, ...]:
    return tuple(second for second in range(0x81, 0xFF) if dropped(first, second))
