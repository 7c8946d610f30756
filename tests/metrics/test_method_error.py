"""The method error: half of the bias is subtracted, the rest widens the interval."""

from __future__ import annotations

import math

import pytest

from gait.metrics import method_error as module
from gait.metrics.method_error import FRONT_CLOTH_SD, calibrated_error, method_error
from gait.metrics.register import METRIC_BY_KEY

ROWS = {
    "tibia_angle": {
        "near": {"30": {"bias": 2.0, "sd": 3.0}, "120": {"bias": 4.0, "sd": 5.0}},
        "far": {"30": {"bias": 1.0, "sd": 2.0}, "120": {"bias": 1.0, "sd": 2.0}},
    },
    "contact_time": {"near": {"60": {"bias": 6.0, "sd": 8.0}}},
    "pelvic_drop": {
        "front": {"60": {"bias": 0.0, "sd": 1.0}},
        "front_marked": {"60": {"bias": 0.0, "sd": 0.5}},
    },
    "foot_strike_angle": {
        "near": {"60": {"bias": 0.0, "sd": 4.0}},
        "near_seen": {"60": {"bias": 0.0, "sd": 2.0}},
    },
}


@pytest.fixture
def rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_calibrated_errors", lambda: ROWS)


def error_of(key: str, **how):
    view = how.pop("view", "side")
    chosen = {"far": False, "family": "blazepose", "fps": 60.0, **how}
    return calibrated_error(METRIC_BY_KEY[key], view, **chosen)


def test_half_of_the_bias_is_subtracted_and_half_is_spread(rows: None) -> None:
    error = error_of("tibia_angle", fps=30.0)
    assert (error.bias, error.sd) == (1.0, pytest.approx(math.hypot(1.0, 3.0)))


def test_between_rates_the_error_follows_their_logarithm(rows: None) -> None:
    assert error_of("tibia_angle", fps=60.0).bias == pytest.approx(1.5)
    assert error_of("tibia_angle", fps=480.0).bias == error_of("tibia_angle", fps=120.0).bias


def test_keypoints_of_another_family_lose_no_bias(rows: None) -> None:
    error = error_of("tibia_angle", family="markers", fps=30.0)
    assert (error.bias, error.sd) == (0.0, 3.0)


def test_event_times_lose_no_bias_and_it_counts_as_spread(rows: None) -> None:
    error = error_of("contact_time")
    assert (error.bias, error.sd) == (0.0, 10.0)


def test_the_far_leg_is_never_better_known_than_the_near_one(rows: None) -> None:
    near, far = error_of("tibia_angle", fps=30.0), error_of("tibia_angle", fps=30.0, far=True)
    assert (far.bias, far.sd) == (0.5, near.sd)


@pytest.mark.parametrize("key", ["overstride", "tibia_angle", "contact_time", "flight_time", "duty_factor"])
def test_the_installed_constants_give_the_far_leg_no_smaller_error(key: str) -> None:
    near, far = error_of(key), error_of(key, far=True)
    assert near is not None
    assert far is not None
    assert far.sd >= near.sd


def test_tape_and_tracked_shoes_have_rows_of_their_own(rows: None) -> None:
    assert error_of("pelvic_drop", view="front", pelvis_marked=True).sd == 0.5
    assert error_of("foot_strike_angle", shoe_tracked=True).sd == 2.0
    assert error_of("tibia_angle", shoe_tracked=True, pelvis_marked=True).sd == error_of("tibia_angle").sd


def test_what_was_never_measured_is_unknown(rows: None) -> None:
    assert error_of("pelvic_drop", view="rear") is None
    assert error_of("overstride") is None
    assert method_error(METRIC_BY_KEY["overstride"], "side", far=False, family="blazepose", fps=60.0) is None


def test_intervals_carry_the_spread_between_people_and_cloth_seen_from_the_front(rows: None) -> None:
    spec = METRIC_BY_KEY["pelvic_drop"]
    cloth, tape = (
        method_error(spec, "front", far=False, family="blazepose", fps=60.0, pelvis_marked=marked)
        for marked in (False, True)
    )
    assert cloth is not None
    assert tape is not None
    assert cloth.sd == pytest.approx(math.hypot(1.0, spec.other_bodies_sd, FRONT_CLOTH_SD))
    assert tape.sd == pytest.approx(math.hypot(0.5, spec.other_bodies_sd))
