"""Where every value comes from, what is wrong with one, and where a key may go."""

import contextlib
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr, ValidationError

from evaluator.errors import SettingsError
from evaluator.settings import OWNERS, Settings, find_files, host_of, is_loopback, load

SECRET = "sk-very-secret-0123456789"


class House:
    """A home, a project in it and a user file, all in a folder of the test's own."""

    def __init__(self, root, monkeypatch):
        self.home = root / "home"
        self.project = self.home / "project"
        self.cwd = self.project / "deep" / "er"
        self.user = root / "user.toml"
        self.cwd.mkdir(parents=True)
        monkeypatch.setattr(Path, "home", lambda: self.home)

    def toml(self, text):
        (self.project / "evaluator.toml").write_text(text, encoding="utf-8")

    def dotenv(self, text, folder=None):
        ((folder or self.project) / ".env").write_text(text, encoding="utf-8")

    def load(self, flags=None, **env):
        return load(flags, env={"EVALUATOR_CONFIG": str(self.user)} | env, cwd=self.cwd)

    def wrong(self, flags=None, **env):
        with pytest.raises(SettingsError) as caught:
            self.load(flags, **env)
        return caught.value


@pytest.fixture
def house(tmp_path, monkeypatch):
    return House(tmp_path, monkeypatch)


# --- precedence ------------------------------------------------------------------------------------------------------


def test_each_place_wins_over_all_below_it(house):
    house.user.write_text('model = "user"')
    assert house.load().model == "user"
    house.toml('model = "project"')
    assert house.load().model == "project"
    house.dotenv("EVALUATOR_MODEL=dotenv")
    assert house.load().model == "dotenv"
    assert house.load(EVALUATOR_MODEL="environment").model == "environment"
    assert house.load({"model": "flag"}, EVALUATOR_MODEL="environment").model == "flag"


def test_origins_name_the_place_of_every_value(house):
    house.user.write_text("samples = 3")
    house.toml("timeout = 30")
    house.dotenv("EVALUATOR_SEED=5")
    found = house.load({"lang": "en", "judge": None}, EVALUATOR_MODEL="m")
    origins = found.origins
    assert origins["lang"] == "--lang"
    assert origins["model"] == "$EVALUATOR_MODEL"
    assert origins["seed"] == f"{house.project / '.env'}: EVALUATOR_SEED"
    assert origins["timeout"] == str(house.project / "evaluator.toml")
    assert origins["samples"] == str(house.user)
    assert origins["judge"] == found.origin("judge") == "default"
    assert set(origins) == set(Settings.model_fields) - {"origins"}


def test_the_providers_own_variables_stand_between_environment_and_dotenv(house):
    house.dotenv("EVALUATOR_API_KEY=k-dotenv\nEVALUATOR_PROVIDER=deepseek")
    assert house.load().api_key.get_secret_value() == "k-dotenv"
    found = house.load(DEEPSEEK_API_KEY="k-own")
    assert found.api_key.get_secret_value() == "k-own"
    assert found.origins["api_key"] == "$DEEPSEEK_API_KEY"
    assert house.load(DEEPSEEK_API_KEY="k-own", EVALUATOR_API_KEY="k-env").api_key.get_secret_value() == "k-env"


def test_the_environment_of_the_process_is_neither_read_nor_changed(house, monkeypatch):
    import os

    monkeypatch.setenv("EVALUATOR_MODEL", "outside")
    house.dotenv("EVALUATOR_MODEL=inside\nDEEPSEEK_API_KEY=k-1\nEVALUATOR_SEED=${HOME}5")
    before = dict(os.environ)
    assert "HOME" in house.wrong().text()  # not expanded
    house.dotenv("EVALUATOR_MODEL=inside")
    assert house.load().model == "inside"
    assert dict(os.environ) == before


def test_dotenv_is_the_nearest_one_up_to_the_repository(house):
    house.dotenv("EVALUATOR_MODEL=home", house.home)
    assert house.load().model == "home"
    house.dotenv("EVALUATOR_MODEL=near", house.cwd.parent)
    assert house.load().model == "near"
    (house.cwd.parent / ".env").unlink()
    (house.project / ".git").mkdir()
    assert house.load().model == ""


