"""The vocabulary: what is passed between the rooms of the house, frozen.

Numbers of points are plain floats here and exact decimals inside `scoring`. Every offset is a character offset into
the text as it was given, start inclusive, end exclusive.
"""

from evaluator.models.base import Model, Parameters, Place, Points, Share, Slug, Text
from evaluator.models.calibration_file import Binding, Fit, FitFigure, Tried
from evaluator.models.grading import DeductionGrade, Flag, Grade, HumanScore, KeyPointGrade, Override, Sample, Trace
from evaluator.models.judging import Evidence, Judgement, Level, Probabilities, Usage, Verdict
from evaluator.models.paper import Paper, PaperWarning, Question, Section, Span, WarningCode
from evaluator.models.people import Act, ActKind, Mark, Note, Role, Said, Statement, said
from evaluator.models.rubric import (
    AnyOf,
    ChoiceRule,
    Deduction,
    KeyPoint,
    Option,
    Provenance,
    QuestionKind,
    Rubric,
    SourceSpan,
)
from evaluator.models.submission import Answer, Rejected, Submission

__all__ = [
    "Act",
    "ActKind",
    "Answer",
    "AnyOf",
    "Binding",
    "ChoiceRule",
    "Deduction",
    "DeductionGrade",
    "Evidence",
    "Fit",
    "FitFigure",
    "Flag",
    "Grade",
    "HumanScore",
    "Judgement",
    "KeyPoint",
    "KeyPointGrade",
    "Level",
    "Mark",
    "Model",
    "Note",
    "Option",
    "Override",
    "Paper",
    "PaperWarning",
    "Parameters",
    "Place",
    "Points",
    "Probabilities",
    "Provenance",
    "Question",
    "QuestionKind",
    "Rejected",
    "Role",
    "Rubric",
    "Said",
    "Sample",
    "Section",
    "Share",
    "Slug",
    "SourceSpan",
    "Span",
    "Statement",
    "Submission",
    "Text",
    "Trace",
    "Tried",
    "Usage",
    "Verdict",
    "WarningCode",
    "said",
]
