"""All requirements in one structured reply: reason, then evidence, then verdict for each."""

from __future__ import annotations

from evaluator.client import Client, Reply
from evaluator.errors import InvalidReply, JudgeError
from evaluator.judging.prompting import LOCAL, clause_lines, place, verdict_schema
from evaluator.judging.protocol import Task, requirements, unscored
from evaluator.judging.reading import Form, Reading, read, unusable
from evaluator.models import Judgement, Rubric, Usage, Verdict
from evaluator.models.derived import Derived
from evaluator.prompts import Prompts

LONGEST = 80
"""Characters of a reason or a quotation by the model on this machine; hosted schemas do not all know such a bound."""
_TOP = 10


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
        self._prompt_hash = prompts.hash_of("one_call", "client")
        self._form: Form = form
        self._temperature = temperature
        self._seed = seed
        self._max_tokens = max_tokens
        self._place = Derived(place)
        self._system = Derived(self._system_text)
        self._longest = LONGEST if client.endpoint.provider == LOCAL else None

    @property
    def key(self) -> str:
        """Endpoint, model, prompts and parameters."""
        endpoint = self._client.endpoint
        parameters = f"{self._form}/{self._temperature}/{self._seed}/{self._max_tokens}"
        return f"llm/one_call/{self._place(endpoint)}/{endpoint.model}/{self._prompt_hash}/{parameters}"

    async def judge(self, task: Task) -> Judgement:
        """Verdicts on one answer; what still cannot be used after the repair turn is `unscored` with the cause."""
        messages = self._messages(task)
        usage = Usage()
        try:
            reply = await self._call(messages, task)
            usage, said, reading = reply.usage, reply.text, read(reply, task, self._form)
        except InvalidReply as error:
            said, reading = error.raw, unusable(task, error.cause, (f"first reply: {error.cause}",))
        except JudgeError as error:
            return self._judgement(unscored(task, error.cause, str(error)), usage, notes=())
        if reading.mistakes:
            usage += await self._repair(messages, said, reading, task)
        verdicts = tuple(reading.final(item) for item in task.requirements)
        return self._judgement(verdicts, usage, reading.notes, off_topic=reading.off_topic)

    def _messages(self, task: Task) -> list[dict[str, str]]:
        answer = "one_call/answer" if self._form == "numbers" else "one_call/answer_quotes"
        return [
            {"role": "system", "content": self._system(task.rubric)},
            {"role": "user", "content": self._prompts.render(answer, clauses=clause_lines(task))},
        ]

    def _system_text(self, rubric: Rubric) -> str:
        """All requirements: where a repair or a cascade asks for less, the prefix stays the same."""
        return self._prompts.render("one_call/system", rubric=rubric, requirements=requirements(rubric))

    async def _call(self, messages: list[dict[str, str]], task: Task) -> Reply:
        return await self._client.chat(
            messages,
            schema=verdict_schema(task.requirements, quotes=self._form == "quotes", longest=self._longest),
            max_tokens=self._max_tokens,
            temperature=self._temperature,
            top_logprobs=_TOP,
            seed=self._seed,
        )

    async def _repair(self, messages: list[dict[str, str]], said: str, reading: Reading, task: Task) -> Usage:
        """One more turn, for the requirements in `reading.mistakes` alone; mends `reading` in place."""
        narrowed = task.narrowed(reading.mistakes)
        told = self._prompts.render("one_call/repair", mistakes=list(reading.mistakes.values()))
        if said:
            turns = [*messages, {"role": "assistant", "content": said}, {"role": "user", "content": told}]
        else:  # two turns of the same role in a row are refused by some
            system, answer = messages
            turns = [system, {**answer, "content": f"{answer['content']}\n\n{told}"}]
        try:
            second = await self._call(turns, narrowed)
        except JudgeError as error:
            reading.notes += (f"repair turn failed: {error.cause}",)
            return Usage()
        reading.notes += ("repair turn",)
        reading.mend(read(second, narrowed, self._form))
        return second.usage

    def _judgement(
        self,
        verdicts: tuple[Verdict, ...],
        usage: Usage,
        notes: tuple[str, ...],
        *,
        off_topic: bool = False,
    ) -> Judgement:
        return Judgement(
            judge=self.name,
            verdicts=verdicts,
            off_topic=off_topic,
            model=self._client.endpoint.model,
            host=self._place(self._client.endpoint),
            prompt_hash=self._prompt_hash,
            parameters={
                "ask": "one_call",
                "evidence": self._form,
                "temperature": self._temperature,
                "seed": self._seed,
            },
            usage=usage,
            notes=notes,
        )
