"""All requirements in one structured reply: reason, then evidence, then verdict for each."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Literal

from evaluator.clauses import Clause
from evaluator.client import Client, Reply
from evaluator.errors import InvalidReply, JudgeError
from evaluator.evidence import from_numbers, from_quote
from evaluator.judging.prompting import clause_lines, verdict_schema
from evaluator.judging.protocol import Requirement, Task, unscored
from evaluator.judging.token_confidence import verdict_confidences
from evaluator.models import Evidence, Judgement, Level, Usage, Verdict
from evaluator.prompts import Prompts

Form = Literal["numbers", "quotes"]
_TOP = 10
_REASON_LIMIT = 300


@dataclass(slots=True)
class _Reading:
    """What a reply held: verdicts that can be used, and what is wrong with the others."""

    verdicts: dict[str, Verdict] = field(default_factory=dict)
    mistakes: dict[str, str] = field(default_factory=dict)
    """Requirement id -> what to tell the model."""
    causes: dict[str, str] = field(default_factory=dict)
    off_topic: bool = False
    notes: tuple[str, ...] = ()


class OneCallJudge:
    """One structured reply for all requirements, and one repair turn for those that came back unusable."""

    name = "llm"

    def __init__(
        self,
        client: Client,
        prompts: Prompts,
        *,
        form: Form = "numbers",
        temperature: float | None = 0.0,
        seed: int | None = None,
        max_tokens: int = 2048,
    ) -> None:
        self._client = client
        self._prompts = prompts
        self._form: Form = form
        self._temperature = temperature
        self._seed = seed
        self._max_tokens = max_tokens

    @property
    def key(self) -> str:
        """Endpoint, model, prompts and parameters."""
        endpoint = self._client.endpoint
        parameters = f"{self._form}/{self._temperature}/{self._seed}/{self._max_tokens}"
        return f"llm/one_call/{endpoint.host}/{endpoint.model}/{self._prompts.hash}/{parameters}"

    async def judge(self, task: Task) -> Judgement:
        """Verdicts on one answer; what still cannot be used after the repair turn is `unscored` with the cause."""
        messages = self._messages(task)
        usage = Usage()
        try:
            reply = await self._call(messages, task)
            usage += reply.usage
            reading = self._read(reply, task)
        except InvalidReply as error:
            reply, reading = None, self._nothing(task, error.raw)
        except JudgeError as error:
            return self._judgement(task, unscored(task, error.cause, str(error)), usage, notes=())
        if reading.mistakes:
            usage += await self._repair(messages, reply, reading, task)
        verdicts = tuple(self._final(item, reading) for item in task.requirements)
        return self._judgement(task, verdicts, usage, reading.notes, off_topic=reading.off_topic)

    def _messages(self, task: Task) -> list[dict[str, str]]:
        whole = replace(task, only=frozenset())  # a repair or a cascade asks for less; the prefix stays the same
        answer = "one_call/answer" if self._form == "numbers" else "one_call/answer_quotes"
        return [
            {
                "role": "system",
                "content": self._prompts.render("one_call/system", rubric=task.rubric, requirements=whole.requirements),
            },
            {"role": "user", "content": self._prompts.render(answer, clauses=clause_lines(task))},
        ]

    async def _call(self, messages: list[dict[str, str]], task: Task) -> Reply:
        return await self._client.chat(
            messages,
            schema=verdict_schema(task.requirements, quotes=self._form == "quotes"),
            max_tokens=self._max_tokens,
            temperature=self._temperature,
            top_logprobs=_TOP,
            seed=self._seed,
        )

    @staticmethod
    def _nothing(task: Task, raw: str) -> _Reading:
        reading = _Reading(notes=("invalid reply", raw[:200]))
        for item in task.requirements:
            reading.mistakes[item.id] = f"{item.id}：输出不是合法的 JSON 对象"
            reading.causes[item.id] = "invalid_reply"
        return reading

    async def _repair(
        self, messages: list[dict[str, str]], reply: Reply | None, reading: _Reading, task: Task
    ) -> Usage:
        """One more turn, for the requirements in `reading.mistakes` alone; mends `reading` in place."""
        narrowed = task.narrowed(reading.mistakes)
        told = self._prompts.render("one_call/repair", mistakes=list(reading.mistakes.values()))
        said = [{"role": "assistant", "content": reply.text}] if reply else []
        try:
            second = await self._call([*messages, *said, {"role": "user", "content": told}], narrowed)
        except JudgeError as error:
            reading.notes += (f"repair failed: {error.cause}",)
            return Usage()
        again = self._read(second, narrowed)
        reading.verdicts.update(again.verdicts)
        reading.causes.update(again.causes)
        reading.notes += ("repair turn", *again.notes)
        return second.usage

    def _read(self, reply: Reply, task: Task) -> _Reading:
        reading = _Reading(notes=reply.notes)
        if not isinstance(reply.data, dict):
            return self._nothing(task, reply.text)
        reading.off_topic = reply.data.get("about_question") is False
        confidences = verdict_confidences(reply, [item.id for item in task.requirements])
        for item in task.requirements:
            self._read_one(item, reply.data.get(item.id), task, reading, confidences.get(item.id))
        extra = sorted(set(reply.data) - {item.id for item in task.requirements} - {"about_question"})
        if extra:
            reading.notes += (f"unknown ids ignored: {', '.join(extra)[:200]}",)
        return reading

    def _read_one(self, item: Requirement, found: Any, task: Task, reading: _Reading, confidence: float | None) -> None:
        def mistake(cause: str, words: str) -> None:
            reading.causes[item.id] = cause
            reading.mistakes[item.id] = f"{item.id}：{words}"

        if found is None:
            return mistake("missing_key_point", "没有给出判断")
        if not isinstance(found, dict) or found.get("verdict") not in {"hit", "partial", "missed"}:
            return mistake("invalid_reply", "verdict 必须是 hit、partial 或 missed")
        level = Level(found["verdict"])
        listed = found.get("evidence")
        try:
            evidence = self._spans(listed if isinstance(listed, list) else [], task)
        except ValueError as error:
            return mistake("unverified_evidence", str(error))
        if level is not Level.MISSED and not evidence:
            return mistake("no_evidence", "结论是 hit 或 partial，但没有列出能核实的依据")
        reading.verdicts[item.id] = Verdict(
            key_point=item.id,
            level=level,
            reason=str(found.get("reason") or "").strip()[:_REASON_LIMIT],
            evidence=evidence if level is not Level.MISSED else (),
            confidence=confidence,
        )
        return None

    def _spans(self, listed: list[Any], task: Task) -> tuple[Evidence, ...]:
        """Exact spans of the answer. Raises ValueError (in words for the model) for what is not there."""
        if self._form == "quotes":
            return _quoted(listed, task.answer)
        usable: dict[int, Clause] = {clause.number: clause for clause in task.clauses}
        numbers = [number for number in listed if isinstance(number, int)]
        wrong = [number for number in listed if number not in usable]
        if wrong:
            raise ValueError(f"句子编号 {wrong[0]} 不存在，编号只能取自答案")
        return from_numbers(task.clauses, numbers)

    @staticmethod
    def _final(item: Requirement, reading: _Reading) -> Verdict:
        if item.id in reading.verdicts:
            return reading.verdicts[item.id]
        return Verdict(key_point=item.id, level=Level.UNSCORED, cause=reading.causes.get(item.id, "missing_key_point"))

    def _judgement(
        self,
        task: Task,
        verdicts: tuple[Verdict, ...],
        usage: Usage,
        notes: tuple[str, ...],
        *,
        off_topic: bool = False,
    ) -> Judgement:
        del task
        return Judgement(
            judge=self.name,
            verdicts=verdicts,
            off_topic=off_topic,
            model=self._client.endpoint.model,
            host=self._client.endpoint.host,
            prompt_hash=self._prompts.hash,
            parameters={
                "ask": "one_call",
                "evidence": self._form,
                "temperature": self._temperature,
                "seed": self._seed,
            },
            usage=usage,
            notes=notes,
        )


def _quoted(listed: list[Any], answer: str) -> tuple[Evidence, ...]:
    spans: dict[tuple[int, int], Evidence] = {}
    for quote in listed:
        found = from_quote(answer, quote) if isinstance(quote, str) and quote.strip() else None
        if found is None:
            raise ValueError(f"摘抄的“{str(quote)[:30]}”在答案中找不到")
        spans[found.start, found.end] = found
    return tuple(spans[place] for place in sorted(spans))
