"""Where settings are written: flags, the environment, `.env`, `evaluator.toml`, the user's own file.

Everything is read here and nothing is judged but names: a name that does not exist, and a name that may not stand
where it stands.
"""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path

import platformdirs
from dotenv import dotenv_values

from evaluator.errors import Problem, SettingsError, Words
from evaluator.settings.model import APP, CONSENT, FIELDS, SECRETS

PREFIX = "EVALUATOR_"
USER_FILE = "EVALUATOR_CONFIG"
"""Variable that names another user file than the usual one."""
PROJECT_FILE = "evaluator.toml"


class Rank(IntEnum):
    """Precedence; the smaller wins."""

    FLAG = 0
    ENVIRONMENT = 1
    OWNER = 2
    """A variable of the provider itself, such as OPENAI_API_KEY."""
    DOTENV = 3
    PROJECT = 4
    USER = 5


@dataclass(frozen=True, slots=True)
class Given:
    """One value as written."""

    value: object = field(repr=False)
    origin: str
    rank: Rank
    folder: Path
    """What a relative path in it is relative to."""
    file: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Files:
    """The files that settings are read from."""

    user: Path
    project: Path | None
    dotenv: Path | None


@dataclass(slots=True)
class Source:
    """One place: its values by field name, its variables by their own name, what is wrong with it."""

    rank: Rank
    given: dict[str, Given] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict, repr=False)
    problems: list[Problem] = field(default_factory=list)
    path: Path | None = None


def find_files(env: Mapping[str, str] | None = None, cwd: Path | None = None) -> Files:
    """The user's file (whether it exists or not), and the nearest project file and `.env` above `cwd`.

    The search goes up to the repository's or the user's home folder. Outside both only `cwd` itself counts: what
    somebody else left in a shared folder further up is not ours. Without arguments the process's own are meant.
    """
    env = os.environ if env is None else env
    cwd = Path.cwd() if cwd is None else cwd
    named = env.get(USER_FILE, "")
    user = Path(named).expanduser() if named else platformdirs.user_config_path(APP, appauthor=False) / "config.toml"
    folders = list(_own_folders(cwd.resolve()))
    return Files(user, _nearest(folders, PROJECT_FILE), _nearest(folders, ".env"))


def _own_folders(cwd: Path) -> Iterator[Path]:
    chain = [cwd, *cwd.parents]
    home = Path.home()
    for index, folder in enumerate(chain):
        if (folder / ".git").exists() or folder == home:
            yield from chain[: index + 1]
            return
    yield cwd


def _nearest(folders: list[Path], name: str) -> Path | None:
    return next((folder / name for folder in folders if (folder / name).is_file()), None)


def from_flags(flags: Mapping[str, object], cwd: Path) -> Source:
    """Values named as the fields are; None means that the flag was not used."""
    source = Source(Rank.FLAG)
    for name, value in flags.items():
        flag = "--" + name.replace("_", "-")
        if name not in FIELDS:
            source.problems.append(_unknown(flag, name, [*FIELDS], shown="--{}"))
        elif value is not None:
            source.given[name] = Given(value, flag, Rank.FLAG, cwd)
    return source


def from_environment(env: Mapping[str, str], cwd: Path) -> Source:
    """`EVALUATOR_*` variables. An empty one counts as absent."""
    return _from_variables(env, Rank.ENVIRONMENT, cwd, "")


