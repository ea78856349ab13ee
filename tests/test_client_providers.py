"""From settings to an endpoint."""

import json
from pathlib import Path

import pytest
from fake_endpoint import call as ask
from fake_endpoint import ok, sent

from evaluator.client import PRESETS, Endpoint, Rung, endpoint
from evaluator.errors import SettingsError
from evaluator.settings import OWNERS, load

HOSTED = [name for name, owner in OWNERS.items() if owner.key_env]


@pytest.fixture
def configured(tmp_path):
    """Settings out of variables alone."""

    def read(**env):
        return load(env=env | {"EVALUATOR_CONFIG": str(tmp_path / "none.toml")}, cwd=tmp_path)

    return read


def test_every_owner_has_a_preset_and_every_preset_an_owner():
    assert set(PRESETS) == set(OWNERS)


@pytest.mark.parametrize("name", HOSTED)
def test_a_key_in_the_providers_own_variable_is_all_it_takes(configured, name):
    found = endpoint(configured(**{OWNERS[name].key_env[0]: "sk-1", "EVALUATOR_MODEL": "mm"}))
    assert (found.provider, found.base_url, found.model) == (name, OWNERS[name].base_url, "mm")
    assert found.api_key.get_secret_value() == "sk-1"
    assert not found.on_this_machine


@pytest.mark.parametrize("name", ["ollama", "vllm", "llamacpp"])
def test_a_server_of_ones_own_needs_no_key(configured, name):
    found = endpoint(configured(EVALUATOR_PROVIDER=name, EVALUATOR_MODEL="mm"))
    assert found.on_this_machine
    assert found.api_key.get_secret_value()


def test_nothing_set_is_no_endpoint(configured):
    assert endpoint(configured()) is None
    assert endpoint(configured(), second=True) is None


def test_any_address_will_do(configured):
    found = endpoint(
        configured(EVALUATOR_BASE_URL="https://llm.corp.example:8443/v1/", EVALUATOR_MODEL="m", EVALUATOR_API_KEY="k-1")
    )
    assert (found.base_url, found.host, found.provider) == (
        "https://llm.corp.example:8443/v1",
        "llm.corp.example:8443",
        "",
    )
    assert found.quirks.rung is Rung.JSON_SCHEMA


def test_a_known_host_brings_its_quirks_also_without_a_name(configured):
    found = endpoint(configured(EVALUATOR_BASE_URL="https://api.z.ai/api/paas/v4", EVALUATOR_API_KEY="k-1"))
    assert (found.provider, found.quirks.rung) == ("glm", Rung.JSON_OBJECT)


@pytest.mark.parametrize(
    ("env", "words"),
    [
        ({"EVALUATOR_PROVIDER": "deepseek"}, ["DEEPSEEK_API_KEY"]),
        ({"EVALUATOR_API_KEY": "k-1"}, ["EVALUATOR_PROVIDER", "EVALUATOR_BASE_URL"]),
        ({"EVALUATOR_MODEL": "m"}, ["EVALUATOR_PROVIDER"]),
        ({"EVALUATOR_PROVIDER": "ollama"}, ["EVALUATOR_MODEL"]),
        ({"EVALUATOR_BASE_URL": "https://x.example/v1"}, ["EVALUATOR_MODEL", "EVALUATOR_API_KEY"]),
        ({"EVALUATOR_BASE_URL": "https://x.example/v1", "EVALUATOR_MODEL": "m", "OPENAI_API_KEY": "sk-1"}, ["EVALUATOR_API_KEY"]),
    ],
)  # fmt: skip
def test_what_is_half_set_is_told_with_what_to_do(configured, env, words):
    with pytest.raises(SettingsError) as caught:
        endpoint(configured(**env))
    for lang in ("zh", "en"):
        assert all(word in caught.value.text(lang) for word in words)


def test_a_second_model_alone_is_another_model_at_the_same_place(configured):
    settings = configured(DEEPSEEK_API_KEY="sk-1", EVALUATOR_SECOND_MODEL="deepseek-v4-pro")
    second = endpoint(settings, second=True)
    assert (second.host, second.model, second.api_key.get_secret_value()) == (
        "api.deepseek.com",
        "deepseek-v4-pro",
        "sk-1",
    )


def test_a_second_provider_uses_its_own_key(configured):
    settings = configured(
        EVALUATOR_PROVIDER="deepseek",
        DEEPSEEK_API_KEY="sk-1",
        EVALUATOR_SECOND_PROVIDER="openai",
        OPENAI_API_KEY="sk-2",
    )
    assert endpoint(settings).api_key.get_secret_value() == "sk-1"
    assert endpoint(settings, second=True).api_key.get_secret_value() == "sk-2"


def test_the_first_key_never_goes_to_the_second_place(configured):
    settings = configured(
        EVALUATOR_PROVIDER="deepseek",
        DEEPSEEK_API_KEY="sk-1",
        EVALUATOR_SECOND_BASE_URL="https://x.example/v1",
        EVALUATOR_SECOND_MODEL="m",
    )
    with pytest.raises(SettingsError, match="SECOND_API_KEY"):
        endpoint(settings, second=True)


def test_a_key_never_shows_in_an_endpoint():
    from pydantic import SecretStr

    assert "sk-hidden" not in repr(Endpoint("https://x.example", "m", SecretStr("sk-hidden")))


@pytest.mark.parametrize(
    ("name", "expected", "absent"),
    [
        ("openai", {"reasoning_effort": "none"}, {"max_tokens"}),
        ("deepseek", {"thinking": {"type": "disabled"}, "response_format": {"type": "json_object"}}, set()),
        ("qwen", {"enable_thinking": False}, set()),
        (
            "glm",
            {"thinking": {"type": "disabled"}, "response_format": {"type": "json_object"}},
            {"max_completion_tokens"},
        ),
        ("kimi", {"thinking": {"type": "disabled"}}, {"temperature", "top_p"}),
        ("vllm", {"chat_template_kwargs": {"enable_thinking": False}}, set()),
    ],
)
def test_the_quirks_of_a_preset_reach_the_wire(httpx2_mock, name, expected, absent):
    place = Endpoint(OWNERS[name].base_url, "m", provider=name, quirks=PRESETS[name].quirks)
    httpx2_mock.post(place.base_url + "/chat/completions").mock(return_value=ok())
    assert ask(place).data == {"verdict": "hit"}
    (body,) = sent(httpx2_mock)
    assert expected.items() <= body.items()
    assert not absent & set(body)
    if body.get("response_format") == {"type": "json_object"}:
        assert "json" in json.dumps(body["messages"]).lower()


def test_the_documentation_lists_every_preset_as_it_is():
    page = (Path(__file__).parent.parent / "docs" / "providers.md").read_text(encoding="utf-8")
    rows = {line.split("`")[1]: line for line in page.splitlines() if line.startswith("| `") and "://" in line}
    assert set(rows) == set(PRESETS)
    for name, preset in PRESETS.items():
        row = rows[name]
        assert OWNERS[name].base_url in row
        assert preset.quirks.rung.word in row
        assert (f"`{preset.model}`" if preset.model else "需自己写") in row
        assert all(f"`{variable}`" in row for variable in OWNERS[name].key_env)
        assert all(f"`{host}`" in page for host in OWNERS[name].more_hosts)
