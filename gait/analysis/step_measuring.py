"""From cleaned poses and events to steps: every metric of every step, and why some are missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import xarray as xr

from gait.analysis.motion_kind import explain_missing_rhythm, motion_refusals, refuse_other_motion
from gait.analysis.runner_presence import mark_frames_running, strides_seen
from gait.display_language import Texts, _
from gait.display_units import number_text
from gait.errors import RefusedError
from gait.events.steps import find_steps
from gait.events.stride_model import are_legs_tracked
from gait.geometry.camera import Camera
from gait.geometry.keypoint_tracks import KeypointTracks
from gait.limit_text import missed_limit_text
from gait.metrics.camera_skew import SKEW_ATTRIBUTE, measure_camera_skew
from gait.metrics.grading import LOW_FPS, MIN_STEPS, Refusal
from gait.metrics.metric_spec import missing_keypoints
from gait.metrics.register import METRICS, metrics_resting_on
from gait.pose.dataset import (
    BYSTANDER_FRAMES_ATTR,
    FILMING_FAULTS_ATTR,
    OVER_GROUND_ATTR,
    PELVIS_MARKER_ATTR,
    PELVIS_TILT,
    SAMPLED_WINDOWS_ATTR,
    VIDEO_FPS_ATTR,
    VIDEO_FRAMES_ATTR,
)
from gait.pose.frame_rates import FrameRates
from gait.records import View
from gait.signal.cleaning import CleanedPose, clean_keypoints
from gait.signal.dotted_keypoints import apply_joint_dots
from gait.signal.hand_moved_keypoints import apply_hand_points
from gait.signal.mean_stride import MeanStride, mean_strides

#: Mean knee flexion at contact below which the knee keypoint is wrong, degrees. Healthy runners land with 10 ± 5, and
#: standing straight reads −2 ± 5 by the placement of markers alone (force-plate runners). [E]
MIN_KNEE_FLEXION_DEG = -5.0
#: Somebody else in more than this share of the frames leads leg keypoints astray: a foot that swings back in front of
#: the runner's. [E]
CROWDED = 0.3
#: Column of the time to the next contact, from which metrics follow that need the speed.
STEP_TIME = "step_time"
#: Confidence of the pose network in keypoints that it sees well, and in such that it can only guess. [E]
SEEN, HARDLY_SEEN = 0.8, 0.5
#: Aspect of how a video is filmed that hides the legs (`gait.quality.video_pose`) → what it is and what to do.
HIDING_FAULTS: Mapping[str, str] = Texts(
    {
        "light": "it is too dark; switch on more lights or film by day",
        "sharpness": "the picture is blurred; clean the lens, tap on the runner to focus, keep the phone still",
        "foot blur": "moving feet are smeared; use more light or a higher frame rate",
        "leg contrast": "the legs hardly stand out from what is behind them; wear other colours or "
        "change the background",
        "framing": "feet leave the picture or the runner is small; place the camera so that the runner fills it",
        "camera": "the camera moves; put the phone on a tripod or a shelf",
    }
)


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
    by_hand : mapping
        How many steps were changed by joints of single pictures and events that were set by hand, by metric and side.
    """

    cleaned: CleanedPose
    events: pd.DataFrame
    steps: pd.DataFrame
    belt_mps: float | None
    refusals: Mapping[tuple[str, str], Refusal] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    by_hand: Mapping[tuple[str, str], int] = field(default_factory=dict)


