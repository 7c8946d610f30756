"""What poses say of joints that were moved."""

from __future__ import annotations

import numpy as np
import pytest

from gait.geometry.joint_offsets import (
    HandOffset,
    adjusted_joints,
    dotted_joints,
    hand_offsets,
    hand_offsets_text,
    limb_axes,
    moved_joint_notes,
)
from gait.pose.dataset import DOTTED_JOINTS_ATTR, HAND_OFFSETS_ATTR
from tests.fake_sessions import stick_runner

HIP = HandOffset(-9.0, 8.0, 3.0, 3, "image")


def test_offsets_are_read_as_they_were_written() -> None:
    pose = stick_runner().assign_attrs({HAND_OFFSETS_ATTR: hand_offsets_text({"left_hip": HIP})})
    assert hand_offsets(pose) == {"left_hip": HIP}
    assert adjusted_joints(pose) == {"left_hip": 3.0}


def test_without_dots_and_hands_nothing_is_said() -> None:
    pose = stick_runner()
    assert (dotted_joints(pose), hand_offsets(pose), adjusted_joints(pose), moved_joint_notes(pose)) == (
        frozenset(),
        {},
        {},
        [],
    )


def test_a_report_says_what_was_moved() -> None:
    pose = stick_runner().assign_attrs(
        {
            HAND_OFFSETS_ATTR: hand_offsets_text({"left_hip": HIP, "left_foot_index": HandOffset(0, 4.2, 2.0, 1)}),
            DOTTED_JOINTS_ATTR: "left_hip,left_knee,left_foot_index",
        }
    )
    assert dotted_joints(pose) == {"left_hip", "left_knee", "left_foot_index"}
    assert moved_joint_notes(pose) == [
        "bright dots mark hip, knee and toe of the left side: they were tracked",
        "left hip moved by 12 px by hand (3 frames)",
        "left toe moved by 4 px by hand (1 frame)",
    ]


def test_axes_of_a_limb_are_square_and_the_second_lies_clockwise() -> None:
    axes = limb_axes(stick_runner(), "left_knee")
    assert np.linalg.norm(axes, axis=2) == pytest.approx(1)
    assert (axes[:, 0] * axes[:, 1]).sum(axis=1) == pytest.approx(0, abs=1e-12)
    # In an image (y down) a thigh that points down has its second axis to the left.
    assert np.median(axes[:, 0, 1]) > 0.5
    assert np.median(axes[:, 1, 0]) < -0.5
