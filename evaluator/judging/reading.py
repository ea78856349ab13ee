"""From one structured reply to verdicts, and to the mistakes that a repair turn names."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

from evaluator.client import Reply
from evaluator.evidence import (
    EVIDENCE_IS_INSTRUCTION,
    NO_EVIDENCE,
    UNVERIFIED_EVIDENCE,
    from_numbers,
    from_quote,
    has_number,
)
from evaluator.judging.protocol import Requirement, Task
from evaluator.judging.token_confidence import verdict_confidences
from evaluator.models import Evidence, Level, Verdict

Form = Literal["numbers", "quotes"]
_ABOUT = "about_question"
_HALF_CHARACTER = re.compile("[\ud800-\udfff]")
_REASON_LIMIT = 300
_CAUSES: Mapping[str, str] = MappingProxyType(
    {
        "not_json": "invalid_reply",
        "missing": "missing_key_point",
        "bad_verdict": "invalid_reply",
        "verdict_first": "invalid_reply",
        "no_evidence": NO_EVIDENCE,
        "unknown_clause": UNVERIFIED_EVIDENCE,
        "unknown_quote": UNVERIFIED_EVIDENCE,
        "instruction": EVIDENCE_IS_INSTRUCTION,
    }
)
"""What each kind of mistake becomes where the repair turn does not mend it. `one_call/repair.j2` has words for each."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong with the reply on one requirement."""

    id: str
    kind: str
    detail: str = ""
    """The clause number or quote that is not there."""
    cause: str = ""

    @classmethod
    def of(cls, item: Requirement, kind: str, detail: object = "", *, cause: str = "") -> Mistake:
        """With the cause that goes with the kind unless a better one is known."""
        return cls(item.id, kind, str(detail)[:40], cause or _CAUSES[kind])


@dataclass(slots=True)
class Reading:
    """What a reply held. A requirement may have both: a verdict that can be used and a mistake that is worth asking."""

    verdicts: dict[str, Verdict] = field(default_factory=dict)
    mistakes: dict[str, Mistake] = field(default_factory=dict)
    off_topic: bool = False
    notes: tuple[str, ...] = ()

    def mend(self, again: Reading) -> None:
        """Take over what a second reply, on the mistakes alone, held."""
        self.verdicts.update(again.verdicts)
        self.mistakes.update(again.mistakes)
        self.off_topic = self.off_topic or again.off_topic
        self.notes += again.notes

    def final(self, item: Requirement) -> Verdict:
        """The verdict, or `unscored` with the cause of the mistake."""
        if item.id in self.verdicts:
            return self.verdicts[item.id]
        return Verdict(key_point=item.id, level=Level.UNSCORED, cause=self.mistakes[item.id].cause)


def unusable(task: Task, cause: str = "", notes: tuple[str, ...] = ()) -> Reading:
    """A reply that held nothing for any requirement."""
    mistakes = {item.id: Mistake.of(item, "not_json", cause=cause) for item in task.requirements}
    return Reading(mistakes=mistakes, notes=notes)


def read(reply: Reply, task: Task, form: Form) -> Reading:
    """One verdict or mistake for each requirement; ids that nobody asked for are noted and ignored."""
    if not isinstance(reply.data, Mapping):
        return unusable(task, notes=reply.notes)
    reading = Reading(off_topic=reply.data.get(_ABOUT) is False, notes=reply.notes)
    ids = [item.id for item in task.requirements]
    confidences = verdict_confidences(reply, ids)
    for item in task.requirements:
        found = _one(item, reply.data.get(item.id), task, form)
        if isinstance(found, Mistake):
            reading.mistakes[item.id] = found
            continue
        sure = confidences.get(item.id)
        reading.verdicts[item.id] = found if sure is None else found.model_copy(update={"confidence": sure})
        if _verdict_first(reply.data[item.id]):
            reading.mistakes[item.id] = Mistake.of(item, "verdict_first")
    if extra := sorted(set(map(str, reply.data)) - {*ids, _ABOUT}):
        reading.notes += (f"unknown ids ignored: {', '.join(extra)[:200]}",)
    return reading


def _text(value: object) -> str:
    """What a model wrote, within bounds; half characters, which no file can hold, as U+FFFD."""
    return _HALF_CHARACTER.sub("\ufffd", str(value or "").strip()[:_REASON_LIMIT])


def _one(item: Requirement, found: Any, task: Task, form: Form) -> Verdict | Mistake:
    if found is None:
        return Mistake.of(item, "missing")
    verdict = found.get("verdict") if isinstance(found, Mapping) else None
    if not isinstance(verdict, str) or verdict not in {"hit", "partial", "missed"}:
        return Mistake.of(item, "bad_verdict", verdict if isinstance(verdict, str) else "")
    reason = _text(found.get("reason"))
    if verdict == "missed":  # what it lists beside that does not matter
        return Verdict(key_point=item.id, level=Level.MISSED, reason=reason)
    listed = found.get("evidence")
    spans = _spans(item, listed if isinstance(listed, list) else [], task, form)
    if isinstance(spans, Mistake):
        return spans
    return Verdict(key_point=item.id, level=Level(verdict), reason=reason, evidence=spans)


def _verdict_first(found: Mapping[str, Any]) -> bool:
    """A verdict written before its reason was not reasoned: asked once more, and kept where that changes nothing."""
    keys = list(found)
    return "reason" in found and keys.index("verdict") < keys.index("reason")


def _spans(item: Requirement, listed: Sequence[Any], task: Task, form: Form) -> tuple[Evidence, ...] | Mistake:
    """Exact spans of the answer; never of a clause that is an instruction, which the model has not even seen."""
    if not listed:
        return Mistake.of(item, "no_evidence")
    return _quoted(item, listed, task) if form == "quotes" else _numbered(item, listed, task)


def _numbered(item: Requirement, listed: Sequence[Any], task: Task) -> tuple[Evidence, ...] | Mistake:
    clauses = task.clauses
    for number in listed:
        if type(number) is not int or not has_number(clauses, number):  # True is an int to isinstance
            return Mistake.of(item, "unknown_clause", number)
    said = [number for number in listed if not task.is_instruction(clauses[number - clauses[0].number])]
    return from_numbers(task.clauses, said) if said else Mistake.of(item, "instruction", listed[0])


def _quoted(item: Requirement, listed: Sequence[Any], task: Task) -> tuple[Evidence, ...] | Mistake:
    spans: dict[tuple[int, int], Evidence] = {}
    for quote in listed:
        found = from_quote(task.answer, quote) if isinstance(quote, str) else None
        if found is None:
            return Mistake.of(item, "unknown_quote", quote)
        spans[found.start, found.end] = found
    return tuple(spans[place] for place in sorted(spans))