def clip_duration_s(pose: xr.Dataset) -> float:
    """Compute how long a clip lasts.

    Parameters
    ----------
    pose : xarray.Dataset
        Pose dataset.

    Returns
    -------
    float
        Seconds of playback, the last frame included, and the parts that were not seen.
    """
    if SAMPLED_WINDOWS_ATTR in pose.attrs and VIDEO_FRAMES_ATTR in pose.attrs:
        return float(pose.attrs[VIDEO_FRAMES_ATTR]) / float(pose.attrs[VIDEO_FPS_ATTR])
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
    try:
        cleaned = clean_keypoints(pose, camera)
    except RefusedError as refusal:
        if reason := explain_missing_rhythm(pose, camera):
            raise RefusedError(reason, code="not_running") from refusal
        if pose.attrs.get(OVER_GROUND_ATTR):
            text = _("{problem}, and the runner moves over ground: film on a treadmill")
            text = text.format(problem=str(refusal).partition(":")[0].rstrip())
            raise RefusedError(text, code=OVER_GROUND_ATTR) from refusal
        raise
    other_motion = refuse_other_motion(mean_strides(cleaned, camera), camera)
    if other_motion is not None and other_motion.code == "not_running":
        raise RefusedError(other_motion.reason, code=other_motion.code)
    cleaned = mark_frames_running(cleaned, pose, camera)
    strides = strides_seen(cleaned)
    if strides < MIN_STEPS:
        found, least = missed_limit_text(strides, MIN_STEPS)
        raise RefusedError(
            _(
                "only {count} strides in {time} s, at least {least} are needed: film at least 10 s of steady running, "
                "better 30 s"
            ).format(count=found, time=number_text(clip_duration_s(pose), 1), least=least),
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
        legs = _legs_refusal(cleaned.pose, rates.sampled_fps)
        refusals |= {(key, side): legs for key in (*timing, *metrics_resting_on("leg_keypoints")) for side in sides}
    keypoints = {str(name) for name in cleaned.pose.keypoint.values}
    lacking = {spec.key: reason for spec in METRICS if (reason := missing_keypoints(spec, keypoints))}
    if lacking:
        belt = None if any(key in lacking for key in timing) else belt
        refusals |= {
            (key, side): Refusal("keypoints_missing", reason) for key, reason in lacking.items() for side in sides
        }
    if other_motion := refuse_other_motion(strides, camera):
        belt = None
        refusals |= motion_refusals(other_motion)
    for side in legs_with_implausible_knee(steps):
        knee = Refusal(
            "knee_implausible",
            _("the knee seems to bend backwards at contact, its keypoint is misplaced: more light"),
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
    timed[STEP_TIME] = np.asarray((steps.next_contact_s - steps.contact_s) * (1e3 * real_per_playback), dtype=float)
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


def _legs_refusal(clean: xr.Dataset, sampled_fps: float) -> Refusal:
    """Refuse legs whose keypoints do not move as running legs do, and name what hides them."""
    text = _("the legs could not be followed: {cause}")
    return Refusal("legs_not_followed", text.format(cause=_legs_hidden_by(clean, sampled_fps)))


def _legs_hidden_by(clean: xr.Dataset, sampled_fps: float) -> str:
    """Say why legs are not followed, as far as poses and pictures tell, and what to do."""
    frames = clean.sizes["time"]
    if SAMPLED_WINDOWS_ATTR not in clean.attrs:
        frames = max(int(clean.attrs.get(VIDEO_FRAMES_ATTR, 0)), frames)
    if int(clean.attrs.get(BYSTANDER_FRAMES_ATTR, 0)) > CROWDED * frames:
        return _("somebody else is beside the runner; film the runner alone")
    if sampled_fps < LOW_FPS:
        return _("{rate} frames/s are too few for a swinging foot; film at 60").format(rate=f"{sampled_fps:.0f}")
    faults = str(clean.attrs.get(FILMING_FAULTS_ATTR, "")).split(",")
    for fault, cause in HIDING_FAULTS.items():
        if fault in faults:
            return cause
    hidden = _hidden_leg(clean)
    if hidden == "legs":
        return _("something hides the legs, such as a rail or console; film with nothing between camera and legs")
    if hidden == "feet":
        return _("something hides the feet, such as a rail or console; film with nothing between camera and legs")
    return _("the cause is not clear; film with more light, from another side, with shoes that stand out from the belt")


def _hidden_leg(clean: xr.Dataset) -> str | None:
    """Name the legs or feet that the pose network could hardly see while it saw the trunk well."""
    if "confidence" not in clean:
        return None
    names = [str(name) for name in clean.keypoint.values]

    def usual(*joints: str) -> float:
        present = [f"{s}_{j}" for s in ("left", "right") for j in joints if f"{s}_{j}" in names]
        seen = clean.confidence.isel(individual=0).sel(keypoint=present).values
        return float(np.nanmedian(seen)) if present and np.isfinite(seen).any() else 1.0

    if usual("shoulder", "hip") < SEEN:
        return None
    if usual("knee", "ankle") < HARDLY_SEEN:
        return "legs"
    return "feet" if usual("heel", "foot_index") < HARDLY_SEEN else None


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
        if view == "front":
            text = _("something in front of the runner hides the hips: film from behind")
        else:
            text = _("something in front of the runner hides the hips: film with nothing between camera and hips")
        return Refusal("pelvis_not_visible", text)
    if PELVIS_TILT not in clean:
        return Refusal("pelvis_not_visible", _("the tilt of the pelvis was not read off the pictures"))
    if not np.isfinite(clean[PELVIS_TILT].values).any():
        return Refusal(
            "pelvis_not_visible",
            _(
                "the cloth over the hips is too plain or too loose to follow: two strips of bright tape on the back of "
                "the pelvis, a hand's breadth apart, or a waistband that stands out would show it"
            ),
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
