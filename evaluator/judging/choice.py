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
_LABELS = re.compile(r"(?<![A-Za-z])([A-Z](?:[\s,，、;；/|┋]*[A-Z])*)(?![A-Za-z])")
_BLANKS = re.compile(r"[\n;；|┋]+")
_LISTED = re.compile(r"(?m)^\s*[（(]?\d{1,2}[)）.．、:：]\s*")


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
    wrong = picked - right
    if rubric.choice_rule is ChoiceRule.PER_OPTION:
        return tuple(
            _verdict(task, lang, point.id, Level.HIT if point.id in picked and not wrong else Level.MISSED, picked)
            for point in rubric.key_points
        )
    level = Level.HIT if picked == right else Level.MISSED
    if rubric.choice_rule is ChoiceRule.SUBSET_HALF and picked < right:
        level = Level.PARTIAL
    return (_verdict(task, lang, rubric.key_points[0].id, level, picked),)


def picked_labels(answer: str) -> set[str] | None:
    """The option labels that an answer names; None where it names none, or several runs that differ.

    `B`, `b.`, `A、B、D`, `ABD`, `选B`, `答案：B` and full-width letters are read; letters inside words are not.
    """
    text = unicodedata.normalize("NFKC", answer).strip()
    if re.fullmatch(r"[a-z](?:[\s,、;/|┋]*[a-z])*\W*", text) and len(text) <= 12:
        text = text.upper()
    runs = [set(re.findall(r"[A-Z]", run)) for run in _LABELS.findall(text)]
    if not runs:
        return None
    first = runs[0]
    return first if all(run == first for run in runs) else None


def _true_false(task: Task, lang: str) -> tuple[Verdict, ...]:
    word = unicodedata.normalize("NFKC", task.answer).strip(" \t\n。.!！()（）").casefold()
    given = "true" if word in _TRUE else "false" if word in _FALSE else None
    if given is None:
        return unscored(task, "unreadable_choice", reasons.UNREADABLE_TRUTH.text(lang))
    level = Level.HIT if (given,) == task.rubric.correct else Level.MISSED
    return (_verdict(task, lang, task.rubric.key_points[0].id, level, {given}),)


def _blanks(task: Task, lang: str) -> tuple[Verdict, ...]:
    given = [part for part in _BLANKS.split(_LISTED.sub("\n", task.answer)) if part.strip()]
    points = task.rubric.key_points
    if len(points) == 1:
        given = [task.answer]
    if len(given) != len(points):
        reason = reasons.blanks_expected(len(points), len(given)).text(lang)
        return unscored(task, "unreadable_blanks", reason)
    verdicts = []
    for point, text in zip(points, given, strict=True):
        accepted = {normalise(one).text for one in point.accept}
        right = normalise(text).text in accepted
        verdicts.append(
            _verdict(task, lang, point.id, Level.HIT if right else Level.MISSED, {text.strip()}, text.strip())
        )
    return tuple(verdicts)


def _verdict(  # noqa: PLR0917
    task: Task, lang: str, key_point: str, level: Level, picked: set[str], span: str = ""
) -> Verdict:
    right = "" if level is Level.HIT else "、".join(task.rubric.correct)
    reason = reasons.by_choice("、".join(sorted(picked)), right).text(lang)
    evidence = () if level is Level.MISSED else (_evidence(task.answer, span),)
    return Verdict(key_point=key_point, level=level, reason=reason, evidence=evidence, confidence=1.0)


def _evidence(answer: str, span: str) -> Evidence:
    text = span or answer.strip()
    start = answer.index(text)
    return Evidence(start=start, end=start + len(text), text=text)
