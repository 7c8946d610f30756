"""Cameras put points of the world where their frames have them."""

from __future__ import annotations

import math

import numpy as np
import pytest

from gait.errors import InputError
from gait.synthetic.pinhole_camera import camera_of, distorted, undistorted
from gait.synthetic.run_spec import CameraSpec


def test_the_point_aimed_at_is_in_the_middle() -> None:
    for spec in (CameraSpec(), CameraSpec(view="rear", yaw_deg=20, roll_deg=8), CameraSpec(facing="left", height_m=2)):
        x, y = camera_of(spec).project(np.array([0.0, spec.aim_m, 0.0]))
        assert (x, y) == (pytest.approx(spec.width / 2), pytest.approx(spec.height / 2))


@pytest.mark.parametrize(
    ("spec", "forward_goes", "right_goes"),
    [
        (CameraSpec(view="side", facing="right"), "right", None),
        (CameraSpec(view="side", facing="left"), "left", None),
        (CameraSpec(view="rear"), None, "right"),
        (CameraSpec(view="front"), None, "left"),
    ],
    ids=["facing_right", "facing_left", "rear", "front"],
)
def test_views(spec: CameraSpec, forward_goes: str | None, right_goes: str | None) -> None:
    camera = camera_of(spec)
    middle, ahead, right, up = camera.project(np.array([[0, 1, 0], [0.2, 1, 0], [0, 1, 0.2], [0, 1.2, 0]], dtype=float))
    assert up[1] < middle[1]
    for goes, point in ((forward_goes, ahead), (right_goes, right)):
        if goes is not None:
            assert (point[0] > middle[0]) == (goes == "right")


def test_scale_follows_the_field_of_view() -> None:
    spec = CameraSpec(distance_m=5.0, height_m=1.0, aim_m=1.0, field_of_view_deg=40.0)
    low, high = camera_of(spec).project(np.array([[0.0, 0.5, 0.0], [0.0, 1.5, 0.0]]))
    visible_m = 2 * 5.0 * math.tan(math.radians(20.0))
    assert low[1] - high[1] == pytest.approx(spec.height / visible_m)


def test_roll_turns_the_frame_counter_clockwise() -> None:
    low, high = camera_of(CameraSpec(roll_deg=10.0)).project(np.array([[0.0, 0.5, 0.0], [0.0, 1.5, 0.0]]))
    assert high[0] < low[0]
    assert math.degrees(math.atan2(low[0] - high[0], low[1] - high[1])) == pytest.approx(10.0, abs=0.2)


@pytest.mark.parametrize("distortion", [-0.15, -0.03, 0.03, 0.15])
def test_a_lens_bends_and_unbends(distortion: float) -> None:
    shown = np.stack(np.meshgrid(np.linspace(-480, 480, 13), np.linspace(-360, 360, 9)), axis=-1)
    straight = undistorted(shown, distortion, 600.0)
    np.testing.assert_allclose(distorted(straight, distortion, 600.0), shown, atol=1e-6)
    corner, drawn_from = np.hypot(*shown[0, 0]), np.hypot(*straight[0, 0])
    assert drawn_from / corner == pytest.approx(1 - distortion)  # at half the diagonal


@pytest.mark.parametrize("distortion", [-0.15, 0.15])
def test_barrel_squeezes_pincushion_pulls_and_the_outside_stays_outside(distortion: float) -> None:
    plain, bent = CameraSpec(), CameraSpec(distortion=distortion)
    points = np.array([[x, 0.92, 0.0] for x in (0.0, 0.3, 0.9, 1.5, 3.0, 30.0)])
    straight, shown = (np.abs(camera_of(spec).project(points)[:, 0] - 480) for spec in (plain, bent))
    assert shown[0] == pytest.approx(0)
    assert ((shown < straight) == (distortion < 0))[1:].all()
    assert (np.diff(shown) > 0).all()
    assert (shown[4:] > 480).all()


@pytest.mark.parametrize("change", [{"fps": 5.0}, {"width": 641}, {"view": "top"}, {"distance_m": float("nan")}])
def test_impossible_cameras_are_refused(change: dict[str, object]) -> None:
    with pytest.raises(InputError, match=next(iter(change))):
        CameraSpec(**change)  # type: ignore[arg-type]
