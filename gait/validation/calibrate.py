"""Measure what the pipeline must know about itself, and write it to ``gait/knowledge/``.

    python -m gait.validation.calibrate [--mocap DIR] [--work DIR] [--jobs N] [--engine NAME]

Four files come of it, in this order, because each rests on the one before:

- ``landmarks.toml``: how far the pose engine's landmarks lie from the joints of rendered runners;
- ``events.toml``: how late each event detector is on the joints of recorded runners, against the force plate;
- ``engines.toml``: what the pose engine's landmarks add to that, on rendered runners that move as recorded ones do;
- ``systematic.toml``: what error is left in each metric, by view and frame rate.

Only calibration clips and one half of the recorded runners are used; `gait validate` reports on others.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import t as student

from gait.errors import RefusedError
from gait.files import replacing
from gait.kinematics.camera import Camera, find_camera, with_scale
from gait.kinematics.clean import Cleaned, clean_pose
from gait.kinematics.detectors import (
    DETECTORS,
    belt_path_slope,
    body_calibrations,
    body_features,
    calibrations,
    time_below_body_weight,
)
from gait.kinematics.mean_stride import MeanStride, first_guess, mean_strides
from gait.kinematics.phase import Array, wrap
from gait.synthetic.recorded import Recording
from gait.synthetic.spec import SIDES
from gait.validation.clips import Clip, load_clip, make_clips
from gait.validation.design import Case, cases, joint_cases
from gait.validation.measure import landmark_rows, wrong_person
from gait.validation.mocap import find_recordings, true_camera
from gait.validation.pool import Shared, shared, workers
from gait.validation.run import evaluate, filmed_joints

KNOWLEDGE = Path(__file__).resolve().parents[1] / "knowledge"
COMMAND = "python -m gait.validation.calibrate"
#: The half of the recorded runners that calibrates; the other half is for reporting.
HALF = 0
#: Frame rates at which detectors and metrics are calibrated.
RATES = (30, 60, 120)
#: Clips in which somebody else than the runner was followed for more than this share of the frames calibrate nothing:
#: that is an error of another kind, which `gait validate` reports by itself.
WRONG_PERSON = 0.02


def write(name: str, lines: Iterable[str]) -> None:
    """Write a file of ``gait/knowledge``."""
    with replacing(KNOWLEDGE / name) as temporary:
        temporary.write_text("\n".join(lines) + "\n", encoding="utf-8")
    sys.stdout.write(f"{name} written\n")


def robust_sd(values: Array) -> float:
    """Spread by the median absolute deviation, but not less than half of the plain one."""
    return max(1.4826 * float(np.median(np.abs(values - np.median(values)))), 0.5 * float(np.std(values)))


# --- landmarks ---


def _landmarks_of(case: Case) -> list[dict[str, Any]]:
    clip = load_clip(shared().folder, case)
    return landmark_rows(clip) if isinstance(clip, Clip) and wrong_person(clip) <= WRONG_PERSON else []


def landmark_lines(table: pd.DataFrame, engine: str) -> list[str]:
    """Give ``landmarks.toml``: medians over clips by place and joint."""
    lines = [
        f"# Made by: {COMMAND}",
        f"# Landmarks of the engine {engine} against the joints of {len(table['clip'].unique())} rendered runners, in",
        "# % of body height. bias: steady; locked_sd: repeats with the stride (locked_own_sd: what of it differs from",
        "# runner to runner); random_sd: the rest, forgotten within memory_s.",
        "# x forwards (side view) or to the image's right, y up. near/far: side view; rear, front: those views.",
    ]
    for place in ("near", "far", "rear", "front"):
        for joint, rows in table[table.place == place].groupby("joint"):
            middle = rows.median(numeric_only=True)
            steady = [robust_sd(rows[axis].to_numpy()) for axis in ("bias_x", "bias_y")]
            # Coefficients of cosines and sines, x and y: what each runner has of its own, beside what all share.
            waves = np.array(rows.locked.tolist())
            own = np.median(np.abs(waves - np.median(waves, axis=0)), axis=0) * 1.4826
            own_sd = np.sqrt((own.reshape(-1, 2) ** 2).sum(axis=0) / 2)
            lines += [
                "",
                f"[landmark.{place}.{joint}]",
                f"bias = [{middle.bias_x:.2f}, {middle.bias_y:.2f}]",
                f"bias_sd = [{steady[0]:.2f}, {steady[1]:.2f}]",
                f"locked_sd = [{middle.locked_x:.2f}, {middle.locked_y:.2f}]",
                f"locked_own_sd = [{own_sd[0]:.2f}, {own_sd[1]:.2f}]",
                f"random_sd = [{middle.random_x:.2f}, {middle.random_y:.2f}]",
                f"memory_s = {middle.memory_s:.3f}",
                f"clips = {len(rows)}",
            ]
    return lines


# --- event detectors ---


def _centre(cleaned: Cleaned, times: Array) -> float:
    """Mean stride phase of events."""
    return float(np.angle(np.mean(np.exp(2j * np.pi * cleaned.phase.phase_at(times)))) / (2 * np.pi))


def _detectors_of(case: Case) -> list[dict[str, Any]]:
    """Rows ``detector, below, late`` (s) of both legs of a recorded run, and ``body.*`` from behind and in front."""
    # Square and level: what a camera that is not adds is the pipeline's to find out, not a detector's lateness.
    square = replace(case.camera, yaw_deg=0.0, roll_deg=0.0, distortion=0.0, distance_m=4.0, height_m=1.0)
    case = replace(case, camera=square)
    whole = filmed_joints(case, shared().recordings, locked=False)
    rows: list[dict[str, Any]] = []
    for rate in RATES:
        clip = whole.thinned(round(case.camera.fps / rate))
        camera = true_camera(clip.case.camera, clip.height_m)
        cleaned = clean_pose(clip.pose, camera)
        for side, stride in mean_strides(cleaned, camera).items():
            truth = {kind: clip.events()[side, kind] for kind in ("contact", "off")}
            if camera.view == "side":
                rows += _side_rows(cleaned, stride, truth)
            elif rate == 60:
                rows += _body_rows(cleaned, stride, truth)
    return rows


def _side_rows(cleaned: Cleaned, stride: MeanStride, truth: Mapping[str, Array]) -> list[dict[str, Any]]:
    stride = replace(stride, belt_mps=first_guess(stride, True)[2])
    period = 1 / stride.frequency_hz
    centre = {kind: _centre(cleaned, times) for kind, times in truth.items()}
    duty = (centre["off"] - centre["contact"]) % 1.0
    rows = []
    for d in DETECTORS:
        found = d.find(stride, centre[d.kind])
        if np.isfinite(found):
            late = float(wrap(found - centre[d.kind])) * period
            rows.append({"detector": d.name, "below": time_below_body_weight(period, duty), "late": late})
    return rows


def _body_rows(cleaned: Cleaned, stride: MeanStride, truth: Mapping[str, Array]) -> list[dict[str, Any]]:
    contact, off, _ = first_guess(stride, False)
    down, up = body_features(stride, contact, off)
    period = 1 / stride.frequency_hz
    rows = []
    for kind, at in (("contact", down), ("off", up)):
        late = float(wrap(at - _centre(cleaned, truth[kind]))) * period
        # A label on the wrong foot is half a stride off: an error to count, not a bias to learn.
        if np.isfinite(late) and abs(late) < 0.15:
            interval = float((up - down) % 1.0) * period
            rows.append({"detector": f"body.{kind}", "interval": interval, "period": period, "late": late})
    return rows


def event_lines(table: pd.DataFrame, runners: Sequence[str]) -> list[str]:
    """Give ``events.toml``: each detector's lateness, how it depends on the stride, and what spread is left."""
    lines = [
        f"# Made by: {COMMAND}",
        "# Joints of force-plate runners of Fukuchi et al. 2017 (PeerJ 5:e3298):",
        f"# {', '.join(runners)}; 2.5-4.5 m/s; landmark scatter as in landmarks.toml, {'/'.join(map(str, RATES))} "
        "frames/s.",
        "# Contact: 50 N rising, toe-off 50 N falling.",
        "# A detector's time is late by bias_ms + slope * (time below body weight - 35 ms); sd_ms is what remains.",
    ]
    for d in DETECTORS:
        rows = table[table.detector == d.name]
        below, late = rows.below.to_numpy(), rows.late.to_numpy()
        slope, bias = np.polyfit(below - 0.035, late, 1)
        rest = late - bias - slope * (below - 0.035)
        lines += [
            "",
            f"[detector.{d.name}]",
            f'kind = "{d.kind}"',
            f"bias_ms = {1e3 * bias:.1f}",
            f"slope = {slope:.2f}",
            f"sd_ms = {1e3 * robust_sd(rest):.1f}",
            f"legs = {len(rest)}",
        ]
    lines += [
        "",
        "# Rear and front view: the body's fastest fall and rise are late by",
        "# bias_ms + per_interval * (time from fall to rise - 150 ms) + per_stride * (stride time - 700 ms).",
    ]
    for kind in ("contact", "off"):
        rows = table[table.detector == f"body.{kind}"]
        late = rows.late.to_numpy()
        design = np.column_stack([np.ones(len(rows)), rows.interval - 0.15, rows.period - 0.7])
        solution = np.linalg.lstsq(design, late, rcond=None)[0]
        lines += [
            "",
            f"[body.{kind}]",
            f"bias_ms = {1e3 * solution[0]:.1f}",
            f"per_interval = {solution[1]:.2f}",
            f"per_stride = {solution[2]:.2f}",
            f"sd_ms = {1e3 * float(np.std(late - design @ solution)):.1f}",
            f"legs = {len(rows)}",
        ]
    return lines


