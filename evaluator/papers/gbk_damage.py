"""Mending GBK damage: what can only have been one text is put back, the rest is marked and left."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass

from evaluator.papers.attestation import UNUSUAL, Witness
from evaluator.papers.gbk_runs import CUT, MARKS, TORN, Seen, Token, run_from, two_bytes
from evaluator.papers.gbk_search import GAP, Reading, company, read
from evaluator.papers.tracing import Traced

_TAIL = re.compile(r"[^,，。;；!！\n]{0,24}")
_BEFORE_GLOSS = re.compile(r"[(（][^()（）]{1,6}[)）]$")
_PRIVATE = re.compile("[\ue000-\uf8ff]")
_STOPS = frozenset(",，。;；")
_MANY = 2
_HONEST = 3.0
"""By so much a mended text must be likelier than what stands there before marks such as ?! count as damage."""


@dataclass(frozen=True, slots=True)
class Damage:
    """One damaged place of the text before mending."""

    start: int
    end: int
    mended: str | None
    """What it said; None where that is not certain. `□` stands for a character that is lost."""

    @property
    def lost(self) -> bool:
        """Whether something could not be restored."""
        return self.mended is None or GAP in self.mended


def mended_gbk(traced: Traced) -> tuple[Traced, tuple[Damage, ...]]:
    """The text with what is certain put back, and every damaged place of `traced.text`."""
    text = traced.text
    if not CUT.search(text) and not TORN.search(text):
        return traced, ()
    damages = tuple(_damages(text))
    edits = [(one.start, one.end, one.mended) for one in damages if one.mended is not None]
    return traced.edited(edits), damages


def _damages(text: str) -> list[Damage]:
    places = sorted(found.start() for pattern in (CUT, TORN) for found in pattern.finditer(text))
    tails = [_TAIL.match(text, place + 2) for place in places]
    witness = Witness.of(text, [(place, tail.end()) for place, tail in zip(places, tails, strict=True) if tail])
    damages: list[Damage] = []
    for place in places:
        if damages and place < damages[-1].end:
            continue
        torn = TORN.match(text, place)
        damage = _torn(text, place, torn, witness) if torn else _cut(text, place, witness)
        if damage:
            damages.append(damage)
    return damages


def _cut(text: str, place: int, witness: Witness) -> Damage | None:
    before = text[_base(text, place)] if place else ""
    run = run_from(text, place + 2)
    found = read(run, "。", {MARKS[text[place + 1]]: 0.0}, text, witness) if run else None
    shown = text[place + 2 : found.end if found else place + 10]
    if not _broken(text, place, run, shown) and _honest(shown, found, witness):
        return None
    if found is None:
        return Damage(place, run[-1].end if run else place + 2, None)
    return Damage(place, found.end, _character_before_cut(before, found.text[0], witness) + found.text)


def _broken(text: str, place: int, run: tuple[Seen, ...], shown: str) -> bool:
    """Whether no author can have written this.

    ?! and ?? are what an author may write. ?; is not, nor are private characters, a bracket that was never opened, and
    a question mark before a comma.
    """
    torn = any(seen.token is Token.GLOSSED for seen in run)
    lone = bool(run) and run[-1].token is Token.LOST and text[run[-1].end : run[-1].end + 1] in _STOPS
    return torn or lone or text[place + 1] in ";；" or _PRIVATE.search(shown) is not None


def _honest(shown: str, found: Reading | None, witness: Witness) -> bool:
    if found is None:
        return sum(witness.cost(char) == UNUSUAL for char in shown) < _MANY
    return _strangeness(shown, witness) < _HONEST + found.cost


def _strangeness(shown: str, witness: Witness) -> float:
    alone = sum(witness.cost(char) for char in shown if char.isalpha() and not char.isascii())
    return alone + sum(company(left, right, witness) for left, right in itertools.pairwise(shown))


def _character_before_cut(before: str, after: str, witness: Witness) -> str:
    """The character whose second byte is A3: 。 unless the paper shows another in this company."""
    others = [bytes((first, 0xA3)).decode("gbk", "ignore") for first in range(0xB0, 0xF8)]
    others = [other for other in others if other and before and witness.knows(before + other)]
    fitting = [other for other in others if witness.knows(other + after)]
    stops = witness.knows(before + "。")
    if not fitting and (stops or not others):
        return "。"
    fitting = fitting or others
    return fitting[0] if len(fitting) == 1 and not stops else GAP


def _torn(text: str, place: int, torn: re.Match[str], witness: Witness) -> Damage:
    base = _base(text, place)
    code = two_bytes(text[base]) if place else b""
    carries = {
        glossed[1]: 0.0
        for char in witness.glossed.get(torn.group(1), ())
        if len(glossed := two_bytes(char)) == 2 and glossed[:1] == code[1:]
    }
    run = run_from(text, torn.end())
    found = read(run, text[base], carries, text, witness) if run and carries else None
    if found is None:
        return Damage(place, run[-1].end if run else torn.end(), None)
    return Damage(place, found.end, found.text)


def _base(text: str, place: int) -> int:
    """Index of the character before `place`, looking past pinyin behind it."""
    gloss = _BEFORE_GLOSS.search(text, max(0, place - 9), place)
    return max(0, (gloss.start() if gloss else place) - 1)
