"""What a paper says elsewhere, undamaged: the only witness for what a damaged place said."""

from __future__ import annotations

import functools
import itertools
from collections import Counter
from dataclasses import dataclass

from evaluator.papers import pinyin
from evaluator.papers.tracing import Traced
from evaluator.papers.traditional import simplified

_READINGS = (
    "業yè務wù團tuán隊duì進jìn關guān認rèn達dá調diào現xiàn應yīng內nèi發fā規guī導dǎo點diǎn責zé產chǎn實shí優yōu經jīng標biāo結jié報bào"
    "復fù態tài質zhì機jī強qiáng學xué據jù準zhǔn設shè協xié節jié續xù習xí負fù當dāng聯lián細xì環huán護hù運yùn數shù權quán戰zhàn擔dān執zhí"
    "嚴yán領lǐng補bǔ項xiàng驗yàn創chuàng訓xùn轉zhuǎn術shù預yù統tǒng構gòu穩wěn譽yù險xiǎn網wǎng獻xiàn計jì獨dú礎chǔ風fēng區qū費fèi"
    "謹jǐn養yǎng財cái監jiān堅jiān擴kuò側cè絡luò醫yī紀jì驅qū識shí勵lì價jià臺tái請qǐng個gè評píng競jìng級jí場chǎng儲chǔ動dòng爲wèi"
    "對duì會huì時shí係xì變biàn單dān歷lì決jué職zhí際jì"
)
"""Characters that document sites are seen to gloss, and their glosses, for papers that do not show a pair elsewhere."""


@dataclass(frozen=True, slots=True)
class Witness:
    """Characters and neighbours of the undamaged text, simplified, and the pinyin that the site uses."""

    characters: Counter[str]
    neighbours: Counter[str]
    glossed: dict[str, frozenset[str]]
    """Syllable → characters."""

    @classmethod
    def of(cls, text: str, damaged: list[tuple[int, int]]) -> Witness:
        """The witness of `text` outside the `damaged` stretches."""
        pieces, done = [], 0
        for start, end in damaged:
            pieces.append(text[done : max(done, start)])
            done = max(done, end)
        pieces.append(text[done:])
        said = "\n".join(plain(pinyin.without_pinyin(Traced.of(piece)).text) for piece in pieces if piece)
        return cls(Counter(said), Counter(map("".join, itertools.pairwise(said))), _glossed(pinyin.pairs(text)))

    def knows(self, pair: str) -> bool:
        """Whether the two characters stand beside each other somewhere."""
        return self.neighbours[plain(pair)] > 0

    def cost(self, char: str) -> float:
        """How unlikely one character is: nothing if the paper uses it, little if everybody does."""
        if self.characters[plain(char)] or char in "，。、；：？！“”‘’（）《》":
            return 0
        return 1 if common(char) else 5


def plain(text: str) -> str:
    """`text` simplified, each character on its own."""
    return "".join(map(_plain, text))


@functools.cache
def _plain(char: str) -> str:
    return simplified(char)


@functools.lru_cache(4096)
def common(char: str) -> bool:
    """Whether `char` is among the 3,755 of the first level of GB 2312, in its simplified form."""
    code = simplified(char).encode("gb2312", "ignore")
    return len(code) == 2 and 0xB0 <= code[0] <= 0xD7


def _glossed(pairs: dict[str, str]) -> dict[str, frozenset[str]]:
    glossed: dict[str, set[str]] = {}
    found = pinyin.listed(_READINGS)
    for char, syllable in (*found.items(), *pairs.items()):
        glossed.setdefault(syllable, set()).add(char)
    return {syllable: frozenset(chars) for syllable, chars in glossed.items()}
