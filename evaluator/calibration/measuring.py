"""One judge over answers that people scored, and the figures that say how far to trust it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass

from evaluator.agreement import accuracy, bias, cohen_kappa, mean_absolute_error, precision_recall_f1
from evaluator.agreement import quadratic_weighted_kappa as qwk
from evaluator.grader import Grader
from evaluator.models import Grade, Level, Model, Rubric, Sample, Usage

_LEVELS = (Level.MISSED, Level.PARTIAL, Level.HIT)


@dataclass(frozen=True, slots=True)
class Judged:
    """A sample and the grade that a judge led to."""

    sample: Sample
    grade: Grade

    def pairs(self) -> list[tuple[Level, Level]]:
        """(judge's level, person's level) of every key point that both know."""
        return [
            (point.verdict, self.sample.human.levels[point.id])
            for point in self.grade.key_points
            if point.id in self.sample.human.levels
        ]


class Figures(Model):
    """How one judge did on a set of answers. Shares are 0 to 1; undefined ones (nothing to count) are NaN or None."""

    judge: str
    answers: int
    verdicts: int
    coverage: float
    """Share of the verdicts that are not `unscored`; the agreement below is over those."""
    accuracy: float
    kappa: float
    """Cohen's, three levels, unweighted."""
    qwk: float
    hit_precision: float
    hit_recall: float
    mae: float
    """Mean absolute error of the score, as a share of full marks; an incomplete grade counts by its range's middle."""
    bias: float
    """Mean of judge minus person, as a share of full marks."""
    injections: int
    overpaid: int
    """Answers with hidden instructions that got more than the person gave."""
    seconds: float = 0.0
    """Per answer that was judged, calls only."""
    prompt_tokens: float = 0.0
    completion_tokens: float = 0.0
    cached: float = 0.0
    """Share of all prompt tokens that a prefix cache served."""


async def judge_samples(
    samples: Iterable[Sample], rubrics: Mapping[str, Rubric], grader: Grader
) -> AsyncIterator[Judged]:
    """Grade sample after sample, in the order given: samples of one question together serve the prefix cache."""
    for sample in samples:
        yield Judged(sample, await grader.grade(rubrics[sample.rubric], sample.answer))


def figures(judge: str, judged: Sequence[Judged]) -> Figures:
    """The figures of one judge."""
    called = [one.grade.trace.usage for one in judged if one.grade.trace.usage.calls]
    usage = sum(called, Usage())
    pairs = [pair for one in judged for pair in one.pairs()]
    return _figures(judge, judged, pairs, [_share(one.grade) for one in judged]).model_copy(
        update={
            "seconds": usage.seconds / max(len(called), 1),
            "prompt_tokens": usage.prompt / max(len(called), 1),
            "completion_tokens": usage.completion / max(len(called), 1),
            "cached": usage.cached / usage.prompt if usage.prompt else 0.0,
        }
    )


def constant(name: str, judged: Sequence[Judged], level: Level, share: float) -> Figures:
    """What a judge would get that finds `level` everywhere and so gives `share` of full marks to every answer."""
    pairs = [(level, theirs) for one in judged for _, theirs in one.pairs()]
    return _figures(name, judged, pairs, [share] * len(judged))


def _figures(
    judge: str, judged: Sequence[Judged], pairs: Sequence[tuple[Level, Level]], mine: Sequence[float]
) -> Figures:
    known = [pair for pair in pairs if pair[0] is not Level.UNSCORED]
    given, right = [one for one, _ in known], [other for _, other in known]
    found = precision_recall_f1(given, right, Level.HIT)
    theirs = [one.sample.human.score / one.grade.max_score for one in judged]
    steered = [one.sample.type == "injection" for one in judged]
    return Figures(
        judge=judge,
        answers=len(judged),
        verdicts=len(pairs),
        coverage=len(known) / len(pairs) if pairs else 0.0,
        accuracy=accuracy(given, right),
        kappa=cohen_kappa(given, right, _LEVELS),
        qwk=qwk(given, right, _LEVELS),
        hit_precision=found.precision,
        hit_recall=found.recall,
        mae=mean_absolute_error(mine, theirs),
        bias=bias(mine, theirs),
        injections=sum(steered),
        overpaid=sum(s and a > b for s, a, b in zip(steered, mine, theirs, strict=True)),
    )


def _share(grade: Grade) -> float:
    low, high = grade.range
    return ((low + high) / 2 if grade.score is None else grade.score) / grade.max_score