def test_outside_home_and_repository_only_the_folder_itself_counts(tmp_path, house):
    shared = tmp_path / "shared" / "mine"
    shared.mkdir(parents=True)
    (tmp_path / "shared" / ".env").write_text("EVALUATOR_BASE_URL=https://evil.example/v1")
    (tmp_path / "shared" / "evaluator.toml").write_text('base_url = "https://evil.example/v1"')
    found = load(env={"EVALUATOR_CONFIG": str(house.user)}, cwd=shared)
    assert found.base_url == ""
    assert find_files({}, shared).dotenv is None


def test_an_empty_variable_is_no_variable(house):
    house.toml('model = "m"')
    assert house.load(EVALUATOR_MODEL="", DEEPSEEK_API_KEY=" ").model == "m"


# --- values ----------------------------------------------------------------------------------------------------------


def test_values_get_their_types(house):
    found = house.load(
        EVALUATOR_SAMPLES="5",
        EVALUATOR_TEMPERATURE="0.7",
        EVALUATOR_HISTORY="no",
        EVALUATOR_CONSENT_HOST="a.cn, b.cn:8080",
    )
    assert (found.samples, found.temperature, found.history) == (5, 0.7, False)
    assert found.consent_host == ("a.cn", "b.cn:8080")


def test_none_means_that_nothing_is_sent(house):
    found = house.load(EVALUATOR_TEMPERATURE="none", EVALUATOR_SEED="None")
    assert (found.temperature, found.seed) == (None, None)


def test_paths_are_relative_to_where_they_are_written(house):
    house.toml('rubrics_dirs = ["rubrics", "/abs"]\nprompts_dir = "~/prompts"')
    found = house.load(EVALUATOR_DATA_DIR="data")
    assert found.rubrics_dirs == (house.project / "rubrics", Path("/abs"))
    assert found.prompts_dir == Path("~/prompts").expanduser()
    assert found.data_dir == house.cwd / "data"
    assert found.store_path == house.cwd / "data" / "evaluator.sqlite3"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("https://x.example/v1/", "https://x.example/v1"),
        ("https://x.example/v1/chat/completions", "https://x.example/v1"),
        (" http://127.0.0.1:8080/v1 ", "http://127.0.0.1:8080/v1"),
    ],
)
def test_an_address_is_tidied(house, written, meant):
    assert house.load(EVALUATOR_BASE_URL=written).base_url == meant


def test_defaults_hold_without_any_file(house):
    found = house.load()
    assert (found.judge, found.ask, found.samples, found.lang, found.max_answer_chars) == (
        "auto",
        "auto",
        1,
        "zh",
        20_000,
    )
    assert found.local_model == "qwen2.5-coder-1.5b"
    assert found.store_path == found.data_dir / "evaluator.sqlite3"


def test_settings_are_frozen():
    with pytest.raises(ValidationError):
        Settings().model = "x"


# --- what is wrong, and where ----------------------------------------------------------------------------------------


def test_everything_wrong_is_told_at_once_with_its_place(house):
    house.toml('# comment\nmodle = "x"\nsamples = 99\n')
    house.dotenv("EVALUATOR_JUGDE=llm")
    error = house.wrong({"temprature": 1, "max_attempts": 0}, EVALUATOR_LANG="fr")
    text = error.text("en")
    toml = house.project / "evaluator.toml"
    for words in [
        f"{toml}:2: there is no setting modle → did you mean model?",
        f"{toml}:3: samples: 99 cannot be used; expected a whole number from 1 to 15",
        f"{house.project / '.env'}: there is no setting EVALUATOR_JUGDE → did you mean EVALUATOR_JUDGE?",
        "there is no setting --temprature → did you mean --temperature?",
        "--max-attempts: 0 cannot be used; expected a whole number from 1 to 20",
        "$EVALUATOR_LANG: 'fr' cannot be used; expected one of zh, en",
    ]:
        assert words in text
    assert len(error.problems) == 6
    assert len(error.text("zh").splitlines()) == 6


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("SAMPLES", "many", "a whole number from 1 to 15"),
        ("TIMEOUT", "soon", "a number from 0 to 3600"),
        ("TEMPERATURE", "3", "a number from 0 to 2"),
        ("HISTORY", "perhaps", "true or false"),
        ("JUDGE", "gpt", "one of auto, llm, local, keyword"),
        ("PROVIDER", "opanai", "did you mean openai?"),
        ("PROVIDER", "zzz", "leave it empty and set base_url"),
        ("BASE_URL", "llm.example/v1", "starts with http"),
        ("BASE_URL", "ftp://llm.example", "starts with http"),
        ("BASE_URL", "http://[::1", "starts with http"),
        ("BASE_URL", "https://user:pw@llm.example/v1", "without user"),
        ("BASE_URL", "https://llm.example/v1?key=1", "without user"),
        ("CASCADE_BELOW", "1.5", "a number from 0 to 1"),
    ],
)
def test_a_wrong_value_says_what_was_expected(house, name, value, expected):
    text = house.wrong(**{f"EVALUATOR_{name}": value}).text("en")
    assert f"EVALUATOR_{name}" in text
    assert expected in text


