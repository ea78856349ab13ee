"""Every error that this package raises on purpose.

::

    EvaluatorError
    ├── UserError                 something a person can mend: says what, where, what was expected, what to do
    │   ├── SettingsError         a flag, an environment variable, a settings file
    │   ├── RubricError           a rubric file; carries every problem found in it
    │   ├── PromptError           a prompt file
    │   ├── InputError            an answer, a sample file, an output path
    │   └── ModelError            the model on this machine: catalogue, download, start
    ├── StoreError                the database on disk
    └── JudgeError                no verdict could be had; carries the raw reply
        ├── EndpointUnavailable   network, time-out, 5xx, rate limit, after all retries
        ├── EndpointRejected      key, quota, unknown model, bad request: trying again will not help
        ├── Refused               the model declined to answer
        └── InvalidReply          a reply that is no verdict, after the repair turn

A `UserError` is shown without a traceback. A `JudgeError` never ends a run: it becomes `unscored` verdicts with the
cause. This module imports nothing of the package.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class EvaluatorError(Exception):
    """Root of the tree."""


class Words(NamedTuple):
    """One text in the two languages that every text for a person exists in."""

    zh: str
    en: str

    def text(self, lang: str = "zh") -> str:
        """The text in `lang`; Chinese unless `lang` starts with `en`."""
        return self.en if lang.startswith("en") else self.zh


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong in what a person wrote.

    `message` says what is wrong and what was expected, `hint` what to do. `line` and `column` count from 1; 0 means
    that the place is not known. `field` is the path of a field, such as `key_points[2].points`.
    """

    message: Words
    file: str = ""
    line: int = 0
    column: int = 0
    field: str = ""
    hint: Words | None = None

    def text(self, lang: str = "zh") -> str:
        """`file:line:column: field: message (hint)`, as far as known."""
        place = ":".join(str(part) for part in (self.file, self.line, self.column) if part)
        parts = [part for part in (place, self.field, self.message.text(lang)) if part]
        hint = f" → {self.hint.text(lang)}" if self.hint else ""
        return ": ".join(parts) + hint


class UserError(EvaluatorError):
    """Something that the person at the keyboard can mend.

    `problems` lists everything found, in file order, so that one run shows all of it.
    """

    def __init__(self, first: Words | Problem, *more: Problem) -> None:
        self.problems: tuple[Problem, ...] = (first if isinstance(first, Problem) else Problem(first), *more)
        super().__init__(self.text())

    def text(self, lang: str = "zh") -> str:
        """All problems, a line each."""
        return "\n".join(problem.text(lang) for problem in self.problems)


class SettingsError(UserError):
    """A setting that cannot be used."""


class RubricError(UserError):
    """A rubric file that cannot be used."""


class PromptError(UserError):
    """A prompt file that cannot be rendered."""


class InputError(UserError):
    """An answer, a sample file or an output path that cannot be used."""


class ModelError(UserError):
    """The model on this machine cannot be fetched, checked or started."""


class StoreError(EvaluatorError):
    """The database cannot be opened, read or written."""

    def __init__(self, words: Words) -> None:
        super().__init__(words.zh)
        self.words = words

    def text(self, lang: str = "zh") -> str:
        """What is wrong with which file, and what to do."""
        return self.words.text(lang)


class JudgeError(EvaluatorError):
    """No verdict could be had for an answer.

    `cause` is a stable word for the trace (`timeout`, `rate_limited`, `refused`, …); `raw` is what came back, if
    anything, never a header and never a key.
    """

    default_cause = "judge_error"

    def __init__(self, message: str, *, cause: str = "", raw: str = "") -> None:
        super().__init__(message)
        self.cause = cause or self.default_cause
        self.raw = raw


class EndpointUnavailable(JudgeError):
    """The endpoint did not give a reply, and all retries are used up."""

    default_cause = "unavailable"


class EndpointRejected(JudgeError):
    """The endpoint will not serve this request however often it is sent."""

    default_cause = "rejected"


class Refused(JudgeError):
    """The model declined."""

    default_cause = "refused"


class InvalidReply(JudgeError):
    """The reply holds no verdict that can be used, also after the repair turn."""

    default_cause = "invalid_reply"
