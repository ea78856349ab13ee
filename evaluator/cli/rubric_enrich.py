"""`evaluator rubric draft --enrich`: ask the model, and keep each question as soon as its reply is there."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from evaluator.cli.terminal import note
from evaluator.client import Client
from evaluator.drafting import Draft, Enriched, Outcome, Shelf, enrich
from evaluator.errors import Words
from evaluator.judging import open_client
from evaluator.prompts import Prompts
from evaluator.settings import Settings

SENT = Words("试卷里的题目、答案和解析", "the questions, answers and analyses of the paper")
_SECONDS = 600.0
"""For one reply, unless the user set a time-out: replies are long, and a model on this machine may be slow."""
_AT_ONCE = 4
"""Questions that a hosted model is asked at a time."""

Tell = Callable[[Outcome, Enriched | None], None]


@dataclass(slots=True)
class Run:
    """What a run came to; numbers by the place of a draft."""

    outcomes: dict[int, Outcome] = field(default_factory=dict)
    enriched: dict[int, Enriched] = field(default_factory=dict)
    """Of the questions that the model was asked about."""
    gone: tuple[Outcome, ...] = ()

    @property
    def all(self) -> tuple[Outcome, ...]:
        """In the order of the paper."""
        return (*(self.outcomes[place] for place in sorted(self.outcomes)), *self.gone)

    @property
    def summary(self) -> Words:
        """How many questions the model was asked about, and how many of them it did nothing for."""
        asked, tokens = (
            len(self.enriched),
            sum(one.usage.prompt + one.usage.completion for one in self.enriched.values()),
        )
        without = sum(not one.taken for one in self.enriched.values())
        return Words(
            f"问了模型 {asked} 道题，{without} 道没有补充，用了 {tokens} 个 token",
            f"asked a model about {asked}, nothing added to {without}, {tokens} tokens used",
        )


async def run(drafts: Sequence[Draft], folder: Path, settings: Settings, tell: Tell, *, force: bool) -> Run:
    """Draft into the folder with the model's help; every question is on disk before `tell` hears of it.

    A question is asked once: not again where its file has text of a model already, or is a person's, unless `force`.
    Raises SettingsError or ModelError before anything is written where there is no model to ask.
    """
    if settings.origin("timeout") == "default":
        settings = settings.model_copy(update={"timeout": _SECONDS})
    shelf = Shelf(folder)
    filling = _Filling(drafts, shelf, settings, tell, force)
    asked = [place for place, draft in enumerate(drafts) if filling.wants(draft)]
    rest = [place for place in range(len(drafts)) if place not in asked]
    if not asked:
        filling.keep(rest)
    else:
        prompts = Prompts(settings.prompts_dir)
        async with open_client(settings, prompts, lambda words: note(words.text(settings.lang)), sent=SENT) as client:
            filling.keep(rest)
            await filling.ask(asked, client, prompts)
    if drafts:
        filling.done.gone = tuple(shelf.gone(list(filling.done.outcomes.values())))
    return filling.done


@dataclass(slots=True)
class _Filling:
    drafts: Sequence[Draft]
    shelf: Shelf
    settings: Settings
    tell: Tell
    force: bool
    done: Run = field(default_factory=Run)

    def wants(self, draft: Draft) -> bool:
        if draft.rubric is None or draft.rubric.kind.objective:
            return False
        there = self.shelf.standing(draft)
        asked_before = there is not None and any(point.from_model for point in there.key_points)
        return self.force or not (asked_before or self.shelf.edited(draft))

    def keep(self, places: Sequence[int]) -> None:
        """The questions that the model is not asked about."""
        if self.drafts:
            self.shelf.make()
        for place in places:
            self._put(place, self.drafts[place], None)

    async def ask(self, places: Sequence[int], client: Client, prompts: Prompts) -> None:
        """All of them, the next one as soon as there is room; the first error that is no JudgeError ends it."""
        room = asyncio.Semaphore(1 if client.endpoint.on_this_machine else _AT_ONCE)

        async def one(place: int) -> None:
            draft = self.drafts[place]
            if draft.rubric is None:
                return
            async with room:
                made = await enrich(
                    draft.rubric,
                    question=draft.question,
                    client=client,
                    prompts=prompts,
                    temperature=self.settings.temperature,
                    seed=self.settings.seed,
                )
            self._put(place, replace(draft, rubric=made.rubric), made)

        await asyncio.gather(*(one(place) for place in places))

    def _put(self, place: int, draft: Draft, made: Enriched | None) -> None:
        outcome = self.done.outcomes[place] = self.shelf.put(draft, force=self.force)
        if made is not None:
            self.done.enriched[place] = made
        self.shelf.record()
        self.tell(outcome, made)


def told(made: Enriched) -> Iterator[Words]:
    """What the model did for one question."""
    if made.failed is not None:
        yield Words(
            f"! 没有补充，保留规则起草的文字：{made.failed.zh}", f"! nothing added, the draft stays: {made.failed.en}"
        )
        return
    count = len(made.dropped)
    yield Words(
        f"+ 模型补充 {made.taken} 处，未采用 {count} 处", f"+ {made.taken} texts of the model, {count} not taken"
    )
    for why, number in Counter(one.why for one in made.dropped).most_common():
        yield Words(f"  - {number} 处：{why.zh}", f"  - {number}: {why.en}")
