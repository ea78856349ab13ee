"""Keys of answers: what `1-5 BCADA` says of each question, and a row of numbers over a row of answers."""

from __future__ import annotations

import re

Stretch = tuple[int, int]
"""Start and end in the mended text."""
_SIGNS = "A-Ha-h√×✓✗○对错TFＴＦ"
RANGE = rf"(?P<n>\d{{1,4}})\s*[-~～—–至到]+\s*\d{{1,4}}\s*(?:题)?\s*[.．:：、]?\s*(?=[{_SIGNS}])"
"""1-5: BCADA."""
GRID = (
    r"^[^\S\n|]*题号[^\S\n|]*[|\t ](?P<n>[\d\s|]*?)[^\S\n|]*\n[^\S\n|]*(?:参考|正确)?答案[^\S\n]*"
    rf"(?=[|\t ][^\n]*[{_SIGNS}])"
)
"""题号 1 2 3 over 答案 B A C."""
_BOUNDS = re.compile(r"(\d{1,4})\D+(\d{1,4})")
_RUN = re.compile(rf"[{_SIGNS}\s,，、;；/|]+")
_GROUP = re.compile(r"[^\s,，、;；/|]+")
_SIGN = re.compile(f"[{_SIGNS}]")
_SIGNS_ALONE = re.compile(rf"\s*[{_SIGNS}][{_SIGNS} \t,，、]*(?=\n|$)")
_WIDEST = 300
"""Questions that one range may cover."""


def answers(text: str, start: int, end: int) -> list[tuple[int, Stretch]]:
    """The numbers that `text[start:end]` names, with the stretch of the answer to each; nothing where they differ."""
    head = text[start:end]
    if "题号" in head:
        numbers = [int(found) for found in re.findall(r"\d{1,4}", head)]
        line = text.find("\n", end)
        return _paired(text, numbers, end, [line if line >= 0 else len(text)], (_GROUP,))
    bounds, run = _BOUNDS.match(head), _RUN.match(text, end)
    if not bounds or not run:
        return []
    first, last = int(bounds[1]), int(bounds[2])
    line = text.find("\n", end, run.end())
    ends = [run.end()] if line < 0 else [line, run.end()]
    numbers = list(range(first, min(last, first + _WIDEST) + 1))
    return _paired(text, numbers, end, ends, (_GROUP, _SIGN))


def run_of_signs(text: str, start: int, count: int) -> list[Stretch]:
    """The signs of a line that holds `count` of them and nothing else (BCADA BD), else nothing."""
    line = _SIGNS_ALONE.match(text, start)
    found = [match.span() for match in _SIGN.finditer(text, start, line.end())] if line else []
    return found if len(found) == count else []


def _paired(
    text: str, numbers: list[int], start: int, ends: list[int], patterns: tuple[re.Pattern[str], ...]
) -> list[tuple[int, Stretch]]:
    for end in ends:
        for pattern in patterns:
            found = [match.span() for match in pattern.finditer(text, start, end)]
            if len(found) == len(numbers):
                return list(zip(numbers, found, strict=True))
    return []
