"""What the pictures of a clip are asked for once it is known where a runner steps: how the shoes land."""

from __future__ import annotations

import os

import numpy as np
import xarray as xr

from gait._typing import FloatArray
from gait.errors import RefusedError
from gait.events.detection import locate_events
from gait.events.shoe_landing import FOLLOWED, enough_landings, foot_motion, turn_at_contact
from gait.events.steps import find_steps
from gait.geometry.camera import Camera
from gait.pose.appearance.shoes import SHOES_VERSION, SIDES, add_shoe_motion
from gait.pose.frame_rates import FrameRates
from gait.signal.cleaning import clean_keypoints

#: Landings of each foot that are looked at, in the middle of the clip, so that a few may be lost and enough are left to
#: grade well; and the part of a clip that holds so many, s of real time.
LANDINGS, PART_S = 30, 26.0


def follow_shoes(video: str | os.PathLike[str], pose: xr.Dataset, camera: Camera) -> xr.Dataset:
    """Follow the shoes of a runner filmed from the side from flat on the ground back to contact.

    Parameters
    ----------
    video : path
        From which the poses are.
    pose : xarray.Dataset
        See `gait.pose.dataset`; any length.
    camera : Camera
        Scale is not needed.

    Returns
    -------
    xarray.Dataset
        With what `gait.pose.appearance.shoes.with_feet` adds, and the attribute ``feet_followed``: sides whose foot was followed to
        contact in enough of its landings, with commas between. Without either where there are no steps to look at.

    Raises
    ------
    InputError
        The video cannot be read.
    """
    if camera.view != "side" or pose.attrs.get("feet_version") == SHOES_VERSION:
        return pose
    if not {f"{side}_{name}" for side in SIDES for name in ("heel", "foot_index")} <= set(pose.keypoint.values):
        return pose
    rates = FrameRates.of(pose)
    time = np.asarray(pose.time.values, dtype=float)
    half = 0.5 * PART_S / rates.time_factor
    middle = 0.5 * (time[0] + time[-1]) if len(time) else 0.0
    part = pose.isel(time=np.abs(time - middle) <= half).load()
    try:
        cleaned = clean_keypoints(part, camera)
    except RefusedError:
        return pose
    events, _ = locate_events(cleaned, camera, time_factor=rates.time_factor, landings={})
    steps = find_steps(events, stride_s=1 / cleaned.phase.frequency_hz, time_factor=rates.time_factor)
    stances: dict[str, tuple[FloatArray, FloatArray]] = {}
    for side in SIDES:
        own = steps[steps.side == side]
        spare = max(len(own) - LANDINGS, 0) // 2
        own = own.iloc[spare : spare + LANDINGS]
        stances[side] = (own.contact_s.to_numpy(dtype=float), own.toe_off_s.to_numpy(dtype=float))
    seen = add_shoe_motion(
        video,
        pose,
        clean=cleaned.pose,
        stances=stances,
        leg_px=camera.leg_px,
        direction=camera.direction,
        time_factor=rates.time_factor,
    )
    followed = []
    for side, (contacts, _) in stances.items():
        motion = foot_motion(seen, side)
        if motion is not None and enough_landings(
            int(np.isfinite(turn_at_contact(motion, contacts, rates.time_factor)).sum()), len(contacts)
        ):
            followed.append(side)
    return seen.assign_attrs(pose.attrs, feet_version=SHOES_VERSION, **{FOLLOWED: ",".join(followed)})
