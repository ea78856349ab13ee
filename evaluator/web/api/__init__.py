"""The page's functions for programs: JSON in, JSON out, described by an OpenAPI document."""

from evaluator.web.api.describing import ROUTES

__all__ = ["ROUTES"]
