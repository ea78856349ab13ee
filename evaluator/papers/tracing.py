"""Text that is being mended, with the way back: every character knows which source character it stands for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from evaluator.models import Span


@dataclass(frozen=True, slots=True)
class Traced:
    """`text`, and for each of its characters the index in the source; indices never fall."""

    text: str
    origins: tuple[int, ...]
    length: int
    """Length of the source."""

    @classmethod
    def of(cls, source: str) -> Traced:
        """The source itself, unchanged."""
        return cls(source, tuple(range(len(source))), len(source))

    def span(self, start: int, end: int) -> Span:
        """The stretch of the source behind `text[start:end]`; what was removed inside it belongs to it.

        An empty stretch gives an empty span at its place. Raises ValueError where the stretch lies outside the text.
        """
        if not 0 <= start <= end <= len(self.text):
            raise ValueError(f"no span {start}:{end} in a text of {len(self.text)} characters")
        if start == end:
            place = self.origins[start] if start < len(self.origins) else self.length
            return Span(start=place, end=place)
        return Span(start=self.origins[start], end=self.origins[end - 1] + 1)

    def edited(self, edits: Iterable[tuple[int, int, str]]) -> Traced:
        """The text after `edits` (start, end, new text), which are in order and do not overlap.

        New characters take the places of the old ones one by one; those in excess stand at the last place.
        """
        pieces: list[str] = []
        origins: list[int] = []
        done = 0
        for start, end, new in edits:
            pieces += (self.text[done:start], new)
            origins += self.origins[done:start]
            origins += self._places(start, end, len(new))
            done = end
        pieces.append(self.text[done:])
        origins += self.origins[done:]
        return Traced("".join(pieces), tuple(origins), self.length)

    def mapped(self, change: Callable[[str], str]) -> Traced:
        """The text with each character changed on its own; `change` gives exactly one character."""
        return Traced("".join(map(change, self.text)), self.origins, self.length)

    def _places(self, start: int, end: int, count: int) -> list[int]:
        if not count:
            return []
        old = self.origins[start:end] or (self.span(start, start).start,)
        return [old[min(index, len(old) - 1)] for index in range(count)]
