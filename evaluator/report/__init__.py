"""A grade as something a person reads."""

from evaluator.report.html import as_html, page
from evaluator.report.item import Item
from evaluator.report.markdown import as_markdown
from evaluator.report.text import as_text

__all__ = ["Item", "as_html", "as_markdown", "as_text", "page"]
