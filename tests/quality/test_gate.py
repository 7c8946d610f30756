"""The same look as part of an analysis: poses are there already, and nothing is told twice."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from gait import session
from gait.pose.dataset import load_pose
from gait.pose.estimation import estimate_pose
from gait.quality.video_check import gate
from gait.synthetic import CameraSpec
from tests.filmed_joints import edited, filmed
from tests.quality.conftest import darker, defocused

SMALL = {"width": 400, "height": 300}


@pytest.fixture(scope="module")
def pose(clean: Path) -> xr.Dataset:
    return estimate_pose(clean, end=1.5)


def test_a_clean_clip_gives_no_warning_and_a_level_camera(clean: Path, pose: xr.Dataset) -> None:
    seen = gate(clean, pose, end=1.5)
    assert seen.warnings == ()
    assert seen.camera_roll_deg == pytest.approx(0, abs=0.5)


def test_what_only_pictures_show_is_told_with_what_to_do(changed: Callable[..., Path], pose: xr.Dataset) -> None:
    dark = gate(changed("dark", darker), pose, end=1.5)
    assert [w for w in dark.warnings if "dark" in w and "lights" in w]
    (blurred,) = gate(changed("defocused", defocused), pose, end=1.5).warnings
    assert "blurred" in blurred
    assert "focus" in blurred


def test_nobody_is_left_to_the_analysis(clean: Path, pose: xr.Dataset) -> None:
    nobody = edited(pose, lambda position, names: position.fill(np.nan))
    assert gate(clean, nobody, end=1.5) == gate(clean, nobody)
    assert gate(clean, nobody).warnings == ()


@pytest.mark.parametrize("view", ["side", "rear"])
def test_an_analysis_keeps_the_roll_and_the_warning(
    rendered: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, view: str
) -> None:
    roll = {"side": 5.0, "rear": -3.0}[view]
    clip = rendered(1.0, fps=24.0, view=view, roll_deg=roll)
    known = filmed(camera=CameraSpec(**SMALL, view=view, roll_deg=roll)).pose  # type: ignore[arg-type]
    monkeypatch.setattr(session, "estimate_pose", lambda path, **options: known.copy(deep=True))
    # The clip is too short to follow a pelvis through it.
    monkeypatch.setattr("gait.pose.appearance.pelvis.with_pelvis", lambda video, pose, **options: pose)
    made = session.analyze(clip, height_m=1.76, poses=tmp_path)
    (analysed,) = made.views
    assert analysed.pose.attrs["camera_roll_deg"] == pytest.approx(roll, abs=0.6)
    assert analysed.clean.attrs["camera_roll_deg"] == analysed.pose.attrs["camera_roll_deg"]
    assert load_pose(tmp_path / "pose_1.nc").attrs["camera_roll_deg"] == analysed.pose.attrs["camera_roll_deg"]
    (told,) = [w for w in analysed.info.warnings if "turned" in w]
    assert ("counter-clockwise" in told) == (roll > 0)
    assert len(set(analysed.info.warnings)) == len(analysed.info.warnings)


def test_a_roll_that_is_not_seen_again_is_forgotten(
    clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = filmed(camera=CameraSpec(**SMALL)).pose  # type: ignore[arg-type]
    known.attrs["camera_roll_deg"] = 4.0
    monkeypatch.setattr(session, "estimate_pose", lambda path, **options: known)
    (analysed,) = session.analyze(clip).views  # grey pictures without any upright line
    assert "camera_roll_deg" not in analysed.pose.attrs
