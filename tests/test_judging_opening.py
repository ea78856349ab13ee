"""From settings to a judge: which it is, what is said before the first call, and what is asked of whom."""

import asyncio
import json

import pytest
from loopback_model import completion, serving
from small_rubric import IDS, RUBRIC, task

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
from evaluator.prompts import Prompts
from evaluator.settings import Settings, load
from evaluator.testing import MemoryStore

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


@pytest.mark.parametrize(
    ("values", "temperature"),
    [
        ({"samples": 3}, "0.7"),  # three replies at 0 would be one reply three times
        ({"samples": 3, "temperature": 0.3}, "0.3"),
        ({"samples": 3, "temperature": None}, "None"),
        ({"samples": 1}, "0.0"),
        ({"samples": 1, "temperature": 1.2}, "1.2"),
    ],
)
def test_several_samples_are_sampled_and_a_single_one_is_not(values, temperature):
    with serving() as (address, requests):
        judge = opened(configured(base_url=address, **values))[0]
        judged(configured(base_url=address, max_attempts=1, **values))
    assert f"/{temperature}/" in judge.key
    assert len(requests) == values["samples"]
    assert {str(request.get("temperature")) for request in requests} == {temperature}


def test_a_second_model_makes_a_cascade_and_both_hosts_are_announced():
    settings = configured(second_model="strong", second_base_url="http://127.0.0.1:2/v1", cascade_below=0.4)
    judge, said = opened(settings)
    assert isinstance(judge, CascadeJudge)
    assert judge.key.endswith(",0.4)")
    assert [("127.0.0.1:1" in words.zh, "127.0.0.1:2" in words.zh) for words in said] == [(True, False), (False, True)]


def test_a_prompt_folder_that_is_not_there_is_told_at_once(tmp_path):
    with pytest.raises(PromptError):
        opened(configured(prompts_dir=tmp_path / "gone"))


def judged(settings, **options):
    async def go():
        async with open_judge(settings, **options) as judge:
            return await judge.judge(task())

    return asyncio.run(go())


@pytest.mark.parametrize("ask", ["one_call", "per_point"])
def test_a_real_server_on_loopback_is_asked_and_read(ask):
    with serving() as (address, requests):
        judgement = judged(configured(base_url=address, ask=ask, max_attempts=1))
    assert {verdict.level for verdict in judgement.verdicts} == {Level.HIT}
    assert judgement.usage.calls == len(requests) > 0
    assert judgement.usage.prompt == 50 * len(requests)


PROFILED = "qwen2.5-coder-1.5b"


def about_background(requests):
    clause = Prompts().data("per_point/background", list)[0]["clauses"][0]
    return sum(clause in request["messages"][-1]["content"] for request in requests)


def test_what_the_judge_finds_about_a_rubric_is_kept_in_the_memory_from_one_opening_to_the_next():
    memory = MemoryStore()
    with serving() as (address, requests):
        settings = configured(base_url=address, model=PROFILED, ask="per_point", max_attempts=1)
        first = judged(settings, memory=memory)
        assert about_background(requests) == len(IDS)
        requests.clear()
        second = judged(settings, memory=memory)
        assert about_background(requests) == 0
        requests.clear()
        judged(settings)
        assert about_background(requests) == len(IDS)
    assert first.verdicts == second.verdicts
    assert {verdict.level for verdict in first.verdicts} == {Level.MISSED}  # no surer of it than of the background


def test_the_second_model_of_a_cascade_keeps_its_own_figures_in_the_same_memory():
    memory = MemoryStore()
    with serving() as (address, requests), serving() as (second, second_requests):
        settings = configured(
            base_url=address,
            model=PROFILED,
            second_base_url=second,
            second_model=f"{PROFILED}-b",
            cascade_below=1.0,
            ask="per_point",
            max_attempts=1,
        )
        judged(settings, memory=memory)
        assert about_background(requests) == about_background(second_requests) == len(IDS)
        requests.clear()
        second_requests.clear()
        judged(settings, memory=memory)
        assert about_background(requests) == about_background(second_requests) == 0
        assert len(requests) > 0 < len(second_requests)


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
