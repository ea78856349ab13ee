"""The page in three languages."""

import re
import string
from pathlib import Path

import pytest
from small_rubric import ANSWER
from web_client import opened

from evaluator.errors import Words
from evaluator.web import keys
from evaluator.web.speech import LOCALES, Speech, catalog, wanted

WEB = Path(__file__).resolve().parent.parent / "evaluator" / "web"
SIMPLIFIED_ONLY = set("这个为时间发设题选点评证据历删复删览门")


@pytest.fixture
def browser(tmp_path):
    with opened(tmp_path) as browser:
        yield browser


def values(text):
    return {field for _, field, _, _ in string.Formatter().parse(text) if field is not None}


@pytest.mark.parametrize("locale", LOCALES)
def test_every_language_has_the_same_texts_with_the_same_values(locale):
    first, other = catalog("zh-CN"), catalog(locale)
    assert list(other) == list(first)
    for key, text in other.items():
        assert text.strip(), key
        assert values(text) == values(first[key]), key


def test_every_text_is_used_and_every_text_used_exists():
    code = "\n".join(file.read_text("utf-8") for pattern in ("*.py", "*.j2") for file in WEB.rglob(pattern))
    made = {
        "theme_",
        "job_",
        "error_",
        "deduction_",
        "queue_",
        "why_",
        "group_",
        "scores_",
        "terms_",
    }  # the rest of the key is a value
    for key in catalog("zh-CN"):
        assert re.search(rf"['\"]{key}['\"]", code) or any(key.startswith(prefix) for prefix in made), key
    for key in re.findall(r"""\bsay\(['"](\w+)['"][,)]""", code):
        assert key in catalog("zh-CN"), key
    for key in (*keys.FORM, *keys.RESULT):
        assert key.text in catalog("zh-CN")


def test_the_three_languages_are_not_each_other():
    assert not SIMPLIFIED_ONLY & set("".join(catalog("zh-TW").values())) - set("題選點評證據")
    assert not [text for text in catalog("en").values() if re.search(r"[\u4e00-\u9fff]", text)]


@pytest.mark.parametrize(
    ("chosen", "accepted", "locale"),
    [
        ("", "", "zh-CN"), ("", "zh-TW,zh;q=0.9", "zh-TW"), ("", "zh-Hant-HK", "zh-TW"), ("", "zh-Hans-SG", "zh-CN"),
        ("", "en-GB,zh;q=0.5", "en"), ("", "en;q=0.5,zh-CN;q=0.8", "zh-CN"), ("", "fr,de", "zh-CN"),
        ("", "en;q=0", "zh-CN"), ("", "nonsense;;q=,", "zh-CN"), ("en", "zh-CN", "en"), ("xx", "en", "en"),
    ],
)  # fmt: skip
def test_the_language_is_the_one_chosen_else_the_one_the_browser_likes(chosen, accepted, locale):
    assert wanted(chosen, accepted) == locale


def test_what_the_package_says_comes_in_the_characters_of_the_reader():
    words = Words("软件设置", "settings")
    assert [Speech(locale).words(words) for locale in LOCALES] == ["软件设置", "軟體設定", "settings"]


@pytest.mark.parametrize(
    ("locale", "said"), [("zh-CN", "需要人工复核"), ("zh-TW", "需要人工複核"), ("en", "For a person to check")]
)
def test_a_result_is_in_the_chosen_language_and_the_answer_as_it_was_written(browser, locale, said):
    reply = browser.post("/preferences", lang=locale, back="/grades")
    assert reply.url.path == "/grades"
    page = browser.score(ANSWER).text
    assert f'<html lang="{locale}"' in page
    assert said in page
    assert "当天给出退款或换货的办法" in page


def test_the_theme_is_kept_in_the_browser_and_works_without_a_script(browser):
    assert "data-theme" not in browser.get("/").text
    browser.post("/preferences", theme="dark", back="/")
    assert 'data-theme="dark"' in browser.get("/").text
    browser.post("/preferences", theme="pink", back="/")
    assert 'data-theme="dark"' in browser.get("/grades").text


def test_errors_are_in_the_language_of_the_reader(browser):
    assert "There is no such page" in browser.get("/nothing", headers={"accept-language": "en"}).text
    asked = browser.client.post("/api/score", data={}, headers={"accept-language": "en"})
    assert asked.json()["error"]["message"].startswith("Expected JSON")
