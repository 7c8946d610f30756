"""Summaries of a validation: one row a metric and place, an event, a joint, a factor."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pandas as pd

from gait.validation.truth_comparison import Results

#: Factors that errors are set against, and the edges of their classes (numbers) or ``None`` (words).
FACTORS: dict[str, tuple[str, tuple[float, ...] | None]] = {
    "fps": ("frames/s", (0, 45, 90, 180, 500)),
    "yaw_deg": ("camera off square, °", (0, 3, 6, 10, 90)),
    "height_px": ("runner's height, px", (0, 400, 500, 600, 2000)),
    "blur": ("motion blur", None),
    "light": ("light", None),
    "clothes": ("clothes", None),
    "drop_deg": ("true pelvic drop, °", (-5, 3, 6, 20)),
    "source": ("motion", None),
}


def accuracy(measurements: pd.DataFrame, by: Sequence[str] = ("key", "place", "fps")) -> pd.DataFrame:
    """Errors of what was given, share of what was refused, and how often the interval held the truth.

    Parameters
    ----------
    measurements : DataFrame
        As `Results.measurements`.
    by : sequence of str
        Columns to group by.

    Returns
    -------
    DataFrame
        ``n`` (given), ``bias``, ``sd``, ``median_abs``, ``p95_abs`` in the metric's unit; ``refused`` and
        ``coverage``, shares; ``half_width``, mean of half the interval. NaN where nothing was given.
    """
    rows = []
    for names, group in measurements.groupby(list(by), sort=False):
        given = group[np.isfinite(group.value)]
        error = (given.value - given.truth).to_numpy(dtype=float)
        inside = ((given.low <= given.truth) & (given.truth <= given.high)).to_numpy(dtype=float)
        some = len(given) > 0
        rows.append(
            dict(zip(by, names if isinstance(names, tuple) else (names,), strict=True))
            | {
                "n": len(given),
                "bias": float(error.mean()) if some else np.nan,
                "sd": float(error.std(ddof=1)) if len(given) > 1 else np.nan,
                "median_abs": float(np.median(np.abs(error))) if some else np.nan,
                "p95_abs": float(np.percentile(np.abs(error), 95)) if some else np.nan,
                "refused": 1 - len(given) / len(group),
                "coverage": float(inside.mean()) if some else np.nan,
                "half_width": float(((given.high - given.low) / 2).mean()) if some else np.nan,
            }
        )
    return pd.DataFrame(rows)


def classed(table: pd.DataFrame, factor: str) -> pd.Series:
    """Put a factor's values into its classes; words stay."""
    edges = FACTORS[factor][1]
    if edges is None:
        return table[factor].astype(str)
    if factor == "fps":
        return table[factor].map(lambda fps: f"{fps:.0f}")
    labels = [f"{low:g}–{high:g}" for low, high in pairwise(edges)]
    labels[-1] = f"over {edges[-2]:g}"
    labels[0] = f"under {edges[1]:g}"
    return pd.cut(table[factor], list(edges), labels=labels, include_lowest=True).astype(str)


def by_factor(measurements: pd.DataFrame, factor: str) -> pd.DataFrame:
    """Give `accuracy` by metric, place and the classes of one factor."""
    table = measurements.assign(level=classed(measurements, factor))
    return accuracy(table, ("key", "place", "level"))


def event_errors(events: pd.DataFrame, by: Sequence[str] = ("source", "view", "place", "fps", "kind")) -> pd.DataFrame:
    """Errors of contacts and toe-offs.

    Returns
    -------
    DataFrame
        ``n``, ``bias``, ``median_abs``, ``p95_abs`` in ms; ``missed``, ``invented``, counts.
    """
    rows = []
    for names, group in events.groupby(list(by), sort=True):
        error = group.error_ms[group.outcome == "found"].to_numpy(dtype=float)
        some = len(error) > 0
        rows.append(
            dict(zip(by, names if isinstance(names, tuple) else (names,), strict=True))
            | {
                "n": len(error),
                "bias": float(error.mean()) if some else np.nan,
                "median_abs": float(np.median(np.abs(error))) if some else np.nan,
                "p95_abs": float(np.percentile(np.abs(error), 95)) if some else np.nan,
                "missed": int((group.outcome == "missed").sum()),
                "invented": int((group.outcome == "invented").sum()),
            }
        )
    return pd.DataFrame(rows)


