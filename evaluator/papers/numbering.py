"""Automatic numbering of a Word document: which label stands before which paragraph.

Word keeps no label in a paragraph, only the number of a list and a level; what is printed follows from the list's
definition and from the paragraphs before (ECMA-376 part 1, 17.9).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

_PLACEHOLDER = re.compile(r"%([1-9])")
_DIGITS = "〇一二三四五六七八九"
_SIGNS = {
    "upperLetter": "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "lowerLetter": "abcdefghijklmnopqrstuvwxyz",
    "decimalEnclosedCircle": "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳",
    "decimalEnclosedCircleChinese": "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳",
    "decimalEnclosedParen": "⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽⑾⑿⒀⒁⒂⒃⒄⒅⒆⒇",
    "decimalEnclosedFullstop": "⒈⒉⒊⒋⒌⒍⒎⒏⒐⒑⒒⒓⒔⒕⒖⒗⒘⒙⒚⒛",
    "ideographTraditional": "甲乙丙丁戊己庚辛壬癸",
    "ideographZodiac": "子丑寅卯辰巳午未申酉戌亥",
}
_FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
_CHINESE = frozenset(
    {
        "chineseCounting",
        "chineseCountingThousand",
        "japaneseCounting",
        "taiwaneseCounting",
        "taiwaneseCountingThousand",
        "ideographDigital",
        "japaneseDigitalTen",
        "chineseLegalSimplified",
        "ideographLegalTraditional",
    }
)
_ROMAN = (
    *((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL")),
    *((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")),
)
_NO_LABEL = frozenset({"bullet", "none"})


@dataclass(frozen=True, slots=True)
class _Level:
    start: int
    form: str
    pattern: str
    gap: str


@dataclass(slots=True)
class _List:
    abstract: str
    levels: dict[int, _Level]
    restarted: dict[int, int]
    """Level -> the number that this list starts anew with."""


@dataclass(slots=True)
class Numbering:
    """Lists of one document, and how far each was counted; `label` is called for its paragraphs in order."""

    _lists: dict[str, _List] = field(default_factory=dict)
    _styles: dict[str, tuple[str, int]] = field(default_factory=dict)
    _counts: dict[str, dict[int, int]] = field(default_factory=dict)
    _begun: set[tuple[str, int]] = field(default_factory=set)

    @classmethod
    def read(cls, numbering: Element | None, styles: Element | None) -> Numbering:
        """The lists that word/numbering.xml and word/styles.xml define."""
        numbers = cls()
        if numbering is not None:
            abstract = {_value(found, "abstractNumId"): _levels(found) for found in _all(numbering, "abstractNum")}
            for number in _all(numbering, "num"):
                name = _text(number, "abstractNumId")
                levels = {**abstract.get(name, {}), **_own_levels(number)}
                numbers._lists[_value(number, "numId")] = _List(name, levels, dict(_restarts(number)))
        if styles is not None:
            numbers._styles = _numbered_styles(styles)
        return numbers

    def label(self, properties: Element | None) -> str:
        """What Word prints before a paragraph with these properties (`w:pPr`), and the gap after it."""
        number, depth = self._place(properties)
        if (known := self._lists.get(number)) is None or depth not in known.levels:
            return ""
        counts = self._counts.setdefault(known.abstract, {})
        if depth in known.restarted and (number, depth) not in self._begun:
            counts[depth] = known.restarted[depth]
        else:
            counts[depth] = counts[depth] + 1 if depth in counts else known.levels[depth].start
        self._begun.add((number, depth))
        for deeper in [level for level in counts if level > depth]:
            del counts[deeper]
        level = known.levels[depth]
        if level.form in _NO_LABEL:
            return ""
        label = _PLACEHOLDER.sub(lambda found: _shown(known, counts, int(found[1]) - 1), level.pattern)
        return label + level.gap if label.strip() else ""

    def _place(self, properties: Element | None) -> tuple[str, int]:
        if properties is None:
            return "", 0
        inherited, depth = self._styles.get(_text(properties, "pStyle"), ("", 0))
        if (own := _first(properties, "numPr")) is None:
            return inherited, depth
        level = _text(own, "ilvl")
        return _text(own, "numId") or inherited, int(level) if level.isdecimal() else depth


def in_form(number: int, form: str) -> str:
    """`number` written as Word's number format `form` writes it; in digits where the form cannot write it."""
    if form in _CHINESE:
        return _chinese(number)
    if form in {"upperRoman", "lowerRoman"}:
        return _roman(number) if form == "upperRoman" else _roman(number).lower()
    if form in {"decimalFullWidth", "decimalFullWidth2"}:
        return str(number).translate(_FULL_WIDTH)
    if form == "decimalZero":
        return f"{number:02}"
    signs = _SIGNS.get(form, "")
    return signs[number - 1] if 1 <= number <= len(signs) else str(number)


