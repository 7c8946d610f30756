"""Measured views as tables: measurements, events, steps, gait cycles, and one long tidy table of all numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd
import xarray as xr

from gait.analysis.view_analysis import ViewAnalysis
from gait.findings.assessment import compare_with_bands
from gait.metrics.gait_cycles import gait_cycles
from gait.metrics.register import METRICS
from gait.records import Measurement, Runner

#: Columns of :func:`measurements_table`, in order.
MEASUREMENT_COLUMNS = (
    *("metric", "side", "value", "low", "high", "unit", "steps", "grade", "reason"),
    *("view", "video", "evidence_s", "probability_below", "probability_above"),
)
#: First columns of :func:`steps_table`, in order; one column a metric follows.
STEP_COLUMNS = ("video", "view", "side", "contact_s", "off_s", "toe_off_s")
#: Columns of :func:`tidy_table`, in order.
TIDY_COLUMNS = ("athlete", "session", "view", "metric", "side", "step", "time", "value", "unit", "grade")


def measurements_table(
    measurements: Sequence[Measurement], views: Sequence[ViewAnalysis], *, runner: Runner | None = None
) -> pd.DataFrame:
    """Lay out measurements, one row each.

    Parameters
    ----------
    measurements : sequence of Measurement
    views : sequence of ViewAnalysis
        The views that the measurements count by ``video``.
    runner : Runner, optional
        Speed and height narrow the ordinary ranges.

    Returns
    -------
    pandas.DataFrame
        ``metric, side, value, low, high`` (95 % interval)``, unit, steps, grade, reason, view, video, evidence_s,
        probability_below, probability_above``. A refused metric has NaN as its value and a reason. The last two say
        how probable it is that the true value lies below and above the ordinary range; NaN where there is none.
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
            "view": views[m.video].info.view,
            "video": m.video,
            "evidence_s": np.nan if m.evidence_s is None else m.evidence_s,
            "probability_below": np.nan if a.probability_below is None else a.probability_below,
            "probability_above": np.nan if a.probability_above is None else a.probability_above,
        }
        for a in compare_with_bands(measurements, runner or Runner())
        for m in [a.measurement]
    ]
    return pd.DataFrame(rows, columns=list(MEASUREMENT_COLUMNS))


def events_table(views: Sequence[ViewAnalysis]) -> pd.DataFrame:
    """Lay out the events of all videos.

    Parameters
    ----------
    views : sequence of ViewAnalysis

    Returns
    -------
    pandas.DataFrame
        ``video, view, side, kind`` ("contact", "toe_off")``, time_s, uncertainty_s``; times in seconds on each video's
        own timeline.
    """
    return pd.concat(_with_video(views, "events"), ignore_index=True)


def steps_table(views: Sequence[ViewAnalysis]) -> pd.DataFrame:
    """Lay out the steps of all videos.

    Parameters
    ----------
    views : sequence of ViewAnalysis

    Returns
    -------
    pandas.DataFrame
        ``video`` (number of the view)``, view, side, contact_s, toe_off_s`` (seconds, playback timeline; ``off_s`` is
        the same, for readers of earlier versions), then one column per per-step metric, named by its key, in its own
        unit. Sorted by video and time. Without steps the table is empty and has the first columns.
    """
    filled = [table for table in _with_video(views, "steps") if len(table)]
    if not filled:
        return pd.DataFrame(columns=list(STEP_COLUMNS))
    steps = pd.concat(filled, ignore_index=True)
    if "toe_off_s" in steps:
        steps["off_s"] = steps["toe_off_s"]
    first = [column for column in STEP_COLUMNS if column in steps.columns]
    rest = [column for column in steps.columns if column not in first]
    ordered: pd.DataFrame = steps[first + rest].sort_values(["video", "contact_s"], kind="stable", ignore_index=True)
    return ordered


def cycles_dataset(views: Sequence[ViewAnalysis]) -> xr.Dataset:
    """Put the time-normalised gait cycles of all videos together.

    Parameters
    ----------
    views : sequence of ViewAnalysis

    Returns
    -------
    xarray.Dataset
        ``mean`` and ``sd`` (signal, side, percent), percent 0–100 of the stride from contact to contact of the same
        foot; ``strides`` (signal, side): how many are averaged; ``toe_off`` (signal, side): toe-off, %; ``off`` is the
        same, for readers of earlier versions. Coordinates by signal: ``unit, sign, video, view``.
    """
    parts = []
    for number, view in enumerate(views):
        cycles = gait_cycles(view)
        signals = cycles.sizes["signal"]
        cycles["toe_off"] = cycles["toe_off"].expand_dims(signal=cycles.signal).transpose("signal", "side")
        cycles["off"] = cycles["toe_off"]
        parts.append(
            cycles.assign_coords(video=("signal", [number] * signals), view=("signal", [view.info.view] * signals))
        )
    whole: xr.Dataset = xr.concat(parts, "signal", combine_attrs="drop") if len(parts) > 1 else parts[0]
    whole.attrs = {"percent": "of the stride, 0 and 100 are contacts of the same foot"}
    return whole


def tidy_table(
    measurements: Sequence[Measurement], views: Sequence[ViewAnalysis], *, athlete: str = "", session: str = ""
) -> pd.DataFrame:
    """Lay out every number of a session in one long table, for statistics over many sessions.

    Parameters
    ----------
    measurements : sequence of Measurement
    views : sequence of ViewAnalysis
    athlete, session : str
        What the first two columns say.

    Returns
    -------
    pandas.DataFrame
        ``athlete, session, view, metric, side, step, time, value, unit, grade``. Rows with a ``step`` (counted from 0
        in each video, both feet) are single steps: ``time`` is that of their contact, s on the playback timeline, and
        the grade is that of their side's mean. Rows without a step are means over all steps: ``time`` is that of the
        step that lies closest. Refused metrics have a row without a value.
    """
    rows = [*_mean_rows(measurements, views), *_step_rows(views)]
    table = pd.DataFrame(rows, columns=["view", "metric", "side", "step", "time", "value", "unit", "grade"])
    table.insert(0, "athlete", athlete)
    table.insert(1, "session", session)
    return table.astype(
        {
            "step": "Int64",
            "time": float,
            "value": float,
            **dict.fromkeys(("view", "metric", "side", "unit", "grade"), str),
        }
    )


def _with_video(views: Sequence[ViewAnalysis], table: Literal["steps", "events"]) -> list[pd.DataFrame]:
    """Copy a table of each view, with the number of the video and the view in front."""
    tables = []
    for number, view in enumerate(views):
        copied: pd.DataFrame = getattr(view, table).copy()
        copied.insert(0, "video", number)
        copied.insert(1, "view", view.info.view)
        tables.append(copied)
    return tables


def _mean_rows(measurements: Sequence[Measurement], views: Sequence[ViewAnalysis]) -> Iterator[tuple[Any, ...]]:
    for m in measurements:
        yield views[m.video].info.view, m.key, m.side, pd.NA, m.evidence_s, m.value, m.unit, m.grade


def _step_rows(views: Sequence[ViewAnalysis]) -> Iterator[tuple[Any, ...]]:
    units = {metric.key: metric.unit for metric in METRICS}
    for view in views:
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
