"""Which rules can find anything at all in a text: those of which a needed word stands in it.

Most answers hold no attempt, and running sixty patterns to learn that is most of the cost of looking. What a pattern
cannot match without is read off its parse tree, so a rule that is changed needs nothing else to be changed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from re import _parser as parser  # type: ignore[attr-defined]  # what `re` itself compiles from; stubs leave it out
from typing import Any

from evaluator.injection.rules import FLAGS, Rule

_MOST = 32
"""Texts that one part of a pattern may stand for before it counts as anything."""
_SELDOM = 0.0001
"""A word that is less likely than this to stand in an answer need not be longer."""
_EVERYDAY = re.compile(
    "一律|专家|人工|以上|以下|作为|全部|判断|回答|如果|所有|按照|提示|正在|正确|直接|看到|确认|答案|系统|组长|结果|部分"
    "|answer|from|full|point|system|task"
)
"""Words that stand in many honest answers: better called by another one."""
_NOTHING = frozenset({""})


class Screen:
    """The rules of one view, and the words that call for them."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._rules = tuple(rules)
        needed = [needed_words(rule.wording) for rule in self._rules]
        known = frozenset().union(*needed)
        self._always = frozenset(place for place, words in enumerate(needed) if "" in words)
        # No word begins with another: where one stands in a text, no other begins.
        self._called: dict[str, set[int]] = {}
        for place, words in enumerate(needed):
            for word in words:
                self._called.setdefault(_shortest(word, known), set()).add(place)
        self._any = re.compile(_either(self._called))

    def calling(self, text: str) -> list[Rule]:
        """The rules that may match in the text, in their order; of all others it is certain that they do not."""
        found, called = self._any.search(text), set(self._always)
        while found:
            called |= self._called[found.group()]
            found = self._any.search(text, found.start() + 1)
        return [self._rules[place] for place in sorted(called)]


def needed_words(wording: str, flags: int = FLAGS) -> frozenset[str]:
    """Words of which every text that the pattern matches in has at least one; the empty one where none is known."""
    parsed = parser.parse(wording, flags)
    if parsed.state.flags & re.IGNORECASE:
        return _NOTHING
    words = _sequence(parsed).words
    return _NOTHING if "" in words else frozenset(map(_shortened, words))


def _shortened(word: str) -> str:
    """The word, or as much of its beginning as is seldom enough."""
    return next((word[:length] for length in range(1, len(word)) if _chance(word[:length]) < _SELDOM), word)


def _shortest(word: str, known: frozenset[str]) -> str:
    """The shortest known word that this one begins with."""
    return next((word[:length] for length in range(1, len(word)) if word[:length] in known), word)


@dataclass(frozen=True, slots=True)
class _Part:
    """What is known of a part of a pattern."""

    exact: frozenset[str] | None
    """All texts that it stands for; None where they are too many or not known."""
    needed: frozenset[str] = _NOTHING
    """Words of which one stands in every text that it matches in."""

    @property
    def words(self) -> frozenset[str]:
        """The rarest that is needed, the whole of it included."""
        return self.needed if self.exact is None else _rarest(self.needed, self.exact)


_ANYTHING = _Part(None)


def _sequence(parts: Sequence[Any]) -> _Part:
    """One part after the other: what lies between two unknown ones is a word."""
    exact, needed, whole = _NOTHING, _NOTHING, True
    for operator, argument in parts:
        part = _part(operator, argument)
        needed = _rarest(needed, part.needed)
        joined = _joined(exact, part.exact)
        if joined is None:
            whole = False
            needed = _rarest(needed, exact)
            joined = part.exact if part.exact is not None else _NOTHING
        exact = joined
    return _Part(exact, needed) if whole else _Part(None, _rarest(needed, exact))


def _part(operator: Any, argument: Any) -> _Part:
    part = _ANYTHING
    match str(operator):
        case "LITERAL":
            part = _Part(frozenset({chr(argument)}))
        case "IN":
            part = _Part(_characters(argument))
        case "BRANCH":
            part = _branch([_sequence(one) for one in argument[1]])
        case "SUBPATTERN" if not argument[1] & re.IGNORECASE:
            part = _sequence(argument[3])
        case "MAX_REPEAT" | "MIN_REPEAT":
            part = _repeated(argument[0], argument[1], _sequence(argument[2]))
        case "ASSERT":
            part = _Part(_NOTHING, _sequence(argument[1]).words)
        case "ASSERT_NOT" | "AT":
            part = _Part(_NOTHING)
    return part


def _characters(items: Sequence[Any]) -> frozenset[str] | None:
    if any(str(operator) != "LITERAL" for operator, _ in items):
        return None
    return frozenset(chr(code) for _, code in items)


def _branch(parts: Sequence[_Part]) -> _Part:
    needed = frozenset().union(*(part.words for part in parts))
    texts = [part.exact for part in parts if part.exact is not None]
    exact = frozenset().union(*texts) if len(texts) == len(parts) else None
    return _Part(exact if exact is not None and len(exact) <= _MOST else None, needed)


def _repeated(least: int, most: int, part: _Part) -> _Part:
    if least == most == 1:
        return part
    if least == 0:
        return _Part(part.exact | _NOTHING if most == 1 and part.exact is not None else None)
    return _Part(None, part.words)


def _joined(first: frozenset[str], second: frozenset[str] | None) -> frozenset[str] | None:
    if second is None or len(first) * len(second) > _MOST:
        return None
    return frozenset([one + other for one in first for other in second])


def _rarest(one: frozenset[str], other: frozenset[str]) -> frozenset[str]:
    if "" in one or "" in other:
        return other if "" in one else one
    return min(one, other, key=lambda words: sum(map(_chance, words)))


def _chance(word: str) -> float:
    """About how likely a word is to stand in an answer: a long one seldom, a Chinese one more seldom."""
    if len(word) == 1:
        return 0.3
    if _EVERYDAY.fullmatch(word):
        return 0.05
    return 0.5 * 0.2 ** (len(word) if word.isascii() else 2 * len(word))


def _either(words: Iterable[str]) -> str:
    """A pattern for any of the words, grouped by their first character, so that a search skips to one of these."""
    by_first: dict[str, list[str]] = {}
    for word in sorted(words):
        if word:
            by_first.setdefault(word[0], []).append(re.escape(word[1:]))
    return "|".join(f"{re.escape(first)}(?:{'|'.join(rest)})" for first, rest in by_first.items()) or "(?!)"
