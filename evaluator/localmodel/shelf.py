"""Where the model files lie: `<data_dir>/models/`."""

from __future__ import annotations

import shutil
from pathlib import Path

from evaluator.errors import ModelError, Problem, Words
from evaluator.localmodel.catalogue import Entry, find


def folder(data_dir: Path) -> Path:
    """The folder of the model files; it need not exist."""
    return data_dir / "models"


def place(entry: Entry, data_dir: Path) -> Path:
    """Where the file of a model lies or would lie."""
    return folder(data_dir) / entry.file


def present(entry: Entry, data_dir: Path) -> bool:
    """Whether the file is there in full size. It was checked byte for byte before it got its name."""
    path = place(entry, data_dir)
    return path.is_file() and path.stat().st_size == entry.bytes


def installed(name: str, data_dir: Path) -> Path | None:
    """The file of that model of the catalogue, None where it is not there; ModelError for an unknown name."""
    entry = find(name, data_dir)
    return place(entry, data_dir) if present(entry, data_dir) else None


def path_of(entry: Entry, data_dir: Path) -> Path:
    """The file of a model that is there; ModelError where it is not."""
    path = place(entry, data_dir)
    if present(entry, data_dir):
        return path
    raise ModelError(
        Problem(
            Words(f"本机还没有模型 {entry.name}", f"the model {entry.name} is not on this machine"),
            file=str(path),
            hint=Words(f"运行 evaluator model pull {entry.name}", f"run: evaluator model pull {entry.name}"),
        )
    )


def remove(entry: Entry, data_dir: Path) -> int:
    """Delete a model and whatever an unfinished download left of it; returns how many bytes that freed."""
    freed = 0
    path = place(entry, data_dir)
    for file in (path, *path.parent.glob(f"{entry.file}.*")):
        if file.is_dir():
            shutil.rmtree(file, ignore_errors=True)
        elif file.is_file():
            freed += file.stat().st_size
            file.unlink()
    return freed
