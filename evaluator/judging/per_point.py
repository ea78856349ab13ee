"""One question a key point: the answer stays in the cached prefix, the reply is one token, its probability counts."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from statistics import fmean

from pydantic import Field, RootModel

from evaluator.client import Client, Reply, each, together
from evaluator.errors import JudgeError
from evaluator.evidence import from_numbers
from evaluator.judging.prompting import Line, clause_lines, clause_schema, place
from evaluator.judging.protocol import Forgetful, Memory, Requirement, Task
from evaluator.judging.reasons import by_probability
from evaluator.judging.thresholds import LETTERS, YES_NO, Profile, choices, level_shares
from evaluator.models import Evidence, Judgement, Level, Model, Probabilities, Usage, Verdict
from evaluator.prompts import Prompts

_BY_LETTER = {"A": Level.HIT, "B": Level.PARTIAL, "C": Level.MISSED}
_TOP = 20
_EVIDENCE_TOKENS = 40


class _Background(Model):
    """An answer that meets no requirement of anything."""

    clauses: tuple[str, ...] = Field(min_length=1)


class _Backgrounds(RootModel[tuple[_Background, ...]]):
    root: tuple[_Background, ...] = Field(min_length=1)


@dataclass(slots=True)
class _Tally:
    """What the calls for one answer cost and what happened on the way."""

    usage: Usage = field(default_factory=Usage)
    notes: list[str] = field(default_factory=list)
    usual: dict[str, float] = field(default_factory=dict)
    """What the model says of the background, by memory key."""
    faults: dict[str, JudgeError] = field(default_factory=dict)
    """What kept the background from being asked, by memory key."""

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
        return [*self.turns, {"role": "user", "content": f"{self.answer}\n\n{question}"}]


class PerPointJudge:
    """Asks one question a requirement and reads one token.

    With a `profile` the question is a plain yes or no. How readily a model says yes depends on the requirement; so the
    same is asked about background answers that meet no requirement, once a requirement, and what counts is how much
    surer of yes the model is about this answer (contextual calibration, Zhao et al. 2021), against the profile's cuts.
    `memory` keeps those background figures beyond this judge. Without a profile, or where the endpoint gives no
    log-probabilities (found out once a requirement), the question is a choice of three letters behind a system message.
    `at_once` bounds the calls in flight for one answer (1 for a model with a single slot).
    """

    name = "llm"

    def __init__(
        self,
        client: Client,
        prompts: Prompts,
        *,
        profile: Profile | None = None,
        at_once: int = 1,
        lang: str = "zh",
        memory: Memory | None = None,
    ) -> None:
        self._client = client
        self._prompts = prompts
        self._prompt_hash = prompts.hash_of("per_point", "client")
        self._profile = profile
        self._at_once = at_once
        self._lang = lang
        self._memory = Forgetful() if memory is None else memory
        self._without: set[str] = set()  # memory keys of figures that the endpoint does not give
        self._background = asyncio.Lock()

    @property
    def key(self) -> str:
        """Endpoint, model, prompts and profile."""
        profile = self._profile.model_dump_json() if self._profile else "letters"
        digest = hashlib.sha256(profile.encode()).hexdigest()[:16]
        endpoint = self._client.endpoint
        return f"llm/per_point/{place(endpoint)}/{endpoint.model}/{self._prompt_hash}/{digest}/{self._lang}"

    async def judge(self, task: Task) -> Judgement:
        """Verdicts on one answer; a call that fails makes that one verdict `unscored`."""
        tally = _Tally()
        await self._ask_background(task, tally)
        prefix = self._prefix(task)
        first, *rest = task.requirements
        gate = asyncio.Semaphore(self._at_once)

        async def guarded(item: Requirement) -> Verdict:
            async with gate:
                return await self._verdict(task, item, prefix, tally)

        # The first one alone: it puts the answer into the prefix cache.
        groups = await each(together([guarded(item) for item in group]) for group in ([first], rest))
        verdicts = [verdict for group in groups for verdict in group]
        return Judgement(
            judge=self.name,
            verdicts=tuple(verdicts),
            off_topic=await self._off_topic(verdicts, prefix, tally),
            model=self._client.endpoint.model,
            host=place(self._client.endpoint),
            prompt_hash=self._prompt_hash,
            parameters={"ask": "per_point", "temperature": 0.0},
            usage=tally.usage,
            notes=tuple(tally.notes),
        )

    def _prefix(self, task: Task) -> _Prefix:
        answer = self._prompts.render("per_point/answer", question=task.rubric.question, clauses=clause_lines(task))
        return _Prefix(self._instruction() if self._profile is None else [], answer)

    def _instruction(self) -> list[dict[str, str]]:
        return [{"role": "system", "content": self._prompts.render("per_point/system")}]

    async def _ask_background(self, task: Task, tally: _Tally) -> None:
        """Put the background figure of every requirement into the tally: from the memory, or asked for and kept."""
        if self._profile is None:
            return
        async with self._background:  # answers judged at once share one question, and so these calls
            wanted: dict[str, Requirement] = {}
            for item in task.requirements:
                key = self._memory_key(task, item)
                known = self._memory.get_number(key)
                if known is not None:
                    tally.usual[key] = known
                elif key not in self._without:
                    wanted[key] = item
            if wanted:
                await self._find_background(self._background_prefixes(task), wanted, tally)

    async def _find_background(self, prefixes: list[_Prefix], wanted: dict[str, Requirement], tally: _Tally) -> None:
        """Ask about one background answer after the other; a call that fails ends it, with the fault in the tally."""
        found: dict[str, list[float]] = {key: [] for key in wanted}
        try:
            for prefix in prefixes:
                for key in tuple(found):
                    odds = await self._yes_odds(wanted[key], prefix, tally)
                    if odds is None:
                        del found[key]
                        self._without.add(key)
                    else:
                        found[key].append(odds)
        except JudgeError as error:
            tally.faults = {key: error for key, odds in found.items() if len(odds) < len(prefixes)}
        for key in found.keys() - tally.faults.keys():
            tally.usual[key] = fmean(found[key])
            self._memory.put_number(key, tally.usual[key])

    def _background_prefixes(self, task: Task) -> list[_Prefix]:
        prefixes = []
        for answer in self._prompts.data("per_point/background", _Backgrounds).root:
            clauses = [Line(number, text) for number, text in enumerate(answer.clauses, 1)]
            text = self._prompts.render("per_point/answer", question=task.rubric.question, clauses=clauses)
            prefixes.append(_Prefix([], text))
        return prefixes

    def _memory_key(self, task: Task, item: Requirement) -> str:
        endpoint = self._client.endpoint
        parts = ("background", place(endpoint), endpoint.model, self._prompt_hash, task.rubric.question, item.hit)
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()

    async def _yes_odds(self, item: Requirement, prefix: _Prefix, tally: _Tally) -> float | None:
        """Ln P(是) − ln P(否); None where the endpoint gives no log-probabilities."""
        yes_no = choices(_first_token(await self._ask("yes_no", prefix, tally, hit=item.hit)), YES_NO)
        return None if yes_no is None else yes_no["是"] - yes_no["否"]

    async def _ask(self, name: str, prefix: _Prefix, tally: _Tally, **values: object) -> Reply:
        question = self._prompts.render(f"per_point/{name}", **values)
        return tally.count(await self._client.chat(prefix.with_question(question), max_tokens=1, top_logprobs=_TOP))

    async def _verdict(self, task: Task, item: Requirement, prefix: _Prefix, tally: _Tally) -> Verdict:
        try:
            level, shares = await self._level(task, item, prefix, tally)
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
        self, task: Task, item: Requirement, prefix: _Prefix, tally: _Tally
    ) -> tuple[Level, Probabilities | None]:
        if self._profile is not None:
            key = self._memory_key(task, item)
            if key in tally.faults:
                raise tally.faults[key]
            odds = await self._yes_odds(item, prefix, tally) if key in tally.usual else None
            if odds is not None:
                signal = odds - tally.usual[key]
                return self._profile.level(signal), self._profile.probabilities(signal)
            prefix = _Prefix(self._instruction(), prefix.answer)
        reply = await self._ask("levels", prefix, tally, item=item)
        levels = choices(_first_token(reply), LETTERS)
        if levels is None:
            return _BY_LETTER.get(reply.text.strip()[:1].upper(), Level.UNSCORED), None
        shares = level_shares(levels)
        return max(_BY_LETTER.values(), key=lambda one: getattr(shares, one.value)), shares

    async def _evidence(self, task: Task, item: Requirement, prefix: _Prefix, tally: _Tally) -> tuple[Evidence, ...]:
        """Spans of the clauses that the model names; asked for only where something was found, and twice at most."""
        usable = [clause.number for clause in task.clauses if not task.is_instruction(clause)]
        if len(usable) <= 1:
            return from_numbers(task.clauses, usable)
        for name in ("evidence", "evidence_again"):
            question = self._prompts.render(f"per_point/{name}", hit=item.hit, numbers=usable)
            messages, schema = prefix.with_question(question), clause_schema(usable)
            reply = tally.count(await self._client.chat(messages, schema=schema, max_tokens=_EVIDENCE_TOKENS))
            named = reply.data.get("clauses") if isinstance(reply.data, dict) else None
            listed = named if isinstance(named, list) else []
            numbers = [number for number in listed if type(number) is int and number in usable]
            if numbers:
                return from_numbers(task.clauses, numbers)
        return ()

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
