"""What is chosen in the form -> scored answers, and what a person should see of them before anything is judged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Literal

from evaluator.calibration.gold import GoldSource, is_gold
from evaluator.calibration.sources import SampleSource, Scored, with_rubrics
from evaluator.errors import InputError, Problem, UserError, Words
from evaluator.models import Rejected, Rubric
from evaluator.samples import load_all
from evaluator.submissions import Source, open_submissions
from evaluator.web.batches.understanding import Named, told
from evaluator.web.calibrating.kept import Asked, Understood
from evaluator.web.uploads import Upload

Split = Literal["dev", "test", "all"]
_TITLE = 120


def uploaded(upload: Upload, rubrics: Sequence[Rubric], *, chosen: bool, limit: int | None) -> Source:
    """The scored answers of a file, under the name that its owner gave it.

    A public set brings its own rubrics unless some were `chosen`. Raises InputError where there is nothing to compare
    with or the file cannot be read.
    """
    try:
        source: Source
        if is_gold(upload.path):
            gold = GoldSource(upload.path, limit=limit)
            source = with_rubrics(gold, rubrics) if chosen else gold
        else:
            source = open_submissions(upload.path, rubrics)
        return _scored(Named(source, upload.path.name, upload.name), limit)
    except UserError as error:
        raise told(error, upload) from error
    except (ValueError, TypeError, KeyError, AttributeError, ArithmeticError, RecursionError) as error:
        raise InputError(replace(_UNREADABLE, file=upload.name)) from error


def samples(rubrics: Iterable[Rubric], split: Split, limit: int | None) -> Source:
    """Those of the shipped samples that there are rubrics of. Raises InputError where there are none."""
    return _scored(SampleSource(load_all(), rubrics, split=split), limit)


def asked_of(source: Source, repeat: int) -> Asked:
    """What was understood of it."""
    answers = Counter[str]()
    raters: dict[str, None] = {}
    leveled = doubled = 0
    for row in source:
        if isinstance(row, Rejected):
            continue
        for one in row.answers:
            answers[one.rubric] += 1
            raters |= dict.fromkeys(score.rater for score in one.human)
            leveled += any(score.levels for score in one.human)
            doubled += len(one.human) > 1
    return Asked(
        repeat=repeat,
        notes=tuple((one.zh, one.en) for one in source.notes),
        columns=tuple(
            Understood(
                column=one.column,
                header=one.header,
                role=one.role.value,
                of=" / ".join(part for part in (one.rubric, one.key_point, one.rater) if part),
            )
            for one in source.column_map.columns
        ),
        questions=tuple((" ".join(one.question.split())[:_TITLE], answers[one.id]) for one in source.rubrics),
        raters=tuple(raters),
        leveled=leveled,
        doubled=doubled,
    )


def _scored(source: Source, limit: int | None) -> Source:
    found = Scored(source, limit=limit)
    if not found.rubrics:
        raise InputError(replace(_NOBODY_SCORED, file=source.name))
    return found


_UNREADABLE = Problem(
    Words("内容和这种文件应有的不一样，读不懂", "its content is not what such a file should hold"),
    hint=Words(
        "公开集每行要有 id、question、answer、max_score（数）、human_score（数）",
        "a public set has id, question, answer, max_score and human_score (numbers) in every line",
    ),
)
_NOBODY_SCORED = Problem(
    Words(
        "里面没有人工分，无从比较（客观题由程序判分，不算）",
        "there are no human scores to compare with (objective questions, which code scores, do not count)",
    ),
    hint=Words(
        "加一列人工分，表头如“第1题 人工分”，或每个得分点一列",
        "add a column of human scores a question, or one a key point",
    ),
)
