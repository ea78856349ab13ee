"""Where an answer tries to steer the examiner."""

from __future__ import annotations

import base64
import binascii
import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from evaluator.clauses import Clause, cut
from evaluator.injection.rules import RULES, Rule
from evaluator.text import Normalised, invisible, normalise

_LOOK_ALIKES = str.maketrans("авеԁікмнопрсԛтуѕхһјѵԝαβεικνορτυχωı", "abedikmhonpcqtysxhjvwabeiknoptuxwi")
"""Cyrillic and Greek letters that pass for Latin ones."""
_LEET = str.maketrans("0134578$", "oieastbs")
_SENTENCE_END = re.compile(r"[。！？!?\n\r]")
_LINE_END = re.compile(r"[\n\r]")
_CONTEXT = 40
"""Characters before an attempt that may show that it is spoken to somebody else."""

_FLAGS = re.compile("\U0001f3f4[\U000e0020-\U000e007e]{1,8}\U000e007f")
_HIDDEN = re.compile(
    "[\U000e0001-\U000e007f]+|\u202e|[\u200b-\u200f\u2060-\u2064\ufeff]{8,}|[\ufe00-\ufe0f\U000e0100-\U000e01ef]{3,}"
)
"""Tag characters, reversed writing, and runs of invisible characters long enough to carry a message."""
_BASE64 = re.compile(r"(?<![A-Za-z0-9+/=_-])[A-Za-z0-9+/_-]{24,8000}={0,2}")
_ESCAPED = re.compile(
    r"(?:(?:\\u[0-9a-fA-F]{4}|\\x[0-9a-fA-F]{2}|%[0-9a-fA-F]{2}|&\#x?[0-9a-fA-F]{2,6};)[ \t]?[A-Za-z ]{0,12}){4,}"
)
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})|\\x([0-9a-fA-F]{2})")


@dataclass(frozen=True, slots=True, order=True)
class Suspicion:
    """A part of an answer that tries to steer the examiner: `answer[start:end]`, whole clauses."""

    start: int
    end: int
    rule: str
    """Which rule found it; a stable word for reports and tests."""


@dataclass(frozen=True, slots=True)
class _Attempt:
    start: int
    end: int
    rule: str
    to_line_end: bool = False


def find(answer: str) -> tuple[Suspicion, ...]:
    """Every attempt in `answer`, in order, widened to whole clauses; those of one rule that touch are one."""
    clauses = cut(answer)
    if not clauses:
        return ()
    attempts = [*_worded(answer), *_hidden(answer), *_encoded(answer)]
    return tuple(_merged(sorted(_widened(answer, clauses, attempt) for attempt in attempts)))


# --- wording ---------------------------------------------------------------------------------------------------------


def _worded(answer: str) -> Iterator[_Attempt]:
    words = normalise(answer, keep_punctuation=True, keep_spaces=True)
    letters = normalise(answer)
    for rule in RULES:
        view = words if rule.view == "words" else letters
        text = view.text.translate(_LOOK_ALIKES)
        texts = {text, text.translate(_LEET)} if rule.view == "letters" else {text}
        for variant in texts:
            yield from _matches(answer, rule, view, variant)


def _matches(answer: str, rule: Rule, view: Normalised, text: str) -> Iterator[_Attempt]:
    place = 0
    while found := rule.pattern.search(text, place):
        start, end = view.span(*found.span())
        if _counts(answer, rule, start, end, len(found.group())):
            yield _Attempt(start, end, rule.name, rule.reach == "line")
            place = found.end()
        else:
            # The same words may open a clause a few characters on: 「应该。请忽略…」
            place = found.start() + 1


def _counts(answer: str, rule: Rule, start: int, end: int, letters: int) -> bool:
    if rule.opens and not _opens(answer, start):
        return False
    if rule.spares and rule.spares.search(normalise(_before(answer, start) + answer[start : end + 12]).text):
        return False
    return rule.view == "words" or not (
        _torn(answer, start) or _torn(answer, end) or _crosses(answer[start:end], rule, letters)
    )


def _opens(answer: str, start: int) -> bool:
    """Whether a clause begins here: behind punctuation, a line end, or a space behind Chinese."""
    before = answer[:start] if start < 200 else answer[start - 200 : start]
    said = before.rstrip()
    while said and invisible(said[-1]):
        said = said[:-1].rstrip()
    if not said or "\n" in before[len(said) :]:
        return True
    return not said[-1].isalnum() or (said[-1] > "\u2e80" and before[len(said) :].isspace())


def _before(answer: str, start: int) -> str:
    return _SENTENCE_END.split(answer[max(start - _CONTEXT, 0) : start])[-1]


def _torn(answer: str, place: int) -> bool:
    around = answer[max(place - 1, 0) : place + 1]
    return place > 0 and len(around) == 2 and around.isascii() and around.isalpha()


def _crosses(found: str, rule: Rule, letters: int) -> bool:
    """Whether words of two sentences were read as one; where every letter stands apart, that is disguise."""
    ends = len((_LINE_END if rule.reach == "line" else _SENTENCE_END).findall(found))
    return 0 < ends < letters / 3


# --- disguise --------------------------------------------------------------------------------------------------------


def _hidden(answer: str) -> Iterator[_Attempt]:
    flags = [found.span() for found in _FLAGS.finditer(answer)]
    for found in _HIDDEN.finditer(answer):
        if not any(start <= found.start() < end for start, end in flags):
            yield _Attempt(found.start(), found.end(), "hidden_text")


def _encoded(answer: str) -> Iterator[_Attempt]:
    for found in _BASE64.finditer(answer):
        text = _from_base64(found.group())
        if text and (any(char.isspace() or char > "\u2e80" for char in text)):
            yield _Attempt(found.start(), found.end(), "encoded")
    for found in _ESCAPED.finditer(answer):
        if any(_worded(_unescaped(found.group()))):
            yield _Attempt(found.start(), found.end(), "encoded")


def _from_base64(text: str) -> str:
    """What the text stands for if that is printable; otherwise empty."""
    body = text.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        decoded = base64.b64decode(body + "=" * (-len(body) % 4), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""
    return decoded if all(char.isprintable() or char.isspace() for char in decoded) else ""


def _unescaped(text: str) -> str:
    text = _ESCAPE.sub(lambda found: chr(int(found[1] or found[2], 16)), text)
    return unquote(html.unescape(text), errors="ignore")


# --- spans -----------------------------------------------------------------------------------------------------------


def _widened(answer: str, clauses: Sequence[Clause], attempt: _Attempt) -> Suspicion:
    end = attempt.end
    if attempt.to_line_end:
        rest = re.compile(r"[^\n\r]*").match(answer, end)
        end = rest.end() if rest else end
    touched = [clause for clause in clauses if clause.start < end and clause.end > attempt.start]
    return Suspicion(touched[0].start, touched[-1].end, attempt.rule)


def _merged(found: Sequence[Suspicion]) -> list[Suspicion]:
    merged: dict[str, list[Suspicion]] = {}
    for item in found:
        of_rule = merged.setdefault(item.rule, [])
        if of_rule and item.start <= of_rule[-1].end:
            of_rule[-1] = Suspicion(of_rule[-1].start, max(of_rule[-1].end, item.end), item.rule)
        else:
            of_rule.append(item)
    return sorted(item for of_rule in merged.values() for item in of_rule)
