"""What a person can say of one answer, each an act in the audit log. Whether the answer exists is for the caller."""

from __future__ import annotations

from evaluator.models import Act, Level, Mark, Note, Override, Role
from evaluator.store.audit import AuditLog


def override(log: AuditLog, subject: str, key_point: str, level: Level | None, *, author: str, reason: str) -> Override:
    """Lay a person's word over one key point or deduction; None lifts what was laid over it."""
    made = Override(key_point=key_point, level=level, author=author, reason=reason)
    body = {"key_point": made.key_point, "level": made.level, "reason": made.reason}
    return made.model_copy(update={"created": log.add("override", subject, made.author, body).created})


def annotate(
    log: AuditLog, subject: str, text: str, *, author: str, key_point: str = "", span: tuple[int, int] | None = None
) -> Note:
    """A note on the answer, on a key point, or on a span (characters, end exclusive). ValueError for an empty one."""
    start, end = span or (None, None)
    note = Note(id=0, text=text, key_point=key_point, start=start, end=end, author=author, created="")
    act = log.add("note", subject, author, note.model_dump(include={"text", "key_point", "start", "end"}))
    return note.model_copy(update={"id": act.sequence, "created": act.created})


def withdraw(log: AuditLog, subject: str, note: int, *, author: str) -> Act:
    """Take a note away."""
    return log.add("unnote", subject, author, {"note": note})


def mark(log: AuditLog, subject: str, role: Role, score: float | None, *, author: str, reason: str = "") -> Act:
    """Score the answer as a whole, in points; None takes back what that person gave (of `final`: what stands)."""
    if score is not None:
        Mark(role=role, score=score, author=author, reason=reason, created="")
    return log.add("mark", subject, author, {"role": role, "score": score, "reason": reason})


def confirm(log: AuditLog, subject: str, *, author: str, text: str = "") -> Act:
    """The score is final: it is no longer a first pass."""
    return log.add("confirm", subject, author, {"text": text})


def unconfirm(log: AuditLog, subject: str, *, author: str) -> Act:
    """It is a first pass again."""
    return log.add("unconfirm", subject, author, {})


def flag(log: AuditLog, subject: str, *, author: str, text: str) -> Act:
    """Something is wrong with this answer (异常卷); `text` says what."""
    return log.add("flag", subject, author, {"text": text})


def unflag(log: AuditLog, subject: str, *, author: str) -> Act:
    """Nothing is wrong with it after all."""
    return log.add("unflag", subject, author, {})
