"""Several videos of one run, kept poses, and what is said about files; poses come from geometry, not from pictures."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from gait import session
from gait.errors import InputError, RefusedError
from gait.findings.answers import parse_answers
from gait.findings.finder import derive_findings
from gait.metrics.register import METRICS
from gait.pose.dataset import load_pose
from gait.report.report_json import write_json
from gait.synthetic import CameraSpec, presets
from tests.conftest import write_clip
from tests.filmed_joints import edited, filmed

VIEWS = {"side": CameraSpec(facing="left"), "rear": CameraSpec(view="rear"), "front": CameraSpec(view="front")}


@pytest.fixture
def clips(tmp_path, monkeypatch) -> dict[str, Path]:
    """Three files named by view, and an engine that knows the poses of each."""
    poses = {view: filmed(presets.overstriding(), camera=camera).pose for view, camera in VIEWS.items()}
    poses["nobody"] = edited(poses["side"], lambda position, names: position.fill(np.nan))
    poses["calls"] = []
    clips = {view: write_clip(tmp_path / f"{view}.mp4", frames=12 + n) for n, view in enumerate((*VIEWS, "nobody"))}

    def estimate(path, **options):
        poses["calls"].append(Path(path).stem)
        options["progress"](1, 1)
        return poses[Path(path).stem].copy(deep=True)

    monkeypatch.setattr(session, "estimate_pose", estimate)
    # The clips are too short to follow a pelvis through them.
    monkeypatch.setattr("gait.pose.appearance.pelvis.with_pelvis", lambda video, pose, **options: pose)
    monkeypatch.setattr(session, "reusable", lambda pose, path, **options: pose.attrs["source_file"] == str(path))
    return {**clips, "calls": poses["calls"]}


def test_one_path_or_several(clips) -> None:
    one = session.analyze(clips["side"], height_m=1.76)
    assert [v.info.view for v in one.views] == ["side"]
    assert one.runner.height_m == 1.76
    assert one.views[0].info.file == str(clips["side"])


def test_what_the_runner_said_warns_before_what_the_file_says(clips) -> None:
    answers = parse_answers({"pain_when": ["all_day"], "shoe_miles": 400})
    made = session.analyze([clips["nobody"], clips["side"]], height_m=1.76, answers=answers)
    assert made.answers == answers
    assert [n.code for n in made.notices][:2] == ["pain_all_day", "video_refused"]
    assert "replace_shoes" in {c.id for c in made.corrections}


def test_each_metric_comes_once_from_the_video_that_shows_it_best(clips) -> None:
    made = session.analyze([clips["rear"], clips["side"], clips["front"]], height_m=1.76)
    assert [v.info.view for v in made.views] == ["rear", "side", "front"]
    expected = [(m.key, s) for m in METRICS for s in (("left", "right") if m.sided else ("both",))]
    given = [m for m in made.measurements if not m.key.endswith("_asymmetry")]
    assert [(m.key, m.side) for m in given] == expected
    source = {m.key: made.views[m.video].info.view for m in made.measurements if m.value is not None}
    assert source["overstride"] == source["contact_time"] == source["cadence"] == "side"
    assert source["arm_crossover"] == "front"


def test_a_refused_video_is_told_and_the_others_are_used(clips) -> None:
    made = session.analyze([clips["nobody"], clips["side"]])
    assert [v.info.view for v in made.views] == ["side"]
    assert {m.video for m in made.measurements} == {0}
    (notice,) = [n for n in made.notices if n.code == "video_refused"]
    assert "nobody.mp4" in notice.message
    assert "no runner found" in notice.message


def test_no_usable_video_is_refused_with_every_reason_and_leaves_nothing(clips, tmp_path) -> None:
    (tmp_path / "out").mkdir()
    with pytest.raises(RefusedError, match=r"nobody\.mp4: no runner found"):
        session.analyze(clips["nobody"], poses=tmp_path / "out")
    assert not list((tmp_path / "out").iterdir())


def test_kept_poses_are_used_again_unless_asked_for_fresh_ones(clips, tmp_path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    first = session.analyze([clips["side"], clips["front"]], poses=folder)
    assert {p.name for p in folder.iterdir()} == {"pose_1.nc", "pose_2.nc"}
    again = session.analyze([clips["side"], clips["front"]], poses=folder)
    assert clips["calls"] == ["side", "front"]
    assert again.measurements == first.measurements
    session.analyze([clips["side"], clips["front"]], poses=folder, fresh=True)
    assert clips["calls"] == ["side", "front"] * 2
    session.analyze([clips["front"], clips["side"]], poses=folder)  # other videos under the same numbers
    assert clips["calls"] == ["side", "front"] * 2 + ["front", "side"]


def test_a_damaged_pose_file_is_made_anew(clips, tmp_path) -> None:
    (tmp_path / "pose_1.nc").write_bytes(b"not a pose file")
    session.analyze(clips["side"], poses=tmp_path)
    assert clips["calls"] == ["side"]
    assert load_pose(tmp_path / "pose_1.nc").sizes["time"] == 720


def test_the_capture_rate_reaches_the_measuring(clips) -> None:
    slow = session.analyze(clips["side"], capture_fps=120.0)
    assert slow.views[0].info.capture_fps == 120
    assert "--capture-fps" in next(m.reason for m in slow.measurements if m.key == "contact_time")


def test_findings_are_those_of_the_measurements(clips) -> None:
    made = session.analyze(clips["side"], height_m=1.76, speed_mps=2.8)
    assert "overstride" in {f.metric for f in made.findings}
    assert made.findings == derive_findings(made.measurements, made.runner)[0]


def test_a_difference_of_the_legs_is_told_from_behind_where_there_is_one_and_not_from_one_side(
    clips, monkeypatch
) -> None:
    def differences(clip: str) -> list:
        return [m for m in session.analyze(clips[clip], height_m=1.76).measurements if m.key.endswith("_asymmetry")]

    assert differences("side") == []
    assert differences("rear") == []  # this runner is even
    steps = session.analyze_pose

    def limping(pose, **options):
        view = steps(pose, **options)
        own = view.steps.copy()
        own.loc[own.side == "left", "contact_time"] += 60.0
        return replace(view, steps=own)

    monkeypatch.setattr(session, "analyze_pose", limping)
    (difference,) = differences("rear")
    assert (difference.key, difference.side, difference.unit) == ("contact_time_asymmetry", "both", "ms")
    assert difference.interval[0] > 32


def test_an_unknown_view_is_an_input_error(clips) -> None:
    with pytest.raises(InputError, match="above"):
        session.analyze(clips["side"], view="above")


def test_progress_counts_over_all_videos(clips) -> None:
    told = []
    session.analyze([clips["side"], clips["rear"]], progress=lambda done, total: told.append((done, total)))
    assert {total for _, total in told} == {12 + 13}


def test_somebody_else_in_the_picture_is_told(clips, monkeypatch) -> None:
    pose = filmed(presets.overstriding(), camera=VIEWS["side"]).pose
    pose.attrs["bystander_frames"] = 400
    monkeypatch.setattr(session, "estimate_pose", lambda path, **options: pose)
    made = session.analyze(clips["side"])
    assert any(n.code == "bystander" and "400 frames" in n.message for n in made.notices)


def test_a_report_tells_how_it_was_asked_for(clips, tmp_path) -> None:
    made = session.analyze(
        clips["side"], height_m=1.76, speed_mps=2.8, name="Ida", capture_fps=120.0, poses=tmp_path, end=0.15
    )
    write_json(made, tmp_path / "report.json")
    options = session.options_of(tmp_path)
    assert options["videos"] == [clips["side"]]
    assert (options["height_m"], options["name"], options["view"]) == (1.76, "Ida", "side")
    assert options["capture_fps"] == 120
    assert options["speed_mps"] == pytest.approx(2.8)


def test_a_video_that_was_moved_beside_the_report_is_found(clips, tmp_path) -> None:
    folder = tmp_path / "report"
    folder.mkdir()
    write_json(session.analyze(clips["side"]), folder / "report.json")
    clips["side"].rename(folder / "side.mp4")
    assert session.options_of(folder)["videos"] == [folder / "side.mp4"]
    (folder / "side.mp4").unlink()
    with pytest.raises(InputError, match="not there any more"):
        session.options_of(folder)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"schema": "other/1", "runner": {}, "videos": []}'])
def test_what_is_no_report_is_said_to_be_none(tmp_path, text: str) -> None:
    (tmp_path / "report.json").write_text(text)
    with pytest.raises(InputError, match=r"report\.json: is not a report"):
        session.options_of(tmp_path)
    with pytest.raises(InputError, match="no such file"):
        session.options_of(tmp_path / "elsewhere")
