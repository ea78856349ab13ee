"""From settings to a judge: which it is, what is said before the first call, and what is asked of whom."""

import asyncio
import json

import pytest
from loopback_model import completion, serving
from small_rubric import RUBRIC, task

from evaluator.errors import PromptError, SettingsError
from evaluator.judging import (
    CascadeJudge,
    KeywordJudge,
    OneCallJudge,
    PerPointJudge,
    VotingJudge,
    WindowedJudge,
    chosen_kind,
    open_judge,
)
from evaluator.models import Level
from evaluator.settings import Settings, load

URL = "http://127.0.0.1:1/v1"


def configured(**values):
    return Settings(**({"base_url": URL, "model": "m"} | values))


def opened(settings):
    """(judge, what was said)."""
    said = []

    async def go():
        async with open_judge(settings, said.append) as judge:
            return judge

    return asyncio.run(go()), said


@pytest.mark.parametrize(
    ("settings", "kind"),
    [
        (Settings(), "keyword"),
        (configured(), "llm"),
        (configured(judge="keyword"), "keyword"),
        (configured(judge="local"), "local"),
        (Settings(judge="keyword"), "keyword"),
    ],
)
def test_an_endpoint_that_is_set_comes_before_keywords_and_what_is_said_counts(settings, kind, tmp_path):
    assert chosen_kind(settings.model_copy(update={"data_dir": tmp_path})) == kind


@pytest.mark.parametrize(
    ("here", "library", "kind"), [(True, True, "local"), (True, False, "keyword"), (False, True, "keyword")]
)
def test_a_local_model_is_taken_where_its_file_and_its_library_are_there(monkeypatch, tmp_path, here, library, kind):
    monkeypatch.setattr("evaluator.judging.opening.installed", lambda *_: tmp_path if here else None)
    monkeypatch.setattr("evaluator.judging.opening.available", lambda: library)
    assert chosen_kind(Settings(data_dir=tmp_path)) == kind


def test_the_keyword_judge_says_that_it_is_a_floor_and_how_to_get_better(tmp_path):
    judge, (asked_for,) = opened(Settings(judge="keyword"))
    assert isinstance(judge, KeywordJudge)
    assert "下限" in asked_for.zh
    assert "floor" in asked_for.en
    _, (fallen_back,) = opened(Settings(data_dir=tmp_path))
    assert "evaluator model pull" in fallen_back.zh
    assert "evaluator model pull" in fallen_back.en


def test_no_answer_goes_to_a_host_that_nobody_agreed_to():
    with pytest.raises(SettingsError) as caught:
        opened(configured(base_url="https://api.example.com/v1", api_key="sk-123456"))
    assert "api.example.com" in caught.value.text("zh")
    assert "--yes" in caught.value.text("en")


@pytest.mark.parametrize("consent", [{"allow_remote": True}, {"consent_host": ("api.example.com",)}])
def test_after_consent_the_host_is_announced_with_where_it_comes_from(consent):
    settings = load(flags={"base_url": "https://api.example.com/v1", "model": "m", "api_key": "sk-123456"} | consent)
    _, (said,) = opened(settings)
    assert "api.example.com" in said.zh
    assert "api.example.com" in said.en
    assert "default" not in said.en


def test_a_provider_s_name_is_where_its_address_comes_from():
    settings = load(flags={"provider": "deepseek", "api_key": "sk-123456", "allow_remote": True})
    _, (said,) = opened(settings)
    assert "api.deepseek.com" in said.en
    assert settings.origin("provider") in said.en


def inside(judge):
    return judge._inner


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ({}, OneCallJudge),
        ({"ask": "one_call"}, OneCallJudge),
        ({"ask": "per_point"}, PerPointJudge),
        ({"samples": 3}, VotingJudge),
    ],
)
def test_the_way_of_asking_is_as_set(values, kind):
    judge, _ = opened(configured(**values))
    assert isinstance(judge, WindowedJudge)
    assert isinstance(inside(judge), kind)


def test_several_samples_have_several_seeds():
    key = opened(configured(samples=3, seed=10, temperature=0.7))[0].key
    assert all(f"/0.7/{seed}/" in key for seed in (10, 11, 12))


def test_a_second_model_makes_a_cascade_and_both_hosts_are_announced():
    settings = configured(second_model="strong", second_base_url="http://127.0.0.1:2/v1", cascade_below=0.4)
    judge, said = opened(settings)
    assert isinstance(judge, CascadeJudge)
    assert judge.key.endswith(",0.4)")
    assert [("127.0.0.1:1" in words.zh, "127.0.0.1:2" in words.zh) for words in said] == [(True, False), (False, True)]


def test_a_prompt_folder_that_is_not_there_is_told_at_once(tmp_path):
    with pytest.raises(PromptError):
        opened(configured(prompts_dir=tmp_path / "gone"))


def judged(settings):
    async def go():
        async with open_judge(settings) as judge:
            return await judge.judge(task())

    return asyncio.run(go())


@pytest.mark.parametrize("ask", ["one_call", "per_point"])
def test_a_real_server_on_loopback_is_asked_and_read(ask):
    with serving() as (address, requests):
        judgement = judged(configured(base_url=address, ask=ask, max_attempts=1))
    assert {verdict.level for verdict in judgement.verdicts} == {Level.HIT}
    assert judgement.usage.calls == len(requests) > 0
    assert judgement.usage.prompt == 50 * len(requests)


def test_where_no_schema_can_be_given_the_schema_is_told_as_json():
    def answer(body):
        kind = body.get("response_format", {}).get("type")
        if kind == "json_schema" or "tools" in body:
            return 400, {"error": {"message": "response_format / tools not supported", "param": "response_format"}}
        note = body["messages"][0]["content"]
        told = json.loads(note[note.index('{"type"') :])
        return completion(body | {"response_format": {"json_schema": {"schema": told}}})

    with serving(answer) as (address, requests):
        judgement = judged(configured(base_url=address, model="schemaless", max_attempts=1))
    assert {verdict.level for verdict in judgement.verdicts} == {Level.HIT}
    told = requests[-1]["messages"][0]["content"]
    assert told.startswith(requests[0]["messages"][0]["content"])
    assert json.loads(told[told.index('{"type"') :])["required"][0] == "about_question"
    assert "json" in told
    assert RUBRIC.question in told
