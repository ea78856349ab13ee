"""What judges that ask a model share: the answer as numbered lines, and the schemas of replies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from evaluator.client import Endpoint
from evaluator.injection import harmless, neutralise
from evaluator.judging.protocol import Requirement, Task
from evaluator.masking import mask

LOCAL = "local"
"""Name of the provider that is this machine."""
WITHHELD = "（本句是写给阅卷人的要求，已略去）"


def place(endpoint: Endpoint) -> str:
    """Where the model is, for keys and traces: the host, or `local`, whose port differs at every start."""
    return LOCAL if endpoint.provider == LOCAL else endpoint.host


class Line(NamedTuple):
    """A clause as the model reads it."""

    number: int
    text: str


def clause_lines(task: Task) -> list[Line]:
    """One line a clause: personal data masked, neutralised, without line breaks; an instruction is withheld."""
    masked = mask(task.answer, task.names)
    lines = masked.replace("\n", "")  # no clause holds a line feed
    as_it_is = harmless(lines) and "  " not in lines
    return [
        Line(
            clause.number,
            WITHHELD
            if task.is_instruction(clause)
            else masked[clause.start : clause.end]
            if as_it_is
            else " ".join(neutralise(masked[clause.start : clause.end]).split()),
        )
        for clause in task.clauses
    ]


def clause_schema(numbers: Sequence[int]) -> dict[str, Any]:
    """A reply that names one of these clauses: a small model asked for several lists them from the first on."""
    return _closed({"clauses": {"type": "array", "items": {"enum": list(numbers)}, "minItems": 1, "maxItems": 1}})


def verdict_schema(
    requirements: Sequence[Requirement], *, quotes: bool = False, longest: int | None = None
) -> dict[str, Any]:
    """A reply with every requirement, keyed by id: reason, then evidence, then verdict.

    The same bytes for every answer to a question, so that provider and local caches serve it. `longest` bounds texts in
    characters, where the endpoint holds itself to it: a small model may never stop by itself.
    """
    text: dict[str, Any] = {"type": "string"} if longest is None else {"type": "string", "maxLength": longest}
    item = text if quotes else {"type": "integer"}
    one = _closed(
        {
            "reason": text,
            "evidence": {"type": "array", "items": item, "maxItems": 4},
            "verdict": {"type": "string", "enum": ["hit", "partial", "missed"]},
        }
    )
    return _closed({"about_question": {"type": "boolean"}, **{one_id.id: one for one_id in requirements}})


def _closed(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
