"""Notices about video files."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from gait import session
from gait.pose import pose_cache
from gait.quality.file_notices import damage_text
from gait.synthetic import presets
from gait.video import frame_times
from tests.analysable_clips import VIEWS
from tests.conftest import write_clip
from tests.filmed_joints import filmed


def test_somebody_else_in_the_picture_is_told(analysable_clips, monkeypatch) -> None:
    pose = filmed(presets.overstriding(), camera=VIEWS["side"]).pose
    pose.attrs["bystander_frames"] = 400
    monkeypatch.setattr(pose_cache, "estimate_keypoints", lambda path, **options: pose)
    made = session.analyze(analysable_clips["side"])
    assert any(n.code == "bystander" and "400 frames" in n.message for n in made.notices)


@pytest.fixture(scope="module")
def film_120(tmp_path_factory):
    return write_clip(tmp_path_factory.mktemp("film") / "film.mp4", frames=480, fps=120)


#: Windows whose first frames are an odd number of frames apart.
WINDOWS = [(0.0, 1.0), (1.508, 2.5), (3.0, 3.6)]


def seen_every(film, step: int, without: tuple[float, float] = (9.0, 9.0)) -> xr.Dataset:
    times = frame_times(film)
    seen = np.concatenate([times[(times >= a - 1e-6) & (times < b - 1e-6)][::step] for a, b in WINDOWS])
    seen = seen[(seen < without[0]) | (seen >= without[1])]
    attributes = {
        "fps": 120 / step,
        "video_fps": 120.0,
        "capture_fps": 120.0,
        "sampled_windows": np.array(WINDOWS).ravel(),
    }
    return xr.Dataset(coords={"time": seen}, attrs=attributes)


@pytest.mark.parametrize("step", [1, 2, 4])
def test_frames_that_are_left_out_are_no_damage(film_120, step):
    assert damage_text(film_120, seen_every(film_120, step)) is None


@pytest.mark.parametrize("step", [1, 2])
def test_frames_that_are_lost_are_damage_where_others_are_left_out(film_120, step):
    text = damage_text(film_120, seen_every(film_120, step, without=(2.0, 2.2)))
    assert text is not None
    assert "2.0" in text
    assert "2.1" in text
