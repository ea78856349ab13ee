"""What a question's texts say of its key points, as plain data."""

from __future__ import annotations

from typing import Any

from evaluator.drafting import rules
from evaluator.drafting.naming import named
from evaluator.models.paper import Question

_FIELDS = {"analysis": "analysis", "reference": "reference_answer"}


def outline(question: Question) -> dict[str, Any]:
    """`tests` and `key_points`, each with text, points (None where the paper gives none) and source.

    `source` names the field, `analysis` or `reference_answer`, and the characters of that field's text. An objective
    question has no key points.
    """
    found = None if question.kind.objective else named(question)
    points = [
        {
            "text": term.of(found.text),
            "points": term.points,
            "source": {"field": _FIELDS[found.part], "start": term.start, "end": term.end},
        }
        for term in (found.terms if found else ())
        if found
    ]
    return {"tests": list(rules.tests(question.analysis)), "key_points": points}
