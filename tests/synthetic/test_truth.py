"""The truth holds events and metrics of the geometry, and writes them as its schema says."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from gait.synthetic import CameraSpec, SceneSpec, Truth, events_of, metrics_of, truth_of
from gait.synthetic.body_segments import JOINTS
from gait.synthetic.truth import UNITS, centre_of_mass
from tests.synthetic.drawing import neutral_run


@pytest.fixture(scope="module")
def truth() -> Truth:
    return truth_of(
        neutral_run(),
        CameraSpec(),
        SceneSpec(),
        duration_s=1.0,
        seed=2,
        times=np.arange(24) / 24,
        joints=True,
    )


def test_the_file_keeps_the_names_of_its_schema(truth: Truth, tmp_path: Path) -> None:
    truth.write(tmp_path / "run.truth.json")
    record = json.loads((tmp_path / "run.truth.json").read_text(encoding="utf-8"))
    assert record["format"] == "gait.truth/1"
    assert {event["kind"] for event in record["events"]} == {"contact", "off"}
    assert {event.kind for event in truth.events} == {"contact", "toe_off"}
    assert set(record["metrics"]) == set(UNITS)
    with np.load(tmp_path / "run.truth.npz") as arrays:
        assert set(arrays.files) == {"joints", "pixels", "names", "times", "capture_times"}
        assert arrays["joints"].shape == (24, len(JOINTS), 3)


def test_events_are_those_of_the_steps(truth: Truth) -> None:
    steps = neutral_run().steps
    right = steps.contact[steps.right & (steps.contact >= 0) & (steps.contact <= 1.0)]
    np.testing.assert_array_equal(truth.event_times("right", "contact"), right)
    times = [event.time_s for event in events_of(neutral_run(), 1.0)]
    assert times == sorted(times)


def test_a_metric_is_the_mean_of_its_steps(truth: Truth) -> None:
    metric = metrics_of(neutral_run(), 1.0)["overstride"]
    assert truth.value("overstride", "left") == pytest.approx(np.mean(metric["left"]["steps"]), abs=1e-4)
    assert truth.value("overstride") == metric["value"]


def test_the_centre_of_mass_lies_in_the_trunk() -> None:
    joints = neutral_run().joints(np.linspace(0, 1, 20))
    centre = centre_of_mass(joints)
    hips, shoulders = (
        (joints[:, JOINTS.index(f"left_{name}")] + joints[:, JOINTS.index(f"right_{name}")]) / 2
        for name in ("hip", "shoulder")
    )
    share = (centre - hips)[:, 1] / (shoulders - hips)[:, 1]
    assert 0.0 < share.min() <= share.max() < 0.5


def test_swing_arm_head_and_steps_are_those_of_the_geometry() -> None:
    run = neutral_run()
    found = metrics_of(run, 2.0)
    steps = run.steps
    first = next(i for i in range(len(steps.contact)) if steps.right[i] and steps.contact[i] >= 0)
    times = np.linspace(steps.toe_off[first], steps.contact[first + 2], 400)
    joints = run.joints(times)

    def of(name: str) -> np.ndarray:
        return joints[:, JOINTS.index(name)]

    thigh = of("right_knee") - of("right_hip")
    drive = np.degrees(np.arctan2(thigh[:, 0], -thigh[:, 1])).max()
    assert found["knee_drive"]["right"]["steps"][0] == pytest.approx(drive, abs=0.1)
    assert found["knee_drive"]["value"] < found["knee_flexion_swing"]["value"]
    # Arms of ordinary runners are bent about a right angle; heads are carried about in line with the trunk.
    assert 70 < found["elbow_flexion"]["value"] < 110
    assert -10 < found["head_posture"]["value"] < 15
    between = np.diff(steps.contact)[first]
    assert found["step_length"]["right"]["steps"][0] == pytest.approx(100 * run.runner.speed_mps * between, abs=0.01)
    ratio = 100 * found["vertical_oscillation"]["right"]["steps"][0] / found["step_length"]["right"]["steps"][0]
    assert found["vertical_ratio"]["right"]["steps"][0] == pytest.approx(ratio, abs=0.01)
    centre = centre_of_mass(run.joints(steps.contact[[first]]))[0, 0]
    heel = run.joints(steps.contact[[first]])[0, JOINTS.index("right_heel"), 0]
    leg = 0.53 * run.skeleton.height
    assert found["braking_distance"]["right"]["steps"][0] == pytest.approx((heel - centre) / leg, abs=1e-3)
