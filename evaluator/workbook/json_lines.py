"""JSON lines: a line an answer, with the whole grade; a line for every row that could not be read."""

from __future__ import annotations

import json
from pathlib import Path

from evaluator.batch import AnswerResult, CandidateResult, Results

RESULT = "evaluator/result@1"
REJECTED = "evaluator/rejected@1"


def write_json_lines(results: Results, path: Path) -> None:
    """Write every answer in the order of the source. Raises OSError where the file cannot be written."""
    run = results.info.id
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for candidate in results.candidates():
            for rubric, result in candidate.answers.items():
                file.write(_line(result_line(run, candidate, rubric, result)))
        for rejected in results.rejected():
            file.write(_line({"schema": REJECTED, "run": run, **rejected.model_dump(mode="json")}))


def result_line(run: str, candidate: CandidateResult, rubric: str, result: AnswerResult) -> dict[str, object]:
    """One answer. `grade` is null while there is none; `failure` then says why, or is empty while it waits."""
    return {
        "schema": RESULT,
        "run": run,
        "candidate": candidate.candidate,
        "name": candidate.name,
        "columns": dict(candidate.columns),
        "question": rubric,
        "answer": result.answer.text,
        "place": result.answer.place,
        "human": [human.model_dump(mode="json") for human in result.answer.human],
        "grade": result.grade.model_dump(mode="json") if result.grade else None,
        "failure": result.failure,
    }


def _line(entry: dict[str, object]) -> str:
    text = json.dumps(entry, ensure_ascii=False)
    # Some readers end a line at these, and half a surrogate pair is no UTF-8.
    for char in ("\u2028", "\u2029", "\x85"):
        text = text.replace(char, f"\\u{ord(char):04x}")
    return text.encode("utf-8", "backslashreplace").decode() + "\n"
