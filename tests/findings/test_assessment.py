"""Comparison of measurements with their bands, from values and intervals alone."""

from __future__ import annotations

import pytest

from gait.findings.assessment import compare_with_bands
from gait.records import Grade, Runner
from tests.fake_sessions import measured

RUNNER = Runner(height_m=1.75, speed_mps=2.5)  # overstride: ordinary from 0.16 to 0.24 of the leg length


def test_an_unknown_metric_is_kept_without_a_verdict() -> None:
    assert compare_with_bands([measured("toe_wiggle", 3.0, unit="mm")], RUNNER)[0].verdict == "reference"


def test_a_value_beyond_a_limit_without_finding_is_not_ordinary() -> None:
    far, usual = (
        compare_with_bands([measured("knee_flexion_stance", value, side="left", half=3.0)], RUNNER)[0]
        for value in (63.0, 42.0)
    )
    assert (far.verdict, far.ordinary) == ("inside", False)  # a knee that bends much gives no finding
    assert (usual.verdict, usual.ordinary) == ("inside", True)


def test_a_difference_between_the_sides_has_its_sign_and_the_format_of_its_metric() -> None:
    (one,) = compare_with_bands([measured("contact_time_asymmetry", 41.3, half=6.0)], RUNNER)
    assert one.verdict == "reference"
    assert one.metric is not None
    assert (one.metric.sign, one.metric.display.decimals) == ("left minus right", 0)


@pytest.mark.parametrize(
    ("value", "half", "verdict", "severity"),
    [
        (0.19, 0.01, "inside", None),
        (0.23, 0.01, "open", None),
        (0.245, 0.01, "likely", "mild"),
        (0.26, 0.01, "outside", "mild"),
        (0.40, 0.01, "outside", "marked"),
        (0.40, 0.20, "unmeasured", None),
    ],
)
def test_the_probability_and_the_width_of_the_interval_decide(
    value: float, half: float, verdict: str, severity: str | None
) -> None:
    (assessed,) = compare_with_bands([measured("overstride", value, side="left", half=half)], RUNNER)
    assert (assessed.verdict, assessed.severity) == (verdict, severity)
    assert (assessed.flag is None) == (verdict == "inside")


def test_a_value_without_interval_stays_open() -> None:
    (assessed,) = compare_with_bands([measured("overstride", 0.5, side="left", interval=None)], RUNNER)
    assert (assessed.verdict, assessed.evidence) == ("open", None)


def test_a_poor_value_is_never_clear() -> None:
    (assessed,) = compare_with_bands([measured("overstride", 0.40, side="left", half=0.01, grade="poor")], RUNNER)
    assert (assessed.verdict, assessed.evidence) == ("likely", "likely")


@pytest.mark.parametrize(("grade", "verdict"), [("poor", "open"), ("fair", "inside")])
def test_a_poor_pelvic_drop_is_fine_only_where_its_whole_interval_is(grade: Grade, verdict: str) -> None:
    """A clip from the front whose true drop was 9.5, beyond the limit of 8.2, read 5.6 ± 3.3."""
    measurement = measured("pelvic_drop", 5.6, half=3.3, grade=grade)
    (assessed,) = compare_with_bands([measurement], Runner(height_m=1.7, speed_mps=2.5))
    assert assessed.limits is not None
    assert assessed.limits.high is not None
    assert 5.6 < assessed.limits.high < 8.9
    assert assessed.verdict == verdict
    (shallow,) = compare_with_bands([measured("pelvic_drop", 3.0, half=3.3, grade=grade)], RUNNER)
    assert shallow.verdict == "inside"


def test_a_metric_without_a_limit_that_counts_says_nothing() -> None:
    (assessed,) = compare_with_bands([measured("contact_time", 400.0, side="left", half=9)], RUNNER)
    assert (assessed.verdict, assessed.evidence, assessed.ordinary) == ("reference", None, False)


def test_a_refused_measurement_stays_refused() -> None:
    (assessed,) = compare_with_bands([measured("overstride", None, side="left", grade="refused")], RUNNER)
    assert assessed.verdict == "refused"
    assert not assessed.ordinary


def test_another_unit_than_the_metrics_is_an_error() -> None:
    with pytest.raises(ValueError, match="'cm'"):
        compare_with_bands([measured("overstride", 30.0, side="left", unit="cm")], RUNNER)
