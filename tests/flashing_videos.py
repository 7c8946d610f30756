"""Reports with poses and a clip, without any image of a person: joints filmed as points, and a clip that flashes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from gait.analysis.view_analysis import analyze_pose
from gait.pose.dataset import save_pose
from gait.records import Runner
from gait.report.report_json import write_json
from gait.session import Session
from gait.synthetic import CameraSpec, RunnerSpec
from gait.video import VideoWriter
from tests.filmed_joints import filmed


@dataclass(frozen=True)
class Filmed:
    """A report in a folder, with its poses and its clip, and the true contacts, seconds in the clip."""

    folder: Path
    contacts: dict[str, np.ndarray]


def film(folder: Path, runner: RunnerSpec, *, fps: float, facing: str, name: str) -> Filmed:
    """Film a run as poses; the clip is dark, bright while a left foot lands, half-bright while a right one does."""
    run = filmed(runner, camera=CameraSpec(width=480, height=360, facing=facing), seconds=5.0, fps=fps)
    folder.mkdir()
    view = analyze_pose(run.pose, runner=Runner(name, 1.75, None, 3.0))
    pose = run.pose.assign_attrs(source_file="run.mp4")
    save_pose(pose, folder / "pose_1.nc")
    view = replace(view, info=replace(view.info, file=str(folder / "run.mp4")))
    session = Session(Runner(name, 1.75, None, 3.0), (view,), view.measurements, (), (), ())
    write_json(session, folder / "report.json")
    contacts = {
        side: np.sort(
            view.events.loc[(view.events.side == side) & (view.events.kind == "contact"), "time_s"].to_numpy()
        )
        for side in ("left", "right")
    }
    with VideoWriter(folder / "run.mp4", width=480, height=360, fps=fps) as writer:
        for time in run.pose.time.values:
            near = {side: float(np.abs(times - time).min()) <= 0.5 / fps for side, times in contacts.items()}
            level = 230 if near["left"] else 130 if near["right"] else 25
            writer.write(np.full((360, 480, 3), level, np.uint8), time_s=float(time))
    return Filmed(folder, {side: run.times(side, "contact") for side in contacts})
