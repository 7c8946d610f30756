"""What is put aside of frames is what the film shows, and never decides about a result."""

from __future__ import annotations

import tempfile
import threading
from functools import partial

import numpy as np
import pytest

from gait.pose.appearance import seen_frames
from gait.pose.appearance.seen_frames import SeenFrames, shrink, small_picture
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


@pytest.mark.parametrize("block", [1, 2, 10])
def test_a_small_picture_is_the_mean_over_areas(block):
    padded = np.random.default_rng(block).integers(0, 256, (72 * block, 128 * block + 32), dtype=np.uint8)
    picture = padded[:, : 128 * block]  # as decoders store it
    means = picture.reshape(72, block, 128, block).mean(axis=(1, 3))
    np.testing.assert_allclose(shrink(picture, 72), means, atol=0.75)


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


def test_pictures_are_added_in_the_background_until_its_end(frame):
    picture, goes_on = small_picture(frame), threading.Event()

    def fill(seen):
        seen.add_picture(1.0, picture)
        goes_on.wait(10)
        left.append(seen.add_picture(2.0, picture))

    left = []
    with SeenFrames() as seen:
        seen.fill_in_background(partial(fill, seen))
        seen.fill_in_background(pytest.fail)  # once
        goes_on.set()
        seen.wait_until_filled()
        assert left == [True]
        assert seen.has_picture(2.0)
        np.testing.assert_array_equal(seen.picture(1.0), picture)
    assert not seen.add_picture(3.0, picture)
    assert not seen.has_picture(1.0)


def test_what_goes_wrong_in_the_background_leaves_pictures_out(frame):
    def fail():
        raise OSError("the disk was taken out")

    with SeenFrames() as seen:
        seen.fill_in_background(fail)
        seen.wait_until_filled()
        assert seen.picture(0.0) is None
