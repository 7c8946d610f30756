"""What pictures are asked for: only what they can show, once, and of a long run its middle."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr

from gait.analysis import shoe_following as footage
from gait.analysis.shoe_following import LANDINGS, follow_shoes
from gait.errors import InputError
from gait.events.shoe_landing import FOLLOWED, sides_followed
from gait.geometry.camera import find_camera
from gait.pose.appearance.shoes import SHOES_VERSION, variables
from gait.synthetic import CameraSpec
from tests.filmed_joints import edited, filmed, repeated

NOWHERE = Path("no such video.mp4")


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """How the pictures were asked; the left shoe is seen in every landing, the right one in every third."""
    calls: list[dict[str, Any]] = []

    def with_feet(video: Path, pose: xr.Dataset, *, stances: Any, **options: Any) -> xr.Dataset:
        calls.append({"video": video, "stances": stances, **options})
        time = pose.time.values
        made = pose.copy()
        for side, every in (("left", 1), ("right", 3)):
            near = np.zeros(len(time), dtype=bool)
            for contact in stances[side][0][::every]:
                near |= np.abs(time - contact) < 0.1
            for name in variables(side):
                made[name] = (("time", "individual"), np.where(near, 10.0, np.nan)[:, None])
        return made.assign_attrs(pose.attrs, feet_version=SHOES_VERSION)

    monkeypatch.setattr(footage, "with_feet", with_feet)
    return calls


def test_both_feet_are_looked_at_and_those_followed_are_named(asked: list[dict[str, Any]]) -> None:
    run = filmed()
    camera = find_camera(run.pose)
    seen = follow_shoes(NOWHERE, run.pose, camera)
    (call,) = asked
    assert (call["direction"], call["leg_px"]) == (camera.direction, camera.leg_px)
    for side in ("left", "right"):
        true = run.times(side, "contact")
        assert np.abs(call["stances"][side][0][:, None] - true).min(axis=1).max() < 0.03
    assert sides_followed(seen) == {"left"}
    assert seen.attrs["feet_version"] == SHOES_VERSION
    assert {k: v for k, v in seen.attrs.items() if k not in (FOLLOWED, "feet_version")} == run.pose.attrs


def test_what_was_seen_is_not_looked_for_again(asked: list[dict[str, Any]]) -> None:
    run = filmed()
    camera = find_camera(run.pose)
    seen = follow_shoes(NOWHERE, run.pose, camera)
    assert follow_shoes(NOWHERE, seen, camera) is seen
    assert len(asked) == 1


def test_of_a_long_run_the_middle_is_looked_at(asked: list[dict[str, Any]]) -> None:
    pose, _ = repeated(75.0)
    follow_shoes(NOWHERE, pose, find_camera(pose))
    (call,) = asked
    for contacts, _ in call["stances"].values():
        assert len(contacts) == LANDINGS
        assert contacts.mean() == pytest.approx(37.5, abs=2.0)
    assert call["clean"].sizes["time"] < 0.5 * pose.sizes["time"]


def test_slow_motion_is_followed_in_real_time(asked: list[dict[str, Any]]) -> None:
    run = filmed(fps=240.0, slow=4.0, seconds=8.0, solved_s=8.0)
    follow_shoes(NOWHERE, run.pose, find_camera(run.pose))
    assert asked[0]["time_factor"] == 0.25


def test_from_behind_nothing_is_followed(asked: list[dict[str, Any]]) -> None:
    run = filmed(camera=CameraSpec(view="rear"))
    assert follow_shoes(NOWHERE, run.pose, find_camera(run.pose)) is run.pose
    assert not asked


def test_without_feet_or_runner_nothing_is_followed(asked: list[dict[str, Any]]) -> None:
    run = filmed()
    camera = find_camera(run.pose)
    bare = run.pose.sel(keypoint=[n for n in run.pose.keypoint.values if "heel" not in n])
    assert follow_shoes(NOWHERE, bare, camera) is bare
    gone = edited(run.pose, lambda position, names: position.fill(np.nan))
    assert follow_shoes(NOWHERE, gone, camera) is gone
    assert not asked


def test_a_few_landings_do_not_make_a_followed_foot(asked: list[dict[str, Any]]) -> None:
    run = filmed()
    assert not sides_followed(follow_shoes(NOWHERE, run.pose.isel(time=slice(0, 120)), find_camera(run.pose)))


def test_a_video_that_is_gone_is_said_in_one_line() -> None:
    run = filmed()
    with pytest.raises(InputError, match="no such file"):
        follow_shoes(NOWHERE, run.pose, find_camera(run.pose))
