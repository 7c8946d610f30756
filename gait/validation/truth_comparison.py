"""Compare the results of the pipeline with the truth of a clip: tidy tables, one row a fact."""

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
from gait.events.shoe_landing import tracked_sides
from gait.geometry.keypoint_tracks import KeypointTracks
from gait.metrics.pelvis_tilt_in_stance import is_pelvis_marked
from gait.metrics.register import METRIC_BY_KEY
from gait.pose.dataset import CAMERA_ROLL_ATTR, seen_windows
from gait.records import Runner
from gait.signal.cleaning import clean_keypoints
from gait.signal.phase import fold
from gait.synthetic.body_segments import JOINTS
from gait.synthetic.run_spec import SIDES
from gait.validation.cases import ValidationCase
from gait.validation.mocap import true_camera
from gait.validation.published_detectors import DETECTORS, leg_trajectories
from gait.validation.rendered_clips import FailedClip, RenderedClip

#: A found event farther than this from every true one is invented; a true event without a partner is missed, s. About
#: a quarter of a step. [E]
MATCH_S = 0.10
#: The same for published detectors; some of them are late by more than `MATCH_S`. [E]
DETECTOR_MATCH_S = 0.20
#: Published detectors are compared at this rate only, frames/s.
DETECTORS_FPS = 60.0
#: Events closer than this to the ends of a clip do not count, s. [E]
EDGE_S = 0.30
#: An exchange of the legs shows where their joints are at least this far apart on average, share of body height. [E]
MIN_LEG_DISTANCE = 0.04
#: Trunk keypoints at least this far from the runner's, share of body height, belong to somebody else. [E]
MIN_WRONG_PERSON_DISTANCE = 0.08
#: A keypoint's error is split up where it was found in at least this many frames. [E]
MIN_KEYPOINT_FRAMES = 60
#: From nose to heel, share of body height, of the rendered runners. [E]
NOSE_TO_HEEL = 0.93
KNEES, HIPS = ("left_knee", "right_knee"), ("left_hip", "right_hip")
LEG = ("knee", "ankle", "heel", "foot_index")


@dataclass(frozen=True)
class ValidationResults:
    """Tables of a validation.

    Every table has the columns ``clip, source, view, fps, recording`` and the factors of the case. ``place`` is the
    leg's view (``near``, ``far``, ``rear``, ``front``), with ``_marked`` where tape or a waistband shows the pelvis and
    ``_seen`` where the shoe was tracked.

    Attributes
    ----------
    clips : DataFrame
        One row a clip and frame rate: ``found_view, detected, wrong_person, refused, speed_mps, height_m, seed``.
    measurements : DataFrame
        One row a metric, side, clip and frame rate: ``key, side, place, value, low, high, freedom, grade, reason,
        reason_code, truth, level`` (whether the camera's roll was read).
    events : DataFrame
        ``side, place, kind, outcome, error_ms``; the error is NaN where the outcome is "missed" or "invented" rather
        than "found".
    identity : DataFrame
        Numbers of frames: ``apart``, in which an exchange of the legs would show; ``before`` and ``after`` repair, in
        which they are exchanged.
    keypoints : DataFrame
        One row a joint and clip: ``joint, place``, ``bias_x, bias_y, locked_x, locked_y, random_x, random_y`` in % of
        body height, ``memory_s``. x forwards (side), to the image's right (rear, front); y up.
    detectors : DataFrame
        Published event detectors and gait on recorded motion from the side at 60 frames/s: ``detector, kind, place,
        outcome, error_ms``.
    requested : DataFrame
        Values requested of a planned motion and those of its truth: ``key, side, requested, truth``.
    """

    clips: pd.DataFrame
    measurements: pd.DataFrame
    events: pd.DataFrame
    identity: pd.DataFrame
    keypoints: pd.DataFrame
    detectors: pd.DataFrame
    requested: pd.DataFrame


#: Table of `ValidationResults` → rows, of one clip.
ClipTables = dict[str, list[dict[str, Any]]]
TABLES = ("clips", "measurements", "events", "identity", "keypoints", "detectors", "requested")


