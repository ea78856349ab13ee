"""Text as it is compared: without what a reader does not see or does not mind, with the way back to the source.

Every character is folded on its own, never by its neighbours, so that a part of a text folds to a part of the folded
text. That is what lets a quote be found again; it is why traditional characters are simplified one by one, and why
letters are decomposed and lose their accents instead of being composed.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

BLANKS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0\ufffc")
"""Characters that show nothing although Unicode does not count them among the format characters."""
_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_MARKS = re.compile("[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]")
"""Accents, strike-through and enclosing signs: what is left of them after decomposition says nothing here."""
_MEANINGFUL = frozenset("%+=<>°$¥€£⁄")
"""Punctuation and symbols that change what a sentence says, kept always."""
_KEPT_IN_PLACE = re.compile(r"[.．#＃](?:(?<=\d[.．])(?=\d)|(?<=[A-Za-zＡ-Ｚａ-ｚ][#＃]))")
"""Decimal points and the sharp of C#: without them 3.5 would equal 35."""
_VARIANTS = dict(
    zip("瞭著祇衹藉彷覆菓薰甦揹牠妳沈託麽昇馀鉅籐苧", "了着只只借仿复果熏苏背它你沉托么升余巨藤苎", strict=True)
)
"""What `t2s` decides by the phrase around it or leaves alone; for comparing, two forms of a word are one."""


@dataclass(frozen=True, slots=True)
class Normalised:
    """A folded text and where it comes from."""

    text: str
    origins: Sequence[int]
    """`origins[i]` is the index of the source character that `text[i]` stands for; never falling."""

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The span of the source behind `text[start:end]`; raises ValueError where that is empty or outside."""
        if not 0 <= start < end <= len(self.text):
            raise ValueError(f"no span {start}:{end} in a text of {len(self.text)} characters")
        return self.origins[start], self.origins[end - 1] + 1


def normalise(source: str, *, keep_punctuation: bool = False, keep_spaces: bool = False) -> Normalised:
    """Fold `source` for comparing.

    Compatibility forms, case, accents and 繁简 are made one; invisible and bidirectional characters and tags are
    dropped. White space is dropped too unless kept (as a space or a line feed each), and so are punctuation and symbols
    unless kept (decimal points and `%+=<>°$¥€£⁄` stay in any case).
    """
    fold = _folds(keep_punctuation, keep_spaces)
    pieces = [fold[ord(char)] for char in source]
    if not keep_punctuation:
        for kept in _KEPT_IN_PLACE.finditer(source):
            pieces[kept.start()] = unicodedata.normalize("NFKC", kept.group())
    origins = [index for index, piece in enumerate(pieces) for _ in piece]
    return Normalised("".join(pieces), tuple(origins))


@functools.lru_cache(maxsize=16)
def folded(source: str, *, keep_punctuation: bool = False, keep_spaces: bool = False) -> str:
    """The text that `normalise` gives, without the way back to the source and at a third of the cost.

    The latest few are kept: the same answer is looked at from several sides one after the other.
    """
    if not keep_punctuation and _KEPT_IN_PLACE.search(source):
        return normalise(source, keep_spaces=keep_spaces).text
    return source.translate(_folds(keep_punctuation, keep_spaces))


def similarity(a: str, b: str) -> float:
    """How alike two texts are, 0 to 1, by edits between their normalised forms; 0 where one of them is empty."""
    return _alikeness(folded(a), folded(b))


def alike(left: str, right: str, least: float) -> bool:
    """Whether two folded texts have at least this similarity; nothing is compared where their lengths say no."""
    possible = 2 * min(len(left), len(right)) + 1 >= least * (len(left) + len(right))
    return possible and _alikeness(left, right) >= least


def _alikeness(left: str, right: str) -> float:
    return fuzz.ratio(left, right) / 100 if left and right else 0.0


def invisible(char: str) -> bool:
    """Whether `char` shows nothing and is no white space: format and control characters, fillers, selectors."""
    if char in BLANKS or _SELECTORS.match(char):
        return True
    return unicodedata.category(char) in {"Cf", "Cc"} and not char.isspace()


def simplified(char: str) -> str:
    """The simplified form of one character; the character itself where there is no single one."""
    if char < "\u2e80":
        return char
    found = _converter()(char)
    return _VARIANTS.get(found, found) if len(found) == 1 else char


@functools.cache
def _converter() -> Callable[[str], str]:
    # Reading the dictionaries costs 80 ms, which `--help` shall not pay.
    from opencc import OpenCC  # noqa: PLC0415

    convert: Callable[[str], str] = OpenCC("t2s").convert
    return convert


class _Folds(dict[int, str]):
    """What the character of each code becomes, filled as characters are met; the shape that `str.translate` takes."""

    def __init__(self, keep_punctuation: bool, keep_spaces: bool) -> None:
        self._keep_punctuation = keep_punctuation
        self._keep_spaces = keep_spaces

    def __missing__(self, code: int) -> str:
        char = chr(code)
        if self._keep_spaces and char.isspace():
            return self.setdefault(code, "\n" if char.splitlines() == [""] else " ")
        folded = self[code] = "".join(filter(self._kept, _spread(char)))
        return folded

    def _kept(self, char: str) -> bool:
        if char.isspace() or invisible(char) or _MARKS.match(char):
            return False
        return self._keep_punctuation or char in _MEANINGFUL or unicodedata.category(char)[0] not in "PS"


@functools.cache
def _folds(keep_punctuation: bool, keep_spaces: bool) -> _Folds:
    return _Folds(keep_punctuation, keep_spaces)


def _spread(char: str) -> str:
    # NFKC first: casefold must see the letter ﬁ or Ａ stands for. Casefold can leave composed letters, hence NFKD last.
    letters = unicodedata.normalize("NFKC", char).casefold()
    return unicodedata.normalize("NFKD", "".join(map(simplified, letters)))
