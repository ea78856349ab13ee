"""Which address of batches is answered by whom."""

from __future__ import annotations

from starlette.routing import Route

from evaluator.web.later import later

ROUTES = (
    Route("/batches", later("batches.listing", "batches")),
    Route("/batches", later("batches.listing", "upload"), methods=["POST"]),
    Route("/batches/new/{upload}", later("batches.preview", "preview")),
    Route("/batches/new/{upload}", later("batches.preview", "answer"), methods=["POST"]),
    Route("/batches/{run}", later("batches.one_run", "view")),
    Route("/batches/{run}/state", later("batches.one_run", "state")),
    Route("/batches/{run}/download/{kind}", later("batches.downloading", "download")),
    Route("/batches/{run}/start", later("batches.acting", "start"), methods=["POST"]),
    Route("/batches/{run}/pause", later("batches.acting", "pause"), methods=["POST"]),
    Route("/batches/{run}/delete", later("batches.acting", "delete"), methods=["POST"]),
)
