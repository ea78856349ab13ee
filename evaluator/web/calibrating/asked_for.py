"""What a request asks for: which calibration, which of its answers."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request

from evaluator.web.calibrating.going import Underway

_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which of the answers: those to one question, or those that differ on one of its key points; empty for all."""

    question: str = ""
    key_point: str = ""
    so_far: bool = False
    """Of a calibration that is not finished: what is judged already."""

    @property
    def query(self) -> str:
        """The same in an address, led by `?`; empty where all are wanted."""
        said = {"question": self.question, "key_point": self.key_point, "so_far": "1" if self.so_far else ""}
        kept = {name: value for name, value in said.items() if value}
        return f"?{urlencode(kept)}" if kept else ""


def underway(request: Request) -> Underway:
    """What is under way in this page."""
    found: Underway = request.app.state.calibrating
    return found


def known(request: Request) -> str:
    """The id that is asked for; 404 where there is no such calibration."""
    one: str = request.path_params["one"]
    if one not in underway(request).calibrations:
        raise HTTPException(404, "gone")
    return one


def wanted(request: Request) -> Wanted:
    """Which answers are asked for; a key point only together with its question."""
    question, key_point = (request.query_params.get(name, "")[:_LONGEST] for name in ("question", "key_point"))
    return Wanted(question, key_point if question else "", "so_far" in request.query_params)
