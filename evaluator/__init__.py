"""Score free-text answers against rubrics: key points hit, partial or missed, each with evidence in the answer.

>>> from evaluator import score
>>> grade = score("csm-02", "先看数据，再和员工一对一面谈……")
>>> print(grade.score, grade.range, [(point.name, point.verdict) for point in grade.key_points])

Names are imported when they are first used, so that `import evaluator` costs nothing. See docs/api.md.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from evaluator.version import __version__

if TYPE_CHECKING:
    from evaluator.api import load_rubric, open_grader, score, score_async, score_batch
    from evaluator.errors import EvaluatorError, JudgeError, UserError
    from evaluator.grader import Grader
    from evaluator.models import Evidence, Flag, Grade, KeyPoint, Level, Rubric, Sample, Verdict
    from evaluator.settings import Settings
    from evaluator.settings import load as load_settings
    from evaluator.store import SqliteStore

__all__ = [
    "EvaluatorError",
    "Evidence",
    "Flag",
    "Grade",
    "Grader",
    "JudgeError",
    "KeyPoint",
    "Level",
    "Rubric",
    "Sample",
    "Settings",
    "SqliteStore",
    "UserError",
    "Verdict",
    "__version__",
    "load_rubric",
    "load_settings",
    "open_grader",
    "score",
    "score_async",
    "score_batch",
]

_HOMES = {
    **dict.fromkeys(("load_rubric", "load_settings", "open_grader", "score", "score_async", "score_batch"), "api"),
    **dict.fromkeys(("EvaluatorError", "JudgeError", "UserError"), "errors"),
    **dict.fromkeys(("Evidence", "Flag", "Grade", "KeyPoint", "Level", "Rubric", "Sample", "Verdict"), "models"),
    "Grader": "grader",
    "Settings": "settings",
    "SqliteStore": "store",
}

if not TYPE_CHECKING:  # a type checker would take it for a promise that every name exists

    def __getattr__(name: str) -> object:
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
