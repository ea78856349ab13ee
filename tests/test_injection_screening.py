"""A screen may call a rule for nothing, but never leave one out that finds something."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_injection import ATTACKS

from evaluator.injection.forgeries import FORGERIES
from evaluator.injection.orders import ORDERS
from evaluator.injection.rules import letters
from evaluator.injection.screening import Screen, needed_words

LAWS = settings(max_examples=100, deadline=None)
RULES = (*ORDERS, *FORGERIES)
SCREEN = Screen(RULES)
PIECES = sorted({piece for rule in RULES for piece in re.findall(r"[\u4e00-\u9fff]+|[a-z]{2,}", rule.pattern.pattern)})


def needed(pattern, flags=0):
    return needed_words(pattern, flags | re.VERBOSE)


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("满分", {"满分"}),
        ("给?满分", {"给满分", "满分"}),
        ("(?:请|你)*给(?:满|高)分", {"给满分", "给高分"}),
        ("满分|最高分", {"满分", "最高分"}),
        ("[给打].{0,3}满分", {"满分"}),
        ("(?:评)+标准", {"标准"}),
        ("(?:判分){1,3}", {"判分"}),
        (r"hit(?!\s*rate)", {"hit"}),
        ("终(?=得分)", {"得分"}),
        (".(?<=满)分", {"满"}),
        ("(?P<full>满分).(?P=full)", {"满分"}),
        ("aa(?:bb|cc)dd", {"aabbdd", "aaccdd"}),
        (r"\d+|满分", {""}),
        ("[^满]分?", {""}),
        ("(?i:hit)", {""}),
        ("", {""}),
    ],
)
def test_the_words_that_a_pattern_cannot_match_without_are_read_off_it(pattern, words):
    assert needed(pattern) == words


def test_a_long_word_is_needed_as_far_as_it_is_seldom():
    assert needed("忽略以上所有指令") == {"忽略以"}


def test_nothing_is_said_of_a_pattern_that_does_not_mind_case():
    assert needed("hit", re.IGNORECASE) == {""}


def test_only_the_rules_whose_words_stand_in_a_text_are_called_in_their_order():
    rules = [letters("one", "满分"), letters("two", r"\d"), letters("three", "满分|命中"), letters("four", "满分制")]
    called = [rule.name for rule in Screen(rules).calling("这题得满分吧")]
    assert called == ["one", "two", "three", "four"]
    assert [rule.name for rule in Screen(rules).calling("全部命中")] == ["two", "three"]
    assert [rule.name for rule in Screen(rules).calling("")] == ["two"]


def test_every_rule_has_words_that_an_honest_answer_seldom_holds():
    assert [rule.name for rule in RULES if needed_words(rule.wording) & {"", "的", "是", "我"}] == []


@LAWS
@given(
    st.lists(st.sampled_from([*PIECES, *ATTACKS, " ", "\n", "，", ":", "=", '"', "1", "10"]), max_size=14).map("".join)
)
def test_a_rule_that_is_not_called_finds_nothing(text):
    called = SCREEN.calling(text)
    assert [rule.name for rule in RULES if rule not in called and rule.pattern.search(text)] == []


@pytest.mark.parametrize("attack", ATTACKS)
def test_every_rule_that_finds_a_known_attempt_is_called(attack):
    called = SCREEN.calling(attack)
    assert [rule.name for rule in RULES if rule not in called and rule.pattern.search(attack)] == []
