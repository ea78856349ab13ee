"""Which address of the calibrations is answered by whom."""

from __future__ import annotations

from starlette.routing import Route

from evaluator.web.calibrating import answers, downloading, handing_in, one_calibration
from evaluator.web.later import later

ROUTES = (
    Route("/calibrations", handing_in.calibrations),
    Route("/calibrations", handing_in.hand_in, methods=["POST"]),
    Route("/calibrations/new/{upload}", later("calibrating.taking_in", "columns")),
    Route("/calibrations/new/{upload}", later("calibrating.taking_in", "mend"), methods=["POST"]),
    Route("/calibrations/compare", later("calibrating.comparing", "comparison")),
    Route("/calibrations/report.css", downloading.style),
    Route("/calibrations/{one}", one_calibration.view),
    Route("/calibrations/{one}/state", one_calibration.state),
    Route("/calibrations/{one}/start", one_calibration.start, methods=["POST"]),
    Route("/calibrations/{one}/pause", one_calibration.pause, methods=["POST"]),
    Route("/calibrations/{one}/delete", one_calibration.delete, methods=["POST"]),
    Route("/calibrations/{one}/report", downloading.report),
    Route("/calibrations/{one}/report.json", downloading.report_json),
    Route("/calibrations/{one}/report.html", downloading.report_html),
    Route("/calibrations/{one}/answers.jsonl", downloading.answers_jsonl),
    Route("/calibrations/{one}/answers/{number}", answers.answer),
)
