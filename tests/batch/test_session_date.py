"""The day of a session: names first, then the camera, then the file; the source is kept."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

import pytest

from gait.batch.date_names import split_date
from gait.batch.planned_session import ClipEntry, PlannedSession
from gait.batch.session_date import resolve_date, with_date

CAMERA, FILE = datetime(2026, 3, 4, 17, 30), datetime(2026, 3, 20, 8, 0)


@pytest.mark.parametrize(
    ("name", "recorded", "written", "expected"),
    [
        ("", CAMERA, FILE, ("2026-03-04T17:30", "video")),
        ("", None, FILE, ("2026-03-20T08:00", "file")),
        ("", None, None, None),
        ("March 2026", CAMERA, FILE, ("2026-03-04T17:30", "video")),
        ("March 2026", None, FILE, ("2026-03-20", "folder")),
        ("March 2026", None, datetime(2026, 5, 1), ("2026-03-01", "folder")),
        ("April 2026", CAMERA, FILE, ("2026-04-01", "folder")),  # the camera's clock is wrong
        ("03-04-2026", CAMERA, FILE, ("2026-03-04T17:30", "video")),  # written by an American
        ("w10", CAMERA, FILE, ("2026-03-04T17:30", "video")),
    ],
)
def test_sources_in_their_order(
    name: str, recorded: datetime | None, written: datetime | None, expected: tuple[str, str] | None
) -> None:
    assert resolve_date(split_date(name)[1], "folder", recorded, written) == expected


def test_the_stamp_knows_what_the_camera_said(tmp_path: Path) -> None:
    clip = tmp_path / "side.mp4"
    clip.write_bytes(b"no video")
    os.utime(clip, (FILE.timestamp(),) * 2)
    session = PlannedSession("x", (ClipEntry(str(clip), "side.mp4"),))
    assert with_date(session).date_from == "file"
    dated = with_date(session, {"clips": [{"recorded": "2026-03-04T17:30"}]})
    assert (dated.date, dated.date_from) == ("2026-03-04T17:30", "video")
    assert with_date(PlannedSession("x", (ClipEntry("s3://b/x.mp4", "x.mp4"),))).date is None
