"""Left and right labels are repaired where the engine confused the legs, and kept where it did not."""

from __future__ import annotations

import numpy as np
import pytest

from gait.signal.limb_identity import assign_limbs
from gait.signal.phase import StridePhase

FPS, STRIDE_HZ = 60.0, 1.4


def legs(*, mirrored: bool = False, seconds: float = 10.0, noise: float = 0.01, seed: int = 0):
    """Two joints of each leg about the hips, in leg lengths: (T, 2, 2) each, and the phase."""
    time = np.arange(0, seconds, 1 / FPS)
    rng = np.random.default_rng(seed)

    def one(offset: float, sign: float) -> np.ndarray:
        p = 2 * np.pi * (STRIDE_HZ * time + offset)
        if mirrored:
            knee = np.stack([sign * (0.10 + 0.02 * np.cos(p)), 0.45 + 0.08 * np.cos(p)], axis=1)
            ankle = np.stack([sign * (0.09 + 0.03 * np.sin(p)), 0.85 + 0.15 * np.cos(p + 0.5)], axis=1)
        else:
            knee = np.stack([0.25 * np.cos(p), 0.45 + 0.05 * np.cos(2 * p)], axis=1)
            ankle = np.stack([0.45 * np.cos(p - 0.6), 0.85 - 0.2 * np.clip(np.sin(p), 0, 1)], axis=1)
        return np.stack([knee, ankle], axis=1) + rng.normal(0, noise, (len(time), 2, 2))

    return one(0.0, -1.0), one(0.5, 1.0), StridePhase(time, STRIDE_HZ * time, STRIDE_HZ, 1.0)


def exchanged(left: np.ndarray, right: np.ndarray, frames: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    pick = frames[:, None, None]
    return np.where(pick, right, left), np.where(pick, left, right)


def crossings(time: np.ndarray, length: int) -> np.ndarray:
    """Frames about every moment at which the legs pass each other, some strides only."""
    frames = np.zeros(len(time), dtype=bool)
    for number, centre in enumerate(np.arange(0.6, time[-1] - 0.6, 0.5 / STRIDE_HZ)):
        if number % 3:
            at = int(np.searchsorted(time, centre))
            frames[at : at + length] = True
    return frames


@pytest.mark.parametrize("mirrored", [False, True])
def test_correct_labels_are_kept(mirrored: bool) -> None:
    left, right, phase = legs(mirrored=mirrored)
    assignment = assign_limbs(left, right, phase, mirrored=mirrored)
    assert not assignment.swapped.any()
    assert assignment.outlier.mean() < 0.01


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("length", [3, 8, 40])
def test_exchanged_legs_are_found_frame_by_frame(mirrored: bool, length: int) -> None:
    left, right, phase = legs(mirrored=mirrored)
    frames = np.zeros(len(phase.time), dtype=bool)
    for at in (60, 200, 333, 470):
        frames[at : at + length] = True
    assignment = assign_limbs(*exchanged(left, right, frames), phase, mirrored=mirrored)
    # Where the legs coincide an exchange makes no difference, so each edge may be off by a frame or two.
    assert (assignment.swapped != frames).sum() <= 8
    wrong = assignment.swapped != frames
    if not mirrored:
        apart = np.linalg.norm(left[:, 1] - right[:, 1], axis=1)
        assert not wrong[apart > 0.25].any()


def test_the_labels_of_most_frames_name_the_legs() -> None:
    left, right, phase = legs()
    frames = np.zeros(len(phase.time), dtype=bool)
    frames[:240] = True  # 40 % of the clip
    assignment = assign_limbs(*exchanged(left, right, frames), phase, mirrored=False)
    assert (assignment.swapped[:230]).mean() > 0.97
    assert (assignment.swapped[250:]).mean() < 0.03


def test_both_legs_on_one_leg_are_an_outlier_not_an_exchange() -> None:
    left, right, phase = legs()
    merged = np.zeros(len(phase.time), dtype=bool)
    merged[100:112] = merged[300:312] = True
    left[merged] = right[merged] + 0.005
    assignment = assign_limbs(left, right, phase, mirrored=False)
    assert not assignment.swapped.any()
    far = merged & (np.linalg.norm(legs()[0][:, 1] - right[:, 1], axis=1) > 0.15)
    assert assignment.outlier[far, 1, 0].mean() > 0.9
    assert assignment.outlier[:, :, 1].mean() < 0.02


def test_a_joint_on_the_background_is_an_outlier() -> None:
    left, right, phase = legs()
    left[::37, 1] += (0.3, -0.2)
    assignment = assign_limbs(left, right, phase, mirrored=False)
    assert assignment.outlier[::37, 1, 0].all()
    assert assignment.outlier[:, 0].mean() < 0.01


def test_missing_joints_are_neither_outliers_nor_exchanged() -> None:
    left, right, phase = legs()
    left[150:170] = np.nan
    assignment = assign_limbs(left, right, phase, mirrored=False)
    assert not assignment.swapped.any()
    assert not assignment.outlier[150:170, :, 0].any()


def test_exchanges_at_crossings_are_repaired() -> None:
    left, right, phase = legs()
    frames = crossings(phase.time, 5)
    assignment = assign_limbs(*exchanged(left, right, frames), phase, mirrored=False)
    fixed_left = np.where(assignment.swapped[:, None, None], *exchanged(left, right, frames)[::-1])
    assert np.linalg.norm(fixed_left - left, axis=2).max() < 0.2
    assert np.linalg.norm(fixed_left - left, axis=2).mean() < 0.005
