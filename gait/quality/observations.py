"""What a person should know about how a video was filmed. All thresholds of the check are here."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import xarray as xr

from gait._typing import FloatArray
from gait.analysis.motion_kind import FILM_RUNNER
from gait.analysis.view_analysis import WARN_FEET_OUT
from gait.analysis.view_setup import feet_outside_share
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
from gait.records import View
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
FILM_LONGER = "film at least 10 s of running, better 30 s"
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
    direction = {"side": f"facing {camera.facing}", "rear": "running away", "front": "coming towards the camera"}
    text = f"{camera.view} view, {direction[camera.view]}"
    ideal = _ideal_position(camera.view)
    yaw = camera.yaw_deg
    contradiction = next((text for text in camera.warnings if "declared" in text), None)
    if contradiction:
        verdict: FilmingVerdict = "watch" if camera.square else "bad"
        advice = f"let the program find the view, or place the camera {ideal}"
        return Observation("view", contradiction.split(":")[0], verdict, advice, yaw, "deg", "view_contradicted")
    if not camera.square:
        text = f"oblique {text}, the camera about {yaw:.0f}° off, too far for angles"
        return Observation("view", text, "bad", f"place the camera {ideal}", yaw, "deg")
    if yaw > WARN_YAW_DEG:
        text = f"{text}, the camera about {yaw:.0f}° off"
        return Observation("view", text, "watch", f"place the camera {ideal}", yaw, "deg")
    return Observation("view", f"{text}, square", value=yaw, unit="deg")


def _ideal_position(view: View) -> str:
    return "square to the treadmill" if view == "side" else f"straight {'behind' if view == 'rear' else 'in front'}"


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
    back = "move the camera back until the whole body is in the picture"
    if framing.feet_out > WARN_FEET_OUT:
        text = f"a foot is outside the picture in {100 * framing.feet_out:.0f} % of the frames"
        bad = framing.feet_out > MAX_FEET_OUT
        return Observation("framing", text, "bad" if bad else "watch", back, framing.feet_out)
    if framing.found < FOUND_WARN:
        text = f"the runner was found in only {100 * framing.found:.0f} % of the frames"
        advice = "keep the runner in the picture all the time, with more light and nothing in front"
        return Observation("framing", text, "bad" if framing.found < FOUND_BAD else "watch", advice, framing.found)
    if camera.leg_px < SMALL_LEG_PX:
        text = f"the runner is small in the picture (leg {camera.leg_px:.0f} pixels)"
        return Observation("framing", text, "watch", "come closer or film at a higher resolution", camera.leg_px, "px")
    if framing.head_out > MAX_HEAD_OUT:
        text = f"the head is outside the picture in {100 * framing.head_out:.0f} % of the frames"
        return Observation("framing", text, "watch", back, framing.head_out)
    if framing.height_share > MAX_HEIGHT_SHARE:
        text = "the runner fills the picture from top to bottom"
        return Observation("framing", text, "watch", "leave room around head and feet", framing.height_share)
    text = f"whole body, {100 * framing.height_share:.0f} % of the picture's height, leg {camera.leg_px:.0f} pixels"
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
        text = "two half pictures, taken one after the other, are woven into one (interlaced)"
        return Observation("pictures", text, "bad", "export the video deinterlaced", combing, code="interlaced")
    share = stretch.duration_s
    if stretch.faults and stretch.duration_s <= 0:
        advice = "give the video as the camera recorded it"
        return Observation("pictures", stretch.fault_text, "bad", advice, share, "s", "pictures_unusable")
    notice = stretch.notice
    if notice is None:
        return Observation("pictures", "follow each other as a camera takes them", value=share, unit="s")
    return Observation("pictures", notice, "watch", "give the video as the camera recorded it", share, "s")


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
    text = f"{capture_fps:.4g} frames/s"
    if abs(capture_fps / meta.fps - 1) > 0.02:
        text += f", played at {meta.fps:.4g}"
    if repeated_share:
        text += f", of which {100 * repeated_share:.0f} % show the picture before once more: "
        capture_fps *= 1 - repeated_share
        text += f"{capture_fps:.0f} pictures/s"
    if capture_fps < LOW_FPS:
        text += ", too low for contact and flight times"
        return Observation("frame rate", text, "bad", "film at 60 frames/s or more", capture_fps, "1/s")
    if capture_fps < COARSE_FPS:
        text += ", low for contact and flight times"
        return Observation("frame rate", text, "watch", "film at 60 frames/s or more", capture_fps, "1/s")
    if repeated_share:
        advice = "give the video as the camera recorded it, at 60 frames/s or more"
        return Observation("frame rate", text, "watch", advice, capture_fps, "1/s", "repeated_pictures")
    if dropped > MAX_DROPPED:
        text += f", {100 * dropped:.0f} % of the frames are missing"
        advice = "close other apps while filming, and do not send the video through a messenger"
        return Observation("frame rate", text, "watch", advice, capture_fps, "1/s")
    if meta.variable_frame_rate:
        text += ", uneven (true times are used)"
    return Observation("frame rate", text, value=capture_fps, unit="1/s")


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
        text = f"{duration_s:.1f} s"
        if duration_s < MIN_STEPS * 120 / USUAL_CADENCE:
            return Observation("length", _too_few_steps(duration_s), "bad", FILM_LONGER, duration_s, "s")
        return Observation("length", text, value=duration_s, unit="s")
    steps = steps_per_leg(duration_s, rate)
    text = f"{duration_s:.0f} s, about {steps:.0f} steps a leg"
    if round(steps) < MIN_STEPS:
        return Observation("length", _too_few_steps(duration_s), "bad", FILM_LONGER, duration_s, "s")
    if steps < GOOD_STEPS:
        text += ", few" if steps < FAIR_STEPS else ""
        advice = f"film 30 s: {GOOD_STEPS} steps a leg make a number reliable"
        return Observation("length", text, "watch", advice, duration_s, "s")
    return Observation("length", text, value=duration_s, unit="s")


def _too_few_steps(duration_s: float) -> str:
    return f"{duration_s:.1f} s, fewer than {MIN_STEPS} steps of each leg"


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
        return Observation("sharpness", "unknown, the runner is too small")
    advice = "clean the lens, tap on the runner to focus, keep the phone still"
    if blur >= VERY_BLURRED:
        return Observation("sharpness", f"the runner is very blurred ({blur:.2f} of 1)", "bad", advice, blur)
    if blur >= BLURRED:
        return Observation("sharpness", f"the runner is blurred ({blur:.2f} of 1)", "watch", advice, blur)
    return Observation("sharpness", f"sharp (blur {blur:.2f} of 1)", value=blur)


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
        text = f"moving feet are smeared (blur {blur:.2f}, trunk {quality.blur:.2f})"
        advice = "use more light or a higher frame rate; both shorten the exposure"
        return Observation("foot blur", text, "watch", advice, blur)
    return Observation("foot blur", f"feet about as sharp as the trunk ({blur:.2f})", value=blur)


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
    text = f"runner at level {level:.0f} of 255"
    if not math.isfinite(level):
        return Observation("light", "unknown without the runner")
    if level < DARK:
        return Observation("light", f"very dark, {text}", "bad", "switch on more lights or film by day", level)
    if level < DIM:
        return Observation("light", f"dim, {text}", "watch", "switch on more lights or film by day", level)
    if quality.clipped > MAX_CLIPPED:
        text = f"{100 * quality.clipped:.0f} % of the runner is overexposed"
        return Observation("light", text, "watch", "film without a window or lamp behind the runner", level)
    if quality.noise > MAX_NOISE:
        return Observation("light", f"noisy (±{quality.noise:.0f} levels)", "watch", "use more light", level)
    return Observation("light", f"enough, {text}", value=level)


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
    advice = "level the phone: line up a door or a wall with the edge of the picture"
    if roll is None:
        return Observation("tilt", "no upright lines show whether the camera is level", known=False)
    way = "counter-clockwise" if roll.degrees > 0 else "clockwise"
    size = abs(roll.degrees)
    if roll.source == "runner":
        if size > RUNNER_ROLL_WARN:
            text = f"the runner leans {size:.0f}° sideways (the camera is tilted, or the runner leans)"
            return Observation("tilt", text, "watch", advice, roll.degrees, "deg")
        return Observation("tilt", f"level, judged by the runner alone (±{1.96 * roll.error:.0f}°)")
    certainty = f"±{max(1.96 * roll.error, 0.5):.1f}°, from upright lines"
    if size > ROLL_WARN:
        text = f"the picture is turned {size:.1f}° {way} ({certainty})"
        return Observation("tilt", text, "bad" if size > ROLL_BAD else "watch", advice, roll.degrees, "deg")
    return Observation("tilt", f"level, {size:.1f}° off ({certainty})", value=roll.degrees, unit="deg")


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
        advice = "film one runner, whole body, from a phone that stands still"
        return Observation("speed", "no running steps found", "bad", advice)
    cadence, fall = rate.cadence, rate.fall
    text = f"{cadence:.0f} steps/min"
    low, high = PLAUSIBLE_CADENCE
    if cadence > high:
        text = f"{text}, faster than anybody runs (the video plays faster than life)"
        advice = "give the video at its own speed, or the camera's true frame rate"
        return Observation("speed", text, "bad", advice, cadence, "steps/min", "implausible_cadence")
    if cadence < low:
        corrected_low, corrected_high = PLAUSIBLE_CORRECTED_CADENCE
        slow = fall is not None and 0 < fall < SLOW_FALL
        if not slow or not corrected_low <= cadence / math.sqrt(fall or 1) <= corrected_high:
            # Nothing says that this is slow motion. In walking the body does not fall freely either.
            text += ", too slow for running, as in walking"
            advice = "film steady running on a treadmill; for slow motion, give the camera's true frame rate"
            return Observation("speed", text, "bad", advice, cadence, "steps/min", "slow_cadence")
        text += f" and a body that falls with only {(fall or 0) * GRAVITY:.1f} m/s²"
        text += f", as in slow motion, about {USUAL_CADENCE / cadence:.1f} times slower than life"
        fps = min(CAMERA_FPS, key=lambda r: abs(math.log(r / (capture_fps * USUAL_CADENCE / cadence))))
        advice = f"for slow motion, give the camera's true frame rate, perhaps {fps} frames/s"
        return Observation("speed", text, "bad", advice, cadence, "steps/min", "slow_motion_suspected")
    if cadence > SUSPICIOUS_CADENCE or (cadence > FAST_CADENCE and fall is not None and fall > FAST_FALL):
        text += ", as only sprinters run: perhaps the video plays faster than life"
        advice = "check that the video plays at its own speed"
        return Observation("speed", text, "watch", advice, cadence, "steps/min", "fast_motion_suspected")
    if fall is not None and fall < SLOW_FALL:
        text += f", but the body falls with only {fall * GRAVITY:.1f} m/s²: perhaps slow motion"
        advice = "for slow motion, give the camera's true frame rate"
        return Observation("speed", text, "watch", advice, cadence, "steps/min", "slow_motion_suspected")
    return Observation("speed", f"{text}, as at normal speed", value=cadence, unit="steps/min")


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
    text, _, advice = refusal.reason.partition(f": {FILM_RUNNER}")
    return (Observation("motion", text, "bad", advice or FILM_RUNNER, code=refusal.code),)


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
        return Observation("people", "one", value=0.0)
    count = int(pose.attrs["most_others"])
    others = "somebody else is" if count <= 1 else f"up to {count} others are"
    where = "in the middle" if position == "middle" else f"on the {position}"
    text = f"{others} in {100 * share:.0f} % of the frames; the runner {where} of the picture is measured"
    return Observation("people", text, "watch", "film the runner alone", share)


def observe_camera_movement(quality: ImageQuality) -> Observation:
    """Check whether the camera stands still.

    Parameters
    ----------
    quality : ImageQuality

    Returns
    -------
    Observation
    """
    advice = "put the phone on a tripod or a shelf"
    if follows_runner(quality):
        text = f"the camera moves along: the picture around the runner passes at {quality.background_speed:.1f} legs/s"
        return Observation("camera", text, "watch", advice, quality.background_speed, "legs/s")
    if not math.isfinite(quality.sway):
        if abs(quality.pan) > OVERGROUND_SPEED:
            return Observation("camera", "the camera pans", "watch", advice)
        return Observation("camera", "unknown, the background has too little detail")
    if quality.sway > SWAY_WARN:
        text = f"the camera moves by {100 * quality.sway:.0f} % of a leg"
        return Observation("camera", text, "watch", advice, quality.sway, "legs")
    return Observation("camera", "stands still", value=quality.sway, unit="legs")


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
    advice = "film on a treadmill: the moving belt shows when each foot is on the ground"
    if follows_runner(quality):
        text = "the runner moves over ground, and the camera along: no belt, so no speed is read"
        return Observation("place", text, "bad", advice, quality.background_speed, "legs/s", OVER_GROUND)
    if good.sum() < 8 or np.ptp(time[good]) < 0.4:
        return Observation("place", "unknown, the runner is visible for too short a time")
    pan = quality.pan if math.isfinite(quality.pan) else 0.0
    moved = _usual_speed(time[good], across[good]) - pan
    grown = float(np.polyfit(time[good], np.log(size[good]), 1)[0])
    if abs(moved) > OVERGROUND_SPEED or (camera.view != "side" and abs(grown) > OVERGROUND_GROWTH):
        text = "the runner moves over ground: no belt, so no speed is read"
        return Observation("place", text, "bad", advice, moved, "legs/s", OVER_GROUND)
    return Observation("place", "the runner stays in place", value=moved, unit="legs/s")


def _usual_speed(time: FloatArray, across: FloatArray) -> float:
    """Return the median speed over about half a second, legs/s, which gaps and a second passage do not change."""
    later = np.searchsorted(time, time + SPEED_S)
    here = np.flatnonzero(later < len(time))
    here = here[time[later[here]] - time[here] < 2 * SPEED_S]
    if not len(here):
        return float(np.polyfit(time, across, 1)[0])
    return float(np.median((across[later[here]] - across[here]) / (time[later[here]] - time[here])))
