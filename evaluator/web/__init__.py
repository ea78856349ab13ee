"""The page: paste an answer, read which key points were hit, decide. Started by `evaluator serve`."""

from evaluator.web.access import Access
from evaluator.web.app import Limits, create_app

__all__ = ["Access", "Limits", "create_app"]
