"""Measure each metric's own error on rendered runners that were used for nothing else.

Run it as ``python -m validation.systematic``; it writes ``gait/knowledge/systematic.toml``.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from pathlib import Path

import numpy as np

from gait.errors import RefusedError
from gait.files import replacing
from gait.kinematics import analysis as analysis_module
from gait.kinematics import metrics
from gait.kinematics.analysis import analyze_pose
from gait.results import Runner, View
from validation.rendered import clips

TARGET = Path(__file__).resolve().parents[1] / "gait" / "knowledge" / "systematic.toml"
COUNTS: dict[View, int] = {"side": 8, "front": 4, "rear": 3}


def _none_known(key: str, view: View, *, far: bool) -> metrics.Systematic:
    return metrics.Systematic(0.0, 0.0)


def collect() -> dict[tuple[str, str], list[float]]:
    """Return errors (measured minus true, mean of a clip) by metric and place."""
    errors: dict[tuple[str, str], list[float]] = defaultdict(list)
    # While it is being measured no metric has an error of its own: nothing is taken off, nothing is refused.
    original, analysis_module.systematic = analysis_module.systematic, _none_known
    try:
        for view, count in COUNTS.items():
            for clip in clips(view, count, first_seed=100):
                try:
                    analysis = analyze_pose(clip.pose, runner=Runner(height_m=clip.height_m))
                except RefusedError as error:
                    sys.stdout.write(f"{clip.name}: {error}\n")
                    continue
                if analysis.camera.view != view:
                    sys.stdout.write(f"{clip.name}: taken for a {analysis.camera.view} view\n")
                    continue
                for m in analysis.measurements:
                    truth = clip.value(m.key, m.side)
                    if m.value is None or truth is None:
                        continue
                    near = m.side in ("both", analysis.camera.near_side)
                    place = ("near" if near else "far") if view == "side" else view
                    errors[m.key, place].append(m.value - truth)
    finally:
        analysis_module.systematic = original
    return errors


def main() -> None:
    """Measure and write."""
    errors = collect()
    lines = [
        "# Made by: python -m validation.systematic",
        "# The method's own error on rendered runners (clips from 100 on, used for nothing else), per metric and view,",
        "# in the metric's unit: bias = mean of measured minus true over clips, sd = root mean square about the bias.",
        "# The bias is taken off; the sd does not shrink with the number of steps and enters every interval.",
        "# near/far: the leg nearer to / farther from the camera in a side view. rear, front: those views.",
    ]
    for key in [m.key for m in metrics.METRICS]:
        places = {p: np.array(v) for (k, p), v in errors.items() if k == key and len(v) >= 3}
        if not places:
            continue
        lines += ["", f"[metric.{key}]"]
        for place, values in places.items():
            bias, sd = float(values.mean()), float(values.std(ddof=1))
            lines.append(f"{place} = {{ bias = {bias:.4g}, sd = {sd:.4g}, clips = {len(values)} }}")
            sys.stdout.write(
                f"{key:24s}{place:6s} bias {bias:8.3f} sd {sd:7.3f} worst {np.abs(values).max():7.3f} n {len(values)}\n"
            )
    with replacing(TARGET) as temporary:
        temporary.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