def match_events(
    found: FloatArray, true: FloatArray, start: float, end: float, *, within: float = MATCH_S
) -> tuple[FloatArray, int, int]:
    """Pair found with true events.

    Parameters
    ----------
    found, true : (n,) arrays
        Times of one kind of event of one leg, s.
    start, end : float
        Only true events between these count, s; found events outside are not held against the detector.
    within : float
        Events farther apart than this, s, are not the same.

    Returns
    -------
    errors : (m,) array
        Found minus true, s.
    missed, invented : int
    """
    counted = true[(true > start) & (true < end)]
    errors = []
    used = np.zeros(len(found), dtype=bool)
    missed = 0
    for time in counted:
        gap = np.where(used, np.inf, np.abs(found - time))
        if len(found) == 0 or gap.min() > within:
            missed += 1
            continue
        best = int(np.argmin(gap))
        used[best] = True
        errors.append(float(found[best] - time))
    inside = (found > start) & (found < end) & ~used
    # A found event just inside may belong to a true one just outside.
    unmatched = [t for t in found[inside] if len(true) == 0 or np.abs(true - t).min() > within]
    return np.array(errors), missed, len(unmatched)


def exchanged_legs(
    left: FloatArray, right: FloatArray, true_left: FloatArray, true_right: FloatArray, size: float
) -> tuple[BoolArray, BoolArray]:
    """Find the frames in which the legs are exchanged.

    Parameters
    ----------
    left, right, true_left, true_right : (T, J, 2) arrays
        Pixels.
    size : float
        Body height, pixels.

    Returns
    -------
    apart : (T,) bool array
        Frames in which an exchange would show.
    swapped : (T,) bool array
    """

    def gap(a: FloatArray, b: FloatArray) -> FloatArray:
        distance = np.linalg.norm(a - b, axis=2)
        count = np.isfinite(distance).sum(axis=1)
        mean: FloatArray = np.where(count > 0, np.nansum(distance, axis=1) / np.maximum(count, 1), np.nan)
        return mean

    keep = gap(left, true_left) + gap(right, true_right)
    swap = gap(left, true_right) + gap(right, true_left)
    with np.errstate(invalid="ignore"):
        apart = (gap(true_left, true_right) > MIN_LEG_DISTANCE * size) & np.isfinite(keep)
        return apart, apart & (swap < 0.6 * keep)  # 0.6: clearly nearer, not by chance. [E]


def stride_phase(clip: RenderedClip) -> FloatArray:
    """Compute the stride phase of every frame from the true contacts.

    Parameters
    ----------
    clip : RenderedClip

    Returns
    -------
    (T,) array
        Whole numbers at right contacts.
    """
    times = np.asarray(clip.pose.time.values, dtype=float)
    events = clip.events()
    contacts = [(t, 0.0) for t in events["right", "contact"]] + [(t, 0.5) for t in events["left", "contact"]]
    contacts.sort()
    at = np.array([t for t, _ in contacts])
    phase = contacts[0][1] + 0.5 * np.arange(len(contacts))
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
    """Measure the body height in the image by the true joints.

    Parameters
    ----------
    clip : RenderedClip

    Returns
    -------
    float
        Pixels.
    """
    nose = clip.pixels[:, JOINTS.index("nose"), 1]
    heel = np.maximum(clip.pixels[:, JOINTS.index("left_heel"), 1], clip.pixels[:, JOINTS.index("right_heel"), 1])
    return float(np.median(heel - nose)) / NOSE_TO_HEEL


def wrong_person_share(clip: RenderedClip) -> float:
    """Measure how often the pose engine followed somebody else: shoulders and hips lie far from the true ones.

    Parameters
    ----------
    clip : RenderedClip

    Returns
    -------
    float
        Share of the frames in which anybody was found; 0 if there are none.
    """
    gaps = []
    for joint in ("shoulder", "hip"):
        for side in SIDES:
            name = f"{side}_{joint}"
            gaps.append(np.linalg.norm(_xy(clip.pose, name) - clip.pixels[:, JOINTS.index(name)], axis=1))
    gap = np.median(gaps, axis=0)
    visible = np.isfinite(gap)
    if not visible.any():
        return 0.0
    return float((gap[visible] > MIN_WRONG_PERSON_DISTANCE * body_px(clip)).mean())