# --- what an engine adds ---


def _engine_of(case: Case) -> list[dict[str, Any]]:
    """Rows ``detector, late`` (s beyond the calibration on joints), and the slope of the standing toe's path."""
    clip = load_clip(shared().folder, case)
    if not isinstance(clip, Clip):
        return []
    if wrong_person(clip) > WRONG_PERSON:
        return []
    try:
        camera = with_scale(find_camera(clip.pose), height_m=clip.height_m)
        if camera.view != case.camera.view:
            return []
        cleaned = clean_pose(clip.pose, camera)
        return _engine_rows(clip, cleaned, camera)
    except RefusedError:
        return []


def _engine_rows(clip: Clip, cleaned: Cleaned, camera: Camera) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    strides = mean_strides(cleaned, camera)
    for side in SIDES if camera.near_side is None else (camera.near_side,):
        stride = strides[side]
        truth = {kind: clip.events()[side, kind] for kind in ("contact", "off")}
        if camera.view != "side":
            for row in _body_rows(cleaned, stride, truth):
                body = body_calibrations()[row["detector"].removeprefix("body.")]
                late = row["late"] - body.lateness(row["interval"], row["period"])
                rows.append({"detector": row["detector"], "late": late})
            continue
        contact, off, belt = first_guess(stride, True)
        stride = replace(stride, belt_mps=belt)
        exact = true_camera(clip.case.camera, clip.height_m)
        true_stride = mean_strides(clean_pose(clip.true_pose(), exact), exact)[side]
        true_slope = belt_path_slope(true_stride, *first_guess(true_stride, True)[:2])
        slope = belt_path_slope(stride, contact, off)
        rows.append({"detector": "toe_slope", "late": float(np.degrees(np.arctan(slope) - np.arctan(true_slope)))})
        stride = replace(stride, belt_slope=true_slope)
        for row in _side_rows(cleaned, stride, truth):
            known = calibrations("markers")[row["detector"]]
            late = row["late"] - known.bias_s - known.slope * (row["below"] - 0.035)
            rows.append({"detector": row["detector"], "late": late})
    return rows


