"""A model rewords a key point; that counts only where the judge then agrees better with people on held-out answers.

The answers of a question are parted by text: the model is shown disagreements of one half, and the wording is tried on
the other, old and new wording by the same judge. Nothing is written: a person decides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Protocol

from pydantic import ValidationError

from evaluator import agreement
from evaluator.calibration.cases import Case
from evaluator.calibration.comparing import Both, Changed, changed
from evaluator.calibration.figuring import RESAMPLES, LevelRow, place
from evaluator.client import CAUSES, Endpoint, Reply
from evaluator.errors import JudgeError, Words
from evaluator.grader import Grader
from evaluator.injection import neutralise
from evaluator.masking import mask
from evaluator.messages import LEVELS
from evaluator.models import Flag, KeyPoint, Level, Model, Rubric, Usage
from evaluator.prompts import Prompts
from evaluator.rubrics import lint
from evaluator.text import folded, similarity

LEAST_HELD_OUT = 8
"""Answers: with fewer no gain could be told from chance."""
_APART, _ALIKE = 6, 4
_ROOM, _LONGEST, _PHRASE = 400, 200, 24
_TOKENS = 800
_SAME = 0.9
"""Similarity, 0..1, from which a `partial` only repeats the hit."""
_TEXTS = ("hit", "partial", "accept", "reject")

Outcome = Literal["better", "not_better", "too_few", "failed"]


class Asks(Protocol):
    """What is asked of a client."""

    endpoint: Endpoint

    async def chat(
        self,
        messages: list[dict[str, str]],
        *,
        schema: dict[str, Any] | None = None,
        max_tokens: int,
        temperature: float | None = 0.0,
        seed: int | None = None,
    ) -> Reply:
        """One reply."""


class Suggestion(Model):
    """Another wording of one key point, and what became of it."""

    rubric: str
    before: KeyPoint
    after: KeyPoint | None = None
    """None where the model gave nothing that could be used."""
    outcome: Outcome
    why: tuple[str, str] = ("", "")
    """Chinese and English; of `too_few` and `failed`."""
    shown: int = 0
    """Answers that the wording was made from."""
    held_out: int = 0
    """Answers that it was tried on."""
    agreement: Changed | None = None
    """Share of verdicts on this key point that are people's, before and after, held-out answers only."""
    others: Changed | None = None
    """The same of the question's other key points, which a judge may read in one go; None without any."""
    usage: Usage = Usage()

    @property
    def words(self) -> Words:
        """Why there is no result."""
        return Words(*self.why)


def halves(cases: Sequence[Case], key: str) -> tuple[list[Case], list[Case]]:
    """Answers to one question with levels by both: those to make a wording from, and those to try it on.

    The same text never stands on both sides. Empty lists where there are fewer than two texts.
    """
    known = [one for one in cases if key in one.human_levels and _judged(one, key) is not None]
    texts = [folded(one.answer) for one in known]
    if len(set(texts)) < 2:
        return [], []
    found = agreement.split_by_group(texts, salt=key)
    return [known[at] for at in found.train], [known[at] for at in found.held_out]


def _judged(case: Case, key: str) -> Level | None:
    level = case.judge_levels.get(key, Level.UNSCORED)
    return None if level is Level.UNSCORED else level


