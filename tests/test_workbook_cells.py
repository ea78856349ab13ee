"""Text on its way into a cell: nothing is lost but what cannot be there."""

import xml.etree.ElementTree as ET
from itertools import pairwise
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluator.models import Evidence
from evaluator.workbook.cells import LONGEST, clean, cut, fitting, highlighted, units

ANY = st.text(st.characters(codec=None), max_size=60)


@given(ANY)
def test_cleaned_text_is_xml_and_utf_8(text):
    cleaned = clean(text)
    read = ET.fromstring(f"<a>{escape(cleaned)}</a>".encode())  # noqa: S314 - what we wrote ourselves
    assert read.text == (cleaned or None)


@given(st.text(st.sampled_from("客户a 😀\n\t，=<&"), max_size=40))
def test_what_is_allowed_stays_as_it_is(text):
    assert clean(text) == text


@pytest.mark.parametrize(("given_text", "kept"), [("a\r\nb\rc", "a\nb\nc"), ("a\x00\x0b\x1fb", "ab"), ("\ud83d", ""),
                                                  ("\ufffe甲\uffff", "甲")])  # fmt: skip
def test_control_characters_and_half_pairs_go(given_text, kept):
    assert clean(given_text) == kept


@given(st.text(st.sampled_from("甲😀a"), max_size=80), st.integers(4, 90))
def test_cutting_keeps_a_beginning_and_no_half_character(text, most):
    kept = cut(text, most, ending="……")
    assert units(kept) <= most
    assert kept == text or (kept.endswith("……") and text.startswith(kept.removesuffix("……")))
    assert kept == text or units(text) > most


@given(st.data())
def test_highlighted_runs_joined_are_the_answer_and_exactly_the_evidence_is_marked(data):
    answer = data.draw(st.text(st.sampled_from("先道歉，再回访😀\n"), min_size=1, max_size=30))

    def spans():
        pairs = data.draw(st.lists(st.tuples(st.integers(0, len(answer) - 1), st.integers(1, 8)), max_size=4))
        cut_off = [(start, min(start + size, len(answer))) for start, size in pairs]
        return [Evidence(start=start, end=end, text=answer[start:end]) for start, end in cut_off]

    points, deductions = spans(), spans()
    runs = highlighted(answer, points, deductions)
    marks = [mark for text, mark in runs for _ in text]
    assert "".join(text for text, _ in runs) == answer
    assert all(text for text, _ in runs)
    assert all(one[1] != other[1] for one, other in pairwise(runs))
    for place, mark in enumerate(marks):
        taken = any(item.start <= place < item.end for item in deductions)
        hit = any(item.start <= place < item.end for item in points)
        assert mark == ("deduction" if taken else "point" if hit else "")


@given(st.integers(0, 40), st.sampled_from("甲😀"))
def test_runs_are_cut_to_what_a_cell_holds(over, char):
    size = LONGEST // units(char) - 20 + over
    runs = fitting([(char * size, ""), ("依据" * 5, "point"), ("\x00", "")], "…")
    assert sum(units(text) for text, _ in runs) <= LONGEST
    assert all(text for text, _ in runs)
    whole = units(char) * size + 10 <= LONGEST
    assert (runs[-1] == ("…", "")) is not whole