def test_a_wrong_value_that_a_stronger_place_replaces_does_no_harm(house):
    house.toml("samples = 99")
    assert house.load({"samples": 3}).samples == 3


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("model = qwen", ":1:9: is not TOML"),
        ('model = "a"\nmodel = "b"', ":2:"),
        ("[llm]\nmodel = 1", ":1: there is no setting llm"),
        ("model = 5", "expected text"),
        ("rubrics_dirs = 5", "expected a list"),
        ("samples = true", "expected a whole number"),
    ],
)
def test_a_wrong_toml_file_is_told_with_its_line(house, text, words):
    house.toml(text)
    assert words in house.wrong().text("en")


@pytest.mark.parametrize("name", [".env", "evaluator.toml"])
def test_a_file_that_is_not_utf8_is_told(house, name):
    (house.project / name).write_bytes('EVALUATOR_MODEL="模型"'.encode("gb18030"))
    assert "UTF-8" in house.wrong().text()


def test_a_byte_order_mark_does_no_harm(house):
    (house.project / "evaluator.toml").write_bytes(b'\xef\xbb\xbfmodel = "m"')
    (house.project / ".env").write_bytes(b"\xef\xbb\xbfEVALUATOR_SEED=3")
    assert (house.load().model, house.load().seed) == ("m", 3)


@settings(deadline=None, max_examples=100)
@given(
    st.dictionaries(st.sampled_from(sorted(set(Settings.model_fields) - {"origins"})), st.text(max_size=12), max_size=4)
)
def test_whatever_stands_in_a_variable_the_only_error_is_ours(tmp_path_factory, values):
    folder = tmp_path_factory.mktemp("s", numbered=True)
    env = {f"EVALUATOR_{name.upper()}": value for name, value in values.items()}
    with contextlib.suppress(SettingsError):
        assert load(env=env | {"EVALUATOR_CONFIG": str(folder / "none")}, cwd=folder).origins


# --- keys ------------------------------------------------------------------------------------------------------------


def test_a_key_shows_in_no_text_form(house):
    found = house.load(DEEPSEEK_API_KEY=SECRET, EVALUATOR_SECOND_API_KEY=SECRET)
    assert found.api_key.get_secret_value() == SECRET
    for text in (
        repr(found),
        str(found),
        found.model_dump_json(),
        str(found.model_dump()),
        json.dumps(dict(found.origins)),
    ):
        assert SECRET not in text


@pytest.mark.parametrize("key", ["sk-非 ascii", f"{SECRET} {SECRET}", f"{SECRET}\n{SECRET}", f"“{SECRET}”"])
def test_a_key_that_cannot_be_one_is_told_without_being_shown(house, key):
    error = house.wrong(EVALUATOR_API_KEY=key)
    assert "EVALUATOR_API_KEY" in error.text()
    assert SECRET not in error.text() + error.text("en") + repr(error) + str(error.__context__)


def test_a_pasted_key_loses_its_blanks(house):
    assert house.load(EVALUATOR_API_KEY=f" {SECRET}\n").api_key == SecretStr(SECRET)


@pytest.mark.parametrize("name", ["api_key", "second_api_key"])
def test_a_key_in_a_project_file_is_refused_without_being_shown(house, name):
    house.toml(f'{name} = "{SECRET}"')
    error = house.wrong()
    assert "evaluator.toml:1" in error.text()
    assert SECRET not in error.text() + error.text("en")


def test_a_key_in_the_users_own_file_is_fine(house):
    house.user.write_text(f'provider = "glm"\napi_key = "{SECRET}"')
    assert house.load().api_key.get_secret_value() == SECRET


