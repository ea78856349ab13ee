"""The floor: lexical matching on the rubric's `accept` and `reject` phrases. Every verdict needs a person's look."""

from __future__ import annotations

from collections.abc import Iterator

from evaluator.clauses import Clause
from evaluator.evidence import from_numbers
from evaluator.judging import reasons
from evaluator.judging.protocol import Requirement, Task
from evaluator.models import Evidence, Judgement, Level, Verdict
from evaluator.text import normalise

_NEGATIONS = ("没有", "不会", "没能", "从不", "并未", "未能", "不需要", "不用", "不想", "拒绝", "not", "never", "no")
_REACH = 6
_PARTIAL_COVER = 0.5
_HIT_COVER = 0.8
_GRAM = 2


class KeywordJudge:
    """Needs no model, no key and no network.

    `hit`: an accepted phrase stands in a clause, not negated and not beside a rejected phrase, or a clause covers at
    least 80 % of a phrase's character pairs; `partial`: at least half. `confidence` stays None: a keyword knows nothing.
    """

    name = "keyword"

    def __init__(self, lang: str = "zh") -> None:
        self._lang = lang
        self.key = f"keyword/1/{lang}"

    async def judge(self, task: Task) -> Judgement:
        """Verdicts by matching, at once."""
        lines = [(clause, normalise(clause.text).text) for clause in task.clauses if not task.is_instruction(clause)]
        verdicts = tuple(_verdict(item, lines, task.clauses, self._lang) for item in task.requirements)
        return Judgement(judge=self.name, verdicts=verdicts)


def _verdict(item: Requirement, lines: list[tuple[Clause, str]], clauses: tuple[Clause, ...], lang: str) -> Verdict:
    best = max(_covers(item, lines), key=lambda found: found[0], default=(0.0, 0, ""))
    cover, number, phrase = best
    if cover < _PARTIAL_COVER:
        return Verdict(key_point=item.id, level=Level.MISSED, reason=reasons.NO_KEYWORD.text(lang))
    level = Level.HIT if cover >= _HIT_COVER else Level.PARTIAL
    evidence: tuple[Evidence, ...] = from_numbers(clauses, [number])
    reason = reasons.by_keyword(phrase).text(lang)
    return Verdict(key_point=item.id, level=level, reason=reason, evidence=evidence)


def _covers(item: Requirement, lines: list[tuple[Clause, str]]) -> Iterator[tuple[float, int, str]]:
    """(share of the phrase found in the clause, number of the clause, phrase)."""
    rejected = [normalise(phrase).text for phrase in item.reject]
    for clause, text in lines:
        if any(phrase and phrase in text for phrase in rejected):
            continue
        for phrase in (*item.accept, item.name):
            wanted = normalise(phrase).text
            if wanted and not _negated(text, wanted):
                yield _cover(wanted, text), clause.number, phrase


def _cover(phrase: str, text: str) -> float:
    if phrase in text:
        return 1.0
    pairs = {phrase[i : i + _GRAM] for i in range(len(phrase) - _GRAM + 1)}
    if len(pairs) < _GRAM:
        return 0.0
    return sum(pair in text for pair in pairs) / len(pairs)


def _negated(text: str, phrase: str) -> bool:
    """True where the phrase stands only behind a negation close in front of it."""
    place = text.find(phrase)
    if place < 0:
        return False
    before = text[max(0, place - _REACH) : place]
    return any(word in before for word in _NEGATIONS)
