"""One answer: look at it, judge it, verify the evidence, score it."""

from __future__ import annotations

import functools
import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from evaluator.clauses import cut
from evaluator.errors import InputError, JudgeError, Problem, Words
from evaluator.evidence import verified
from evaluator.injection import find
from evaluator.judging import ChoiceJudge, Judge, Task, requirements, unscored
from evaluator.models import Evidence, Fit, Flag, Grade, Judgement, Level, Rubric, Trace, Usage, Verdict
from evaluator.models.derived import Derived
from evaluator.rubrics import content_hash, judging_hash
from evaluator.scoring import Scored, score, verdicts_of
from evaluator.store import Judgements
from evaluator.text import Normalised, alike, folded
from evaluator.version import __version__

# Part of every cache key: raise it when clause cutting, masking or evidence checks change what a judge sees.
READING = "2"
SHORT = 10
COPIED = 0.9
COPIED_MIN = 30
REVIEW_BELOW = 0.6
_NOTHING = frozenset(
    (
        "无",
        "略",
        "空",
        "跳过",
        "不知道",
        "不会",
        "不清楚",
        "不了解",
        "没有",
        "没想好",
        "na",
        "none",
        "nothing",
        "idontknow",
    )
)
_HALF_CHARACTER = re.compile("[\ud800-\udfff]")
"""Can be kept in no file, sent to nobody and hashed by nothing."""
_EVIDENCE_CAUSES = frozenset({"no_evidence", "unverified_evidence", "evidence_is_instruction"})

_CONTENT_HASH = Derived(content_hash)
_JUDGING_HASH = Derived(judging_hash)


def _folded_reference(rubric: Rubric) -> str:
    return folded(rubric.reference)


_REFERENCE = Derived(_folded_reference)


@functools.lru_cache(maxsize=64)
def _digest(judge_key: str) -> str:
    return hashlib.sha256(judge_key.encode()).hexdigest()


