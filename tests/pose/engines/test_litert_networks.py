"""Crops cut from the stored planes: the right part of the frame, the right way up, with the border it needs."""

from __future__ import annotations

import zipfile

import numpy as np
import pytest

from gait.pose.engines.blazepose import PersonCrop, whole_frame_crop
from gait.pose.engines.litert_networks import LiteRTNetworks
from gait.pose.engines.log_suppression import stderr_filter
from gait.pose.engines.model_file import MEMBERS, load_model
from gait.video import read_decoded_frames
from tests.conftest import write_clip
from tests.sample_clips import SAMPLES


@pytest.fixture(scope="module")
def networks() -> LiteRTNetworks:
    with stderr_filter.suppress_logs(), zipfile.ZipFile(load_model().path) as bundle:
        return LiteRTNetworks(*(bundle.read(name) for name in MEMBERS))


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
    with zipfile.ZipFile(load_model().path) as bundle:
        detector, landmarker = (bundle.read(name) for name in MEMBERS)
    with stderr_filter.suppress_logs(), pytest.raises(ValueError, match="a network takes"):
        LiteRTNetworks(landmarker, detector)
