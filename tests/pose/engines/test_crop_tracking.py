"""Person tracking over key frames: swing, probation, corrected crops, and a state that survives an interruption."""

from __future__ import annotations

import numpy as np
import pytest

from gait.pose.engines.blazepose import PersonCrop
from gait.pose.engines.crop_tracking import TrackedPeople, TrackedPerson

WINDOW = 20
SHAPE = np.random.default_rng(2).uniform(-100, 100, (33, 2))
CROP = PersonCrop(300, 200, 250)


def track(swing_px: float, *, number: int = 0, frames: int = 3 * WINDOW, drift: float = 0.0) -> TrackedPerson:
    """Somebody whose legs swing by so much, tracked over key frames."""
    person = TrackedPerson.new(number, CROP)
    for frame in range(frames):
        position = np.add(SHAPE, (300 + drift * frame, 200))
        position[25:] += (swing_px * np.sin(2 * np.pi * frame / 9), 0)
        person = person.after_key_frame(PersonCrop(300 + drift * frame, 200, 250), position, WINDOW)
    return person


def test_a_new_person_has_no_history():
    person = TrackedPerson.new(3, CROP)
    assert (person.number, person.crop, person.key_frames, person.swing, person.missed) == (3, CROP, 0, 0.0, 0)


def test_the_crop_moves_with_the_person_and_the_history_is_limited():
    person = track(20, drift=2.0)
    assert person.crop.x == pytest.approx(300 + 2 * (3 * WINDOW - 1))
    assert person.key_frames == 3 * WINDOW
    assert person.shapes.shape == (WINDOW, 33, 2)


def test_swing_is_that_of_the_limbs_not_of_the_place():
    assert track(40).swing > 5
    assert track(0, drift=5.0).swing < 1e-9
    assert track(4).swing == pytest.approx(2 * track(2).swing, rel=0.05)


def test_swing_waits_for_half_a_window():
    assert track(40, frames=WINDOW // 2 - 1).swing == 0
    assert track(40, frames=WINDOW // 2).swing > 0


def test_detections_correct_the_crop_that_the_keypoints_suggest():
    detected = PersonCrop(310, 200, 250)
    person = TrackedPerson.new(0, CROP).after_key_frame(CROP, np.add(SHAPE, (300, 200)), WINDOW)
    matched = person.matched(CROP, detected)
    assert matched.crop.x == pytest.approx(310)  # the first detection counts wholly
    assert matched.after_key_frame(CROP, np.add(SHAPE, (300, 200)), WINDOW).crop.x == pytest.approx(310)
    for _ in range(100):
        matched = matched.matched(CROP, CROP)
    assert matched.crop.x == pytest.approx(300, abs=1e-3)  # older detections fade
    assert matched.matches == 101


def test_a_bystander_who_stands_still_is_no_possible_runner():
    people = TrackedPeople((track(40, number=0), track(2, number=1)), next_number=2)
    assert people.possible_runners(WINDOW) == {0}


def test_two_who_run_are_both_possible():
    people = TrackedPeople((track(40, number=0), track(30, number=1)), next_number=2)
    assert people.possible_runners(WINDOW) == {0, 1}


def test_somebody_new_is_possible_until_the_probation_is_over():
    new = track(0, number=1, frames=WINDOW - 1)
    assert TrackedPeople((track(40, number=0), new)).possible_runners(WINDOW) == {0, 1}
    old = track(0, number=1, frames=WINDOW)
    assert TrackedPeople((track(40, number=0), old)).possible_runners(WINDOW) == {0}


def test_alone_everybody_is_possible_however_still():
    assert TrackedPeople((track(0, number=4),)).possible_runners(WINDOW) == {4}
    assert TrackedPeople().possible_runners(WINDOW) == frozenset()


@pytest.mark.parametrize("count", [0, 1, 2])
def test_the_state_is_the_same_after_a_round_trip(count):
    everybody = (track(40, number=0), track(3, number=5, frames=4).matched(CROP, PersonCrop(305, 204, 260, 0.1)))
    people = TrackedPeople(everybody[:count], since_search=7, next_number=6)
    back = TrackedPeople.from_arrays(people.to_arrays())
    assert (back.since_search, back.next_number, len(back.people)) == (7, 6, count)
    for one, other in zip(people.people, back.people, strict=True):
        assert (one.number, one.crop, one.key_frames, one.swing) == (
            other.number,
            other.crop,
            other.key_frames,
            other.swing,
        )
        assert (one.matches, one.missed) == (other.matches, other.missed)
        np.testing.assert_array_equal(one.shapes, other.shapes)
        np.testing.assert_array_equal(one.offset, other.offset)
    assert back.possible_runners(WINDOW) == people.possible_runners(WINDOW)


def test_nobody_searched_yet_means_a_search_is_due():
    assert TrackedPeople().since_search > 10**6
