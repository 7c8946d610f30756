from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from gait.athletes.history import History
from gait.kinematics import analyze_pose
from gait.pose.dataset import save_pose
from gait.report.json import write_json
from gait.results import Runner
from gait.session import Session
from gait.synthetic import CameraSpec, RunnerSpec, presets
from gait.video import VideoWriter
from tests.athletes import stub
from tests.kinematics.runs import filmed


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "history.db"


@pytest.fixture
def history(file: Path) -> Iterator[History]:
    with History(file) as opened:
        yield opened


@dataclass(frozen=True)
class Filmed:
    """A report in a folder, with its poses and its clip, and the true contacts, seconds in the clip."""

    folder: Path
    contacts: dict[str, np.ndarray]


def _filmed(folder: Path, runner: RunnerSpec, *, fps: float, facing: str, name: str) -> Filmed:
    """Film a run as poses; the clip is dark, bright while a left foot lands, half-bright while a right one does."""
    run = filmed(runner, camera=CameraSpec(width=480, height=360, facing=facing), seconds=5.0, fps=fps)
    folder.mkdir()
    view = analyze_pose(run.pose, runner=Runner(name, 1.75, None, 3.0))
    pose = run.pose.assign_attrs(source_file="run.mp4")
    save_pose(pose, folder / "pose_1.nc")
    view = replace(view, info=replace(view.info, file=str(folder / "run.mp4")))
    session = Session(Runner(name, 1.75, None, 3.0), (view,), view.measurements, (), (), ())
    write_json(session, folder / "report.json")
    told = {
        side: np.sort(
            view.events.loc[(view.events.side == side) & (view.events.kind == "contact"), "time_s"].to_numpy()
        )
        for side in ("left", "right")
    }
    with VideoWriter(folder / "run.mp4", width=480, height=360, fps=fps) as writer:
        for time in run.pose.time.values:
            near = {side: float(np.abs(times - time).min()) <= 0.5 / fps for side, times in told.items()}
            level = 230 if near["left"] else 130 if near["right"] else 25
            writer.write(np.full((360, 480, 3), level, np.uint8), time_s=float(time))
    return Filmed(folder, {side: run.times(side, "contact") for side in told})


@pytest.fixture(scope="session")
def two_runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Filmed, Filmed]:
    """A runner with a quick rhythm at 40 frames/s, and one with a slow one at 25, who faces the other way."""
    place = tmp_path_factory.mktemp("runs")
    return (
        _filmed(place / "before", presets.neutral(), fps=40.0, facing="right", name="Anna"),
        _filmed(place / "after", presets.overstriding(), fps=25.0, facing="left", name="anna"),
    )


@pytest.fixture(autouse=True)
def traced(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which the stub's calls leave their traces, also those in other processes."""
    folder = tmp_path_factory.mktemp("trace")
    monkeypatch.setenv(stub.TRACE, str(folder))
    return folder


@pytest.fixture
def week(tmp_path: Path) -> Callable[..., Path]:
    """Makes a folder of clips for the stub: name -> content."""

    def make(**contents: str) -> Path:
        folder = tmp_path / "clips"
        for name, content in contents.items():
            path = folder / name.replace("__", "/")
            path = path.with_name(f"{path.name}.mp4")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
        return folder

    return make
