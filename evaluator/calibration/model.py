"""The report of a calibration: how far one judge agrees with people on answers that they scored.

All scores are shares of full marks, 0..1, so that questions with different maxima stand side by side; errors are judge
minus people. What the data do not define is None, never 0. Levels stand in the order missed, partial, hit.
"""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict, Field

from evaluator.errors import Words
from evaluator.models import Level, Model, Parameters, Usage

LEVELS = (Level.MISSED, Level.PARTIAL, Level.HIT)
SCHEMA = "evaluator/calibration@1"


class Figure(Model):
    """One figure, and between what it lies with other questions and answers of the kind (95 %)."""

    value: float | None
    low: float | None = None
    """None where no interval can be had or none was asked for."""
    high: float | None = None


class ScoreFigures(Model):
    """Scores of a first against those of a second (people), answer by answer."""

    n: int
    """Answers with both scores: all figures are over these."""
    qwk: Figure
    """Quadratic weighted kappa on tenths of full marks."""
    pearson: Figure
    spearman: Figure
    within: Figure
    """Correlation with the means of the questions removed."""
    mae: Figure
    rmse: Figure
    bias: Figure
    exact: Figure
    """Share within half a step; a step is the rubric's rounding, at least a tenth of full marks."""
    adjacent: Figure
    """Share within one step."""

    def figures(self) -> dict[str, Figure]:
        """Every figure by name, in the order of the report."""
        return {name: getattr(self, name) for name in SCORE_FIGURES}


SCORE_FIGURES = ("qwk", "pearson", "spearman", "within", "mae", "rmse", "bias", "exact", "adjacent")


class LevelFigures(Model):
    """One level against the other two."""

    said: int
    """How often the judge says it."""
    people: int
    """How often people do."""
    precision: Figure
    recall: Figure
    f1: Figure


class KeyPointFigures(Model):
    """Verdicts on key points of a first (the judge) against those of a second (people)."""

    n: int
    """Verdicts that both gave."""
    accuracy: Figure
    kappa: Figure
    """Cohen's, three levels."""
    qwk: Figure
    """Three levels, quadratic weights."""
    missed: LevelFigures
    partial: LevelFigures
    hit: LevelFigures
    confusion: tuple[tuple[int, int, int], tuple[int, int, int], tuple[int, int, int]]
    """Rows: judge; columns: people."""

    def figures(self) -> dict[str, Figure]:
        """Every figure that is one number by name, in the order of the report."""
        return {
            "accuracy": self.accuracy,
            "kappa": self.kappa,
            "kp_qwk": self.qwk,
            "hit_precision": self.hit.precision,
            "hit_recall": self.hit.recall,
            "hit_f1": self.hit.f1,
        }


class Part(Model):
    """The same figures for a part of the answers: a band of marks, a question, a rater."""

    name: str
    """`low`, `middle`, `high` by what people gave; the rubric's id; the rater."""
    title: str = ""
    """For a person: the beginning of the question; empty where the name says it."""
    answers: int
    scored: int
    people: float | None
    """Mean of what people gave those answers that the judge scored."""
    judge: float | None
    """Mean of what the judge gave them."""
    scores: ScoreFigures
    """Without intervals."""
    key_points: KeyPointFigures | None = None
    """None where people gave no levels."""


class Beside(Model):
    """What stands beside the judge, on the same answers: a ceiling or a baseline."""

    name: Literal["ceiling", "constant", "all_hit", "all_missed", "length", "keyword"]
    scores: ScoreFigures | None
    key_points: KeyPointFigures | None = None


class Noise(Model):
    """The judge against itself: the same answers asked again without looking anything up."""

    runs: int
    """How often each answer was judged, the first time included."""
    deterministic: bool
    """The judge cannot answer otherwise (rules, or a model at temperature 0 on this machine)."""
    answers: int
    """Answers that were scored every time."""
    changed_answers: Figure
    """Share of them whose score was not the same every time."""
    changed_verdicts: Figure
    """Share of their verdicts that were not the same every time."""
    scores: ScoreFigures
    """Run against run, all pairs of runs pooled."""
    key_points: KeyPointFigures | None = None


class ReliabilityBin(Model):
    """Verdicts of about the same confidence."""

    low: float
    high: float
    n: int
    confidence: float | None
    """Mean of what the judge says."""
    right: float | None
    """Share on which people said the same."""


