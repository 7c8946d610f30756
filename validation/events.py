"""Event errors against the force plate on the runners that were not used for the calibration.

Biases and spreads come from the other runners. Which signals and thresholds the detectors use was chosen with all
runners in view: the figures are a little kind.

python -m validation.events
"""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gait.kinematics.clean import clean_pose
from gait.kinematics.events import detect_events
from gait.results import View
from validation.calibrate_events import calibration_half
from validation.mocap import film, load_trials


def errors(
    events: pd.DataFrame, truth: dict[tuple[str, str], NDArray[np.float64]], start: float, end: float
) -> tuple[NDArray[np.float64], NDArray[np.float64], int, int]:
    """Compare events with the truth between ``start`` and ``end``.

    Returns
    -------
    contact, off : arrays of s
        Detected minus true.
    missed, invented : int
    """
    result: dict[str, list[float]] = {"contact": [], "off": []}
    missed = invented = 0
    for (side, kind), times in truth.items():
        times = times[(times > start) & (times < end)]
        found = events.time_s[(events.side == side) & (events.kind == kind)].to_numpy(dtype=float)
        used = np.zeros(len(found), dtype=bool)
        for t in times:
            distance = np.abs(found - t)
            if len(found) == 0 or distance.min() > 0.15:
                missed += 1
                continue
            best = int(np.argmin(distance))
            used[best] = True
            result[kind].append(float(found[best] - t))
        if len(times):
            invented += int(np.sum(~used & (found > times[0] - 0.2) & (found < times[-1] + 0.2)))
    return np.array(result["contact"]), np.array(result["off"]), missed, invented


def main() -> None:
    """Print a table by view and frame rate."""
    trials = load_trials()
    if not trials:
        raise SystemExit("events: the force-plate recordings are not on this machine")
    used = {t.runner for t in calibration_half(trials)}
    held_out = [t for t in trials if t.runner not in used]
    views: tuple[View, ...] = ("side", "rear", "front")
    for view in views:
        for fps in (30.0, 60.0, 120.0):
            contact, off, length, missed, invented = [], [], [], 0, 0
            for seed, trial in enumerate(held_out):
                pose, camera = film(trial, view=view, fps=fps, seconds=13, seed=100 + seed)
                events, _ = detect_events(clean_pose(pose, camera), camera)
                truth = {(s, k): getattr(trial, k)[s] for s in ("left", "right") for k in ("contact", "off")}
                c, o, m, i = errors(events, truth, 0.3, 12.7)
                contact.append(c)
                off.append(o)
                length.append(o.mean() - c.mean())
                missed, invented = missed + m, invented + i
            c, o, n = 1e3 * np.concatenate(contact), 1e3 * np.concatenate(off), 1e3 * np.array(length)
            sys.stdout.write(
                f"{view:5s} {fps:3.0f} fps  contact: bias {c.mean():5.1f} median |e| {np.median(abs(c)):4.1f} "
                f"p95 {np.percentile(abs(c), 95):4.1f}   off: bias {o.mean():5.1f} median |e| {np.median(abs(o)):4.1f} "
                f"p95 {np.percentile(abs(o), 95):4.1f}   contact time (clip mean): median |e| {np.median(abs(n)):4.1f} "
                f"max {abs(n).max():4.1f} ms   missed {missed} invented {invented}\n"
            )


if __name__ == "__main__":
    main()
