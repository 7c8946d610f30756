"""Markers in space projected onto the plane of a view, and lengths turned into pixels."""

from __future__ import annotations

import numpy as np
import pytest

from gait.errors import InputError
from gait.io.marker_plane import PX_PER_M, project_to_image

NAMES = [f"{side}_{joint}" for joint in ("hip", "knee", "ankle", "heel", "foot_index") for side in ("left", "right")]


def walker(frames: int = 40) -> np.ndarray:
    """A person who faces +x, y up, z to the right, metres; the ankles swing against each other."""
    swing = 0.3 * np.sin(np.linspace(0, 4 * np.pi, frames))
    points = np.zeros((frames, len(NAMES), 3))
    for number, name in enumerate(NAMES):
        side, joint = name.split("_", 1)
        sign = 1 if side == "right" else -1
        height = {"hip": 0.9, "knee": 0.5, "ankle": 0.1, "heel": 0.05, "foot_index": 0.05}[joint]
        ahead = {"hip": 0.0, "knee": 0.05, "ankle": 0.0, "heel": -0.05, "foot_index": 0.15}[joint]
        share = {"hip": 0.0, "knee": 0.5}.get(joint, 1.0)
        points[:, number] = np.stack(
            [ahead + sign * share * swing, np.full(frames, height), np.full(frames, sign * 0.1)], axis=1
        )
    return points


def test_the_side_view_shows_forwards_to_the_right_and_up_upwards() -> None:
    image, size, scale = project_to_image(walker(), NAMES, 1.0, "side")
    hip, toe, heel = (image[:, NAMES.index(name)] for name in ("left_hip", "left_foot_index", "left_heel"))
    assert toe[:, 0] - heel[:, 0] == pytest.approx(0.2 * PX_PER_M)
    assert heel[:, 1] - hip[:, 1] == pytest.approx(0.85 * PX_PER_M)  # y points down
    assert scale == 1 / PX_PER_M
    assert (image >= 0).all()
    assert (image < size).all()


@pytest.mark.parametrize(("view", "sign"), [("rear", 1), ("front", -1)])
def test_rear_and_front_views_are_mirror_images(view, sign: int) -> None:
    image, _, _ = project_to_image(walker(), NAMES, 0.001, view)
    hips = image[:, NAMES.index("right_hip"), 0] - image[:, NAMES.index("left_hip"), 0]
    assert (np.sign(hips) == sign).all()


def test_any_axis_may_point_up() -> None:
    upright, _, _ = project_to_image(walker(), NAMES, 1.0, "side")
    turned, _, _ = project_to_image(walker()[..., [2, 0, 1]], NAMES, 1.0, "side")  # z up, right-handed
    assert turned == pytest.approx(upright)


def test_pixels_stay_pixels_and_have_no_scale() -> None:
    flat = 100 * walker()[..., :2] * [1, -1] + 200
    image, _, scale = project_to_image(flat, NAMES, None, "side")
    assert image == pytest.approx(flat)
    assert scale is None


def test_poses_without_hips_and_ankles_in_one_frame_are_refused() -> None:
    points = walker()
    points[:, NAMES.index("left_ankle")] = np.nan
    with pytest.raises(InputError, match="no frame with both hips and ankles"):
        project_to_image(points, NAMES, 1.0, "side")
    with pytest.raises(InputError, match="fewer than two coordinates"):
        project_to_image(np.full((4, len(NAMES), 3), np.nan), NAMES, 1.0, "side")
