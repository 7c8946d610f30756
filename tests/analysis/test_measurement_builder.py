"""From the values of single steps to measurements: counts, refusals and the frame to show."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from gait.analysis.measurement_builder import MeasurementBuilder
from gait.geometry.camera import Camera
from gait.geometry.keypoint_tracks import KeypointTracks
from gait.metrics.grading import Refusal, ViewConditions
from gait.metrics.register import METRIC_BY_KEY
from gait.signal.phase import StridePhase
from tests.filmed_joints import filmed
from tests.metrics.even_events import STRIDE_S, even_events

CAMERA = Camera("side", "right", 1, True, 5.0, 300.0, m_per_px=0.004, leg_length_m=0.93)
TIBIA = METRIC_BY_KEY["tibia_angle"]


def builder(*, cadence: float = 171.0, refusals: Any = None) -> MeasurementBuilder:
    time = np.arange(0, 20, 1 / 60)
    cleaned: Any = SimpleNamespace(phase=StridePhase(time, time / STRIDE_S, 1 / STRIDE_S, 1.0))
    conditions = ViewConditions(CAMERA, "full", 60.0, cadence, feet_out=0.0, detected=1.0)
    return MeasurementBuilder(conditions, cleaned, 2, KeypointTracks(filmed(seconds=1.0).pose, CAMERA), refusals or {})


def steps(count: int) -> pd.DataFrame:
    """Right steps whose tibia angle rises by one degree from step to step."""
    contact = 1.0 + STRIDE_S * np.arange(count)
    return pd.DataFrame(
        {
            "side": "right",
            "contact_s": contact,
            "toe_off_s": contact + 0.25,
            "tibia_angle": 5.0 + np.arange(count),
            "hip_extension": 20.0 + np.arange(count),
            "knee_flexion_stance": 40.0 + np.arange(count),
        }
    )


def right_of(key: str, table: pd.DataFrame, **how: Any):
    return builder(**how).build(METRIC_BY_KEY[key], even_events(8), table, 1.0)[1]


def test_a_mean_has_its_interval_steps_video_and_grade() -> None:
    measured = right_of("tibia_angle", steps(11))
    assert (measured.value, measured.steps, measured.video, measured.grade) == (10.0, 11, 2, "fair")
    assert measured.interval[0] < 10.0 < measured.interval[1]
    assert measured.reason is measured.reason_code is None


@pytest.mark.parametrize(("key", "after_contact"), [("tibia_angle", 0.0), ("knee_flexion_stance", 0.125)])
def test_the_step_closest_to_the_mean_is_shown_at_its_moment(key: str, after_contact: float) -> None:
    assert right_of(key, steps(11)).evidence_s == pytest.approx(1.0 + 5 * STRIDE_S + after_contact)


def test_toe_off_is_shown_for_the_thigh() -> None:
    assert right_of("hip_extension", steps(11)).evidence_s == pytest.approx(1.0 + 5 * STRIDE_S + 0.25)


def test_too_few_steps_are_refused_with_their_number() -> None:
    refused = right_of("tibia_angle", steps(3))
    assert (refused.value, refused.steps, refused.grade, refused.reason_code) == (None, 3, "refused", "too_few_steps")


def test_steps_that_could_not_be_measured_give_their_own_reason() -> None:
    table = steps(11).assign(tibia_angle=np.nan)
    refusals = {("tibia_angle", "right"): Refusal("knee_implausible", "the knee bends backwards")}
    refused = right_of("tibia_angle", table, refusals=refusals)
    assert (refused.reason, refused.reason_code) == ("the knee bends backwards", "knee_implausible")


def test_an_implausible_cadence_refuses_everything() -> None:
    assert right_of("tibia_angle", steps(11), cadence=90.0).reason_code == "slow_cadence"
    assert right_of("tibia_angle", steps(11), cadence=260.0).reason_code == "implausible_cadence"


def test_cadence_comes_from_the_contacts_of_both_feet() -> None:
    (cadence,) = builder().build(METRIC_BY_KEY["cadence"], even_events(24), steps(11), 1.0)
    assert cadence.value == pytest.approx(120 / STRIDE_S)
    assert (cadence.side, cadence.steps) == ("both", 24)
    (refused,) = builder().build(METRIC_BY_KEY["cadence"], even_events(6), steps(3), 1.0)
    assert (refused.value, refused.reason_code) == (None, "too_few_steps")


@pytest.mark.parametrize("key", ["knee_drive", "knee_flexion_swing"])
def test_a_peak_in_swing_is_shown_where_it_is(key: str) -> None:
    run = filmed(noise_px=0, seconds=5.0, solved_s=5.0)
    contact, toe_off = run.stances("left")
    tracks = KeypointTracks(run.pose, CAMERA)
    whole: Any = SimpleNamespace(phase=SimpleNamespace(frequency_hz=1 / float(np.diff(contact).mean())))
    made = replace(builder(), tracks=tracks, cleaned=whole)
    step = pd.Series({"side": "left", "contact_s": contact[1], "toe_off_s": toe_off[1]})
    shown = made._evidence_time(METRIC_BY_KEY[key], step)
    assert toe_off[1] < shown < contact[2]
    # The knee is bent most while the leg passes under the body, before the thigh is farthest forwards.
    other = made._evidence_time(METRIC_BY_KEY["knee_drive"], step)
    assert (shown == other) if key == "knee_drive" else (shown < other)


@pytest.mark.parametrize("shift", [-60.0, 60.0])
def test_a_value_that_nobody_shows_is_refused_with_the_value_and_the_range(shift: float) -> None:
    table = steps(11).assign(tibia_angle=lambda t: t.tibia_angle + shift)
    measured = right_of("tibia_angle", table)
    assert (measured.value, measured.grade, measured.reason_code) == (None, "refused", "implausible_value")
    assert f"{10 + shift:.3g} deg was read" in measured.reason
    assert "-20 to 35" in measured.reason
