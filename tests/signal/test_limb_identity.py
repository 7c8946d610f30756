"""Left and right legs told apart where the engine confused them, and left alone where it did not."""

from __future__ import annotations

import numpy as np
import pytest

from gait.signal.limb_identity import follow_pair
from gait.signal.phase import StridePhase

FPS, STRIDE_HZ = 60.0, 1.4


def legs(*, mirrored: bool = False, seconds: float = 10.0, noise: float = 0.01, seed: int = 0):
    """Two joints of each leg about the hips, in leg lengths: (T, 2, 2) each, and the phase."""
    time = np.arange(0, seconds, 1 / FPS)
    chance = np.random.default_rng(seed)

    def one(offset: float, sign: float) -> np.ndarray:
        p = 2 * np.pi * (STRIDE_HZ * time + offset)
        if mirrored:
            knee = np.stack([sign * (0.10 + 0.02 * np.cos(p)), 0.45 + 0.08 * np.cos(p)], axis=1)
            ankle = np.stack([sign * (0.09 + 0.03 * np.sin(p)), 0.85 + 0.15 * np.cos(p + 0.5)], axis=1)
        else:
            knee = np.stack([0.25 * np.cos(p), 0.45 + 0.05 * np.cos(2 * p)], axis=1)
            ankle = np.stack([0.45 * np.cos(p - 0.6), 0.85 - 0.2 * np.clip(np.sin(p), 0, 1)], axis=1)
        return np.stack([knee, ankle], axis=1) + chance.normal(0, noise, (len(time), 2, 2))

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
def test_legs_that_are_right_are_left_alone(mirrored: bool) -> None:
    left, right, phase = legs(mirrored=mirrored)
    identity = follow_pair(left, right, phase, mirrored=mirrored)
    assert not identity.swapped.any()
    assert identity.outlier.mean() < 0.01


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("length", [3, 8, 40])
def test_exchanged_legs_are_found_frame_by_frame(mirrored: bool, length: int) -> None:
    left, right, phase = legs(mirrored=mirrored)
    frames = np.zeros(len(phase.time), dtype=bool)
    for at in (60, 200, 333, 470):
        frames[at : at + length] = True
    identity = follow_pair(*exchanged(left, right, frames), phase, mirrored=mirrored)
    # Where both legs are at the same place the exchange makes no difference: the edges may be off by a frame or two.
    assert (identity.swapped != frames).sum() <= 8
    wrong = identity.swapped != frames
    if not mirrored:
        apart = np.linalg.norm(left[:, 1] - right[:, 1], axis=1)
        assert not wrong[apart > 0.25].any()


def test_the_labels_of_most_frames_name_the_legs() -> None:
    left, right, phase = legs()
    frames = np.zeros(len(phase.time), dtype=bool)
    frames[:240] = True  # 40 % of the clip
    identity = follow_pair(*exchanged(left, right, frames), phase, mirrored=False)
    assert (identity.swapped[:230]).mean() > 0.97
    assert (identity.swapped[250:]).mean() < 0.03


def test_both_landmarks_on_one_leg_are_an_outlier_not_an_exchange() -> None:
    left, right, phase = legs()
    merged = np.zeros(len(phase.time), dtype=bool)
    merged[100:112] = merged[300:312] = True
    left[merged] = right[merged] + 0.005
    identity = follow_pair(left, right, phase, mirrored=False)
    assert not identity.swapped.any()
    far = merged & (np.linalg.norm(legs()[0][:, 1] - right[:, 1], axis=1) > 0.15)
    assert identity.outlier[far, 1, 0].mean() > 0.9
    assert identity.outlier[:, :, 1].mean() < 0.02


def test_a_joint_thrown_onto_the_background_is_an_outlier() -> None:
    left, right, phase = legs()
    left[::37, 1] += (0.3, -0.2)
    identity = follow_pair(left, right, phase, mirrored=False)
    assert identity.outlier[::37, 1, 0].all()
    assert identity.outlier[:, 0].mean() < 0.01


def test_unseen_joints_are_neither_outliers_nor_exchanged() -> None:
    left, right, phase = legs()
    left[150:170] = np.nan
    identity = follow_pair(left, right, phase, mirrored=False)
    assert not identity.swapped.any()
    assert not identity.outlier[150:170, :, 0].any()


def test_exchanges_at_crossings_only() -> None:
    left, right, phase = legs()
    frames = crossings(phase.time, 5)
    identity = follow_pair(*exchanged(left, right, frames), phase, mirrored=False)
    fixed_left = np.where(identity.swapped[:, None, None], *exchanged(left, right, frames)[::-1])
    assert np.linalg.norm(fixed_left - left, axis=2).max() < 0.2
    assert np.linalg.norm(fixed_left - left, axis=2).mean() < 0.005