def now() -> str:
    """UTC, ISO 8601, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


@dataclass(frozen=True, slots=True)
class _Read:
    """An answer as the judge gets it, and the way back to the answer as given."""

    given: str
    text: Normalised
    folded: str
    """The canonical text as it is compared."""
    empty: bool

    @property
    def canonical(self) -> str:
        return self.text.text

    def back(self, verdict: Verdict) -> Verdict:
        """The verdict with its evidence cut from the answer as given."""
        spans = (self.text.span(one.start, one.end) for one in verdict.evidence)
        evidence = tuple(Evidence(start=start, end=end, text=self.given[start:end]) for start, end in spans)
        return verdict.model_copy(update={"evidence": evidence})


def read(rubric: Rubric, answer: str) -> _Read:
    """The answer as the judge gets it; see `canonical`."""
    text = canonical(answer)
    content = folded(text.text)
    return _Read(answer, text, content, _is_empty(rubric, text.text, content))


def canonical(answer: str) -> Normalised:
    """Line ends made one and outer white space dropped: what the same answer has in common wherever it was pasted."""
    start, end = len(answer) - len(answer.lstrip()), len(answer.rstrip())
    kept: Sequence[int] = range(start, end)
    text = answer[start:end]
    if "\r" in text:
        kept = tuple(at for at in kept if answer[at] != "\r" or answer[at + 1 : at + 2] != "\n")
        text = "".join("\n" if answer[at] == "\r" else answer[at] for at in kept)
    return Normalised(text, kept)


def _is_empty(rubric: Rubric, text: str, content: str) -> bool:
    """Nothing that says something, or only words for nothing; to an objective question a tick says something.

    `content` is the text as it is compared.
    """
    if not rubric.kind.objective:
        return not content or content in _NOTHING
    accepted = {folded(phrase) for point in rubric.key_points for phrase in point.accept}
    return not folded(text, keep_punctuation=True) or (content in _NOTHING and content not in accepted)


def _check(answer: str, max_chars: int) -> None:
    if len(answer) > max_chars:
        raise InputError(
            Problem(
                Words(
                    f"答案有 {len(answer)} 字，超过上限 {max_chars} 字，没有评分",
                    f"the answer has {len(answer)} characters, the limit is {max_chars}; it was not scored",
                ),
                hint=Words("调大 max_answer_chars，或拆分答案", "raise max_answer_chars or split the answer"),
            )
        )
    if half := _HALF_CHARACTER.search(answer):
        raise InputError(
            Problem(
                Words(
                    f"答案的第 {half.start() + 1} 个字符只有一半（孤立的代理项），不是有效的文本，没有评分",
                    f"character {half.start() + 1} of the answer is half a character (a lone surrogate); "
                    "it was not scored",
                ),
                hint=Words(
                    "重新导出答案，或把损坏的字符换成 U+FFFD", "export the answer again, or put U+FFFD in its place"
                ),
            )
        )


class Grader:
    """Grades answers with one judge; objective questions always go to the choice judge.

    With a `store`, verdicts are looked up by content (rubric as a judge sees it, judge, model, prompts, parameters,
    answer) and kept, so the same answer is paid for once and always gets the same verdicts. With a `fit`, grades have a
    calibrated score besides; it is no part of what is kept.
    """

    def __init__(
        self,
        judge: Judge,
        *,
        store: Judgements | None = None,
        max_answer_chars: int = 20_000,
        lang: str = "zh",
        clock: Callable[[], str] = now,
        fit: Fit | None = None,
    ) -> None:
        self._judge = judge
        self._choice = ChoiceJudge(lang)
        self._store = store
        self._max_chars = max_answer_chars
        self._clock = clock
        self._fit = fit

    async def grade(self, rubric: Rubric, answer: str, *, names: Sequence[str] = ()) -> Grade:
        """The grade of one answer; `names` are masked before anything leaves the machine.

        Raises InputError for an answer that is longer than the limit or no Unicode text. Whatever goes wrong with the
        judge becomes `unscored` key points with the cause, never an exception and never a zero.
        """
        _check(answer, self._max_chars)
        seen = read(rubric, answer)
        spans = tuple((found.start, found.end) for found in find(seen.canonical))
        judge = self._choice if rubric.kind.objective else self._judge
        task = Task(rubric, seen.canonical, cut(seen.canonical), spans, names=tuple(names))
        key = self._key(rubric, judge, seen.canonical)
        judgement, cached = await self._judged(task, judge, key, empty=seen.empty)
        verdicts = judgement.verdicts
        if seen.canonical != answer:
            verdicts = tuple(map(seen.back, verdicts))
        trace = Trace(
            rubric_hash=_CONTENT_HASH(rubric),
            answer_hash=hashlib.sha256(seen.canonical.encode()).hexdigest(),
            key=key,
            judge_key=_digest(judge.key),
            prompt_hash=judgement.prompt_hash,
            model=judgement.model,
            host=judgement.host,
            parameters=judgement.parameters,
            usage=Usage() if cached else judgement.usage,
            cached=cached,
            notes=judgement.notes,
            version=__version__,
            created=self._clock(),
        )
        grade = _assembled(rubric, seen, verdicts, judgement, trace, steered=bool(spans))
        return grade if self._fit is None else with_fit(grade, rubric, self._fit)

    def judged_by(self, rubric: Rubric) -> str:
        """All that the verdicts on an answer to this question depend on besides the answer, as one key."""
        return self._key(rubric, self._choice if rubric.kind.objective else self._judge, "")

    def key(self, rubric: Rubric, answer: str) -> str:
        """What the store keeps the verdicts on this answer under."""
        judge = self._choice if rubric.kind.objective else self._judge
        return self._key(rubric, judge, canonical(answer).text)

    @staticmethod
    def _key(rubric: Rubric, judge: Judge, canonical: str) -> str:
        parts = (READING, _JUDGING_HASH(rubric), judge.key, canonical)
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()

    async def _judged(self, task: Task, judge: Judge, key: str, *, empty: bool) -> tuple[Judgement, bool]:
        if empty:
            return _nothing_written(task, judge), False
        if self._store is not None and (kept := self._store.get_judgement(key)) is not None:
            return _verified(kept, task), True
        judgement = _verified(await _asked(judge, task), task)
        failed = any(verdict.level is Level.UNSCORED for verdict in judgement.verdicts)
        if self._store is not None and not failed:  # a failure is not an answer: the next run asks again
            self._store.put_judgement(key, judgement)
        return judgement, False


async def _asked(judge: Judge, task: Task) -> Judgement:
    """The judgement; a judge that fails as a whole leaves everything unscored."""
    try:
        return await judge.judge(task)
    except JudgeError as error:
        return Judgement(judge=judge.name, verdicts=unscored(task, error.cause, str(error)))


def _verified(judgement: Judgement, task: Task) -> Judgement:
    """With evidence that holds; what a rule found in an objective answer holds by construction, a lone tick too."""
    if task.rubric.kind.objective:
        return judgement
    checked = tuple(verified(verdict, task.answer, task.instructions) for verdict in judgement.verdicts)
    return judgement if checked == judgement.verdicts else judgement.model_copy(update={"verdicts": checked})


def _nothing_written(task: Task, judge: Judge) -> Judgement:
    """An empty answer misses everything, and nobody is asked."""
    verdicts = tuple(
        Verdict(key_point=item.id, level=Level.MISSED, confidence=1.0) for item in requirements(task.rubric)
    )
    return Judgement(judge=judge.name, verdicts=verdicts, notes=("empty answer: no call",))


def _assembled(
    rubric: Rubric, seen: _Read, verdicts: Sequence[Verdict], judgement: Judgement, trace: Trace, *, steered: bool
) -> Grade:
    scored = score(rubric, verdicts)
    flags = _flags(rubric, seen, verdicts, off_topic=judgement.off_topic, steered=steered)
    reasons = _review_reasons(rubric, scored, flags, judgement.judge)
    sure = [verdict.confidence for verdict in verdicts if verdict.confidence is not None]
    return Grade(
        rubric=rubric.id,
        score=scored.score,
        max_score=rubric.max_score,
        range=(scored.low, scored.high),
        complete=scored.complete,
        needs_review=bool(reasons),
        review_reasons=reasons,
        flags=flags,
        key_points=scored.key_points,
        deductions=scored.deductions,
        judge=judgement.judge,
        confidence=round(sum(sure) / len(sure), 4) if sure else None,
        trace=trace,
    )


def _flags(
    rubric: Rubric, seen: _Read, verdicts: Sequence[Verdict], *, off_topic: bool, steered: bool
) -> tuple[Flag, ...]:
    if seen.empty:
        return (Flag.EMPTY,)
    unsure = any(verdict.confidence is not None and verdict.confidence < REVIEW_BELOW for verdict in verdicts)
    copied = len(rubric.reference) >= COPIED_MIN and alike(seen.folded, _REFERENCE(rubric), COPIED)
    found = {
        Flag.TOO_SHORT: not rubric.kind.objective and len(seen.folded) < SHORT,
        Flag.OFF_TOPIC: off_topic,
        Flag.INJECTION: steered,
        Flag.COPIED_REFERENCE: copied,
        Flag.LOW_CONFIDENCE: unsure,
        Flag.UNVERIFIED_EVIDENCE: any(verdict.cause in _EVIDENCE_CAUSES for verdict in verdicts),
    }
    return tuple(flag for flag, present in found.items() if present)


def _review_reasons(rubric: Rubric, scored: Scored, flags: Sequence[Flag], judge: str) -> tuple[str, ...]:
    found = {
        "incomplete": not scored.complete,
        **{flag.value: flag in flags for flag in Flag if flag is not Flag.EMPTY},
        "deduction": any(item.taken for item in scored.deductions),
        "keyword_judge": judge == "keyword" and Flag.EMPTY not in flags,
        "draft_rubric": rubric.status == "draft",
    }
    return tuple(code for code, present in found.items() if present)


def with_fit(grade: Grade, rubric: Rubric, fit: Fit) -> Grade:
    """The grade with the score that a calibration file makes of its verdicts; the score itself stays.

    Left as it is: a grade by rules (objective questions), an incomplete one. A blank answer gets what it had. Where the
    file does not hold for the grade there is no calibrated score, and review reason and trace say so and why.
    """
    if rubric.kind.objective or grade.score is None:
        return grade
    if Flag.EMPTY in grade.flags:
        return grade.model_copy(update={"calibrated": grade.score})
    why = fit.binding.refusal(grade, _JUDGING_HASH(rubric))
    if why is not None:
        notes = (*grade.trace.notes, f"calibration refused: {why.en}")
        return grade.model_copy(
            update={
                "calibrated": None,
                "needs_review": True,
                "review_reasons": tuple(dict.fromkeys((*grade.review_reasons, "calibration_refused"))),
                "trace": grade.trace.model_copy(update={"notes": notes}),
            }
        )
    return grade.model_copy(
        update={"calibrated": round(fitted_share(grade, rubric, fit.partial_share, fit.knots) * rubric.max_score, 2)}
    )


def fitted_share(
    grade: Grade, rubric: Rubric, partial_share: float | None, knots: tuple[tuple[float, float], ...]
) -> float:
    """What a fit makes of the verdicts of a complete grade, a share of full marks: the partial first, then the map."""
    points = grade.score or 0.0
    if partial_share is not None:
        points = score(rubric.model_copy(update={"partial_share": partial_share}), verdicts_of(grade)).low
    share = min(max(points / rubric.max_score, 0.0), 1.0)
    if not knots:
        return share
    from evaluator.agreement import MonotoneMap  # noqa: PLC0415 - statistics that hardly anybody's grades need

    return MonotoneMap(knots)(share)
