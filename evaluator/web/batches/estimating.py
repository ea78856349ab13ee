"""What a run would hold, cost and take: found out on a journal that is thrown away."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from evaluator.batch.items import Intake
from evaluator.batch.journal import Journal
from evaluator.batch.planning import Plan
from evaluator.batch.session import describe
from evaluator.models import Rejected
from evaluator.submissions import Source
from evaluator.web.desk import Desk
from evaluator.web.uploads import Upload
from evaluator.web.working import Works

MOST_REJECTED = 100
"""Rows that could not be read, as many as are listed."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A run before it starts."""

    intake: Intake
    plan: Plan
    rejected: tuple[Rejected, ...]


def estimate(upload: Upload, source: Source, desk: Desk, works: Works) -> Estimate:
    """Take the source in and plan its run. Raises what reading it raises."""
    rejected = tuple(islice((row for row in source if isinstance(row, Rejected)), MOST_REJECTED))
    with (
        TemporaryDirectory(dir=upload.path.parent, ignore_cleanup_errors=True) as folder,
        Journal(Path(folder) / "estimate.sqlite3") as journal,
    ):
        intake = journal.take_in(source)
        describe(source, journal, desk.settings, desk.judge)
        return Estimate(intake, works.batch(journal).plan(), rejected)
