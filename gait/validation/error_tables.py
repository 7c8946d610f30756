"""Summary tables of a validation: one row a metric and place, an event, a joint or a factor."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pandas as pd

from gait.validation.agreement import (
    EXTREME_SHARE,
    MIN_EXTREME_LEGS,
    agreement,
    clustered_share,
    contains_truth,
)
from gait.validation.finding_performance import (
    assessed_legs,
    finding_performance,
    overstride_performance,
    stated_probabilities,
)
from gait.validation.truth_comparison import ValidationResults

#: Metrics that the page shows in figures and by family of bodies and motion.
MAIN_METRICS = (
    *("overstride", "tibia_angle", "knee_flexion_contact", "knee_flexion_stance", "foot_strike_angle"),
    *("hip_extension", "trunk_lean", "contact_time"),
)
#: Columns of `accuracy` that tables by condition have.
_FACTOR_COLUMNS = (
    *("key", "place", "level", "n", "clips", "bias", "sd", "median_abs", "p95_abs", "slope", "slope_low", "slope_high"),
    *("half_width", "coverage", "coverage_low", "coverage_high", "refused"),
)
#: Factor that errors may depend on → label, and the edges of its classes; ``None`` for factors that are text.
FACTORS: dict[str, tuple[str, tuple[float, ...] | None]] = {
    "fps": ("frames/s", (0, 45, 90, 180, 500)),
    "yaw_deg": ("camera off square, °", (0, 3, 6, 10, 90)),
    "height_px": ("runner's height, px", (0, 400, 500, 600, 2000)),
    "blur": ("motion blur", None),
    "light": ("light", None),
    "clothes": ("clothes", None),
    "body": ("family of bodies", None),
    "drop_deg": ("true pelvic drop, °", (-5, 3, 6, 20)),
    "source": ("motion", None),
}


def accuracy(measurements: pd.DataFrame, by: Sequence[str] = ("key", "place", "fps")) -> pd.DataFrame:
    """Compute the agreement of measurements with the truth, and the share refused.

    Parameters
    ----------
    measurements : DataFrame
        As `ValidationResults.measurements`.
    by : sequence of str
        Columns to group by.

    Returns
    -------
    DataFrame
        One row a group, with the columns of `gait.validation.agreement.agreement` in the metric's unit, NaN where there
        are no values; ``refused``, share of legs without a value.
    """
    rows = []
    for names, group in measurements.groupby(list(by), sort=False):
        given = group[np.isfinite(group.value)]
        rows.append(
            dict(zip(by, names if isinstance(names, tuple) else (names,), strict=True))
            | dict(agreement(given))
            | {"refused": 1 - len(given) / len(group)}
        )
    return pd.DataFrame(rows)


def factor_levels(table: pd.DataFrame, factor: str) -> pd.Series:
    """Sort the values of a factor into its classes.

    Parameters
    ----------
    table : DataFrame
        With a column of the factor's name.
    factor : str
        One of `FACTORS`.

    Returns
    -------
    Series of str
        Label of the class; text stays as it is.
    """
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
    """Compute `accuracy` by metric, place and the classes of one factor.

    Parameters
    ----------
    measurements : DataFrame
        As `ValidationResults.measurements`.
    factor : str
        One of `FACTORS`.

    Returns
    -------
    DataFrame
        As `accuracy`, without limits of agreement and extremes, with a column ``level``.
    """
    table = measurements.assign(level=factor_levels(measurements, factor))
    return accuracy(table, ("key", "place", "level"))[list(_FACTOR_COLUMNS)]


def event_errors(events: pd.DataFrame, by: Sequence[str] = ("source", "view", "place", "fps", "kind")) -> pd.DataFrame:
    """Compute the errors of contacts and toe-offs.

    Parameters
    ----------
    events : DataFrame
        As `ValidationResults.events`.
    by : sequence of str
        Columns to group by.

    Returns
    -------
    DataFrame
        ``n``, ``bias``, ``median_abs``, ``p95_abs`` in ms; ``missed``, ``invented``, counts.
    """
    rows = []
    for names, group in events.groupby(list(by), sort=True):
        error = group.error_ms[group.outcome == "found"].to_numpy(dtype=float)
        has_values = len(error) > 0
        rows.append(
            dict(zip(by, names if isinstance(names, tuple) else (names,), strict=True))
            | {
                "n": len(error),
                "bias": float(error.mean()) if has_values else np.nan,
                "median_abs": float(np.median(np.abs(error))) if has_values else np.nan,
                "p95_abs": float(np.percentile(np.abs(error), 95)) if has_values else np.nan,
                "missed": int((group.outcome == "missed").sum()),
                "invented": int((group.outcome == "invented").sum()),
            }
        )
    return pd.DataFrame(rows)


def identity(table: pd.DataFrame) -> pd.DataFrame:
    """Compute how often the legs are exchanged, before and after repair, by source of motion, view and frame rate.

    Parameters
    ----------
    table : DataFrame
        As `ValidationResults.identity`.

    Returns
    -------
    DataFrame
        ``source, view, fps``; ``frames`` in which an exchange would show; shares ``before``, ``after`` and
        ``worst_after`` (of the worst clip).
    """
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


def keypoints(table: pd.DataFrame) -> pd.DataFrame:
    """Compute the median over clips of each keypoint's error.

    Parameters
    ----------
    table : DataFrame
        As `ValidationResults.keypoints`.

    Returns
    -------
    DataFrame
        One row a place and joint, % of body height; ``clips``, their number.
    """
    columns = ["distance", "bias_x", "bias_y", "locked_x", "locked_y", "random_x", "random_y"]
    grouped = table.groupby(["place", "joint"])
    middle = grouped[columns].median()
    middle["clips"] = grouped.size()
    return middle.reset_index()


def detection(clips: pd.DataFrame) -> pd.DataFrame:
    """Count clips, frames with a runner, refused clips and mistaken views, by source of motion and view.

    Parameters
    ----------
    clips : DataFrame
        As `ValidationResults.clips`.

    Returns
    -------
    DataFrame
        ``source, view, clips``; shares of frames ``found``, ``worst`` (of the worst clip), ``wrong_person``; numbers of
        clips ``clips_wrong``, ``refused``, ``view_mistaken``.
    """
    rendered = clips[clips.source != "joints"]
    whole = rendered.sort_values("fps").drop_duplicates("clip", keep="last")
    rows = []
    for (source, view), group in whole.groupby(["source", "view"]):
        analysed = group[group.found_view.notna()]
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
                "view_mistaken": int((analysed.found_view != analysed.view).sum()),
            }
        )
    return pd.DataFrame(rows)


def requested(table: pd.DataFrame) -> pd.DataFrame:
    """Compute the difference between the values requested of planned motions and their truth, by metric.

    Parameters
    ----------
    table : DataFrame
        As `ValidationResults.requested`.

    Returns
    -------
    DataFrame
        ``key, n, mean_abs, largest``.
    """
    rows = []
    for key, group in table.groupby("key", sort=False):
        difference = (group.truth - group.requested).abs()
        rows.append(
            {"key": key, "n": len(group), "mean_abs": float(difference.mean()), "largest": float(difference.max())}
        )
    return pd.DataFrame(rows)


def detectors(rows: pd.DataFrame) -> pd.DataFrame:
    """Compute the errors of published event detectors and of gait, by source of motion, kind and leg; the best last.

    Parameters
    ----------
    rows : DataFrame
        As `ValidationResults.detectors`.

    Returns
    -------
    DataFrame
        ``source, kind, place, detector, n``; ``bias``, ``median_abs``, ``p95_abs`` in ms; ``missed``, ``invented``.
    """
    if rows.empty:
        return rows
    made = []
    for (source, kind, place, name), group in rows.groupby(["source", "kind", "place", "detector"], sort=False):
        error = group.error_ms.dropna().to_numpy(dtype=float)
        made.append(
            {
                "source": source,
                "kind": kind,
                "place": place,
                "detector": name,
                "n": len(error),
                "bias": float(error.mean()) if len(error) else np.nan,
                "median_abs": float(np.median(np.abs(error))) if len(error) else np.nan,
                "p95_abs": float(np.percentile(np.abs(error), 95)) if len(error) else np.nan,
                "missed": int((group.outcome == "missed").sum()),
                "invented": int((group.outcome == "invented").sum()),
            }
        )
    order = ["source", "kind", "place", "median_abs"]
    return pd.DataFrame(made).sort_values(order, ascending=[False, True, False, False], ignore_index=True)


def measurement_tables(measurements: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Make the tables that rest on measurements alone; the published data of each clip suffice for them.

    Parameters
    ----------
    measurements : DataFrame
        As `ValidationResults.measurements`, with ``speed_mps`` and ``height_m`` of the runner
        (`gait.validation.published_data.published_measurements`).

    Returns
    -------
    dict
        Name → DataFrame.
    """
    rendered = measurements[measurements.source != "joints"]
    joints = measurements[measurements.source == "joints"]
    # Frame rate is a factor of its own; the others are compared at the rate of most clips.
    at_60 = rendered[rendered.fps == 60]
    main = at_60[at_60.key.isin(MAIN_METRICS)]
    legs = assessed_legs(measurements[measurements.fps == 60])
    tables = {
        "accuracy": accuracy(rendered),
        "by_body_and_motion": accuracy(main.assign(level=main.body + ", " + main.source), ("key", "place", "level")),
        "pooled": _pooled(at_60),
        "joints": accuracy(joints),
        "findings": finding_performance(legs),
        "overstride_finding": overstride_performance(legs),
        "probabilities": stated_probabilities(legs),
    }
    for factor in FACTORS:
        tables[f"by_{factor}"] = by_factor(rendered if factor == "fps" else at_60, factor)
    return tables


