"""Long videos and killed work, through the command line; without the pose network where that is possible."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from benchmarks.long_runs import moving_video, stride_pixels, write_checkpoints
from gait.owned_files import FILES_LIST
from tests.conftest import REPOSITORY
from tests.end_to_end.conftest import SAMPLES

pytestmark = pytest.mark.slow
RESULTS = ("report.json", "steps.csv", "pose_1.nc")


#: Imports everything once. Then each line of standard input is a list of words for a copy of the process, which runs
#: the program with them as ``given``. The exit code of each copy is a line of standard output.
COPIES = """
import json, os, signal, sys
from pathlib import Path
import numpy as np
import xarray
import gait.report.report_folder, gait.session
from gait.analysis import view_analysis
from gait.cli.main import main
from gait.pose import checkpoints, estimation
gait.session.preload()
np.asarray(xarray.DataArray([0.0]))  # the first one loads more libraries
for line in sys.stdin:
    child = os.fork()
    if child == 0:
        given = json.loads(line)
        exec(compile(sys.argv[1], "program", "exec"))
        sys.exit()
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


@contextmanager
def copies_of_one_process(program: str) -> Iterator[Callable[..., int]]:
    """Run a program several times with other words, each time in a process that may be killed; give its exit code."""
    command = [sys.executable, "-c", COPIES, program]
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}  # a process with threads is not copied
    with subprocess.Popen(
        command, cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        asked, told = process.stdin, process.stdout

        def run(*words: object) -> int:
            asked.write(json.dumps([str(word) for word in words]) + "\n")
            asked.flush()
            return int(told.readline())

        yield run
        asked.close()


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
estimation._CHUNK_FRAMES = 40
def killing(function, at):
    calls = []
    def counted(*given, **named):
        made = function(*given, **named)
        calls.append(made)
        if len(calls) == at:
            os.kill(os.getpid(), signal.SIGKILL)
        return made
    return counted
kill_at, *arguments = given
if kill_at == "poses":
    checkpoints.CheckpointFolder.append = killing(checkpoints.CheckpointFolder.append, 2)
if kill_at == "analysis":
    view_analysis.analyze_pose = killing(view_analysis.analyze_pose, 1)
main(arguments)
"""

    def arguments(folder: str, kill_at: str) -> list[object]:
        video = SAMPLES / "treadmill_side.mp4"
        return [kill_at, "analyze", video, "-o", tmp_path / folder, "--no-video", "-q", "--end", 3.3, "--every-frame"]

    with copies_of_one_process(program) as run:
        assert run(*arguments("whole", "never")) == 0
        assert run(*arguments("killed", "poses")) == -signal.SIGKILL
        assert len(list((tmp_path / "killed" / "pose_1.part").glob("0*.npz"))) == 2
        assert run(*arguments("killed", "analysis")) == -signal.SIGKILL
        assert run(*arguments("killed", "never")) == 0
    for name in RESULTS:
        assert (tmp_path / "killed" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()
    assert not list((tmp_path / "killed").glob("*.part"))


#: `gait analyze` on windows with exact joints instead of the pose network. It kills itself where it is told to: in the
#: n-th window, after the n-th one, or before the n-th file that is written after the poses gets its name.
WINDOWS_PROGRAM = """
from benchmarks.long_runs import stride_pixels
from gait.pose.dataset import BLAZEPOSE_KEYPOINTS
from gait.pose.engines.pose_engine import FrameResult, PersonKeypoints
from gait.pose.engines.window_tracking import TrackedWindow, WindowTracker
from gait.synthetic.body_segments import JOINTS
from gait.video import frame_times
kill_at, number, workers, video, *arguments = given
estimation.available_cores = lambda: int(workers)
calls = {"in a window": 0, "between windows": 0, "writing": 0}
def count(what):
    calls[what] += 1
    if (what, calls[what]) == (kill_at, int(number)):
        os.kill(os.getpid(), signal.SIGKILL)
joints = [JOINTS.index(name) if name in JOINTS else JOINTS.index("nose") for name in BLAZEPOSE_KEYPOINTS]
run, all_times = stride_pixels(6.0, fps=30)[:, joints], frame_times(video)
def track_one(self, window, fps, workers, advance, stopped):
    count("in a window")
    inside = (all_times >= window.start_s) & (all_times < window.end_s)
    frames = np.flatnonzero(inside)[:: window.step]
    results = []
    for frame in frames:
        noise = np.random.default_rng(int(frame)).normal(0, 2.5, run.shape[1:])
        person = PersonKeypoints(run[frame % len(run)] + noise, np.full(len(joints), 0.9), np.zeros((len(joints), 3)))
        results.append(FrameResult((person,), state={}))
    return TrackedWindow(window, all_times[frames], tuple(results))
WindowTracker._track_one = track_one
append, name_file = checkpoints.CheckpointFolder.append, Path.replace
def appended(self, chunk):
    append(self, chunk)
    count("between windows")
def named(self, target):
    if Path(target).suffix in (".json", ".html", ".csv") and "part" not in str(target):
        count("writing")
    return name_file(self, target)
checkpoints.CheckpointFolder.append, Path.replace = appended, named
main(["analyze", video, *arguments])
"""


def test_an_analysis_in_windows_gives_the_same_bytes_after_kills_with_any_number_of_workers(tmp_path: Path) -> None:
    video = moving_video(tmp_path / "film.mp4", 0.75, fps=30)
    with copies_of_one_process(WINDOWS_PROGRAM) as copy:

        def run(folder: str, *, workers: int = 2, kill_at: str = "never", number: int = 1) -> int:
            return copy(
                *(kill_at, number, workers, video, "-o", tmp_path / folder, "--no-video", "-q", "--height", 176)
            )

        assert run("whole") == 0
        report = json.loads((tmp_path / "whole" / "report.json").read_text(encoding="utf-8"))
        assert len(report["videos"][0]["windows_s"]) >= 3
        assert run("killed", kill_at="in a window", number=2) == -signal.SIGKILL
        assert run("killed", kill_at="between windows", number=2, workers=1) == -signal.SIGKILL
        assert run("killed", kill_at="writing", number=2, workers=4) == -signal.SIGKILL
        assert run("killed", workers=1) == 0
    assert {p.name for p in (tmp_path / "killed").iterdir()} == {p.name for p in (tmp_path / "whole").iterdir()}
    for name in RESULTS:
        assert (tmp_path / "killed" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes(), name
