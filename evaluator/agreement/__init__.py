"""How far judges and people agree, and what may be concluded from it; numbers in, numbers out.

A figure that the data do not define (no items, nothing to divide by) is `nan`, never 0 or 1. A score that is nan or
infinite raises ValueError: what is missing is left out by the caller, who counts it.
"""

from evaluator.agreement.comparing import (
    Difference,
    McNemar,
    Permutation,
    differences,
    mcnemar,
    permutation_test,
)
from evaluator.agreement.confidence import Bin, auc, brier_score, expected_calibration_error, reliability
from evaluator.agreement.correlation import average_ranks, correlation_within, lin_concordance, pearson, spearman
from evaluator.agreement.cutting import Cuts, accuracy_criterion, best_cuts, quadratic_criterion
from evaluator.agreement.fitting import LinearMap, MonotoneMap, isotonic, linear, partial_value
from evaluator.agreement.grid import on_grid, place_qwk, score_linear_kappa, score_qwk
from evaluator.agreement.grouping import BANDS, Band, band, figures_by, figures_by_band, grouped
from evaluator.agreement.levels import (
    PrecisionRecallF1,
    accuracy,
    cohen_kappa,
    confusion,
    kappa_of,
    linear_weighted_kappa,
    macro,
    per_level,
    precision_recall_f1,
    quadratic_weighted_kappa,
)
from evaluator.agreement.raters import icc_agreement, krippendorff_alpha
from evaluator.agreement.resampling import Clusters, Interval, clustered, interval, intervals, quantile, resampled
from evaluator.agreement.reviewing import (
    Kept,
    Review,
    least_review,
    review_of,
    reviewed_at,
    risk_coverage,
    risk_coverage_area,
)
from evaluator.agreement.scores import (
    Limits,
    adjacent_share,
    bias,
    exact_share,
    limits_of_agreement,
    mean_absolute_error,
    root_mean_squared_error,
)
from evaluator.agreement.splitting import Split, folds_by_group, split_by_group

__all__ = [
    "BANDS",
    "Band",
    "Bin",
    "Clusters",
    "Cuts",
    "Difference",
    "Interval",
    "Kept",
    "Limits",
    "LinearMap",
    "McNemar",
    "MonotoneMap",
    "Permutation",
    "PrecisionRecallF1",
    "Review",
    "Split",
    "accuracy",
    "accuracy_criterion",
    "adjacent_share",
    "auc",
    "average_ranks",
    "band",
    "best_cuts",
    "bias",
    "brier_score",
    "clustered",
    "cohen_kappa",
    "confusion",
    "correlation_within",
    "differences",
    "exact_share",
    "expected_calibration_error",
    "figures_by",
    "figures_by_band",
    "folds_by_group",
    "grouped",
    "icc_agreement",
    "interval",
    "intervals",
    "isotonic",
    "kappa_of",
    "krippendorff_alpha",
    "least_review",
    "limits_of_agreement",
    "lin_concordance",
    "linear",
    "linear_weighted_kappa",
    "macro",
    "mcnemar",
    "mean_absolute_error",
    "on_grid",
    "partial_value",
    "pearson",
    "per_level",
    "permutation_test",
    "place_qwk",
    "precision_recall_f1",
    "quadratic_criterion",
    "quadratic_weighted_kappa",
    "quantile",
    "reliability",
    "resampled",
    "review_of",
    "reviewed_at",
    "risk_coverage",
    "risk_coverage_area",
    "root_mean_squared_error",
    "score_linear_kappa",
    "score_qwk",
    "spearman",
    "split_by_group",
]
