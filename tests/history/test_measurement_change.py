"""What counts as a change, checked with hand-change numbers and with random errors."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from gait.history.measurement_change import (
    MAX_SHARED_VARIANCE,
    ComparableValue,
    compare_measurements,
    shared_half_width,
)


def value(key: str, at: float | None, half: float = 1.0, *, side: str = "both", **more: object) -> ComparableValue:
    ends = (None, None) if at is None else (at - half, at + half)
    grade = "good" if at is not None else "refused"
    made = ComparableValue(
        key, side, at, "deg", *ends, 30, grade, None if at is not None else "hidden", "side", "right", "litert", 60
    )
    return replace(made, **more)  # type: ignore[arg-type]


def test_two_people_share_no_error() -> None:
    change = compare_measurements(value("trunk_lean", 5.0, 3.0), value("trunk_lean", 10.0, 4.0), same_runner=False)
    assert change.difference == pytest.approx(5.0)
    assert change.interval == pytest.approx((0.0, 10.0))  # 3-4-5


def test_the_shared_error_of_one_person_drops_out() -> None:
    before, after = value("trunk_lean", 5.0, 3.0), value("trunk_lean", 10.0, 3.0)
    alone, same = compare_measurements(before, after, same_runner=False), compare_measurements(before, after)
    assert alone.interval is not None
    assert same.interval is not None
    assert same.interval[0] > alone.interval[0]
    assert alone.verdict == "within noise" or alone.interval[0] > 0
    assert same.verdict == "changed"


def test_never_more_than_three_quarters_of_the_variance_drop_out() -> None:
    sharp = value("trunk_lean", 5.0, 0.5)  # sharper than this version would say
    assert shared_half_width(sharp) == pytest.approx(0.5 * math.sqrt(MAX_SHARED_VARIANCE))
    change = compare_measurements(sharp, value("trunk_lean", 5.5, 0.5))
    assert change.interval is not None
    assert (change.interval[1] - change.interval[0]) / 2 == pytest.approx(
        0.5 * math.sqrt(2 * (1 - MAX_SHARED_VARIANCE))
    )


def test_nothing_drops_out_when_the_other_side_faces_the_camera() -> None:
    before, after = (
        value("tibia_angle", 5.0, 3.0, side="left"),
        value("tibia_angle", 9.0, 4.0, side="left", facing="left"),
    )
    change = compare_measurements(before, after)
    assert change.interval == pytest.approx((-1.0, 9.0))
    assert "filmed differently" in (change.reason or "")


def test_a_change_must_exceed_the_smallest_detectable_difference() -> None:
    def lands(at: float) -> ComparableValue:
        return value("tibia_angle", at, 0.2, side="right")

    # 4.7° exceeds the interval, but not the 4.8° between days.
    assert compare_measurements(lands(5.0), lands(9.7)).verdict == "within noise"
    assert compare_measurements(lands(5.0), lands(9.9)).verdict == "changed"


def test_cadence_must_change_by_two_per_cent() -> None:
    def runs(at: float) -> ComparableValue:
        return value("cadence", at, 0.3, unit="steps/min")

    assert compare_measurements(runs(160.0), runs(163.0)).verdict == "within noise"
    assert compare_measurements(runs(160.0), runs(164.0)).verdict == "changed"


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"value": None}, "not measured in the second: "),
        ({"view": "rear"}, "film the same side"),
        ({"unit": "m"}, "again"),
    ],
)
def test_values_that_cannot_be_compared_say_why(more: dict, message: str) -> None:
    change = compare_measurements(value("trunk_lean", 5.0), replace(value("trunk_lean", 9.0), **more))
    assert change.verdict == "not comparable"
    assert change.difference is None
    assert message in (change.reason or "")


def test_the_interval_of_a_change_covers_the_truth_in_95_per_cent() -> None:
    # Runners whose trunk does not change; errors are a shared part and one that is new each time.
    rng = np.random.default_rng(4)
    half = 4.0
    common = shared_half_width(value("trunk_lean", 0.0, half))
    unshared = math.sqrt(half**2 - common**2)
    shared, scatter = rng.normal(0, common / 1.96, 2000), rng.normal(0, unshared / 1.96, (2, 2000))
    held = 0
    for before, after in (shared + scatter).T:
        change = compare_measurements(value("trunk_lean", float(before), half), value("trunk_lean", float(after), half))
        assert change.interval is not None
        held += change.interval[0] <= 0 <= change.interval[1]
    assert 0.93 < held / 2000 < 0.97
