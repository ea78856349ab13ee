"""How long things take that a person waits for, without a model: `make bench`. Figures, no verdicts."""

# ruff: noqa: T201

from __future__ import annotations

import asyncio
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable

from evaluator.clauses import cut
from evaluator.grader import Grader
from evaluator.injection import find
from evaluator.judging import KeywordJudge
from evaluator.models import Level, Verdict
from evaluator.rubrics import load_folder
from evaluator.samples import load_all
from evaluator.scoring import score
from evaluator.text import normalise

ROUNDS = 5
HEAVY = ("openai", "pydantic", "rich", "typer", "asyncio", "jinja2", "ruamel.yaml", "opencc", "rapidfuzz")


def main() -> None:
    print(f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores; best of {ROUNDS}")
    processes()
    imports()
    rubrics = {rubric.id: rubric for rubric in load_folder()}
    samples = load_all()
    answers = [sample.answer for sample in samples]
    letters = sum(map(len, answers))

    print(f"\n{len(answers)} sample answers, {letters} characters")
    for name, work in (("normalise", normalise), ("cut into clauses", cut), ("find instructions", find)):
        seconds = best(lambda work=work: [work(answer) for answer in answers])
        row(name, f"{seconds / len(answers) * 1e3:8.3f} ms an answer", f"{letters / seconds / 1e3:8.0f} k characters/s")

    verdicts = {
        rubric.id: [
            Verdict(key_point=point.id, level=Level.MISSED) for point in (*rubric.key_points, *rubric.deductions)
        ]
        for rubric in rubrics.values()
    }
    seconds = best(lambda: [score(rubric, verdicts[rubric.id]) for rubric in rubrics.values()])
    row("score verdicts", f"{seconds / len(rubrics) * 1e3:8.3f} ms a grade")

    async def grade_all() -> None:
        grader = Grader(KeywordJudge())
        for sample in samples:
            await grader.grade(rubrics[sample.rubric], sample.answer)

    seconds = best(lambda: asyncio.run(grade_all()))
    row(
        "grade, keyword judge",
        f"{seconds / len(samples) * 1e3:8.3f} ms an answer",
        f"{len(samples) / seconds:8.0f} answers/s",
    )
    seconds = best(load_folder)
    row("load rubrics", f"{seconds / len(rubrics) * 1e3:8.3f} ms a file")


def processes() -> None:
    print("\nprocesses, CPU seconds of user code")
    for words in (
        ["-c", "pass"],
        ["-c", "import evaluator"],
        ["-m", "evaluator", "--help"],
        ["-m", "evaluator", "rubric", "list"],
    ):
        row("python " + " ".join(words), f"{min(user_seconds(words) for _ in range(ROUNDS)):8.3f} s")


def user_seconds(words: list[str]) -> float:
    before = os.times().children_user
    subprocess.run([sys.executable, *words], check=True, stdout=subprocess.DEVNULL)
    return os.times().children_user - before


def imports() -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "evaluator", "--help"], capture_output=True, text=True, check=True
    )
    took = {}
    for line in done.stderr.splitlines():
        parts = line.removeprefix("import time:").split("|")
        if len(parts) == 3 and parts[1].strip().isdigit():
            took[parts[2].strip()] = int(parts[1])
    print("\nimports on the way to --help, ms with what they import")
    for name in HEAVY:
        row(name, f"{took[name] / 1e3:8.1f}" if name in took else "       -")
    ours = sorted((name for name in took if name.startswith("evaluator.")), key=lambda name: -took[name])
    for name in ours[:6]:
        row(name, f"{took[name] / 1e3:8.1f}")


def best(work: Callable[[], object]) -> float:
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def row(name: str, *figures: str) -> None:
    print(f"{name:<36}" + "  ".join(figures))


if __name__ == "__main__":
    main()
