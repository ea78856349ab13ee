"""Judges: verdicts on one answer, never totals."""

from evaluator.judging.choice import ChoiceJudge
from evaluator.judging.combining import CascadeJudge, VotingJudge, WindowedJudge
from evaluator.judging.forecasting import Expected, expected
from evaluator.judging.keyword import KeywordJudge
from evaluator.judging.one_call import OneCallJudge
from evaluator.judging.opening import Relaying, chosen_kind, open_client, open_judge
from evaluator.judging.per_point import PerPointJudge
from evaluator.judging.protocol import Judge, Requirement, Task, requirements, unscored
from evaluator.judging.thresholds import Profile, profile_for

__all__ = [
    "CascadeJudge",
    "ChoiceJudge",
    "Expected",
    "Judge",
    "KeywordJudge",
    "OneCallJudge",
    "PerPointJudge",
    "Profile",
    "Relaying",
    "Requirement",
    "Task",
    "VotingJudge",
    "WindowedJudge",
    "chosen_kind",
    "expected",
    "open_client",
    "open_judge",
    "profile_for",
    "requirements",
    "unscored",
]
