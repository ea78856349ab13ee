"""Judge against people."""

from evaluator.calibration.measuring import Figures, Judged, constant, figures, judge_samples

__all__ = ["Figures", "Judged", "constant", "figures", "judge_samples"]
