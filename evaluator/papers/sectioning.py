"""Which marks of a pass head a section, given what went before and what follows."""

from __future__ import annotations

import dataclasses
import re

from evaluator.papers.headings import Heading, asks, declares, heads, read_heading
from evaluator.papers.labels import Part
from evaluator.papers.marks import Mark, Sign
from evaluator.papers.state import SAID, Reading

_BARE_TITLE = 12
_HEADING, _PART_HEADING = 40, 80
"""Characters of a heading."""


class Sectioning(Reading):
    """A pass that can tell the heading of a section from a question and from an item of an answer."""

    def _line_end(self, mark: Mark, index: int) -> int:
        newline = self._text.find("\n", mark.end)
        ends = [newline if newline >= 0 else self._end, self._end]
        ends += [following.start for following in self._marks[index + 1 : index + 2] if following.start >= mark.end]
        return min(ends)

    def _is_heading(self, mark: Mark, line: str, index: int) -> bool:
        in_answer = self._part in SAID
        if mark.style in {"part", "english"}:
            return len(line) <= _PART_HEADING
        if mark.style == "bare":
            return not in_answer or heads(line) or self._asked_next(mark, line, index)
        due = mark.number == self._orders.get(mark.style, 0) + 1
        if mark.style == "topic":
            return (due or not mark.number) and self._asked_next(mark, line, index)
        if mark.style == "titled":
            begins = not self._text[: min(mark.start, _HEADING)].strip()
            return not begins and self._asked_next(mark, line, index)
        if mark.style == "bracket":
            return heads(line) and declares(line) and due
        return self._is_numbered_heading(mark, line, index, due=due)

    def _asked_next(self, mark: Mark, line: str, index: int) -> bool:
        """Whether a question stands right below the line."""
        following = self._following(index)
        if following is None or len(line.strip()) > _HEADING or asks(line):
            return False
        below = self._text[mark.end + len(line) : following.start].strip()
        return following.sign is Sign.NUMBER and following.number <= max(1, self._last + 1) and not below

    def _is_numbered_heading(self, mark: Mark, line: str, index: int, *, due: bool) -> bool:
        in_answer = self._part in SAID
        near = self._marks[index + 1 : index + 3]
        following = next((one for one in near if one.part is not Part.MATERIAL), None)
        counts = following is not None and following.sign is Sign.NUMBER and following.number == 1
        if not line.strip() or (asks(line) and not heads(line)):
            keyed = self._key and following is not None and following.sign is Sign.NUMBER and following.inline
            opens = not in_answer or (self._key and due)
            return (counts or keyed) and not line.strip() and opens
        if in_answer:
            answered = counts and following is not None and following.answered
            listed = mark.number == self._itemised + 1 > 1
            return due and not listed and (heads(line) or answered or self._is_bare_title(mark, line))
        if due and self._is_bare_title(mark, line) and self._asked_next(mark, line, index):
            return True
        return heads(line) or (counts and len(line.strip()) <= _HEADING)

    def _is_bare_title(self, mark: Mark, line: str) -> bool:
        """三、结束 below the answers of 二、提问."""
        plain = not re.search(r"[\s。；;，,？?：:]", line.strip())
        return mark.style in self._orders and not mark.inline and plain and len(line.strip()) <= _BARE_TITLE

    def _heading_above(self, at: int) -> Heading:
        """What the last line before the first question says, if that is about the questions: 判断题（每题2分）."""
        line = self._text[:at].rstrip().rpartition("\n")[2]
        return dataclasses.replace(read_heading(line), title="") if len(line) <= _PART_HEADING else Heading()
