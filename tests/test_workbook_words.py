"""Whatever a workbook or a page says exists in Chinese and English."""

import re
from pathlib import Path

import pytest

import evaluator
from evaluator.models import QuestionKind
from evaluator.report.labels import LABELS
from evaluator.workbook.words import KINDS, READING, STATES, WORDS, say, state

ROOM = Path(evaluator.__file__).parent / "workbook"
SOURCES = [*ROOM.glob("*.py"), *ROOM.glob("templates/*.j2")]


@pytest.mark.parametrize("table", [WORDS, STATES, KINDS, dict(enumerate(READING))])
def test_both_languages_are_there_and_are_what_they_say(table):
    for key, words in table.items():
        assert re.search(r"[\u4e00-\u9fff]", words.zh), key
        assert words.en, key
        assert not re.search(r"[\u4e00-\u9fff]", words.en), key


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_every_word_that_is_asked_for_exists(source):
    text = source.read_text("utf-8")
    assert set(re.findall(r"""\bsay\(\s*["'](\w+)["']""", text)) <= set(WORDS)
    assert set(re.findall(r"""\blabel\(\s*["'](\w+)["']""", text)) <= set(LABELS)


def test_every_kind_of_question_has_a_name():
    assert set(KINDS) == set(QuestionKind)


def test_heads_of_columns_that_are_read_back_are_unlike():
    heads = [WORDS[key] for key in ("candidate", "rubric", "key_point", "key_point_id", "decision", "decision_reason",
                                    "verdict", "reason", "name", "answer", "place")]  # fmt: skip
    for lang in (0, 1):
        assert len({words[lang] for words in heads}) == len(heads)


def test_an_unknown_state_is_shown_as_it_is():
    assert state("paused", "zh") == "paused"
    assert (state("stopped", "zh"), say("pending", "en-GB")) == ("已停止", "waiting")
