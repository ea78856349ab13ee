"""The gate: which way each figure must stand to its limit, and what a person who mistypes is told."""

import pytest
from test_calibration_assembling import case, made

from evaluator.calibration.gate import NAMES, Demand, demands, measured, unmet
from evaluator.calibration.meanings import MEANINGS
from evaluator.errors import SettingsError

FOUND = made([case("1", 8, 8), case("2", 2, 4), case("3", 0, 2)])  # bias -1/6, mae 1/6


@pytest.mark.parametrize(
    ("text", "missed"),
    [
        ("", []),
        ("bias=0.2", []),
        ("bias=0.1", ["bias"]),
        ("mae=0.17,rmse=0.21", []),
        ("mae=0.16", ["mae"]),
        ("pearson=0.9, spearman=1", []),
        ("exact=0.4，adjacent=0.3", ["exact"]),
        ("coverage=1", []),
        ("ece=0.5,kappa=-1,qwk=0.99", ["ece", "kappa", "qwk"]),
    ],
)
def test_errors_must_be_small_and_agreement_large(text, missed):
    assert [one.demand.name for one in unmet(FOUND, demands(text))] == missed


def test_the_size_of_a_bias_counts_and_not_its_direction():
    lenient = made([case("1", 8, 4), case("2", 4, 0)])
    assert unmet(lenient, [Demand("bias", 0.4)])


def test_what_is_not_met_says_what_was_demanded_and_what_is():
    (one,) = unmet(FOUND, demands("bias=0.1"))
    assert one.words.zh == "要求 bias ≤ 0.1，实际 -0.167"
    (one,) = unmet(FOUND, demands("auroc=0.7"))
    assert "算不出" in one.words.zh


def test_an_unknown_figure_is_refused_with_the_names_that_there_are():
    with pytest.raises(SettingsError) as refused:
        demands("qwk=0.7,kapa=0.5")
    assert all(name in refused.value.text("zh") for name in ("kapa", *NAMES))


@pytest.mark.parametrize("text", ["qwk", "qwk=", "qwk=high", "qwk=nan"])
def test_a_limit_that_is_no_number_is_refused(text):
    with pytest.raises(SettingsError, match="qwk"):
        demands(text)


def test_every_figure_of_the_gate_is_measured_and_explained_in_both_languages():
    assert tuple(measured(FOUND)) == NAMES
    assert all(MEANINGS[name].meaning.zh and MEANINGS[name].meaning.en for name in NAMES)
