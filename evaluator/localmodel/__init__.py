"""The model that runs on this machine: what there is, how it gets here, and the server that answers."""

from evaluator.localmodel.catalogue import DEFAULT, Entry, catalogue, find
from evaluator.localmodel.download import pull
from evaluator.localmodel.running import available, running
from evaluator.localmodel.server import LocalServer
from evaluator.localmodel.shelf import installed, path_of, place, present, remove

__all__ = [
    "DEFAULT",
    "Entry",
    "LocalServer",
    "available",
    "catalogue",
    "find",
    "installed",
    "path_of",
    "place",
    "present",
    "pull",
    "remove",
    "running",
]
