"""Objective questions: single and multiple choice, true or false, blanks. Code scores them, no model is asked."""

from __future__ import annotations

import re
import unicodedata

from evaluator.judging import reasons
from evaluator.judging.protocol import Task, unscored
from evaluator.models import ChoiceRule, Evidence, Judgement, Level, QuestionKind, Verdict
from evaluator.text import normalise

_TRUE = frozenset(("√", "✓", "✔", "v", "t", "true", "yes", "y", "对", "是", "正确", "a"))
_FALSE = frozenset(("×", "✗", "✘", "x", "f", "false", "no", "n", "错", "否", "错误", "不正确", "不对", "b"))
_LEAD = re.compile(r"(?:答案|答|判断|我?选)\s*(?:是|为)?\s*[:：]?\s*(?=\S)")
_LABELS = re.compile(r"(?<![A-Za-z])([A-Z](?:(?:[\s,、;/|┋&+]|和|与|及|and)*[A-Z])*)(?![A-Za-z])")
_SMALL = re.compile(r"[a-h]+")
_BLANKS = (r"\n;；|┋", r"\n;；|┋,，、", r"\s;；|┋,，、")
"""What stands between blanks, the surest first; the others are tried where the number of answers does not fit."""
_LISTED = re.compile(r"(?:^|(?<=[\s;；,，、|┋]))[（(]?(\d{1,2})(?:[)）、]|[.．:：](?!\d))[^\S\n]*", re.MULTILINE)
"""The number in front of a blank's answer; 3.5 and 2:30 are answers."""


class ChoiceJudge:
    """Scores what a candidate ticked.

    Single choice and true/false: right or nothing. Multiple choice by `Rubric.choice_rule`. Blanks: each in its place,
    any of the `accept` answers after normalisation. An answer that names no option is `unscored` and needs a person.
    """

    name = "choice"

    def __init__(self, lang: str = "zh") -> None:
        self._lang = lang
        self.key = f"choice/1/{lang}"

    async def judge(self, task: Task) -> Judgement:
        """Verdicts by rule, all certain."""
        if task.rubric.kind is QuestionKind.FILL_BLANK:
            verdicts = _blanks(task, self._lang)
        elif task.rubric.kind is QuestionKind.TRUE_FALSE:
            verdicts = _true_false(task, self._lang)
        else:
            verdicts = _options(task, self._lang)
        return Judgement(judge=self.name, verdicts=verdicts)


def _options(task: Task, lang: str) -> tuple[Verdict, ...]:
    picked = picked_labels(task.answer)
    known = {option.label for option in task.rubric.options}
    if picked is None or not picked <= known:
        return unscored(task, "unreadable_choice", reasons.UNREADABLE_CHOICE.text(lang))
    rubric, right = task.rubric, set(task.rubric.correct)
    wrong, said = picked - right, "、".join(sorted(picked))
    if rubric.choice_rule is ChoiceRule.PER_OPTION:
        return tuple(
            _verdict(task, lang, point.id, Level.HIT if point.id in picked and not wrong else Level.MISSED, said=said)
            for point in rubric.key_points
        )
    level = Level.HIT if picked == right else Level.MISSED
    if rubric.choice_rule is ChoiceRule.SUBSET_HALF and picked < right:
        level = Level.PARTIAL
    return (_verdict(task, lang, rubric.key_points[0].id, level, said=said),)


def picked_labels(answer: str) -> set[str] | None:
    """The option labels that an answer names; None where it names none, or several runs that differ.

    `B`, `b.`, `A、B、D`, `ABD`, `A和B`, `选B`, `答案：B` and full-width letters are read; letters inside words are not.
    """
    text = unicodedata.normalize("NFKC", answer).strip()
    if all(_SMALL.fullmatch(word) for word in re.findall(r"[A-Za-z]+", text.replace("and", ""))):
        text = text.replace("and", "、").upper()
    runs = [set(re.findall(r"[A-Z]", run)) for run in _LABELS.findall(text)]
    if not runs:
        return None
    first = runs[0]
    return first if all(run == first for run in runs) else None


def _true_false(task: Task, lang: str) -> tuple[Verdict, ...]:
    text = unicodedata.normalize("NFKC", task.answer).strip()
    word = _LEAD.sub("", text, count=1).strip(" \t\n。.!！()（）").casefold()
    given = "true" if word in _TRUE else "false" if word in _FALSE else None
    if given is None:
        return unscored(task, "unreadable_choice", reasons.UNREADABLE_TRUTH.text(lang))
    level = Level.HIT if (given,) == task.rubric.correct else Level.MISSED
    return (_verdict(task, lang, task.rubric.key_points[0].id, level, said=given),)


def _blanks(task: Task, lang: str) -> tuple[Verdict, ...]:
    points = task.rubric.key_points
    spans = _filled(task.answer, len(points))
    if len(spans) != len(points):
        reason = reasons.blanks_expected(len(points), len(spans)).text(lang)
        return unscored(task, "unreadable_blanks", reason)
    verdicts = []
    for point, (start, end) in zip(points, spans, strict=True):
        text = task.answer[start:end]
        accepted = {normalise(phrase).text for phrase in point.accept}
        right = bool(accepted & {normalise(text).text, normalise(_LISTED.sub("", text, count=1)).text})
        level = Level.HIT if right else Level.MISSED
        verdicts.append(
            _verdict(task, lang, point.id, level, said=text, evidence=Evidence(start=start, end=end, text=text))
        )
    return tuple(verdicts)


def _filled(answer: str, wanted: int) -> list[tuple[int, int]]:
    """Where the answers to the blanks stand, without white space and numbers; `wanted` of them if at all possible."""
    if wanted == 1:
        return _trimmed(answer, [(0, len(answer))])
    bare, numbers = answer, list(_LISTED.finditer(answer))
    if [int(number[1]) for number in numbers] == list(range(1, len(numbers) + 1)):
        bare = _LISTED.sub(lambda number: "\n" * len(number.group()), answer)
    ways = [_trimmed(bare, [part.span() for part in re.finditer(f"[^{between}]+", bare)]) for between in _BLANKS]
    return next((spans for spans in ways if len(spans) == wanted), ways[0])


def _trimmed(text: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    pieces = ((start, end, text[start:end]) for start, end in spans)
    return [
        (start + len(piece) - len(piece.lstrip()), end - len(piece) + len(piece.rstrip()))
        for start, end, piece in pieces
        if piece.strip()
    ]


def _verdict(
    task: Task, lang: str, key_point: str, level: Level, *, said: str, evidence: Evidence | None = None
) -> Verdict:
    right = "" if level is Level.HIT else "、".join(task.rubric.correct)
    return Verdict(
        key_point=key_point,
        level=level,
        reason=reasons.by_choice(said, right).text(lang),
        evidence=() if level is Level.MISSED else (evidence or _whole(task.answer),),
        confidence=1.0,
    )


def _whole(answer: str) -> Evidence:
    start, end = _trimmed(answer, [(0, len(answer))])[0]
    return Evidence(start=start, end=end, text=answer[start:end])
