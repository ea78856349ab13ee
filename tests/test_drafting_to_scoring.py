from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from evaluator.cli.main import app
from evaluator.resources import folder
from evaluator.rubrics import Severity, files_in, lint, load, load_folder

PAPERS = sorted(
    path
    for path in (folder("samples") / "papers").iterdir()
    if path.suffix in {".txt", ".md"} and path.stem != "no-questions"
)


@pytest.fixture
def run(monkeypatch, tmp_path):
    monkeypatch.setenv("EVALUATOR_JUDGE", "keyword")
    monkeypatch.setenv("EVALUATOR_STORE_PATH", str(tmp_path / "store.db"))

    def invoke(*arguments, **options):
        return CliRunner().invoke(app, [*map(str, arguments), "--lang", "zh"], **options)

    return invoke


def test_there_are_six_layouts_or_more_to_draft_from():
    assert len(PAPERS) >= 6


@pytest.mark.parametrize("paper", PAPERS, ids=lambda path: path.name)
def test_what_is_drafted_from_a_paper_scores_an_answer_without_an_edit(run, paper, tmp_path):
    made = tmp_path / "made"
    drafted = run("rubric", "draft", paper, "-o", made)
    assert drafted.exit_code == 0, drafted.output
    rubrics = load_folder(made)
    assert rubrics
    assert [finding for rubric in rubrics for finding in lint(rubric) if finding.severity is Severity.ERROR] == []
    for file in files_in(made):
        rubric = load(file)
        answer = ",".join(rubric.correct) if rubric.correct else rubric.key_points[0].name
        scored = run("score", "--rubric", file, "--format", "json", "--no-save", input=answer)
        assert scored.exit_code == 0, scored.output
        assert json.loads(scored.stdout)["max_score"] == rubric.max_score


def test_the_words_of_a_drafted_key_point_score_under_the_keyword_judge(run, tmp_path):
    run("rubric", "draft", folder("samples") / "papers" / "interview-with-analysis.txt", "-o", tmp_path / "made")
    file = next(path for path in files_in(tmp_path / "made") if "照顾等候者" in path.read_text(encoding="utf-8"))
    scored = run("score", "--rubric", file, "--format", "json", "--no-save", input="我会做到先后有序，也照顾等候者。")
    assert json.loads(scored.stdout)["score"] > 0
