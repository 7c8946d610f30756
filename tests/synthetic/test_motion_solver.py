"""What is requested is what the truth says, whatever the runner."""

from __future__ import annotations

import numpy as np
import pytest

from gait.errors import InputError
from gait.synthetic.motion import Motion
from gait.synthetic.motion_solver import natural_oscillation_cm, solve
from gait.synthetic.presets import neutral
from gait.synthetic.run_spec import left_and_right
from gait.synthetic.truth import metrics_of
from tests.synthetic.conftest import DURATION


def test_truth_meets_the_request(motion: Motion) -> None:
    requested, found = motion.runner, metrics_of(motion, DURATION)
    assert found["cadence"]["value"] == pytest.approx(requested.cadence_spm, abs=0.1)
    for n, side in enumerate(("left", "right")):
        leg_cm = 100 * requested.leg_length_m
        assert leg_cm * found["overstride"][side]["value"] == pytest.approx(
            leg_cm * left_and_right(requested.overstride)[n], abs=0.5
        )
        assert found["pelvic_drop"][side]["value"] == pytest.approx(
            left_and_right(requested.pelvic_drop_deg)[n], abs=0.2
        )
        assert found["arm_crossover"][side]["value"] == pytest.approx(
            left_and_right(requested.arm_crossover)[n], abs=0.02
        )
        assert found["contact_time"][side]["value"] == pytest.approx(1e3 * requested.contact_times_s()[n], abs=2.0)
    assert found["trunk_lean"]["value"] == pytest.approx(requested.trunk_lean_deg, abs=0.2)
    assert found["step_width"]["value"] == pytest.approx(requested.step_width_cm, abs=0.3)
    if requested.tibia_angle_deg is None:
        assert found["knee_flexion_contact"]["value"] == pytest.approx(requested.knee_flexion_contact_deg, abs=0.5)
    else:
        assert found["tibia_angle"]["value"] == pytest.approx(requested.tibia_angle_deg, abs=0.5)
    oscillation = requested.vertical_oscillation_cm or natural_oscillation_cm(requested)
    assert found["vertical_oscillation"]["value"] == pytest.approx(oscillation, abs=0.2)


def test_same_seed_same_motion_other_seed_other_motion() -> None:
    times = np.linspace(1, 3, 20)
    first, again, other = (solve(neutral(), 4.0, seed=seed).joints(times) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).max() > 1e-3


def test_without_variability_every_step_is_the_same() -> None:
    found = metrics_of(solve(neutral(variability=0.0), DURATION, seed=3), DURATION)
    for key in ("overstride", "contact_time", "flight_time", "pelvic_drop", "arm_crossover"):
        assert found[key]["left"]["sd"] == pytest.approx(0, abs=2e-3), key


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"cadence_spm": -3.0}, "cadence_spm=-3"),
        ({"contact_time_ms": 380.0}, "flight phase"),
        ({"overstride": 0.30, "tibia_angle_deg": 24.0}, "knee flexion"),
        ({"speed_mps": 4.8, "cadence_spm": 140.0, "contact_time_ms": 330.0}, "longer"),
        ({"sex": "elf"}, "elf"),
    ],
)
def test_impossible_requests_say_what_is_wrong(change: dict[str, object], reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        solve(neutral(**change), 3.0, seed=0)