async def propose(
    cases: Sequence[Case],
    key: str,
    *,
    client: Asks,
    prompts: Prompts,
    lang: str = "zh",
    temperature: float | None = 0.0,
    seed: int | None = None,
) -> Suggestion:
    """Another wording of a key point of one question, not tried yet: its outcome is `not_better`.

    Answers that try to steer the judge are not shown. Nobody is asked where too few answers have levels by both sides,
    or where they agree. A JudgeError becomes `failed`; raises PromptError for a broken template.
    """
    rubric = cases[0].rubric
    made_from, held_out = halves(cases, key)
    point = rubric.key_point(key)
    made = Suggestion(
        rubric=rubric.id, before=point, outcome="not_better", shown=len(made_from), held_out=len(held_out)
    )
    if len(held_out) < LEAST_HELD_OUT:
        return _without(made, "too_few", Words("两边都有判定的答案太少", "too few answers have verdicts of both"))
    honest = [one for one in made_from if one.grade is not None and Flag.INJECTION not in one.grade.flags]
    apart = [one for one in honest if _judged(one, key) is not one.human_levels[key]]
    if not apart:
        return _without(made, "too_few", Words("可看的一半里没有分歧", "the half to learn from shows no disagreement"))
    alike = [one for one in honest if _judged(one, key) is one.human_levels[key]]
    messages = [
        {"role": "system", "content": prompts.render("suggest/system", lang=lang)},
        {"role": "user", "content": prompts.render("suggest/key_point", **_values(rubric, point, apart, alike))},
    ]
    try:
        reply = await client.chat(messages, schema=SCHEMA, max_tokens=_TOKENS, temperature=temperature, seed=seed)
    except JudgeError as error:
        return _without(made, "failed", CAUSES.get(error.cause, Words(str(error), str(error))))
    made = made.model_copy(update={"usage": reply.usage})
    after = _read(rubric, point, reply.data)
    return made.model_copy(update={"after": after}) if isinstance(after, KeyPoint) else _without(made, "failed", after)


def _without(made: Suggestion, outcome: Outcome, why: Words) -> Suggestion:
    return made.model_copy(update={"outcome": outcome, "why": (why.zh, why.en)})


def _values(rubric: Rubric, point: KeyPoint, apart: Sequence[Case], alike: Sequence[Case]) -> dict[str, Any]:
    def shown(cases: Sequence[Case], most: int) -> list[dict[str, str]]:
        return [
            {
                "answer": _data(one.answer, _names(one)),
                "people": LEVELS[one.human_levels[point.id]].zh,
                "judge": LEVELS[one.judge_levels[point.id]].zh,
            }
            for one in cases[:most]
        ]

    return {
        "question": _data(rubric.question),
        "title": point.name,
        "hit": point.hit,
        "partial": point.partial,
        "accept": point.accept,
        "reject": point.reject,
        "others": [one.name for one in rubric.key_points if one.id != point.id],
        "apart": shown(apart, _APART),
        "alike": shown(alike, _ALIKE),
    }


def _names(case: Case) -> tuple[str, ...]:
    return (case.name,) if case.name else ()


def _data(text: str, names: tuple[str, ...] = ()) -> str:
    """An answer as it may stand in a prompt: it closes nothing and gives away nobody's name or number."""
    line = " ".join(neutralise(mask(text, names)).split())
    return line if len(line) <= _ROOM else f"{line[:_ROOM]}…"


_SENTENCE: dict[str, Any] = {"type": "string", "maxLength": _LONGEST}
_PHRASES: dict[str, Any] = {"type": "array", "items": {"type": "string", "maxLength": _PHRASE}, "maxItems": 8}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"hit": _SENTENCE, "partial": _SENTENCE, "accept": _PHRASES, "reject": _PHRASES},
    "required": list(_TEXTS),
    "additionalProperties": False,
}


def _read(rubric: Rubric, point: KeyPoint, data: object) -> KeyPoint | Words:
    """The key point with the new texts, or why they cannot be used."""
    if not isinstance(data, Mapping):
        return CAUSES["not_json"]
    given = _worth_trying(point, {name: data[name] for name in _TEXTS if name in data})
    marks = tuple(dict.fromkeys((*point.from_model, *(name for name in _TEXTS if given.get(name)))))
    try:
        after = KeyPoint.model_validate(point.model_dump() | given | {"from_model": marks})
    except ValidationError:
        return Words("模型的回答不合格式", "the reply has not the right form")
    if all(getattr(after, name) == getattr(point, name) for name in _TEXTS):
        return Words("模型没有改动", "the model changed nothing")
    at = next(at for at, one in enumerate(rubric.key_points) if one.id == point.id)
    found = lint(reworded(rubric, after))
    if any(one.code == "vague" and one.place[:2] == ("key_points", at) for one in found):
        return Words("模型的写法空泛", "the wording of the model is vague")
    return after


