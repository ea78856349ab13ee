"""One question a key point: the answer stays in the cached prefix, the reply is one token, its probability counts."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from evaluator.client import Client, Reply
from evaluator.errors import JudgeError
from evaluator.evidence import from_numbers
from evaluator.judging.prompting import clause_lines, clause_schema, place
from evaluator.judging.protocol import Requirement, Task
from evaluator.judging.reasons import by_probability
from evaluator.judging.thresholds import LETTERS, YES_NO, Profile, choices, level_shares
from evaluator.models import Evidence, Judgement, Level, Probabilities, Usage, Verdict
from evaluator.prompts import Prompts

_BY_LETTER = {"A": Level.HIT, "B": Level.PARTIAL, "C": Level.MISSED}
_TOP = 20
_EVIDENCE_TOKENS = 40


@dataclass(slots=True)
class _Tally:
    """What the calls for one answer cost and what happened on the way."""

    usage: Usage = field(default_factory=Usage)
    notes: list[str] = field(default_factory=list)

    def count(self, reply: Reply) -> Reply:
        self.usage += reply.usage
        self.notes.extend(note for note in reply.notes if note not in self.notes)
        return reply


class PerPointJudge:
    """Asks once or twice a requirement for one token.

    With a `profile`, log-probabilities and its cuts decide; without one, or where the endpoint gives no
    log-probabilities, the letter does. `at_once` bounds the calls in flight for one answer (1 for a model with a
    single slot).
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

    def _prefix(self, task: Task) -> list[dict[str, str]]:
        return [
            {"role": "system", "content": self._prompts.render("per_point/system", rubric=task.rubric)},
            {"role": "user", "content": self._prompts.render("per_point/answer", clauses=clause_lines(task))},
        ]

    async def _ask(self, name: str, prefix: list[dict[str, str]], tally: _Tally, item: Requirement | None) -> Reply:
        system, answer = prefix
        question = self._prompts.render(f"per_point/{name}", item=item)
        messages = [system, {"role": "user", "content": f"{answer['content']}\n{question}"}]
        return tally.count(await self._client.chat(messages, max_tokens=1, top_logprobs=_TOP))

    async def _verdict(self, task: Task, item: Requirement, prefix: list[dict[str, str]], tally: _Tally) -> Verdict:
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

    async def _level(
        self, item: Requirement, prefix: list[dict[str, str]], tally: _Tally
    ) -> tuple[Level, Probabilities | None]:
        reply = await self._ask("levels", prefix, tally, item)
        levels = choices(_first_token(reply), LETTERS)
        if levels is None:
            return _BY_LETTER.get(reply.text.strip()[:1].upper(), Level.UNSCORED), None
        if self._profile is None:
            shares = level_shares(levels)
            return max((Level.HIT, Level.PARTIAL, Level.MISSED), key=lambda one: getattr(shares, one.value)), shares
        yes_no = None
        if self._profile.yes_no:
            yes_no = choices(_first_token(await self._ask("yes_no", prefix, tally, item)), YES_NO)
        signal = self._profile.signal(levels, yes_no)
        return self._profile.level(signal), self._profile.probabilities(signal)

    async def _evidence(
        self, task: Task, item: Requirement, prefix: list[dict[str, str]], tally: _Tally
    ) -> tuple[Evidence, ...]:
        """Spans of the clauses that the model names; asked for only where something was found."""
        usable = [clause.number for clause in task.clauses if not task.is_instruction(clause)]
        if len(usable) <= 1:
            return from_numbers(task.clauses, usable)
        system, answer = prefix
        question = self._prompts.render("per_point/evidence", item=item)
        messages = [system, {"role": "user", "content": f"{answer['content']}\n{question}"}]
        schema = clause_schema(usable)
        reply = tally.count(await self._client.chat(messages, schema=schema, max_tokens=_EVIDENCE_TOKENS))
        named = reply.data.get("clauses") if isinstance(reply.data, dict) else None
        listed = named if isinstance(named, list) else []
        return from_numbers(task.clauses, [number for number in listed if type(number) is int and number in usable])

    async def _off_topic(self, verdicts: list[Verdict], prefix: list[dict[str, str]], tally: _Tally) -> bool:
        """Asked only where nothing at all was found."""
        if any(verdict.level is not Level.MISSED for verdict in verdicts):
            return False
        try:
            shares = choices(_first_token(await self._ask("topic", prefix, tally, None)), YES_NO)
        except JudgeError:
            return False
        return shares is not None and shares["否"] > shares["是"]


def _first_token(reply: Reply) -> Mapping[str, float]:
    return reply.logprobs[0] if reply.logprobs else {}
