"""`evaluator calibrate` as a rubric owner uses it: scored answers in, a report out, the same command again."""

import json
import os
import re
import signal
import sys
import unicodedata

import pytest
import xlsxwriter
from loopback_model import completion, serving
from typer.testing import CliRunner

from evaluator.cli.main import app
from evaluator.rubrics import load_folder

REFERENCE = "首先耐心倾听客户的抱怨，其次真诚道歉，最后给出退款方案。"
GOOD = "我会耐心倾听客户的抱怨，真诚道歉，再给出退款方案。"


@pytest.fixture
def calibrate(monkeypatch):
    def run(*arguments, judge="keyword"):
        words = ["calibrate", *map(str, arguments), "--judge", judge]
        monkeypatch.setattr(sys, "argv", ["evaluator", *words])
        return CliRunner().invoke(app, words)

    return run


@pytest.fixture
def gold(tmp_path):
    """Three questions of two answers each, scored by two people."""
    path = tmp_path / "gold.jsonl"
    lines = [
        {"id": f"q{key}-{turn}", "question": f"第{key}题：怎样安抚客户？", "reference": REFERENCE, "max_score": 10,
         "answer": text, "human_score": score,
         "extra": {"q_id": str(key), "score_1": score, "score_2": min(score + 1, 10)}}
        for key in (1, 2, 3) for turn, (text, score) in enumerate([(GOOD, 9), (f"让他等着，第{key}次再说。", 1)])
    ]  # fmt: skip
    path.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in lines), encoding="utf-8")
    return path


@pytest.fixture
def sheet(tmp_path):
    """Two questions, human scores of the first only, one candidate without."""
    ids = ("csm-01-major-complaint", "csm-02-performance-drop")
    rubrics = {one.id: one for one in load_folder()}
    first, second = (rubrics[key].question for key in ids)
    path = tmp_path / "scored.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        page = book.add_worksheet("答卷")
        page.write_row(0, 0, ["考号", f"1、{first}", "第1题 得分", f"2、{second}"])
        page.write_row(1, 0, ["01", "我上门道歉，法务核定赔偿。", 4, "我没有定期看数据。"])
        page.write_row(2, 0, ["02", "不知道。", 0, "不记得了。"])
        page.write_row(3, 0, ["03", "我先查原因。", "", "我反思了。"])
    return path


def report(path):
    return json.loads(path.read_text(encoding="utf-8"))


def timeless(path):
    """The file without the part that says when and how it was made, byte for byte."""
    return re.sub(r'\n  "made": \{.*?\n  \}', "", path.read_text(encoding="utf-8"), flags=re.DOTALL)


def columns(line):
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in line)


# --- what goes in ---


def test_the_shipped_samples_are_measured_with_one_word(calibrate, tmp_path):
    done = calibrate("samples", "--limit", 40, "-o", tmp_path / "r.json")
    assert done.exit_code == 0, done.output
    found = report(tmp_path / "r.json")
    assert (found["schema"], found["source"]) == ("evaluator/calibration@1", "samples (test)")
    assert (found["answers"], found["scored"], found["judge"]) == (40, 40, "keyword")
    assert found["questions"] > 5
    assert found["key_points"]["n"] > 100
    assert [one["name"] for one in found["baselines"]] == ["constant", "all_hit", "all_missed", "length"]


def test_a_public_set_is_measured_with_rubrics_drafted_on_the_fly(calibrate, gold, tmp_path):
    done = calibrate(gold, "-o", tmp_path / "r.json")
    assert done.exit_code == 0, done.output
    found = report(tmp_path / "r.json")
    assert (found["answers"], found["questions"], found["raters"]) == (6, 3, ["score_1", "score_2"])
    assert found["ceiling"]["scores"]["mae"]["value"] == pytest.approx(0.1)
    assert found["scores"]["spearman"]["value"] > 0.9
    assert len(found["by_rater"]) == 2


