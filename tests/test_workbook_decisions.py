"""What people fill into the workbook comes back as decisions."""

import re
import zipfile

import pytest
import xlsxwriter
from small_run import Run

from evaluator.errors import InputError
from evaluator.models import Level
from evaluator.workbook import Decision, read_decisions, run_of, write

HEADS = ["编号", "细则", "得分点 id", "人工判定", "人工理由"]


def filled(tmp_path, rows, heads=HEADS, sheet="明细"):
    path = tmp_path / "filled.xlsx"
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet(sheet)
        page.write_row(0, 0, heads)
        for place, row in enumerate(rows, 1):
            page.write_row(place, 0, row)
    return path


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_workbook_that_nobody_filled_in_holds_no_decisions(tmp_path, lang):
    path = tmp_path / "results.xlsx"
    write(Run(), path, lang=lang)
    assert read_decisions(path) == ()
    assert run_of(path) == "run-1"


def test_a_workbook_that_does_not_name_its_run_says_so(tmp_path):
    assert run_of(filled(tmp_path, [])) == ""


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_is_filled_into_our_own_workbook_is_read_back(tmp_path, lang):
    path, again = tmp_path / "results.xlsx", tmp_path / "again.xlsx"
    write(Run(), path, lang=lang)
    said = {"zh": "未命中", "en": "missed"}[lang]
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(again, "w") as target:
        for name in source.namelist():
            text = source.read(name).decode()
            if name == "xl/worksheets/sheet2.xml":
                for cell, words in (("M4", said), ("N4", "没写怎样回访")):
                    inline = rf'<c r="{cell}"\1 t="inlineStr"><is><t>{words}</t></is></c>'
                    text, changed = re.subn(rf'<c r="{cell}"([^>]*)/>', inline, text)
                    assert changed == 1
            target.writestr(name, text)
    (decision,) = read_decisions(again)
    assert decision == Decision("0001", "complaint", "return-visit", Level.MISSED, "没写怎样回访", 4)


def test_decisions_come_with_their_ids_reason_and_row(tmp_path):
    path = filled(tmp_path, [
        ["0001", "complaint", "comfort", "命中", "说了倾听"], ["0001", "complaint", "solve", "", ""],
        ["0002", "complaint", "blame", "未命中", ""],
    ])  # fmt: skip
    assert read_decisions(path) == (
        Decision("0001", "complaint", "comfort", Level.HIT, "说了倾听", 2),
        Decision("0002", "complaint", "blame", Level.MISSED, "", 4),
    )


@pytest.mark.parametrize(
    ("said", "level"),
    [
        ("命中", Level.HIT), (" 部分 ", Level.PARTIAL), ("未命中", Level.MISSED), ("hit", Level.HIT),
        ("PARTIAL", Level.PARTIAL), ("Missed", Level.MISSED), ("✓", Level.HIT), ("◐ 部分", Level.PARTIAL),
        ("✗ missed", Level.MISSED),
    ],
)  # fmt: skip
def test_levels_are_understood_in_both_languages_and_as_symbols(tmp_path, said, level):
    (decision,) = read_decisions(filled(tmp_path, [["1", "complaint", "comfort", said, ""]]))
    assert decision.level is level


def test_columns_may_be_moved_and_an_id_that_became_a_number_is_text_again(tmp_path):
    heads = ["人工理由", "人工判定", "得分点 id", "备注", "细则", "编号"]
    (decision,) = read_decisions(filled(tmp_path, [["因为", "部分", "comfort", "x", "complaint", 17]], heads))
    assert (decision.candidate, decision.level, decision.reason) == ("17", Level.PARTIAL, "因为")


def test_an_english_sheet_is_read_as_well(tmp_path):
    heads = ["Candidate", "Rubric", "Key point id", "Human verdict", "Human reason"]
    (decision,) = read_decisions(filled(tmp_path, [["1", "complaint", "comfort", "hit", "yes"]], heads, "Key points"))
    assert decision == Decision("1", "complaint", "comfort", Level.HIT, "yes", 2)


def test_every_row_that_cannot_be_understood_is_named_at_once(tmp_path):
    path = filled(tmp_path, [
        ["1", "complaint", "comfort", "还行", ""], ["1", "complaint", "solve", "命中", ""],
        ["1", "complaint", "return-visit", "", "只有理由"], ["", "complaint", "blame", "部分", ""],
    ])  # fmt: skip
    with pytest.raises(InputError) as caught:
        read_decisions(path)
    assert [problem.line for problem in caught.value.problems] == [2, 4, 5]
    assert "还行" in caught.value.text("zh")
    assert "write hit, partial or missed" in caught.value.text("en")


@pytest.mark.parametrize(
    ("heads", "sheet", "told"),
    [(HEADS, "Sheet1", "没有「明细」"), (HEADS[:3], "明细", "人工判定、人工理由")],
)
def test_another_workbook_is_refused_with_what_it_lacks(tmp_path, heads, sheet, told):
    with pytest.raises(InputError, match=told):
        read_decisions(filled(tmp_path, [], heads, sheet))


@pytest.mark.parametrize("content", [b"", b"no workbook", None])
def test_a_file_that_is_no_workbook_is_refused(tmp_path, content):
    path = tmp_path / "other.xlsx"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match="读不了这个工作簿"):
        read_decisions(path)
