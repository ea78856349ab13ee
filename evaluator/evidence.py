"""Evidence: from what a judge names to exact spans of the answer, and what becomes of a verdict without any.

No evidence, no hit. A span is always cut from the answer as given; a quote only tells where to look.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from rapidfuzz import fuzz

from evaluator.clauses import Clause
from evaluator.models import Evidence, Level, Verdict
from evaluator.text import Normalised, folded, normalise, simplified

NO_EVIDENCE = "no_evidence"
"""Cause: a hit or partial that points to nothing."""
UNVERIFIED_EVIDENCE = "unverified_evidence"
"""Cause: what it points to does not stand in the answer."""
EVIDENCE_IS_INSTRUCTION = "evidence_is_instruction"
"""Cause: what it points to is an attempt to steer the examiner."""

_LEAST = 2
"""Folded characters without which a span says nothing."""
_FUZZY_FROM, _FUZZY_TO, _FUZZY_SCORE = 10, 600, 90.0
"""Folded length of quotes that may differ a little from the answer, and how alike they must be, 0 to 100."""
_TORN_FROM = 8
"""A quote of this length may begin inside a word: chance no longer explains it."""
_PART, _GAP = 4, 80
"""Least length of a part of a quote with an ellipsis; how much of the answer all ellipses may leave out."""

_ELLIPSIS = re.compile(r"\[?(?:…+|⋯+|\.{3,}|。{2,})\]?")
_POLARITY = re.compile(r"[不没无未非别勿莫否]|\b(?:not?|never|none|cannot|without|\w+n['’]t)\b")
_NUMBER = re.compile(r"\d+(?:\.\d+)?|[一二三四五六七八九十百千万]+")


def from_numbers(clauses: Sequence[Clause], numbers: Iterable[int]) -> tuple[Evidence, ...]:
    """The spans of the numbered clauses, in the order of the answer; adjacent clauses become one span.

    `clauses` is what `clauses.cut` gave, whole or one window of it. Raises ValueError for a number it does not hold.
    """
    wanted = sorted(set(numbers))
    if unknown := [number for number in wanted if not has_number(clauses, number)]:
        raise ValueError(f"no clause {', '.join(map(str, unknown))}; the answer has {_range(clauses)}")
    first = clauses[0].number if clauses else 0
    return tuple(_joined(run) for run in _runs([clauses[number - first] for number in wanted]))


def has_number(clauses: Sequence[Clause], number: int) -> bool:
    """Whether one of the clauses, which follow one another, has that number."""
    return bool(clauses) and clauses[0].number <= number <= clauses[-1].number


def from_quote(answer: str, quote: str) -> Evidence | None:
    """The place in `answer` that `quote` was taken from; None where there is none.

    Looked for exactly, then without regard to writing (繁简, width, case, punctuation), then part by part where the
    quote leaves something out with an ellipsis, then with small differences; never over a difference in a negation or
    a number. The first place counts where there are several.
    """
    wanted = folded(quote)
    if not wanted:
        return None
    span = _exact(answer, quote.strip(), wanted)
    if span is None:
        whole = normalise(answer)
        span = _find(answer, whole, wanted) or _in_parts(answer, whole, quote) or _alike(answer, whole, quote)
    return None if span is None else _evidence(answer, *span)


def verified(verdict: Verdict, answer: str, forbidden: Sequence[tuple[int, int]] = ()) -> Verdict:
    """The verdict with evidence that holds, or `unscored` with the cause where a hit or partial has none left.

    Evidence must equal the answer at its place and say something. What of it lies in `forbidden` spans (attempts to
    steer the examiner) is cut off. `missed` and `unscored` keep their level, whatever their evidence.
    """
    exact = [item for item in verdict.evidence if answer[item.start : item.end] == item.text and _says(item.text)]
    kept = tuple(dict.fromkeys(piece for item in exact for piece in _outside(item, answer, forbidden)))
    if kept or verdict.level not in {Level.HIT, Level.PARTIAL}:
        return verdict if kept == verdict.evidence else verdict.model_copy(update={"evidence": kept})
    unheld = EVIDENCE_IS_INSTRUCTION if exact else UNVERIFIED_EVIDENCE
    cause = unheld if verdict.evidence else NO_EVIDENCE
    return verdict.model_copy(update={"level": Level.UNSCORED, "cause": cause, "evidence": (), "confidence": None})


# --- clauses ---------------------------------------------------------------------------------------------------------


def _range(clauses: Sequence[Clause]) -> str:
    return f"{clauses[0].number} to {clauses[-1].number}" if clauses else "none"


def _runs(chosen: Sequence[Clause]) -> Iterator[list[Clause]]:
    run: list[Clause] = []
    for clause in chosen:
        if run and not _adjacent(run[-1], clause):
            yield run
            run = []
        run.append(clause)
    if run:
        yield run


def _adjacent(one: Clause, other: Clause) -> bool:
    return other.number == one.number + 1 and other.start == one.end + len(one.after)


def _joined(run: Sequence[Clause]) -> Evidence:
    text = "".join(clause.text + clause.after for clause in run[:-1]) + run[-1].text
    return Evidence(start=run[0].start, end=run[-1].end, text=text)


# --- quotes ----------------------------------------------------------------------------------------------------------


def _evidence(answer: str, start: int, end: int) -> Evidence:
    # Folding drops accents and selectors; they belong to the character before them.
    while end < len(answer) and unicodedata.category(answer[end]) in {"Mn", "Me"}:
        end += 1
    return Evidence(start=start, end=end, text=answer[start:end])


def _exact(answer: str, quote: str, wanted: str) -> tuple[int, int] | None:
    return _first(answer, ((at, at + len(quote)) for at in _places(answer, quote)), wanted)


def _find(answer: str, whole: Normalised, wanted: str, after: int = 0) -> tuple[int, int] | None:
    spans = (whole.span(at, at + len(wanted)) for at in _places(whole.text, wanted, after))
    return _first(answer, spans, wanted)


def _places(text: str, wanted: str, after: int = 0) -> Iterator[int]:
    at = text.find(wanted, after)
    while at >= 0:
        yield at
        at = text.find(wanted, at + 1)


def _first(answer: str, spans: Iterable[tuple[int, int]], wanted: str) -> tuple[int, int] | None:
    """The first span that is whole words; a very short quote must be the whole answer."""
    torn = None
    for start, end in spans:
        if len(wanted) < _LEAST and (answer[:start] + answer[end:]).strip():
            return None
        if not _tears_a_word(answer, start) and not _tears_a_word(answer, end):
            return start, end
        torn = torn or (start, end)
    return torn if len(wanted) >= _TORN_FROM else None


def _tears_a_word(answer: str, place: int) -> bool:
    around = answer[max(place - 1, 0) : place + 1]
    return place > 0 and len(around) == 2 and around.isascii() and around.isalnum()


def _in_parts(answer: str, whole: Normalised, quote: str) -> tuple[int, int] | None:
    """A quote that leaves out a middle: from its first part to its last, or its longest part where they lie apart."""
    parts = [part for piece in _ELLIPSIS.split(quote) if (part := folded(piece))]
    if len(parts) < 2 or min(map(len, parts)) < _PART:
        return None
    found = [_find(answer, whole, part) for part in parts]
    spans = [span for span in found if span is not None]
    if len(spans) < len(parts):
        return None
    start, end = spans[0][0], spans[-1][1]
    in_order = all(one[1] <= other[0] for one, other in pairwise(spans))
    if in_order and end - start <= sum(last - first for first, last in spans) + _GAP:
        return start, end
    return max(spans, key=lambda span: span[1] - span[0])


def _alike(answer: str, whole: Normalised, quote: str) -> tuple[int, int] | None:
    wanted = folded(quote)
    if not _FUZZY_FROM <= len(wanted) <= min(_FUZZY_TO, len(whole.text) * 1.1):
        return None
    found = fuzz.partial_ratio_alignment(wanted, whole.text, score_cutoff=_FUZZY_SCORE)
    if found is None:
        return None
    start, end = _tight(wanted, whole.text, found.dest_start, found.dest_end)
    if fuzz.ratio(wanted, whole.text[start:end]) < _FUZZY_SCORE:
        return None
    span = whole.span(start, end)
    return span if _says_the_same(quote, answer[slice(*span)]) else None


def _tight(wanted: str, text: str, start: int, end: int) -> tuple[int, int]:
    """The window moved at its edges to what is most like the quote: the alignment keeps the length of the quote."""
    slack = max(2, len(wanted) // 8)
    for _ in range(2):
        ends = range(max(end - slack, start + 1), min(end + slack, len(text)) + 1)
        end = max(ends, key=lambda place: fuzz.ratio(wanted, text[start:place]))
        starts = range(max(start - slack, 0), min(start + slack, end - 1) + 1)
        start = max(starts, key=lambda place: fuzz.ratio(wanted, text[place:end]))
    return start, end


def _says_the_same(quote: str, found: str) -> bool:
    quoted, text = _plain(quote), _plain(found)
    same_polarity = Counter(_POLARITY.findall(quoted)) == Counter(_POLARITY.findall(text))
    # Numbers may be left out, such as those of a list, but not invented.
    return same_polarity and Counter(_NUMBER.findall(quoted)) <= Counter(_NUMBER.findall(text))


def _plain(text: str) -> str:
    return "".join(map(simplified, unicodedata.normalize("NFKC", text).casefold()))


# --- verifying -------------------------------------------------------------------------------------------------------


def _says(text: str) -> bool:
    return folded(text) != ""


def _outside(item: Evidence, answer: str, forbidden: Sequence[tuple[int, int]]) -> Iterator[Evidence]:
    """What of the evidence lies outside the forbidden spans and still says something."""
    place = item.start
    overlapping = sorted(span for span in forbidden if span[0] < item.end and span[1] > item.start)
    if not overlapping:
        yield item
        return
    for start, end in [*overlapping, (item.end, item.end)]:
        piece = answer[place:start].strip() if start > place else ""
        if len(folded(piece)) >= _LEAST:
            begin = answer.index(piece, place)
            yield Evidence(start=begin, end=begin + len(piece), text=piece)
        place = max(place, end)
