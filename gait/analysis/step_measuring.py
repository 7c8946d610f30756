"""From cleaned poses and events to steps: every metric of every step, and why some are missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import xarray as xr

from gait.errors import RefusedError
from gait.events.steps import find_steps
from gait.events.stride_model import are_legs_tracked
from gait.geometry.camera import Camera
from gait.geometry.keypoint_tracks import KeypointTracks
from gait.metrics.camera_skew import SKEW_ATTRIBUTE, measure_camera_skew
from gait.metrics.grading import MIN_STEPS, Refusal
from gait.metrics.metric_spec import missing_keypoints
from gait.metrics.register import METRICS, metrics_resting_on
from gait.pose.dataset import BYSTANDER_FRAMES_ATTR, PELVIS_MARKER_ATTR, PELVIS_TILT, VIDEO_FRAMES_ATTR
from gait.pose.frame_rates import FrameRates
from gait.records import View
from gait.signal.cleaning import CleanedPose, clean_keypoints
from gait.signal.dotted_keypoints import apply_joint_dots
from gait.signal.hand_moved_keypoints import apply_hand_points
from gait.signal.mean_stride import MeanStride

#: Mean knee flexion at contact below which the knee keypoint is wrong, degrees. Healthy runners land with 10 ± 5, and
#: standing straight reads −2 ± 5 by the placement of markers alone (force-plate runners). [E]
MIN_KNEE_FLEXION_DEG = -5.0
#: Somebody else in more than this share of the frames leads leg keypoints astray: a foot that swings back in front of
#: the runner's. [E]
CROWDED = 0.3


@dataclass(frozen=True)
class MeasuredSteps:
    """What was measured of a chunk, or of a whole clip.

    Attributes
    ----------
    cleaned : CleanedPose
    events, steps : pandas.DataFrame
        As in `gait.analysis.view_analysis.ViewAnalysis`.
    belt_mps : float or None
        Speed at which the stance foot travels back, m/s; from the side only.
    refusals : mapping
        Why a metric of a side is missing in the steps, by metric and side.
    warnings : tuple of str
        Parts that could not be measured.
    """

    cleaned: CleanedPose
    events: pd.DataFrame
    steps: pd.DataFrame
    belt_mps: float | None
    refusals: Mapping[tuple[str, str], Refusal] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


def clip_duration_s(pose: xr.Dataset) -> float:
    """Compute how long a clip lasts.

    Parameters
    ----------
    pose : xarray.Dataset
        Pose dataset.

    Returns
    -------
    float
        Seconds of playback, the last frame included.
    """
    time = np.asarray(pose.time.values, dtype=float)
    return float(time[-1] - time[0]) + 1 / float(pose.attrs["fps"])


def clean_enough_strides(pose: xr.Dataset, camera: Camera) -> CleanedPose:
    """Clean poses, move keypoints onto dots and by hand where there are any; refuse a clip with too few strides.

    Parameters
    ----------
    pose : xarray.Dataset
        Pose dataset in memory.
    camera : Camera

    Returns
    -------
    CleanedPose

    Raises
    ------
    RefusedError
        Nobody runs, or there are fewer than `MIN_STEPS` strides.
    """
    cleaned = clean_keypoints(pose, camera)
    if cleaned.phase.strides < MIN_STEPS:
        raise RefusedError(
            f"only {cleaned.phase.strides:.1f} strides in {clip_duration_s(pose):.1f} s, at least {MIN_STEPS} are "
            "needed: film at least 10 s of steady running, better 30 s",
            code="too_few_steps",
        )
    return apply_hand_points(apply_joint_dots(cleaned), camera.leg_px)


def measure_steps(
    cleaned: CleanedPose,
    camera: Camera,
    rates: FrameRates,
    events: pd.DataFrame,
    strides: Mapping[str, MeanStride],
) -> MeasuredSteps:
    """Put events together to steps, and measure each step.

    Parameters
    ----------
    cleaned : CleanedPose
        In memory.
    camera : Camera
    rates : FrameRates
    events : pandas.DataFrame
        As `gait.events.detection.locate_events` gives them.
    strides : mapping
        Mean stride of each leg, from the same function.

    Returns
    -------
    MeasuredSteps
    """
    stride_s = 1 / cleaned.phase.frequency_hz
    steps = add_durations(find_steps(events, stride_s=stride_s), stride_s, rates.real_per_playback)
    if camera.view != "side":
        stances = {}
        for side in strides:
            of_side = steps[steps.side == side]
            stances[side] = (of_side.contact_s.to_numpy(dtype=float), of_side.toe_off_s.to_numpy(dtype=float))
        tracks = KeypointTracks(cleaned.pose, camera)
        cleaned.pose.attrs[SKEW_ATTRIBUTE] = measure_camera_skew(tracks, stances, 1 / rates.real_per_playback)
    steps = _add_metrics(steps, KeypointTracks(cleaned.pose, camera))
    belt = next(iter(strides.values())).belt_mps
    sides = (*strides, "both")
    refusals: dict[tuple[str, str], Refusal] = {}
    timing = metrics_resting_on("event_times")
    if not are_legs_tracked(strides, camera.view):
        # Contacts then rest on the rhythm alone: good enough for cadence, not for what a leg does and when.
        belt = None
        legs = _legs_refusal(cleaned.pose)
        refusals |= {(key, side): legs for key in (*timing, *metrics_resting_on("leg_keypoints")) for side in sides}
    keypoints = {str(name) for name in cleaned.pose.keypoint.values}
    lacking = {spec.key: reason for spec in METRICS if (reason := missing_keypoints(spec, keypoints))}
    if lacking:
        belt = None if any(key in lacking for key in timing) else belt
        refusals |= {
            (key, side): Refusal("keypoints_missing", reason) for key, reason in lacking.items() for side in sides
        }
    for side in legs_with_implausible_knee(steps):
        knee = Refusal(
            "knee_implausible", "the knee seems to bend backwards at contact, its keypoint is misplaced: more light"
        )
        refusals |= {(key, side): knee for key in metrics_resting_on("knee_keypoint") if (key, side) not in refusals}
    if camera.view != "side" and (pelvis := pelvis_refusal(cleaned.pose, camera.view)):
        refusals |= {(key, "both"): pelvis for key in metrics_resting_on("pelvis_tilt")}
    for key, side in refusals:
        if key in steps:
            steps.loc[steps.side == side, key] = np.nan
    return MeasuredSteps(cleaned, events, steps, belt, refusals)


def add_durations(steps: pd.DataFrame, stride_s: float, real_per_playback: float) -> pd.DataFrame:
    """Add the metrics that event times give, and the time between steps.

    Parameters
    ----------
    steps : pandas.DataFrame
        As `gait.events.steps.find_steps` gives them.
    stride_s : float
        Mean stride time of the clip, s of playback.
    real_per_playback : float
        Real seconds per playback second.

    Returns
    -------
    pandas.DataFrame
        Without ``next_contact_s``; one more column for each metric that event times give, and ``step_time``: ms of real
        time to the next contact of the other foot, NaN where that is unknown.
    """
    timed = steps.drop(columns="next_contact_s")
    for spec in METRICS:
        if spec.measure_times is not None:
            timed[spec.key] = spec.measure_times(steps, stride_s, real_per_playback)
    timed["step_time"] = np.asarray((steps.next_contact_s - steps.contact_s) * (1e3 * real_per_playback), dtype=float)
    return timed


def add_speed_metrics(steps: pd.DataFrame, speed_mps: float | None, view: View) -> pd.DataFrame:
    """Add the metrics that need the speed of the belt.

    Parameters
    ----------
    steps : pandas.DataFrame
        With durations and the metrics that keypoints give.
    speed_mps : float or None
        Speed of the belt, m/s.
    view : {"side", "rear", "front"}

    Returns
    -------
    pandas.DataFrame
        One more column for each metric that this view shows; NaN without a speed.
    """
    steps = steps.copy()
    for spec in METRICS:
        if spec.measure_with_speed is not None and view in spec.views:
            steps[spec.key] = np.nan if speed_mps is None else spec.measure_with_speed(steps, speed_mps)
    return steps


def _add_metrics(steps: pd.DataFrame, tracks: KeypointTracks) -> pd.DataFrame:
    """Add one column for each metric that keypoints of this view give."""
    steps, keypoints = steps.copy(), {str(name) for name in tracks.pose.keypoint.values}
    for spec in METRICS:
        if spec.measure is None or tracks.camera.view not in spec.views:
            continue
        steps[spec.key] = np.nan
        if missing_keypoints(spec, keypoints):
            continue
        for side in ("left", "right"):
            rows = steps.side == side
            contact, toe_off = (steps.loc[rows, c].to_numpy(dtype=float) for c in ("contact_s", "toe_off_s"))
            if len(contact):
                steps.loc[rows, spec.key] = spec.measure(tracks, side, contact, toe_off)
    return steps


def _legs_refusal(clean: xr.Dataset) -> Refusal:
    """Refuse legs whose keypoints do not move as running legs do."""
    frames = max(int(clean.attrs.get(VIDEO_FRAMES_ATTR, 0)), clean.sizes["time"])
    crowded = int(clean.attrs.get(BYSTANDER_FRAMES_ATTR, 0)) > CROWDED * frames
    remedy = "nobody else in the picture" if crowded else "shoes and trousers that stand out from the belt"
    return Refusal("legs_not_followed", f"the legs could not be followed: more light, and {remedy}")


def pelvis_refusal(clean: xr.Dataset, view: View) -> Refusal | None:
    """Refuse a pelvis that could not be followed in the frames.

    Parameters
    ----------
    clean : xarray.Dataset
        Clean poses.
    view : {"side", "rear", "front"}

    Returns
    -------
    Refusal or None
    """
    if clean.attrs.get(PELVIS_MARKER_ATTR) == "hidden":
        remedy = "film from behind" if view == "front" else "film with nothing between camera and hips"
        return Refusal("pelvis_not_visible", f"something in front of the runner hides the hips: {remedy}")
    if PELVIS_TILT not in clean:
        return Refusal("pelvis_not_visible", "the tilt of the pelvis was not read off the pictures")
    if not np.isfinite(clean[PELVIS_TILT].values).any():
        return Refusal(
            "pelvis_not_visible",
            "the cloth over the hips is too plain or too loose to follow: two strips of bright tape on the back of the "
            "pelvis, a hand's breadth apart, or a waistband that stands out would show it",
        )
    return None


def legs_with_implausible_knee(steps: pd.DataFrame) -> list[str]:
    """Name the legs whose knee bends backwards at contact, so that its keypoint must be misplaced.

    Parameters
    ----------
    steps : pandas.DataFrame

    Returns
    -------
    list of str
        Sides.
    """
    if "knee_flexion_contact" not in steps:
        return []
    means = steps.groupby("side").knee_flexion_contact.mean()
    return [str(side) for side in means.index[means < MIN_KNEE_FLEXION_DEG]]
