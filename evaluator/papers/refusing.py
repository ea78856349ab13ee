"""The one form in which a paper that cannot be read is refused."""

from __future__ import annotations

from evaluator.errors import InputError, Problem, Words

PASTE = Words("或者把正文复制出来，存成 .txt 再试", "or copy its text into a .txt file and try that")


def unreadable(name: str, zh: str, en: str, *, hint: Words | None = None) -> InputError:
    """The error for the file `name` ("" for bytes from nowhere); `hint` says what to do about it."""
    return InputError(Problem(Words(zh, en), file=name, hint=hint or PASTE))
