"""One question a key point: the answer stays in the cached prefix, the reply is one token, its probability counts."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from evaluator.client import Client, Reply
from evaluator.errors import JudgeError
from evaluator.evidence import from_numbers
from evaluator.judging.prompting import Line, clause_lines, clause_schema, place
from evaluator.judging.protocol import Requirement, Task
from evaluator.judging.reasons import by_probability
from evaluator.judging.thresholds import LETTERS, YES_NO, Profile, choices, level_shares
from evaluator.models import Evidence, Judgement, Level, Model, Probabilities, Usage, Verdict
from evaluator.prompts import Prompts

_BY_LETTER = {"A": Level.HIT, "B": Level.PARTIAL, "C": Level.MISSED}
_TOP = 20
_EVIDENCE_TOKENS = 40


class _Example(Model):
    """A question, an answer to it, what was asked about the answer, and the right reply."""

    question: str
    clauses: tuple[str, ...]
    hit: str
    reply: Literal["是", "否"]


@dataclass(slots=True)
class _Tally:
    """What the calls for one answer cost and what happened on the way."""

    usage: Usage = field(default_factory=Usage)
    notes: list[str] = field(default_factory=list)

    def count(self, reply: Reply) -> Reply:
        self.usage += reply.usage
        self.notes.extend(note for note in reply.notes if note not in self.notes)
        return reply


@dataclass(frozen=True, slots=True)
class _Prefix:
    """What every question about one answer begins with: the turns before it, and the answer."""

    turns: list[dict[str, str]]
    answer: str

    def with_question(self, question: str) -> list[dict[str, str]]:
        return [*self.turns, {"role": "user", "content": f"{self.answer}\n{question}"}]


class PerPointJudge:
    """Asks one question a requirement and reads one token.

    With a `profile` the question is a plain yes or no behind worked examples, and the log-odds against the profile's
    cuts decide. Without one, or where the endpoint gives no log-probabilities, it is a choice of three letters behind a
    system message. `at_once` bounds the calls in flight for one answer (1 for a model with a single slot).
    """

    name = "llm"

    def __init__(
        self, client: Client, prompts: Prompts, *, profile: Profile | None = None, at_once: int = 1, lang: str = "zh"
    ) -> None:
        self._client = client
        self._prompts = prompts
        self._profile = profile
        self._at_once = at_once
        self._lang = lang

    @property
    def key(self) -> str:
        """Endpoint, model, prompts and profile."""
        profile = self._profile.model_dump_json() if self._profile else "letters"
        digest = hashlib.sha256(profile.encode()).hexdigest()[:16]
        endpoint = self._client.endpoint
        return f"llm/per_point/{place(endpoint)}/{endpoint.model}/{self._prompts.hash}/{digest}/{self._lang}"

    async def judge(self, task: Task) -> Judgement:
        """Verdicts on one answer; a call that fails makes that one verdict `unscored`."""
        tally = _Tally()
        prefix = self._prefix(task)
        first, *rest = task.requirements
        verdicts = [await self._verdict(task, first, prefix, tally)]  # alone: it puts the answer into the prefix cache
        gate = asyncio.Semaphore(self._at_once)

        async def guarded(item: Requirement) -> Verdict:
            async with gate:
                return await self._verdict(task, item, prefix, tally)

        verdicts += await asyncio.gather(*(guarded(item) for item in rest))
        return Judgement(
            judge=self.name,
            verdicts=tuple(verdicts),
            off_topic=await self._off_topic(verdicts, prefix, tally),
            model=self._client.endpoint.model,
            host=place(self._client.endpoint),
            prompt_hash=self._prompts.hash,
            parameters={"ask": "per_point", "temperature": 0.0},
            usage=tally.usage,
            notes=tuple(tally.notes),
        )

    def _prefix(self, task: Task) -> _Prefix:
        answer = self._prompts.render("per_point/answer", question=task.rubric.question, clauses=clause_lines(task))
        return _Prefix(self._instruction() if self._profile is None else self._examples(self._profile.examples), answer)

    def _instruction(self) -> list[dict[str, str]]:
        return [{"role": "system", "content": self._prompts.render("per_point/system")}]

    def _examples(self, count: int) -> list[dict[str, str]]:
        """Worked examples as turns of the same form as the question to come; the same bytes for every answer."""
        turns = []
        for example in self._prompts.data("per_point/examples", tuple[_Example, ...])[:count]:
            clauses = [Line(number, text) for number, text in enumerate(example.clauses, 1)]
            answer = self._prompts.render("per_point/answer", question=example.question, clauses=clauses)
            asked = self._prompts.render("per_point/yes_no", hit=example.hit)
            turns.append({"role": "user", "content": f"{answer}\n{asked}"})
            turns.append({"role": "assistant", "content": example.reply})
        return turns

    async def _ask(self, name: str, prefix: _Prefix, tally: _Tally, **values: object) -> Reply:
        question = self._prompts.render(f"per_point/{name}", **values)
        return tally.count(await self._client.chat(prefix.with_question(question), max_tokens=1, top_logprobs=_TOP))

    async def _verdict(self, task: Task, item: Requirement, prefix: _Prefix, tally: _Tally) -> Verdict:
        try:
            level, shares = await self._level(item, prefix, tally)
            if level is Level.UNSCORED:
                return Verdict(key_point=item.id, level=level, cause="invalid_reply")
            evidence = () if level is Level.MISSED else await self._evidence(task, item, prefix, tally)
        except JudgeError as error:
            return Verdict(key_point=item.id, level=Level.UNSCORED, cause=error.cause, reason=str(error))
        return Verdict(
            key_point=item.id,
            level=level,
            reason=by_probability(item, level, shares).text(self._lang),
            evidence=evidence,
            confidence=None if shares is None else getattr(shares, level.value),
            probabilities=shares,
        )

    async def _level(self, item: Requirement, prefix: _Prefix, tally: _Tally) -> tuple[Level, Probabilities | None]:
        if self._profile is not None:
            reply = await self._ask("yes_no", prefix, tally, hit=item.hit)
            yes_no = choices(_first_token(reply), YES_NO)
            if yes_no is not None:
                signal = yes_no["是"] - yes_no["否"]
                return self._profile.level(signal), self._profile.probabilities(signal)
            prefix = _Prefix(self._instruction(), prefix.answer)  # behind the examples it would say yes or no again
        reply = await self._ask("levels", prefix, tally, item=item)
        levels = choices(_first_token(reply), LETTERS)
        if levels is None:
            return _BY_LETTER.get(reply.text.strip()[:1].upper(), Level.UNSCORED), None
        shares = level_shares(levels)
        return max(_BY_LETTER.values(), key=lambda one: getattr(shares, one.value)), shares

    async def _evidence(self, task: Task, item: Requirement, prefix: _Prefix, tally: _Tally) -> tuple[Evidence, ...]:
        """Spans of the clauses that the model names; asked for only where something was found."""
        usable = [clause.number for clause in task.clauses if not task.is_instruction(clause)]
        if len(usable) <= 1:
            return from_numbers(task.clauses, usable)
        messages = prefix.with_question(self._prompts.render("per_point/evidence", hit=item.hit))
        schema = clause_schema(usable)
        reply = tally.count(await self._client.chat(messages, schema=schema, max_tokens=_EVIDENCE_TOKENS))
        named = reply.data.get("clauses") if isinstance(reply.data, dict) else None
        listed = named if isinstance(named, list) else []
        return from_numbers(task.clauses, [number for number in listed if type(number) is int and number in usable])

    async def _off_topic(self, verdicts: list[Verdict], prefix: _Prefix, tally: _Tally) -> bool:
        """Asked only where nothing at all was found."""
        if any(verdict.level is not Level.MISSED for verdict in verdicts):
            return False
        try:
            shares = choices(_first_token(await self._ask("topic", prefix, tally)), YES_NO)
        except JudgeError:
            return False
        return shares is not None and shares["否"] > shares["是"]


def _first_token(reply: Reply) -> Mapping[str, float]:
    return reply.logprobs[0] if reply.logprobs else {}
