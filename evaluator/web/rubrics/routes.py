"""Which address below `/rubrics` is answered by whom."""

from __future__ import annotations

from starlette.routing import Route

from evaluator.web.rubrics import drafting, editing, listing, reading, saving

ROUTES = (
    Route("/rubrics", listing.rubrics),
    Route("/rubrics/draft", drafting.form),
    Route("/rubrics/draft", drafting.take_in, methods=["POST"]),
    Route("/rubrics/draft/{upload}", drafting.questions),
    Route("/rubrics/draft/{upload}", drafting.keep, methods=["POST"]),
    Route("/rubrics/{rubric_id}", reading.rubric),
    Route("/rubrics/{rubric_id}/yaml", reading.as_yaml),
    Route("/rubrics/{rubric_id}/edit", editing.form),
    Route("/rubrics/{rubric_id}/edit", editing.edit, methods=["POST"]),
    Route("/rubrics/{rubric_id}/check", editing.check, methods=["POST"]),
    Route("/rubrics/{rubric_id}/save", saving.save, methods=["POST"]),
)
