"""A run written down: workbook, CSV, JSON lines, HTML; and what people wrote into the workbook."""

from evaluator.workbook.decisions import Decision, read_decisions, run_of
from evaluator.workbook.writing import ENDINGS, check, write

__all__ = ["ENDINGS", "Decision", "check", "read_decisions", "run_of", "write"]
