"""Fit what the frames of a landing shoe show of the time of contact; see `gait.events.shoe_landing`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr

from calibration.stride_fit import FORCE_LEAD_S, fit_linear_map
from gait._typing import FloatArray
from gait.events.shoe_landing import FootMotion, landing_features, tracked_foot_motion
from gait.events.stride_model import LinearMap
from gait.synthetic.run_spec import SIDES
from gait.validation.cases import runner_id
from gait.validation.mocap import true_camera
from gait.validation.rendered_clips import RenderedClip

#: Offsets of the assumed from the true contact, s; the map is fitted to lead back from there. [E]
CONTACT_OFFSETS_S = (-0.02, -0.01, 0.0, 0.01, 0.02)
#: Penalty on the weights, as in `calibration.stride_fit`. [E]
PENALTY = 1e-5


@dataclass(frozen=True)
class JointLanding:
    """How one leg of a recorded runner lands, by its joints.

    Attributes
    ----------
    runner : str
    features : (len(CONTACT_OFFSETS_S), F) array
        Description of the landing about each assumed contact.
    """

    runner: str
    features: FloatArray


@dataclass(frozen=True)
class ShoeLanding:
    """How one leg of a rendered clip lands, about its true contacts.

    Attributes
    ----------
    number : int
        Seed of the case.
    runner : str
        Who was recorded; empty for planned motion.
    tracked, exact : (F,) arrays
        Description of the landing by the tracked shoe and by the joints.
    """

    number: int
    runner: str
    tracked: FloatArray
    exact: FloatArray


def joint_foot_motion(pose: xr.Dataset, side: str, *, direction: float, leg_px: float) -> FootMotion:
    """Compute the motion of a foot from exact heel and toe, as if the shoe had been tracked in every frame.

    Parameters
    ----------
    pose : xarray.Dataset
    side : {"left", "right"}
    direction : float
        1: the runner faces right; -1: left.
    leg_px : float
        Length of the leg, pixels.

    Returns
    -------
    FootMotion
    """
    heel, toe = (
        np.asarray(pose.position.sel(keypoint=f"{side}_{name}").isel(individual=0).values, dtype=float)
        for name in ("heel", "foot_index")
    )
    foot = toe - heel
    turn = np.degrees(np.unwrap(np.arctan2(-foot[:, 1], direction * foot[:, 0])))
    ahead = direction * (heel + toe)[:, 0] / 2 / leg_px
    return FootMotion(np.asarray(pose.time.values, dtype=float), turn, ahead)


def joint_landings(clip: RenderedClip) -> list[JointLanding]:
    """Describe the landings of both legs of a recorded run by its joints, from the side.

    Parameters
    ----------
    clip : RenderedClip

    Returns
    -------
    list of JointLanding
        Without legs that show too few landings.
    """
    landings = []
    for side in SIDES:
        motion, contacts = _exact_motion(clip, side), clip.events()[side, "contact"]
        features = [landing_features(motion, contacts + offset) for offset in CONTACT_OFFSETS_S]
        if all(row is not None for row in features):
            landings.append(JointLanding(_runner(clip), np.array(features)))
    return landings


def shoe_landings(clip: RenderedClip, pose: xr.Dataset) -> list[ShoeLanding]:
    """Describe the landings of the tracked shoes of a rendered clip, and those of its joints.

    Parameters
    ----------
    clip : RenderedClip
    pose : xarray.Dataset
        Poses with tracked shoes (`RenderedClip.with_tracked_shoes`).

    Returns
    -------
    list of ShoeLanding
        Without legs whose shoe was not tracked.
    """
    landings = []
    for side in SIDES:
        motion = tracked_foot_motion(pose, side)
        if motion is None:
            continue
        contacts = clip.events()[side, "contact"]
        tracked, exact = landing_features(motion, contacts), landing_features(_exact_motion(clip, side), contacts)
        if tracked is not None and exact is not None:
            landings.append(ShoeLanding(clip.case.seed, _runner(clip), tracked, exact))
    return landings


def fit_landing(joints: Sequence[JointLanding], shoes: Sequence[ShoeLanding]) -> LinearMap:
    """Fit the time of contact to the joints of recorded runners and the errors of tracked shoes.

    Parameters
    ----------
    joints : sequence of JointLanding
    shoes : sequence of ShoeLanding

    Returns
    -------
    LinearMap
        From a description to the seconds from the assumed to the true contact.
    """
    to_contact = np.tile(FORCE_LEAD_S - np.array(CONTACT_OFFSETS_S), len(joints))
    return fit_linear_map(
        np.concatenate([landing.features for landing in joints]),
        to_contact,
        np.array([landing.tracked - landing.exact for landing in shoes]),
        PENALTY,
        unbiased_for=to_contact[:, None],
    )


def _exact_motion(clip: RenderedClip, side: str) -> FootMotion:
    camera = true_camera(clip.case.camera, clip.height_m)
    return joint_foot_motion(clip.true_pose(), side, direction=camera.direction, leg_px=camera.leg_px)


def _runner(clip: RenderedClip) -> str:
    return "" if clip.case.recording is None else runner_id(clip.case.recording)
