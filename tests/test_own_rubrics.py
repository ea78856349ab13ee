"""A rubric that somebody edited stands in for the shipped one wherever answers are scored."""

import json
import subprocess
import sys

import pytest
from small_rubric import RUBRIC

from evaluator.api import score, score_batch
from evaluator.cli.batch import load_rubrics
from evaluator.errors import RubricError
from evaluator.resources import folder
from evaluator.rubrics import find, load_files, preferred_files, write
from evaluator.settings import load

SHIPPED = "csm-02-performance-drop"
ANSWER = "复盘下来是我排班不合理，后来我和组员每周一对一面谈。"


@pytest.fixture
def edited(own_folders):
    """The shipped rubric with other weights, where the page keeps what was edited there."""
    rubric = find(SHIPPED)
    first, *rest = rubric.key_points
    points = (first.model_copy(update={"points": 6.0}), *(one.model_copy(update={"points": 1.0}) for one in rest))
    edited = rubric.model_copy(update={"key_points": points})
    own = load(env={"EVALUATOR_DATA_DIR": str(own_folders)}).own_rubrics
    own.mkdir()
    write(edited, own / f"{SHIPPED}.yaml")
    return edited


def test_command_line_and_program_score_by_the_edited_copy(edited, tmp_path):
    assert find(SHIPPED) != edited
    command = [
        sys.executable,
        "-m",
        "evaluator",
        "score",
        "-r",
        SHIPPED,
        "--judge",
        "keyword",
        "-f",
        "json",
        "--no-save",
    ]
    printed = subprocess.run(command, input=ANSWER, capture_output=True, text=True, check=True)
    table = tmp_path / "answers.csv"
    table.write_text(f"candidate,{SHIPPED}\n张三,{ANSWER}\n", encoding="utf-8")
    results = tmp_path / "results.jsonl"
    score_batch(table, [results], judge="keyword")
    rows = [json.loads(line) for line in results.read_text("utf-8").splitlines()]
    in_batch = next(row["grade"]["score"] for row in rows if row.get("grade"))
    assert [score(SHIPPED, ANSWER, judge="keyword").score, json.loads(printed.stdout)["score"], in_batch] == [7.0] * 3


def test_a_batch_on_the_command_line_takes_the_edited_copy_and_all_others(edited):
    found = {one.id: one for one in load_rubrics(None, load())}
    assert found[SHIPPED] == edited
    assert len(found) == len(list(folder("rubrics").rglob("*.yaml")))


def test_the_first_folder_that_has_an_id_counts(tmp_path):
    first, second = tmp_path / "first", tmp_path / "second"
    for place, question in ((first, "一"), (second, "二")):
        place.mkdir()
        write(RUBRIC.model_copy(update={"question": question}), place / "same.yaml")
    write(RUBRIC.model_copy(update={"id": "other"}), second / "other.yaml")
    assert find(RUBRIC.id, [second, first]).question == "二"
    assert [one.rubric.id for one in load_files(preferred_files([first, second]))] == [RUBRIC.id, "other"]
    write(RUBRIC, first / "again.yaml")
    with pytest.raises(RubricError, match="已用于"):
        load_files(preferred_files([first, second]))


def test_the_command_line_shows_and_lists_the_edited_copy(edited):
    run = lambda *words: json.loads(  # noqa: E731
        subprocess.run(
            [sys.executable, "-m", "evaluator", "rubric", *words, "--json"], capture_output=True, text=True, check=True
        ).stdout
    )
    assert run("show", SHIPPED)["key_points"][0]["points"] == 6
    assert [one["id"] for one in run("list")].count(SHIPPED) == 1
