"""False and found findings over the published validation, and the arithmetic of the counts."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from gait.findings.probability import CLEAR, LIKELY
from gait.validation.false_findings import (
    MAX_FALSE_CLEAR,
    MAX_FALSE_LIKELY,
    ReportOutcome,
    count_outcomes,
    exact_bounds,
    main,
    ordinary_outcomes,
    report_outcomes,
)
from tests.conftest import REPOSITORY

VALIDATION = REPOSITORY / "docs" / "validation.json"


@pytest.fixture(scope="module")
def outcomes() -> list[ReportOutcome]:
    return report_outcomes(json.loads(VALIDATION.read_text(encoding="utf-8"))["data"])


def test_false_findings_over_the_validation_stay_within_what_issue_20_allows(outcomes: list[ReportOutcome]) -> None:
    n = len(outcomes)
    assert n >= 80
    assert sum(bool(one.false_likely) for one in outcomes) / n <= MAX_FALSE_LIKELY
    assert sum(bool(one.false_clear) for one in outcomes) / n <= MAX_FALSE_CLEAR
    assert (LIKELY, CLEAR) == (0.80, 0.975)


def test_most_of_what_is_truly_outside_in_rendered_clips_is_found(outcomes: list[ReportOutcome]) -> None:
    rendered = [one for one in outcomes if one.runners == "rendered"]
    outside, found = (sum(len(getattr(one, name)) for one in rendered) for name in ("outside", "found"))
    assert found >= 0.6 * outside


def test_what_is_clear_and_false_is_also_counted_among_the_likely(outcomes: list[ReportOutcome]) -> None:
    assert all(set(one.false_clear) <= set(one.false_likely) for one in outcomes)
    assert all(set(one.found) <= set(one.outside) for one in outcomes)


def test_ordinary_runners_behind_the_errors_of_the_validation_hardly_get_findings() -> None:
    """Use the middle of the ordinary ranges: whatever fires is false."""
    data = json.loads(VALIDATION.read_text(encoding="utf-8"))["data"]
    usual = {
        "runner": "r",
        "height_m": 1.76,
        "speed_mps": 3.0,
        "cadence": 168.0,
        "overstride": 0.22,
        "tibia_angle": 7.1,
        "knee_contact": 13.0,
        "knee_stance_peak": 42.0,
        "vertical_oscillation_cm": 9.0,
    }
    found = ordinary_outcomes(data, pd.DataFrame([usual]))
    assert len(found) >= 14
    assert sum(bool(one.false_clear) for one in found) == 0
    assert sum(bool(one.false_likely) for one in found) <= 1


@pytest.mark.parametrize(
    ("count", "n", "low", "high"), [(0, 20, 0.0, 0.168), (20, 20, 0.832, 1.0), (5, 82, 0.02, 0.137)]
)
def test_bounds_are_those_of_clopper_and_pearson(count: int, n: int, low: float, high: float) -> None:
    assert exact_bounds(count, n) == pytest.approx((low, high), abs=5e-4)


def test_counts_are_of_reports_not_of_findings() -> None:
    made = [
        ReportOutcome("a", "rendered", "side", (), ("x", "y"), ("overstride",), ("overstride",), 2),
        ReportOutcome("b", "rendered", "rear", (), (), (), (), 0),
    ]
    whole = count_outcomes(made).set_index("view").loc["all"]
    assert (whole.reports, whole.false_likely, whole.false_clear, whole.with_findings) == (2, 1, 0, 1)
    assert (whole.outside, whole.found) == (1, 1)


def test_the_command_prints_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    main([str(VALIDATION)])
    out = capsys.readouterr().out
    assert "false_likely" in out
    assert "rendered" in out
