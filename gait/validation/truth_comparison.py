"""What the pipeline says of a clip, set against what is true of it: tidy tables, one row a fact."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from gait._typing import BoolArray, FloatArray
from gait.analysis.view_analysis import ViewAnalysis, analyze_pose
from gait.errors import RefusedError
from gait.events.shoe_landing import sides_followed
from gait.geometry.keypoint_tracks import KeypointTracks
from gait.metrics.frontal import is_marked
from gait.metrics.register import METRICS, PELVIS, SHOE
from gait.records import Runner
from gait.signal.cleaning import clean_keypoints
from gait.signal.phase import fold
from gait.synthetic.body_segments import JOINTS
from gait.synthetic.run_spec import SIDES
from gait.validation import published_detectors as published
from gait.validation.cases import Case
from gait.validation.mocap import true_camera
from gait.validation.rendered_clips import RenderedClip

#: An event this far from any true one is invented, and a true one without a partner is missed, s.
MATCH_S = 0.10
#: The same for published detectors, some of which are late by more than that.
FAR_S = 0.20
DETECTORS_FPS = 60.0
#: Events this close to the ends of a clip are not judged, s.
EDGE_S = 0.30
#: The two legs' joints must be this far apart on average for an exchange to be told, share of body height.
APART = 0.04
#: Trunk landmarks this far from the runner's, share of body height, are those of somebody else.
ELSEWHERE = 0.08
KNEES, HIPS = ("left_knee", "right_knee"), ("left_hip", "right_hip")
LEG = ("knee", "ankle", "heel", "foot_index")


@dataclass(frozen=True)
class Results:
    """Tables of a validation.

    Attributes
    ----------
    clips : DataFrame
        One row a clip and frame rate: ``clip, source, view, fps``, the factors of its case, ``found_view, detected,
        wrong_person, refused``.
    measurements : DataFrame
        One row a metric, side, clip and frame rate: ``key, side, place, value, low, high, grade, reason, truth``.
    events : DataFrame
        ``side, place, kind, error_ms``; NaN where ``outcome`` is "missed" or "invented" rather than "found".
    identity : DataFrame
        ``apart`` frames in which an exchange could be told, ``before`` and ``after`` exchanged ones.
    landmarks : DataFrame
        One row a joint and clip: ``joint, place``, ``bias_x, bias_y, locked_x, locked_y, random_x, random_y`` in % of
        body height, ``memory_s``. x forwards (side), to the image's right (rear, front); y up.
    detectors : DataFrame
        Published event detectors and ours on recorded motion from the side at 60 frames/s: ``detector, kind, place,
        outcome, error_ms``.
    asked : DataFrame
        What was asked of a planned motion and what its truth came out at: ``key, side, asked, truth``.
    """

    clips: pd.DataFrame
    measurements: pd.DataFrame
    events: pd.DataFrame
    identity: pd.DataFrame
    landmarks: pd.DataFrame
    detectors: pd.DataFrame
    asked: pd.DataFrame


def match_events(
    found: FloatArray, true: FloatArray, start: float, end: float, *, within: float = MATCH_S
) -> tuple[FloatArray, int, int]:
    """Pair found with true times.

    Parameters
    ----------
    found, true : (n,) arrays
        s; one kind of event of one leg.
    start, end : float
        Only true events between these count; found ones outside are nobody's fault.
    within : float
        Farther apart, s, they are not the same event.

    Returns
    -------
    errors : array
        Found minus true, s.
    missed, invented : int
    """
    wanted = true[(true > start) & (true < end)]
    errors = []
    used = np.zeros(len(found), dtype=bool)
    missed = 0
    for time in wanted:
        gap = np.where(used, np.inf, np.abs(found - time))
        if len(found) == 0 or gap.min() > within:
            missed += 1
            continue
        best = int(np.argmin(gap))
        used[best] = True
        errors.append(float(found[best] - time))
    inside = (found > start) & (found < end) & ~used
    # A found event just inside may belong to a true one just outside.
    lonely = [t for t in found[inside] if len(true) == 0 or np.abs(true - t).min() > within]
    return np.array(errors), missed, len(lonely)


def exchanged(
    left: FloatArray, right: FloatArray, true_left: FloatArray, true_right: FloatArray, size: float
) -> tuple[BoolArray, BoolArray]:
    """Tell in which frames the legs are exchanged.

    Parameters
    ----------
    left, right, true_left, true_right : (T, J, 2)
        Pixels.
    size : float
        Body height, pixels.

    Returns
    -------
    apart : (T,) bool
        Frames in which it can be told.
    swapped : (T,) bool
    """

    def gap(a: FloatArray, b: FloatArray) -> FloatArray:
        seen = np.linalg.norm(a - b, axis=2)
        count = np.isfinite(seen).sum(axis=1)
        mean: FloatArray = np.where(count > 0, np.nansum(seen, axis=1) / np.maximum(count, 1), np.nan)
        return mean

    keep = gap(left, true_left) + gap(right, true_right)
    swap = gap(left, true_right) + gap(right, true_left)
    with np.errstate(invalid="ignore"):
        apart = (gap(true_left, true_right) > APART * size) & np.isfinite(keep)
        return apart, apart & (swap < 0.6 * keep)


def stride_phase(clip: RenderedClip) -> FloatArray:
    """Stride phase of every frame from the true contacts; whole at right contacts."""
    times = np.asarray(clip.pose.time.values, dtype=float)
    contacts = clip.events()
    marks = [(t, 0.0) for t in contacts["right", "contact"]] + [(t, 0.5) for t in contacts["left", "contact"]]
    marks.sort()
    at = np.array([t for t, _ in marks])
    phase = marks[0][1] + 0.5 * np.arange(len(marks))
    slope = float(np.polyfit(at, phase, 1)[0])
    inside = np.interp(times, at, phase)
    before, after = phase[0] + slope * (times - at[0]), phase[-1] + slope * (times - at[-1])
    return np.asarray(np.where(times < at[0], before, np.where(times > at[-1], after, inside)), dtype=float)


def _xy(pose: xr.Dataset, name: str, variable: str = "position") -> FloatArray:
    chosen = pose[variable].sel(keypoint=name).isel(individual=0).transpose("time", "space")
    return np.asarray(chosen.values, dtype=float)


def _legs(source: xr.Dataset | FloatArray, variable: str = "position") -> tuple[FloatArray, FloatArray]:
    sides = []
    for side in SIDES:
        names = [f"{side}_{joint}" for joint in LEG]
        if isinstance(source, xr.Dataset):
            sides.append(np.stack([_xy(source, name, variable) for name in names], axis=1))
        else:
            sides.append(source[:, [JOINTS.index(name) for name in names]])
    return sides[0], sides[1]


def body_px(clip: RenderedClip) -> float:
    """Body height in the picture, pixels, from the true joints: nose to heel is about 0.93 of it."""
    nose = clip.pixels[:, JOINTS.index("nose"), 1]
    heel = np.maximum(clip.pixels[:, JOINTS.index("left_heel"), 1], clip.pixels[:, JOINTS.index("right_heel"), 1])
    return float(np.median(heel - nose)) / 0.93


def wrong_person(clip: RenderedClip) -> float:
    """Share of the frames with somebody in which it was not the runner: shoulders and hips far from the true ones."""
    gaps = []
    for joint in ("shoulder", "hip"):
        for side in SIDES:
            name = f"{side}_{joint}"
            gaps.append(np.linalg.norm(_xy(clip.pose, name) - clip.pixels[:, JOINTS.index(name)], axis=1))
    apart = np.median(gaps, axis=0)
    seen = np.isfinite(apart)
    return float((apart[seen] > ELSEWHERE * body_px(clip)).mean()) if seen.any() else 0.0


def landmark_rows(clip: RenderedClip) -> list[dict[str, Any]]:
    """Split each landmark's error into what is steady, what repeats with the stride and what is random.

    Legs that the engine exchanged are put back first: that is an error of another kind.
    """
    size, phase = body_px(clip), stride_phase(clip)
    swapped = exchanged(*_legs(clip.pose), *_legs(clip.pixels), size)[1]
    case = clip.case
    direction = -1.0 if case.camera.view == "side" and case.camera.facing == "left" else 1.0
    times = np.asarray(clip.pose.time.values, dtype=float)
    frame_s = float(np.median(np.diff(times)))
    rows = []
    for index, name in enumerate(JOINTS):
        if name not in clip.pose.keypoint.values:
            continue
        side, _, part = name.partition("_")
        seen = _xy(clip.pose, name)
        if part in LEG and side in SIDES:
            other = _xy(clip.pose, f"{'right' if side == 'left' else 'left'}_{part}")
            seen = np.where(swapped[:, None], other, seen)
        error = 100 * (seen - clip.pixels[:, index]) * [direction, -1.0] / size
        good = np.isfinite(error[:, 0])
        if good.sum() < 60:
            continue
        wave = fold(phase[good], error[good], harmonics=5)
        locked = wave(phase[good]) - wave.coefficients[0]
        # From each side's own contact on, so that runners can be compared.
        own = fold(phase[good] + (0.5 if side == "left" else 0.0), error[good], harmonics=5)
        rest = error[good] - wave(phase[good])
        following = np.diff(np.flatnonzero(good)) == 1
        together = float(np.sum(rest[:-1][following] * rest[1:][following]) / np.sum(rest[:-1][following] ** 2))
        place = _place(case, side if side in SIDES else "both")
        rows.append(
            {
                "joint": part if side in SIDES else name,
                "place": place,
                "bias_x": wave.coefficients[0, 0],
                "bias_y": wave.coefficients[0, 1],
                "locked_x": float(np.std(locked[:, 0])),
                "locked_y": float(np.std(locked[:, 1])),
                "random_x": 1.4826 * float(np.median(np.abs(rest[:, 0]))),
                "random_y": 1.4826 * float(np.median(np.abs(rest[:, 1]))),
                "distance": float(np.median(np.linalg.norm(error[good], axis=1))),
                "locked": own.coefficients[1:].ravel().tolist(),
                "memory_s": -frame_s / np.log(np.clip(together, 0.02, 0.98)),
            }
        )
    return rows


def _place(case: Case, side: str) -> str:
    """Near or far leg of a side view, else the view."""
    if case.camera.view != "side":
        return case.camera.view
    near = "left" if case.camera.facing == "left" else "right"
    return "near" if side in ("both", near) else "far"


Tables = dict[str, list[dict[str, Any]]]
TABLES = ("clips", "measurements", "events", "identity", "landmarks", "detectors", "asked")


def compare(
    clip: RenderedClip,
    *,
    raw: bool = False,
    pictures: bool = True,
    rates: tuple[float, ...] = (30.0, 60.0, 120.0, 240.0),
) -> Tables:
    """Run the pipeline on a clip and set what it says against the truth.

    Parameters
    ----------
    clip : Clip
    raw : bool
        See `gait.analysis.view_analysis.analyze_pose`, ``corrected``.
    pictures : bool
        ``False`` leaves out what the pictures of shoes add.
    rates : tuple of float
        Frame rates at which the clip is analysed, where its own is a multiple of them. Frames are independent for
        the pose engine, so that leaving frames out is as good as filming at a lower rate.

    Returns
    -------
    dict
        Table of `Results` → rows.
    """
    tables: Tables = {name: [] for name in TABLES}
    for rate in rates:
        step = clip.case.camera.fps / rate
        if step >= 1 and abs(step - round(step)) < 1e-6:
            _compare(clip.thinned(round(step)), tables, whole=round(step) == 1, raw=raw, pictures=pictures)
    return tables


def unseen(case: Case, reason: str) -> Tables:
    """Give the rows of a clip in which nobody was found, or that could not be drawn."""
    tables: Tables = {name: [] for name in TABLES}
    tables["clips"].append(_head(case, case.camera.fps) | {"refused": reason, "detected": np.nan})
    return tables


def collected(parts: Iterable[Tables]) -> Results:
    """Put the rows of many clips together."""
    whole: Tables = {name: [] for name in TABLES}
    for part in parts:
        for name, rows in part.items():
            whole[name] += rows
    return Results(**{name: pd.DataFrame(rows) for name, rows in whole.items()})


def _head(case: Case, fps: float) -> dict[str, Any]:
    return {
        "clip": case.name,
        "source": case.source,
        "view": case.camera.view,
        "fps": fps,
        **case.factors,
    }


def _compare(clip: RenderedClip, tables: Tables, *, whole: bool, raw: bool, pictures: bool) -> None:
    case = clip.case
    head = _head(case, case.camera.fps)
    size = body_px(clip)
    found = np.isfinite(clip.pose.position.isel(individual=0, space=0)).all("keypoint").values
    row = head | {
        "detected": float(found.mean()),
        "refused": None,
        "found_view": None,
        "wrong_person": wrong_person(clip),
        "drop_deg": clip.value("pelvic_drop", "both"),
    }
    tables["clips"].append(row)
    true_legs = _legs(clip.pixels)
    apart, before = exchanged(*_legs(clip.pose), *true_legs, size)
    if whole and case.drawn:
        tables["landmarks"] += [head | r for r in landmark_rows(clip)]
        if case.recording is None:
            tables["asked"] += [head | r for r in asked_rows(clip)]
    try:
        pose = clip.looked_at() if pictures else clip.pose
        analysis = analyze_pose(pose, runner=Runner(height_m=clip.height_m), corrected=not raw)
    except RefusedError as error:
        row["refused"] = str(error)
        return
    row["found_view"] = analysis.camera.view
    _, after = exchanged(*_legs(analysis.clean), *true_legs, size)
    tables["identity"].append(
        head | {"apart": int(apart.sum()), "before": int(before.sum()), "after": int((after & apart).sum())}
    )
    tables["measurements"] += [head | r for r in measurement_rows(clip, analysis)]
    tables["events"] += [head | r for r in event_rows(clip, analysis)]
    if case.recording is not None and analysis.camera.view == "side" and case.camera.fps == DETECTORS_FPS:
        tables["detectors"] += [head | r for r in detector_rows(clip, analysis)]


_VIEWS = {metric.key: metric.views for metric in METRICS}
#: Field of `RunnerSpec` → metric of the truth.
_ASKED = {
    "cadence_spm": "cadence",
    "contact_time_ms": "contact_time",
    "overstride": "overstride",
    "tibia_angle_deg": "tibia_angle",
    "knee_flexion_contact_deg": "knee_flexion_contact",
    "foot_strike_deg": "foot_strike_angle",
    "trunk_lean_deg": "trunk_lean",
    "pelvic_drop_deg": "pelvic_drop",
    "lateral_lean_deg": "lateral_trunk_lean",
    "arm_crossover": "arm_crossover",
    "step_width_cm": "step_width",
    "vertical_oscillation_cm": "vertical_oscillation",
}
_SIDED = ("contact_time_ms", "overstride", "foot_strike_deg", "pelvic_drop_deg", "arm_crossover")


def asked_rows(clip: RenderedClip) -> list[dict[str, Any]]:
    """One row a value that was asked for, with what the truth of the clip says."""
    rows = []
    for name, key in _ASKED.items():
        asked = clip.truth["runner"][name]
        if asked is None:
            continue
        pair = asked if isinstance(asked, list | tuple) else (asked, asked)
        for side, value in zip(SIDES, pair, strict=True) if name in _SIDED else (("both", asked),):
            true = clip.value(key, side)
            if true is not None:
                rows.append({"key": key, "side": side, "asked": float(value), "truth": true})
    return rows


def true_value(clip: RenderedClip, key: str, side: str) -> float | None:
    """Give the true mean of a metric; of those that the truth file lacks, from the drawn joints in the picture."""
    if key != "knee_window":
        return clip.value(key, side)
    direction = -1.0 if clip.case.camera.view == "front" else 1.0
    x = {name: direction * clip.pixels[:, JOINTS.index(name), 0] for name in (*KNEES, *HIPS)}
    # Breadth of a knee over body height, anthropometric mean; see the definition.
    breadth = 0.054 * clip.height_m / float(true_camera(clip.case.camera, clip.height_m).m_per_px or np.nan)
    gap = x["right_knee"] - x["left_knee"] - breadth
    hips = np.percentile(np.abs(x["right_hip"] - x["left_hip"]), 95)
    times, events = np.asarray(clip.pose.time.values, dtype=float), clip.events()
    smallest = []
    for contact in events[side, "contact"]:
        off = events[side, "toe_off"][events[side, "toe_off"] > contact]
        if len(off) and times[0] <= contact and off[0] <= times[-1]:
            smallest.append(np.interp(np.linspace(contact, off[0], 50), times, gap).min())
    return float(np.mean(smallest) / hips) if smallest else None


def measurement_rows(clip: RenderedClip, analysis: ViewAnalysis) -> list[dict[str, Any]]:
    """One row a measurement for which there is a truth, of the metrics that this view shows."""
    rows = []
    marked, followed = is_marked(KeypointTracks(analysis.clean, analysis.camera)), sides_followed(analysis.clean)
    for m in analysis.measurements:
        true = true_value(clip, m.key, m.side)
        if true is None or (m.value is None and analysis.camera.view not in _VIEWS[m.key]):
            continue
        how = "_marked" if marked and m.key in PELVIS else "_seen" if m.side in followed and m.key in SHOE else ""
        low, high = m.interval or (np.nan, np.nan)
        rows.append(
            {
                "key": m.key,
                "side": m.side,
                "place": _place(clip.case, m.side) + how,
                "value": np.nan if m.value is None else m.value,
                "low": low,
                "high": high,
                "grade": m.grade,
                "reason": m.reason,
                "truth": true,
                "drop_deg": clip.value("pelvic_drop", "both"),
            }
        )
    return rows


def detector_rows(clip: RenderedClip, analysis: ViewAnalysis) -> list[dict[str, Any]]:
    """One row an event and detector: the published ones and ours, on the same repaired landmarks."""
    marks = published.marks_of(clean_keypoints(clip.pose, analysis.camera), analysis.camera)
    end = float(clip.pose.time.values[-1]) - EDGE_S
    rows = []
    for (side, kind), true in clip.events().items():
        ours = analysis.events.time_s[(analysis.events.side == side) & (analysis.events.kind == kind)]
        found = {name: detect(marks[side]) for name, of, detect in published.DETECTORS if of == kind}
        for name, times in (found | {"gait": ours.to_numpy(dtype=float)}).items():
            errors, missed, invented = match_events(times, true, EDGE_S, end, within=FAR_S)
            base = {"detector": name, "place": _place(clip.case, side), "kind": kind}
            rows += [base | {"outcome": "found", "error_ms": 1e3 * float(e)} for e in errors]
            rows += [base | {"outcome": "missed", "error_ms": np.nan}] * missed
            rows += [base | {"outcome": "invented", "error_ms": np.nan}] * invented
    return rows


def event_rows(clip: RenderedClip, analysis: ViewAnalysis) -> list[dict[str, Any]]:
    """One row an event: found with its error, missed or invented."""
    rows = []
    end = float(clip.pose.time.values[-1]) - EDGE_S
    for (side, kind), true in clip.events().items():
        chosen = (analysis.events.side == side) & (analysis.events.kind == kind)
        found = analysis.events.time_s[chosen].to_numpy(dtype=float)
        errors, missed, invented = match_events(found, true, EDGE_S, end)
        base = {"side": side, "place": _place(clip.case, side), "kind": kind}
        rows += [base | {"outcome": "found", "error_ms": 1e3 * float(e)} for e in errors]
        rows += [base | {"outcome": "missed", "error_ms": np.nan}] * missed
        rows += [base | {"outcome": "invented", "error_ms": np.nan}] * invented
    return rows
