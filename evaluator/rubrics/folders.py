"""Many rubric files: all of a folder, one by its id."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from evaluator.errors import Problem, RubricError, Words
from evaluator.models import Rubric
from evaluator.resources import folder
from evaluator.rubrics import tree
from evaluator.rubrics.explaining import near, shortened
from evaluator.rubrics.loading import MAX_BYTES, SUFFIXES, Source, load, read

_ID_LINE = re.compile(rb"^id:[ \t]*[\"']?([A-Za-z0-9][A-Za-z0-9_-]*)", re.MULTILINE)


def files_in(path: Path | str) -> tuple[Path, ...]:
    """All rubric files below a folder, sorted; a file stands for itself.

    Raises RubricError if there is no such file or folder.
    """
    place = Path(path)
    if place.is_file():
        return (place,)
    if not place.is_dir():
        raise RubricError(Problem(Words("没有这个文件或文件夹", "no such file or folder"), str(path)))
    return tuple(sorted(file for file in place.rglob("*") if file.suffix in SUFFIXES and file.is_file()))


def load_files(files: Iterable[Path]) -> tuple[Source, ...]:
    """The rubric of each file.

    Raises RubricError with the problems of all files, among them ids that two files share.
    """
    found: list[Source] = []
    problems: list[Problem] = []
    owners: dict[str, Source] = {}
    for file in files:
        try:
            source = read(file)
        except RubricError as error:
            problems += error.problems
            continue
        found.append(source)
        first = owners.setdefault(source.rubric.id, source)
        if first is not source:
            problems.append(_shared_id(first, source))
    if problems:
        raise RubricError(*problems)
    return tuple(found)


def _shared_id(first: Source, second: Source) -> Problem:
    there, here = (tree.locate(source.root, ("id",)) for source in (first, second))
    taken = f"{first.file}:{there.line}"
    message = Words(f"id {first.rubric.id} 已用于 {taken}", f"id {first.rubric.id} is already used in {taken}")
    return Problem(message, second.file, *here, "id", Words("改其中一个 id", "change one of the ids"))


def preferred_files(folders: Iterable[Path | str]) -> tuple[Path, ...]:
    """All rubric files of the folders in their order; of an id that several folders have, only the first folder's.

    So a copy that somebody edited stands in for the shipped one. Raises RubricError if there is no such folder.
    """
    return tuple(file for _, file in _preferred(folders))


def _preferred(folders: Iterable[Path | str]) -> list[tuple[str, Path]]:
    """With the id that is written in each file, or nothing."""
    found: list[tuple[str, Path]] = []
    for place in folders:
        taken = {written for written, _ in found if written}
        listed = [(_written_id(file), file) for file in files_in(place)]
        found += [(written, file) for written, file in listed if written not in taken]
    return found


def load_folder(path: Path | str | None = None) -> tuple[Rubric, ...]:
    """All rubrics below a folder, by file name; without `path` those that are shipped.

    Raises RubricError with the problems of all files.
    """
    return tuple(source.rubric for source in load_files(files_in(path if path is not None else folder("rubrics"))))


def find(ref: str, folders: Sequence[Path] | None = None) -> Rubric:
    """The rubric that `ref` names: a path, an id, or a part of an id that only one has.

    Looks into `folders`, or into the shipped folder, for lines that start with `id:`; the first folder that has an id
    counts. Broken files beside it do not matter. Raises RubricError that lists near names, or both places of an id that
    two files of one folder share.
    """
    if Path(ref).suffix in SUFFIXES or _is_file(ref):
        return load(ref)
    listed = _preferred(folders if folders is not None else (folder("rubrics"),))
    written: dict[str, list[Path]] = {}
    for name, file in listed:
        written.setdefault(name, []).append(file)
    parts = [name for name in written if ref and ref.casefold() in name.casefold()]
    if (ref and ref in written) or len(parts) == 1:
        return load_files(written[ref if ref in written else parts[0]])[0].rubric
    raise RubricError(
        _not_found(ref, parts, [name for name in written if name]), *_problems_in(file for _, file in listed)
    )


def _is_file(ref: str) -> bool:
    try:
        return Path(ref).is_file()
    except OSError:  # longer than a name of a file can be
        return False


def _written_id(file: Path) -> str:
    """The id in the file, or nothing. Reading all of every file, to look at one, would take a second."""
    try:
        found = _ID_LINE.search(file.read_bytes()[:MAX_BYTES])
    except OSError:
        return ""
    return found[1].decode("ascii") if found else ""


def _problems_in(files: Iterable[Path]) -> tuple[Problem, ...]:
    try:
        load_files(files)
    except RubricError as error:
        return error.problems
    return ()


def _not_found(ref: str, parts: list[str], known: list[str]) -> Problem:
    shown = shortened(ref)
    if parts:
        message = Words(f"{shown!r} 对应 {len(parts)} 份评分细则", f"{shown!r} fits {len(parts)} rubrics")
        return Problem(message, hint=Words(f"写全：{'、'.join(parts[:8])}", f"one of: {', '.join(parts[:8])}"))
    message = Words(f"没有 id 或路径为 {shown!r} 的评分细则", f"no rubric has the id or path {shown!r}")
    offered = near(ref, known)
    hint = Words(f"是不是 {'、'.join(offered)}？", f"did you mean {', '.join(offered)}?")
    everything = Words("用 evaluator rubric list 查看全部", "see all with: evaluator rubric list")
    return Problem(message, hint=hint if offered else everything)
