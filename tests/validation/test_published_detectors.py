"""Published event detectors on the exact joints of a planned run."""

from __future__ import annotations

import numpy as np
import pytest

from gait.geometry.camera import find_camera
from gait.signal.cleaning import clean_keypoints
from gait.synthetic import CameraSpec, events_of, presets
from gait.synthetic.motion_solver import solve
from gait.validation.mocap import film_joints
from gait.validation.published_detectors import DETECTORS, leg_trajectories
from gait.validation.truth_comparison import DETECTOR_MATCH_S, match_events

SECONDS = 6.0


@pytest.fixture(scope="module")
def run():
    motion = solve(presets.neutral(), SECONDS, seed=1)
    pose = film_joints(motion, CameraSpec(fps=60), seconds=SECONDS)
    camera = find_camera(pose)
    return leg_trajectories(clean_keypoints(pose, camera), camera), events_of(motion, SECONDS)


@pytest.mark.parametrize(
    ("name", "kind", "detect"), DETECTORS, ids=lambda value: value if isinstance(value, str) else ""
)
def test_a_detector_finds_most_events(run, name, kind, detect) -> None:
    legs, events = run
    true = np.array([event.time_s for event in events if (event.side, event.kind) == ("right", kind)])
    errors, missed, _ = match_events(detect(legs["right"]), true, 0.5, SECONDS - 0.5, within=DETECTOR_MATCH_S)
    assert len(errors) > missed, name


def test_a_derivative_is_per_second(run) -> None:
    leg = run[0]["left"]
    ramp = np.stack([3 * leg.time, leg.time**2], axis=1)
    np.testing.assert_allclose(leg.derivative(ramp, 1)[5:-5], np.stack([0 * leg.time + 3, 2 * leg.time], axis=1)[5:-5])
