"""Injected errors are repaired and counted; smoothing neither lags nor flattens; long gaps stay gaps."""

from __future__ import annotations

import numpy as np
import pytest

from gait.geometry.camera import find_camera
from gait.signal.cleaning import FILLED, MISSING, clean_keypoints, low_pass, smooth_tilt
from gait.signal.phase import StridePhase
from gait.synthetic import CameraSpec
from tests.filmed_joints import JOINTS, LEG_JOINTS, edited, exchange, filmed


def truth_of(**options) -> np.ndarray:
    """Positions without noise, (T, K, 2)."""
    return track(filmed(noise_px=0, **options).pose)


def track(pose) -> np.ndarray:
    return pose.position.isel(individual=0).transpose("time", "keypoint", "space").values


def cleaned(pose):
    return clean_keypoints(pose, find_camera(pose))


LEGS = [JOINTS.index(f"{s}_{j}") for s in ("left", "right") for j in LEG_JOINTS]


@pytest.mark.parametrize(
    "camera", [CameraSpec(), CameraSpec(view="rear"), CameraSpec(view="front")], ids=lambda c: c.view
)
def test_a_clip_without_errors_is_smoothed_and_nothing_is_repaired(camera: CameraSpec) -> None:
    run = filmed(camera=camera)
    result = cleaned(run.pose)
    assert not result.swapped.any()
    assert result.filled_fraction < 0.01
    error = np.linalg.norm(track(result.pose) - truth_of(camera=camera), axis=2)[15:-15]
    raw = np.linalg.norm(track(run.pose) - truth_of(camera=camera), axis=2)[15:-15]
    assert np.median(error[:, LEGS]) < 0.6 * np.median(raw[:, LEGS])


def test_smoothing_does_not_lag() -> None:
    result = cleaned(filmed().pose)
    moved, true = track(result.pose)[30:-30], truth_of()[30:-30]
    ankle = JOINTS.index("right_ankle")
    shifts = np.arange(-6, 7)
    fit = [np.mean((np.roll(true[:, ankle, 0], s) - moved[:, ankle, 0])[10:-10] ** 2) for s in shifts]
    assert shifts[int(np.argmin(fit))] == 0
    best = np.polyfit(shifts[4:9], fit[4:9], 2)
    assert abs(-best[1] / (2 * best[0])) < 0.15  # frames, that is 2.5 ms


@pytest.mark.parametrize("fps", [30, 60, 120])
@pytest.mark.parametrize("facing", ["left", "right"])
def test_legs_exchanged_at_crossings_are_put_back_and_counted(fps: float, facing: str) -> None:
    run = filmed(camera=CameraSpec(facing=facing), fps=fps)
    frames = np.zeros(run.pose.sizes["time"], dtype=bool)
    for number, contact in enumerate(np.sort(np.concatenate([run.times(s, "contact") for s in ("left", "right")]))):
        if number % 2:
            start = round((contact + 0.10) * fps)  # the legs pass each other at mid-stance
            frames[start : start + max(3, round(0.06 * fps))] = True
    result = cleaned(edited(run.pose, lambda p, n: exchange(p, n, frames)))
    assert result.swapped.sum() == pytest.approx(frames.sum(), rel=0.25)
    error = np.linalg.norm(track(result.pose) - truth_of(camera=CameraSpec(facing=facing), fps=fps), axis=2)
    inner = slice(round(0.25 * fps), -round(0.25 * fps))
    assert np.percentile(error[inner][:, LEGS], 99) < 12  # pixels; a leg is about 250 long


@pytest.mark.parametrize("length", [20, 120])
def test_a_long_exchange_is_put_back(length: int) -> None:
    run = filmed()
    frames = np.zeros(run.pose.sizes["time"], dtype=bool)
    frames[200 : 200 + length] = True
    result = cleaned(edited(run.pose, lambda p, n: exchange(p, n, frames)))
    assert (result.swapped == frames).mean() > 0.99


@pytest.mark.parametrize("view", ["rear", "front"])
def test_frames_with_the_whole_body_mirrored_are_mirrored_back(view: str) -> None:
    run = filmed(camera=CameraSpec(view=view))
    frames = np.zeros(run.pose.sizes["time"], dtype=bool)
    frames[50:60] = frames[300:301] = frames[500:560] = True
    everything = [n[5:] for n in JOINTS if n.startswith("left_")]
    result = cleaned(edited(run.pose, lambda p, n: exchange(p, n, frames, everything)))
    assert (result.swapped == frames).all()
    assert find_camera(result.pose).view == view


