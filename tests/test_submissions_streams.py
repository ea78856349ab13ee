"""Streams: a file of any length is read in the same memory."""

import itertools
import json
import sys
import tracemalloc

import pytest
from soaking import often
from submission_files import COMPLAINT, RUBRICS, TEAM

from evaluator.models import Rejected, Submission
from evaluator.submissions import open_submissions


def write_jsonl(path, rows):
    with path.open("w", encoding="utf-8") as file:
        for number in range(rows):
            record = {"candidate": f"k{number:07}", "rubric": COMPLAINT.id, "answer": f"先道歉再换货 {number}"}
            file.write(json.dumps(record, ensure_ascii=False) + "\n")
    return path


def write_csv(path, rows):
    with path.open("w", encoding="utf-8") as file:
        file.write("考号,第1题,第2题,部门\n")
        file.writelines(f'k{number:07},"先道歉，\n再换货 {number}",分工明确,客服\n' for number in range(rows))
    return path


@pytest.mark.parametrize(("write", "name"), [(write_jsonl, "a.jsonl"), (write_csv, "a.csv")])
def test_rows_that_were_read_leave_nothing_behind_in_memory(tmp_path, write, name):
    half = often(20_000, 200_000)
    source = iter(open_submissions(write(tmp_path / name, 2 * half), RUBRICS))
    first = sum(isinstance(one, Submission) for one in itertools.islice(source, half))
    early = sys.getallocatedblocks()
    second = sum(isinstance(one, Submission) for one in source)
    assert (first, second) == (half, half)
    assert sys.getallocatedblocks() - early < 3_000


@pytest.mark.parametrize("name", ["a.jsonl", "a.csv"])
def test_a_large_file_is_never_in_memory_as_a_whole(tmp_path, name):
    path = tmp_path / name
    with path.open("w", encoding="utf-8") as file:
        file.write("考号,第1题\n" if name.endswith("csv") else "")
        for number in range(4_000):
            record = {"candidate": f"k{number}", "rubric": COMPLAINT.id, "answer": f"{number}" * 2_000}
            file.write(f"k{number},{record['answer']}\n" if name.endswith("csv") else json.dumps(record) + "\n")
    tracemalloc.start()
    try:
        assert sum(isinstance(one, Submission) for one in open_submissions(path, RUBRICS)) == 4_000
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < path.stat().st_size / 3


def test_a_source_may_be_iterated_again_and_gives_the_same_notes(tmp_path):
    path = tmp_path / "a.jsonl"
    lines = [json.dumps({"candidate": "1", "rubric": TEAM.id, "answer": "x"})] * 3 + ["{"]
    path.write_text("\n".join(lines), "utf-8")
    source = open_submissions(path, RUBRICS)
    first, notes = list(source), source.notes
    assert list(source) == first
    assert source.notes == notes
    assert len(notes) == 1
    assert [type(one) for one in first] == [Submission] * 3 + [Rejected]
