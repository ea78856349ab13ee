"""`Paper` -> draft rubrics: one a question, each key point with the words of the paper that it comes from."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from evaluator.drafting import objective, rules, wording
from evaluator.drafting.naming import Named, named
from evaluator.drafting.numbering import endings
from evaluator.drafting.numbering import slug as as_slug
from evaluator.drafting.objective import CannotBeScored
from evaluator.drafting.pieces import Piece, sentences, trimmed
from evaluator.drafting.placing import Mended, place
from evaluator.drafting.sharing import ASSUMED, Maximum, Shares, maxima, shared
from evaluator.errors import Words
from evaluator.models import KeyPoint, Provenance, Rubric, SourceSpan
from evaluator.models.paper import Paper, Question, Section


@dataclass(frozen=True, slots=True)
class Draft:
    """What one question became."""

    question: Question
    name: str
    """Number for a file name: `03`, or `2-03` where the paper counts anew in every section."""
    rubric: Rubric | None
    """None where the paper gives nothing to score by; `looks` says what is missing."""
    looks: tuple[Words, ...] = ()
    """What a person should look at first."""


def draft(paper: Paper, *, slug: str, mended: Mended | None = None) -> tuple[Rubric, ...]:
    """The rubrics of all questions that can be scored; `status` is draft. See `drafts`."""
    return tuple(made.rubric for made in drafts(paper, slug=slug, mended=mended) if made.rubric is not None)


def drafts(paper: Paper, *, slug: str, mended: Mended | None = None) -> tuple[Draft, ...]:
    """One draft a question, in the order of the paper.

    Ids are `slug` (made ASCII) and the number of the question. With `mended`, the repaired text that the paper was
    parsed from, every source span is exact also where repair moved characters; without it such a span is that of the
    whole 解析 or 参考答案.
    """
    of = _Drafter(paper, as_slug(slug), mended)
    questions = [
        (section, question, points)
        for section in paper.sections
        for question, points in zip(section.questions, maxima(section), strict=True)
    ]
    names = endings(paper)
    return tuple(
        of.draft(section, Draft(question, name, None), points)
        for (section, question, points), name in zip(questions, names, strict=True)
    )


@dataclass(frozen=True, slots=True)
class _Drafter:
    paper: Paper
    slug: str
    mended: Mended | None

    def draft(self, section: Section, made: Draft, maximum: Maximum) -> Draft:
        question = made.question
        if not question.stem.strip():
            return replace(made, looks=(Words("没有题干", "no stem"),))
        if question.kind.objective:
            return self._objective(section, made, maximum)
        found = named(question)
        if found is None:
            return replace(made, looks=(Words("没有参考答案和解析", "neither a reference answer nor an analysis"),))
        return self._free(section, made, found, maximum)

    def _objective(self, section: Section, made: Draft, maximum: Maximum) -> Draft:
        question = made.question
        try:
            points = objective.key_points(question, maximum.points)
            blanks = len(points) > 1 or bool(points[0].accept)
            right = () if blanks else objective.correct(question)
        except CannotBeScored as error:
            return replace(made, looks=(error.words,))
        rule, share = objective.choice_rule(question, section.title, maximum.points)
        rubric = self._base(section, made, maximum.points).model_copy(
            update={
                "points_from": maximum.origin if len(points) == 1 else "even_split",
                "key_points": self._sourced(question, points),
                "options": question.options,
                "correct": right,
                "choice_rule": rule,
                "partial_share": share,
            }
        )
        looks = (_ASSUMED,) if maximum.assumed else ()
        return replace(made, rubric=_checked(rubric), looks=looks)

    def _free(self, section: Section, made: Draft, found: Named, maximum: Maximum) -> Draft:
        question, shares = made.question, shared(found, made.question, maximum)
        points = tuple(self._key_point(question, found, index, worth) for index, worth in enumerate(shares.points))
        rubric = self._base(section, made, shares.total).model_copy(
            update={
                "points_from": shares.origin,
                "key_points": points,
                "any_of": shares.any_of(tuple(point.id for point in points)),
                "deductions": wording.deductions(found.faults, shares.total, question.stem),
            }
        )
        return replace(made, rubric=_checked(rubric), looks=_looks(found, shares))

    def _base(self, section: Section, made: Draft, total: float) -> Rubric:
        """All that does not depend on the kind of the question; the key points are still to come."""
        question = made.question
        return Rubric.model_construct(
            id=f"{self.slug}-{made.name}",
            question="\n".join(part for part in (question.material.strip(), question.stem.strip()) if part),
            kind=question.kind,
            tests=rules.tests(question.analysis),
            max_score=total,
            rounding=_step(total),
            reference=question.reference.strip(),
            provenance=Provenance(
                paper=self.paper.title,
                sha256=self.paper.sha256,
                section=_without_counts(section.title),
                number=question.number,
            ),
            status="draft",
        )

    def _key_point(self, question: Question, found: Named, index: int, worth: float) -> KeyPoint:
        term = found.terms[index]
        said = wording.sentences(term.of(found.text), question.stem, question.kind, term.under)
        return KeyPoint(
            id=f"kp{index + 1}",
            name=said.name,
            points=worth,
            hit=said.hit,
            partial=said.partial,
            accept=said.accept,
            reject=tuple(phrase for phrase in found.reject if not any(phrase in one for one in said.accept)),
            follow_up=said.follow_up,
            source=self._source(question, found, term),
        )

    def _source(self, question: Question, found: Named, term: Piece) -> SourceSpan | None:
        span = question.analysis_span if found.part == "analysis" else question.reference_span
        if span is None:
            return None
        at = place(found.text, term, span, self.mended)
        return SourceSpan(part=found.part, start=at.start, end=at.end, words=term.of(found.text))

    def _sourced(self, question: Question, points: tuple[KeyPoint, ...]) -> tuple[KeyPoint, ...]:
        """The first sentence of the 解析 is what an objective question's answer rests on."""
        first = next(iter(sentences(question.analysis)), None)
        term = trimmed(question.analysis, first) if first else None
        if term is None:
            return points
        source = self._source(question, Named("analysis", "first sentence", question.analysis, (term,)), term)
        return tuple(point.model_copy(update={"source": source}) for point in points)


