"""Bytes of a text file in any encoding met in China -> text."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it starts with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"\x84\x31\x95\x33", "gb18030"),
)
_COMMON = frozenset(
    "的一是不了在人有我他这中大来上国个到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可里后小么心多天而能好都"
    "然没日于起还发成事只作当想看文无开手十用主行方又如前所本见经头面公同三已从动两长现部法间等各员理解进业题答案分析试参考"
    "确选项单判断正误客户服务问面应工体通建品质量评标准情提供关系产管化资务种与及或其此第二四五六七八九百职位电商销售"
    "這來國個說們為時過學會後麼發當無開經頭動兩長現間員進業題試參確選項單斷誤客戶務問應體評標準關係產資種與職電還從對點"
)
"""Characters that stand often in running Chinese text and in papers, simplified and traditional."""
_PUNCTUATION = frozenset("，。、；：？！（）“”《》【】,.;:?!()\n ")
_NUL_SHARE = 0.1
"""Text in any encoding but UTF-16 has no zero bytes, except for damage."""
_STRANGE_WEIGHT = 2
_CONTROL_WEIGHT = 6
_SAMPLE = 1 << 18
_BROKEN_SHARE = 0.02
"""A text with up to this share of broken sequences is still taken to be the UTF-8 that the rest of it is."""
_HAN = re.compile("[\u3400-\u9fff]")
_STRANGE = re.compile("[\ue000-\uf8ff\ufffd\u3040-\u30ff\uac00-\ud7ff]")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f]")


@dataclass(frozen=True, slots=True)
class Decoded:
    """What bytes say."""

    text: str
    encoding: str
    """Python's name of the encoding."""
    broken: int
    """How many byte sequences said nothing; U+FFFD stands in their place."""


def decode(data: bytes, *, declared: str = "") -> Decoded | None:
    """The text behind `data`, or None where the bytes are no text in any of the encodings.

    A byte order mark decides, then whether the bytes are UTF-8, then what the text `declared` about itself (a name of
    an encoding, as in HTML), then which of damaged UTF-8, GB18030, Big5 and UTF-16 without a mark gives the most usual
    text.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _decoded(data[len(mark) :], encoding)
    if data.count(b"\x00") > _NUL_SHARE * len(data):
        return _best(data, ("utf-16-le", "utf-16-be"))
    if b"\x00" not in data and (found := _utf_8(data)) is not None:
        return found
    if declared and (known := _known(declared)) and (said := _decoded(data, known)).broken == 0:
        return said
    return _best(data, ("utf-8", "gb18030", "big5hkscs", "utf-16-le", "utf-16-be"))


def _utf_8(data: bytes) -> Decoded | None:
    found = _decoded(data, "utf-8")
    if not found.broken:
        return found
    several_bytes = sum(char > "\x7f" for char in found.text) - found.broken
    cut_off = found.broken == 1 and found.text.endswith("�") and several_bytes > 1
    return found if cut_off or found.broken <= _BROKEN_SHARE * several_bytes else None


def _decoded(data: bytes, encoding: str) -> Decoded:
    text = data.decode(encoding, errors="replace")
    return Decoded(text, encoding, text.count("�"))


def _known(name: str) -> str:
    try:
        found = codecs.lookup(name).name
    except (LookupError, ValueError):
        return ""
    return "gb18030" if found in {"gb2312", "gbk"} else found


def _best(data: bytes, encodings: tuple[str, ...]) -> Decoded | None:
    sample = data[:_SAMPLE]
    scores = {encoding: _usual(sample.decode(encoding, errors="replace")) for encoding in encodings}
    best = max(encodings, key=lambda encoding: scores[encoding])
    return _decoded(data, best) if scores[best] > 0 else None


def _usual(text: str) -> float:
    """How usual a text is: 1 where every character is a frequent one, below 0 where much of it is no text."""
    if not text:
        return -1.0
    usual = sum(char in _COMMON or char in _PUNCTUATION or "0" <= char <= "z" for char in text)
    strange = _STRANGE_WEIGHT * len(_STRANGE.findall(text)) + _CONTROL_WEIGHT * len(_CONTROL.findall(text))
    plain = 0.1 * len(_HAN.findall(text))
    return (usual + plain - strange) / len(text)
