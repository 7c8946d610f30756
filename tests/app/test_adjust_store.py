"""States of what was set by hand: undo, redo, limits, and the measured report that stays."""

from __future__ import annotations

import json

import pytest

from gait.app.adjust_store import (
    MAX_CORRECTIONS,
    MAX_STATES,
    AdjustStates,
    changed_states,
    keep_measured,
    read_adjust_states,
    write_adjust_states,
)
from gait.errors import InputError
from gait.labelling.adjust_file import read_adjust_file

NOW = "2026-11-27T05:00:00+00:00"


def joint(x: float = 10.0, **change) -> dict:
    at = {"video": 0, "side": "left", "joint": "ankle", "time_s": 1.0, "x": x, "y": 20.0, "scope": "picture"}
    return {"kind": "joint", **at, **change}


def event(to_s: float = 1.02) -> dict:
    return {
        "kind": "event",
        **{"video": 0, "side": "left", "event": "contact", "from_s": 1.0, "to_s": to_s, "sd_s": 0.008},
    }


def test_a_joint_moved_twice_in_a_picture_is_one_correction() -> None:
    states = changed_states(changed_states(AdjustStates(), joint(10), NOW), joint(12), NOW)
    assert [(j["x"], j["set_at"]) for j in states.joints] == [(12, NOW)]
    assert states.version == 2


def test_undo_and_redo_walk_through_every_change() -> None:
    states = AdjustStates()
    for change in (joint(), event(), joint(time_s=2.0)):
        states = changed_states(states, change, NOW)
    seen = []
    for kind in ("undo", "undo", "undo", "redo", "redo"):
        states = changed_states(states, {"kind": kind}, NOW)
        seen.append((len(states.joints), len(states.events)))
    assert seen == [(1, 1), (1, 0), (0, 0), (1, 0), (1, 1)]
    assert states.version == 8  # another browser sees every step


def test_a_change_after_undo_takes_the_place_of_what_was_undone() -> None:
    states = changed_states(changed_states(AdjustStates(), joint(10), NOW), joint(11), NOW)
    states = changed_states(changed_states(states, {"kind": "undo"}, NOW), event(), NOW)
    with pytest.raises(InputError, match="nothing to do again"):
        changed_states(states, {"kind": "redo"}, NOW)
    assert states.joints[0]["x"] == 10


@pytest.mark.parametrize("kind", ["undo", "redo"])
def test_nothing_to_undo_is_said(kind: str) -> None:
    with pytest.raises(InputError, match="there is nothing to") as refused:
        changed_states(AdjustStates(), {"kind": kind}, NOW)
    assert refused.value.code == "conflict"


def test_back_to_the_measured_can_be_undone() -> None:
    states = changed_states(changed_states(AdjustStates(), joint(), NOW), event(), NOW)
    states = changed_states(states, {"kind": "reset"}, NOW)
    assert (states.joints, states.events) == ([], [])
    assert len(changed_states(states, {"kind": "undo"}, NOW).joints) == 1


def test_a_joint_and_an_event_go_back_alone() -> None:
    states = changed_states(changed_states(AdjustStates(), joint(), NOW), event(), NOW)
    back = changed_states(states, {**joint(), "kind": "joint_back"}, NOW)
    assert (len(back.joints), len(back.events)) == (0, 1)
    back = changed_states(states, {**event(), "kind": "event_back"}, NOW)
    assert (len(back.joints), len(back.events)) == (1, 0)


def test_states_and_corrections_have_an_end() -> None:
    states = AdjustStates()
    for number in range(MAX_STATES + 20):
        states = changed_states(states, joint(float(number)), NOW)
    assert len(states.states) == MAX_STATES
    states = AdjustStates(0, 0, ({"joints": [joint(time_s=float(n)) for n in range(MAX_CORRECTIONS)], "events": []},))
    with pytest.raises(InputError, match="more than"):
        changed_states(states, joint(time_s=-1.0), NOW)


def test_states_come_back_from_the_folder_and_the_command_line_reads_them(tmp_path) -> None:
    states = changed_states(changed_states(AdjustStates(), joint(), NOW), event(), NOW)
    write_adjust_states(tmp_path, states, ["run.mp4", "rear.mp4"])
    assert read_adjust_states(tmp_path) == states
    file = read_adjust_file(tmp_path / "adjust.json")
    assert (file.video, len(file.joints), len(file.events)) == ("run.mp4", 1, 1)
    assert (file.joints[0].scope, file.events[0].to_s) == ("picture", 1.02)
    assert not read_adjust_file(tmp_path / "adjust_2.json").joints


def test_damaged_states_are_refused_and_not_overwritten(tmp_path) -> None:
    (tmp_path / "adjust_states.json").write_text("[")
    with pytest.raises(InputError, match="measured"):
        read_adjust_states(tmp_path)


def test_the_measured_report_is_kept_once(tmp_path) -> None:
    (tmp_path / "report.json").write_text(json.dumps({"first": True}))
    (tmp_path / "report.html").write_text("first")
    keep_measured(tmp_path)
    (tmp_path / "report.json").write_text(json.dumps({"first": False}))
    keep_measured(tmp_path)
    assert json.loads((tmp_path / "measured" / "report.json").read_text()) == {"first": True}
    assert (tmp_path / "measured" / "report.html").read_text() == "first"
