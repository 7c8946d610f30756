from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from gait.errors import InputError
from gait.findings.answers import parse_answers
from gait.records import Runner
from gait.report.report_folder import video_names, write_report
from gait.report.report_json import report_dict, schema, write_json
from gait.report.steps_csv import steps_table, write_csv
from tests.fake_sessions import FakeSession, fake_session, fake_view, measured, stick_runner


def test_json_keeps_the_contract(session: FakeSession) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    jsonschema.Draft202012Validator.check_schema(schema())
    jsonschema.validate(report_dict(session), schema())
    jsonschema.validate(report_dict(fake_session([], views=[])), schema())


def test_json_with_answers_keeps_the_contract_and_warns_first() -> None:
    jsonschema = pytest.importorskip("jsonschema")
    made = report_dict(fake_session(answers=parse_answers({"pain_when": ["all_day"], "shoe_miles": 320})))
    jsonschema.validate(made, schema())
    assert made["warnings"][0]["code"] == "pain_all_day"
    (shoes,) = [c for c in made["corrections"] if c["id"] == "replace_shoes"]
    assert shoes["kind"] == "habit"
    assert "300–500 miles" in shoes["dose"]


def test_json_has_no_nan_and_no_needless_digits(tmp_path: Path) -> None:
    odd = [
        measured("overstride", 0.312345678, side="left", interval=(0.3, float("nan"))),
        measured("trunk_lean", float("nan"), half=1, grade="refused"),
        measured("contact_time", np.float64(241.98765), side="left", half=4),
    ]
    made = fake_session([], runner=Runner(speed_mps=3.3333333))
    path = write_json(replace(made, measurements=tuple(odd)), tmp_path / "report.json")
    text = path.read_text(encoding="utf-8")
    assert "NaN" not in text
    first, second, third = json.loads(text)["measurements"]
    assert first["value"] == 0.3123
    assert first["interval"] is None
    assert second["value"] is None
    assert second["reason"]
    assert third["value"] == 242.0


def test_json_events_are_in_order_of_time(session: FakeSession) -> None:
    times = [e["time_s"] for e in report_dict(session)["events"]]
    assert times == sorted(times)
    assert len(times) == 2 * len(session.views[0].steps)


def test_csv_has_one_row_per_step_of_every_video(tmp_path: Path) -> None:
    made = fake_session(views=[fake_view(), fake_view(view="rear")])
    read = pd.read_csv(write_csv(made, tmp_path / "steps.csv"))
    assert len(read) == sum(len(v.steps) for v in made.views)
    assert list(read.columns[:6]) == ["video", "view", "side", "contact_s", "off_s", "toe_off_s"]
    assert set(read["view"]) == {"side", "rear"}
    assert read["overstride"].isna().sum() == 2
    assert "contact_time" in read


def test_csv_without_steps_has_its_header() -> None:
    empty = replace(fake_view(), steps=pd.DataFrame({"side": [], "contact_s": [], "toe_off_s": []}))
    table = steps_table(fake_session(views=[empty]))
    assert len(table) == 0
    assert {"side", "contact_s", "toe_off_s"} <= set(table.columns)


def test_two_videos_of_one_view_get_two_names() -> None:
    made = fake_session(views=[fake_view(), fake_view(view="rear"), fake_view(), fake_view()])
    assert video_names(made) == ["side.mp4", "rear.mp4", "side_2.mp4", "side_3.mp4"]


def test_everything_is_written_and_the_report_last(filmed: FakeSession, tmp_path: Path) -> None:
    seen: list[tuple[int, int | None]] = []
    report = write_report(filmed, tmp_path / "new" / "out", progress=lambda done, total: seen.append((done, total)))
    names = {p.name for p in report.parent.iterdir()}
    assert names == {"report.html", "report.json", "steps.csv", "side.mp4", "side_2.mp4"}
    assert all(report.stat().st_mtime_ns >= p.stat().st_mtime_ns for p in report.parent.iterdir())
    assert seen[-1] == (240, 240)
    assert [d for d, _ in seen] == sorted(d for d, _ in seen)


def test_without_video_there_is_none(filmed: FakeSession, tmp_path: Path) -> None:
    report = write_report(filmed, tmp_path, video=False)
    assert not list(tmp_path.glob("*.mp4"))
    text = report.read_text(encoding="utf-8")
    assert "<video" not in text
    assert "data:image/jpeg" in text


def test_a_lost_video_leaves_the_numbers(session: FakeSession, tmp_path: Path) -> None:
    report = write_report(session, tmp_path)
    text = report.read_text(encoding="utf-8")
    assert "missing.mp4 could not be read" in text
    assert "<video" not in text
    assert "data:image" not in text
    assert "34 % of leg length" in text


def test_a_failure_leaves_no_half_file(filmed: FakeSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble(*_: object, **__: object) -> None:
        raise RuntimeError("stumbled")

    monkeypatch.setattr("gait.report.annotated_video.draw_skeleton", stumble)
    with pytest.raises(RuntimeError, match="stumbled"):
        write_report(filmed, tmp_path)
    assert {p.name for p in tmp_path.iterdir()} == {"report.json", "steps.csv"}


def test_a_folder_that_is_a_file_is_a_plain_error(session: FakeSession, tmp_path: Path) -> None:
    target = tmp_path / "taken"
    target.write_text("mine")
    with pytest.raises(InputError, match="choose another folder"):
        write_report(session, target)
    assert target.read_text() == "mine"


def test_the_annotated_video_keeps_every_frame_and_time(clip: Path, tmp_path: Path) -> None:
    from gait.report.annotated_video import write_overlay
    from gait.video.reader import probe, read_frames

    # Analysis of the part from 0.5 s on, without its last half second.
    view = fake_view(str(clip), pose=stick_runner(1.0, start_s=0.5))
    made = write_overlay(view, tmp_path / "side.mp4")
    meta = probe(made)
    assert (meta.frames, round(meta.fps)) == (60, 60)
    assert meta.width == 640
    assert meta.height > 480  # the ribbon lies below the picture, not on it
    first = next(iter(read_frames(made)))
    assert first.time_s == 0
    blue = (first.image[..., 2].astype(int) - first.image[..., 0]) > 60
    assert blue[:480].any()
