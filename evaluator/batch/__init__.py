"""Many answers: a run that is planned, fed, watched, interrupted and gone on with."""

from evaluator.batch.results import AnswerResult, CandidateResult, Results, RunInfo

__all__ = ["AnswerResult", "CandidateResult", "Results", "RunInfo"]
