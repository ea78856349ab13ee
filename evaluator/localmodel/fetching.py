"""What both kinds of source share: how they report, and how they fail."""

from __future__ import annotations

from collections.abc import Callable

from evaluator.errors import ModelError, Words

Progress = Callable[[int, int], None]
"""`progress(bytes_so_far, bytes_in_all)`."""
Say = Callable[[Words], None]
"""Takes one line for the person who waits."""


class SourceFailed(ModelError):
    """One source cannot serve the file; the next one may."""


def no_progress(_done: int, _total: int) -> None:
    """Reports nothing."""


def say_nothing(_words: Words) -> None:
    """Reports nothing."""
