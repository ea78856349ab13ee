"""How many of the key points that a person took from a paper the rules draft from it: run by hand; a test holds the figures.

    python tests/draft_recall.py PAPER RUBRICS_FOLDER

Questions that code scores are left out. The gold list is `source.words` of the reviewed rubrics in the folder. A drafted term and a person's term are the same
where their spans of the paper overlap and one holds the middle of the other, or their words are alike; each counts
once. Prints a line a question and the two figures.
"""

# ruff: noqa: T201

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from evaluator.drafting import drafts
from evaluator.models import Rubric, SourceSpan
from evaluator.papers import mend, parse, read_document
from evaluator.rubrics import load_folder
from evaluator.text import similarity

ALIKE = 0.75


def same(one: SourceSpan, other: SourceSpan) -> bool:
    if one.part == other.part and (_holds_middle(one, other) or _holds_middle(other, one)):
        return True
    return similarity(one.words, other.words) >= ALIKE


def _holds_middle(one: SourceSpan, other: SourceSpan) -> bool:
    return one.start <= (other.start + other.end) / 2 < one.end


def matched(gold: Sequence[SourceSpan], drafted: Sequence[SourceSpan]) -> int:
    left = list(drafted)
    found = 0
    for term in gold:
        if (there := next((one for one in left if same(term, one)), None)) is not None:
            left.remove(there)
            found += 1
    return found


def terms(rubric: Rubric) -> list[SourceSpan]:
    return [point.source for point in rubric.key_points if point.source]


def pairs(paper: Path, folder: Path) -> Iterator[tuple[str, list[SourceSpan], list[SourceSpan]]]:
    """The id of each reviewed rubric, its terms, and those that are drafted for its question."""
    document = read_document(paper)
    mended = mend(document.text)
    made = [one.rubric for one in drafts(parse(document, mended), slug="x", mended=mended) if one.rubric]
    for gold in load_folder(folder):
        if not gold.kind.objective:
            theirs = next((one for one in made if _place(one) == _place(gold)), None) or _alike(gold, made)
            yield gold.id, terms(gold), terms(theirs) if theirs else []


def main(paper: str, folder: str) -> None:
    hits = wanted = given = 0
    for rubric, taken, drafted in pairs(Path(paper), Path(folder)):
        found = matched(taken, drafted)
        hits, wanted, given = hits + found, wanted + len(taken), given + len(drafted)
        print(f"{rubric}: {found} of {len(taken)} found, {len(drafted)} drafted")
        if "-v" in sys.argv:
            print("  ", *(term.words for term in taken), sep=" | ")
            print("  ", *(term.words for term in drafted), sep=" | ")
    print(f"recall {hits}/{wanted} = {hits / wanted:.2f}, precision {hits}/{given} = {hits / max(given, 1):.2f}")


def _place(rubric: Rubric) -> tuple[str, str] | None:
    """Section without 共5题 behind it, and number."""
    origin = rubric.provenance
    return (
        (re.sub(r"^[一二三四五六七八九十]+、|[（(].*", "", origin.section).strip(), origin.number) if origin else None
    )


def _alike(gold: Rubric, made: Sequence[Rubric]) -> Rubric | None:
    """Where a person named the section otherwise: the draft that shares most words of the paper."""
    best = max(made, key=lambda one: matched(terms(gold), terms(one)), default=None)
    return best if best is not None and matched(terms(gold), terms(best)) else None


if __name__ == "__main__":
    main(*[word for word in sys.argv[1:] if not word.startswith("-")])