def keypoint_rows(clip: RenderedClip) -> list[dict[str, Any]]:
    """Split each keypoint's error into a steady, a stride-locked and a random part.

    Legs that the engine has exchanged are put back first: that is an error of another kind.

    Parameters
    ----------
    clip : RenderedClip

    Returns
    -------
    list of dict
        As in `ValidationResults.keypoints`; ``locked`` holds the coefficients of the stride-locked part.
    """
    size, phase = body_px(clip), stride_phase(clip)
    swapped = exchanged_legs(*_legs(clip.pose), *_legs(clip.pixels), size)[1]
    case = clip.case
    direction = -1.0 if case.camera.view == "side" and case.camera.facing == "left" else 1.0
    times = np.asarray(clip.pose.time.values, dtype=float)
    frame_s = float(np.median(np.diff(times)))
    rows = []
    for index, name in enumerate(JOINTS):
        if name not in clip.pose.keypoint.values:
            continue
        side, _, part = name.partition("_")
        found = _xy(clip.pose, name)
        if part in LEG and side in SIDES:
            other = _xy(clip.pose, f"{'right' if side == 'left' else 'left'}_{part}")
            found = np.where(swapped[:, None], other, found)
        error = 100 * (found - clip.pixels[:, index]) * [direction, -1.0] / size
        good = np.isfinite(error[:, 0])
        if good.sum() < MIN_KEYPOINT_FRAMES:
            continue
        wave = fold(phase[good], error[good], harmonics=5)
        locked = wave(phase[good]) - wave.coefficients[0]
        # Counted from the contact of the keypoint's side, so that runners can be compared.
        from_contact = fold(phase[good] + (0.5 if side == "left" else 0.0), error[good], harmonics=5)
        rest = error[good] - wave(phase[good])
        consecutive = np.diff(times[good]) < 1.5 * frame_s
        here, following = rest[:-1][consecutive], rest[1:][consecutive]
        correlation = float(np.sum(here * following) / np.sum(here**2))
        rows.append(
            {
                "joint": part if side in SIDES else name,
                "place": _place_label(case, side if side in SIDES else "both"),
                "bias_x": wave.coefficients[0, 0],
                "bias_y": wave.coefficients[0, 1],
                "locked_x": float(np.std(locked[:, 0])),
                "locked_y": float(np.std(locked[:, 1])),
                "random_x": 1.4826 * float(np.median(np.abs(rest[:, 0]))),
                "random_y": 1.4826 * float(np.median(np.abs(rest[:, 1]))),
                "distance": float(np.median(np.linalg.norm(error[good], axis=1))),
                "locked": from_contact.coefficients[1:].ravel().tolist(),
                "memory_s": -frame_s / np.log(np.clip(correlation, 0.02, 0.98)),
            }
        )
    return rows


def _place_label(case: ValidationCase, side: str) -> str:
    """Return ``near`` or ``far`` in a side view, else the view."""
    if case.camera.view != "side":
        return case.camera.view
    near = "left" if case.camera.facing == "left" else "right"
    return "near" if side in ("both", near) else "far"


def compare_clip(
    clip: RenderedClip,
    *,
    corrected: bool = True,
    track_shoes: bool = True,
    rates: tuple[float, ...] = (30.0, 60.0, 120.0, 240.0),
) -> ClipTables:
    """Analyse a clip and compare the results with its truth.

    Parameters
    ----------
    clip : RenderedClip
    corrected : bool
        As in `gait.analysis.view_analysis.analyze_pose`.
    track_shoes : bool
        ``False``: nothing is measured from the images of the shoes.
    rates : tuple of float
        Frame rates to analyse the clip at; those that its own rate is no multiple of are left out. The pose engine
        treats every frame by itself, so that dropping frames equals filming at a lower rate.

    Returns
    -------
    dict
        Table of `ValidationResults` → rows.
    """
    tables: ClipTables = {name: [] for name in TABLES}
    for rate in rates:
        step = clip.case.camera.fps / rate
        if step >= 1 and abs(step - round(step)) < 1e-6:
            thinned = clip.thinned(round(step))
            _compare_at_rate(
                thinned, tables, is_original_rate=round(step) == 1, corrected=corrected, track_shoes=track_shoes
            )
    return tables


def failed_clip_tables(clip: FailedClip) -> ClipTables:
    """Return the tables of a clip without poses.

    Parameters
    ----------
    clip : FailedClip

    Returns
    -------
    dict
        Table of `ValidationResults` → rows; only ``clips`` has one.
    """
    tables: ClipTables = {name: [] for name in TABLES}
    tables["clips"].append(
        _case_columns(clip.case, clip.case.camera.fps) | {"refused": clip.reason, "detected": np.nan}
    )
    return tables


def collect_results(parts: Iterable[ClipTables]) -> ValidationResults:
    """Join the rows of many clips.

    Parameters
    ----------
    parts : iterable of dict
        As `compare_clip` returns.

    Returns
    -------
    ValidationResults
    """
    joined: ClipTables = {name: [] for name in TABLES}
    for part in parts:
        for name, rows in part.items():
            joined[name] += rows
    return ValidationResults(**{name: pd.DataFrame(rows) for name, rows in joined.items()})


