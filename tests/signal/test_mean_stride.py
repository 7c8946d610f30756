"""The mean stride of a leg: metres, real time, and the belt speed of the foot in stance."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gait.geometry.camera import find_camera, with_scale
from gait.signal.cleaning import clean_keypoints
from gait.signal.mean_stride import CHANNELS, NOMINAL_LEG_M, MeanStride, belt_speed, mean_strides
from gait.signal.phase import Waveform
from gait.synthetic import CameraSpec, presets
from tests.filmed_joints import Run, filmed

HEIGHT_M = 1.75


@pytest.fixture(scope="module")
def run() -> Run:
    return filmed(presets.neutral(height_m=HEIGHT_M), noise_px=0.5)


def strides_of(run: Run, *, height_m: float | None = HEIGHT_M, **options: float) -> dict[str, MeanStride]:
    camera = with_scale(find_camera(run.pose), height_m=height_m)
    return mean_strides(clean_keypoints(run.pose, camera), camera, **options)


def sine_stride(frequency_hz: float) -> MeanStride:
    """A leg whose channels all move as cos(2πp) along x, 1 m, at a given stride frequency."""
    coefficients = np.zeros((3, 2 * len(CHANNELS)))
    coefficients[1, 0::2] = 1.0
    wave = Waveform(coefficients, np.zeros(2 * len(CHANNELS)), np.full(2 * len(CHANNELS), 100))
    return MeanStride(wave, frequency_hz, 0.86)


def test_velocity_and_acceleration_are_per_second_of_real_time() -> None:
    stride, omega = sine_stride(1.5), 2 * np.pi * 1.5
    phase = np.array([0.0, 0.1, 0.25])
    np.testing.assert_allclose(stride.sample("knee", 0, phase), np.cos(2 * np.pi * phase), atol=1e-9)
    np.testing.assert_allclose(stride.sample("knee", 0, phase, 1), -omega * np.sin(2 * np.pi * phase), atol=1e-9)
    np.testing.assert_allclose(stride.sample("knee", 0, phase, 2), -(omega**2) * np.cos(2 * np.pi * phase), atol=1e-9)
    np.testing.assert_allclose(stride.sample("knee", 1, phase), 0)


def test_the_belt_speed_is_that_of_the_foot_in_stance(run: Run) -> None:
    strides = strides_of(run)
    camera = find_camera(run.pose)
    stride = strides[camera.near_side]
    cleaned = clean_keypoints(run.pose, camera)
    contacts, toe_offs = run.stances(camera.near_side)
    contact, toe_off = (cleaned.phase.mean_phase_at(times) for times in (contacts, toe_offs))
    speed = belt_speed(stride, contact, toe_off)
    # The foot rolls: on the exact joints of planned and recorded motion the ratio is 0.957 to 0.976.
    assert speed / run.motion.runner.speed_mps == pytest.approx(0.965, abs=0.05)


def test_the_foot_lifts_in_swing_and_stays_low_in_stance(run: Run) -> None:
    stride = strides_of(run)["right"]
    height = stride.sample("heel", 1, np.linspace(0, 1, 100))
    assert 0.15 < np.ptp(height) < 0.8  # metres; heel rise of slow to fast running


def test_without_a_height_the_scale_is_that_of_a_nominal_leg(run: Run) -> None:
    assert strides_of(run, height_m=None)["left"].leg_m == pytest.approx(NOMINAL_LEG_M)


def test_the_legs_are_half_a_stride_apart(run: Run) -> None:
    strides = strides_of(run)
    phase = np.linspace(0, 1, 200, endpoint=False)
    left, right = (strides[side].sample("ankle", 0, phase) for side in ("left", "right"))
    assert np.corrcoef(left, np.roll(right, 100))[0, 1] > 0.99


def test_the_stride_frequency_of_slow_motion_is_real_time(run: Run) -> None:
    playback = strides_of(run)["left"].frequency_hz
    assert strides_of(run, real_per_playback=0.25)["left"].frequency_hz == pytest.approx(4 * playback)


def test_without_heel_and_toe_the_ankle_replaces_them(run: Run) -> None:
    names = [n for n in run.pose.keypoint.values if "heel" not in n and "foot_index" not in n]
    stride = strides_of(replace(run, pose=run.pose.sel(keypoint=names)))["left"]
    phase = np.linspace(0, 1, 20)
    for joint, axis in (("heel", 0), ("toe", 1)):
        # Channels are fitted together, and their sums rounded by their place among them.
        np.testing.assert_allclose(stride.sample(joint, axis, phase), stride.sample("ankle", axis, phase), rtol=1e-11)


@pytest.mark.parametrize("engine", ["litert", "mediapipe", "markers", "openpose"])
def test_the_keypoint_family_is_that_of_the_poses(run: Run, engine: str) -> None:
    attributes = {name: value for name, value in run.pose.attrs.items() if name != "keypoint_family"}
    pose = run.pose.copy()
    pose.attrs = attributes | {"engine": engine}  # as poses of earlier versions
    family = {"litert": "blazepose", "mediapipe": "blazepose", "markers": "markers"}.get(engine, "unknown")
    assert strides_of(replace(run, pose=pose))["left"].keypoint_family == family


def test_the_front_view_takes_the_shoulders_for_the_body() -> None:
    run = filmed(camera=CameraSpec(view="front"), noise_px=0)
    stride = strides_of(run, height_m=None)["left"]
    phase = np.linspace(0, 1, 50)
    assert np.ptp(stride.sample("body", 1, phase)) < np.ptp(stride.sample("hip", 1, phase))
