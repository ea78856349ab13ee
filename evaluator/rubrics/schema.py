"""The JSON schema of rubric files, for editors and other programs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from evaluator.errors import Problem, RubricError, Words
from evaluator.models import Rubric
from evaluator.resources import folder

FILE_NAME = "rubric.schema.json"


def json_schema() -> dict[str, Any]:
    """JSON schema 2020-12 of a rubric file. What no schema can say, such as points that add up, `load` checks."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Rubric.model_json_schema(),
        "title": "Rubric (评分细则)",
    }


def schema_text() -> str:
    """The schema as it stands in `rubric.schema.json`."""
    return json.dumps(json_schema(), ensure_ascii=False, indent=2) + "\n"


def schema_path() -> Path:
    """Where the shipped schema lies."""
    return folder("rubrics") / FILE_NAME


def write_schema() -> Path:
    """Bring the shipped schema up to date.

    Raises RubricError where it cannot be written.
    """
    path = schema_path()
    try:
        path.write_text(schema_text(), encoding="utf-8", newline="\n")
    except OSError as error:
        message = Words(f"写不了：{error.strerror}", f"cannot be written: {error.strerror}")
        raise RubricError(Problem(message, str(path))) from error
    return path
