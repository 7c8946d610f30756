"""Where the camera stood, read off the runner: view, facing, how square, and metres per pixel."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import Literal

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from gait._typing import FloatArray
from gait.errors import InputError, RefusedError
from gait.records import Facing, View

#: Segment lengths as shares of body height (Winter, Biomechanics and Motor Control of Human Movement).
THIGH, SHANK = 0.245, 0.246
#: Hip joint to floor as a share of body height (Winter).
LEG = 0.53
#: Shoulder joint distance over trunk length of the BlazePose landmarks, seen squarely. [E]
SHOULDERS_PER_TRUNK = 0.68
#: Joints by which the runner is found, with their sides.
BODY = ("shoulder", "hip", "knee", "ankle")
#: Mid-shoulder to mid-hip over thigh plus shank (Winter: 0.288 of 0.491), for skeletons without shoulders.
TRUNK_PER_LEG = 0.288 / (THIGH + SHANK)
#: Yaw (degrees off a square side view) that is mentioned, and that makes sagittal metrics refuse. The estimate is
#: good to about ±8°, hence wider than the limits of the geometry itself (10° and 20°). [E]
YAW_WARN, YAW_REFUSE = 15.0, 30.0


@dataclass(frozen=True)
class Camera:
    """The camera as seen from the runner.

    Attributes
    ----------
    view : {"side", "rear", "front"}
    facing : {"left", "right", "away", "towards"}
        Where the runner faces in the image.
    direction : int
        +1 when running towards the right edge of the image (or towards/away from the camera), −1 towards the left.
    square : bool
        The view is close enough to its ideal direction for that view's metrics.
    yaw_deg : float
        Estimated angle off the ideal direction, degrees, unsigned.
    leg_px : float
        Thigh plus shank in pixels, as between the joints.
    m_per_px : float or None
        Metres per pixel in the runner's plane; ``None`` when neither height nor leg length is known.
    leg_length_m : float or None
        Hip to floor.
    near_side : {"left", "right", None}
        The leg nearer to the camera in a side view.
    """

    view: View
    facing: Facing
    direction: int
    square: bool
    yaw_deg: float
    leg_px: float
    m_per_px: float | None = None
    leg_length_m: float | None = None
    warnings: tuple[str, ...] = ()

    @property
    def near_side(self) -> Literal["left", "right"] | None:
        """The leg nearer to the camera: a runner who faces left shows the left side."""
        if self.view != "side":
            return None
        return "left" if self.facing == "left" else "right"


def rotate_upright(xy_px: FloatArray, pose: xr.Dataset) -> FloatArray:
    """Turn places in the picture, (…, 2), x right and y down, such that up is up where the runner is.

    By the attribute ``camera_roll_deg`` of the poses, which the check leaves where it is known well.
    """
    roll = np.radians(float(pose.attrs.get("camera_roll_deg", 0.0)))
    cosine, sine = np.cos(roll), np.sin(roll)
    return np.asarray(xy_px @ np.array([[cosine, sine], [-sine, cosine]]))


def keypoint_xy(pose: xr.Dataset, *names: str) -> FloatArray:
    """Mean position of the named keypoints, pixels; (T, 2). NaN where the skeleton lacks one of them."""
    if not np.isin(names, pose.keypoint.values).all():
        return np.full((pose.sizes["time"], 2), np.nan)
    chosen = pose.position.sel(keypoint=list(names)).isel(individual=0)
    return np.asarray(chosen.mean("keypoint").transpose("time", "space").values, dtype=float)


def runner_found(pose: xr.Dataset) -> NDArray[np.bool_]:
    """Say in which frames the whole runner was found; (T,).

    An engine finds all landmarks or none. Poses from elsewhere may lack faces or hands in single frames: there the
    joints of trunk and legs decide.
    """
    finite = np.isfinite(pose.position.isel(individual=0, space=0).transpose("time", "keypoint"))
    names = pose.keypoint.values
    body = [name for side in ("left", "right") for joint in BODY if (name := f"{side}_{joint}") in names]
    return np.asarray(finite.sel(keypoint=body).all("keypoint").values)


def no_runner_error(frames: int) -> RefusedError:
    """Give the refusal of a video in whose frames no runner was found."""
    return RefusedError(
        f"no runner found in {frames} frames: film one runner, whole body in the picture, in good light"
    )


def _segment(pose: xr.Dataset, a: str, b: str) -> FloatArray:
    return np.asarray(np.linalg.norm(keypoint_xy(pose, a) - keypoint_xy(pose, b), axis=1))


def measured_leg_px(pose: xr.Dataset) -> float:
    """Thigh plus shank as the landmarks show it: median over both legs and all frames, pixels."""
    return float(
        np.nanmedian(
            [
                _segment(pose, f"{s}_hip", f"{s}_knee") + _segment(pose, f"{s}_knee", f"{s}_ankle")
                for s in ("left", "right")
            ]
        )
    )


#: Pose engine → the model behind it, whose landmarks were measured.
LANDMARK_FAMILY: Mapping[str, str] = {"mediapipe": "blazepose", "litert": "blazepose", "markers": "markers"}


@cache
def leg_seen(view: View, engine: str) -> float:
    """Give how long thigh plus shank look, as a share of their length (``landmarks.toml``).

    From behind and in front the bent leg points away from the camera; and a pose engine sets hips, knees and ankles
    closer together than the joints are.
    """
    text = resources.files("gait.calibration").joinpath("keypoint_errors.toml").read_text(encoding="utf-8")
    row = tomllib.loads(text)["leg_seen"][view]
    return float(row["joints"]) * (float(row["engine"]) if LANDMARK_FAMILY.get(engine) == "blazepose" else 1.0)


def find_camera(pose: xr.Dataset, *, view: Literal["auto", "side", "rear", "front"] = "auto") -> Camera:
    """Find the view and facing from how the runner looks.

    Parameters
    ----------
    pose : xarray.Dataset
        Pose dataset as estimated.
    view : {"auto", "side", "rear", "front"}
        ``auto`` decides from the poses; anything else is believed, and a contradiction becomes a warning.

    Returns
    -------
    Camera
        Without scale (see `with_scale`), unless the poses know theirs: attribute ``metres_per_px``.

    Raises
    ------
    InputError
        Unknown ``view``.
    RefusedError
        Nobody was found in the video.

    Notes
    -----
    From the side the feet travel far fore and aft and the shoulders overlap; from behind and in front the feet
    stay under the hips and the shoulders are wide. The order of the shoulders in the image tells front from rear,
    because left and right are the runner's own.
    """
    if view not in ("auto", "side", "rear", "front"):
        raise InputError(f"view '{view}' is unknown: use auto, side, rear or front")
    found = runner_found(pose)
    if not found.any():
        raise no_runner_error(len(found))
    hip, shoulder = keypoint_xy(pose, "left_hip", "right_hip"), keypoint_xy(pose, "left_shoulder", "right_shoulder")
    leg = measured_leg_px(pose)
    with_shoulders = bool(np.isfinite(shoulder).any())
    trunk = float(np.nanmedian(np.linalg.norm(shoulder - hip, axis=1))) if with_shoulders else TRUNK_PER_LEG * leg
    if not (trunk > 0 and leg > 0):
        raise RefusedError("the runner's size cannot be read: film the whole body, feet included")
    apart = keypoint_xy(pose, "left_shoulder")[:, 0] - keypoint_xy(pose, "right_shoulder")[:, 0]
    shoulders = float(np.nanmedian(apart)) / trunk if with_shoulders else 0.0
    excursion = (
        float(
            np.mean(
                [
                    np.subtract(*np.nanpercentile(keypoint_xy(pose, f"{s}_ankle")[:, 0] - hip[:, 0], [95, 5]))
                    for s in ("left", "right")
                ]
            )
        )
        / leg
    )
    toes = keypoint_xy(pose, "left_foot_index", "right_foot_index") - keypoint_xy(pose, "left_heel", "right_heel")
    nose = keypoint_xy(pose, "nose") - keypoint_xy(pose, "left_ear", "right_ear")
    pointers = [float(np.nanmedian(x)) / size for x, size in ((toes[:, 0], leg), (nose[:, 0], trunk)) if _any(x)]
    ahead = sum(pointers) if pointers else _knees_ahead(pose)
    # 0 = square side view, 1 = square rear or front view.
    broad = min(abs(shoulders) / SHOULDERS_PER_TRUNK, 1.0)
    seen: View = "side" if excursion > 0.3 + 0.25 * broad else ("front" if shoulders > 0 else "rear")
    if seen != "side" and not with_shoulders and view == "auto":
        raise RefusedError(
            "from behind and in front look alike without shoulders: say where the camera stood (view 'rear' or 'front')"
        )
    chosen: View = seen if view == "auto" else view
    warnings: list[str] = []
    if chosen != seen and (with_shoulders or "side" in (chosen, seen)):
        warnings.append(f"the video looks like a {seen} view but was declared {chosen}: trust its numbers less")
    direction = 1
    facing: Facing
    if chosen == "side":
        yaw = float(np.degrees(np.arcsin(broad)))
        direction = 1 if ahead >= 0 else -1
        facing = "right" if direction > 0 else "left"
        square = yaw <= YAW_REFUSE
    else:
        # A square rear view shows next to no fore-aft travel; its sine is the travel over that of a side view.
        yaw = float(np.degrees(np.arcsin(min(max(excursion - 0.12, 0.0) / 0.75, 1.0))))
        facing = "towards" if chosen == "front" else "away"
        square = yaw <= YAW_REFUSE
    if yaw > YAW_WARN:
        ideal = "square to the treadmill" if chosen == "side" else f"straight from the {chosen}"
        warnings.append(f"the camera looks about {yaw:.0f}° off: place it {ideal}")
    leg /= leg_seen(chosen, str(pose.attrs.get("engine")))
    scale = pose.attrs.get("metres_per_px")
    length = None if scale is None else leg * float(scale) * LEG / (THIGH + SHANK)
    return Camera(chosen, facing, direction, square, yaw, leg, scale, length, tuple(warnings))


def _any(values: FloatArray) -> bool:
    return bool(np.isfinite(values).any())


def _knees_ahead(pose: xr.Dataset) -> float:
    """Say to which side of the line from hip to ankle the knees point (+ = right), where nothing else shows the way."""
    bent = [
        keypoint_xy(pose, f"{s}_knee") - (keypoint_xy(pose, f"{s}_hip") + keypoint_xy(pose, f"{s}_ankle")) / 2
        for s in ("left", "right")
    ]
    return float(np.nanmean([leg[:, 0] for leg in bent]))


def with_scale(camera: Camera, *, height_m: float | None, leg_length_m: float | None = None) -> Camera:
    """Add metres per pixel from what is known of the runner's body.

    Parameters
    ----------
    camera : Camera
    height_m : float or None
        Body height, m.
    leg_length_m : float or None
        Hip joint to floor, m; taken as 0.53 of the height when not given (Winter).

    Returns
    -------
    Camera
        Unchanged when neither length is known: then only ratios and angles can be measured.

    Notes
    -----
    Thigh plus shank is 0.491 of body height, that is 0.926 of the leg length. It lies in the image plane from every
    view used here, unlike the body height, which a runner never stands up to.
    """
    if leg_length_m is None and height_m is None:
        return camera
    if camera.m_per_px is not None:  # measured by whoever made the poses: better than any proportions
        return camera
    length = leg_length_m if leg_length_m is not None else LEG * float(height_m or 0.0)
    return replace(camera, m_per_px=length * (THIGH + SHANK) / LEG / camera.leg_px, leg_length_m=length)
