"""The text of one candidate's document -> answers, each under the heading of its question."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from evaluator.models import Rubric
from evaluator.papers import numerals
from evaluator.submissions import headers
from evaluator.submissions.column_map import How, Match, Role
from evaluator.submissions.matching import Matcher
from evaluator.text import normalise

_EXPLICIT = re.compile(
    rf"\s*(?:\d{{1,3}}\s*[、.．]\s*)?(?:第\s*(\d{{1,3}}|[{numerals.CHINESE}]{{1,4}})\s*[题題](?!目[的是])|(?:试题|試題|題目|题目)\s*(\d{{1,3}})(?!\d)"
    r"|(?:Q|Question)\s*[.#]?\s*(\d{1,3})(?![\dA-Za-z]))\s*[、.．:：)）\-]*\s*",
    re.IGNORECASE,
)
_PLAIN = re.compile(r"\s*(\d{1,2})\s*[、.．)）]\s*(?!\d)")
_ANSWER_LABEL = re.compile(r"\s*(?:答案?|回答|作答|我的(?:答案|回答)|Answer)\s*[:：]\s*", re.IGNORECASE)
_SECTION = re.compile(
    r"\s*(?:第?[一二三四五六七八九十]{1,3}(?:[、.．]|部分)|Part\s+\w+)\s*.{0,6}"
    r"(?:选择|填空|简答|问答|论述|案例|判断|主观|客观|情景|综合|题)[^。；]{0,30}\s*",
    re.IGNORECASE,
)
_FIELD = re.compile(r"([\w\u3400-\u9fff]{1,8})\s*[:：\t]\s*([^\s:：]+)")
_FILLED = re.compile(r"[（(]\s*([A-Ha-h]{1,8}|[√×✓✗对错])\s*[)）]")
_SHORTEST_PART = 8
"""Characters of a broken stem from which its first line is known."""
_STEM_LINES = 4


@dataclass(slots=True)
class Part:
    """A heading with the lines below it; the match of `printed` names no rubric where it is unknown."""

    printed: str
    match: Match
    first: int
    """Line of the heading, from 1."""
    lines: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """What stands below the heading, without a label such as 答：."""
        return _ANSWER_LABEL.sub("", "\n".join(self.lines).strip(), count=1).strip() if self.lines else ""


@dataclass(slots=True)
class Sheet:
    """A document taken apart. Every line of it is in one of these."""

    parts: list[Part]
    before: list[str]
    """Lines above the first heading that say nothing of the candidate, and titles of sections."""
    candidate: str
    name: str

    def answers(self, rubrics: dict[str, Rubric]) -> dict[str, str]:
        """The answers by rubric; two parts of one question are one answer."""
        found: dict[str, str] = {}
        for part in self.parts:
            if rubric := rubrics.get(part.match.rubric):
                text = _answer(part, rubric)
                found[rubric.id] = "\n".join(filter(None, (found.get(rubric.id, ""), text)))
        return found


def take_apart(text: str, matcher: Matcher, given: Callable[[str], Match | None]) -> Sheet:
    """Find the headings of a document.

    `given` is what a person said of a line, with no rubric where it is to be left out.
    """
    lines = text.split("\n")
    headings = list(_headings(lines, matcher, given))
    if not any(match.rubric for _, _, match, _ in headings):
        headings = _numbered(lines, matcher) or headings
    if not headings and len(matcher.rubrics) == 1:
        headings = [(-1, 0, Match(rubric=matcher.rubrics[0].id, how=How.ONLY), "")]
    headings = _sure(_headings_only(headings), matcher)
    before, candidate, name = _above(lines[: max(headings[0][0], 0)] if headings else lines)
    sheet = Sheet([], before, candidate, name)
    for place, (at, depth, match, inline) in enumerate(headings):
        end = headings[place + 1][0] if place + 1 < len(headings) else len(lines)
        part = Part(" ".join(lines[max(at, 0) : at + depth]).strip(), match, at + 1)
        body = lines[at + depth : end] if at >= 0 else _above(lines)[0]
        for line in [inline, *body]:
            (sheet.before if _SECTION.fullmatch(line) else part.lines).append(line)
        sheet.parts.append(part)
    sheet.before = [line for line in sheet.before if line.strip()]
    return sheet


Heading = tuple[int, int, Match, str]
"""Line from 0 (-1 for a document without headings), how many lines, what it means, and what of the answer is in it."""


def _headings(lines: Sequence[str], matcher: Matcher, given: Callable[[str], Match | None]) -> Iterator[Heading]:
    at = 0
    while at < len(lines):
        found = _heading(lines, at, matcher, given) if lines[at].strip() else None
        if found:
            yield found
        at += found[1] if found else 1


def _heading(lines: Sequence[str], at: int, matcher: Matcher, given: Callable[[str], Match | None]) -> Heading | None:
    line = lines[at].strip()
    if said := given(line):
        return at, 1, said, ""
    first, *cells = (cell.strip() for cell in line.split("\t"))
    if cells and (number := headers.read(first).number) and not headers.read(first).key and _stem(cells[0], matcher):
        first, cells = f"{number}、{cells[0]}", cells[1:]
    if match := _stem(first, matcher):
        return at, 1, match, "\n".join(cells)
    for depth in range(2, _STEM_LINES + 1) if matcher.begins(first, _SHORTEST_PART) else ():
        if match := _stem("".join(lines[at : at + depth]), matcher):
            return at, depth, match, ""
    if explicit := _EXPLICIT.match(line):
        number = numerals.value(next(part for part in explicit.groups() if part))
        bare = matcher.certain(f"第{number}题")
        inline = line[explicit.end() :].replace("\t", "\n").strip()
        return at, 1, bare or Match(candidates=matcher.numbered(number)), inline
    return None


def _stem(line: str, matcher: Matcher) -> Match | None:
    """What a line says that is the id or the stem of a question, and no bare number."""
    header = headers.read(line)
    if len(header.key) < 2:
        return None
    match = matcher.match(line)
    return match if match.rubric and match.how is not How.NUMBER else None


def _numbered(lines: Sequence[str], matcher: Matcher) -> list[Heading]:
    """`1、…`, `2、…` as headings, where they are as many as the questions and nothing else is numbered so."""
    found = [(at, plain) for at, line in enumerate(lines) if (plain := _PLAIN.match(line))]
    count = len(matcher.rubrics)
    if count < 2 or [int(plain[1]) for _, plain in found] != list(range(1, count + 1)):
        return []
    matches = [matcher.certain(f"第{number}题") for number in range(1, count + 1)]
    return [
        (at, 1, match, lines[at][plain.end() :])
        for (at, plain), match in zip(found, matches, strict=True)
        if match is not None
    ]


def _headings_only(headings: list[Heading]) -> list[Heading]:
    """Without numbers inside answers: where the stem of a question is there, its number counts just above the stem."""
    printed = {match.rubric for _, _, match, _ in headings if match.rubric and match.how is not How.NUMBER}
    kept: list[Heading] = []
    for place, heading in enumerate(headings):
        at, depth, match, inline = heading
        below = headings[place + 1] if place + 1 < len(headings) else None
        above = below is not None and below[2].rubric == match.rubric and below[0] <= at + depth + 1 and not inline
        if match.how is not How.NUMBER or match.rubric not in printed or above:
            kept.append(heading)
    return kept


def _sure(headings: list[Heading], matcher: Matcher) -> list[Heading]:
    """Where sections count anew, numbers count only if all of them are there."""
    numbered = {match.rubric for _, _, match, _ in headings if match.how is How.NUMBER}
    if not matcher.restarting or len(numbered) == len(matcher.rubrics):
        return headings
    return [
        (at, depth, Match(candidates=match.candidates) if match.how is How.NUMBER else match, inline)
        for at, depth, match, inline in headings
    ]


def _above(lines: Sequence[str]) -> tuple[list[str], str, str]:
    """Lines that say nothing of the candidate, the id and the name."""
    rest: list[str] = []
    said: dict[Role, str] = {}
    for line in lines:
        fields = [(headers.role(label), value) for label, value in _FIELD.findall(line)]
        for role, value in fields:
            if role is not None:
                said.setdefault(role, value)
        if not fields or not all(role for role, _ in fields):
            rest.append(line)
    return rest, said.get(Role.CANDIDATE, ""), said.get(Role.NAME, "")


def _answer(part: Part, rubric: Rubric) -> str:
    if not rubric.kind.objective:
        return part.text
    printed = {normalise(option.label + option.text).text for option in rubric.options}
    kept = [line for line in part.lines if not line.strip() or normalise(line).text not in printed]
    text = Part(part.printed, part.match, part.first, kept).text
    labelled = [found for line in kept if (found := _ANSWER_LABEL.match(line))]
    if labelled:
        text = "\n".join(_ANSWER_LABEL.sub("", line, count=1) for line in kept if line.strip()).strip()
    filled = _FILLED.search(part.printed)
    return text or (filled[1] if filled else "")