def _worth_trying(point: KeyPoint, given: Mapping[str, Any]) -> dict[str, Any]:
    """Without what a small model writes where it has nothing to say: empty, repeated, cut off, on both sides."""
    texts = {name: text for name, text in given.items() if text or name != "hit"}
    phrases = {name: _phrases(texts[name]) for name in ("accept", "reject") if isinstance(texts.get(name), list)}
    if len(phrases) == 2:
        both = phrases["accept"].keys() & phrases["reject"].keys()
        phrases = {
            name: {key: text for key, text in found.items() if key not in both} for name, found in phrases.items()
        }
    hit, partial = texts.get("hit", point.hit), texts.get("partial")
    if isinstance(hit, str) and isinstance(partial, str) and similarity(hit, partial) >= _SAME:
        del texts["partial"]
    return texts | {name: list(found.values()) for name, found in phrases.items()}


def _phrases(given: Sequence[Any]) -> dict[str, Any]:
    """By what they are compared by, each once; what fills the limit to its last character was cut off there."""
    found: dict[str, Any] = {}
    for one in given:
        if not isinstance(one, str):
            found[repr(one)] = one  # refused with the rest
        elif len(one) < _PHRASE and len(folded(one)) > 1:
            found.setdefault(folded(one), one.strip())
    return found


def reworded(rubric: Rubric, after: KeyPoint) -> Rubric:
    """The rubric with this key point in place of that of the same id; a draft, because nobody has read it yet."""
    points = tuple(after if one.id == after.id else one for one in rubric.key_points)
    return rubric.model_copy(update={"key_points": points, "status": "draft"})


async def tried(made: Suggestion, cases: Sequence[Case], grader: Grader, *, resamples: int = RESAMPLES) -> Suggestion:
    """The suggestion with its result on the held-out answers, old and new wording judged by `grader`.

    `better` only where the interval of the gain lies above 0 and the other key points did not clearly lose.
    """
    if made.after is None or made.outcome in {"too_few", "failed"}:
        return made
    _, held_out = halves(cases, made.before.id)
    old, new = cases[0].rubric, reworded(cases[0].rubric, made.after)
    own: list[Both[LevelRow]] = []
    others: list[Both[LevelRow]] = []
    for case in held_out:
        first = await grader.grade(old, case.answer, names=_names(case))
        second = await grader.grade(new, case.answer, names=_names(case))
        for mine, theirs in zip(first.key_points, second.key_points, strict=True):
            said = case.human_levels.get(mine.id, Level.UNSCORED)
            if Level.UNSCORED not in {said, mine.verdict, theirs.verdict}:
                row = Both(_row(case, mine.verdict, said), _row(case, theirs.verdict, said))
                (own if mine.id == made.before.id else others).append(row)
    if len(own) < LEAST_HELD_OUT:
        return _without(made, "failed", Words("留出的答案没有都评成", "the held-out answers were not all judged"))
    gain = changed(own, _agreement, resamples)["agreement"]
    rest = changed(others, _agreement, resamples)["agreement"] if others else None
    spoilt = rest is not None and rest.high is not None and rest.high < 0
    better = gain.low is not None and gain.low > 0 and not spoilt
    return made.model_copy(update={"agreement": gain, "others": rest, "outcome": "better" if better else "not_better"})


def _row(case: Case, level: Level, people: Level) -> LevelRow:
    return LevelRow(place(level), place(people), case.group, case.candidate)


def _agreement(rows: Sequence[LevelRow]) -> dict[str, float]:
    return {"agreement": sum(row.first == row.second for row in rows) / len(rows)}
