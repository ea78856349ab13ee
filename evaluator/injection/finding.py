"""Where an answer tries to steer the examiner."""

from __future__ import annotations

import base64
import binascii
import functools
import html
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from urllib.parse import unquote

from evaluator.clauses import Clause, cut
from evaluator.injection.forgeries import FORGERIES
from evaluator.injection.orders import ORDERS
from evaluator.injection.rules import Rule, View
from evaluator.injection.screening import Screen
from evaluator.text import Normalised, folded, invisible, normalise

_PASSING, _LATIN = "авеԁікмнопрсԛтуѕхһјѵԝαβεικνορτυχωı", "abedikmhonpcqtysxhjvwabeiknoptuxwi"
"""Cyrillic and Greek letters that pass for Latin ones."""
_LOOK_ALIKES = str.maketrans(_PASSING, _LATIN)
_LOOK_ALIKE = re.compile(f"[{_PASSING}]")
_LEET = str.maketrans("0134578$", "oieastbs")
_DIGIT_IN_WORD = re.compile(r"[0134578$](?:(?<=[a-z][0134578$])|(?=[a-z]))")
_SENTENCE_END = re.compile(r"[。！？!?\n\r]")
_STOP = re.compile(r"[。！？!?]")
_LINE_END = re.compile(r"[\n\r]")
_CONTEXT = 40
"""Characters around an attempt that may show that it is spoken to somebody else."""

_FLAGS = re.compile("\U0001f3f4[\U000e0020-\U000e007e]{1,8}\U000e007f")
_HIDDEN = re.compile(
    "[\U000e0001-\U000e007f]+|\u202e|[\u200b-\u200f\u2060-\u2064\ufeff]{8,}|[\ufe00-\ufe0f\U000e0100-\U000e01ef]{3,}"
)
"""Tag characters, reversed writing, and runs of invisible characters long enough to carry a message."""
_UNSEEN = re.compile("[\u200b-\u200f\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff\U000e0001-\U000e01ef]")
"""Without any of these nothing is hidden."""
_LONG_WORD = re.compile("[A-Za-z0-9+/_-]{24}")
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
    """Every attempt in `answer`, in order, widened to whole clauses; those of one rule that touch are one.

    A fifth of a millisecond for two hundred characters of an honest answer. Empty where nothing is suspicious.
    """
    attempts = [*_worded(answer), *_hidden(answer), *_encoded(answer)]
    if not attempts:
        return ()
    clauses = _Clauses(answer)
    found = _merged(sorted({_widened(answer, clauses, attempt) for attempt in attempts}))
    return tuple(_filled(answer, clauses, found))


# --- wording ---------------------------------------------------------------------------------------------------------


def _worded(answer: str) -> Iterator[_Attempt]:
    written = _latin(folded(answer, keep_punctuation=True, keep_spaces=True))
    said = _latin(folded(answer))
    plain = _DIGIT_IN_WORD.sub(lambda digit: digit.group().translate(_LEET), said)
    readings: tuple[tuple[View, set[str]], ...] = (("words", {written}), ("letters", {said, plain}))
    for view, texts in readings:
        called = [(rule, text) for text in texts for rule in _screen(view).calling(text)]
        if called:
            yield from _found(answer, view, called)


def _latin(text: str) -> str:
    return text.translate(_LOOK_ALIKES) if _LOOK_ALIKE.search(text) else text


@functools.cache
def _screen(view: View) -> Screen:
    return Screen(rule for rule in (*ORDERS, *FORGERIES) if rule.view == view)


def _found(answer: str, view: View, called: Sequence[tuple[Rule, str]]) -> Iterator[_Attempt]:
    """What the rules find in the texts that they are to search, each a folding of the answer."""
    source = _Source(answer, view)
    for rule, text in called:
        for match in _opened(rule, text, source.starts) if rule.opens else _anywhere(rule, text):
            start, end = source.folding.span(*match.span())
            if _counts(answer, rule, start, end, len(match.group())):
                yield _Attempt(start, end, rule.name, rule.reach == "line")


class _Source:
    """The way back from a folding to the answer; worked out only where it is asked for."""

    def __init__(self, answer: str, view: View) -> None:
        self._answer = answer
        self._words = view == "words"

    @functools.cached_property
    def folding(self) -> Normalised:
        return normalise(self._answer, keep_punctuation=self._words, keep_spaces=self._words)

    @functools.cached_property
    def starts(self) -> list[int]:
        """The places in the folded text where a clause of the answer begins."""
        opening = _openings(self._answer)
        return [place for place, origin in enumerate(self.folding.origins) if opening[origin]]


