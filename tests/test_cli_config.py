"""`evaluator config`: what is set, and where it was set."""

import json

import pytest
from typer.testing import CliRunner

from evaluator.cli.config import app
from evaluator.errors import SettingsError
from evaluator.settings import OWNERS

SECRET = "sk-very-secret-0123456789"


@pytest.fixture
def run(tmp_path, monkeypatch):
    """The command in a folder of its own, with none but these variables."""
    for name in [
        "EVALUATOR_LANG",
        "EVALUATOR_JUDGE",
        "OPENAI_BASE_URL",
        *(key for owner in OWNERS.values() for key in owner.key_env),
    ]:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("EVALUATOR_CONFIG", str(tmp_path / "user.toml"))
    monkeypatch.chdir(tmp_path)

    def command(*words, **env):
        for name, value in env.items():
            monkeypatch.setenv(name, value)
        return CliRunner().invoke(app, words, catch_exceptions=False)

    return command


def test_every_setting_is_shown_and_no_key(run):
    result = run("show", DEEPSEEK_API_KEY=SECRET)
    assert result.exit_code == 0
    assert "deepseek" in result.stdout
    assert "max_answer_chars" in result.stdout
    assert SECRET not in result.output
    assert "****" in result.stdout


def test_origins_are_shown_when_asked_for(run, tmp_path):
    (tmp_path / "evaluator.toml").write_text("samples = 3")
    line = next(line for line in run("show", "--origin").stdout.splitlines() if line.startswith("samples"))
    assert line.split() == ["samples", "3", str(tmp_path / "evaluator.toml")]
    assert "来源" in run("show", "--origin").stdout
    assert "来源" not in run("show").stdout
    assert "origin" in run("show", "--origin", "--lang", "en").stdout


def test_json_is_one_versioned_envelope(run):
    shown = json.loads(run("show", "--json", "--origin", EVALUATOR_MODEL="m", EVALUATOR_API_KEY=SECRET).stdout)
    assert shown["schema"] == "evaluator/settings@1"
    assert shown["settings"]["model"] == "m"
    assert set(shown["origins"]) == set(shown["settings"])
    assert SECRET not in json.dumps(shown)
    assert "origins" not in json.loads(run("show", "--json").stdout)


def test_the_places_of_files_and_data_are_told(run, tmp_path):
    (tmp_path / ".env").write_text("EVALUATOR_SEED=1")
    shown = json.loads(run("path", "--json", EVALUATOR_DATA_DIR="data").stdout)
    assert shown["schema"] == "evaluator/paths@1"
    assert shown["user_file"] == str(tmp_path / "user.toml")
    assert shown["dotenv"] == str(tmp_path / ".env")
    assert shown["project_file"] is None
    assert shown["store"] == str(tmp_path / "data" / "evaluator.sqlite3")
    assert "项目文件: 没有" in run("path").stdout
    assert "does not exist yet" in run("path", "--lang", "en").stdout


def test_a_wrong_setting_is_an_error_of_the_users(run):
    with pytest.raises(SettingsError, match="EVALUATOR_SAMPLES"):
        run("show", EVALUATOR_SAMPLES="many")
