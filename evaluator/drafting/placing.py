"""From a place in a question's text back to the file: the text is repaired, its characters may have moved."""

from __future__ import annotations

from bisect import bisect_left
from typing import Protocol

from evaluator.drafting.pieces import Piece
from evaluator.models.paper import Span


class Mended(Protocol):
    """A repaired text with the way back, as `papers.mend` gives it."""

    @property
    def text(self) -> str:
        """The repaired text."""

    @property
    def origins(self) -> tuple[int, ...]:
        """The index in the source of each of its characters, never falling."""

    def span(self, start: int, end: int) -> Span:
        """The span of the source behind `text[start:end]`."""


def place(text: str, piece: Piece, span: Span, mended: Mended | None) -> Span:
    """Where in the decoded source the piece of `text` stands, `span` being where the whole text does.

    Exact where `mended` is given, or where repair changed no lengths; else the whole span.
    """
    whole = Span(start=span.start, end=max(span.end, span.start + 1))
    if mended is None:
        exact = Span(start=span.start + piece.start, end=span.start + piece.end)
        return exact if span.end - span.start == len(text) else whole
    first, last = (bisect_left(mended.origins, edge) for edge in (span.start, span.end))
    found = _through(text, piece, mended, first, last)
    return found if found is not None and found.end > found.start else whole


def _through(text: str, piece: Piece, mended: Mended, first: int, last: int) -> Span | None:
    """White space aside, the text is a stretch of the mended one; its ends may lie inside the stretch."""
    region = [index for index in range(first, last) if not mended.text[index].isspace()]
    wanted = [index for index, char in enumerate(text) if not char.isspace()]
    found = "".join(mended.text[index] for index in region).find("".join(text[index] for index in wanted))
    if found < 0:
        return _by_words(text, piece, mended, first, last)
    inside = [found + number for number, index in enumerate(wanted) if piece.start <= index < piece.end]
    return mended.span(region[inside[0]], region[inside[-1]] + 1) if inside else None


def _by_words(text: str, piece: Piece, mended: Mended, first: int, last: int) -> Span | None:
    """The text was put together from several places: the words themselves, if they stand there once."""
    words = piece.of(text)
    at = mended.text.find(words, first, last)
    if at < 0 or mended.text.find(words, at + 1, last) >= 0:
        return None
    return mended.span(at, at + len(words))
