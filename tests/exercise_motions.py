"""People who do something else than run on a treadmill: joints by simple angle curves, through an exact camera.

Crude on purpose: what tells an exercise from running is where the feet go and how the legs alternate.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import xarray as xr

from gait.pose.dataset import make_pose_dataset
from gait.synthetic import CameraSpec, camera_of
from gait.synthetic.body_segments import JOINTS

THIGH_M, SHANK_M, ANKLE_M, HIP_HALF_M, SHOULDER_HALF_M, TRUNK_M = 0.43, 0.43, 0.08, 0.09, 0.18, 0.5


@dataclass(frozen=True)
class Legs:
    """Angles of one leg over the phase of its cycle, degrees, and how far its foot is spread to the side, m."""

    thigh: np.ndarray
    knee: np.ndarray
    spread: np.ndarray | float = 0.0
    foot: np.ndarray | float = 0.0


@dataclass(frozen=True)
class Exercise:
    """A cycle of both legs.

    ``legs(phase)`` gives one leg; ``cycles`` per minute; ``together`` moves both legs at once; ``flight_m`` lifts the
    body once for each half cycle; ``seated`` keeps the pelvis in place instead of the lower foot on the floor;
    ``trunk`` is the lean of the trunk over the phase, degrees; ``slide`` moves the body along, m.
    """

    legs: Callable[[np.ndarray], Legs]
    cycles: float
    together: bool = False
    flight_m: float = 0.0
    seated: bool = False
    trunk: Callable[[np.ndarray], np.ndarray] | float = 3.0
    slide: Callable[[np.ndarray], np.ndarray] | None = None


def _bump(phase: np.ndarray) -> np.ndarray:
    """Rise and fall in the first half of a cycle."""
    return np.clip(np.sin(2 * np.pi * phase), 0, None) ** 2


def _to(x: np.ndarray, y: np.ndarray) -> Legs:
    """Bend a leg so that the ankle is at (x, −y) from the hip, m."""
    reach = np.clip(np.hypot(x, y), 0.2, THIGH_M + SHANK_M - 1e-3)
    knee = np.pi - np.arccos((THIGH_M**2 + SHANK_M**2 - reach**2) / (2 * THIGH_M * SHANK_M))
    thigh = np.arctan2(x, y) + np.arccos((THIGH_M**2 + reach**2 - SHANK_M**2) / (2 * THIGH_M * reach))
    return Legs(np.degrees(thigh), np.degrees(knee))


def _turn(p: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return np.cos(2 * np.pi * p), np.sin(2 * np.pi * p)


EXERCISES: dict[str, Exercise] = {
    "high_knees": Exercise(lambda p: Legs(8 + 80 * _bump(p), 15 + 85 * _bump(p)), 88, flight_m=0.05),
    "butt_kicks": Exercise(lambda p: Legs(5 - 8 * _bump(p), 15 + 105 * _bump(p)), 90, flight_m=0.04),
    "jog_in_place": Exercise(lambda p: Legs(8 + 22 * _bump(p), 18 + 70 * _bump(p)), 84, flight_m=0.05),
    "fast_feet": Exercise(lambda p: Legs(15 + 20 * _bump(p), 30 + 35 * _bump(p)), 110, flight_m=0.02),
    "rope_alternating": Exercise(lambda p: Legs(10 + 25 * _bump(p), 20 + 60 * _bump(p)), 80, flight_m=0.07),
    "marching": Exercise(lambda p: Legs(3 + 70 * _bump(p), 6 + 80 * _bump(p)), 66),
    "stepper": Exercise(lambda p: _to(0.1 + 0 * p, 0.72 - 0.14 * _turn(p)[0]), 62, seated=True),
    "elliptical": Exercise(lambda p: _to(0.05 + 0.22 * _turn(p)[0], 0.76 - 0.09 * _turn(p)[1]), 70, seated=True),
    "bike": Exercise(lambda p: _to(0.25 + 0.17 * _turn(p)[0], 0.62 - 0.17 * _turn(p)[1]), 85, seated=True, trunk=40.0),
    "stairs": Exercise(lambda p: Legs(12 + 45 * _bump(p), 18 + 60 * _bump(p)), 50, trunk=12.0),
    "jumping_jacks": Exercise(
        lambda p: Legs(5 + 0 * p, 12 + 12 * _turn(2 * p)[0], 0.05 + 0.2 * (1 - _turn(p)[0])), 60, True, flight_m=0.08
    ),
    "rope_together": Exercise(lambda p: Legs(8 + 0 * p, 16 + 10 * _turn(2 * p)[0]), 65, True, flight_m=0.06),
    "squats": Exercise(
        lambda p: Legs(45 * (1 - _turn(p)[0]), 55 * (1 - _turn(p)[0])), 35, True, trunk=lambda p: 18 * (1 - _turn(p)[0])
    ),
    "lunges": Exercise(lambda p: Legs(55 * _bump(p) - 12 * _bump(p + 0.5), 8 + 85 * _bump(p)), 25),
    "rowing": Exercise(
        lambda p: _to(0.45 - 0.2 * _turn(p)[0], 0.35 + 0 * p),
        28,
        True,
        seated=True,
        trunk=lambda p: 20 * _turn(p)[0],
        slide=lambda p: 0.3 * _turn(p)[0],
    ),
    "standing": Exercise(lambda p: Legs(2 + 0 * p, 5 + 0 * p), 60),
}


def walking(cycles: float = 57.0) -> Exercise:
    """Walk on a treadmill: an ankle that goes back at one speed for 62 % of the stride, hips highest in mid-stance."""
    stance = 0.62

    def legs(p: np.ndarray) -> Legs:
        u = p % 1.0
        down = u < stance
        s = (u - stance) / (1 - stance)
        x = np.where(down, 0.33 - 0.66 * u / stance, -0.33 + 0.66 * (s - np.sin(2 * np.pi * s) / (2 * np.pi)))
        y = np.sqrt(np.clip(0.86**2 - x**2, 0, None))
        lift = np.where(down, 0.0, 0.10 * np.sin(np.pi * np.clip(s, 0, 1)))
        return _to(x, np.where(down, y - 0.005, 0.83 - lift))

    return Exercise(legs, cycles, trunk=2.0)


EXERCISES["walking"] = walking()
EXERCISES["fast_walking"] = walking(68.0)


def exercise_pose(
    exercise: Exercise,
    camera: CameraSpec | None = None,
    *,
    seconds: float = 10.0,
    noise_px: float = 2.5,
    seed: int = 0,
) -> xr.Dataset:
    """Film an exercise as poses."""
    camera = CameraSpec() if camera is None else camera
    times = np.arange(0, seconds, 1 / camera.fps)
    rng = np.random.default_rng(seed)
    # No two cycles take the same time.
    pace = 1 + 0.02 * np.interp(times, np.arange(0, seconds + 1), rng.normal(size=len(np.arange(0, seconds + 1))))
    phase = np.cumsum(pace) / camera.fps * exercise.cycles / 60
    joints = _joints(exercise, phase)
    pixels = camera_of(camera).project(np.stack([joints[name] for name in JOINTS], axis=1))
    pixels = pixels + rng.normal(0, noise_px, pixels.shape)
    return make_pose_dataset(
        time_s=times,
        position=pixels,
        confidence=np.ones(pixels.shape[:2]),
        fps=camera.fps,
        image_width=camera.width,
        image_height=camera.height,
        source_file="exercise.mp4",
        keypoints=JOINTS,
        engine="markers",
    )


def _joints(exercise: Exercise, phase: np.ndarray) -> dict[str, np.ndarray]:
    """Give every joint in metres: X forward, Y above the floor, Z to the person's right."""
    zero = np.zeros_like(phase)
    relative: dict[str, np.ndarray] = {}
    for side, sign in (("left", -1.0), ("right", 1.0)):
        leg = exercise.legs(phase + (0.5 if side == "left" and not exercise.together else 0.0))
        thigh, shank = np.radians(leg.thigh), np.radians(leg.thigh - leg.knee)
        foot = np.radians(leg.foot) + zero
        across = sign * (HIP_HALF_M + 0.0 * phase)
        hip = np.stack([zero, zero, across], axis=1)
        knee = hip + np.stack([THIGH_M * np.sin(thigh), -THIGH_M * np.cos(thigh), sign * 0.5 * (leg.spread + zero)], 1)
        ankle = knee + np.stack(
            [SHANK_M * np.sin(shank), -SHANK_M * np.cos(shank), sign * 0.5 * (leg.spread + zero)], 1
        )
        pitch = np.minimum(shank * 0.6, 0.0) + foot  # a shank that points back lifts the heel
        along, down = (
            np.stack([np.cos(pitch), np.sin(pitch), zero], 1),
            np.stack([np.sin(pitch), -np.cos(pitch), zero], 1),
        )
        relative |= {
            f"{side}_hip": hip,
            f"{side}_asis": hip + np.array([0.06, 0.08, 0.02 * sign]),
            f"{side}_psis": hip + np.array([-0.1, 0.08, -0.04 * sign]),
            f"{side}_knee": knee,
            f"{side}_ankle": ankle,
            f"{side}_heel": ankle - 0.05 * along + 0.06 * down,
            f"{side}_foot_index": ankle + 0.15 * along + 0.07 * down,
        }
    lean = np.radians(exercise.trunk(phase) if callable(exercise.trunk) else exercise.trunk + zero)
    up = np.stack([np.sin(lean), np.cos(lean), zero], axis=1)
    forwards = np.array([1.0, 0.0, 0.0])
    head = (TRUNK_M + 0.2) * up
    relative["nose"] = head + 0.1 * forwards
    for side, sign in (("left", -1.0), ("right", 1.0)):
        out = np.array([0.0, 0.0, sign])
        swing = np.radians(30 * np.sin(2 * np.pi * phase + (0 if side == "left" else np.pi)))
        arm = np.stack([np.sin(swing), -np.cos(swing), zero], axis=1)
        shoulder = TRUNK_M * up + SHOULDER_HALF_M * out
        relative |= {
            f"{side}_shoulder": shoulder,
            f"{side}_elbow": shoulder + 0.3 * arm,
            f"{side}_wrist": shoulder + 0.3 * arm + 0.25 * forwards,
            f"{side}_index": shoulder + 0.3 * arm + 0.33 * forwards,
            f"{side}_eye": head + 0.07 * forwards + 0.03 * out,
            f"{side}_ear": head + 0.07 * out,
        }
    lowest = np.min([relative[f"{s}_{j}"][:, 1] for s in ("left", "right") for j in ("heel", "foot_index")], axis=0)
    height = np.full_like(phase, 0.9 if exercise.seated else 0.0) if exercise.seated else -lowest
    if exercise.flight_m:
        height = height + exercise.flight_m * np.abs(np.sin(2 * np.pi * phase))
    along = exercise.slide(phase) if exercise.slide is not None else zero
    root = np.stack([along, height, zero], axis=1)
    everything = {name: point + root for name, point in relative.items()}
    if missing := set(JOINTS) - set(everything):
        raise AssertionError(f"joints without a place: {sorted(missing)}")
    return everything
