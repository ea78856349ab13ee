"""What programs can ask for: one table that the routes and the OpenAPI document are both made from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from starlette.requests import Request

from evaluator.errors import Words
from evaluator.models import Grade, Model, Rubric
from evaluator.web.api import batches, scoring
from evaluator.web.api.shapes import BatchList, BatchState, RubricList, ScoreRequest

FILE = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that a program can ask for."""

    method: str
    path: str
    handler: Callable[[Request], object]
    words: Words
    takes: type[Model] | str | None = None
    """The shape of the body, or the media type of a file; None for no body."""
    gives: type[Model] | str | None = None
    """The shape of the reply, or its media type; None for an empty one."""
    status: int = 200
    errors: tuple[int, ...] = ()
    """Statuses beside those that every request can get."""
    query: Mapping[str, Words] = field(default_factory=dict)
    """Names and meanings of optional parameters."""


OPERATIONS = (
    Operation("GET", "/api/rubrics", scoring.rubrics, Words("可以评的题目", "what can be scored"), gives=RubricList),
    Operation(
        "GET",
        "/api/rubrics/{rubric_id}",
        scoring.rubric,
        Words("一份评分细则", "one rubric, whole"),
        gives=Rubric,
        errors=(404,),
    ),
    Operation(
        "POST",
        "/api/score",
        scoring.score,
        Words("评一份答案，等到评完", "score one answer and wait for it"),
        takes=ScoreRequest,
        gives=Grade,
        errors=(404, 415, 422),
    ),
    Operation(
        "GET",
        "/api/grades/{grade_id}",
        scoring.grade,
        Words("历史里的一份结果，连同改判", "a kept grade with what people decided laid over it"),
        gives=Grade,
        errors=(404,),
    ),
    Operation(
        "GET",
        "/api/batches",
        batches.runs,
        Words("本机的批量评分，新的在前", "batches, the newest first"),
        gives=BatchList,
    ),
    Operation(
        "POST",
        "/api/batches",
        batches.start,
        Words("上传答卷并开始评", "hand in a file of answers and start"),
        takes=FILE,
        gives=BatchState,
        status=201,
        errors=(404, 415, 422),
        query=batches.START_QUERY,
    ),
    Operation(
        "GET",
        "/api/batches/{run}",
        batches.state,
        Words("进展到哪里", "where it stands"),
        gives=BatchState,
        errors=(404,),
    ),
    Operation(
        "POST",
        "/api/batches/{run}/pause",
        batches.pause,
        Words("暂停，已发出的评完", "pause; what is in flight is finished"),
        gives=BatchState,
        errors=(404, 415),
    ),
    Operation(
        "POST",
        "/api/batches/{run}/resume",
        batches.resume,
        Words("接着评，失败的再试", "go on, and try what failed again"),
        gives=BatchState,
        errors=(404, 415, 422),
    ),
    Operation(
        "GET",
        "/api/batches/{run}/results",
        batches.results,
        Words("结果，一位考生一行 JSON", "the results, a candidate a line"),
        gives="application/jsonl",
        errors=(404,),
        query=batches.RESULTS_QUERY,
    ),
)
