"""Compare the analysis of a filmed runner with a reference: labels by hand, or a laboratory.

Two errors are kept apart. The error *at the reference's moments* is that of the posture alone: gait's value moved from
gait's own events to the moments at which the reference was read. The error *as reported* contains that of the events.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from gait._typing import FloatArray
from gait.analysis.view_analysis import ViewAnalysis
from gait.geometry.keypoint_tracks import KeypointTracks
from gait.metrics.leg_angles import foot_pitch_angle
from gait.metrics.metric_spec import MetricSpec, missing_keypoints
from gait.metrics.register import METRIC_BY_KEY
from gait.records import Measurement

#: An event of gait farther than this from the reference's, s of real time, is not the same: a quarter of a step. [E]
MATCH_S = 0.10
#: Normal quantile of 95 % intervals.
_Z95 = 1.96


@dataclass(frozen=True)
class ReferenceEvent:
    """A contact or toe-off as the reference has it.

    Attributes
    ----------
    observer : str
        Who or what read it: the name of a labelling, ``force``, ``events``.
    side : {"left", "right"}
    kind : {"contact", "toe_off"}
    time_s : float
        s, playback timeline of the video.
    force_time_s : float
        The same moment by 50 N of vertical force, as far as it is known.
    sd_s : float
        Standard uncertainty of ``time_s``, s.
    """

    observer: str
    side: str
    kind: str
    time_s: float
    force_time_s: float
    sd_s: float


@dataclass(frozen=True)
class ReferenceValue:
    """The value of a metric in one step as the reference has it.

    Attributes
    ----------
    observer : str
    key : str
        Of the metric.
    side : {"left", "right"}
        Foot of the step.
    value : float
        In the metric's unit.
    contact_s, toe_off_s : float
        True events of the step (50 N of vertical force), s, playback timeline; the toe-off may be NaN.
    read_at_s : float
        Moment at which the reference was read where the metric belongs to contact, s, playback timeline.
    """

    observer: str
    key: str
    side: str
    value: float
    contact_s: float
    toe_off_s: float
    read_at_s: float


@dataclass(frozen=True)
class ReferencePoint:
    """A point of the body in a frame as the reference has it.

    Attributes
    ----------
    observer : str
    joint : str
        Keypoint without its side.
    side : {"left", "right"}
    time_s : float
        s, playback timeline.
    forward_px, up_px : float
        Along the runner's axes (`gait.geometry.keypoint_tracks.KeypointTracks.xy`), pixels.
    sd_px : float
    """

    observer: str
    joint: str
    side: str
    time_s: float
    forward_px: float
    up_px: float
    sd_px: float


@dataclass(frozen=True)
class Reference:
    """Everything a reference says about one clip.

    Attributes
    ----------
    events : tuple of ReferenceEvent
    values : tuple of ReferenceValue
    points : tuple of ReferencePoint
    mean_sd : dict
        (observer, metric, side) → the observer's own standard uncertainty of the mean of the clip, metric's unit.
    event_bias_sd_ms : dict
        Kind of event → standard uncertainty of `ReferenceEvent.force_time_s` that all clips share, ms.
    whole_clip : dict
        Metric → value of the whole clip, such as the cadence.
    """

    events: tuple[ReferenceEvent, ...]
    values: tuple[ReferenceValue, ...]
    points: tuple[ReferencePoint, ...] = ()
    mean_sd: dict[tuple[str, str, str], float] | None = None
    event_bias_sd_ms: dict[str, float] | None = None
    whole_clip: dict[str, float] | None = None


def leg_place(view: ViewAnalysis, side: str) -> str:
    """Name from where a camera shows a side.

    Parameters
    ----------
    view : ViewAnalysis
    side : {"left", "right", "both"}

    Returns
    -------
    str
        ``near`` or ``far`` in a side view, else the view; ``near`` for both sides.
    """
    if view.camera.view != "side":
        return view.camera.view
    return "near" if side in ("both", view.camera.near_side) else "far"


def event_rows(view: ViewAnalysis, reference: Reference) -> list[dict[str, Any]]:
    """Compare contacts and toe-offs.

    Parameters
    ----------
    view : ViewAnalysis
    reference : Reference

    Returns
    -------
    list of dict
        One row a side and kind: ``side, place, kind``; ``observers``; ``n``, events of the most diligent of them;
        ``missed``, events of all observers that gait has not;
        ``error_ms``, gait minus reference, ``force_error_ms``, gait minus 50 N, means over the events of each observer
        and then over observers, real time; ``spread_ms``, standard deviation over events; ``reference_sd_ms``, standard
        uncertainty of ``force_error_ms`` by the reference; ``half_width_ms``, half of gait's 95 % interval; ``holds``.
    """
    real = view.info.real_per_playback
    rows = []
    for (side, kind), events in _grouped(reference.events, lambda e: (e.side, e.kind)).items():
        chosen = view.events[(view.events.side == side) & (view.events.kind == kind)]
        found = chosen.time_s.to_numpy(dtype=float)
        sure = chosen.uncertainty_s.to_numpy(dtype=float)
        raw, force, stated, half, spreads, missed = [], [], [], [], [], 0
        for of_observer in _grouped(events, lambda e: e.observer).values():
            pairs = [(e, _nearest(found, e.time_s, MATCH_S / real)) for e in of_observer]
            matched = [(e, n) for e, n in pairs if n is not None]
            missed += len(pairs) - len(matched)
            if not matched:
                continue
            errors = np.array([1e3 * real * (found[n] - e.time_s) for e, n in matched])
            raw.append(float(errors.mean()))
            force.append(float(np.mean([1e3 * real * (found[n] - e.force_time_s) for e, n in matched])))
            spreads.append(float(errors.std(ddof=1)) if len(errors) > 1 else np.nan)
            stated.append(1e3 * real * float(np.sqrt(np.sum([e.sd_s**2 for e, _ in matched]))) / len(matched))
            half.append(1e3 * real * _Z95 * float(np.mean([sure[n] for _, n in matched])))
        row = {"side": side, "place": leg_place(view, side), "kind": kind, "missed": missed} | _counts(events)
        if raw:
            shared = (reference.event_bias_sd_ms or {}).get(kind, 0.0)
            uncertainty = float(np.hypot(_reference_sd(raw, stated), shared))
            row |= _outcome(float(np.mean(force)), uncertainty, float(np.mean(half)), "_ms") | {
                "error_ms": float(np.mean(raw)),
                "force_error_ms": float(np.mean(force)),
                "spread_ms": float(np.nanmean(spreads)) if np.isfinite(spreads).any() else np.nan,
            }
        rows.append(row)
    return rows


def value_rows(
    view: ViewAnalysis, reference: Reference, measurements: Sequence[Measurement] | None = None
) -> list[dict[str, Any]]:
    """Compare metrics.

    Parameters
    ----------
    view : ViewAnalysis
    reference : Reference
    measurements : sequence of Measurement, optional
        With the intervals as reported; those of the view without it.

    Returns
    -------
    list of dict
        One row a metric and side: ``key, side, place, grade, reason``; ``observers``; ``n``, steps of the most diligent
        of them; ``reference``, ``value``, means over the same steps, the reference at the true events, gait as
        reported; ``error_at_reference``, of gait's value at the reference's moments; ``error``, as reported;
        ``spread``, standard deviation of it over steps; ``reference_sd``, standard uncertainty of the reference's mean;
        ``half_width``, half of the reported 95 % interval; ``holds`` and ``holds_at_reference``: the interval about
        either value, widened by the reference's uncertainty, holds the reference.
    """
    reported = {(m.key, m.side): m for m in (view.measurements if measurements is None else measurements)}
    rows = []
    for (key, side), values in _grouped(reference.values, lambda v: (v.key, _measured_side(v))).items():
        measurement = reported.get((key, side))
        row: dict[str, Any] = {"key": key, "side": side, "place": leg_place(view, side)} | _counts(values)
        row["grade"], row["reason"] = (measurement.grade, measurement.reason) if measurement else (None, "not measured")
        at_reference, as_reported, gait_values, true_values, stated, spreads = [], [], [], [], [], []
        for observer, of_observer in _grouped(values, lambda v: v.observer).items():
            found = _errors(view, METRIC_BY_KEY[key], of_observer)
            if found is None:
                continue
            at_reference.append(float(np.nanmean(found.at_reference)))
            as_reported.append(float(np.nanmean(found.as_reported)))
            gait_values.append(float(np.nanmean(found.value)))
            true_values.append(float(np.nanmean(found.value - found.as_reported)))
            spreads.append(float(np.nanstd(found.as_reported, ddof=1)) if len(of_observer) > 1 else np.nan)
            stated.append((reference.mean_sd or {}).get((observer, key, side), 0.0))
        if as_reported:
            half = np.nan
            if measurement is not None and measurement.interval is not None:
                half = (measurement.interval[1] - measurement.interval[0]) / 2
            own = _reference_sd(at_reference, stated)
            row |= _outcome(float(np.mean(as_reported)), own, half) | {
                "holds_at_reference": _outcome(float(np.mean(at_reference)), own, half)["holds"],
                "reference": float(np.mean(true_values)),
                "value": float(np.mean(gait_values)),
                "error_at_reference": float(np.mean(at_reference)),
                "error": float(np.mean(as_reported)),
                "spread": float(np.nanmean(spreads)) if np.isfinite(spreads).any() else np.nan,
            }
        rows.append(row)
    for key, true in (reference.whole_clip or {}).items():
        measurement = reported.get((key, "both"))
        row = {"key": key, "side": "both", "place": leg_place(view, "both"), "observers": 1, "n": 1}
        row["reference"] = true
        row["grade"], row["reason"] = (measurement.grade, measurement.reason) if measurement else (None, "not measured")
        if measurement is not None and measurement.value is not None and measurement.interval is not None:
            half = (measurement.interval[1] - measurement.interval[0]) / 2
            error = measurement.value - true
            row |= _outcome(error, 0.0, half) | {"value": measurement.value, "error": error}
        rows.append(row)
    return rows


def point_rows(view: ViewAnalysis, reference: Reference) -> list[dict[str, Any]]:
    """Compare clean keypoints with the reference's points in the same frames.

    Parameters
    ----------
    view : ViewAnalysis
    reference : Reference

    Returns
    -------
    list of dict
        One row a joint and side: ``joint, side, place, observers, n``; ``forward``, ``up``, keypoint minus reference,
        means, and ``spread_forward``, ``spread_up`` over frames, ``reference_sd``, standard uncertainty of the mean; %
        of thigh plus shank.
    """
    tracks = KeypointTracks(view.clean, view.camera)
    names = {str(name) for name in view.clean.keypoint.values}
    percent = 100 / view.camera.leg_px
    rows = []
    for (side, joint), points in _grouped(reference.points, lambda p: (p.side, p.joint)).items():
        if f"{side}_{joint}" not in names:
            continue
        by_observer = {}
        for observer, of_observer in _grouped(points, lambda p: p.observer).items():
            found = tracks.at(np.array([p.time_s for p in of_observer]), f"{side}_{joint}")
            by_observer[observer] = percent * (found - [(p.forward_px, p.up_px) for p in of_observer])
        means = np.array([np.nanmean(error, axis=0) for error in by_observer.values()])
        spread = np.nanmean([np.nanstd(e, axis=0, ddof=min(1, len(e) - 1)) for e in by_observer.values()], axis=0)
        between = [_reference_sd(means[:, axis].tolist(), []) for axis in range(2)]
        # Points under cloth are shared by all frames of a clip: frames do not reduce their uncertainty.
        stated = percent * float(np.mean([p.sd_px for p in points])) / np.sqrt(len(by_observer))
        rows.append(
            {
                "joint": joint,
                "side": side,
                "place": leg_place(view, side),
                **_counts(points),
                "forward": float(means[:, 0].mean()),
                "up": float(means[:, 1].mean()),
                "spread_forward": float(spread[0]),
                "spread_up": float(spread[1]),
                "reference_sd": float(max(*between, stated)),
            }
        )
    return rows


@dataclass(frozen=True)
class _StepErrors:
    value: FloatArray
    as_reported: FloatArray
    at_reference: FloatArray


def _errors(view: ViewAnalysis, spec: MetricSpec, values: Sequence[ReferenceValue]) -> _StepErrors | None:
    """Compare one metric of one observer step by step; ``None`` where no step of gait fits."""
    found, matched = [], []
    steps = view.steps
    if spec.key not in steps:
        return None
    for side in dict.fromkeys(v.side for v in values):
        of_side = steps[steps.side == side]
        contacts = of_side.contact_s.to_numpy(dtype=float)
        for v in (v for v in values if v.side == side):
            number = _nearest(contacts, v.contact_s, MATCH_S / view.info.real_per_playback)
            if number is not None:
                row = of_side.iloc[number]
                found.append((side, float(row.contact_s), float(row.toe_off_s), float(row[spec.key])))
                matched.append(v)
    if not found or not np.isfinite([f[3] for f in found]).any():
        return None
    value, true = np.array([f[3] for f in found]), np.array([v.value for v in matched])
    if spec.measure is None:
        return _StepErrors(value, value - true, value - true)
    own = _formula(view, spec, found)
    of_contact = spec.moment == "contact"

    def change(contact: Sequence[float], toe_off: Sequence[float]) -> FloatArray:
        moved = [
            (side, at, off if np.isfinite(off) else own_off, v)
            for (side, _, own_off, v), at, off in zip(found, contact, toe_off, strict=True)
        ]
        return _formula(view, spec, moved) - own

    own_toe_off = [np.nan] * len(found)
    read_at = [v.read_at_s for v in matched] if of_contact else [v.contact_s for v in matched]
    toe_off = own_toe_off if of_contact else [v.toe_off_s for v in matched]
    to_reference = change(read_at, toe_off)
    # The reference moved to the true contact, by how far gait's own keypoints move until then.
    to_truth = change([v.contact_s for v in matched], toe_off) - to_reference
    return _StepErrors(value, value - (true + to_truth), value + to_reference - true)


def _formula(view: ViewAnalysis, spec: MetricSpec, steps: Sequence[tuple[str, float, float, float]]) -> FloatArray:
    """Evaluate a metric's formula at given events: (side, contact, toe-off, –) of each step."""
    tracks = KeypointTracks(view.clean, view.camera)
    assert spec.measure is not None
    values = np.full(len(steps), np.nan)
    for side in dict.fromkeys(s[0] for s in steps):
        of_side = np.array([n for n, s in enumerate(steps) if s[0] == side])
        contact, toe_off = (np.array([steps[n][column] for n in of_side]) for column in (1, 2))
        if spec.key == "foot_strike_angle":
            # The shoe is read a little before contact, which moves along; the keypoints show how the foot turns.
            values[of_side] = foot_pitch_angle(tracks, side, contact)
        else:
            values[of_side] = spec.measure(tracks, side, contact, toe_off)
    return values


