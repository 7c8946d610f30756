"""The public stages give exactly what the analysis in one call gives, on clips filmed with a tilted camera."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import pytest
import xarray as xr

import gait
from gait.pose import pose_cache
from gait.pose.dataset import CAMERA_ROLL_ATTR, PELVIS_TILT, TRACKED_FEET_ATTR
from gait.pose.estimation import estimate_keypoints
from gait.quality import video_pose
from gait.session import Session
from tests.sample_clips import SAMPLES, film

#: Camera roll of the tilted clips, degrees, + = the world appears turned counter-clockwise.
ROLL_DEG = {"side": 6.0, "rear": -4.0}
SECONDS = 4.0
RUNNER = gait.Runner(height_m=1.76)


def tilted(images: Iterator[np.ndarray], roll_deg: float) -> Iterator[np.ndarray]:
    for image in images:
        height, width = image.shape[:2]
        turn = cv2.getRotationMatrix2D((width / 2, height / 2), roll_deg, 1.0)
        yield cv2.warpAffine(image, turn, (width, height), borderMode=cv2.BORDER_REPLICATE)


def images_of(view: str) -> Iterator[np.ndarray]:
    for frame in gait.read_frames(SAMPLES / f"treadmill_{view}.mp4", end=SECONDS):
        yield np.ascontiguousarray(frame.image[::2, ::2])  # half the size is enough


@pytest.fixture(scope="module", params=list(ROLL_DEG))
def both_ways(request, tmp_path_factory) -> tuple[str, Session, Session]:
    """A tilted clip analysed in one call and stage by stage; the slow search for keypoints is done once for both."""
    view = request.param
    clip = film(tmp_path_factory.mktemp(view) / "tilted.mp4", tilted(images_of(view), ROLL_DEG[view]))
    keypoints = estimate_keypoints(clip)
    with pytest.MonkeyPatch.context() as patch:
        for module in (pose_cache, video_pose):
            patch.setattr(module, "estimate_keypoints", lambda path, **options: keypoints.copy(deep=True))
        whole = gait.analyze(clip, height_m=RUNNER.height_m)
        pose = gait.estimate_pose(clip)
        clean = gait.clean_pose(pose, height_m=RUNNER.height_m)
        events = gait.detect_events(clean)
        staged = gait.assess(gait.measure(clean, events, runner=RUNNER), runner=RUNNER)
    return view, whole, staged


def test_what_the_pictures_show_is_read(both_ways: tuple[str, Session, Session]) -> None:
    view, _, staged = both_ways
    assert staged.pose.attrs[CAMERA_ROLL_ATTR] == pytest.approx(ROLL_DEG[view], abs=0.6)
    if view == "side":
        assert staged.pose.attrs[TRACKED_FEET_ATTR] == "left,right"
    else:
        assert np.isfinite(staged.pose[PELVIS_TILT]).any()


def test_every_number_is_the_same(both_ways: tuple[str, Session, Session]) -> None:
    _, whole, staged = both_ways
    assert staged.measurements == whole.measurements
    assert sum(m.value is not None for m in staged.measurements) > 5
    pd.testing.assert_frame_equal(staged.steps, whole.steps, check_exact=True)
    pd.testing.assert_frame_equal(staged.events, whole.events, check_exact=True)
    xr.testing.assert_identical(staged.cycles, whole.cycles)
    xr.testing.assert_identical(staged.pose, whole.pose)
    xr.testing.assert_identical(staged.views[0].clean, whole.views[0].clean)


def test_every_word_is_the_same(both_ways: tuple[str, Session, Session]) -> None:
    _, whole, staged = both_ways
    assert staged.views[0].info == whole.views[0].info
    assert any("turned" in warning for warning in staged.views[0].info.warnings)
    assert (staged.findings, staged.corrections) == (whole.findings, whole.corrections)


def test_without_the_pictures_a_tilted_camera_shows(both_ways: tuple[str, Session, Session]) -> None:
    view, whole, _ = both_ways
    if view != "side":
        pytest.skip("from behind, lean counts towards the stance leg: left and right cancel a roll")
    bare = whole.pose.assign_attrs()
    del bare.attrs[CAMERA_ROLL_ATTR]
    lean = {m.key: m.value for m in gait.analyze_pose(bare, runner=RUNNER).measurements}["trunk_lean"]
    corrected = whole.measurement("trunk_lean").value
    assert corrected is not None
    assert abs(lean - corrected) == pytest.approx(abs(ROLL_DEG[view]), abs=1.0)


def test_kept_poses_give_the_same_without_the_video(both_ways: tuple[str, Session, Session], tmp_path: Path) -> None:
    _, whole, _ = both_ways
    gait.save_pose(whole.pose, tmp_path / "pose.nc")
    again = gait.analyze_pose(gait.load_poses(tmp_path / "pose.nc"), runner=RUNNER)
    assert again.measurements == whole.views[0].measurements
    assert again.info == whole.views[0].info
