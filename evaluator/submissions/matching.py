"""A question as a source prints it -> its rubric, or the nearest ones where that is doubtful."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence

from rapidfuzz import fuzz, process

from evaluator.models import Rubric
from evaluator.papers import numerals
from evaluator.submissions import headers
from evaluator.submissions.column_map import How, Match, Near
from evaluator.text import normalise

CERTAIN = 90
"""Similarity, 0 to 100, from which a stem is taken to be a rubric's, where no other one reaches it."""
_SHOWN = 3
_PART_OF_ID = re.compile(r"[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*")
_DIGITS_IN_ID = re.compile(r"(?:^|[-_])(\d{1,3})(?:[-_]|$)")


class Matcher:
    """Matches against a fixed set of rubrics: id, number, stem, nearly the stem; never a guess."""

    def __init__(self, rubrics: Sequence[Rubric]) -> None:
        self.rubrics = tuple(rubrics)
        self._ids = {rubric.id.casefold(): rubric.id for rubric in rubrics}
        self._stems: dict[str, list[str]] = {}
        for rubric in rubrics:
            self._stems.setdefault(normalise(rubric.question).text, []).append(rubric.id)
        self._numbers = _numbers(rubrics)
        printed = [_printed_number(rubric) for rubric in rubrics]
        self.restarting = bool(self._numbers) and len(set(printed)) < len(printed) and any(printed)
        """Whether the paper counts anew in each section: then 第1题 is only sure beside all the other numbers."""
        self._labels = {number: [r.id for r in rubrics if number in _labels(r)] for number in range(1, 200)}
        self.match = functools.lru_cache(maxsize=4096)(self._match)

    def certain(self, printed: str) -> Match | None:
        """The rubric that is named by id, by number or by its whole stem; None where none is."""
        for found, how in ((self._by_id(printed), How.ID), (self._by_number(printed), How.NUMBER)):
            if found:
                return Match(rubric=found, how=how)
        return self.exact(printed)

    def begins(self, printed: str, shortest: int) -> bool:
        """Whether a stem begins so and goes on."""
        key = headers.read(printed).key
        return len(key) >= shortest and any(stem.startswith(key) and stem != key for stem in self._stems)

    def exact(self, printed: str) -> Match | None:
        """The rubric whose stem this is."""
        for key in (headers.read(printed).key, normalise(printed).text):
            same = self._stems.get(key, ())
            if key and len(same) == 1:
                return Match(rubric=same[0], how=How.EXACT)
        return None

    def numbered(self, number: int) -> tuple[Near, ...]:
        """The rubrics that a number may mean."""
        return tuple(Near(rubric=one, similarity=0) for one in self._labels.get(number, ()))[:_SHOWN]

    def _match(self, printed: str) -> Match:
        return self.certain(printed) or self._fuzzy(printed)

    def _by_id(self, printed: str) -> str:
        text = printed.strip().casefold()
        if text in self._ids:
            return self._ids[text]
        part = _PART_OF_ID.match(text)
        if not part or not re.search(r"[a-z]", part.group()) or not re.search(r"\d", part.group()):
            return ""
        word, rest = part.group(), normalise(text[part.end() :]).text
        if rest:  # the id and then the stem; anything else is said of the question, such as its score
            rubric = self._ids.get(word, "")
            stem = next((stem for stem, ids in self._stems.items() if rubric in ids), "")
            return rubric if fuzz.ratio(stem, rest) >= CERTAIN else ""
        longer = [rubric for known, rubric in self._ids.items() if known.startswith(f"{word}-")]
        return longer[0] if len(longer) == 1 else ""

    def _by_number(self, printed: str) -> str:
        header = headers.read(printed)
        return "" if header.key else self._numbers.get(header.number, "")

    def _fuzzy(self, printed: str) -> Match:
        header = headers.read(printed)
        near = self._near(header.key)
        certain = [one for one in near if one.similarity >= CERTAIN]
        if len(certain) == 1:
            return Match(rubric=certain[0].rubric, how=How.FUZZY, similarity=certain[0].similarity)
        if not header.key and header.number:
            return Match(candidates=self.numbered(header.number))
        return Match(candidates=tuple(near[:_SHOWN]))

    def _near(self, key: str) -> list[Near]:
        found = process.extract(key, list(self._stems), scorer=fuzz.ratio, limit=None) if key else []
        return [
            Near(rubric=rubric, similarity=int(score))
            for stem, score, _ in found
            if score > 0
            for rubric in self._stems[stem]
        ]


def _numbers(rubrics: Sequence[Rubric]) -> dict[int, str]:
    """Rubrics by number, where every way to number them says 1, 2, 3 … in the order given."""
    order = list(range(1, len(rubrics) + 1))
    ways = ([_printed_number(rubric) for rubric in rubrics], [_number_in_id(rubric) for rubric in rubrics])
    said = [way for way in ways if len(set(way)) == len(way) and any(way)]
    if not said or any(way != order for way in said):
        return {}
    return {number: rubric.id for number, rubric in zip(order, rubrics, strict=True)}


def _labels(rubric: Rubric) -> set[int]:
    return {_printed_number(rubric), _number_in_id(rubric)} - {0}


def _printed_number(rubric: Rubric) -> int:
    return numerals.value(rubric.provenance.number) if rubric.provenance else 0


def _number_in_id(rubric: Rubric) -> int:
    found = _DIGITS_IN_ID.search(rubric.id)
    return int(found[1]) if found else 0