def test_where_both_legs_lie_on_one_the_hidden_leg_follows_its_own_path() -> None:
    run = filmed()
    merged = np.zeros(run.pose.sizes["time"], dtype=bool)
    for start in range(60, 660, 67):
        merged[start : start + 5] = True

    def merge(position: np.ndarray, names: list[str]) -> None:
        for joint in LEG_JOINTS:
            position[merged, names.index(f"left_{joint}")] = position[merged, names.index(f"right_{joint}")] + 1.0

    result = cleaned(edited(run.pose, merge))
    error = np.linalg.norm(track(result.pose) - truth_of(), axis=2)[merged][:, LEGS]
    assert np.percentile(error, 95) < 15  # pixels; a leg is about 250 long
    assert result.swapped.sum() <= 3


def test_a_keypoint_on_the_background_is_replaced() -> None:
    run = filmed()
    ankle = JOINTS.index("right_ankle")

    def throw(position: np.ndarray, names: list[str]) -> None:
        position[40::31, ankle] += (-120, -90)

    result = cleaned(edited(run.pose, throw))
    assert np.linalg.norm(track(result.pose) - truth_of(), axis=2)[20:-20, ankle].max() < 15
    status = result.pose.status.sel(keypoint="right_ankle").values.ravel()
    assert (status[40::31] == FILLED).all()


def test_short_gaps_are_filled_and_long_ones_stay_gaps() -> None:
    run = filmed()

    def hide(position: np.ndarray, names: list[str]) -> None:
        position[100:106] = np.nan  # 0.1 s
        position[300:345] = np.nan  # 0.75 s

    result = cleaned(edited(run.pose, hide))
    positions, status = track(result.pose), result.pose.status.values[..., 0]
    assert np.isfinite(positions[100:106]).all()
    assert (status[100:106] == FILLED).all()
    assert np.isnan(positions[301:344]).all()
    assert (status[301:344] == MISSING).all()
    assert np.linalg.norm(positions[100:106] - truth_of()[100:106], axis=2).max() < 15


def test_drift_along_the_belt_is_kept() -> None:
    at = np.arange(720) / 60
    drift = 60 * np.sin(2 * np.pi * at / 9)  # pixels; about 20 cm fore and aft
    result = cleaned(filmed(drift_px=drift).pose)
    error = np.linalg.norm(track(result.pose) - truth_of(drift_px=drift), axis=2)[20:-20]
    assert np.percentile(error[:, LEGS], 95) < 6


def test_uneven_frame_times_are_handled() -> None:
    rng = np.random.default_rng(3)
    times = np.cumsum(rng.choice([1 / 60, 1 / 30, 1 / 60], 600))
    times = times[times < 11.9] - times[0]
    run, exact = filmed(times=times), truth_of(times=times)
    error = np.linalg.norm(track(cleaned(run.pose).pose) - exact, axis=2)[15:-15]
    assert np.percentile(error[:, LEGS], 95) < 8


def test_low_pass_passes_slow_and_stops_fast_without_lag() -> None:
    time = np.arange(0, 5, 1 / 60)
    slow, fast = np.sin(2 * np.pi * time), np.sin(2 * np.pi * 20 * time)
    out = low_pass(time, np.stack([slow, fast], axis=1), 6.0)[30:-30]
    np.testing.assert_allclose(out[:, 0], slow[30:-30], atol=0.01)
    assert np.abs(out[:, 1]).max() < 0.02


def tilting(noise: float, seconds: float = 8.0) -> tuple[StridePhase, np.ndarray, np.ndarray]:
    """A pelvis that tilts by 5 degrees once a stride: phase, exact tilt, measured tilt."""
    time = np.arange(0, seconds, 1 / 60)
    phase = StridePhase(time, 1.4 * time, 1.4, 1.0)
    exact = 5.0 * np.sin(2 * np.pi * phase.phase)
    return phase, exact, exact + 3.0 + np.random.default_rng(6).normal(0, noise, len(time))


def test_the_tilt_of_the_pelvis_is_smoothed_about_zero() -> None:
    phase, exact, read = tilting(0.8)
    read[100:130] = np.nan
    smooth = smooth_tilt(phase, read, 1.0)
    assert np.isfinite(smooth).all()
    assert np.std(smooth - exact) < 0.3
    assert abs(np.mean(smooth)) < 0.1


def test_a_tilt_without_rhythm_or_with_too_few_strides_is_missing() -> None:
    phase, _, read = tilting(4.0)
    assert np.isnan(smooth_tilt(phase, read, 1.0)).all()
    phase, _, read = tilting(0.3, seconds=1.5)
    assert np.isnan(smooth_tilt(phase, read, 1.0)).all()
    assert np.isnan(smooth_tilt(phase, np.full_like(read, np.nan), 1.0)).all()


def test_the_tilt_is_not_guessed_outside_what_was_read() -> None:
    phase, _, read = tilting(0.3)
    read[:120] = np.nan
    smooth = smooth_tilt(phase, read, 1.0)
    assert np.isnan(smooth[:120]).all()
    assert np.isfinite(smooth[120:]).all()
