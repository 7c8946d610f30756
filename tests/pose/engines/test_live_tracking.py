"""Pictures one by one: the runner is found, followed, lost and found again, in time."""

from __future__ import annotations

import time

import cv2
import numpy as np
import pytest

from gait.errors import InputError
from gait.pose.engines.litert_networks import LiteRTNetworks
from gait.pose.engines.live_tracking import LiveTracker, read_picture
from gait.pose.engines.window_tracking import FrameWindow, WindowTracker
from gait.video import YuvPlanes, read_frames
from tests.sample_clips import SAMPLES

CLIP = SAMPLES / "treadmill_side.mp4"


@pytest.fixture(scope="module")
def pictures() -> list[np.ndarray]:
    return [frame.image for frame in read_frames(CLIP, start=1, end=2.5)][::2]


def jpeg(image: np.ndarray) -> bytes:
    return cv2.imencode(".jpg", image[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 85])[1].tobytes()


def test_keypoints_are_close_to_those_of_the_whole_film(pictures):
    with WindowTracker(CLIP, model="full") as tracker:
        (film,) = tracker.track([FrameWindow(1, 2.5, step=2)], fps=60)
    with LiveTracker() as live:
        found = []
        for place, picture in enumerate(pictures):
            found.append(live.keypoints(picture, place / 30))
            live.use_pause()
    expected = np.array([result.people[0].position for result in film.results])
    apart = np.linalg.norm(np.array([person.position for person in found]) - expected, axis=2)
    assert np.median(apart) / np.median(np.ptp(expected[..., 1], axis=1)) < 0.01


def test_the_crop_is_centred_once_a_second_between_two_pictures(pictures, monkeypatch):
    detected = []
    detect = LiteRTNetworks.detect
    monkeypatch.setattr(
        LiteRTNetworks, "detect", lambda *given, **options: detected.append(place) or detect(*given, **options)
    )
    with LiveTracker() as live:
        for place, picture in enumerate(pictures):
            live.keypoints(picture, place / 30)
            before = len(detected)
            live.use_pause()
            assert len(detected) - before == (place == 30)
        live.reset()
        live.use_pause()
    assert detected == [0, 30]


def test_planes_give_the_same_keypoints_as_the_picture(pictures):
    with LiveTracker() as live:
        first = live.keypoints(pictures[0], 0.0)
        live.reset()
        second = live.keypoints(YuvPlanes.from_rgb(pictures[0]), 0.0)
    np.testing.assert_array_equal(first.position, second.position)


def test_a_picture_takes_less_than_80_ms_as_jpeg(pictures):
    files = [jpeg(picture) for picture in pictures]
    took = []
    with LiveTracker() as live:
        for place, file in enumerate(files):
            begin = time.thread_time()
            assert live.keypoints(file, place / 30) is not None
            took.append(time.thread_time() - begin)
    assert np.median(took[1:]) < 0.08


def test_a_runner_who_leaves_is_found_again(pictures):
    empty = np.full_like(pictures[0], 200)
    with LiveTracker() as live:
        assert live.keypoints(pictures[0], 0.0) is not None
        assert live.keypoints(empty, 0.1) is None
        assert live.keypoints(pictures[1], 0.2) is not None
        assert live.keypoints(empty, 0.3) is None
        assert live.keypoints(np.ascontiguousarray(np.roll(pictures[2], 150, axis=1)), 5.0) is not None


def test_another_scene_begins_anew(pictures):
    turned = np.ascontiguousarray(pictures[0][:, ::-1])
    with LiveTracker() as live:
        first = live.keypoints(pictures[0], 0.0)
        live.reset()
        second = live.keypoints(turned, 0.01)
    assert first is not None
    assert second is not None
    assert abs(first.position[0, 0] + second.position[0, 0] - pictures[0].shape[1]) < 40


@pytest.mark.parametrize("shape", [(1, 1, 3), (2, 2, 3), (63, 65, 3), (240, 1, 3)])
def test_pictures_of_odd_sizes_do_no_harm(shape):
    with LiveTracker() as live:
        assert live.keypoints(np.zeros(shape, np.uint8), 0.0) is None


@pytest.mark.parametrize("content", [b"", b"GIF89a", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n" + b"\0" * 40, b"x" * 1000])
def test_what_is_no_picture_gets_one_line(content):
    with pytest.raises(InputError, match="cannot be read; send a JPEG or PNG"):
        read_picture(content)


def test_the_tracker_is_used_inside_its_block(pictures):
    with pytest.raises(ValueError, match="outside its with block"):
        LiveTracker().keypoints(pictures[0], 0.0)
