"""Measure each event detector's bias against the force plate and store it in ``gait/knowledge/events.toml``.

    python -m validation.calibrate_events

Every second runner is used for the calibration; the others are for `validation.events`, which reports what it is
worth. Landmark noise as on rendered runners is added, at 30, 60 and 120 frames/s, so that the numbers hold for what
the detectors will see.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gait.files import replacing
from gait.kinematics.clean import clean_pose
from gait.kinematics.detectors import DETECTORS, body_features, time_below_body_weight
from gait.kinematics.mean_stride import first_guess, mean_strides
from gait.kinematics.phase import wrap
from gait.results import View
from validation.mocap import Trial, film, load_trials

TARGET = Path(__file__).resolve().parents[1] / "gait" / "knowledge" / "events.toml"


def calibration_half(trials: list[Trial]) -> list[Trial]:
    """Every second runner, counted in order of their number."""
    runners = sorted({t.runner for t in trials})[::2]
    return [t for t in trials if t.runner in runners]


def measure(trials: list[Trial]) -> dict[str, list[tuple[float, float]]]:
    """For each detector, (time below body weight s, detector minus force plate s) of every leg, trial, frame rate."""
    found: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for seed, trial in enumerate(trials):
        for fps in (30.0, 60.0, 120.0):
            pose, camera = film(trial, fps=fps, seed=seed)
            cleaned = clean_pose(pose, camera)
            for side, stride in mean_strides(cleaned, camera).items():
                stride = replace(stride, belt_mps=first_guess(stride, True)[2])
                period = 1 / stride.frequency_hz
                duty = float(np.mean(trial.off[side] - trial.contact[side])) / period
                for kind, truth in (("contact", trial.contact[side]), ("off", trial.off[side])):
                    phases = cleaned.phase.phase_at(truth)
                    centre = float(np.angle(np.mean(np.exp(2j * np.pi * phases))) / (2 * np.pi))
                    for d in DETECTORS:
                        if d.kind == kind and np.isfinite(at := d.find(stride, centre)):
                            found[d.name].append(
                                (time_below_body_weight(period, duty), float(wrap(at - centre)) * period)
                            )
    return found


def measure_body(trials: list[Trial]) -> dict[str, NDArray[np.float64]]:
    """For contact and toe-off, rows of (interval s, stride time s, lateness s) of the body's fastest fall and rise."""
    rows: dict[str, list[tuple[float, float, float]]] = defaultdict(list)
    views: tuple[View, ...] = ("rear", "front")
    for seed, trial in enumerate(trials):
        for view in views:
            pose, camera = film(trial, view=view, fps=60.0, seed=seed)
            cleaned = clean_pose(pose, camera)
            for side, stride in mean_strides(cleaned, camera).items():
                contact, off, _ = first_guess(stride, False)
                down, up = body_features(stride, contact, off)
                period = 1 / stride.frequency_hz
                interval = float((up - down) % 1.0) * period
                for kind, at, truth in (("contact", down, trial.contact[side]), ("off", up, trial.off[side])):
                    phases = cleaned.phase.phase_at(truth)
                    centre = float(np.angle(np.mean(np.exp(2j * np.pi * phases))) / (2 * np.pi))
                    late = float(wrap(at - centre)) * period
                    # A label on the wrong foot is half a stride off: an error to count, not a bias to learn.
                    if np.isfinite(late) and abs(late) < 0.15:
                        rows[kind].append((interval, period, late))
    return {kind: np.array(values) for kind, values in rows.items()}


def main() -> None:
    """Measure and write."""
    trials = calibration_half(load_trials())
    if not trials:
        raise SystemExit("calibrate_events: the force-plate recordings are not on this machine")
    rows = measure(trials)
    lines = [
        "# Made by: python -m validation.calibrate_events",
        "# Force-plate runners of Fukuchi et al. 2017 (PeerJ 5:e3298): "
        f"{', '.join(sorted({t.runner for t in trials}))}; 2.5-4.5 m/s,",
        "# landmark noise 1.5 % of thigh + shank, 30/60/120 frames/s. Contact: 50 N rising, toe-off 50 N falling.",
        "# A detector's time is late by bias_ms + slope * (time below body weight - 35 ms); sd_ms is what remains.",
    ]
    for d in DETECTORS:
        below, late = np.array(rows[d.name]).T
        slope, bias = np.polyfit(below - 0.035, late, 1)
        rest = late - bias - slope * (below - 0.035)
        sd = 1.4826 * float(np.median(np.abs(rest - np.median(rest))))
        sd = max(sd, 0.5 * float(np.std(rest)))
        lines += [
            "",
            f"[detector.{d.name}]",
            f'kind = "{d.kind}"',
            f"bias_ms = {1e3 * bias:.1f}",
            f"slope = {slope:.2f}",
            f"sd_ms = {1e3 * sd:.1f}",
            f"legs = {len(rest)}",
        ]
        sys.stdout.write(f"{d.name:28s} bias {1e3 * bias:6.1f} slope {slope:6.2f} sd {1e3 * sd:5.1f} n {len(rest)}\n")
    lines += [
        "",
        "# Rear and front view: the body's fastest fall and rise are late by",
        "# bias_ms + per_interval * (time from fall to rise - 150 ms) + per_stride * (stride time - 700 ms).",
    ]
    for kind, values in measure_body(trials).items():
        interval, period, late = values.T
        design = np.column_stack([np.ones(len(late)), interval - 0.15, period - 0.7])
        solution = np.linalg.lstsq(design, late, rcond=None)[0]
        sd = float(np.std(late - design @ solution))
        lines += [
            "",
            f"[body.{kind}]",
            f"bias_ms = {1e3 * solution[0]:.1f}",
            f"per_interval = {solution[1]:.2f}",
            f"per_stride = {solution[2]:.2f}",
            f"sd_ms = {1e3 * sd:.1f}",
            f"legs = {len(late)}",
        ]
        sys.stdout.write(f"body {kind}: {1e3 * solution[0]:.1f} ms, {solution[1:].round(2)}, sd {1e3 * sd:.1f} ms\n")
    with replacing(TARGET) as temporary:
        temporary.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
