"""Pinyin that document sites insert in brackets after traditional characters: 職業(yè) stands for 職業."""

from __future__ import annotations

import re

from evaluator.papers.tracing import Traced

SYLLABLE = "(?=[a-z]*[āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿ])[a-zāáǎàēéěèīíǐìōóǒòūúǔùüǖǘǚǜńňǹḿ]{1,6}"
"""One syllable with its tone mark: without one it may be an abbreviation that the author put into brackets."""
_BEHIND = re.compile(r"(?<=[\u3400-\u9fff\uf900-\ufaff])[(（](" + SYLLABLE + r")[)）]")
_FEW = 12
"""A paper on pronunciation glosses a word here and there; a site glosses nearly every character that it knows."""


def pairs(text: str) -> dict[str, str]:
    """Character → syllable, for every character of `text` with pinyin behind it."""
    return {text[found.start() - 1]: found.group(1) for found in _BEHIND.finditer(text)}


def inserted(text: str) -> bool:
    """Whether a site put the pinyin into `text`: behind traditional characters, or behind many."""
    glossed = pairs(text)
    return len(glossed) > _FEW or any(char.encode("gb2312", "ignore") == b"" for char in glossed)


def without_pinyin(traced: Traced) -> Traced:
    """The text without inserted pinyin; pinyin that belongs to the text is kept."""
    if not inserted(traced.text):
        return traced
    return traced.edited((found.start(), found.end(), "") for found in _BEHIND.finditer(traced.text))


def listed(readings: str) -> dict[str, str]:
    """Character → syllable of a list such as 業yè務wù."""
    return {found.group(1): found.group(2) for found in re.finditer(r"([\u3400-\u9fff])([^\u3400-\u9fff]+)", readings)}
