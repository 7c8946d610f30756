"""What a video shows before its steps are measured: the camera, and how much of the runner is in the frame."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import xarray as xr

from gait.analysis.chunks import sample_frames
from gait.display_language import _
from gait.errors import RefusedError
from gait.geometry.body_direction import refuse_turned_picture
from gait.geometry.camera import Camera, find_camera, keypoint_xy, with_scale
from gait.pose.dataset import DECLARED_VIEW_ATTR
from gait.records import Runner, ViewChoice

#: Share of frames with a foot outside from which nothing can be measured. [E]
MAX_FEET_OUT_FOR_STEPS = 0.5


@dataclass(frozen=True)
class ViewSetup:
    """What a video shows before its steps are measured.

    Attributes
    ----------
    camera : Camera
        With the runner's scale.
    detected : float
        Share of the frames in which the runner was found.
    feet_out : float
        Share of these in which a foot is outside the frame.
    """

    camera: Camera
    detected: float
    feet_out: float


def inspect_view(pose: xr.Dataset, *, runner: Runner, view: ViewChoice = "auto") -> ViewSetup:
    """Find the camera, and refuse a video whose steps cannot be measured.

    Parameters
    ----------
    pose : xarray.Dataset
        Pose dataset as estimated.
    runner : Runner
        Height or leg length give the scale.
    view : {"auto", "side", "rear", "front"}
        Where the camera stood; ``auto`` stands for what `gait.estimate_pose` was given, if anything.

    Returns
    -------
    ViewSetup

    Raises
    ------
    InputError
        Unknown ``view``.
    RefusedError
        Nobody was found, the picture is turned, or the feet are outside the frame.
    """
    sample, found = sample_frames(pose)
    if view == "auto":
        view = pose.attrs.get(DECLARED_VIEW_ATTR, view)
    refuse_turned_picture(sample)
    camera = with_scale(find_camera(sample, view=view), height_m=runner.height_m, leg_length_m=runner.leg_length_m)
    feet_out = feet_outside_share(sample)
    if feet_out > MAX_FEET_OUT_FOR_STEPS:
        raise RefusedError(
            _(
                "the feet are outside the picture in {percent} % of the frames: move the camera back until the whole "
                "body is in the picture"
            ).format(percent=f"{100 * feet_out:.0f}"),
            code="feet_outside",
        )
    return ViewSetup(camera, found / pose.sizes["time"], feet_out)


def feet_outside_share(pose: xr.Dataset) -> float:
    """Measure how often a foot is outside the frame.

    Parameters
    ----------
    pose : xarray.Dataset
        Pose dataset as estimated.

    Returns
    -------
    float
        Share of frames with an ankle, heel or toe outside, among frames with a runner; 1 where there are none.
    """
    width, height = float(pose.attrs["image_width"]), float(pose.attrs["image_height"])
    outside = np.zeros(pose.sizes["time"], dtype=bool)
    for side in ("left", "right"):
        for joint in ("ankle", "heel", "foot_index"):
            xy = keypoint_xy(pose, f"{side}_{joint}")
            with np.errstate(invalid="ignore"):
                outside |= (xy[:, 0] < 0) | (xy[:, 0] > width) | (xy[:, 1] < 0) | (xy[:, 1] > height)
    visible = np.isfinite(keypoint_xy(pose, "left_hip")[:, 0])
    return float(outside[visible].mean()) if visible.any() else 1.0
