"""Where the camera stood, estimated from the runner: view, facing, yaw and metres per pixel."""

from __future__ import annotations

import tomllib
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

import numpy as np
import xarray as xr

from gait._typing import BoolArray, FloatArray
from gait.calibration import constants_file
from gait.display_language import Texts, _
from gait.errors import InputError, RefusedError
from gait.pose.dataset import CAMERA_ROLL_ATTR, METRES_PER_PX_ATTR, UNMEASURED_NETWORK, Network, calibrated_network
from gait.records import Facing, View, ViewChoice

#: Segment lengths as shares of body height (Winter 2009, Biomechanics and Motor Control of Human Movement, fig. 4.1).
THIGH_PER_HEIGHT, SHANK_PER_HEIGHT = 0.245, 0.246
#: Hip joint to floor as a share of body height (Winter 2009).
LEG_PER_HEIGHT = 0.53
#: Distance between the shoulders over trunk length by BlazePose's keypoints, in a square rear or front view. [E]
SHOULDERS_PER_TRUNK = 0.68
#: Joints whose keypoints must all be there for a frame to count as showing the runner.
BODY_JOINTS = ("shoulder", "hip", "knee", "ankle")
#: Mid-shoulder to mid-hip over thigh plus shank, for skeletons without shoulders (Winter 2009: 0.288 of 0.491).
TRUNK_PER_LEG = 0.288 / (THIGH_PER_HEIGHT + SHANK_PER_HEIGHT)
#: Yaw off the ideal direction, degrees: from the first on there is a warning, above the second metrics are refused.
#: The geometry alone would allow 10° and 20°; the estimated yaw is only good to about ±8°. [E]
WARN_YAW_DEG, MAX_YAW_DEG = 15.0, 30.0
VIEW_NAMES: Mapping[View, str] = Texts({"side": "side", "rear": "rear", "front": "front"}, context="a … view")
_YAW_WARNINGS: Mapping[View, str] = Texts(
    {
        "side": "the camera looks about {angle}° off: place it square to the treadmill",
        "rear": "the camera looks about {angle}° off: place it straight from the rear",
        "front": "the camera looks about {angle}° off: place it straight from the front",
    }
)


#: Ankle travel relative to the hips, shares of the leg, that separates a side view from rear and front views: the
#: first for overlapping shoulders, plus the second in proportion to how broad the shoulders look. [E]
MIN_SIDE_TRAVEL, SIDE_TRAVEL_PER_BREADTH = 0.3, 0.25
#: Ankle travel along x, shares of the leg, in a square rear or front view, and what a square side view adds. [E]
REAR_TRAVEL, SIDE_TRAVEL = 0.12, 0.75
#: How far the toes are ahead of the heels in the picture at a yaw of 90°, shares of the leg: the slope on the sine of
#: the yaw in 72 rendered clips, which leaves a standard deviation of 0.009, or 2.3°.
TOE_POINTING: Mapping[str, float] = {"rear": 0.20, "front": 0.26}

#: How the camera shows a leg: as the near or the far leg of a side view, or in a rear or front view.
LegView = Literal["near", "far", "rear", "front"]


