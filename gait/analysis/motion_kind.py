"""Running on a treadmill told from what else people do in front of a camera, by how the feet travel.

On a belt both feet go back at one speed while they are down, the legs alternate, and the body rises and falls once a
step. In exercises the feet are set down where they were lifted, the body stays level, or both legs move together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import xarray as xr

from gait._typing import FloatArray
from gait.analysis.runner_presence import mark_frames_running, strides_seen
from gait.display_language import N_, _
from gait.errors import RefusedError
from gait.formatted_message import FormattedMessage, format_message
from gait.geometry.camera import Camera, keypoint_xy
from gait.metrics.grading import Refusal
from gait.metrics.register import METRICS
from gait.pose.frame_rates import FrameRates
from gait.signal.cleaning import clean_keypoints
from gait.signal.mean_stride import CHANNELS, MeanStride, mean_strides
from gait.signal.phase import track_phase

#: Speed of the foot while it is lowest, legs a stride, + = backwards. On 65 rendered and real treadmill runs it is 1.9
#: to 3.7, in high knees, butt kicks and running in place 0, in walking 1.3. [E]
IN_PLACE_SPEED = 0.6
#: The foot goes forwards so fast while it is down, legs a stride: a cross trainer, or a video that plays backwards. [E]
FORWARDS_SPEED = -0.8
#: Rise and fall of the body, legs: 0.06 to 0.15 on treadmill runs, 0.04 in walking, 0 on a bike or stepper. [E]
LEVEL_BOUNCE = 0.02
#: Share of the stride in which the ankle is no more than `FLAT_RISE` legs above its lowest. From the side: at most 0.44
#: in running, 0.58 in walking. [E]
WALKING_SHARE = 0.5
#: The same from behind and in front, and the height. There the foot of a runner also comes nearer or goes away, so that
#: it is flat for at most 0.44; in place for 0.5 to 0.7. [E]
FLAT_SHARE, FLAT_RISE = 0.53, 0.05
#: A knee that rises so close to the height of the hip, legs. Runs: −0.17 at most, high knees −0.02. [E]
HIGH_KNEE = -0.07
#: Scatter of the ankle about its mean stride, legs, above which nothing is said about the kind of motion. Runs whose
#: legs are followed: 0.01 to 0.03. [E]
MAX_SCATTER = 0.045
#: The same for knees that rise to the hips, which keypoints that stray a little do not feign. [E]
MAX_KNEE_SCATTER = 0.15
#: The same where an ankle rises less, legs: keypoints of legs that are not seen stay in place. The lowest of runs is
#: 0.09, of quick steps on the spot 0.11. [E]
MIN_RISE = 0.08
#: The lowest share of the stride over which the speed of a foot is read.
LOWEST_SHARE = 0.25
#: Movement of ankles and hips below which somebody stands, legs (standard deviation). [E]
STILL = 0.02
#: Difference of the heights of both ankles over their sum (standard deviations), below which the legs move together.
#: Correlation of that sum with itself one cycle later, from which this is an exercise and not a pose that jumps. [E]
TOGETHER, REPEATS = 0.3, 0.5
#: Frames per second of the film below which a step of 0.35 s has fewer than 5: no rhythm is seen in them. [E]
MIN_RHYTHM_FPS = 14.0
#: Length of one cycle of an exercise, s. [E]
CYCLE_S = (0.35, 4.0)
#: Distance between the shoulders over the trunk, below which somebody is seen from the side. [E]
OVERLAP = 0.3

_PHASES = np.linspace(0, 1, 240, endpoint=False)
#: Strides in a few seconds, below which nobody runs in them. [E]
MIN_STRIDES = 2.0
#: What to do instead.
FILM_RUNNER = N_("film one runner on a treadmill")


@dataclass(frozen=True)
class FootPath:
    """How one foot moves over the mean stride, in legs.

    Attributes
    ----------
    speed : float
        Median speed while it is lowest, legs a stride, + = backwards in a side view.
    flat : float
        Share of the stride in which the ankle is near its lowest, 0–1.
    knee_height : float
        Highest place of the knee over the hip, legs.
    rise : float
        Height of the ankle from lowest to highest, legs.
    scatter : float
        Of the ankle about its mean stride, legs.
    """

    speed: float
    flat: float
    knee_height: float
    rise: float
    scatter: float


def foot_path(stride: MeanStride) -> FootPath:
    """Read the path of a foot off the mean stride of its leg.

    Parameters
    ----------
    stride : MeanStride

    Returns
    -------
    FootPath
    """
    at, speed = stride.wave(_PHASES) / stride.leg_m, stride.wave(_PHASES, 1) / stride.leg_m
    height = _channel(at, "ankle", 1)
    lowest = height <= np.quantile(height, LOWEST_SHARE)
    back = -(_channel(speed, "ankle", 0) + _channel(speed, "heel", 0)) / 2
    ankle = 2 * CHANNELS.index("ankle")
    return FootPath(
        speed=float(np.median(back[lowest])),
        flat=float(np.mean(height < np.quantile(height, 0.03) + FLAT_RISE)),
        knee_height=float(np.max(_channel(at, "knee", 1) - _channel(at, "hip", 1))),
        rise=float(np.ptp(height)),
        scatter=float(np.max(stride.wave.noise[ankle : ankle + 2])) / stride.leg_m,
    )


def _channel(values: FloatArray, name: str, axis: int) -> FloatArray:
    return np.asarray(values[:, 2 * CHANNELS.index(name) + axis])


def refuse_other_motion(strides: Mapping[str, MeanStride], camera: Camera) -> Refusal | None:
    """Say what somebody does who does not run on a treadmill.

    Parameters
    ----------
    strides : mapping of str to MeanStride
        Of both legs, by side.
    camera : Camera

    Returns
    -------
    Refusal or None
        Code ``running_in_place`` where a cadence may still be given, else ``not_running``. ``None`` where this is
        running, and where the legs cannot be followed well enough to say.
    """
    paths = [foot_path(stride) for stride in strides.values()]
    scatter, flat = max(path.scatter for path in paths), min(path.flat for path in paths)
    bounce = min(float(np.ptp(_channel(s.wave(_PHASES), "body", 1))) / s.leg_m for s in strides.values())
    knee = min(path.knee_height for path in paths)
    if bounce < LEVEL_BOUNCE and scatter < MAX_SCATTER:
        return _not_running(_("the body does not rise and fall with the steps, as on a bike, stepper or cross trainer"))
    if camera.view != "side" and knee > HIGH_KNEE and scatter < MAX_KNEE_SCATTER:
        return _in_place(_("the knees rise to the hips, as in high knees"))
    if not scatter < MAX_SCATTER or min(path.rise for path in paths) < MIN_RISE:
        return None
    if camera.view != "side":
        if flat > FLAT_SHARE:
            return _in_place(_("the feet are set down where they were lifted, as in running in place or walking"))
        return None
    if max(path.speed for path in paths) < FORWARDS_SPEED:
        return _not_running(_("the feet travel forwards while they are down, as in a video that plays backwards"))
    if max(abs(path.speed) for path in paths) < IN_PLACE_SPEED:
        return _in_place(_("the feet do not travel back while they are down, as in running in place or high knees"))
    if np.mean([path.flat for path in paths]) > WALKING_SHARE and max(p.speed for p in paths) > IN_PLACE_SPEED:
        return _not_running(_("one foot is always on the ground, as in walking"))
    return None


def find_other_motion(pose: xr.Dataset, camera: Camera) -> Refusal | None:
    """Say what somebody does who does not run on a treadmill, from poses as estimated.

    Parameters
    ----------
    pose : xarray.Dataset
        A few seconds, evenly spaced.
    camera : Camera

    Returns
    -------
    Refusal or None
        As :func:`refuse_other_motion`; also where there is no rhythm of running, if the poses say why.
    """
    try:
        cleaned = clean_keypoints(pose, camera)
    except RefusedError:
        reason = explain_missing_rhythm(pose, camera)
        return None if reason is None else Refusal("not_running", reason)
    if strides_seen(mark_frames_running(cleaned, pose, camera)) < MIN_STRIDES:
        return Refusal("not_running", _film_runner(format_message("nobody runs for longer than a moment")))
    return refuse_other_motion(mean_strides(cleaned, camera), camera)


def motion_refusals(refusal: Refusal) -> dict[tuple[str, str], Refusal]:
    """Refuse everything but cadence, for somebody who runs in place.

    Parameters
    ----------
    refusal : Refusal
        Of :func:`refuse_other_motion`.

    Returns
    -------
    dict
        By metric and side.
    """
    keys = [spec.key for spec in METRICS if spec.key != "cadence"]
    return {(key, side): refusal for key in keys for side in ("left", "right", "both")}


def _repeats(time: FloatArray, values: FloatArray) -> bool:
    """Say whether a signal repeats: it resembles itself one cycle later, and its opposite between."""
    step = float(np.median(np.diff(time)))
    even = np.interp(np.arange(time[0], time[-1], step), time, values)
    even = even - even.mean()
    lags = np.arange(1, min(int(CYCLE_S[1] / step), len(even) // 2))
    if not len(lags) or np.std(even) < STILL:
        return False
    alike = np.array([np.corrcoef(even[:-lag], even[lag:])[0, 1] for lag in lags])
    opposite = np.flatnonzero(alike < 0)
    if not len(opposite):
        return False
    later = alike[opposite[0] :][lags[opposite[0] :] * step >= CYCLE_S[0]]
    return bool(len(later) and later.max() > REPEATS)


def _is_seen_from_side(pose: xr.Dataset, hips: FloatArray) -> bool:
    """Say whether the shoulders overlap: feet that do not travel let a side view pass for one from behind."""
    apart = keypoint_xy(pose, "left_shoulder")[:, 0] - keypoint_xy(pose, "right_shoulder")[:, 0]
    trunk = np.linalg.norm(keypoint_xy(pose, "left_shoulder", "right_shoulder") - hips, axis=1)
    return bool(np.nanmedian(np.abs(apart)) < OVERLAP * np.nanmedian(trunk))


def _not_running(why: str) -> Refusal:
    return Refusal("not_running", _("this does not look like running on a treadmill: {reason}").format(reason=why))


def _film_runner(finding: FormattedMessage) -> FormattedMessage:
    return format_message("{finding}: film one runner on a treadmill", finding=finding)


def _in_place(why: str) -> Refusal:
    return Refusal("running_in_place", _("this does not look like running on a treadmill: {reason}").format(reason=why))


def explain_missing_rhythm(pose: xr.Dataset, camera: Camera) -> str | None:
    """Say what somebody does in whose poses there is no rhythm of running.

    Parameters
    ----------
    pose : xarray.Dataset
        As estimated.
    camera : Camera

    Returns
    -------
    str or None
        One line; ``None`` where the poses do not tell.
    """
    if (rate := FrameRates.of(pose).capture_fps) < MIN_RHYTHM_FPS:
        return format_message(
            "the film has {rate} frames/s, too few to follow a step; film at 60 frames/s", rate=f"{rate:.0f}"
        )
    middle = keypoint_xy(pose, "left_hip", "right_hip")
    left, right = ((keypoint_xy(pose, f"{s}_ankle") - middle) / camera.leg_px for s in ("left", "right"))
    seen = np.isfinite(left).all(axis=1) & np.isfinite(right).all(axis=1)
    if seen.sum() < 16:
        return None
    # A robust spread: where nobody runs, the keypoints jump now and then.
    places = np.concatenate([left[seen], right[seen], middle[seen] / camera.leg_px], axis=1)
    low, high = np.percentile(places, [16, 84], axis=0)
    if float(np.max(high - low)) / 2 < STILL:
        return _film_runner(format_message("the person in the picture stands still"))
    heights = (left[seen, 1], right[seen, 1])
    apart, both = heights[0] - heights[1], heights[0] + heights[1]
    if np.std(apart) < TOGETHER * np.std(both) and _repeats(pose.time.values[seen], both):
        return _film_runner(
            format_message(
                "both legs move together, as in jumping jacks, squats or rowing; this does not look like running"
            )
        )
    if not _is_seen_from_side(pose, middle):
        return None
    time = np.asarray(pose.time.values, dtype=float)
    try:
        track_phase(time, keypoint_xy(pose, "left_ankle")[:, 1] - keypoint_xy(pose, "right_ankle")[:, 1], middle[:, 1])
    except RefusedError:
        return None
    return _film_runner(
        format_message(
            "the feet rise and fall by turns but do not travel back, as in running in place or on a stepper; this does "
            "not look like running on a treadmill"
        )
    )
