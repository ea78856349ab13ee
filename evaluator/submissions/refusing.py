"""How sources are refused: what is wrong, where, and what to do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from evaluator.errors import InputError, Problem, Words
from evaluator.models import Rubric
from evaluator.submissions import score_headers
from evaluator.submissions.column_map import Column, ColumnMap, Near, QuestionName, Role

_SHOWN = 40
_MANY = 12
_HINT = Words(
    "用 --dry-run 写出列映射，填好 rubric 后以 --map 文件 传入；不是答案的列写 role: ignored",
    "write a map with --dry-run, fill in `rubric`, and give it with --map FILE; a column that holds no answers is "
    "`role: ignored`",
)


def refused(name: str, zh: str, en: str, *, hint: Words | None = None) -> InputError:
    """The error for a whole file."""
    return InputError(Problem(Words(zh, en), file=name, hint=hint))


def doubtful(name: str, column_map: ColumnMap, rubrics: Sequence[Rubric]) -> InputError:
    """The error that lists everything doubtful with the nearest rubrics."""
    known = {rubric.id: rubric for rubric in rubrics}
    scores = [one for one in column_map.doubtful if isinstance(one, Column) and _of_scores(one.header)]
    # Once its question is known, a column of scores is, too.
    found = [one for one in column_map.doubtful if one not in scores] or scores
    problems = [
        Problem(_doubt(one, known), file=name, field=_field(one), hint=_HINT if one is found[-1] else None)
        for one in found
    ]
    return InputError(*problems)


def nothing_matched(name: str, printed: Iterable[str], rubrics: Sequence[Rubric]) -> InputError:
    """The error where no question of a source is known."""
    texts = [short(text) for text in printed if text.strip()]
    seen = "；".join(texts[:_MANY]) + (" …" if len(texts) > _MANY else "")
    stems = "；".join(f"{rubric.id} {short(rubric.question)}" for rubric in rubrics[:_MANY])
    return refused(
        name,
        f"没有一列对得上题目。表里有：{seen or '（空）'}。评分细则有：{stems}",
        f"no question was matched. The source has: {seen or '(nothing)'}. The rubrics: {stems}",
        hint=Words(
            "检查 --rubrics 是不是这份试卷的；表头写题干、评分细则的 id 或“第1题”，或用 --map 指定",
            "check that --rubrics is of this paper; head the columns with stems, rubric ids or Q1, or give --map",
        ),
    )


def short(text: str) -> str:
    """The beginning of a long text, on one line."""
    text = " ".join(text.split())
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


def _of_scores(header: str) -> bool:
    said = score_headers.score(header)
    return said is not None and bool(said.ref)


def _field(one: Column | QuestionName) -> str:
    return one.column if isinstance(one, Column) else ""


def _doubt(one: Column | QuestionName, known: dict[str, Rubric]) -> Words:
    if isinstance(one, Column) and one.role is Role.HUMAN_LEVEL:
        points = "、".join(point.id for point in known[one.rubric].key_points) if one.rubric in known else ""
        return Words(
            f"列“{short(one.header)}”没有对上得分点；{one.rubric} 的得分点有：{points}",
            f"column {short(one.header)!r} names no key point; {one.rubric} has: {points}",
        )
    printed = short(one.header if isinstance(one, Column) else one.printed)
    zh, en = _nearest(one.candidates, known)
    what = ("列", "column") if isinstance(one, Column) else ("题目", "question")
    return Words(f"{what[0]}“{printed}”对不上题目；{zh}", f"{what[1]} {printed!r} is doubtful; {en}")


def _nearest(candidates: Sequence[Near], known: dict[str, Rubric]) -> Words:
    if not candidates:
        return Words("没有相近的评分细则", "no rubric is near")
    shown = [
        f"{one.rubric}{f' {one.similarity}%' if one.similarity else ''} “{short(known[one.rubric].question)}”"
        for one in candidates
        if one.rubric in known
    ]
    return Words(f"最接近：{'；'.join(shown)}", f"nearest: {'; '.join(shown)}")