def _opened(rule: Rule, text: str, starts: Sequence[int]) -> Iterator[re.Match[str]]:
    return (found for start in starts if (found := rule.pattern.match(text, start)))


def _anywhere(rule: Rule, text: str) -> Iterator[re.Match[str]]:
    """Matches that may overlap: what reads across two sentences from «应该» may be an order from «请» on."""
    found = rule.pattern.search(text)
    while found:
        yield found
        found = rule.pattern.search(text, found.start() + 1)


def _openings(answer: str) -> bytearray:
    """For every character whether a clause begins there: behind punctuation, a line end, a space behind Chinese."""
    flags = bytearray(len(answer))
    before, gap = "", ""
    for place, char in enumerate(answer):
        if char.isspace():
            gap += char
        elif not invisible(char):
            flags[place] = not before.isalnum() or "\n" in gap or (gap != "" and before > "\u2e80")
            before, gap = char, ""
    return flags


def _counts(answer: str, rule: Rule, start: int, end: int, length: int) -> bool:
    if rule.spares and rule.spares.search(_sentence(answer, start, end)):
        return False
    return rule.view == "words" or not (
        _torn(answer, start) or _torn(answer, end) or _crosses(answer[start:end], rule, length)
    )


def _sentence(answer: str, start: int, end: int) -> str:
    """The sentence around a match as far as it matters, folded, with its spaces."""
    before = _SENTENCE_END.split(answer[max(start - _CONTEXT, 0) : start])[-1]
    after = _SENTENCE_END.split(answer[end : end + _CONTEXT])[0]
    return normalise(before + answer[start:end] + after, keep_spaces=True).text


def _torn(answer: str, place: int) -> bool:
    around = answer[max(place - 1, 0) : place + 1]
    return place > 0 and len(around) == 2 and around.isascii() and around.isalpha()


def _crosses(found: str, rule: Rule, letters: int) -> bool:
    """Whether words of two sentences were read as one; where every letter stands apart, that is disguise."""
    ends = len((_LINE_END if rule.reach == "line" else _STOP).findall(found))
    return 0 < ends < letters / 3


# --- disguise --------------------------------------------------------------------------------------------------------


def _hidden(answer: str) -> Iterator[_Attempt]:
    if not _UNSEEN.search(answer):
        return
    flags = [found.span() for found in _FLAGS.finditer(answer)]
    for found in _HIDDEN.finditer(answer):
        if not any(start <= found.start() < end for start, end in flags):
            yield _Attempt(found.start(), found.end(), "hidden_text")


def _encoded(answer: str) -> Iterator[_Attempt]:
    for found in _BASE64.finditer(answer) if _LONG_WORD.search(answer) else ():
        text = _from_base64(found.group())
        if text and (any(char.isspace() or char > "\u2e80" for char in text)):
            yield _Attempt(found.start(), found.end(), "encoded")
    for found in _ESCAPED.finditer(answer) if any(sign in answer for sign in ("\\", "%", "&")) else ():
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


class _Clauses:
    """Looking up clauses by place."""

    def __init__(self, answer: str) -> None:
        self.all = cut(answer)
        self._starts = [clause.start for clause in self.all]
        self._ends = [clause.end for clause in self.all]

    def touching(self, start: int, end: int) -> Sequence[Clause]:
        return self.all[bisect_right(self._ends, start) : bisect_left(self._starts, end)]


def _widened(answer: str, clauses: _Clauses, attempt: _Attempt) -> Suspicion:
    end = attempt.end
    if attempt.to_line_end and (line_end := _LINE_END.search(answer, end)):
        end = line_end.start()
    elif attempt.to_line_end:
        end = len(answer)
    touched = clauses.touching(attempt.start, end)
    return Suspicion(touched[0].start, touched[-1].end, attempt.rule)


def _merged(found: Sequence[Suspicion]) -> list[Suspicion]:
    """Those of one rule that overlap or touch as one."""
    merged: dict[str, list[Suspicion]] = {}
    for item in found:
        of_rule = merged.setdefault(item.rule, [])
        if of_rule and item.start <= of_rule[-1].end:
            of_rule[-1] = replace(of_rule[-1], end=max(of_rule[-1].end, item.end))
        else:
            of_rule.append(item)
    return sorted(item for of_rule in merged.values() for item in of_rule)


def _filled(answer: str, clauses: _Clauses, found: Sequence[Suspicion]) -> Iterator[Suspicion]:
    """A single clause between two attempts on one line belongs to them."""
    for item, following in zip_longest(found, found[1:]):
        between = clauses.touching(item.end, following.start) if following and item.end < following.start else ()
        if len(between) == 1 and following and not _LINE_END.search(answer[item.end : following.start]):
            yield replace(item, end=between[0].end)
        else:
            yield item
