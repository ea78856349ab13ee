"""Files appear whole or not at all, and each format is safe to open."""

import csv
import json
import os

import pytest
from small_run import FORMULA, Run

from evaluator.errors import InputError
from evaluator.workbook import ENDINGS, write
from evaluator.workbook.cells import guarded


class Broken(Run):
    """A run whose store fails half-way through the second pass."""

    passes = 0

    def candidates(self):
        type(self).passes += 1
        yield self.people[0]
        if type(self).passes > 1:
            raise RuntimeError("the store is gone")
        yield from self.people[1:]


def rows_of(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_ending_chooses_the_format_and_nothing_else_is_left_behind(tmp_path, ending):
    path = tmp_path / f"results{ending}"
    written = write(Run(), path)
    assert set(tmp_path.iterdir()) == set(written)
    assert path in written
    assert path.stat().st_size > 500


def test_the_ending_may_be_in_capitals(tmp_path):
    assert write(Run(), tmp_path / "R.JSONL")[0].read_text("utf-8").startswith('{"schema"')


@pytest.mark.parametrize("name", ["results.xls", "results.pdf", "results"])
def test_an_unknown_ending_is_refused_with_those_that_can_be_written(tmp_path, name):
    with pytest.raises(InputError) as caught:
        write(Run(), tmp_path / name)
    assert ".xlsx" in caught.value.text("zh")
    assert "let the name end in" in caught.value.text("en")


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_run_that_breaks_off_leaves_the_old_file_as_it_was(tmp_path, ending):
    path = tmp_path / f"results{ending}"
    path.write_text("old")
    Broken.passes = 0
    run = Broken()
    if ending == ".jsonl":
        Broken.passes = 1
    with pytest.raises(RuntimeError):
        write(run, path)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("lock", ["~$results.xlsx", ".~lock.results.xlsx#"])
def test_a_file_that_is_open_in_a_spreadsheet_program_is_not_replaced(tmp_path, lock):
    path = tmp_path / "results.xlsx"
    path.write_text("old")
    (tmp_path / lock).write_text("")
    with pytest.raises(InputError, match="关闭它再来"):
        write(Run(), path)
    assert path.read_text() == "old"


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(InputError, match="没有文件夹"):
        write(Run(), tmp_path / "nowhere" / "results.csv")


def test_a_folder_in_the_place_of_the_file_is_refused(tmp_path):
    (tmp_path / "results.csv").mkdir()
    with pytest.raises(InputError, match="这是文件夹"):
        write(Run(), tmp_path / "results.csv")


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_disk_that_refuses_is_an_error_that_says_what_to_do(tmp_path, monkeypatch, ending):
    def refuse(self, target):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.replace", refuse)
    with pytest.raises(InputError, match="换个文件名"):
        write(Run(), tmp_path / f"results{ending}")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="the administrator may write anything")
def test_a_read_only_file_is_refused_before_the_work(tmp_path):
    path = tmp_path / "results.csv"
    path.write_text("old")
    path.chmod(0o444)
    with pytest.raises(InputError, match="只读"):
        write(Run(), path)


# --- CSV -------------------------------------------------------------------------------------------------------------


def test_csv_has_a_byte_order_mark_and_the_key_points_beside_it(tmp_path):
    people, points = write(Run(), tmp_path / "results.csv")
    assert people.read_bytes().startswith(b"\xef\xbb\xbf")
    assert points.name == "results-key-points.csv"
    assert [row["编号"] for row in rows_of(people)][:2] == ["0001", "110101199001011234"]
    assert len(rows_of(points)) == 4 * 6 + 5


def test_no_cell_of_a_csv_file_begins_like_a_formula_and_numbers_stay_numbers(tmp_path):
    people, points = write(Run(), tmp_path / "results.csv")
    for path in (people, points):
        for row in rows_of(path):
            for cell in row.values():
                assert cell[:1] not in set("=+@\t\r") or cell.lstrip("-").replace(".", "").isdigit()
    taken = next(row for row in rows_of(points) if row["判定"] == "− 触发")
    assert (taken["分值"], taken["得分"]) == ("-1", "-1")
    answer = next(row["答案"] for row in rows_of(points) if row["答案"].startswith("'=HYPERLINK"))
    assert answer == "'" + FORMULA.replace("\x07", "")


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("=1+1", "'=1+1"), ("+86", "'+86"), ("-按时", "'-按时"), ("@SUM(A1)", "'@SUM(A1)"), ("\t=1", "'\t=1"),
        (" =1", "' =1"), ("＝1", "'＝1"), ("1=1", "1=1"), ("", ""), ("先道歉", "先道歉"), ("5–8", "5–8"),
    ],
)  # fmt: skip
def test_text_that_a_spreadsheet_would_run_gets_an_apostrophe(text, safe):
    assert guarded(text) == safe


# --- JSON lines ------------------------------------------------------------------------------------------------------


def test_every_answer_is_a_line_with_its_whole_grade_and_every_rejected_row_one_too(tmp_path):
    (path,) = write(Run(), tmp_path / "results.jsonl")
    entries = [json.loads(line) for line in path.read_text("utf-8").split("\n")[:-1]]
    results = [entry for entry in entries if entry["schema"] == "evaluator/result@1"]
    assert len(results) == sum(len(person.answers) for person in Run().people)
    assert set(results[0]) == {
        "schema", "run", "candidate", "name", "columns", "question", "answer", "place", "human", "grade", "failure",
    }  # fmt: skip
    assert results[0]["grade"]["schema"] == "evaluator/grade@1"
    assert results[0]["human"][0]["levels"] == {"comfort": "hit", "solve": "partial"}
    assert results[0]["columns"] == {"电话": "013800000000", "部门": "客服"}
    failed = next(entry for entry in results if entry["failure"])
    assert failed["grade"] is None
    assert entries[-1] == {
        "schema": "evaluator/rejected@1", "run": "run-1", "place": "Sheet1!9", "zh": "没有编号", "en": "no candidate id",
    }  # fmt: skip
    assert results[2]["answer"] == FORMULA
