"""Batches in the page: a spreadsheet in, how it is understood, the run, the results out."""

from evaluator.web.batches.routes import ROUTES

__all__ = ["ROUTES"]
