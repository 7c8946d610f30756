"""The method error: by network, view, leg and frame rate; nothing is subtracted for it."""

from __future__ import annotations

import math

import pytest

from gait.metrics import method_error as module
from gait.metrics.method_error import method_error
from gait.metrics.register import METRIC_BY_KEY

HEAVY = {
    "tibia_angle": {
        "near": {"30": {"bias": 4.0, "sd": 3.0}, "60": {"bias": 0.0, "sd": 2.0}},
        "far": {"30": {"bias": 1.0, "sd": 2.0}, "60": {"bias": 1.0, "sd": 1.0}},
    },
    "pelvic_drop": {
        "front": {"60": {"bias": 0.0, "sd": 1.0}},
        "front_marked": {"60": {"bias": 0.0, "sd": 0.5}},
    },
    "foot_strike_angle": {
        "near": {"60": {"bias": 0.0, "sd": 4.0}},
        "near_seen": {"60": {"bias": 0.0, "sd": 2.0}},
    },
}
FULL = {"tibia_angle": {"near": {"60": {"bias": 0.0, "sd": 6.0}}}}


@pytest.fixture
def rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_measured_errors", lambda: {"heavy": HEAVY, "full": FULL})


def error_of(key: str, **how):
    view = how.pop("view", "side")
    chosen = {"far": False, "network": "heavy", "fps": 60.0, **how}
    return method_error(METRIC_BY_KEY[key], view, **chosen)


def test_the_mean_error_counts_as_spread(rows: None) -> None:
    assert error_of("tibia_angle", fps=30.0) == pytest.approx(5.0)


def test_between_rates_the_error_follows_their_logarithm(rows: None) -> None:
    assert error_of("tibia_angle", fps=math.sqrt(30 * 60)) == pytest.approx(3.5)


@pytest.mark.parametrize("fps", [120.0, 240.0])
def test_a_higher_rate_is_never_worse(rows: None, fps: float) -> None:
    assert error_of("tibia_angle", fps=fps) == error_of("tibia_angle", fps=60.0)


@pytest.mark.parametrize("fps", [120.0, 240.0])
@pytest.mark.parametrize("network", ["full", "heavy"])
def test_the_installed_constants_make_no_metric_worse_at_a_higher_rate(fps: float, network: str) -> None:
    for key, spec in METRIC_BY_KEY.items():
        for far in (False, True):
            at_60, faster = (method_error(spec, "side", far=far, network=network, fps=rate) for rate in (60.0, fps))
            assert at_60 == faster, key


def test_each_network_has_its_own_errors_and_unknown_keypoints_those_of_the_best(rows: None) -> None:
    assert error_of("tibia_angle", network="full") == 6.0
    assert error_of("tibia_angle", network=None) == error_of("tibia_angle")


def test_the_far_leg_is_never_better_known_than_the_near_one(rows: None) -> None:
    assert error_of("tibia_angle", far=True) == error_of("tibia_angle")


@pytest.mark.parametrize("key", ["overstride", "tibia_angle", "contact_time", "flight_time", "duty_factor"])
def test_the_installed_constants_give_the_far_leg_no_smaller_error(key: str) -> None:
    near, far = error_of(key), error_of(key, far=True)
    assert near is not None
    assert far is not None
    assert far >= near


def test_tape_and_tracked_shoes_have_rows_of_their_own(rows: None) -> None:
    assert error_of("pelvic_drop", view="front", pelvis_marked=True) == 0.5
    assert error_of("pelvic_drop", view="front") == 1.0
    assert error_of("foot_strike_angle", shoe_tracked=True) == 2.0
    assert error_of("tibia_angle", shoe_tracked=True, pelvis_marked=True) == error_of("tibia_angle")


def test_what_was_never_measured_is_unknown(rows: None) -> None:
    assert error_of("pelvic_drop", view="rear") is None
    assert error_of("overstride") is None
