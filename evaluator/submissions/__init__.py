"""Submissions: what candidates handed in, read from spreadsheets, streams and folders."""

from evaluator.submissions.column_map import Column, ColumnMap, How, Layout, Match, Near, QuestionName, Role
from evaluator.submissions.opening import open_submissions
from evaluator.submissions.source import Source

__all__ = [
    "Column",
    "ColumnMap",
    "How",
    "Layout",
    "Match",
    "Near",
    "QuestionName",
    "Role",
    "Source",
    "open_submissions",
]
