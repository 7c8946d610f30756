"""Crops cut from the stored planes: the right part of the frame, the right way up, with the border it needs."""

from __future__ import annotations

import zipfile
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from gait.pose.engines.blazepose import PersonCrop, whole_frame_crop
from gait.pose.engines.litert_networks import LiteRTNetworks, NetworkPool, WaitingCrops, detector_pool
from gait.pose.engines.log_suppression import stderr_filter
from gait.pose.engines.model_file import MEMBERS, load_model
from gait.video import read_decoded_frames
from tests.conftest import write_clip
from tests.sample_clips import SAMPLES


@pytest.fixture(scope="module")
def networks() -> LiteRTNetworks:
    with stderr_filter.suppress_logs():
        detector, landmarker = contents()
        return LiteRTNetworks(detector_pool(detector), landmarker)


def contents() -> tuple[bytes, bytes]:
    with zipfile.ZipFile(load_model().path) as bundle:
        detector, landmarker = (bundle.read(name) for name in MEMBERS)
    return detector, landmarker


@pytest.mark.parametrize("rotation", [None, 90, 180])
def test_a_crop_shows_that_part_of_the_upright_frame(networks, tmp_path, rotation):
    frame = next(iter(read_decoded_frames(write_clip(tmp_path / "clip.mp4", frames=1, rotation=rotation))))
    side = 32
    crop = PersonCrop(frame.width / 2, frame.height / 2, side)
    cut = networks.cut(frame.planes(), crop, side, replicate=True)
    left, top = round(crop.x - side / 2), round(crop.y - side / 2)
    expected = frame.rgb()[top : top + side, left : left + side]
    assert np.abs(cut.astype(int) - expected)[2:-2, 2:-2].mean() < 4  # colours are stored at half the size


def test_beyond_the_border_it_is_black_or_the_borders_own_pixel(networks, tmp_path):
    frame = next(iter(read_decoded_frames(write_clip(tmp_path / "clip.mp4", frames=12))))
    outside = PersonCrop(-200, 24, 40)
    assert networks.cut(frame.planes(), outside, 20, replicate=False).max() <= 2
    repeated = networks.cut(frame.planes(), outside, 20, replicate=True)
    assert np.abs(repeated[10, 10].astype(int) - frame.rgb()[24, 0]).max() < 16


def test_a_runner_is_detected_and_has_landmarks(networks):
    frame = next(iter(read_decoded_frames(SAMPLES / "treadmill_side.mp4", end=0.05)))
    (crop, *others) = networks.detect(frame.planes(), whole_frame_crop(frame.width, frame.height), min_score=0.3)
    assert others == []
    body = networks.find_landmarks(frame.planes(), crop)
    assert body.presence > 0.9
    assert body.crop.is_near(crop)
    nose, hips, heels = body.position[0, 1], body.position[[23, 24], 1].mean(), body.position[[29, 30], 1].mean()
    assert nose < hips < heels


def test_networks_of_another_shape_are_refused():
    detector, landmarker = contents()
    with stderr_filter.suppress_logs():
        with pytest.raises(ValueError, match="a network takes"):
            LiteRTNetworks(detector_pool(detector), detector)
        with pytest.raises(ValueError, match="a network takes"), detector_pool(landmarker).borrow():
            pass


def test_crops_that_wait_give_the_same_landmarks_in_any_thread(networks):
    frame = next(iter(read_decoded_frames(SAMPLES / "treadmill_side.mp4", end=0.05)))
    (crop,) = networks.detect(frame.planes(), whole_frame_crop(frame.width, frame.height), min_score=0.3)
    crops = [crop.changed(np.array([shift, 0, 0, 0])) for shift in (0, 0.02, 0.04, 0.06)]
    read = []
    waiting = WaitingCrops(lambda: read.append(1) or contents()[1], 1)
    assert not waiting.work()  # nothing waits, so that the network is not even built
    assert read == []
    cut = [networks.cut_landmark_crop(frame.planes(), crop) for crop in crops]
    futures = [waiting.put([(rgb, crop)]) for rgb, crop in zip(cut, crops, strict=True)] + [waiting.put([])]
    with ThreadPoolExecutor(2) as executor:
        found = list(executor.map(waiting.result, reversed(futures)))[::-1]
    assert found.pop() == []
    for (body,), crop in zip(found, crops, strict=True):
        expected = networks.find_landmarks(frame.planes(), crop)
        np.testing.assert_array_equal(body.position, expected.position)
        assert body.found_in == crop
    assert read == [1]
    waiting.free()
    (body,) = waiting.result(waiting.put([(cut[0], crops[0])]))
    np.testing.assert_array_equal(body.position, found[0][0].position)
    assert read == [1, 1]


def test_crops_that_wait_for_a_network_that_cannot_be_loaded_are_an_error():
    waiting = WaitingCrops(lambda: b"no model", 1)
    with pytest.raises(ValueError, match="valid"):
        waiting.result(waiting.put([]))


def test_a_network_in_use_is_not_lent_again():
    built = []
    pool = NetworkPool(lambda: built.append(None) or len(built), 2)
    with pool.borrow() as first:
        with pool.borrow() as second:
            assert {first, second} == {1, 2}
            assert pool.take(wait=False) is None
        assert pool.take(wait=False) == second
        pool.give_back(second)
    pool.free()
    with pool.borrow() as again:
        assert again == 3


def test_a_network_that_cannot_be_built_is_tried_again_by_the_next_one():
    attempts = []

    def build() -> int:
        attempts.append(1)
        if len(attempts) == 1:
            raise MemoryError
        return 7

    pool = NetworkPool(build, 1)
    with pytest.raises(MemoryError), pool.borrow():
        pass
    with pool.borrow() as network:
        assert network == 7