def _shown(known: _List, counts: dict[int, int], depth: int) -> str:
    level = known.levels.get(depth)
    if level is None or level.form in _NO_LABEL:
        return ""
    return in_form(counts.get(depth, level.start), level.form)


def _chinese(number: int) -> str:
    if not 0 < number < 1000:
        return str(number)
    hundreds, tens, ones = number // 100, number // 10 % 10, number % 10
    text = f"{_DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        text += ("" if tens == 1 and not hundreds else _DIGITS[tens]) + "十"
    elif hundreds and ones:
        text += "零"
    return text + (_DIGITS[ones] if ones else "")


def _roman(number: int) -> str:
    if not 0 < number < 4000:
        return str(number)
    text = ""
    for worth, sign in _ROMAN:
        text += sign * (number // worth)
        number %= worth
    return text


def _levels(abstract: Element) -> dict[int, _Level]:
    return {int(_value(level, "ilvl") or 0): _level(level) for level in _all(abstract, "lvl")}


def _level(level: Element) -> _Level:
    start = _text(level, "start")
    form, pattern = _text(level, "numFmt") or "decimal", _text(level, "lvlText")
    # A full-width sign brings its own gap.
    gap = "" if _text(level, "suff") == "nothing" or not pattern.isascii() else " "
    return _Level(int(start) if start.isdecimal() else 1, form, pattern, gap)


def _own_levels(number: Element) -> dict[int, _Level]:
    return {depth: level for override in _all(number, "lvlOverride") for depth, level in _levels(override).items()}


def _restarts(number: Element) -> Iterator[tuple[int, int]]:
    for override in _all(number, "lvlOverride"):
        start = _text(override, "startOverride")
        if start.isdecimal():
            yield int(_value(override, "ilvl") or 0), int(start)


def _numbered_styles(styles: Element) -> dict[str, tuple[str, int]]:
    places: dict[str, tuple[str, int]] = {}
    parents: dict[str, str] = {}
    for style in _all(styles, "style"):
        name = _value(style, "styleId")
        parents[name] = _text(style, "basedOn")
        properties = _first(style, "pPr")
        numbered = _first(properties, "numPr") if properties is not None else None
        if numbered is not None:
            level = _text(numbered, "ilvl")
            places[name] = _text(numbered, "numId"), int(level) if level.isdecimal() else 0
    return {name: place for name in parents if (place := _inherited(name, places, parents))[0]}


def _inherited(name: str, places: dict[str, tuple[str, int]], parents: dict[str, str]) -> tuple[str, int]:
    seen: set[str] = set()
    while name and name not in seen:
        if name in places:
            return places[name]
        seen.add(name)
        name = parents.get(name, "")
    return "", 0


def _all(parent: Element, name: str) -> Iterator[Element]:
    return (child for child in parent if _local(child.tag) == name)


def _first(parent: Element, name: str) -> Element | None:
    return next(_all(parent, name), None)


def _text(parent: Element, name: str) -> str:
    found = _first(parent, name)
    return _value(found, "val") if found is not None else ""


def _value(element: Element, name: str) -> str:
    return next((value for key, value in element.attrib.items() if _local(key) == name), "")


def _local(tag: str) -> str:
    # Transitional and strict documents differ in the name space only.
    return tag.rpartition("}")[2]
