"""Initial contact and toe-off of every step, more precisely than one frame.

The events are first located on the mean stride of a clip, where noise is small and sampling dense
(`gait.events.stride_model`). Each step's own events are then shifted by how early or late its signals are relative to
the mean stride. On the force-plate recordings (Fukuchi 2017) the contacts vary about the rhythm of the mean stride by
3.5 ms (standard deviation).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from gait._typing import FloatArray
from gait.events.shoe_landing import SHOE_WEIGHT, contact_delay, tracked_foot_motion
from gait.events.stride_model import (
    EVENT_KINDS,
    EventKind,
    EventPhase,
    current_stride_model,
    locate_mean_events,
)
from gait.geometry.camera import Camera, keypoint_xy, leg_view_of
from gait.pose.dataset import UNMEASURED_NETWORK, calibrated_network
from gait.signal.cleaning import CleanedPose, harmonics_for
from gait.signal.mean_stride import MeanStride, belt_speed, mean_strides
from gait.signal.phase import fold

#: Part of the stride on either side of an event over which a step is compared with the mean stride, strides. [E]
HALF_WINDOW = 0.11
#: Samples farther than this many standard deviations from the mean stride are left out of a step. [E]
MAX_RESIDUAL_SD = 5.0
#: Samples that a step needs, and steps that an estimate of their natural variability needs. [E]
MIN_SAMPLES, MIN_STEPS = 6, 4
#: Largest delay of a single step, strides. [E]
MAX_DELAY = 0.06
#: Variance of a delay over what white noise would give: keypoint noise is correlated from frame to frame. [E]
NOISE_CORRELATION = 2.0
#: Least uncertainty of a single event relative to the mean stride, s of real time. [E]
MIN_STEP_SD_S = 0.003
#: Share of the steps' own variability that counts as uncertainty of each of them. [E]
JITTER_SHARE = 0.5


def step_delays(
    cleaned: CleanedPose, camera: Camera, side: str, event_phase: float, *, half_window: float = HALF_WINDOW
) -> tuple[FloatArray, FloatArray]:
    """Estimate how much earlier or later than on the mean stride each single event happens.

    Parameters
    ----------
    cleaned : CleanedPose
    camera : Camera
    side : {"left", "right"}
    event_phase : float
        Phase of the event on the mean stride, strides.
    half_window : float
        Part of the stride on either side of the event that is compared, strides.

    Returns
    -------
    phases : (S,) float array
        Unwrapped phase of every event inside the clip according to the mean stride, strides.
    delays : (S,) float array
        Delay of each event, strides, + = later, already shrunk towards 0.

    Notes
    -----
    One Newton step of least squares: the difference of a step from the mean stride, projected on the time derivative
    of the mean stride. The variance of these estimates is the natural variability plus their error. The share of the
    natural variability is the shrinkage (empirical Bayes), so a noisy clip falls back on the mean stride's rhythm.
    """
    phase = cleaned.phase
    first = np.ceil(phase.phase[0] - event_phase)
    last = np.floor(phase.phase[-1] - event_phase)
    numbers = np.arange(first, last + 1) + event_phase
    if len(phase.starts):
        numbers = numbers[phase.in_segments(numbers)]
    if len(numbers) == 0:
        return numbers, numbers
    observed = cleaned.pose.drop_vars("position").rename(observed="position")
    root = keypoint_xy(cleaned.pose, "left_hip", "right_hip")
    names = ("ankle", "heel") if camera.view == "side" else ("ankle", "knee")
    available = [name for n in names if (name := f"{side}_{n}") in observed.keypoint.values]
    values = np.concatenate([keypoint_xy(observed, name) - root for name in available], axis=1)
    wave = fold(phase.phase, values, harmonics=harmonics_for(phase.strides))
    residual = values - wave(phase.phase)
    slope = wave(phase.phase, 1)
    delays, variances = np.zeros(len(numbers)), np.full(len(numbers), np.inf)
    for i, number in enumerate(numbers):
        near = np.abs(phase.phase - number) <= half_window
        r, g = residual[near] / wave.noise, slope[near] / wave.noise
        ok = np.isfinite(r) & (np.abs(r) < MAX_RESIDUAL_SD)
        if ok.sum() < MIN_SAMPLES:
            continue
        # A constant offset (the runner is further forward on the belt) is no delay, so it is fitted as well.
        design = np.stack(
            [-g[ok]] + [np.broadcast_to(np.eye(r.shape[1])[c], r.shape)[ok] for c in range(r.shape[1])], 1
        )
        gram = design.T @ design + 1e-9 * np.eye(design.shape[1])
        solution = np.linalg.solve(gram, design.T @ r[ok])
        delays[i], variances[i] = solution[0], NOISE_CORRELATION * np.linalg.inv(gram)[0, 0]
    estimated = np.isfinite(variances)
    if estimated.sum() >= MIN_STEPS:
        total = float(np.var(delays[estimated]))
        natural = max(total - float(np.median(variances[estimated])), 0.0)
        delays = np.where(estimated, delays * natural / (natural + np.where(estimated, variances, 1.0) + 1e-12), 0.0)
        delays = np.clip(delays - np.mean(delays[estimated]) * estimated, -MAX_DELAY, MAX_DELAY)
    else:
        delays[:] = 0.0
    return numbers, delays


@dataclass(frozen=True)
class ShoeContactShift:
    """Correction of a leg's contacts by the image of its shoe.

    Attributes
    ----------
    shift_s : float
        Added to every contact of the leg, s of real time, + = later.
    uncertainty_s : float
        Standard uncertainty of the corrected contacts, s of real time.
    """

    shift_s: float
    uncertainty_s: float


def shoe_contact_shift(
    cleaned: CleanedPose, camera: Camera, side: str, contacts: FloatArray, *, real_per_playback: float = 1.0
) -> ShoeContactShift | None:
    """Correct a leg's contacts by the image of its shoe.

    Parameters
    ----------
    cleaned : CleanedPose
    camera : Camera
    side : {"left", "right"}
    contacts : (S,) float array
        Contacts located on the whole stride, s, playback timeline.
    real_per_playback : float
        Real seconds per playback second.

    Returns
    -------
    ShoeContactShift or None
        ``None`` where the shoe was not tracked.
    """
    model, motion = current_stride_model(), tracked_foot_motion(cleaned.pose, side)
    if motion is None or model.landing is None:
        return None
    delay = contact_delay(motion, contacts, model.landing, real_per_playback=real_per_playback)
    if delay is None:
        return None
    leg_view, network = leg_view_of(camera, side), calibrated_network(cleaned.pose) or UNMEASURED_NETWORK
    uncertainty = model.landing_sd_s.get(leg_view, model.sd_s[network, leg_view, "contact"])
    return ShoeContactShift(SHOE_WEIGHT[leg_view] * delay, uncertainty)


def locate_events(
    cleaned: CleanedPose,
    camera: Camera,
    *,
    real_per_playback: float = 1.0,
    shoe_shifts: Mapping[str, ShoeContactShift | None] | None = None,
) -> tuple[pd.DataFrame, dict[str, MeanStride]]:
    """Find every initial contact and toe-off.

    Parameters
    ----------
    cleaned : CleanedPose
    camera : Camera
    real_per_playback : float
        Real seconds per playback second.
    shoe_shifts : mapping of str to ShoeContactShift or None, optional
        Corrections by side, where they come from another part of the clip; computed from this one when not given.

    Returns
    -------
    events : pandas.DataFrame
        Columns ``side`` ("left", "right"), ``kind`` ("contact", "toe_off"), ``time_s`` (s, playback timeline),
        ``uncertainty_s`` (standard uncertainty, s, playback timeline). Sorted by time; contact and toe-off of each
        foot alternate.
    strides : dict of str to MeanStride
        The mean stride of each leg, with its belt speed in a side view.
    """
    strides, located = locate_on_mean_strides(cleaned, camera, real_per_playback=real_per_playback)
    phase = cleaned.phase
    rows: list[tuple[str, str, float, float]] = []
    for (side, kind), event in located.items():
        numbers, delays = step_delays(cleaned, camera, side, event.phase)
        jitter = float(np.std(delays)) / phase.frequency_hz if len(delays) else 0.0
        times, mean_sd = phase.time_at(numbers + delays), event.uncertainty_s
        if kind == "contact" and camera.view == "side":
            shift = (
                shoe_contact_shift(cleaned, camera, side, times, real_per_playback=real_per_playback)
                if shoe_shifts is None
                else shoe_shifts.get(side)
            )
            if shift is not None:
                times, mean_sd = times + shift.shift_s / real_per_playback, shift.uncertainty_s
        step_sd = max(MIN_STEP_SD_S / real_per_playback, JITTER_SHARE * jitter)
        uncertainty = float(np.hypot(mean_sd / real_per_playback, step_sd))
        rows += [(side, kind, float(t), uncertainty) for t in times]
    events = pd.DataFrame(rows, columns=["side", "kind", "time_s", "uncertainty_s"])
    inside = (events.time_s >= phase.time[0]) & (events.time_s <= phase.time[-1])
    return drop_out_of_order(events[inside], starts=phase.starts), strides


def locate_on_mean_strides(
    cleaned: CleanedPose, camera: Camera, *, real_per_playback: float = 1.0
) -> tuple[dict[str, MeanStride], dict[tuple[str, EventKind], EventPhase]]:
    """Compute the mean stride of each leg and locate contact and toe-off on it.

    Parameters
    ----------
    cleaned : CleanedPose
    camera : Camera
    real_per_playback : float
        Real seconds per playback second.

    Returns
    -------
    strides : dict of str to MeanStride
        By side, with the belt speed in a side view.
    located : dict of (str, str) to EventPhase
        By side and kind of event.
    """
    strides = mean_strides(cleaned, camera, real_per_playback=real_per_playback)
    located = locate_mean_events(strides, camera)
    if camera.near_side is not None:
        contact, toe_off = (located[camera.near_side, kind].phase for kind in EVENT_KINDS)
        belt = belt_speed(strides[camera.near_side], contact, toe_off)
        strides = {side: replace(stride, belt_mps=belt) for side, stride in strides.items()}
    return strides, located


def drop_out_of_order(events: pd.DataFrame, *, starts: FloatArray | None = None) -> pd.DataFrame:
    """Sort events and drop those that break the order of running.

    Parameters
    ----------
    events : pandas.DataFrame
        Columns ``side``, ``kind`` and ``time_s`` at least.
    starts : (n,) float array, optional
        Where the frames continue after a gap, s, playback timeline: what came before a gap does not count after it.

    Returns
    -------
    pandas.DataFrame
        Sorted by time. Contact and toe-off of each leg alternate: an event that repeats the kind before it is dropped.
    """
    events = events.sort_values("time_s", ignore_index=True)
    keep = np.ones(len(events), dtype=bool)
    # An event may lie a frame before the first of a window. [E]
    windows = np.searchsorted(np.empty(0) if starts is None else starts - 0.1, events.time_s.to_numpy(dtype=float))
    for side in ("left", "right"):
        previous: tuple[str, int] | None = None
        for i in events.index[events.side == side]:
            kind = (str(events.kind[i]), int(windows[i]))
            keep[i] = kind != previous
            previous = kind
    return events[keep].reset_index(drop=True)