def _pooled(measurements: pd.DataFrame) -> pd.DataFrame:
    """Compute the coverage over all metrics, and at their extremes, by source of motion and of all."""
    given = measurements[np.isfinite(measurements.value)]
    rank = given.groupby(["key", "place"]).truth.rank(pct=True)
    size = given.groupby(["key", "place"]).truth.transform("size")
    parts = {
        "all": given,
        "lowest fifth": given[(rank <= EXTREME_SHARE) & (size >= MIN_EXTREME_LEGS)],
        "highest fifth": given[(rank > 1 - EXTREME_SHARE) & (size >= MIN_EXTREME_LEGS)],
    }
    parts |= {str(source): group for source, group in given.groupby("source")}
    parts |= {str(body): group for body, group in given.groupby("body")}
    rows = []
    for name, part in parts.items():
        share, low, high = clustered_share(contains_truth(part).to_numpy(dtype=float), part["clip"].to_numpy())
        rows.append(
            {
                "part": name,
                "n": len(part),
                "clips": part["clip"].nunique(),
                "coverage": share,
                "coverage_low": low,
                "coverage_high": high,
            }
        )
    return pd.DataFrame(rows)


def summary_tables(results: ValidationResults) -> dict[str, pd.DataFrame]:
    """Make all tables that the page shows.

    Parameters
    ----------
    results : ValidationResults
        With measurements as `measurement_tables` takes them.

    Returns
    -------
    dict
        Name → DataFrame.
    """
    return {
        "detection": detection(results.clips),
        "events": event_errors(results.events),
        "detectors": detectors(results.detectors),
        "identity": identity(results.identity),
        "keypoints": keypoints(results.keypoints),
        "requested": requested(results.requested),
        **measurement_tables(results.measurements),
    }
