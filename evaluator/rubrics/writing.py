"""`Rubric` -> rubric file: stable, in the order of the model, without what is left at its default."""

from __future__ import annotations

import os
from collections.abc import Iterator
from decimal import Decimal
from enum import Enum
from pathlib import Path

from evaluator.errors import Problem, RubricError, Words
from evaluator.models import Model, Rubric
from evaluator.rubrics.scalars import WIDTH, block, in_brackets, inline, width
from evaluator.rubrics.schema import FILE_NAME, schema_path, schema_text

# Said also where it is the default: whoever reads the file should know.
_ALWAYS = frozenset({"points_from", "status"})


def dump(rubric: Rubric, *, schema: str = f"../{FILE_NAME}") -> str:
    """YAML that `parse` reads back as the same rubric. `schema` is where editors find the schema."""
    return "\n".join([_pointing_to(schema), *_fields(rubric, "")]) + "\n"


def schema_line(path: Path | str) -> str:
    """The first line of a rubric file at that place: it tells editors where the schema lies."""
    return _pointing_to(_schema_from(Path(path)))


def _pointing_to(schema: str) -> str:
    return f"# yaml-language-server: $schema={schema}"


def write(rubric: Rubric, path: Path | str) -> None:
    """Write the file, or leave the one that is there untouched. Comments of a file that is replaced are lost.

    Raises RubricError where the place cannot be written.
    """
    write_text(text_for(rubric, path), path)


def text_for(rubric: Rubric, path: Path | str) -> str:
    """What `write` writes at that place."""
    return dump(rubric, schema=_schema_from(Path(path)))


def write_text(text: str, path: Path | str) -> None:
    """Write what `parse` has read, comments and all, or leave the file that is there untouched.

    Raises RubricError where the place cannot be written.
    """
    target = Path(path)
    beside = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        with beside.open("w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(target)
    except OSError as error:
        beside.unlink(missing_ok=True)
        message = Words(f"写不了：{error.strerror}", f"cannot be written: {error.strerror}")
        raise RubricError(Problem(message, str(target))) from error


def _schema_from(target: Path) -> str:
    """The nearest schema above the file as a relative path, else one that lies beside it."""
    folder = target.resolve().parent
    schema = _schema_near(folder)
    return Path(os.path.relpath(schema, folder)).as_posix() if schema else FILE_NAME


def _schema_near(folder: Path) -> Path | None:
    """The nearest schema above, or the shipped one where the folder lies in the same checkout.

    A path out of the folder to any other place would hold the names of this machine's folders.
    """
    above = (parent / FILE_NAME for parent in (folder, *folder.parents))
    shipped = schema_path()
    near = shipped if folder.is_relative_to(shipped.parent.parent) else None
    return next((place for place in above if place.is_file()), near)


def lay_schema(folder: Path) -> None:
    """Put the schema into `folder` where rubric files there have none to point to.

    Raises OSError where it cannot be written.
    """
    if _schema_near(folder.resolve()) is None:
        (folder / FILE_NAME).write_text(schema_text(), encoding="utf-8", newline="\n")


def _fields(model: Model, indent: str) -> Iterator[str]:
    for name, info in type(model).model_fields.items():
        value = getattr(model, name)
        if value != info.default or name in _ALWAYS:
            apart = name == "key_points"
            yield from [""] * apart
            yield from _field(name, value, indent)
            yield from [""] * apart


def _field(name: str, value: object, indent: str) -> Iterator[str]:
    if isinstance(value, Model):
        yield f"{indent}{name}:"
        yield from _fields(value, f"{indent}  ")
    elif isinstance(value, tuple):
        yield from _list(name, value, indent)
    else:
        yield f"{indent}{name}: {_scalar(value, f'{indent}  ')}"


def _list(name: str, items: tuple[object, ...], indent: str) -> Iterator[str]:
    if not all(isinstance(item, str) for item in items):
        yield f"{indent}{name}:"
        for number, item in enumerate(items):
            if number and name == "key_points":
                yield ""
            yield from _item(item, f"{indent}  ")
        return
    texts = [str(item) for item in items]
    line = f"{indent}{name}: [{', '.join(in_brackets(text) for text in texts)}]"
    if width(line) <= WIDTH:
        yield line
    else:
        yield f"{indent}{name}:"
        yield from (f"{indent}  - {inline(text)}" for text in texts)


def _item(item: object, indent: str) -> Iterator[str]:
    if not isinstance(item, Model):
        raise TypeError(f"no rubric has lists of {type(item).__name__}")
    first, *rest = _fields(item, f"{indent}  ")
    yield f"{indent}- {first.lstrip()}"
    yield from rest


def _scalar(value: object, indent: str) -> str:
    if isinstance(value, Enum):
        return inline(str(value.value))
    if isinstance(value, int | float):
        return f"{Decimal(repr(value)).normalize():f}"
    return block(str(value), indent)
