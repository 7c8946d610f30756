"""From events to steps: contact, toe-off and next contact of every step."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from gait._typing import FloatArray

#: A contact without a toe-off within this share of a stride has lost it: in running stance takes less than half. [E]
MAX_STANCE_SHARE = 0.6
#: The other foot's contact later than this share of a stride is not the next one, which comes after about half. [E]
MAX_STEP_SHARE = 0.75


def find_steps(events: pd.DataFrame, *, stride_s: float) -> pd.DataFrame:
    """Pair contacts with toe-offs and with the next contact of the other foot.

    Parameters
    ----------
    events : pandas.DataFrame
        As from `gait.events.detection.locate_events`.
    stride_s : float
        Mean stride time, s, playback timeline.

    Returns
    -------
    pandas.DataFrame
        One row a complete step: ``step`` (number along the clip, with gaps where a contact is missing), ``side``,
        ``contact_s``, ``toe_off_s``, ``next_contact_s`` (s, playback timeline; the next contact is that of the other
        foot, NaN where it is missing). Durations: `gait.analysis.step_measuring.add_durations`.
    """
    columns = ["step", "side", "contact_s", "toe_off_s", "next_contact_s"]
    contacts = events[events.kind == "contact"].sort_values("time_s", ignore_index=True)
    if contacts.empty:
        return pd.DataFrame(columns=columns)
    start = float(contacts.time_s.iloc[0])
    sides = set(contacts.side)
    toe_offs = {side: _times(events[(events.side == side) & (events.kind == "toe_off")]) for side in sides}
    others = {side: _times(contacts[contacts.side != side]) for side in sides}
    rows = []
    for side, contact in zip(contacts.side.tolist(), contacts.time_s.tolist(), strict=True):
        toe_off = _first_after(toe_offs[side], contact)
        if math.isnan(toe_off) or toe_off - contact > MAX_STANCE_SHARE * stride_s:
            continue
        next_contact = _first_after(others[side], contact)
        if next_contact - contact > MAX_STEP_SHARE * stride_s:
            next_contact = np.nan
        number = round(2 * (contact - start) / stride_s)
        rows.append((number, side, contact, toe_off, next_contact))
    return pd.DataFrame(rows, columns=columns)


def _times(events: pd.DataFrame) -> FloatArray:
    times = np.sort(events.time_s.to_numpy(dtype=float))
    return np.asarray(times[np.isfinite(times)])


def _first_after(times: FloatArray, moment: float) -> float:
    """Return the first of some times after a moment, s; NaN where there is none."""
    index = int(np.searchsorted(times, moment, side="right"))
    return float(times[index]) if index < len(times) else math.nan
