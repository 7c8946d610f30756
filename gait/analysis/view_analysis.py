"""From the poses of one video to its measurements: the kinematics stage in one call."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from gait._typing import FloatArray
from gait.analysis.chunks import OVERLAP_S, MeasuredSteps, is_long, measure_in_chunks, sample_frames
from gait.errors import RefusedError
from gait.events.detection import ShoeContactShift, locate_events, shoe_contact_shift
from gait.events.shoe_landing import foot_motion, is_followed, sides_followed
from gait.events.steps import find_steps
from gait.events.stride_model import BLEND_WEIGHT, EVENT_KINDS, leg_view, legs_followed, model_in_use
from gait.events.stride_model import STRIDE_METRICS as WHOLE_STRIDE
from gait.geometry.camera import Camera, find_camera, keypoint_xy, with_scale
from gait.geometry.keypoint_tracks import KeypointTracks
from gait.metrics.frontal import SKEW, is_marked, skew_behind, wrist_past_midline
from gait.metrics.grading import (
    COARSE_FPS,
    MAX_FEET_OUT,
    MIN_STEPS,
    PLAUSIBLE_CADENCE,
    SMALL_LEG_PX,
    Conditions,
    feet_outside,
)
from gait.metrics.register import METRICS, PELVIS, SHOE, TIMING, MetricSpec, calibrated_error, missing_keypoints
from gait.pose.frame_rates import FrameRates
from gait.records import Grade, Measurement, Runner, Side, VideoInfo, View
from gait.signal.cleaning import CleanedPose, clean_keypoints
from gait.signal.intervals import Estimate, line_fit, mean_interval
from gait.signal.mean_stride import MeanStride

#: Speed of ankle and heel in stance over the belt's: mean and standard deviation on rendered runners (0.957 and 0.976
#: on the exact joints of recorded and planned motion: the foot rolls).
BELT_RATIO, BELT_RATIO_SD = 0.965, 0.05
#: Mean knee flexion at contact below which the knee's landmark is wrong, degrees. Healthy runners land with 10 ± 5, and
#: standing straight reads −2 ± 5 by the placement of markers alone (force-plate runners). [E]
LEAST_KNEE_FLEXION_DEG = -5.0
#: What rests on the knee's landmark.
KNEE = ["tibia_angle", "knee_flexion_contact", "knee_flexion_stance", "hip_extension"]
#: What rests on any landmark of the legs.
LEG_METRICS = (*KNEE, "overstride", "foot_strike_angle", "foot_pickup", "step_width", "knee_window")
#: Somebody else in more than this share of the pictures leads legs astray: a foot that swings back before them. [E]
CROWDED = 0.3
#: Steps this close to the ends of a clip, in strides, do not count for the cadence. [E]
EDGE_STRIDES = 0.4
#: Contacts farther apart than so many strides have a pause between them. [E]
AWAY_STRIDES = 2.0


@dataclass(frozen=True)
class ViewAnalysis:
    """Everything measured from one video.

    Attributes
    ----------
    info : VideoInfo
    pose : xarray.Dataset
        As estimated.
    clean : xarray.Dataset
        Labels repaired, smoothed, gaps marked; see `gait.signal.cleaning.clean_pose`.
    camera : Camera
    events : pandas.DataFrame
        ``side, kind, time_s, uncertainty_s``.
    steps : pandas.DataFrame
        One row a step: ``step, side, contact_s, toe_off_s`` and one column per metric.
    measurements : tuple of Measurement
    belt_speed_mps : (float, float) or None
        Range of the belt's speed (95 %), m/s; from the side and with a scale only.
    """

    info: VideoInfo
    pose: xr.Dataset
    clean: xr.Dataset
    camera: Camera
    events: pd.DataFrame
    steps: pd.DataFrame
    measurements: tuple[Measurement, ...]
    belt_speed_mps: tuple[float, float] | None = None


def analyze_pose(
    pose: xr.Dataset,
    *,
    runner: Runner | None = None,
    view: Literal["auto", "side", "rear", "front"] = "auto",
    video: int = 0,
    corrected: bool = True,
    keep: str | os.PathLike[str] | None = None,
) -> ViewAnalysis:
    """Measure running form from the poses of one video.

    Parameters
    ----------
    pose : xarray.Dataset
        Pose dataset; `gait.pose.frame_rates.Rates` reads from its attributes how fast reality, file and poses go.
    runner : Runner, optional
        Height or leg length give the scale, speed checks it.
    view : {"auto", "side", "rear", "front"}
    video : int
        Number of the video in the session, for the measurements.
    corrected : bool
        ``False`` leaves out all that is known of the method's own errors: nothing is taken off, intervals hold the
        steps' variation only, and no metric is refused for being inexact. For measuring those errors.
    keep : path, optional
        File for the clean dataset of a clip that is too long to be measured at once (`gait.analysis.chunks`), so
        that it need not fit into memory. Not made for a shorter clip.

    Returns
    -------
    ViewAnalysis

    Raises
    ------
    InputError
        Unknown ``view``.
    RefusedError
        Nothing can be measured: nobody runs, too short, feet out of the picture. The message says what to film.

    Examples
    --------
    >>> from gait import load_pose
    >>> view = analyze_pose(load_pose("notebooks/data/side.nc"), runner=Runner(height_m=1.70))
    >>> cadence = view.measurements[0]
    >>> cadence.key, round(cadence.value), cadence.unit, cadence.steps, cadence.grade
    ('cadence', 150, 'steps/min', 25, 'fair')
    """
    runner = runner or Runner()
    rates = FrameRates.of(pose)
    setting = inspect_view(pose, runner=runner, view=view)
    # The shoes of a long clip are followed in its middle only: what that shows of contact holds for all of it.
    landings = _landings(pose, setting.camera, rates) if is_long(pose) else None

    def measure(piece: xr.Dataset) -> MeasuredSteps:
        cleaned = clean_or_refuse(piece, setting.camera)
        events, strides = locate_events(cleaned, setting.camera, time_factor=rates.time_factor, landings=landings)
        return measure_steps(cleaned, setting.camera, rates, events, strides, corrected=corrected)

    whole = measure_in_chunks(pose, measure, keep=keep) if is_long(pose) else measure(pose.load())
    return grade_view(whole, pose, setting, runner=runner, video=video, corrected=corrected)


@dataclass(frozen=True)
class ViewSetup:
    """What is known of a video before its steps are.

    Attributes
    ----------
    camera : Camera
        With the runner's scale.
    detected : float
        Share of the frames in which the runner was found.
    feet_out : float
        Share of these in which a foot is outside the picture.
    """

    camera: Camera
    detected: float
    feet_out: float


def inspect_view(
    pose: xr.Dataset, *, runner: Runner, view: Literal["auto", "side", "rear", "front"] = "auto"
) -> ViewSetup:
    """Find the camera, and refuse what cannot be measured; parameters and errors as in :func:`analyze_pose`."""
    sample, found = sample_frames(pose)
    camera = with_scale(find_camera(sample, view=view), height_m=runner.height_m, leg_length_m=runner.leg_length_m)
    feet_out = feet_out_of_picture(sample)
    if feet_out > 0.5:
        raise RefusedError(
            f"the feet are outside the picture in {100 * feet_out:.0f} % of the frames: "
            "move the camera back until the whole body is in the picture"
        )
    return ViewSetup(camera, found / pose.sizes["time"], feet_out)


def grade_view(
    whole: MeasuredSteps,
    pose: xr.Dataset,
    setting: ViewSetup,
    *,
    runner: Runner,
    video: int = 0,
    corrected: bool = True,
) -> ViewAnalysis:
    """Turn the steps of a video into graded measurements or refusals.

    Parameters
    ----------
    whole : MeasuredSteps
        Of the whole video.
    pose : xarray.Dataset
        As estimated.
    setting : ViewSetup
    runner, video, corrected
        As in :func:`analyze_pose`.
    """
    rates, camera, feet_out, detected = FrameRates.of(pose), setting.camera, setting.feet_out, setting.detected
    time_factor = rates.time_factor
    cleaned, events, steps = whole.cleaned, whole.events, whole.steps
    tracks = KeypointTracks(cleaned.pose, camera)
    cadence, _ = cadence_of(events, cleaned, time_factor)
    warnings = [*camera.warnings, *whole.warnings, *dict.fromkeys(whole.reasons.values())]
    warnings += _warnings(detected, cleaned, camera, cadence, rates.sampled_fps, feet_out)
    belt = whole.belt_mps
    belt_range = None
    if belt is not None and camera.m_per_px is not None:
        cleaned.pose.attrs["belt_speed_mps"] = belt
        belt_range = (belt / (BELT_RATIO + 1.96 * BELT_RATIO_SD), belt / (BELT_RATIO - 1.96 * BELT_RATIO_SD))
    if belt_range is not None and runner.speed_mps and not belt_range[0] <= runner.speed_mps <= belt_range[1]:
        warnings.append(
            f"the belt seems to move at {3.6 * belt_range[0]:.1f} to {3.6 * belt_range[1]:.1f} km/h, "
            f"{3.6 * runner.speed_mps:.1f} km/h was given: check height, speed and whether this is slow motion"
        )
    info = VideoInfo(
        file=str(pose.attrs["source_file"]),
        view=camera.view,
        facing=camera.facing,
        playback_fps=rates.playback_fps,
        capture_fps=rates.capture_fps,
        duration_s=_duration(pose),
        frames=int(pose.attrs.get("video_frames", pose.sizes["time"])),
        width=int(pose.attrs["image_width"]),
        height=int(pose.attrs["image_height"]),
        detected_fraction=detected,
        swapped_frames_repaired=int(cleaned.swapped.sum()),
        engine=str(pose.attrs["engine"]),
        warnings=tuple(warnings),
    )
    conditions = Conditions(
        camera,
        info.engine,
        rates.sampled_fps,
        cadence,
        feet_out,
        detected,
        cleaned.filled_fraction,
        corrected,
        marked=is_marked(tracks),
        followed=sides_followed(cleaned.pose),
    )
    judge = _MeasurementBuilder(conditions, cleaned, video, tracks, whole.reasons)
    measurements = tuple(m for metric in METRICS for m in judge.measure(metric, events, steps, time_factor))
    return ViewAnalysis(info, pose, cleaned.pose, camera, events, steps, measurements, belt_range)


def _landings(pose: xr.Dataset, camera: Camera, rates: FrameRates) -> dict[str, ShoeContactShift | None]:
    """Say by side what the pictures of the shoes add to the contacts of a clip, where they were followed in a part."""
    motions = {side: motion for side in sides_followed(pose) if (motion := foot_motion(pose, side)) is not None}
    if not motions or camera.view != "side":
        return {}
    time = np.asarray(pose.time.values, dtype=float)
    known = time[np.any([np.isfinite(motion.turn) for motion in motions.values()], axis=0)]
    around = OVERLAP_S / rates.time_factor
    part = pose.isel(time=(time >= known[0] - around) & (time <= known[-1] + around)).load()
    try:
        cleaned = clean_or_refuse(part, camera)
    except RefusedError:
        return {}
    events, _ = locate_events(cleaned, camera, time_factor=rates.time_factor, landings={})
    contacts = events[events.kind == "contact"]
    return {
        side: shoe_contact_shift(
            cleaned,
            camera,
            side,
            contacts.time_s[contacts.side == side].to_numpy(dtype=float),
            time_factor=rates.time_factor,
        )
        for side in motions
    }


def clean_or_refuse(pose: xr.Dataset, camera: Camera) -> CleanedPose:
    """Clean poses in memory, and refuse what is too short; see `gait.signal.cleaning.clean_pose`."""
    cleaned = clean_keypoints(pose, camera)
    if cleaned.phase.strides < MIN_STEPS:
        raise RefusedError(
            f"only {cleaned.phase.strides:.1f} strides in {_duration(pose):.1f} s, at least {MIN_STEPS} are needed: "
            "film at least 10 s of steady running, better 30 s"
        )
    return cleaned


def measure_steps(
    cleaned: CleanedPose,
    camera: Camera,
    rates: FrameRates,
    events: pd.DataFrame,
    strides: Mapping[str, MeanStride],
    *,
    corrected: bool = True,
) -> MeasuredSteps:
    """Put events together to steps, and measure each step.

    Parameters
    ----------
    cleaned : CleanedPose
        In memory.
    camera : Camera
    rates : FrameRates
    events, strides
        As `gait.events.detection.detect_events` gives them.
    corrected : bool
        As in :func:`analyze_pose`.
    """
    steps = find_steps(events, stride_s=1 / cleaned.phase.frequency_hz, time_factor=rates.time_factor)
    means = stride_means(strides, events, cleaned, camera)
    if camera.view != "side":
        by_side = {side: steps[steps.side == side] for side in strides}
        stances = {
            s: (own.contact_s.to_numpy(dtype=float), own.toe_off_s.to_numpy(dtype=float)) for s, own in by_side.items()
        }
        cleaned.pose.attrs[SKEW] = skew_behind(KeypointTracks(cleaned.pose, camera), stances, 1 / rates.time_factor)
    steps = _measured(steps, KeypointTracks(cleaned.pose, camera), rates.sampled_fps, corrected, means)
    belt = next(iter(strides.values())).belt_mps
    reasons: dict[tuple[str, str], str] = {}
    if not legs_followed(strides, camera.view):
        # Contacts then rest on the rhythm alone: good enough for cadence, not for what a leg does and when.
        belt = None
        told = cleaned.pose.attrs
        frames = max(int(told.get("video_frames", 0)), cleaned.pose.sizes["time"])
        others = int(told.get("bystander_frames", 0)) > CROWDED * frames
        instead = "nobody else in the picture" if others else "shoes and trousers that stand out from the belt"
        text = f"the legs could not be followed: more light, and {instead}"
        reasons |= {(key, side): text for key in (*TIMING, *LEG_METRICS) for side in (*strides, "both")}
    known = {str(name) for name in cleaned.pose.keypoint.values}
    without = {metric.key: lack for metric in METRICS if (lack := missing_keypoints(metric.key, known))}
    if without:
        belt = None if any(key in without for key in TIMING) else belt
        reasons |= {(key, side): lack for key, lack in without.items() for side in (*strides, "both")}
    for side in bent_backwards(steps):
        text = "the knee seems to bend backwards at contact, it is not seen where it is: more light"
        reasons |= {(key, side): text for key in KNEE if (key, side) not in reasons}
    if camera.view != "side" and (unseen := pelvis_unseen(cleaned.pose, camera.view)):
        reasons |= {(key, "both"): unseen for key in PELVIS}
    for key, side in reasons:
        if key in steps:
            steps.loc[steps.side == side, key] = np.nan
    return MeasuredSteps(cleaned, events, steps, belt, reasons)


def pelvis_unseen(clean: xr.Dataset, view: View) -> str | None:
    """Say why the pelvis could not be followed in the picture, if so."""
    if clean.attrs.get("pelvis_mark") == "hidden":
        instead = "film from behind" if view == "front" else "film with nothing between camera and hips"
        return f"something in front of the runner hides the hips: {instead}"
    if "pelvis_tilt" not in clean:
        return "the tilt of the pelvis was not read off the pictures"
    if not np.isfinite(clean["pelvis_tilt"].values).any():
        return (
            "the cloth over the hips is too plain or too loose to follow: two strips of bright tape on the back of the "
            "pelvis, a hand's breadth apart, or a waistband that stands out would show it"
        )
    return None


def bent_backwards(steps: pd.DataFrame) -> list[str]:
    """Name the legs whose knee lands in a way that no knee can: its landmark lies elsewhere."""
    if "knee_flexion_contact" not in steps:
        return []
    means = steps.groupby("side").knee_flexion_contact.mean()
    return [str(side) for side in means.index[means < LEAST_KNEE_FLEXION_DEG]]


def _duration(pose: xr.Dataset) -> float:
    time = np.asarray(pose.time.values, dtype=float)
    return float(time[-1] - time[0]) + 1 / float(pose.attrs["fps"])


def feet_out_of_picture(pose: xr.Dataset) -> float:
    """Share of frames in which an ankle, heel or toe lies outside the picture, among frames with a runner."""
    width, height = float(pose.attrs["image_width"]), float(pose.attrs["image_height"])
    out = np.zeros(pose.sizes["time"], dtype=bool)
    for side in ("left", "right"):
        for joint in ("ankle", "heel", "foot_index"):
            xy = keypoint_xy(pose, f"{side}_{joint}")
            with np.errstate(invalid="ignore"):
                out |= (xy[:, 0] < 0) | (xy[:, 0] > width) | (xy[:, 1] < 0) | (xy[:, 1] > height)
    seen = np.isfinite(keypoint_xy(pose, "left_hip")[:, 0])
    return float(out[seen].mean()) if seen.any() else 1.0


def cadence_of(events: pd.DataFrame, cleaned: CleanedPose, time_factor: float) -> tuple[float, float]:
    """Cadence and its standard error, steps/min of real time: 60 / slope of contact time against step number.

    Steps are numbered by the stride phase, so that a contact that was missed does not shift the count.
    """
    contacts = events[events.kind == "contact"]
    times = np.sort(contacts.time_s.to_numpy(dtype=float))
    if len(times) < 3:
        return float("nan"), float("nan")
    phase = cleaned.phase.phase_at(times)
    # At the ends of a clip half of the neighbourhood that places a step is missing.
    inner = (phase > cleaned.phase.phase[0] + EDGE_STRIDES) & (phase < cleaned.phase.phase[-1] - EDGE_STRIDES)
    if inner.sum() >= 2 * MIN_STEPS:
        times, phase = times[inner], phase[inner]
    numbers = np.round(2 * (phase - phase[0])).astype(float)
    # How many steps a runner who was away did not take is not known: only those between neighbours count.
    paused = np.diff(times, prepend=times[0]) > AWAY_STRIDES / cleaned.phase.frequency_hz
    section = np.cumsum(paused, dtype=np.intp)
    slope, error = line_fit(_centred(numbers, section), _centred(times, section))
    cadence = 60 / (slope * time_factor)
    return cadence, cadence * error / slope


def _centred(values: FloatArray, section: NDArray[np.intp]) -> FloatArray:
    """Take off the mean of each section."""
    return np.asarray(values - (np.bincount(section, values) / np.bincount(section))[section])


def _warnings(
    found: float, cleaned: CleanedPose, camera: Camera, cadence: float, fps: float, feet_out: float
) -> list[str]:
    """List what a reader should know about this video before trusting its numbers."""
    warnings = []
    if found < 0.95:
        warnings.append(f"the runner was found in {100 * found:.0f} % of the frames only: more light, nothing in front")
    if feet_out > MAX_FEET_OUT / 3:
        warnings.append(feet_outside(feet_out))
    if cleaned.filled_fraction > 0.10:
        warnings.append(
            f"{100 * cleaned.filled_fraction:.0f} % of the leg points were implausible and bridged from the gait cycle"
        )
    if fps < COARSE_FPS:
        warnings.append(f"{fps:.0f} frames/s: contact and flight times are coarse; film at 60 frames/s or more")
    if not PLAUSIBLE_CADENCE[0] <= cadence <= PLAUSIBLE_CADENCE[1]:
        warnings.append(
            f"{cadence:.0f} steps/min is not running at normal speed: "
            "if this is slow motion, give the camera's true rate with --capture-fps, e.g. --capture-fps 240"
        )
    if camera.leg_px < SMALL_LEG_PX:
        warnings.append("the runner is small in the picture: come closer or film at a higher resolution")
    return warnings


def stride_means(
    strides: Mapping[str, MeanStride], events: pd.DataFrame, cleaned: CleanedPose, camera: Camera
) -> dict[tuple[str, str], float]:
    """Give what the mean stride of a leg says of a metric, by metric and side; see `gait.events.stride_model`."""
    model, means = model_in_use(), {}
    for side, stride in strides.items():
        at = {}
        for kind in EVENT_KINDS:
            times = events.time_s[(events.side == side) & (events.kind == kind)].to_numpy(dtype=float)
            if len(times):
                at[kind] = cleaned.phase.mean_phase_at(times)
        for key, kind in WHOLE_STRIDE.items():
            if kind not in at or (key in SHOE and is_followed(cleaned.pose, side)):
                continue
            value = model.mean_of(key, stride, at[kind], leg_view(camera, side))
            if value is not None:
                means[key, side] = value
    return means


def _measured(
    steps: pd.DataFrame, tracks: KeypointTracks, fps: float, corrected: bool, means: Mapping[tuple[str, str], float]
) -> pd.DataFrame:
    """Add one column per per-step metric of this view.

    Where the mean stride says more of a leg's mean than the steps do, they keep only their differences.
    """
    steps, known = steps.copy(), {str(name) for name in tracks.pose.keypoint.values}
    for metric in METRICS:
        unwanted = metric.refused and corrected
        if metric.measure is None or unwanted or tracks.camera.view not in metric.views:
            continue
        steps[metric.key] = np.nan
        if missing_keypoints(metric.key, known):
            continue
        for side in ("left", "right"):
            rows = steps.side == side
            contact, off = (steps.loc[rows, c].to_numpy(dtype=float) for c in ("contact_s", "toe_off_s"))
            if len(contact):
                far = metric.sided and tracks.camera.near_side not in (None, side)
                values = metric.measure(tracks, side, contact, off)
                if (metric.key, side) in means and np.isfinite(values).any():
                    values = values + BLEND_WEIGHT[metric.key] * (means[metric.key, side] - np.nanmean(values))
                engine = str(tracks.pose.attrs.get("engine"))
                own = calibrated_error(
                    metric.key,
                    tracks.camera.view,
                    far=far,
                    engine=engine,
                    fps=fps,
                    marked=is_marked(tracks),
                    followed=is_followed(tracks.pose, side),
                )
                steps.loc[rows, metric.key] = values - (own.bias if own and corrected else 0.0)
    return steps


@dataclass(frozen=True)
class _MeasurementBuilder:
    """Turns per-step values into graded measurements or refusals, for one video."""

    conditions: Conditions
    cleaned: CleanedPose
    video: int
    tracks: KeypointTracks
    reasons: Mapping[tuple[str, str], str]

    def measure(
        self, metric: MetricSpec, events: pd.DataFrame, steps: pd.DataFrame, time_factor: float
    ) -> list[Measurement]:
        sides: tuple[Side, ...] = ("left", "right") if metric.sided else ("both",)
        return [self._one(metric, side, events, steps, time_factor) for side in sides]

    def _one(
        self, metric: MetricSpec, side: Side, events: pd.DataFrame, steps: pd.DataFrame, time_factor: float
    ) -> Measurement:
        reason = metric.refused if self.conditions.corrected or metric.measure is None else None
        reason = reason or self.conditions.obstacle(metric, side)
        if reason:
            return self._refused(metric, side, reason)
        if metric.key == "cadence":
            return self._cadence(metric, events, steps, time_factor)
        return self._mean(metric, side, steps if side == "both" else steps[steps.side == side])

    def _refused(self, metric: MetricSpec, side: Side, reason: str, steps: int = 0) -> Measurement:
        return Measurement(metric.key, side, None, metric.unit, None, steps, "refused", reason, self.video, None)

    def _mean(self, metric: MetricSpec, side: Side, steps: pd.DataFrame) -> Measurement:
        values = steps[metric.key].to_numpy(dtype=float)
        good = np.isfinite(values)
        count = int(good.sum())
        legs = 1 if side != "both" else 2
        if count < MIN_STEPS * legs:
            short = f"only {count} steps could be measured, at least {MIN_STEPS * legs} are needed: film longer"
            return self._refused(metric, side, self.reasons.get((metric.key, side), short), count)
        own = self.conditions.own_error(metric, side)
        assert own is not None, "what has not been validated is refused before"
        estimate = mean_interval(values, own.sd)
        nearest = int(np.nanargmin(np.abs(values - estimate.mean)))
        moment = self._moment(metric, steps.iloc[nearest])
        return self._given(metric, side, estimate, self.conditions.grade(metric, side, count // legs)[0], moment)

    def _given(
        self, metric: MetricSpec, side: Side, e: Estimate, grade: Grade, evidence_s: float | None
    ) -> Measurement:
        interval = (float(e.low), float(e.high))
        return Measurement(
            metric.key, side, float(e.mean), metric.unit, interval, e.count, grade, None, self.video, evidence_s
        )

    def _cadence(
        self, metric: MetricSpec, events: pd.DataFrame, steps: pd.DataFrame, time_factor: float
    ) -> Measurement:
        contacts = events[events.kind == "contact"]
        count = len(contacts)
        fewest = int(min((contacts.side == s).sum() for s in ("left", "right")))
        if fewest < MIN_STEPS:
            return self._refused(metric, "both", f"only {count} steps seen: film at least 10 s, better 30 s", count)
        value, error = cadence_of(events, self.cleaned, time_factor)
        own = self.conditions.own_error(metric, "both")
        half = float(np.hypot(2.0 * error, 1.96 * (own.sd if own else 0.0)))
        middle = float(steps.contact_s.iloc[len(steps) // 2]) if len(steps) else None
        grade, _ = self.conditions.grade(metric, "both", fewest)
        return self._given(metric, "both", Estimate(value, value - half, value + half, count), grade, middle)

    def _moment(self, metric: MetricSpec, step: pd.Series) -> float:
        """Time in the video that shows the metric in this step best."""
        contact, off = float(step.contact_s), float(step.toe_off_s)
        if metric.moment == "contact":
            return contact
        if metric.moment == "toe_off":
            return off
        if metric.moment == "mid_stance":
            return 0.5 * (contact + off)
        tracks = self.tracks.between(contact, contact + 1 / self.cleaned.phase.frequency_hz)
        path = wrist_past_midline(tracks, str(step.side)) if len(tracks.time) else np.empty(0)
        if not np.isfinite(path).any():
            return contact
        return float(tracks.time[int(np.nanargmax(path))])
