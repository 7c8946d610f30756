"""What is put aside of frames is what the film shows, and never decides about a result."""

from __future__ import annotations

import tempfile

import numpy as np
import pytest

from gait.pose.appearance import seen_frames
from gait.pose.appearance.seen_frames import SeenFrames, small_picture
from gait.pose.dataset import BLAZEPOSE_KEYPOINTS
from gait.pose.engines.pose_engine import PersonKeypoints
from gait.video import DecodedFrame, read_decoded_frames
from tests.conftest import write_clip

SIZE = (160, 240)


def somebody(*, from_side: bool, hips: tuple[float, float] = (80.0, 120.0), leg: float = 60.0) -> PersonKeypoints:
    position = np.full((len(BLAZEPOSE_KEYPOINTS), 2), np.nan)
    half = 1.0 if from_side else 12.0
    heights = {"shoulder": -0.6, "hip": 0.0, "knee": 0.5, "ankle": 1.0}
    for side, sign in (("left", -1), ("right", 1)):
        for joint, down in heights.items():
            at = BLAZEPOSE_KEYPOINTS.index(f"{side}_{joint}")
            position[at] = hips[0] + sign * half, hips[1] + down * leg
    return PersonKeypoints(position, np.ones(len(position)), None)


@pytest.fixture
def frame(tmp_path) -> DecodedFrame:
    return next(iter(read_decoded_frames(write_clip(tmp_path / "clip.mp4", frames=2, size=SIZE))))


def test_the_legs_of_a_side_view_are_kept_in_grey(frame):
    with SeenFrames() as seen:
        seen.add(frame, [somebody(from_side=True)], BLAZEPOSE_KEYPOINTS)
        part = seen.grey_part(frame.time_s, 50, 170, 90, 205)
        np.testing.assert_array_equal(part, frame.grey()[170:205, 50:90])
        assert seen.rgb_part(frame.time_s, 70, 110, 90, 125) is None
        np.testing.assert_array_equal(seen.picture(frame.time_s), small_picture(frame))


def test_the_hips_of_a_rear_view_are_kept_in_colour(frame):
    with SeenFrames() as seen:
        seen.add(frame, [somebody(from_side=False)], BLAZEPOSE_KEYPOINTS)
        part = seen.rgb_part(frame.time_s, 65, 105, 95, 125)
        np.testing.assert_array_equal(part, frame.rgb()[105:125, 65:95])


def test_a_part_beyond_the_frame_ends_at_its_edge(frame):
    with SeenFrames() as seen:
        seen.add(frame, [somebody(from_side=True, hips=(150.0, 200.0))], BLAZEPOSE_KEYPOINTS)
        np.testing.assert_array_equal(seen.grey_part(frame.time_s, 130, 220, 300, 300), frame.grey()[220:, 130:])


def test_what_was_not_kept_is_not_there(frame):
    with SeenFrames() as seen:
        seen.add(frame, [somebody(from_side=True)], BLAZEPOSE_KEYPOINTS)
        assert seen.grey_part(frame.time_s, 0, 0, 160, 240) is None
        assert seen.grey_part(frame.time_s + 0.5, 50, 170, 90, 205) is None
        assert seen.picture(frame.time_s + 0.5) is None


@pytest.mark.parametrize("names", [BLAZEPOSE_KEYPOINTS, BLAZEPOSE_KEYPOINTS[:20]])
def test_keypoints_that_say_nothing_do_no_harm(frame, names):
    nobody = PersonKeypoints(np.full((len(names), 2), np.nan), np.zeros(len(names)), None)
    outside = somebody(from_side=True, hips=(-900.0, -900.0))
    with SeenFrames() as seen:
        seen.add(frame, [nobody, *([outside] if len(names) > 20 else [])], names)
        assert seen.grey_part(frame.time_s, 50, 170, 90, 205) is None
        assert seen.picture(frame.time_s) is not None


def test_a_full_disk_only_costs_time(frame, monkeypatch):
    def full(**options: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tempfile, "TemporaryFile", full)
    with SeenFrames() as seen:
        seen.add(frame, [somebody(from_side=True)], BLAZEPOSE_KEYPOINTS)
        assert seen.grey_part(frame.time_s, 50, 170, 90, 205) is None
        assert seen.picture(frame.time_s) is not None


def test_small_pictures_of_a_long_run_lie_on_disk(frame, monkeypatch):
    monkeypatch.setattr(seen_frames, "HELD_PICTURES", 0)
    with SeenFrames() as seen:
        seen.add(frame, [somebody(from_side=True)], BLAZEPOSE_KEYPOINTS)
        np.testing.assert_array_equal(seen.picture(frame.time_s), small_picture(frame))
        part = seen.grey_part(frame.time_s, 50, 170, 90, 205)
        np.testing.assert_array_equal(part, frame.grey()[170:205, 50:90])


def test_an_hour_takes_no_more_room_than_a_minute(frame, monkeypatch):
    monkeypatch.setattr(seen_frames, "MOST_PICTURES", 0)
    monkeypatch.setattr(seen_frames, "MOST_BYTES", 10)
    with SeenFrames() as seen:
        seen.add(frame, [somebody(from_side=True)], BLAZEPOSE_KEYPOINTS)
        assert seen.picture(frame.time_s) is None
        assert seen.grey_part(frame.time_s, 50, 170, 90, 205) is None


def test_after_its_end_it_holds_nothing(frame):
    with SeenFrames() as seen:
        seen.add(frame, [somebody(from_side=True)], BLAZEPOSE_KEYPOINTS)
    seen.add(frame, [somebody(from_side=True)], BLAZEPOSE_KEYPOINTS)
    assert seen.picture(frame.time_s) is None
    assert seen.grey_part(frame.time_s, 50, 170, 90, 205) is None
