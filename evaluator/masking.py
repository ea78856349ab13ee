"""Personal data out of an answer before any network call: the mask has the length of what it hides.

So every offset into the answer stays right, and evidence is cut from the answer itself, not from what was sent.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

MASK = "＊"

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"

_EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_ID_CARD = re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)")
_MOBILE = re.compile(r"(?<!\d)(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)")
_LANDLINE = re.compile(r"(?<!\d)0\d{2,3}[- ]\d{7,8}(?!\d)")
_BANK_CARD = re.compile(r"(?<!\d)\d(?:[ -]?\d){15,18}(?!\d)")
_HANDLE = re.compile(
    r"(?:微信号?|wechat|wx|QQ号?|qq)\s*(?:号|id)?\s*(?:是|为|[:：])?\s*([A-Za-z0-9_-]{5,20})", re.IGNORECASE
)
_NAMED = re.compile(
    r"(?:我叫|我的名字(?:是|叫)|本人姓名[:：]?|姓名[:：]\s*)([\u4e00-\u9fff·]{2,4}?)(?=[，。,.;；、\s]|$)"
)


def mask(text: str, names: Iterable[str] = ()) -> str:
    """The text with e-mail addresses, phone, id-card and bank-card numbers, handles and names starred out.

    `names` are names that are known (a roster, the candidate's own). Numbers are masked only where they are what they
    look like: an id card has its check digit (GB 11643-1999), a bank card passes Luhn (ISO/IEC 7812-1).
    """
    spans = [match.span() for pattern in (_EMAIL, _MOBILE, _LANDLINE) for match in pattern.finditer(text)]
    spans += [match.span() for match in _ID_CARD.finditer(text) if _is_id_card(match.group())]
    spans += [match.span() for match in _BANK_CARD.finditer(text) if _passes_luhn(match.group())]
    spans += [match.span(1) for pattern in (_HANDLE, _NAMED) for match in pattern.finditer(text)]
    for name in sorted({name.strip() for name in names if len(name.strip()) > 1}, key=len, reverse=True):
        spans += [match.span() for match in re.finditer(re.escape(name), text, re.IGNORECASE)]
    characters = list(text)
    for start, end in spans:
        characters[start:end] = MASK * (end - start)
    return "".join(characters)


def _is_id_card(number: str) -> bool:
    total = sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False))
    return _CHECK[total % 11] == number[-1].upper()


def _passes_luhn(number: str) -> bool:
    digits = [int(digit) for digit in number if digit.isdigit()]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[-2::-2]]
    return (sum(doubled) + sum(digits[-1::-2])) % 10 == 0
