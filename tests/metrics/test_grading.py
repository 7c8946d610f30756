"""Which metrics a video gives, and how well: each rule by itself."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gait.geometry.camera import Camera
from gait.metrics.grading import FAIR_STEPS, GOOD_STEPS, ViewConditions, is_far_leg
from gait.metrics.register import METRIC_BY_KEY

SIDE = Camera("side", "right", 1, True, 5.0, 300.0, m_per_px=0.004, leg_length_m=0.93)
REAR = replace(SIDE, view="rear", facing="away")
GOOD = ViewConditions(SIDE, "full", 60.0, cadence=170.0, feet_out=0.0, detected=1.0)
TIBIA, CONTACT, CADENCE = (METRIC_BY_KEY[key] for key in ("tibia_angle", "contact_time", "cadence"))


def test_a_good_video_gives_good_grades() -> None:
    assert GOOD.refusal(TIBIA, "right") is None
    assert GOOD.grade(TIBIA, "right", GOOD_STEPS) == ("good", None)


@pytest.mark.parametrize(
    ("key", "side", "change", "code"),
    [
        ("overstride", "left", {"camera": REAR}, "not_visible"),
        ("arm_crossover", "left", {"camera": REAR}, "not_visible"),
        ("tibia_angle", "right", {"cadence": 112.0}, "slow_cadence"),
        ("cadence", "both", {"cadence": 250.0}, "implausible_cadence"),
        ("tibia_angle", "right", {"camera": replace(SIDE, square=False)}, "camera_not_square"),
        ("tibia_angle", "right", {"feet_out": 0.3}, "feet_outside"),
        ("contact_time", "right", {"fps": 20.0}, "frame_rate_too_low"),
        ("vertical_oscillation", "both", {"camera": replace(SIDE, m_per_px=None)}, "height_missing"),
    ],
)
def test_a_refusal_has_its_code_and_names_no_option(key: str, side: str, change: dict, code: str) -> None:
    refusal = replace(GOOD, **change).refusal(METRIC_BY_KEY[key], side)  # type: ignore[arg-type]
    assert refusal is not None
    assert refusal.code == code
    assert "--" not in refusal.reason


@pytest.mark.parametrize(
    "change", [{"camera": replace(SIDE, square=False)}, {"feet_out": 0.3}, {"fps": 20.0}, {"feet_out": 0.9}]
)
def test_cadence_survives_what_refuses_other_metrics(change: dict) -> None:
    assert replace(GOOD, **change).refusal(CADENCE, "both") is None


def test_hidden_hands_name_the_view_that_shows_them() -> None:
    refusal = replace(GOOD, camera=REAR).view_refusal(METRIC_BY_KEY["arm_crossover"])
    assert refusal is not None
    assert refusal.reason.endswith("film the front view")


def test_a_large_or_unknown_method_error_refuses() -> None:
    strict = replace(TIBIA, max_method_error_sd=0.1)
    near, far = GOOD.refusal(strict, "right"), GOOD.refusal(strict, "left")
    assert near is not None
    assert far is not None
    assert near.code == far.code == "method_error_too_large"
    assert "film the other side too" in far.reason
    unknown = GOOD.refusal(replace(TIBIA, key="new_metric"), "right")
    assert unknown is not None
    assert unknown.code == "method_error_unknown"
    assert replace(GOOD, corrected=False).refusal(strict, "left") is None


@pytest.mark.parametrize(
    ("change", "steps", "grade"),
    [
        ({}, GOOD_STEPS - 1, "fair"),
        ({}, FAIR_STEPS - 1, "poor"),
        ({"detected": 0.7}, GOOD_STEPS, "poor"),
        ({"filled": 0.3}, GOOD_STEPS, "poor"),
        ({"camera": replace(SIDE, leg_px=90.0)}, GOOD_STEPS, "fair"),
        ({"camera": replace(SIDE, yaw_deg=25.0)}, GOOD_STEPS, "fair"),
    ],
)
def test_what_lowers_a_grade_is_named(change: dict, steps: int, grade: str) -> None:
    given, limit = replace(GOOD, **change).grade(TIBIA, "right", steps)
    assert given == grade
    assert limit


def test_times_need_frames_and_a_side_view() -> None:
    assert replace(GOOD, fps=30.0).grade(CONTACT, "right", GOOD_STEPS)[0] == "fair"
    assert replace(GOOD, camera=REAR).grade(CONTACT, "right", GOOD_STEPS)[0] == "poor"
    assert replace(GOOD, fps=30.0).grade(TIBIA, "right", GOOD_STEPS)[0] == "good"


def test_a_pelvis_read_off_cloth_is_poor() -> None:
    drop, behind = METRIC_BY_KEY["pelvic_drop"], replace(GOOD, camera=REAR)
    assert behind.grade(drop, "both", GOOD_STEPS)[0] == "poor"
    assert replace(behind, pelvis_marked=True).grade(drop, "both", GOOD_STEPS)[0] == "good"


def test_the_far_leg_is_the_one_away_from_the_camera() -> None:
    assert is_far_leg("left", SIDE)
    assert not is_far_leg("right", SIDE)
    assert not is_far_leg("both", SIDE)
    assert not is_far_leg("left", REAR)
    assert GOOD.grade(TIBIA, "left", GOOD_STEPS)[0] == "fair"


def test_joints_that_dots_or_hands_have_set_shrink_the_method_error() -> None:
    spec = METRIC_BY_KEY["tibia_angle"]
    plain = GOOD.method_error(spec, "right")
    dotted = replace(GOOD, placed_px={"right_knee": 0.0, "right_ankle": 0.0})
    assert plain is not None
    assert dotted.method_error(spec, "right") == pytest.approx(min(plain, spec.placed_error_sd))
    assert dotted.method_error(spec, "left") == GOOD.method_error(spec, "left")
    half = replace(GOOD, placed_px={"right_knee": 0.0})
    assert half.method_error(spec, "right") == plain
    by_hand = replace(GOOD, placed_px={"right_knee": 1.0, "right_ankle": 1.0}).method_error(spec, "right")
    assert by_hand is not None
    assert by_hand >= (dotted.method_error(spec, "right") or 0.0)


def test_an_unknown_roll_of_the_camera_widens_what_tilts_with_it() -> None:
    tibia, knee = METRIC_BY_KEY["tibia_angle"], METRIC_BY_KEY["knee_flexion_contact"]
    tilted = replace(GOOD, level=False)
    assert (tilted.method_error(tibia, "right") or 0.0) > (GOOD.method_error(tibia, "right") or 0.0)
    assert tilted.method_error(knee, "right") == GOOD.method_error(knee, "right")
