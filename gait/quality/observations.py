"""From what was measured about a video to what a person should know about it. All thresholds live here."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import xarray as xr

from gait._typing import FloatArray
from gait.analysis.view_analysis import feet_out_of_picture
from gait.geometry.camera import YAW_WARN, Camera, keypoint_xy
from gait.metrics.grading import (
    COARSE_FPS,
    FAIR_STEPS,
    GOOD_STEPS,
    LOW_FPS,
    MAX_FEET_OUT,
    MIN_STEPS,
    PLAUSIBLE_CADENCE,
    SMALL_LEG_PX,
)
from gait.quality.camera_roll import Roll
from gait.quality.image_quality import ImageQuality
from gait.quality.quality_records import Observation, Verdict
from gait.quality.running_rate import GRAVITY, RunningRate
from gait.records import View
from gait.video.reader import VideoMeta

#: Share of frames that may be missing from the file's even rhythm. [E]
DROPPED = 0.05
#: Blur of the trunk. On rendered and real clips 0.34–0.53 as filmed; a Gaussian blur with a standard deviation of 1, 2
#: and 3 % of the leg gives 0.54–0.67, 0.70–0.80 and 0.78–0.86. A small clip at 0.73 shows no rhythm any more. [E]
BLURRED, VERY_BLURRED = 0.64, 0.72
#: A foot that is moving is blurred by so much more than the trunk, and at all. Rendered clips: −0.08 to 0.07 without
#: motion blur, 0.11 and 0.18 with a shutter open for 1/60 and 1/30 s; a phone in a dim garage 0.26. [E]
FOOT_MORE, FOOT_BLURRED = 0.09, 0.50
#: Median level of the runner (0–255). Rendered clips: 80–130 in a bright room, 44 at 0.3 of that light, 26 at 0.12,
#: where no rhythm is found any more; the dim garage of a real clip: 71. [E]
DIM, DARK = 48.0, 30.0
#: Share of the runner's part of the picture that is burnt out, and noise in levels. [E]
BURNT, NOISY = 0.35, 8.0
#: Camera roll, degrees: mentioned; and as large as the differences between runners that lean and drop speak of. [E]
ROLL_WARN, ROLL_BAD = 2.0, 5.0
#: From the runner alone, who need not be symmetric. [E]
RUNNER_ROLL_WARN = 5.0
#: Sway of the background in legs. On a tripod it reads 0.0001 to 0.0006; a hand moves a phone by some hundredths. [E]
SWAY_WARN = 0.01
#: How fast the runner moves against the background (legs/s) or grows in the picture (share/s). Running over ground is
#: 3 legs/s and more; drifting about on a belt is a tenth of that. [E]
OVERGROUND_SIDE, OVERGROUND_GROWTH = 1.0, 0.12
#: Free fall below this share of 9.81 m/s² is slow motion (1.5 times and more). On clips at true speed: 0.9–1.9. [E]
SLOW_FALL = 0.45
#: Ordinary running in steps/min, to guess by how much a slow video is slowed; and what a guess must lead to.
USUAL_CADENCE, BELIEVED_CADENCE = 165.0, (135.0, 205.0)
#: What to do about a video that is too short.
LONGER = "film at least 10 s of running, better 30 s"
#: Rates that phones film at, frames/s.
CAMERA_FPS = (60, 120, 240, 480, 960)
#: Share of pictures with other people in them that is mentioned (`gait.session`).
OTHERS = 0.05
#: Share of the picture's height that a runner may fill. [E]
FILLS = 0.95


@dataclass(frozen=True)
class Framing:
    """How the runner stands in the picture.

    Attributes
    ----------
    found : float
        Share of pictures in which the runner was found.
    feet_out, head_out : float
        Share of these in which a foot, the head lies outside the picture.
    fills : float
        Height from the highest to the lowest landmark over the picture's height.
    place : {"left", "middle", "right"}
        Where the runner is.
    """

    found: float
    feet_out: float
    head_out: float
    fills: float
    place: str


def framing_of(pose: xr.Dataset) -> Framing:
    """Measure how the runner stands in the picture."""
    position = pose.position.isel(individual=0).transpose("time", "keypoint", "space").values
    seen = np.isfinite(position).all(axis=(1, 2))
    width, height = float(pose.attrs["image_width"]), float(pose.attrs["image_height"])
    head = keypoint_xy(pose, "left_ear", "right_ear", "nose")[seen]
    out = (head[:, 0] < 0) | (head[:, 0] > width) | (head[:, 1] < 0)
    rows = position[seen, :, 1]
    across = float(np.median(position[seen, :, 0])) / width if seen.any() else 0.5
    return Framing(
        found=float(seen.mean()),
        feet_out=feet_out_of_picture(pose),
        head_out=float(out.mean()) if seen.any() else 1.0,
        fills=float(np.median(np.ptp(rows, axis=1))) / height if seen.any() else math.nan,
        place=("left", "middle", "right")[int(np.clip(across * 3, 0, 2))],
    )


def view_of(camera: Camera, declared: str) -> Observation:
    """Say from where the video was filmed."""
    direction = {"side": f"facing {camera.facing}", "rear": "running away", "front": "coming towards the camera"}
    seen = f"{camera.view} view, {direction[camera.view]}"
    ideal = _ideal(camera.view)
    yaw = camera.yaw_deg
    contradiction = next((text for text in camera.warnings if "declared" in text), None)
    if contradiction:
        verdict: Verdict = "watch" if camera.square else "bad"
        advice = f"leave out --view {declared}, or place the camera {ideal}"
        return Observation("view", contradiction.split(":")[0], verdict, advice, yaw, "deg")
    if not camera.square:
        seen = f"oblique {seen}, the camera about {yaw:.0f}° off, too far for angles"
        return Observation("view", seen, "bad", f"place the camera {ideal}", yaw, "deg")
    if yaw > YAW_WARN:
        seen = f"{seen}, the camera about {yaw:.0f}° off"
        return Observation("view", seen, "watch", f"place the camera {ideal}", yaw, "deg")
    return Observation("view", f"{seen}, square", value=yaw, unit="deg")


def _ideal(view: View) -> str:
    return "square to the treadmill" if view == "side" else f"straight {'behind' if view == 'rear' else 'in front'}"


def framing(framed: Framing, camera: Camera) -> Observation:
    """Say whether the whole runner is in the picture, and large enough."""
    back = "move the camera back until the whole body is in the picture"
    if framed.feet_out > MAX_FEET_OUT / 3:
        seen = f"a foot is outside the picture in {100 * framed.feet_out:.0f} % of the frames"
        bad = framed.feet_out > MAX_FEET_OUT
        return Observation("framing", seen, "bad" if bad else "watch", back, framed.feet_out)
    if framed.found < 0.95:
        seen = f"the runner was found in {100 * framed.found:.0f} % of the frames only"
        advice = "keep the runner in the picture all the time, with more light and nothing in front"
        return Observation("framing", seen, "bad" if framed.found < 0.5 else "watch", advice, framed.found)
    if camera.leg_px < SMALL_LEG_PX:
        seen = f"the runner is small in the picture (leg {camera.leg_px:.0f} pixels)"
        return Observation("framing", seen, "watch", "come closer or film at a higher resolution", camera.leg_px, "px")
    if framed.head_out > 0.05:
        seen = f"the head is outside the picture in {100 * framed.head_out:.0f} % of the frames"
        return Observation("framing", seen, "watch", back, framed.head_out)
    if framed.fills > FILLS:
        seen = "the runner fills the picture from top to bottom"
        return Observation("framing", seen, "watch", "leave room round head and feet", framed.fills)
    seen = f"whole body, {100 * framed.fills:.0f} % of the picture's height, leg {camera.leg_px:.0f} pixels"
    return Observation("framing", seen, value=camera.leg_px, unit="px")


def frame_rate(meta: VideoMeta, times: FloatArray, capture_fps: float) -> Observation:
    """Say how fast reality was sampled, and how evenly."""
    intervals = np.diff(times) * meta.fps
    dropped = float(np.sum(np.round(intervals) - 1) / max(len(times), 1)) if len(intervals) else 0.0
    seen = f"{capture_fps:.4g} frames/s"
    if abs(capture_fps / meta.fps - 1) > 0.02:
        seen += f", played at {meta.fps:.4g}"
    if capture_fps < LOW_FPS:
        seen += ", too coarse for contact and flight times"
        return Observation("frame rate", seen, "bad", "film at 60 frames/s or more", capture_fps, "1/s")
    if capture_fps < COARSE_FPS:
        seen += ", coarse for contact and flight times"
        return Observation("frame rate", seen, "watch", "film at 60 frames/s or more", capture_fps, "1/s")
    if dropped > DROPPED:
        seen += f", {100 * dropped:.0f} % of the frames are missing"
        advice = "close other apps while filming, and do not send the video through a messenger"
        return Observation("frame rate", seen, "watch", advice, capture_fps, "1/s")
    if meta.variable_frame_rate:
        seen += ", uneven (true times are used)"
    return Observation("frame rate", seen, value=capture_fps, unit="1/s")


def length(duration_s: float, rhythm: RunningRate | None) -> Observation:
    """Say how many steps there are to average over; ``duration_s`` in real time."""
    if rhythm is None:
        seen = f"{duration_s:.1f} s"
        if duration_s < MIN_STEPS * 120 / USUAL_CADENCE:
            seen = f"{seen}, too short to find a rhythm"
            return Observation("length", seen, "bad", LONGER, duration_s, "s")
        return Observation("length", seen, value=duration_s, unit="s")
    steps = steps_per_leg(duration_s, rhythm)
    seen = f"{duration_s:.0f} s, some {steps:.0f} steps a leg"
    if round(steps) < MIN_STEPS:
        return Observation("length", seen, "bad", LONGER, duration_s, "s")
    if steps < GOOD_STEPS:
        seen += ", few" if steps < FAIR_STEPS else ""
        advice = f"film 30 s, {GOOD_STEPS} steps a leg make a number reliable"
        return Observation("length", seen, "watch", advice, duration_s, "s")
    return Observation("length", seen, value=duration_s, unit="s")


def steps_per_leg(duration_s: float, rhythm: RunningRate) -> float:
    """Return how many steps of each leg a video holds."""
    return duration_s * rhythm.cadence / 120


def sharpness(look: ImageQuality) -> Observation:
    """Say whether the runner is in focus and the lens clean."""
    blur = look.blur
    if not math.isfinite(blur):
        return Observation("sharpness", "the runner is too small to tell")
    advice = "clean the lens, tap on the runner to focus, keep the phone still"
    if blur >= VERY_BLURRED:
        return Observation("sharpness", f"the runner is very blurred ({blur:.2f} of 1)", "bad", advice, blur)
    if blur >= BLURRED:
        return Observation("sharpness", f"the runner is blurred ({blur:.2f} of 1)", "watch", advice, blur)
    return Observation("sharpness", f"sharp (blur {blur:.2f} of 1)", value=blur)


def foot_blur(look: ImageQuality) -> Observation | None:
    """Say whether moving feet are smeared; ``None`` where that cannot be told."""
    more = look.foot_blur - look.blur
    if not math.isfinite(more):
        return None
    if more > FOOT_MORE and look.foot_blur > FOOT_BLURRED and look.blur < BLURRED:
        seen = f"moving feet are smeared (blur {look.foot_blur:.2f}, the trunk {look.blur:.2f})"
        advice = "more light, or a higher frame rate; both shorten the exposure"
        return Observation("foot blur", seen, "watch", advice, look.foot_blur)
    return Observation("foot blur", f"feet about as sharp as the trunk ({look.foot_blur:.2f})", value=look.foot_blur)


def light(look: ImageQuality) -> Observation:
    """Say whether there is enough light on the runner, and not too much."""
    level = look.brightness
    seen = f"runner at level {level:.0f} of 255"
    if not math.isfinite(level):
        return Observation("light", "cannot be told without the runner")
    if level < DARK:
        return Observation("light", f"very dark, {seen}", "bad", "switch on more lights or film by day", level)
    if level < DIM:
        return Observation("light", f"dim, {seen}", "watch", "switch on more lights or film by day", level)
    if look.clipped > BURNT:
        seen = f"{100 * look.clipped:.0f} % of the runner's part of the picture is burnt out"
        return Observation("light", seen, "watch", "no window or lamp behind the runner", level)
    if look.noise > NOISY:
        return Observation("light", f"noisy (±{look.noise:.0f} levels)", "watch", "more light", level)
    return Observation("light", f"enough, {seen}", value=level)


def tilt(structures: Roll | None, runner: Roll | None) -> Observation:
    """Say whether the camera is level, and from what that is known."""
    roll = structures if structures is not None and structures.sure else runner
    advice = "level the phone: line up a door or a wall with the edge of the picture"
    if roll is None:
        return Observation("tilt", "cannot be told, nothing upright to go by")
    way = "counter-clockwise" if roll.degrees > 0 else "clockwise"
    size = abs(roll.degrees)
    if roll.source == "runner":
        if size > RUNNER_ROLL_WARN:
            seen = f"the runner leans {size:.0f}° sideways (a tilted camera, or the runner)"
            return Observation("tilt", seen, "watch", advice, roll.degrees, "deg")
        return Observation("tilt", f"level as far as the runner tells (±{1.96 * roll.error:.0f}°)")
    sure = f"±{max(1.96 * roll.error, 0.5):.1f}°, from upright lines"
    if size > ROLL_WARN:
        seen = f"the picture is turned {size:.1f}° {way} ({sure})"
        return Observation("tilt", seen, "bad" if size > ROLL_BAD else "watch", advice, roll.degrees, "deg")
    return Observation("tilt", f"level, {size:.1f}° off ({sure})", value=roll.degrees, unit="deg")


def speed(rhythm: RunningRate | None, capture_fps: float) -> Observation:
    """Say whether time in the video is real: cadence, and how fast the body falls in flight."""
    if rhythm is None:
        advice = "film one runner, whole body, from a phone that stands still"
        return Observation("speed", "no running rhythm found", "bad", advice)
    cadence, fall = rhythm.cadence, rhythm.fall
    seen = f"{cadence:.0f} steps/min"
    low, high = PLAUSIBLE_CADENCE
    if cadence > high:
        seen = f"{seen} is faster than anybody runs (a sped-up video, or not running)"
        return Observation("speed", seen, "bad", "give the camera's rate with --capture-fps", cadence, "steps/min")
    if cadence < low:
        slowed = 1 / math.sqrt(fall) if fall is not None and fall > 0 else USUAL_CADENCE / cadence
        if BELIEVED_CADENCE[0] <= cadence * slowed <= BELIEVED_CADENCE[1] or cadence < low / 2:
            seen += " and a body that falls too slowly" if fall is not None and fall < SLOW_FALL else ""
            seen += f", as in slow motion some {USUAL_CADENCE / cadence:.1f} times slower than life"
        else:
            seen += ", as in slow motion or walking"
        rate = min(CAMERA_FPS, key=lambda r: abs(math.log(r / (capture_fps * USUAL_CADENCE / cadence))))
        advice = f"for slow motion give the camera's true rate, e.g. --capture-fps {rate}"
        return Observation("speed", seen, "bad", advice, cadence, "steps/min")
    if fall is not None and fall < SLOW_FALL:
        seen += f", but the body falls with {fall * GRAVITY:.1f} m/s² only, perhaps slow motion"
        return Observation("speed", seen, "watch", "for slow motion give --capture-fps", cadence, "steps/min")
    return Observation("speed", f"{seen}, as at normal speed", value=cadence, unit="steps/min")


def people(pose: xr.Dataset, place: str) -> Observation:
    """Say who else is in the picture, and who is measured; ``pose`` is that of `gait.quality.frame_sampling.Sample`."""
    share = float(pose.attrs["bystander_share"])
    if share <= OTHERS:
        return Observation("people", "one", value=0.0)
    count = int(pose.attrs["most_others"])
    others = "somebody else is" if count <= 1 else f"up to {count} others are"
    seen = f"{others} in {100 * share:.0f} % of the pictures; measured is who runs ({place} of the picture)"
    return Observation("people", seen, "watch", "film the runner alone", share)


def camera_movement(look: ImageQuality) -> Observation:
    """Say whether the camera stands still."""
    advice = "put the phone on a tripod or a shelf"
    if not math.isfinite(look.sway):
        if abs(look.pan) > OVERGROUND_SIDE:
            return Observation("camera", "the camera pans", "watch", advice)
        return Observation("camera", "cannot be told, the background shows too little")
    if look.sway > SWAY_WARN:
        seen = f"the camera moves, by {100 * look.sway:.0f} % of a leg"
        return Observation("camera", seen, "watch", advice, look.sway, "legs")
    return Observation("camera", "stands still", value=look.sway, unit="legs")


def place(stretch: xr.Dataset, camera: Camera, look: ImageQuality) -> Observation:
    """Say whether the runner stays in place, as on a treadmill, or runs over ground."""
    time = np.asarray(stretch.time.values, dtype=float)
    across = keypoint_xy(stretch, "left_hip", "right_hip")[:, 0] / camera.leg_px
    size = np.linalg.norm(
        keypoint_xy(stretch, "left_shoulder", "right_shoulder") - keypoint_xy(stretch, "left_hip", "right_hip"), axis=1
    )
    good = np.isfinite(across) & (size > 0)
    if good.sum() < 8 or np.ptp(time[good]) < 0.4:
        return Observation("place", "cannot be told, the runner is seen too shortly")
    pan = look.pan if math.isfinite(look.pan) else 0.0
    moved = float(np.polyfit(time[good], across[good], 1)[0]) - pan
    grown = float(np.polyfit(time[good], np.log(size[good]), 1)[0])
    if abs(moved) > OVERGROUND_SIDE or (camera.view != "side" and abs(grown) > OVERGROUND_GROWTH):
        seen = "the runner moves over ground"
        return Observation("place", seen, "bad", "film on a treadmill: events are read off its belt", moved, "legs/s")
    return Observation("place", "the runner stays in place, as on a treadmill", value=moved, unit="legs/s")