def identity(table: pd.DataFrame) -> pd.DataFrame:
    """Share of frames with exchanged legs, before and after repair, by view and source of motion."""
    rows = []
    for (source, view, fps), group in table.groupby(["source", "view", "fps"]):
        frames = int(group.apart.sum())
        rows.append(
            {
                "source": source,
                "view": view,
                "fps": fps,
                "frames": frames,
                "before": group.before.sum() / frames if frames else np.nan,
                "after": group.after.sum() / frames if frames else np.nan,
                "worst_after": float((group.after / group.apart.clip(lower=1)).max()),
            }
        )
    return pd.DataFrame(rows)


def landmarks(table: pd.DataFrame) -> pd.DataFrame:
    """Medians over clips of each joint's error, % of body height, by place."""
    columns = ["distance", "bias_x", "bias_y", "locked_x", "locked_y", "random_x", "random_y"]
    grouped = table.groupby(["place", "joint"])
    middle = grouped[columns].median()
    middle["clips"] = grouped.size()
    return middle.reset_index()


def detection(clips: pd.DataFrame) -> pd.DataFrame:
    """Clips, share of frames with a runner, clips refused and views mistaken, by view and source of motion."""
    drawn = clips[clips.source != "joints"]
    whole = drawn.sort_values("fps").drop_duplicates("clip", keep="last")
    rows = []
    for (source, view), group in whole.groupby(["source", "view"]):
        seen = group[group.found_view.notna()]
        rows.append(
            {
                "source": source,
                "view": view,
                "clips": len(group),
                "found": float(group.detected.fillna(0).mean()),
                "worst": float(group.detected.fillna(0).min()),
                "wrong_person": float(group.wrong_person.fillna(0).mean()),
                "clips_wrong": int((group.wrong_person > 0.02).sum()),
                "refused": int(group.refused.notna().sum()),
                "view_mistaken": int((seen.found_view != seen.view).sum()),
            }
        )
    return pd.DataFrame(rows)


def asked(table: pd.DataFrame) -> pd.DataFrame:
    """Largest and mean difference between what was asked of the planned motions and their truth, by metric."""
    rows = []
    for key, group in table.groupby("key", sort=False):
        off = (group.truth - group.asked).abs()
        rows.append({"key": key, "n": len(group), "mean_abs": float(off.mean()), "largest": float(off.max())})
    return pd.DataFrame(rows)


def detectors(rows: pd.DataFrame) -> pd.DataFrame:
    """Errors of published event detectors and of ours, by motion, kind and leg; the best last."""
    if rows.empty:
        return rows
    made = []
    for (source, kind, place, name), group in rows.groupby(["source", "kind", "place", "detector"], sort=False):
        off = group.error_ms.dropna().to_numpy(dtype=float)
        made.append(
            {
                "source": source,
                "kind": kind,
                "place": place,
                "detector": name,
                "n": len(off),
                "bias": float(off.mean()) if len(off) else np.nan,
                "median_abs": float(np.median(np.abs(off))) if len(off) else np.nan,
                "p95_abs": float(np.percentile(np.abs(off), 95)) if len(off) else np.nan,
                "missed": int((group.outcome == "missed").sum()),
                "invented": int((group.outcome == "invented").sum()),
            }
        )
    order = ["source", "kind", "place", "median_abs"]
    return pd.DataFrame(made).sort_values(order, ascending=[False, True, False, False], ignore_index=True)


def summaries(results: Results) -> dict[str, pd.DataFrame]:
    """All tables that the page shows, by name."""
    given = {
        "detection": detection(results.clips),
        "accuracy": accuracy(results.measurements[results.measurements.source != "joints"]),
        "joints": accuracy(results.measurements[results.measurements.source == "joints"]),
        "events": event_errors(results.events),
        "detectors": detectors(results.detectors),
        "identity": identity(results.identity),
        "landmarks": landmarks(results.landmarks),
        "asked": asked(results.asked),
    }
    drawn = results.measurements[results.measurements.source != "joints"]
    # The rate is a factor of its own: everything else is compared at the rate of most clips.
    usual = drawn[drawn.fps == 60]
    for factor in FACTORS:
        given[f"by_{factor}"] = by_factor(drawn if factor == "fps" else usual, factor)
    return given
