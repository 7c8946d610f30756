"""What a person should know about how a video was filmed. All thresholds of the check are here."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import xarray as xr

from gait._typing import FloatArray
from gait.analysis.motion_kind import FILM_RUNNER
from gait.analysis.view_analysis import WARN_FEET_OUT
from gait.analysis.view_setup import feet_outside_share
from gait.display_language import N_
from gait.formatted_message import FormattedMessage, format_message
from gait.geometry.camera import WARN_YAW_DEG, Camera, keypoint_xy
from gait.metrics.grading import (
    COARSE_FPS,
    FAIR_STEPS,
    GOOD_STEPS,
    LOW_FPS,
    MAX_FEET_OUT,
    MIN_STEPS,
    PLAUSIBLE_CADENCE,
    SMALL_LEG_PX,
    Refusal,
)
from gait.pose.picture_stretch import PictureStretch
from gait.quality.camera_roll import CameraRoll
from gait.quality.file_notices import MAX_BYSTANDER_SHARE
from gait.quality.image_quality import ImageQuality
from gait.quality.quality_records import FilmingVerdict, Observation
from gait.quality.running_rate import GRAVITY, RunningRate
from gait.records import Facing, View
from gait.video import VideoMeta

#: Share of frames that may be missing from an even frame rate. [E]
MAX_DROPPED = 0.05
#: Blur of the trunk. Rendered and real clips: 0.34–0.53 as filmed. A Gaussian blur with a standard deviation of 1, 2
#: and 3 % of the leg gives 0.54–0.67, 0.70–0.80 and 0.78–0.86. A small clip at 0.73 shows no running rate any more. [E]
BLURRED, VERY_BLURRED = 0.64, 0.72
#: Blur of a moving foot: its excess over the trunk, and its own value. Excess in rendered clips: −0.08 to 0.07 without
#: motion blur, 0.11 and 0.18 with a shutter open for 1/60 and 1/30 s; a phone in a dim garage: 0.26. [E]
MIN_FOOT_EXCESS, FOOT_BLURRED = 0.09, 0.50
#: Median level of the runner (0–255). Rendered clips: 80–130 in a bright room, 44 at 0.3 of that light, and 26 at 0.12,
#: where no running rate is found any more. A real clip in a dim garage: 71. [E]
DIM, DARK = 48.0, 30.0
#: Share of the runner's pixels that may be overexposed, and noise in levels (0–255). [E]
MAX_CLIPPED, MAX_NOISE = 0.35, 8.0
#: Difference in level (0–255) between lower legs and what is beside them, below which they are lost. [E]
LOW_LEG_CONTRAST = 10.0
#: Camera roll, degrees: worth a mention, and as large as the differences in lean and drop between runners. [E]
ROLL_WARN, ROLL_BAD = 2.0, 5.0
#: The same, read off the runner alone, who need not be symmetric, degrees. [E]
RUNNER_ROLL_WARN = 5.0
#: Sway of the background in legs. A tripod gives 0.0001 to 0.0006, a hand-held phone some hundredths. [E]
SWAY_WARN = 0.01
#: Speed of the runner against the background (legs/s), and growth in the frame (share/s). Running over ground gives
#: 3 legs/s and more, drift on a belt a tenth of that. [E]
OVERGROUND_SPEED, OVERGROUND_GROWTH = 1.0, 0.12
#: Speed of the picture around the runner, legs/s, from which the camera goes along: 0.4 to 1.7 in clips whose camera
#: runs or pans along, at most 0.06 on a tripod or shelf. A phone that is held in the hand sways by some hundredths of
#: a leg, about once a second. [E]
FOLLOWING_SPEED = 0.25
#: Free fall below this share of 9.81 m/s² means slow motion (1.5 times and more). Clips at true speed: 0.9–1.9. [E]
SLOW_FALL = 0.45
#: Time over which the runner's speed through the picture is read, s: about a step and a half. [E]
SPEED_S = 0.5
#: Code of the observation that somebody runs over ground.
OVER_GROUND = "over_ground"
#: Usual cadence, to estimate a slow-motion factor, and the range for the corrected cadence, steps/min. [E]
USUAL_CADENCE, PLAUSIBLE_CORRECTED_CADENCE = 165.0, (135.0, 205.0)
#: Steps/min from which a video may play faster than life, and from which it may if the body falls faster than with so
#: many times 9.81 m/s². [E] The fastest of 13 healthy runners has 224; clips at true speed fall with 0.9 to 1.9.
SUSPICIOUS_CADENCE, FAST_CADENCE, FAST_FALL = 228.0, 205.0, 2.2
#: Combing (`gait.quality.image_quality.measure_combing`) of interlaced pictures. [E]
COMBED = 1.0
#: Advice about a video that is too short.
FILM_LONGER = N_("film at least 10 s of running, better 30 s")
#: Advice about a frame rate.
_FILM_FASTER = N_("film at 60 frames/s or more")
#: Advice about light.
_MORE_LIGHT = N_("switch on more lights or film by day")
#: Frame rates of phones, 1/s.
CAMERA_FPS = (60, 120, 240, 480, 960)
#: Share of frames in which the runner must be found: below the first it is mentioned, below the second it is bad. [E]
FOUND_WARN, FOUND_BAD = 0.95, 0.5
#: Share of frames in which the head may be outside the picture. [E]
MAX_HEAD_OUT = 0.05
#: Share of the picture's height that a runner may fill. [E]
MAX_HEIGHT_SHARE = 0.95


@dataclass(frozen=True)
class Framing:
    """How the runner fits into the picture.

    Attributes
    ----------
    found : float
        Share of frames in which the runner was found, 0–1.
    feet_out, head_out : float
        Share of these in which a foot or the head is outside the picture.
    height_share : float
        Height from the highest to the lowest keypoint over the picture's height.
    position : {"left", "middle", "right"}
        Where in the picture the runner is.
    """

    found: float
    feet_out: float
    head_out: float
    height_share: float
    position: str


def measure_framing(pose: xr.Dataset) -> Framing:
    """Measure how the runner fits into the picture.

    Parameters
    ----------
    pose : xarray.Dataset

    Returns
    -------
    Framing
    """
    position = pose.position.isel(individual=0).transpose("time", "keypoint", "space").values
    visible = np.isfinite(position).all(axis=(1, 2))
    width, height = float(pose.attrs["image_width"]), float(pose.attrs["image_height"])
    head = keypoint_xy(pose, "left_ear", "right_ear", "nose")[visible]
    out = (head[:, 0] < 0) | (head[:, 0] > width) | (head[:, 1] < 0)
    rows = position[visible, :, 1]
    across = float(np.median(position[visible, :, 0])) / width if visible.any() else 0.5
    return Framing(
        found=float(visible.mean()),
        feet_out=feet_outside_share(pose),
        head_out=float(out.mean()) if visible.any() else 1.0,
        height_share=float(np.median(np.ptp(rows, axis=1))) / height if visible.any() else math.nan,
        position=("left", "middle", "right")[int(np.clip(across * 3, 0, 2))],
    )


def observe_view(camera: Camera, declared: str) -> Observation:
    """Describe from where the video was filmed.

    Parameters
    ----------
    camera : Camera
    declared : {"auto", "side", "rear", "front"}
        The view that the user gave.

    Returns
    -------
    Observation
    """
    yaw = camera.yaw_deg
    direction, ideal = _seen_from(camera), format_message(_IDEAL_POSITIONS[camera.view])
    if camera.contradicted_by is not None:
        verdict: FilmingVerdict = "watch" if camera.square else "bad"
        text = format_message(_CONTRADICTIONS[camera.contradicted_by, camera.view])
        advice = format_message("let the program find the view, or {ideal}", ideal=ideal)
        return Observation("view", text, verdict, advice, yaw, "deg", "view_contradicted")
    if not camera.square:
        text = format_message(
            "{view}: oblique, the camera about {yaw}° off, too far for angles", view=direction, yaw=(yaw, 0)
        )
        return Observation("view", text, "bad", ideal, yaw, "deg")
    if yaw > WARN_YAW_DEG:
        text = format_message("{view}, the camera about {yaw}° off", view=direction, yaw=(yaw, 0))
        return Observation("view", text, "watch", ideal, yaw, "deg")
    return Observation("view", format_message("{view}, square", view=direction), value=yaw, unit="deg")


def _seen_from(camera: Camera) -> FormattedMessage:
    return format_message(_VIEWS[camera.view, camera.facing])


#: View and direction in which the runner faces → text.
_VIEWS: Mapping[tuple[View, Facing], str] = {
    ("side", "left"): N_("side view, facing left"),
    ("side", "right"): N_("side view, facing right"),
    ("rear", "away"): N_("rear view, running away"),
    ("front", "towards"): N_("front view, coming towards the camera"),
}
#: As which view a video looks, and which was declared → text.
_CONTRADICTIONS: Mapping[tuple[View, View], str] = {
    ("side", "rear"): N_("the video looks like a side view but was declared rear"),
    ("side", "front"): N_("the video looks like a side view but was declared front"),
    ("rear", "side"): N_("the video looks like a rear view but was declared side"),
    ("rear", "front"): N_("the video looks like a rear view but was declared front"),
    ("front", "side"): N_("the video looks like a front view but was declared side"),
    ("front", "rear"): N_("the video looks like a front view but was declared rear"),
}
#: View → advice.
_IDEAL_POSITIONS: Mapping[View, str] = {
    "side": N_("place the camera square to the treadmill"),
    "rear": N_("place the camera straight behind"),
    "front": N_("place the camera straight in front"),
}


def observe_framing(framing: Framing, camera: Camera) -> Observation:
    """Check whether the whole runner is in the picture, and large enough.

    Parameters
    ----------
    framing : Framing
    camera : Camera

    Returns
    -------
    Observation
    """
    back = format_message("move the camera back until the whole body is in the picture")
    if framing.feet_out > WARN_FEET_OUT:
        text = format_message(
            "a foot is outside the picture in {share} % of the frames", share=(100 * framing.feet_out, 0)
        )
        bad = framing.feet_out > MAX_FEET_OUT
        return Observation("framing", text, "bad" if bad else "watch", back, framing.feet_out)
    if framing.found < FOUND_WARN:
        text = format_message("the runner was found in only {share} % of the frames", share=(100 * framing.found, 0))
        advice = format_message("keep the runner in the picture all the time, with more light and nothing in front")
        return Observation("framing", text, "bad" if framing.found < FOUND_BAD else "watch", advice, framing.found)
    if camera.leg_px < SMALL_LEG_PX:
        text = format_message("the runner is small in the picture (leg {leg} pixels)", leg=(camera.leg_px, 0))
        return Observation(
            "framing", text, "watch", format_message("come closer or film at a higher resolution"), camera.leg_px, "px"
        )
    if framing.head_out > MAX_HEAD_OUT:
        text = format_message(
            "the head is outside the picture in {share} % of the frames", share=(100 * framing.head_out, 0)
        )
        return Observation("framing", text, "watch", back, framing.head_out)
    if framing.height_share > MAX_HEIGHT_SHARE:
        text = format_message("the runner fills the picture from top to bottom")
        return Observation(
            "framing", text, "watch", format_message("leave room around head and feet"), framing.height_share
        )
    text = format_message(
        "whole body, {share} % of the picture's height, leg {leg} pixels",
        share=(100 * framing.height_share, 0),
        leg=(camera.leg_px, 0),
    )
    return Observation("framing", text, value=camera.leg_px, unit="px")


def observe_pictures(stretch: PictureStretch, combing: float) -> Observation:
    """Check whether the pictures follow each other as a camera takes them.

    Parameters
    ----------
    stretch : PictureStretch
        Of `gait.quality.picture_changes.find_picture_changes`.
    combing : float
        Of `gait.quality.image_quality.measure_combing`.

    Returns
    -------
    Observation
    """
    if combing > COMBED:
        text = format_message("two half pictures, taken one after the other, are woven into one (interlaced)")
        return Observation(
            "pictures",
            text,
            "bad",
            format_message("export the video deinterlaced"),
            combing,
            code="interlaced",
        )
    share = stretch.duration_s
    if stretch.faults and stretch.duration_s <= 0:
        advice = format_message("give the video as the camera recorded it")
        return Observation("pictures", stretch.fault_text, "bad", advice, share, "s", "pictures_unusable")
    notice = stretch.notice
    if notice is None:
        return Observation(
            "pictures", format_message("follow each other as a camera takes them"), value=share, unit="s"
        )
    return Observation(
        "pictures", notice, "watch", format_message("give the video as the camera recorded it"), share, "s"
    )


def observe_frame_rate(
    meta: VideoMeta, times: FloatArray, capture_fps: float, repeated_share: float = 0.0
) -> Observation:
    """Check the capture rate, and how even it is.

    Parameters
    ----------
    meta : VideoMeta
    times : (T,) float array
        Frame times, seconds of playback.
    capture_fps : float
        1/s.
    repeated_share : float
        Share of the frames that show the picture before once more, 0–1.

    Returns
    -------
    Observation
    """
    intervals = np.diff(times) * meta.fps
    dropped = float(np.sum(np.round(intervals) - 1) / max(len(times), 1)) if len(intervals) else 0.0
    text = _frame_rate_text(meta.fps, capture_fps, repeated_share)
    capture_fps *= 1 - repeated_share
    if capture_fps < LOW_FPS:
        text = format_message("{rate}, too low for contact and flight times", rate=text)
        return Observation("frame rate", text, "bad", format_message(_FILM_FASTER), capture_fps, "1/s")
    if capture_fps < COARSE_FPS:
        text = format_message("{rate}, low for contact and flight times", rate=text)
        return Observation("frame rate", text, "watch", format_message(_FILM_FASTER), capture_fps, "1/s")
    if repeated_share:
        advice = format_message("give the video as the camera recorded it, at 60 frames/s or more")
        return Observation("frame rate", text, "watch", advice, capture_fps, "1/s", "repeated_pictures")
    if dropped > MAX_DROPPED:
        text = format_message("{rate}, {share} % of the frames are missing", rate=text, share=(100 * dropped, 0))
        advice = format_message("close other apps while filming, and do not send the video through a messenger")
        return Observation("frame rate", text, "watch", advice, capture_fps, "1/s")
    if meta.variable_frame_rate:
        text = format_message("{rate}, uneven (true times are used)", rate=text)
    return Observation("frame rate", text, value=capture_fps, unit="1/s")


def _frame_rate_text(playback_fps: float, capture_fps: float, repeated_share: float) -> FormattedMessage:
    rate, pictures = _rate(capture_fps), (capture_fps * (1 - repeated_share), 0)
    share = (100 * repeated_share, 0)
    if abs(capture_fps / playback_fps - 1) <= 0.02:
        if not repeated_share:
            return format_message("{rate} frames/s", rate=rate)
        return format_message(
            "{rate} frames/s, of which {share} % show the picture before once more: {pictures} pictures/s",
            rate=rate,
            share=share,
            pictures=pictures,
        )
    if not repeated_share:
        return format_message("{rate} frames/s, played at {playback}", rate=rate, playback=_rate(playback_fps))
    return format_message(
        "{rate} frames/s, played at {playback}, of which {share} % show the picture before once more: "
        "{pictures} pictures/s",
        rate=rate,
        playback=_rate(playback_fps),
        share=share,
        pictures=pictures,
    )


def _rate(fps: float) -> tuple[float, int]:
    """Return a frame rate with as many decimals as it needs: 30, 59.94, 29.97."""
    written = f"{fps:.4g}"
    return fps, len(written.partition(".")[2]) if "e" not in written else 0


def observe_length(duration_s: float, rate: RunningRate | None) -> Observation:
    """Check how many steps there are to average over.

    Parameters
    ----------
    duration_s : float
        Seconds of real time.
    rate : RunningRate or None

    Returns
    -------
    Observation
    """
    if rate is None:
        if duration_s < MIN_STEPS * 120 / USUAL_CADENCE:
            return _too_few_steps(duration_s)
        return Observation("length", format_message("{seconds} s", seconds=(duration_s, 1)), value=duration_s, unit="s")
    steps = steps_per_leg(duration_s, rate)
    if round(steps) < MIN_STEPS:
        return _too_few_steps(duration_s)
    message = N_("{seconds} s, about {steps} steps a leg")
    if steps < FAIR_STEPS:
        message = N_("{seconds} s, about {steps} steps a leg, few")
    text = format_message(message, seconds=(duration_s, 0), steps=(steps, 0))
    if steps < GOOD_STEPS:
        advice = format_message("film 30 s: {steps} steps a leg make a number reliable", steps=GOOD_STEPS)
        return Observation("length", text, "watch", advice, duration_s, "s")
    return Observation("length", text, value=duration_s, unit="s")


def _too_few_steps(duration_s: float) -> Observation:
    text = format_message("{seconds} s, fewer than {steps} steps of each leg", seconds=(duration_s, 1), steps=MIN_STEPS)
    return Observation("length", text, "bad", format_message(FILM_LONGER), duration_s, "s")


def steps_per_leg(duration_s: float, rate: RunningRate) -> float:
    """Estimate how many steps of each leg a video holds.

    Parameters
    ----------
    duration_s : float
        Seconds of real time.
    rate : RunningRate

    Returns
    -------
    float
    """
    return duration_s * rate.cadence / 120


def observe_sharpness(quality: ImageQuality) -> Observation:
    """Check whether the runner is in focus and the lens is clean.

    Parameters
    ----------
    quality : ImageQuality

    Returns
    -------
    Observation
    """
    blur = quality.blur
    if not math.isfinite(blur):
        return Observation("sharpness", format_message("unknown, the runner is too small"))
    advice = format_message("clean the lens, tap on the runner to focus, keep the phone still")
    if blur >= VERY_BLURRED:
        return Observation(
            "sharpness",
            format_message("the runner is very blurred ({blur} of 1)", blur=(blur, 2)),
            "bad",
            advice,
            blur,
        )
    if blur >= BLURRED:
        return Observation(
            "sharpness",
            format_message("the runner is blurred ({blur} of 1)", blur=(blur, 2)),
            "watch",
            advice,
            blur,
        )
    return Observation("sharpness", format_message("sharp (blur {blur} of 1)", blur=(blur, 2)), value=blur)


def observe_foot_blur(quality: ImageQuality) -> Observation | None:
    """Check whether moving feet are smeared.

    Parameters
    ----------
    quality : ImageQuality

    Returns
    -------
    Observation or None
        ``None`` where blur could not be measured.
    """
    excess = quality.foot_blur - quality.blur
    if not math.isfinite(excess):
        return None
    blur = quality.foot_blur
    if excess > MIN_FOOT_EXCESS and blur > FOOT_BLURRED and quality.blur < BLURRED:
        text = format_message(
            "moving feet are smeared (blur {blur}, trunk {trunk})", blur=(blur, 2), trunk=(quality.blur, 2)
        )
        advice = format_message("use more light or a higher frame rate; both shorten the exposure")
        return Observation("foot blur", text, "watch", advice, blur)
    return Observation(
        "foot blur", format_message("feet about as sharp as the trunk ({blur})", blur=(blur, 2)), value=blur
    )


def observe_light(quality: ImageQuality) -> Observation:
    """Check whether there is enough light on the runner, and not too much.

    Parameters
    ----------
    quality : ImageQuality

    Returns
    -------
    Observation
    """
    level = quality.brightness
    if not math.isfinite(level):
        return Observation("light", format_message("unknown without the runner"))
    if level < DARK:
        return Observation(
            "light",
            format_message("very dark, runner at level {level} of 255", level=(level, 0)),
            "bad",
            format_message(_MORE_LIGHT),
            level,
        )
    if level < DIM:
        return Observation(
            "light",
            format_message("dim, runner at level {level} of 255", level=(level, 0)),
            "watch",
            format_message(_MORE_LIGHT),
            level,
        )
    if quality.clipped > MAX_CLIPPED:
        text = format_message("{share} % of the runner is overexposed", share=(100 * quality.clipped, 0))
        return Observation(
            "light", text, "watch", format_message("film without a window or lamp behind the runner"), level
        )
    if quality.noise > MAX_NOISE:
        return Observation(
            "light",
            format_message("noisy (±{noise} levels)", noise=(quality.noise, 0)),
            "watch",
            format_message("use more light"),
            level,
        )
    return Observation("light", format_message("enough, runner at level {level} of 255", level=(level, 0)), value=level)


def observe_tilt(structures: CameraRoll | None, runner: CameraRoll | None) -> Observation:
    """Check whether the camera is level.

    Parameters
    ----------
    structures, runner : CameraRoll or None
        Roll read off upright structures, and off the runner.

    Returns
    -------
    Observation
    """
    roll = structures if structures is not None and structures.reliable else runner
    advice = format_message("level the phone: line up a door or a wall with the edge of the picture")
    if roll is None:
        return Observation("tilt", format_message("no upright lines show whether the camera is level"), known=False)
    size = abs(roll.degrees)
    if roll.source == "runner":
        if size > RUNNER_ROLL_WARN:
            text = format_message(
                "the runner leans {degrees}° sideways (the camera is tilted, or the runner leans)", degrees=(size, 0)
            )
            return Observation("tilt", text, "watch", advice, roll.degrees, "deg")
        return Observation(
            "tilt", format_message("level, judged by the runner alone (±{error}°)", error=(1.96 * roll.error, 0))
        )
    error = (max(1.96 * roll.error, 0.5), 1)
    if size > ROLL_WARN:
        message = N_("the picture is turned {degrees}° clockwise (±{error}°, from upright lines)")
        if roll.degrees > 0:
            message = N_("the picture is turned {degrees}° counter-clockwise (±{error}°, from upright lines)")
        text = format_message(message, degrees=(size, 1), error=error)
        return Observation("tilt", text, "bad" if size > ROLL_BAD else "watch", advice, roll.degrees, "deg")
    text = format_message("level, {degrees}° off (±{error}°, from upright lines)", degrees=(size, 1), error=error)
    return Observation("tilt", text, value=roll.degrees, unit="deg")


def observe_speed(rate: RunningRate | None, capture_fps: float) -> Observation:
    """Check whether the video plays at normal speed: cadence, and how fast the body falls in flight.

    Parameters
    ----------
    rate : RunningRate or None
    capture_fps : float
        Frames per second of real time, as far as known.

    Returns
    -------
    Observation
    """
    if rate is None:
        advice = format_message("film one runner, whole body, from a phone that stands still")
        return Observation("speed", format_message("no running steps found"), "bad", advice)
    cadence, fall = rate.cadence, rate.fall
    shown = (cadence, 0)
    fallen = ((fall or 0.0) * GRAVITY, 1)
    low, high = PLAUSIBLE_CADENCE
    if cadence > high:
        text = format_message(
            "{cadence} steps/min, faster than anybody runs (the video plays faster than life)", cadence=shown
        )
        advice = format_message("give the video at its own speed, or the camera's true frame rate")
        return Observation("speed", text, "bad", advice, cadence, "steps/min", "implausible_cadence")
    if cadence < low:
        corrected_low, corrected_high = PLAUSIBLE_CORRECTED_CADENCE
        slow = fall is not None and 0 < fall < SLOW_FALL
        if not slow or not corrected_low <= cadence / math.sqrt(fall or 1) <= corrected_high:
            # Nothing says that this is slow motion. In walking the body does not fall freely either.
            text = format_message("{cadence} steps/min, too slow for running, as in walking", cadence=shown)
            advice = format_message(
                "film steady running on a treadmill; for slow motion, give the camera's true frame rate"
            )
            return Observation("speed", text, "bad", advice, cadence, "steps/min", "slow_cadence")
        text = format_message(
            "{cadence} steps/min and a body that falls with only {fall} m/s², as in slow motion, about {times} times "
            "slower than life",
            cadence=shown,
            fall=fallen,
            times=(USUAL_CADENCE / cadence, 1),
        )
        fps = min(CAMERA_FPS, key=lambda r: abs(math.log(r / (capture_fps * USUAL_CADENCE / cadence))))
        advice = format_message("for slow motion, give the camera's true frame rate, perhaps {fps} frames/s", fps=fps)
        return Observation("speed", text, "bad", advice, cadence, "steps/min", "slow_motion_suspected")
    if cadence > SUSPICIOUS_CADENCE or (cadence > FAST_CADENCE and fall is not None and fall > FAST_FALL):
        text = format_message(
            "{cadence} steps/min, as only sprinters run: perhaps the video plays faster than life", cadence=shown
        )
        advice = format_message("check that the video plays at its own speed")
        return Observation("speed", text, "watch", advice, cadence, "steps/min", "fast_motion_suspected")
    if fall is not None and fall < SLOW_FALL:
        text = format_message(
            "{cadence} steps/min, but the body falls with only {fall} m/s²: perhaps slow motion",
            cadence=shown,
            fall=fallen,
        )
        advice = format_message("for slow motion, give the camera's true frame rate")
        return Observation("speed", text, "watch", advice, cadence, "steps/min", "slow_motion_suspected")
    text = format_message("{cadence} steps/min, as at normal speed", cadence=shown)
    return Observation("speed", text, value=cadence, unit="steps/min")


def observe_motion(refusal: Refusal | None) -> tuple[Observation, ...]:
    """Report somebody who does something else than run on a treadmill.

    Parameters
    ----------
    refusal : Refusal or None
        Of `gait.analysis.motion_kind.find_other_motion`.

    Returns
    -------
    tuple of Observation
        Empty where this is running.
    """
    if refusal is None:
        return ()
    reason = refusal.reason
    # Its advice is told on its own.
    finding = reason.fields.get("finding") if isinstance(reason, FormattedMessage) else None
    text = finding if isinstance(finding, str) else reason
    return (Observation("motion", text, "bad", format_message(FILM_RUNNER), code=refusal.code),)


def observe_people(pose: xr.Dataset, position: str) -> Observation:
    """Report other people in the picture, and who is measured.

    Parameters
    ----------
    pose : xarray.Dataset
        Of a `gait.quality.frame_sampling.VideoSample`.
    position : {"left", "middle", "right"}
        Where in the picture the runner is.

    Returns
    -------
    Observation
    """
    share = float(pose.attrs["bystander_share"])
    if share <= MAX_BYSTANDER_SHARE:
        return Observation("people", format_message("one person"), value=0.0)
    count = int(pose.attrs["most_others"])
    message = _SOMEBODY_ELSE[position] if count <= 1 else _OTHERS[position]
    text = format_message(message, count=count, share=(100 * share, 0))
    return Observation("people", text, "watch", format_message("film the runner alone"), share)


#: Where in the picture the runner is → text about one other person, about several.
_SOMEBODY_ELSE: Mapping[str, str] = {
    "left": N_("somebody else is in {share} % of the frames; the runner on the left of the picture is measured"),
    "middle": N_("somebody else is in {share} % of the frames; the runner in the middle of the picture is measured"),
    "right": N_("somebody else is in {share} % of the frames; the runner on the right of the picture is measured"),
}
_OTHERS: Mapping[str, str] = {
    "left": N_(
        "up to {count} others are in {share} % of the frames; the runner on the left of the picture is measured"
    ),
    "middle": N_(
        "up to {count} others are in {share} % of the frames; the runner in the middle of the picture is measured"
    ),
    "right": N_(
        "up to {count} others are in {share} % of the frames; the runner on the right of the picture is measured"
    ),
}


def observe_camera_movement(quality: ImageQuality) -> Observation:
    """Check whether the camera stands still.

    Parameters
    ----------
    quality : ImageQuality

    Returns
    -------
    Observation
    """
    advice = format_message("put the phone on a tripod or a shelf")
    if follows_runner(quality):
        text = format_message(
            "the camera moves along: the picture around the runner passes at {speed} legs/s",
            speed=(quality.background_speed, 1),
        )
        return Observation("camera", text, "watch", advice, quality.background_speed, "legs/s")
    if not math.isfinite(quality.sway):
        if abs(quality.pan) > OVERGROUND_SPEED:
            return Observation("camera", format_message("the camera pans"), "watch", advice)
        return Observation("camera", format_message("unknown, the background has too little detail"))
    if quality.sway > SWAY_WARN:
        text = format_message("the camera moves by {share} % of a leg", share=(100 * quality.sway, 0))
        return Observation("camera", text, "watch", advice, quality.sway, "legs")
    return Observation("camera", format_message("stands still"), value=quality.sway, unit="legs")


def follows_runner(quality: ImageQuality) -> bool:
    """Say whether the camera moves along with a runner over ground.

    Parameters
    ----------
    quality : ImageQuality

    Returns
    -------
    bool
    """
    return quality.background_speed > FOLLOWING_SPEED


def observe_place(segment: xr.Dataset, camera: Camera, quality: ImageQuality) -> Observation:
    """Check whether the runner stays in place or runs over ground.

    Parameters
    ----------
    segment : xarray.Dataset
        Poses of a few seconds, evenly spaced.
    camera : Camera
    quality : ImageQuality

    Returns
    -------
    Observation
    """
    time = np.asarray(segment.time.values, dtype=float)
    across = keypoint_xy(segment, "left_hip", "right_hip")[:, 0] / camera.leg_px
    size = np.linalg.norm(
        keypoint_xy(segment, "left_shoulder", "right_shoulder") - keypoint_xy(segment, "left_hip", "right_hip"), axis=1
    )
    good = np.isfinite(across) & (size > 0)
    advice = format_message("film on a treadmill: the moving belt shows when each foot is on the ground")
    if follows_runner(quality):
        text = format_message("the runner moves over ground, and the camera along: no belt, so no speed is read")
        return Observation("place", text, "bad", advice, quality.background_speed, "legs/s", OVER_GROUND)
    if good.sum() < 8 or np.ptp(time[good]) < 0.4:
        return Observation("place", format_message("unknown, the runner is visible for too short a time"))
    pan = quality.pan if math.isfinite(quality.pan) else 0.0
    moved = _usual_speed(time[good], across[good]) - pan
    grown = float(np.polyfit(time[good], np.log(size[good]), 1)[0])
    if abs(moved) > OVERGROUND_SPEED or (camera.view != "side" and abs(grown) > OVERGROUND_GROWTH):
        text = format_message("the runner moves over ground: no belt, so no speed is read")
        return Observation("place", text, "bad", advice, moved, "legs/s", OVER_GROUND)
    return Observation("place", format_message("the runner stays in place"), value=moved, unit="legs/s")


def _usual_speed(time: FloatArray, across: FloatArray) -> float:
    """Return the median speed over about half a second, legs/s, which gaps and a second passage do not change."""
    later = np.searchsorted(time, time + SPEED_S)
    here = np.flatnonzero(later < len(time))
    here = here[time[later[here]] - time[here] < 2 * SPEED_S]
    if not len(here):
        return float(np.polyfit(time, across, 1)[0])
    return float(np.median((across[later[here]] - across[here]) / (time[later[here]] - time[here])))
