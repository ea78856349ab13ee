"""Advice, a calibration file and a rewording from the command line, and what `score` and `batch` make of the file."""

import json
import sys

import pytest
from typer.testing import CliRunner

from evaluator.cli.main import app
from evaluator.models import Fit

TEXTS = {
    "好": ("我会耐心倾听客户的抱怨，真诚道歉，再给出退款方案。", 9),
    "半": ("我会耐心倾听客户的抱怨。", 5),
    "一": ("我先真诚道歉，请他放心。", 5),
    "差": ("让他等着，以后再说。", 1),
    "空话": ("服务行业最要紧的是责任心。", 1),
}


def ran(monkeypatch, *words):
    words = [str(word) for word in words]
    monkeypatch.setattr(sys, "argv", ["evaluator", *words])
    return CliRunner().invoke(app, words)


@pytest.fixture
def gold(tmp_path):
    """Ten questions of five answers each, scored by one person."""
    path = tmp_path / "gold.jsonl"
    lines = [
        {"id": f"q{key}-{name}", "question": f"第{key}题：怎样安抚客户？", "max_score": 10, "human_score": score,
         "reference": "首先耐心倾听客户的抱怨，其次真诚道歉，最后给出退款方案。", "answer": f"{text}（{key}）",
         "extra": {"q_id": str(key)}}
        for key in range(10) for name, (text, score) in TEXTS.items()
    ]  # fmt: skip
    path.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in lines), encoding="utf-8")
    return path


def test_a_fit_is_written_shown_and_then_used_by_score_and_batch(gold, tmp_path, monkeypatch):
    file, drafts = tmp_path / "fit.json", tmp_path / "drafts"
    made = ran(monkeypatch, "calibrate", gold, "--judge", "keyword", "--fit", file, "--drafts", drafts)
    assert made.exit_code == 0, made.output
    assert "在另外 5 道题 25 份上检验" in made.stdout
    fit = Fit.model_validate_json(file.read_text("utf-8"))
    assert fit.method != "none"
    assert (fit.binding.judge, fit.source) == ("keyword", "gold.jsonl")

    rubric = next(iter(sorted(drafts.rglob("*.yaml"))))
    answer = tmp_path / "answer.txt"
    answer.write_text(TEXTS["半"][0], encoding="utf-8")
    words = ["score", "-r", rubric, "-a", answer, "--judge", "keyword", "--format", "json"]
    scored = json.loads(ran(monkeypatch, *words, "--calibration", file).stdout)
    plain = json.loads(ran(monkeypatch, *words).stdout)
    assert scored["calibrated"] is not None
    assert plain["calibrated"] is None
    assert scored["score"] == plain["score"]

    sheet, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    line = {"candidate": "c1", "rubric": plain["rubric"], "answer": TEXTS["半"][0]}
    sheet.write_text(json.dumps(line, ensure_ascii=False) + "\n", encoding="utf-8")
    batch = ["batch", sheet, "-r", drafts, "--judge", "keyword", "-o", out]
    assert ran(monkeypatch, *batch).exit_code == 0
    assert json.loads(out.read_text("utf-8").splitlines()[0])["grade"]["calibrated"] is None
    assert ran(monkeypatch, *batch, "--calibration", file).exit_code == 0
    assert json.loads(out.read_text("utf-8").splitlines()[0])["grade"]["calibrated"] == scored["calibrated"]


def test_too_few_answers_to_fit_are_an_error_of_the_user(gold, tmp_path, monkeypatch):
    made = ran(monkeypatch, "calibrate", gold, "--limit", "20", "--judge", "keyword", "--fit", tmp_path / "fit.json")
    assert made.exit_code != 0
    assert "不拟合" in str(made.exception)
    assert not (tmp_path / "fit.json").exists()


def test_advice_follows_the_report_and_is_part_of_its_json(gold, monkeypatch):
    shown = ran(monkeypatch, "calibrate", gold, "--judge", "keyword", "--advice")
    assert shown.stdout.index("qwk") < shown.stdout.index("改什么")
    both = json.loads(ran(monkeypatch, "calibrate", gold, "--judge", "keyword", "--advice", "--json").stdout)
    assert both["calibration"]["schema"] == "evaluator/calibration@1"
    assert both["advice"]["schema"] == "evaluator/advice@1"


def test_a_rewording_needs_levels_of_key_points(gold, monkeypatch):
    made = ran(monkeypatch, "calibrate", gold, "--judge", "keyword", "--suggest")
    assert made.exit_code == 0
    assert "没有可改写的得分点" in made.stdout


def test_without_input_and_without_two_files_it_says_what_to_give(monkeypatch):
    made = ran(monkeypatch, "calibrate")
    assert made.exit_code != 0
    assert "没有说用哪些答案" in str(made.exception)


def test_the_page_holds_what_to_change_and_the_fit_where_they_were_asked_for(gold, tmp_path, monkeypatch):
    words = ["calibrate", gold, "--judge", "keyword"]
    assert ran(monkeypatch, *words, "-o", tmp_path / "plain.html").exit_code == 0
    more = ["--advice", "--fit", tmp_path / "fit.json", "-o", tmp_path / "more.html"]
    assert ran(monkeypatch, *words, *more).exit_code == 0
    plain, page = ((tmp_path / f"{name}.html").read_text("utf-8") for name in ("plain", "more"))
    for key in ("advice", "fit"):
        assert f'id="{key}"' in page
        assert f'id="{key}"' not in plain


def test_a_comparison_is_written_as_a_page_and_as_json(gold, tmp_path, monkeypatch):
    saved = tmp_path / "a.jsonl"
    assert ran(monkeypatch, "calibrate", gold, "--judge", "keyword", "-o", saved).exit_code == 0
    files = [tmp_path / "c.html", tmp_path / "c.json"]
    made = ran(monkeypatch, "calibrate", "--compare", saved, saved, "-o", files[0], "-o", files[1])
    assert made.exit_code == 0, made.output
    assert "两次一样接近人" in files[0].read_text("utf-8")
    assert json.loads(files[1].read_text("utf-8"))["schema"] == "evaluator/comparison@1"


def test_a_comparison_is_written_as_nothing_else_and_that_is_said_before_any_work(tmp_path, monkeypatch):
    made = ran(monkeypatch, "calibrate", "--compare", "no.jsonl", "no.jsonl", "-o", tmp_path / "c.xlsx")
    assert ".json 或 .html" in str(made.exception)
