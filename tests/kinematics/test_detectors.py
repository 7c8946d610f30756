from __future__ import annotations

import numpy as np
import pytest

from gait.kinematics import detectors
from gait.kinematics.detectors import DETECTORS, EventPhase, calibrations, source_of, time_below_body_weight
from gait.kinematics.events import lean_on


@pytest.mark.parametrize(
    ("contact_ms", "duty", "measured_ms"),
    # Force-plate runners at 2.5, 3.5 and 4.5 m/s: the body falls fastest so long after contact (Fukuchi 2017).
    [(273, 0.370, 41), (226, 0.328, 31), (195, 0.304, 24)],
)
def test_the_half_sine_predicts_when_the_body_falls_fastest(contact_ms: float, duty: float, measured_ms: float) -> None:
    stride_s = contact_ms / 1e3 / duty
    assert 1e3 * time_below_body_weight(stride_s, duty) == pytest.approx(measured_ms, abs=2)


def test_every_detector_is_calibrated_for_every_source() -> None:
    for source in ("markers", "mediapipe", "some other program"):
        known = calibrations(source)
        assert {d.name for d in DETECTORS} <= set(known)
        assert all(c.sd_s > 0 for c in known.values())
    # What nobody measured is trusted less than what somebody did.
    unknown, bundled = source_of("some other program"), source_of("mediapipe")
    assert unknown.extra_sd_s["heel_risen"] > bundled.extra_sd_s["heel_risen"]


def test_a_detector_that_contradicts_the_rest_is_left_out() -> None:
    centre, uncertainty = detectors._combined(np.array([0.0, 0.002, -0.001, 0.080]), np.array([0.006] * 4))
    assert centre == pytest.approx(0.0, abs=0.003)
    assert 0.003 < uncertainty < 0.010


def test_legs_that_lean_on_each_other_meet_between() -> None:
    left, right = EventPhase(0.10, 0.010, {}), EventPhase(0.64, 0.010, {})
    drawn = lean_on(left, right)
    assert 0.10 < drawn.phase < 0.14
    assert drawn.uncertainty_s < left.uncertainty_s
