"""Whatever code a grade can carry has words for a person, in Chinese and in English."""

import ast
import re
from pathlib import Path

import pytest

import evaluator
from evaluator import errors
from evaluator.client import CAUSES as CALL_CAUSES
from evaluator.evidence import EVIDENCE_IS_INSTRUCTION, NO_EVIDENCE, UNVERIFIED_EVIDENCE
from evaluator.judging.reading import _CAUSES as MISTAKES
from evaluator.messages import FLAGS, LEVELS, REVIEW_REASONS, SYMBOLS, review_reason
from evaluator.models import Flag, Level
from evaluator.report.labels import CAUSES, JUDGES, LABELS

PACKAGE = Path(evaluator.__file__).parent
SOURCES = {path: path.read_text("utf-8") for path in PACKAGE.rglob("*.py") if path.name != "testing.py"}
NAMING = [source for source in SOURCES.values() if "cause" in source or "unscored" in source]
TABLES = {
    "levels": LEVELS,
    "flags": FLAGS,
    "reviews": REVIEW_REASONS,
    "causes": CAUSES,
    "judges": JUDGES,
    "labels": LABELS,
}
CODE = re.compile(r"^[a-z][a-z0-9_]*$")


def _strings(node):
    return [one.value for one in ast.walk(node) if isinstance(one, ast.Constant) and isinstance(one.value, str)]


def causes_in(tree):
    """String constants that become a cause: `cause=…`, `default_cause = …`, `unscored(task, …)`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "unscored":
            yield from (text for argument in node.args[1:2] for text in _strings(argument))
        elif (isinstance(node, ast.keyword) and node.arg == "cause") or _sets_default_cause(node):
            yield from _strings(node.value)


def _sets_default_cause(node):
    return isinstance(node, ast.Assign) and any(
        isinstance(target, ast.Name) and target.id == "default_cause" for target in node.targets
    )


USED = {cause for source in NAMING for cause in causes_in(ast.parse(source)) if CODE.match(cause)} | {
    EVIDENCE_IS_INSTRUCTION,
    NO_EVIDENCE,
    UNVERIFIED_EVIDENCE,
    *MISTAKES.values(),
    *CALL_CAUSES,
}
ERROR_CAUSES = {
    one.default_cause for one in vars(errors).values() if isinstance(one, type) and issubclass(one, errors.JudgeError)
}


def test_the_search_for_causes_finds_them():
    assert {"missing_verdict", "invalid_reply", "unreadable_choice", "unreadable_blanks", "human_override"} <= USED
    assert {"unavailable", "rejected", "refused", "judge_error"} <= ERROR_CAUSES


@pytest.mark.parametrize("cause", sorted(USED | ERROR_CAUSES))
def test_every_cause_has_words(cause):
    assert cause in CAUSES


def test_every_review_reason_that_is_given_has_words():
    given = set()
    for name, function in (("grader.py", "_review_reasons"), ("scoring.py", "rescored")):
        tree = ast.parse(SOURCES[PACKAGE / name])
        (found,) = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == function)
        for node in ast.walk(found):
            if isinstance(node, ast.Dict):
                given |= {key.value for key in node.keys if isinstance(key, ast.Constant)}
    assert {"incomplete", "keyword_judge", "deduction", "draft_rubric", "human_override"} <= given
    codes = {code for code in given if code not in {"score", "max_score", "range", "complete", "needs_review",
                                                    "review_reasons", "key_points", "deductions", "calibrated"}}  # fmt: skip
    assert codes | {flag.value for flag in Flag} <= set(REVIEW_REASONS)


def test_every_level_has_a_word_and_a_symbol_and_every_flag_has_words():
    assert set(LEVELS) == set(SYMBOLS) == set(Level)
    assert set(FLAGS) == set(Flag)


@pytest.mark.parametrize("table", TABLES)
def test_both_languages_are_there_and_are_what_they_say(table):
    for code, words in TABLES[table].items():
        assert words.zh, code
        assert words.en, code
        assert re.search(r"[\u4e00-\u9fff]", words.zh), code
        assert not re.search(r"[\u4e00-\u9fff]", words.en), code


@pytest.mark.parametrize("lang", ["zh", "en", "en-GB"])
def test_a_code_that_nobody_knows_is_shown_as_it_is(lang):
    assert review_reason("of_tomorrow", lang) == "of_tomorrow"
    assert review_reason("injection", lang) == FLAGS[Flag.INJECTION].text(lang)


def test_every_label_that_the_page_asks_for_exists():
    template = (PACKAGE / "report" / "templates" / "grades.html.j2").read_text("utf-8")
    asked = set(re.findall(r"say\('(\w+)'\)", template))
    assert asked
    assert asked <= set(LABELS)
    for status in ("first_pass", "confirmed"):
        assert status in LABELS