def from_dotenv(path: Path | None) -> Source:
    """The same out of a `.env` file; the process's own environment is not touched."""
    if path is None:
        return Source(Rank.DOTENV)
    try:
        # No interpolation: it would mix in the process's environment.
        values = dotenv_values(path, interpolate=False, encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(_unreadable(path, error)) from None
    present = {name: value for name, value in values.items() if value}
    return _from_variables(present, Rank.DOTENV, path.parent, str(path))


def _from_variables(env: Mapping[str, str], rank: Rank, folder: Path, file: str) -> Source:
    source = Source(rank, variables=env, path=Path(file) if file else None)
    for variable, text in env.items():
        if not variable.startswith(PREFIX) or variable == USER_FILE or not text.strip():
            continue
        name = variable.removeprefix(PREFIX).lower()
        if name not in FIELDS:
            source.problems.append(_unknown(variable, name, [*FIELDS], shown=PREFIX + "{}", upper=True, file=file))
        elif file and name in CONSENT:
            source.problems.append(_misplaced(variable, name, file))
        else:
            source.given[name] = Given(text, origin_of(variable, file), rank, folder, file)
    return source


def origin_of(variable: str, file: str) -> str:
    """How a variable is named as an origin."""
    return f"{file}: {variable}" if file else f"${variable}"


def from_toml(path: Path | None, rank: Rank) -> Source:
    """A TOML file of flat `name = value` lines; an absent file holds nothing."""
    if path is None or not path.is_file():
        return Source(rank)
    try:
        text = path.read_text(encoding="utf-8-sig")
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(_bad_toml(path, error)) from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(_unreadable(path, error)) from None
    source = Source(rank, path=path)
    for name, value in values.items():
        line = _line_of(text, name)
        if name not in FIELDS:
            source.problems.append(_unknown(name, name, [*FIELDS], file=str(path), line=line))
        elif rank is Rank.PROJECT and name in CONSENT | SECRETS:
            source.problems.append(_misplaced(name, name, str(path), line))
        else:
            source.given[name] = Given(value, str(path), rank, path.parent, str(path), line)
    return source


def _line_of(text: str, name: str) -> int:
    pattern = re.compile(rf"\s*\[?\[?[\"']?{re.escape(name)}[\"']?\s*[=.\]]")
    return next((number for number, line in enumerate(text.splitlines(), 1) if pattern.match(line)), 0)


def _unknown(
    written: str,
    name: str,
    known: list[str],
    *,
    shown: str = "{}",
    upper: bool = False,
    file: str = "",
    line: int = 0,
) -> Problem:
    near = difflib.get_close_matches(name.replace("-", "_"), known, n=1)
    suggestion = shown.format(near[0].upper() if upper else near[0]) if near else ""
    if suggestion.startswith("--"):
        suggestion = suggestion.replace("_", "-")
    hint = (
        Words(f"是不是 {suggestion}？", f"did you mean {suggestion}?")
        if near
        else Words("运行 evaluator config show 查看全部设置项", "`evaluator config show` lists every setting")
    )
    return Problem(Words(f"没有名为 {written} 的设置", f"there is no setting {written}"), file, line, hint=hint)


def _misplaced(written: str, name: str, file: str, line: int = 0) -> Problem:
    if name in SECRETS:
        message = Words("密钥不写进项目文件，它会随仓库流出去", "a key does not belong in a project file")
        hint = Words("改写到环境变量、.env 或用户文件", "use an environment variable, .env or the user file")
    else:
        message = Words("是否外发由使用者本人决定，项目里的文件不能代替", "consent is the user's, not a project's")
        hint = Words("改写到环境变量或用户文件（evaluator config path）", "use the environment or the user file")
    return Problem(message, file, line, field=written, hint=hint)


def _unreadable(path: Path, error: OSError | UnicodeDecodeError) -> Problem:
    if isinstance(error, UnicodeDecodeError):
        return Problem(
            Words("不是 UTF-8 编码", "is not UTF-8"),
            str(path),
            hint=Words("另存为 UTF-8 再试", "save it as UTF-8"),
        )
    reason = error.strerror or type(error).__name__
    return Problem(Words(f"读不了这个文件（{reason}）", f"cannot be read ({reason})"), str(path))


def _repeated(path: Path) -> int:
    """The line of the first name that stands there twice: the parser sees that only at the end."""
    seen: set[str] = set()
    for number, line in enumerate(path.read_text(encoding="utf-8-sig").splitlines(), 1):
        name = line.partition("=")[0].strip()
        if name in seen and "=" in line:
            return number
        seen.add(name)
    return 0


def _bad_toml(path: Path, error: tomllib.TOMLDecodeError) -> Problem:
    place = re.search(r"line (\d+), column (\d+)", str(error))
    line, column = (int(place[1]), int(place[2])) if place else (_repeated(path), 0)
    reason = str(error).split(" (at ", maxsplit=1)[0]
    return Problem(
        Words(f"不是正确的 TOML：{reason}", f"is not TOML: {reason}"),
        str(path),
        line,
        column,
        hint=Words('文字要加引号，如 model = "qwen-plus"', 'text needs quotes: model = "qwen-plus"'),
    )
