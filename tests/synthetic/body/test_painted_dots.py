"""Dots on a drawn body lie over its joints and are drawn where they are said to be."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gait.synthetic import body_segments, camera_of
from gait.synthetic.body import sculpt_body
from gait.synthetic.body.painted_dots import DOT_DIAMETER_M, dot_places, with_dots
from gait.synthetic.run_spec import LookSpec, RunnerSpec
from tests.synthetic.drawing import PLAIN, SMALL, drawn, neutral_run

JOINTS = ("shoulder", "hip", "knee", "ankle", "heel", "foot_index")


@pytest.fixture(scope="module")
def body():
    return sculpt_body(RunnerSpec(), LookSpec(), fineness=0.4)


@pytest.mark.usefixtures("needs_vtk")
def test_each_side_has_a_dot_over_each_joint(body) -> None:
    places = dot_places(body)
    assert set(places) == {f"{side}_{joint}" for side in ("left", "right") for joint in JOINTS}
    at = {name: place.on(body.points) for name, place in places.items()}
    assert at["right_knee"][2] > 0.1  # outside
    assert at["left_knee"][2] < -0.1
    heights = [at[f"left_{joint}"][1] for joint in ("shoulder", "hip", "knee", "ankle")]
    assert heights == sorted(heights, reverse=True)
    assert at["left_foot_index"][0] > at["left_heel"][0] + 0.12


@pytest.mark.usefixtures("needs_vtk")
def test_only_the_paint_changes(body) -> None:
    dotted = with_dots(body, (0.0, 1.0, 0.0))
    assert dotted.points is body.points
    assert dotted.texture.shape == body.texture.shape
    changed = (dotted.texture != body.texture).any(axis=-1)
    assert (dotted.texture[changed] == (0, 255, 0)).all()
    assert changed.any()
    assert changed.mean() < 0.02


@pytest.mark.usefixtures("needs_vtk")
def test_a_dot_is_drawn_where_it_is() -> None:
    green = (0.05, 0.95, 0.10)
    camera = replace(SMALL, view="side", width=320, height=400, field_of_view_deg=30.0)
    (image,) = drawn(replace(PLAIN, look=replace(PLAIN.look, dots=green)), camera)
    share = image / np.maximum(image.sum(axis=-1, keepdims=True), 1)
    rows, columns = np.nonzero((share[..., 1] > 0.7) & (image[..., 1] > 90))
    knee = neutral_run().joints(np.array([0.4]))[0]
    side = "left" if camera.facing == "left" else "right"
    x, y = camera_of(camera).project(knee[list(body_segments.JOINTS).index(f"{side}_knee")])
    near = np.hypot(columns - x, rows - y) < 14
    px_per_m = camera_of(camera).focal_px / camera.distance_m
    assert near.sum() == pytest.approx(np.pi / 4 * (DOT_DIAMETER_M * px_per_m) ** 2, rel=0.7)
    assert np.hypot(columns[near].mean() - x, rows[near].mean() - y) < 0.03 * px_per_m
