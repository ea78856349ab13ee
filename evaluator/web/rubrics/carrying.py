"""What people said of a grade, said of the one that takes its place."""

from __future__ import annotations

from evaluator.models import Rubric
from evaluator.store import Store, deciding


def carry(store: Store, old: str, new: str, rubric: Rubric) -> None:
    """Overrides, notes, marks and flag in their authors' names; what was confirmed must be confirmed anew.

    What was said of a key point that the rubric no longer has stays with the old grade.
    """
    said = store.said(old)
    known = {*(point.id for point in rubric.key_points), *(item.id for item in rubric.deductions)}
    for key, layer in said.standing.items():
        if key in known and layer.level is not None:
            store.add_override(new, key, layer.level, layer.author, layer.reason)
    for note in said.notes:
        if not note.key_point or note.key_point in known:
            span = (note.start, note.end) if note.start is not None and note.end is not None else None
            deciding.annotate(store.audit, new, note.text, author=note.author, key_point=note.key_point, span=span)
    for mark in (*said.second, *([said.final] if said.final else [])):
        deciding.mark(store.audit, new, mark.role, mark.score, author=mark.author, reason=mark.reason)
    if said.flagged is not None:
        deciding.flag(store.audit, new, author=said.flagged.author, text=said.flagged.text)
