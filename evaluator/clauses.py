"""An answer cut into numbered clauses (小句), the unit in which evidence is named.

Lengths are counted in thirds of a Chinese character: an ASCII character counts 1, any other 3, white space nothing, so
that a clause says about as much in either language. Only places to cut are looked for; a clause is what lies between
two of them without the white space around it, so nothing of an answer can be lost or doubled.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import accumulate, pairwise
from typing import NamedTuple

_TINY = 4 * 3
"""A sentence below this («好的。») goes with its neighbour."""
_SHORT = 8 * 3
"""A comma cuts only where both sides have at least this."""
_SPOKEN = 24 * 3
"""Above this, discourse markers cut too."""
_LONG = 40 * 3
"""Above this, enumeration commas cut too; what has no mark at all is cut at about this length."""
_BOUND = 50 * 3
"""Above this, something is cut wherever it hurts least."""
_ITEM = 60 * 3
"""A list item or a line of code up to this is one clause, whatever stands in it."""


class _Sought:
    """A pattern that never matches nothing and always begins with one of a few characters.

    These are looked for first: a search for one of some characters takes a tenth of the time of trying a pattern with
    many branches at every place.
    """

    def __init__(self, first: str, pattern: re.Pattern[str]) -> None:
        self._first = re.compile(first)
        self.pattern = pattern

    def finditer(self, text: str, start: int, end: int) -> Iterator[re.Match[str]]:
        while begins := self._first.search(text, start, end):
            found = self.pattern.match(text, begins.start(), end)
            start = found.end() if found else begins.start() + 1
            if found:
                yield found


_LINE = re.compile(r"[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+")
_FENCE = re.compile(r"\s*(?:```|~~~)")
_CODE = re.compile(
    r"\s*(?:(?:async\s+def|def|func|fn|function|class)\s+\w.*[:{)]|import\s+[\w.]+(?:\s+as\s+\w+)?;?|from\s+[\w.]+\s+import\s.*"
    r"|(?:for|while|if|elif|else|try|except|with|switch|catch)\b.*[:{]|return\s+\S+;?|#include\b.*|//.*|[^.]*[;{}]"
    r"|SELECT\s.*|INSERT\s+INTO\s.*|UPDATE\s+\w+\s+SET\s.*|DELETE\s+FROM\s.*|CREATE\s+\w+\s.*"
    r"|[\w.\[\]]+\s*[-+*/]?=\s*\S.*|\w+(?:\.\w+)*\(.*\);?)\s*"
)
_CJK = "\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_CHINESE = re.compile(f"[{_CJK}]")

_BULLET = re.compile(
    rf"""\s*(?:
    [-*+•·●○■□◆◇▪–—➢√✓](?:\s+|(?=[{_CJK}]))
  | \#{{1,6}}\s+ | >\s*
  | \d{{1,3}}\s*[.、．)）:：](?!\d) | [(（]\s*(?:\d{{1,2}}|[a-zA-Z])\s*[)）]
  | [①-⒛❶-❿⓵-⓾㈠-㈩]
  | [一二三四五六七八九十]{{1,3}}[、.．)）] | [(（][一二三四五六七八九十]{{1,3}}[)）]
  | [a-zA-Z][.)、）](?=[\s{_CJK}])
    )""",
    re.VERBOSE,
)
"""What begins an item of a list or a heading."""
_CIRCLED = re.compile("[①-⒛❶-❿⓵-⓾㈠-㈩]")
_NUMBERED = re.compile(
    rf"(?<![^\s。；;，,：:、！？!?）){_CJK}])(?:(?P<open>[(（])\s*)?(?P<number>\d{{1,2}})\s*(?P<close>[.、．)）])(?![\d.])"
)

_GLUED = re.compile(
    r"""
    (?:https?://|www\.)[!-~]*[A-Za-z0-9/_=\#-]    # addresses
  | (?<![\w.+-])[\w.+-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+
  | (?<!\d)\d+(?:[.,:/~～–-]\d+)+    # decimals, thousands, dates, times, ranges
  | (?<![A-Za-z0-9_])[A-Za-z0-9_]+(?:\.[A-Za-z0-9_]+)+    # versions, files, names in code
  | &\#?\w{1,8};
  | \b(?:[A-Za-z]\.){2,}\s?,?    # U.S., e.g., a.m.
  | \b(?:Mr|Mrs|Ms|Dr|Prof|Sr|Jr|St|vs|No|Inc|Ltd|Co|Fig|approx|dept|cf)\.\s?
  | \betc\.(?:,|\s(?=[a-z(]))
  | \b[A-Z]\.\s(?=[A-Z][a-z])    # initials
  | `[^`]{1,60}`
  | “[^“”]{1,40}” | ‘[^‘’]{1,40}’ | 「[^「」]{1,40}」 | 『[^『』]{1,40}』 | 《[^《》]{1,40}》 | 【[^【】]{1,40}】
  | （[^（）()]{1,40}[）)] | \([^()（）]{1,60}[)）] | \[[^\[\]]{1,60}\] | "[^"]{1,60}"
    """,
    re.VERBOSE,
)
_GLUED_WITHOUT_MAIL = _Sought(
    # Inside a word only an address or a number can begin.
    r"[\dA-Za-z_&`“‘「『《【（(\[\"](?:(?<![A-Za-z0-9_][A-Za-z_])|(?=ttp|ww\.))",
    _GLUED,
)
"""Where the text has no @: an address for mail may begin with any letter."""
_CLOSERS = "”’\"'」』》】〕)）\\]"
_SENTENCE = _Sought(
    r"[。！？；｡﹔!?;.．]",
    re.compile(
        rf"(?:[。！？；｡﹔]|[!?;](?=[!?;。！？{_CLOSERS}\s{_CJK}]|$))++[{_CLOSERS}]*+"
        rf"|(?<![.\d\s])(?<![^\w][A-Za-z])[.．][{_CLOSERS}]*+(?=\s|$|[{_CJK}“「《])|(?<=\d)\.[{_CLOSERS}]*+(?=\s|$)"
    ),
)
_GOES_ON = frozenset("，,、的")
"""Before one of these a sentence has not ended: 「好。」，他说."""
_COMMA = _Sought(
    r"[，﹐､：,:….—\-\s]",
    re.compile(
        rf"(?:[，﹐､：]|,|:(?=[\s{_CJK}])|…+|\.{{3,}}|—{{2,}}|--+)[{_CLOSERS}]*"
        rf"|(?<=[^\x00-\x7f])\s+(?=[^\x00-\x7f])|\t|\s{{2,}}|\s[-–—]\s"
    ),
)
_PAUSE = re.compile(rf"[、/|][{_CLOSERS}]*|(?=[（(])|(?<=[)）])")
_MARKER = _Sought(
    r"[然就那首其再最所但不因还還接另反而并並同如比第总總一对對aAbBfFhHiIİısSſtTwW](?:(?<![aAbBfFhHiIİısSſtTwW])|(?<=\s.))",
    re.compile(
        r"然[后後]|(?<![也这這那不而正可])就是(?!因)|那[么麼]|首先|其次|再次|最[后後终終](?!的)|(?<!之)所以|(?<!不)但是|不[过過](?=[我你他她它这這如])"
        r"|(?<![是就正])因[为為]|[还還]有(?![^\w]|$)|接[着著]|另外|反正|而且|[并並]且|同[时時](?!间|間)|如果|比如|其[实實]|再就是|再一[个個]"
        r"|第[一二三四五六七八九十](?!时间|線|线|手|名)|[总總]之|一方面|另一方面|[对對]吧"
        r"|(?<=\s)(?:and|but|because|so|then|when|while|which|if|finally|also|however|after|before"
        r"|instead|although|since)(?=\s)",
        re.IGNORECASE,
    ),
)
_ATTACHED = re.compile("[\u200c\u200d\ufe00-\ufe0f\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f\u1160-\u11ff]")
_FIRST_OF_FLAGS, _LAST_OF_FLAGS = "\U0001f1e6", "\U0001f1ff"
_NUMBER = re.compile(r"[\d]\s*[.、．)）]")
"""Without one there is no number of an item."""
_OPENERS = frozenset("“‘「『《【〔（([{<")
_NOT_FIRST = frozenset("，。！？；：、,.!?;:…”’」』》】〕）)]}%％的了吗呢吧啊嘛们們")


class Clause(NamedTuple):
    """One clause of an answer: `text == answer[start:end]`, without white space around it."""

    number: int
    """From 1, in the order of the answer."""
    start: int
    end: int
    text: str
    after: str = ""
    """The white space up to the next clause, so that neighbours can be put together again."""


def cut(answer: str) -> tuple[Clause, ...]:
    """Cut an answer into clauses.

    In order, without overlap; every character that is no white space lies in exactly one. A clause has about 8 to 60
    Chinese characters or 24 to 180 letters; an address or a word longer than that stays whole. Empty: no clause.
    """
    spans = [span for start, end in pairwise(_cuts(answer)) if start < end and (span := _trimmed(answer, start, end))]
    following = [start for start, _ in spans[1:]] + [len(answer)]
    return tuple(
        Clause(number, start, end, answer[start:end], answer[end:after])
        for number, ((start, end), after) in enumerate(zip(spans, following, strict=False), start=1)
    )


def windows(clauses: tuple[Clause, ...], max_chars: int, overlap: int = 1) -> tuple[tuple[Clause, ...], ...]:
    """Split the clauses of a very long answer into windows that together hold all of them.

    A window spans at most `max_chars` characters of the answer, unless a single clause is longer. Neighbours share up
    to `overlap` clauses, fewer where they would leave no room for a new one. Raises ValueError where `max_chars` is
    below 1 or `overlap` below 0.
    """
    if max_chars < 1 or overlap < 0:
        raise ValueError(f"max_chars must be at least 1 and overlap at least 0, not {max_chars} and {overlap}")
    found = []
    first, fresh = 0, 0
    while fresh < len(clauses):
        while first < fresh and clauses[fresh].end - clauses[first].start > max_chars:
            first += 1
        last = fresh
        while last + 1 < len(clauses) and clauses[last + 1].end - clauses[first].start <= max_chars:
            last += 1
        found.append(clauses[first : last + 1])
        fresh = last + 1
        first = max(first + 1, fresh - overlap)
    return tuple(found)


def _trimmed(answer: str, start: int, end: int) -> tuple[int, int] | None:
    text = answer[start:end]
    said = text.strip()
    if len(said) == len(text):
        return start, end
    begin = start + len(text) - len(text.lstrip())
    return (begin, begin + len(said)) if said else None


def _cuts(answer: str) -> Iterator[int]:
    """All places where one clause ends and the next may begin, from 0 to the end."""
    yield 0
    fenced = False
    for found in _LINE.finditer(answer):
        text = found.group()
        fence = _FENCE.match(text) is not None
        fenced ^= fence
        line = _Line(text)
        whole = line.weight(0, len(text)) <= _ITEM and (fenced or fence or _looks_like_code(text))
        yield found.start()
        if not whole:
            yield from map(found.start().__add__, line.cuts())
    yield len(answer)


def _looks_like_code(text: str) -> bool:
    if len(text) > 2 * _ITEM:
        return False
    said = text.split("#", maxsplit=1)[0].split("//", maxsplit=1)[0]
    return _CHINESE.search(said) is None and _CODE.fullmatch(text) is not None


class _Line:
    """One line of an answer and the places where it can be cut."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._sums = list(accumulate(text.translate(_WIDTHS).encode("latin-1"), initial=0))
        self._glued = bytearray(len(text) + 1)
        glued = _GLUED.finditer(text) if "@" in text else _GLUED_WITHOUT_MAIL.finditer(text, 0, len(text))
        for found in glued:
            self._glued[found.start() + 1 : found.end()] = b"\x01" * (len(found.group()) - 1)

    def weight(self, start: int, end: int) -> int:
        return self._sums[end] - self._sums[start]

    def cuts(self) -> list[int]:
        """Where its clauses begin; a place may come twice."""
        places = []
        for start, end in pairwise([0, *self._items(), len(self.text)]):
            places.append(start)
            if _BULLET.match(self.text, start, end) and self.weight(start, end) <= _ITEM:
                continue
            for sentence in self._sentences(start, end):
                places += self._within(*sentence)
        return places

    def _items(self) -> list[int]:
        """Where items of a list begin inside the line: ①…②…, or numbers that count up."""
        places = {found.start() for found in _CIRCLED.finditer(self.text)}
        numbers = _NUMBERED.finditer(self.text) if _NUMBER.search(self.text) else ()
        numbered = [found for found in numbers if not self._glued_at(found.start())]
        for one, other in pairwise(numbered):
            counts_up = int(other["number"]) == int(one["number"]) + 1
            if counts_up and one["close"] == other["close"] and bool(one["open"]) == bool(other["open"]):
                places |= {one.start(), other.start()}
        return sorted(place for place in places if place > 0 and not self._glued_at(place))

    def _sentences(self, start: int, end: int) -> list[tuple[int, int]]:
        content = bullet.end() if (bullet := _BULLET.match(self.text, start, end)) else start
        ends = [found.end() for found in _SENTENCE.finditer(self.text, content, end)]
        places = [place for place in ends if start < place < end and self._ends_at(place)]
        kept = [start]
        for place in places:
            if self.weight(kept[-1], place) >= _TINY:
                kept.append(place)
        if len(kept) > 1 and self.weight(kept[-1], end) < _TINY:
            kept.pop()
        return list(pairwise([*kept, end]))

    def _ends_at(self, place: int) -> bool:
        return self.text[place] not in _GOES_ON and not self._glued_at(place)

    def _within(self, start: int, end: int) -> list[int]:
        """Cuts inside one sentence: at commas, then in what is still long at weaker and weaker places."""
        sums, pieces = self._sums, [(start, end)]
        if sums[end] - sums[start] < 2 * _SHORT:  # too short for two
            return [start]
        for limit, pattern, in_words in ((0, _COMMA, False), (_SPOKEN, _MARKER, True), (_LONG, _PAUSE, True)):
            if limit < max(sums[last] - sums[first] for first, last in pieces):
                pieces = [part for piece in pieces for part in self._split(*piece, limit, pattern, in_words)]
        places = [first for first, _ in pieces]
        for first, last in pieces:
            if sums[last] - sums[first] > _BOUND:
                places += self._bounded(first, last)
        return sorted(places)

    def _split(
        self, start: int, end: int, limit: int, pattern: _Sought | re.Pattern[str], in_words: bool
    ) -> list[tuple[int, int]]:
        if self.weight(start, end) <= limit:
            return [(start, end)]
        parts, said = [], start
        for found in pattern.finditer(self.text, start, end):
            place = found.start() if pattern is _MARKER else found.end()
            # Of two markers in a row, "and then", only the first begins a clause.
            doubled = pattern is _MARKER and not self.text[said : found.start()].strip()
            said = found.end()
            if not doubled and self._fits(start, place, end) and not (in_words and self._inside_word(place)):
                parts.append((start, place))
                start = place
        return [*parts, (start, end)]

    def _fits(self, start: int, place: int, end: int) -> bool:
        before = self._sums[place]
        both_long = before - self._sums[start] >= _SHORT <= self._sums[end] - before
        return both_long and not self._glued_at(place)

    def _bounded(self, start: int, end: int) -> Iterator[int]:
        while self.weight(start, end) > _BOUND:
            place = self._best_place(start, end)
            if place is None:
                return
            yield place
            start = place

    def _best_place(self, start: int, end: int) -> int | None:
        """The place near `_LONG` where a cut hurts least; beyond the bound, the first that is possible at all."""
        best, best_cost = None, float("inf")
        for place in range(start + 1, end):
            weight = self.weight(start, place)
            if weight > _BOUND and best is not None:
                break
            if weight < _SHORT or self.weight(place, end) < _SHORT or not self._possible(place):
                continue
            cost = abs(_LONG - weight) - self._ease(place)
            if cost < best_cost:
                best, best_cost = place, cost
        return best

    def _possible(self, place: int) -> bool:
        before, after = self.text[place - 1], self.text[place]
        return not (self._glued_at(place) or self._inside_word(place) or before in _OPENERS or after in _NOT_FIRST)

    def _ease(self, place: int) -> int:
        before, after = self.text[place - 1], self.text[place]
        if before.isspace() or after.isspace():
            return 30
        if before in "了吧呢啊吗嘛呀哦":
            return 15
        return 9 if after in "我你他她它这那跟和把给在要会去再" else 0

    def _inside_word(self, place: int) -> bool:
        return _wordlike(self.text[place - 1]) and place < len(self.text) and _wordlike(self.text[place])

    def _glued_at(self, place: int) -> bool:
        """Whether the characters around `place` belong together: protected, or one sign for the reader."""
        if place >= len(self.text) or place < 1:
            return False
        before, after = self.text[place - 1], self.text[place]
        if self._glued[place]:
            return True
        if before.isspace() or after.isspace():
            return False
        return (
            before == "\u200d"
            or _ATTACHES[after]
            or _FIRST_OF_FLAGS <= min(before, after) <= max(before, after) <= _LAST_OF_FLAGS
            or ("\ud800" <= before < "\udc00" and "\udc00" <= after < "\ue000")
        )


class _Attaches(dict[str, bool]):
    """Whether a character belongs to the one before it; filled as characters are met."""

    def __missing__(self, char: str) -> bool:
        joins = unicodedata.category(char) in {"Mn", "Mc", "Me", "Cf"} or _ATTACHED.match(char) is not None
        return self.setdefault(char, joins)


_ATTACHES = _Attaches()


class _Widths(dict[int, str]):
    """The width of the character of each code, itself as a character, as `str.translate` takes it."""

    def __missing__(self, code: int) -> str:
        return self.setdefault(code, chr(_width(chr(code))))


_WIDTHS = _Widths()


def _width(char: str) -> int:
    if char.isspace():
        return 0
    return 1 if char < "\u0250" else 3


def _wordlike(char: str) -> bool:
    return char in "'’_-+#%@&/.$" or (char.isalnum() and char < "\u2e80")
