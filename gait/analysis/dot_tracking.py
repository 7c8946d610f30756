"""Read off the frames where bright dots over the joints are, in a side view."""

from __future__ import annotations

import xarray as xr

from gait._typing import PathLike
from gait.errors import RefusedError
from gait.geometry.camera import Camera
from gait.pose.appearance.joint_dots import ANCHOR, DOT_JOINTS, DOTS_VERSION, add_joint_dots, find_dot_colour
from gait.pose.appearance.middle_part import middle_part
from gait.pose.dataset import DOT_POSITION, DOTS_VERSION_ATTR
from gait.pose.frame_rates import FrameRates
from gait.signal.cleaning import clean_keypoints

#: Length of the part of a clip that is searched, in its middle, s of real time: 25 strides. [E]
PART_S = 22.0


def track_dots(video: PathLike, pose: xr.Dataset, camera: Camera) -> xr.Dataset:
    """Find and track dots over the joints of the near side of a runner filmed from the side.

    Parameters
    ----------
    video : path
        The video of the poses.
    pose : xarray.Dataset
        Pose dataset as estimated, of any length.
    camera : Camera
        A scale is not needed.

    Returns
    -------
    xarray.Dataset
        With what `gait.pose.appearance.joint_dots.add_joint_dots` adds. Unchanged from behind and in front, where the
        leg has no keypoints, where nobody runs, and where dots have been searched already.

    Raises
    ------
    InputError
        The video cannot be read.
    """
    side = camera.near_side
    if side is None or pose.attrs.get(DOTS_VERSION_ATTR) == DOTS_VERSION:
        return pose
    if not {f"{side}_{name}" for name in (ANCHOR, *DOT_JOINTS[ANCHOR])} <= set(pose.keypoint.values):
        return pose
    real_per_playback = FrameRates.of(pose).real_per_playback
    if not pose.sizes["time"]:
        return pose
    part = pose.isel(time=middle_part(pose, PART_S / real_per_playback)).load()
    colour = find_dot_colour(video, part, side=side, leg_px=camera.leg_px, real_per_playback=real_per_playback)
    if colour is None:
        return pose.drop_vars(DOT_POSITION, errors="ignore").assign_attrs({DOTS_VERSION_ATTR: DOTS_VERSION})
    try:
        cleaned = clean_keypoints(part, camera)
    except RefusedError:
        return pose
    return add_joint_dots(
        video,
        pose,
        clean=cleaned.pose,
        phase=cleaned.phase.phase,
        colour=colour,
        side=side,
        leg_px=camera.leg_px,
        real_per_playback=real_per_playback,
    )
