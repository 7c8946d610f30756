"""Shoes are tracked where frames can show them, once, and of a long run in its middle."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr

from gait.analysis import shoe_tracking
from gait.analysis.shoe_tracking import LANDINGS, track_shoes
from gait.errors import InputError
from gait.events.shoe_landing import tracked_sides
from gait.geometry.camera import find_camera
from gait.pose.appearance.shoes import SHOES_VERSION
from gait.pose.dataset import FOOT_AHEAD, FOOT_TURN, TRACKED_FEET_ATTR
from gait.synthetic import CameraSpec
from tests.filmed_joints import edited, filmed, repeated

NOWHERE = Path("no such video.mp4")


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The calls of the tracker, which finds the left shoe in every landing and the right one in every third."""
    recorded: list[dict[str, Any]] = []

    def add_shoe_motion(video: Path, pose: xr.Dataset, *, stances: Any, **options: Any) -> xr.Dataset:
        recorded.append({"video": video, "stances": stances, **options})
        time = pose.time.values
        made = pose.copy()
        for side, every in (("left", 1), ("right", 3)):
            near = np.zeros(len(time), dtype=bool)
            for contact in stances[side][0][::every]:
                near |= np.abs(time - contact) < 0.1
            for name in (FOOT_TURN[side], FOOT_AHEAD[side]):
                made[name] = (("time", "individual"), np.where(near, 10.0, np.nan)[:, None])
        return made.assign_attrs(pose.attrs, feet_version=SHOES_VERSION)

    monkeypatch.setattr(shoe_tracking, "add_shoe_motion", add_shoe_motion)
    return recorded


def test_both_feet_are_tracked_and_those_found_often_enough_are_named(calls: list[dict[str, Any]]) -> None:
    run = filmed()
    camera = find_camera(run.pose)
    tracked = track_shoes(NOWHERE, run.pose, camera)
    (call,) = calls
    assert (call["direction"], call["leg_px"]) == (camera.direction, camera.leg_px)
    for side in ("left", "right"):
        true = run.times(side, "contact")
        assert np.abs(call["stances"][side][0][:, None] - true).min(axis=1).max() < 0.03
    assert tracked_sides(tracked) == {"left"}
    assert tracked.attrs["feet_version"] == SHOES_VERSION
    assert {k: v for k, v in tracked.attrs.items() if k not in (TRACKED_FEET_ATTR, "feet_version")} == run.pose.attrs


def test_tracked_shoes_are_not_tracked_again(calls: list[dict[str, Any]]) -> None:
    run = filmed()
    camera = find_camera(run.pose)
    tracked = track_shoes(NOWHERE, run.pose, camera)
    assert track_shoes(NOWHERE, tracked, camera) is tracked
    assert len(calls) == 1


def test_of_a_long_run_the_middle_is_tracked(calls: list[dict[str, Any]]) -> None:
    pose, _ = repeated(75.0)
    track_shoes(NOWHERE, pose, find_camera(pose))
    (call,) = calls
    for contacts, _ in call["stances"].values():
        assert len(contacts) == LANDINGS
        assert contacts.mean() == pytest.approx(37.5, abs=2.0)
    assert call["clean"].sizes["time"] < 0.5 * pose.sizes["time"]


def test_slow_motion_is_tracked_in_real_time(calls: list[dict[str, Any]]) -> None:
    run = filmed(fps=240.0, slow=4.0, seconds=8.0, solved_s=8.0)
    track_shoes(NOWHERE, run.pose, find_camera(run.pose))
    assert calls[0]["real_per_playback"] == 0.25


def test_from_behind_nothing_is_tracked(calls: list[dict[str, Any]]) -> None:
    run = filmed(camera=CameraSpec(view="rear"))
    assert track_shoes(NOWHERE, run.pose, find_camera(run.pose)) is run.pose
    assert not calls


def test_without_feet_or_runner_nothing_is_tracked(calls: list[dict[str, Any]]) -> None:
    run = filmed()
    camera = find_camera(run.pose)
    bare = run.pose.sel(keypoint=[n for n in run.pose.keypoint.values if "heel" not in n])
    assert track_shoes(NOWHERE, bare, camera) is bare
    gone = edited(run.pose, lambda position, names: position.fill(np.nan))
    assert track_shoes(NOWHERE, gone, camera) is gone
    assert not calls


def test_a_few_landings_are_not_enough(calls: list[dict[str, Any]]) -> None:
    run = filmed()
    assert not tracked_sides(track_shoes(NOWHERE, run.pose.isel(time=slice(0, 120)), find_camera(run.pose)))


def test_a_missing_video_is_an_input_error() -> None:
    run = filmed()
    with pytest.raises(InputError, match="no such file"):
        track_shoes(NOWHERE, run.pose, find_camera(run.pose))
