"""Answers of a run that could not be judged: where they stand, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from evaluator.batch.journal import Journal
from evaluator.batch.journalled import in_words

MOST: Final = 200
"""As many as are listed; the workbook has all."""
_FAILED = """
SELECT candidate.id, answer.place, answer.rubric, item.failure
FROM item
JOIN rubric ON rubric.id = item.rubric
JOIN answer ON answer.item = item.id
JOIN candidate ON candidate.key = answer.candidate
WHERE item.judged_by IS rubric.judged_by AND item.failure <> ''
ORDER BY candidate.position, rubric.position LIMIT ?
"""


@dataclass(frozen=True, slots=True)
class Failure:
    """One answer that has no grade, or not all of one."""

    candidate: str
    place: str
    rubric: str
    reason: str


def failures(journal: Journal, lang: str) -> list[Failure]:
    """The first of them, in the order of the source."""
    rows = journal.query(_FAILED, (MOST,))
    return [Failure(str(who), str(place), str(rubric), in_words(str(why), lang)) for who, place, rubric, why in rows]
