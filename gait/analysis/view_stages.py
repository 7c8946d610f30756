"""The stages from the poses of one video to its steps: clean, find events, measure. A long clip goes in chunks.

`gait.analyze_pose` and the public stages (`gait.analysis.pipeline`) both run these functions, so they give the same
numbers.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import xarray as xr

from gait._typing import PathLike
from gait.analysis.chunks import (
    OVERLAP_S,
    clean_in_chunks,
    is_long,
    locate_in_chunks,
    measure_in_chunks,
    part_between,
)
from gait.analysis.hand_adjustment import with_known_hand_offsets
from gait.analysis.runner_presence import keep_events_seen
from gait.analysis.step_measuring import STEP_TIME, MeasuredSteps, clean_enough_strides, measure_steps
from gait.analysis.view_setup import ViewSetup, inspect_view
from gait.events.detection import ShoeContactShift, locate_events, locate_on_mean_strides, shoe_contact_shift
from gait.events.hand_moved_events import SAME_EVENT_S, hand_moved_events, move_events
from gait.events.shoe_landing import foot_motion, tracked_sides
from gait.metrics.register import METRICS
from gait.pose.frame_rates import FrameRates
from gait.pose.picture_stretch import refuse_as_filmed
from gait.records import Runner, ViewChoice
from gait.signal.cleaning import CleanedPose
from gait.signal.hand_moved_keypoints import hand_points, move_in_pictures


@dataclass(frozen=True)
class CleanedView:
    """The cleaned poses of one video, and what else is known before its events.

    Attributes
    ----------
    cleaned : CleanedPose
    setup : ViewSetup
    rates : FrameRates
    warnings : tuple of str
        Parts of a long clip in which nothing can be measured.
    """

    cleaned: CleanedPose
    setup: ViewSetup
    rates: FrameRates
    warnings: tuple[str, ...] = ()


def clean_view(
    pose: xr.Dataset, *, runner: Runner, view: ViewChoice = "auto", keep: PathLike | None = None
) -> CleanedView:
    """Find the camera, and clean the poses.

    Parameters
    ----------
    pose : xarray.Dataset
        Pose dataset as estimated.
    runner : Runner
        Height or leg length give the scale.
    view : {"auto", "side", "rear", "front"}
        Where the camera stood.
    keep : path, optional
        File for the clean dataset of a long clip, which then need not fit into memory.

    Returns
    -------
    CleanedView

    Raises
    ------
    InputError
        Unknown ``view``.
    RefusedError
        Nobody runs, the clip is too short, or the feet are outside the frame.
    """
    refuse_as_filmed(pose)
    setup = inspect_view(pose, runner=runner, view=view)
    if not is_long(pose):
        return CleanedView(clean_enough_strides(pose.load(), setup.camera), setup, FrameRates.of(pose))
    pose = with_known_hand_offsets(pose, setup.camera)
    cleaned, warnings = clean_in_chunks(pose, lambda piece: clean_enough_strides(piece, setup.camera), keep=keep)
    return CleanedView(cleaned, setup, FrameRates.of(pose), warnings)


def locate_view_events(view: CleanedView) -> pd.DataFrame:
    """Find every initial contact and toe-off; those that were moved by hand are where they were put.

    Parameters
    ----------
    view : CleanedView

    Returns
    -------
    pandas.DataFrame
        As `gait.events.detection.locate_events` gives them.
    """
    moved = hand_moved_events(view.cleaned.pose)
    return move_events(_located_events(view), moved, real_per_playback=view.rates.real_per_playback)


def _located_events(view: CleanedView) -> pd.DataFrame:
    camera, real_per_playback = view.setup.camera, view.rates.real_per_playback
    if not is_long(view.cleaned.pose):
        events = locate_events(view.cleaned, camera, real_per_playback=real_per_playback)[0]
        return keep_events_seen(events, view.cleaned)
    # The shoes of a long clip are tracked in its middle only: what that shows of contact holds for the whole clip.
    shifts = _shoe_shifts(view)
    return locate_in_chunks(
        view.cleaned,
        lambda part: keep_events_seen(
            locate_events(part, camera, real_per_playback=real_per_playback, shoe_shifts=shifts)[0], part
        ),
    )


def measure_view_steps(view: CleanedView, events: pd.DataFrame) -> MeasuredSteps:
    """Put events together to steps, and measure each step.

    Parameters
    ----------
    view : CleanedView
    events : pandas.DataFrame
        As :func:`locate_view_events` gives them.

    Returns
    -------
    MeasuredSteps
        With joints and events that were set by hand, and how many steps these have changed.
    """
    measured = _measured_steps(view, events)
    pose, rates = view.cleaned.pose, view.rates
    moved = hand_moved_events(pose)
    if not moved and all(point.scope == "film" for point in hand_points(pose)):
        return measured
    before = move_events(events, moved, real_per_playback=rates.real_per_playback, back=True)
    as_found = _measured_steps(view, before, with_pictures=False)
    near_s = SAME_EVENT_S / rates.real_per_playback
    by_hand = _steps_by_hand(as_found.steps, measured.steps, near_s)
    contacts = int((events.kind == "contact").sum() and sum(event.kind == "contact" for event in moved))
    return replace(measured, by_hand=by_hand | ({("cadence", "both"): contacts} if contacts else {}))


def _steps_by_hand(before: pd.DataFrame, after: pd.DataFrame, near_s: float) -> dict[tuple[str, str], int]:
    """Count by metric and side the steps whose value is another one by what was set by hand."""
    counts: dict[tuple[str, str], int] = {}
    keys = [*(spec.key for spec in METRICS if spec.key in before and spec.key in after), STEP_TIME]
    for side in ("left", "right"):
        own, old = after[after.side == side], before[before.side == side]
        if own.empty:
            continue
        old_contact = old.contact_s.to_numpy(dtype=float)
        away = np.abs(own.contact_s.to_numpy(dtype=float)[:, np.newaxis] - old_contact[np.newaxis])
        nearest = away.argmin(axis=1) if len(old) else np.zeros(len(own), dtype=int)
        found = away.min(axis=1) <= near_s if len(old) else np.zeros(len(own), dtype=bool)
        for key in keys:
            new = own[key].to_numpy(dtype=float)
            was = old[key].to_numpy(dtype=float)[nearest] if len(old) else np.full(len(own), np.nan)
            same = found & (np.isclose(new, was, rtol=1e-6, atol=1e-9) | (np.isnan(new) & np.isnan(was)))
            changed = int((~same & np.isfinite(new)).sum())
            counts[key, side] = changed
            counts[key, "both"] = counts.get((key, "both"), 0) + changed
    return {name: count for name, count in counts.items() if count}


def _measured_steps(view: CleanedView, events: pd.DataFrame, *, with_pictures: bool = True) -> MeasuredSteps:
    camera, rates = view.setup.camera, view.rates

    def measure(part: CleanedPose, inside: pd.DataFrame) -> MeasuredSteps:
        strides, _ = locate_on_mean_strides(part, camera, real_per_playback=rates.real_per_playback)
        if with_pictures:
            part = move_in_pictures(part, real_per_playback=rates.real_per_playback)
        return measure_steps(part, camera, rates, inside, strides)

    if not is_long(view.cleaned.pose):
        return measure(view.cleaned, events)
    whole = measure_in_chunks(view.cleaned, events, measure)
    return replace(whole, warnings=(*view.warnings, *whole.warnings))


def _shoe_shifts(view: CleanedView) -> dict[str, ShoeContactShift | None]:
    """Give by side how the tracked shoes shift the contacts of a clip, where they were tracked in a part of it."""
    pose, camera, real_per_playback = view.cleaned.pose, view.setup.camera, view.rates.real_per_playback
    motions = {side: motion for side in tracked_sides(pose) if (motion := foot_motion(pose, side)) is not None}
    if not motions or camera.view != "side":
        return {}
    time = view.cleaned.phase.time
    tracked = time[np.any([np.isfinite(motion.turn) for motion in motions.values()], axis=0)]
    around = OVERLAP_S / real_per_playback
    part = part_between(view.cleaned, float(tracked[0]) - around, float(tracked[-1]) + around)
    if part is None:
        return {}
    events, _ = locate_events(part, camera, real_per_playback=real_per_playback, shoe_shifts={})
    contacts = events[events.kind == "contact"]
    return {
        side: shoe_contact_shift(
            part,
            camera,
            side,
            contacts.time_s[contacts.side == side].to_numpy(dtype=float),
            real_per_playback=real_per_playback,
        )
        for side in motions
    }
