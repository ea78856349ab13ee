"""Cases on disk, and the command that compares two of them."""

import json

import pytest
from scored_cases import VAGUE, but, rubric, world
from typer.testing import CliRunner

from evaluator.batch.items import Done
from evaluator.batch.journal import Journal
from evaluator.calibration.advice import advice
from evaluator.calibration.comparing import Comparison, compare
from evaluator.calibration.saved import as_lines, load_cases
from evaluator.cli.calibrate_advice import advice_text
from evaluator.cli.calibrate_compare import screen
from evaluator.cli.main import app
from evaluator.errors import InputError
from evaluator.models import Answer, Submission

CASES = world([rubric(0), rubric(1)])
VAGUER = world([rubric(number, {"listen": VAGUE}) for number in range(2)])


@pytest.fixture
def saved(tmp_path):
    for name, found in (("before", CASES), ("after", VAGUER)):
        (tmp_path / f"{name}.jsonl").write_text(as_lines(found), encoding="utf-8")
    return tmp_path


def test_cases_are_read_back_as_they_were_written(saved):
    assert list(load_cases(saved / "before.jsonl")) == CASES
    lines = (saved / "before.jsonl").read_text("utf-8").splitlines()
    assert json.loads(lines[0])["schema"] == "evaluator/cases@1"
    assert len(lines) == 1 + len(CASES)


def test_characters_that_end_lines_or_are_half_of_one_survive(tmp_path):
    odd = [but(CASES[0], answer="一\u2028二\x85三\ud800", grade=None)]
    path = tmp_path / "odd.jsonl"
    path.write_text(as_lines(odd), encoding="utf-8")
    assert list(load_cases(path)) == odd


def test_a_journal_gives_its_scored_answers(tmp_path):
    path = tmp_path / "run.sqlite3"
    one = CASES[3]
    with Journal(path) as journal:
        answers = (Answer(rubric=one.group, text=one.answer, human=one.human),)
        journal.take_in([Submission(candidate=one.candidate, answers=answers)])
        journal.work_with([one.rubric], {one.group: "key"})
        (item,) = journal.pending()
        journal.put([Done(item.id, one.grade, judged_by="key")])
    assert list(load_cases(path)) == [one]


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"schema": "evaluator/calibration@1"}', "not json", '{"schema": "evaluator/cases@1", "rubrics": []}\n{"rubric": "x"}'])  # fmt: skip
def test_other_files_are_refused_by_name(tmp_path, text):
    path = tmp_path / "other.jsonl"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"other\.jsonl"):
        load_cases(path)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(InputError, match="没有这个文件"):
        load_cases(tmp_path / "gone.sqlite3")
    assert not (tmp_path / "gone.sqlite3").exists()


def test_the_command_compares_two_files_and_judges_nothing(saved):
    files = [str(saved / "before.jsonl"), str(saved / "after.jsonl")]
    ran = CliRunner().invoke(app, ["calibrate", "--compare", *files])
    assert ran.exit_code == 0
    assert "A 较好" in ran.stdout
    assert "before" in ran.stdout
    out = str(saved / "difference.json")
    as_json = CliRunner().invoke(app, ["calibrate", "--compare", *files, "--json", "-o", out])
    made = Comparison.model_validate_json(as_json.stdout)
    assert Comparison.model_validate_json((saved / "difference.json").read_text("utf-8")) == made
    assert made.first.name == "before"
    assert made.farther > 0


@pytest.mark.parametrize(("lang", "words"), [("zh", "升分最多"), ("en", "raised most")])
def test_a_comparison_on_the_screen_fits_a_terminal(lang, words):
    shown = screen(compare(CASES, VAGUER, resamples=20), lang)
    assert words in shown
    assert max(map(len, shown.splitlines())) <= 110
    assert len(shown.splitlines()) <= 40


@pytest.mark.parametrize(("lang", "words"), [("zh", "评分器多半偏宽"), ("en", "mostly too kind")])
def test_advice_on_the_screen_leads_with_the_worst_and_steers_no_terminal(lang, words):
    steering = [but(one, answer=f"{one.answer}\x1b[2J") for one in VAGUER]
    shown = advice_text(advice(steering), lang)
    assert words in shown
    assert VAGUE in shown
    assert "\x1b" not in shown


def test_where_nothing_is_to_be_changed_it_is_said():
    assert "没有发现" in advice_text(advice(CASES), "zh")
