"""A drafted rubric -> the same with texts that a model proposes and the paper bears out (`--enrich`)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from evaluator.client import CAUSES, Endpoint, Reply
from evaluator.drafting.grounding import Ground, without_orders, words_of
from evaluator.drafting.taking import ACCEPTED, PHRASE, REJECTED, SENTENCE, Dropped, Taking, room
from evaluator.drafting.wording import language
from evaluator.errors import JudgeError, Words
from evaluator.injection import neutralise
from evaluator.masking import mask
from evaluator.models import Rubric, Usage
from evaluator.models.paper import Question
from evaluator.prompts import Prompts

_ROOM, _ROOM_HERE = 6_000, 1_200
"""Characters of each part of the paper in a prompt; fewer for a model on this machine, whose context is small."""
_QUESTION, _EXAMPLE = "enrich/question", "enrich/example"
_TOKENS_A_POINT, _TOKENS = 300, 4_096


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


@dataclass(frozen=True, slots=True)
class Enriched:
    """What became of one rubric."""

    rubric: Rubric
    """With what was taken, each marked in `from_model`; still a draft."""
    taken: int = 0
    """Texts of the model that stand in it."""
    dropped: tuple[Dropped, ...] = ()
    usage: Usage = field(default_factory=Usage)
    failed: Words | None = None
    """Why the model gave nothing; the rubric is then as it was."""


async def enrich(
    rubric: Rubric,
    *,
    question: Question,
    client: Asks,
    prompts: Prompts,
    lang: str = "",
    temperature: float | None = 0.0,
    seed: int | None = None,
) -> Enriched:
    """Ask once for the texts of all key points, and take those that hold against the question of the paper.

    `lang` is the language to write in, by default that of the question. Objective questions stay as they are: code
    scores them. A JudgeError becomes `failed`; raises PromptError for a broken template.
    """
    if rubric.kind.objective:
        return Enriched(rubric)
    lang = lang or language(question.stem)
    messages = _messages(rubric, question, client, prompts, lang)
    try:
        reply = await client.chat(
            messages,
            schema=schema(rubric, bounded=lang if client.endpoint.on_this_machine else ""),
            max_tokens=min(_TOKENS, 200 + _TOKENS_A_POINT * len(rubric.key_points)),
            temperature=temperature,
            seed=seed,
        )
    except JudgeError as error:
        return Enriched(rubric, failed=CAUSES.get(error.cause, Words(str(error), str(error))))
    if not isinstance(reply.data, Mapping):
        return Enriched(rubric, usage=reply.usage, failed=CAUSES["not_json"])
    taking = Taking(rubric, question)
    taking.take(reply.data)
    return Enriched(taking.rubric, taking.taken, tuple(taking.dropped), reply.usage)


def schema(rubric: Rubric, *, bounded: str = "") -> dict[str, Any]:
    """A reply with every key point, keyed by id.

    `bounded` is the language whose lengths hold the texts, where the endpoint holds itself to them: a small model may
    never stop by itself. One that fills the bound was cut off, and is too long to be taken.
    """
    text: dict[str, Any] = {"type": "string"}
    sentence, phrase = (
        text | {"maxLength": room(longest, bounded) + 1} if bounded else text for longest in (SENTENCE, PHRASE)
    )
    one = _closed(
        {
            "hit": sentence,
            "partial": sentence,
            "accept": {"type": "array", "items": phrase, "maxItems": ACCEPTED},
            "reject": {"type": "array", "items": phrase, "maxItems": REJECTED},
            "follow_up": sentence,
        }
    )
    return _closed({point.id: one for point in rubric.key_points})


def _closed(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _messages(rubric: Rubric, question: Question, client: Asks, prompts: Prompts, lang: str) -> list[dict[str, str]]:
    most = _ROOM_HERE if client.endpoint.on_this_machine else _ROOM
    ground = Ground(rubric, question)
    options = [
        {"label": option.label, "text": _line(option.text, most), "wrong": option.label not in question.correct}
        for option in question.options
    ]
    wrong = bool(question.correct) and any(option["wrong"] for option in options)
    asked = prompts.render(
        _QUESTION,
        stem=_data(question.stem, most),
        material=_data(question.material, most),
        reference=_data(question.reference, most),
        analysis=_data(question.analysis, most),
        options=options,
        wrong=wrong,
        key_points=[
            {"id": point.id, "words": _line(words_of(point), most), "nearest": _line(ground.nearest(place), most)}
            for place, point in enumerate(rubric.key_points)
        ],
    )
    system = prompts.render("enrich/system", lang=lang, wrong=wrong)
    return [
        {"role": "system", "content": system},
        *_example(prompts, lang),
        {"role": "user", "content": asked},
    ]


def _example(prompts: Prompts, lang: str) -> list[dict[str, str]]:
    """Another question and what a good reply to it was, as turns: a small model copies what stands in the rules."""
    examples = prompts.data(_EXAMPLE, dict[str, dict[str, Any]])
    shown = examples.get(lang) or next(iter(examples.values()), None)
    if shown is None:
        return []
    given = {"material": "", "analysis": "", "options": [], "wrong": False} | shown
    return [
        {"role": "user", "content": prompts.render(_QUESTION, **given)},
        {"role": "assistant", "content": json.dumps(shown.get("reply", {}), ensure_ascii=False)},
    ]


def _data(text: str, most: int) -> str:
    """Text of the paper as it may stand in a prompt: it orders and closes nothing, and gives away nobody's number."""
    text = neutralise(mask(without_orders(text.strip())))
    return text if len(text) <= most else f"{text[:most]}…"


def _line(text: str, most: int) -> str:
    return " ".join(_data(text, most).split())
