"""Errors at the reference's moments and as reported; the reference's own uncertainty in both."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from gait.analysis.view_analysis import ViewAnalysis
from gait.geometry.keypoint_tracks import KeypointTracks
from gait.metrics.tibia_angle import measure_tibia_angle
from gait.validation.label_comparison import LabelledClip, label_reference
from gait.validation.reference_comparison import (
    Reference,
    ReferenceEvent,
    ReferencePoint,
    ReferenceValue,
    event_rows,
    leg_place,
    point_rows,
    summary,
    value_rows,
)
from tests.foreign_files import seen
from tests.reference_files import NEAR, VIDEO, exact_labels


def steps_of(view: ViewAnalysis, side: str = NEAR) -> pd.DataFrame:
    return view.steps[view.steps.side == side].dropna(subset=["tibia_angle"])


def references(offset_s: float = 0.0, value: float = 0.0, observers: tuple[str, ...] = ("A",)) -> Reference:
    """Gait's own steps as a reference, moved in time and value."""
    values, events = [], []
    for number, observer in enumerate(observers):
        for row in steps_of(seen()).itertuples():
            at, off = row.contact_s + offset_s, row.toe_off_s + offset_s
            values.append(ReferenceValue(observer, "tibia_angle", NEAR, row.tibia_angle + value + number, at, off, at))
            events.append(ReferenceEvent(observer, NEAR, "contact", at, at + 0.002, 0.004))
    return Reference(tuple(events), tuple(values))


def test_gait_agrees_with_itself() -> None:
    (row,) = value_rows(seen(), references())
    assert row["error"] == pytest.approx(0, abs=1e-9)
    assert row["error_at_reference"] == pytest.approx(0, abs=1e-9)
    assert row["holds"] is True
    assert (row["side"], row["place"], row["observers"]) == (NEAR, "near", 1)


def test_an_error_of_the_event_shows_in_the_report_only() -> None:
    """True contacts 10 ms later, with the posture that gait itself sees there."""
    view, later = seen(), 0.010
    tracks = KeypointTracks(view.clean, view.camera)
    steps = steps_of(view)
    contact = steps.contact_s.to_numpy()
    moved = measure_tibia_angle(tracks, NEAR, contact + later, steps.toe_off_s.to_numpy()) - measure_tibia_angle(
        tracks, NEAR, contact, steps.toe_off_s.to_numpy()
    )
    values = [
        ReferenceValue("A", "tibia_angle", NEAR, v + m, c + later, np.nan, c + later)
        for v, m, c in zip(steps.tibia_angle, moved, contact, strict=True)
    ]
    (row,) = value_rows(view, Reference((), tuple(values)))
    assert row["error_at_reference"] == pytest.approx(0, abs=1e-9)
    assert row["error"] == pytest.approx(-moved.mean(), abs=1e-9)
    assert abs(row["error"]) > 1.0  # the shank turns fast at contact


def test_a_labelled_frame_beside_the_contact_is_allowed_for() -> None:
    """The reference was read 8 ms after contact: the shank's turn until then is no error."""
    view = seen()
    tracks, steps = KeypointTracks(view.clean, view.camera), steps_of(view)
    contact, toe_off = steps.contact_s.to_numpy(), steps.toe_off_s.to_numpy()
    turned = measure_tibia_angle(tracks, NEAR, contact + 0.008, toe_off) - measure_tibia_angle(
        tracks, NEAR, contact, toe_off
    )
    values = [
        ReferenceValue("A", "tibia_angle", NEAR, v + t, c, np.nan, c + 0.008)
        for v, t, c in zip(steps.tibia_angle, turned, contact, strict=True)
    ]
    (row,) = value_rows(view, Reference((), tuple(values)))
    assert row["error"] == pytest.approx(0, abs=1e-9)
    assert row["error_at_reference"] == pytest.approx(0, abs=1e-9)


def test_a_reference_far_outside_is_not_held_and_a_vague_one_is() -> None:
    far = references(value=-30.0)
    (row,) = value_rows(seen(), far)
    assert row["error"] == pytest.approx(30)
    assert row["holds"] is False
    (row,) = value_rows(seen(), replace(far, mean_sd={("A", "tibia_angle", NEAR): 20.0}))
    assert row["holds"] is True
    assert row["reference_sd"] == 20.0


