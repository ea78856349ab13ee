"""Which address of the review is answered by whom."""

from __future__ import annotations

from starlette.routing import Route

from evaluator.web.reviewing import comparing, marking, overview, settling, together, walking
from evaluator.web.reviewing.acting import acting

_RUN = "/batches/{run}"
_QUESTION = f"{_RUN}/review/{{rubric}}"
ROUTES = (
    Route(f"{_RUN}/review", overview.view),
    Route(f"{_RUN}/review/names", overview.names, methods=["POST"]),
    Route(_QUESTION, walking.queue),
    Route(f"{_QUESTION}/first", walking.first),
    Route(f"{_QUESTION}/rest", acting(walking.confirm_rest), methods=["POST"]),
    Route(f"{_QUESTION}/answers/{{key}}", walking.answer),
    Route(f"{_QUESTION}/groups", together.listed),
    Route(f"{_QUESTION}/groups/{{key}}", together.view),
    Route(f"{_QUESTION}/groups/{{key}}", together.follow, methods=["POST"]),
    Route(f"{_QUESTION}/second", marking.view),
    Route(f"{_QUESTION}/second", marking.mark, methods=["POST"]),
    Route(f"{_QUESTION}/scores", settling.view),
    Route(f"{_QUESTION}/scores/accept", acting(settling.accept), methods=["POST"]),
    Route(f"{_QUESTION}/terms", acting(settling.set_terms), methods=["POST"]),
    Route(f"{_QUESTION}/arbitrate/{{key}}", settling.arbitrate),
    Route(f"{_QUESTION}/arbitrate/{{key}}", settling.decide, methods=["POST"]),
    Route(f"{_RUN}/matrix", comparing.view),
    Route(f"{_RUN}/matrix.csv", comparing.as_csv),
    Route(f"{_RUN}/matrix/decide", comparing.decide, methods=["POST"]),
)
