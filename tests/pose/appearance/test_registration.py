"""Group registration: true turns and slides are found, and what does not belong to the cloth counts little."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from gait.pose.appearance.registration import register, warp_to_template

HEIGHT, WIDTH = 60, 88


def texture(seed: int = 0) -> np.ndarray:
    """Cloth-like: smooth random colours."""
    noise = np.random.default_rng(seed).random((HEIGHT * 2, WIDTH * 2, 3)).astype(np.float32)
    soft = cv2.GaussianBlur(noise, (0, 0), 2.5)
    return (soft - soft.min()) / np.ptp(soft)


def turned(image: np.ndarray, degrees: float, right: float, down: float) -> np.ndarray:
    """Cut a patch out of a image that is turned (+ = right side up) and slid, pixels."""
    height, width = image.shape[:2]
    turn = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), degrees, 1.0)
    turn[:, 2] += (right, down)
    whole = cv2.warpAffine(image, turn, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT)
    top, left = (height - HEIGHT) // 2, (width - WIDTH) // 2
    return np.clip(whole[top : top + HEIGHT, left : left + WIDTH], 0, 1).astype(np.float32)


def swinging(count: int = 90, amplitude: float = 7.0) -> tuple[np.ndarray, np.ndarray]:
    """Patches that swing, and by how many degrees; about 0."""
    cloth, rng = texture(), np.random.default_rng(1)
    angles = amplitude * np.sin(np.arange(count) * 2 * np.pi / 30)
    slides = rng.normal(0, 1.5, (count, 2))
    return np.stack([turned(cloth, a, *s) for a, s in zip(angles, slides, strict=True)]), angles


REGION = np.zeros((HEIGHT, WIDTH), np.float32)
REGION[10:50, 14:74] = 1


def test_turns_are_found_whatever_slides() -> None:
    patches, angles = swinging()
    found = register(patches, REGION).tilt_deg
    assert np.ptp(found - angles) < 0.5
    assert np.std(found - angles) < 0.12


def test_the_right_side_up_is_positive() -> None:
    patches, angles = swinging()
    assert np.corrcoef(register(patches, REGION).tilt_deg, angles)[0, 1] > 0.99


def test_an_arm_that_passes_does_not_turn_the_cloth() -> None:
    patches, angles = swinging()
    for number, patch in enumerate(patches):
        left = 20 + (number * 7) % 50
        patch[12:48, left : left + 9] = (0.9, 0.6, 0.5)
    assert np.std(register(patches, REGION).tilt_deg - angles) < 0.5


def test_light_noise_and_few_colours_cost_little() -> None:
    patches, angles = swinging(amplitude=4.0)
    noisy = 0.4 * patches + np.random.default_rng(2).normal(0, 0.02, patches.shape).astype(np.float32)
    assert np.std(register(noisy.astype(np.float32), REGION).tilt_deg - angles) < 0.4


def test_a_plain_patch_gives_numbers_without_rhythm() -> None:
    plain = np.full((60, HEIGHT, WIDTH, 3), 0.3, np.float32)
    plain += np.random.default_rng(3).normal(0, 0.004, plain.shape).astype(np.float32)
    tilt = register(plain, REGION).tilt_deg
    assert np.isfinite(tilt).all()
    # Who folds it over strides sees that it is noise.
    assert abs(np.corrcoef(tilt[:-1], tilt[1:])[0, 1]) < 0.4


def test_warping_back_gives_the_mean() -> None:
    patches, _ = swinging(40)
    made = register(patches, REGION)
    laid = warp_to_template(patches, made.params)[:, 20:40, 30:58]
    assert np.abs(laid - laid.mean(axis=0)).mean() < 0.25 * np.abs(patches - patches.mean(axis=0)).mean()


@pytest.mark.parametrize("count", [1, 2])
def test_very_few_patches_are_no_error(count: int) -> None:
    patches, _ = swinging(count)
    assert register(patches, REGION).params.shape == (count, 6)
