"""The OpenAPI document of the JSON API."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, Literal

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from evaluator.errors import Words
from evaluator.models import Model
from evaluator.version import __version__
from evaluator.web.api.operations import OPERATIONS, Operation
from evaluator.web.api.shapes import ErrorReply

PATH = "/api/openapi.json"
_ALWAYS = (400, 401, 413, 429, 503)
_NAMES = {
    400: Words("请求有误", "the request is wrong"),
    401: Words("要口令", "a token is asked for"),
    404: Words("没有这一项", "there is no such thing"),
    413: Words("太大", "too large"),
    415: Words("正文的类型不对", "the body is of the wrong kind"),
    422: Words("内容有误，message 说明是什么、在哪里", "something in it is wrong; message says what and where"),
    429: Words("太快，见 Retry-After", "too fast, see Retry-After"),
    503: Words("排队已满或记录库不可用", "too many are waiting, or the database does not serve"),
}
_SCHEMAS = "#/components/schemas/{model}"


def document(request: Request) -> Response:
    """The document, for tools."""
    del request
    return JSONResponse(openapi())


@cache
def openapi() -> dict[str, Any]:
    """OpenAPI 3.1, made from the table that the routes are made from."""
    used: dict[type[Model], None] = dict.fromkeys((*_models(OPERATIONS), ErrorReply))
    asked: list[tuple[type[BaseModel], Literal["serialization"]]] = [(model, "serialization") for model in used]
    where, schemas = models_json_schema(asked, ref_template=_SCHEMAS)
    names = {model: where[model, "serialization"]["$ref"] for model in used}
    paths: dict[str, dict[str, Any]] = {}
    for one in OPERATIONS:
        paths.setdefault(one.path, {})[one.method.lower()] = _operation(one, names)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Answer evaluator",
            "version": __version__,
            "description": _both(
                Words(
                    "给文字答案评分。得分是 AI 辅助初评，最终由人决定。",
                    "Scores free-text answers. Scores are an AI-assisted first pass; people decide.",
                )
            ),
        },
        "paths": paths,
        "components": {
            "schemas": schemas["$defs"],
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{}, {"token": []}],
    }


ROUTES = (
    *(Route(one.path, one.handler, methods=[one.method]) for one in OPERATIONS),
    Route(PATH, document),
)


def _models(operations: Sequence[Operation]) -> Iterator[type[Model]]:
    for one in operations:
        yield from (kind for kind in (one.takes, one.gives) if isinstance(kind, type))


def _operation(one: Operation, names: dict[type[Model], str]) -> dict[str, Any]:
    made: dict[str, Any] = {
        "operationId": re.sub(r"\W+", "_", f"{one.method.lower()}{one.path.removeprefix('/api')}").strip("_"),
        "summary": _both(one.words),
        "parameters": [*_parameters(one)],
        "responses": {
            str(one.status): {"description": "OK", **_content(one.gives, names)},
            **{
                str(status): {"description": _both(_NAMES[status]), **_content(ErrorReply, names)}
                for status in sorted({*_ALWAYS, *one.errors})
            },
        },
    }
    if one.takes is not None:
        made["requestBody"] = {"required": True, **_content(one.takes, names)}
    return made


def _parameters(one: Operation) -> Iterator[dict[str, Any]]:
    for name in re.findall(r"\{(\w+)\}", one.path):
        yield {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
    for name, words in one.query.items():
        yield {"name": name, "in": "query", "description": _both(words), "schema": {"type": "string"}}


def _content(kind: type[Model] | str | None, names: dict[type[Model], str]) -> dict[str, Any]:
    if kind is None:
        return {}
    if isinstance(kind, str):
        return {"content": {kind: {}}}
    return {"content": {"application/json": {"schema": {"$ref": names[kind]}}}}


def _both(words: Words) -> str:
    return f"{words.zh} · {words.en}"
