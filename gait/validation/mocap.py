"""Recorded treadmill runners with force-plate events, and their joints as a camera would show them.

The recordings (Fukuchi, Fukuchi and Duarte 2017, PeerJ 5:e3298, data CC BY 4.0) are not part of the project; see
`load_recordings` for the format.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import xarray as xr

from gait._typing import FloatArray
from gait.errors import InputError
from gait.geometry.camera import LEG_PER_HEIGHT, SHANK_PER_HEIGHT, THIGH_PER_HEIGHT, Camera
from gait.pose.dataset import BLAZEPOSE_KEYPOINTS
from gait.synthetic.body_segments import JOINTS
from gait.synthetic.motion import Motion
from gait.synthetic.pinhole_camera import camera_of
from gait.synthetic.recorded_motion import Recording
from gait.synthetic.run_spec import SIDES, CameraSpec
from gait.validation.keypoint_noise import KeypointNoise

#: Default folder of the recordings, relative to the project's folder.
DEFAULT_MOCAP_FOLDER = Path("../shared/mocap")
#: Height of the top of the belt in the recordings' axes, m: flat feet in stance lie about 1 cm lower than in the
#: standing trial. [E]
BELT_TOP_M = -0.010


def find_recordings(folder: Path | None) -> dict[str, Recording]:
    """Read the runs of a folder.

    Parameters
    ----------
    folder : path or None
        ``None``: `DEFAULT_MOCAP_FOLDER`, which may be missing.

    Returns
    -------
    dict
        As `load_recordings`.

    Raises
    ------
    InputError
        The given folder holds no recordings.
    """
    if folder is None:
        return load_recordings(DEFAULT_MOCAP_FOLDER)
    found = load_recordings(folder)
    if not found:
        raise InputError(f"{folder}: no recordings (rbds_*.npz) there; choose another folder", code="mocap_missing")
    return found


def load_recordings(folder: Path) -> dict[str, Recording]:
    """Read all runs of a folder.

    Parameters
    ----------
    folder : Path
        Holds files ``rbds_<runner>_<speed>.npz``: ``time`` (T,) s; ``points`` (T, P, 3), times ``unit_m`` = metres, X
        forward, Y up, Z right; ``names`` (P,); ``contact_left``, ``off_left``, ``contact_right``, ``off_right`` s;
        ``speed_mps``; ``height_m``.

    Returns
    -------
    dict
        ``<runner>_<speed>`` → Recording; empty if the folder has none.
    """
    recordings = {}
    for path in sorted(folder.glob("rbds_*.npz")):
        with np.load(path) as z:
            values = (z["points"] * float(z["unit_m"])).transpose(1, 0, 2)
            names = [str(name) for name in z["names"]]
            # The origin is a corner of the force plates; move it under the runner, where the camera points.
            hips = values[[names.index("left_hip"), names.index("right_hip")]].mean(axis=(0, 1))
            values = values - np.array([hips[0], BELT_TOP_M, hips[2]])
            recordings[path.stem.removeprefix("rbds_")] = Recording(
                np.asarray(z["time"], dtype=float),
                dict(zip(names, values, strict=True)),
                {side: np.asarray(z[f"contact_{side}"], dtype=float) for side in SIDES},
                {side: np.asarray(z[f"off_{side}"], dtype=float) for side in SIDES},
                float(z["speed_mps"]),
                float(z["height_m"]),
            )
    return recordings


def film_joints(
    motion: Motion,
    camera: CameraSpec,
    *,
    seconds: float,
    noise: KeypointNoise | None = None,
    seed: int = 0,
) -> xr.Dataset:
    """Project the joints of a motion into a camera.

    Parameters
    ----------
    motion : Motion
    camera : CameraSpec
        Its ``fps`` is the frame rate.
    seconds : float
        Length of the film.
    noise : KeypointNoise, optional
        Scatter of the keypoints about the joints; exact joints by default.
    seed : int
        Of the noise.

    Returns
    -------
    xarray.Dataset
        Pose dataset with BlazePose's keypoints; NaN for those that the motion does not have.
    """
    times = np.arange(round(seconds * camera.fps)) / camera.fps
    pixels = camera_of(camera).project(motion.joints(times))
    if noise is not None:
        body_px = float(np.median(np.ptp(pixels[..., 1], axis=1)))
        pixels = pixels + noise.draw(times, motion.phase(times), body_px, np.random.default_rng([3, seed]))
    return pose_from_pixels(pixels, times, camera)


def pose_from_pixels(pixels: FloatArray, times: FloatArray, camera: CameraSpec) -> xr.Dataset:
    """Make a pose dataset of joints in the image.

    Parameters
    ----------
    pixels : (T, J, 2) array
        In the order of `gait.synthetic.body_segments.JOINTS`.
    times : (T,) array
        s.
    camera : CameraSpec
        Gives image size and frame rates.

    Returns
    -------
    xarray.Dataset
        With BlazePose's keypoints; confidence is 1.
    """
    position = np.full((len(times), 2, len(BLAZEPOSE_KEYPOINTS), 1), np.nan)
    for index, name in enumerate(JOINTS):
        if name in BLAZEPOSE_KEYPOINTS:
            position[:, :, BLAZEPOSE_KEYPOINTS.index(name), 0] = pixels[:, index]
    # Keypoints that the motion does not have take the position of their neighbour.
    for side in SIDES:
        for name, neighbour in (("pinky", "index"), ("thumb", "index"), ("eye_inner", "eye"), ("eye_outer", "eye")):
            to, source = BLAZEPOSE_KEYPOINTS.index(f"{side}_{name}"), BLAZEPOSE_KEYPOINTS.index(f"{side}_{neighbour}")
            position[:, :, to] = position[:, :, source]
        mouth = BLAZEPOSE_KEYPOINTS.index(f"mouth_{side}")
        position[:, :, mouth] = position[:, :, BLAZEPOSE_KEYPOINTS.index("nose")]
    rate = camera.playback_fps or camera.fps
    return xr.Dataset(
        {
            "position": (("time", "space", "keypoint", "individual"), position),
            "confidence": (
                ("time", "keypoint", "individual"),
                np.ones((len(times), len(BLAZEPOSE_KEYPOINTS), 1)),
            ),
        },
        coords={
            "time": times,
            "space": ["x", "y"],
            "keypoint": list(BLAZEPOSE_KEYPOINTS),
            "individual": ["runner"],
        },
        attrs={
            "fps": rate,
            "capture_fps": camera.fps,
            "engine": "markers",
            "source_file": "joints",
            "image_width": camera.width,
            "image_height": camera.height,
        },
    )


def true_camera(camera: CameraSpec, height_m: float) -> Camera:
    """Return the camera that `gait.geometry.camera.find_camera` ought to find.

    Parameters
    ----------
    camera : CameraSpec
    height_m : float
        Body height.

    Returns
    -------
    Camera
    """
    facing = {"side": camera.facing, "rear": "away", "front": "towards"}[camera.view]
    low, high = camera_of(camera).project(np.array([[0.0, 0.0, 0.0], [0.0, 1.0, 0.0]]))
    scale = float(np.hypot(*(high - low)))
    return Camera(
        camera.view,
        facing,  # type: ignore[arg-type]
        -1 if facing == "left" else 1,
        True,
        abs(camera.yaw_deg),
        (THIGH_PER_HEIGHT + SHANK_PER_HEIGHT) * height_m * scale,
        1 / scale,
        LEG_PER_HEIGHT * height_m,
    )