def reference_formula(
    tracks: KeypointTracks, side: str, contacts: FloatArray, toe_offs: FloatArray
) -> dict[str, FloatArray]:
    """Evaluate every metric that keypoints show, at given events.

    Parameters
    ----------
    tracks : KeypointTracks
        Of the reference, such as markers.
    side : {"left", "right"}
    contacts, toe_offs : (S,) float arrays
        s.

    Returns
    -------
    dict
        Metric → (S,) float array; metrics that need other keypoints or the image are left out.
    """
    names = {str(name) for name in tracks.pose.keypoint.values}
    found = {}
    for key, spec in METRIC_BY_KEY.items():
        if spec.measure is None or tracks.camera.view not in spec.views or "pelvis_tilt" in spec.rests_on:
            continue
        if missing_keypoints(spec, names) is None and len(contacts):
            values = spec.measure(tracks, side, contacts, toe_offs)
            if np.isfinite(values).any():
                found[key] = values
    return found


def _measured_side(value: ReferenceValue) -> str:
    return value.side if METRIC_BY_KEY[value.key].sided else "both"


def _counts(items: Sequence[ReferenceEvent | ReferenceValue | ReferencePoint]) -> dict[str, int]:
    by_observer = _grouped(items, lambda i: i.observer)
    return {"observers": len(by_observer), "n": max(map(len, by_observer.values()))}


