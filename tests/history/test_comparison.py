"""Two reports compared."""

from __future__ import annotations

import math

import pytest

from gait.errors import InputError, RefusedError
from gait.history.comparison import compare
from tests.made_reports import measured, report


def verdicts(comparison) -> dict[tuple[str, str], str]:
    return {(d.key, d.side): d.change.verdict for d in comparison.differences}


def test_differences_are_the_second_minus_the_first() -> None:
    comparison = compare(report(measured("cadence", 160.0, 0.3)), report(measured("cadence", 170.0, 0.4)))
    (only,) = comparison.differences
    assert only.change.difference == 10.0
    assert only.change.verdict == "changed"


@pytest.mark.parametrize(
    ("names", "given", "same"),
    [
        (("Anna", " ANNA"), None, True),
        (("Anna", "Tom"), None, False),
        (("Anna", None), None, False),
        (("Anna", "Tom"), True, True),
    ],
)
def test_the_names_decide_whether_it_is_one_runner_unless_given(names: tuple, given: bool | None, same: bool) -> None:
    a, b = (report(measured("trunk_lean", 5.0 + n, 3.0), name=name) for n, name in enumerate(names))
    comparison = compare(a, b, same_runner=given)
    assert comparison.same_runner is same
    low, high = comparison.differences[0].change.interval or (0.0, 0.0)
    assert ((high - low) / 2 < 0.9 * math.hypot(3.0, 3.0)) is same  # of one person, errors partly cancel


def test_another_belt_speed_is_remarked_for_metrics_that_depend_on_it() -> None:
    both = (measured("cadence", 160.0), measured("trunk_lean", 5.0))
    comparison = compare(report(*both, speed=3.0), report(measured("cadence", 170.0), both[1], speed=3.2))
    remarks = {d.key: d.remark for d in comparison.differences}
    assert remarks == {"cadence": "another belt speed", "trunk_lean": None}
    assert any("10.8 and at 11.5 km/h" in note for note in comparison.notes)
    assert any(
        "At least one belt speed is unknown" in note
        for note in compare(report(both[0]), report(both[1], speed=None)).notes
    )


def test_what_depends_on_speed_is_not_judged_across_speeds() -> None:
    both = (measured("cadence", 160.0), measured("trunk_lean", 5.0))
    comparison = compare(report(*both, speed=2.75), report(measured("cadence", 185.0), both[1], speed=5.0))
    cadence, lean = (d.change for d in sorted(comparison.differences, key=lambda d: d.key))
    assert (cadence.verdict, cadence.difference) == ("not comparable", None)
    assert cadence.reason == "different speeds (9.9 and 18.0 km/h): not compared"
    assert lean.verdict == "within noise"
    assert all(d.first.value is not None and d.second.value is not None for d in comparison.differences)
    assert any("not compared: cadence" in note for note in comparison.notes)


def test_a_metric_missing_in_one_report_cannot_be_compared() -> None:
    comparison = compare(
        report(measured("trunk_lean", 5.0), measured("tibia_angle", 5.0, side="left")),
        report(measured("trunk_lean", None)),
    )
    reasons = {d.key: d.change.reason for d in comparison.differences}
    assert set(verdicts(comparison).values()) == {"not comparable"}
    assert "film the rear view" in reasons["trunk_lean"]
    assert "not in that report" in reasons["tibia_angle"]


def test_clips_from_different_sides_are_refused() -> None:
    with pytest.raises(RefusedError, match="film both from the same side"):
        compare(report(), report(view="rear", facing="away"))


def test_comparing_a_report_with_itself_is_refused() -> None:
    with pytest.raises(InputError, match="same report"):
        compare(report(), report(name="Tom"))