_ASSUMED = Words(f"试卷没有给分值，按 {ASSUMED:g} 分", f"the paper gives no points: {ASSUMED:g} assumed")
_COUNTS = re.compile(r"\s*[（(][^（）()]*(?:分|题|marks?|points?)[^（）()]*[)）]\s*$")


def _without_counts(title: str) -> str:
    """一、简答题(共5题,每题8分) without the counts."""
    return _COUNTS.sub("", title).strip()


def _step(total: float) -> float:
    """Half points, unless the maximum is not made of them."""
    return 0.5 if (total * 2).is_integer() else 0.01


def _checked(rubric: Rubric) -> Rubric:
    return Rubric.model_validate(rubric.model_dump())


def _looks(found: Named, shares: Shares) -> tuple[Words, ...]:
    looks = [_ASSUMED] if shares.assumed else []
    if not found.sure:
        looks.append(
            Words("试卷没有点明得分点，是按句子切出来的", "the paper names no key points: cut by clause or sentence")
        )
    elif len(found.terms) == 1:
        looks.append(Words("只有一个得分点", "a single key point"))
    if shares.mismatch:
        looks.append(
            Words(
                f"各点分值合计 {shares.total:g}，与题目分值不符",
                f"marks add up to {shares.total:g}, not to the question's points",
            )
        )
    if found.elsewhere:
        left = "、".join(found.elsewhere)
        looks.append(
            Words(f"试卷说没有提到就扣分，未写进得分点：{left}", f"points are lost without these, not drafted: {left}")
        )
    if any(fault.points is None for fault in found.faults):
        looks.append(
            Words("“……不得分”写成了扣去全部分值的扣分项", "“no marks if …” became a deduction of all the points")
        )
    return tuple(looks)
