"""A calibration as something a person reads."""

from evaluator.report.calibration.comparison import comparison_as_html
from evaluator.report.calibration.page import as_html
from evaluator.report.calibration.verdict import Trust, Verdict, verdict

__all__ = ["Trust", "Verdict", "as_html", "comparison_as_html", "verdict"]
