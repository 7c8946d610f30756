"""Steady errors are found again as they were made, whatever the form of the runners that show them."""

from __future__ import annotations

import tomllib

import numpy as np
import pytest

from calibration.keypoint_correction_fit import JointErrors, fit_vectors, keypoint_correction_lines, parts_of

IMAGE_ERROR, THIGH_ERROR = -0.02 + 0.01j, 0.015 - 0.005j


def hip_errors(number: int, *, swing_deg: float, extra: complex = 0.0) -> JointErrors:
    """Normal equations of a hip whose thigh swings about the vertical, with an error of its own for this runner."""
    angle = np.radians(swing_deg * np.sin(np.linspace(0, 2 * np.pi, 60, endpoint=False) + number))
    thigh = -1j * np.exp(1j * angle)
    x = np.stack([np.ones_like(thigh), thigh], axis=1)
    error = IMAGE_ERROR + extra + THIGH_ERROR * thigh
    weighted = np.conj(x).T / len(error)
    return JointErrors("heavy", "near", "hip", weighted @ x, weighted @ error, float(np.mean(np.abs(error) ** 2)))


def test_the_vectors_are_found_again() -> None:
    vectors, used = fit_vectors([hip_errors(n, swing_deg=60) for n in range(6)])
    np.testing.assert_allclose(vectors, [IMAGE_ERROR, THIGH_ERROR], atol=2e-3)
    assert len(used) == 6
    assert max(row.residual(vectors) for row in used) < 1e-5


def test_a_clip_that_was_not_tracked_does_not_count() -> None:
    rows = [hip_errors(n, swing_deg=60, extra=0.002 * (-1) ** n) for n in range(6)]
    lost = hip_errors(9, swing_deg=60, extra=0.4)
    vectors, used = fit_vectors([*rows, lost])
    assert all(row is not lost for row in used)
    np.testing.assert_allclose(vectors, [IMAGE_ERROR, THIGH_ERROR], atol=3e-3)


def test_the_lines_hold_the_vectors_by_network_view_and_joint() -> None:
    table = tomllib.loads("\n".join(keypoint_correction_lines([hip_errors(n, swing_deg=60) for n in range(4)])))
    hip = table["heavy"]["near"]["hip"]
    assert hip["clips"] == 4
    assert complex(*hip["vectors"]["image"]) == pytest.approx(IMAGE_ERROR, abs=2e-3)
    assert set(hip["vectors"]) == set(parts_of("hip", "near"))


def test_from_behind_errors_are_fixed_in_the_image_only() -> None:
    assert parts_of("knee", "rear") == ("image",)
    assert parts_of("knee", "far") == ("image", "thigh", "shank")