def test_of_a_spreadsheet_only_what_people_scored_counts(calibrate, sheet, tmp_path):
    done = calibrate(sheet, "-o", tmp_path / "r.json")
    assert done.exit_code == 0, done.output
    found = report(tmp_path / "r.json")
    assert (found["answers"], list(found["rubrics"])) == (2, ["csm-01-major-complaint"])


def test_a_row_for_each_rater_gives_the_ceiling(calibrate, tmp_path):
    path = tmp_path / "marked.csv"
    answers = [("我上门道歉，法务核定赔偿。", 4, 3), ("不知道。", 0, 0), ("我先查原因，再上门道歉。", 3, 2)]
    path.write_text(
        "考号,题号,作答,阅卷人,得分\n"
        + "".join(f"{who},csm-01,{text},甲,{first}\n" for who, (text, first, _) in enumerate(answers))
        + "".join(f"{who},csm-01,,乙,{second}\n" for who, (_, _, second) in enumerate(answers)),
        encoding="utf-8-sig",
    )
    done = calibrate(path, "--limit", 3, "-o", tmp_path / "r.json")
    assert done.exit_code == 0, done.output
    found = report(tmp_path / "r.json")
    assert (found["answers"], found["raters"]) == (3, ["甲", "乙"])
    full = next(one.max_score for one in load_folder() if one.id == "csm-01-major-complaint")
    assert found["ceiling"]["scores"]["mae"]["value"] == pytest.approx(2 / 3 / full)


