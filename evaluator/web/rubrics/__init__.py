"""Rubrics in the page: find, read, edit, see who changes, apply, draft from a paper."""

from evaluator.web.rubrics.routes import ROUTES

__all__ = ["ROUTES"]
