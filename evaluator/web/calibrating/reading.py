"""What is chosen in the form -> scored answers, and what a person should see of them before anything is judged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Literal

from evaluator.calibration.gold import GoldSource, is_gold
from evaluator.calibration.sources import SampleSource, Scored, with_rubrics
from evaluator.errors import InputError, Problem, UserError, Words
from evaluator.models import HumanScore, Rejected, Rubric
from evaluator.samples import load_all
from evaluator.submissions import Source
from evaluator.web.batches.choices import Reading
from evaluator.web.batches.mending import ready
from evaluator.web.batches.understanding import Named, Understood, told, understand
from evaluator.web.calibrating.kept import Asked, ReadColumn
from evaluator.web.uploads import Upload

Split = Literal["dev", "test", "all"]
_TITLE = 120


class Asking(Reading):
    """How scored answers are to be read and judged."""

    limit: int | None = None
    repeat: int = 1
    taken: str = ""
    """The calibration that they were taken in as last, as long as nothing is judged; empty for none."""


def uploaded(upload: Upload, asking: Asking, rubrics: Sequence[Rubric]) -> Source | None:
    """The scored answers of a file, under the name that its owner gave it; None where a person must say more first.

    A public set brings its own rubrics unless some were chosen. Raises InputError where there is nothing to compare
    with in such a set, or the file cannot be read.
    """
    try:
        if not is_gold(upload.path):
            return of_table(understand(upload, asking, rubrics), asking)
        gold = GoldSource(upload.path, limit=asking.limit)
        source = with_rubrics(gold, asking.among(rubrics)) if asking.rubrics else gold
        return _scored(Named(source, upload.path.name, upload.name), asking.limit)
    except UserError as error:
        raise told(error, upload) from error
    except (ValueError, TypeError, KeyError, AttributeError, ArithmeticError, RecursionError) as error:
        raise InputError(replace(_UNREADABLE, file=upload.name)) from error


def of_table(found: Understood, asking: Asking) -> Source | None:
    """What people scored in it; None where columns are doubtful or nobody scored. Raises what reading it raised."""
    if found.trouble is not None:
        raise found.trouble
    if found.source is None or not ready(found):
        return None
    scored = Scored(found.source, limit=asking.limit)
    return scored if scored.rubrics else None


def samples(rubrics: Iterable[Rubric], split: Split, limit: int | None) -> Source:
    """Those of the shipped samples that there are rubrics of. Raises InputError where there are none."""
    return _scored(SampleSource(load_all(), rubrics, split=split), limit)


def asked_of(source: Source, repeat: int, upload: str = "") -> Asked:
    """What was understood of it."""
    scored: dict[tuple[str, str], list[HumanScore]] = {}
    for row in source:
        if not isinstance(row, Rejected):
            for one in row.answers:
                scored.setdefault((row.candidate, one.rubric), []).extend(one.human)
    answers = Counter(rubric for _, rubric in scored)
    return Asked(
        repeat=repeat,
        upload=upload,
        notes=tuple((one.zh, one.en) for one in source.notes),
        columns=tuple(
            ReadColumn(
                column=one.column,
                header=one.header,
                role=one.role.value,
                of=" / ".join(part for part in (one.rubric, one.key_point, one.rater) if part),
            )
            for one in source.column_map.columns
        ),
        questions=tuple((" ".join(one.question.split())[:_TITLE], answers[one.id]) for one in source.rubrics),
        raters=tuple(dict.fromkeys(one.rater for given in scored.values() for one in given)),
        leveled=sum(any(one.levels for one in given) for given in scored.values()),
        doubled=sum(len({one.rater for one in given}) > 1 for given in scored.values()),
    )


def _scored(source: Source, limit: int | None) -> Source:
    found = Scored(source, limit=limit)
    if not found.rubrics:
        raise InputError(replace(NOBODY_SCORED, file=source.name))
    return found


_UNREADABLE = Problem(
    Words("内容和这种文件应有的不一样，读不懂", "its content is not what such a file should hold"),
    hint=Words(
        "公开集每行要有 id、question、answer、max_score（数）、human_score（数）",
        "a public set has id, question, answer, max_score and human_score (numbers) in every line",
    ),
)
NOBODY_SCORED = Problem(
    Words(
        "里面没有人工分，无从比较（客观题由程序判分，不算）",
        "there are no human scores to compare with (objective questions, which code scores, do not count)",
    ),
    hint=Words(
        "加一列人工分，表头如“第1题 人工分”，或每个得分点一列",
        "add a column of human scores a question, or one a key point",
    ),
)
