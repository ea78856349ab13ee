"""Files that people hand in: kept under a name of ours, so that no path of a request ever reaches the disk."""

from __future__ import annotations

import re
import secrets
import shutil
import time
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path, PureWindowsPath

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

from evaluator.errors import InputError, Problem, Words

_ID = re.compile(r"[0-9a-f]{16}")
_LONGEST_NAME = 120
_KEPT_DAYS = 30
"""How long a file can be gone on with; the results of a run do not need it."""


@dataclass(frozen=True, slots=True)
class Upload:
    """One file. `name` is what its owner calls it, to be shown and for nothing else; `path` is where it lies."""

    id: str
    name: str
    path: Path


class Uploads:
    """The files below one folder, each in a folder of its own. For any thread."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def keep(self, file: UploadFile, kinds: Collection[str]) -> Upload:
        """Keep a file of one of these kinds (suffixes such as `.xlsx`). Raises InputError for any other."""
        name = shown_name(file.filename or "")
        suffix = Path(name).suffix.lower()
        if suffix not in kinds:
            raise InputError(_wrong_kind(name, kinds))
        upload = Upload(secrets.token_hex(8), name, Path())
        place = self._folder / upload.id / f"file{suffix}"
        await run_in_threadpool(self._write, place, name, file)
        return Upload(upload.id, name, place)

    def get(self, upload_id: str) -> Upload | None:
        """The file of that id, or None."""
        folder = self._folder / upload_id
        if not _ID.fullmatch(upload_id) or not folder.is_dir():
            return None
        found = next(folder.glob("file.*"), None)
        if found is None:
            return None
        try:
            name = (folder / "name").read_text("utf-8")
        except OSError:
            name = found.name
        return Upload(upload_id, name, found)

    def forget(self, upload_id: str) -> None:
        """Remove the file, if it is there."""
        if _ID.fullmatch(upload_id):
            shutil.rmtree(self._folder / upload_id, ignore_errors=True)

    def all(self) -> Iterator[Upload]:
        """Every file that is there."""
        for folder in self._folder.glob("*"):
            if found := self.get(folder.name):
                yield found

    def _write(self, place: Path, name: str, file: UploadFile) -> None:
        self._sweep()
        place.parent.mkdir(mode=0o700, parents=True)
        (place.parent / "name").write_text(name, encoding="utf-8")
        with place.open("wb") as target:
            shutil.copyfileobj(file.file, target, 1 << 20)

    def _sweep(self) -> None:
        """Remove what was handed in long ago."""
        late = time.time() - _KEPT_DAYS * 24 * 3600
        for folder in self._folder.glob("*"):
            if _ID.fullmatch(folder.name) and folder.stat().st_mtime < late:
                shutil.rmtree(folder, ignore_errors=True)


def upload_of(request: Request) -> Upload:
    """The file that the address names; a 404 where it is not there, or no longer."""
    uploads: Uploads = request.app.state.uploads
    found = uploads.get(request.path_params["upload"])
    if found is None:
        raise HTTPException(404, "no_upload")
    return found


def shown_name(given: str) -> str:
    """A file name without any folder, without control characters, of bearable length; never empty."""
    name = PureWindowsPath(given.replace("/", "\\")).name
    kept = "".join(letter for letter in name if unicodedata.category(letter)[0] != "C").strip(" .")
    stem, dot, suffix = kept.rpartition(".")
    return f"{stem[: _LONGEST_NAME - len(suffix) - 1]}.{suffix}" if dot and stem else kept[:_LONGEST_NAME] or "file"


def _wrong_kind(name: str, kinds: Collection[str]) -> Problem:
    listed = " ".join(sorted(kinds))
    return Problem(
        Words("这种文件读不了", "files of this kind cannot be read"),
        name,
        hint=Words(f"可以是：{listed}", f"these can: {listed}"),
    )
