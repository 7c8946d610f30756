"""Contacts and toe-offs moved by hand."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict

import numpy as np
import pandas as pd
import xarray as xr

from gait.labelling.adjust_file import HandMovedEvent
from gait.pose.dataset import HAND_EVENTS_ATTR

#: An event that was moved is the one nearest to where it was measured, if it is this near, s of real time: less than
#: from a contact to its toe-off. [E]
SAME_EVENT_S = 0.08


def hand_moved_events(pose: xr.Dataset) -> tuple[HandMovedEvent, ...]:
    """Read the events that were moved by hand.

    Parameters
    ----------
    pose : xarray.Dataset
        Pose dataset.

    Returns
    -------
    tuple of HandMovedEvent
    """
    return tuple(HandMovedEvent(**record) for record in json.loads(str(pose.attrs.get(HAND_EVENTS_ATTR) or "[]")))


def with_hand_moved_events(pose: xr.Dataset, moved: Sequence[HandMovedEvent]) -> xr.Dataset:
    """Note in a pose dataset the events that were moved by hand, in place of earlier ones.

    Parameters
    ----------
    pose : xarray.Dataset
    moved : sequence of HandMovedEvent

    Returns
    -------
    xarray.Dataset
    """
    noted = pose.copy()
    noted.attrs = {name: value for name, value in pose.attrs.items() if name != HAND_EVENTS_ATTR}
    if moved:  # a NetCDF attribute cannot be empty
        noted.attrs[HAND_EVENTS_ATTR] = json.dumps([asdict(event) for event in moved])
    return noted


def move_events(
    events: pd.DataFrame, moved: Sequence[HandMovedEvent], *, real_per_playback: float = 1.0, back: bool = False
) -> pd.DataFrame:
    """Move events to the times that were set by hand, or back to where they were measured.

    Parameters
    ----------
    events : pandas.DataFrame
        As `gait.events.detection.locate_events` gives them.
    moved : sequence of HandMovedEvent
    real_per_playback : float
        Real seconds per playback second.
    back : bool
        From the new time to the measured one.

    Returns
    -------
    pandas.DataFrame
        Sorted by time. An event that is not there any more is left out.
    """
    if not moved or events.empty:
        return events
    events = events.copy()
    near_s = SAME_EVENT_S / real_per_playback
    for event in moved:
        start, end = (event.to_s, event.from_s) if back else (event.from_s, event.to_s)
        own = events.index[(events.side == event.side) & (events.kind == event.kind)]
        if not len(own):
            continue
        away = np.abs(events.loc[own, "time_s"].to_numpy(dtype=float) - start)
        nearest = own[int(away.argmin())]
        if away.min() > near_s:
            continue
        events.loc[nearest, "time_s"] = end
        if not back:
            events.loc[nearest, "uncertainty_s"] = event.sd_s
    return events.sort_values("time_s", ignore_index=True, kind="stable")
