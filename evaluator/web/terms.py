"""How a question is reviewed: tolerance of double marking, how many answers are checked; kept with the run."""

from __future__ import annotations

from pydantic import Field, ValidationError

from evaluator.batch.journal import Journal
from evaluator.batch.queueing import CHECKED
from evaluator.batch.second_marking import AGAIN, default_tolerance
from evaluator.models import Model, Points, Rubric, Share
from evaluator.store import deciding


class Terms(Model):
    """For one question."""

    tolerance: Points
    """Points that two scores may lie apart."""
    checked: Share = Field(default=CHECKED)
    """抽查: share of the answers that nothing speaks against."""
    again: Share = Field(default=AGAIN)
    """自评: share of what a person has marked."""


def terms_of(journal: Journal, rubric: Rubric) -> Terms:
    """As somebody set them, else the usual ones."""
    try:
        return Terms.model_validate_json(journal.get(_name(rubric)))
    except ValidationError:
        return Terms(tolerance=default_tolerance(rubric))


def keep(journal: Journal, rubric: Rubric, terms: Terms, author: str) -> None:
    """From now on these hold; who set them stands in the log."""
    journal.set(**{_name(rubric): terms.model_dump_json()})
    deciding.annotate(journal.audit, _name(rubric), terms.model_dump_json(), author=author)


def _name(rubric: Rubric) -> str:
    """Of the value, and of what the audit log calls it."""
    return f"review:{rubric.id}"
