"""The floor: lexical matching on the rubric's `accept` and `reject` phrases. Every verdict needs a person's look."""

from __future__ import annotations

import re
from collections.abc import Iterator

from evaluator.clauses import Clause
from evaluator.evidence import from_numbers
from evaluator.judging import reasons
from evaluator.judging.protocol import Requirement, Task
from evaluator.models import Evidence, Judgement, Level, Parameters, Verdict
from evaluator.text import Normalised, normalise

_NEGATION = re.compile(
    r"(?:没有|不会|没能|从不|并未|未能|不需要|不用|不想|拒绝).{0,4}$|(?<!不得)[不没未别勿]$"
    r"|(?:\b(?:not?|never|cannot|without)\b|n['’]t\b).{0,12}$"
)
_CLAUSE_MARK = re.compile(r"[，,。.;；:：!！?？、\n]")
CUTS = (0.5, 0.8)
"""Cover from which a phrase counts as partial, and as hit."""
_GRAM = 2


class KeywordJudge:
    """Needs no model, no key and no network.

    `hit`: an accepted phrase stands in a clause, not negated and not beside a rejected phrase, or a clause covers at
    least 80 % of a phrase's character pairs; `partial`: at least half. `confidence` stays None: it knows nothing.
    Other `cuts` (partial, hit) than these two come from a calibration file.
    """

    name = "keyword"

    def __init__(self, lang: str = "zh", *, cuts: tuple[float, float] = CUTS) -> None:
        self._lang = lang
        self._cuts = cuts
        self.key = f"keyword/1/{lang}" if cuts == CUTS else f"keyword/1/{lang}/{cuts[0]}/{cuts[1]}"

    async def judge(self, task: Task) -> Judgement:
        """Verdicts by matching, at once."""
        lines = _lines(task)
        verdicts = tuple(self._verdict(item, lines, task.clauses) for item in task.requirements)
        cut_partial, cut_hit = self._cuts
        parameters: Parameters = {} if self._cuts == CUTS else {"cut_partial": cut_partial, "cut_hit": cut_hit}
        return Judgement(judge=self.name, verdicts=verdicts, parameters=parameters)

    def _verdict(
        self, item: Requirement, lines: list[tuple[Clause, Normalised]], clauses: tuple[Clause, ...]
    ) -> Verdict:
        cover, number, phrase = _best(item, lines)
        cut_partial, cut_hit = self._cuts
        if cover < cut_partial or not number:
            return Verdict(key_point=item.id, level=Level.MISSED, reason=reasons.NO_KEYWORD.text(self._lang))
        level = Level.HIT if cover >= cut_hit else Level.PARTIAL
        evidence: tuple[Evidence, ...] = from_numbers(clauses, [number])
        reason = reasons.by_keyword(phrase).text(self._lang)
        return Verdict(key_point=item.id, level=level, reason=reason, evidence=evidence)


def covers(task: Task) -> dict[str, float]:
    """By requirement the largest share of one of its phrases that a clause covers, 0..1: what the cuts are taken of."""
    lines = _lines(task)
    return {item.id: _best(item, lines)[0] for item in task.requirements}


def _lines(task: Task) -> list[tuple[Clause, Normalised]]:
    return [(clause, normalise(clause.text)) for clause in task.clauses if not task.is_instruction(clause)]


def _best(item: Requirement, lines: list[tuple[Clause, Normalised]]) -> tuple[float, int, str]:
    return max(_covers(item, lines), key=lambda found: found[0], default=(0.0, 0, ""))


def _covers(item: Requirement, lines: list[tuple[Clause, Normalised]]) -> Iterator[tuple[float, int, str]]:
    """(share of the phrase found in the clause, number of the clause, phrase)."""
    rejected = [text for phrase in item.reject if (text := normalise(phrase).text)]
    accepted = [(phrase, text) for phrase in (*item.accept, item.name) if (text := normalise(phrase).text)]
    for clause, line in lines:
        if any(phrase in line.text for phrase in rejected):
            continue
        for phrase, wanted in accepted:
            if not _negated(clause, line, wanted):
                yield _cover(wanted, line.text), clause.number, phrase


def _cover(phrase: str, text: str) -> float:
    if phrase in text:
        return 1.0
    pairs = {phrase[i : i + _GRAM] for i in range(len(phrase) - _GRAM + 1)}
    if len(pairs) < _GRAM:
        return 0.0
    return sum(pair in text for pair in pairs) / len(pairs)


def _negated(clause: Clause, line: Normalised, phrase: str) -> bool:
    """True where the phrase stands in the clause, each time behind a negation close in front of it."""
    places = [found.start() for found in re.finditer(re.escape(phrase), line.text)]
    return bool(places) and all(_NEGATION.search(_before(clause, line.origins[place])) for place in places)


def _before(clause: Clause, place: int) -> str:
    """What stands in front of that place of the clause, back to the last comma or stop."""
    said = _CLAUSE_MARK.split(clause.text[:place])[-1]
    return normalise(said, keep_punctuation=True, keep_spaces=True).text
