"""Words that some answers share and others do not: candidates for `accept` and `reject` of a key point.

Nothing is segmented: every run of 4 to 12 characters (1 to 5 words where the text is written in words) inside one
clause is a candidate. Counted are answers, not places. They are candidates for a person to choose from, no more.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from evaluator.calibration.advice_model import Phrase
from evaluator.text import folded

SHORTEST, LONGEST = 4, 12
_MOST_WORDS = 5
_LONGEST_WORDS = 40
_FEWEST = 2
_MOST_ELSEWHERE = 0.2
"""A phrase of so many of the other answers tells nothing apart."""
_TIMES = 3.0
"""How much more frequent it is than among the others, at least."""
_BREAK = re.compile(r"[^\w\s'%.+#-]+|[.\n\r]+\s|\s*[\n\r]+")
_WORD = re.compile(r"[^\s]+")
_WRITTEN_IN_CHARACTERS = re.compile("[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_LOOSE_ENDS = frozenset(
    "的了和与及或是在有就也都还又把被给让对向为以从到而并且但这那其之所很更最个们我你他她它会要可能应该将于等着过地得"
)
_LOOSE_WORDS = re.compile(
    "a|an|and|are|as|at|be|by|can|for|from|has|have|i|in|is|it|its|not|of|on|or|so|that|the|their|then|they|this|to|was|"
    "we|were|will|with|you"
)


def telling(
    where: Sequence[str], against: Sequence[str], *, known: Sequence[str] = (), most: int = 5
) -> tuple[Phrase, ...]:
    """Phrases of at least two of the answers in `where` and hardly any of those in `against`, the most telling first.

    `known` are texts whose words tell nothing: the question, phrases that the rubric has. Empty where either side is.
    """
    if len(where) < _FEWEST or not against:
        return ()
    mine, theirs = [list(_clauses(text)) for text in where], ["\n".join(_clauses(text)) for text in against]
    common = "\n".join(folded(text, keep_spaces=True).lower() for text in known)
    counted = Counter(phrase for clauses in mine for phrase in {one for text in clauses for one in _phrases(text)})
    found = []
    for phrase, here in counted.items():
        if here < _FEWEST or phrase in common:
            continue
        elsewhere = sum(phrase in text for text in theirs)
        share = elsewhere / len(theirs)
        if share <= _MOST_ELSEWHERE and here / len(mine) >= _TIMES * share:
            found.append(Phrase(text=phrase, answers=here, of=len(mine), elsewhere=elsewhere, others=len(theirs)))
    found.sort(key=lambda one: (one.elsewhere / one.others - one.answers / one.of, -len(one.text), one.text))
    return tuple(_apart(found, most))


def _apart(phrases: Sequence[Phrase], most: int) -> Iterator[Phrase]:
    """The first ones, without those that overlap an earlier one by half or more."""
    kept: list[Phrase] = []
    for one in phrases:
        if len(kept) == most:
            return
        if not any(_overlap(one.text, other.text) for other in kept):
            kept.append(one)
            yield one


def _overlap(one: str, other: str) -> bool:
    shorter, longer = sorted((one, other), key=len)
    size = max(SHORTEST - 1, len(shorter) // 2)
    return any(shorter[at : at + size] in longer for at in range(len(shorter) - size + 1))


def _clauses(text: str) -> Iterator[str]:
    for part in _BREAK.split(text):
        if kept := folded(part, keep_spaces=True).strip():
            yield kept


def _phrases(clause: str) -> Iterator[str]:
    if not _WRITTEN_IN_CHARACTERS.search(clause):
        yield from _of_words(_WORD.findall(clause))
        return
    for size in range(SHORTEST, LONGEST + 1):
        for at in range(len(clause) - size + 1):
            phrase = clause[at : at + size]
            if phrase[0] not in _LOOSE_ENDS and phrase[-1] not in _LOOSE_ENDS and phrase == phrase.strip():
                yield phrase


def _of_words(words: Sequence[str]) -> Iterator[str]:
    for size in range(1, _MOST_WORDS + 1):
        for at in range(len(words) - size + 1):
            part = words[at : at + size]
            phrase = " ".join(part)
            loose = _LOOSE_WORDS.fullmatch(part[0]) or _LOOSE_WORDS.fullmatch(part[-1])
            if not loose and SHORTEST <= len(phrase) <= _LONGEST_WORDS:
                yield phrase
