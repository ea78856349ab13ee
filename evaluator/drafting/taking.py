"""What a model proposed -> a drafted rubric, text by text: only what the paper bears out and the linter lets stand."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from evaluator.drafting.comparing import matched
from evaluator.drafting.grounding import ASTRAY, NEIGHBOUR, Ground, words_of
from evaluator.drafting.wording import language
from evaluator.errors import Words
from evaluator.models import KeyPoint, Place, Rubric
from evaluator.models.paper import Question
from evaluator.rubrics import Finding, Severity, lint
from evaluator.text import normalise, similarity

Field = Literal["hit", "partial", "accept", "reject", "follow_up"]
FIELDS: tuple[Field, ...] = get_args(Field)
ACCEPTED, REJECTED = 8, 4
"""Phrases of a key point that are taken at most."""
SENTENCE, PHRASE = 60, 15
"""Characters of Chinese that a text has at most; of letters three times as many."""
_GUARDED = frozenset(
    (
        "vague", "two-requirements", "hit-is-name", "partial-is-hit", "overlap",
        "accept-matches-neighbour", "accept-in-reject", "accept-too-short",
    )
)  # fmt: skip
_ENDS = re.compile(r"[。.！!？?]$")
_INSIDE = re.compile(r"[。！!？?；;\n]|\.\s")
_COMMA = re.compile(r"[，,：:]")
_FIRST_PERSON = re.compile(r"我|咱|\b(?:I|[Mm]y|[Ww]e|[Oo]ur)\b")
_MARKS = re.compile(r"得分|给分|满分|加分|扣分|评分|阅卷|\b(?:score|points?|grade|marks?)\b", re.IGNORECASE)
_NEGATED = re.compile(r"(?:没有?|未|不|无|别|勿|(?:no|not|never|without)\b)", re.IGNORECASE)
_LACKS = re.compile(r"没|未|缺|少|不|无|\b(?:without|not?|lacks?|missing|but)\b", re.IGNORECASE)
_AND_THEN = re.compile(r"然后|接着|随后|之后再|\bthen\b", re.IGNORECASE)
_CLAUSE = re.compile(r"[，,；;](?!\s*(?:[比例]?如|包括|以及|或|such|for example|or\b))")
_OPENING = re.compile(r"^(?:只|仅|有|写|说|提|到|出|明)+")
_LOOSE = re.compile(r"[\s；;，,、：:]+$")
_SAME, _HALVES_ALIKE = 0.9, 0.7
"""Similarities from which two texts say the same: whole ones, and what a `partial` has and lacks."""

NO_TEXT = Words("不是文字", "is no text")
LENGTH = Words("太长或太短", "is too long or too short")
SCORES = Words("谈的是给分", "speaks of the marking")
NO_LIMIT = Words("没有说缺了什么", "does not say what is missing")
NO_PHRASE = Words("不是一个短语", "is no single phrase")
AN_ANSWER = Words("是替考生写的答案，不是要求", "is an answer, no requirement")
SEVERAL = Words("列了几件事，不是一个要求", "lists several things, not one requirement")
REPEATED = Words("几个得分点都写了同一句", "is the same for several key points")
NO_QUESTION = Words("不是一句问话", "is no question")
AS_STEM = Words("只是重复题目", "only repeats the question")
KNOWN = Words("已经有了", "is there already")
OPPOSITE = Words("说的是没有做到", "says that it was not done")
IN_ANSWER = Words("参考答案里就有", "stands in the reference answer")
IN_HIT = Words("正是命中的说法", "is what earns the point")


@dataclass(frozen=True, slots=True)
class Dropped:
    """A text that was not taken, and why."""

    key_point: str
    field: Field
    text: str
    why: Words


class Taking:
    """One rubric while it takes texts over; `rubric` is the rubric so far."""

    def __init__(self, rubric: Rubric, question: Question) -> None:
        self.rubric = rubric
        self.taken = 0
        self.dropped: list[Dropped] = []
        self._often: Counter[tuple[Field, str]] = Counter()
        self._findings = lint(rubric)
        self._ground = Ground(rubric, question)

    def take(self, proposals: Mapping[str, Any]) -> None:
        """Try every text of every key point; `proposals` is what the model replied."""
        given = [
            (index, field, text)
            for index, point in enumerate(self.rubric.key_points)
            for field in FIELDS
            for text in _texts(proposals.get(point.id), field)
        ]
        for_points = {(field, _key(text), index) for index, field, text in given}
        self._often = Counter((field, key) for field, key, _ in for_points)
        for index, field, text in given:
            self._try(index, field, text)

    def _try(self, index: int, field: Field, given: object) -> None:
        text = _LOOSE.sub("", " ".join(given.split())) if isinstance(given, str) else ""
        if isinstance(given, str) and not text:
            return
        point = self.rubric.key_points[index]
        why = NO_TEXT if not text else self._why_not(index, point, field, text)
        if why is None:
            candidate = _with(self.rubric, index, _changed(point, field, text))
            findings = lint(candidate)
            why = self._fault(findings, index, field)
            if why is None:
                self.rubric, self.taken, self._findings = candidate, self.taken + 1, findings
                return
        self.dropped.append(Dropped(point.id, field, text, why))

    def _why_not(self, index: int, point: KeyPoint, field: Field, text: str) -> Words | None:
        if field in {"accept", "reject"}:
            why = _no_phrase(point, field, text) or self._phrase(index, point, field, text)
        else:
            why = _no_sentence(point, field, text) or self._sentence(index, field, text)
        return why or self._shared(index, field, text) or self._ground.foreign(text)

    def _shared(self, index: int, field: Field, text: str) -> Words | None:
        """A sentence for several key points tells none of them apart; a phrase may be that of the nearest."""
        if self._often[field, _key(text)] < 2:
            return None
        phrase = field in {"accept", "reject"}
        return None if phrase and self._ground.about(text) == index else REPEATED

    def _sentence(self, index: int, field: Field, text: str) -> Words | None:
        if field == "follow_up" and similarity(text, self._ground.stem) >= _SAME:
            return AS_STEM
        return self._ground.astray(text, index)

    def _phrase(self, index: int, point: KeyPoint, field: Field, text: str) -> Words | None:
        folded, ground = normalise(text).text, self._ground
        if field == "reject":
            if folded in normalise(ground.answer).text:
                return IN_ANSWER
            return (
                IN_HIT
                if folded in normalise(point.hit).text
                else self._off(index, text, f"{ground.stem}\n{ground.options}")
            )
        if folded in normalise(ground.stem).text:
            return AS_STEM
        if _NEGATED.match(text) and folded not in normalise(ground.answer).text:
            return OPPOSITE
        others = (words_of(other) for place, other in enumerate(self.rubric.key_points) if place != index)
        if any(folded in normalise(words).text for words in others):
            return NEIGHBOUR
        return self._off(index, text, point.hit)

    def _off(self, index: int, text: str, also: str) -> Words | None:
        if self._ground.astray(text, index) is NEIGHBOUR:
            return NEIGHBOUR
        return None if self._ground.rests(text, index=index, also=also) else ASTRAY

    def _fault(self, findings: Sequence[Finding], index: int, field: Field) -> Words | None:
        """What the linter says of the new text, or newly says of another because of it."""
        own: Place = ("key_points", index, field)
        replaced = field not in {"accept", "reject"}
        before = {
            (finding.code, finding.place) for finding in self._findings if not (replaced and finding.place == own)
        }
        for finding in findings:
            loud = finding.severity is not Severity.INFO or finding.code == "two-requirements"
            if finding.code in _GUARDED and loud and (finding.code, finding.place) not in before:
                return finding.message
        return None


def carried(rubric: Rubric, earlier: Rubric) -> Rubric:
    """The draft with what a model had added to an earlier draft, key point by key point.

    Only where question and key point are still the same words of the paper.
    """
    if normalise(rubric.question).text != normalise(earlier.question).text:
        return rubric
    kept = {
        after.id: {field: getattr(before, field) for field in (*before.from_model, "from_model")}
        for before, after in matched(earlier.key_points, rubric.key_points)
        if before.from_model and normalise(words_of(before)).text == normalise(words_of(after)).text
    }
    points = tuple(point.model_copy(update=kept.get(point.id)) for point in rubric.key_points)
    return rubric.model_copy(update={"key_points": points})


def _key(text: object) -> str:
    return normalise(text).text if isinstance(text, str) else ""


def _texts(given: object, field: Field) -> Iterator[object]:
    found = given.get(field) if isinstance(given, Mapping) else None
    if found is None:
        return
    if field in {"accept", "reject"}:
        listed = found if isinstance(found, list) else [found]
        yield from listed[: ACCEPTED if field == "accept" else REJECTED]
    else:
        yield found


def room(chinese: int, lang: str) -> int:
    """Characters that a text may have in that language."""
    return chinese if lang == "zh" else 3 * chinese


def _room(text: str, chinese: int) -> bool:
    return len(text) <= room(chinese, language(text))


def _no_sentence(point: KeyPoint, field: Field, text: str) -> Words | None:
    if not _room(text, SENTENCE) or len(normalise(text).text) < 5 or _INSIDE.search(text[:-1]):
        return LENGTH
    if _MARKS.search(text):
        return SCORES
    if field != "follow_up" and _FIRST_PERSON.search(text):
        return AN_ANSWER
    if field == "hit":
        return SEVERAL if _AND_THEN.search(text) or len(_CLAUSE.findall(text)) > 1 else None
    if field == "partial":
        return _no_half(point, text)
    return None if text[-1] in "？?" else NO_QUESTION


def _no_half(point: KeyPoint, text: str) -> Words | None:
    had, _, lacking = _halves(text)
    if not lacking or similarity(had, lacking) >= _HALVES_ALIKE:
        return NO_LIMIT
    said, whole = normalise(text).text, normalise(point.hit).text
    return NO_LIMIT if whole in said or similarity(text, point.hit) >= _SAME else None


def _halves(partial: str) -> tuple[str, str, str]:
    """What it has, the word that says so, and what it lacks; nothing lacks where no such word stands."""
    found = _LACKS.search(partial)
    if found is None:
        return partial, "", ""
    return _OPENING.sub("", partial[: found.start()]), found[0], _OPENING.sub("", partial[found.end() :])


def _no_phrase(point: KeyPoint, field: Field, text: str) -> Words | None:
    folded = normalise(text).text
    if not _room(text, PHRASE) or len(folded) < 2:
        return LENGTH
    if _INSIDE.search(text) or _COMMA.search(text):
        return NO_PHRASE
    if _MARKS.search(text):
        return SCORES
    there = [normalise(phrase).text for phrase in (point.accept if field == "accept" else point.reject)]
    return KNOWN if any(phrase in folded for phrase in there) else None


def _changed(point: KeyPoint, field: Field, text: str) -> KeyPoint:
    """The key point with the text, marked as the model's."""
    value: object = text
    if field == "accept":
        value = (*point.accept, text)
    elif field == "reject":
        value = (*point.reject, text)
    elif not _ENDS.search(text):
        value = f"{text}{Words('。', '.').text(language(text))}"
    marks = tuple(one for one in FIELDS if one == field or one in point.from_model)
    return point.model_copy(update={field: value, "from_model": marks})


def _with(rubric: Rubric, index: int, point: KeyPoint) -> Rubric:
    points = rubric.key_points
    return rubric.model_copy(update={"key_points": (*points[:index], point, *points[index + 1 :])})
