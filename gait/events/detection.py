"""Initial contact and toe-off, between the frames.

The events are found on the mean stride of a clip, where noise is small and sampling dense
(`gait.events.stride_model`). Each single step is then placed by how far its own signals run ahead of or behind the
mean stride. The contacts of the force-plate runners follow the rhythm of their mean stride
to 3.5 ms (standard deviation).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from gait._typing import FloatArray
from gait.events.shoe_landing import SHARE, contact_delay, followed_motion
from gait.events.stride_model import EVENT_KINDS, EventKind, EventPhase, leg_view, locate_both, model_in_use
from gait.geometry.camera import Camera, keypoint_xy
from gait.signal.cleaning import CleanedPose, harmonics_for
from gait.signal.mean_stride import MeanStride, belt_speed, mean_strides
from gait.signal.phase import fold


def step_delays(
    cleaned: CleanedPose, camera: Camera, side: str, event_phase: float, *, half_window: float = 0.11
) -> tuple[FloatArray, FloatArray]:
    """How much earlier or later than the mean stride each single event happens.

    Parameters
    ----------
    cleaned : CleanedPose
    camera : Camera
    side : {"left", "right"}
    event_phase : float
        Phase of the event on the mean stride.
    half_window : float
        Part of the stride on either side that is compared.

    Returns
    -------
    (S,) strides
        Unwrapped mean-stride phase of every event inside the clip.
    (S,) strides
        Delay of each, already shrunk towards 0 by how well it can be seen.

    Notes
    -----
    One Newton step of least squares: the difference of a stride from the mean, projected on the mean's own time
    derivative. The variance of the estimates exceeds the natural variability by their error; the ratio of the two
    gives the shrinkage (empirical Bayes), so that a noisy clip falls back on the mean stride's rhythm.
    """
    phase = cleaned.phase
    first = np.ceil(phase.phase[0] - event_phase)
    last = np.floor(phase.phase[-1] - event_phase)
    numbers = np.arange(first, last + 1) + event_phase
    if len(numbers) == 0:
        return numbers, numbers
    observed = cleaned.pose.drop_vars("position").rename(observed="position")
    root = keypoint_xy(cleaned.pose, "left_hip", "right_hip")
    names = ("ankle", "heel") if camera.view == "side" else ("ankle", "knee")
    known = [name for n in names if (name := f"{side}_{n}") in observed.keypoint.values]
    values = np.concatenate([keypoint_xy(observed, name) - root for name in known], axis=1)
    wave = fold(phase.phase, values, harmonics=harmonics_for(phase.strides))
    residual = values - wave(phase.phase)
    slope = wave(phase.phase, 1)
    delays, variances = np.zeros(len(numbers)), np.full(len(numbers), np.inf)
    for i, number in enumerate(numbers):
        near = np.abs(phase.phase - number) <= half_window
        r, g = residual[near] / wave.noise, slope[near] / wave.noise
        ok = np.isfinite(r) & (np.abs(r) < 5)
        if ok.sum() < 6:
            continue
        # A constant offset of the stride (standing further forward) is not a delay: fit it along.
        design = np.stack(
            [-g[ok]] + [np.broadcast_to(np.eye(r.shape[1])[c], r.shape)[ok] for c in range(r.shape[1])], 1
        )
        gram = design.T @ design + 1e-9 * np.eye(design.shape[1])
        solution = np.linalg.solve(gram, design.T @ r[ok])
        delays[i], variances[i] = solution[0], 2 * np.linalg.inv(gram)[0, 0]
    seen = np.isfinite(variances)
    if seen.sum() >= 4:
        total = float(np.var(delays[seen]))
        natural = max(total - float(np.median(variances[seen])), 0.0)
        delays = np.where(seen, delays * natural / (natural + np.where(seen, variances, 1.0) + 1e-12), 0.0)
        limit = 0.06
        delays = np.clip(delays - np.mean(delays[seen]) * seen, -limit, limit)
    else:
        delays[:] = 0.0
    return numbers, delays


@dataclass(frozen=True)
class ShoeContactShift:
    """What the picture of a shoe adds to the contacts of its leg, s of real time.

    By how much later they are, and how well they are known then (standard uncertainty).
    """

    later_s: float
    uncertainty_s: float


def shoe_contact_shift(
    cleaned: CleanedPose, camera: Camera, side: str, contacts: FloatArray, *, time_factor: float = 1.0
) -> ShoeContactShift | None:
    """Say what the picture of a shoe adds to the contacts of its leg; ``None`` where it was not followed.

    Parameters
    ----------
    cleaned : CleanedPose
    camera : Camera
    side : {"left", "right"}
    contacts : (S,) array
        As the whole stride tells them, s, playback timeline.
    time_factor : float
        Real seconds per playback second.
    """
    model, motion = model_in_use(), followed_motion(cleaned.pose, side)
    if motion is None or model.landing is None:
        return None
    later = contact_delay(motion, contacts, model.landing, time_factor=time_factor)
    if later is None:
        return None
    place = leg_view(camera, side)
    return ShoeContactShift(SHARE * later, model.landing_sd_s.get(place, model.sd_s[place, "contact"]))


def locate_events(
    cleaned: CleanedPose,
    camera: Camera,
    *,
    time_factor: float = 1.0,
    landings: Mapping[str, ShoeContactShift | None] | None = None,
) -> tuple[pd.DataFrame, dict[str, MeanStride]]:
    """Find every initial contact and toe-off.

    Parameters
    ----------
    cleaned : CleanedPose
    camera : Camera
    time_factor : float
        Real seconds per playback second.
    landings : mapping, optional
        By side what the pictures of the shoes add, where that is known from another part of the clip.

    Returns
    -------
    pandas.DataFrame
        Columns ``side`` ("left", "right"), ``kind`` ("contact", "toe_off"), ``time_s`` (playback timeline),
        ``uncertainty_s`` (standard uncertainty, playback timeline); sorted by time; contacts of the two feet
        alternate and every contact is followed by its toe-off.
    dict
        The mean stride of each leg with its belt speed.
    """
    strides, located = located_strides(cleaned, camera, time_factor=time_factor)
    phase = cleaned.phase
    rows: list[tuple[str, str, float, float]] = []
    for (side, kind), event in located.items():
        numbers, delays = step_delays(cleaned, camera, side, event.phase)
        jitter = float(np.std(delays)) / phase.frequency_hz if len(delays) else 0.0
        times, known_to = phase.time_at(numbers + delays), event.uncertainty_s
        if kind == "contact" and camera.view == "side":
            seen = (
                shoe_contact_shift(cleaned, camera, side, times, time_factor=time_factor)
                if landings is None
                else landings.get(side)
            )
            if seen is not None:
                times, known_to = times + seen.later_s / time_factor, seen.uncertainty_s
        uncertainty = float(np.hypot(known_to / time_factor, max(0.003 / time_factor, 0.5 * jitter)))
        rows += [(side, kind, float(t), uncertainty) for t in times]
    events = pd.DataFrame(rows, columns=["side", "kind", "time_s", "uncertainty_s"])
    inside = (events.time_s >= phase.time[0]) & (events.time_s <= phase.time[-1])
    return in_order(events[inside]), strides


def located_strides(
    cleaned: CleanedPose, camera: Camera, *, time_factor: float = 1.0
) -> tuple[dict[str, MeanStride], dict[tuple[str, EventKind], EventPhase]]:
    """Give the mean stride of each leg with its belt speed, and where contact and toe-off lie on it.

    Parameters
    ----------
    cleaned : CleanedPose
    camera : Camera
    time_factor : float
        Real seconds per playback second.
    """
    strides = mean_strides(cleaned, camera, time_factor=time_factor)
    located = locate_both(strides, camera)
    if camera.near_side is not None:
        contact, off = (located[camera.near_side, kind].phase for kind in EVENT_KINDS)
        belt = belt_speed(strides[camera.near_side], contact, off)
        strides = {side: replace(stride, belt_mps=belt) for side, stride in strides.items()}
    return strides, located


def in_order(events: pd.DataFrame) -> pd.DataFrame:
    """Sort events and drop what breaks the order of running.

    Each leg alternates contact and toe-off; a second event of a kind without the other between is dropped.
    """
    events = events.sort_values("time_s", ignore_index=True)
    keep = np.ones(len(events), dtype=bool)
    for side in ("left", "right"):
        previous: str | None = None
        for i in events.index[events.side == side]:
            kind = str(events.kind[i])
            keep[i] = kind != previous
            previous = kind
    return events[keep].reset_index(drop=True)
