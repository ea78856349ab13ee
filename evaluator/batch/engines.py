"""Where a batch is judged: in this process, in several processes of this machine, or by Ray on many machines."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Literal

from evaluator.errors import Problem, SettingsError, UserError, Words
from evaluator.judging import chosen_kind
from evaluator.settings import Settings, host_of

if TYPE_CHECKING:
    from evaluator.batch.session import Batch

Engine = Literal["here", "processes", "ray"]


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def check_engine(engine: Engine, workers: int | None, settings: Settings, *, address: str = "") -> None:
    """Raise SettingsError where the engine cannot serve these settings, or its cluster was not agreed to."""
    if engine == "here" and workers:
        raise SettingsError(
            Problem(
                Words("只有一个进程时没有 --workers 可言", "--workers means nothing to one process"),
                field="--workers",
                hint=Words(
                    "加 --engine processes；想同时多评几份用 --concurrency",
                    "add --engine processes; for more answers at once there is --concurrency",
                ),
            )
        )
    if engine != "here" and chosen_kind(settings) == "local":
        raise SettingsError(
            Problem(
                Words(
                    "本机模型同时只能有一个进程，分给多个工作进程不会更快",
                    "the model on this machine runs once at a time: more workers would not make it faster",
                ),
                field="--engine",
                hint=Words(
                    "去掉 --engine；多台机器各自有模型时，用 vLLM 等服务的 --base-url",
                    "leave --engine out; where several machines have a model, serve it (vLLM, say) and give --base-url",
                ),
            )
        )
    if engine == "ray" and cluster(address) and not settings.consents(_url(address)):
        raise SettingsError(
            Problem(
                Words(
                    f"还没有同意把答案、姓名和密钥交给 {address} 的 Ray 集群",
                    f"giving answers, names and keys to the Ray cluster at {address} was not agreed to",
                ),
                field="--ray-address",
                hint=Words(
                    f'加 --yes，或在设置文件里写 consent_host = ["{host_of(_url(address))}"]',
                    f'add --yes, or put consent_host = ["{host_of(_url(address))}"] into a settings file',
                ),
            )
        )


def cluster(address: str) -> str:
    """The address of a cluster that is there already; empty where Ray is to be started on this machine."""
    return "" if address == "local" else address


def _url(address: str) -> str:
    return address if "://" in address else f"ray://{address}"


@contextmanager
def plainly() -> Iterator[None]:
    """An error that a person can mend and that ended one of several tasks leaves by itself, not in a group."""
    try:
        yield
    except BaseExceptionGroup as group:
        found: BaseException | None = group.subgroup(UserError)
        while isinstance(found, BaseExceptionGroup):
            found = found.exceptions[0]
        if found is None:
            raise
        raise found from None


@asynccontextmanager
async def engaged(
    batch: Batch,
    engine: Engine,
    workers: int | None = None,
    *,
    address: str = "",
    say: Callable[[Words], None] = lambda _: None,
) -> AsyncIterator[None]:
    """Give the batch an executor for as long as the block lasts; `here` leaves it as it is.

    `workers` None takes the cores of this machine, or of the cluster at `address`. No more workers are engaged than
    answers are to be judged at once. Raises UserError where they cannot be had.
    """
    from evaluator.batch.session import MOST, limit_key  # noqa: PLC0415 - late, as all that only a run needs

    settings = batch.settings
    key = limit_key(settings)
    known = batch.store.get_number(key) if batch.store is not None else None
    numbers = {} if known is None else {key: known}
    if engine == "processes":
        from evaluator.batch.processes import Processes  # noqa: PLC0415

        count = min(workers or cores(), settings.concurrency or MOST)
        async with Processes(settings, count, batch.judge, numbers=numbers, say=say) as batch.executor:
            yield
    elif engine == "ray":
        from evaluator.batch.on_ray import OnRay  # noqa: PLC0415

        address = cluster(address)
        if address:
            zh = f"答案、姓名和密钥将交给 {address} 的 Ray 集群，由它的机器调用模型"
            say(Words(zh, f"answers, names and keys go to the Ray cluster at {address}, whose machines ask the model"))
        wanted = workers or (None if address else cores())
        async with OnRay(settings, wanted, batch.judge, address=address, numbers=numbers, say=say) as batch.executor:
            yield
    else:
        yield
