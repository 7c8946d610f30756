"""Which metrics can be measured under which conditions of filming."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gait.analysis.step_measuring import pelvis_refusal
from gait.geometry.camera import find_camera, with_scale
from gait.pose.dataset import PELVIS_MARKER_ATTR, PELVIS_TILT
from gait.quality.measurability import VideoFacts, expected_grades
from gait.quality.quality_records import Observation
from tests.filmed_joints import filmed


@pytest.fixture(scope="module")
def facts() -> VideoFacts:
    camera = with_scale(find_camera(filmed(seconds=4).pose), height_m=1.76)
    fine = {aspect: Observation(aspect, "fine") for aspect in ("length", "light", "sharpness", "place")}
    return VideoFacts(camera, "litert", 60.0, cadence=168.0, steps=40.0, feet_out=0.0, found=1.0, observations=fine)


def grades(facts: VideoFacts, key: str) -> set[str]:
    return {one.grade for one in expected_grades(facts) if one.key == key}


def test_a_good_video_gives_reliable_numbers_of_the_near_leg(facts: VideoFacts) -> None:
    assert grades(facts, "cadence") == {"good"}
    near = {one.side: one for one in expected_grades(facts) if one.key == "tibia_angle"}
    assert near["right"].grade == "good"
    assert near["left"].reason == "the leg away from the camera"


def test_the_height_makes_centimetres_possible(facts: VideoFacts) -> None:
    assert grades(facts, "vertical_oscillation") == {"good"}
    unscaled = replace(facts, camera=replace(facts.camera, m_per_px=None))
    (one,) = [one for one in expected_grades(unscaled) if one.key == "vertical_oscillation"]
    assert one.reason_code == "height_missing"
    assert "height" in (one.reason or "")


@pytest.mark.parametrize(
    ("change", "key", "grade"),
    [
        ({"cadence": None, "steps": None}, "cadence", "refused"),
        ({"cadence": 80.0}, "cadence", "refused"),
        ({"steps": 15.0}, "cadence", "fair"),
        ({"steps": 6.0}, "cadence", "poor"),
        ({"feet_out": 0.3}, "tibia_angle", "refused"),
        ({"feet_out": 0.3}, "cadence", "good"),
        ({"feet_out": 0.7}, "cadence", "refused"),
        ({"capture_fps": 20.0}, "contact_time", "refused"),
        ({"capture_fps": 20.0}, "cadence", "good"),
        ({"found": 0.7}, "cadence", "poor"),
    ],
)
def test_each_fault_costs_what_it_spoils(facts: VideoFacts, change: dict[str, float], key: str, grade: str) -> None:
    assert grades(replace(facts, **change), key) == {grade}  # type: ignore[arg-type]


def test_bad_images_make_numbers_poor_and_say_why(facts: VideoFacts) -> None:
    very_dark = Observation("light", "very dark", "bad", "lights")
    dark = replace(facts, observations={**facts.observations, "light": very_dark})
    (cadence,) = [one for one in expected_grades(dark) if one.key == "cadence"]
    assert (cadence.grade, cadence.reason) == ("poor", "very dark")


def test_every_refusal_has_a_reason(facts: VideoFacts) -> None:
    for one in expected_grades(replace(facts, cadence=None, steps=None)):
        assert one.reason
        assert one.reason_code


def seen_from_the_front(facts: VideoFacts, tilt: float, mark: str = "none") -> VideoFacts:
    pose = filmed(seconds=4).pose
    values = np.full((pose.sizes["time"], 1), tilt)
    pelvis = pose.assign({PELVIS_TILT: (("time", "individual"), values)}).assign_attrs({PELVIS_MARKER_ATTR: mark})
    return replace(facts, camera=replace(facts.camera, view="rear"), pelvis=pelvis)


def test_a_pelvis_that_cannot_be_followed_is_refused_as_the_analysis_does(facts: VideoFacts) -> None:
    lost = seen_from_the_front(facts, float("nan"))
    (drop,) = {(one.grade, one.reason_code) for one in expected_grades(lost) if one.key == "pelvic_drop"}
    assert drop == ("refused", "pelvis_not_visible")
    refusal = pelvis_refusal(lost.pelvis, "rear")  # type: ignore[arg-type]
    assert refusal is not None
    assert {one.reason for one in expected_grades(lost) if one.key == "pelvic_drop"} == {refusal.reason}
    # Where the pelvis was not looked at, nothing speaks against it.
    assert grades(replace(lost, pelvis=None), "pelvic_drop") == {"poor"}


def test_tape_that_was_seen_makes_the_pelvis_reliable(facts: VideoFacts) -> None:
    assert grades(seen_from_the_front(facts, 1.0), "pelvic_drop") == {"poor"}
    assert grades(seen_from_the_front(facts, 1.0, "tape"), "pelvic_drop") == {"good"}
