"""Learning what the picture of a landing shoe says; see `gait.events.shoe_landing`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr

from calibration.stride_fit import FORCE_LEADS_S, best_line
from gait._typing import FloatArray
from gait.events.shoe_landing import FootMotion, describe, followed_motion
from gait.events.stride_model import Line
from gait.synthetic.run_spec import SIDES
from gait.validation.cases import runner_of
from gait.validation.mocap import true_camera
from gait.validation.rendered_clips import RenderedClip

#: Contacts supposed so far from the true ones, s: the line learns to lead back from there.
SUPPOSED_S = (-0.02, -0.01, 0.0, 0.01, 0.02)
#: As in `calibration.stride_fit`: penalty on the weights, and by how much more (variance) the landings of runners
#: to be measured vary than those of the runners learned from. Of 1, 4 and 10, on calibration clips 4 does best. [E]
PENALTY, TRUST = 1e-5, 4.0


@dataclass(frozen=True)
class JointLanding:
    """How the joints of one recorded leg land, described about supposed contacts, (len(SUPPOSED_S), F)."""

    runner: str
    about: FloatArray


@dataclass(frozen=True)
class ShoeLanding:
    """How one leg of a rendered clip lands, about its true contacts: as its shoe was followed, as it was drawn."""

    number: int
    runner: str
    seen: FloatArray
    drawn: FloatArray


def motion_of_joints(pose: xr.Dataset, side: str, *, direction: float, leg_px: float) -> FootMotion:
    """Give the motion of heel and toe in exact poses as if the shoe had been followed in every frame."""
    heel, toe = (
        np.asarray(pose.position.sel(keypoint=f"{side}_{name}").isel(individual=0).values, dtype=float)
        for name in ("heel", "foot_index")
    )
    foot = toe - heel
    turn = np.degrees(np.unwrap(np.arctan2(-foot[:, 1], direction * foot[:, 0])))
    ahead = direction * (heel + toe)[:, 0] / 2 / leg_px
    return FootMotion(np.asarray(pose.time.values, dtype=float), turn, ahead)


def joint_landings(clip: RenderedClip) -> list[JointLanding]:
    """Describe how both legs of a recorded run land by its joints, filmed from the side."""
    made = []
    for side in SIDES:
        motion, contacts = _drawn(clip, side), clip.events()[side, "contact"]
        about = [describe(motion, contacts + off) for off in SUPPOSED_S]
        if all(one is not None for one in about):
            made.append(JointLanding(_runner(clip), np.array(about)))
    return made


def shoe_landings(clip: RenderedClip, looked_at: xr.Dataset) -> list[ShoeLanding]:
    """Describe how the followed shoes of a rendered clip land, and how they were drawn."""
    made = []
    for side in SIDES:
        motion = followed_motion(looked_at, side)
        if motion is None:
            continue
        contacts = clip.events()[side, "contact"]
        seen, drawn = describe(motion, contacts), describe(_drawn(clip, side), contacts)
        if seen is not None and drawn is not None:
            made.append(ShoeLanding(clip.case.seed, _runner(clip), seen, drawn))
    return made


def fit_landing(joints: Sequence[JointLanding], shoes: Sequence[ShoeLanding]) -> Line:
    """Learn the time of contact from the joints of recorded runners and what following a shoe errs by.

    Parameters
    ----------
    joints : sequence of JointLanding
    shoes : sequence of ShoeLanding

    Returns
    -------
    Line
        From a description to the seconds from the supposed contact to contact.
    """
    return best_line(
        np.concatenate([leg.about for leg in joints]),
        np.tile(FORCE_LEADS_S - np.array(SUPPOSED_S), len(joints)),
        np.array([leg.seen - leg.drawn for leg in shoes]),
        PENALTY,
        trust=TRUST,
    )


def _drawn(clip: RenderedClip, side: str) -> FootMotion:
    camera = true_camera(clip.case.camera, clip.height_m)
    return motion_of_joints(clip.true_pose(), side, direction=camera.direction, leg_px=camera.leg_px)


def _runner(clip: RenderedClip) -> str:
    return "" if clip.case.recording is None else runner_of(clip.case.recording)
