"""The cycles of healthy runners: from a made-up runner with known angles, and from the recordings."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from calibration.ordinary_cycles_fit import FILE, PERCENT, main, mean_angles, ordinary_cycle_lines, ordinary_cycles
from gait.synthetic.recorded_motion import Recording
from gait.validation.mocap import DEFAULT_MOCAP_FOLDER, find_recordings
from tests.conftest import REPOSITORY


def swinging_runner(shank_deg: float) -> Recording:
    """Make up a runner whose thigh swings by 20 degrees once a second and whose shank is held at an angle."""
    time = np.arange(0, 6, 0.01)
    thigh, shank = np.radians(20 * np.sin(2 * np.pi * time)), np.full(len(time), np.radians(shank_deg))
    hip = np.zeros((len(time), 3))
    knee = hip + 0.4 * np.stack([np.sin(thigh), -np.cos(thigh), 0 * thigh], axis=1)
    ankle = knee + 0.4 * np.stack([np.sin(shank), -np.cos(shank), 0 * shank], axis=1)
    points = {
        f"{side}_{n}": p for side in ("left", "right") for n, p in (("hip", hip), ("knee", knee), ("ankle", ankle))
    }
    contacts = {side: np.arange(0.0, 6.0) for side in ("left", "right")}
    return Recording(time, points, contacts, contacts, 3.0, 1.75)


def test_angles_are_those_of_the_joints() -> None:
    angles = mean_angles(swinging_runner(-30), "left")
    expected = 20 * np.sin(2 * np.pi * PERCENT / 100)
    np.testing.assert_allclose(angles["thigh_angle"], expected, atol=0.1)
    np.testing.assert_allclose(angles["shank_angle"], -30, atol=1e-6)
    np.testing.assert_allclose(angles["knee_flexion"], expected + 30, atol=0.1)


def test_the_spread_is_that_between_runners() -> None:
    cycles = ordinary_cycles([swinging_runner(-30), swinging_runner(-40)])
    mean, sd, count = cycles["shank_angle"][3.0]
    assert count == 2
    np.testing.assert_allclose(mean, -35)
    np.testing.assert_allclose(sd, np.sqrt(50))


def test_the_file_goes_to_the_folder_of_results(tmp_path: Path) -> None:
    if not find_recordings(None):
        pytest.skip("the recordings do not lie beside this checkout (../shared/mocap)")
    main(["--mocap", str(DEFAULT_MOCAP_FOLDER), "-o", str(tmp_path)])
    assert [path.name for path in tmp_path.iterdir()] == [FILE]
    package = REPOSITORY / "gait" / "calibration" / FILE
    assert (tmp_path / FILE).read_text(encoding="utf-8") == package.read_text(encoding="utf-8")


def test_lines_of_a_cycle_have_one_decimal_place() -> None:
    lines = ordinary_cycle_lines(ordinary_cycles([swinging_runner(-30), swinging_runner(-40)]))
    assert any(line.startswith("mean = [-35.0, -35.0") for line in lines)
