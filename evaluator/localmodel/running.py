"""From the name of a model to a model that answers."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from evaluator.localmodel import machine, shelf
from evaluator.localmodel.catalogue import DEFAULT, find
from evaluator.localmodel.fetching import Say, say_nothing
from evaluator.localmodel.server import LocalServer


def available() -> bool:
    """Whether the library that runs models is installed; it is not imported."""
    return find_spec("xllamacpp") is not None


def running(
    name: str = DEFAULT, *, data_dir: Path, port: int = 0, share: bool = False, say: Say = say_nothing
) -> LocalServer:
    """The server of a model of the catalogue, planned for this machine as it is now; enter it with `async with`.

    Raises ModelError where the model is unknown, not on this machine, or does not fit into its memory.
    """
    entry = find(name, data_dir)
    path = shelf.path_of(entry, data_dir)
    plan = machine.plan(machine.read(), entry.bytes, entry.kv_bytes, entry.context)
    return LocalServer(path, name=entry.name, data_dir=data_dir, plan=plan, port=port, share=share, say=say)
