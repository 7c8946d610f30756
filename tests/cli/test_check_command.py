"""``gait check``: options, exit codes, JSON."""

from __future__ import annotations

import pytest

from gait.errors import RefusedError
from gait.pose.engines.engine_registry import DEFAULT_ENGINE
from tests.cli.conftest import assert_refused
from tests.conftest import write_clip


@pytest.fixture
def checked(monkeypatch):
    """Replace the check; each video is named after what it shows."""
    from gait.quality.quality_records import ExpectedMetric, Observation, VideoCheck

    calls = []

    def check_video(path, **options):
        calls.append({"path": path, **options})
        if path.stem == "nobody":
            raise RefusedError("nobody found in 16 frames: film one runner")
        observation = Observation("speed", "42 steps/min")
        expected = ExpectedMetric("cadence", "both", "fair")
        if path.stem == "slow":
            observation = Observation("speed", "42 steps/min", "bad", "ask", code="slow_motion_suspected")
            expected = ExpectedMetric("cadence", "both", "refused", "too slow")
        return VideoCheck(
            *(str(path), 640, 480, 60.0, 60.0, 10.0, "side", "left", 3.0, 168.0, 0.2),
            observations=(observation,),
            expected_metrics=(expected,),
        )

    monkeypatch.setattr("gait.quality.video_check.check_video", check_video)
    return calls


def test_options_reach_the_check_in_si_units(gait, checked, clip):
    outcome = gait("check", clip, "--height", "178", "--capture-fps", "240", "--view", "rear")
    assert (outcome.code, outcome.err) == (0, "")
    assert checked[0] | {"path": None, "started": None} == {
        **{"path": None, "height_m": 1.78, "capture_fps": 240, "view": "rear", "engine": DEFAULT_ENGINE},
        "started": None,
    }
    assert "Can be measured" in outcome.out
    assert "fair: cadence" in outcome.out


def test_exit_code_2_if_nothing_can_be_measured(gait, checked, tmp_path):
    for name in ("nobody", "slow", "fine"):
        write_clip(tmp_path / f"{name}.mp4", frames=6)
    slow = gait("check", "slow.mp4")
    assert slow.code == 2
    assert "42 steps/min" in slow.out
    assert slow.err == "gait: slow.mp4: nothing can be measured: 42 steps/min: ask (--capture-fps 240)\n"
    assert "Options that help: --capture-fps 240" in slow.out
    assert_refused(gait("check", "nobody.mp4"), "nobody.mp4: nobody found")
    several = gait("check", "nobody.mp4", "fine.mp4", "--json")
    assert several.code == 2
    assert '"gait.check/1"' in several.out
    assert several.err.count("\n") == 1
    assert gait("check", "fine.mp4").code == 0


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--height", "1.78"], ["--height 1.78", "178"]),
        (["--capture-fps", "fast"], ["--capture-fps fast", "not a number"]),
        (["--view", "top"], ["--view top", "side"]),
        (["--engine", "magic"], ["--engine magic", "litert"]),
    ],
)
def test_unusable_options_are_refused(gait, checked, clip, options, says):
    assert_refused(gait("check", clip, *options), *says)
    assert not checked
