"""Camera roll, against rendered cameras and drawn rooms."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from gait.geometry.camera import find_camera
from gait.quality.camera_roll import roll_from_runner, roll_from_structures
from gait.synthetic import CameraSpec
from gait.video import read_frames
from tests.filmed_joints import filmed

ROLLS = (-6, -3, -1, 1, 2, 4, 6)


def room(roll_deg: float, *, pitch: float = 0.0, uprights: int = 5, leaning: int = 0) -> np.ndarray:
    """Draw a wall with upright stripes, which converge by ``pitch`` (degrees per half width), and leaning ones."""
    image = np.full((480, 640), 120, np.uint8)
    for n in range(uprights):
        x = 640 * (n + 0.5) / uprights
        dx = 150 * np.tan(np.radians(pitch)) * (x - 320) / 320
        ends = np.array([[x + dx, 90], [x - dx, 390]])
        cv2.line(image, *np.rint(ends * 16).astype(int).tolist(), 220, 3, cv2.LINE_AA, 4)
    for n in range(leaning):
        x = 300 + 60 * n
        cv2.line(image, (x, 80), (x + 60, 400), 30, 4, cv2.LINE_AA)
    turn = cv2.getRotationMatrix2D((320, 240), roll_deg, 1.0)
    return cv2.warpAffine(image, turn, (640, 480), borderMode=cv2.BORDER_CONSTANT, borderValue=120)


@pytest.mark.parametrize("roll", ROLLS)
def test_roll_is_read_off_upright_lines(roll: int) -> None:
    found = roll_from_structures([(room(roll), None)])
    assert found is not None
    assert found.reliable
    assert found.degrees == pytest.approx(roll, abs=0.4)


@pytest.mark.parametrize("roll", [-4, 0, 3])
def test_a_pitched_camera_is_no_rolled_one(roll: int) -> None:
    found = roll_from_structures([(room(roll, pitch=5), None)])
    assert found is not None
    assert found.degrees == pytest.approx(roll, abs=0.6)


def test_leaning_legs_of_a_treadmill_do_not_count_as_gravity() -> None:
    found = roll_from_structures([(room(0, uprights=4, leaning=2), None)])
    assert found is None or abs(found.degrees) < 0.6


@pytest.mark.parametrize("image", [np.full((480, 640), 120, np.uint8), room(0, uprights=1)], ids=["bare", "one line"])
def test_nothing_is_said_without_upright_lines(image: np.ndarray) -> None:
    assert roll_from_structures([(image, None)]) is None


def test_the_runner_is_left_out() -> None:
    image, mask = room(2, uprights=8), np.zeros((480, 640), np.uint8)
    image[:, 250:390] = 120
    cv2.line(image, (280, 100), (350, 400), 0, 6)
    mask[:, 250:390] = 1
    found = roll_from_structures([(image, mask)])
    assert found is not None
    assert found.degrees == pytest.approx(2, abs=0.4)


@pytest.mark.parametrize(("view", "roll"), [("side", 5.0), ("rear", -3.0), ("front", 2.0)])
def test_roll_of_a_rendered_camera(rendered: Callable[..., Path], view: str, roll: float) -> None:
    clip = rendered(1.0, fps=24.0, view=view, roll_deg=roll)
    image = next(iter(read_frames(clip))).image
    found = roll_from_structures([(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), None)])
    assert found is not None
    assert found.degrees == pytest.approx(roll, abs=0.6)


@pytest.mark.parametrize("roll", [-4.0, 0.0, 4.0])
def test_the_runner_tells_the_roll_from_behind_roughly(roll: float) -> None:
    pose = filmed(camera=CameraSpec(view="rear", roll_deg=roll)).pose
    found = roll_from_runner(pose, find_camera(pose))
    assert found is not None
    assert found.degrees == pytest.approx(roll, abs=2.0)
    assert not found.reliable


def test_the_runner_tells_no_roll_from_the_side() -> None:
    pose = filmed().pose
    assert roll_from_runner(pose, find_camera(pose)) is None
