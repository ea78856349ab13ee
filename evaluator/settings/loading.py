"""Flag > EVALUATOR_* > the provider's own variables > .env > evaluator.toml > the user's file > default.

A provider's own key (OPENAI_API_KEY, …) only ever goes to that provider's hosts, or to the address in its own address
variable (OPENAI_BASE_URL) where that stands in a place at least as near to the user as the key. For any other address
the key is EVALUATOR_API_KEY. So no file in a project can lead a key astray.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any

from pydantic import TypeAdapter, ValidationError

from evaluator.errors import Problem, SettingsError, Words
from evaluator.settings.model import FIELDS, SECRETS, Settings
from evaluator.settings.owners import OWNERS, host_of, owner_of_host
from evaluator.settings.sources import (
    Given,
    Rank,
    Source,
    find_files,
    from_dotenv,
    from_environment,
    from_flags,
    from_toml,
    origin_of,
)

_NOTHING = frozenset({"none", "null"})
_LISTS = {"rubrics_dirs": os.pathsep, "consent_host": ",", "model_sources": ","}
_PATHS = frozenset({"data_dir", "store_path", "prices_file", "prompts_dir", "rubrics_dirs"})


def load(
    flags: Mapping[str, object] | None = None,
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> Settings:
    """The settings as they hold here and now.

    `flags` are named as the fields, None where not used; `env` and `cwd` replace the process's own. Raises
    SettingsError with everything that is wrong, each with its file or variable.
    """
    env = os.environ if env is None else env
    cwd = Path.cwd() if cwd is None else cwd
    files = find_files(env, cwd)
    sources = [
        from_flags(flags or {}, cwd),
        from_environment(env, cwd),
        from_dotenv(files.dotenv),
        from_toml(files.project, Rank.PROJECT),
        from_toml(files.user, Rank.USER),
    ]
    problems = [problem for source in sources for problem in source.problems]
    given: dict[str, Given] = {}
    for source in sources:
        for name, value in source.given.items():
            given.setdefault(name, value)
    _add_owner_values(given, sources, "")
    if {"second_provider", "second_base_url"} & set(given):
        _add_owner_values(given, sources, "second_")
    values, wrong = _checked(given)
    if problems or wrong:
        first, *more = problems + wrong
        raise SettingsError(first, *more)
    origins = {name: given[name].origin if name in given else "default" for name in FIELDS}
    return Settings(**values, origins=MappingProxyType(origins))


# --- the provider's own variables ------------------------------------------------------------------------------------


def _add_owner_values(given: dict[str, Given], sources: list[Source], prefix: str) -> None:
    """Provider, address and key out of the variables that the providers' own tools read."""
    provider = _text(given.get(prefix + "provider"))
    if provider in {"", "openai"} and not prefix:
        _take_better(given, "base_url", _variable(sources, ("OPENAI_BASE_URL",)))
    address = given.get(prefix + "base_url")
    if not provider and address is None:
        provider = _infer_provider(given, sources, prefix)
    owner_name = provider or _owner_of(address)
    owner = OWNERS.get(owner_name)
    if owner is None:
        return
    for key in _variables(sources, owner.key_env):
        if _may_go(key, owner_name, address):
            _take_better(given, prefix + "api_key", key)


def _infer_provider(given: dict[str, Given], sources: list[Source], prefix: str) -> str:
    """The first provider whose key stands somewhere: the environment before `.env`, the order of the table else."""
    found = [
        (key.rank, order, name, key)
        for order, (name, owner) in enumerate(OWNERS.items())
        for key in _variables(sources, owner.key_env)
    ]
    if not found or prefix:
        return ""
    rank, _, name, key = min(found, key=lambda item: item[:2])
    given["provider"] = Given(name, key.origin, rank, key.folder, key.file)
    return name


def _owner_of(address: Given | None) -> str:
    if address is None:
        return ""
    return "openai" if address.origin.endswith("OPENAI_BASE_URL") else owner_of_host(_text(address))


def _may_go(key: Given, owner_name: str, address: Given | None) -> bool:
    """Whether an owner's key may be sent to the address that is set."""
    if address is None or host_of(_text(address)) in OWNERS[owner_name].hosts:
        return True
    variable = OWNERS[owner_name].base_url_env
    return bool(variable) and address.origin.endswith(variable) and address.rank <= key.rank


def _variables(sources: list[Source], names: tuple[str, ...]) -> Iterator[Given]:
    for source in sources:
        rank = Rank.OWNER if source.rank is Rank.ENVIRONMENT else source.rank
        file = str(source.path) if source.path else ""
        for name in names:
            if text := source.variables.get(name, "").strip():
                yield Given(text, origin_of(name, file), rank, Path(), file)


