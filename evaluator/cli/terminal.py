"""What commands share at the terminal: data to stdout, words to stderr, the language, files written whole."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from evaluator.errors import EvaluatorError, InputError, Problem, Words

MIN_WIDTH, MAX_WIDTH = 60, 100


def note(text: str) -> None:
    """A message for the person, to stderr."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def data(text: str) -> None:
    """The result, to stdout."""
    sys.stdout.write(text if text.endswith("\n") else text + "\n")
    sys.stdout.flush()


def language() -> str:
    """The language of error messages: `--lang` on the command line, else the settings, else Chinese."""
    words = sys.argv[1:]
    for index, word in enumerate(words):
        if word.startswith("--lang="):
            return word.removeprefix("--lang=")
        if word == "--lang" and index + 1 < len(words):
            return words[index + 1]
    try:
        from evaluator.settings import load

        return load().lang
    except EvaluatorError:
        return "zh"


def colour() -> bool:
    """Whether stdout is a terminal that may be coloured (https://no-color.org)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def width() -> int:
    """Columns to write in."""
    return max(MIN_WIDTH, min(MAX_WIDTH, shutil.get_terminal_size((88, 24)).columns))


def write(path: Path, text: str) -> None:
    """Write a file whole or not at all. Raises InputError where that cannot be."""
    partial = path.with_name(f".{path.name}.partial")
    try:
        partial.write_text(text, encoding="utf-8")
        partial.replace(path)
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(Problem(Words(f"写不了文件：{reason}", f"cannot write: {reason}"), file=str(path))) from error
