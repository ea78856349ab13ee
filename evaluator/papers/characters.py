"""Single characters that a reader does not see or takes for others, made plain; what every kind of file needs."""

from __future__ import annotations

import re
import unicodedata

_SUPPLEMENT = dict(
    zip(
        "⺁⺃⺄⺈⺋⺌⺎⺒⺓⺕⺟⺠⺩⺪⺫⺬⺮⺱⺳⺶⺷⺼⺽⻀⻁⻄⻅⻆⻉⻋⻌⻑⻒⻓⻔⻗⻘⻙⻚⻛⻜⻝⻟⻠⻢⻣⻤⻥⻦⻧⻨⻩⻬⻮⻰⻳",
        "厂乚乙刀㔾小兀巳幺彑母民王疋罒示竹网罓羊羊肉臼艹虎西见角贝车辶長镸长门雨青韦页风飞食饣饣马骨鬼鱼鸟卤麦黄齐齿龙龟",
        strict=True,
    )
)
"""CJK radicals that Unicode gives no plain form for; PDF files hold them where the font shares the glyph."""
_RADICAL = re.compile("[\u2e80-\u2fdf\uf900-\ufad9]")
_LINE_END = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_UNSEEN = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ufff9-\ufffc]")


def plain(text: str) -> str:
    """`text` with one kind of line end, without control and invisible characters, radicals as the characters meant."""
    text = _UNSEEN.sub("", _LINE_END.sub("\n", text))
    return _RADICAL.sub(lambda found: radical(found.group()), text)


def radical(char: str) -> str:
    """The character that a CJK radical or compatibility form stands for; `char` itself where it is none."""
    folded = _SUPPLEMENT.get(char) or unicodedata.normalize("NFKC", char)
    return folded if len(folded) == 1 else char
