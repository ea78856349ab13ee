"""Answers that people scored: `samples/*.jsonl`, one `Sample` a line."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from rapidfuzz import process

from evaluator.errors import InputError, Problem, Words
from evaluator.models import Level, Rubric, Sample, Verdict
from evaluator.resources import folder
from evaluator.scoring import score


def load(path: Path | str) -> tuple[Sample, ...]:
    """The samples of a JSONL file, in its order; blank lines do not count.

    Raises InputError with the line of everything that is wrong.
    """
    return _load_files([Path(path)])


def load_all(path: Path | str | None = None) -> tuple[Sample, ...]:
    """All samples of the *.jsonl files in a folder, by file name; without `path` those that are shipped.

    Raises InputError with the problems of all files, among them ids that two samples share.
    """
    return _load_files(sorted(Path(path if path is not None else folder("samples")).glob("*.jsonl")))


def check(samples: Iterable[Sample], rubrics: Iterable[Rubric]) -> tuple[Problem, ...]:
    """What does not fit together: unknown rubrics and key points, levels that are missing, scores that do not follow.

    `field` of a problem starts with the id of its sample. A deduction without a level counts as not applied. A total
    may differ from what the levels earn by less than one rounding step.
    """
    known = {rubric.id: rubric for rubric in rubrics}
    problems: list[Problem] = []
    seen: set[str] = set()
    for sample in samples:
        if sample.id in seen:
            problems.append(Problem(_REPEATED, field=sample.id))
        seen.add(sample.id)
        if (rubric := known.get(sample.rubric)) is None:
            problems.append(_unknown(f"{sample.id}.rubric", sample.rubric, list(known)))
        else:
            problems += _against(sample, rubric)
    return tuple(problems)


_REPEATED = Words("id 重复", "this id is used twice")


def _against(sample: Sample, rubric: Rubric) -> Iterator[Problem]:
    field = f"{sample.id}.human.levels"
    points = [point.id for point in rubric.key_points]
    judged = [*points, *(deduction.id for deduction in rubric.deductions)]
    wrong = False
    for name, level in sample.human.levels.items():
        if name not in judged:
            wrong = True
            yield _unknown(f"{field}.{name}", name, judged)
        elif level is Level.UNSCORED:
            wrong = True
            yield Problem(
                Words("人工判定不能是 unscored", "people do not leave a key point unscored"), field=f"{field}.{name}"
            )
    for name in points:
        if name not in sample.human.levels:
            wrong = True
            yield Problem(Words(f"缺少得分点 {name} 的判定", f"no level for key point {name}"), field=field)
    if not wrong:
        yield from _total(sample, rubric, judged)


def _total(sample: Sample, rubric: Rubric, judged: list[str]) -> Iterator[Problem]:
    levels = sample.human.levels
    verdicts = [Verdict(key_point=name, level=levels.get(name, Level.MISSED)) for name in judged]
    earned, given = score(rubric, verdicts).score, sample.human.score
    if earned is None or abs(earned - given) >= rubric.rounding or given > rubric.max_score:
        message = Words(
            f"总分写的是 {given:g}，按各点判定应为 {earned:g}", f"score is {given:g}, the levels earn {earned:g}"
        )
        yield Problem(
            message, field=f"{sample.id}.human.score", hint=Words("改总分或改判定", "change the score or the levels")
        )


def _unknown(field: str, name: str, known: list[str]) -> Problem:
    near = [match for match, _, _ in process.extract(name, known, score_cutoff=70, limit=3)] or known[:8]
    hint = Words(f"已知的有：{'、'.join(near)}", f"known: {', '.join(near)}") if near else None
    return Problem(Words(f"没有 id 为 {name!r} 的项", f"nothing has the id {name!r}"), field=field, hint=hint)


def _load_files(files: Iterable[Path]) -> tuple[Sample, ...]:
    samples: list[Sample] = []
    problems: list[Problem] = []
    owners: dict[str, str] = {}
    for file in files:
        for number, line in _lines(file):
            found, wrong = _sample(line, str(file), number)
            problems += wrong
            if found is None:
                continue
            here = f"{file}:{number}"
            first = owners.setdefault(found.id, here)
            if first != here:
                message = Words(f"id {found.id} 已用于 {first}", f"id {found.id} is already used in {first}")
                problems.append(Problem(message, str(file), number, field="id"))
            samples.append(found)
    if problems:
        raise InputError(*problems)
    return tuple(samples)


def _lines(file: Path) -> Iterator[tuple[int, str]]:
    try:
        content = file.read_bytes()
        text = content.decode("utf-8-sig")
    except OSError as error:
        message = Words(f"读不了：{error.strerror}", f"cannot be read: {error.strerror}")
        raise InputError(Problem(message, str(file))) from error
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        message = Words("不是 UTF-8 编码", "not UTF-8")
        raise InputError(Problem(message, str(file), line, hint=Words("另存为 UTF-8", "save it as UTF-8"))) from error
    # Not splitlines: an answer may hold U+2028, which JSON leaves as it is.
    yield from ((number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip())


def _sample(line: str, file: str, number: int) -> tuple[Sample | None, list[Problem]]:
    repeated: list[str] = []
    try:
        json.loads(line, object_pairs_hook=lambda pairs: _fields(pairs, repeated))
    except json.JSONDecodeError as error:
        message = Words(f"不是一行完整的 JSON（{error.msg}）", f"not one line of JSON: {error.msg}")
        return None, [Problem(message, file, number, error.colno)]
    if repeated:
        return None, [
            Problem(Words(f"字段 {name} 写了两次", f"{name} is written twice"), file, number, field=name)
            for name in repeated
        ]
    try:
        return Sample.model_validate_json(line, strict=True), []
    except ValidationError as error:
        return None, [_explained(detail, file, number) for detail in error.errors(include_url=False)]


def _fields(pairs: list[tuple[str, Any]], repeated: list[str]) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    repeated += sorted({name for name in names if names.count(name) > 1})
    return dict(pairs)


def _explained(detail: Mapping[str, Any], file: str, number: int) -> Problem:
    field = ".".join(str(step) for step in detail["loc"])
    known = {
        "missing": Words("缺少必填字段", "required field is missing"),
        "extra_forbidden": Words("没有这个字段", "there is no such field"),
    }
    words = known.get(detail["type"], Words(f"不符合要求：{detail['msg']}", str(detail["msg"])))
    return Problem(words, file, number, field=field)
