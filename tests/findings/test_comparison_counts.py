"""Counts of comparisons: every metric once, and the same numbers as the rows that they count."""

from __future__ import annotations

from gait.findings.assessment import compare_with_bands
from gait.findings.comparison_counts import comparison_outcome, count_comparisons, good_text, limit_note
from gait.records import Runner
from tests.fake_sessions import measured, typical_measurements

RUNNER = Runner("Ada", 1.76, None, 3.0)


def test_every_compared_metric_counts_once_and_the_parts_make_the_whole() -> None:
    assessed = compare_with_bands(typical_measurements(), RUNNER)
    counts = count_comparisons(assessed)
    listed = [
        *(*counts.clear, *counts.likely, *counts.open, *counts.unmeasured),
        *(*counts.fine, *counts.no_concern, *counts.not_made),
    ]
    assert len(listed) == len(set(listed))
    assert set(listed) == {a.measurement.key for a in assessed if a.metric is not None and a.metric.band is not None}
    assert counts.compared == len(listed) - len(counts.not_made)
    assert "overstride" in counts.clear
    assert {"pelvic_drop", "arm_crossover"} == set(counts.not_made)


def test_rows_that_say_fine_are_counted_as_fine() -> None:
    assessed = compare_with_bands(typical_measurements(), RUNNER)
    rows = {a.measurement.key for a in assessed if comparison_outcome(a) == "fine"}
    worse = {a.measurement.key for a in assessed if comparison_outcome(a) in ("clear", "likely", "open", "unmeasured")}
    assert set(count_comparisons(assessed).fine) == rows - worse


def test_the_worse_leg_counts() -> None:
    pair = [measured("overstride", 0.40, side="left", half=0.01), measured("overstride", 0.2, side="right", half=0.01)]
    assert count_comparisons(compare_with_bands(pair, RUNNER)).clear == ("overstride",)


def test_one_refused_leg_leaves_the_other_counted() -> None:
    pair = [
        measured("overstride", 0.2, side="left", half=0.01),
        measured("overstride", None, side="right", grade="refused"),
    ]
    counts = count_comparisons(compare_with_bands(pair, RUNNER))
    assert (counts.fine, counts.not_made) == (("overstride",), ())


def test_beyond_a_limit_that_gives_no_finding_is_no_concern() -> None:
    given = [measured("knee_flexion_stance", 66.0, side="left", half=2), measured("contact_time", 400.0, half=9)]
    counts = count_comparisons(compare_with_bands(given, RUNNER))
    assert set(counts.no_concern) == {"knee_flexion_stance", "contact_time"}


def test_a_metric_without_a_range_is_not_counted() -> None:
    given = [measured("foot_strike_angle", 6.0, side="left", half=3), measured("toe_wiggle", 1.0, unit="mm")]
    assert count_comparisons(compare_with_bands(given, RUNNER)).compared == 0


def test_one_sided_limits_say_which_side_matters() -> None:
    given = [
        measured("overstride", 0.2, side="left", half=0.01),
        measured("cadence", 170.0, half=1),
        measured("trunk_lean", 6.0, half=1),
        measured("contact_time", 240.0, half=9),
        measured("foot_strike_angle", 6.0, side="left", half=3),
    ]
    notes = [limit_note(a) for a in compare_with_bands(given, RUNNER)]
    assert notes == [
        "Only a high value matters.",
        "Only a low value matters.",
        None,
        "A value outside this range is no concern.",
        None,
    ]


def test_praise_names_the_speed_only_where_it_is_known() -> None:
    given = [measured("overstride", 0.2, side="left", half=0.01)]
    known, unknown = (good_text(compare_with_bands(given, r)[0]) for r in (RUNNER, Runner(height_m=1.76)))
    assert known is not None
    assert unknown is not None
    assert "speed" in known
    assert "speed" not in unknown
