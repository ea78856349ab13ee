"""`evaluator rescore`: edited weights and people's decisions applied to a run, without a call."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from evaluator.cli.terminal import data, note
from evaluator.errors import InputError, Problem, Words

if TYPE_CHECKING:
    from evaluator.batch.journal import Journal
    from evaluator.batch.rescoring import Change, Decided
    from evaluator.models import Grade, Rubric
    from evaluator.settings import Settings

SHOWN = 40
"""Changes listed one by one; the largest first."""


def rescore(
    run: Annotated[str, typer.Argument(metavar="RUN", help="运行的编号或开头 / id of the run or how it begins")],
    rubrics: Annotated[
        list[Path] | None, typer.Option("--rubrics", "-r", help="改过的细则，默认同那次运行 / edited rubrics")
    ] = None,
    decisions: Annotated[
        Path | None, typer.Option("--decisions", "-d", help="填了人工判定的工作簿 / workbook with people's verdicts")
    ] = None,
    author: Annotated[str, typer.Option(help="改判的人 / who decided")] = "",
    output: Annotated[list[Path] | None, typer.Option("--output", "-o", help="写到哪里，可重复 / results")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只看谁会变 / only show who changes")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="不再问 / do not ask")] = False,
    lang: Annotated[str | None, typer.Option(help="zh | en")] = None,
) -> None:
    """按改过的分值和人工改判重新算分，不调用模型。Points anew from edited weights and people's verdicts, no call.

    先列出谁会变、变多少，同意后才写。退出码：0 完成，1 只看或没有同意，2 文件有误。
    Who changes and by how much is shown before anything is written.
    Exit codes: 0 done, 1 only shown, 2 a file is wrong.
    """
    from evaluator.batch.rescoring import apply, changes, to_judge_again
    from evaluator.settings import load

    settings = load({"lang": lang} if lang else {})
    with _journal(run, settings) as journal:
        edited = _edited(journal, rubrics, settings)
        if stale := to_judge_again(journal, edited):
            raise InputError(_reworded(stale))
        decided = _decided(journal, decisions, author, settings)
        found = sorted(changes(journal, edited, decided), key=lambda one: -abs(one.difference))
        for line in _table(found, settings.lang):
            data(line)
        if not found or dry_run or not (yes or _agreed(len(found), settings.lang)):
            raise typer.Exit(0 if not found else 1)
        apply(journal, edited, decided)
        _write(journal, output or [], settings)


@contextmanager
def _journal(run: str, settings: Settings) -> Iterator[Journal]:
    from evaluator.batch.session import find_run, opened

    with opened(find_run(run, settings)) as journal:
        yield journal


def _edited(journal: Journal, paths: Sequence[Path] | None, settings: Settings) -> tuple[Rubric, ...]:
    """The rubrics of the run as they are written now."""
    import json

    from evaluator.cli.batch import load_rubrics

    kept = [Path(path) for path in json.loads(journal.get("rubric_paths", "[]"))]
    now = {one.id: one for one in load_rubrics(list(paths or kept) or None, settings)}
    return tuple(now[one.id] for one in journal.rubrics() if one.id in now)


def _reworded(ids: Sequence[str]) -> Problem:
    listed = "、".join(ids)
    return Problem(
        Words(
            f"这些细则的题干、得分点或扣分项的文字也改了：{listed}，光算分不够",
            f"the wording of these rubrics changed too: {', '.join(ids)}; arithmetic alone cannot follow",
        ),
        hint=Words(
            "再运行一次 evaluator batch，只会重评这几题", "run evaluator batch again: only these are judged anew"
        ),
    )


def _decided(journal: Journal, path: Path | None, author: str, settings: Settings) -> Decided:
    """What people wrote into the workbook, as overrides."""
    if path is None:
        return {}
    from evaluator.batch.blinding import Blinded, blinding_secret
    from evaluator.batch.journalled import Journalled
    from evaluator.judging import requirements
    from evaluator.models import Override
    from evaluator.workbook import read_decisions

    results = Journalled(journal)
    known = {one.candidate: one.candidate for one in results.candidates()}
    if (settings.data_dir / "blinding.key").exists():
        blinded = Blinded(results, blinding_secret(settings.data_dir))
        known = {blinded.id_of(candidate): candidate for candidate in known} | known
    points = {one.id: {item.id for item in requirements(one)} for one in results.rubrics}
    found: dict[tuple[str, str], tuple[Override, ...]] = defaultdict(tuple)
    problems = []
    now = datetime.now(UTC).isoformat(timespec="seconds")
    for one in read_decisions(path):
        if one.candidate not in known or one.key_point not in points.get(one.rubric, ()):
            problems.append(_stranger(path, one.row))
            continue
        override = Override(
            key_point=one.key_point, level=one.level, author=author or _user(), reason=one.reason, created=now
        )
        found[known[one.candidate], one.rubric] += (override,)
    if problems:
        raise InputError(*problems)
    return found


def _stranger(path: Path, row: int) -> Problem:
    return Problem(
        Words(
            "这一行的考生、题目或得分点不在这次运行里", "this row's candidate, question or key point is not of this run"
        ),
        str(path),
        row,
        hint=Words("用这次运行写出的工作簿", "use the workbook that this run wrote"),
    )


def _user() -> str:
    import getpass

    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "?"


def _table(found: Sequence[Change], lang: str) -> Iterator[str]:
    if not found:
        yield Words("没有谁的得分会变", "nobody's score changes").text(lang)
        return
    for one in found[:SHOWN]:
        who = f"{one.candidate} {one.name}".strip()
        yield f"{who}  {one.rubric}  {_score(one.before)} → {_score(one.after)}  ({one.difference:+g})"
    if len(found) > SHOWN:
        yield Words(f"… 另有 {len(found) - SHOWN} 份", f"… and {len(found) - SHOWN} more").text(lang)
    mean = sum(one.difference for one in found) / len(found)
    people = len({one.candidate for one in found})
    yield Words(
        f"{people} 人的 {len(found)} 份答案会变，平均 {mean:+.2f} 分",
        f"{len(found)} answers of {people} people change, by {mean:+.2f} points on average",
    ).text(lang)


def _score(grade: Grade) -> str:
    low, high = grade.range
    shown = f"{low:g}–{high:g}" if grade.score is None else f"{grade.score:g}"
    return f"{shown}/{grade.max_score:g}"


def _agreed(count: int, lang: str) -> bool:
    if not sys.stdin.isatty():
        note(Words("没有写：加 --yes 才写", "nothing written: add --yes to write").text(lang))
        return False
    return typer.confirm(Words(f"写下这 {count} 处变化？", f"write these {count} changes?").text(lang))


def _write(journal: Journal, outputs: Sequence[Path], settings: Settings) -> None:
    from evaluator.batch.journalled import Journalled
    from evaluator.workbook import write

    results = Journalled(journal, settings.lang)
    for path in outputs:
        write(results, path, lang=settings.lang)
        note(str(path))
    note(Words(f"已写入运行 {journal.path.stem}", f"kept in run {journal.path.stem}").text(settings.lang))
