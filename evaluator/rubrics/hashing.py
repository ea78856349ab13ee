"""What makes two rubrics the same: for a grade, and for a judge."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from evaluator.models import Rubric

# What a judge never sees; a change here scores stored verdicts anew without a call.
_SCORING_ONLY: dict[str, Any] = {
    **dict.fromkeys(("id", "max_score", "points_from", "any_of", "partial_share", "rounding"), True),
    **dict.fromkeys(("provenance", "status"), True),
    "key_points": {"__all__": {"points", "follow_up", "source", "from_model"}},
    "deductions": {"__all__": {"points"}},
}


def content_hash(rubric: Rubric) -> str:
    """SHA-256, 64 hex digits, of everything that the rubric says."""
    return _hash(rubric.model_dump(mode="json", exclude_defaults=True))


def judging_hash(rubric: Rubric) -> str:
    """SHA-256, 64 hex digits, of what a judge sees: question, key points and deductions in their order, no points."""
    return _hash(rubric.model_dump(mode="json", exclude_defaults=True, exclude=_SCORING_ONLY))


def _hash(content: dict[str, Any]) -> str:
    """Of canonical JSON: keys sorted, no white space.

    Fields left at their default do not count, so that a field added later leaves the hashes of old rubrics alone.
    """
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()
