"""Measure what a pose engine adds to the event detectors, on rendered runners; for ``gait/knowledge/engines.toml``.

Run it as ``python -m validation.calibrate_engine``; it prints the table to put there. What the engine adds is the
difference between a detector on its landmarks and the same detector on the rendered joints themselves: how lifelike the
rendered motion is plays no part. Clips 0–99 are for calibration, `validation.systematic` reports on clips from 100 on.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from dataclasses import replace

import numpy as np
import xarray as xr

from gait.kinematics.camera import find_camera, with_scale
from gait.kinematics.clean import Cleaned, clean_pose
from gait.kinematics.detectors import DETECTORS
from gait.kinematics.mean_stride import MeanStride, first_guess, mean_strides
from gait.kinematics.phase import wrap
from validation.rendered import clips

COUNT = 8


def near_stride(pose: xr.Dataset, height_m: float) -> tuple[Cleaned, MeanStride, float]:
    """Return the cleaned clip, the mean stride of the near leg, and the slope (degrees) of its standing toe's path."""
    camera = with_scale(find_camera(pose), height_m=height_m)
    cleaned = clean_pose(pose, camera)
    stride = mean_strides(cleaned, camera)[camera.near_side or "left"]
    contact, off, belt = first_guess(stride, True)
    phase = (contact + np.linspace(0.15, 0.70, 56) * ((off - contact) % 1.0)) % 1.0
    slope = np.polyfit(stride.sample("toe", 0, phase), stride.sample("toe", 1, phase), 1)[0]
    return cleaned, replace(stride, belt_mps=belt, belt_slope=float(slope)), float(np.degrees(np.arctan(slope)))


def main() -> None:
    """Print the row of the bundled engine."""
    late: dict[str, list[float]] = defaultdict(list)
    slopes: list[float] = []
    for clip in clips("side", COUNT):
        _, exact, true_slope = near_stride(clip.true_pose(), clip.height_m)
        cleaned, stride, slope = near_stride(clip.pose, clip.height_m)
        slopes.append(slope - true_slope)
        # Both are levelled by the true slope: how well the engine's landmarks show it is the other number.
        stride = replace(stride, belt_slope=exact.belt_slope)
        exact_cleaned, _, _ = near_stride(clip.true_pose(), clip.height_m)
        side = find_camera(clip.pose).near_side or "left"
        for detector in DETECTORS:
            times = clip.events()[side, detector.kind]
            found = []
            for which, wave in ((cleaned, stride), (exact_cleaned, exact)):
                centre = float(np.angle(np.mean(np.exp(2j * np.pi * which.phase.phase_at(times)))) / (2 * np.pi))
                found.append(float(wrap(detector.find(wave, centre) - centre)) / wave.frequency_hz)
            if np.isfinite(found).all():
                late[detector.name].append(found[0] - found[1])
    sys.stdout.write(f"toe_slope_deg = {np.median(slopes):.1f}\ntoe_slope_sd_deg = {np.std(slopes):.1f}\n")
    for d in DETECTORS:
        values = 1e3 * np.array(late[d.name])
        spread = max(1.4826 * float(np.median(np.abs(values - np.median(values)))), 0.5 * float(np.std(values)))
        sys.stdout.write(
            f"[source.mediapipe.detector.{d.name}]\nlate_ms = {np.median(values):.1f}\nsd_ms = {spread:.1f}\n"
            f"# {len(values)} of {COUNT} clips, {values.min():.0f} to {values.max():.0f}\n"
        )


if __name__ == "__main__":
    main()
