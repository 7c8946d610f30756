"""Read off the frames where bright dots over the joints are, in a side view."""

from __future__ import annotations

from collections.abc import Callable

import xarray as xr

from gait._typing import FloatArray, PathLike
from gait.errors import RefusedError
from gait.geometry.camera import Camera
from gait.pose.appearance.joint_dots import ANCHOR, DOT_JOINTS, DOTS_VERSION, add_joint_dots, find_dot_colour
from gait.pose.appearance.middle_part import middle_part
from gait.pose.dataset import DOT_POSITION, DOTS_VERSION_ATTR
from gait.pose.frame_rates import FrameRates
from gait.signal.cleaning import clean_keypoints

#: Length of the part of a clip that is searched, in its middle, s of real time: 25 strides. [E]
PART_S = 22.0


def look_for_dots(video: PathLike, pose: xr.Dataset, camera: Camera) -> FloatArray | None:
    """Look in a few frames for dots over the joints, which most runners do not bear.

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
    (3,) float array or None
        Their colour, as of `gait.pose.appearance.joint_dots.find_dot_colour`; ``None`` where there are none, and where
        `track_dots` does not search.

    Raises
    ------
    InputError
        The video cannot be read.
    """
    side = camera.near_side
    if side is None or not _is_searched(pose, side):
        return None
    real_per_playback = FrameRates.of(pose).real_per_playback
    part = pose.isel(time=middle_part(pose, PART_S / real_per_playback)).load()
    return find_dot_colour(video, part, side=side, leg_px=camera.leg_px, real_per_playback=real_per_playback)


def _is_searched(pose: xr.Dataset, side: str) -> bool:
    """Return whether dots can be there, and have not been searched."""
    return (
        pose.attrs.get(DOTS_VERSION_ATTR) != DOTS_VERSION
        and {f"{side}_{name}" for name in (ANCHOR, *DOT_JOINTS[ANCHOR])} <= set(pose.keypoint.values)
        and pose.sizes["time"] > 0
    )


def track_dots(
    video: PathLike,
    pose: xr.Dataset,
    camera: Camera,
    *,
    look: Callable[[], FloatArray | None] | None = None,
) -> xr.Dataset:
    """Find and track dots over the joints of the near side of a runner filmed from the side.

    Parameters
    ----------
    video : path
        The video of the poses.
    pose : xarray.Dataset
        Pose dataset as estimated, of any length.
    camera : Camera
        A scale is not needed.
    look : callable, optional
        Returns what `look_for_dots` found in these poses, where somebody has looked already.

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
    if side is None or not _is_searched(pose, side):
        return pose
    colour = look_for_dots(video, pose, camera) if look is None else look()
    if colour is None:
        return pose.drop_vars(DOT_POSITION, errors="ignore").assign_attrs({DOTS_VERSION_ATTR: DOTS_VERSION})
    real_per_playback = FrameRates.of(pose).real_per_playback
    part = pose.isel(time=middle_part(pose, PART_S / real_per_playback)).load()
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
