"""校准文件: what was fitted to people's scores, and to whose grades it may be applied."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from evaluator.errors import Words
from evaluator.models.base import Model, Parameters, Share
from evaluator.models.grading import Grade

Method = Literal["none", "partial", "linear", "partial_linear", "isotonic", "partial_isotonic"]


class Binding(Model):
    """Whose grades it was fitted on."""

    judge: str
    judge_key: str = ""
    """Everything that verdicts depend on besides rubric and answer, as in a grade's trace; empty: not known."""
    model: str = ""
    prompt_hash: str = ""
    parameters: Parameters = Field(default_factory=dict)
    rubrics: dict[str, str]
    """Of the questions that it was fitted on: hash of what the judge saw of each rubric, by id."""

    def refusal(self, grade: Grade, judging_hash: str) -> Words | None:
        """Why it does not hold for this grade; None where it does.

        `judging_hash` is that of the rubric that the grade was made by. Judge, model, prompts and parameters must be
        the same. A question that it was fitted on must be worded as it was then; other questions are served, because
        what was reported was measured on such.
        """
        trace = grade.trace
        for zh, en, mine, theirs in (
            ("评分器", "judge", self.judge, grade.judge),
            ("模型", "model", self.model, trace.model),
            ("提示词", "prompts", self.prompt_hash[:12], trace.prompt_hash[:12]),
            ("参数", "parameters", _listed(self.parameters), _listed(trace.parameters)),
        ):
            if mine != theirs:
                return Words(
                    f"校准用的{zh}是 {mine or '无'}，这份评分用的是 {theirs or '无'}",
                    f"fitted for {en} {mine or 'none'}, not {theirs or 'none'}",
                )
        if self.judge_key and trace.judge_key and self.judge_key != trace.judge_key:
            return Words(
                "评分器的设置与校准时不同（投票次数、第二模型等）",
                "the judge is set up otherwise (votes, second model, …)",
            )
        if self.rubrics.get(grade.rubric, judging_hash) != judging_hash:
            return Words("这道题的细则在校准之后改过", "the rubric of this question was reworded since")
        return None


def _listed(parameters: Parameters) -> str:
    return ", ".join(f"{name}={parameters[name]}" for name in sorted(parameters))


class FitFigure(Model):
    """One figure on the held-out answers before and after, and the interval (95 %, paired) of after minus before."""

    before: float | None
    after: float | None
    difference: float | None
    low: float | None
    high: float | None


class Tried(Model):
    """One way of fitting, and its mean squared error on folds of the training answers."""

    method: Method
    error: float


class Fit(Model):
    """What turns a judge's verdicts into a calibrated score.

    Fitted on training questions only; `figures` are over the held-out questions only.
    """

    schema_: Literal["evaluator/fit@1"] = Field(default="evaluator/fit@1", alias="schema")
    binding: Binding
    method: Method
    partial_share: Share | None = None
    """What `partial` earns instead of the rubric's share; None leaves that."""
    knots: tuple[tuple[Share, Share], ...] = ()
    """Share of full marks before and after, straight in between, constant beyond; empty leaves shares as they are."""
    keyword_cuts: tuple[Share, Share] | None = None
    """Cover of a phrase from which the keyword judge says partial, and hit; None leaves its own."""
    tried: tuple[Tried, ...] = ()
    train_answers: Annotated[int, Field(ge=0)]
    train_questions: Annotated[int, Field(ge=0)]
    held_out_answers: Annotated[int, Field(ge=0)]
    held_out_questions: Annotated[int, Field(ge=0)]
    figures: dict[str, FitFigure]
    source: str = ""
    """Name of what it was fitted on."""
    created: str = ""
    """UTC, ISO 8601."""
    version: str = ""

    model_config = ConfigDict(
        frozen=True, extra="forbid", use_attribute_docstrings=True, populate_by_name=True, serialize_by_alias=True
    )

    @model_validator(mode="after")
    def _monotone(self) -> Self:
        if any(x0 >= x1 or y0 > y1 for (x0, y0), (x1, y1) in pairwise(self.knots)):
            raise ValueError("knots must ascend: who got more may never get less")
        if self.keyword_cuts and self.keyword_cuts[0] > self.keyword_cuts[1]:
            raise ValueError("the cut of partial must not lie above that of hit")
        return self

    @property
    def helps(self) -> bool:
        """Whether the mean absolute error of held-out answers fell by more than chance explains."""
        found = self.figures.get("mae")
        return found is not None and found.high is not None and found.high < 0
