"""From events to steps: who stood when, and for how long."""

from __future__ import annotations

import numpy as np
import pandas as pd

#: A contact without its toe-off within this share of a stride belongs to no complete step.
LONGEST_STANCE = 0.6


def find_steps(events: pd.DataFrame, *, stride_s: float, time_factor: float = 1.0) -> pd.DataFrame:
    """Pair contacts with toe-offs and with the next contact of the other foot.

    Parameters
    ----------
    events : pandas.DataFrame
        As from `gait.events.detection.detect_events`.
    stride_s : float
        Mean stride time on the playback timeline.
    time_factor : float
        Real seconds per playback second.

    Returns
    -------
    pandas.DataFrame
        One row a complete step: ``step`` (number along the clip, gaps where a contact is missing), ``side``,
        ``contact_s``, ``toe_off_s`` (playback timeline); ``contact_time`` (ms), ``duty_factor`` (%), ``flight_time``
        (ms, until the other foot lands; NaN when that is not seen), ``step_time`` (ms). Durations are real time.
    """
    columns = ["step", "side", "contact_s", "toe_off_s", "contact_time", "flight_time", "duty_factor", "step_time"]
    contacts = events[events.kind == "contact"].sort_values("time_s", ignore_index=True)
    if contacts.empty:
        return pd.DataFrame(columns=columns)
    start = float(contacts.time_s.iloc[0])
    rows = []
    for side, contact in zip(contacts.side, contacts.time_s, strict=True):
        offs = events.time_s[(events.side == side) & (events.kind == "toe_off") & (events.time_s > contact)]
        if offs.empty or float(offs.min()) - contact > LONGEST_STANCE * stride_s:
            continue
        off = float(offs.min())
        following = contacts.time_s[(contacts.side != side) & (contacts.time_s > contact)]
        landed = float(following.min()) if len(following) else np.nan
        if landed - contact > 0.75 * stride_s:
            landed = np.nan
        duration = 1e3 * time_factor
        number = round(2 * (contact - start) / stride_s)
        rows.append(
            (
                number,
                side,
                float(contact),
                off,
                (off - contact) * duration,
                (landed - off) * duration,
                100 * (off - contact) / stride_s,
                (landed - contact) * duration,
            )
        )
    return pd.DataFrame(rows, columns=columns)
