"""The time of contact is fitted to joints and to the errors of tracked shoes."""

from __future__ import annotations

import numpy as np
import pytest

from calibration.landing_fit import CONTACT_OFFSETS_S, JointLanding, ShoeLanding, fit_landing, joint_foot_motion
from calibration.stride_fit import FORCE_LEAD_S
from gait.events.shoe_landing import OFFSETS_S, contact_delay, landing_features
from gait.geometry.camera import find_camera
from gait.synthetic import CameraSpec, presets
from tests.filmed_joints import filmed

RUNNERS = [
    presets.neutral(foot_strike_deg=angle, cadence_spm=cadence) for angle in (6, 14, 20) for cadence in (166, 180)
]


def landed(spec, side: str = "right", facing: str = "right"):
    run = filmed(spec, camera=CameraSpec(facing=facing), noise_px=0.0, fps=120.0, seconds=8.0, solved_s=8.0)
    camera = find_camera(run.pose)
    motion = joint_foot_motion(run.pose, side, direction=camera.direction, leg_px=camera.leg_px)
    return motion, run.times(side, "contact")[1:-1]


def test_the_map_leads_from_an_assumed_to_the_true_contact() -> None:
    landings = [landed(spec) for spec in RUNNERS]
    joints = [
        JointLanding("x", np.array([landing_features(m, c + off) for off in CONTACT_OFFSETS_S])) for m, c in landings
    ]
    shape = 2 * len(OFFSETS_S)
    rng = np.random.default_rng(2)
    shoes = [ShoeLanding(n, "", rng.normal(0.01, 0.003, shape), np.zeros(shape)) for n in range(40)]
    line = fit_landing(joints, shoes)
    motion, contacts = landed(presets.neutral(foot_strike_deg=10, cadence_spm=172))
    for by in (-0.015, 0.0, 0.015):
        later = contact_delay(motion, contacts + by, line)
        assert later is not None
        # The map removes the mean error of tracking, which exact joints do not have.
        assert later + by == pytest.approx(FORCE_LEAD_S, abs=0.012)


def test_the_motion_of_joints_does_not_depend_on_the_direction_of_running() -> None:
    for facing in ("right", "left"):
        given = landing_features(*landed(RUNNERS[2], facing, facing))
        assert given is not None
        turn, ahead = np.split(given, 2)
        assert turn[OFFSETS_S == 0] > 0.1  # toe up at contact, radians
        assert ahead[OFFSETS_S == 0] == 0
        assert ahead[-1] < -0.05  # carried back by the belt
