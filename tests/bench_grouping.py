"""What it is worth to judge the answers to one question together: the model on this machine, 40 answers to 4 questions.

    python tests/bench_grouping.py [answers a question]

Judges the same answers question by question and then in turn, each time without looking anything up, and prints the
share of prompt tokens that the prefix cache served and the seconds an answer. Takes a quarter of an hour.
"""

from __future__ import annotations

import asyncio
import sys
from itertools import chain

from evaluator.grader import Grader
from evaluator.judging import open_judge
from evaluator.models import Usage
from evaluator.rubrics import load_folder
from evaluator.samples import load_all
from evaluator.settings import load

QUESTIONS = (
    "csm-02-performance-drop",
    "csm-04-team-disagreement",
    "smr-02-strengths-weaknesses",
    "smr-04-handling-pressure",
)


def answers(each: int) -> list[list[tuple[str, str]]]:
    """(rubric id, answer) by question: samples, and parts of them so that there are enough, all different."""
    found = []
    for rubric in QUESTIONS:
        whole = [
            sample.answer for sample in load_all() if sample.rubric.startswith(rubric[:6]) and len(sample.answer) > 60
        ]
        parts = [text[: len(text) * share // 10] for share in (10, 7, 5, 3) for text in whole]
        found.append([(rubric, text) for text in dict.fromkeys(parts)][:each])
    return found


async def judged(order: list[tuple[str, str]]) -> Usage:
    rubrics = {one.id: one for one in load_folder()}
    total = Usage()
    async with open_judge(load({"judge": "local"})) as judge:
        grader = Grader(judge)
        for rubric, text in order:
            total += (await grader.grade(rubrics[rubric], text)).trace.usage
    return total


def main(each: int) -> None:
    by_question = answers(each)
    orders = {
        "question by question": list(chain(*by_question)),
        "in turn": list(chain(*zip(*by_question, strict=True))),
    }
    for name, order in orders.items():
        used = asyncio.run(judged(order))
        sys.stdout.write(
            f"{name}: {len(order)} answers, {used.cached / used.prompt:.1%} of {used.prompt} prompt tokens cached, "
            f"{used.seconds / len(order):.1f} s an answer, {used.calls / len(order):.1f} calls\n"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10)
