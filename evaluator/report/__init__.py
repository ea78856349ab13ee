"""A grade as something a person reads."""

from typing import TYPE_CHECKING

from evaluator.report.chat import as_chat
from evaluator.report.html import as_html, page
from evaluator.report.item import Item
from evaluator.report.markdown import as_markdown

if TYPE_CHECKING:
    from evaluator.report.text import as_text

__all__ = ["Item", "as_chat", "as_html", "as_markdown", "as_text", "page"]


def __getattr__(name: str) -> object:
    """Only text for a terminal needs rich, which takes a while to import."""
    if name != "as_text":
        raise AttributeError(name)
    from evaluator.report.text import as_text  # noqa: PLC0415

    return as_text
