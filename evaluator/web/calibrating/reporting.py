"""From judged answers to the report: the same as that of `evaluator calibrate`, worked out once and kept beside."""

from __future__ import annotations

import asyncio
import hashlib
import json
from contextlib import suppress
from datetime import UTC, datetime

from pydantic import ValidationError

from evaluator.batch.journal import Journal
from evaluator.batch.journalled import Journalled
from evaluator.calibration.assembling import calibration
from evaluator.calibration.baselines import keyword_cases
from evaluator.calibration.cases import Case, cases
from evaluator.calibration.model import Calibration, Made
from evaluator.errors import InputError, Problem, Words
from evaluator.models import Model, Usage
from evaluator.version import __version__
from evaluator.web.calibrating.kept import Calibrations

_NOTHING_JUDGED = Problem(
    Words("一份也没有评成，出不了报告", "nothing was judged, so there is nothing to report"),
    hint=Words("看下面的原因，再试一次", "see the causes below and try again"),
)


class _Kept(Model):
    """A report on disk, and what it was worked out from."""

    of: str
    calibration: Calibration


def cases_of(calibrations: Calibrations, one: str, lang: str = "zh") -> tuple[Case, ...]:
    """The answers that people scored, as they were judged first; `lang` is that of the failures' words."""
    with calibrations.using(one) as journal:
        return cases(Journalled(journal, lang))


def known(calibrations: Calibrations, one: str) -> Calibration | None:
    """The report, where it was worked out from what is in the journals now."""
    with suppress(OSError, ValidationError):
        kept = _Kept.model_validate_json(calibrations.path(one, "report.json").read_text("utf-8"))
        if kept.of == _state(calibrations, one):
            return kept.calibration
    return None


def work_out(calibrations: Calibrations, one: str) -> Calibration:
    """Work the report out and keep it; takes seconds. Raises InputError where nothing was judged."""
    state = _state(calibrations, one)
    first, *repeats = (cases_of(calibrations, name) for name in calibrations.names(one))
    if all(case.grade is None for case in first):
        raise InputError(_NOTHING_JUDGED)
    repeats = [run for run in repeats if any(case.grade is not None for case in run)]
    standing = calibrations.standing(one)
    usage = sum((case.grade.trace.usage for run in (first, *repeats) for case in run if case.grade), Usage())
    made = calibration(
        first,
        keyword=() if standing.info.judge == "keyword" else asyncio.run(keyword_cases(first)),
        repeats=repeats,
        source=standing.info.source,
        notes=standing.asked.words if standing.asked else (),
        made=Made(created=datetime.now(UTC).isoformat(timespec="seconds"), version=__version__, usage=usage),
    )
    _keep(calibrations, one, _Kept(of=state, calibration=made))
    return made


def _keep(calibrations: Calibrations, one: str, kept: _Kept) -> None:
    path = calibrations.path(one, "report.json")
    partial = calibrations.path(one, "report.partial")
    partial.write_text(kept.model_dump_json(by_alias=True), encoding="utf-8")
    partial.chmod(0o600)
    partial.replace(path)


def _state(calibrations: Calibrations, one: str) -> str:
    """A digest of everything that changes when answers are judged, or judged again."""
    found: list[object] = [__version__]
    for name in calibrations.names(one):
        with calibrations.using(name) as journal:
            found.append(_marks(journal))
    return hashlib.sha256(json.dumps(found).encode()).hexdigest()


def _marks(journal: Journal) -> list[object]:
    info = Journalled(journal).info
    counts = [info.answers, info.scored, info.failed, info.pending, info.review, info.calls]
    return [counts, info.started, info.finished, journal.get("turn"), journal.judged_by()]
