"""The review of a batch: by question, least sure first; groups, the matrix, double marking and arbitration."""

from evaluator.web.reviewing.routes import ROUTES

__all__ = ["ROUTES"]
