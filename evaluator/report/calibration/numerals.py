"""How numbers of a report are written."""

from __future__ import annotations

from evaluator.calibration.model import Figure

DASH = "—"
SHARES = frozenset(
    {"exact", "adjacent", "accuracy", "hit_precision", "hit_recall", "coverage", "changed_answers", "changed_verdicts"}
)
"""Figures that are shares of something counted: in per cent."""


def figure(name: str, value: float | None) -> str:
    """A figure as the terminal and the gate name it: shares in per cent, what lies around 0 with its sign."""
    if value is None:
        return DASH
    if name in SHARES:
        return percent(value)
    return signed(f"{value:+.3f}") if name == "bias" else signed(f"{value:.3f}")


def interval(name: str, given: Figure) -> str:
    """`0.71 … 0.83`; empty where there is none."""
    if given.low is None or given.high is None:
        return ""
    return f"{figure(name, given.low)} … {figure(name, given.high)}"


def percent(value: float | None, *, sign: bool = False) -> str:
    """`12%`, `+3%`; one decimal where whole ones would say nothing."""
    if value is None:
        return DASH
    digits = 1 if 0.0005 <= abs(value) < 0.0095 else 0
    return signed(f"{value:{'+' if sign else ''}.{digits}%}")


def signed(text: str) -> str:
    """With a minus sign, and none before zero."""
    if not text.strip("+-0.%"):
        return text.lstrip("+-")
    return text.replace("-", "−")
