"""From cleaned poses and events to steps: values of the formula, and refusals with their codes."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from gait.analysis.step_measuring import (
    add_durations,
    clean_enough_strides,
    clip_duration_s,
    legs_with_implausible_knee,
    measure_steps,
    pelvis_refusal,
)
from gait.errors import RefusedError
from gait.events.detection import locate_events
from gait.events.steps import find_steps
from gait.geometry.camera import find_camera
from gait.geometry.keypoint_tracks import KeypointTracks
from gait.metrics.register import METRICS
from gait.pose.frame_rates import FrameRates
from tests.filmed_joints import Run, filmed
from tests.metrics.even_events import STRIDE_S, even_events


@pytest.fixture(scope="module")
def run() -> Run:
    return filmed()


@pytest.fixture(scope="module")
def located(run: Run):
    camera = find_camera(run.pose)
    cleaned = clean_enough_strides(run.pose, camera)
    return cleaned, camera, *locate_events(cleaned, camera)


def measured(run: Run, located) -> pd.DataFrame:
    cleaned, camera, events, strides = located
    return measure_steps(cleaned, camera, FrameRates.of(run.pose), events, strides).steps


def test_durations_are_added_in_the_order_of_reports() -> None:
    steps = add_durations(find_steps(even_events(6), stride_s=STRIDE_S), STRIDE_S, 1.0)
    assert list(steps.columns[4:]) == ["contact_time", "flight_time", "duty_factor", "step_time"]
    np.testing.assert_allclose(steps.step_time[:5], 350)
    assert np.isnan(steps.step_time.iloc[-1])


def test_a_step_has_the_value_of_the_formula_at_its_events(run: Run, located) -> None:
    cleaned, camera, _, _ = located
    steps = measured(run, located)
    tracks = KeypointTracks(cleaned.pose, camera)
    for spec in METRICS:
        if spec.measure is None or camera.view not in spec.views:
            continue
        for side in ("left", "right"):
            of_side = steps[steps.side == side]
            values = spec.measure(tracks, side, of_side.contact_s.to_numpy(), of_side.toe_off_s.to_numpy())
            np.testing.assert_array_equal(of_side[spec.key], values)


def test_missing_keypoints_refuse_what_needs_them(run: Run) -> None:
    bare = run.pose.sel(keypoint=[n for n in run.pose.keypoint.values if "heel" not in str(n)])
    camera = find_camera(bare)
    cleaned = clean_enough_strides(bare, camera)
    events, strides = locate_events(cleaned, camera)
    steps = measure_steps(cleaned, camera, FrameRates.of(bare), events, strides)
    assert steps.refusals["overstride", "right"].code == "keypoints_missing"
    assert steps.steps.overstride.isna().all()
    assert ("trunk_lean", "both") not in steps.refusals


def test_a_knee_that_bends_backwards_is_implausible() -> None:
    steps = pd.DataFrame({"side": ["left", "right"] * 4, "knee_flexion_contact": [12.0, -9.0] * 4})
    assert legs_with_implausible_knee(steps) == ["right"]
    assert legs_with_implausible_knee(steps.drop(columns="knee_flexion_contact")) == []


@pytest.mark.parametrize(("mark", "words"), [("hidden", "hides the hips"), ("none", "bright tape")])
def test_a_pelvis_that_is_not_visible_is_refused_with_a_remedy(run: Run, mark: str, words: str) -> None:
    empty = np.full((run.pose.sizes["time"], 1), np.nan)
    pose = run.pose.assign(pelvis_tilt=(("time", "individual"), empty)).assign_attrs(pelvis_mark=mark)
    refusal = pelvis_refusal(pose, "rear")
    assert refusal is not None
    assert (refusal.code, words in refusal.reason) == ("pelvis_not_visible", True)


def test_too_few_strides_are_refused_with_the_duration(run: Run) -> None:
    short = run.pose.isel(time=slice(0, 120))
    assert clip_duration_s(short) == pytest.approx(2.0)
    with pytest.raises(RefusedError, match=r"strides in 2\.0 s, at least 4 are needed") as caught:
        clean_enough_strides(short, find_camera(short))
    assert caught.value.code == "too_few_steps"