@dataclass(frozen=True)
class Camera:
    """The camera's place relative to the runner.

    Attributes
    ----------
    view : {"side", "rear", "front"}
    facing : {"left", "right", "away", "towards"}
        Direction in which the runner faces in the image.
    direction : int
        −1 when the runner faces the left edge of the image, +1 otherwise.
    square : bool
        The view is close enough to its ideal direction for that view's metrics.
    yaw_deg : float
        Estimated angle off the ideal direction, degrees, unsigned.
    leg_px : float
        Thigh plus shank between the joint centres, pixels.
    m_per_px : float or None
        Metres per pixel in the runner's plane; ``None`` when neither height nor leg length is given.
    leg_length_m : float or None
        Hip joint to floor, m.
    warnings : tuple of str
        Doubts about the view, one line each.
    contradicted_by : {"side", "rear", "front"} or None
        As which view the video looks, where another one was declared.
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
    contradicted_by: View | None = None

    @property
    def near_side(self) -> Literal["left", "right"] | None:
        """The leg nearer to the camera in a side view, else ``None``; a runner who faces left shows the left leg."""
        if self.view != "side":
            return None
        return "left" if self.facing == "left" else "right"


def leg_view_of(camera: Camera, side: str) -> LegView:
    """Return how the camera shows a leg.

    Parameters
    ----------
    camera : Camera
    side : {"left", "right"}

    Returns
    -------
    {"near", "far", "rear", "front"}
    """
    if camera.view == "side":
        return "near" if side == camera.near_side else "far"
    return camera.view


def rotate_upright(xy_px: FloatArray, pose: xr.Dataset) -> FloatArray:
    """Rotate image coordinates by the camera's roll, so that −y is up in the world.

    Parameters
    ----------
    xy_px : (..., 2) float array
        Pixels, x right and y down.
    pose : xarray.Dataset
        Pose dataset. Its attribute ``camera_roll_deg`` (degrees) is set where the roll is well known; 0 without it.

    Returns
    -------
    (..., 2) float array
        Pixels, x right and y down.
    """
    roll = np.radians(float(pose.attrs.get(CAMERA_ROLL_ATTR, 0.0)))
    cosine, sine = np.cos(roll), np.sin(roll)
    return np.asarray(xy_px @ np.array([[cosine, sine], [-sine, cosine]]))


def keypoint_xy(pose: xr.Dataset, *names: str) -> FloatArray:
    """Return the mean position of the named keypoints.

    Parameters
    ----------
    pose : xarray.Dataset
    *names : str
        Keypoints to average.

    Returns
    -------
    (T, 2) float array
        Pixels, x right and y down; NaN throughout where the skeleton lacks one of the keypoints.
    """
    known = pose.keypoint.values.tolist()
    if not set(names) <= set(known):
        return np.full((pose.sizes["time"], 2), np.nan)
    # By position and without coordinates: this is called hundreds of times for one clip.
    chosen = pose.variables["position"].isel(keypoint=[known.index(name) for name in names], individual=0)
    xy = np.asarray(chosen.transpose("time", "keypoint", "space").values)
    if len(names) == 1:
        return xy[:, 0].astype(float)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # frames without any of them
        return np.asarray(np.nanmean(xy, axis=1), dtype=float)


def runner_found(pose: xr.Dataset) -> BoolArray:
    """Return in which frames the whole runner was found.

    Parameters
    ----------
    pose : xarray.Dataset

    Returns
    -------
    (T,) bool array

    Notes
    -----
    A pose engine finds all keypoints or none. Poses from other programs may lack the face or the hands in single
    frames, therefore only the joints of trunk and legs count.
    """
    finite = np.isfinite(pose.position.isel(individual=0, space=0).transpose("time", "keypoint"))
    names = pose.keypoint.values
    body = [name for side in ("left", "right") for joint in BODY_JOINTS if (name := f"{side}_{joint}") in names]
    return np.asarray(finite.sel(keypoint=body).all("keypoint").values)


def no_runner_error(frames: int) -> RefusedError:
    """Make the error for a video in which no frame shows a runner.

    Parameters
    ----------
    frames : int
        Frames that were searched.

    Returns
    -------
    RefusedError
    """
    return RefusedError(
        _("no runner found in {count} frames: film one runner, whole body in the picture, in good light").format(
            count=frames
        )
    )


def _segment_px(pose: xr.Dataset, first: str, second: str) -> FloatArray:
    return np.asarray(np.linalg.norm(keypoint_xy(pose, first) - keypoint_xy(pose, second), axis=1))


def measured_leg_px(pose: xr.Dataset) -> float:
    """Return thigh plus shank between the keypoints: the median over both legs and all frames.

    Parameters
    ----------
    pose : xarray.Dataset

    Returns
    -------
    float
        Pixels, as the leg appears in the image (see `apparent_leg_ratio`).
    """
    return float(
        np.nanmedian(
            [
                _segment_px(pose, f"{s}_hip", f"{s}_knee") + _segment_px(pose, f"{s}_knee", f"{s}_ankle")
                for s in ("left", "right")
            ]
        )
    )


@cache
def apparent_leg_ratio(view: View, network: Network | None) -> float:
    """Return how long thigh plus shank look, as a share of their true length (``keypoint_errors.toml``).

    Parameters
    ----------
    view : {"side", "rear", "front"}
    network : {"full", "heavy"} or None
        Pose network (`gait.pose.dataset.calibrated_network`).

    Returns
    -------
    float

    Notes
    -----
    In rear and front views the bent leg is foreshortened. BlazePose also places hips, knees and ankles closer
    together than the joint centres are.
    """
    text = constants_file("keypoint_errors.toml").read_text(encoding="utf-8")
    row = tomllib.loads(text)[network or UNMEASURED_NETWORK]["apparent_leg"][view]
    return float(row["joints"]) * (float(row["engine"]) if network is not None else 1.0)


def find_camera(pose: xr.Dataset, *, view: ViewChoice = "auto") -> Camera:
    """Find view, facing, yaw and leg length from the runner's keypoints.

    Parameters
    ----------
    pose : xarray.Dataset
        Pose dataset as estimated.
    view : {"auto", "side", "rear", "front"}
        ``auto`` decides from the keypoints. Any other view is used as given; if the keypoints contradict it, the
        camera carries a warning.

    Returns
    -------
    Camera
        Without scale (see `with_scale`), unless the poses have the attribute ``metres_per_px``.

    Raises
    ------
    InputError
        ``view`` is unknown.
    RefusedError
        No runner was found, or rear and front views cannot be told apart.

    Notes
    -----
    In a side view the feet travel far fore and aft and the shoulders overlap. In rear and front views the feet stay
    under the hips and the shoulders are wide. The order of the shoulders in the image separates front from rear,
    because "left" and "right" are the runner's own.
    """
    if view not in ("auto", "side", "rear", "front"):
        raise InputError(_("view '{view}' is unknown: use auto, side, rear or front").format(view=view))
    found = runner_found(pose)
    if not found.any():
        raise no_runner_error(len(found))
    hip, shoulder = keypoint_xy(pose, "left_hip", "right_hip"), keypoint_xy(pose, "left_shoulder", "right_shoulder")
    leg = measured_leg_px(pose)
    with_shoulders = bool(np.isfinite(shoulder).any())
    trunk = float(np.nanmedian(np.linalg.norm(shoulder - hip, axis=1))) if with_shoulders else TRUNK_PER_LEG * leg
    if not (trunk > 0 and leg > 0):
        raise RefusedError(_("the runner's size cannot be read: film the whole body, feet included"))
    apart = keypoint_xy(pose, "left_shoulder")[:, 0] - keypoint_xy(pose, "right_shoulder")[:, 0]
    shoulders = float(np.nanmedian(apart)) / trunk if with_shoulders else 0.0
    travel = (
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
    pointers = [
        float(np.nanmedian(x)) / size for x, size in ((toes[:, 0], leg), (nose[:, 0], trunk)) if np.isfinite(x).any()
    ]
    ahead = sum(pointers) if pointers else _knees_ahead(pose)
    # 0 in a square side view, 1 in a square rear or front view.
    breadth = min(abs(shoulders) / SHOULDERS_PER_TRUNK, 1.0)
    from_side = travel > MIN_SIDE_TRAVEL + SIDE_TRAVEL_PER_BREADTH * breadth
    apparent: View = "side" if from_side else ("front" if shoulders > 0 else "rear")
    if apparent != "side" and not with_shoulders and view == "auto":
        raise RefusedError(
            _("rear and front views look alike without shoulder keypoints: give the view, rear or front"),
            code="view_ambiguous",
        )
    chosen: View = apparent if view == "auto" else view
    warnings: list[str] = []
    contradicted = chosen != apparent and (with_shoulders or "side" in (chosen, apparent))
    if contradicted:
        text = _("the video looks like a {apparent} view but was declared {declared}: trust its numbers less")
        warnings.append(text.format(apparent=VIEW_NAMES[apparent], declared=VIEW_NAMES[chosen]))
    direction = 1
    facing: Facing
    if chosen == "side":
        yaw = float(np.degrees(np.arcsin(breadth)))
        direction = 1 if ahead >= 0 else -1
        facing = "right" if direction > 0 else "left"
        square = yaw <= MAX_YAW_DEG
    else:
        # The sine of the yaw is the fore-aft travel over that of a side view.
        yaw = float(np.degrees(np.arcsin(min(max(travel - REAR_TRAVEL, 0.0) / SIDE_TRAVEL, 1.0))))
        # Both feet point along the belt, toed out alike: their mean shows the yaw of somebody whose feet stay in place.
        if np.isfinite(toes[:, 0]).any():
            sine = abs(_toe_ahead(pose)) / leg / TOE_POINTING[chosen]
            yaw = max(yaw, float(np.degrees(np.arcsin(min(sine, 1.0)))))
        facing = "towards" if chosen == "front" else "away"
        square = yaw <= MAX_YAW_DEG
    if yaw > WARN_YAW_DEG:
        warnings.append(_YAW_WARNINGS[chosen].format(angle=f"{yaw:.0f}"))
    leg /= apparent_leg_ratio(chosen, calibrated_network(pose))
    scale = pose.attrs.get(METRES_PER_PX_ATTR)
    length = None if scale is None else leg * float(scale) * LEG_PER_HEIGHT / (THIGH_PER_HEIGHT + SHANK_PER_HEIGHT)
    return Camera(
        chosen, facing, direction, square, yaw, leg, scale, length, tuple(warnings), apparent if contradicted else None
    )


def _toe_ahead(pose: xr.Dataset) -> float:
    """Return how far the toes lie to the right of the heels, pixels: the median of each foot, and their mean."""
    feet = [
        keypoint_xy(pose, f"{s}_foot_index")[:, 0] - keypoint_xy(pose, f"{s}_heel")[:, 0] for s in ("left", "right")
    ]
    return float(np.mean([np.nanmedian(foot) for foot in feet]))


def _knees_ahead(pose: xr.Dataset) -> float:
    """Return how far the knees lie to the right of the line from hip to ankle, pixels: they point forwards."""
    bent = [
        keypoint_xy(pose, f"{s}_knee") - (keypoint_xy(pose, f"{s}_hip") + keypoint_xy(pose, f"{s}_ankle")) / 2
        for s in ("left", "right")
    ]
    return float(np.nanmean([leg[:, 0] for leg in bent]))


def with_scale(camera: Camera, *, height_m: float | None, leg_length_m: float | None = None) -> Camera:
    """Add metres per pixel, from the runner's height or leg length.

    Parameters
    ----------
    camera : Camera
    height_m : float or None
        Body height, m.
    leg_length_m : float or None
        Hip joint to floor, m; 0.53 of the height when not given (Winter 2009).

    Returns
    -------
    Camera
        Unchanged where neither length is given (then only ratios and angles can be measured), and where the poses
        bring their own scale, which is better than any proportions.

    Notes
    -----
    Thigh plus shank is 0.491 of body height, that is 0.926 of the leg length. Its length in the image is known in
    every view (`apparent_leg_ratio`). Body height is not, because a runner never stands upright.
    """
    if leg_length_m is None and height_m is None:
        return camera
    if camera.m_per_px is not None:
        return camera
    length = leg_length_m if leg_length_m is not None else LEG_PER_HEIGHT * float(height_m or 0.0)
    return replace(
        camera,
        m_per_px=length * (THIGH_PER_HEIGHT + SHANK_PER_HEIGHT) / LEG_PER_HEIGHT / camera.leg_px,
        leg_length_m=length,
    )
