"""What a person reads about a video before the analysis, and what the same check adds to an analysis."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from gait import session
from gait._typing import Image
from gait.analysis.pipeline import clean_pose
from gait.errors import InputError, RefusedError
from gait.pose.dataset import load_pose
from gait.pose.estimation import estimate_keypoints
from gait.quality.picture_changes import find_picture_changes
from gait.quality.quality_records import VideoCheck
from gait.quality.video_check import assess_filming, check_video
from gait.quality.video_pose import read_appearance
from gait.report.quality_summary import check_json, filming_advice, measurable_lines, print_check
from gait.synthetic import CameraSpec
from tests.conftest import REPOSITORY, write_clip
from tests.filmed_joints import edited, filmed
from tests.quality.conftest import FPS, Frames, by_hand, darker, defocused, without_feet
from tests.sample_clips import check_of_sample

Checked = Callable[..., VideoCheck]
#: Frames that show how a clip is filmed, but no cadence.
LOOK = 80
Changed = Callable[..., Path]
Rendered = Callable[..., Path]


def troubles(check: VideoCheck) -> set[str]:
    """Return the aspects that are not good."""
    return {one.aspect for one in check.observations if one.verdict != "good"}


def grades(check: VideoCheck, key: str) -> dict[str, str]:
    return {one.side: one.grade for one in check.expected_metrics if one.key == key}


# --- well-filmed clips ---


@pytest.mark.parametrize(
    ("view", "facing"), [("side", "left"), ("rear", "away"), ("front", "towards")], ids=lambda value: value
)
def test_the_samples_are_fine(view: str, facing: str) -> None:
    check = check_of_sample(view)
    assert (check.view, check.facing) == (view, facing)
    assert troubles(check) <= {"length"}
    assert check.verdict != "bad"
    truth = json.loads((REPOSITORY / "sample_videos" / f"treadmill_{view}.truth.json").read_text(encoding="utf-8"))
    assert check.cadence == pytest.approx(truth["metrics"]["cadence"]["value"], abs=2.5)
    assert check.camera_roll_deg == pytest.approx(0, abs=0.7)
    assert grades(check, "cadence") == {"both": "fair"}


def test_what_a_view_cannot_show_says_which_one_does() -> None:
    check = check_of_sample("front")
    overstride = next(one for one in check.expected_metrics if one.key == "overstride")
    assert not overstride.possible
    assert overstride.reason == "not visible from this side: film the side view"
    assert set(grades(check, "arm_crossover").values()) == {"fair"}


def test_a_small_clean_clip_is_only_small_and_short(clean: Path, checked: Checked) -> None:
    assert troubles(checked(clean)) == {"framing", "length"}


@pytest.mark.parametrize("name", ["treadmill_side_male.mp4", "mesh_side.mp4"])
def test_no_false_alarms_on_other_peoples_footage(
    shared_video: Callable[[str], Path], checked: Checked, name: str
) -> None:
    check = checked(shared_video(name))
    assert check.verdict == "watch"
    # The phone clip is somewhat oblique, at 30 frames/s, in a dim garage that smears the feet.
    allowed = {"view", "frame rate", "foot blur", "length"} if "male" in name else {"length"}
    assert troubles(check) <= allowed
    assert check.camera_roll_deg is None or abs(check.camera_roll_deg) < 2.5


# --- each fault is named, with advice ---


def test_a_dark_clip(changed: Changed, checked: Checked) -> None:
    light = checked(changed("dark", darker, frames=LOOK)).observation("light")
    assert light.verdict == "bad"
    assert "lights" in (light.advice or "")


def test_a_blurred_clip(changed: Changed, checked: Checked) -> None:
    check = checked(changed("defocused", defocused, frames=LOOK))
    assert check.observation("sharpness").verdict != "good"
    assert "focus" in (check.observation("sharpness").advice or "")


def test_smeared_feet(rendered: Rendered, checked: Checked) -> None:
    check = checked(rendered(1.0, fps=30.0, blur_subframes=6, shutter=0.8))
    assert check.observation("foot blur").verdict == "watch"
    assert check.observation("sharpness").verdict == "good"


def test_feet_cut_off(changed: Changed, checked: Checked) -> None:
    check = checked(changed("cut", without_feet, shows=None))
    assert check.observation("framing").verdict == "bad"
    assert "camera back" in (check.observation("framing").advice or "")
    assert not check.usable
    assert "foot is outside" in check.refusal


def test_somebody_else(rendered: Rendered, checked: Checked) -> None:
    check = checked(rendered(2.4, bystander=True, fps=24.0))
    assert "somebody else" in check.observation("people").text
    assert check.facing == "right"
    assert check.cadence == pytest.approx(165, abs=5)


def test_slow_motion_is_suspected_and_not_rescaled(changed: Changed, checked: Checked) -> None:
    clip = changed("slow", fps=FPS / 4, shows=None)
    check = checked(clip)
    assert check.capture_fps == FPS / 4
    assert check.cadence == pytest.approx(165 / 4, abs=2)
    speed = check.observation("speed")
    assert speed.verdict == "bad"
    assert "slow motion" in speed.text
    assert speed.code == "slow_motion_suspected"
    assert "perhaps 60 frames/s" in (speed.advice or "")
    assert not check.usable
    corrected = checked(clip, capture_fps=FPS)
    assert corrected.cadence == pytest.approx(165, abs=4)
    assert corrected.observation("speed").verdict == "good"
    assert corrected.observation("frame rate").verdict == "good"
    assert corrected.observation("length").value == pytest.approx(3.4, abs=0.1)  # real time


def test_doubled_frames_are_not_a_higher_frame_rate(changed: Changed, checked: Checked) -> None:
    check = checked(changed("doubled", lambda frames, n: frames[n - n % 2], shows=lambda n: n - n % 2))
    rate = check.observation("frame rate")
    assert rate.verdict == "watch"
    assert rate.value == pytest.approx(FPS / 2, abs=1)
    assert check.observation("pictures").verdict == "good"


def test_a_frozen_picture_is_told_with_its_times(changed: Changed, checked: Checked) -> None:
    check = checked(changed("frozen", lambda frames, n: frames[min(n, 100)], shows=lambda n: min(n, 100)))
    pictures = check.observation("pictures")
    assert pictures.verdict == "watch"
    assert "nothing moves from 2.0 s to 3.4 s" in pictures.text
    assert not check.usable
    assert "nothing moves" in check.refusal
    assert check.refusal_code == "too_few_steps"


def test_interlaced_pictures_are_refused(changed: Changed, checked: Checked) -> None:
    def woven(frames: Frames, number: int) -> Image:
        picture = frames[number].copy()
        picture[1::2] = frames[min(number + 1, len(frames) - 1)][1::2]
        return picture

    check = checked(changed("woven", woven))
    assert check.refusal_code == "interlaced"
    assert "deinterlaced" in check.refusal


def test_a_video_that_plays_too_fast_is_told(changed: Changed, checked: Checked) -> None:
    check = checked(changed("fast", every=2))
    # Five or six frames a step for two seconds: keypoints that differ a little between processors move it by 3 %.
    assert check.cadence == pytest.approx(330, rel=0.05)
    assert check.refusal_code == "implausible_cadence"
    assert "plays faster than life" in check.refusal


def test_a_coarse_frame_rate(changed: Changed, checked: Checked) -> None:
    check = checked(changed("coarse", fps=FPS / 3, every=3))
    assert check.observation("frame rate").verdict == "bad"
    assert set(grades(check, "contact_time").values()) == {"refused"}
    assert grades(check, "cadence")["both"] != "refused"


def test_an_oblique_camera(rendered: Rendered, checked: Checked) -> None:
    check = checked(rendered(3.4, fps=24.0, yaw_deg=35.0))
    view = check.observation("view")
    assert view.verdict == "bad"
    assert "oblique" in view.text
    assert "square" in (view.advice or "")
    assert set(grades(check, "tibia_angle").values()) == {"refused"}
    assert grades(check, "cadence")["both"] != "refused"


def test_a_phone_in_the_hand(changed: Changed, checked: Checked) -> None:
    camera = checked(changed("hand", by_hand, frames=LOOK)).observation("camera")
    assert camera.verdict == "watch"
    assert "tripod" in (camera.advice or "")


def test_nobody(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match=r"nobody found in .* frames .* film one runner"):
        check_video(write_clip(tmp_path / "empty.mp4", frames=45, size=(320, 240)))


def test_no_video(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        check_video(tmp_path / "absent.mp4")


# --- output ---


def test_the_terminal_shows_it_on_one_screen_without_colour() -> None:
    from rich.console import Console

    console = Console(width=80, record=True, force_terminal=False, color_system=None)
    print_check(check_of_sample("side"), console)
    text = console.export_text()
    assert len(text.splitlines()) <= 40
    assert max(map(len, text.splitlines())) <= 80
    for words in ("good", "watch", "Can be measured", "Cannot be measured", "film the front view", "Film it better"):
        assert words in text


def test_the_side_is_named_only_where_the_legs_differ() -> None:
    text = "\n".join(measurable_lines(check_of_sample("side").expected_metrics))
    assert "tibia angle (left)" in text
    assert "tibia angle (right)" in text
    front = "\n".join(measurable_lines(check_of_sample("front").expected_metrics))
    assert "arm crossover" in front
    assert "(left)" not in front


def test_advice_comes_once_and_the_worst_first(changed: Changed, checked: Checked) -> None:
    advice = filming_advice(checked(changed("cut", without_feet, shows=None)))
    assert advice[0].startswith("Move the camera back")
    assert len(set(advice)) == len(advice)


def test_json_says_the_same(changed: Changed, checked: Checked) -> None:
    check = checked(changed("slow", fps=FPS / 4, shows=None))
    document = json.loads(check_json([check], [(Path("other.mp4"), "nobody found")]))
    assert document["schema"] == "gait.check/1"
    (video,) = document["videos"]
    assert (video["view"], video["verdict"]) == ("side", "bad")
    assert {o["aspect"]: o["verdict"] for o in video["observations"]}["speed"] == "bad"
    assert len(video["metrics"]) == len(check.expected_metrics)
    assert not any(m["possible"] for m in video["metrics"])
    assert document["refused"] == [{"file": "other.mp4", "reason": "nobody found"}]


def test_every_number_in_json_is_a_number(checked: Checked, clean: Path) -> None:
    for one in checked(clean).observations:
        assert one.value is None or np.isfinite(one.value)


# --- the same check as part of an analysis: poses exist already, and no warning is given twice ---

SMALL = {"width": 400, "height": 300}


@pytest.fixture(scope="module")
def pose(clean: Path) -> xr.Dataset:
    return estimate_keypoints(clean, end=1.5)


def test_a_clean_clip_gives_no_warning_and_a_level_camera(clean: Path, pose: xr.Dataset) -> None:
    quality = assess_filming(clean, pose, end=1.5)
    assert quality.warnings == ()
    assert quality.camera_roll_deg == pytest.approx(0, abs=0.5)


def test_what_only_images_show_comes_with_advice(changed: Callable[..., Path], pose: xr.Dataset) -> None:
    dark = assess_filming(changed("dark", darker, frames=LOOK), pose, end=1.5)
    assert [w for w in dark.warnings if "dark" in w and "lights" in w]
    (blurred,) = assess_filming(changed("defocused", defocused, frames=LOOK), pose, end=1.5).warnings
    assert "blurred" in blurred
    assert "focus" in blurred


def test_a_video_without_a_runner_is_left_to_the_analysis(clean: Path, pose: xr.Dataset) -> None:
    nobody = edited(pose, lambda position, names: position.fill(np.nan))
    filming = assess_filming(clean, nobody, end=1.5)
    assert (filming.warnings, filming.camera, filming.refusal) == ((), None, None)
    assert assess_filming(clean, nobody).warnings == ()


@pytest.mark.parametrize("view", ["side", "rear"])
def test_an_analysis_keeps_the_roll_and_the_warning(
    rendered: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, view: str
) -> None:
    roll = {"side": 5.0, "rear": -3.0}[view]
    clip = rendered(1.0, fps=24.0, view=view, roll_deg=roll)
    estimated = filmed(camera=CameraSpec(**SMALL, view=view, roll_deg=roll)).pose  # type: ignore[arg-type]
    monkeypatch.setattr("gait.pose.pose_cache.estimate_keypoints", lambda path, **options: estimated.copy(deep=True))
    # The clip is too short to track pelvis or dots.
    monkeypatch.setattr("gait.quality.video_pose.track_dots", lambda video, pose, camera, **options: pose)
    monkeypatch.setattr("gait.quality.video_pose.add_pelvis_tilt", lambda video, pose, **options: pose)
    made = session.analyze(clip, height_m=1.76, cache_dir=tmp_path)
    (analysed,) = made.views
    assert analysed.pose.attrs["camera_roll_deg"] == pytest.approx(roll, abs=0.6)
    assert analysed.clean.attrs["camera_roll_deg"] == analysed.pose.attrs["camera_roll_deg"]
    assert load_pose(tmp_path / "pose_1.nc").attrs["camera_roll_deg"] == analysed.pose.attrs["camera_roll_deg"]
    (warning,) = [w for w in analysed.info.warnings if "turned" in w]
    assert ("counter-clockwise" in warning) == (roll > 0)
    assert len(set(analysed.info.warnings)) == len(analysed.info.warnings)


@pytest.mark.usefixtures("pictures_that_follow_each_other")
def test_a_roll_that_is_not_found_again_is_removed(clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    estimated = filmed(camera=CameraSpec(**SMALL)).pose  # type: ignore[arg-type]
    estimated.attrs["camera_roll_deg"] = 4.0
    monkeypatch.setattr("gait.pose.pose_cache.estimate_keypoints", lambda path, **options: estimated)
    monkeypatch.setattr("gait.quality.video_pose.track_dots", lambda video, pose, camera, **options: pose)
    (analysed,) = session.analyze(clip).views  # grey frames without any upright line
    assert "camera_roll_deg" not in analysed.pose.attrs


def test_where_nobody_is_found_the_message_counts_all_frames(clip: Path) -> None:
    pose = edited(filmed(camera=CameraSpec(**SMALL)).pose, lambda position, names: position.fill(np.nan))  # type: ignore[arg-type]
    assert not find_picture_changes(clip).whole  # a clip of which the analysis would take a part only
    with pytest.raises(RefusedError, match="no runner found in 720 frames"):
        clean_pose(read_appearance(clip, pose))
