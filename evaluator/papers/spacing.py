"""Blanks that a scanner or a typesetter left inside a label: 答 案 ：A."""

from __future__ import annotations

import re

from evaluator.papers.labels import Part, part_of
from evaluator.papers.tracing import Traced

_SPACED = re.compile(
    r"^[^\S\n]*[【\[]?(?P<word>[\u4e00-\u9fff](?:[^\S\n]{1,4}[\u4e00-\u9fff]){1,5})[^\S\n]*[】\]:：]", re.MULTILINE
)
_BLANKS = re.compile(r"[^\S\n]+")


def closed_up(traced: Traced) -> Traced:
    """The text with the labels that begin its lines closed up; nothing else is touched."""
    edits = [
        (word.start("word") + blank.start(), word.start("word") + blank.end(), "")
        for word in _SPACED.finditer(traced.text)
        if _is_label(_BLANKS.sub("", word["word"]))
        for blank in _BLANKS.finditer(word["word"])
    ]
    return traced.edited(edits) if edits else traced


def _is_label(word: str) -> bool:
    try:
        return part_of(word) in set(Part)
    except KeyError:
        return False
