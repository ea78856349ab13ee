"""`evaluator calibrate --suggest`: a model rewords the worst key points, the judge tries it on held-out answers.

Nothing is written: what won is shown for a person to put into the rubric.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from evaluator.calibration.advice import advice
from evaluator.calibration.suggesting import Suggestion, propose, tried
from evaluator.cli.terminal import note
from evaluator.drafting.wording import language
from evaluator.errors import Words
from evaluator.grader import Grader
from evaluator.judging import open_client, open_judge
from evaluator.prompts import Prompts
from evaluator.report.text import plain
from evaluator.store import SqliteStore

if TYPE_CHECKING:
    from evaluator.calibration.advice_model import PointAdvice
    from evaluator.calibration.cases import Case
    from evaluator.settings import Settings

MOST = 3
"""Key points that a wording is asked for: the worst."""
_SENT = Words("题目、得分点和一部分答案（已遮住姓名电话）", "questions, key points and some answers, names masked,")


def suggested(cases: Sequence[Case], settings: Settings) -> str:
    """What became of each wording. Raises what `open_client` and `open_judge` raise."""
    worst = [one for one in advice(cases).key_points if one.n and one.differ][:MOST]
    if not worst:
        return Words("没有可改写的得分点：没有两边都判过而不一致的", "no key point to reword: no verdicts differ").text(
            settings.lang
        )
    found = asyncio.run(_suggested(cases, worst, settings))
    return "\n".join(line for one in found for line in lines(one, settings.lang)) + "\n"


async def _suggested(cases: Sequence[Case], worst: Sequence[PointAdvice], settings: Settings) -> list[Suggestion]:
    """First all wordings, then all trials: a model on this machine is started for one of the two at a time."""
    questions = [[case for case in cases if case.group == one.rubric] for one in worst]
    prompts = Prompts(settings.prompts_dir)

    def announce(words: Words) -> None:
        note(words.text(settings.lang))

    async with open_client(settings, prompts, announce, sent=_SENT) as client:
        made = [
            await propose(
                question, one.key_point, client=client, prompts=prompts, lang=language(question[0].rubric.question),
                temperature=settings.temperature, seed=settings.seed,
            )
            for question, one in zip(questions, worst, strict=True)
        ]  # fmt: skip
    if all(one.after is None for one in made):
        return made
    with SqliteStore(settings.store_path) as store:
        async with open_judge(settings, announce, memory=store) as judge:
            kept = store if settings.history else None
            grader = Grader(judge, store=kept, max_answer_chars=settings.max_answer_chars, lang=settings.lang)
            return [await tried(one, question, grader) for one, question in zip(made, questions, strict=True)]


def lines(one: Suggestion, lang: str) -> Iterator[str]:
    """One suggestion with its result; the new texts where it won."""
    yield f"■ {plain(f'{one.rubric} / {one.before.id} {one.before.name}')}"
    if one.after is None:
        yield f"  {Words('没有改写', 'no wording').text(lang)}: {one.words.text(lang)}"
        return
    for name in ("hit", "partial", "accept", "reject"):
        before, after = getattr(one.before, name), getattr(one.after, name)
        if before != after:
            yield f"  - {name}: {_shown(before)}"
            yield f"  + {name}: {_shown(after)}"
    yield f"  {_result(one).text(lang)}"


def _shown(value: str | tuple[str, ...]) -> str:
    return plain(value if isinstance(value, str) else " | ".join(value)) or "—"


def _result(one: Suggestion) -> Words:
    gain = one.agreement
    if gain is None or gain.first is None or gain.second is None:
        return Words(f"没有试成：{one.why[0]}", f"not tried: {one.why[1]}")
    between = "" if gain.low is None or gain.high is None else f" ({gain.low:+.2f} … {gain.high:+.2f})"
    figures = f"{gain.first:.0%} → {gain.second:.0%}{between}"
    if one.outcome == "better":
        return Words(
            f"较好：留出的 {one.held_out} 份答案上与人一致 {figures}。要采用，就由人改进细则文件",
            f"better: agreement with people on {one.held_out} held-out answers {figures}. To take it, edit the rubric",
        )
    return Words(
        f"不算更好：留出的 {one.held_out} 份答案上与人一致 {figures}，维持原文",
        f"not better: agreement with people on {one.held_out} held-out answers {figures}; the old wording stays",
    )
