"""Personal data out of an answer before any network call: the mask has the length of what it hides.

So every offset into the answer stays right, and evidence is cut from the answer itself, not from what was sent.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping

from evaluator.text import invisible

MASK = "＊"

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"

_SURNAMES = (
    "王李张刘陈杨黄赵周吴徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭"
    "陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤葛章鲁倪季柯欧阳司马上官诸葛"
)

# The local part is bounded: without a bound a long word costs the square of its length.
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_ID_CARD = re.compile(r"(?<!\d)\d{6}[ -]?\d{8}[ -]?\d{3}[\dXx](?![\dA-Za-z])")
_MOBILE = re.compile(r"(?<!\d)(?:(?:\+|00)?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)")
_LANDLINE = re.compile(r"(?<!\d)(?:\(0\d{2,3}\)[- ]?|0\d{2,3}[- ])\d{7,8}(?!\d)")
_BANK_CARD = re.compile(r"(?<!\d)\d(?:[ -]?\d){15,18}(?!\d)")
_CHAT = r"(?:微信|(?<![A-Za-z])(?:wechat|wx|qq))"
_HANDLE = re.compile(
    # «wechat marketing» is no handle: without a word such as 号 or a colon it must hold a digit.
    rf"{_CHAT}\s*(?:(?:号|id)\s*(?:是|为|:)?|是|为|:)\s*([A-Za-z0-9_-]{{5,20}})"
    rf"|{_CHAT}\s*((?=[A-Za-z_-]*\d)[A-Za-z0-9_-]{{5,20}})",
    re.IGNORECASE,
)
_NAMED = re.compile(
    # «我叫客户先坐» is no name: a name begins with a surname and ends where the sentence pauses.
    rf"(?:我叫|我的名字(?:是|叫)|我是(?:考生|应聘者|候选人)|姓名[:是]?\s*)([{_SURNAMES}][\u4e00-\u9fff·]{{1,3}}?)"
    r"(?=[,。.;、!\s]|是|来自|今年|毕业|$)"
    r"|\b[Mm]y name is ([A-Z][a-z]+(?: [A-Z][a-z]+)?)"
)


_DIGIT = re.compile(r"[\d]")
_LEAST_DIGITS = 10
"""A landline has ten digits, everything else that is masked has more."""
_CHAT_LETTER = re.compile("[微wWqQ]")
_NAME_LEADS = ("我叫", "我的名字", "我是", "姓名", "y name is ")


def mask(text: str, names: Iterable[str] = ()) -> str:
    """The text with e-mail addresses, phone, id-card and bank-card numbers, handles and names starred out.

    `names` are names that are known (a roster, the candidate's own). Numbers are masked only where they are what they
    look like: an id card has its check digit (GB 11643-1999), a bank card passes Luhn (ISO/IEC 7812-1). Full-width and
    invisible characters hide nothing.
    """
    found = list(_personal(text.translate(_PLAIN), names))
    if not found:
        return text
    origins = [index for index, char in enumerate(text) if _PLAIN[ord(char)]]
    characters = list(text)
    for start, end in found:
        first, last = origins[start], origins[end - 1] + 1
        characters[first:last] = MASK * (last - first)
    return "".join(characters)


class _Plain(dict[int, str]):
    """What the character of each code is in plain text: nothing where it is invisible, else itself in half width."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        narrow = unicodedata.normalize("NFKC", char)
        plain = self[code] = "" if invisible(char) else narrow if len(narrow) == 1 else char
        return plain


_PLAIN = _Plain()


def _personal(text: str, names: Iterable[str]) -> Iterator[tuple[int, int]]:
    for pattern in _worth_trying(text):
        for found in pattern.finditer(text):
            checked = _CHECKS.get(pattern)
            if checked is None or checked(found.group()):
                yield found.span(found.lastindex or 0)
    for name in {unicodedata.normalize("NFKC", name.strip()) for name in names}:
        if len(name) > 1:
            whole = rf"(?<![A-Za-z]){re.escape(name)}(?![A-Za-z])" if name.isascii() else re.escape(name)
            yield from (found.span() for found in re.finditer(whole, text, re.IGNORECASE))


def _worth_trying(text: str) -> Iterator[re.Pattern[str]]:
    """The patterns of which the text holds the characters: most answers hold none."""
    if "@" in text:
        yield _EMAIL
    if len(_DIGIT.findall(text)) >= _LEAST_DIGITS:
        yield from (_MOBILE, _LANDLINE, _ID_CARD, _BANK_CARD)
    if _CHAT_LETTER.search(text):
        yield _HANDLE
    if any(lead in text for lead in _NAME_LEADS):
        yield _NAMED


def _is_id_card(number: str) -> bool:
    digits = re.sub(r"[ -]", "", number)
    total = sum(int(digit) * weight for digit, weight in zip(digits, _WEIGHTS, strict=False))
    return _CHECK[total % 11] == digits[-1].upper()


def _passes_luhn(number: str) -> bool:
    digits = [int(digit) for digit in number if digit.isdigit()]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[-2::-2]]
    return (sum(doubled) + sum(digits[-1::-2])) % 10 == 0


_CHECKS: Mapping[re.Pattern[str], Callable[[str], bool]] = {_ID_CARD: _is_id_card, _BANK_CARD: _passes_luhn}
