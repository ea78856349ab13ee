"""Reports of calibrations as the Markdown table of docs/calibration.md: run by hand, no test.

    evaluator calibrate INPUT --judge ... -o report.json
    python tests/measured_tables.py report.json [more.json ...]                        # prints it
    python tests/measured_tables.py --write docs/calibration.md report.json [more.json ...]

A line a report, in the order given; below it what each judge is worse at than something that reads no answer, taken from
the same figures, so that nothing is left out by hand. `--write` puts both between the two marks in that file.
"""

# ruff: noqa: T201

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from evaluator.calibration.meanings import MEANINGS
from evaluator.calibration.model import Beside, Calibration, Figure
from evaluator.report.calibration.figures import as_good

_LABELS = {"mae": "MAE", "qwk": "qwk", "accuracy": "得分点一致率 accuracy"}
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
HEADS = (
    "数据 set", "评分器 judge", "答案 / 题 answers / questions", "评出 coverage", "qwk", "同题内相关 within question",
    "MAE", "偏差 bias", "得分点一致率 / kappa key points", "人与人 people: qwk, MAE, kappa", "常数 constant: MAE",
    "看长短 length: qwk, MAE", "关键词 keyword: qwk, MAE",
)  # fmt: skip


def row(made: Calibration) -> str:
    """One report as a line of the table."""
    own, points = made.scores, made.key_points
    cells = (
        made.source.removesuffix(".jsonl"),
        _judge(made),
        f"{made.answers} / {made.questions}",
        "—" if made.coverage is None else f"{made.coverage:.0%}",
        _interval(own.qwk),
        _interval(own.within),
        _interval(own.mae),
        _signed(own.bias),
        "—" if points is None else f"{_number(points.accuracy)} / {_interval(points.kappa)}",
        _both(made.ceiling),
        _number(constant.scores.mae) if (constant := made.baseline("constant")) and constant.scores else "—",
        _both(made.baseline("length")),
        "—" if made.judge == "keyword" else _both(made.baseline("keyword")),
    )
    return f"| {' | '.join(cells)} |"


def _judge(made: Calibration) -> str:
    asked = str(made.parameters.get("ask", ""))
    return " ".join(part for part in (made.model or made.judge, asked) if part)


def _both(of: Beside | None) -> str:
    if of is None or of.scores is None:
        return "—"
    said = f"{_number(of.scores.qwk)}, {_number(of.scores.mae)}"
    known = of.key_points if of.name == "ceiling" else None
    return f"{said}, {_number(known.kappa)}" if known else said


def _number(one: Figure) -> str:
    return "—" if one.value is None else f"{one.value:.3f}".replace("0.", ".", 1).replace("-", "−")


def _signed(one: Figure) -> str:
    return "—" if one.value is None else f"{one.value:+.3f}".replace("0.", ".", 1).replace("-", "−")


def _interval(one: Figure) -> str:
    if one.low is None or one.high is None:
        return _number(one)
    low, high = (_number(Figure(value=end)) for end in (one.low, one.high))
    return f"{_number(one)} ({low} … {high})"


def worse(made: Calibration) -> Iterator[str]:
    """The baselines that reach the judge in a figure, each with its own; the judge's figure stands first."""
    for part, name in (("scores", "mae"), ("scores", "qwk"), ("key_points", "accuracy")):
        if (whole := getattr(made, part)) is None:
            continue
        own, beside = getattr(whole, name), [(one, getattr(one, part)) for one in made.baselines]
        reached = [(one, getattr(its, name)) for one, its in beside if its and as_good(name, getattr(its, name), own)]
        if reached:
            said = ", ".join(f"{_named(one)} {_number(figure)}" for one, figure in reached)
            yield f"{_LABELS[name]} {_number(own)} ← {said}"


def _named(one: Beside) -> str:
    words = MEANINGS[one.name].name
    return f"{words.zh} {words.en}"


def block(reports: Sequence[Calibration]) -> str:
    """The table and what is below it."""
    lines = [f"| {' | '.join(HEADS)} |", "|" + "---|" * len(HEADS), *map(row, reports), ""]
    lines.append(
        "**不比基线好的地方**（箭头右边的办法同样好或更好）· **Where a judge is no better than a baseline** "
        "(what stands right of the arrow is as good or better):\n"
    )
    for made in reports:
        who = f"{made.source.removesuffix('.jsonl')}, {_judge(made)}"
        lines.append(f"- {who}: {'; '.join(worse(made)) or '没有 nowhere'}")
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str]) -> None:
    """Print the block, or write it into a file."""
    into, files = (Path(arguments[1]), arguments[2:]) if arguments[0] == "--write" else (None, arguments)
    made = block([Calibration.model_validate_json(Path(one).read_text("utf-8")) for one in files])
    if into is None:
        print(made)
        return
    text = into.read_text("utf-8")
    before, rest = text.split(BEGIN)
    _, after = rest.split(END)
    into.write_text(f"{before}{BEGIN}\n{made}{END}{after}", "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