def engine_lines(table: pd.DataFrame, engine: str, clips: int) -> list[str]:
    """Give ``engines.toml``."""
    slope = table[table.detector == "toe_slope"].late.to_numpy()
    lines = [
        "# What each source of landmarks adds to event detectors that were calibrated on joints (events.toml).",
        "# late_ms: further lateness; sd_ms: its spread from runner to runner, added to the detector's own.",
        "# toe_slope_deg: slope that the path of the standing toe shows on a level belt.",
        "",
        "[source.markers]",
        "toe_slope_deg = 0.0",
        "toe_slope_sd_deg = 0.4",
        "sd_ms = 0.0",
        "",
        "[source.unknown]",
        "toe_slope_deg = 0.0",
        "toe_slope_sd_deg = 3.0",
        "sd_ms = 10.0",
        "",
        f"# BlazePose (full), frame by frame. Made by: {COMMAND} ({engine}; {clips} rendered",
        "# clips that move as recorded runners do, against their force plate).",
        "[source.blazepose]",
        f"toe_slope_deg = {np.median(slope):.1f}",
        f"toe_slope_sd_deg = {robust_sd(slope):.1f}",
        "sd_ms = 10.0",
        "",
        "[source.blazepose.detector]",
    ]
    for d in DETECTORS:
        late = 1e3 * table[table.detector == d.name].late.to_numpy()
        lines.append(
            f"{d.name} = {{ late_ms = {np.median(late):.1f}, sd_ms = {robust_sd(late):.1f}, clips = {len(late)} }}"
        )
    lines += ["", "[source.blazepose.body]"]
    for kind in ("contact", "off"):
        late = 1e3 * table[table.detector == f"body.{kind}"].late.to_numpy()
        lines.append(
            f"{kind} = {{ late_ms = {np.median(late):.1f}, sd_ms = {robust_sd(late):.1f}, legs = {len(late)} }}"
        )
    return lines