def _case_columns(case: ValidationCase, fps: float) -> dict[str, Any]:
    return {
        "clip": case.name,
        "source": case.source,
        "view": case.camera.view,
        "fps": fps,
        "recording": case.recording,
        **case.factors,
    }


def _compare_at_rate(
    clip: RenderedClip, tables: ClipTables, *, is_original_rate: bool, corrected: bool, track_shoes: bool
) -> None:
    case = clip.case
    head = _case_columns(case, case.camera.fps)
    size = body_px(clip)
    found = np.isfinite(clip.pose.position.isel(individual=0, space=0)).all("keypoint").values
    row = head | {
        "detected": float(found.mean()),
        "refused": None,
        "found_view": None,
        "wrong_person": wrong_person_share(clip),
        "drop_deg": clip.value("pelvic_drop", "both"),
        "speed_mps": float(clip.truth["runner"]["speed_mps"]),
        "height_m": clip.height_m,
        "seed": case.seed,
    }
    tables["clips"].append(row)
    true_legs = _legs(clip.pixels)
    apart, before = exchanged_legs(*_legs(clip.pose), *true_legs, size)
    if is_original_rate and case.rendered:
        tables["keypoints"] += [head | r for r in keypoint_rows(clip)]
        if case.recording is None:
            tables["requested"] += [head | r for r in requested_rows(clip)]
    try:
        pose = clip.with_tracked_shoes() if track_shoes else clip.pose
        analysis = analyze_pose(pose, runner=Runner(height_m=clip.height_m), corrected=corrected)
    except RefusedError as error:
        row["refused"] = str(error)
        return
    row["found_view"] = analysis.camera.view
    _, after = exchanged_legs(*_legs(analysis.clean), *true_legs, size)
    tables["identity"].append(
        head | {"apart": int(apart.sum()), "before": int(before.sum()), "after": int((after & apart).sum())}
    )
    tables["measurements"] += [head | r for r in measurement_rows(clip, analysis)]
    tables["events"] += [head | r for r in event_rows(clip, analysis)]
    if case.recording is not None and analysis.camera.view == "side" and case.camera.fps == DETECTORS_FPS:
        tables["detectors"] += [head | r for r in detector_rows(clip, analysis)]


