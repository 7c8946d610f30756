"""Poses cut down to the stretch of a video that can be measured."""

from __future__ import annotations

import json

import numpy as np
import pytest
import xarray as xr

from gait.errors import RefusedError
from gait.pose.dataset import BLAZEPOSE_KEYPOINTS, FILMING_REFUSAL_ATTR, VIDEO_FPS_ATTR, make_pose_dataset
from gait.pose.frame_rates import FrameRates
from gait.pose.picture_stretch import (
    PICTURE_STRETCH_ATTR,
    PictureFault,
    PictureStretch,
    measurable_part,
    refuse_as_filmed,
)


def poses(frames: int = 60, fps: float = 60.0, every: int = 1) -> xr.Dataset:
    count, keypoints = frames // every, len(BLAZEPOSE_KEYPOINTS)
    return make_pose_dataset(
        time_s=np.arange(count) * every / fps,
        position=np.zeros((count, keypoints, 2)),
        confidence=np.ones((count, keypoints)),
        fps=fps / every,
        capture_fps=fps,
        image_width=640,
        image_height=480,
        source_file="run.mp4",
        attributes={VIDEO_FPS_ATTR: fps},
    )


def with_stretch(pose: xr.Dataset, stretch: PictureStretch) -> xr.Dataset:
    return pose.assign_attrs({PICTURE_STRETCH_ATTR: stretch.to_json()})


def test_a_stretch_survives_being_written() -> None:
    faults = (PictureFault("still", 1.0, 2.0), PictureFault("cut", 3.0))
    stretch = PictureStretch(2.0, 3.0, whole=False, repeated_share=0.5, repeated_s=(2.1,), faults=faults)
    read = PictureStretch.of(with_stretch(poses(), stretch))
    assert read is not None
    assert read.notice == stretch.notice
    assert (read.start_s, read.end_s, read.repeated_s) == (2.0, 3.0, (2.1,))


@pytest.mark.parametrize("text", ["", "{", "[1]", '{"start_s": 1}', "null"])
def test_a_damaged_stretch_counts_as_none(text: str) -> None:
    pose = poses().assign_attrs({PICTURE_STRETCH_ATTR: text})
    assert PictureStretch.of(pose) is None
    assert measurable_part(pose) is pose


def test_poses_outside_the_stretch_are_left_out_once() -> None:
    stretch = PictureStretch(0.25, 0.5, whole=False, faults=(PictureFault("cut", 0.25),))
    part = measurable_part(with_stretch(poses(), stretch))
    assert part.time.values[[0, -1]] == pytest.approx([0.25, 0.5])
    assert measurable_part(part) is part
    assert FrameRates.of(part).sampled_fps == 60


@pytest.mark.parametrize(("every", "count", "fps"), [(1, 30, 30), (2, 30, 30), (3, 20, 20)])
def test_each_picture_gives_one_pose(every: int, count: int, fps: float) -> None:
    repeated = tuple(float(n) / 60 for n in range(1, 60, 2))
    stretch = PictureStretch(0.0, 1.0, repeated_share=0.5, repeated_s=repeated)
    part = measurable_part(with_stretch(poses(every=every), stretch))
    assert part.sizes["time"] == count
    assert FrameRates.of(part).sampled_fps == pytest.approx(fps)
    assert FrameRates.of(part).real_per_playback == 1
    assert measurable_part(part) is part


def test_many_faults_are_told_in_one_line() -> None:
    stretch = PictureStretch(0, 1, whole=False, faults=tuple(PictureFault("cut", float(n)) for n in range(6)))
    assert stretch.notice == (
        "the picture jumps at 0.0 s (a cut); the picture jumps at 1.0 s (a cut); the picture jumps at 2.0 s (a cut); "
        "and 3 more such places; only the stretch from 0.0 to 1.0 s is measured"
    )


def test_what_the_pictures_showed_is_refused_with_its_reason() -> None:
    pose = poses()
    refuse_as_filmed(pose)
    refuse_as_filmed(pose.assign_attrs({FILMING_REFUSAL_ATTR: "{"}))
    refusal = json.dumps({"code": "interlaced", "reason": "two half pictures"})
    with pytest.raises(RefusedError, match="two half pictures") as caught:
        refuse_as_filmed(pose.assign_attrs({FILMING_REFUSAL_ATTR: refusal}))
    assert caught.value.code == "interlaced"