def _variable(sources: list[Source], names: tuple[str, ...]) -> Given | None:
    return next(_variables(sources, names), None)


def _take_better(given: dict[str, Given], name: str, candidate: Given | None) -> None:
    if candidate is not None and (name not in given or candidate.rank < given[name].rank):
        given[name] = candidate


def _text(given: Given | None) -> str:
    return str(given.value).strip().lower() if given is not None else ""


# --- values ----------------------------------------------------------------------------------------------------------


@cache
def _adapter(name: str) -> TypeAdapter[Any]:
    field = FIELDS[name]
    kind: Any = Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation
    return TypeAdapter(kind)


def _checked(given: Mapping[str, Given]) -> tuple[dict[str, Any], list[Problem]]:
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for name, item in given.items():
        try:
            values[name] = _validated(name, item)
        except ValidationError as error:
            problems.append(_wrong(name, item, error))
    return values, problems


def _validated(name: str, item: Given) -> object:
    value = _plain(name, item)
    # `samples = true` is a slip, not a 1.
    strict = isinstance(value, bool) or None
    return _adapter(name).validate_python(value, strict=strict)


def _plain(name: str, item: Given) -> object:
    """The value as its type wants it: lists split, paths made absolute, `none` turned to None."""
    value = item.value
    if isinstance(value, str):
        value = value.strip()
        if value.lower() in _NOTHING and FIELDS[name].default is None:
            return None
        if value.lower() in _NOTHING and name in {"temperature", "seed"}:
            return None
        if name in _LISTS:
            value = [part.strip() for part in value.split(_LISTS[name]) if part.strip()]
    if name in _PATHS:
        return _absolute(value, item.folder)
    return value


def _absolute(value: object, folder: Path) -> object:
    if isinstance(value, (str, Path)):
        try:
            return folder / Path(value).expanduser()
        except RuntimeError:  # `~name` of somebody who is not here is a name like any other
            return folder / value
    if isinstance(value, (list, tuple)):
        return [_absolute(part, folder) for part in value]
    return value


def _wrong(name: str, item: Given, error: ValidationError) -> Problem:
    """What was found, what was expected, what to do. A secret is never shown."""
    details = error.errors(include_input=False, include_url=False)[0]
    found = "" if name in SECRETS else _shown(item.value)
    expected, hint = _expected(name, str(details["type"]), details.get("ctx", {}))
    variable = item.origin.rpartition(": ")[2] if item.file and ": " in item.origin else item.origin
    return Problem(
        Words(f"{found}不能用，应为：{expected.zh}", f"{found}cannot be used; expected {expected.en}"),
        item.file,
        item.line,
        field=name if variable == item.file else variable,
        hint=hint,
    )


def _shown(value: object) -> str:
    text = repr(value)
    return (text if len(text) <= 60 else text[:57] + "…'") + " "


_SPECIAL = {
    "bad_url": Words("http:// 或 https:// 开头的地址", "an address that starts with http:// or https://"),
    "url_with_secrets": Words(
        "不带用户名、密码、问号参数的地址",
        "an address without user, password or query (the key has its own setting)",
    ),
    "bad_key": Words("不含空格和中文的密钥原文", "the key itself: ASCII, no blanks"),
}


def _expected(name: str, kind: str, context: Mapping[str, Any]) -> tuple[Words, Words | None]:
    if kind in _SPECIAL:
        return _SPECIAL[kind], None
    if kind == "unknown_provider":
        names = ", ".join(OWNERS)
        near = context.get("near")
        ask = Words(f"是不是 {near}？", f"did you mean {near}?") if near else None
        other = Words("其他服务请留空并设 base_url", "for any other, leave it empty and set base_url")
        return Words(f"以下之一：{names}", f"one of {names}"), ask or other
    return _expected_type(_adapter(name).json_schema()), None


def _expected_type(schema: Mapping[str, Any]) -> Words:
    """The type in words, out of its JSON schema."""
    options = schema.get("anyOf", [schema])
    main = next(option for option in options if option.get("type") != "null")
    if "enum" in main:
        names = "、".join(str(value) for value in main["enum"])
        return Words(f"以下之一：{names}", f"one of {names.replace('、', ', ')}")
    low, high = main.get("minimum", main.get("exclusiveMinimum")), main.get("maximum")
    if main.get("type") in {"integer", "number"}:
        zh, en = ("整数", "a whole number") if main["type"] == "integer" else ("数字", "a number")
        return Words(f"{low} 到 {high} 的{zh}", f"{en} from {low} to {high}")
    names_of = {
        "boolean": Words("true 或 false", "true or false"),
        "array": Words("一个列表", "a list"),
        "string": Words("一段文字", "text"),
    }
    return names_of.get(str(main.get("type")), Words("一段文字", "text"))
