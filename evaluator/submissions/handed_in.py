"""The documents of a folder or a zip archive, one a candidate."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from zipfile import BadZipFile, ZipFile, ZipInfo

from evaluator.errors import InputError, Words
from evaluator.papers.encoding import decode
from evaluator.papers.reading import MAX_BYTES
from evaluator.submissions.refusing import refused
from evaluator.submissions.workbook import UNLOCK

MAX_FILES = 20_000
MAX_UNPACKED = 2_000_000_000
_RATIO = 200
"""Nothing that people write packs to a smaller part of its size."""
_SMALL = 5_000_000
_LEFT_BEHIND = re.compile(r"(?:^|/)(?:__MACOSX/|\.|~\$|Thumbs\.db$|desktop\.ini$)", re.IGNORECASE)
"""What systems and word processors leave behind beside the files of people."""
_COPY = re.compile(r"\s*(?:[（(]\d{1,2}[)）]|[-_ ]*副本|[-_ ]*copy)\s*$", re.IGNORECASE)
_PHONE = re.compile(r"1[3-9]\d{9}")
_PARTS = re.compile(r"[\s_\-—–+＋,，、.·（()）\[\]【】]+")
_HAN_NAME = re.compile(r"[\u3400-\u9fff·]{2,4}")
_NO_NAME = re.compile(r"答卷|试卷|答案|笔试|考试|试题|作业|提交|客服|经理|主管|专员|岗|题|卷")


class Documents:
    """The files of a folder, or of a zip archive, in the order of their names; read one at a time."""

    def __init__(self, path: Path, *, archive: bool) -> None:
        self._path = path
        self._archive = archive
        if archive:
            _check(path)

    def __iter__(self) -> Iterator[tuple[str, bytes | InputError]]:
        """Name inside the folder and content, or why there is none."""
        yield from self._unzipped() if self._archive else self._files()

    def _files(self) -> Iterator[tuple[str, bytes | InputError]]:
        if self._path.is_file():
            yield self._path.name, _content(self._path)
            return
        found = {path.relative_to(self._path).as_posix(): path for path in self._path.rglob("*") if path.is_file()}
        for name in sorted(found, key=_natural):
            if not _LEFT_BEHIND.search(name):
                yield name, _content(found[name])

    def _unzipped(self) -> Iterator[tuple[str, bytes | InputError]]:
        with ZipFile(self._path) as archive:
            for name, entry in sorted(_entries(archive), key=lambda one: _natural(one[0])):
                try:
                    with archive.open(entry) as file:
                        yield name, file.read(MAX_BYTES + 1)
                except (BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError, ValueError, zlib.error):
                    yield name, refused(name, "压缩包里的这个文件已损坏", "this file of the archive is damaged")


def who(name: str) -> tuple[str, str]:
    """Id and name of a candidate, as far as the name of a file tells: `2024001_张三.docx`; "" for what it does not."""
    stem = _COPY.sub("", PurePosixPath(name).stem)
    parts = [part for part in _PARTS.split(stem) if part]
    ids = [part for part in parts if re.search(r"\d{2}", part) and part.isascii() and not _PHONE.fullmatch(part)]
    if len(parts) == 1 and (joined := re.fullmatch(r"([A-Za-z]{0,4}\d{3,20})([\u3400-\u9fff·]{2,4})", stem)):
        return joined[1], joined[2]
    names = [part for part in parts if _HAN_NAME.fullmatch(part) and not _NO_NAME.search(part)]
    return ids[0] if len(ids) == 1 else "", names[0] if len(names) == 1 else ""


def _content(path: Path) -> bytes | InputError:
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as fault:
        return refused(path.name, f"文件打不开（{fault.strerror}）", f"the file cannot be opened ({fault.strerror})")


def _natural(name: str) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d+)", name)]


def _entries(archive: ZipFile) -> Iterator[tuple[str, ZipInfo]]:
    for entry in archive.infolist():
        name = _name(entry)
        if not entry.is_dir() and not _LEFT_BEHIND.search(name):
            yield name, entry


def _name(entry: ZipInfo) -> str:
    """The name as it was meant: Windows packs Chinese names in GBK and does not say so."""
    if entry.flag_bits & 0x800 or entry.filename.isascii():
        return entry.filename
    try:
        raw = entry.filename.encode("cp437")
    except UnicodeEncodeError:
        return entry.filename
    found = decode(raw)
    return found.text if found and not found.broken else raw.decode("gb18030", errors="replace")


def _check(path: Path) -> None:
    """Raises InputError for what no examiner's archive holds."""
    try:
        with ZipFile(path) as archive:
            entries = archive.infolist()
    except (BadZipFile, OSError, ValueError, NotImplementedError) as fault:
        raise refused(path.name, "压缩包已损坏", "the archive is damaged") from fault
    if any(entry.flag_bits & 1 for entry in entries):
        raise refused(path.name, "压缩包有密码", "the archive is protected by a password", hint=UNLOCK)
    for entry in entries:
        parts = PurePosixPath(entry.filename.replace("\\", "/"))
        if parts.is_absolute() or ".." in parts.parts or re.match(r"[A-Za-z]:", entry.filename):
            raise refused(
                path.name,
                f"压缩包里有指向外面的路径：{entry.filename[:60]}",
                f"a path of the archive leads outside it: {entry.filename[:60]}",
                hint=Words("重新打包后再试", "pack it anew"),
            )
    bomb = any(entry.file_size > max(_SMALL, _RATIO * entry.compress_size) for entry in entries)
    if bomb or len(entries) > MAX_FILES or sum(entry.file_size for entry in entries) > MAX_UNPACKED:
        raise refused(
            path.name,
            f"压缩包解开后太大（或文件超过 {MAX_FILES} 个），像是压缩炸弹，已拒绝",
            f"the archive unpacks to too much (or more than {MAX_FILES:,} files), as a zip bomb does: refused",
            hint=Words("分成几包，或解压后给文件夹", "make several archives, or unpack it and give the folder"),
        )
