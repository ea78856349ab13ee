"""What a run is going to do, cost and take: said before it starts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from evaluator.batch.journal import Journal
from evaluator.client import Prices
from evaluator.grader import Grader
from evaluator.judging import Expected, expected
from evaluator.models import Model, Rubric, Usage
from evaluator.prompts import Prompts
from evaluator.store import Store

_LOOKED_UP = 20_000
"""Texts that the store is asked about one by one; of more it is said that some may be known."""
SECONDS_A_CALL = 3.0
"""Assumed of an endpoint that nothing is known of."""
SECONDS_A_LOCAL_ANSWER = 20.0
"""Assumed of the model on this machine (docs/measurements.md)."""


class Plan(Model):
    """A run before it starts. Texts are distinct answers to a question; identical ones are judged once."""

    candidates: int
    answers: int
    questions: int
    waiting: int
    """Texts that nothing became of yet."""
    free: int
    """Of those, blank ones, ones to objective questions, and ones whose verdicts the store has."""
    asked: int
    """Of those, the ones that a model will be asked about."""
    calls: int
    prompt_tokens: int
    completion_tokens: int
    cost: float | None
    """None where the price is not known."""
    currency: str = ""
    seconds: float | None
    """None where no model is asked."""


def plan(
    journal: Journal,
    rubrics: Sequence[Rubric],
    grader: Grader,
    *,
    ask: Literal["one_call", "per_point"] | None,
    prompts: Prompts,
    store: Store | None,
    seconds_an_answer: float,
    retry_errors: bool = False,
    most: int | None = None,
) -> Plan:
    """The plan, without money; `ask` None means that no model is asked.

    `seconds_an_answer` is the time between two finished answers; `most` caps how many texts are judged.
    """
    by_id = {one.id: one for one in rubrics}
    waiting = journal.waiting(retry_errors=retry_errors)
    free, chars = 0, dict.fromkeys(by_id, (0, 0))
    for at, item in enumerate(journal.pending(retry_errors=retry_errors)):
        rubric = by_id[item.rubric]
        if (
            rubric.kind.objective
            or not item.text.strip()
            or (at < _LOOKED_UP and _known(store, grader, rubric, item.text))
        ):
            free += 1
        else:
            count, length = chars[item.rubric]
            chars[item.rubric] = count + 1, length + len(item.text)
    total = Expected(0, 0, 0)
    if ask is not None:
        for key, (count, length) in chars.items():
            if count:
                total += expected(by_id[key], length / count, ask, prompts).times(count)
    asked = waiting - free if ask is not None else 0
    share = min(most / asked, 1.0) if most is not None and asked else 1.0
    total = total.times(share)
    counts = journal.counts()
    return Plan(
        candidates=journal.candidates(),
        answers=counts.answers,
        questions=len(by_id),
        waiting=waiting,
        free=free,
        asked=round(asked * share),
        calls=round(total.calls),
        prompt_tokens=round(total.prompt),
        completion_tokens=round(total.completion),
        cost=None,
        seconds=asked * share * seconds_an_answer if ask is not None else None,
    )


def priced(plan: Plan, prices: Prices, model: str, host: str, *, batched: bool = False) -> Plan:
    """The plan with what it costs at most: without any help from a cache; `batched` by the provider's batch API."""
    usage = Usage(calls=plan.calls, prompt=plan.prompt_tokens, completion=plan.completion_tokens)
    cost = prices.cost(usage, model, host, batched=usage if batched else None)
    return plan.model_copy(update={"cost": cost, "currency": prices.currency})


def _known(store: Store | None, grader: Grader, rubric: Rubric, text: str) -> bool:
    return store is not None and store.get_judgement(grader.key(rubric, text)) is not None
