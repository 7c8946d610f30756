"""Measure each metric's own error and write ``gait/knowledge/systematic.toml``; ``python -m validation.systematic``.

Two parts, because no one set of runners shows both:

- what the pose engine adds: measured on its landmarks minus measured on the rendered joints themselves, on clips from
  100 on, which are used for nothing else. How lifelike the rendered motion is plays no part. Half of its mean is taken
  off (`gait.kinematics.metrics.systematic`).
- what the method adds: joints of force-plate runners who did not set the event detectors' biases, filmed as points,
  measured minus true at the force plate's events. Its root mean square is added to the spread.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student

from gait.errors import RefusedError
from gait.files import replacing
from gait.kinematics import analysis as analysis_module
from gait.kinematics import metrics
from gait.kinematics.analysis import ViewAnalysis, analyze_pose
from gait.kinematics.clean import clean_pose
from gait.kinematics.events import detect_events
from gait.kinematics.steps import find_steps
from gait.kinematics.tracks import Tracks
from gait.results import Runner, View
from validation.calibrate_events import calibration_half
from validation.mocap import Trial, film, load_trials
from validation.rendered import clips

TARGET = Path(__file__).resolve().parents[1] / "gait" / "knowledge" / "systematic.toml"
COUNTS: dict[View, int] = {"side": 6, "front": 3, "rear": 3}
Array = NDArray[np.float64]


def _none_known(key: str, view: View, *, far: bool, engine: str) -> metrics.Systematic:
    return metrics.Systematic(0.0, 0.0)


def _place(analysis: ViewAnalysis, side: str) -> str:
    if analysis.camera.view != "side":
        return analysis.camera.view
    return "near" if side in ("both", analysis.camera.near_side) else "far"


def engine_errors() -> dict[tuple[str, str], list[float]]:
    """Return what the engine adds to each clip's mean, by metric and place."""
    errors: dict[tuple[str, str], list[float]] = defaultdict(list)
    for view, count in COUNTS.items():
        for clip in clips(view, count, first_seed=100):
            runner = Runner(height_m=clip.height_m)
            try:
                seen = analyze_pose(clip.pose, runner=runner)
                exact = analyze_pose(clip.true_pose(), runner=runner)
            except RefusedError as error:
                sys.stdout.write(f"{clip.name}: {error}\n")
                continue
            if seen.camera.view != view:
                sys.stdout.write(f"{clip.name}: taken for a {seen.camera.view} view\n")
                continue
            pairs = zip(seen.measurements, exact.measurements, strict=True)
            for m, true in pairs:
                if m.value is not None and true.value is not None:
                    errors[m.key, _place(seen, m.side)].append(m.value - true.value)
    return errors


def _sagittal(trial: Trial, side: str) -> dict[str, float]:
    """Return true means of one leg from the recorded joints at the force plate's events."""

    def at(joint: str, times: Array) -> Array:
        track = trial.points[f"{side}_{joint}"]
        return np.stack([np.interp(times, trial.time, track[:, k]) for k in (0, 1)], axis=1)

    def lean(v: Array) -> Array:
        return np.degrees(np.arctan2(v[:, 0], v[:, 1]))

    contact, off = trial.contact[side], trial.off[side]
    kept = (contact > 0.5) & (off < 12.5)
    contact, off = contact[kept], off[kept]
    leg = 0.53 * trial.height_m

    def bend(times: Array) -> Array:
        thigh, shank = at("knee", times) - at("hip", times), at("ankle", times) - at("knee", times)
        cross = thigh[:, 0] * shank[:, 1] - thigh[:, 1] * shank[:, 0]
        return np.degrees(np.arctan2(-cross, np.sum(thigh * shank, axis=1)))

    through = contact[:, None] + (off - contact)[:, None] * np.linspace(0.05, 0.8, 60)
    stride = float(np.mean(np.diff(contact)))
    return {
        "overstride": float(np.mean(at("ankle", contact)[:, 0] - at("hip", contact)[:, 0])) / leg,
        "tibia_angle": float(np.mean(lean(at("knee", contact) * [-1, 1] - at("ankle", contact) * [-1, 1]))),
        "knee_flexion_contact": float(np.mean(bend(contact))),
        "knee_flexion_stance": float(np.mean(bend(through.ravel()).reshape(through.shape).max(axis=1))),
        "hip_extension": float(np.mean(lean(at("hip", off) - at("knee", off)))),
        "foot_pickup": float(np.mean(at("hip", off)[:, 0] - at("ankle", off)[:, 0])) / leg,
        "contact_time": 1e3 * float(np.mean(off - contact)),
        "duty_factor": 100 * float(np.mean(off - contact)) / stride,
        "flight_time": 1e3 * (0.5 * stride - float(np.mean(off - contact))),
    }


