"""Front and rear metrics: which way is inwards for each arm, and how far the wrists cross."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gait.kinematics import find_camera, frontal
from gait.kinematics.tracks import Tracks
from gait.synthetic import CameraSpec, presets
from tests.kinematics.runs import Run, filmed

FRONT = CameraSpec(view="front", distance_m=12.0, field_of_view_deg=11.5)
EXACT = {"noise_px": 0.0, "seconds": 5.0, "solved_s": 5.0}


def tracks_of(run: Run) -> Tracks:
    return Tracks(run.pose, find_camera(run.pose))


def value(run: Run, key: str, side: str) -> float:
    return float(np.nanmean(getattr(frontal, key)(tracks_of(run), side, *run.stances(side))))


@pytest.mark.parametrize("crossover", [(0.25, -0.15), (-0.15, 0.25), (0.10, 0.10), (-0.30, -0.30)])
def test_each_arm_has_its_own_crossing(crossover: tuple[float, float]) -> None:
    run = filmed(presets.arms_crossing(arm_crossover=crossover), camera=FRONT, **EXACT)
    for side, asked in zip(("left", "right"), crossover, strict=True):
        assert value(run, "arm_crossover", side) == pytest.approx(asked, abs=0.03)


def test_the_range_of_the_wrists() -> None:
    run = filmed(presets.arms_crossing(), camera=FRONT, **EXACT)
    for side in ("left", "right"):
        assert value(run, "arm_swing_lateral", side) == pytest.approx(
            run.metrics["arm_swing_lateral"][side]["value"], abs=0.06
        )


def test_a_leaning_runner_or_camera_does_not_move_the_midline() -> None:
    level = filmed(presets.arms_crossing(), camera=FRONT, **EXACT)
    rolled = filmed(presets.arms_crossing(), camera=replace(FRONT, roll_deg=4), **EXACT)
    for side in ("left", "right"):
        assert value(rolled, "arm_crossover", side) == pytest.approx(value(level, "arm_crossover", side), abs=0.05)


@pytest.mark.parametrize("view", ["rear", "front"])
def test_the_runners_own_sides(view: str) -> None:
    tracks = tracks_of(filmed(camera=replace(FRONT, view=view), **EXACT))
    hip = {s: np.median(tracks.xy(f"{s}_hip")[:, 0]) for s in ("left", "right")}
    for side, other in (("left", "right"), ("right", "left")):
        assert np.sign(hip[side] - hip[other]) == frontal.own_side(tracks, side)


@pytest.mark.parametrize("view", ["rear", "front"])
def test_lean_towards_the_standing_leg_is_positive(view: str) -> None:
    run = filmed(presets.neutral(lateral_lean_deg=5.0), camera=replace(FRONT, view=view), **EXACT)
    for side in ("left", "right"):
        assert value(run, "lateral_trunk_lean", side) == pytest.approx(5.0, abs=1.5)


def test_one_contact_is_no_stride() -> None:
    run = filmed(presets.arms_crossing(), camera=FRONT, **EXACT)
    assert np.isnan(frontal.arm_crossover(tracks_of(run), "left", np.array([1.0]), np.array([1.2]))).all()
