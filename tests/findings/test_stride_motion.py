"""The figure of the mean stride follows the runner; the ordinary one has ordinary angles and the runner's legs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gait.analysis.view_analysis import ViewAnalysis
from gait.findings.ordinary_cycles import ordinary_cycle
from gait.findings.stride_motion import PHASES, StrideMotion, StridePair, moments, stride_pair
from gait.metrics.gait_cycles import average_cycles
from gait.records import Runner
from gait.synthetic import CameraSpec
from tests.filmed_joints import analyze_once, filmed

SPEED = (3.0, 3.0)


@pytest.fixture(scope="module")
def view() -> ViewAnalysis:
    return analyze_once(filmed().pose, runner=Runner(height_m=1.76))


@pytest.fixture(scope="module")
def pair(view: ViewAnalysis) -> StridePair:
    made = stride_pair(view, speed_mps=SPEED)
    assert made is not None
    return made


def angles(motion: StrideMotion, side: str) -> dict[str, np.ndarray]:
    """Thigh ahead of the vertical and bend of the knee, degrees."""
    thigh, shank = (
        np.degrees(np.arctan2(low[:, 0] - high[:, 0], high[:, 1] - low[:, 1]))
        for high, low in (
            (motion.points[f"{side}_hip"], motion.points[f"{side}_knee"]),
            (motion.points[f"{side}_knee"], motion.points[f"{side}_ankle"]),
        )
    )
    return {"thigh_angle": thigh, "knee_flexion": thigh - shank}


@pytest.mark.parametrize("signal", ["thigh_angle", "knee_flexion"])
def test_the_runners_figure_has_the_angles_of_the_mean_cycle(view: ViewAnalysis, pair: StridePair, signal: str) -> None:
    cycle = average_cycles(view.clean, view.camera, view.events)["mean"].sel(signal=signal, side=pair.near_side)
    expected = np.interp(np.arange(PHASES) / PHASES * 100, cycle.percent, cycle)
    np.testing.assert_allclose(angles(pair.runner, pair.near_side)[signal], expected, atol=3.0)


@pytest.mark.parametrize("signal", ["thigh_angle", "knee_flexion"])
def test_the_ordinary_figure_has_ordinary_angles_in_both_legs(pair: StridePair, signal: str) -> None:
    assert pair.ordinary is not None
    cycle = ordinary_cycle(signal, speed_mps=SPEED)
    assert cycle is not None
    middle = (cycle.low + cycle.high) / 2
    near = angles(pair.ordinary, pair.near_side)[signal]
    np.testing.assert_allclose(near, np.interp(np.arange(PHASES) / PHASES * 100, cycle.percent, middle), atol=0.1)
    far = angles(pair.ordinary, "left" if pair.near_side == "right" else "right")[signal]
    assert abs(far.max() - middle.max()) < 3
    # The legs run half a stride apart.
    shift = [np.abs(np.roll(near, n) - far).mean() for n in range(PHASES)]
    assert abs(int(np.argmin(shift)) - PHASES / 2) <= 3
    assert pair.runners == 13


def test_both_figures_have_the_same_legs_and_stand_on_the_ground(pair: StridePair) -> None:
    assert pair.ordinary is not None
    for side in ("left", "right"):
        for high, low in (("hip", "knee"), ("knee", "ankle")):
            own, ordinary = (
                np.hypot(*(m.points[f"{side}_{high}"] - m.points[f"{side}_{low}"]).T)
                for m in (pair.runner, pair.ordinary)
            )
            np.testing.assert_allclose(ordinary, np.median(own), rtol=1e-6)
    for motion in (pair.runner, pair.ordinary):
        feet = [
            motion.points[f"{side}_{joint}"][:, 1] for side in ("left", "right") for joint in ("heel", "foot_index")
        ]
        assert np.min(feet) == pytest.approx(0.0, abs=1e-9)
        near = np.minimum(*(motion.points[f"{pair.near_side}_{joint}"][:, 1] for joint in ("heel", "foot_index")))
        stance = near[2 : round(pair.toe_off * PHASES) - 2]
        assert stance.max() < 0.08
        assert near.max() > 0.2
        height = (motion.points["left_shoulder"] + motion.points["right_shoulder"])[:, 1] / 2
        assert 1.3 < height.mean() < 1.8


def test_runner_who_faces_left_runs_to_the_right_too() -> None:
    made = stride_pair(analyze_once(filmed(camera=CameraSpec(facing="left")).pose), speed_mps=SPEED)
    assert made is not None
    assert made.near_side == "left"
    assert made.runner.points["left_foot_index"][0, 0] > made.runner.points["left_heel"][0, 0] > 0
    assert [name for name, _ in moments(made)] == ["contact", "mid_stance", "toe_off", "mid_swing"]
    phases = [phase for _, phase in moments(made)]
    assert phases == sorted(phases)
    assert phases[0] == 0


def test_without_a_speed_or_beyond_the_recorded_ones_the_runner_is_alone(view: ViewAnalysis) -> None:
    for speed, reason in ((None, "speed_unknown"), ((6.0, 6.4), "speed_outside"), ((1.6, 1.8), "speed_outside")):
        made = stride_pair(view, speed_mps=speed)
        assert made is not None
        assert (made.ordinary, made.reason, made.differences) == (None, reason, ())


def test_no_figure_of_other_views_or_of_too_few_strides(view: ViewAnalysis) -> None:
    camera = replace(view.camera, view="rear", facing="away")
    assert stride_pair(replace(view, camera=camera), speed_mps=SPEED) is None
    few = view.events[view.events.time_s < view.events.time_s.min() + 1.5]
    assert stride_pair(replace(view, events=few), speed_mps=SPEED) is None


def test_a_stiff_knee_is_a_difference_of_that_leg_and_part(view: ViewAnalysis) -> None:
    made = stride_pair(view, speed_mps=(4.5, 4.5))
    assert made is not None
    for difference in made.differences:
        assert difference.part in {"thigh", "knee", "trunk"}
        assert set(np.unique(difference.above)) <= {-1.0, 0.0, 1.0}
        assert difference.above.any()
    # At 4.5 m/s knees bend by 100 to 120 degrees in swing; this runner of 3 m/s bends them less.
    swing = [d for d in made.differences if d.part == "knee" and (d.above < 0).any()]
    bend = angles(made.runner, made.near_side)["knee_flexion"].max()
    assert (made.near_side in {d.side for d in swing}) == (bend < 80)
