"""Gait cycles against the motion they were filmed from."""

from __future__ import annotations

import numpy as np
import pytest

from gait.metrics.gait_cycles import average_cycles, gait_cycles
from gait.records import Runner
from gait.synthetic import CameraSpec
from tests.filmed_joints import analyze_once, edited, filmed


@pytest.fixture(scope="module")
def run():
    return filmed()


@pytest.fixture(scope="module")
def analysis(run):
    return analyze_once(run.pose, runner=Runner(height_m=1.76))


def test_cycles_meet_the_metrics_at_their_moments(run, analysis) -> None:
    cycles = gait_cycles(analysis)
    assert cycles.attrs["view"] == "side"
    assert cycles.sizes == {"signal": 7, "side": 2, "percent": 101}
    for side in ("left", "right"):
        true = run.metrics["knee_flexion_stance"][side]["value"]
        knee = cycles["mean"].sel(signal="knee_flexion", side=side)
        toe_off = float(cycles.toe_off.sel(side=side))
        assert float(knee.sel(percent=slice(0, 0.8 * toe_off)).max()) == pytest.approx(true, abs=3.0)
        contact, toe_offs = run.stances(side)
        stride = np.diff(contact).mean()
        assert toe_off == pytest.approx(100 * np.mean(toe_offs - contact) / stride, abs=3.0)
        # A cycle closes.
        assert float(knee[0]) == pytest.approx(float(knee[-1]), abs=1.0)
    assert (cycles.strides > 10).all()
    assert (cycles.sd > 0).all()


def test_hip_and_ankle_put_segments_together(run, analysis) -> None:
    curve = gait_cycles(analysis)["mean"].sel(side="left")
    thigh, trunk, foot, shank = (
        curve.sel(signal=name) for name in ("thigh_angle", "trunk_lean", "foot_pitch", "shank_angle")
    )
    np.testing.assert_allclose(curve.sel(signal="hip_flexion"), thigh + trunk, atol=0.5)
    np.testing.assert_allclose(curve.sel(signal="ankle_dorsiflexion"), foot - shank, atol=0.5)
    # The hip is bent most late in swing; the ankle most at mid-stance, while the shank tips over the flat foot.
    assert 70 < int(curve.sel(signal="hip_flexion").idxmax("percent")) < 100
    assert float(thigh.max()) == pytest.approx(run.metrics["knee_drive"]["left"]["value"], abs=4.0)
    ankle = curve.sel(signal="ankle_dorsiflexion", percent=slice(0, 40))
    assert 12 < int(ankle.idxmax("percent")) < 30


def test_legs_are_half_a_stride_apart_in_front_too() -> None:
    run = filmed(camera=CameraSpec(view="front"))
    made = analyze_once(run.pose)
    cycles = gait_cycles(made)
    lean = cycles["mean"].sel(signal="lateral_trunk_lean")
    # What is to the image's right while one foot stands is to its left while the other does.
    left, right = (lean.sel(side=side)[:-1] for side in ("left", "right"))
    assert np.corrcoef(left, np.roll(right, 50))[0, 1] > 0.9


def test_hands_behind_the_trunk_have_no_cycle() -> None:
    made = analyze_once(filmed(camera=CameraSpec(view="rear")).pose)
    assert list(gait_cycles(made).signal.values) == ["lateral_trunk_lean"]


def test_strides_with_gaps_are_left_out_and_nothing_is_invented(run) -> None:
    def hide(position, names) -> None:
        position[200:260] = np.nan

    made = analyze_once(edited(run.pose, hide))
    whole = analyze_once(run.pose)
    counts = [int(gait_cycles(a).strides.sel(signal="knee_flexion", side="left")) for a in (made, whole)]
    assert 0 < counts[0] < counts[1]
    none = average_cycles(whole.clean, whole.camera, whole.events.iloc[:0])
    assert np.isnan(none["mean"]).all()
    assert (none.strides == 0).all()
