"""Read off the frames how the shoes land, once the steps of a clip are known."""

from __future__ import annotations

import numpy as np
import xarray as xr

from gait._typing import FloatArray, PathLike
from gait.errors import RefusedError
from gait.events.detection import locate_events
from gait.events.shoe_landing import foot_motion, foot_turn_at_contact, has_enough_landings
from gait.events.steps import find_steps
from gait.geometry.camera import Camera
from gait.metrics.grading import GOOD_STEPS
from gait.pose.appearance.middle_part import middle_part
from gait.pose.appearance.seen_frames import SeenFrames
from gait.pose.appearance.shoes import SHOES_VERSION, SIDES, add_shoe_motion
from gait.pose.dataset import SHOES_VERSION_ATTR, TRACKED_FEET_ATTR
from gait.pose.frame_rates import FrameRates
from gait.signal.cleaning import clean_keypoints

#: Landings of each foot that are tracked, in the middle of the clip: enough are left for a good grade where some are
#: lost. And the length of a part of the clip that holds so many, s of real time. [E]
LANDINGS, PART_S = 30, 26.0
#: The same in a clip that is too short for a good grade: enough are left for a fair one. [E]
FEW_LANDINGS = 14


def track_shoes(video: PathLike, pose: xr.Dataset, camera: Camera, *, seen: SeenFrames | None = None) -> xr.Dataset:
    """Track the shoes of a runner filmed from the side, from flat on the ground back to contact.

    Parameters
    ----------
    video : path
        The video of the poses.
    pose : xarray.Dataset
        Pose dataset as estimated, of any length.
    camera : Camera
        A scale is not needed.
    seen : SeenFrames, optional
        What was put aside of the video's frames.

    Returns
    -------
    xarray.Dataset
        With what `gait.pose.appearance.shoes.add_shoe_motion` adds, and the attribute ``feet_followed``: the sides
        whose foot was tracked to contact in enough of its landings, separated by commas. Unchanged from behind and in
        front, where feet are missing, where no steps are found, and where the shoes have been tracked already.

    Raises
    ------
    InputError
        The video cannot be read.
    """
    if camera.view != "side" or pose.attrs.get(SHOES_VERSION_ATTR) == SHOES_VERSION:
        return pose
    if not {f"{side}_{name}" for side in SIDES for name in ("heel", "foot_index")} <= set(pose.keypoint.values):
        return pose
    rates = FrameRates.of(pose)
    part = pose.isel(time=middle_part(pose, PART_S / rates.real_per_playback)).load()
    try:
        cleaned = clean_keypoints(part, camera)
    except RefusedError:
        return pose
    events, _ = locate_events(cleaned, camera, real_per_playback=rates.real_per_playback, shoe_shifts={})
    steps = find_steps(events, stride_s=1 / cleaned.phase.frequency_hz)
    stances: dict[str, tuple[FloatArray, FloatArray]] = {}
    for side in SIDES:
        of_side = steps[steps.side == side]
        count = LANDINGS if len(of_side) >= GOOD_STEPS else FEW_LANDINGS
        spare = max(len(of_side) - count, 0) // 2
        middle_steps = of_side.iloc[spare : spare + count]
        stances[side] = (
            middle_steps.contact_s.to_numpy(dtype=float),
            middle_steps.toe_off_s.to_numpy(dtype=float),
        )
    with_motion = add_shoe_motion(
        video,
        pose,
        clean=cleaned.pose,
        stances=stances,
        leg_px=camera.leg_px,
        direction=camera.direction,
        real_per_playback=rates.real_per_playback,
        seen=seen,
    )
    tracked_sides = []
    for side, (contacts, _) in stances.items():
        motion = foot_motion(with_motion, side)
        if motion is None:
            continue
        tracked = int(np.isfinite(foot_turn_at_contact(motion, contacts, rates.real_per_playback)).sum())
        if has_enough_landings(tracked, len(contacts)):
            tracked_sides.append(side)
    return with_motion.assign_attrs(
        pose.attrs, **{SHOES_VERSION_ATTR: SHOES_VERSION, TRACKED_FEET_ATTR: ",".join(tracked_sides)}
    )
