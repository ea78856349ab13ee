"""A worker, wherever it runs: what it is told, how it opens its judge, and the form in which chunks and results travel.

A worker is a process of this machine (`processes`) or an actor of Ray (`on_ray`). It keeps nothing: whoever gave it a
chunk takes the results and writes them down.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from pydantic import SecretStr, TypeAdapter

from evaluator.batch.executor import Chunk, Graded, InProcess
from evaluator.batch.items import Item
from evaluator.batch.session import limiter_for
from evaluator.client import Endpoint, Limiter, Prices
from evaluator.errors import Problem, SettingsError, Words
from evaluator.judging import Judge, open_judge
from evaluator.judging.protocol import Forgetful
from evaluator.settings import Settings
from evaluator.version import __version__

CHUNK = 100
"""Items of a chunk: enough of one question for a prefix cache, few enough that nobody waits long at the end."""
SUSPECTED = 2
"""Deaths of workers over a chunk after which what is left of it is judged item by item, with nothing beside it."""
DEATHS = 5
"""Deaths in a row, without a single result between them, after which the run ends: it is not the answers' doing."""

_CHUNK = TypeAdapter(Chunk)
_RESULTS = TypeAdapter(list[Graded])


@dataclass(frozen=True, slots=True)
class Orders:
    """What a worker is told once. `share` is how many workers divide what the endpoint may be asked."""

    settings: Settings
    share: int
    likeness: str = ""
    """What its judge must be like; see `likeness`. Empty for whatever it is."""
    numbers: Mapping[str, float] = field(default_factory=dict)
    """What is known from earlier runs, under the keys of the store."""

    def sealed(self) -> bytes:
        """As bytes, keys in clear: for a pipe or a connection, never for a command line, an environment or a log."""
        return json.dumps(
            {
                "settings": self.settings.model_dump(mode="json") | _secrets(self.settings),
                "share": self.share,
                "likeness": self.likeness,
                "numbers": dict(self.numbers),
            }
        ).encode()

    @classmethod
    def unsealed(cls, data: bytes) -> Orders:
        """Out of `sealed`."""
        told = json.loads(data)
        return cls(Settings.model_validate(told.pop("settings")), **told)


def _secrets(settings: Settings) -> dict[str, str]:
    held = {name: getattr(settings, name) for name in type(settings).model_fields}
    return {name: value.get_secret_value() for name, value in held.items() if isinstance(value, SecretStr)}


def likeness(settings: Settings, judge: Judge) -> str:
    """Equal where two judges give the same verdicts at the same price: program, model, prompts, parameters, prices."""
    said = (__version__, judge.key, repr(Prices.load(settings.prices_file)))
    return hashlib.sha256("\0".join(said).encode()).hexdigest()


@asynccontextmanager
async def opened(orders: Orders) -> AsyncIterator[InProcess]:
    """A bench to judge at; it asks the endpoint for no more than its share, and announces nothing.

    Raises what `open_judge` raises, and SettingsError where the judge here is not the one that was ordered.
    """
    settings, memory, gates = orders.settings, Forgetful(), list[Limiter]()
    for key, number in orders.numbers.items():
        memory.put_number(key, number)

    def limiting(target: Endpoint) -> Limiter:
        gates.append(limiter_for(settings, target, memory, share=orders.share))
        return gates[-1]

    async with open_judge(settings, memory=memory, limiter=limiting) as judge:
        if orders.likeness not in {"", likeness(settings, judge)}:
            raise SettingsError(_unlike())
        yield InProcess(
            judge,
            lanes=max((gate.most for gate in gates), default=1),
            wanted=(lambda: max(gate.worth_beginning for gate in gates)) if gates else None,
            max_answer_chars=settings.max_answer_chars,
            lang=settings.lang,
        )


def _unlike() -> Problem:
    return Problem(
        Words(
            "工作进程那边的程序版本、提示词或价格表与这里不同，评出来的不能算数",
            "a worker has another version of the program, other prompts or other prices: its verdicts would not count",
        ),
        hint=Words(
            "每台机器装同一版本，prompts_dir 和 prices_file 在同一路径放同样的内容",
            "install the same version everywhere, with the same prompts_dir and prices_file at the same paths",
        ),
    )


@dataclass(eq=False, slots=True)
class Handed:
    """A chunk that is a worker's to judge, and what of it has not come back.

    Whoever hands it over sends what `sealed` gives, again when that has come back or the worker has died. A chunk that
    is `suspected` must have a worker to itself: then the item that was there when the worker died is to blame.
    """

    chunk: Chunk
    deaths: int = 0
    left: dict[int, Item] = field(init=False)
    sent: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        self.left = {item.id: item for item in self.chunk.items}

    @property
    def suspected(self) -> bool:
        """Whether an answer of it seems to kill workers."""
        return self.deaths >= SUSPECTED

    @property
    def out(self) -> frozenset[int]:
        """Items that a worker has at present."""
        return self.sent & self.left.keys()

    def sealed(self) -> bytes:
        """What is to be judged next, to be sent: all that is left, or one item of it where it is suspected."""
        items = tuple(self.left.values())[: 1 if self.suspected else None]
        self.sent = frozenset(item.id for item in items)
        return _CHUNK.dump_json(Chunk(self.chunk.rubric, items))

    def back(self, results: Sequence[Graded]) -> list[Graded]:
        """Those of the results that were still waited for; they no longer are."""
        return [one for one in results if self.left.pop(one.item, None) is not None]

    def died(self) -> list[Graded]:
        """Count a worker that died over what it had of this; an item that was alone with it has failed."""
        lost, alone, self.sent = self.out, self.suspected, frozenset()
        self.deaths += bool(lost)
        if not alone:
            return []
        zh = "评这份答案的工作进程一再死掉，最后一次手里只有它，没有评出来"
        en = "workers died over this answer, the last with nothing else in hand; it was not judged"
        return self.back([Graded(item, self.chunk.rubric.id, failure=f"{zh}\n{en}") for item in lost])


def unsealed_chunk(data: bytes) -> Chunk:
    """Out of `Handed.sealed`."""
    return _CHUNK.validate_json(data)


def sealed_results(results: Sequence[Graded]) -> bytes:
    """Results, to be sent."""
    return _RESULTS.dump_json(list(results))


def unsealed_results(data: bytes) -> list[Graded]:
    """Out of `sealed_results`."""
    return _RESULTS.validate_json(data)


def chunks_ahead(lanes: int, chunk: int) -> int:
    """Chunks that a worker of so many lanes holds, so that it is never idle at the end of one."""
    return -(-lanes // chunk) + 1


def no_worker_starts(cause: str) -> Problem:
    """What is said where a worker dies before it is ready."""
    return Problem(
        Words(f"工作进程起不来（{cause}）", f"a worker could not be started ({cause})"),
        hint=Words("看看上面它说了什么；或用 --engine here", "see what it said above; or use --engine here"),
    )


def no_worker_lives(deaths: int, cause: str) -> Problem:
    """What is said where worker after worker dies before it gave anything."""
    return Problem(
        Words(
            f"工作进程接连死了 {deaths} 次，一份答案也没有评出来（{cause}）",
            f"{deaths} workers died in a row without a single result ({cause})",
        ),
        hint=Words(
            "看看上面它们说了什么，内存够不够；减少 --workers，或用 --engine here；再运行一次就接着评",
            "see what they said above and whether memory suffices; fewer --workers, or --engine here; "
            "the same command goes on where this stopped",
        ),
    )
