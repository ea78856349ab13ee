"""What this machine has to spare, and how the model should use it.

`read` looks, `plan` decides; `plan` is pure.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from evaluator.errors import ModelError, Problem, Words

_MAX_THREADS = 16
LEAST_CONTEXT = 8_192
"""Tokens: room for one window of an answer, its rubric and the reply."""
USUAL_CONTEXT = 16_384
"""Tokens: room for the longest answer that is taken, its rubric and the reply."""
_WORKING_MEMORY = 512 << 20
"""Bytes for the buffers of a computation and the process itself."""
_MAX_CACHE_MIB = 2_048


@dataclass(frozen=True, slots=True)
class Machine:
    """What the process may use. `cores` are physical where that is known; `memory` is in bytes, None if unknown."""

    cores: int
    idle: float
    """Cores that do nothing at the moment."""
    memory: int | None


@dataclass(frozen=True, slots=True)
class Plan:
    """How to run a model."""

    threads: int
    """Where threads that wait sleep: every core, also a busy one, makes it faster."""
    spinning_threads: int
    """Where threads that wait spin: only idle cores, for one thread that is kept from running stops all."""
    context: int
    """Tokens."""
    cache_mib: int
    """Memory for the states of earlier prompts."""


def plan(machine: Machine, file_bytes: int, kv_bytes: int, max_context: int = 32_768) -> Plan:
    """Threads from the cores, context and prompt cache from the memory.

    `kv_bytes` is what one token of context takes. Raises ModelError where the model does not fit.
    """
    threads = max(1, min(machine.cores, _MAX_THREADS))
    spinning = max(1, min(threads, round(machine.idle)))
    wanted = min(USUAL_CONTEXT, max_context)
    least = min(LEAST_CONTEXT, wanted)
    if machine.memory is None:
        return Plan(threads, spinning, least, 0)
    left = machine.memory - file_bytes - _WORKING_MEMORY
    if left < least * kv_bytes:
        raise ModelError(_too_little_memory(machine.memory, machine.memory - left + least * kv_bytes))
    context = wanted if left >= wanted * kv_bytes else least
    cache = (left - context * kv_bytes) // 4 >> 20
    return Plan(threads, spinning, context, min(cache, _MAX_CACHE_MIB))


def _too_little_memory(available: int, needed: int) -> Problem:
    return Problem(
        Words(
            f"内存不够：模型需要约 {needed / 1e9:.1f} GB，可用 {available / 1e9:.1f} GB",
            f"not enough memory: the model needs about {needed / 1e9:.1f} GB, {available / 1e9:.1f} GB are available",
        ),
        hint=Words(
            "关掉别的程序，或换小一些的模型（evaluator model list）",
            "close other programs, or take a smaller model (evaluator model list)",
        ),
    )


def read(root: Path = Path("/"), *, sleep: Callable[[float], None] = time.sleep) -> Machine:
    """Look at the machine, and at the control group that the process is in. Takes a fifth of a second."""
    cpus = _usable_cpus()
    cores = _physical(root, cpus) or len(cpus)
    quota = min(_cpu_quotas(root), default=None)
    if quota is not None:
        cores = max(1, min(cores, int(quota)))
    return Machine(cores, _idle(root, cpus, sleep), min((*_memory(root), *_memory_limits(root)), default=None))


def _usable_cpus() -> frozenset[int]:
    if hasattr(os, "sched_getaffinity"):
        return frozenset(os.sched_getaffinity(0))
    return frozenset(range(os.cpu_count() or 1))


def _physical(root: Path, cpus: frozenset[int]) -> int:
    """How many different cores these CPUs are; 0 where that is not told."""
    folder = root / "sys/devices/system/cpu"
    siblings = {_text(folder / f"cpu{cpu}/topology/thread_siblings_list") for cpu in cpus}
    return 0 if "" in siblings else len(siblings)


def _idle(root: Path, cpus: frozenset[int], sleep: Callable[[float], None]) -> float:
    """Idle CPUs among these, from two looks at the clock of each; else from the load of the last minute."""
    before = _ticks(root)
    if not before:
        load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
        return max(0.0, len(cpus) - load)
    sleep(0.2)
    after = _ticks(root)
    idle = 0.0
    for cpu in cpus & before.keys() & after.keys():
        resting, total = (late - early for late, early in zip(after[cpu], before[cpu], strict=True))
        idle += resting / total if total else 1.0
    return idle


def _ticks(root: Path) -> dict[int, tuple[int, int]]:
    """(idle, all) ticks of each CPU."""
    found = {}
    for line in _text(root / "proc/stat").splitlines():
        match = re.match(r"cpu(\d+) (.+)", line)
        if match:
            ticks = [int(number) for number in match[2].split()[:8]]
            found[int(match[1])] = (sum(ticks[3:5]), sum(ticks))
    return found


def _memory(root: Path) -> Iterator[int]:
    match = re.search(r"^MemAvailable:\s+(\d+) kB", _text(root / "proc/meminfo"), re.MULTILINE)
    if match:
        yield int(match[1]) * 1024
    elif hasattr(os, "sysconf") and {"SC_PHYS_PAGES", "SC_PAGE_SIZE"} <= os.sysconf_names.keys():
        yield os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2


def _cpu_quotas(root: Path) -> Iterator[float]:
    """CPUs that each control group above us may use at once."""
    for folder in _groups(root, "cpu"):
        quota, _, period = (_text(folder / "cpu.max") or "max").partition(" ")
        if quota == "max":
            quota, period = _text(folder / "cpu.cfs_quota_us"), _text(folder / "cpu.cfs_period_us")
        if quota.isdigit() and period.isdigit():
            yield int(quota) / int(period)


def _memory_limits(root: Path) -> Iterator[int]:
    """What each control group above us has left; files in the page cache count as free."""
    names = (
        ("memory.max", "memory.current", "inactive_file"),
        ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
    )
    for folder in _groups(root, "memory"):
        for limit_name, usage_name, cache_name in names:
            limit, usage = _text(folder / limit_name), _text(folder / usage_name)
            if limit.isdigit() and usage.isdigit():
                cache = re.search(rf"^{cache_name} (\d+)$", _text(folder / "memory.stat"), re.MULTILINE)
                yield max(0, int(limit) - int(usage) + (int(cache[1]) if cache else 0))


def _groups(root: Path, controller: str) -> Iterator[Path]:
    """Folders of our control group and of those above it, version 2 and version 1."""
    for line in _text(root / "proc/self/cgroup").splitlines():
        number, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        if number == "0":
            base = root / "sys/fs/cgroup"
        elif controller in controllers.split(","):
            base = root / "sys/fs/cgroup" / controller
        else:
            continue
        folder = base / path.lstrip("/")
        yield folder
        yield from (parent for parent in folder.parents if parent == base or base in parent.parents)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        return ""