def _nearest(found: FloatArray, time_s: float, within_s: float) -> int | None:
    if not len(found):
        return None
    number = int(np.argmin(np.abs(found - time_s)))
    return number if abs(found[number] - time_s) <= within_s else None


def _reference_sd(means: Sequence[float], stated: Sequence[float]) -> float:
    """Return the standard uncertainty of the mean over observers.

    The observers' scatter and their own statements describe the same thing: the larger one counts.
    """
    count = len(means)
    scatter = float(np.std(means, ddof=1)) / np.sqrt(count) if count > 1 else 0.0
    own = float(np.sqrt(np.sum(np.square(stated)))) / len(stated) if len(stated) else 0.0
    return float(max(scatter, own))


def _outcome(error: float, reference_sd: float, half_width: float, unit: str = "") -> dict[str, Any]:
    holds = None
    if np.isfinite(half_width) and np.isfinite(error):
        holds = bool(abs(error) <= np.hypot(half_width, _Z95 * reference_sd))
    return {f"reference_sd{unit}": reference_sd, f"half_width{unit}": half_width, "holds": holds}


def _grouped(items: Any, key: Any) -> dict[Any, list[Any]]:
    groups: dict[Any, list[Any]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return groups


# --- summary --------------------------------------------------------------------------------------------------------


def summary(
    rows: pd.DataFrame,
    by: Sequence[str],
    *,
    error: str,
    reference_sd: str,
    half_width: str,
    holds: str = "holds",
) -> pd.DataFrame:
    """Summarise the errors of several clips; the reference's own uncertainty is subtracted in quadrature.

    Parameters
    ----------
    rows : DataFrame
        One row a clip and quantity.
    by : sequence of str
        Columns that name a quantity.
    error, reference_sd, half_width, holds : str
        Columns.

    Returns
    -------
    DataFrame
        ``clips`` with a value; ``bias``, mean error; ``rms``; ``reference_sd``, root mean square; ``method_error`` =
        √(rms² − reference_sd²), 0 where the reference alone explains the errors; ``half_width``, mean; ``held``, number
        of intervals that hold the reference, of ``intervals``.
    """
    made: list[dict[str, Any]] = []
    if rows.empty or error not in rows:
        return pd.DataFrame(made)
    for names, group in rows[rows[error].notna()].groupby(list(by), sort=False):
        errors, sds = group[error].to_numpy(dtype=float), group[reference_sd].to_numpy(dtype=float)
        rms, own = float(np.sqrt(np.mean(errors**2))), float(np.sqrt(np.mean(sds**2)))
        judged = group[holds].dropna()
        made.append(
            dict(zip(by, names if isinstance(names, tuple) else (names,), strict=True))
            | {
                "clips": len(group),
                "bias": float(errors.mean()),
                "rms": rms,
                "reference_sd": own,
                "method_error": float(np.sqrt(max(rms**2 - own**2, 0.0))),
                "half_width": float(group[half_width].mean()),
                "held": int(judged.astype(bool).sum()),
                "intervals": len(judged),
            }
        )
    return pd.DataFrame(made)
