"""Small videos of a drawn stick runner with bright dots over the joints of the near side, whose places are exact."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import xarray as xr

from gait.synthetic import CameraSpec
from gait.video import VideoWriter
from tests.filmed_joints import edited, filmed

CAMERA = CameraSpec(view="side", facing="right", width=560, height=480, distance_m=3.8)
SECONDS = 3.0
GREEN, WHITE = (150, 235, 40), (245, 245, 240)
SKIN, SHORTS, SHIRT, SHOE, WALL = (205, 160, 130), (30, 32, 40), (40, 90, 140), (60, 60, 70), (120, 125, 130)
JOINTS = ("shoulder", "hip", "knee", "ankle", "heel", "foot_index")
#: By how much keypoints lie beside the joints, pixels, and how much they waver.
BESIDE, NOISE_PX = np.array([6.0, -4.0]), 1.0


@dataclass(frozen=True)
class DottedRun:
    """A video, its poses, and where the dots are in each frame, (T, 2) pixels by keypoint."""

    video: Path
    pose: xr.Dataset
    dots: dict[str, np.ndarray]


def draw_run(
    path: Path,
    *,
    dotted: tuple[str, ...] = JOINTS,
    colour: tuple[int, int, int] = GREEN,
    hidden: slice | None = None,
    logo: bool = False,
) -> DottedRun:
    """Draw a run. ``hidden``: frames in which an arm hides the hip. ``logo``: a bright patch on shoe and shorts."""
    exact = filmed(camera=CAMERA, seconds=SECONDS, noise_px=0.0)
    names = [str(name) for name in exact.pose.keypoint.values]
    places = exact.pose.position.isel(individual=0).transpose("time", "keypoint", "space").values
    at = {
        f"{side}_{joint}": places[:, names.index(f"{side}_{joint}")] for side in ("left", "right") for joint in JOINTS
    }
    unit = float(np.median(np.linalg.norm(at["right_hip"] - at["right_knee"], axis=1)))
    dots = {f"right_{joint}": at[f"right_{joint}"] + _inwards(at, joint, unit) for joint in JOINTS}
    with VideoWriter(path, width=CAMERA.width, height=CAMERA.height, fps=60.0, crf=20) as writer:
        for index in range(len(places)):
            image = np.full((CAMERA.height, CAMERA.width, 3), WALL, np.uint8)
            image[int(0.8 * CAMERA.height) :] = (35, 36, 38)
            for side in ("left", "right"):
                _draw_side(image, {joint: at[f"{side}_{joint}"][index] for joint in JOINTS}, unit)
            if logo:
                _spot(image, dots["right_heel"][index], 0.03 * unit, WHITE)
                _spot(image, dots["right_foot_index"][index], 0.03 * unit, WHITE)
                _spot(image, dots["right_hip"][index], 0.03 * unit, WHITE)
            for joint in dotted:
                _spot(image, dots[f"right_{joint}"][index], 0.03 * unit, colour)
            if hidden is not None and index in range(*hidden.indices(len(places))):
                _spot(image, dots["right_hip"][index], 0.12 * unit, SKIN)
            writer.write(image, index / 60.0)
    rng = np.random.default_rng(4)

    def misplace(position: np.ndarray, _names: list[str]) -> None:
        position += BESIDE + rng.normal(0, NOISE_PX, position.shape)

    return DottedRun(path, edited(exact.pose, misplace), dots)


def _inwards(at: dict[str, np.ndarray], joint: str, unit: float) -> np.ndarray | float:
    """Dots of the shoe lie on it, not on its tip."""
    ahead = at["right_foot_index"] - at["right_heel"]
    ahead = ahead / np.linalg.norm(ahead, axis=1, keepdims=True)
    up = np.stack([ahead[:, 1], -ahead[:, 0]], axis=1)
    if joint == "heel":
        return 0.05 * unit * (ahead + up)
    return 0.05 * unit * (up - 2 * ahead) if joint == "foot_index" else 0.0


def _draw_side(image: np.ndarray, at: dict[str, np.ndarray], unit: float) -> None:
    for start, end, width, colour in (
        ("knee", "ankle", 0.24, SKIN),
        ("hip", "knee", 0.34, SKIN),
        ("heel", "foot_index", 0.24, SHOE),
        ("shoulder", "hip", 0.55, SHIRT),
        ("hip", "hip", 0.5, SHORTS),
    ):
        points = [tuple(round(16 * value) for value in at[name] - 0.5) for name in (start, end)]
        cv2.line(image, *points, colour, max(int(width * unit), 2), cv2.LINE_AA, 4)


def _spot(image: np.ndarray, at: np.ndarray, radius: float, colour: tuple[int, int, int]) -> None:
    centre = tuple(round(16 * value) for value in at - 0.5)
    cv2.circle(image, centre, round(16 * radius), colour, -1, cv2.LINE_AA, 4)
