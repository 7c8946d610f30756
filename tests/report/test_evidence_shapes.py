"""Drawings that show what was measured."""

from __future__ import annotations

import numpy as np
import pytest

from gait.metrics.register import METRIC_BY_KEY
from gait.report.evidence_shapes import DRAWINGS, LineShape, evidence_shapes, frame_geometry
from gait.report.keypoint_lookup import add_pelvis, keypoints_at
from tests.fake_sessions import stick_runner


@pytest.mark.parametrize("key", METRIC_BY_KEY)
@pytest.mark.parametrize("side", ["left", "right", "both"])
def test_every_metric_has_a_drawing_that_survives_missing_keypoints(key: str, side: str) -> None:
    points = add_pelvis(keypoints_at(stick_runner(), 1.0), 4.0)
    assert evidence_shapes(key, frame_geometry(points, side, "side", 1))
    few = {name: p for name, p in points.items() if name in {"nose", "left_shoulder"}}
    assert evidence_shapes(key, frame_geometry(few, side, "side", 1)) == []


def test_the_foot_is_drawn_at_the_angle_of_the_tracked_shoe() -> None:
    pose = stick_runner()
    turn = np.full((pose.sizes["time"], 1), 25.0)
    tracked = pose.assign(left_foot_turn=(("time", "individual"), turn)).assign_attrs(pose.attrs, feet_followed="left")
    points = keypoints_at(tracked, 1.0)
    assert "left_sole" in points
    assert "left_sole" not in keypoints_at(pose, 1.0)
    drawn = evidence_shapes("foot_strike_angle", frame_geometry(points, "left", "side", 1))
    ends = [shape.b for shape in drawn if isinstance(shape, LineShape) and shape.style == "measure"]
    np.testing.assert_allclose(ends[0], points["left_sole"])


def test_every_drawing_belongs_to_a_metric() -> None:
    assert {spec.evidence for spec in METRIC_BY_KEY.values()} == set(DRAWINGS)


def test_a_change_over_the_run_is_drawn_as_its_metric() -> None:
    frame = frame_geometry(keypoints_at(stick_runner(), 1.0), "both", "side", 1)
    assert len(evidence_shapes("trunk_lean_drift", frame)) == len(evidence_shapes("trunk_lean", frame)) > 0
    assert evidence_shapes("toe_wiggle", frame) == []


def test_a_rolled_camera_turns_the_vertical() -> None:
    points = keypoints_at(stick_runner(), 1.0)
    up = frame_geometry(points, "left", "side", 1, roll_deg=10.0).up
    # Counter-clockwise: the top of the room moves to the left of the frame.
    np.testing.assert_allclose(up, [-np.sin(np.radians(10)), -np.cos(np.radians(10))])
