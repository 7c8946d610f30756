"""A picture that lost its rotation is found by the bodies in it."""

from __future__ import annotations

import numpy as np
import pytest

from gait.analysis.view_analysis import analyze_pose
from gait.errors import RefusedError
from gait.geometry.body_direction import picture_turn
from gait.records import Runner
from gait.synthetic import CameraSpec, presets
from tests.exercise_motions import EXERCISES, Exercise, exercise_pose
from tests.filmed_joints import filmed


def turned(pose, degrees: int):
    """Turn the picture clockwise."""
    width, height = float(pose.attrs["image_width"]), float(pose.attrs["image_height"])
    x, y = (pose.position.sel(space=axis).values for axis in ("x", "y"))
    to = {0: (x, y), 90: (height - y, x), 180: (width - x, height - y), 270: (y, width - x)}[degrees]
    axis = pose.position.dims.index("space")
    pose = pose.copy()
    pose["position"] = pose.position.copy(data=np.stack(to, axis=axis))
    if degrees in (90, 270):
        pose.attrs.update(image_width=height, image_height=width)
    return pose


@pytest.mark.parametrize("view", ["side", "rear", "front"])
@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_a_turned_picture_is_found_in_every_view(view, degrees):
    pose = filmed(camera=CameraSpec(view=view), seconds=4).pose
    assert picture_turn(turned(pose, degrees)) == degrees


@pytest.mark.parametrize(("degrees", "remedy"), [(90, "to the left"), (180, "by 180"), (270, "to the right")])
def test_a_turned_picture_is_refused_and_the_message_says_how_to_turn_it_back(degrees, remedy):
    pose = turned(filmed(seconds=6).pose, degrees)
    with pytest.raises(RefusedError, match=remedy) as refused:
        analyze_pose(pose, runner=Runner(height_m=1.76))
    assert refused.value.code == "picture_turned"


def test_a_runner_who_leans_and_a_tilted_phone_are_upright():
    leaning = filmed(presets.neutral(), camera=CameraSpec(roll_deg=25), seconds=4).pose
    assert picture_turn(leaning) == 0


def test_somebody_bent_over_is_no_turned_picture():
    crouched = Exercise(EXERCISES["standing"].legs, 60, trunk=95.0)
    assert picture_turn(exercise_pose(crouched, seconds=3)) == 0
