"""Measuring a kept session again with what was set by hand: only what was touched changes."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from gait.app.adjust_tasks import measure_with_corrections, run_adjust_task
from gait.app.job_process import JobTask
from gait.errors import GaitError
from tests.app.measured_session import FILM, measured_folder

AT = "2026-11-27T05:00:00+00:00"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    copy = tmp_path_factory.mktemp("session") / "report"
    shutil.copytree(measured_folder(), copy)
    return copy


def ask(folder: Path, kind: str = "measure", **options) -> dict:
    options = {"joints": [], "events": [], **options}
    return run_adjust_task(JobTask(kind, kind, (str(FILM),), str(folder), options), lambda _report: None)


@pytest.fixture(scope="module")
def measured(folder: Path) -> dict:
    return ask(folder)


def numbers(answer: dict) -> dict[tuple[str, str], float | None]:
    return {(value["key"], value["side"]): value["number"] for value in answer["values"]}


def landing(measured: dict) -> dict:
    return next(p for p in measured["pictures"] if p["moment"] == "contact" and p["side"] == "left")


def moved_ankle(measured: dict, by: float, **change) -> dict:
    picture = landing(measured)
    joint = next(j for j in picture["joints"] if (j["side"], j["joint"]) == ("left", "ankle"))
    at = {"video": 0, "side": "left", "joint": "ankle", "time_s": picture["time_s"], "set_at": AT, "scope": "picture"}
    return {**at, "x": joint["x"] + by, "y": joint["y"], **change}


def test_without_changes_the_numbers_are_those_of_the_report(folder: Path, measured: dict) -> None:
    report = json.loads((folder / "report.json").read_text())
    known = {(m["key"], m["side"]): m["value"] for m in report["measurements"]}
    for name, value in numbers(measured).items():
        if value is not None:
            assert value == pytest.approx(known[name], rel=1e-3, abs=1e-3), name


def test_a_picture_has_its_joints_its_frame_and_the_events_beside_it(measured: dict) -> None:
    picture = landing(measured)
    assert len(picture["joints"]) >= 10
    assert picture["around"][0][0] < picture["number"] < picture["around"][-1][0]
    assert any(e["kind"] == "contact" and e["side"] == "left" for e in picture["events"])
    assert all(joint["scope"] is None for joint in picture["joints"])


def test_a_joint_moved_in_one_picture_moves_the_mean_by_its_share(folder: Path, measured: dict) -> None:
    small, large = (ask(folder, joints=[moved_ankle(measured, by)]) for by in (10.0, 20.0))
    before = numbers(measured)
    changed = {name for name, value in numbers(large).items() if value != before[name]}
    assert ("tibia_angle", "left") in changed
    assert {side for _key, side in changed} <= {"left", "both"}
    assert ("contact_time", "left") not in changed
    shifts = [numbers(a)["tibia_angle", "left"] - before["tibia_angle", "left"] for a in (small, large)]
    assert shifts[1] == pytest.approx(2 * shifts[0], rel=0.25)
    row = next(v for v in large["values"] if (v["key"], v["side"]) == ("tibia_angle", "left"))
    assert f"1 of {row['steps']} steps set by hand" in row["note"]


def test_a_joint_moved_in_the_whole_film_moves_it_in_every_step(folder: Path, measured: dict) -> None:
    before = numbers(measured)["tibia_angle", "left"]
    once, always = (
        numbers(ask(folder, joints=[moved_ankle(measured, 20.0, scope=scope)]))["tibia_angle", "left"]
        for scope in ("picture", "film")
    )
    assert abs(always - before) > 5 * abs(once - before) > 0


def test_the_interval_does_not_narrow_below_the_error_of_the_method(folder: Path, measured: dict) -> None:
    session = measure_with_corrections(folder, [], [], {"height_m": 1.7})
    by_hand = measure_with_corrections(folder, [moved_ankle(measured, 3.0)], [], {"height_m": 1.7})
    wide = [s.measurement("tibia_angle", side="left").interval for s in (session, by_hand)]
    assert wide[1][1] - wide[1][0] > 0.9 * (wide[0][1] - wide[0][0])
    assert any(notice.code == "moved_by_hand" and "1 joint" in notice.message for notice in by_hand.notices)
    assert not any(notice.code == "moved_by_hand" for notice in session.notices)


def contact(measured: dict) -> dict:
    return next(e for e in landing(measured)["events"] if (e["side"], e["kind"]) == ("left", "contact"))


def test_an_event_moves_its_step(folder: Path, measured: dict) -> None:
    event = contact(measured)
    steps = sum(step["side"] == "left" for step in measured["steps"])
    moved = {
        **{"video": 0, "side": "left", "kind": "contact", "from_s": event["measured_s"]},
        **{"to_s": event["measured_s"] - 1 / 60, "sd_s": 0.008, "set_at": AT},
    }
    answer = ask(folder, events=[moved])
    longer = numbers(answer)["contact_time", "left"] - numbers(measured)["contact_time", "left"]
    assert longer == pytest.approx(1000 / 60 / steps, rel=0.1)
    shown = next(e for e in landing(answer)["events"] if (e["side"], e["kind"]) == ("left", "contact"))
    assert shown["time_s"] == pytest.approx(moved["to_s"])


def test_an_event_past_its_neighbour_is_refused(folder: Path, measured: dict) -> None:
    event = contact(measured)
    moved = {"video": 0, "side": "left", "kind": "contact", "from_s": event["measured_s"], "sd_s": 0.008, "set_at": AT}
    with pytest.raises(GaitError, match="between two toe-offs"):
        ask(folder, events=[{**moved, "to_s": event["measured_s"] + 0.5}])


def test_poses_stay_and_the_report_is_written_only_when_asked(folder: Path, measured: dict) -> None:
    poses, report = ((folder / name).read_bytes() for name in ("pose_1.nc", "report.json"))
    answer = ask(folder, joints=[moved_ankle(measured, 20.0)])
    assert (folder / "report.json").read_bytes() == report
    assert answer["joints"][0]["from_x"] is not None
    ask(folder, joints=answer["joints"], write=True)
    written = json.loads((folder / "report.json").read_text())
    assert any(warning["code"] == "moved_by_hand" for warning in written["warnings"])
    ask(folder, write=True)  # back to the measured
    assert json.loads((folder / "report.json").read_text())["measurements"] == json.loads(report)["measurements"]
    assert (folder / "pose_1.nc").read_bytes() == poses


def test_frames_are_read_whole_or_in_part(folder: Path) -> None:
    whole = ask(folder, "frame", number=60)["jpeg"]
    part = ask(folder, "frame", number=60, box=[-20, 100, 200, 120])["jpeg"]
    assert whole.startswith(b"\xff\xd8")
    assert len(part) < len(whole) / 3
    with pytest.raises(GaitError, match="is not in the video"):
        ask(folder, "frame", number=100_000)
    assert len(ask(folder, "film")["times_s"]) == 780
