"""雷同: answers of different candidates to one question that are the same but for a few words."""

from __future__ import annotations

import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import Literal

from rapidfuzz import fuzz
from rapidfuzz.distance import LCSseq

from evaluator.batch.results import Results
from evaluator.models import Rubric
from evaluator.text import Normalised, normalise

SHORTEST = 15
"""Folded characters below which answers are alike by chance."""
_SHINGLE = 6
_SAMPLED_FROM, _SAMPLE = 120, 4
"""Of texts of that length every fourth shingle, by hash, stands for all."""
_OVERLAP = 0.15
"""Share of the smaller text's shingles that two texts have in common at the very least where nine tenths are alike."""
_RARE = 24
"""How many of an answer's rarest shingles lead to those that it is compared with."""
_ALL_PAIRS_UP_TO, _NEIGHBOURS = 24, 8
"""Answers that share a shingle are all compared with each other up to the first; beyond it each with the next few."""
_STRETCH = 6
"""Least length of a stretch that counts as shared."""
_COMPARED, _SHOWN = 12, 6
"""Members of a group that the shared text is taken from, and how many of its stretches are shown."""
_COPIED = 0.7
"""Share of the shared text that the reference or the question must hold for it to come from there."""

Source = Literal["", "reference", "question"]


@dataclass(frozen=True, slots=True)
class Alike:
    """A group of near-identical answers to one question."""

    rubric: str
    candidates: tuple[str, ...]
    """Ids, in the order of the source; at least two."""
    similarity: float
    """0..1, the least of those that connect the group: 1 where all texts are the same once folded."""
    shared: str
    """The longest stretches that all have in common, as the first of them wrote it, with … between."""
    source: Source = ""
    """Where they have it from, if not from each other: the rubric's reference answer, or the question."""


@dataclass(frozen=True, slots=True)
class _Text:
    """One text and everybody who wrote it."""

    folded: str
    writers: tuple[int, ...]
    """Places in the list of answers."""


def alike(results: Results, *, at_least: float = 0.9, longest: int = 4_000) -> tuple[Alike, ...]:
    """Groups of answers whose folded texts are at least `at_least` alike (0..1, by edits), question by question.

    A group is whoever is connected by such pairs. Objective questions, blank answers and those below 15 folded
    characters are left out; of a longer answer than `longest` the beginning counts. All answers are held in memory.
    Pairs are looked for by rare shingles, so of texts just above `at_least` a few may be passed over; equal ones never
    are. The same answers always give the same groups.
    """
    rubrics = {rubric.id: rubric for rubric in results.rubrics if not rubric.kind.objective}
    written: dict[str, list[tuple[str, str]]] = {rubric: [] for rubric in rubrics}
    for candidate in results.candidates():
        for rubric, result in candidate.answers.items():
            if rubric in written and result.answer.text.strip():
                written[rubric].append((candidate.candidate, result.answer.text[: 2 * longest]))
    return tuple(
        group
        for rubric, answers in written.items()
        for group in _groups(rubrics[rubric], answers, at_least=at_least, longest=longest)
    )


def _groups(rubric: Rubric, answers: Sequence[tuple[str, str]], *, at_least: float, longest: int) -> Iterator[Alike]:
    texts = _distinct(answers, longest)
    links = _Links(len(texts))
    for one, other in _candidates(texts, at_least):
        if links.together(one, other):
            continue
        score = fuzz.ratio(texts[one].folded, texts[other].folded, score_cutoff=at_least * 100) / 100
        if score >= at_least and score > 0:
            links.join(one, other, score)
    for members, similarity in links.groups():
        writers = sorted(writer for member in members for writer in texts[member].writers)
        if len(writers) > 1:
            yield _described(rubric, [answers[writer] for writer in writers], similarity, longest)


def _distinct(answers: Sequence[tuple[str, str]], longest: int) -> list[_Text]:
    writers: defaultdict[str, list[int]] = defaultdict(list)
    for place, (_, text) in enumerate(answers):
        folded = normalise(text).text[:longest]
        if len(folded) >= SHORTEST:
            writers[folded].append(place)
    return [_Text(folded, tuple(places)) for folded, places in writers.items()]


def _candidates(texts: Sequence[_Text], at_least: float) -> Iterator[tuple[int, int]]:
    """Pairs that may be alike: of like length, with one of their rarest shingles and a good part of all in common."""
    shingles = [_shingles(text.folded) for text in texts]
    common = Counter(shingle for each in shingles for shingle in each)
    holders: defaultdict[int, list[int]] = defaultdict(list)
    for place, each in enumerate(shingles):
        shared = sorted((common[shingle], shingle) for shingle in each if common[shingle] > 1)
        for _, shingle in shared[:_RARE]:
            holders[shingle].append(place)
    seen: set[tuple[int, int]] = set()
    for _, places in sorted(holders.items()):
        for pair in _pairs(sorted(places, key=lambda place: (len(texts[place].folded), place))):
            if pair not in seen:
                seen.add(pair)
                if _may_be(texts, shingles, pair, at_least):
                    yield pair


