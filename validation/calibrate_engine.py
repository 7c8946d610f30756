"""Measure what a pose engine adds to the event detectors, on rendered runners; for ``gait/knowledge/engines.toml``.

Run it as ``python -m validation.calibrate_engine``; it prints the table to put there. Clips 0–99 are for calibration,
`validation.systematic` reports on clips from 100 on.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from dataclasses import replace

import numpy as np

from gait.kinematics.camera import find_camera, with_scale
from gait.kinematics.clean import clean_pose
from gait.kinematics.detectors import DETECTORS, belt_slope, calibrations
from gait.kinematics.mean_stride import first_guess, mean_strides
from gait.kinematics.phase import wrap
from validation.rendered import clips

COUNT = 8


def main() -> None:
    """Print the row of the bundled engine."""
    late: dict[str, list[float]] = defaultdict(list)
    slopes: list[float] = []
    for clip in clips("side", COUNT):
        camera = with_scale(find_camera(clip.pose), height_m=clip.height_m)
        cleaned = clean_pose(clip.pose, camera)
        strides = mean_strides(cleaned, camera)
        near = camera.near_side or "left"
        truth = clip.events()
        contact, off, belt = first_guess(strides[near], True)
        raw = strides[near]
        phase = (contact + np.linspace(0.15, 0.70, 56) * ((off - contact) % 1.0)) % 1.0
        slope = np.polyfit(raw.sample("toe", 0, phase), raw.sample("toe", 1, phase), 1)[0]
        # The rendered camera's roll and the perspective of its yaw are known; a level belt is what remains.
        slopes.append(float(np.degrees(np.arctan(slope))) - true_slope_deg(clip.truth["camera"], camera.direction))
        level = belt_slope(raw, contact, off)
        stride = replace(raw, belt_mps=belt, belt_slope=level)
        period = 1 / stride.frequency_hz
        centre = {
            kind: float(np.angle(np.mean(np.exp(2j * np.pi * cleaned.phase.phase_at(truth[near, kind])))) / (2 * np.pi))
            for kind in ("contact", "off")
        }
        duty = (centre["off"] - centre["contact"]) % 1.0
        for d in DETECTORS:
            at = d.find(stride, centre[d.kind])
            if np.isfinite(at):
                expected = calibrations("markers")[d.name].lateness(period, duty)
                late[d.name].append(float(wrap(at - centre[d.kind])) * period - expected)
    sys.stdout.write(f"toe_slope_deg = {np.median(slopes):.1f}\ntoe_slope_sd_deg = {np.std(slopes):.1f}\n")
    for d in DETECTORS:
        values = 1e3 * np.array(late[d.name])
        spread = max(1.4826 * float(np.median(np.abs(values - np.median(values)))), 0.5 * float(np.std(values)))
        sys.stdout.write(
            f"[source.mediapipe.detector.{d.name}]\nlate_ms = {np.median(values):.1f}\nsd_ms = {spread:.1f}\n"
            f"# {len(values)} of {COUNT} clips, {values.min():.0f} to {values.max():.0f}\n"
        )


def true_slope_deg(camera: dict[str, float], direction: int) -> float:
    """Slope of the belt in the picture, degrees up per length forwards, for a rendered camera.

    Roll turns the picture; yaw brings the front of the belt nearer, and what lies below the camera then sinks.
    """
    yaw = np.radians(camera["yaw_deg"])
    perspective = -np.sin(yaw) * camera["height_m"] / camera["distance_m"]
    return float(np.degrees(np.arctan(perspective)) + direction * camera["roll_deg"])


if __name__ == "__main__":
    main()
