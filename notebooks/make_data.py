"""Make the data of the notebooks beside this file: ``python notebooks/make_data.py [views] [summary]``.

``data/side.nc`` and ``data/rear.nc`` are the poses of one rendered runner filmed from two sides; ``data/truth.json``
holds that runner's true values. ``data/summary.csv`` is the table of a batch (`gait batch`) of simulated runners before
and after weeks of training with a higher cadence. All seeds are fixed. Needs ``gait[synthetic]``; takes some minutes.
"""

from __future__ import annotations

import csv
import json
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from gait.analysis.view_analysis import analyze_pose
from gait.batch.summary_table import COLUMNS
from gait.records import Measurement, Runner
from gait.synthetic import CameraSpec, LookSpec, RunnerSpec, SceneSpec, Truth, render_clip
from gait.synthetic.motion_solver import solve
from gait.validation.keypoint_noise import measured_noise
from gait.validation.mocap import film_joints

DATA = Path(__file__).parent / "data"
#: Yellow tape on the pelvis, so that its drop shows.
TAPED = SceneSpec(look=LookSpec(tape=(1.0, 0.85, 0.1)), console=False)
RUNNER = RunnerSpec(
    height_m=1.70, sex="female", speed_mps=2.8, cadence_spm=150.0, overstride=0.29, pelvic_drop_deg=11.0
)
CAMERAS = {"side": CameraSpec(view="side", facing="right"), "rear": CameraSpec(view="rear", width=720, height=960)}

ATHLETES = 12
SESSIONS = (("before", "2026-03-02"), ("after", "2026-04-13"))
SECONDS = 12.0
SPEED_MPS = 2.8
METRICS = ("cadence", "overstride", "tibia_angle", "contact_time", "knee_flexion_stance", "vertical_oscillation")


def make_views() -> None:
    """Render the runner from both sides and save the poses that the engine finds."""
    from gait import estimate_pose, save_pose

    with tempfile.TemporaryDirectory() as scratch:
        for view, camera in CAMERAS.items():
            clip = Path(scratch) / f"{view}.mp4"
            truth = render_clip(RUNNER, camera, TAPED, duration_s=10.0, seed=31, path=clip)
            pose = estimate_pose(clip).drop_vars(["world", "axis"], errors="ignore")
            pose.attrs["source_file"] = clip.name
            save_pose(pose, DATA / f"{view}.nc")
        (DATA / "truth.json").write_text(json.dumps(true_values(truth), indent=1) + "\n", encoding="utf-8")


def true_values(truth: Truth) -> dict[str, Any]:
    """Return the true means of a clip.

    Parameters
    ----------
    truth : Truth

    Returns
    -------
    dict
        Metric → side → value.
    """
    values: dict[str, Any] = {}
    for key, metric in truth.as_record()["metrics"].items():
        values[key] = {side: metric[side]["value"] for side in ("left", "right") if side in metric}
        values[key]["both"] = metric["value"]
    return values


def athlete_runs(number: int) -> tuple[RunnerSpec, RunnerSpec]:
    """Simulate an athlete before and after the training weeks.

    Parameters
    ----------
    number : int

    Returns
    -------
    before, after : RunnerSpec
    """
    rng = np.random.default_rng([41, number])
    height = float(rng.uniform(1.58, 1.88))
    cadence = float(rng.normal(164 * np.sqrt(1.73 / height), 4))
    overstride = float(np.clip(rng.normal(0.25, 0.025), 0.19, 0.31))
    before = RunnerSpec(
        height_m=round(height, 2),
        sex="female" if number % 2 else "male",
        speed_mps=SPEED_MPS,
        cadence_spm=round(cadence, 1),
        overstride=round(overstride, 3),
        knee_flexion_contact_deg=round(float(rng.uniform(11, 17)), 1),
        trunk_lean_deg=round(float(rng.uniform(3, 9)), 1),
    )
    share = float(rng.normal(0.055, 0.015)) if is_trained(number) else float(rng.normal(0.0, 0.01))
    # A 6 % higher cadence shortens overstride by about as much (Lieberman 2015).
    after = replace(
        before,
        cadence_spm=round(cadence * (1 + share), 1),
        overstride=round(overstride * (1 - 1.2 * share) + float(rng.normal(0, 0.004)), 3),
    )
    return before, after


def is_trained(number: int) -> bool:
    """Return whether an athlete is in the training group.

    Parameters
    ----------
    number : int

    Returns
    -------
    bool
    """
    return number % 4 < 2


def athlete_name(number: int) -> str:
    """Return the name of an athlete; it begins with the group.

    Parameters
    ----------
    number : int

    Returns
    -------
    str
    """
    return f"{'cue' if is_trained(number) else 'control'}-{number + 1:02d}"


def measure_athlete(number: int, sessions: int = len(SESSIONS)) -> list[dict[str, Any]]:
    """Measure an athlete on exact joints with the scatter of the pose engine.

    Parameters
    ----------
    number : int
    sessions : int
        Number of sessions, from the first.

    Returns
    -------
    list of dict
        Rows of the table.
    """
    rows = []
    for (session, date), runner in zip(SESSIONS[:sessions], athlete_runs(number), strict=False):
        camera = CameraSpec(view="side", facing="right", fps=60.0)
        seed = 100 * number + len(session)
        motion = solve(runner, SECONDS, seed=seed)
        noise = measured_noise("side", near_side="right")
        pose = film_joints(motion, camera, seconds=SECONDS, noise=noise, seed=seed)
        view = analyze_pose(pose, runner=Runner(athlete_name(number), runner.height_m, speed_mps=SPEED_MPS))
        chosen = (m for m in view.measurements if m.key in METRICS and m.side in ("both", "right"))
        rows += [_table_row(number, session, date, m) for m in chosen]
    return rows


def _table_row(number: int, session: str, date: str, m: Measurement) -> dict[str, Any]:
    low, high = m.interval or (None, None)
    return {
        "athlete": athlete_name(number),
        "session": session,
        "date": date,
        "file": f"{athlete_name(number)}/{session}.mp4",
        "view": "side",
        "metric": m.key,
        "side": m.side,
        "value": None if m.value is None else round(m.value, 4),
        "unit": m.unit,
        "low": None if low is None else round(low, 4),
        "high": None if high is None else round(high, 4),
        "steps": m.steps,
        "grade": m.grade,
        "reason": m.reason,
        "status": "ok",
        "report": f"{athlete_name(number)}-{session}/report.html",
    }


def make_summary() -> None:
    """Write the table of all athletes."""
    with (DATA / "summary.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        for number in range(ATHLETES):
            writer.writerows(measure_athlete(number))


def main(parts: list[str]) -> None:
    """Make the data.

    Parameters
    ----------
    parts : list of str
        ``views``, ``summary``; empty: both.
    """
    DATA.mkdir(exist_ok=True)
    for part in parts or ["views", "summary"]:
        {"views": make_views, "summary": make_summary}[part]()


if __name__ == "__main__":
    main(sys.argv[1:])