def test_without_human_scores_there_is_nothing_to_compare_with(calibrate, tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text('{"candidate": "1", "rubric": "csm-01-major-complaint", "answer": "道歉"}\n', encoding="utf-8")
    done = calibrate(path)
    assert "没有人工分" in str(done.exception)


def test_a_limit_takes_answers_of_as_many_questions_as_there_are(calibrate, gold, tmp_path):
    assert calibrate(gold, "--limit", 3, "-o", tmp_path / "r.json").exit_code == 0
    found = report(tmp_path / "r.json")
    assert (found["answers"], found["questions"]) == (3, 3)


def test_drafts_that_a_person_mended_take_the_place_of_the_drafted_ones(calibrate, gold, tmp_path):
    drafts = tmp_path / "drafts"
    before, after = tmp_path / "before.json", tmp_path / "after.json"
    assert calibrate(gold, "--drafts", drafts, "-o", before).exit_code == 0
    assert [one.name for one in sorted(drafts.glob("*.yaml"))] == ["1.yaml", "2.yaml", "3.yaml"]
    text = (drafts / "2.yaml").read_text(encoding="utf-8")
    mended = text.replace("真诚道歉", "向客户道歉")
    (drafts / "2.yaml").write_text(mended, encoding="utf-8")
    assert calibrate(gold, "-r", drafts, "--drafts", drafts, "-o", after).exit_code == 0
    changed = {key for key, value in report(before)["rubrics"].items() if report(after)["rubrics"][key] != value}
    assert changed == {"2"}
    assert (drafts / "2.yaml").read_text(encoding="utf-8") == mended


def test_a_rubric_with_other_full_marks_is_refused(calibrate, gold, tmp_path):
    drafts = tmp_path / "drafts"
    assert calibrate(gold, "--drafts", drafts).exit_code == 0
    path = drafts / "1.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(re.sub(r"(points|max_score): ([\d.]+)", _doubled, text), encoding="utf-8")
    assert "满分是 20" in str(calibrate(gold, "-r", drafts).exception)


def _doubled(found):
    return f"{found[1]}: {float(found[2]) * 2:g}"


# --- the same again ---


def test_two_runs_on_the_same_input_give_the_same_report_byte_for_byte(calibrate, gold, tmp_path):
    files = [tmp_path / f"{n}.json" for n in range(3)]
    for path, more in zip(files, ([], [], ["--fresh"]), strict=True):
        assert calibrate(gold, "-o", path, *more).exit_code == 0
    first, second, fresh = map(timeless, files)
    assert '"made"' not in first
    assert first == second == fresh


def test_a_finished_run_reports_at_once_and_judges_nothing_anew(calibrate, gold, tmp_path):
    with serving() as (address, requests):
        flags = ("--base-url", address, "--model", "m", "--yes", "--ask", "one_call", "--progress", "none")
        assert calibrate(gold, *flags, "-o", tmp_path / "1.json", judge="llm").exit_code == 0
        asked = len(requests)
        again = calibrate(gold, *flags, "-o", tmp_path / "2.json", judge="llm")
        assert asked >= 4
        assert len(requests) == asked
    assert again.exit_code == 0
    assert "都已评过" in again.stderr
    assert timeless(tmp_path / "1.json") == timeless(tmp_path / "2.json")


def test_another_judge_is_another_run_and_both_are_kept(calibrate, gold, tmp_path, own_folders):
    with serving() as (address, requests):
        flags = ("--base-url", address, "--model", "m", "--yes", "--ask", "one_call", "--progress", "none")
        assert calibrate(gold, *flags, judge="llm").exit_code == 0
        assert calibrate(gold).exit_code == 0
        asked = len(requests)
        assert calibrate(gold, *flags, judge="llm").exit_code == 0
        assert len(requests) == asked
    assert len(list((own_folders / "calibrations").glob("*.sqlite3"))) == 2


def test_a_run_that_stopped_reports_what_it_has_and_goes_on_where_it_was(calibrate, gold, tmp_path):
    gone = []

    def flaky(body):
        gone.append(body)
        return (401, {"error": {"message": "no"}}) if 3 < len(gone) < 100 else completion(body)

    with serving(flaky) as (address, _):
        flags = ("--base-url", address, "--model", "m", "--yes", "--ask", "one_call", "-j", 1, "--progress", "none")
        first = calibrate(gold, *flags, "-o", tmp_path / "1.json", judge="llm")
        assert first.exit_code in {3, 4}
        told = [line for line in first.stderr.splitlines() if "没有评出" in line or "没有评成" in line]
        assert len(told) == 1, first.stderr
        before = report(tmp_path / "1.json")
        assert 0 < before["scored"] < 6
        assert before["pending"] + before["failed"] + before["incomplete"] + before["scored"] == 6
        assert f"{6 - before['scored']} 份没有评" in told[0]
        gone.extend([{}] * 100)
        assert calibrate(gold, *flags, "--retry-errors", "-o", tmp_path / "2.json", judge="llm").exit_code == 0
        assert len(gone) - 100 <= 3 + 6 + 6
    assert report(tmp_path / "2.json")["scored"] == 6


def test_control_c_waits_for_what_is_in_flight_reports_it_and_the_next_run_goes_on(calibrate, gold, tmp_path):
    asked = []

    def interrupting(body):
        asked.append(body)
        if len(asked) == 2:
            os.kill(os.getpid(), signal.SIGINT)
        return completion(body)

    with serving(interrupting) as (address, _):
        flags = ("--base-url", address, "--model", "m", "--yes", "--ask", "one_call", "-j", 1, "--progress", "none")
        first = calibrate(gold, *flags, "-o", tmp_path / "1.json", judge="llm")
        assert first.exit_code == 130, first.output
        before = report(tmp_path / "1.json")
        assert 0 < before["scored"] < 6
        assert before["pending"] == 6 - before["scored"]
        assert calibrate(gold, *flags, "-o", tmp_path / "2.json", judge="llm").exit_code == 0
    assert report(tmp_path / "2.json")["pending"] == 0
    assert "没有评" not in first.stderr  # who interrupts knows why
    assert len(asked) == 6


# --- confidence ---


def test_probabilities_of_a_model_become_a_table_a_curve_and_a_share_to_review(calibrate, gold, tmp_path):
    with serving() as (address, _):
        flags = ("--base-url", address, "--model", "m", "--yes", "--ask", "per_point", "--progress", "none")
        done = calibrate(gold, *flags, "--target-mae", 0.9, "-o", tmp_path / "r.json", judge="llm")
    assert done.exit_code == 0, done.output
    found = report(tmp_path / "r.json")
    assert found["confidence"]["of"] == "answers"
    assert found["confidence"]["answers"] == found["scored"] == 6
    assert sum(one["n"] for one in found["confidence"]["bins"]) == 6
    assert found["confidence"]["curve"][-1]["coverage"] == 1
    assert found["confidence"]["review"]["share"] == 0
    assert found["parameters"]["ask"] == "per_point"
    assert [one["name"] for one in found["baselines"]][-1] == "keyword"
    assert "把握" in done.stdout


# --- noise ---


def test_repeats_ask_the_model_again_and_look_nothing_up(calibrate, gold, tmp_path):
    moods = []

    def moody(body):
        found = completion(body)
        moods.append(body)
        if len(moods) > 6:  # the second time round
            text = found["choices"][0]["message"]["content"].replace('"hit"', '"missed"').replace("[1]", "[]")
            found["choices"][0]["message"]["content"] = text
        return found

    with serving(moody) as (address, requests):
        flags = ("--base-url", address, "--model", "m", "--yes", "--ask", "one_call", "-j", 1, "--progress", "none")
        done = calibrate(gold, *flags, "--repeat", 2, "-o", tmp_path / "r.json", judge="llm")
        asked = len(requests)
        assert calibrate(gold, *flags, "--repeat", 2, judge="llm").exit_code == 0
        assert len(requests) == asked
    assert done.exit_code == 0, done.output
    noise = report(tmp_path / "r.json")["noise"]
    assert (noise["runs"], noise["answers"], noise["deterministic"]) == (2, 6, False)
    assert noise["changed_answers"]["value"] > 0
    assert "波动" in done.stdout


def test_a_judge_that_cannot_differ_is_said_to_be_so(calibrate, gold, tmp_path):
    done = calibrate(gold, "--repeat", 2, "-o", tmp_path / "r.json")
    assert "每次结果都一样" in done.stderr
    noise = report(tmp_path / "r.json")["noise"]
    assert (noise["deterministic"], noise["changed_answers"]["value"]) == (True, 0)


# --- what comes out ---


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_one_screen_holds_it_all(calibrate, gold, lang):
    done = calibrate(gold, "--repeat", 2, "--lang", lang)
    lines = done.stdout.splitlines()
    assert len(lines) <= 40
    assert max(map(columns, lines)) <= 100
    assert ("人与人" if lang == "zh" else "people") in done.stdout


def test_every_figure_is_explained_on_request(calibrate, gold):
    done = calibrate(gold, "--explain", "--lang", "en")
    assert "1 is full agreement, 0 is chance" in done.stdout


def test_json_goes_to_stdout_alone(calibrate, gold):
    assert json.loads(calibrate(gold, "--json").stdout)["schema"] == "evaluator/calibration@1"


def test_an_html_report_is_a_page_about_these_answers(calibrate, gold, tmp_path):
    assert calibrate(gold, "-o", tmp_path / "r.html").exit_code == 0
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>")
    assert f"校准报告 {gold.name}" in page


def test_a_report_of_another_kind_or_over_the_input_is_refused(calibrate, gold, tmp_path):
    assert ".json" in str(calibrate(gold, "-o", tmp_path / "r.xlsx").exception)
    assert "输入" in str(calibrate(gold, "-o", gold).exception)


# --- the gate ---


@pytest.mark.parametrize(("demand", "code"), [("spearman=0.5,coverage=1", 0), ("spearman=0.5,bias=0.001", 1)])
def test_the_gate_decides_the_exit_code(calibrate, gold, demand, code):
    done = calibrate(gold, "--fail-under", demand)
    assert done.exit_code == code
    assert ("要求 bias ≤ 0.001" in done.stderr) is bool(code)


def test_a_figure_that_does_not_exist_is_refused_before_any_work(calibrate, gold):
    done = calibrate(gold, "--fail-under", "qwkk=0.7")
    assert "kp_qwk" in str(done.exception)
    assert done.stderr == ""
