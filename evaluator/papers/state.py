"""Where one pass over a paper stands: the section, the question and the part of it that is being read."""

from __future__ import annotations

from evaluator.papers.headings import asks, stem_points
from evaluator.papers.labels import Part
from evaluator.papers.marks import Mark
from evaluator.papers.raw import RawQuestion, RawSection, Stretch

SAID = frozenset({Part.ANSWER, Part.OUTLINE, Part.ANALYSIS})
"""Parts that say something of a question, rather than ask it."""
_LINE = 300


class Reading:
    """The text, its marks and what was read so far, with a look at what stands around a mark."""

    def __init__(self, text: str, marks: list[Mark], end: int, *, key: bool) -> None:
        self._text, self._marks, self._end, self._key = text, marks, end, key
        self._sections: list[RawSection] = []
        self._question: RawQuestion | None = None
        self._part: Part | None = None
        self._from = 0
        self._style = ""
        self._headed = False
        self._last = 0
        self._listed = 0
        self._sub: tuple[str, int, RawQuestion] | None = None
        self._material: tuple[Stretch, ...] = ()
        self._until = 0
        self._numbered_material = False
        self._orders: dict[str, int] = {}
        self._itemised = 0
        self._head = -1
        self._aside_first = False

    def _following(self, index: int) -> Mark | None:
        return self._marks[index + 1] if index + 1 < len(self._marks) else None

    def _asks(self, mark: Mark) -> bool:
        return asks(self._line(mark))

    def _tells(self, mark: Mark) -> bool:
        """Whether the line of a mark asks something, or is worth points."""
        line = self._line(mark)
        return asks(line) or stem_points(line)[1] is not None

    def _line(self, mark: Mark) -> str:
        newline = self._text.find("\n", mark.end)
        return self._text[mark.end : newline if newline >= 0 else self._end][:_LINE]