def test_observers_count_once_each_and_their_scatter_is_the_uncertainty() -> None:
    (row,) = value_rows(seen(), references(value=-0.5, observers=("A", "B")))
    assert row["error"] == pytest.approx(0, abs=1e-9)  # one half above, one half below
    assert row["reference_sd"] == pytest.approx(np.std([0.5, -0.5], ddof=1) / np.sqrt(2))
    assert row["n"] == len(steps_of(seen()))


def test_events_are_compared_with_the_label_and_with_50_newton() -> None:
    (row,) = event_rows(seen(), references(offset_s=-0.005))
    assert row["error_ms"] == pytest.approx(5, abs=1e-6)
    assert row["force_error_ms"] == pytest.approx(3, abs=1e-6)
    assert row["spread_ms"] == pytest.approx(0, abs=1e-6)
    assert row["reference_sd_ms"] == pytest.approx(4 / np.sqrt(row["n"]))
    assert row["missed"] == 0
    (row,) = event_rows(seen(), replace(references(offset_s=-0.005), event_bias_sd_ms={"contact": 30.0}))
    assert row["reference_sd_ms"] > 30


def test_events_that_gait_lacks_are_missed() -> None:
    nowhere = ReferenceEvent("A", NEAR, "contact", 99.0, 99.0, 0.001)
    (row,) = event_rows(seen(), Reference((nowhere,), ()))
    assert (row["n"], row["missed"]) == (1, 1)
    assert "error_ms" not in row


def test_a_metric_that_was_not_measured_says_so() -> None:
    value = ReferenceValue("A", "pelvic_drop", NEAR, 5.0, 3.0, 3.3, 3.0)
    (row,) = value_rows(seen(), Reference((), (value,)))
    assert row.get("error") is None
    assert row["side"] == "both"
    assert row["grade"] in (None, "refused")


def test_points_are_compared_in_percent_of_the_leg() -> None:
    view = seen()
    tracks = KeypointTracks(view.clean, view.camera)
    at = np.array([3.0, 4.0])
    true = tracks.at(at, f"{NEAR}_ankle") - [0.01 * view.camera.leg_px, 0.0]
    points = [ReferencePoint("A", "ankle", NEAR, t, x, y, 1.0) for t, (x, y) in zip(at, true, strict=True)]
    (row,) = point_rows(view, Reference((), (), tuple(points)))
    assert (row["forward"], row["up"]) == pytest.approx((1.0, 0.0), abs=1e-9)
    assert row["reference_sd"] == pytest.approx(100 / view.camera.leg_px)


def test_exact_labels_show_the_errors_of_gait() -> None:
    """Whatever the estimator: labels without error read near the truth, and their own uncertainty is stated."""
    view = seen()
    reference = label_reference(LabelledClip(VIDEO.stem, VIDEO, exact_labels(disagree_px=4.0)), view)
    rows = {row["key"]: row for row in value_rows(view, reference)}
    assert set(rows) == {
        "overstride",
        "tibia_angle",
        "knee_flexion_contact",
        "foot_strike_angle",
        "contact_time",
    }
    for key, least in (("overstride", 0.3), ("tibia_angle", 12.0), ("contact_time", 250.0)):
        assert rows[key]["reference"] > least
        assert rows[key]["observers"] == 2
        assert rows[key]["reference_sd"] > 0
    assert len(event_rows(view, reference)) == 2
    assert {row["joint"] for row in point_rows(view, reference)} >= {"hip", "knee", "ankle", "heel", "foot_index"}


def test_legs_are_named_by_the_view() -> None:
    view = seen()
    assert (leg_place(view, "left"), leg_place(view, "right"), leg_place(view, "both")) == ("near", "far", "near")


def test_the_summary_subtracts_the_reference_in_quadrature() -> None:
    rows = pd.DataFrame(
        {
            "key": ["a", "a", "b"],
            "error": [3.0, -5.0, 0.5],
            "sd": [2.0, 2.0, 1.0],
            "half": [4.0, 6.0, 1.0],
            "holds": [True, None, True],
        }
    )
    table = summary(rows, ("key",), error="error", reference_sd="sd", half_width="half").set_index("key")
    assert table.bias["a"] == -1.0
    assert table.method_error["a"] == pytest.approx(np.sqrt(17 - 4))
    assert table.method_error["b"] == 0.0
    assert (table.held["a"], table.intervals["a"], table.clips["a"]) == (1, 1, 2)
    assert summary(pd.DataFrame(), ("key",), error="error", reference_sd="sd", half_width="half").empty