def test_the_provider_is_the_one_whose_key_is_there(house):
    found = house.load(MOONSHOT_API_KEY=SECRET)
    assert (found.provider, found.origins["provider"]) == ("kimi", "$MOONSHOT_API_KEY")
    house.dotenv("OPENAI_API_KEY=k-1")
    assert house.load(MOONSHOT_API_KEY=SECRET).provider == "kimi"
    assert house.load().provider == "openai"


def test_a_provider_that_was_named_is_never_replaced_by_a_key_that_lies_about(house):
    house.user.write_text('provider = "glm"')
    found = house.load(OPENAI_API_KEY=SECRET)
    assert (found.provider, found.api_key) == ("glm", None)


@pytest.mark.parametrize("name", [name for name, owner in OWNERS.items() if owner.key_env])
def test_a_providers_own_key_goes_to_none_but_its_own_hosts(house, name):
    variable = OWNERS[name].key_env[0]
    for host in OWNERS[name].hosts:
        assert house.load(**{variable: SECRET, "EVALUATOR_BASE_URL": f"https://{host}/v1"}).api_key
    for address in ("https://evil.example/v1", f"https://{next(iter(OWNERS[name].hosts))}.evil.example/v1"):
        for provider in ("", name):
            env = {variable: SECRET, "EVALUATOR_BASE_URL": address, "EVALUATOR_PROVIDER": provider}
            assert house.load(**env).api_key is None


def test_openais_own_address_variable_takes_its_key_along(house):
    found = house.load(OPENAI_API_KEY=SECRET, OPENAI_BASE_URL="https://gateway.example/v1")
    assert (found.base_url, found.api_key) == ("https://gateway.example/v1", SecretStr(SECRET))
    assert found.origins["base_url"] == "$OPENAI_BASE_URL"


def test_a_dotenv_file_cannot_lead_the_key_of_the_environment_astray(house):
    house.dotenv("OPENAI_BASE_URL=https://evil.example/v1")
    assert house.load(OPENAI_API_KEY=SECRET).api_key is None
    house.dotenv(f"OPENAI_BASE_URL=https://mine.example/v1\nOPENAI_API_KEY={SECRET}")
    assert house.load().api_key == SecretStr(SECRET)


# --- consent ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("line", ["allow_remote = true", 'consent_host = ["evil.example"]'])
def test_a_project_cannot_consent_for_its_user(house, line):
    house.toml(line)
    assert "evaluator.toml:1" in house.wrong().text()
    house.toml("")
    house.dotenv("EVALUATOR_ALLOW_REMOTE=1")
    assert ".env" in house.wrong().text()


def test_consent_is_given_by_host(house):
    house.user.write_text('consent_host = ["api.deepseek.com", "llm.corp:8443"]')
    found = house.load()
    assert found.consents("https://api.deepseek.com/v1")
    assert found.consents("https://llm.corp:8443/v1")
    assert not found.consents("https://llm.corp/v1")
    assert not found.consents("https://api.deepseek.com.evil.example/v1")
    assert house.load({"allow_remote": True}).consents("https://anything.example/v1")


@pytest.mark.parametrize(
    ("address", "host", "here"),
    [
        ("http://127.0.0.1:8080/v1", "127.0.0.1:8080", True),
        ("http://localhost:11434/v1", "localhost:11434", True),
        ("http://[::1]:8080/v1", "[::1]:8080", True),
        ("https://API.DeepSeek.com/v1", "api.deepseek.com", False),
        ("http://127.0.0.1.evil.example/v1", "127.0.0.1.evil.example", False),
        ("http://localhost.evil.example/v1", "localhost.evil.example", False),
        ("http://192.168.1.5:8000/v1", "192.168.1.5:8000", False),
        ("http://0.0.0.0:8000/v1", "0.0.0.0:8000", False),
        ("http://user@127.0.0.1@evil.example/v1", "evil.example", False),
        ("nonsense", "", False),
        ("http://x:99999/", "", False),
    ],
)
def test_what_is_on_this_machine_is_told_by_the_host_alone(address, host, here):
    assert (host_of(address), is_loopback(address)) == (host, here)


def test_settings_survive_a_copy(house):
    found = house.load(DEEPSEEK_API_KEY=SECRET)
    assert found.model_copy(update={"history": False}).origins == found.origins
