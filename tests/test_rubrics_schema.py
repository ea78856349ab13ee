from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from evaluator.rubrics import files_in, json_schema, load, schema_path, schema_text

ROOT = Path(__file__).parents[1]
SHIPPED = files_in(ROOT / "rubrics")


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    return Draft202012Validator(json_schema())


def document(file: Path) -> dict:
    return YAML(typ="safe", pure=True).load(file.read_text(encoding="utf-8"))


def test_the_schema_is_itself_valid():
    Draft202012Validator.check_schema(json_schema())


def test_the_schema_on_disk_is_current():
    assert schema_path().read_text(encoding="utf-8") == schema_text(), "run: evaluator rubric schema --write"


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_every_shipped_rubric_fits_the_schema_and_names_it(file, validator):
    assert [error.message for error in validator.iter_errors(document(file))] == []
    first = file.read_text(encoding="utf-8").splitlines()[0]
    match = re.fullmatch(r"# yaml-language-server: \$schema=(.+)", first)
    assert match
    assert (file.parent / match[1]).resolve() == schema_path().resolve()


def test_every_object_is_closed_and_every_model_described():
    models = [json_schema(), *json_schema()["$defs"].values()]
    objects = [model for model in models if model.get("type") == "object"]
    assert len(objects) == 7
    assert all(model["additionalProperties"] is False for model in objects)
    assert all(model["description"] for model in models)


@pytest.mark.parametrize(
    "change",
    [
        {"note": "x"}, {"max_score": "8"}, {"max_score": 0}, {"kind": "quiz"}, {"id": "a b"}, {"key_points": []}, {"question": ""},
        {"key_points": [{"id": "a", "name": "x", "points": 1, "weight": 2}]}, {"status": "done"}, {"partial_share": 2},
    ],
    ids=json.dumps,
)  # fmt: skip
def test_what_loading_refuses_in_a_field_the_schema_refuses_too(change, validator):
    good = document(SHIPPED[0])
    assert validator.is_valid(good)
    assert not validator.is_valid({**good, **change})


def test_every_shipped_file_loads():
    assert len({load(file).id for file in SHIPPED}) == len(SHIPPED)
