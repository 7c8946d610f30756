"""One line for every error, exit codes, nothing left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gait.cli import main as command_line
from gait.errors import InputError, RefusedError
from tests.cli.conftest import assert_refused
from tests.conftest import write_clip


def test_help_and_version(gait):
    for arguments in (["--help"], ["analyze", "--help"], ["--version"], []):
        outcome = gait(*arguments)
        assert (outcome.code, outcome.err) == (0, "")
        assert "gait" in outcome.out
    assert "--leg-length CM" in gait("analyze", "--help").out


def test_help_imports_nothing_heavy():
    program = (
        "import sys, gait, gait.cli.main\n"
        "try: gait.cli.main.main(['--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'numpy', 'av', 'xarray', 'pandas', 'scipy', 'mediapipe', 'cv2', 'jinja2'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    start = time.perf_counter()
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, env=environment, timeout=60)
    assert time.perf_counter() - start < 3  # 0.1 s on an idle machine; those that run tests are busy


@pytest.mark.parametrize(("options", "shown"), [([], False), (["-W", "default"], True)])
def test_warnings_of_libraries_are_for_programmers(options, shown):
    program = (
        "import warnings, gait.cli.main as m\n"
        "m.app = lambda **_: warnings.warn('Mean of empty slice', RuntimeWarning)\n"
        "m.main(['check'])"
    )
    done = subprocess.run([sys.executable, *options, "-c", program], capture_output=True, text=True, check=True)
    assert ("Mean of empty slice" in done.stderr) is shown


def test_a_wrong_command_gets_one_line(gait):
    assert_refused(gait("analyse", "run.mp4"), "analyse")
    assert_refused(gait("analyze"), "VIDEO")


@pytest.mark.parametrize(
    "error",
    [RefusedError("run.mp4: no runner found;\nfilm the whole body"), InputError("bad"), OSError(28, "No space")],
)
def test_a_refusal_gets_one_line_and_leaves_no_folder(gait, analysis, tmp_path, clip, error):
    analysis.error = error
    assert_refused(gait("analyze", clip, "-o", "deep/er/out"))
    assert not list(tmp_path.iterdir())


def test_ctrl_c_gets_one_line_and_130(gait, analysis, tmp_path, clip):
    analysis.error = KeyboardInterrupt()
    outcome = gait("analyze", clip, "-o", "out")
    assert outcome.code == 130
    assert outcome.err.startswith("gait: stopped")
    assert outcome.err.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_a_defect_of_gait_is_not_hidden(gait, analysis, clip):
    analysis.error = ZeroDivisionError("a defect")
    with pytest.raises(ZeroDivisionError):
        command_line.main(["analyze", str(clip), "-o", "out"])


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_in_the_middle_of_the_poses_leaves_nothing(tmp_path, sent, code):
    write_clip(tmp_path / "run.mp4", frames=600, codec="mpeg4")
    program = """
import gait.session
from gait.cli.main import main
from gait.pose.estimation import estimate_keypoints
def analyze(videos, *, cache_dir, progress, **options):
    def signalled_progress(done, total):
        if done == 5:
            print("working", flush=True)
        progress(done, total)
    estimate_keypoints(videos[0], progress=signalled_progress)
gait.session.analyze = analyze
main(["analyze", "run.mp4"])
"""
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(Path(command_line.__file__).parents[2]), *sys.path]),
    }
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A job in the background ignores Ctrl-C, and its children inherit that; in a terminal it works.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "working\n"
    process.send_signal(sent)
    _, err = process.communicate(timeout=60)
    assert process.returncode == code, err
    assert "Traceback" not in err
    assert err.count("\n") <= 1
    assert [path.name for path in tmp_path.iterdir()] == ["run.mp4"]


@pytest.mark.parametrize(
    ("cadence", "code", "hint"),
    [(82, "slow_cadence", "--capture-fps 240"), (300, "implausible_cadence", "--capture-fps 30")],
)
def test_the_option_that_helps_stands_behind_the_message(gait, analysis, clip, cadence, code, hint):
    message = f"{cadence} steps/min is no running: say how fast it was filmed"
    analysis.error = RefusedError(message, code=code)
    outcome = gait("analyze", clip, "-o", "out")
    assert_refused(outcome, f"{message} ({hint})")
