"""What a paper says elsewhere, undamaged: the only witness for what a damaged place said."""

from __future__ import annotations

import functools
import itertools
from collections import Counter
from collections.abc import Callable
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


_EVERYDAY = frozenset(
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本"
    "去把性好应开它合还因由其些然前外天政四日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系很情者最立代想已通并提直题程展果料位常文总次品式活设及管"
    "特件求老基资流路级少图统接知较将组见计别她手角期根论运农指几九区强放决被干做必先回则任取据处给色光门即保治造百规热领七口东导器压志金增争阶油思术极交受联什认六共权收证改清己美再采转更单风打白教速花带安"
    "场身车例真务具万每目至达走积示议声报完类八离华名确才科张信节话整空元况集传土许步群广记需段界林律叫且究观越织装影算低持音众书布复容儿须际商非验连断深难近矿千周委素技备半办青省列习响约支般感劳便团往市何"
    "除消构府称太准精值号率族维划选标写存候亲快效斯院查江型按格养易置派层片始却专状育厂京识适属包火住调满局照参细引听该铁价严底官德随病失死讲配女推显谈神艺呢席含企望密批营项防举球势告李台落木帮轮"
)
"""The characters that every Chinese text is mostly made of; one in fifteen of all."""
UNUSUAL = 5.0
OFTEN = 3
_TRADITIONAL = 0.05
_MARKS = str.maketrans(",?!;:", "，？！；：")


@dataclass(frozen=True, slots=True)
class Witness:
    """Characters and neighbours of the undamaged text, simplified, and the pinyin that the site uses."""

    characters: Counter[str]
    neighbours: Counter[str]
    glossed: dict[str, frozenset[str]]
    """Syllable → characters."""
    shown: frozenset[str]
    """Characters as they stand, not simplified."""
    traditional: bool
    """Whether the paper is written in traditional characters, so that a simplified one is a stranger."""

    @classmethod
    def of(cls, text: str, damaged: list[tuple[int, int]]) -> Witness:
        """The witness of `text` outside the `damaged` stretches."""
        pieces, done = [], 0
        for start, end in damaged:
            pieces.append(text[done : max(done, start)])
            done = max(done, end)
        pieces.append(text[done:])
        shown = "\n".join(pinyin.without_pinyin(Traced.of(piece)).text for piece in pieces if piece)
        said = plain(shown).translate(_MARKS)
        traditional = sum(map(str.__ne__, shown, said)) > _TRADITIONAL * len(said)
        neighbours = Counter(map("".join, itertools.pairwise(said)))
        return cls(Counter(said), neighbours, _glossed(pinyin.pairs(text)), frozenset(shown), traditional)

    def knows(self, pair: str) -> bool:
        """Whether the two characters stand beside each other somewhere."""
        return self.neighbours[plain(pair).translate(_MARKS)] > 0

    def uses(self, char: str) -> int:
        """How often the paper uses `char`; often enough for one that is met every day."""
        if self._stranger(char):
            return 0
        return max(self.characters[plain(char)], OFTEN * (plain(char) in _EVERYDAY))

    def _stranger(self, char: str) -> bool:
        return self.traditional and char not in self.shown and simplified_only(char)

    def cost(self, char: str) -> float:
        """How unlikely one character is: nothing if the paper uses it, little if everybody does."""
        if self.uses(char) or char in "，。、；：？！“”‘’（）《》":
            return 0
        return 1 if common(char) and not self._stranger(char) else UNUSUAL


def plain(text: str) -> str:
    """`text` simplified, each character on its own."""
    return "".join(map(_plain, text))


@functools.cache
def _plain(char: str) -> str:
    return simplified(char)


@functools.cache
def simplified_only(char: str) -> bool:
    """Whether `char` is the simplified form of another character, and no character of its own in traditional text."""
    return plain(char) == char and _to_traditional()(char) != char


@functools.cache
def _to_traditional() -> Callable[[str], str]:
    # As slow to load as the way back.
    from opencc import OpenCC  # noqa: PLC0415

    convert: Callable[[str], str] = OpenCC("s2t").convert
    return convert


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