class CurvePoint(Model):
    """What is left to the judge where people review all answers with a confidence below `threshold`."""

    threshold: float
    coverage: float
    """Share that is left to the judge."""
    risk: float
    """Its mean absolute error, a share of full marks."""


class ReviewShare(Model):
    """The least share to review so that the mean absolute error of the rest is at most `target`."""

    target: float
    share: float | None
    threshold: float | None
    """Answers with a lower confidence are reviewed; None where all or none need be."""
    risk: float | None
    """Mean absolute error of the rest; None where nothing is left."""


class ConfidenceFigures(Model):
    """Whether the judge's confidence is worth anything."""

    of: Literal["verdicts", "answers"]
    """What is called right or wrong: a verdict, or, where people gave no levels, a score within one step."""
    n: int
    """How many of them come with a confidence; blank answers, of which everybody is sure, are left out."""
    ece: Figure
    """Mean gap between what is said and what is right, ten bins of equal width."""
    auroc: Figure
    """Chance that something right has a higher confidence than something wrong."""
    bins: tuple[ReliabilityBin, ...]
    answers: int
    """Answers of the curve: scored, not blank, and with a confidence (that of the grade, as results show it)."""
    curve: tuple[CurvePoint, ...]
    """From the surest only to everything."""
    area: float | None
    """Mean risk along the curve; as large as the mean absolute error where confidence says nothing."""
    review: ReviewShare


class Steering(Model):
    """Answers with instructions to the examiner: whether they paid."""

    answers: int
    """Flagged as such, or known to be from the source."""
    flagged: int
    """Those that the program flagged, so that a person looks at them."""
    scored: int
    """Those with a full score."""
    overpaid: int
    """Those that the judge gave more than people did."""
    most: float | None
    """The largest surplus, a share of full marks; None without a scored one."""


class Made(Model):
    """What differs between two runs on the same input."""

    created: str = ""
    """UTC, ISO 8601."""
    version: str = ""
    usage: Usage = Usage()
    """As far as the grades' traces know: verdicts that came from the store cost nothing."""
    called: int = 0
    """Gradings that took a call at all: what the usage is spread over."""


class Note(Model):
    """Something a reader must know, in both languages."""

    zh: str
    en: str

    @property
    def words(self) -> Words:
        """The text in both languages."""
        return Words(self.zh, self.en)


class Calibration(Model):
    """校准报告: one judge against people."""

    schema_: Literal["evaluator/calibration@1"] = Field(default="evaluator/calibration@1", alias="schema")
    source: str = ""
    """Name of the file, or `samples (test)`."""
    judge: str
    model: str = ""
    host: str = ""
    prompt_hash: str = ""
    parameters: Parameters = Field(default_factory=dict)
    """Of the judge, as in the grades' traces."""
    rubrics: dict[str, str]
    """Content hash of each rubric, by id."""
    answers: int
    """Answers that people scored."""
    scored: int
    """Those that the judge scored in full; the figures are over these."""
    incomplete: int
    """Graded, with key points that could not be judged."""
    failed: int
    """Without a grade, because something went wrong."""
    pending: int
    """Not judged yet: the run was stopped, or a limit was set."""
    verdicts: int
    """Key points that people gave a level of and that were judged or tried."""
    unscored_verdicts: int
    questions: int
    raters: tuple[str, ...]
    scores: ScoreFigures
    key_points: KeyPointFigures | None = None
    bands: tuple[Part, ...] = ()
    by_question: tuple[Part, ...] = ()
    by_rater: tuple[Part, ...] = ()
    """Judge against each rater; empty where there is only one."""
    ceiling: Beside | None = None
    """Rater against rater, all pairs pooled; None where no answer was scored by two."""
    baselines: tuple[Beside, ...] = ()
    noise: Noise | None = None
    """None where it was not asked for."""
    confidence: ConfidenceFigures | None = None
    """None where the judge says nothing of how sure it is."""
    steering: Steering | None = None
    """None where no answer tries to steer the judge, as far as anybody knows."""
    notes: tuple[Note, ...] = ()
    made: Made = Made()

    model_config = ConfigDict(
        frozen=True, extra="forbid", use_attribute_docstrings=True, populate_by_name=True, serialize_by_alias=True
    )

    @property
    def coverage(self) -> float | None:
        """Share of the answers tried that the judge scored in full."""
        tried = self.answers - self.pending
        return self.scored / tried if tried else None

    def baseline(self, name: str) -> Beside | None:
        """The baseline of that name."""
        return next((one for one in self.baselines if one.name == name), None)
