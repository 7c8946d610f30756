"""One run whose joints are known exactly, as other programs would write it; and what BlazePose saw of its clip."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import xarray as xr

from gait.analysis.view_analysis import ViewAnalysis, analyze_pose
from gait.pose.dataset import load_pose
from gait.records import Measurement, Runner
from gait.session import Session, assess
from gait.synthetic import CameraSpec, camera_of, presets
from gait.synthetic.body_segments import JOINTS
from tests.filmed_joints import motion_of

#: What ``sample_videos/make.py`` made treadmill_side.mp4 of.
RUNNER, SECONDS, SEED, FPS = presets.overstriding(), 13.0, 21, 60.0
CAMERA = CameraSpec(view="side", facing="left")
#: BlazePose's landmarks of that clip (engine litert), without faces and hands, to a tenth of a pixel.
BLAZEPOSE = Path(__file__).parent / "pose" / "data" / "treadmill_side_blazepose.nc"

FACE_AND_ARMS = ["nose", "left_eye", "right_eye", "left_ear", "right_ear", "left_shoulder", "right_shoulder"]
FACE_AND_ARMS += ["left_elbow", "right_elbow", "left_wrist", "right_wrist"]
LEGS = ["left_hip", "right_hip", "left_knee", "right_knee", "left_ankle", "right_ankle"]
COCO = [*FACE_AND_ARMS, *LEGS]
HALPE = [*COCO, "head", "neck", "hip", "left_foot_index", "right_foot_index", "left_small_toe", "right_small_toe"]
HALPE += ["left_heel", "right_heel"]
BODY_25 = ["nose", "neck", "right_shoulder", "right_elbow", "right_wrist", "left_shoulder", "left_elbow", "left_wrist"]
BODY_25 += ["hip", "right_hip", "right_knee", "right_ankle", "left_hip", "left_knee", "left_ankle"]
BODY_25 += ["right_eye", "left_eye", "right_ear", "left_ear", "left_foot_index", "left_small_toe", "left_heel"]
BODY_25 += ["right_foot_index", "right_small_toe", "right_heel"]


def times() -> np.ndarray:
    return np.arange(round(SECONDS * FPS)) / FPS


@cache
def joints() -> np.ndarray:
    """Metres; (T, J, 3)."""
    return motion_of(RUNNER, SECONDS, SEED).joints(times())


@cache
def pixels() -> np.ndarray:
    """(T, J, 2), as the camera of the clip saw the joints, with a good engine's noise."""
    exact = camera_of(CAMERA).project(joints())
    return exact + np.random.default_rng(4).normal(0, 1.5, exact.shape)


def of(name: str, source: np.ndarray) -> np.ndarray:
    """One keypoint; those between joints are their middles, what nobody has is NaN."""
    middles = {"neck": ("left_shoulder", "right_shoulder"), "hip": ("left_hip", "right_hip")}
    if name in middles:
        return source[:, [JOINTS.index(n) for n in middles[name]]].mean(axis=1)
    if name not in JOINTS:
        return np.full((len(source), source.shape[2]), np.nan)
    return source[:, JOINTS.index(name)]


def skeleton(names: list[str], source: np.ndarray | None = None) -> np.ndarray:
    """(T, K, 2 or 3)."""
    return np.stack([of(name, pixels() if source is None else source) for name in names], axis=1)


@cache
def seen() -> ViewAnalysis:
    """The analysis of BlazePose's landmarks."""
    pose = load_pose(BLAZEPOSE).load()
    return analyze_pose(pose, runner=Runner("Ada", RUNNER.height_m, None, RUNNER.speed_mps))


@cache
def session() -> Session:
    return assess(seen(), runner=Runner("Ada", RUNNER.height_m, None, RUNNER.speed_mps))


def by_key(pose: xr.Dataset, **options) -> dict[tuple[str, str], Measurement]:
    return {(m.key, m.side): m for m in analyze_pose(pose, **options).measurements}
