"""Cases on disk: what a calibration was made of, to be compared with another one later."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError

from evaluator.batch.journal import Journal
from evaluator.batch.journalled import Journalled
from evaluator.calibration.cases import Case, cases
from evaluator.errors import InputError, Problem, Words
from evaluator.models import Rubric

SCHEMA = "evaluator/cases@1"


def as_lines(found: Sequence[Case]) -> str:
    """A line with the rubrics, then a line an answer."""
    rubrics = {one.group: one.rubric.model_dump(mode="json", exclude_defaults=True) for one in found}
    lines: list[object] = [{"schema": SCHEMA, "rubrics": list(rubrics.values())}]
    lines += [
        {"rubric": one.group, **one.model_dump(mode="json", by_alias=True, exclude={"rubric", "name"})} for one in found
    ]
    return "".join(json.dumps(one, ensure_ascii=True) + "\n" for one in lines)


def load_cases(path: Path, lang: str = "zh") -> tuple[Case, ...]:
    """From such a file, or from the journal (.sqlite3) of a run; the scored answers alone.

    Raises InputError where the file cannot be read or is neither, StoreError for a journal of another version.
    """
    if not path.is_file():
        raise InputError(Problem(Words("没有这个文件", "there is no such file"), str(path), hint=_HINT))
    if path.suffix.lower() in {".sqlite3", ".db"}:
        with Journal(path) as journal:
            return cases(Journalled(journal, lang))
    try:
        return _read(path)
    except (ValueError, KeyError, TypeError, OSError, ValidationError) as error:
        message = Words("不是校准存下的答案", "not the answers of a calibration")
        raise InputError(Problem(message, str(path), hint=_HINT)) from error


_HINT = Words(
    "先各跑一次 evaluator calibrate … -o 名字.jsonl，再比较两个 .jsonl",
    "run `evaluator calibrate … -o NAME.jsonl` for each, then compare the two .jsonl files",
)


def _read(path: Path) -> tuple[Case, ...]:
    first, *rest = path.read_text("utf-8").splitlines()
    head = json.loads(first)
    if head["schema"] != SCHEMA:
        raise ValueError(head["schema"])
    rubrics = {one.id: one for one in map(Rubric.model_validate, head["rubrics"])}
    found = []
    for line in rest:
        values = json.loads(line)
        found.append(Case.model_validate(values | {"rubric": rubrics[values["rubric"]]}))
    return tuple(found)