# --- metrics ---


def systematic_lines(table: pd.DataFrame) -> list[str]:
    """Give ``systematic.toml``: mean and spread of what is left, by metric, place and frame rate."""
    lines = [
        f"# Made by: {COMMAND}",
        "# A metric's own error, in its unit, on rendered runners of many bodies, by view and frame rate:",
        "# bias = mean, sd = spread from runner to runner (widened for the number of clips by Student's t), p95 = 95th",
        "# percentile of the absolute error. It does not shrink with the number of steps and enters every interval.",
        "# near/far: the leg nearer to / farther from the camera in a side view. rear, front: those views.",
    ]
    given = table[np.isfinite(table.value)]
    for (key, place), rows in given.groupby(["key", "place"], sort=False):
        lines += ["", f"[metric.{key}.{place}]"]
        for rate, at in rows.groupby("fps"):
            error = (at.value - at.truth).to_numpy(dtype=float)
            if len(error) < 6:
                continue
            clips = len(at["clip"].unique())
            widened = float(np.std(error, ddof=1)) * float(student.ppf(0.975, clips - 1)) / 1.96
            lines.append(
                f'"{rate:.0f}" = {{ bias = {np.mean(error):.4g}, sd = {widened:.4g}, '
                f"p95 = {np.percentile(np.abs(error), 95):.4g}, clips = {clips} }}"
            )
    return lines


def _each(pool: Any, work: Callable[[Case], list[dict[str, Any]]], laid: Sequence[Case]) -> pd.DataFrame:
    rows: list[dict[str, Any]] = []
    for case, found in zip(laid, pool.map(work, laid), strict=True):
        rows += [{"clip": case.name, **row} for row in found]
    return pd.DataFrame(rows)


def calibrate(recordings: dict[str, Recording], work: Path, *, engine: str, jobs: int | None = None) -> None:
    """Measure and write all four files."""
    known = Shared(recordings, work, engine)
    laid = cases("calibration", recordings, recorded_half=HALF)

    def told(done: int, total: int | None) -> None:
        sys.stderr.write(f"\rclips {done}/{total}")

    make_clips(laid, known, jobs=jobs, progress=told)
    sys.stderr.write("\n")
    # A pool of its own for every step: its processes read what the step before has written.
    with workers(known, jobs) as pool:
        write("landmarks.toml", landmark_lines(_each(pool, _landmarks_of, laid), engine))
    joints = joint_cases(recordings, half=HALF)
    with workers(known, jobs) as pool:
        runners = sorted({str(case.recording).split("_")[0] for case in joints})
        write("events.toml", event_lines(_each(pool, _detectors_of, joints), runners))
    moved = [case for case in laid if case.recording]
    with workers(known, jobs) as pool:
        write("engines.toml", engine_lines(_each(pool, _engine_of, moved), engine, len(moved)))
    results = evaluate(laid, known, jobs=jobs, raw=True)
    followed = set(results.clips["clip"][results.clips.wrong_person <= WRONG_PERSON])
    write("systematic.toml", systematic_lines(results.measurements[results.measurements["clip"].isin(followed)]))


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line and calibrate."""
    parser = argparse.ArgumentParser(prog=COMMAND, description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--mocap", type=Path, help="folder of force-plate recordings (rbds_*.npz)")
    parser.add_argument("--work", type=Path, default=Path("build/validation"), help="where clips are kept")
    parser.add_argument("--jobs", type=int, help="processes")
    parser.add_argument("--engine", default="litert", help="pose engine")
    options = parser.parse_args(arguments)
    recordings = find_recordings(options.mocap)
    if not recordings:
        parser.exit(2, "calibrate: needs the force-plate recordings; give their folder with --mocap\n")
    calibrate(recordings, options.work, engine=options.engine, jobs=options.jobs)


if __name__ == "__main__":
    main()
