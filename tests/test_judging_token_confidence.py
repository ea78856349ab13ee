"""How sure a model was of a verdict word, however its tokeniser cuts the word."""

import json
from math import log

import pytest

from evaluator.judging.token_confidence import verdict_confidences
from evaluator.testing import reply


def tokens(*pieces):
    """Tokens as they were written; a tuple is (token, {alternative: probability})."""
    found = []
    for piece in pieces:
        token, shares = piece if isinstance(piece, tuple) else (piece, {piece: 1.0})
        found.append({token: log(shares[token])} | {one: log(share) for one, share in shares.items()})
    return found


def confidences(*pieces, ids=("a",)):
    text = "".join(piece[0] if isinstance(piece, tuple) else piece for piece in pieces)
    return verdict_confidences(reply(json.loads(text), alternatives=tokens(*pieces)), ids)


@pytest.mark.parametrize(
    "end",
    [
        pytest.param(['"verdict": "', ("hit", {"hit": 0.6, "partial": 0.3, "missed": 0.1}), '"}}'], id="hit"),
        pytest.param(['"verdict":', (' "hit', {' "hit': 0.6, ' "partial': 0.3, ' "missed': 0.1}), '"}}'], id=' "hit'),
        pytest.param(['"verdict": ', ('"hit', {'"hit': 0.6, '"partial': 0.3, '"missed': 0.1}), '"}}'], id='"hit'),
        pytest.param(['"verdict": "', ("h", {"h": 0.6, "p": 0.3, "m": 0.1}), "it", '"}}'], id="h+it"),
        pytest.param(['"verdict": "', ("hi", {"hi": 0.6, "part": 0.3, "miss": 0.1}), "t", '"}}'], id="hi+t"),
        pytest.param(['"verdict": ', ('"h', {'"h': 0.6, '"p': 0.3, '"m': 0.1}), 'it"}}'], id='"h+it'),
        pytest.param(['"verdict": "', ('hit"', {'hit"': 0.6, 'partial"': 0.3, 'missed"': 0.1}), "}}"], id='hit"'),
        pytest.param(['"verdict": "', ('hit"}}', {'hit"}}': 0.6, "partial": 0.3, "missed": 0.1})], id='hit"}}'),
        pytest.param(['"verdict"', (':"hit', {':"hit': 0.6, ':"partial': 0.3, ':"missed': 0.1}), '"}}'], id=':"hit'),
        pytest.param(
            ['"verdict": "', ("hit", {"hit": 0.5, " hit": 0.1, "partial": 0.2, " partial": 0.1, "missed": 0.1}), '"}}'],
            id="the same word with a blank",
        ),
    ],
)
def test_the_share_of_the_word_among_the_three_is_read_from_its_first_token(end):
    found = confidences('{"a": {', '"reason": "好", ', '"evidence": [1], ', *end)
    assert found == {"a": pytest.approx(0.6)}


def test_other_alternatives_do_not_count():
    found = confidences('{"a": {"verdict": "', ("missed", {"missed": 0.4, "hit": 0.1, "unclear": 0.3, "": 0.2}), '"}}')
    assert found == {"a": pytest.approx(0.8)}


def test_each_requirement_has_its_own_word():
    found = confidences(
        '{"about_question": true, "a": {"reason": "x", "evidence": [], "verdict": "',
        ("missed", {"missed": 0.9, "hit": 0.1}),
        '"}, "a-2": {"reason": "y", "evidence": [2], "verdict": "',
        ("partial", {"partial": 0.5, "hit": 0.5}),
        '"}}',
        ids=("a", "a-2", "b"),
    )
    assert found == {"a": pytest.approx(0.9), "a-2": pytest.approx(0.5)}


def test_a_reason_that_talks_of_verdicts_does_not_mislead():
    found = confidences(
        r'{"a": {"reason": "写了 \"a\": {\"verdict\": \"hit\"}", "verdict": "',
        ("missed", {"missed": 0.7, "hit": 0.3}),
        '"}}',
    )
    assert found == {"a": pytest.approx(0.7)}


def test_without_log_probabilities_nobody_is_sure():
    assert verdict_confidences(reply({"a": {"verdict": "hit"}}), ["a"]) == {}


def test_a_word_that_is_none_of_the_three_has_no_confidence():
    assert confidences('{"a": {"verdict": "', ("maybe", {"maybe": 0.9, "hit": 0.1}), '"}}') == {}


def test_where_only_the_token_itself_is_told_its_own_probability_counts():
    assert confidences('{"a": {"verdict": "', ("hit", {"hit": 0.7}), '"}}') == {"a": pytest.approx(0.7)}
