"""Calibration in the page: scored answers in, how far the judge can be trusted, where it differs from people."""

from evaluator.web.calibrating.going import Underway
from evaluator.web.calibrating.kept import Calibrations
from evaluator.web.calibrating.routes import ROUTES

__all__ = ["ROUTES", "Calibrations", "Underway"]
