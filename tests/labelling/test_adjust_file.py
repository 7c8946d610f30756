"""Files of joints that were set by hand, and what is wrong with them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gait.errors import InputError
from gait.labelling.adjust_file import DEFAULT_SD_PX, DEFAULT_SD_S, HandMovedEvent, HandSetJoint, read_adjust_file

HIP: dict[str, Any] = {"time_s": 3.2, "side": "left", "joint": "hip", "x": 412, "y": 603.5, "sd": 4}


def written(folder: Path, record: Any) -> Path:
    file = folder / "joints.json"
    file.write_text(record if isinstance(record, str) else json.dumps(record), encoding="utf-8")
    return file


def with_entry(**changes: Any) -> dict[str, Any]:
    entry = {key: value for key, value in (HIP | changes).items() if value is not ...}
    return {"version": 1, "video": "run.mp4", "entries": [entry]}


def test_joints_are_read(tmp_path: Path) -> None:
    record = with_entry()
    record["entries"].append({"frame": 12, "side": "right", "joint": "toe", "x": 1, "y": 2})
    file = read_adjust_file(written(tmp_path, record))
    assert (file.video, file.video_sha256) == ("run.mp4", None)
    assert file.joints == (
        HandSetJoint("left", "hip", 412.0, 603.5, 4.0, 3.2, None),
        HandSetJoint("right", "toe", 1.0, 2.0, DEFAULT_SD_PX, None, 12),
    )


def test_no_entries_are_allowed(tmp_path: Path) -> None:
    assert read_adjust_file(written(tmp_path, {"video": "run.mp4", "entries": []})).joints == ()


def test_points_of_a_label_file_are_joints(tmp_path: Path) -> None:
    event = {"kind": "initial_contact", "side": "left", "frame": 16.2, "frame_sd": 0.4}
    points = {"hip": [302, 876, 9], "toe": [144, 1161, 4]}
    labels = {
        "clip": "run",
        "near_side": "left",
        "labellings": {
            "A": {"events": [event | {"labelled_frame": 16, "points_px": points}]},
            "B": {"events": [event, event | {"labelled_frame": 17, "points_px": points}]},
        },
    }
    file = read_adjust_file(written(tmp_path, labels))
    assert file.video == "run"
    assert [(j.joint, j.frame, j.sd) for j in file.joints] == [
        ("hip", 16, 9.0),
        ("toe", 16, 4.0),
        ("hip", 17, 9.0),
        ("toe", 17, 4.0),
    ]


@pytest.mark.parametrize(
    ("record", "said"),
    [
        ("{", "is not JSON"),
        ("[" * 5000 + "]" * 5000, "is nested too deeply"),
        ('{"video": "\\ud83c"}', "holds half a character"),
        ([], "must hold an object"),
        ({"entries": []}, "video: must be the name"),
        ({"video": "run.mp4"}, "entries: must be a list"),
        ({"video": "run.mp4", "entries": [], "version": 2}, "version 2 is unknown"),
        ({"video": "run.mp4", "joints": []}, "joints: is unknown; there are version"),
        (with_entry(joint="elbow"), "entries[0].joint: must be one of shoulder, hip"),
        (with_entry(side="l"), "entries[0].side: must be one of left, right, is 'l'"),
        (with_entry(x="left"), "entries[0].x: must be a number, is 'left'"),
        (with_entry(sd=0), "entries[0].sd: must be above 0"),
        (with_entry(frame=3), "give either time_s or frame"),
        (with_entry(time_s=...), "give either time_s or frame"),
        (with_entry(time_s=..., frame=2.5), "entries[0].frame: must be a whole number"),
        (with_entry(colour="red"), "entries[0].colour: is unknown"),
    ],
)
def test_faults_are_named(tmp_path: Path, record: Any, said: str) -> None:
    with pytest.raises(InputError) as error:
        read_adjust_file(written(tmp_path, record))
    assert said in str(error.value)
    assert "joints.json" in str(error.value)
    assert "\n" not in str(error.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        read_adjust_file(tmp_path / "nothing.json")


TOE_OFF: dict[str, Any] = {"side": "left", "kind": "toe_off", "from_s": 4.372, "to_s": 4.383}


def test_a_joint_of_one_picture_says_where_it_was_and_when_it_was_moved(tmp_path: Path) -> None:
    record = with_entry(scope="picture", from_x=400, from_y=600.5, set_at="2026-11-27T05:00:00+00:00")
    (joint,) = read_adjust_file(written(tmp_path, record)).joints
    assert (joint.scope, joint.from_x, joint.from_y, joint.set_at[:10]) == ("picture", 400.0, 600.5, "2026-11-27")


def test_events_are_read_and_called_as_in_tables(tmp_path: Path) -> None:
    record = {
        "video": "run.mp4",
        "entries": [],
        "events": [TOE_OFF, TOE_OFF | {"kind": "initial_contact", "sd_s": 0.01}],
    }
    assert read_adjust_file(written(tmp_path, record)).events == (
        HandMovedEvent("left", "toe_off", 4.372, 4.383, DEFAULT_SD_S),
        HandMovedEvent("left", "contact", 4.372, 4.383, 0.01),
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"kind": "jump"}, "events[0].kind: must be one of"),
        ({"side": "both"}, "events[0].side: must be one of"),
        ({"to_s": "late"}, "events[0].to_s: must be a number"),
        ({"sd_s": 0}, "events[0].sd_s: must be above 0"),
        ({"frame": 3}, "events[0].frame: is unknown"),
        ({"set_at": "yesterday"}, "events[0].set_at: must be a day"),
        ({"set_at": 5}, "events[0].set_at: must be a day"),
    ],
)
def test_a_wrong_event_is_named(tmp_path: Path, change: dict[str, Any], message: str) -> None:
    record = {"video": "run.mp4", "entries": [], "events": [TOE_OFF | change]}
    with pytest.raises(InputError) as refused:
        read_adjust_file(written(tmp_path, record))
    assert message in str(refused.value)


def test_a_wrong_scope_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="scope: must be one of film, picture"):
        read_adjust_file(written(tmp_path, with_entry(scope="step")))