def method_errors() -> dict[tuple[str, str], list[float]]:
    """Return measured minus true of force-plate runners filmed as points, by metric and place."""
    errors: dict[tuple[str, str], list[float]] = defaultdict(list)
    trials = load_trials()
    used = {t.runner for t in calibration_half(trials)}
    views: tuple[View, ...] = ("side", "rear")
    for seed, trial in enumerate(t for t in trials if t.runner not in used):
        for view in views:
            pose, camera = film(trial, view=view, seconds=13, noise=0.004, seed=seed)
            cleaned = clean_pose(pose, camera)
            events, _ = detect_events(cleaned, camera)
            steps = find_steps(events, stride_s=1 / cleaned.phase.frequency_hz)
            tracks = Tracks(cleaned.pose, camera)
            for side in ("left", "right"):
                place = view if view != "side" else ("near" if side == camera.near_side else "far")
                rows = steps[steps.side == side]
                contact, off = rows.contact_s.to_numpy(dtype=float), rows.off_s.to_numpy(dtype=float)
                for key, true in _sagittal(trial, side).items():
                    measure = next(m.measure for m in metrics.METRICS if m.key == key)
                    if measure is None:
                        errors[key, place].append(float(rows[key].mean()) - true)
                    elif view == "side":
                        errors[key, place].append(float(np.nanmean(measure(tracks, side, contact, off))) - true)
    return errors


def main() -> None:
    """Measure and write."""
    # While it is being measured no metric has an error of its own: nothing is taken off, nothing is refused.
    original, analysis_module.systematic = analysis_module.systematic, _none_known
    try:
        engine, method = engine_errors(), method_errors()
    finally:
        analysis_module.systematic = original
    lines = [
        "# Made by: python -m validation.systematic",
        "# A metric's own error by view, in its unit: bias = what the pose engine adds on average (half is taken off);",
        "# sd = spread from runner to runner, engine (rendered runners) and method (force-plate runners) together.",
        "# It does not shrink with the number of steps and enters every interval.",
        "# near/far: the leg nearer to / farther from the camera in a side view. rear, front: those views.",
    ]
    for key in [m.key for m in metrics.METRICS]:
        places = {place: np.array(v) for (k, place), v in engine.items() if k == key and len(v) >= 3}
        if not places:
            continue
        lines += ["", f"[metric.{key}]"]
        for place, values in places.items():
            bias = float(np.mean(values))
            # Few bodies: widened so that ±1.96 spreads cover as much as Student's t of as many clips.
            clips_seen = min(COUNTS["side" if place in ("near", "far") else place], len(values))  # type: ignore[index]
            spread = float(np.std(values, ddof=1)) * float(student.ppf(0.975, clips_seen - 1)) / 1.96
            own = np.array(method.get((key, place), [0.0]))
            rms = float(np.sqrt(np.mean(own**2)))
            sd = float(np.hypot(spread, rms))
            lines.append(
                f"{place} = {{ bias = {bias:.4g}, sd = {sd:.4g}, engine_sd = {spread:.4g}, method_rms = {rms:.4g}, "
                f"clips = {len(values)} }}"
            )
            sys.stdout.write(
                f"{key:22s}{place:6s} engine {bias:8.3f} ± {spread:6.3f} (n {len(values)})   "
                f"method rms {rms:6.3f} bias {own.mean():7.3f} (n {len(own)})\n"
            )
    with replacing(TARGET) as temporary:
        temporary.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
