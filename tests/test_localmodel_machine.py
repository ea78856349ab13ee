"""How the model is run follows from what the machine has, and that is read from files the kernel shows."""

import os

import pytest

from evaluator.errors import ModelError
from evaluator.localmodel import find, machine
from evaluator.localmodel.machine import Machine, Plan, plan

GIB = 1 << 30
FILE = find("qwen2.5-coder-1.5b").bytes
KV = find("qwen2.5-coder-1.5b").kv_bytes


def planned(cores=4, idle=4.0, memory=16 * GIB, **changes):
    return plan(Machine(cores, idle, memory), **{"file_bytes": FILE, "kv_bytes": KV} | changes)


@pytest.mark.parametrize(
    ("cores", "idle", "threads", "spinning"),
    [
        (1, 1.0, 1, 1),
        (2, 1.9, 2, 2),
        (2, 0.9, 2, 1),
        (2, 0.1, 2, 1),
        (0, 0.0, 1, 1),
        (8, 5.4, 8, 5),
        (64, 60.0, 16, 16),
    ],
)
def test_sleeping_threads_take_all_cores_and_spinning_ones_only_idle_cores(cores, idle, threads, spinning):
    found = planned(cores, idle)
    assert (found.threads, found.spinning_threads) == (threads, spinning)


@pytest.mark.parametrize(
    ("memory", "context"), [(16 * GIB, 16_384), (2 * GIB, 16_384), (1_950_000_000, 8_192), (None, 8_192)]
)
def test_the_context_is_as_long_as_the_memory_allows(memory, context):
    assert planned(memory=memory).context == context


def test_a_model_made_for_a_short_context_gets_no_longer_one():
    assert planned(max_context=4096).context == 4096


@pytest.mark.parametrize("memory", [0, 1 * GIB, FILE + (512 << 20)])
def test_a_model_that_does_not_fit_is_refused_with_both_figures(memory):
    with pytest.raises(ModelError, match=r"需要约 1\.9 GB，可用 [0-9.]+ GB"):
        planned(memory=memory)


@pytest.mark.parametrize(("memory", "cache"), [(None, 0), (64 * GIB, 2048)])
def test_earlier_prompts_are_kept_in_what_is_left_and_never_in_more(memory, cache):
    assert planned(memory=memory).cache_mib == cache
    left = 4 * GIB - FILE - 16_384 * KV
    assert 0 < planned(memory=4 * GIB).cache_mib << 20 < left


# --- reading ---------------------------------------------------------------------------------------------------------

ROOT = {
    "proc/stat": "cpu 0\ncpu0 100 0 0 100 0 0 0 0 0 0\ncpu1 100 0 0 100 0 0 0 0 0 0\nintr 5",
    "proc/meminfo": "MemTotal: 9000 kB\nMemAvailable:    4000 kB\n",
}
V2 = {
    "proc/self/cgroup": "0::/user/job\n",
    "sys/fs/cgroup/user/cpu.max": "150000 100000",
    "sys/fs/cgroup/user/job/cpu.max": "max 100000",
    "sys/fs/cgroup/user/job/memory.max": "3000000",
    "sys/fs/cgroup/user/job/memory.current": "2000000",
    "sys/fs/cgroup/user/job/memory.stat": "anon 5\ninactive_file 500000\n",
}
V1 = {
    "proc/self/cgroup": "5:memory:/docker/x\n3:cpu,cpuacct:/docker/x\n",
    "sys/fs/cgroup/cpu/docker/x/cpu.cfs_quota_us": "100000",
    "sys/fs/cgroup/cpu/docker/x/cpu.cfs_period_us": "50000",
    "sys/fs/cgroup/memory/memory.limit_in_bytes": "1000000",
    "sys/fs/cgroup/memory/memory.usage_in_bytes": "900000",
    "sys/fs/cgroup/memory/memory.stat": "inactive_file 7\ntotal_inactive_file 100000",
}
UNLIMITED = {
    "proc/self/cgroup": "0::/",
    "sys/fs/cgroup/cpu.max": "max 100000",
    "sys/fs/cgroup/memory.max": "max",
    "sys/fs/cgroup/memory.current": "5",
}


def read(tmp_path, monkeypatch, files, cpus=4, then=""):
    def write(name, text):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)

    for name, text in files.items():
        write(name, text)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(cpus)), raising=False)
    return machine.read(tmp_path, sleep=lambda _: write("proc/stat", then) if then else None)


@pytest.mark.parametrize(
    ("files", "cores", "memory"),
    [
        (ROOT, 4, 4_096_000),
        (ROOT | UNLIMITED, 4, 4_096_000),
        (ROOT | V2, 1, 1_500_000),
        (ROOT | V1, 2, 200_000),
    ],
)
def test_control_groups_of_both_versions_and_those_above_count(tmp_path, monkeypatch, files, cores, memory):
    found = read(tmp_path, monkeypatch, files)
    assert (found.cores, found.memory) == (cores, memory)


def test_a_quota_below_one_core_still_leaves_one(tmp_path, monkeypatch):
    assert read(tmp_path, monkeypatch, ROOT | V2 | {"sys/fs/cgroup/user/cpu.max": "20000 100000"}).cores == 1


def test_two_threads_of_one_core_are_one_core(tmp_path, monkeypatch):
    siblings = {
        f"sys/devices/system/cpu/cpu{n}/topology/thread_siblings_list": f"{n % 2},{n % 2 + 2}" for n in range(4)
    }
    assert read(tmp_path, monkeypatch, ROOT | siblings).cores == 2


def test_idle_cores_are_those_whose_idle_time_went_on(tmp_path, monkeypatch):
    later = "cpu0 200 0 0 100 0 0 0 0\ncpu1 125 0 0 150 25 0 0 0"
    assert read(tmp_path, monkeypatch, ROOT, cpus=2, then=later).idle == pytest.approx(0.75)


def test_without_such_files_the_load_of_the_last_minute_tells(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "getloadavg", lambda: (1.5, 0, 0))
    assert read(tmp_path, monkeypatch, {}, cpus=4).idle == 2.5


def test_this_machine_can_be_read():
    found = machine.read(sleep=lambda _: None)
    assert found.cores >= 1
    assert found.memory is None or found.memory > 0
    assert isinstance(plan(found, 1000, 1), Plan)
