"""Sharpness, light and camera movement, measured in images."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from gait.quality.frame_sampling import FrameBurst, SampledFrame
from gait.quality.image_quality import blur_effect, measure_image_quality
from tests.filmed_joints import filmed


def test_blur_does_not_depend_on_contrast() -> None:
    import cv2

    image = np.random.default_rng(1).integers(0, 255, (80, 80), dtype=np.uint8)
    image = np.kron(image[:16, :16], np.ones((5, 5), np.uint8))
    sharp = blur_effect(image)
    assert blur_effect((image // 4).astype(np.uint8)) == pytest.approx(sharp, abs=0.03)
    blurred = [blur_effect(cv2.GaussianBlur(image, (0, 0), sigma)) for sigma in (1, 2, 4)]
    assert sharp < blurred[0] < blurred[1] < blurred[2] <= 1


@pytest.fixture(scope="module")
def pose() -> xr.Dataset:
    return filmed(seconds=2).pose


def bursts_of(pose: xr.Dataset, shift_px: int = 0, level: float = 1.0) -> list[FrameBurst]:
    """Two frames at each of eight moments of a random room; the second is moved to the right."""
    room = np.random.default_rng(0).integers(60, 200, (24, 32)).astype(float) * level
    room = np.kron(room, np.ones((30, 30))).astype(np.uint8)
    times = pose.time.values
    return [
        (
            SampledFrame(float(times[n]), room),
            SampledFrame(float(times[n + 1]), np.roll(room, shift_px, axis=1)),
        )
        for n in np.linspace(0, len(times) - 2, 8).astype(int)
    ]


def test_a_camera_that_stands_still_neither_sways_nor_pans(pose: xr.Dataset) -> None:
    quality = measure_image_quality(bursts_of(pose), pose, leg_px=200.0)
    assert quality.sway < 0.002
    assert abs(quality.pan) < 0.05
    assert quality.noise == 0.0


def test_a_background_that_moves_right_pans_right(pose: xr.Dataset) -> None:
    step = float(pose.time[1] - pose.time[0])
    quality = measure_image_quality(bursts_of(pose, shift_px=6), pose, leg_px=200.0)
    assert quality.pan == pytest.approx(6 / 200 / step, rel=0.1)


def test_brightness_follows_the_light(pose: xr.Dataset) -> None:
    bright, dark = (measure_image_quality(bursts_of(pose, level=level), pose, leg_px=200.0) for level in (1.0, 0.3))
    assert dark.brightness == pytest.approx(0.3 * bright.brightness, rel=0.1)


def test_a_background_that_passes_shows_behind_captions_that_stand_still(pose: xr.Dataset) -> None:
    step = float(pose.time[1] - pose.time[0])
    bursts = bursts_of(pose, shift_px=6)
    caption = np.random.default_rng(2).integers(0, 255, (120, 300), dtype=np.uint8)
    for before, after in bursts:
        for frame in (before, after):
            frame.grey.setflags(write=True)
            frame.grey[40:160, 300:600] = caption
    quality = measure_image_quality(bursts, pose, leg_px=200.0)
    assert quality.background_speed == pytest.approx(6 / 200 / step, rel=0.1)


def test_a_background_that_stands_still_has_no_speed(pose: xr.Dataset) -> None:
    assert measure_image_quality(bursts_of(pose), pose, leg_px=200.0).background_speed < 0.01


def test_legs_as_dark_as_the_room_have_no_contrast(pose: xr.Dataset) -> None:
    plain = [tuple(SampledFrame(f.time_s, np.full_like(f.grey, 40)) for f in burst) for burst in bursts_of(pose)]
    assert measure_image_quality(plain, pose, leg_px=200.0).leg_contrast == 0.0
    assert measure_image_quality(bursts_of(pose), pose, leg_px=200.0).leg_contrast > 10
