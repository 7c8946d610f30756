"""Long videos and killed work, through the command line; without the pose network where that is possible."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.long_runs import moving_video, stride_pixels, write_checkpoints
from gait.owned_files import FILES_LIST
from tests.conftest import REPOSITORY
from tests.end_to_end.conftest import SAMPLES

pytestmark = pytest.mark.slow
RESULTS = ("report.json", "steps.csv", "pose_1.nc")


def peak_mb(*arguments: object) -> float:
    """Run ``gait analyze`` and return its peak memory."""
    process = subprocess.Popen([sys.executable, "-m", "gait", "analyze", *map(str, arguments), "-q"], cwd=REPOSITORY)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return usage.ru_maxrss / (1024 if sys.platform != "darwin" else 1024**2)


@pytest.mark.long  # of the analysis without the video: tests/analysis/test_chunks.py
@pytest.mark.skipif(not hasattr(os, "wait4"), reason="needs the memory of a child process")
def test_memory_does_not_grow_with_the_length(tmp_path: Path) -> None:
    run = stride_pixels(fps=30)
    peaks = []
    for minutes in (2.2, 4.4):
        folder = tmp_path / f"{minutes:g}"
        folder.mkdir()
        video = moving_video(tmp_path / f"{minutes:g}.mp4", minutes, fps=30)
        write_checkpoints(video, folder / "pose_1.part", run)
        peaks.append(peak_mb(video, "-o", folder, "--height", 176, "--no-video"))
        report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
        filmed_min = report["videos"][0]["frames"] / 30 / 60  # at least as long as asked for
        assert len([e for e in report["events"] if e["kind"] == "contact"]) == pytest.approx(168 * filmed_min, rel=0.02)
        assert {p.name for p in folder.iterdir()} == {*RESULTS, "report.html", "clean_1.nc", FILES_LIST}
    assert peaks[1] < 1.1 * peaks[0]


def test_a_killed_analysis_continues_and_gives_the_same_bytes(tmp_path: Path) -> None:
    """It is killed once during pose estimation and once more during the analysis."""
    program = """
import os, signal, sys
from gait.pose import checkpoints, estimation
import gait.session
estimation._CHUNK_FRAMES = 40
kill_at, *arguments = sys.argv[1:]
def killing(function, at):
    calls = []
    def counted(*given, **named):
        made = function(*given, **named)
        calls.append(made)
        if len(calls) == at:
            os.kill(os.getpid(), signal.SIGKILL)
        return made
    return counted
if kill_at == "poses":
    checkpoints.CheckpointFolder.append = killing(checkpoints.CheckpointFolder.append, 2)
if kill_at == "analysis":
    gait.session.analyze_pose = killing(gait.session.analyze_pose, 1)
from gait.cli.main import main
main(arguments)
"""

    def run(folder: str, kill_at: str) -> int:
        arguments = [kill_at, "analyze", SAMPLES / "treadmill_side.mp4", "-o", tmp_path / folder, "--no-video", "-q"]
        command = [sys.executable, "-c", program, *map(str, arguments), "--end", "3.3"]
        return subprocess.run(command, cwd=REPOSITORY, check=False).returncode

    assert run("whole", "never") == 0
    assert run("killed", "poses") == -signal.SIGKILL
    assert len(list((tmp_path / "killed" / "pose_1.part").glob("0*.npz"))) == 2
    assert run("killed", "analysis") == -signal.SIGKILL
    assert run("killed", "never") == 0
    for name in RESULTS:
        assert (tmp_path / "killed" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()
    assert not list((tmp_path / "killed").glob("*.part"))
