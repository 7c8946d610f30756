"""The folder of a report: complete, in order, and never half written."""

from __future__ import annotations

from pathlib import Path

import pytest

import gait.report
from gait.errors import InputError
from gait.findings.finder import derive_findings
from gait.owned_files import FILES_LIST
from gait.report.report_folder import video_names, write_report
from tests.fake_sessions import FakeSession, fake_session, fake_view


def test_two_videos_of_one_view_get_two_names(tmp_path: Path) -> None:
    made = fake_session(views=[fake_view(), fake_view(view="rear"), fake_view(), fake_view()])
    assert video_names(made, tmp_path) == ["side.mp4", "rear.mp4", "side_2.mp4", "side_3.mp4"]
    (tmp_path / "side.mp4").write_text("a clip of the coach")
    assert video_names(made, tmp_path) == ["side_annotated.mp4", "rear.mp4", "side_2.mp4", "side_3.mp4"]


def test_everything_is_written_and_the_report_last(filmed: FakeSession, tmp_path: Path) -> None:
    calls: list[tuple[int, int | None]] = []
    report = write_report(filmed, tmp_path / "new" / "out", progress=lambda done, total: calls.append((done, total)))
    files = [p for p in report.parent.iterdir() if p.name != FILES_LIST]
    assert {p.name for p in files} == {"report.html", "report.json", "steps.csv", "side.mp4", "side_2.mp4"}
    assert all(report.stat().st_mtime_ns >= p.stat().st_mtime_ns for p in files)
    assert calls[-1] == (240, 240)
    assert [d for d, _ in calls] == sorted(d for d, _ in calls)


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
    assert {p.name for p in tmp_path.iterdir()} == {"report.json", "steps.csv", FILES_LIST}


def test_a_folder_that_is_a_file_is_a_plain_error(session: FakeSession, tmp_path: Path) -> None:
    target = tmp_path / "taken"
    target.write_text("mine")
    with pytest.raises(InputError, match="choose another folder"):
        write_report(session, target)
    assert target.read_text() == "mine"


def test_the_public_names_are_loaded_on_demand() -> None:
    assert all(callable(getattr(gait.report, name)) for name in gait.report.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = gait.report.nothing


def test_the_name_of_the_previous_version_warns() -> None:
    with pytest.warns(DeprecationWarning, match=r"is now gait\.findings\.finder\.derive_findings"):
        assert gait.report.find is derive_findings