#: Field of `RunnerSpec` → metric of the truth.
_REQUESTED_METRICS = {
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


def requested_rows(clip: RenderedClip) -> list[dict[str, Any]]:
    """Compare the values requested of a planned motion with the truth of its clip.

    Parameters
    ----------
    clip : RenderedClip

    Returns
    -------
    list of dict
        ``key, side, requested, truth``.
    """
    rows = []
    for name, key in _REQUESTED_METRICS.items():
        requested = clip.truth["runner"][name]
        if requested is None:
            continue
        pair = requested if isinstance(requested, list | tuple) else (requested, requested)
        for side, value in zip(SIDES, pair, strict=True) if name in _SIDED else (("both", requested),):
            true = clip.value(key, side)
            if true is not None:
                rows.append({"key": key, "side": side, "requested": float(value), "truth": true})
    return rows


def true_value(clip: RenderedClip, key: str, side: str) -> float | None:
    """Return the true mean of a metric; ``knee_window`` is computed from the joints in the image.

    Parameters
    ----------
    clip : RenderedClip
    key : str
        Metric.
    side : {"left", "right", "both"}

    Returns
    -------
    float or None
        ``None`` where there is no truth.
    """
    if key != "knee_window":
        return clip.value(key, side)
    direction = -1.0 if clip.case.camera.view == "front" else 1.0
    x = {name: direction * clip.pixels[:, JOINTS.index(name), 0] for name in (*KNEES, *HIPS)}
    # 0.054: breadth of a knee over body height, anthropometric mean; see the definition of the metric.
    breadth = 0.054 * clip.height_m / float(true_camera(clip.case.camera, clip.height_m).m_per_px or np.nan)
    gap = x["right_knee"] - x["left_knee"] - breadth
    hips = np.percentile(np.abs(x["right_hip"] - x["left_hip"]), 95)
    times, events, windows = np.asarray(clip.pose.time.values, dtype=float), clip.events(), seen_windows(clip.pose)
    smallest = []
    for contact in events[side, "contact"]:
        toe_off = events[side, "toe_off"][events[side, "toe_off"] > contact]
        if len(toe_off) and any(first <= contact and toe_off[0] < last for first, last in windows):
            smallest.append(np.interp(np.linspace(contact, toe_off[0], 50), times, gap).min())
    return float(np.mean(smallest) / hips) if smallest else None


def measurement_rows(clip: RenderedClip, analysis: ViewAnalysis) -> list[dict[str, Any]]:
    """Compare the measurements of the metrics that a view shows with their truth.

    Parameters
    ----------
    clip : RenderedClip
    analysis : ViewAnalysis

    Returns
    -------
    list of dict
        As in `ValidationResults.measurements`.
    """
    rows = []
    marked, tracked = is_pelvis_marked(KeypointTracks(analysis.clean, analysis.camera)), tracked_sides(analysis.clean)
    for m in analysis.measurements:
        true = true_value(clip, m.key, m.side)
        spec = METRIC_BY_KEY[m.key]
        if true is None or (m.value is None and analysis.camera.view not in spec.views):
            continue
        suffix = ""
        if marked and "pelvis_tilt" in spec.rests_on:
            suffix = "_marked"
        elif m.side in tracked and "shoe_motion" in spec.rests_on:
            suffix = "_seen"
        low, high = m.interval or (np.nan, np.nan)
        rows.append(
            {
                "key": m.key,
                "side": m.side,
                "place": _place_label(clip.case, m.side) + suffix,
                "value": np.nan if m.value is None else m.value,
                "low": low,
                "high": high,
                "freedom": np.nan if m.freedom is None else m.freedom,
                "grade": m.grade,
                "reason": m.reason,
                "reason_code": m.reason_code,
                "truth": true,
                "level": CAMERA_ROLL_ATTR in analysis.pose.attrs,
                "drop_deg": clip.value("pelvic_drop", "both"),
            }
        )
    return rows


def detector_rows(clip: RenderedClip, analysis: ViewAnalysis) -> list[dict[str, Any]]:
    """Compare the events of published detectors and of gait, on the same repaired keypoints, with the true ones.

    Parameters
    ----------
    clip : RenderedClip
    analysis : ViewAnalysis

    Returns
    -------
    list of dict
        As in `ValidationResults.detectors`.
    """
    legs = leg_trajectories(clean_keypoints(clip.pose, analysis.camera), analysis.camera)
    rows = []
    for (side, kind), true in clip.events().items():
        found = {name: detect(legs[side]) for name, of_kind, detect in DETECTORS if of_kind == kind}
        for name, times in (found | {"gait": _found_times(analysis, side, kind)}).items():
            base = {"detector": name, "place": _place_label(clip.case, side), "kind": kind}
            rows += _outcome_rows(base, clip, times, true, within=DETECTOR_MATCH_S)
    return rows


def event_rows(clip: RenderedClip, analysis: ViewAnalysis) -> list[dict[str, Any]]:
    """Compare the events of an analysis with the true ones.

    Parameters
    ----------
    clip : RenderedClip
    analysis : ViewAnalysis

    Returns
    -------
    list of dict
        As in `ValidationResults.events`.
    """
    rows = []
    for (side, kind), true in clip.events().items():
        base = {"side": side, "place": _place_label(clip.case, side), "kind": kind}
        rows += _outcome_rows(base, clip, _found_times(analysis, side, kind), true, within=MATCH_S)
    return rows


def _found_times(analysis: ViewAnalysis, side: str, kind: str) -> FloatArray:
    chosen = (analysis.events.side == side) & (analysis.events.kind == kind)
    return analysis.events.time_s[chosen].to_numpy(dtype=float)


def _outcome_rows(
    base: dict[str, Any], clip: RenderedClip, found: FloatArray, true: FloatArray, *, within: float
) -> list[dict[str, Any]]:
    """Return one row an event: found with its error, missed or invented. What no frame shows does not count."""
    rows: list[dict[str, Any]] = []
    frame_s = 1 / float(clip.pose.attrs["fps"])
    for first, last in seen_windows(clip.pose):
        start, end = first + EDGE_S, last - frame_s - EDGE_S
        inside = found[(found >= first) & (found < last)]
        errors, missed, invented = match_events(inside, true, start, end, within=within)
        rows += [base | {"outcome": "found", "error_ms": 1e3 * float(e)} for e in errors]
        rows += [base | {"outcome": "missed", "error_ms": np.nan}] * missed
        rows += [base | {"outcome": "invented", "error_ms": np.nan}] * invented
    return rows
