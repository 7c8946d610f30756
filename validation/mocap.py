"""Force-plate runners (Fukuchi 2017) as if filmed: joints projected by a camera, with landmark noise."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from gait.kinematics.camera import SHANK, THIGH, Camera
from gait.results import View

#: Where the recordings lie on a developer's machine; not part of the project (CC BY 4.0, Fukuchi et al. 2017).
FOLDER = Path(__file__).resolve().parents[2] / "shared" / "mocap"
JOINTS = {"hip": "hip", "knee": "knee", "ankle": "ankle", "heel": "heel", "toe": "foot_index"}
PX_PER_M = 300.0


@dataclass(frozen=True)
class Trial:
    """One runner at one speed: points (m; X forward, Y up, Z right), force-plate events (s), body."""

    name: str
    runner: str
    time: NDArray[np.float64]
    points: dict[str, NDArray[np.float64]]
    contact: dict[str, NDArray[np.float64]]
    off: dict[str, NDArray[np.float64]]
    speed_mps: float
    height_m: float


def load_trials(folder: Path = FOLDER) -> list[Trial]:
    """Read all trials; empty where the folder does not exist."""
    trials = []
    for path in sorted(folder.glob("rbds_*.npz")):
        z = np.load(path)
        values = (z["points"] * float(z["unit_m"])).transpose(1, 0, 2)
        # The laboratory's origin is a corner of the plates; the camera is placed by the runner.
        names = [str(n) for n in z["names"]]
        hips = values[[names.index("left_hip"), names.index("right_hip")]].mean(axis=(0, 1))
        values = values - hips * np.array([1.0, 0.0, 1.0])
        trials.append(
            Trial(
                path.stem[5:],
                path.stem[5:8],
                np.asarray(z["time"], dtype=float),
                dict(zip(names, values, strict=True)),
                {s: np.asarray(z[f"contact_{s}"], dtype=float) for s in ("left", "right")},
                {s: np.asarray(z[f"off_{s}"], dtype=float) for s in ("left", "right")},
                float(z["speed_mps"]),
                float(z["height_m"]),
            )
        )
    return trials


def film(
    trial: Trial,
    *,
    view: View = "side",
    fps: float = 60.0,
    seconds: float = 19.0,
    noise: float = 0.015,
    seed: int = 0,
    distance_m: float = 4.0,
    camera_height_m: float = 1.0,
) -> tuple[xr.Dataset, Camera]:
    """Project a trial as a camera would and add landmark noise.

    Parameters
    ----------
    trial : Trial
    view : {"side", "rear", "front"}
        The side view faces right.
    fps, seconds : float
    noise : float
        Standard deviation of each coordinate, as a share of thigh plus shank.
    seed : int
    distance_m, camera_height_m : float
        Pinhole camera, level.

    Returns
    -------
    xarray.Dataset
        Pose dataset (legs only).
    Camera
        The true camera, with scale.
    """
    rng = np.random.default_rng(seed)
    time = np.arange(trial.time[0], min(trial.time[-1], trial.time[0] + seconds), 1 / fps)
    leg_m = (THIGH + SHANK) * trial.height_m
    names: list[str] = []
    tracks = []
    for side in ("left", "right"):
        for joint, name in JOINTS.items():
            world = trial.points[f"{side}_{joint}"]
            x, y, z = (np.interp(time, trial.time, world[:, k]) for k in range(3))
            if view == "side":
                across, depth = x, distance_m - z
            elif view == "rear":
                across, depth = z, distance_m + x
            else:
                across, depth = -z, distance_m - x
            scale = PX_PER_M * distance_m / depth
            track = np.stack([640 + across * scale, 400 - (y - camera_height_m) * scale], axis=1)
            tracks.append(track + rng.normal(0, noise * leg_m * PX_PER_M, track.shape))
            names.append(f"{side}_{name}")
    position = np.stack(tracks, axis=1).transpose(0, 2, 1)[..., None]
    pose = xr.Dataset(
        {
            "position": (("time", "space", "keypoint", "individual"), position),
            "confidence": (("time", "keypoint", "individual"), np.ones((len(time), len(names), 1))),
        },
        coords={"time": time, "space": ["x", "y"], "keypoint": names, "individual": ["runner"]},
        attrs={"fps": fps, "capture_fps": fps, "engine": "markers"},
    )
    facing = {"side": "right", "rear": "away", "front": "towards"}[view]
    leg_px = leg_m * PX_PER_M
    camera = Camera(view, facing, 1, True, 0.0, leg_px, leg_m / leg_px, 0.53 * trial.height_m)  # type: ignore[arg-type]
    return pose, camera
