"""The table shows what was requested beside what is true."""

from __future__ import annotations

from gait.synthetic import CameraSpec, SceneSpec, truth_of
from gait.synthetic.motion_solver import solve
from gait.synthetic.presets import neutral
from gait.synthetic.request_summary import requested_and_actual


def test_every_row_has_both_numbers_and_a_unit() -> None:
    runner = neutral(overstride=(0.20, 0.24), variability=0.0, tibia_angle_deg=6.5)
    truth = truth_of(solve(runner, 4.0, seed=1), CameraSpec(), SceneSpec(), duration_s=4.0, seed=1)
    lines = requested_and_actual(runner, truth).splitlines()
    rows = {line[:20].strip(): line.split() for line in lines[1:]}
    assert rows["cadence"][1] == "168.0"
    assert rows["cadence"][-1] == "steps/min"
    overstride = next(line for line in lines if line.startswith("overstride"))
    assert "0.200 / 0.240" in overstride
    assert "leg lengths" in overstride
    knee = next(line for line in lines if line.startswith("knee at contact"))
    assert "auto" in knee  # follows from the tibia angle and the overstride
    assert len(lines) == 15
