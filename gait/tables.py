"""What a session holds as tables: measurements, events, steps, gait cycles, and all of it in one tidy long table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import xarray as xr

from gait.metrics.gait_cycles import gait_cycles
from gait.metrics.register import METRICS
from gait.report.steps_csv import of_videos, steps_table

if TYPE_CHECKING:
    from gait.session import Session

#: Columns of :func:`measurements_table`.
MEASUREMENTS = (
    *("metric", "side", "value", "low", "high", "unit", "steps", "grade", "reason"),
    *("view", "video", "evidence_s"),
)
#: Columns of :func:`tidy_table`, in order.
TIDY = ("athlete", "session", "view", "metric", "side", "step", "time", "value", "unit", "grade")

__all__ = ["TIDY", "cycles_dataset", "events_table", "measurements_table", "steps_table", "tidy_table"]


def measurements_table(session: Session) -> pd.DataFrame:
    """All measurements, one row each.

    Parameters
    ----------
    session : Session

    Returns
    -------
    pandas.DataFrame
        ``metric, side, value, low, high`` (95 % interval)``, unit, steps, grade, reason, view, video, evidence_s``; NaN
        where a metric was refused, with the reason.
    """
    rows = [
        {
            "metric": m.key,
            "side": m.side,
            "value": np.nan if m.value is None else m.value,
            "low": np.nan if m.interval is None else m.interval[0],
            "high": np.nan if m.interval is None else m.interval[1],
            "unit": m.unit,
            "steps": m.steps,
            "grade": m.grade,
            "reason": m.reason,
            "view": session.views[m.video].info.view,
            "video": m.video,
            "evidence_s": np.nan if m.evidence_s is None else m.evidence_s,
        }
        for m in session.measurements
    ]
    return pd.DataFrame(rows, columns=list(MEASUREMENTS))


def events_table(session: Session) -> pd.DataFrame:
    """Events of all videos: ``video, view, side, kind, time_s, uncertainty_s``; times on each video's own timeline."""
    return pd.concat(of_videos(session, "events"), ignore_index=True)


def cycles_dataset(session: Session) -> xr.Dataset:
    """Time-normalised gait cycles of all videos.

    Parameters
    ----------
    session : Session

    Returns
    -------
    xarray.Dataset
        ``mean`` and ``sd`` (signal, side, percent), percent 0–100 of the stride from contact to contact of the same
        foot; ``strides`` (signal, side): how many went in; ``off`` (signal, side): toe-off, %. Coordinates by signal:
        ``unit, sign, video, view``.
    """
    parts = []
    for number, view in enumerate(session.views):
        cycles = gait_cycles(view.clean, view.camera, view.events)
        signals = cycles.sizes["signal"]
        cycles["toe_off"] = cycles["toe_off"].expand_dims(signal=cycles.signal).transpose("signal", "side")
        cycles["off"] = cycles["toe_off"]  # its name in earlier versions
        parts.append(
            cycles.assign_coords(video=("signal", [number] * signals), view=("signal", [view.info.view] * signals))
        )
    whole: xr.Dataset = xr.concat(parts, "signal", combine_attrs="drop") if len(parts) > 1 else parts[0]
    whole.attrs = {"percent": "of the stride, 0 and 100 are contacts of the same foot"}
    return whole


def tidy_table(session: Session, *, name: str = "") -> pd.DataFrame:
    """Every number of a session in one long table, for statistics over many.

    Parameters
    ----------
    session : Session
    name : str
        What to call the session, such as its folder.

    Returns
    -------
    pandas.DataFrame
        ``athlete, session, view, metric, side, step, time, value, unit, grade``. Rows with a ``step`` (counted from 0
        in each video, both feet) are single steps, ``time`` is that of their contact, s on the playback timeline, and
        they carry the grade of their side's mean; rows without one are the means over all steps, ``time`` then is the
        step that lies closest. Refused metrics have a row without value.
    """
    units = {metric.key: metric.unit for metric in METRICS}
    rows = [*_means(session), *_single(session, units)]
    table = pd.DataFrame(rows, columns=["view", "metric", "side", "step", "time", "value", "unit", "grade"])
    table.insert(0, "athlete", session.runner.name or "")
    table.insert(1, "session", name)
    return table.astype(
        {
            "step": "Int64",
            "time": float,
            "value": float,
            **dict.fromkeys(("view", "metric", "side", "unit", "grade"), str),
        }
    )


def _means(session: Session) -> Iterator[tuple[Any, ...]]:
    for m in session.measurements:
        yield session.views[m.video].info.view, m.key, m.side, pd.NA, m.evidence_s, m.value, m.unit, m.grade


def _single(session: Session, units: dict[str, str]) -> Iterator[tuple[Any, ...]]:
    for view in session.views:
        grades = {(m.key, m.side): m.grade for m in view.measurements}
        for key in (name for name in view.steps if name in units):
            for number, step in enumerate(view.steps.to_dict("records")):
                value, side = step[key], step["side"]
                grade = grades.get((key, side)) or grades.get((key, "both"))
                if pd.notna(value) and grade not in (None, "refused"):
                    yield (
                        view.info.view,
                        key,
                        side,
                        step.get("step", number),
                        step["contact_s"],
                        value,
                        units[key],
                        grade,
                    )
