"""From cleaned poses and events to steps: blending, subtraction, and refusals with their codes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from gait.analysis import step_measuring
from gait.analysis.step_measuring import (
    add_durations,
    clean_enough_strides,
    clip_duration_s,
    legs_with_implausible_knee,
    mean_stride_values,
    measure_steps,
    pelvis_refusal,
)
from gait.errors import RefusedError
from gait.events.detection import locate_events
from gait.events.steps import find_steps
from gait.events.stride_model import STRIDE_METRICS
from gait.geometry.camera import find_camera
from gait.metrics.register import METRICS
from gait.pose.frame_rates import FrameRates
from gait.synthetic import CameraSpec
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


def test_half_of_a_blended_mean_comes_from_the_mean_stride(run: Run, located, monkeypatch) -> None:
    cleaned, camera, events, strides = located
    blended = measured(run, located)
    unblended_specs = tuple(replace(spec, blend_weight=0.0) for spec in METRICS)
    monkeypatch.setattr(step_measuring, "METRICS", unblended_specs)
    plain = measured(run, located)
    predicted = mean_stride_values(strides, events, cleaned, camera)
    assert {key for key, _ in predicted} == set(STRIDE_METRICS)
    right = blended.side == "right"
    for key, weight in (("overstride", 0.5), ("foot_strike_angle", 1.0)):
        shift = (blended[key] - plain[key])[right]
        assert np.ptp(shift) < 1e-9  # the differences between steps stay
        # What is predicted is compared before the bias is subtracted; poses of markers lose none.
        assert shift.mean() == pytest.approx(weight * (predicted[key, "right"] - plain[key][right].mean()))


def test_from_behind_no_mean_is_blended() -> None:
    rear = filmed(camera=CameraSpec(view="rear"))
    camera = find_camera(rear.pose)
    cleaned = clean_enough_strides(rear.pose, camera)
    events, strides = locate_events(cleaned, camera)
    assert mean_stride_values(strides, events, cleaned, camera) == {}


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
