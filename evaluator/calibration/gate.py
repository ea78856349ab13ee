"""A gate for CI: figures that a calibration must reach, such as `qwk=0.7,bias=0.05`."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

from evaluator.calibration.model import Calibration, Figure
from evaluator.errors import Problem, SettingsError, Words

AT_MOST = frozenset({"mae", "rmse", "bias", "ece", "changed_answers", "changed_verdicts"})
"""The figures that are better the smaller they are; of `bias` the size counts, whichever way."""
NAMES = (
    "qwk", "pearson", "spearman", "within", "mae", "rmse", "bias", "exact", "adjacent", "accuracy", "kappa", "kp_qwk",
    "hit_precision", "hit_recall", "hit_f1", "coverage", "ece", "auroc", "changed_answers", "changed_verdicts",
)  # fmt: skip
_ROUNDING = 1e-9


class Demand(NamedTuple):
    """One figure and its limit."""

    name: str
    limit: float

    @property
    def sign(self) -> str:
        """How the figure must stand to the limit."""
        return "≤" if self.name in AT_MOST else "≥"


class Unmet(NamedTuple):
    """A demand and the figure that does not meet it; None where the answers do not define it."""

    demand: Demand
    value: float | None

    @property
    def words(self) -> Words:
        """For a person."""
        wanted = f"{self.demand.name} {self.demand.sign} {self.demand.limit:g}"
        if self.value is None:
            return Words(f"要求 {wanted}，这些答案算不出它", f"{wanted} is demanded; these answers do not define it")
        return Words(f"要求 {wanted}，实际 {self.value:.3f}", f"{wanted} is demanded, it is {self.value:.3f}")


def demands(text: str) -> tuple[Demand, ...]:
    """What `name=number,name=number` asks for. Raises SettingsError with the names that there are."""
    return tuple(_demand(part.strip()) for part in text.replace("，", ",").split(",") if part.strip())


def unmet(calibration: Calibration, wanted: Iterable[Demand]) -> tuple[Unmet, ...]:
    """The demands that are not met, in their order; a figure that is not defined meets none."""
    found = measured(calibration)
    return tuple(Unmet(one, found[one.name]) for one in wanted if not _met(one, found[one.name]))


def measured(calibration: Calibration) -> dict[str, float | None]:
    """Every figure of `NAMES`; None where it is not defined or was not measured."""
    figures: dict[str, Figure] = calibration.scores.figures()
    if calibration.key_points is not None:
        figures |= calibration.key_points.figures()
    if calibration.confidence is not None:
        figures |= {"ece": calibration.confidence.ece, "auroc": calibration.confidence.auroc}
    if calibration.noise is not None:
        figures |= {name: getattr(calibration.noise, name) for name in ("changed_answers", "changed_verdicts")}
    figures["coverage"] = Figure(value=calibration.coverage)
    return {name: figures[name].value if name in figures else None for name in NAMES}


def _met(demand: Demand, value: float | None) -> bool:
    if value is None:
        return False
    if demand.name in AT_MOST:
        return abs(value) <= demand.limit + _ROUNDING
    return value >= demand.limit - _ROUNDING


def _demand(text: str) -> Demand:
    name, _, number = (part.strip() for part in text.partition("="))
    if name not in NAMES:
        raise SettingsError(
            Problem(
                Words(f"没有叫 {name!r} 的数字", f"there is no figure {name!r}"),
                field="fail_under",
                hint=Words(f"可用：{'、'.join(NAMES)}", f"there are: {', '.join(NAMES)}"),
            )
        )
    try:
        limit = float(number)
    except ValueError:
        limit = math.nan
    if not math.isfinite(limit):
        raise SettingsError(
            Problem(
                Words(f"{name} 后面要写一个数，如 {name}=0.7", f"{name} needs a number, such as {name}=0.7"),
                field="fail_under",
            )
        )
    return Demand(name, limit)