def _may_be(texts: Sequence[_Text], shingles: Sequence[frozenset[int]], pair: tuple[int, int], least: float) -> bool:
    one, other = pair
    sizes = sorted((len(texts[one].folded), len(texts[other].folded)))
    if 2 * sizes[0] < least * sum(sizes):
        return False
    smaller = min(len(shingles[one]), len(shingles[other]))
    return len(shingles[one] & shingles[other]) >= _OVERLAP * smaller


def _pairs(places: Sequence[int]) -> Iterator[tuple[int, int]]:
    reach = len(places) if len(places) <= _ALL_PAIRS_UP_TO else _NEIGHBOURS
    for index, one in enumerate(places):
        for other in islice(places, index + 1, index + 1 + reach):
            yield (one, other) if one < other else (other, one)


def _shingles(folded: str) -> frozenset[int]:
    """Hashes that are the same in every process, which `hash` of a string is not."""
    raw = folded.encode("utf-32-le", "surrogatepass")
    size = 4 * _SHINGLE
    every = (zlib.crc32(raw[start : start + size]) for start in range(0, max(len(raw) - size, 0) + 1, 4))
    if len(folded) < _SAMPLED_FROM:
        return frozenset(every)
    return frozenset(shingle for shingle in every if shingle % _SAMPLE == 0)


class _Links:
    """Who is connected with whom, and by how weak a link."""

    def __init__(self, size: int) -> None:
        self._parents = list(range(size))
        self._weakest = [1.0] * size

    def _root(self, place: int) -> int:
        while self._parents[place] != place:
            self._parents[place] = self._parents[self._parents[place]]
            place = self._parents[place]
        return place

    def together(self, one: int, other: int) -> bool:
        return self._root(one) == self._root(other)

    def join(self, one: int, other: int, score: float) -> None:
        first, second = sorted((self._root(one), self._root(other)))
        self._parents[second] = first
        self._weakest[first] = min(self._weakest[first], self._weakest[second], score)

    def groups(self) -> Iterator[tuple[list[int], float]]:
        """Every group, single texts too, by its first text."""
        members: defaultdict[int, list[int]] = defaultdict(list)
        for place in range(len(self._parents)):
            members[self._root(place)].append(place)
        for root, places in sorted(members.items()):
            yield places, self._weakest[root]


# --- what they share -------------------------------------------------------------------------------------------------


def _described(rubric: Rubric, answers: Sequence[tuple[str, str]], similarity: float, longest: int) -> Alike:
    first = normalise(answers[0][1])
    base = first.text[:longest]
    spans = [(0, len(base))]
    for _, text in islice(answers, 1, _COMPARED):
        spans = list(_still_common(base, spans, normalise(text).text[:longest]))
    shared = "".join(base[start:end] for start, end in spans)
    return Alike(
        rubric=rubric.id,
        candidates=tuple(candidate for candidate, _ in answers),
        similarity=round(similarity, 4),
        shared=_as_written(answers[0][1], first, spans),
        source=_source(rubric, shared),
    )


def _still_common(base: str, spans: Iterable[tuple[int, int]], other: str) -> Iterator[tuple[int, int]]:
    """What of the spans of `base` also stands in `other`, in the same order."""
    blocks = list(_blocks(base, other))
    for start, end in spans:
        for first, last in blocks:
            if min(end, last) - max(start, first) >= _STRETCH:
                yield max(start, first), min(end, last)


def _blocks(base: str, other: str) -> Iterator[tuple[int, int]]:
    for block in LCSseq.editops(base, other).as_matching_blocks():
        if block.size >= _STRETCH:
            yield block.a, block.a + block.size


def _as_written(answer: str, folded: Normalised, spans: Sequence[tuple[int, int]]) -> str:
    longest = sorted(spans, key=lambda span: (span[0] - span[1], span[0]))[:_SHOWN]
    parts = [folded.span(start, end) for start, end in sorted(longest)]
    text = "".join(
        answer[one[0] : one[1]].strip() + (answer[one[1] : other[0]] if answer[one[1] : other[0]].isspace() else " … ")
        for one, other in pairwise(parts)
    )
    return text + (answer[parts[-1][0] : parts[-1][1]].strip() if parts else "")


def _source(rubric: Rubric, shared: str) -> Source:
    """Where the shared text stands already, if most of it does."""
    places: tuple[tuple[Source, str], ...] = (("question", rubric.question), ("reference", rubric.reference))
    for source, text in places:
        folded = normalise(text).text
        covered = sum(end - start for start, end in _blocks(shared, folded)) if folded and shared else 0
        if covered and covered >= _COPIED * len(shared):
            return source
    return ""
