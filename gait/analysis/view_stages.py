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
from gait.analysis.step_measuring import MeasuredSteps, clean_enough_strides, measure_steps
from gait.analysis.view_setup import ViewSetup, inspect_view
from gait.events.detection import ShoeContactShift, locate_events, locate_on_mean_strides, shoe_contact_shift
from gait.events.shoe_landing import foot_motion, tracked_sides
from gait.pose.frame_rates import FrameRates
from gait.pose.picture_stretch import refuse_as_filmed
from gait.records import Runner, ViewChoice
from gait.signal.cleaning import CleanedPose


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
    """Find every initial contact and toe-off.

    Parameters
    ----------
    view : CleanedView

    Returns
    -------
    pandas.DataFrame
        As `gait.events.detection.locate_events` gives them.
    """
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
    """
    camera, rates = view.setup.camera, view.rates

    def measure(part: CleanedPose, inside: pd.DataFrame) -> MeasuredSteps:
        strides, _ = locate_on_mean_strides(part, camera, real_per_playback=rates.real_per_playback)
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
